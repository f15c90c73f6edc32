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
        ("9:00 Welcome\n10:30 Coffee\n11:15 Compilers\n12:00 Lunch\n", None, "plain"),
        ("Welcome 9:00\nin the hall\n\nCoffee 10:30\nwith cake\n\nTalk 11:15\nby Ines\n", None, "plain"),
        ("0:00 welcome\n4:31 trees\n9:12 graphs\n12:40 the end\n", None, "transcript"),
        ("0:0:0.0 --> 0:0:5.25\nLind, Marta\nHello, everybody.\n", "meeting.txt", "transcript"),
        ("ann: did you read the paper\nbob: yes i did it today\n" * 3, None, "transcript"),
        ("Input: a list of whole numbers.\nOutput: the list in order.\n" * 3, None, "plain"),
    ],
)
def test_small_cases(text: str, name: str | None, expected: str) -> None:
    assert recognise(text, name) == expected


def test_wrapped_prose_is_no_transcript() -> None:
    line = "a wrapped line of running prose in which every line is as full as it\n"
    assert recognise("Once upon a time " + line * 40) == "plain"


def test_pages_of_paragraphs_of_many_widths_are_no_transcript() -> None:
    lines = [
        "Permission is given to whoever asks, without any charge or",
        "limit, to use this and to copy what is in it, and to",
    ]
    lines += [
        "give it to others, as long as these few lines stand above all",
        "that they give. None of this is promised to be of",
        "any use.",
    ]
    assert (
        recognise("\n".join(["A LICENCE IN FEW WORDS, WHICH TAKES ONE LONG LINE OF CAPITALS TO BEGIN", "", *lines, ""] * 4))
        == "plain"
    )


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_lists_and_verse_in_small_letters_are_no_transcript(gap: str) -> None:
    verse = ["the rain came down upon the hill", "nobody walked along that day", "a bird sat on the window sill"]
    verse += ["the postman had not come this way", "still water stood in every street", "one lamp was burning late tonight"]
    assert recognise(gap.join(verse)) == "plain"


def test_broken_lines_of_any_width_are_a_transcript() -> None:
    line = "a spoken line that was cut wherever the speaker took a breath\nor not\n\nand then went on again\n"
    assert recognise(line * 8) == "transcript"
