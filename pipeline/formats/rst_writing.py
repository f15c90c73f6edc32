r"""A translation as reStructuredText must be given it: marks where docutils sees them, titles underlined in full.

Chinese and Japanese put no spaces around ``**…**``, and docutils sees no mark between two letters; so an escaped space
stands there, which is not shown: ``これは\ **強調**\ です``. What a translation would turn into a mark by accident is
escaped. What the source itself holds is left alone: there it did no harm, or was meant.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from diglot.pipeline.document import Block, Document, Range, Segment, is_unspaced
from diglot.pipeline.formats import rst, rst_marks, rst_tables
from diglot.pipeline.formats.assembly import assembled
from diglot.pipeline.formats.rst_marks import APART
from diglot.pipeline.formats.wrapping import line_end

_ACTIVE = re.compile(r"\\|\*+|_?`+|\|+|(?<=[\w\]])_+(?![^\W\u3041-\u9fff])")
_BEGINS = re.compile(
    r"[-+*•‣⁃|](?=\s|\Z)|\(?(?:\d{1,9}|#|[A-Za-z]|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})[.)](?=\s|\Z)|(?:\.\.|__|>>>)(?=\s|\Z)"
    r"|:(?![: ])[^:]{1,200}:(?=\s|\Z)|(?:--?|/)[A-Za-z0-9][\w=-]*(?=[ ]{2}|,[ ]-|[ ]?\Z)|[!-/:-@\[-`{-~]{2,}\Z"
)
_RULE = re.compile(r"[ \t]*(?P<marks>([!-/:-@\[-`{-~])\2*)[ \t]*(?=[\r\n]|\Z)")
_DECLARED = re.compile(r"^[ \t]*\.\.[ \t]+_(`[^`\r\n]+`|[^:`\r\n]+):", re.MULTILINE)
_LINE_END = re.compile(r"[\r\n]|\Z")
_SIMPLE = re.compile(r"[^\W_]")
_ESCAPED = re.compile(r"\w*\\\S|\\\s?\Z")  # which may stand beside anything
_SOME_LINE_END = re.compile(r"[\r\n]")
_LONGEST_MARK = 200  # what stands before the text of a line is shorter
_ENCLOSING = re.compile(r"(?<!\\)[*`]")
_TERM_MARK = re.compile(r"(?<=\s):(?=\s)")
_SLACK = 2  # columns that a line under a title may be longer than it, and still be meant to have its length


class Marker:
    """Writes the marks of a document's translations, segment by segment."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.number, self.block = -1, _Marks((), (), frozenset())  # the block that was read last

    def marked(self, segment: Segment, translation: str) -> tuple[str, list[str]]:
        """The translation of a segment with all marks set apart from letters, and escaped where they are none; and what no
        line end may come between: marks with what stands inside of them.
        """
        is_source = segment.text.rstrip(":") in translation and len(translation) <= len(segment.text) + len("[]")
        if segment.kind == "attribute" or is_source:
            return translation, []
        if segment.block != self.number:
            self.number, self.block = segment.block, _marks(self.document.text, self.document.blocks[segment.block])
        writer = _Writer(self.document.text, segment, self.block)
        parts = list(writer.written(translation))
        return "".join(parts), list(_whole(parts, writer))


class _Marks(NamedTuple):
    """The pairs of marks in a block: which are open from which place on, and the marks that stand for themselves."""

    places: Sequence[int]
    open: Sequence[frozenset[str]]
    wholes: frozenset[str]


def _marks(text: str, block: Block) -> _Marks:
    begin = block.ranges[0][0]
    enclosed = begin > 0 and _ENCLOSING.match(text, begin - 1, begin)  # a pair that is around all of the block
    places, states = [begin], [frozenset({"around"} if enclosed else ())]
    wholes = set()
    for span in block.spans:
        mark = text[span.start : span.end]
        if span.kind == "markup":
            places.append(span.end)
            states.append(_turned(states[-1], rst_marks.bare(mark)))
        elif not _ESCAPED.match(mark):
            wholes.add(mark)
    return _Marks(places, states, frozenset(wholes))


def _turned(open_: frozenset[str], mark: str) -> frozenset[str]:
    """The pairs that are open behind a mark."""
    if rst_marks.is_closing(mark):
        return frozenset()
    return open_ ^ {"`" if mark.endswith("`") else mark}


def _whole(parts: Sequence[str], writer: "_Writer") -> Iterator[str]:
    """The marks of pairs with the characters beside them that they enclose."""
    for number, part in enumerate(parts):
        if number in writer.opening:
            inside = parts[number + 1]
            yield part + (inside + "".join(parts[number + 2 : number + 3]) if len(inside) == 1 else inside[:1])
        elif number in writer.closing:
            yield parts[number - 1][-1:] + part


