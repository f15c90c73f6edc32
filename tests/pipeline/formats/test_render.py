"""Rendering: what is not translated stays byte for byte, in every format and for every way to cut blocks into sentences."""

import re
from collections.abc import Iterator
from random import Random

import pytest
from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.document import Document, Range, Segment, Span, joiner
from hypothesis import example, given, settings
from hypothesis import strategies as st

PROTECTED = re.compile(r"\$[^$]+\$|`[^`]+`|https?://\S+|\d+ (?:GB|km)|\\[a-z]+")


def segments(document: Document, random: Random) -> Iterator[Segment]:
    """Sentences as a segmenter might make them: blocks joined, cut at ends of sentences and anywhere else between words."""
    index = 0
    for number, block in enumerate(document.blocks):
        text, places = joined(document.text, block.ranges)
        spans = [Span(places.index(s.start), places.index(s.end - 1) + 1, s.kind) for s in block.spans]
        spans += [
            Span(*m.span(), "formula")
            for m in PROTECTED.finditer(text)
            if all(m.end() <= s.start or s.end <= m.start() for s in spans)
        ]
        cuts = [m.end() for m in re.finditer(r"[.!?。！？]+[」』”\")）]*|\s+|(?<=[ぁ-鿿])", text)]
        cuts = [c for c in cuts if random.random() < 0.2 and not any(s.start < c < s.end for s in spans)]
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            piece = text[start:end]
            left = start + len(piece) - len(piece.lstrip())
            right = start + len(piece.rstrip())
            if left < right:
                inside = tuple(
                    Span(s.start - left, s.end - left, s.kind)
                    for s in sorted(spans, key=lambda s: s.start)
                    if left <= s.start < right
                )
                ranges = pieces(places[left:right])
                yield Segment(index, number, block.kind, "und", text[left:right], ranges, inside)
                index += 1


def joined(document: str, ranges: tuple[Range, ...]) -> tuple[str, list[int]]:
    """The text of a block and where each of its characters stands in the document (-1 for what joins two pieces)."""
    text, places = "", []
    for start, end in ranges:
        glue = joiner(text, document[start:end])
        text += glue + document[start:end]
        places += [-1] * len(glue) + list(range(start, end))
    return text, places


def pieces(places: list[int]) -> tuple[Range, ...]:
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
    found = list(segments(document, Random(seed)))
    for segment in found:
        parts = [text[start:end] for start, end in segment.ranges]
        assert segment.text == joined(text, segment.ranges)[0], parts
    assert formats.render(document, [(s, s.text) for s in found]) == text
    bracketed = formats.render(document, [(s, f"⟦{s.text}⟧") for s in found])
    assert bracketed.replace("⟦", "").replace("⟧", "") == text
    assert formats.render(document, []) == text


def assert_sound(document: Document) -> None:
    """Ranges ordered, disjoint, without white space at their ends; spans ordered, disjoint, each in one range."""
    end = 0
    for block in document.blocks:
        assert block.ranges
        for first, last in block.ranges:
            assert end <= first < last <= len(document.text)
            assert document.text[first:last].strip() == document.text[first:last]
            end = last
        edge = block.ranges[0][0]
        for span in block.spans:
            assert edge <= span.start < span.end
            assert any(first <= span.start and span.end <= last for first, last in block.ranges)
            edge = span.end


WORDS = [
    "the",
    "model",
    "of",
    "attention",
    "Yes",
    "learns",
    "3.5",
    "42",
    "x",
    "self-attention",
    "(see",
    "above)",
    "e.g.",
    "“quoted”",
    "$a_b$",
    "`code x`",
    "**bold**",
    "*it*",
    "[link](http://a.b/c)",
    "10 GB",
    "a|b",
    "<b>tag</b>",
    "&amp;",
]
WIDE = [
    "これは",
    "モデル",
    "です",
    "学習",
    "的",
    "模型",
    "我们",
    "「引用」",
    "３.５",
    "Transformer",
    "$x$",
    "、",
    "，",
    "をする",
    "ー",
]
word = st.sampled_from(WORDS)
sentence = st.one_of(
    st.lists(word, min_size=1, max_size=14).map(" ".join),
    st.lists(st.sampled_from(WIDE), min_size=1, max_size=14).map("".join),
    st.lists(st.sampled_from(WORDS + WIDE), min_size=1, max_size=10).map(" ".join),
)
ended = st.tuples(sentence, st.sampled_from([".", "?", "。", "！", "", ".”", "。」", "..."])).map("".join)
line_end = st.sampled_from(["\n", "\n", "\n", "\r\n"])


def lines_of(mark: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(mark, ended, st.sampled_from(["", " ", "  "])).map("".join), min_size=1, max_size=5).map(
        "\n".join
    )


