"""What stands between two translated sentences on one line."""

import pytest

from diglot.pipeline.formats.assembly import assembled


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("始めます。", "次です。", "始めます。次です。"),
        ("「始めます」", "次です", "「始めます」次です"),
        ("始めます", "次です", "始めます 次です"),  # speech without marks
        ("**注意。**", "次です。", "**注意。** 次です。"),  # no emphasis to CommonMark without the space
        ("图 3.", "下一个。", "图 3. 下一个。"),
        ("Fini.", "Ensuite.", "Fini. Ensuite."),
        ("", "次です。", " 次です。"),
    ],
)
def test_a_space_stays_where_no_full_width_mark_ends_a_sentence(first: str, second: str, expected: str) -> None:
    text = "Go. Next."
    assert assembled(text, {(0, 3): first, (4, 9): second}, 0, len(text)) == expected


def test_a_space_comes_between_sentences_that_had_none() -> None:
    assert assembled("行く。次。", {(0, 3): "Go.", (3, 5): "Next."}, 0, 5) == "Go. Next."
