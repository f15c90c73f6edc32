import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.align.seams import JOINED, seams

ENDED, GOES_ON, OPEN = range(3)


@pytest.mark.parametrize(
    ("text", "following", "kind"),
    [
        ("The list is sorted.", "then comes the search", ENDED),
        ("（終わりです。）", "次へ", ENDED),
        ("Is it *fast*?", "Yes.", ENDED),
        ("If the list is sorted,", "We can halve it", GOES_ON),
        ("リストが整列済みなら、", "半分にできます", GOES_ON),
        ("The list", "is sorted", GOES_ON),
        ("The list", "“is” sorted", GOES_ON),
    ],
)
def test_marks_and_letters_tell_what_a_seam_is(text: str, following: str, kind: int) -> None:
    assert seams([text, following], "en")[0] == kind


def test_without_marks_the_words_tell() -> None:
    cues = ["今日は皆さんにコンピュータの", "メモリについてお話ししたいと思います", "メモリにはいくつかの層があります"]
    assert seams(cues, "ja").tolist()[:2] == [GOES_ON, ENDED]


@given(
    st.lists(st.text(st.characters(), max_size=90) | st.sampled_from(["", " ", "\n", "a\nb", "。", "語" * 80]), max_size=8)
)
def test_every_text_has_a_seam_behind_it(texts: list[str]) -> None:
    for language in ("en", "ja"):
        kinds = seams(texts, language)
        assert kinds.dtype == np.int8
        assert len(kinds) == len(texts)
        assert set(kinds.tolist()) <= set(range(len(JOINED)))
