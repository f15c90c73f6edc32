"""What a model is adapted to: the translated rows of editions, both ways."""

from pathlib import Path

import pytest

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


def test_languages_that_the_model_lacks_are_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known, edition = tmp_path / "week.en-zh.txt", tmp_path / "week.en-ja.txt"
    known.write_text("A layer.\t一层。\n", encoding="utf-8")
    edition.write_text("A layer.\t層。\nNot done yet.\t\nA head.\tヘッド。\n", encoding="utf-8")
    assert [one.target_language for one in both_ways([edition, known], ("en", "zh"))] == ["zh", "en"]
    assert capsys.readouterr().err == f"{edition}: 2 rows left out, for the model has no ja\n"
