"""What rendering writes where it does translate, what parsing refuses, and how both take hostile input."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.document import Document, Segment, Span, joiner
from diglot.pipeline.segment import segment

DOCUMENTS = sorted((Path(__file__).parents[2] / "data" / "formats" / "documents").iterdir())


def whole_blocks(document: Document) -> list[Segment]:
    """Each block as one segment."""
    found = []
    for index, block in enumerate(document.blocks):
        parts = [document.text[start:end] for start, end in block.ranges]
        text = parts[0] + "".join(joiner(before, after) + after for before, after in pairwise(parts))
        found.append(Segment(index, index, block.kind, "und", text, block.ranges))
    return found


def translated(text: str, format: str, translate: Callable[[str], str]) -> str:
    document = formats.parse(text, format)
    return formats.render(document, [(each, translate(each.text)) for each in whole_blocks(document)])


@pytest.mark.parametrize("comments", [False, True])
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_come_back_whole_from_the_segmenter(path: Path, comments: bool) -> None:
    text = path.read_text("utf-8")
    document = formats.parse(text, formats.recognise(text, path.name), comments=comments)
    segments = list(segment(document))
    assert formats.render(document, [(each, each.text) for each in segments]) == text
    bracketed = formats.render(document, [(each, f"⟦{each.text}⟧") for each in segments])
    assert bracketed != text
    assert bracketed.replace("⟦", "").replace("⟧", "") == text


@pytest.mark.parametrize(
    "translation",
    [
        "# x",
        "- x",
        "* x",
        "1. x",
        "2) x",
        "> x",
        "===",
        "---",
        "```",
        "~~~",
        "+ x",
        ": x",
        "a | b",
        "x\n\ny",
        "x\r\n- y",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "A paragraph\nof two lines.\n\nAnother.\n",
        "- item\n  - inner\n\n> quote\n> goes on\n",
        "| a | b |\n|---|---|\n| c | d |\n",
    ],
)
def test_a_translation_does_not_change_the_structure(text: str, translation: str) -> None:
    kinds = [block.kind for block in formats.parse(text, "markdown").blocks]
    rendered = translated(text, "markdown", lambda _: f"{translation} word")
    assert [block.kind for block in formats.parse(rendered, "markdown").blocks] == kinds


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ('<p><img alt="A cat"></p>\n', 'Die "Katze"', '<p><img alt="Die &quot;Katze&quot;"></p>\n'),
        ("**Note:** read it.\n", "**注：**読む。", "**注：** 読む。\n"),
        ("An *ant*.\n", "x\ny", "x y\n"),
        ("It was\n2019. Next.\n", "Es war 2019. Gut.", "Es war\n2019. Gut.\n"),
        ("It was then.\n", "1984. Gut.", "1984\\. Gut.\n"),
        ("# Part one\n", "1. Teil", "# 1. Teil\n"),
    ],
)
def test_what_markdown_would_misread_is_written_so_that_it_does_not(text: str, translation: str, expected: str) -> None:
    assert translated(text, "markdown", lambda _: translation) == expected


def test_a_comment_is_not_closed_by_its_translation() -> None:
    document = formats.parse("<!-- one -->\n\ntwo\n", "markdown", comments=True)
    pairs = [(each, "a --> b") for each in whole_blocks(document)]
    assert formats.render(document, pairs) == "<!-- a -- > b -->\n\na --> b\n"


def test_a_sentence_is_spread_over_its_cues() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n<i>When the matrix is singular,</i>\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nthere is no inverse.\n"
    )
    assert translated(text, "srt", lambda _: "行列が特異であるときは、逆行列はありません。") == (
        "1\n00:00:01,000 --> 00:00:02,000\n<i>行列が特異であるときは、</i>\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n逆行列はありません。\n"
    )


def test_repeated_lines_show_the_translation_of_what_they_repeat() -> None:
    cues = [("", "one two"), ("one two", "three four"), ("three four", "five six"), ("five six", "")]
    text = "".join(f"00:00:0{i},000 --> 00:00:0{i},900\n{a}\n{b}\n\n" for i, (a, b) in enumerate(cues))
    expected = text.replace("one two", "eins zwei").replace("three four", "drei vier").replace("five six", "fünf sechs")
    assert translated(text, "srt", lambda _: "eins zwei drei vier fünf sechs") == expected


@pytest.mark.parametrize(("format", "line"), [("srt", 1), ("vtt", 1), ("srt", 4)])
def test_a_file_without_cues_is_refused_by_line(format: str, line: int) -> None:
    with pytest.raises(InputError, match=f"^line {line}: no subtitle cue found"):
        formats.parse("\n" * (line - 1) + "Just prose.\nAnd more.\n", format)


@pytest.mark.parametrize("text", ["", "\n\n", "WEBVTT\n\nNOTE nothing yet\n"])
def test_an_empty_subtitle_file_is_empty(text: str) -> None:
    assert formats.parse(text, "vtt").blocks == ()


def test_an_unknown_format_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no such format: 'pdf'"):
        formats.parse("", "pdf")


# Each of these is read in a fraction of a second; quadratic time would take minutes.
MANY = 5_000
TIMES = "00:00:01,000 --> 00:00:02,000\n"
HOSTILE = {
    "brackets": "[" * MANY,
    "links": "[a](" * MANY,
    "images": "![a](b) " * MANY,
    "quotes": "> " * MANY,
    "lists": "1. " * MANY,
    "emphasis": "*a **b " * MANY,
    "backticks": "`a " * MANY,
    "longer and longer backticks": "".join("`" * n + " " for n in range(200)),
    "fences": "```a\n" * MANY,
    "tags": "<a \"<b '" * MANY,
    "blocks": "<div>\n" * MANY,
    "attributes": "<p><img alt='" * MANY,
    "titles of elements": "<div title='a' " * MANY,
    "columns": "a   b\t" * MANY,
    "gaps": "a  " * MANY + "b",
    "indented code": "    f(x) = 1;\n\n" * MANY,
    "names without an end": "Ann B. C (" * MANY,
    "names in lines": "Ann (0:0\nBob: \n" * MANY,
    "small letters": "x~2~^3^y" * MANY,
    "highlights": "==a " * MANY,
    "JSON": '[{"a":' * MANY,
    "comments": "<!-- " * MANY,
    "closed comments": "<!-- x -->\n" * MANY,
    "unclosed code": "<pre>" * MANY,
    "elements left alone": "<span translate=no>" * MANY + "x" + "</span>" * MANY,
    "unclosed elements left alone": "<div class=notranslate>a" * MANY,
    "character references": "&#" * MANY + "&amp;" * MANY,
    "half a page": "<!DOCTYPE html>" + "<!--" * MANY,
    "page after comments": "<!-- x --> " * MANY + "<html>",
    "dollars": "$a " * MANY,
    "escaped brackets": "\\(two words " * MANY + "\\)",
    "environments": "\\begin{align}" * MANY,
    "templates": "{% highlight %}{{" * MANY,
    "roles": ":a" * MANY,
    "line breaks": "a<br>" * MANY,
    "table": "a|b\n-|-\n" + "x|y\n" * MANY,
    "wide table": "a|" * 300 + "\n" + "-|" * 300 + "\n" + "a\n" * 300,
    "wide punctuation": "「。" * MANY,
    "short lines": "a b\n" * MANY,
    "combining marks": "a" + "\u0301" * MANY,
    "blanks": " " * MANY + "\n" * MANY,
    "arrows": TIMES + "1" * MANY + "-->",
    "cue tags": TIMES + "<i><00:01><c>a " * MANY,
    "cues": (TIMES + "x y\n\n") * 2_000,
    "rolling captions": "".join(f"{TIMES}l{n}\nl{n + 1}\n\n" for n in range(2_000)),
    "speakers": "A: b\n" * MANY,
    "time stamps": "00:01 a\n" * MANY,
    "one long line": "ab 。" * 50_000,
    "nothing": "\x00\ud800\u200b" * MANY,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read_in_linear_time_and_comes_back(name: str) -> None:
    text = HOSTILE[name]
    assert formats.recognise(text) in formats.FORMATS
    for format in formats.FORMATS:
        try:
            document = formats.parse(text, format, comments=True)
        except InputError:
            continue
        bracketed = [(each, f"⟦{each.text}⟧") for each in whole_blocks(document)]
        source = document.text if format == "html" else text
        assert formats.render(document, bracketed).replace("⟦", "").replace("⟧", "") == source
        assert format in ("html", "latex") or document.text == text


def test_a_page_says_which_language_and_encoding_it_is_in() -> None:
    text = (
        '<html lang="en"><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"></head>\n<p>Hello</p>'
    )
    document = formats.parse(text, "html")
    made = formats.render(document, [(one, "<こんにちは>") for one in whole_blocks(document)], "ja")
    assert made == (
        '<html lang="ja"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>\n'
        "<p>&lt;こんにちは&gt;</p>"
    ).replace("&gt;", ">")


def test_a_page_in_xml_says_its_encoding_and_stays_well_formed() -> None:
    head = "<?xml version='1.0' encoding=\"Shift_JIS\"?>\n<html xml:lang='en'>"
    text = f"{head}<body title='a &amp; b'><p>R &amp; D</p></body></html>"
    document = formats.parse(text, "html")
    made = formats.render(document, [(one, one.text) for one in whole_blocks(document)], "ja")
    assert made == text.replace("Shift_JIS", "utf-8").replace("'en'", "'ja'")


def test_what_a_translation_must_not_break_in_a_page() -> None:
    document = formats.parse('<p>See <b>this</b></p><img alt="A plot">', "html")
    text, words = whole_blocks(document)
    text = replace(text, spans=(Span(4, 7, "tag"), Span(11, 15, "tag")))
    made = formats.render(document, [(text, "<b>R&D</b> <3"), (words, 'Das "Bild" <b>')])
    assert made == '<p><b>R&amp;D</b> &lt;3</p><img alt="Das &quot;Bild&quot; &lt;b&gt;">'
