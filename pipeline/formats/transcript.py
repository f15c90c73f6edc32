"""Transcripts of speech: lines broken in mid-sentence, between them time stamps, speakers, headings and images.

Method: lines run on over blank lines, so a block is a run of lines and its ranges are the lines; whether a sentence
ends where a line does is for the segmenter to tell. A heading, an image or a speaker's name ends a run, and so does
the first clear end of a sentence after some lines, so that blocks stay the size of paragraphs. The few lines above the
first time stamp (a title, a date) are plain text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from diglot.pipeline.document import Block, BlockKind, Document, Range, has_words, is_unspaced
from diglot.pipeline.formats import plain
from diglot.pipeline.formats.lines import ends_sentence, lines, other_script
from diglot.pipeline.formats.speakers import NAME, after_speaker, is_name, speakers

_CLOCK = r"(?:\d{1,2}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"
_STAMP = re.compile(rf"[\[(（【]?{_CLOCK}(?:\s*[-–—~]+>?\s*{_CLOCK})?(?:[\])）】]\s*(?:[-–—:]\s+)?|\s*[-–—:]\s+|\s+|$)")
_TITLED = re.compile(
    rf"[\[【]?(?P<name>{NAME})[\]】]?\s+(?P<open>[\[(（])?(?P<clock>{_CLOCK})[\])）]?\s*(?P<colon>[:：])?\s*"
)
_FIRST_MINUTE = re.compile(r"(?:0{1,2}:)?0{1,2}:\d")
_HEADING = re.compile(r"#{1,6}\s+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_BEGINNING = re.compile(r"(?!I\b)\w")
_ENOUGH = 8  # lines, after which the next clear end of a sentence ends a block, and which are more than a title


class Line(NamedTuple):
    """A line that is not blank: where it begins and ends, and where its words do after a time and a speaker.

    ``speaker``: it begins with a name, or is one; ``apart``: it stands after a blank line.
    """

    start: int
    end: int
    words: int
    stamped: bool
    speaker: bool
    apart: bool


def read(text: str) -> list[Line]:
    """The lines of a transcript, with their times and speakers set apart."""
    timed = [_timed(text, line) for line in _lines(text)]
    timed = _with_names_above(text, _with_titles(text, timed))
    names = _names(text, timed)
    return [
        line if line.speaker else line._replace(words=words, speaker=words > line.words)
        for line in timed
        for words in [after_speaker(text, line.words, line.end, names)]
    ]


def parse(text: str) -> Document:
    """The runs of lines of a transcript, and its headings."""
    found = read(text)
    first = next((number for number, line in enumerate(found) if line.stamped), 0)
    if not 0 < first < _ENOUGH:
        return Document(text, "transcript", tuple(_blocks(text, found)))
    above = plain.parse(text[: found[first].start]).blocks
    return Document(text, "transcript", (*above, *_blocks(text, found[first:])))


def _lines(text: str) -> Iterator[Line]:
    apart = False
    for first, end in lines(text):
        start = first + text.startswith("\ufeff", first)
        if start < end:
            yield Line(start, end, start, stamped=False, speaker=False, apart=apart)
        apart = start >= end


def _timed(text: str, line: Line) -> Line:
    stamp = _STAMP.match(text, line.start, line.end)
    return line._replace(words=stamp.end(), stamped=True) if stamp else line


def _with_titles(text: str, found: Sequence[Line]) -> list[Line]:
    """``Ann Lee (0:31): Yes.`` wherever it comes; ``Ann Lee [0:31] Yes.`` and ``Ann Lee  0:31`` where it looks like a habit.

    It is one where words follow each, and the first time is in the first minute or a name comes again, which sets it apart
    from a programme (``Lunch 12:30``).
    """
    titles = {number: title for number, line in enumerate(found) if (title := _title(text, line))}
    doubtful = [number for number, title in titles.items() if not title["colon"]]
    names = {titles[number]["name"] for number in doubtful}
    habit = all(
        after - before > 1 for before, after in pairwise(doubtful) if titles[before].end() == found[before].end
    ) and (len(names) < len(doubtful) or (bool(doubtful) and _FIRST_MINUTE.match(titles[doubtful[0]]["clock"]) is not None))
    return [
        line._replace(words=title.end(), stamped=True, speaker=True)
        if (title := titles.get(number)) and (title["colon"] or habit)
        else line
        for number, line in enumerate(found)
    ]


def _title(text: str, line: Line) -> re.Match[str] | None:
    """The name and the time that a line begins with, or that it is."""
    title = None if line.stamped else _TITLED.match(text, line.start, line.end)
    if title is None or not is_name(title["name"]):
        return None
    return title if title["colon"] or title["open"] or title.end() == line.end else None


def _with_names_above(text: str, found: Sequence[Line]) -> list[Line]:
    """Names in lines of their own between a time and what is said, if they come again or after every time."""
    times = [number for number, line in enumerate(found) if _is_bare(line)]
    above = {
        number + 1: text[name.start : name.end]
        for number in times
        if not any(line.stamped or line.apart for line in found[number + 1 : number + 3]) and number + 2 < len(found)
        for name in [found[number + 1]]
        if is_name(text[name.start : name.end])
    }
    habit = 2 * len(set(above.values())) <= len(above) or 1 < len(times) == len(above)
    return [
        line._replace(words=line.end, speaker=True) if habit and number in above else line
        for number, line in enumerate(found)
    ]


def _is_bare(line: Line) -> bool:
    return line.stamped and not line.speaker and line.words == line.end


def _names(text: str, found: Sequence[Line]) -> frozenset[str]:
    spoken = [(text[line.words : line.end], line.stamped) for line in found if line.words < line.end]
    return speakers(words for words, _ in spoken) | speakers((words for words, stamped in spoken if stamped), timed=True)


def _blocks(text: str, found: Sequence[Line]) -> Iterator[Block]:
    run: list[Range] = []
    for line in found:
        heading = _HEADING.match(text, line.start, line.end)
        image = _IMAGE.fullmatch(text, line.start, line.end)
        if heading or image or line.speaker or _is_closed(text, run, line.words, line.end):
            yield from _block(text, run)
            run = []
        if heading:
            yield from _block(text, [(heading.end(), line.end)], "heading")
        elif not image and any(map(str.isalnum, text[line.words : line.end])):
            run.append((line.words, line.end))
    yield from _block(text, run)


def _block(text: str, run: list[Range], kind: BlockKind = "paragraph") -> Iterator[Block]:
    if any(has_words(text[start:end]) for start, end in run):
        yield Block(kind, tuple(run))


def _is_closed(text: str, run: list[Range], start: int, end: int) -> bool:
    """Whether a run does not go on in the line ``[start, end)``: another script, or a new sentence after enough."""
    if not run or start == end:
        return False
    before, line = text[slice(*run[-1])], text[start:end]
    if other_script(before, line):
        return True
    begins = _BEGINNING.match(line) is not None and (line[0].isupper() or is_unspaced(line[0]))
    return len(run) >= _ENOUGH and begins and ends_sentence(before)
