"""The marks themselves; what they do in sentences is tested in test_segment.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.punctuation import ends, is_doubtful

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
