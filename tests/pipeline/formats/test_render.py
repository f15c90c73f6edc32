"""Rendering: what is not translated stays byte for byte, in every format and however blocks are cut into sentences.

Two translators show it: one that gives each sentence back, and one that puts brackets around it. 200 documents of each
format are generated, by number, and noise by hypothesis.
"""

import re
from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.document import Block, Document, Range, Segment, Span, joiner

PROTECTED = re.compile(r"\$[^$]+\$|`[^`]+`|https?://\S+|\d+ (?:GB|km)|\\[a-z]+")
CUT = re.compile(r"[.!?。！？]+[」』”\")）]*|\s+|(?<=[ぁ-鿿])")


def segments(document: Document, random: Random) -> Iterator[Segment]:
    """Sentences as any segmenter might make them: the lines of a block joined, and cut at some ends of words."""
    index = 0
    for number, block in enumerate(document.blocks):
        text, places = joined(document.text, block.ranges)
        spans = [Span(places.index(s.start), places.index(s.end - 1) + 1, s.kind) for s in block.spans]
        for match in PROTECTED.finditer(text):
            if all(match.end() <= s.start or s.end <= match.start() for s in spans):
                spans.append(Span(*match.span(), "formula"))
        spans.sort(key=lambda span: span.start)
        cuts = [m.end() for m in CUT.finditer(text) if random.random() < 0.2]
        cuts = [cut for cut in cuts if not any(s.start < cut < s.end for s in spans)]
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            piece = text[start:end].strip()
            left = text.find(piece, start)
            right = left + len(piece)
            if piece:
                inside = tuple(Span(s.start - left, s.end - left, s.kind) for s in spans if left <= s.start < right)
                yield Segment(index, number, block.kind, "und", piece, as_ranges(places[left:right]), inside)
                index += 1


def joined(document: str, ranges: tuple[Range, ...]) -> tuple[str, list[int]]:
    """The text of a block and where each of its characters stands in the document (-1 for what joins two lines)."""
    text, places = "", list[int]()
    for start, end in ranges:
        glue = joiner(text, document[start:end])
        text += glue + document[start:end]
        places += [-1] * len(glue) + list(range(start, end))
    return text, places


def as_ranges(places: list[int]) -> tuple[Range, ...]:
    found: list[Range] = []
    for place in places:
        if found and place == found[-1][1]:
            found[-1] = (found[-1][0], place + 1)
        elif place >= 0:
            found.append((place, place + 1))
    return tuple(found)


def assert_exact(text: str, format: str, seed: int, comments: bool = False) -> None:
    try:
        document = formats.parse(text, format, comments=comments)
    except InputError:
        assert format in ("srt", "vtt")
        return
    assert_sound(document)
    if format == "html":  # character references are resolved, once
        text = document.text
        assert formats.parse(text, format) == document
    found = list(segments(document, Random(seed)))
    assert all(segment.text == joined(document.text, segment.ranges)[0] for segment in found)
    assert formats.render(document, []) == text
    assert formats.render(document, [(segment, segment.text) for segment in found]) == text
    bracketed = formats.render(document, [(segment, in_brackets(segment.text)) for segment in found])
    same = bracketed.replace("⟦", "").replace("⟧", "")
    assert fitted(same) == fitted(text) if format == "rst" else same == text


def in_brackets(text: str) -> str:
    """A text in brackets, but for a colon at its end, with which a literal block is announced."""
    return f"⟦{text[:-1]}⟧:" if text.endswith(":") else f"⟦{text}⟧"


def fitted(text: str) -> str:
    """A text in which the lines under titles and the columns of tables have no width."""
    return re.sub(r" ?$", "", re.sub(r"([!-/:-@\[-`{-~ ])\1+", r"\1", text), flags=re.MULTILINE)


def assert_sound(document: Document) -> None:
    """Ranges are ordered, disjoint and without white space at their ends; each span lies in one of them."""
    edge = 0
    for block in document.blocks:
        assert block.ranges
        for start, end in block.ranges:
            assert edge <= start < end <= len(document.text)
            assert document.text[start:end].strip() == document.text[start:end]
            edge = end
        before = block.ranges[0][0]
        for span in block.spans:
            assert before <= span.start < span.end
            assert any(start <= span.start and span.end <= end for start, end in block.ranges)
            before = span.end


