"""A translation as Markdown must be given it, so that it reads the text that it is and no mark of structure."""

import re
import unicodedata

from diglot.pipeline.document import BlockKind, Range

# What begins a block; the last character matched is the one to escape.
_BLOCK_START = re.compile(
    r"#(?=#{0,5}(?:\s|\Z))|[-+*:](?=\s|\Z)|\d{1,9}[.)](?=\s|\Z)|>|`(?=``)|~(?=~~)|=(?==*\Z)|-(?=-+\Z)|\*(?=\*+\Z)"
)
_LINE_START = re.compile(r"(?:[ \t>]|[-*+:][ \t]|\d{1,9}[.)][ \t]|\[[ xX]\][ \t])*")
_SOME_LINE_END = re.compile(r"[\r\n]")
_LONGEST_MARK = 200  # what stands before the text of a line is shorter
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_QUOTES = {'"': "&quot;", "'": "&#39;"}


def escaped(text: str, place: Range, kind: BlockKind, piece: str) -> str:
    """A piece of a translation as it must be written in its place, so that Markdown reads it as the text that it is.

    What would begin a block there is escaped, and what would end a cell, an attribute or a comment; where the source
    itself holds such a mark, it does no harm there and none is touched.

    >>> escaped("- two", (2, 5), "item", "2. Teil")
    '2\\\\. Teil'
    """
    start, end = place
    source, before = text[start:end], _SOME_LINE_END.split(text[max(0, start - _LONGEST_MARK) : start])[-1]
    if kind == "attribute" and before[-1:] in _QUOTES:
        return piece if before[-1] in source else piece.replace(before[-1], _QUOTES[before[-1]])
    if kind == "comment":
        piece = piece.replace("-->", "-- >")
    if kind == "cell" and "|" in before and not _BARE_PIPE.search(source):
        piece = _BARE_PIPE.sub(r"\\|", piece)
    begins = _BLOCK_START.match(piece)
    if begins and len(before) < _LONGEST_MARK and _LINE_START.fullmatch(before) and not _BLOCK_START.match(source):
        piece = f"{piece[: begins.end() - 1]}\\{piece[begins.end() - 1 :]}"
    return _emphasised(piece) if _emphasised(source) == source else piece


def _emphasised(piece: str) -> str:
    """A text with a space where ``**`` would else be no emphasis: ``**Note:**A`` is none to CommonMark."""
    parts, done = [], 0
    marks = list(re.finditer(r"\*\*", piece))
    for number, mark in enumerate(marks if len(marks) % 2 == 0 else []):
        before, after = piece[max(0, mark.start() - 1) : mark.start()], piece[mark.end() : mark.end() + 1]
        if number % 2 and _is_punctuation(before) and after.isalnum():
            parts += [piece[done : mark.end()], " "]
            done = mark.end()
        elif not number % 2 and before.isalnum() and _is_punctuation(after):
            parts += [piece[done : mark.start()], " "]
            done = mark.start()
    return "".join([*parts, piece[done:]])


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character or " ")[0] in "PS"
