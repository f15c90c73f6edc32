"""Files of aligned pairs: in which format one is, and its rows.

An edition is known by its name (``.jsonl``, ``.tmx``, ``.xliff``, ``.xlf``), or by how it begins: the root of XML, an object
of JSON, a first line that names the columns. So a table is read however a spreadsheet saved it: tabs, commas or semicolons,
in any encoding. Any other text is a table of two columns: on each line a source, a tab and its translation.
"""

import codecs
import re
from collections.abc import Iterator
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from diglot import InputError, LanguageError
from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import Row
from diglot.pipeline.bilingual.tsv import columns
from diglot.pipeline.decode import decode

__all__ = ["read_file", "read_stream"]

_FORMATS = {".jsonl": "jsonl", ".tmx": "tmx", ".xliff": "xliff", ".xlf": "xliff"}
_BEGINNINGS = (
    ("tmx", re.compile(r"\s*<(?=[^\0]*<tmx\b|tmx\b)")),
    ("xliff", re.compile(r"\s*<(?=[^\0]*<xliff\b|xliff\b)")),
    ("jsonl", re.compile(r'\s*\{\s*"')),
)
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DIRECTION = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)-([a-z]{2,3}(?:-[A-Za-z]{2,4})?)(?=\.|\Z)")
_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
_HEAD = 4096  # characters that tell a format


def read_file(path: Path, source: str | None = None, target: str | None = None) -> Iterator[Row]:
    """The rows of a file in order, read as they are asked for.

    ``source`` and ``target`` are the languages of a table of two columns, whose name may say them instead, as in
    ``lecture.en-ja.txt``. Raises :class:`diglot.InputError` with file and line, :class:`diglot.LanguageError` where the
    languages are not known.
    """
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, str(path), source, target)
    except IsADirectoryError as exc:
        raise InputError(f"{path}: is a directory; name the files in it, as in {path}/*.tsv") from exc
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc


def read_stream(stream: BinaryIO, name: str, source: str | None = None, target: str | None = None) -> Iterator[Row]:
    """The rows of an open file, which is closed after them; ``name`` is for its format and for errors."""
    try:
        with _text(stream) as file:
            format = _format(file, name)
            yield from bilingual.read(format, file) if format else _columns(file, Path(name), source, target)
    except InputError as exc:
        raise InputError(f"{name}: {exc}") from exc
    except UnicodeDecodeError as exc:
        raise InputError(f"{name}: not whole UTF-16; save it as UTF-8") from exc


def _text(stream: BinaryIO) -> TextIO:
    """The file as text: UTF-8 and UTF-16 with a mark are read as they come, another encoding is told from the whole."""
    encoding = _MARKS.get(stream.read(2)) or _utf8(stream)
    stream.seek(0)
    if encoding:
        return TextIOWrapper(stream, encoding, newline="")
    data = stream.read()
    if data.startswith(_ZIP):
        message = "this is a workbook or another zip archive; save the table as CSV (UTF-8) or as text with tabs"
        raise InputError(message)
    decoded = decode(data)
    if decoded.strays:
        message = f"line {decoded.strays[0].line}: bytes that are not in the encoding of the rest; save the file as UTF-8"
        raise InputError(message)
    return StringIO(decoded.text, newline="")


def _utf8(stream: BinaryIO) -> str | None:
    """The name of UTF-8, if a file is that to its end."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                return None
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def _format(file: TextIO, name: str) -> str | None:
    """The format of an edition, None for a table of two columns."""
    named = _FORMATS.get(Path(name).suffix.lower())
    head = file.read(_HEAD)
    file.seek(0)
    begun = next((format for format, beginning in _BEGINNINGS if beginning.match(head)), None)
    is_table = not {"source", "source_language"}.isdisjoint(columns(head))
    return named or begun or ("tsv" if is_table else None)


def _columns(file: TextIO, path: Path, source: str | None, target: str | None) -> Iterator[Row]:
    """The rows of a table of two columns; lines end at LF."""
    languages = None
    for number, line in enumerate(_lines(file), 1):
        cells = line.rstrip("\r\n").split("\t")
        if cells == [""]:
            continue
        if len(cells) == 1 and line.lower().startswith(("<!doctype html", "<html")):
            message = "this is a web page; of an HTML edition, “Save as TSV” on the page makes a table that can be read"
            raise InputError(message)
        if len(cells) == 1:
            message = (
                f"line {number}: no tab in it; this is neither an edition (TSV, CSV, JSONL, TMX, XLIFF) nor a table of "
                "sources, tabs and translations. Texts and subtitles in two languages become one by diglot align"
            )
            raise InputError(message)
        if len(cells) != 2:
            message = f"line {number}: {len(cells)} columns; a line is a source, a tab and its translation"
            raise InputError(message)
        languages = languages or _languages(path, source, target)
        yield Row(*languages, cells[0], cells[1], line=number)


def _lines(file: TextIO) -> Iterator[str]:
    """Lines that end at LF: a carriage return alone, where lines of an edition may end too, is a character of a text."""
    held: list[str] = []
    for line in file:
        held.append(line)
        if line.endswith("\n"):
            yield "".join(held)
            held.clear()
    yield "".join(held)


def _languages(path: Path, source: str | None, target: str | None) -> tuple[str, str]:
    named = _DIRECTION.search(path.name)
    languages = source or (named and named[1]), target or (named and named[2])
    if not languages[0] or not languages[1]:
        name = f", or name the file as in {path.stem}.en-ja{path.suffix}" if path.suffix else ""
        raise LanguageError(f"{path}: in which languages? Give them (--from, --to){name}")
    return languages[0], languages[1]