SPACED = (
    "the|model|of|attention|Yes|learns|3.5|42|x|self-attention|(see|above)|e.g.|“quoted”|$a_b$|`code x`|**bold**|*it*|"
    "[link](http://a.b/c)|10 GB|a, b|<b>tag</b>|&amp;|—|\\(x_1\\)|<br>|[^1]|![i](j)"
)
UNSPACED = "これは|モデル|です|学習|的|模型|我们|「引用」|３.５|Transformer|$x$|、|，|をする|ー|（注）|**強調**"


def sentence(random: Random) -> str:
    kind = random.randrange(3)
    words = [SPACED, UNSPACED, f"{SPACED}|{UNSPACED}"][kind].split("|")
    text = ("" if kind == 1 else " ").join(random.choices(words, k=random.randint(1, 14)))
    return text + random.choice([".", "?", "。", "！", "", ".”", "。」", "..."])


def rows(random: Random, *marks: str) -> str:
    """Lines that begin with any of the marks."""
    end = random.choice(["\n", "\n", "\n", "\r\n", " \n", "  \n"])
    return end.join(random.choice(marks) + sentence(random) for _ in range(random.randint(1, 5)))


def plain(random: Random) -> str:
    parts = []
    for _ in range(random.randint(0, 8)):
        kinds = [rows(random, ""), rows(random, "- ", "1. ", "・", "> ", "# ", ""), "--", "$12.5 -0.3%", "•"]
        parts += [random.choice(kinds), random.choice(["\n", "\n\n", "\r\n\r\n", "\r", "\n \n"])]
    return "".join(parts)


def markdown(random: Random) -> str:
    def part() -> str:
        s = sentence(random)
        return random.choice(
            [
                rows(random, ""),
                rows(random, "> ", "> > "),
                rows(random, "- ", "  ", "    - ", "1. ", "* [ ] "),
                f"## {s}{random.choice(['', ' {#id}', ' #'])}",
                f"{s}\n===",
                f"| {s} | b |\n|---|:-:|\n| c | {sentence(random)} |",
                f"<!-- {s}\n\n{sentence(random)} -->",
                f"```py\n{s}\n```",
                f"$$\n{s}\n$$\n{s}",
                f"\\begin{{align}}\n{s}\n\\end{{align}}",
                f"<figure>\n  <img src='a' alt='{s}'>\n  <center> {s} <i>{s}</i></center>\n</figure>",
                f"![{s}](a.png) {s}[^1]\n\n[^1]: {s}",
                f"{{% if x %}}\n{s} {{{{ y }}}} {s}  \n{s}\n{{% endif %}}",
                f'!!! note "{s}"\n    {s}\n\n```{{tip}}\n{s}\n```',
            ]
        )

    front = random.choice(["", "---\ntitle: x\n---\n", "---\nbroken\n", "\ufeff"])
    return front + random.choice(["\n\n", "\n"]).join(part() for _ in range(random.randint(0, 7)))


def subtitles(random: Random, vtt: bool) -> str:
    parts = ["WEBVTT - title", "NOTE a note --> here", "STYLE\n::cue { color: red }"][: random.randint(1, 3) * vtt]
    for number in range(random.randint(1, 7)):
        clocks = [f"00:{random.randint(0, 9):02}:{random.randint(0, 59):02}{'.' if vtt else ','}000" for _ in "12"]
        mark = random.choice(["", "", "- ", "<i>", "{\\an8}", "<v Ann>", ">> ", "[Music] ", "DR. X: ", "<00:01.000><c>"])
        ident = random.choice([f"{number}\n", f"{number}\n", "7\n", ""])
        settings = random.choice(["", " align:start"])
        parts.append(f"{ident}{clocks[0]} --> {clocks[1]}{settings}\n{rows(random, mark, '')}")
    text = "".join(part + random.choice(["\n\n", "\n\n", "\n\n\n", "\n"]) for part in parts)
    return text.replace("\n", "\r\n") if random.random() < 0.2 else text


def transcript(random: Random) -> str:
    marks = ["", "", " ", "[00:12] ", "1:02:03\n", "Speaker 1: ", "PROF. LI: ", "# ", "😊，", "![](a.png)\n"]
    lines = [random.choice(marks) + sentence(random) for _ in range(random.randint(0, 14))]
    return random.choice(["\n", "\n\n", "\r\n"]).join(lines)


