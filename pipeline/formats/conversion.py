"""SubRip as WebVTT, WebVTT as SubRip, other cues as either: with their times, and of their markup what is known there.

Method: cues are numbered and their times written anew, other cues in the order of these. Bold, italics and underlines go
over. Voices become names before a colon, the small characters of a ruby brackets after theirs. Fonts, positions, classes,
word-by-word times, styles, regions and notes, which only one of the formats has, are left out. A character that would be
markup there is escaped, or stands for itself again.
"""

import re
from collections.abc import Iterable, Iterator

from diglot.pipeline.formats import html
from diglot.pipeline.formats.lines import is_wide
from diglot.pipeline.formats.subtitles import CUES, MARKUP, Cue, cues, plain

_BOTH = ("b", "i", "u")
_EITHER = html.RUNNING | {"v", "c", "lang"}
_STYLE = re.compile(r"\\([biu])([01])(?!\d)")  # of Advanced SubStation
_VOICE = re.compile(r"<v(?:\.\S*)?[ \t]+(?P<name>[^<>]*?)\s*>")
_SHARED = re.compile(r"<(?P<close>/?)(?P<name>[biu])>")
_REFERENCE = re.compile(r"&(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[\da-f]{1,6});", re.IGNORECASE)
_MEANT = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0", "&lrm;": "\u200e", "&rlm;": "\u200f"}
_SPECIAL = re.compile(rf"{_REFERENCE.pattern}|&|<|(?<=--)>", re.IGNORECASE)
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def converted(text: str, source: str, target: str) -> str:
    """Subtitles of one format (``srt``, ``vtt``, or the ``cues`` of another kind of file) as ``srt`` or ``vtt``.

    >>> print(converted("1\\n00:00:01,000 --> 00:00:02,500\\n<i>a</i> < b & {\\\\an8}c", "srt", "vtt"))
    WEBVTT
    <BLANKLINE>
    1
    00:00:01.000 --> 00:00:02.500
    <i>a</i> &lt; b &amp; c
    <BLANKLINE>
    """
    if source == target:
        return text
    shown = cues(text, source)
    in_order = sorted(shown, key=lambda cue: cue.start or 0.0) if source == CUES else shown
    written = _written(text, in_order, source, target)
    return ("WEBVTT\n\n" if target == "vtt" else "") + "\n".join(written)


def _written(text: str, shown: Iterable[Cue], source: str, target: str) -> Iterator[str]:
    """Each cue as it stands in a file. A time that cannot be read is that of the end before."""
    convert = _as_webvtt if target == "vtt" else _as_subrip if source == "vtt" else _without_marks
    end = 0.0
    for number, cue in enumerate(shown, 1):
        start = end if cue.start is None else cue.start
        end = max(start, cue.end or 0.0)
        times = f"{time(start, target)} --> {time(end, target)}"
        lines = _balanced("\n".join(convert(text[slice(*line)]) for line in cue.lines)).split("\n")
        yield "\n".join([str(number), times, *filter(None, map(str.strip, lines)), ""])


def _balanced(words: str) -> str:
    """The words of a cue in which all that opens closes, and nothing else: Advanced SubStation begins with ``{\\b0}``."""
    parts, still_open, done = list[str](), list[str](), 0
    for mark in _SHARED.finditer(words):
        parts.append(words[done : mark.start()])
        done = mark.end()
        if bool(mark["close"]) == (mark["name"] in still_open):
            parts.append(mark[0])
            (still_open.remove if mark["close"] else still_open.append)(mark["name"])
    return "".join([*parts, words[done:], *(f"</{name}>" for name in reversed(still_open))])


def _mark(found: re.Match[str], otherwise: str) -> str:
    """A mark as both formats have it; nothing for one that they do not share, ``otherwise`` for what is none."""
    name = (found["name"] or "").rpartition(":")[2].lower()
    if name in _BOTH:
        return f"<{found['close']}{name}>"
    if name == "br":
        return "\n"
    if found[0].startswith("{"):
        return "".join(f"<{'/' * (on == '0')}{style}>" for style, on in _STYLE.findall(found[0]))
    return "" if not name or name in _EITHER else otherwise


def _without_marks(line: str) -> str:
    """A line as SubRip whose characters stand for themselves."""
    return "".join(_mark(piece, piece[0]) if isinstance(piece, re.Match) else piece for piece in _apart(line))


def time(seconds: float, format: str) -> str:
    """A time as SubRip or WebVTT writes it.

    >>> time(3661.5, "srt"), time(2.25, "vtt")
    ('01:01:01,500', '00:00:02.250')
    """
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    point = "," if format == "srt" else "."
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _as_subrip(line: str) -> str:
    opening, closing = "（）" if is_wide(plain(line)) else "()"

    def mark(found: re.Match[str]) -> str:
        if voice := _VOICE.fullmatch(found[0]):
            return f"{voice['name']}: " if voice["name"] else ""
        name = (found["name"] or "").lower()
        if name in _BOTH:
            return f"<{found['close']}{name}>"
        if name == "rt":
            return closing if found["close"] else opening
        return "" if not name or name in _EITHER else found[0]

    pieces = _apart(line)
    return "".join(mark(piece) if isinstance(piece, re.Match) else _REFERENCE.sub(_meant, piece) for piece in pieces)


def _meant(reference: re.Match[str]) -> str:
    return _MEANT.get(reference[0].lower(), reference[0])


def _as_webvtt(line: str) -> str:
    return "".join(
        _mark(piece, _SPECIAL.sub(_escaped, piece[0])) if isinstance(piece, re.Match) else _SPECIAL.sub(_escaped, piece)
        for piece in _apart(line)
    )


def _escaped(character: re.Match[str]) -> str:
    return _ESCAPED.get(character[0], character[0])


def _apart(line: str) -> Iterator[str | re.Match[str]]:
    """Marks and what stands between them, in order."""
    done = 0
    for mark in MARKUP.finditer(line):
        yield line[done : mark.start()]
        yield mark
        done = mark.end()
    yield line[done:]
