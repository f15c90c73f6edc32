"""The marks themselves; what they do in sentences is tested in test_segment.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.punctuation import ends, is_doubtful, pauses

TEXTS = st.lists(st.sampled_from([*"aB 文ñ。，、；：？！.\n", "word", "Wort "]), max_size=30).map("".join) | st.text(
    max_size=30
)


@given(TEXTS, st.sampled_from(["en", "de", "zh", "und"]))
def test_ends_are_in_order_and_inside(text: str, language: str) -> None:
    found = ends(text, language)
    assert found == sorted(set(found))
    assert all(0 <= end <= len(text) for end in found)


@pytest.mark.parametrize(
    ("text", "end", "doubtful"), [("a。", 2, True), ("文。", 2, False), ("a.", 2, False), ("。", 1, False)]
)
def test_doubtful(text: str, end: int, doubtful: bool) -> None:
    assert is_doubtful(text, end) is doubtful


@pytest.mark.parametrize(
    "text", ["我们先看数据再看模型 然后我们训练", "东京 大阪 名古屋 福冈 札幌", "第一章 机器学习入门", "a b c d e f"]
)
def test_a_few_spaces_or_short_words_between_them_are_no_pauses(text: str) -> None:
    assert pauses(text, 0) == []


def test_spaces_are_no_pauses_where_the_text_has_marks() -> None:
    text = "今天我们来看分类问题 我们有很多点 每个点都有一个标签 这就是分类"
    assert pauses(text, 0) == [10, 17, 27]
    assert pauses(text, 3) == []


def test_a_pause_may_stand_beside_a_latin_word() -> None:
    text = "このモデルは大きいです 名前は Transformer 層がたくさんあります 図を見てください 順番に説明します"
    assert [text[pause - 1 : pause + 2] for pause in pauses(text, 0)][1:3] == ["は T", "r 層"]