class _Writer:
    """Writes the translation of one segment, and knows which pairs of marks are open."""

    def __init__(self, text: str, segment: Segment, block: _Marks) -> None:
        (start, _), (_, end) = segment.ranges[0], segment.ranges[-1]
        self.source = segment.text
        self.protected = {segment.text[span.start : span.end] for span in segment.spans}
        self.before, self.after = text[start - 1 : start] if start else "", text[end : end + 1]
        self.harmless = frozenset(self._around(segment.text, found.span()) for found in self._unprotected(segment))
        self.open, self.open_at_end = (block.open[bisect_right(block.places, place) - 1] for place in (start, end))
        self.wholes = block.wholes
        self.opening: set[int] = set()  # the numbers of parts
        self.closing: set[int] = set()
        self.last = self.before  # the character written last

    @staticmethod
    def _unprotected(segment: Segment) -> Iterator[re.Match[str]]:
        """What looks like a mark in a source, and is none."""
        within = {place for span in segment.spans for place in range(span.start, span.end)}
        return (found for found in _ACTIVE.finditer(segment.text) if found.start() not in within)

    @staticmethod
    def _around(text: str, place: Range) -> tuple[str, str, str]:
        """A mark and the characters beside it; none where it is the first or last but for a bracket."""
        start, end = place
        return text[start - 1] if start > 1 else "", text[start:end], text[end] if end < len(text) - 1 else ""

    def _turn(self, mark: str) -> bool:
        """Open or close a pair; whether it was opened."""
        before, self.open = self.open, _turned(self.open, mark)
        return len(self.open) > len(before)

    def written(self, translation: str) -> Iterator[str]:
        """The parts of a translation as they must be written: those that are no marks, and marks, in turn."""
        parts = self._unnested(self._parts(translation))
        translation = "".join(parts)
        following = [*accumulate(reversed(parts[1:]), lambda after, part: part[:1] or after, initial=self.after)][::-1]
        outside = ""  # white space that must leave the pair which closes behind it
        self.text, self.place = translation, 0
        for number, part in enumerate(parts):
            if number % 2:
                piece, outside = self._mark(part, number, outside, following[number]), ""
            else:
                piece, outside = self._plain(part, following[number], *map(rst_marks.bare, _beside(parts, number)))
            self.last = piece[-1:] or self.last
            self.place += len(part)
            yield piece

    def _parts(self, translation: str) -> list[str]:
        """What is not protected and what is, in turn."""
        whole = "|".join(map(_alone, sorted(self.protected, key=len, reverse=True)))
        parts, done = [], 0
        for found in re.finditer(whole, translation) if whole else ():
            if self._around(translation, found.span()) not in self.harmless:
                parts += [translation[done : found.start()], found[0]]
                done = found.end()
        return self._paired([*parts, translation[done:]])

    def _paired(self, parts: list[str]) -> list[str]:
        """The parts; a mark that opens a pair is text where the pair stays open and that of the source did not."""
        before, opened = self.open, dict[str, int]()
        for number in range(1, len(parts), 2):
            was, name = self.open, rst_marks.bare(parts[number])
            is_pair = rst_marks.is_opening(name) or rst_marks.is_closing(name)
            if is_pair and not (self.open and parts[number] in self.wholes) and self._turn(name):
                opened |= dict.fromkeys(self.open - was, number)
        unpaired = {opened[one] for one in self.open - self.open_at_end if one in opened}
        self.open, paired = before, parts[:1]
        for number in range(1, len(parts), 2):
            if number in unpaired:
                paired[-1] += parts[number] + parts[number + 1]
            else:
                paired += parts[number : number + 2]
        return paired

    def _unnested(self, parts: Sequence[str]) -> list[str]:
        """The parts without marks inside of a pair, where docutils sees none: they are moved behind it."""
        before, waiting = self.open, list[str]()
        moved = [parts[0]]
        for mark, text in zip(parts[1::2], parts[2::2], strict=True):
            name = rst_marks.bare(mark)
            if self.open and mark in self.wholes:
                waiting.append(mark)
                moved[-1] += text.lstrip() if moved[-1][-1:].isspace() else text
                continue
            moved += [mark, text]
            if rst_marks.is_opening(name) or rst_marks.is_closing(name):
                self._turn(name)
            if waiting and not self.open:
                moved[-1:] = [*(one for mark in waiting for one in ("", mark)), text]
                waiting = []
        self.open = before
        return [*moved, *(one for mark in waiting for one in (mark, ""))]

    def _plain(self, part: str, following: str, mark: str, other: str) -> tuple[str, str]:
        """Text between two marks, without white space inside of a pair's edges; that at its end is given back."""
        outside = ""
        if self.open and rst_marks.is_opening(mark):
            part = part.lstrip()
        if self.open & {"*", "**"} and other in self.open:
            outside = part[len(part.rstrip()) :]
            part = part.rstrip()
        begin, before = self.text.find(part, self.place), self.last

        def escape(found: re.Match[str]) -> str:
            start, end = found.span()
            if self._around(self.text, (begin + start, begin + end)) in self.harmless:
                return found[0]
            return self._escaped(found[0], part[start - 1] if start else before, part[end] if end < len(part) else following)

        return _ACTIVE.sub(escape, part), outside

    def _escaped(self, mark: str, before: str, after: str) -> str:
        """A mark that a translation holds, escaped where docutils would take it for one, also at the edge of a line, which
        may come beside any Chinese or Japanese letter.
        """
        opens = (rst_marks.may_precede(before) or is_unspaced(before)) and after not in (" ", "\t")
        closes = self.open and before and not before.isspace() and (rst_marks.may_follow(after) or is_unspaced(after))
        return "".join(f"\\{one}" for one in mark) if mark[0] in "\\_" or opens or closes else mark

    def _mark(self, mark: str, number: int, outside: str, following: str) -> str:
        name = rst_marks.bare(mark)
        is_whole = mark in self.wholes
        closes = rst_marks.is_closing(name)
        if (is_whole and self.open) or not (is_whole or closes or rst_marks.is_opening(name)):
            return mark  # there are no marks within a pair
        opens = not is_whole and self._turn(name)
        if not is_whole and not closes:
            (self.opening if opens else self.closing).add(number)
        if closes:
            mark = f" {mark}" if mark.startswith("<") and not self.last.isspace() else mark
        elif is_whole or opens:
            mark = self._apart_before(mark)
        return (mark if opens else self._apart_behind(mark, outside or following)) + outside * (not following.isspace())

    def _apart_before(self, mark: str) -> str:
        if self.last + mark in self.source:
            return mark
        if _SIMPLE.match(mark) and self.last in "-._+:":  # which may be within a name
            return APART + mark
        if mark.startswith(APART):
            return mark.removeprefix(APART) if self.last.isspace() else mark
        return mark if rst_marks.may_precede(self.last) else APART + mark

    def _apart_behind(self, mark: str, following: str) -> str:
        if mark + following in self.source:
            return mark
        if mark.endswith(APART):
            return mark.removesuffix(APART) if following.isspace() else mark
        is_apart = rst_marks.may_follow(following) and not (following == ":" and mark[-1] == "`")  # a role might begin there
        return mark if is_apart else mark + APART