def page(random: Random) -> str:
    def part() -> str:
        s = sentence(random)
        return random.choice(
            [
                f"<p>{s} <b>{sentence(random)}</b></p>",
                f"<P Class=x>{s}<br/>{s}",
                f"<ul>\n<li>{rows(random, '')}\n<li><a href='?a=1&amp;b'>{s}</a></ul>",
                f"<table><tr><td>{s}<td>{s}</table>",
                f"<script>if (a < b) {{ '{s}' }}</script>",
                f"<pre>{s}</pre><code>{s}</code>",
                f"<div translate=no>{s}<div>{s}</div></div>",
                f"<span class='a katex'><span>{s}</span></span> {s}",
                f'<img alt="{s.replace(chr(34), "")}"> {s} & {s} < 3',
                f"<h2>&#12354;&rsquo;&nbsp;&lt;&bogus; {s}</h2>",
                f"<!-- {s} --> {s} <unclosed {s}",
            ]
        )

    return "<!DOCTYPE html>\n<html lang=en>" + random.choice(["\n", ""]).join(part() for _ in range(random.randint(0, 7)))


def latex(random: Random) -> str:
    def part() -> str:
        s, t = (sentence(random).replace("&", "\\&").replace("$3", "\\$3") for _ in "12")
        return random.choice(
            [
                rows(random, "", "% ", "  "),
                f"\\section[{t[:9]}]{{{s}}}\\label{{a_b}}\n{t}",
                f"{s}\\footnote{{{t} $x$ caf\\'e}}, {{\\bf {s}}} \\emph{{so~it}} % and\n  goes``on''",
                f"\\begin{{itemize}}\n\\item {s}\\\\[2pt] {t}\n\\item[{t[:9]}] x\n\\end{{itemize}}",
                f'{s}\n\\[ a_1 \\]\n{t} 5\\,\\% of \\v{{s}}i, \\"{{o}}--\\ss{{}}',
                f"\\begin{{align}}\n{s}\n\\end{{align}} {t}\\cite{{a}}.",
                f"\\begin{{tabular}}{{ll}}\n{s} & {t} \\\\ \\hline\n\\end{{tabular}}",
                f"\\begin{{figure}}[h]\\caption{{{s}\\footnote{{{t}}}\n{t}}}\\end{{figure}}",
                f"\\begin{{verbatim}}\n{s}\n\\end{{verbatim}}\\unknown{{{s}}} {t} \\url{{a%b_c}}",
                f"{{\\large {s}\n\n{t}}} \\href{{u}}{{{t}}}\\par {s} {{}} \\foo[{t[:9]}]{{x}}",
            ]
        )

    front = random.choice(
        ["", "\\documentclass{a}\n\\title{A \\emph{b} title}\n\\newcommand{\\x}{y z}\n\\begin{document}\n"]
    )
    return front + random.choice(["\n\n", "\n", "\r\n"]).join(part() for _ in range(random.randint(0, 7)))


def rst(random: Random) -> str:
    def part() -> str:
        s, t = sentence(random), sentence(random)
        return random.choice(
            [
                rows(random, ""),
                rows(random, "- ", "  ", "2. ", "* - ", "| ", ":param x: "),
                f"{s}\n{random.choice('=-~') * len(s)}",
                f"={'=' * len(s)}\n {s}\n={'=' * len(s)}",
                f"{s}::\n\n    {t}\n\n{s} ::\n\n> {t}\n",
                f".. note:: {s}\n   {t}\n\n   - {s}\n     {t}",
                f".. figure:: a.png\n   :alt: {s}\n\n   {t}\n   {s}",
                f".. code:: py\n\n   {s}\n\n.. {t}\n   {s}\n\n.. _a: {s}",
                f"{s} :ref:`{t} <a>`, `{t} <http://a.b>`_ and `b c`_ d_\n|e| \\*f\\ *{t}*\\ g ``h``",
                f"{s} : {t}\n    {s}\n    {t}",
                f".. [1] {s}\n   {t}\n.. |x| replace:: {s}",
                f"+--{'-' * len(s)}+----+\n| {s} | ab |\n+==+==+\n\n=== =====\nab  {t}\n    {t}\n=== =====",
                f"+{'-' * (len(s) + 2)}+----+\n| {s} | ab |\n+{'=' * (len(s) + 2)}+====+\n| x{' ' * len(s)} | cd |\n"
                f"+{'-' * (len(s) + 2)}+----+",
                f"    {s}\n\n    -- {t}",
            ]
        )

    return random.choice(["\n\n", "\n\n", "\n", "\r\n\r\n"]).join(part() for _ in range(random.randint(0, 7)))


