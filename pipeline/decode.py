"""Bytes to text: which encoding is this?

What says so itself is believed: a byte-order mark, the zero bytes of UTF-16 and UTF-32, the escapes of ISO-2022-JP. Then
UTF-8, whose form hardly ever arises by chance. What is left is judged by the character model: each encoding that the bytes
are well-formed in gives a text, and the text that takes the fewest bits was meant. All these texts stand for the same
bytes, so their bits compare without any further weighing.

Nothing is lost in silence. A few bytes that do not belong (one pasted line in another encoding, one cut character) are
read as well as may be, or as U+FFFD, and told in :attr:`Decoded.strays`; where there are many, or none fits, it is an error.
"""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from math import inf
from pathlib import Path
from typing import NoReturn

from diglot import InputError
from diglot.pipeline.plausibility import model

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is how it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FORMATS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive (docx, pptx, epub ...)",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
# What is guessed at, with the bits that it takes to say it is this one: the rarer, the more.
WIDE = {"utf-16-le": 12.0, "utf-16-be": 14.0, "utf-32-le": 14.0, "utf-32-be": 14.0}
NARROW = {
    "utf-8": 0.0,
    "cp932": 0.0,
    "gb18030": 0.0,
    "cp949": 1.0,
    "euc_jp": 2.0,
    "cp950": 2.0,
    "windows-1252": 0.0,
    "windows-1250": 4.0,
    "windows-1251": 4.0,
    "windows-1253": 6.0,
    "windows-1254": 6.0,
    "windows-1255": 6.0,
    "windows-1256": 6.0,
    "windows-1257": 6.0,
    "windows-1258": 6.0,
    "cp874": 6.0,
    "koi8-r": 6.0,
    "mac-roman": 5.0,
    "cp850": 5.0,
}
GAP = "\N{REPLACEMENT CHARACTER}"
SAMPLE = 4096  # bytes that are judged
SHORT = 64  # bytes of valid UTF-8 that may be something else all the same
WELL_FORMED = 16.0  # bits that this seldom happens by chance
STRAY_BITS = 24.0  # what a byte takes that does not belong
PLAUSIBLE = 14.0  # bits a character at most, or it is no text
FEW, MANY = 3, 0.02  # places where bytes are lost that are borne, at least and of all lines with more than ASCII


@dataclass(frozen=True, slots=True)
class Stray:
    """Bytes that are not in the encoding of the rest (``line`` from 1), and what they were taken for."""

    offset: int
    line: int
    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding its bytes were in, and the bytes that were not."""

    text: str
    encoding: str
    strays: tuple[Stray, ...] = ()


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises :class:`diglot.InputError` that says why it cannot be read."""
    try:
        return path.read_bytes()
    except IsADirectoryError as exc:
        raise InputError(f"{path}: is a directory; name the files in it, as in {path}/*.md") from exc
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc


def decode(data: bytes) -> Decoded:
    """Read bytes as text.

    Line ends stay as they are; a byte-order mark is taken off. Raises :class:`diglot.InputError` for binary data and for
    bytes that fit no known encoding.

    >>> decode("機械学習とは何か".encode("shift_jis"))
    Decoded(text='機械学習とは何か', encoding='cp932', strays=())
    """
    for start, name in FORMATS.items():
        if data.startswith(start):
            _refuse(f"this is {name}, not text: save its text first", data, 0)
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _marked_utf8(data) if encoding == "utf-8-sig" else _strict(data, encoding)
    if 0 in data:
        wide = {name: prior for name, prior in WIDE.items() if _is(data, name)}
        return _strict(data, _best(data[:SAMPLE], wide) or _refuse("binary data", data, data.index(0)))
    if b"\x1b$" in data and data.isascii():
        return _strict(data, "iso2022_jp_2")
    if data.isascii() or (len(data) > SHORT and _is(data, "utf-8")):
        return Decoded(data.decode(), "utf-8")
    candidates, fallback = NARROW if len(data) % 2 else NARROW | WIDE, ""
    if _is(data, "utf-8"):
        candidates, fallback = candidates | {"utf-8": -WELL_FORMED}, "utf-8"  # mojibake is no plausible text, but text
    encoding = _best(_sample(data), candidates) or fallback
    if not encoding:
        _refuse("binary data, or an encoding that is not known here", data, _first_high(data))
    return _strict(data, encoding) if _is(data, encoding) else _with_strays(data, encoding)


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _first_high(data: bytes) -> int:
    return next(i for i, byte in enumerate(data) if byte > 0x7F)