def _alone(mark: str) -> str:
    """A pattern of a mark; one that opens or closes a pair is no part of a longer one, as ``*`` is of ``**``."""
    if not rst_marks.is_opening(rst_marks.bare(mark)):
        return re.escape(mark)
    before, after = (
        f"{edge}{re.escape(one)})" if one in "*`" else "" for edge, one in (("(?<!", mark[0]), ("(?!", mark[-1]))
    )
    return before + re.escape(mark) + after


def _beside(parts: Sequence[str], number: int) -> tuple[str, str]:
    """The marks before and behind a part."""
    return parts[number - 1] if number else "", parts[number + 1] if number + 1 < len(parts) else ""


def escaped(document: Document, segment: Segment, place: Range, piece: str) -> str:
    """A piece of a translation that docutils takes for no item or directive; a literal block is announced where it was."""
    (start, end), text = place, document.text
    source, block = text[start:end], document.blocks[segment.block]
    if segment.kind == "attribute":
        return piece
    before = _SOME_LINE_END.split(text[max(0, start - _LONGEST_MARK) : start])[-1]
    begins = not before.strip() or (start == block.ranges[0][0] and before[-1].isspace())
    if begins and _BEGINS.match(piece) and not _BEGINS.match(source):
        piece = f"\\{piece}"
    if text.startswith(":", end) and source.endswith(":") and piece != source:
        words = piece.rstrip(":")
        return f"{words}:" if words and words != piece else f"{words} :" if words else ":"
    if end == block.ranges[-1][1] and piece.endswith("::") and not source.endswith("::"):
        return f"{piece[:-1]}\\:"
    return _TERM_MARK.sub(r"\\:", piece) if segment.kind == "item" and " : " not in source else piece


