"""Captions in XML: Timed Text (TTML, DFXP), and what YouTube gives out (``srv1``, ``srv2``, ``srv3``, ``<transcript>``).

Method: expat says whether the XML is whole; no document type is let in, and with it no entity. In such a file tags can be
told by one pattern, so that each cue is read and written in its place. ``<br/>`` ends a line, a span of italics is ``<i>``
while it is with us, any other tag is itself. Where words have times of their own, the words of a translation are spread over
the same places.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import escape, unescape
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from diglot import InputError
from diglot.pipeline.bilingual.xml import holdable
from diglot.pipeline.captions import Caption, Captions, Piece
from diglot.pipeline.document import primary
from diglot.pipeline.formats.lines import trim
from diglot.pipeline.formats.subtitles import clock

_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|<(?P<close>/?)(?P<name>[^\s<>/!?][^\s<>/]*)(?P<attributes>(?>(?:[^<>\"'/]|\"[^\"]*\"|'[^']*')*))(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?P<name>[^\s=:\"'<>]+)\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL)
_LANGUAGE = re.compile(r"\sxml:lang\s*=\s*[\"'](?P<code>[a-zA-Z]{2,3}(?:-\w+)*)[\"']")
_ENCODING = re.compile(r"\s*<\?xml\b[^<>]*?\bencoding\s*=\s*[\"'](?P<encoding>[\w.:-]+)")
_COUNT = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,9})?)(?P<unit>h|ms|m|s|f|t|)", re.ASCII)
_MORE_DIGITS = re.compile(r"(\.\d{3})\d+\Z", re.ASCII)
_FRAMES = re.compile(r"(\d{1,3}:\d\d:\d\d):(\d{1,3}(?:\.\d{1,3})?)", re.ASCII)
_MARK = re.compile(r"<[^<>]*>")
_CDATA = "<![CDATA["
_ELEMENTS = ("p", "text")
_STYLES = {("fontstyle", "italic"): "i", ("fontweight", "bold"): "b", ("textdecoration", "underline"): "u"}


class _Tag(NamedTuple):
    """A tag or a comment: its text and where that begins, its name as it stands there, and its attributes.

    ``local`` and the names of the attributes are without prefixes, the latter in small letters.
    """

    text: str
    start: int
    name: str
    local: str
    opens: bool
    closes: bool
    attributes: dict[str, str]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


class _Cue(NamedTuple):
    """A cue: its times, from where to where its content goes, the tags in it, and whether white space in it counts."""

    begins: float | None
    ends: float | None
    start: int
    end: int
    tags: Sequence[_Tag]
    is_kept: bool


class _Clock(NamedTuple):
    """How a file counts time: the seconds of a number without unit, the frames and the ticks of a second."""

    unit: float
    frames: float
    ticks: float

    def seconds(self, time: str | None) -> float | None:
        """The seconds of a time; None where there is none that can be read."""
        if time is None:
            return None
        if found := _COUNT.fullmatch(time.strip()):
            seconds = {"h": 3600, "m": 60, "s": 1, "ms": 0.001, "f": 1 / self.frames, "t": 1 / self.ticks, "": self.unit}
            return float(found["number"]) * seconds[found["unit"]]
        if (found := _FRAMES.fullmatch(time.strip())) and (whole := clock(found[1])) is not None:
            return whole + float(found[2]) / self.frames
        return clock(_MORE_DIGITS.sub(r"\1", time.strip()))


def read(file: str) -> Captions:
    """The cues of a file. Raises :class:`diglot.InputError` for one that is not whole or has a document type."""
    _check(file)
    tags = [_tag(found) for found in _TOKEN.finditer(file)]
    root = next(tag for tag in tags if tag.opens)
    times = 2 if root.local == "transcript" else 1
    reader = _Reader(file, times)
    cues = [reader.caption(cue) for cue in _cues(tags, root)]
    prefix = root.name.removesuffix(root.local)
    breaks = (tag.text for tag in tags if tag.local == "br" and tag.opens and tag.closes)
    line_end = next(breaks, f"<{prefix}br/>") if root.local == "tt" else "\n"
    return Captions(
        cues,
        partial(_spelled, reader.marks, line_end, times),
        {"tt": ".ttml", "transcript": ".srv1"}.get(root.local, ".srv3"),
        languages=list(_languages(file, tags)),
        fixed=_as_utf8(file),
    )


def _check(file: str) -> None:
    """Raise :class:`diglot.InputError` for XML that is not whole, or has a document type, which may declare entities."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(file.lstrip("\ufeff \t\r\n").encode("utf-8", "replace"), True)
    except expat.ExpatError as exc:
        message = f"line {exc.lineno}: {expat.ErrorString(exc.code)}; the file is not whole XML"
        raise InputError(message) from exc


