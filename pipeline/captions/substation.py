"""Advanced SubStation (``.ass``, ``.ssa``): the events of a script that are spoken or shown, in the order of their times.

Method: of the section ``[Events]`` the lines ``Dialogue:`` are read, whose last field is the text; the line ``Format:`` says
which fields come before it. ``\\N`` ends a line. What stands in braces is markup, or the remark of a subtitler. Drawings,
and all but those lines, are never touched. Where syllables have times (``{\\k20}``), the words of a translation are spread
over these. A sentence runs on only within a style, a layer and an actor; what is placed by itself (``\\pos``) is a sign.
What comes between two cues of one sentence is set out behind it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from diglot.pipeline.captions import Caption, Captions, Piece
from diglot.pipeline.formats.lines import ends_sentence, lines, trim
from diglot.pipeline.formats.subtitles import PAUSE, clock

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_BLOCK = re.compile(r"\{[^{}]*\}")
_LINE_END = re.compile(r"\\[Nn]")
_DRAWING = re.compile(r"\\p[1-9]")
_SYLLABLE = re.compile(r"\\[kK][fot]?\d")
_SIGN = re.compile(r"\\(?:pos|move)\s*\(")
_REMARK = re.compile(r"\{(?!\\(?!\\))(?P<inside>[^{}]*)\}")
_ENOUGH = 8  # events that wait for the end of a sentence
_SHOWN_REMARK = re.compile(r"\{\\\\([^{}]*)\}")


def read(file: str) -> Captions:
    """The cues of a script."""
    return Captions(list(_in_order(_events(file))), _spelled, ".ass")


def _in_order(events: Iterable[Caption]) -> Iterator[Caption]:
    """Events by their times, but for those that would part a sentence, which come behind it."""
    waiting: list[Caption] = []
    spoken: Caption | None = None  # whose sentence goes on
    for event in sorted(events, key=lambda one: one.start or 0.0):
        if spoken and ((event.start or 0.0) - (spoken.end or 0.0) > PAUSE or len(waiting) >= _ENOUGH):
            yield from waiting
            waiting, spoken = [], None
        if spoken and event.group != spoken.group:
            waiting.append(event)
            continue
        yield event
        spoken = None if event.group is None or ends_sentence(_BLOCK.sub("", event.words).rstrip()) else event
        if not spoken:
            yield from waiting
            waiting = []
    yield from waiting


def _has(mark: re.Pattern[str], words: str) -> bool:
    """Whether a mark stands in the braces of a text."""
    return any(mark.search(block) for block in _BLOCK.findall(words))


def _events(file: str) -> Iterator[Caption]:
    fields: Sequence[str] = _FIELDS
    within = False
    for start, end in lines(file):
        line = file[start:end]
        label, _, values = line.partition(":")
        match label.lower():
            case _ if line.startswith("["):
                within = line.lower().startswith("[events]")
            case "format" if within:
                fields = [one.strip().lower() for one in values.split(",")]
            case "dialogue" if within:
                yield from _event(file, start + len("Dialogue:"), end, fields)


def _event(file: str, start: int, end: int, fields: Sequence[str]) -> Iterator[Caption]:
    values = file[start:end].split(",", len(fields) - 1)
    if len(values) < len(fields):
        return
    named = dict(zip(fields, map(str.strip, values), strict=True))
    place = trim(file, end - len(values[-1]), end)
    raw = file[slice(*place)]
    if not _BLOCK.sub("", raw).strip() or _has(_DRAWING, raw):
        return
    pieces = tuple(_syllables(file, *place)) if _has(_SYLLABLE, raw) else (Piece(*place, _read(raw)),)
    words = "".join(piece.words for piece in pieces)
    group = None if _has(_SIGN, raw) else str([named.get(one) for one in ("layer", "style", "name", "actor")])
    yield Caption(clock(named.get("start", "")), clock(named.get("end", "")), words, (pieces,), group)


def _syllables(file: str, start: int, end: int) -> Iterator[Piece]:
    """What stands between the marks, where that is not nothing."""
    for block in [*_BLOCK.finditer(file, start, end), None]:
        upto = block.start() if block else end
        piece = Piece(start, upto, _unescaped(file[start:upto]))
        if piece.words.strip():
            yield piece
        start = block.end() if block else end


def _read(raw: str) -> str:
    r"""A text as it reads: with its markup, its lines and spaces themselves, and remarks as markup that is no other.

    >>> _read(r"{note}So{\i1}\h\Nit")
    '{\\\\note}So{\\i1}\xa0\nit'
    """
    parts, done = [], 0
    for block in _BLOCK.finditer(raw):
        parts += [_unescaped(raw[done : block.start()]), _REMARK.sub(r"{\\\\\g<inside>}", block[0])]
        done = block.end()
    return "".join([*parts, _unescaped(raw[done:])])


def _unescaped(words: str) -> str:
    return _LINE_END.sub("\n", words).replace("\\h", "\u00a0")


def _spelled(words: str, source: str) -> str:
    end = _LINE_END.search(_BLOCK.sub("", source))
    spelled = words.replace("\n", end[0] if end else "\\N").replace("\u00a0", "\\h")
    return _SHOWN_REMARK.sub(r"{\1}", spelled)
