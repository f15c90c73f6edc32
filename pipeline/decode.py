"""Bytes to text: which encoding is this? (Being built: byte-order marks, UTF-8, and the first legacy encoding that fits.)"""

import codecs
from dataclasses import dataclass

from diglot import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1252")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding that its bytes were in."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Read bytes as text. Raises :class:`diglot.InputError` for binary data and for bytes that fit no known encoding."""
    encodings = next(((name,) for mark, name in _BOMS if data.startswith(mark)), ("utf-8", *_LEGACY))
    if encodings[0] == "utf-8" and (nul := data.find(0)) >= 0:
        message = f"binary data: NUL byte at offset {nul}, line {data.count(10, 0, nul) + 1}"
        raise InputError(message)
    for encoding in encodings:
        try:
            return Decoded(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    message = "not text in any encoding that diglot knows"
    raise InputError(message)