def _refuse(name: str, *_: object) -> NoReturn:
    message = f"has a document type ({name}), which captions do not need: take it out"
    raise InputError(message)


def _languages(file: str, tags: Iterable[_Tag]) -> Iterator[Piece]:
    """Where the file names the language of its words, or of parts of them; of several languages it is the first."""
    first = ""
    for tag in tags:
        found = _LANGUAGE.search(file, tag.start, tag.end) if tag.opens and tag.local in ("tt", "body", "div", "p") else None
        if found and (not first or primary(found["code"]) == first):
            first = primary(found["code"])
            yield Piece(*found.span("code"), found["code"])


def _as_utf8(file: str) -> dict[tuple[int, int], str]:
    """The encoding that the file names, where that is not what it will be in."""
    found = _ENCODING.match(file)
    return {found.span(1): "UTF-8"} if found and found[1].lower() not in ("utf-8", "utf8", "us-ascii") else {}


def _tag(found: re.Match[str]) -> _Tag:
    attributes = {one["name"].lower(): unescape(one["value"]) for one in _ATTRIBUTE.finditer(found["attributes"] or "")}
    name = found["name"] or ""
    opens, closes = bool(name) and not found["close"], bool(found["close"] or found["empty"])
    return _Tag(found[0], found.start(), name, name.rpartition(":")[2], opens, closes, attributes)


def _cues(tags: Sequence[_Tag], root: _Tag) -> Iterator[_Cue]:
    """The elements that are cues. What holds them may say when it begins itself, and whether white space counts."""
    clock = _clock(root)
    around = [(0.0, root.local != "tt")]
    first, inside, depth = None, list[_Tag](), 0
    for tag in tags:
        depth += (tag.opens and not tag.closes) - (tag.closes and not tag.opens)
        if first and depth < len(around):
            yield _cue(first, tag, inside, clock, *around[-1])
            first = None
        elif first:
            inside.append(tag)
        elif tag.opens and not tag.closes:
            if tag.local in _ELEMENTS:
                first, inside = tag, []
            else:
                offset, is_kept = around[-1]
                offset += clock.seconds(tag.attributes.get("begin")) or 0.0
                around.append((offset, _is_kept(tag, is_kept)))
        elif tag.closes and not tag.opens:
            around.pop()


def _is_kept(tag: _Tag, is_kept: bool) -> bool:
    """Whether white space counts in an element."""
    return tag.attributes.get("space", "preserve" if is_kept else "default") == "preserve"


def _cue(first: _Tag, last: _Tag, inside: Sequence[_Tag], clock: _Clock, offset: float, is_kept: bool) -> _Cue:
    """A cue between two tags, whose times are its own, or those of the words in it."""
    timed = [tag.attributes for tag in inside if "begin" in tag.attributes]
    own = first.attributes if "begin" in first.attributes or not timed else timed[0] | {"end": timed[-1].get("end", "")}
    begin = clock.seconds(own.get("begin", own.get("start", own.get("t"))))
    lasts = clock.seconds(own.get("dur", own.get("d")))
    end = clock.seconds(own.get("end"))
    if begin is not None and lasts is not None and end is None:
        end = begin + lasts
    begin, end = (None if time is None else time + offset for time in (begin, end))
    return _Cue(begin, end, first.end, last.start, inside, _is_kept(first, is_kept))


