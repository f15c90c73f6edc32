"""From blocks to sentences: where each one ends, which pieces of the document it is made of, what in it is protected.

The pieces of a block are joined to one text, so that a sentence broken over lines or cues is seen whole.
``punctuation`` says where marks end a sentence, ``boundaries`` where one ends without a mark; none ends inside a
protected span. Then each sentence is cut out of the pieces again. All of it is linear in the length of the block.

Positions are code points. White space between sentences belongs to none of them, so the sentences and what lies between
them give the text back.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple

from diglot import PLACEHOLDERS
from diglot.pipeline import protect, punctuation
from diglot.pipeline.document import Block, Document, Range, Segment, Span, is_unspaced, joiner
from diglot.pipeline.fillers import fillers

__all__ = ["fillers", "segment", "sentences"]

# These hold a name or a phrase: more than one sentence only where marks say so.
_TITLES = frozenset({"heading", "cell", "attribute", "line"})
# Characters: a stretch between two end marks that is longer is read by the models (after the last mark, one of half the
# length), and one is cut that is too long for a translator. Chinese and Japanese say as much in a third of the characters.
_RUN_ON, _TOO_LONG = 240, 600
_DENSER = 3
# How sure the models must be, in nats: in a text with marks a long sentence is mostly just long, but sentences of speech
# without marks are short, and a cut too many costs little. Japanese and Korean show an end by the form of the verb.
_MARGIN_MARKED, _MARGIN_DOUBTFUL, _MARGIN_BARE = 1.0, -0.3, -0.8
_MARGIN_BY_VERB = 0.6
# Nats for a mark of a speech recogniser; and for a pause, where spaces or commas stand for all marks: hardly a sentence ends
# without one, but most are commas, so that the words decide among them.
_MARK, _PAUSE = 2.0, 6.0
_MARGIN_PAUSES = _PAUSE - 1.0
# A word joiner, which is nothing to the models. They have learned that no sentence ends at a comma.
_UNSEEN = "\u2060"
# So many times longer than a run-on sentence has to be is a text without marks, even where a mark ends it.
_BARE = 3
# Characters of the blocks that are read at once.
_PAGE = 16384


def sentences(text: str, language: str) -> list[Range]:
    """The sentences of a text as [start, end), without the white space between them.

    ``language`` is a code (``en``, ``ja``, ...); ``und`` where it is not known.

    >>> text = "It works, e.g. here.  「はい。」と言った。 次"
    >>> [text[start:end] for start, end in sentences(text, "en")]
    ['It works, e.g. here.', '「はい。」と言った。', '次']
    """
    (cuts,) = _cuts([_marked(text, language, protect.find(text))])
    return list(_between(text, cuts))


def segment(document: Document) -> Iterator[Segment]:
    """The segments of a document in order. The models read a page of blocks at once, which is what makes them fast."""
    index = 0
    for page in _pages(document):
        for (number, block, pieces, places, marked), cuts in zip(page, _cuts([one[-1] for one in page]), strict=True):
            for text, ranges, spans in _sentences_of(marked, cuts, pieces, places):
                yield Segment(index, number, block.kind, block.language or "und", text, ranges, spans, block.probability)
                index += 1


def _pages(document: Document) -> Iterator[list[tuple[int, Block, list[Range], list[Range], "_Marked"]]]:
    """Blocks that follow one another, each with its number, pieces, their places in its text, and what marks say of it."""
    page = []
    size = 0
    for number, block in enumerate(document.blocks):
        pieces = [piece for piece in (_stripped(document.text, *piece) for piece in block.ranges) if piece[0] < piece[1]]
        text, places = _joined(document.text, pieces)
        spans = _all_spans(text, _moved(block.spans, pieces, places))
        marked = _marked(text, block.language or "und", spans, titles=block.kind in _TITLES)
        page.append((number, block, pieces, places, marked))
        size += len(text)
        if size >= _PAGE:
            yield page
            page, size = [], 0
    yield page


def _sentences_of(
    marked: "_Marked", cuts: Sequence[int], pieces: Sequence[Range], places: Sequence[Range]
) -> Iterator[tuple[str, tuple[Range, ...], tuple[Span, ...]]]:
    """Text, ranges and spans of each sentence of a block."""
    text, spans = marked.text, marked.spans
    intervals = [(span.start, span.end) for span in spans]
    for start, end in _crowded(text, _between(text, cuts), spans):
        ranges = []
        for index, first, last in _overlaps(places, start, end):
            offset = pieces[index][0] - places[index][0]
            ranges.append((first + offset, last + offset))
        inside = [Span(a - start, b - start, spans[index].kind) for index, a, b in _overlaps(intervals, start, end)]
        yield text[start:end], tuple(ranges), tuple(inside)


def _overlaps(intervals: Sequence[Range], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Which of the ordered intervals overlap [start, end), and from where to where."""
    index = bisect_right(intervals, start, key=itemgetter(1))
    while index < len(intervals) and intervals[index][0] < end:
        first, last = max(start, intervals[index][0]), min(end, intervals[index][1])
        if first < last:
            yield index, first, last
        index += 1


