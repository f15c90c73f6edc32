"""The order in which the lines of a page are to be read: columns one after the other, tables row by row.

Method: the page is cut into strips, between which no line stands. Neighbouring strips belong together as long as one
vertical gap runs through all of them with text on both sides. What stands left and right of such a gap are columns
where it reads as running text, each of which may be divided again, and the cells of a table where it does not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import mean

from diglot.pipeline.document import is_unspaced
from diglot.pipeline.printed import Line

MARKER = re.compile(
    r"(?P<bullet>[•◦▪▫‣⁃∙○●■□▶▷►▸▹◆◇◾➢➤✓✔❖★☆⋄·・\uf020-\uf0ff–—*-])(?=\s|$|(?<=[–•▪●■▶►➢➤✓✔❖\uf020-\uf0ff])\w)"
    r"|(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}(?=\s)|\d{1,3}[.)]|\d{1,3}\)(?=[^\W\d_])|[（(](?:\d{1,3}|[a-z]|[ivx]{1,4})[)）]|[a-z][.)]|[ivx]{1,4}[.)])(?=\s|$)"
)
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?")
_GUTTER = 0.9  # of the size of the text: the narrowest gap between columns
_APART, _APART_WITHIN = 2.2, 3.5  # of the size: a gap over the whole width between two parts of a page, within columns
_FEWEST = 2  # lines of a column, rows of a table
_PROSE = 18  # characters in a line of a column of text, wide ones counted twice
_MOST_COLUMNS = 3
_DEEPEST = 3  # columns in columns
_MOST_GAPS = 40  # of a strip; what has more is a drawing
_FAR = 4.0  # of the size: how far a marker may stand from its item
_MOST_MOVED = 8  # strips that only seemed to have a gap in common with those before them

Gap = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that follow one another down the page, or the rows of a table, each cell a line or None."""

    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line | None, ...], ...] = ()


class _Band:
    """Neighbouring strips of lines, and the gaps that run through all of them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines, self.strips = list(lines), [tuple(lines)]
        self.gaps = _gaps(lines)
        self.first, self.last = min(line.left for line in lines), max(line.right for line in lines)
        self.top, self.base = min(line.top for line in lines), max(line.base for line in lines)

    def inner(self) -> list[Gap]:
        """The gaps with text on both sides."""
        return _between(self.gaps, self.first, self.last)

    def takes(self, strip: "_Band") -> bool:
        """Take the next strip, where neither has columns, or where it is near and a gap runs through both."""
        shared = _shared(self.gaps, strip.gaps, _GUTTER * min(self.lines[-1].size, strip.lines[0].size))
        first, last = min(self.first, strip.first), max(self.last, strip.last)
        if self.inner() or strip.inner():
            within = self.inner() and strip.inner() and len(self.strips) > 1
            apart = _APART_WITHIN if within else _APART
            is_near = strip.top - self.base <= apart * strip.lines[0].size
            if not is_near or not _between(shared, first, last) or len(shared) > _MOST_GAPS:
                return False
        self.lines += strip.lines
        self.strips += strip.strips
        self.gaps, self.first, self.last, self.base = shared, first, last, strip.base
        return True


def _between(gaps: Iterable[Gap], first: float, last: float) -> list[Gap]:
    return [gap for gap in gaps if gap[0] >= first and gap[1] <= last]


def regions(lines: Sequence[Line], depth: int = 0) -> list[Region]:
    """The regions of a page, or of a column of it that was found at a ``depth`` of columns in columns, in reading order."""
    found: list[Region] = []
    for band in _bands(map(_Band, _strips(_with_markers(lines)))):
        made = list(_divided(band, depth))
        if (
            found
            and made[0].lines
            and len(made) == 1
            and found[-1].lines
            and found[-1].lines[-1].base <= made[0].lines[0].base
        ):
            found[-1] = Region((*found[-1].lines, *made[0].lines))
        else:
            found += made
    return found


def _with_markers(lines: Sequence[Line]) -> list[Line]:
    """Lines, in which each marker that stands alone is with its item."""
    made: list[Line] = []
    for line in lines:
        last = made[-1] if made else None
        marks = last and _marks(last.text, line.text) and abs(last.base - line.base) < 0.35 * line.size
        if last and marks and 0 <= line.left - last.right < _FAR * line.size:
            made[-1] = last.beside(line)
        else:
            made.append(line)
    return made


def _marks(text: str, after: str) -> bool:
    """Whether a text by itself is the marker of an item, or the number of a section (2.1), for what stands behind it."""
    return MARKER.fullmatch(text) is not None or (_SECTION.fullmatch(text) is not None and after[0].isalpha())


def _strips(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Lines from top to bottom, those together that overlap in height."""
    held: list[Line] = []
    reached = -inf
    for line in sorted(lines, key=lambda line: line.top):
        if held and line.top >= reached:
            yield tuple(held)
            held = []
        held.append(line)
        reached = max(reached, line.base)
    if held:
        yield tuple(held)


