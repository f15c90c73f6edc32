"""Which sentences of two texts say the same: a text and its translation, or a text that is bilingual already.

Segments become units of a dynamic programme (:mod:`diglot.pipeline.align.beads`) by their lengths, as in
:mod:`diglot.pipeline.checks.lengths`, and by what they can share (:mod:`diglot.pipeline.align.anchors`). It needs no
model and no dictionary but the small one that ships; the translations of a model can be given.
"""

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from diglot.pipeline.align import beads
from diglot.pipeline.align.anchors import VERBATIM, anchors, expected, translated
from diglot.pipeline.align.seams import JOINED, seams, sentences
from diglot.pipeline.align.sections import Link, by_section
from diglot.pipeline.checks.lengths import LENGTH, size
from diglot.pipeline.document import Segment

__all__ = ["Link", "Similarity", "align"]

# Translates texts from one language into another; only compared with the other text, so it may be rough.
Similarity = Callable[[Sequence[str], str, str], Sequence[str]]

# How much a translation's length varies.
_VARIANCE = {"en": 0.01, "fr": 0.02, "de": 0.02, "es": 0.02}
_VARIANCE_ELSE = 0.065
# The logarithm of the odds that a bead is right, by logistic regression on documents with foreign passages put in.
_PAIR, _SCORE, _BESIDE_ALONE, _MERGED = 2.4, 0.3, 2.0, 1.05
_UNLIKELY = 0.3
_LIKELY = 0.8  # what is found inside a bead that was unlikely
_Numbers = NDArray[np.int32]


def align(
    first: Sequence[Segment],
    second: Sequence[Segment],
    *,
    languages: tuple[str, str] | None = None,
    similarity: Similarity | None = None,
    places: tuple[Sequence[int], Sequence[int]] = ((), ()),
) -> list[Link]:
    """Link the segments of two texts. Every segment is in one link, and the links are in the order of both texts.

    ``languages`` are the commonest of each list where they are not given. ``places`` are a number for each segment, the
    same for those that belong together by the structure of the document. Time is linear in the number of segments; beside
    texts and links, memory is that of a section (:mod:`diglot.pipeline.align.sections`).
    """
    known = languages or (_language(first), _language(second))

    def linked(here: slice, there: slice) -> list[Link]:
        return _linked(first[here], second[there], known, similarity, (places[0][here], places[1][there]))

    return list(by_section(len(first), len(second), linked))


def _linked(
    first: Sequence[Segment],
    second: Sequence[Segment],
    languages: tuple[str, str],
    similarity: Similarity | None,
    places: tuple[Sequence[int], Sequence[int]],
) -> list[Link]:
    """The links of two texts that are aligned at one go."""
    if not first or not second:
        return [Link((i,), (), 0.0) for i in range(len(first))] + [Link((), (j,), 0.0) for j in range(len(second))]
    vocabulary: dict[str, int] = {}
    found = [
        _numbered(_anchors(first, languages, similarity), lambda anchor: vocabulary.setdefault(anchor, len(vocabulary))),
        _numbered(_anchors(second, languages[::-1], _itself if similarity else None), vocabulary.get),
    ]
    on_both = np.bincount(found[1][1], minlength=len(vocabulary)) > 0
    a, b = (
        _side(segments, language, _those(on_both, *found.pop(0)), place)  # popped, for they are large
        for segments, language, place in zip((first, second), languages, places, strict=True)
    )
    model = _expected([anchor for anchor, both in zip(vocabulary, on_both, strict=True) if both], languages)
    chain = beads.search(a, b, model)
    model = beads.refined(a, b, model, chain)
    return list(_links(list(_apart(a, b, model, beads.searched_again(a, b, model, chain)))))


def _side(
    segments: Sequence[Segment], language: str, anchors: tuple[_Numbers, _Numbers], places: Sequence[int]
) -> beads.Side:
    """Segments as the units of a side."""
    texts, lengths = [one.text for one in segments], [_length(one, language) for one in segments]
    kinds = seams(texts, language)
    return beads.side(lengths, kinds, sentences(texts, kinds), *anchors, places)


def _expected(anchors: Iterable[str], languages: tuple[str, str]) -> beads.Model:
    """The model before anything is known of the texts but their languages."""
    known = [expected(anchor, *languages) for anchor in anchors]
    rates, *shares = np.array(known, np.float64).reshape(-1, 3).T
    joined = np.array(JOINED)
    variance = max(_VARIANCE.get(language, _VARIANCE_ELSE) for language in languages)
    return beads.Model(rates, (shares[0], shares[1]), (joined, joined), variance)


