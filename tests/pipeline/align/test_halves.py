from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import protect
from diglot.pipeline.align.halves import halved
from diglot.pipeline.document import Segment


def lines(texts: list[str], language: str = "ja") -> list[Segment]:
    """One segment a line of a text that has no other lines."""
    made, start = [], 0
    for i, text in enumerate(texts):
        spans = tuple(protect.find(text))
        made.append(Segment(i, i, "line", language, text, ((start, start + len(text)),), spans))
        start += len(text) + 1
    return made


def test_halves_know_their_language_and_their_place() -> None:
    text = "The stack is full. / スタックは満杯です。"
    first, second = halved(lines([text]))
    assert [first.language, second.language] == ["en", "ja"]
    assert [text[slice(*half.ranges[0])] for half in (first, second)] == [first.text, second.text]
    assert [first.text, second.text] == ["The stack is full.", "スタックは満杯です。"]


def test_spans_go_with_their_half() -> None:
    (first, second) = halved(lines(["The list has $n$ items. / リストには $n$ 個の要素があります。"]))
    for half in (first, second):
        assert [half.text[span.start : span.end] for span in half.spans if span.kind == "formula"] == ["$n$"]


def test_two_things_are_no_translation() -> None:
    """The lexicon speaks against them: no word of the one is in the other."""
    texts = ["Please open the window today / 猫が庭で眠っています"]
    assert [one.text for one in halved(lines(texts))] == texts


def test_a_separator_alone_does_not_cut() -> None:
    texts = [
        "読み込み / 書き込み",
        "read / write",
        "入力（キーボード）",
        "速さ - 距離 - 時間",
        "/ a",
        "（",
        "CPU (fast) （速い）",
    ]
    assert [one.text for one in halved(lines(texts))] == texts


PIECES = st.sampled_from(
    ["The cat", "猫が", " / ", "／", "（", "）", "\t", " - ", "$x$", "고양이", "12", "\n", " | ", "(", ")"]
)


@given(st.lists(st.lists(PIECES, max_size=8).map("".join) | st.text(st.characters(), max_size=20), max_size=6))
def test_no_word_is_lost(texts: list[str]) -> None:
    document = "\n".join(texts)
    made = halved(lines(texts))
    assert "".join(filter(str.isalnum, "".join(one.text for one in made))) == "".join(filter(str.isalnum, document))
    for one in made:
        assert document[slice(*one.ranges[0])] == one.text
        assert all(0 <= span.start < span.end <= len(one.text) for span in one.spans)


def test_a_hostile_line_takes_no_time() -> None:
    texts = [" / " * 50_000, "（" * 50_000, "a（" * 20_000 + "）"]
    assert len(halved(lines(texts))) == 3
