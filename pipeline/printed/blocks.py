"""Lines to blocks: headings, paragraphs, items, code, tables, captions and notes.

A block ends at a wider gap than the lines of its size have between them, where the font changes, at a marker, at an
indentation, and after a line that stops although the first word of the next one would have fitted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from diglot.pipeline.document import has_words, is_unspaced
from diglot.pipeline.printed import Line
from diglot.pipeline.printed.columns import MARKER, Region
from diglot.pipeline.printed.words import joined

Kind = Literal["heading", "paragraph", "item", "code", "table", "caption", "note"]

_LARGER = 1.1  # than the text: headings
_SMALLER = 0.94  # footnotes
_LONGEST_HEADING, _SHORT = 200, 60  # characters
_GAP, _GAP_OF_SLIDES = 1.25, 1.15  # of the distance of lines: what ends a paragraph
_GAP_OF_CODE = 2.6  # blank lines in it
_INDENTED = 0.8  # of the size
_CAPTION = re.compile(
    r"(?:fig(?:ure|\.|s\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|tableau|figura|tabla|algorithm|listing|그림|표)\s*(?:\d+|[ivx]+\b)"
    r"|(?:図|表|图)\s*\d+",
    re.IGNORECASE,
)
# A letter is the number of a section where text begins; in the middle it is that of a name.
_SECTION = re.compile(r"(?:[IVX]{1,5}\.|(?P<letter>[A-Z])\.|\d{1,2}(?:\.\d{1,2}){1,3}\.?)\s+\S")
_NOTE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[*†‡§]+(?=\s?\w)|\d{1,2}(?=\s?[^\W\d])")
_LEADERS = re.compile(r"(?<![.·…\s])\s*(?:[.·…]\s{0,2}){4,}(?=[\divxlc]+\s*\Z)")
_LEADERS_ALONE = re.compile(r"(?<![.·…\s])\s*(?:[.·…]\s{0,2}){4,}\Z")
_ENDS = re.compile(r"[.!?:;。！？：；…][)\]」』”’\"'）]*(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\[\^\d+\])?\Z")
_CERTAIN_BULLET = re.compile(r"[^\s\w\d–—*·・-]")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are one piece of text. ``left`` is measured from the left of the region; ``rows`` are those of a table.

    ``ends`` tells that its last sentence does, ``full`` that its last line has no room for another word.
    """

    kind: Kind
    lines: tuple[str, ...]
    size: float
    bold: bool = False
    level: int = 0
    left: float = 0.0
    marker: str = ""
    ends: bool = False
    full: bool = False
    indented: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Look:
    """What is usual in a document: the size of its text and the distance of lines of each size; whether it is
    ``typewritten``, in a font with fixed widths, and whether its pages are ``slides``.
    """

    body: float
    leading: dict[float, float]
    typewritten: bool
    slides: bool

    @classmethod
    def of(cls, regions: Iterable[Sequence[Line]], body: float, *, slides: bool) -> "Look":
        """That of a document, whose lines follow one another down each of the regions."""
        mono = letters = 0
        distances: dict[float, list[float]] = defaultdict(list)
        for lines in regions:
            letters += sum(len(line.text) for line in lines)
            mono += sum(len(line.text) for line in lines if line.mono)
            for one, two in pairwise(lines):
                if _rounded(one.size) == _rounded(two.size) and 0.8 * one.size < two.base - one.base < 2.5 * one.size:
                    distances[_rounded(one.size)].append(two.base - one.base)
        leading = {size: sorted(found)[len(found) // (10 if slides else 4)] for size, found in distances.items()}
        return cls(body, leading, 2 * mono > letters, slides)

    def gap(self, size: float) -> float:
        """How far apart the bases of two lines of one paragraph are at most."""
        return (_GAP_OF_SLIDES if self.slides else _GAP) * self.leading.get(_rounded(size), 1.25 * size)


def _rounded(size: float) -> float:
    return round(2 * size) / 2


def blocks_of(region: Region, look: Look) -> list[Block]:
    """The blocks of a region, in its order."""
    if region.rows:
        return list(_table(region.rows, look))
    edge = min(line.left for line in region.lines)
    return [block for group in _groups(region.lines, look) for block in _split(_Group.of(group), look, edge)]


def _groups(lines: Sequence[Line], look: Look) -> Iterator[list[Line]]:
    """Lines of one font without a gap between them."""
    held: list[Line] = []
    for line in lines:
        if held and _is_apart(held[-1], line, look):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _is_apart(before: Line, line: Line, look: Look) -> bool:
    distance = line.base - before.base
    sizes = sorted((before.size, line.size))
    if distance < 0 or sizes[1] > 1.08 * sizes[0]:
        return True
    if before.mono != line.mono or before.bold != line.bold:
        return True
    return distance > (_GAP_OF_CODE if line.mono and not look.typewritten else 1) * look.gap(line.size)


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of one font without a gap between them, and where they begin and end on the page."""

    lines: Sequence[Line]
    left: float
    right: float
    is_centred: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_Group":
        """These lines as a group; lines of different widths that have one middle are centred."""
        left, right = min(line.left for line in lines), max(line.right for line in lines)
        middles = [(line.left + line.right) / 2 for line in lines]
        spread = max(line.left for line in lines) - left
        return cls(lines, left, right, max(middles) - min(middles) < lines[0].size < spread)


def _split(group: _Group, look: Look, edge: float) -> Iterator[Block]:
    """The blocks of lines of one font."""
    first = group.lines[0]
    if first.mono and not look.typewritten:
        yield _code(group, edge)
        return
    if _is_heading(group.lines, look, edge):
        yield Block("heading", tuple(line.text for line in group.lines), first.size, first.bold)
        return
    held = [first]
    for line in group.lines[1:]:
        if _begins(held, line, group):
            yield _block(held, look, edge, group)
            held = []
        held.append(line)
    yield _block(held, look, edge, group)


def _is_heading(group: Sequence[Line], look: Look, edge: float) -> bool:
    """Whether lines are larger than the text, or by themselves and bold or numbered, and not too many."""
    text = " ".join(line.text for line in group)
    if len(text) > _LONGEST_HEADING or not has_words(text) or len(group) > 4:
        return False
    marker = MARKER.match(text)
    if (marker and (marker["bullet"] or look.slides)) or _CAPTION.match(text) or _LEADERS.search(text):
        return False
    if group[0].size > _LARGER * look.body:
        return True
    is_text = re.search(r"[.,;:。、]\Z", text) is not None or group[0].size < 0.97 * look.body
    section = _SECTION.match(text) if len(group) == 1 and len(text) < _SHORT else None
    is_numbered = section is not None and (not section["letter"] or group[0].left - edge < 0.5 * group[0].size)
    return not is_text and (group[0].bold or is_numbered)


def _code(group: _Group, edge: float) -> Block:
    """Lines of a font with fixed widths as they are, with their indentation and the blank lines between them."""
    size = group.lines[0].size
    widths = [(line.right - line.left) / len(line.text) for line in group.lines if line.right > line.left]
    width = sorted(widths)[len(widths) // 2] if widths else 0.6 * size
    usual = min((below.base - line.base for line, below in pairwise(group.lines)), default=size)
    lines: list[str] = []
    for before, line in pairwise([group.lines[0], *group.lines]):
        blank = max(0, round((line.base - before.base) / max(usual, size)) - 1)
        lines += [*[""] * blank, " " * min(80, round((line.left - group.left) / width)) + line.text]
    return Block("code", tuple(lines), size, left=group.left - edge)


def _begins(held: Sequence[Line], line: Line, group: _Group) -> bool:
    """Whether a line begins a block, after those of the block before it."""
    before, first = held[-1], held[0]
    marker, earlier = MARKER.match(line.text), MARKER.match(first.text)
    if marker and _is_marker(marker, earlier, before, line):
        return True
    if _CAPTION.match(line.text) and _ENDS.search(before.text):
        return True
    if _LEADERS.search(line.text) or _LEADERS.search(before.text):
        return True
    if _NOTE.match(line.text) and _NOTE.match(first.text):
        return True
    return _is_indented(held, line, item=earlier is not None) or _stops(before, line, group)


def _is_marker(marker: "re.Match[str]", earlier: "re.Match[str] | None", before: Line, line: Line) -> bool:
    """Whether what looks like the marker of an item is one: a dash or a year may begin any line of a paragraph."""
    if marker["bullet"] and _CERTAIN_BULLET.match(marker["bullet"]):
        return True
    same_kind = earlier is not None and bool(earlier["bullet"]) == bool(marker["bullet"])
    return same_kind or _ENDS.search(before.text) is not None or abs(line.left - before.left) > _INDENTED * line.size


def _is_indented(held: Sequence[Line], line: Line, *, item: bool) -> bool:
    """Whether a line is indented as the first of a paragraph is, or goes back to where the marker of an item stands."""
    shift = (line.left - held[-1].left) / line.size
    if item:
        return shift < -_INDENTED or (len(held) == 1 and shift < 0.2 and _ENDS.search(held[-1].text) is not None)
    return len(held) > 1 and (_INDENTED < shift < 4 or shift < -4)


def _stops(before: Line, line: Line, group: _Group) -> bool:
    """Whether a line stops although the first word of the next would have fitted, so that it was meant to."""
    width = group.right - group.left
    room = width - (before.right - before.left) if group.is_centred else group.right - before.right
    word = line.text[:3] if is_unspaced(line.text[0]) else line.text.split(maxsplit=1)[0]
    needed = (line.right - line.left) * (len(word) + 1) / len(line.text)
    return room > needed + 0.5 * line.size and (room > 0.15 * width or _ENDS.search(before.text) is not None)


def _block(lines: Sequence[Line], look: Look, edge: float, group: _Group) -> Block:
    """Lines as a block of running text."""
    text = lines[0].text
    texts = (_without_leaders(text), *(line.text for line in lines[1:]))
    marker = MARKER.match(text)
    full = lines[-1].right > group.right - lines[-1].size
    ends = _ENDS.search(texts[-1]) is not None
    made = Block("paragraph", texts, lines[0].size, lines[0].bold, left=lines[0].left - edge, ends=ends, full=full)
    if _CAPTION.match(text):
        return replace(made, kind="caption")
    if lines[0].size < _SMALLER * look.body and _NOTE.match(text):
        return replace(made, kind="note")
    if marker and text[marker.end() :].strip():
        return replace(made, kind="item", marker=marker[0], lines=(text[marker.end() :].lstrip(), *texts[1:]))
    return replace(made, indented=lines[0].left - group.left > _INDENTED * lines[0].size)


def _without_leaders(text: str) -> str:
    """The text of a table of contents without the dots that lead to the number of the page."""
    return _LEADERS.sub(" … ", _LEADERS_ALONE.sub("", text))


def _table(rows: Sequence[Sequence[Line | None]], look: Look) -> Iterator[Block]:
    """A table; a row without its first cell goes on with the row above it."""
    made: list[list[list[str]]] = []
    size = next(cell.size for row in rows for cell in row if cell)
    last = 0.0
    for row in rows:
        base = max(cell.base for cell in row if cell)
        few = 2 * sum(cell is not None for cell in row) <= len(row)
        if made and few and not row[0] and base - last < look.gap(size):
            for above, cell in zip(made[-1], row, strict=True):
                above.extend([cell.text] if cell else [])
        else:
            made.append([[_without_leaders(cell.text)] if cell else [] for cell in row])
        last = base
    yield Block("table", (), size, rows=tuple(tuple(joined(cell) for cell in row) for row in made))
