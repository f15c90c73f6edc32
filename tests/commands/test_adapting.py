"""What a model is adapted to: the translated rows of editions, both ways."""

from pathlib import Path

from diglot import PLACEHOLDERS
from diglot.commands.training import both_ways


def test_rows_are_shown_both_ways_with_their_pieces_masked(tmp_path: Path) -> None:
    edition = tmp_path / "week.en-ja.txt"
    edition.write_text("Call `fit` now.\t今 `fit` を呼びます。\nNot done yet.\t\n", encoding="utf-8")
    mark = PLACEHOLDERS[0]
    assert [(one.source, one.target, one.target_language) for one in both_ways([edition], ("en", "ja"))] == [
        (f"Call {mark} now.", f"今 {mark} を呼びます。", "ja"),
        (f"今 {mark} を呼びます。", f"Call {mark} now.", "en"),
    ]


def test_languages_that_the_model_lacks_are_left_out(tmp_path: Path) -> None:
    edition = tmp_path / "week.en-ja.txt"
    edition.write_text("A layer.\t層。\n", encoding="utf-8")
    assert list(both_ways([edition], ("en", "zh"))) == []