def _stripped(text: str, start: int, end: int) -> Range:
    """A range without the white space at its ends."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _joined(document: str, pieces: Sequence[Range]) -> tuple[str, list[Range]]:
    """The pieces joined, and the place of each in the joined text."""
    parts: list[str] = []
    places: list[Range] = []
    length = 0
    before = ""
    for start, end in pieces:
        piece = document[start:end]
        glue = joiner(before, piece)
        parts += (glue, piece)
        places.append((length + len(glue), length + len(glue) + len(piece)))
        length = places[-1][1]
        before = piece
    return "".join(parts), places


def _moved(spans: Sequence[Span], pieces: Sequence[Range], places: Sequence[Range]) -> list[Span]:
    """Spans of the document as spans of the joined text; what reaches out of the pieces is left off."""
    intervals = [(span.start, span.end) for span in spans]
    moved = []
    for (start, end), (place, _) in zip(pieces, places, strict=True):
        for index, first, last in _overlaps(intervals, start, end):
            moved.append(Span(first - start + place, last - start + place, spans[index].kind))
    return moved


def _all_spans(text: str, known: Sequence[Span]) -> list[Span]:
    """The spans that the format knows, and what ``protect`` finds in the rest."""
    rest = punctuation.blanked(text, ((span.start, span.end) for span in known))
    return sorted([*known, *protect.find(rest)], key=lambda span: span.start)


class _Marked(NamedTuple):
    """A text and how the models read it; what marks say of it: where it is surely cut, perhaps cut, what is to be read."""

    text: str
    read: str
    spans: Sequence[Span]
    firm: list[int]
    doubtful: list[tuple[int, float]]
    stretches: list[tuple[int, int, float]]
    dense: bool


def _marked(text: str, language: str, spans: Sequence[Span], *, titles: bool = False) -> _Marked:
    """Read the marks of a text; a title is cut by them alone."""
    marked = _outside(punctuation.ends(text, language), spans)
    dense = _is_dense(text, language)
    if titles:
        return _Marked(text, text, spans, marked, [], [], dense)
    if dense and (pauses := _outside(punctuation.pauses(text, len(marked)), spans)):
        stretches = [(start, end, _MARGIN_PAUSES) for start, end in pairwise((0, *marked, len(text)))]
        return _Marked(text, text, spans, marked, [(pause, _PAUSE) for pause in pauses], stretches, dense)
    doubtful = [] if dense else [cut for cut in marked if punctuation.is_doubtful(text, cut)]
    firm = sorted({*marked}.difference(doubtful))
    margin = _MARGIN_BY_VERB if language in {"ja", "ko"} else _MARGIN_BARE
    stretches = _stretches(text, firm, doubtful, margin, dense=dense)
    return _with_splices(_Marked(text, text, spans, firm, [(cut, _MARK) for cut in doubtful], stretches, dense))


def _with_splices(marked: _Marked) -> _Marked:
    """With the commas of a stretch taken for pauses where they stand for all its marks, and unseen by the models then.

    Only what is too long has to be cut anyhow. Up to twice as long, what a mark ends may still be one sentence.
    """
    longest = _TOO_LONG // _DENSER if marked.dense else _TOO_LONG
    if all(end - start <= longest for start, end, _ in marked.stretches):
        return marked
    visible = punctuation.blanked(marked.text, ((span.start, span.end) for span in marked.spans))
    last = marked.firm[-1] if marked.firm else 0
    pauses: list[tuple[int, float]] = []
    stretches = []
    for start, end, margin in marked.stretches:
        is_long = end - start > longest and margin != _MARGIN_DOUBTFUL
        commas = punctuation.splices(visible[start:end], dense=marked.dense) if is_long else []
        pauses += [(start + comma, _PAUSE) for comma in commas]
        is_perhaps_one = start != last and end - start <= 2 * longest
        needed = _PAUSE + _MARGIN_MARKED if is_perhaps_one else _MARGIN_PAUSES
        stretches.append((start, end, needed if commas else margin))
    if not pauses:
        return marked
    ends = [0, *(comma for comma, _ in pauses)]
    read = _UNSEEN.join(marked.text[a : b - 1] for a, b in pairwise(ends)) + _UNSEEN + marked.text[ends[-1] :]
    return marked._replace(read=read, doubtful=sorted(marked.doubtful + pauses), stretches=stretches)


def _stretches(
    text: str, firm: Sequence[int], doubtful: Sequence[int], margin: float, *, dense: bool
) -> list[tuple[int, int, float]]:
    """The stretches too long to be one sentence, or with doubtful marks, each with how sure a cut in it must be."""
    run_on = _RUN_ON // _DENSER if dense else _RUN_ON
    stretches = []
    last = firm[-1] if firm else 0
    for start, end in pairwise((0, *firm, len(text))):
        unsure = bisect_right(doubtful, start) < bisect_right(doubtful, end)
        unmarked = start == last
        if unsure or end - start > (run_on // 2 if unmarked else run_on):
            bare = end - start > (run_on if unmarked else _BARE * run_on)
            stretches.append((start, end, _MARGIN_DOUBTFUL if unsure else margin if bare else _MARGIN_MARKED))
    return stretches


def _cuts(page: Sequence[_Marked]) -> list[list[int]]:
    """The positions at which each text is cut into sentences: never inside a span."""
    cuts = [one.firm for one in page]
    for dense in (False, True):
        unread = [index for index, one in enumerate(page) if one.stretches and one.dense == dense]
        if not unread:
            continue
        for index, found in zip(unread, _unmarked([page[index] for index in unread], dense=dense), strict=True):
            cuts[index] = sorted({*cuts[index], *_outside(found, page[index].spans)})
    return cuts


def _unmarked(page: Sequence[_Marked], *, dense: bool) -> list[list[int]]:
    """The cuts of each text that no mark shows for sure; the models read all of them as one text with borders."""
    from diglot.pipeline import boundaries

    begins = list(accumulate((len(one.text) + 1 for one in page), initial=0))
    found = boundaries.cuts(
        "\n".join(one.read for one in page),
        [(b + start, b + end, margin) for b, one in zip(begins, page, strict=False) for start, end, margin in one.stretches],
        _TOO_LONG // _DENSER if dense else _TOO_LONG,
        [(b + place, nats) for b, one in zip(begins, page, strict=False) for place, nats in one.doubtful],
        begins[1:-1],
        dense=dense,
    )
    places = [bisect_right(found, begin) for begin in begins]
    return [[cut - begins[i] for cut in found[places[i] : places[i + 1]]] for i in range(len(page))]


def _is_dense(text: str, language: str) -> bool:
    """Whether a text is Chinese or Japanese; where its language is not known, by the characters at its beginning."""
    if language != "und":
        return language in {"ja", "zh"}
    beginning = text[:2000]
    return 3 * sum(map(is_unspaced, beginning)) > len(beginning)


def _outside(cuts: Iterable[int], spans: Sequence[Span]) -> list[int]:
    """Those of the ordered cuts that are not inside a span."""
    outside: list[int] = []
    span = 0
    for cut in cuts:
        while span < len(spans) and spans[span].end <= cut:
            span += 1
        if span == len(spans) or cut <= spans[span].start:
            outside.append(cut)
    return outside


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