plain = st.lists(
    st.one_of(
        lines_of(st.just("")),
        lines_of(st.sampled_from(["- ", "1. ", "・", "", "> ", "# "])),
        st.sampled_from(["--", "***", "$12.5 -0.3%", "•"]),
    ),
    max_size=8,
).flatmap(
    lambda parts: st.lists(
        st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\r", "\n \n"]), min_size=len(parts), max_size=len(parts)
    ).map(lambda ends: "".join(part + end for part, end in zip(parts, ends, strict=True)))
)
blocks = st.one_of(
    lines_of(st.just("")),
    lines_of(st.sampled_from(["> ", "> > "])),
    lines_of(st.sampled_from(["- ", "  ", "    - ", "1. ", "* [ ] "])),
    st.tuples(st.sampled_from(["# ", "### "]), sentence, st.sampled_from(["", " {#id}", " #"])).map("".join),
    st.tuples(sentence, st.sampled_from(["\n===", "\n---"])).map("".join),
    st.lists(sentence, min_size=2, max_size=2).map(lambda cells: f"| {cells[0]} | b |\n|---|:-:|\n| c | {cells[1]} |"),
    sentence.map(lambda s: f"<!-- {s}\n\n{s} -->"),
    sentence.map(lambda s: f"```py\n{s}\n```"),
    sentence.map(lambda s: f"$$\n{s}\n$$"),
    sentence.map(lambda s: f"\\begin{{align}}\n{s}\n\\end{{align}}"),
    sentence.map(lambda s: f"<figure>\n  <img src='a' alt='{s}'>\n  <center> {s} <i>{s}</i></center>\n</figure>"),
    sentence.map(lambda s: f"![{s}](a.png) {s}[^1]\n\n[^1]: {s}"),
    sentence.map(lambda s: f"{{% if x %}}\n{s} {{{{ y }}}} {s}  \n{s}\n{{% endif %}}"),
)
markdown = st.tuples(
    st.sampled_from(["", "---\ntitle: x\n---\n", "---\nbroken\n", "\ufeff"]),
    st.lists(blocks, max_size=7).map("\n\n".join),
).map("".join)
clock = st.integers(0, 5999).map(lambda s: f"00:{s // 60:02}:{s % 60:02}")


@st.composite
def subtitles(draw: st.DrawFn, vtt: bool) -> str:
    point = "." if vtt else ","
    newline = draw(line_end)
    parts = (
        ["WEBVTT - title", "NOTE a note --> here", "STYLE\n::cue { color: red }"][: draw(st.integers(1, 3))]
        if vtt
        else []
    )
    for number in range(draw(st.integers(1, 7))):
        words = draw(st.lists(ended, min_size=1, max_size=3))
        mark = draw(st.sampled_from(["", "", "- ", "<i>", "{\\an8}", "<v Ann>", ">> ", "[Music] ", "DR. X: "]))
        timing = f"{draw(clock)}{point}000 --> {draw(clock)}{point}500{draw(st.sampled_from(['', ' align:start']))}"
        ident = draw(st.sampled_from([f"{number}\n", f"{number}\n", "7\n", ""]))
        parts.append(f"{ident}{timing}\n{mark}" + "\n".join(words) + ("</i>" if mark == "<i>" else ""))
    gaps = draw(st.lists(st.sampled_from(["\n\n", "\n\n", "\n\n\n", "\n"]), min_size=len(parts), max_size=len(parts)))
    return "".join(part + gap for part, gap in zip(parts, gaps, strict=True)).replace("\n", newline)


spoken = st.tuples(
    st.sampled_from(["", "", " ", "[00:12] ", "1:02:03\n", "Speaker 1: ", "PROF. LI: ", "# ", "😊，"]),
    sentence,
    st.sampled_from(["", "", "。", "，", ".", "?"]),
).map("".join)
transcript = st.lists(spoken, max_size=14).flatmap(
    lambda rows: st.sampled_from(["\n", "\n\n", "\r\n"]).map(lambda end: end.join(rows))
)
DOCUMENTS = {
    "plain": plain,
    "markdown": markdown,
    "srt": subtitles(vtt=False),
    "vtt": subtitles(vtt=True),
    "transcript": transcript,
}
MARKS = list("#>-*+_`~$\\[]()<>!|{}%:.0123456789 \t\n\r\x00\x0b\u2028\u3000\ud800😊ー。、「」ab字é\u0301") + [
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
    "00:00:01,000 --> 00:00:02,000\n",
    "WEBVTT",
    "](",
    "<div>",
    "</div>",
    "<b>",
    "<pre>",
    "---\n",
    "\n\n",
    "|--|--|\n",
    "[^1]",
    "  \n",
    "<br>",
]
noise = st.lists(st.sampled_from(MARKS), max_size=60).map("".join)
seeds = st.integers(0, 1000)


@pytest.mark.parametrize("format", formats.FORMATS)
def test_documents_come_back_whole(format: str) -> None:
    @settings(max_examples=200)
    @given(DOCUMENTS[format], seeds)
    def check(text: str, seed: int) -> None:
        assert_exact(text, format, seed)

    check()


@settings(max_examples=100)
@given(markdown, seeds)
def test_comments_come_back_whole(text: str, seed: int) -> None:
    assert_exact(text, "markdown", seed, comments=True)


@pytest.mark.parametrize("format", formats.FORMATS)
def test_noise_comes_back_whole(format: str) -> None:
    @settings(max_examples=200)
    @given(noise, seeds)
    def check(text: str, seed: int) -> None:
        assert_exact(text, format, seed)
        assert formats.recognise(text) in formats.FORMATS

    check()
