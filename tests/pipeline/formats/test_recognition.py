"""Which format a text is in: whole documents of our own, and what must not be taken for something else."""

from pathlib import Path

import pytest

from diglot.pipeline.formats import recognise

DOCUMENTS = sorted((Path(__file__).parents[2] / "data" / "formats" / "documents").iterdir())
BY_CONTENT = {"prose.md": "markdown", "eigen.srt": "srt", "eigen.vtt": "vtt", "rolling.srt": "vtt"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_recognised(path: Path) -> None:
    expected = BY_CONTENT.get(path.name) or path.name.split(".")[1]
    assert recognise(path.read_text("utf-8"), path.name) == expected


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.suffix == ".txt"], ids=lambda path: path.name)
@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_line_ends_and_byte_order_marks_change_nothing(path: Path, change: object) -> None:
    assert callable(change)
    text = path.read_text("utf-8")
    assert recognise(change(text), path.name) == recognise(text, path.name)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("", None, "plain"),
        ("Hello.", None, "plain"),
        ("Hello.", "talk.md", "markdown"),
        ("Hello.", "TALK.MD", "markdown"),
        ("Hello.", "talk.srt", "srt"),  # parse says what is wrong with it
        ("1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "talk.txt", "srt"),
        ("\ufeffWEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n", None, "vtt"),
        ("WEBVTTX is no header.", None, "plain"),
        ("# one heading\n\nand prose below it.", None, "plain"),
        ("- a list\n- and no more\n", None, "plain"),
        ("The arrow a --> b is used in the second chapter.\n", None, "plain"),
        ("Times: 10:30 lunch, 16:00 end.\n" * 9, None, "plain"),
    ],
)
def test_small_cases(text: str, name: str | None, expected: str) -> None:
    assert recognise(text, name) == expected


def test_wrapped_prose_is_no_transcript() -> None:
    line = "a wrapped line of running prose in which every line is as full as it\n"
    assert recognise("Once upon a time " + line * 40) == "plain"


def test_broken_lines_of_any_width_are_a_transcript() -> None:
    line = "a spoken line that was cut wherever the speaker took a breath\nor not\n\nand then went on again\n"
    assert recognise(line * 8) == "transcript"
