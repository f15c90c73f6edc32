"""Subtitles of many kinds, read as one: what subtitlers, video sites and speech recognisers hand over.

Method: whatever the kind of file, a cue is shown from one time to another, and its words stand somewhere. So the cues of a
file are set out as one text in the format ``cues`` of :mod:`~diglot.pipeline.formats.subtitles`, which knows sentences that
run through several cues, speakers, lines and reading speed, whatever file the cues come from. When that text comes back
translated, the words of the cues that changed are written into their places, spelled as that kind of file spells them; all
else stays as it was. One module a kind reads a file into :class:`Captions`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import PurePath
from typing import NamedTuple

from diglot import InputError
from diglot.pipeline.containers import Container
from diglot.pipeline.decode import Decoded
from diglot.pipeline.document import Range, is_unspaced, joiner
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.conversion import time
from diglot.pipeline.formats.distribution import distribute

__all__ = ["ENDINGS", "Caption", "Captions", "Piece", "opened"]

# The module of each kind by the endings of names, and by how a file begins.
ENDINGS = {
    **dict.fromkeys((".ass", ".ssa"), "substation"),
    **dict.fromkeys((".ttml", ".dfxp", ".srv1", ".srv2", ".srv3"), "timed_text"),
    ".sbv": "subviewer",
    ".json3": "recognised",
}
_BEFORE_ROOT = r"(?>(?:\s|<\?xml\b[^<>]*>|<!--(?:(?!-->)[^\0]){0,2000}-->)*)"
_BEGINNINGS = [
    (re.compile(beginning, re.IGNORECASE), module)
    for beginning, module in (
        (r"(?:;[^\n]*\n\s*)*\[(?:Script Info|V4\+? Styles)\]", "substation"),
        (rf"{_BEFORE_ROOT}<(?:[\w.-]+:)?(?:tt|transcript|timedtext)[\s>]", "timed_text"),
        (r"\d{1,3}:\d\d:\d\d\.\d{3},\d{1,3}:\d\d:\d\d\.\d{3}[ \t]*[\r\n]", "subviewer"),
        (r"[{\[]", "recognised"),
        (r"[^\r\n]{0,400}[\t,;]", "tables"),
    )
]
_LATEST = 999 * 3600.0  # seconds
_LANGUAGE = re.compile(r"Language: (?P<code>[^\n]*)\n")


class Piece(NamedTuple):
    """Words at a place in a file, with the spaces at their edges, as they read."""

    start: int
    end: int
    words: str


class Caption(NamedTuple):
    """A cue: the seconds from which and to which it is shown (None: not to be read), and its words in lines.

    ``places`` are all the places of its words in the file: each one piece or, where words have times of their own, several.
    A sentence runs on from one cue to the next only within a ``group`` (a style, a speaker), and not in one of None.
    """

    start: float | None
    end: float | None
    words: str
    places: tuple[tuple[Piece, ...], ...]
    group: str | None = ""


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of a file in order, and the usual ending of the names of such files.

    ``spelled`` is how it holds words in the place of what is given second, ``languages`` where it names that of its words.
    ``fixed`` is what must be said otherwise in any case: that the file is in another encoding than UTF-8. ``in_lines``: cues
    may have several lines.
    """

    shown: Sequence[Caption]
    spelled: Callable[[str, str], str]
    ending: str
    languages: Sequence[Piece] = ()
    fixed: Mapping[Range, str] = field(default_factory=dict)
    in_lines: bool = True


def opened(decoded: Decoded, name: str) -> Container | None:
    """The cues of a file as a container of a text; None for what is no such file.

    Raises :class:`diglot.InputError` for one that is damaged or has no cue.
    """
    file, ending = decoded.text, PurePath(name).suffix.lower()
    begin = len(file) - len(file.lstrip("\ufeff \t\r\n"))
    kinds = (module for pattern, module in _BEGINNINGS if pattern.match(file, begin))
    module = ENDINGS.get(ending) or next(kinds, None)
    found: Captions | None = import_module(f"{__name__}.{module}").read(file) if module else None
    if found is None:
        return None
    captions = replace(found, shown=[one for one in found.shown if one.words.strip()])
    if not captions.shown:
        message = "no subtitle cue found in it"
        raise InputError(message)
    return _container(file, captions, decoded.encoding)


