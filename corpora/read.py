"""Readers of parallel text as lines: TSV, and pairs of files; what all readers share.

A line that cannot be read is named with its file and number through ``warn``; the others are used.
"""

import lzma
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from diglot import InputError
from diglot.corpora import Pair

Warn = Callable[[str], None]
Texts = Iterator[tuple[str, str]]


def ignore(_: str) -> None:
    """The warning handler that says nothing."""


def open_text(path: Path) -> TextIO:
    """Open a text file, ``.xz`` or plain; lines end at LF only. Raises :class:`diglot.InputError`.

    Bytes that are not UTF-8 become U+FFFD, so that no line is lost or shifted; cleaning drops (and counts) what has one.
    """
    try:
        if path.suffix == ".xz":
            return lzma.open(path, "rt", encoding="utf-8", errors="replace", newline="\n")
        return path.open(encoding="utf-8", errors="replace", newline="\n")
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers from 1. Raises :class:`diglot.InputError` where it is not whole."""
    number = 0
    try:
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.removesuffix("\n").removesuffix("\r")
    except (EOFError, lzma.LZMAError) as exc:
        raise InputError(f"{path}, after line {number}: the compressed file is not whole; fetch or make it again") from exc


def read_tsv(path: Path, warn: Warn = ignore) -> Iterator[Pair]:
    """``PAIR.tsv[.xz]`` with the columns corpus, document, first language, second language; the name gives the pair.

    Two columns will do: then the file's name is the corpus and the document.
    """
    first, _, second = path.name.split(".")[0].partition("-")
    if not second:
        raise InputError(f"{path}: the name must begin with the language pair, as in en-ja.tsv.xz")
    for number, line in numbered_lines(path):
        columns = line.split("\t")
        if len(columns) == 2:
            columns = [path.name, path.name, *columns]
        if len(columns) != 4:
            warn(f"{path}:{number}: {len(columns)} columns where 4 were expected; the line is left out")
            continue
        corpus, document, one, other = columns
        yield Pair(corpus, document, (first, second), one, other)


def read_lines(first: Path, second: Path, warn: Warn = ignore) -> Texts:
    """Two files of which each line translates the same line of the other (the Moses format)."""
    for one, other in zip_longest(numbered_lines(first), numbered_lines(second)):
        if one is None or other is None:
            short, line = (first, other) if one is None else (second, one)
            warn(f"{short}: ends before line {line[0]} of the other file; what follows there is left out")
            return
        yield one[1], other[1]


_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[^\Wa-z_]|[`\"“(])|(?<=[。！？])\s*(?=[^」』）)”\s])")


def by_sentence(first: str, second: str) -> Texts:
    """Two texts that say the same, sentence by sentence where both have as many, else whole.

    >>> list(by_sentence("It stops. It is done.", "止まります。終わりです。"))
    [('It stops.', '止まります。'), ('It is done.', '終わりです。')]
    """
    one, other = _BETWEEN.split(first), _BETWEEN.split(second)
    if len(one) == len(other):
        yield from zip(one, other, strict=True)
    else:
        yield first, second


def read_columns(path: Path, warn: Warn) -> Texts:
    """The first two columns of a file of tab-separated lines; further columns are notes."""
    for number, line in numbered_lines(path):
        columns = line.split("\t")
        if len(columns) < 2:
            warn(f"{path}:{number}: one column where two were expected; the line is left out")
            continue
        yield columns[0], columns[1]
