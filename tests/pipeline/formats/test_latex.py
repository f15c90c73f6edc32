"""LaTeX: what is written where a translation stands, what the preamble becomes, and that hostile input ends soon."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline import formats, protect
from diglot.pipeline.document import Block, Document, Segment
from diglot.pipeline.edition import Reading, open_bytes, segments_of
from diglot.pipeline.segment import segment

EXAMPLES = Path(__file__).parents[3] / "examples"


def translated(text: str, translate: Callable[[str], str], language: str | None = None) -> str:
    document = formats.parse(text, "latex")
    return formats.render(document, [(one, translate(one.text)) for one in segment(document)], language)


def test_a_lecture_comes_back_whole_and_all_of_its_prose_is_translated() -> None:
    for path in sorted(EXAMPLES.glob("*.tex")):
        text = path.read_text("utf-8")
        assert formats.recognise(text, path.name) == "latex"
        assert translated(text, lambda one: one) == text
        bracketed = translated(text, lambda one: f"⟦{one}⟧")
        assert re.sub("[⟦⟧]", "", bracketed) == text
        for line in ("\\begin{equation}\\label{eq:step}\n", "    x = x - rate * slope(x)\n", "% The old version of this"):
            assert bracketed.count(line) == text.count(line)


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("A word.\n", "50% von R&D #1, a_b, $5, {x}", "50\\% von R\\&D \\#1, a\\_b, \\$5, \\{x\\}\n"),
        ("A word.\n", "x^2 ~ C:\\dir", "x\\textasciicircum{}2 \\textasciitilde{} C:\\textbackslash{}dir\n"),
        ("A word.\n", "„Das“ – sagt’s—ja", ",,Das`` -- sagt's---ja\n"),
        ("A word.\n", 'Er sagt "ja" ("nein").', "Er sagt ``ja'' (``nein'').\n"),
        ("A word.\n", "这是“词”——好。", "这是“词”——好。\n"),
        ("A word.\n", "Größe, Œuvre, naïve\n\nend", "Größe, Œuvre, naïve end\n"),
        ("``A word''\n", "»Ein Wort«", "»Ein Wort«\n"),
        ('Of G\\"odel and Erd\\H{o}s.\n', "Über Gödel und Erdős, Gödel", 'Über G\\"odel und Erd\\H{o}s, Gödel\n'),
        ("In 5~km, 10\\,000 of them\n", "10\u202f000 in 5\xa0km", "10\\,000 in 5~km\n"),
        ("It is a_b & c # d\n", "Es ist a_b & c # d & e", "Es ist a_b & c # d \\& e\n"),
        ("The \\LaTeX\\ book\n", "\\LaTeX book, \\LaTeX本", "\\LaTeX{} book, \\LaTeX{}本\n"),
        ("So \\ldots\\ and on\n", "So…weiter", "So\\ldots{}weiter\n"),
        ("Stra\\ss e\n", "Die Straße, ein Fluß dort", "Die Stra\\ss e, ein Fluß dort\n"),
        ("Stra\\ss e\n", "Ein Fluß dort", "Ein Flu\\ss {} dort\n"),
        ("The \\LaTeX book\n", "Das \\LaTeX book", "Das \\LaTeX book\n"),
        ("Take \\emph{all} of it\n", "Nimm } \\emph{alles} {davon}", "Nimm \\} \\emph{alles} \\{davon\\}\n"),
        ("Take \\emph{all} of it\n", "Nimm \\emph{alles", "Nimm \\emph{alles}\n"),
        ("Take {\\bf all of\n\nit} now\n", "Nimm", "Nimm{\n\nNimm} Nimm\n"),
        ("Two words here\nand more there\n", "Zwei", "Zwei\n%\n"),
        ("Two words \\label{a}\n", "Zwei Wörter", "Zwei Wörter \\label{a}\n"),
        ("\\section[Short one]{Long one}\n", "Neu", "\\section[Neu]{Neu}\n"),
        ("\\noindent\\emph{Two} words\n", "語は\\emph{二つ}", "\\noindent 語は\\emph{二つ}\n"),
        ("\\item``Two'' words\n", "Zwei", "\\item Zwei\n"),
        ("\\item See there\n", "[1] und", "\\item {[}1] und\n"),
        ("\\item[Some words] See there\n", "x [1] y", "\\item[{x [1] y}] x [1] y\n"),
    ],
)
def test_a_translation_is_written_as_latex(text: str, translation: str, expected: str) -> None:
    assert translated(text, lambda _: translation) == expected


def test_marks_that_open_and_close_a_group_are_pairs() -> None:
    (one,) = segment(formats.parse("So \\emph{the {\\bf word} here} is \\LaTeX{} and \\LaTeX{} again.", "latex"))
    masked = protect.mask(one.text, one.spans)
    assert [(masked.pieces[first], masked.pieces[last]) for first, last in masked.pairs] == [
        ("\\emph{", "}"),
        ("{\\bf ", "}"),
    ]


def test_a_note_goes_where_its_mark_goes() -> None:
    text = "The first word\\footnote{A \\emph{note} of 5\\%.} is here,\nand caf\\'e\\footnote[3]{Another.} too.\n"
    made = {
        "The first word¹ is here, and café² too.": "Café² und hier ist¹ 1 Wort.",
        "A \\emph{note} of 5%.": "Zu 6% \\emph{notiert}.",
        "Another.": "Noch eine.",
    }
    document = formats.parse(text, "latex")
    segments = list(segment(document))
    assert [one.text for one in segments] == list(made)
    rendered = formats.render(document, [(one, made[one.text]) for one in segments])
    assert rendered.replace("\n", " ") == (
        "Café\\footnote[3]{Noch eine.} und hier ist\\footnote{Zu 6\\% \\emph{notiert}.} 1 Wort. "
    )
    first = formats.render(document, [(segments[0], made[segments[0].text])])
    assert "\\footnote{A \\emph{note} of 5\\%.}" in first
    assert "Café\\footnote[3]{Another.}" in first
    assert formats.render(document, [(segments[2], "Noch eine.")]) == text.replace("Another.", "Noch eine.")


def test_lines_keep_their_numbers() -> None:
    text = "\\section{One}\n\nA word\\footnote{a note\non two lines} here.\n\nLast line.\n"
    document = formats.parse(text, "latex")
    (last,) = [one for one in segment(document) if one.text == "Last line."]
    assert document.text.count("\n", 0, last.ranges[0][0]) == text[: text.index("Last")].count("\n")


@pytest.mark.parametrize(
    "first", ["\\documentclass{article}\\begin{document}\n", "\\documentclass[a4paper]{article} \\begin {document} "]
)
def test_a_body_may_begin_on_the_line_of_the_class(first: str) -> None:
    assert [block.kind for block in formats.parse(f"{first}A word.\n\\end{{document}}\n", "latex").blocks] == ["paragraph"]


def test_the_encoding_becomes_utf_8_and_all_else_in_the_preamble_stays() -> None:
    preamble = "\\documentclass{article}\n\\usepackage[latin1]{inputenc}\n\\title{Caf\xe9}\n"
    text = preamble + "\\begin{document}\nHello.\n\\end{document}\n"
    opened = open_bytes(text.encode("latin-1"), "a.tex", Reading())
    assert formats.render(opened.document, [], "de") == text.replace("latin1", "utf8")
    assert formats.render(opened.document, []) == text
    assert [one.text for one in segments_of(opened.document)] == ["Café", "Hello."]


@pytest.mark.parametrize(
    ("preamble", "target", "expected"),
    [
        ("\\documentclass{article}", "ja", ["to typeset it, add \\usepackage{luatexja} to its preamble and run lualatex"]),
        ("\\documentclass{ltjsarticle}", "ja", []),
        ("\\documentclass[UTF8]{ctexart}", "zh", []),
        ("\\documentclass{article}\n\\usepackage{xeCJK}", "zh", []),
        (
            "\\documentclass{article}",
            "de",
            ["to typeset it with all its accents and quotation marks, add \\usepackage[T1]{fontenc} to its preamble"],
        ),
        ("\\documentclass{article}\n\\usepackage[T1]{fontenc}", "fr", []),
        ("\\documentclass{article}", "en", []),
    ],
)
def test_what_a_preamble_lacks_for_a_language_is_told(preamble: str, target: str, expected: list[str]) -> None:
    document = formats.parse(f"{preamble}\n\\begin{{document}}\nHello.\n", "latex")
    assert formats.remarks(document, target) == expected


def test_files_that_a_document_takes_in_are_told() -> None:
    document = formats.parse("Words.\n\\input{one}\n% \\input{old}\n\\include{two}\\input{one}\n", "latex")
    assert formats.remarks(document, "ja") == [
        "it still reads one, two: translate such files too, and name their translations in it"
    ]
    assert formats.remarks(formats.parse("\\input{one}", "plain"), "ja") == []


@pytest.mark.parametrize("name", ["notes.tex", "notes.ltx", "notes.txt", None])
def test_it_is_recognised_by_how_it_begins(name: str | None) -> None:
    assert formats.recognise("% my notes\n\n% 2026\n\\documentclass[12pt]{article}\n", name) == "latex"


@pytest.mark.parametrize("name", ["notes.sty", "notes.cls", "notes.bib"])
def test_what_is_no_prose_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is not read"):
        formats.recognise("@book{a, title={A Title}}\n", name)


MANY = 5_000
HOSTILE = {
    "braces": "{" * MANY,
    "nested braces": "{" * MANY + "a word" + "}" * MANY,
    "closing braces": "}" * MANY,
    "emphasis": "\\emph{" * MANY + "a word" + "}" * MANY,
    "citations": "\\cite{" * MANY,
    "items": "\\item[" * MANY + "]" * MANY,
    "dollars": "$a {" * MANY,
    "environments": "\\begin{align}\\begin{verbatim}" * MANY,
    "unknown environments": "\\begin{a}" * MANY + "\\end{a}" * MANY,
    "notes": "a word\\footnote{" * MANY,
    "nested notes": "\\footnote{" * MANY + "a word" + "}" * MANY,
    "many notes": "a word\\footnote{b word} " * MANY,
    "code": "\\verb|" * MANY,
    "preamble": "\\documentclass{a}\n" + "\\title{" * MANY,
    "definitions": "\\newcommand{\\a}{\\begin{" * MANY,
    "cells": "\\begin{tabular}{l}" + "a word&" * MANY,
    "backslashes": "\\" * MANY,
    "comments": "%\n" * MANY,
    "raised numbers": "¹" * MANY + "\\footnote{a}" * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read_in_linear_time_and_comes_back(name: str) -> None:
    text = HOSTILE[name]
    document = formats.parse(text, "latex")
    whole = [
        Segment(number, number, block.kind, "und", document.text[slice(*block.ranges[0])], block.ranges)
        for number, block in enumerate(document.blocks)
        if len(block.ranges) == 1
    ]
    assert formats.render(document, [(one, one.text) for one in whole], "ja") == text
    assert formats.remarks(document, "ja") is not None


SPELLED = [
    *("\\'e", '\\"{o}', "{\\`a}", "\\ss{}", "\\c c", "``", "''", "---", "~", "\\,", "\\%", "\\ldots"),
    *("é", "“", "$x$", "a", "b c ", "中"),
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(SPELLED), min_size=1, max_size=12).map("".join))
def test_characters_keep_the_spelling_that_they_had(text: str) -> None:
    document = formats.parse(f"Words {text} words.", "latex")
    assert translated(f"Words {text} words.", lambda one: one) == f"Words {text} words."
    assert not re.search(r"[`'~]|--|\\[%\"',]", _unprotected(document))


def _unprotected(document: Document) -> str:
    def free(block: Block) -> str:
        text = document.text[slice(*block.ranges[0])]
        for span in block.spans:
            text = text.replace(document.text[span.start : span.end], "")
        return text

    return "".join(map(free, document.blocks))
