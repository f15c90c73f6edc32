"""Augmentations: each does what it says, and nothing where there is nothing to do."""

import re
from dataclasses import fields, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.corpora import Example
from diglot.corpora import augment as a
from diglot.corpora.augment import Rates, Resources

CODE = re.compile(r"`[^`]+`|\d{4,}|March")
NONE = Rates(*[0.0] * len(fields(Rates)))


def carried(example: Example) -> list[tuple[int, int, str]]:
    return [(*m.span(), "三月" if m[0] == "March" else m[0]) for m in CODE.finditer(example.source)]


def example(source: str, target: str, direction: str = "en-ja") -> Example:
    return Example(source, target, *direction.split("-"), "lec")


def test_identical_spans_become_the_same_placeholder() -> None:
    masked = a.mask(example("Set `x` to 20000, not `y`.", "`x` は 20000 にし、y にはしません。"), carried)
    assert masked.source == f"Set {PLACEHOLDERS[0]} to {PLACEHOLDERS[1]}, not `y`."
    assert masked.target == f"{PLACEHOLDERS[0]} は {PLACEHOLDERS[1]} にし、y にはしません。"


def test_what_the_target_has_in_its_own_words_is_masked_too_and_no_part_of_something_else() -> None:
    masked = a.mask(example("In March, 1234 of `a 1234`", "三月に`a 1234`の1234が"), carried)
    assert masked.source == f"In {PLACEHOLDERS[0]}, {PLACEHOLDERS[1]} of {PLACEHOLDERS[2]}"
    assert masked.target == f"{PLACEHOLDERS[0]}に{PLACEHOLDERS[2]}の{PLACEHOLDERS[1]}が"
    unmasked = example("`x` and 2024", "x2024 と 12024")
    assert a.mask(unmasked, carried) == unmasked


def test_placeholders_agree_on_both_sides() -> None:
    many = " ".join(f"`v{n}`" for n in range(30))
    masked = a.mask(example(many, many), carried)
    marks = [c for c in masked.source if c in PLACEHOLDERS]
    assert len(marks) == len(PLACEHOLDERS)
    assert sorted(c for c in masked.target if c in PLACEHOLDERS) == sorted(marks)


def term(word: str, wanted: str) -> str:
    return f"{TERM_OPEN}{word}{TERM_CLOSE}{wanted}{TERM_TARGET_CLOSE}"


def test_terms_are_annotated_where_the_wanted_word_stands_in_the_target() -> None:
    terms = {"en-ja": {"gradient descent": ["勾配降下法"], "loss": ["損失"], "model": ["模型"]}}
    one = example("Gradient descent lowers the loss of the model.", "勾配降下法はモデルの損失を下げます。")
    annotated = {a.annotate(one, terms, Random(seed)).source for seed in range(99)}
    first = ["Gradient descent", term("Gradient descent", "勾配降下法"), term("", "勾配降下法")]
    second = ["loss", term("loss", "損失"), term("", "損失")]
    everything = {f"{one} lowers the {other} of the model." for one in first for other in second}
    assert annotated == everything - {one.source}
    assert a.annotate(one, {}, Random(0)) == one


def test_terms_in_japanese_need_no_spaces() -> None:
    one = example("勾配降下法はモデルの損失を下げます。", "Gradient descent lowers the loss of the model.", "ja-en")
    annotated = a.annotate(one, {"ja-en": {"モデル": ["model"]}}, Random(0))
    assert annotated.source in {f"勾配降下法は{term(word, 'model')}の損失を下げます。" for word in ("モデル", "")}


def test_terms_in_ideographs_are_found_inside_a_run_of_them() -> None:
    one = example("我们用梯度下降法训练模型", "We train the model with gradient descent", "zh-en")
    annotated = a.annotate(one, {"zh-en": {"梯度": ["gradient"], "梯度下降": ["gradient descent"]}}, Random(0))
    assert annotated.source in {f"我们用{term(word, 'gradient descent')}法训练模型" for word in ("梯度下降", "")}


def test_recognition_style_has_no_punctuation() -> None:
    for seed in range(10):
        text = a.as_recognised("Now, let us see: what is it?", "en", Random(seed))
        assert not re.search("[,:?]", text)
        assert "let us see what is it" in text.lower()
        assert "さて次を見ます" in a.as_recognised("さて、次を見ます。", "ja", Random(seed))


def test_the_final_mark_goes_from_both_sides_or_none() -> None:
    assert a.without_end(example("Look.", "見て。"))[:2] == ("Look", "見て")
    assert a.without_end(example("Overview", "概要。"))[:2] == ("Overview", "概要。")


def test_case_changes_where_there_is_case() -> None:
    for seed in range(5):
        changed = a.recase(example("a small model", "小さなモデル b"), Random(seed))
        assert changed.source in ("A SMALL MODEL", "A Small Model")
        assert changed.target == "小さなモデル b"


@given(st.text(max_size=80), st.integers(0, 99))
def test_typos_are_few(text: str, seed: int) -> None:
    changed = a.misspell(text, Random(seed))
    assert abs(len(changed) - len(text)) <= max(1, len(text) // 20)


def test_the_sentence_before_is_set_off() -> None:
    now = example("It is small.", "小さいです。")
    assert a.augment(now, "The model.", NONE, Resources(), Random(0)) == now
    always = replace(NONE, context=1.0)
    assert a.augment(now, "The model.", always, Resources(), Random(0)).source == f"The model.{SEPARATOR}It is small."
    assert a.augment(now, "", always, Resources(), Random(0)) == now


def test_rates_are_kept_and_randomness_is_the_generators() -> None:
    one = example("Now, let us see: what is it?", "さて、これは何でしょう？")
    rates = replace(NONE, recognition=0.25)
    drawn = [a.augment(one, "", rates, Resources(), Random(seed)) for seed in range(400)]
    assert 60 <= sum(e != one for e in drawn) <= 140
    assert drawn == [a.augment(one, "", rates, Resources(), Random(seed)) for seed in range(400)]


@pytest.mark.parametrize("seed", range(30))
def test_no_augmentation_fails_or_empties_on_odd_text(seed: int) -> None:
    rates = Rates(*[0.5] * len(fields(Rates)))
    for source, target in (("", ""), ("...", "。"), ("`", "`"), ("a", "あ"), ("𝛼 😀", "𝛼 😀")):
        made = a.augment(example(source, target), "x", rates, Resources(carried), Random(seed))
        assert bool(made.source) >= bool(source)