def rendered(document: Document, pieces: Mapping[Range, str]) -> str:
    """The text with pieces in their places, titles fitted, and without lines that a translation left empty."""
    text, places = document.text, sorted(pieces)
    fitted = {place: pieces[place] for place in places if pieces[place]}
    for place in places:
        if not pieces[place]:
            fitted[_emptied(text, place, _inside(places, _line(text, place[0])), pieces)] = ""
    targets = _Targets(text)
    for block in document.blocks:
        if block.kind == "heading":
            line = _line(text, block.ranges[0][0])
            now = assembled(text, {place: pieces[place] for place in _inside(places, line)}, *line)
            if now != text[slice(*line)]:
                fitted |= dict(_title(text, line, now, targets))
    tables = dict(_tables(document, pieces, places))
    wholes = sorted(tables)
    outside = {place: piece for place, piece in fitted.items() if not _is_within(place, wholes)}
    return assembled(text, outside | tables, 0, len(text))


def _tables(document: Document, pieces: Mapping[Range, str], places: Sequence[Range]) -> Iterator[tuple[Range, str]]:
    """The tables in which something has changed."""
    text = document.text
    for table in rst.tables(text) if any(block.kind == "cell" for block in document.blocks) else ():
        whole = (table.lines[0].start, table.lines[-1].end)
        inside = _inside(places, whole)
        if any(pieces[place] != text[slice(*place)] for place in inside):
            yield whole, rst_tables.fitted(text, table, pieces, inside)


def _is_within(place: Range, ranges: Sequence[Range]) -> bool:
    """Whether a place lies in one of the ordered ranges."""
    index = bisect_right(ranges, place[0], key=itemgetter(0)) - 1
    return index >= 0 and place[0] < ranges[index][1]


def _inside(places: Sequence[Range], line: Range) -> Sequence[Range]:
    """Those of the ordered places that begin in a line."""
    return places[bisect_left(places, (line[0], 0)) : bisect_left(places, (line[1], 0))]


def _emptied(text: str, place: Range, beside: Sequence[Range], pieces: Mapping[Range, str]) -> Range:
    """What goes away with a piece that is empty now: its line, which would end the paragraph, or the space behind it."""
    start, end = _line(text, place[0])
    if any(pieces[one] for one in beside) or text[start : beside[0][0]].strip() or text[beside[-1][1] : end].strip():
        return place[0], place[1] + len(text[place[1] : end]) - len(text[place[1] : end].lstrip(" \t"))
    return _end_before(text, start), end


def _end_before(text: str, start: int) -> int:
    """Where the line before the one that begins at a place ends."""
    return start - next((len(one) for one in ("\r\n", "\n", "\r") if text.endswith(one, 0, start)), 0)


def _line(text: str, place: int) -> Range:
    """The line that a place is in, without its end."""
    start = text.rfind("\n", 0, place) + 1
    start = max(start, text.rfind("\r", start, place) + 1)
    found = _LINE_END.search(text, place)
    return start, found.start() if found else len(text)


class _Targets:
    """The titles that a text refers to by their words: `` `The chain rule`_ ``."""

    def __init__(self, text: str) -> None:
        self.text = text
        declared = {rst_marks.normalised(name.strip("`")) for name in _DECLARED.findall(text)}
        self.wanted = set(rst_marks.referred(text) - declared)

    def of(self, title: str) -> str:
        """A target that has the name of a title, for those that refer to it; empty where nobody does, or one is there."""
        name = rst_marks.normalised(title)
        if name not in self.wanted:
            return ""
        self.wanted.discard(name)
        return f".. _`{title.strip()}`:{line_end(self.text) * 2}"


def _title(text: str, place: Range, now: str, targets: _Targets) -> Iterator[tuple[Range, str]]:
    """The lines above and below a title, as long as it has become, and a target with the name that it had."""
    (start, end), title = place, text[slice(*place)]
    below = _rule(text, end + 1 + text.startswith("\r\n", end))
    if not below:
        return
    above = _rule(text, _line(text, _end_before(text, start))[0]) if start else None
    margin = below[0] - _line(text, below[0])[0]
    was, is_now = (rst_tables.width(one[margin:].rstrip()) for one in (title, now))
    length = below[1] - below[0]
    length = is_now + max(0, length - was) if length <= was + _SLACK else max(length, is_now)
    yield below, text[below[0]] * length
    target = targets.of(title) if not margin else ""
    if above and text[slice(*above)] == text[slice(*below)]:
        yield above, target + text[above[0]] * length
    elif target:
        yield (start, start), target


def _rule(text: str, place: int) -> Range | None:
    """The marks of a line that begins at a place, if it is one that underlines a title."""
    found = _RULE.match(text, place)
    return found.span("marks") if found else None
