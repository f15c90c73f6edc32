"""Files of aligned pairs: in which format one is, and its rows.

An edition is known by its name (``.tsv``, ``.jsonl``, ``.tmx``, ``.xliff``, ``.xlf``). Any other text file, and a TSV file
whose first line does not name the columns of an edition, is a table of two columns: on each line a source, a tab and its
translation.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from diglot import InputError, LanguageError
from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import Row

__all__ = ["read_file"]

_FORMATS = {".tsv": "tsv", ".jsonl": "jsonl", ".tmx": "tmx", ".xliff": "xliff", ".xlf": "xliff"}
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DIRECTION = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)-([a-z]{2,3}(?:-[A-Za-z]{2,4})?)(?=\.|\Z)")


def read_file(path: Path, source: str | None = None, target: str | None = None) -> Iterator[Row]:
    """The rows of a file in order, read as they are asked for.

    ``source`` and ``target`` are the languages of a table of two columns, whose name may say them instead, as in
    ``lecture.en-ja.txt``. Raises :class:`diglot.InputError` with file and line, :class:`diglot.LanguageError` where the
    languages are not known.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            name = _FORMATS.get(path.suffix.lower())
            if name is None or (name == "tsv" and not _is_edition(file)):
                yield from _columns(file, *_languages(path, source, target))
            else:
                yield from bilingual.read(name, file)
    except InputError as exc:
        raise InputError(f"{path}: {exc}") from exc
    except UnicodeDecodeError as exc:
        raise InputError(f"{path}: neither UTF-8 nor UTF-16; save it as UTF-8") from exc
    except IsADirectoryError as exc:
        raise InputError(f"{path}: is a directory; name the files in it, as in {path}/*.tsv") from exc
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc


def _encoding(path: Path) -> str:
    """What spreadsheets write: UTF-16 with a byte order mark, or UTF-8 with or without."""
    with path.open("rb") as file:
        return _MARKS.get(file.read(2), "utf-8-sig")


def _is_edition(file: TextIO) -> bool:
    header = file.readline().rstrip("\r\n").split("\t")
    file.seek(0)
    return "source" in header or "source_language" in header


def _languages(path: Path, source: str | None, target: str | None) -> tuple[str, str]:
    named = _DIRECTION.search(path.name)
    languages = source or (named and named[1]), target or (named and named[2])
    if not languages[0] or not languages[1]:
        message = (
            f"{path}: in which languages? Give them (--from, --to), or name the file as in {path.stem}.en-ja{path.suffix}"
        )
        raise LanguageError(message)
    return languages[0], languages[1]


def _columns(file: TextIO, source: str, target: str) -> Iterator[Row]:
    """The rows of a table of two columns; lines end at LF."""
    for number, line in enumerate(file, 1):
        cells = line.rstrip("\r\n").split("\t")
        if cells == [""]:
            continue
        if len(cells) != 2:
            message = f"line {number}: {len(cells)} columns; a line is a source, a tab and its translation"
            raise InputError(message)
        yield Row(source, target, cells[0], cells[1], line=number)
