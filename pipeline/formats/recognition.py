"""Which format a text is in, told by what it holds first and by its name where that leaves a doubt.

Method: WebVTT and SRT have marks of their own. Markdown is told by several different kinds of its marks (a heading
alone may stand in any notes). A transcript is told by time stamps at the beginning of lines, by lines that stop in
mid-sentence although the next word would have fitted or that go on after a blank line, and in Chinese and Japanese by
many lines without any punctuation.
"""

import re
from itertools import islice, pairwise
from pathlib import PurePath
from typing import NamedTuple

from diglot.pipeline.formats import page
from diglot.pipeline.formats.lines import columns, ends_sentence, first_word, is_wide, lines
from diglot.pipeline.formats.opaque import front_matter
from diglot.pipeline.formats.subtitles import cues, is_webvtt
from diglot.pipeline.formats.transcript import STAMP

_EXAMINED = 200_000  # characters from the beginning: enough to know a format by
_NAMES = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    ".srt": "srt",
    ".vtt": "vtt",
}

# Kinds of marks of Markdown: what one looks like, how many there must be, and how much the kind tells.
_MARKS = [
    (re.compile(pattern, re.MULTILINE), count, weight)
    for pattern, count, weight in (
        (r"^[ \t>]*(?:```|~~~)", 2, 3),
        (r"^[ \t]*(?:\|[ \t]*)?:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)+\|?[ \t]*\r?$", 1, 3),
        (r"(?<!!)\[[^\[\]\n]+\]\((?:https?:|[./#]|[\w-]+\.\w)[^()\n]*\)", 1, 2),
        (r"<!--", 1, 2),
        (r"\*\*[^*\s][^*\n]*\*\*", 1, 2),
        (r"^\$\$|\$\$\r?$", 2, 2),
        (r"`[^`\n]+`", 2, 2),
        (r"^<(?:figure|div|details|img|center|table|p|br)\b", 1, 2),
        (r"^\[[^\[\]\n]+\]:[ \t]+\S+", 1, 2),
        (r"(?:\A|\n[ \t]*\r?\n)#{1,6}[ \t]+\S", 2, 2),
        (r"^#{1,6}[ \t]+\S", 1, 1),
        (r"^[ \t]*[-*+][ \t]+\S", 2, 1),
        (r"^>[ \t]*\S", 1, 1),
        (r"!\[[^\[\]\n]*\]\([^()\n]+\)", 1, 1),
    )
]
_PROBABLE, _CERTAIN = 3, 5  # sums of weights

_WIDEST = 132  # columns; lines beyond that were not broken for their width
_FEWEST_BREAKS, _BROKEN_SHARE = 5, 0.2
_FEWEST_STAMPS, _STAMPED_SHARE = 3, 0.2
_FEWEST_BARE, _BARE_SHARE, _BARE_COLUMNS = 20, 0.9, 12
_PUNCTUATION = re.compile(r"[。！？，、；：.!?,;:]")


def recognise(text: str, name: str | None = None) -> str:
    """The format of a text: ``plain``, ``markdown``, ``html``, ``srt``, ``vtt`` or ``transcript``.

    >>> recognise("WEBVTT\\n\\n00:01.000 --> 00:02.000\\nHello", "talk.srt"), recognise("Just a note.", "note.md")
    ('vtt', 'markdown')
    """
    named = _NAMES.get(PurePath(name).suffix.lower()) if name else None
    head = text[:_EXAMINED]
    if is_webvtt(head):
        return "vtt"
    if named is None and _begins_as_srt(head):
        return "srt"
    if named is None and page.is_page(head):
        return "html"
    if named is not None:
        return named
    marks = _CERTAIN if front_matter(head) else _markdown(head)
    if marks < _CERTAIN and _is_transcript(head):
        return "transcript"
    return "markdown" if marks >= _PROBABLE else "plain"


def _begins_as_srt(text: str) -> bool:
    """Whether the first cue comes at once: after a number and a blank line or two at most."""
    places = [place for place in islice(lines(text), 8) if place[0] < place[1]]
    return bool(cues(text[: places[min(1, len(places) - 1)][1]], "srt")) if places else False


def _markdown(text: str) -> int:
    """How much the kinds of marks in a text tell together."""
    return sum(weight for pattern, count, weight in _MARKS if sum(1 for _ in islice(pattern.finditer(text), count)) == count)


class _Line(NamedTuple):
    text: str
    apart: bool  # after a blank line


def _is_transcript(text: str) -> bool:
    spoken: list[_Line] = []
    stamps, blank = 0, False
    for start, end in lines(text):
        line = text[start:end]
        stamp = STAMP.match(line)
        stamps += stamp is not None
        if line and not (line.startswith(("#", "![")) or (stamp and stamp.end() == len(line))):
            spoken.append(_Line(line[stamp.end() if stamp else 0 :], blank))
        blank = not line
    if stamps >= _FEWEST_STAMPS and stamps >= _STAMPED_SHARE * len(spoken):
        return True
    return _is_broken(spoken) or _is_bare([line.text for line in spoken])


def _is_broken(spoken: list[_Line]) -> bool:
    """Whether lines stop in mid-sentence for no want of room."""
    widths = sorted(columns(line.text) for line in spoken)
    width = widths[len(widths) * 19 // 20] if widths else 0
    width = width if width <= _WIDEST else widths[-1]
    broken = sum(
        1
        for before, after in pairwise(spoken)
        if _stops_within(before.text, after.text)
        and (after.apart or columns(before.text) + 1 + first_word(after.text) <= width)
    )
    return broken >= _FEWEST_BREAKS and broken >= _BROKEN_SHARE * (len(spoken) - 1)


def _stops_within(before: str, after: str) -> bool:
    """Whether a sentence goes on in the next line; a Chinese full stop after English words is the machine's."""
    ends = ends_sentence(before) and not (before.endswith("。") and not is_wide(before))
    return after[:1].islower() and not ends and before.count(" ") >= 2


def _is_bare(spoken: list[str]) -> bool:
    """Whether most of the lines are Chinese or Japanese speech without any punctuation."""
    wide = [line for line in spoken if is_wide(line)]
    if len(wide) < _FEWEST_BARE or sum(map(columns, wide)) < _BARE_COLUMNS * len(wide):
        return False
    bare = sum(1 for line in wide if not _PUNCTUATION.search(line))
    return bare >= _BARE_SHARE * len(spoken)
