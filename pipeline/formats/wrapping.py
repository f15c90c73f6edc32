"""The lines of translated cues: not wider than people can read them, not more than two, broken at good places.

Method: a line is wide when it takes more than 42 letters, or 20 Chinese, Japanese or Korean characters, and more than the
file's own lines do: nine in ten of its cues, and the cue that was translated. A cue of one or two lines one of which became
wide is put into two lines as even as good places allow; two lines become one where that is not wide and the source's would
have been. What was not laid out by its author (three lines and more, captions that roll, words with times of their own, two
languages or speakers in a cue) is left in the form that it has.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from diglot.pipeline import protect
from diglot.pipeline.document import Document, Range, joiner
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.distribution import in_two
from diglot.pipeline.formats.lines import columns, is_wide, lines
from diglot.pipeline.formats.subtitles import MARKUP, Cue, plain

LETTERS, CHARACTERS = 42, 20  # in a line
_MOST_LINES = 2
_USUAL = 0.9  # the share of a file's cues that tells how wide its lines are
_CLOSING = re.compile(r"(?:</[^<>]*>)*")
_LINE_END = re.compile(r"\r\n|\n|\r")


def wrapped(document: Document, rendered: str) -> str:
    """A rendered subtitle file with its translated cues in good lines; other documents come back as they are.

    Each line of ``rendered`` stands for the line of the document with the same number. Lines that a short translation
    left empty go away: in WebVTT the rest of the cue would be lost behind them.
    """
    if document.format not in subtitles.TIMED:
        return rendered
    parts, done = [], 0
    for (start, end), shown in _wrapped_cues(document, rendered):
        parts += [rendered[done:start], shown]
        done = end
    return "".join([*parts, rendered[done:]])


def is_fixed(text: str, shown: Sequence[Cue]) -> bool:
    """Whether the lines of a file must stay as they are, since its captions roll or are in two languages."""
    return bool(subtitles.repeated(text, shown)) or subtitles.is_bilingual(text, shown)


def line_end(text: str) -> str:
    """What the first line of a text ends with."""
    return match[0] if (match := _LINE_END.search(text)) else "\n"


def fullness(line: str) -> float:
    """How much of the width that a line may have is taken, markup aside.

    >>> fullness("<i>x</i>" * 42), fullness("字" * 10)
    (1.0, 0.5)
    """
    words = plain(line)
    return columns(words) / _widest(words)


def _widest(words: str) -> int:
    """The columns that a line may take."""
    return 2 * CHARACTERS if is_wide(words) else LETTERS


def _wrapped_cues(document: Document, rendered: str) -> Iterator[tuple[Range, str]]:
    """The places of cues in the rendered text, and what is to stand there."""
    text = document.text
    shown = subtitles.cues(text, document.format)
    if is_fixed(text, shown):
        return
    behind = (len(rendered), len(rendered))  # for a last line that was left empty
    now = dict(zip(lines(text), (*lines(rendered), behind), strict=False))
    names = subtitles.names(text, shown)
    usual = _usual(text, shown)
    glue = line_end(text)
    for cue in shown:
        before = [text[slice(*line)] for line in cue.lines]
        after = [rendered[slice(*now[line])] for line in cue.lines]
        if before != after:
            yield (now[cue.lines[0]][0], now[cue.lines[-1]][1]), glue.join(_lines(before, _filled(after), usual, names))


def _usual(text: str, shown: Sequence[Cue]) -> float:
    """How wide the widest lines of cues are in a file."""
    widest = sorted(max(fullness(text[slice(*line)]) for line in cue.lines) for cue in shown if cue.lines)
    return widest[int(_USUAL * (len(widest) - 1))] if widest else 0.0


def _filled(lines: Sequence[str]) -> list[str]:
    """Lines without those that show nothing, whose tags join the line before."""
    filled: list[str] = []
    for line in lines:
        if filled and not (plain(line).strip() and plain(filled[-1]).strip()):
            filled[-1] += line
        else:
            filled.append(line)
    return filled


def _lines(before: Sequence[str], after: list[str], usual: float, names: frozenset[str]) -> list[str]:
    """The lines of a translated cue: one where its source needed two and it does not, two where one is too wide."""
    if (
        len(before) > _MOST_LINES
        or any(subtitles.begins_turn(line, names) for line in after[1:])
        or any(map(subtitles.WORD_TIME.search, after))
    ):
        return after
    text = _joined(after)
    if fullness(text) <= 1 < fullness(_joined(before)):
        return [text]
    allowed = max(1.0, usual, *map(fullness, before))
    if max(map(fullness, after)) <= allowed:
        return after
    words = plain(text)
    place = in_two(words, allowed * _widest(words), [(span.start, span.end) for span in protect.find(words)])
    return list(_cut(text, *place)) if place else after


def _joined(lines: Sequence[str]) -> str:
    return lines[0] + "".join(joiner(plain(one), plain(other)) + other for one, other in pairwise(lines))


def _cut(text: str, start: int, end: int) -> tuple[str, str]:
    """The parts of a text that is broken at a place counted without markup; tags that close stay with what they close."""
    first, second = _place(text, start - 1) + 1, _place(text, end)
    tags = "".join(mark[0] for mark in MARKUP.finditer(text, first, second))
    closing = match.end() if (match := _CLOSING.match(tags)) else 0
    return text[:first] + tags[:closing], tags[closing:] + text[second:]


def _place(text: str, index: int) -> int:
    """Where the character stands in a text that has a number without markup."""
    for mark in MARKUP.finditer(text):
        if mark.start() > index:
            break
        index += mark.end() - mark.start()
    return index