def _gaps(lines: Sequence[Line]) -> tuple[Gap, ...]:
    """The gaps between and beside lines that are wide enough to divide columns."""
    least = _GUTTER * min(line.size for line in lines)
    found, reached = [], -inf
    for line in sorted(lines, key=lambda line: line.left):
        if line.left - reached >= least:
            found.append((reached, line.left))
        reached = max(reached, line.right)
    return (*(found if len(found) < _MOST_GAPS else ()), (reached, inf))


def _shared(one: Sequence[Gap], other: Sequence[Gap], least: float) -> tuple[Gap, ...]:
    """What two lists of gaps have in common, both from left to right."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        gap = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if gap[1] - gap[0] >= least:
            found.append(gap)
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _bands(strips: Iterable[_Band]) -> Iterator[_Band]:
    """Neighbouring strips put together while a gap runs through them."""
    held: _Band | None = None
    for strip in strips:
        if held and held.takes(strip):
            continue
        if held:
            above, held = _parted(held, strip)
            yield above
        else:
            held = strip
    if held:
        yield held


def _parted(band: _Band, strip: _Band) -> tuple[_Band, _Band]:
    """A band and the strip that it did not take; its last strips go to that one where the others have no columns, so that
    it was a short line in the middle, a title, that seemed to leave a gap at its side.
    """
    for count in range(min(_MOST_MOVED, len(band.strips) - 1) if band.inner() else 0, 0, -1):
        above, below = _put_together(band.strips[:-count]), _put_together(band.strips[-count:])
        if above and not above.inner() and below and below.takes(strip):
            return above, below
    return band, strip


def _put_together(strips: Sequence[Sequence[Line]]) -> _Band | None:
    """Strips as one band; None where they are not."""
    band = _Band(strips[0])
    return band if all(band.takes(_Band(strip)) for strip in strips[1:]) else None


def _divided(band: _Band, depth: int) -> Iterator[Region]:
    """A band as its columns, a table, or the text that it is."""
    sides = _sides(band)
    rows = _rows(band.lines)
    is_code = all(line.mono for line in band.lines)
    if is_code or len(sides) < 2 or min(map(len, sides)) < _FEWEST or depth == _DEEPEST:
        yield Region(tuple(_joined(rows)))
    elif len(sides) <= _MOST_COLUMNS and all(map(_is_prose, sides)):
        for side in sides:
            yield from regions(side, depth + 1)
    else:
        yield from _table(rows, band.inner())


def _sides(band: _Band) -> list[list[Line]]:
    """The lines between the gaps."""
    gaps = band.inner()
    sides: list[list[Line]] = [[] for _ in range(len(gaps) + 1)]
    for line in band.lines:
        sides[sum(line.left >= gap[1] for gap in gaps)].append(line)
    return sides


def _is_prose(side: Sequence[Line]) -> bool:
    """Whether lines read as a column of text: long ones, or items."""
    items = sum(MARKER.match(line.text) is not None for line in side)
    return mean(map(_columns, side)) >= _PROSE or items >= max(_FEWEST, len(side) / 3)


def _columns(line: Line) -> int:
    return len(line.text) + sum(map(is_unspaced, line.text))


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines by their bases, each row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.base):
        if rows and line.base - rows[-1][0].base < 0.35 * min(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _joined(rows: Iterable[Sequence[Line]]) -> Iterator[Line]:
    """Each row as one line."""
    for row in rows:
        line = row[0]
        for other in row[1:]:
            line = line.beside(other)
        yield line


def _table(rows: Sequence[Sequence[Line]], gaps: Sequence[Gap]) -> Iterator[Region]:
    """A table, and what stands above and below it on lines that have one cell only."""
    cells = [_cells(row, gaps) for row in rows]
    full = [number for number, row in enumerate(cells) if len(row) - row.count(None) > 1]
    if len(full) < _FEWEST:
        yield Region(tuple(_joined(rows)))
        return
    first, last = full[0], full[-1] + 1
    if rows[:first]:
        yield Region(tuple(_joined(rows[:first])))
    yield Region(rows=tuple(cells[first:last]))
    if rows[last:]:
        yield Region(tuple(_joined(rows[last:])))


def _cells(row: Sequence[Line], gaps: Sequence[Gap]) -> tuple[Line | None, ...]:
    """The cells of a row; a line that reaches over several stands in the first of them."""
    cells: list[Line | None] = [None] * (len(gaps) + 1)
    for line in row:
        place = sum(line.left >= gap[1] for gap in gaps)
        held = cells[place]
        cells[place] = held.beside(line) if held else line
    return tuple(cells)
