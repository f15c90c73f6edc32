"""The grid and simple tables of reStructuredText: their cells, and the whole table again where the words in it became wider.

A table whose cells span several columns or rows is not read, nor one whose lines do not fit its borders. Columns are those
of a screen, where a Chinese or Japanese character takes two, as docutils counts them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from diglot.pipeline.document import Range
from diglot.pipeline.formats.assembly import assembled
from diglot.pipeline.formats.lines import trim

_BORDERS = 3
_BORDER = re.compile(r"=[ =]*")
_SPANNED = re.compile(r"-[ -]*")
_RUN = re.compile(r"[-=]+")
_NO_RULE = re.compile(r"[^-=]")


class Line(NamedTuple):
    """A line of a table and its fields, one for each column; a border has none."""

    start: int
    end: int
    fields: Sequence[Range]


class Table(NamedTuple):
    """The lines of a table, and where its columns begin and end on the screen."""

    lines: Sequence[Line]
    columns: Sequence[Range]
    is_grid: bool


def width(text: str) -> int:
    """The columns of a text as docutils counts them: two for a wide character.

    >>> width("abc"), width("漢字")
    (3, 4)
    """
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def end_of_simple(lines: Iterable[str]) -> int:
    """How many of the lines are those of the simple table that begins with the first: up to its second border before a blank
    line, or its third.
    """
    borders = count = 0
    was_border = False
    for line in lines:
        if borders == _BORDERS or (borders == _BORDERS - 1 and was_border and not line):
            break
        was_border = _BORDER.fullmatch(line) is not None
        borders += was_border
        count += 1
    return count


def read(text: str, places: Sequence[Range]) -> Table | None:
    """The table that stands in some lines; None where it is not as simple as it must be."""
    top = text[slice(*places[0])]
    is_grid, columns = top.startswith("+"), [run.span() for run in _RUN.finditer(top)]
    lines = []
    for start, end in places:
        line = text[start:end]
        if is_grid and line.startswith("+"):
            fits = _NO_RULE.sub("+", line) == line and [run.span() for run in _RUN.finditer(line)] == columns
            fields: Sequence[Range] | None = () if fits else None
        elif not is_grid and line and _BORDER.fullmatch(line):
            fields = () if [run.span() for run in _RUN.finditer(line)] == columns else None
        else:
            fields = None if not is_grid and _SPANNED.fullmatch(line) else _fields(line, start, columns, is_grid=is_grid)
        if fields is None:
            return None
        lines.append(Line(start, end, fields))
    return Table(lines, columns, is_grid) if not lines[-1].fields else None


def _fields(line: str, start: int, columns: Sequence[Range], *, is_grid: bool) -> list[Range] | None:
    """The fields of a line; None where its words stand across the borders of columns."""
    edges = dict(zip(accumulate(map(width, line), initial=0), range(len(line) + 1), strict=True))
    last = max(edges)
    if "\t" in line or any(map(unicodedata.combining, line)) or (is_grid and last != columns[-1][1] + 1):
        return None
    within = [(edges.get(min(a, last), -1), edges.get(min(b, last), -1)) for a, b in columns]
    if not is_grid:
        within[-1] = (within[-1][0], len(line))
    between = [line[a:b] for (_, a), (b, _) in pairwise([(0, 0), *within, (len(line), 0)])]
    fits = all(one == "|" for one in between) if is_grid else not any(one.strip() for one in between)
    if not fits or any(-1 in one for one in within):
        return None
    return [(start + a, start + b) for a, b in within]


def cells(text: str, table: Table) -> Iterator[list[Range]]:
    """The words of each cell, line by line; of cells without a blank line or indented ones, which may be anything."""
    for row in _rows(text, table):
        for fields in zip(*(line.fields for line in row), strict=True):
            words = [trim(text, *field) for field in fields]
            filled = [number for number, (start, end) in enumerate(words) if start < end]
            indents = {words[number][0] - fields[number][0] for number in filled}
            if len(indents) == 1 and filled[-1] - filled[0] == len(filled) - 1:
                yield [words[number] for number in filled]


def _rows(text: str, table: Table) -> Iterator[list[Line]]:
    """The lines of each row: in a grid those between borders, else a line and those below it without a first field."""
    row: list[Line] = []
    for line in table.lines:
        begins = not line.fields or (not table.is_grid and text[slice(*line.fields[0])].strip())
        if begins and row:
            yield row
            row = []
        if line.fields:
            row.append(line)


def fitted(text: str, table: Table, pieces: Mapping[Range, str], places: Sequence[Range]) -> str:
    """A table with pieces in their places, its columns as wide as they must be."""
    rows = [[assembled(text, _within(pieces, places, one), *one).rstrip() for one in line.fields] for line in table.lines]
    was = [end - start for start, end in table.columns]
    needed = ([width(field) + table.is_grid for field in row] for row in rows if row)
    widths = [max(one) for one in zip(was, *needed, strict=True)]
    parts, done = [], table.lines[0].start
    for line, row in zip(table.lines, rows, strict=True):
        parts += [text[done : line.start], _line(text, table, line, row, widths)]
        done = line.end
    return "".join(parts)


def _within(pieces: Mapping[Range, str], places: Sequence[Range], field: Range) -> dict[Range, str]:
    first, last = (bisect_left(places, (edge, 0)) for edge in field)
    return {place: pieces[place] for place in places[first:last]}


def _line(text: str, table: Table, line: Line, row: Sequence[str], widths: Sequence[int]) -> str:
    """A line with columns of some widths."""
    mark = "=" if not table.is_grid else text[line.start + 1]
    made = [one + " " * (wide - width(one)) for one, wide in zip(row, widths, strict=False)] or [
        mark * one for one in widths
    ]
    if table.is_grid:
        edge = "|" if row else "+"
        return edge + edge.join(made) + edge
    gaps = [" " * (after - before) for (_, before), (after, _) in pairwise(table.columns)]
    return "".join(one + gap for one, gap in zip(made, [*gaps, ""], strict=True)).rstrip()
