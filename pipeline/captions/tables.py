"""Tables of subtitles, as Whisper (``.tsv``) and transcription programs write them: a column of starts, of ends and of text.

Method: a table is one of subtitles where its first row names such columns, each once, and all rows have times that can be
read. In CSV a cell may be in quotation marks; the TSV of Whisper knows none. Times are clocks, or seconds, or milliseconds
where the rows would else be shown for minutes.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diglot.pipeline.captions import Caption, Captions, Piece
from diglot.pipeline.document import Range
from diglot.pipeline.formats.lines import trim
from diglot.pipeline.formats.subtitles import clock

_NAMES = {
    "start": "start begin from in starttime timestart starttimestamp startms starts timein",
    "end": "end stop to out endtime timeend endtimestamp endms ends timeout",
    "text": "text caption captions subtitle subtitles transcript transcription sentence content",
    "speaker": "speaker speakername",
}
_COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split()}
_NO_LETTER = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_LONG = 100  # seconds on an average that a cue is not shown


def read(file: str) -> Captions | None:
    """The rows of a table; None for what is none of subtitles."""
    head = re.search(r"[^\r\n]+", file)
    delimiter = next((one for one in "\t;," if head and one in head[0]), "")
    if not head or not delimiter or not _columns(head[0].split(delimiter)):
        return None
    rows = [row for row in _rows(file, head.start(), delimiter) if len(row) > 1 or row[0][0] < row[0][1]]
    columns = _columns([file[start:end] for start, end in rows[0]])
    shown = list(_captions(file, rows[1:], columns, quoted=delimiter != "\t"))
    if any(one.start is None or one.end is None for one in shown):
        return None
    ending = ".tsv" if delimiter == "\t" else ".csv"
    return Captions(_in_seconds(shown), partial(_spelled, delimiter), ending, in_lines=False)


def _columns(names: Sequence[str]) -> dict[str, int]:
    """The columns that are known, by what they are; nothing where one of them is missing or twice there."""
    known = [_COLUMNS.get(_NO_LETTER.sub("", name).lower(), "") for name in names]
    once = all(known.count(column) == 1 for column in ("start", "end", "text"))
    return {column: index for index, column in enumerate(known) if column} if once else {}


def _rows(file: str, place: int, delimiter: str) -> Iterator[list[Range]]:
    """The cells of each row, with their quotation marks; a line end of two characters has an empty row in it."""
    quoted = rf'"(?>(?:[^"]|"")*)"(?=[{delimiter}\r\n]|\Z)|' if delimiter != "\t" else ""
    cell = re.compile(rf"{quoted}[^{delimiter}\r\n]*")
    row: list[Range] = []
    while found := cell.match(file, place):
        row.append(found.span())
        place = found.end() + 1
        if file[found.end() : place] != delimiter:
            yield row
            row = []
        if place > len(file):
            return


def _captions(file: str, rows: Sequence[list[Range]], columns: dict[str, int], *, quoted: bool) -> Iterator[Caption]:
    for row in rows:
        cells = {name: row[index] for name, index in columns.items() if index < len(row)}
        if "text" in cells:
            place = trim(file, *cells["text"])
            words = _read(file[slice(*place)]) if quoted else file[slice(*place)]
            start, end = (_time(_read(file[slice(*cells[name])].strip())) for name in ("start", "end"))
            group = file[slice(*cells.get("speaker", (0, 0)))]
            if words.strip():
                yield Caption(start, end, words, ((Piece(*place, words),),), group)


def _time(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else clock(cell)


def _in_seconds(shown: Sequence[Caption]) -> Sequence[Caption]:
    """Cues whose times are seconds, where they may be milliseconds."""
    spans = [(one.start or 0.0, one.end or 0.0) for one in shown]
    if sum(end - start for start, end in spans) < _LONG * len(spans):
        return shown
    return [one._replace(start=start / 1000, end=end / 1000) for one, (start, end) in zip(shown, spans, strict=True)]


def _read(cell: str) -> str:
    inner = cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
    return inner.replace('""', '"') if inner is not cell else cell


def _spelled(delimiter: str, words: str, source: str) -> str:
    if delimiter == "\t":
        return words.replace("\t", " ")
    needs = source.startswith('"') or delimiter in words or '"' in words or "\n" in words
    return '"' + words.replace('"', '""') + '"' if needs else words
