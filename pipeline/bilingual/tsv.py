"""An edition as a table: one line a pair, columns separated by tabs, the first line names them.

No text needs more than its own cell. Characters that would break a line or a cell are written as their control pictures
(a line break as ``␊``, a tab as ``␉``), not with a backslash, so that ``\\nabla`` and ``\\theta`` stay what they are.
What a spreadsheet would take for a formula gets an apostrophe, and a cell that begins with a double quote is quoted.
All of it is undone by :func:`read`: a text that nobody touched comes back as it was. What spreadsheets save instead, commas
or semicolons between cells, is read too.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TextIO

from diglot import InputError
from diglot.pipeline.bilingual import Row, score
from diglot.pipeline.confidence import coverage, length_ratio
from diglot.pipeline.document import AlignedPair

__all__ = ["COLUMNS", "columns", "escape", "read", "unescape", "write"]

COLUMNS = (
    "index",
    "block",
    "kind",
    "status",
    "source_language",
    "target_language",
    "source",
    "target",
    "score",
    "coverage",
    "length_ratio",
    "findings",
    "note",
)
_REQUIRED = ("source_language", "target_language", "source", "target")

# Control characters, the pictures that stand for them, line separators, halves of surrogate pairs.
_SPECIAL = re.compile("[\0-\x1f\x7f-\x9f\u2400-\u241f\u2421\u2028\u2029\ud800-\udfff]")
_ESCAPED = re.compile("␛(?:([\u2400-\u241f\u2421])|([0-9a-f]{2,4});)|[\u2400-\u241a\u241c-\u241f\u2421]")
_FORMULA = re.compile(r"'*(?:[=+@＝＋＠]|-(?![\d.]+\Z))")
_ESCAPE = "␛"


def escape(text: str) -> str:
    """A text as it stands in a cell.

    >>> escape("two\\nlines"), escape("=1+1"), escape('"quoted"')
    ('two␊lines', "'=1+1", '\"\"\"quoted\"\"\"')
    """
    text = _SPECIAL.sub(lambda match: _picture(match[0]), text)
    if _FORMULA.match(text):
        return "'" + text
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def unescape(cell: str) -> str:
    """The text of a cell, its quotes (which the reader of tables takes off) left aside.

    >>> unescape("two␊lines"), unescape("'=1+1"), unescape("'Tis")
    ('two\\nlines', '=1+1', "'Tis")
    """
    if cell.startswith("'") and _FORMULA.match(cell):
        cell = cell[1:]
    return _ESCAPED.sub(_character, cell)


def _picture(character: str) -> str:
    code = ord(character)
    if "\u2400" <= character <= "\u2421":
        return _ESCAPE + character
    if code < 0x20 and character != "\x1b":  # whose picture is the escape
        return chr(0x2400 + code)
    return "␡" if character == "\x7f" else f"{_ESCAPE}{code:x};"


def _character(match: re.Match[str]) -> str:
    literal, code = match.groups()
    if literal:
        return str(literal)
    if code:
        return chr(int(code, 16))
    return "\x7f" if match[0] == "␡" else chr(ord(match[0]) - 0x2400)


def write(pairs: Iterable[AlignedPair], file: TextIO, *, title: str, source: str, target: str) -> None:
    """Write the table. The title and the language of the whole have no place in it."""
    file.write("\t".join(COLUMNS) + "\n")
    for pair in pairs:
        file.write("\t".join(map(escape, _cells(pair, target))) + "\n")


def _cells(pair: AlignedPair, target: str) -> Iterator[str]:
    segment = pair.segment
    yield from (str(segment.index), str(segment.block), segment.kind, pair.translation.status)
    yield from (segment.language, target, segment.text, pair.target)
    for number in (pair.translation.score, coverage(pair, target), length_ratio(pair, target)):
        yield "" if number is None else f"{number:.4f}"
    yield "; ".join(f"{f.severity} {f.code}: {f.message}" for f in pair.findings)
    yield pair.note


def read(file: TextIO) -> Iterator[Row]:
    """Read a table back. Columns may stand in any order; those that are not about the pair's text may be absent."""
    csv.field_size_limit(2**31 - 1)  # a paragraph may be longer than the default of 128 KiB
    first = file.readline()
    table = csv.reader(chain([first] if first else [], file), delimiter=_delimiter(first), strict=True)
    header = columns(first)
    next(table, None)
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        message = f"line 1: no column {' or '.join(missing)}; the first line of an edition names its columns"
        raise InputError(message)
    for line, cells in _numbered(table):
        while len(cells) > len(header) and not cells[-1]:  # columns that somebody emptied in a spreadsheet
            cells.pop()
        if any(cells):
            yield _row(dict(zip(header, cells, strict=False)), len(header), len(cells), line)


def _numbered(table: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, each with the line where it begins: a lone quotation mark would swallow those that follow."""
    line = table.line_num + 1
    try:
        for cells in table:
            yield line, cells
            line = table.line_num + 1
    except csv.Error as exc:
        message = f"line {line}: {exc}; a cell that begins with a double quote ends with one, and those inside are doubled"
        raise InputError(message) from exc


def columns(text: str) -> Sequence[str]:
    """The names of columns in the first line of a text.

    >>> columns("Source;Target\\r\\n")
    ['source', 'target']
    """
    line = next(iter(text.removeprefix("\ufeff").splitlines()), "")
    cells = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [cell.strip().lower() for cell in cells]


def _delimiter(line: str) -> str:
    return max("\t,;", key=line.count)


def _row(cells: dict[str, str], wanted: int, found: int, line: int) -> Row:
    if (found < wanted and not all(name in cells for name in _REQUIRED)) or found > wanted:
        message = f"line {line}: {found} columns where the first line names {wanted}; a tab in a text is written as ␉"
        raise InputError(message)
    get = {name: unescape(cell) for name, cell in cells.items()}.get
    return Row(
        source_language=get("source_language", ""),
        target_language=get("target_language", ""),
        source=get("source", ""),
        target=get("target", ""),
        status=get("status", "translated"),
        note=get("note", ""),
        line=line,
        segment=_index(get("index", "")),
        score=score(get("score", "")),
    )


def _index(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else None
