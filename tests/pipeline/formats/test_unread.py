"""What is no prose is refused by its name or by how it begins; ``--from-format plain`` is the way around."""

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.edition import Reading, open_bytes


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("day,topic\n1,Trees\n", "days.csv", "CSV is not read; give --from-format plain"),
        ("a\tb\n", "words.TSV", "TSV is not read"),
        ('{"clls": []}', "lab.ipynb", "no whole notebook"),
        ('{"clls": [', "lab.ipynb", "no whole notebook"),
        ('\ufeff{"a": [1, 2]}\n', None, "JSON is not read"),
        ('[{"a": 1}, {"a": 2}]', "dump.txt", "JSON is not read"),
        ('{"id": 1}\n{"id": 2}\n', None, "JSON is not read"),
        ("[Script Info]\nTitle: x\n", "talk.txt", "Advanced SubStation is captions and no text"),
        ('<?xml version="1.0"?>\n<tt xml:lang="en"><body/></tt>', "talk.txt", "TTML is captions"),
        ("{1}{40}Hello.", "talk.sub", "save it as SubRip"),
        ('<?xml version="1.0"?>\n<xliff version="1.2"/>', "job.txt", "goes to --memory"),
        ('<tmx version="1.4"/>', None, "TMX is an edition"),
        ("<?xml version='1.0'?><note>Hello</note>", None, "XML is not read"),
        ("{\\rtf1\\ansi Hello.}", "letter.doc.txt", "save it as .docx"),
        ("\\ProvidesPackage{notes}\n", "notes.sty", "a package of LaTeX is not read"),
        ("@book{a, title={A}}\n", "notes.bib", "BibTeX is not read"),
        ("= Title\n\nNOTE: Text.\n", "page.adoc", "AsciiDoc is not read"),
        ("import os\n", "tool.py", "source code is not read"),
    ],
)
def test_refused(text: str, name: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        formats.recognise(text, name)


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2] is an interval.",
        "[]",
        "[Music] and so it begins.",
        "{curly} brackets are used for sets.",
        "<b>Bold</b> words in a note.",
        "The file begins with <?xml version='1.0'?>.",
        "\\emph is a command of \\documentclass.",
    ],
)
def test_prose_about_such_things_is_read(text: str) -> None:
    assert formats.recognise(text, "note.txt") == "plain"


@pytest.mark.parametrize("name", ["README", "notes.text", "talk.v1.2", "course.log", ".hidden"])
def test_unknown_names_are_plain_text(name: str) -> None:
    assert formats.recognise("Just a note about it.", name) == "plain"


def test_what_it_says_itself_goes_before_its_name() -> None:
    page = '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html><body>Hello.</body></html>'
    assert formats.recognise(page, "page.xml") == "html"
    assert formats.recognise("[00:01.00]so we\n[00:02.00]go on\n[00:03.00]again\n", "song.lrc") == "transcript"


def test_the_file_is_named_and_can_be_read_all_the_same() -> None:
    data = b"day,place,topic\n0,1,Hello to all of you.\n"
    with pytest.raises(InputError, match=r"days\.csv: CSV is not read"):
        open_bytes(data, "days.csv", Reading())
    assert open_bytes(data, "days.csv", Reading(format="plain")).document.blocks


def test_nesting_without_end_is_no_crash() -> None:
    assert formats.recognise("[" * 100_000) == "plain"
    assert formats.recognise('{"a":' * 100_000) == "plain"