def _clock(root: _Tag) -> _Clock:
    def said(name: str, *otherwise: float) -> list[float]:
        """The numbers of an attribute, where they are as many as they must be and none is nothing."""
        numbers = [float(number) for number in re.findall(r"\d{1,9}", root.attributes.get(name, ""), re.ASCII)]
        return numbers if len(numbers) == len(otherwise) and all(numbers) else list(otherwise)

    over, under = said("frameratemultiplier", 1, 1)
    frames = said("framerate", 30)[0] * over / under
    return _Clock(0.001 if root.local == "timedtext" else 1.0, frames, said("tickrate", frames)[0])


class _Reader:
    """Reads cues, and remembers what each tag is shown as: itself, but for spans of italics and the like."""

    def __init__(self, file: str, times: int) -> None:
        self.file, self.times = file, times
        self.marks: dict[str, str] = {}

    def caption(self, cue: _Cue) -> Caption:
        """A cue with its words in one place or, where they have times, in several."""
        place = cue.start
        timed = any(tag.local == "s" or "begin" in tag.attributes for tag in cue.tags if tag.opens)
        parts, pieces, open_marks = list[str](), list[Piece](), list[str]()
        for tag in [*cue.tags, None]:
            end = tag.start if tag else cue.end
            words = self._words(self.file[place:end], cue.is_kept)
            parts.append(words)
            if words.strip():
                pieces.append(Piece(place, end, words))
            if tag:
                mark = self._mark(tag, open_marks)
                parts.append(mark if mark == "\n" or not timed else "")
                place = tag.end
        words = "".join(parts)
        whole = (Piece(*trim(self.file, cue.start, cue.end), words.strip(" \t\r\n")),)
        return Caption(cue.begins, cue.ends, words, (tuple(pieces) if timed else whole,))

    def _words(self, raw: str, is_kept: bool) -> str:
        for _ in range(self.times):
            raw = unescape(raw)
        return raw if is_kept else re.sub(r"[ \t\r\n]+", " ", raw)

    def _mark(self, tag: _Tag, open_marks: list[str]) -> str:
        """What a tag is shown as; ``open_marks`` close the elements that are open. Comments are not shown."""
        if not tag.name:
            return tag.text.removeprefix(_CDATA).removesuffix("]]>") if tag.text.startswith(_CDATA) else ""
        if tag.local == "br":
            return "\n" if tag.opens else ""
        own, style = " ".join(tag.text.split()), _style(tag)
        if not tag.opens:
            mark = open_marks.pop()
        else:
            mark = f"<{style}>" if style and self.marks.setdefault(f"<{style}>", tag.text) == tag.text else own
            open_marks += [] if tag.closes else [f"</{tag.name}>" if mark == own else f"</{style}>"]
        self.marks.setdefault(mark, tag.text)
        return mark


def _style(tag: _Tag) -> str:
    """The mark of a span of italics or the like, and of nothing else."""
    styles = [_STYLES.get((name, value.lower()), "") for name, value in tag.attributes.items()]
    return styles[0] if tag.local == "span" and not tag.closes and len(styles) == 1 else ""


def _spelled(marks: Mapping[str, str], line_end: str, times: int, words: str, _: str) -> str:
    """Words as XML, in which every element ends that begins."""
    parts, ends, done = list[str](), list[str](), 0
    for found in _MARK.finditer(words):
        tag = marks.get(found[0])
        if tag is None:
            continue
        parts.append(_escaped(words[done : found.start()], line_end, times))
        done = found.end()
        if not tag.startswith("</"):
            parts.append(tag)
            ends += [] if tag.endswith("/>") else [f"</{tag[1:-1].split()[0]}>"]
        elif tag in ends:
            depth = ends[::-1].index(tag) + 1
            parts += reversed(ends[-depth:])
            del ends[-depth:]
    return "".join([*parts, _escaped(words[done:], line_end, times), *reversed(ends)])


def _escaped(words: str, line_end: str, times: int) -> str:
    words = holdable(words)
    for _ in range(times):
        words = escape(words, quote=False)
    return words.replace("\n", line_end)