def cells(random: Random) -> str:
    return "\n\f\n".join(markdown(random) for _ in range(random.randint(0, 4)))


DOCUMENTS: dict[str, Callable[[Random], str]] = {
    "plain": plain,
    "markdown": markdown,
    "html": page,
    "latex": latex,
    "rst": rst,
    "cells": cells,
    "srt": lambda random: subtitles(random, vtt=False),
    "vtt": lambda random: subtitles(random, vtt=True),
    "transcript": transcript,
}


@pytest.mark.parametrize("format", DOCUMENTS)
def test_documents_come_back_whole(format: str) -> None:
    for seed in range(200):
        assert_exact(DOCUMENTS[format](Random(seed)), format, seed, comments=seed % 2 == 1)


MARKS = [
    *"#>-*+_`~$\\[]()<>!|{}%:.0123456789 \t\n\r\x00\x0b\u2028\u3000\ud800😊ー。、「」ab字é\u0301",
    *[
        "-->",
        "<!--",
        "$$",
        "```",
        "\\begin{align}",
        "\\end{align}",
        "\\(",
        "\\)",
        "{{",
        "}}",
        "WEBVTT",
        "](",
        "\n\n",
        "  \n",
    ],
    *[
        "00:00:01,000 --> 00:00:02,000\n",
        "<div>",
        "</div>",
        "<b>",
        "<pre>",
        "---\n",
        "|--|--|\n",
        "[^1]",
        "<br>",
        '!!! a "',
        "\\footnote{",
        "\\emph{",
        "\\section[",
        "\\begin{tabular}{l}",
        "\\'e",
        "``",
        "\n====\n",
        "::\n\n ",
        ".. note:: ",
        ":ref:`",
        "\\ ",
        " <a>`_",
        "word_",
        "[1]_",
    ],
]
noise = st.lists(st.sampled_from(MARKS), max_size=40).map("".join)


@pytest.mark.parametrize("format", formats.FORMATS)
@settings(max_examples=60)
@given(text=noise, seed=st.integers(0, 99))
def test_noise_comes_back_whole(format: str, text: str, seed: int) -> None:
    assert_exact(text, format, seed, comments=seed % 2 == 1)
    assert formats.recognise(text) in formats.FORMATS


@pytest.mark.parametrize(
    ("source", "translations", "expected"),
    [
        ("One is here. Two is there.", ["これは一。", "それは二。"], "これは一。それは二。"),
        ("これは一。それは二。", ["One is here.", "Two is there."], "One is here. Two is there."),
        ("这是一。这是二。", ["これは一。", "それは二。"], "これは一。それは二。"),
        ("はい。 次です。", ["はい、はい。", "次。"], "はい、はい。 次。"),
        ("One is here.\nTwo is there.", ["これは一。", "それは二。"], "これは一。\nそれは二。"),
        ("これは一。それは二。", ["⟦これは一。⟧", "⟦それは二。⟧"], "⟦これは一。⟧⟦それは二。⟧"),
        ("One is here. Two is there.", ["⟦One is here.⟧", "⟦Two is there.⟧"], "⟦One is here.⟧ ⟦Two is there.⟧"),
    ],
)
def test_the_space_between_sentences_is_that_of_the_language(source: str, translations: list[str], expected: str) -> None:
    segments, start = [], 0
    for index, text in enumerate(re.findall(r"[^.。]+[.。]", source)):
        start = source.index(text.strip(), start)
        end = start + len(text.strip())
        segments.append(Segment(index, 0, "paragraph", "en", text.strip(), ((start, end),)))
        start = end
    document = Document(source, "plain", (Block("paragraph", ((0, len(source)),)),))
    assert formats.render(document, list(zip(segments, translations, strict=True))) == expected