def _container(file: str, captions: Captions, encoding: str) -> Container:
    text = _set_out(captions)
    before = _lines(text)
    code = captions.languages[0].words if captions.languages else ""

    def pack(rendered: str) -> bytes:
        written = dict(captions.fixed)
        if language := _LANGUAGE.match(rendered):
            written.update((place[:2], language["code"]) for place in captions.languages if language["code"] != code)
        for piece, words in _changes(captions, before, _lines(rendered)):
            written[piece[:2]] = captions.spelled(words, file[piece.start : piece.end])
        made = _with(file, written)
        # Some players take Advanced SubStation for UTF-8 only where it begins with a byte-order mark.
        is_marked = encoding != "utf-8" or (file.isascii() and not made.isascii())
        return ("\ufeff" * (captions.ending == ".ass" and is_marked) + made).encode("utf-8", "surrogatepass")

    return Container(text, subtitles.CUES, pack, captions.ending)


def _set_out(captions: Captions) -> str:
    """The cues as a text of their own."""
    parts = [f"Language: {captions.languages[0].words}\n\n"] if captions.languages else []
    number, group, end = 0, None, 0.0
    for one in captions.shown:
        number += group is None or one.group != group
        group, start = one.group, _clamped(one.start, end)
        end = max(start, _clamped(one.end, start))
        parts.append(f"\f{time(start, 'vtt')} --> {time(end, 'vtt')} {number}\n{_plain_lines(one.words)}\n\n")
    return "".join(parts)


def _clamped(seconds: float | None, otherwise: float) -> float:
    return seconds if seconds is not None and 0 <= seconds <= _LATEST else otherwise


def _plain_lines(words: str) -> str:
    """The lines of a cue without blank ones, and without what sets cues apart."""
    lines = re.split(r"[\r\n]+", words.replace("\f", " "))
    return "\n".join(filter(None, map(str.strip, lines)))


def _lines(text: str) -> list[list[str]]:
    """The lines of each cue."""
    return [[text[start:end] for start, end in cue.lines] for cue in subtitles.cues(text, subtitles.CUES)]


def _changes(
    captions: Captions, before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]
) -> Iterator[tuple[Piece, str]]:
    """What comes into the places of the cues that changed; between words that touch there may have to be a space."""
    last, ends = "", set[int]()
    for caption, was, now in zip(captions.shown, before, after, strict=True):
        for piece, words in _pieces(caption, was, now, captions.in_lines) if was != now else ():
            touches = piece.start in ends and not words[:1].isspace()
            yield piece, (joiner(last, words) if touches else "") + words
        last, ends = "".join(now[-1:]), {pieces[-1].end for pieces in caption.places}


def _pieces(caption: Caption, was: Sequence[str], lines: Sequence[str], in_lines: bool) -> Iterator[tuple[Piece, str]]:
    """What comes into each place of a cue. A second language comes behind all words that have times of their own."""
    line = _on_one_line(lines)
    is_added = len(was) < len(lines) and was == lines[: len(was)]
    for pieces in caption.places:
        if len(pieces) == 1:
            yield pieces[0], _edged(pieces[0].words, "\n".join(lines) if in_lines else line)
        elif is_added:
            yield pieces[-1], "\n".join([pieces[-1].words, *lines[len(was) :]])
        else:
            yield from _spread(pieces, line, "".join(piece.words for piece in pieces).split() == caption.words.split())


def _on_one_line(lines: Sequence[str]) -> str:
    text = ""
    for line in lines:
        text += joiner(text, line) + line
    return text


def _spread(pieces: Sequence[Piece], words: str, is_text: bool) -> Iterator[tuple[Piece, str]]:
    """Words over places that had one word each. Where these make up the text by themselves, spaces stand before words."""
    before = ""
    parts = distribute([piece.words.strip() for piece in pieces], _edged("".join(piece.words for piece in pieces), words))
    for piece, part in zip(pieces, parts, strict=True):
        yield piece, (joiner(before, part) if is_text else "") + part
        before = part or before


def _edged(source: str, words: str) -> str:
    """Words between the spaces of their source; none where recognisers put one and Chinese or Japanese has none."""
    inner = source.strip()
    start = source.find(inner)
    before = "" if source[:start] == " " and is_unspaced(words[:1] or " ") else source[:start]
    return before + words + source[start + len(inner) :]


def _with(file: str, written: Mapping[Range, str]) -> str:
    """A file with other words in some of its places."""
    parts, done = [], 0
    for (start, end), words in sorted(written.items()):
        parts += [file[done:start], words]
        done = end
    return "".join([*parts, file[done:]])
