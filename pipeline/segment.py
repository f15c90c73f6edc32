"""From blocks to sentences: where each one ends, which pieces of the document it is made of, what in it is protected.

The pieces of a block are joined to one text, so that a sentence broken over lines or cues is seen whole.
``punctuation`` says where marks end a sentence, ``boundaries`` where one ends without a mark; none ends inside a
protected span. Then each sentence is cut out of the pieces again. All of it is linear in the length of the block.

Positions are code points. White space between sentences belongs to none of them, so the sentences and what lies between
them give the text back.
"""

from collections.abc import Iterable, Iterator, Sequence

from diglot import PLACEHOLDERS
from diglot.pipeline import protect, punctuation
from diglot.pipeline.document import Block, Document, Range, Segment, Span, joiner

__all__ = ["segment", "sentences"]

# These hold a name or a phrase: more than one sentence only where marks say so.
_TITLES = frozenset({"heading", "cell", "attribute", "line"})


def sentences(text: str, language: str) -> list[Range]:
    """The sentences of a text as [start, end), without the white space between them.

    ``language`` is a code (``en``, ``ja``, ...); ``und`` where it is not known.

    >>> text = "It works, e.g. here.  「はい。」と言った。 次"
    >>> [text[start:end] for start, end in sentences(text, "en")]
    ['It works, e.g. here.', '「はい。」と言った。', '次']
    """
    return list(_between(text, _cuts(text, language, protect.find(text))))


def segment(document: Document) -> Iterator[Segment]:
    """The segments of a document in order, one block at a time."""
    index = 0
    for number, block in enumerate(document.blocks):
        for text, ranges, spans in _block_sentences(document.text, block):
            yield Segment(index, number, block.kind, block.language or "und", text, ranges, spans, block.probability)
            index += 1


def _block_sentences(document: str, block: Block) -> Iterator[tuple[str, tuple[Range, ...], tuple[Span, ...]]]:
    """Text, ranges and spans of each sentence of a block."""
    pieces = [piece for piece in (_stripped(document, *piece) for piece in block.ranges) if piece[0] < piece[1]]
    text, starts = _joined(document, pieces)
    spans = _all_spans(text, _moved(block.spans, pieces, starts))
    cuts = _cuts(text, block.language or "und", spans, titles=block.kind in _TITLES)
    piece = span = 0
    for start, end in _crowded(text, _between(text, cuts), spans):
        ranges: list[Range] = []
        while piece < len(pieces):
            first, last = pieces[piece]
            offset = first - starts[piece]
            if start < last - offset:
                ranges.append((max(first, start + offset), min(last, end + offset)))
            if end < last - offset:
                break
            piece += 1
        inside: list[Span] = []
        while span < len(spans) and spans[span].start < end:
            inside.append(
                Span(max(spans[span].start, start) - start, min(spans[span].end, end) - start, spans[span].kind)
            )
            span += 1
        yield text[start:end], tuple(ranges), tuple(inside)


def _clipped(span: Span, start: int, end: int) -> Span:
    """The part of a span between two positions, counted from the first."""
    return Span(max(span.start, start) - start, min(span.end, end) - start, span.kind)


def _stripped(text: str, start: int, end: int) -> Range:
    """A range without the white space at its ends."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _joined(document: str, pieces: Sequence[Range]) -> tuple[str, list[int]]:
    """The pieces joined, and where in the joined text each begins."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    before = ""
    for start, end in pieces:
        piece = document[start:end]
        glue = joiner(before, piece)
        starts.append(length + len(glue))
        parts += (glue, piece)
        length += len(glue) + len(piece)
        before = piece
    return "".join(parts), starts


def _moved(spans: Iterable[Span], pieces: Sequence[Range], starts: Sequence[int]) -> list[Span]:
    """Spans of the document as spans of the joined text; one that reaches out of its piece is cut there."""
    moved: list[Span] = []
    piece = 0
    for span in spans:
        while piece < len(pieces) and pieces[piece][1] <= span.start:
            piece += 1
        if piece == len(pieces):
            break
        first, last = pieces[piece]
        start, end = max(span.start, first), min(span.end, last)
        if start < end:
            offset = starts[piece] - first
            moved.append(Span(start + offset, end + offset, span.kind))
    return moved


def _all_spans(text: str, known: Sequence[Span]) -> list[Span]:
    """The spans that the format knows, and what ``protect`` finds in the rest."""
    parts: list[str] = []
    done = 0
    for span in known:
        parts += (text[done : span.start], "\0" * (span.end - span.start))
        done = span.end
    parts.append(text[done:])
    return sorted([*known, *protect.find("".join(parts))], key=lambda span: span.start)


def _cuts(text: str, language: str, spans: Sequence[Span], *, titles: bool = False) -> Iterator[int]:
    """The positions at which the text is cut into sentences: never inside a span."""
    span = 0
    for cut in punctuation.ends(text, language):
        while span < len(spans) and spans[span].end <= cut:
            span += 1
        if span == len(spans) or cut <= spans[span].start:
            yield cut


def _between(text: str, cuts: Iterable[int]) -> Iterator[Range]:
    """What lies between the cuts, without white space at the ends, nothing empty."""
    start = 0
    for cut in (*cuts, len(text)):
        first, last = _stripped(text, start, cut)
        if first < last:
            yield first, last
        start = cut


def _crowded(text: str, ranges: Iterable[Range], spans: Sequence[Span]) -> Iterator[Range]:
    """The sentences, those with more spans than there are placeholders split before the first span too many."""
    most = len(PLACEHOLDERS)
    first = 0
    for start, end in ranges:
        last = first
        while last < len(spans) and spans[last].start < end:
            last += 1
        begin = start
        while last - first > most:
            cut = spans[first + most].start
            yield _stripped(text, begin, cut)
            begin = cut
            first += most
        yield _stripped(text, begin, end)
        first = last
