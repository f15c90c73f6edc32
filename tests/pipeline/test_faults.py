"""What is refused as no translation, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS, TERM_CLOSE
from diglot.pipeline.faults import fault, loops
from diglot.pipeline.protect import Masked
from diglot.pipeline.translate import hugged


@pytest.mark.parametrize(
    ("source", "answer", "found"),
    [
        ("The loss falls.", "損失が下がります。", None),
        ("The loss falls.", "  ", "empty"),
        ("The loss falls.", "損失" * 5, "loop"),
        ("It writes, and it reads.", "、".join(f"読み手は英語の文を{way}" for way in "読み書き聞き"), "loop"),
        ("So the loss falls again.", "so the loss  falls again.", "copy"),
        ("The loss falls now again.", "Der Verlust sinkt nun.", "script"),
        ("Yes.", "はい、" + "".join(map(chr, range(0x3042, 0x3094))), "length"),
        ("Then let us add the two of them up.", "そして h ( , . ' 2 と足します。", "noise"),
        ("They are f ( , . ' 2 here.", "ここでは f ( , . ' 2 です。", None),
        ("See \ue000.", "見てください。", "placeholder"),
        ("See it.", "\ue000を見てください。", "placeholder"),
        ("See it.", f"それ{TERM_CLOSE}を見てください。", "placeholder"),
    ],
)
def test_faults(source: str, answer: str, found: str | None) -> None:
    pieces = ("`x`",) if PLACEHOLDERS[0] in source else ()
    assert fault(Masked(source, pieces), answer, "en", "ja") == found


@given(st.text(max_size=60))
def test_loops_counts_on_any_text(text: str) -> None:
    assert 1 <= loops(text) <= max(1, len(text))


def test_markup_around_nothing_is_a_fault_and_markup_hugs_its_words() -> None:
    source = Masked("the \ue000key\ue001 of it", ("*", "*"), ((0, 1),))
    assert fault(source, "それの\ue000鍵\ue001", "en", "ja") is None
    assert fault(source, "それの\ue000 \ue001鍵", "en", "ja") == "placeholder"
    assert hugged("それの\ue000 鍵 \ue001", source.pairs) == "それの\ue000鍵\ue001"


def test_a_loop_inside_one_long_word_is_a_loop() -> None:
    source = Masked("# Part 8 of the course BV1x7 is here", ())
    assert fault(source, "# 第8回 course BV141111111111 here", "en", "ja") == "loop"
    assert fault(source, "第8回は" + "計算を簡単に並列化し、" * 4, "en", "ja") == "loop"
    assert fault(Masked("a book of 1000 pages is here", ()), "ここに 1000 pages の book があります", "en", "ja") is None
