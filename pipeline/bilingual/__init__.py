"""Aligned bilingual editions: what readers, translators and programs take away from a translated lecture.

One module a format. Each has ``write``, which streams pairs to a file as they come; where people correct an edition and
hand it back, the module has ``read`` too, which gives one :class:`Row` a pair. The names of the formats are the file
extensions. ``docs/editions.md`` says what each format holds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TextIO, cast

from diglot.pipeline.document import AlignedPair, Document, Segment, Span, Status, Translation, primary
from diglot.pipeline.fillers import fillers

__all__ = ["READ", "WRITTEN", "Row", "in_order", "key", "pair", "read", "score", "status", "write"]

_MODULES = {
    "tsv": "tsv",
    "jsonl": "jsonl",
    "tmx": "tmx",
    "xliff": "xliff",
    "md": "markdown",
    "html": "html",
    "srt": "subtitles",
    "vtt": "subtitles",
    "ass": "subtitles",
}


WRITTEN = tuple(_MODULES)
_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)
READ = ("tsv", "jsonl", "tmx", "xliff")  # those that come back


class Row(NamedTuple):
    """One pair as it is read back from an edition.

    ``line`` is where it stands in the file, ``segment`` the index of its segment, where the file says it.
    """

    source_language: str
    target_language: str
    source: str
    target: str
    status: str = "translated"
    note: str = ""
    line: int = 0
    segment: int | None = None
    score: float | None = None


def write(
    name: str,
    pairs: Iterable[AlignedPair],
    file: TextIO,
    *,
    title: str,
    source: str,
    target: str,
    document: Document | None = None,
) -> None:
    """Write an edition in the format ``name``.

    ``document`` is what the pairs were made from: subtitles need it for the times of their cues, Markdown to know
    whether the texts are Markdown already.
    """
    module = import_module(f"{__name__}.{_MODULES[name]}")
    is_subtitles = _MODULES[name] == "subtitles"
    options: dict[str, Any] = {"document": document} if name == "md" or is_subtitles else {}
    if is_subtitles:
        options["format"] = name
    module.write(pairs, file, title=title, source=source, target=target, **options)


def read(name: str, file: TextIO) -> Iterator[Row]:
    """Read an edition in the format ``name``, one row a pair, as it was written or as a person corrected it.

    Raises :class:`diglot.InputError`, which names the line, where the file is not such an edition.
    """
    module = import_module(f"{__name__}.{_MODULES[name]}")
    return cast("Iterator[Row]", module.read(file))


def pair(row: Row, index: int, spans: Sequence[Span] = ()) -> AlignedPair:
    """A row as a pair again, so that an edition can be checked or written in another format.

    ``spans`` are the protected pieces of the row's source, which a row does not carry.
    """
    segment = Segment(index, index, "line", row.source_language, row.source, ((0, len(row.source)),), tuple(spans))
    return AlignedPair(segment, Translation(row.target, status(row), row.score), note=row.note)


def key(text: str, language: str = "") -> str:
    """What a text is known again by: its words, whatever stands between them; where its language is given, no hesitations.

    >>> key("So,  um, we\\nstop.", "en")
    'So, we stop.'
    """
    pieces, done = [], 0
    for start, end in fillers(text, primary(language)) if language else ():
        pieces.append(text[done:start])
        done = end
    return " ".join("".join([*pieces, text[done:]]).split())


def score(written: str) -> float | None:
    """The score that an edition holds, None for what is none; spreadsheets of many countries write a comma for the point."""
    return float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None


def status(row: Row) -> Status:
    """What became of a row: one kept or left untranslated is translated once somebody has written a translation into it."""
    if row.status in ("kept", "untranslated") and row.target in (row.source, ""):
        return "kept" if row.status == "kept" else "untranslated"
    return "translated"


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows of one document in its order, if they say it; somebody may have sorted them by another column."""
    found = list(rows)
    indices = {row.segment for row in found}
    return found if None in indices or len(indices) < len(found) else sorted(found, key=lambda row: row.segment or 0)
