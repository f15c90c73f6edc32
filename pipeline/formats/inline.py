"""Running text inside markup, on its way to a block: the lines it stands in, the pieces that must stay as they are."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from diglot.pipeline.document import Block, BlockKind, Range, Span, SpanKind, has_words
from diglot.pipeline.formats.lines import other_script, trim


class _Mark(NamedTuple):
    """A protected piece, on its way to a span."""

    start: int
    end: int
    kind: SpanKind
    partner: int | None = None  # where the mark begins that opens or closes with this one

    @property
    def loose(self) -> bool:
        """Whether nothing depends on where a translation puts it: it may stay at the edge of its block."""
        return self.partner is None and self.kind in ("tag", "markup")


class Inline:
    """Collects the text of one block.

    ``outside`` are protected spans known before (formulas, templates), in order; those within the block join its own.
    """

    def __init__(self, text: str, kind: BlockKind, outside: Sequence[Span] = ()) -> None:
        self.text, self.kind, self.outside = text, kind, outside
        self.pieces: list[Range] = []
        self.marks: list[_Mark] = []
        self.within_line = False

    def cover(self, start: int, end: int) -> None:
        """Take ``[start, end)`` into the current line; what lies between it and what was covered before comes along."""
        if self.within_line:
            self.pieces[-1] = (self.pieces[-1][0], max(end, self.pieces[-1][1]))
        else:
            self.pieces.append((start, end))
        self.within_line = True

    def end_line(self) -> None:
        """What comes next is on another line."""
        self.within_line = False

    def protect(self, start: int, end: int, kind: SpanKind, opening: int | None = None) -> int:
        """Take a piece that must stay as it is; give its number. ``opening`` is that of the mark which it closes."""
        self.cover(start, end)
        partner = None
        if opening is not None:
            partner = self.marks[opening].start
            self.marks[opening] = self.marks[opening]._replace(partner=start)
        self.marks.append(_Mark(start, end, kind, partner))
        return len(self.marks) - 1

    def blocks(self) -> Iterator[Block]:
        """The text as a block, where it holds words; as several where a language begins that is written otherwise."""
        pieces, spans = self.content()
        lines = [self.text[start:end] for start, end in pieces]
        turns = [i for i in range(1, len(lines)) if other_script(lines[i - 1], lines[i])]
        for first, last in pairwise([0, *turns, len(pieces)]):
            part = pieces[first:last]
            inside = spans[_index(spans, part[0][0]) : _index(spans, part[-1][1])] if part else []
            if _speaks(self.text, part, inside):
                yield Block(self.kind, tuple(part), tuple(inside))

    def content(self) -> tuple[list[Range], list[Span]]:
        """The lines, and what is protected in them, without the marks at their edges."""
        marks = deque(self._united())
        pieces = deque(self._whole_pieces(marks))
        _peel(self.text, pieces, marks)
        return list(pieces), [Span(mark.start, mark.end, mark.kind) for mark in marks]

    def _united(self) -> list[_Mark]:
        """All marks in order, those that lie within or across another made one with it."""
        marks = list(self.marks)
        if self.pieces:
            index = _index(self.outside, self.pieces[0][0])
            while index < len(self.outside) and self.outside[index].end <= self.pieces[-1][1]:
                span = self.outside[index]
                marks.append(_Mark(span.start, span.end, span.kind))
                index += 1
        united: list[_Mark] = []
        for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
            if united and mark.start < united[-1].end:
                united[-1] = united[-1]._replace(end=max(united[-1].end, mark.end))
            else:
                united.append(mark)
        return united

    def _whole_pieces(self, marks: Iterable[_Mark]) -> list[Range]:
        """The lines that hold anything, without white space at their ends; lines that a mark runs across are one."""
        whole: list[Range] = []
        ahead = deque(marks)
        for piece in self.pieces:
            start, end = trim(self.text, *piece)
            while ahead and whole and ahead[0].end <= whole[-1][1]:
                ahead.popleft()
            if whole and (start < whole[-1][1] or (ahead and ahead[0].start < whole[-1][1])):
                whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
            elif start < end:
                whole.append((start, end))
        return whole


def _index(spans: Sequence[Span], place: int) -> int:
    """The index of the first span from a place on."""
    return bisect_left(spans, place, key=lambda span: span.start)


def _peel(text: str, pieces: deque[Range], marks: deque[_Mark]) -> None:
    """Leave out marks at the edges that nothing depends on, and pairs of marks that enclose all the rest."""
    while pieces and marks:
        first, last = marks[0], marks[-1]
        at_start, at_end = first.start == pieces[0][0], last.end == pieces[-1][1]
        enclosing = at_start and at_end and first is not last and first.partner == last.start
        if not enclosing and not (at_start and first.loose) and not (at_end and last.loose):
            return
        if enclosing or (at_start and first.loose):
            marks.popleft()
            start, end = trim(text, first.end, pieces.popleft()[1])
            pieces.extendleft([(start, end)] if start < end else [])
        if pieces and (enclosing or not at_start or not first.loose):
            marks.pop()
            start, end = trim(text, pieces.pop()[0], last.start)
            pieces.extend([(start, end)] if start < end else [])


def _speaks(text: str, pieces: Iterable[Range], spans: Iterable[Span]) -> bool:
    """Whether there are words outside the spans."""
    ahead = deque(spans)
    for start, end in pieces:
        position = start
        while ahead and ahead[0].start < end:
            span = ahead.popleft()
            if has_words(text[position : span.start]):
                return True
            position = span.end
        if has_words(text[position:end]):
            return True
    return False
