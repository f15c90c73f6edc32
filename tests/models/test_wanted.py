"""What is wanted of a result is found in it however it is cut into tokens, and no placeholder too many is overlooked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import toy_tokenizer

from diglot import PLACEHOLDERS
from diglot.models.engines import EngineResult
from diglot.models.wanted import Wanted, stands_in

TOKENS = toy_tokenizer()
MARK, OTHER = PLACEHOLDERS[:2]


def wanted(*groups: list[str]) -> Wanted:
    return Wanted([[TOKENS.encode(form) for form in group] for group in groups], TOKENS)


def found(*texts: str) -> EngineResult:
    best, *others = [EngineResult(TOKENS.encode(text), -1.0) for text in texts]
    return best._replace(others=others)


@pytest.mark.parametrize(
    ("written", "is_found"),
    [("masks", True), ("Masked", True), ("masking", True), ("unmask, mask", True), ("masker", False), ("unmask", False)],
)
def test_an_english_word_may_be_inflected(written: str, is_found: bool) -> None:
    assert (wanted(["mask"]).of(found(f"the {written}")) is not None) == is_found


@pytest.mark.parametrize(
    ("term", "written"),
    [
        ("matrix", "these matrices"),
        ("vertex", "all vertices"),
        ("axis", "both axes"),
        ("normalize", "by normalizing it"),
        ("classify", "it is classified"),
        ("entropy", "low entropies"),
        ("learning rate", "the learning-rate schedule"),
        ("self-attention", "self attention"),
    ],
)
def test_nobody_is_told_to_write_the_bare_form_of_what_is_there_inflected(term: str, written: str) -> None:
    assert not wanted([term]).lacking(TOKENS.encode(written))
    assert wanted([term]).lacking(TOKENS.encode(written.replace("", "un", 1).replace(" ", " un")))


def test_neither_a_longer_word_nor_one_that_overlaps_with_another_is_mistaken() -> None:
    assert stands_in("note", "noted.") and not stands_in("note", "notedly")
    assert stands_in("a b a", "xa b a b a")


def test_a_part_of_a_compound_in_katakana_is_the_term() -> None:
    assert not wanted(["マスク"]).lacking(TOKENS.encode("エンコーダーマスク"))


def test_a_word_counts_in_whatever_tokens_it_is_written() -> None:
    assert not wanted(["mask"]).lacking(TOKENS.ids(["▁", "m", "a", "s", "k"]))


def test_of_each_group_one_will_do_and_of_all_hypotheses_those_that_have_them_stay_in_their_order() -> None:
    one = wanted(["マスク", "mask"], ["文"])
    kept = one.of(found("文", "mask 文", "マスク", "文のマスク"))
    assert kept is not None
    assert [TOKENS.decode(h.ids).strip() for h in (kept, *kept.others)] == ["mask 文", "文のマスク"]
    assert one.of(found("文", "マスク")) is None
    assert one.lacking(TOKENS.encode("文")) == {0} and one.lacking([]) == {0, 1}


@pytest.mark.parametrize(
    ("text", "is_right"), [(MARK, True), (f"{MARK}と{MARK}", False), (f"{MARK}と{OTHER}", False), ("と", False)]
)
def test_a_placeholder_stands_once_and_no_other_does(text: str, is_right: bool) -> None:
    assert (wanted([MARK]).of(found(text)) is not None) == is_right


@pytest.mark.parametrize("groups", [[], [[]], [[[]]]])
def test_where_nothing_is_wanted_anything_will_do(groups: list[list[list[int]]]) -> None:
    hypotheses = found(f"{OTHER}{OTHER}", "文")
    assert Wanted(groups, TOKENS).of(hypotheses) == hypotheses


@given(st.text(alphabet="abés -マ", max_size=12), st.text(alphabet="abés -マ", min_size=1, max_size=3))
def test_a_word_between_spaces_is_always_found_and_what_is_not_there_never(text: str, word: str) -> None:
    assert stands_in(word, f"{text} {word} {text}")
    assert word in text or not stands_in(word, text)