def _strict(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        _refuse(f"this begins as {encoding} but does not go on so", data, error.start)


def _refuse(what: str, data: bytes, offset: int) -> NoReturn:
    """Raise an InputError that says what is wrong and where."""
    message = f"{what}: byte 0x{data[offset]:02X} at offset {offset}, line {data.count(10, 0, offset) + 1}"
    raise InputError(message)


def _sample(data: bytes) -> bytes:
    """The first lines that tell something: those with more than ASCII in them."""
    return b"".join(islice((line for line in _lines(data) if not line.isascii()), 100))[:SAMPLE]


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines with their ends."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def _best(sample: bytes, candidates: Mapping[str, float]) -> str:
    """The encoding in which the bytes are the most plausible text; none if they are no text in any."""
    bits = {name: _bits(sample, name) + prior for name, prior in candidates.items()}
    best = min(bits, key=bits.__getitem__, default="")
    return best if best and bits[best] < PLAUSIBLE * len(sample.decode(best, "replace")) + 2 * STRAY_BITS else ""


def _bits(sample: bytes, encoding: str) -> float:
    """What it takes to say the text that some bytes are."""
    whole = len(sample) < SAMPLE  # else a character may be cut at the end
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, whole)
    strays = text.count(GAP)
    return inf if (strays - 1) * 8 > len(text) else model().bits(text.replace(GAP, "")) + STRAY_BITS * strays


def _marked_utf8(data: bytes) -> Decoded:
    """The text of UTF-8 behind its byte-order mark."""
    start = len(codecs.BOM_UTF8)
    read = _with_strays(data[start:], "utf-8")
    return Decoded(read.text, "utf-8-sig", tuple(replace(one, offset=one.offset + start) for one in read.strays))


def _with_strays(data: bytes, encoding: str) -> Decoded:
    """The text of bytes that are nearly all in one encoding."""
    pieces: list[str] = []
    strays: list[Stray] = []
    offset = lines = 0
    for number, line in enumerate(_lines(data), 1):
        lines += not line.isascii()
        for start, raw, text in _read(line, encoding):
            pieces.append(text)
            if raw:
                strays.append(Stray(offset + start, number, raw, text))
        offset += len(line)
    lost = [stray for stray in strays if GAP in stray.text]
    if len(lost) > max(FEW, MANY * lines):
        _refuse(f"no encoding fits, {encoding} fails {len(lost)} times", data, lost[0].offset)
    return Decoded("".join(pieces), encoding, tuple(strays))


def _read(line: bytes, encoding: str) -> Iterator[tuple[int, bytes, str]]:
    """A line in pieces: where each starts, its bytes if they are strays, and its text."""
    if _is(line, encoding):
        yield 0, b"", line.decode(encoding)
        return
    others = {name: prior + STRAY_BITS for name, prior in NARROW.items() if name != encoding and _is(line, name)}
    other = _best(line[:SAMPLE], others | {encoding: 0.0})
    if other not in ("", encoding):
        yield 0, line, line.decode(other)
        return
    at, before = 0, "\n\n"
    while at < len(line):
        piece = line[at : at + SAMPLE]
        try:
            end, raw, text = len(piece), b"", piece.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start:
                end, raw, text = error.start, b"", piece[: error.start].decode(encoding)
            else:
                end, raw = error.end, piece[: error.end]
                text = _taken_for(raw, before)
        yield at, raw, text
        at, before = at + end, (before + text)[-2:]


def _taken_for(raw: bytes, before: str) -> str:
    """A stray byte by itself: a Western letter or quotation mark, where such a one fits, else a replacement character."""
    text = raw.decode("windows-1252", "replace")
    plausible = len(raw) == 1 and text != GAP and model().bits(text, before) < STRAY_BITS / 2
    return text if plausible else GAP
