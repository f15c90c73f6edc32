"""Readers of parallel text: each turns files into an iterator of pairs, in document order.

A line that cannot be read is named with its file and number and counted; the others are used.
"""

import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from diglot import InputError
from diglot.corpora import Pair

Warn = Callable[[str], None]


def ignore(_: str) -> None:
    """The warning handler that says nothing."""


def open_text(path: Path) -> TextIO:
    """Open a text file, ``.xz`` or plain; lines end at LF only. Raises :class:`diglot.InputError`."""
    try:
        if path.suffix == ".xz":
            return lzma.open(path, "rt", encoding="utf-8", newline="\n")
        return path.open(encoding="utf-8", newline="\n")
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc


def read_tsv(path: Path, warn: Warn = ignore) -> Iterator[Pair]:
    """``PAIR.tsv[.xz]`` with the columns corpus, document, first language, second language; the name gives the pair."""
    first, _, second = path.name.split(".")[0].partition("-")
    if not second:
        raise InputError(f"{path}: the name must begin with the language pair, as in en-ja.tsv.xz")
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            columns = line.rstrip("\n").split("\t")
            if len(columns) != 4:
                warn(f"{path}:{number}: {len(columns)} columns where 4 were expected; the line is left out")
                continue
            corpus, document, one, other = columns
            yield Pair(corpus, document, (first, second), one, other)