def _language(segments: Sequence[Segment]) -> str:
    """The commonest language."""
    counts = Counter(one.language for one in segments)
    return max(counts, key=counts.__getitem__, default="und")


def _length(segment: Segment, language: str) -> float:
    """The length that a text has in English, in letters, without what is the same in all languages."""
    verbatim = sum(size(segment.text[span.start : span.end]) for span in segment.spans if span.kind in VERBATIM)
    return max(1, size(segment.text) - verbatim) * math.exp(-LENGTH.get(language, 0.0))


def _itself(texts: Sequence[str], source: str, target: str) -> Sequence[str]:
    """The translation of a text into its own language."""
    return texts


def _anchors(segments: Sequence[Segment], languages: tuple[str, str], similarity: Similarity | None) -> Iterator[set[str]]:
    """The anchors of each segment, those of its translation besides."""
    language, other = languages
    translations = similarity([one.text for one in segments], language, other) if similarity else repeat("")
    compared = language if similarity is _itself else other
    for segment, translation in zip(segments, translations, strict=False):
        yield anchors(segment, language, other) | translated(translation, compared)


def _numbered(found: Iterable[set[str]], number: Callable[[str], int | None]) -> tuple[_Numbers, _Numbers]:
    """For each anchor of each segment the segment and the number of the anchor; those without a number are left out."""
    rows, numbers = array("i"), array("i")
    for row, anchors_of_row in enumerate(found):
        for anchor in anchors_of_row:
            if (n := number(anchor)) is not None:
                rows.append(row)
                numbers.append(n)
    return np.frombuffer(rows, np.int32), np.frombuffer(numbers, np.int32)


def _those(kept: NDArray[np.bool_], rows: _Numbers, ids: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Those anchors that are kept, numbered anew."""
    which = kept[ids]
    return rows[which], (np.cumsum(kept) - 1).astype(np.int32)[ids[which]]


def _apart(a: beads.Side, b: beads.Side, model: beads.Model, chain: Sequence[beads.Bead]) -> Iterator[beads.Bead]:
    """The chain with those beads of several units that are likely wrong aligned again, unit by unit."""
    for bead, probability in zip(chain, _probabilities(chain), strict=True):
        if probability >= _UNLIKELY or min(bead.taken, bead.given) == 0 or bead.taken + bead.given == 2:
            yield bead
            continue
        inside = beads.part(a, bead.first, bead.taken), beads.part(b, bead.second, bead.given)
        again = beads.search(*inside, model, shapes=((1, 1),))
        for one, sure in zip(again, _probabilities(again), strict=True):
            placed = one._replace(first=bead.first + one.first, second=bead.second + one.second)
            if one.taken and one.given and sure < _LIKELY:
                yield placed._replace(given=0, score=0.0)
                yield placed._replace(first=placed.first + 1, taken=0, score=0.0)
            else:
                yield placed


def _links(chain: Sequence[beads.Bead]) -> Iterator[Link]:
    """The chain as links, those taken apart that are more likely wrong than right."""
    for bead, probability in zip(chain, _probabilities(chain), strict=True):
        first = tuple(range(bead.first, bead.first + bead.taken))
        second = tuple(range(bead.second, bead.second + bead.given))
        if probability >= _UNLIKELY:
            yield Link(first, second, probability)
        else:
            yield from (Link((k,), (), 0.0) for k in first)
            yield from (Link((), (k,), 0.0) for k in second)


def _probabilities(chain: Sequence[beads.Bead]) -> Iterator[float]:
    """How probable it is that each bead of a chain is right, 0 where it has one side only."""
    paired = [bool(bead.taken and bead.given) for bead in chain]
    for i, bead in enumerate(chain):
        alone = (i > 0 and not paired[i - 1]) + (i + 1 < len(chain) and not paired[i + 1])
        yield _probability(bead, alone) if paired[i] else 0.0


def _probability(bead: beads.Bead, alone: int) -> float:
    """How probable it is that a bead is right; ``alone`` of the two beads beside it have no partner."""
    odds = _PAIR + _SCORE * bead.score - _BESIDE_ALONE * alone - _MERGED * (bead.taken + bead.given - 2)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
