"""The dynamic programme of alignment: two lists of units, and which stretches of them say the same.

A *bead* is a stretch of each list: one sentence for one, two for one, none for one, and so on (Gale and Church 1993).
Its score, in nats, is how much likelier the two stretches are as translations of each other than as any two stretches:

* by their lengths, whose ratio is log-normal in translations;
* by the *anchors* that both have or only one has. An anchor is a number that stands for something two languages can share
  (:mod:`diglot.pipeline.align.anchors`); one that is rare in both lists says much when both stretches have it;
* by how many sentences end in them, which is the same in most translations that have marks;
* by the seams inside them: whether a sentence goes on from unit to unit (:mod:`diglot.pipeline.align.seams`);
* by their places, where the structure of a document already says which stretch belongs to which.

The best chain of beads is found in a band. The band comes from the same search over the lists with their units joined two
by two, and so on down to lists short enough to be searched whole: time and memory are linear in the length. How often each
anchor carries over, how lengths compare and how often units are joined at each kind of seam is estimated again from the
beads of a first pass (:func:`refined`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bead", "Model", "Side", "part", "refined", "search", "searched_again", "side"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]  # of rows and anchors, of which a long text has millions
Kinds = NDArray[np.int8]

_SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (2, 3), (3, 2))
_COARSE_SHAPES = _SHAPES[:3]
_PRIOR = dict(zip(_SHAPES, map(math.log, (0.7, 0.08, 0.08, 0.01, 0.002, 0.002, 0.002, 0.002)), strict=True))
_SKIP = math.log(0.07)
_LONGEST = 3
# Anchors lean on one another, so their sum says too much. One that both have counts if it says so much at least.
_SHARED_WEIGH, _ALONE_WEIGH, _TELLING = 0.5, 0.45, 0.3
# An anchor says less in a long stretch, where it stands by chance: by so many nats for a length of e times the mean.
_DILUTION, _SHORT = 0.25, 0.5
_TOO_COMMON = 0.5
# How many units the expected shares count for: in a short text any anchor is in a large share of the units.
_ELSEWHERE = 30
_FURTHEST = 6.0
_ASTRAY, _FARTHEST_ASTRAY = 4.0, 2.0  # nats for each place that a bead is off
_MOST_UNEVEN, _SAMPLED = 4, 100  # sentences more on one side; stretches that any other is compared with
# How many seams the expected rates count for, and the rate at which a seam says nothing.
_SEAMS_EXPECTED, _JOIN = 80, 0.1
_SURE = 3.0  # nats
_WHOLE, _MARGIN = 120, 10  # units that are searched without a band; units that a band is wide on each side
_CELLS, _AT_ONCE = 4_000, 1_000_000  # cells that are scored, anchors that are compared at a time
_RARE = 0.05  # the share of units above which an anchor does not guide the search over joined units
_NEVER = -1e30
_IN_SECOND = -1


class Bead(NamedTuple):
    """Units ``[first, first + taken)`` of one list and ``[second, second + given)`` of the other, and their score."""

    first: int
    taken: int
    second: int
    given: int
    score: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two lists: what is known of its units.

    ``lengths`` are comparable between the sides; ``places`` say where units belong by the document's structure; ``seams``
    are of what kind the seam behind each unit is, ``sentences`` how many end in it. Unit ``rows[k]`` has the anchor
    ``ids[k]``; ordered by row, then by id, none twice. ``fresh[k]`` says that the unit before does not have it.
    """

    lengths: Floats
    places: Floats
    seams: Kinds
    sentences: Floats
    rows: Numbers
    ids: Numbers
    fresh: Flags

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, slots=True)
class Model:
    """How often each anchor of one side is on the other too; in what share of the units of each side it is to be expected;
    how often units of each side are joined at each kind of seam; how the logarithm of the ratio of lengths is spread; how
    many nats each sentence costs that ends on one side alone.
    """

    rates: Floats
    shares: tuple[Floats, Floats]
    joined: tuple[Floats, Floats]
    variance: float
    shift: float = 0.0
    uneven: float = 0.0


class _Weights(NamedTuple):
    """What each anchor says: where both stretches have it, beyond what it says of each; where one of them has it."""

    both: Floats
    first: Floats
    second: Floats


class _Band(NamedTuple):
    """For each node of the first list ``[low, high)`` of the nodes of the second that are looked at; both never fall."""

    low: Integers
    high: Integers


def side(
    lengths: Sequence[float], seams: Kinds, sentences: Floats, rows: Numbers, ids: Numbers, places: Sequence[int] = ()
) -> Side:
    """The units of one list: what :class:`Side` says of each, and which has which anchor, in any order."""
    where = np.asarray(places, np.float64) if len(places) else np.zeros(len(lengths))
    return _side(np.asarray(lengths, np.float64), where, seams, sentences, rows, ids)


def part(whole: Side, start: int, count: int) -> Side:
    """Some neighbouring units of a list as a list of their own."""
    here = slice(start, start + count)
    low, high = np.searchsorted(whole.rows, np.array([start, start + count], whole.rows.dtype))
    rows = whole.rows[low:high] - whole.rows.dtype.type(start)
    seams, sentences = whole.seams[here], whole.sentences[here]
    return _side(whole.lengths[here], whole.places[here], seams, sentences, rows, whole.ids[low:high])


def search(first: Side, second: Side, model: Model, *, shapes: Sequence[tuple[int, int]] = _SHAPES) -> list[Bead]:
    """The best chain of beads; together they hold every unit once, in order. A unit without partner is a bead alone."""
    if max(len(first), len(second)) <= _WHOLE:
        return _chain(first, second, model, _whole(len(first), len(second)), shapes)
    coarse = search(*_rare(_halved(first), _halved(second)), model, shapes=_COARSE_SHAPES)
    return _chain(first, second, model, _around(coarse, 2, len(first), len(second)), shapes)


def searched_again(first: Side, second: Side, model: Model, beads: Sequence[Bead]) -> list[Bead]:
    """The best chain of beads, near one that was found with another model."""
    if max(len(first), len(second)) <= _WHOLE:
        return search(first, second, model)
    return _chain(first, second, model, _around(beads, 1, len(first), len(second)), _SHAPES)


# -------------------------------------------------------------------------------------------------------------- the model


def refined(first: Side, second: Side, model: Model, beads: Sequence[Bead]) -> Model:
    """The model as the beads of a first pass show it, near the old one where they show little."""
    pairs = [bead for bead in beads if bead.taken and bead.given]
    if not pairs:
        return model
    shift, variance = _spread(first, second, model, pairs)
    sure = [bead for bead in pairs if bead.score > _SURE]  # else menus, joined by chance, would teach that all is joined
    joined = (
        _joined(first.seams, model.joined[0], [(bead.first, bead.taken) for bead in sure]),
        _joined(second.seams, model.joined[1], [(bead.second, bead.given) for bead in sure]),
    )
    rates, uneven = _carried(first, second, model, pairs), _uneven(first, second, sure)
    return Model(rates, model.shares, joined, variance, shift, uneven)


def _spread(first: Side, second: Side, model: Model, pairs: Sequence[Bead]) -> tuple[float, float]:
    """Middle and variance of the ratios of lengths: as if there were ten, twenty pairs of the old model besides."""
    here, there = _totals(first.lengths, second.lengths, pairs)
    ratios = np.log(there / here)
    shift = (float(np.median(ratios)) * len(pairs) + 10 * model.shift) / (len(pairs) + 10)
    excess = np.minimum((ratios - shift) ** 2 - 1 / np.minimum(here, there), 0.5).sum()
    return shift, max(0.005, (float(excess) + 20 * model.variance) / (len(pairs) + 20))


def _uneven(first: Side, second: Side, pairs: Sequence[Bead]) -> float:
    """What a sentence more on one side costs: much where pairs are more even than any two stretches are, nothing where a
    text has no marks to tell sentences by. How much they differ is geometric, in pairs and by chance.
    """
    here, there = _totals(first.sentences, second.sentences, pairs)
    differences = np.abs(here - there).sum() + 1.0
    by_chance = np.abs(here[:, None] - there[:: len(there) // _SAMPLED + 1]).mean(1).sum() + 1.0 if pairs else 1.0
    shares = [each / (each + len(pairs) + 1) for each in (differences, by_chance)]
    return max(0.0, math.log(shares[1] / shares[0]))


def _totals(here: Floats, there: Floats, pairs: Sequence[Bead]) -> tuple[Floats, Floats]:
    """The sums of some values of the units on both sides of each pair."""
    sums = np.concatenate([[0], np.cumsum(here)]), np.concatenate([[0], np.cumsum(there)])
    first, taken, second, given = (np.array([bead[k] for bead in pairs], np.int64) for k in range(4))
    return sums[0][first + taken] - sums[0][first], sums[1][second + given] - sums[1][second]


def _joined(seams: Kinds, rates: Floats, stretches: Sequence[tuple[int, int]]) -> Floats:
    """How often the units beside a seam of each kind are in one bead."""
    inside = np.zeros(len(seams), np.bool_)
    for start, count in stretches:
        inside[start : start + count - 1] = True
    there, joined = np.bincount(seams, minlength=len(rates)), np.bincount(seams[inside], minlength=len(rates))
    learned: Floats = (joined + _SEAMS_EXPECTED * rates) / (there + _SEAMS_EXPECTED)
    return learned


def _carried(first: Side, second: Side, model: Model, pairs: Sequence[Bead]) -> Floats:
    """How often each anchor that is on one side of a pair is on both."""
    size = len(model.rates)
    here, there = np.full(len(first), -1), np.full(len(second), -1)
    for number, bead in enumerate(pairs):
        here[bead.first : bead.first + bead.taken] = number
        there[bead.second : bead.second + bead.given] = number
    a, b = _present(first, here, size), _present(second, there, size)
    counts = [np.bincount(each % size, minlength=size) for each in (a, b, np.intersect1d(a, b, assume_unique=True))]
    rates: Floats = np.clip((counts[2] + 4 * model.rates) / (np.minimum(counts[0], counts[1]) + 4), 0.05, 0.97)
    return rates


def _present(one: Side, numbers: Integers, size: int) -> Integers:
    """Pair and anchor as one number, for all anchors in pairs, each once."""
    of = numbers[one.rows]
    codes: Integers = of[of >= 0] * size + one.ids[of >= 0]
    return _distinct(codes)


def _weighed(first: Side, second: Side, model: Model) -> _Weights:
    """The logarithm of how much likelier it is in translations that both, one or none has an anchor."""
    size = len(model.rates)
    a, b = (
        np.minimum((np.bincount(one.ids, minlength=size) + _ELSEWHERE * share) / (len(one) + _ELSEWHERE), 0.98)
        for one, share in zip((first, second), model.shares, strict=True)
    )
    rarer = np.minimum(a, b)
    together = np.minimum(np.maximum(model.rates * rarer, 1.02 * a * b), 0.98 * rarer)
    only_a, only_b = np.log((a - together) / (a * (1 - b))), np.log((b - together) / (b * (1 - a)))
    both = np.log(together / (a * b)) - only_a - only_b
    silent = np.maximum(a, b) > _TOO_COMMON
    both, only_a, only_b = (np.where(silent, 0.0, each) for each in (both, only_a, only_b))
    return _Weights(_SHARED_WEIGH * both, _ALONE_WEIGH * only_a, _ALONE_WEIGH * only_b)


# -------------------------------------------------------------------------------------------------------------- the sides


def _side(lengths: Floats, places: Floats, seams: Kinds, sentences: Floats, rows: Numbers, ids: Numbers) -> Side:
    """Bring the anchors in order, each once a unit."""
    codes = rows.astype(np.int64)
    codes <<= 32  # in place: a long text has tens of millions
    codes |= ids
    codes = _distinct(codes)
    fresh = np.ones(len(codes), np.bool_)
    for start in range(0, len(codes), _AT_ONCE):
        before = codes[start : start + _AT_ONCE] - (1 << 32)
        fresh[start : start + _AT_ONCE] = codes[np.searchsorted(codes, before)] != before
    return Side(lengths, places, seams, sentences, (codes >> 32).astype(np.int32), codes.astype(np.int32), fresh)


def _distinct(codes: Integers) -> Integers:
    """In order, each once; sorted in place. ``np.unique`` hashes, and badly so codes that differ in high bits alone."""
    codes.sort()
    first = np.ones(len(codes), np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    return codes[first]


def _halved(one: Side) -> Side:
    """Units joined two by two. Their sentences are too many to tell anything."""
    size = (len(one) + 1) // 2
    pairs = np.arange(len(one)) // 2
    lengths: Floats = np.bincount(pairs, one.lengths, size).astype(np.float64)
    places = np.bincount(pairs, one.places, size) / np.bincount(pairs, minlength=size)
    seams = one.seams[np.minimum(np.arange(1, 2 * size, 2), len(one) - 1)]
    return _side(lengths, places, seams, np.zeros(size), one.rows // 2, one.ids)


def _rare(first: Side, second: Side) -> tuple[Side, Side]:
    """The sides without the anchors that are in many units: joined units have ever more of them, and they tell ever less."""
    size = 1 + max(int(one.ids.max(initial=0)) for one in (first, second))
    rare = np.ones(size, np.bool_)
    for one in (first, second):
        rare &= np.bincount(one.ids, minlength=size) <= max(1, _RARE * len(one))
    a, b = (
        replace(one, rows=one.rows[kept], ids=one.ids[kept], fresh=one.fresh[kept])
        for one in (first, second)
        for kept in [rare[one.ids]]
    )
    return a, b


# --------------------------------------------------------------------------------------------------------------- the band


def _whole(first: int, second: int) -> _Band:
    return _Band(np.zeros(first + 1, np.int64), np.full(first + 1, second + 1))


def _around(chain: Sequence[Bead], scale: int, first: int, second: int) -> _Band:
    """A band around a chain over these lists, or over them halved (``scale`` 2)."""
    low, high = np.full(first + 1, second), np.zeros(first + 1, np.int64)
    for bead in chain:
        rows = slice(scale * bead.first, scale * (bead.first + bead.taken) + scale)
        low[rows] = np.minimum(low[rows], scale * bead.second - _MARGIN)
        high[rows] = np.maximum(high[rows], scale * (bead.second + bead.given) + _MARGIN + scale)
    low = np.minimum.accumulate(np.maximum(low, 0)[::-1])[::-1].copy()
    high = np.maximum.accumulate(np.minimum(high, second + 1))
    low[0], high[-1] = 0, second + 1
    return _Band(low, high)


# ---------------------------------------------------------------------------------------------------------- the programme


@dataclass(frozen=True, slots=True)
class _Frame:
    """Nodes of the first list ``[start, end)`` with those of the second ``[left, right)`` that their band reaches, and
    the best values there. ``best[_LONGEST + i, _LONGEST + j]`` is of the nodes ``start + i`` and ``left + j``.
    """

    start: int
    end: int
    left: int
    right: int
    best: Floats

    @classmethod
    def after(cls, before: "_Frame | None", start: int, end: int, band: _Band) -> "_Frame":
        """The next frame, which knows the last rows of the one before."""
        left, right = int(band.low[max(start - _LONGEST, 0)]), int(band.high[end - 1])
        best = np.full((end - start + _LONGEST, right - left + _LONGEST), _NEVER)
        if before is not None:
            known = before.best[-_LONGEST:, left - before.left :]
            best[:_LONGEST, : known.shape[1]] = known
        return cls(start, end, left, right, best)


def _chain(first: Side, second: Side, model: Model, band: _Band, shapes: Sequence[tuple[int, int]]) -> list[Bead]:
    """The best chain within a band, by dynamic programming over the nodes between units."""
    offsets = np.concatenate([[0], np.cumsum(band.high - band.low)])
    back, scores = np.empty(offsets[-1], np.int8), np.empty(offsets[-1], np.float32)
    weights = _weighed(first, second, model)
    ends = _Ends.of(first, weights.first, model.joined[0]), _Ends.of(second, weights.second, model.joined[1])
    frame = None
    for start, end in _chunks(band):
        frame = _Frame.after(frame, start, end, band)
        gains = _gains(ends, _shared(first, second, weights.both, frame), model, frame, shapes)
        for node in range(start, end):
            cells = slice(offsets[node], offsets[node + 1])
            back[cells], scores[cells] = _advance(frame, node, band, gains, shapes)
    return _traced(len(first), len(second), band, offsets, back, scores, shapes)


def _chunks(band: _Band) -> Iterator[tuple[int, int]]:
    """The nodes of the first list in stretches with about so many cells."""
    start, nodes = 0, len(band.low)
    for node in range(1, nodes + 1):
        if node == nodes or (node + 1 - start) * (band.high[node] - band.low[start]) > _CELLS:
            yield start, node
            start = node


def _advance(
    frame: _Frame, node: int, band: _Band, gains: Floats, shapes: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], Floats]:
    """Find the best value of each cell of a row; how each came about: the number of a shape or of a skip, and its gain."""
    row, low, high = node - frame.start, int(band.low[node]) - frame.left, int(band.high[node]) - frame.left
    at, values = row + _LONGEST, np.empty((len(shapes) + 1, high - low))
    for number, (taken, given) in enumerate(shapes):
        reach = _LONGEST - given
        np.add(frame.best[at - taken, low + reach : high + reach], gains[number, row, low:high], out=values[number])
    np.add(frame.best[at - 1, low + _LONGEST : high + _LONGEST], _SKIP, out=values[-1])
    marks = values.argmax(0)
    best = values.max(0)
    if node == 0:
        best[0] = 0.0
    ramp = _SKIP * np.arange(high - low)
    run = np.maximum.accumulate(best - ramp) + ramp
    marks[run > best + 1e-9] = _IN_SECOND
    frame.best[at, low + _LONGEST : high + _LONGEST] = run
    return marks, gains[marks, row, np.arange(low, high)]


def _traced(
    first: int,
    second: int,
    band: _Band,
    offsets: Integers,
    back: NDArray[np.int8],
    scores: NDArray[np.float32],
    shapes: Sequence[tuple[int, int]],
) -> list[Bead]:
    """The beads of the best chain, from its end."""
    beads = []
    moves = [*shapes, (1, 0), (0, 1)]  # the number -1 is the last
    while first or second:
        cell = offsets[first] + second - band.low[first]
        taken, given = moves[back[cell]]
        first, second = first - taken, second - given
        beads.append(Bead(first, taken, second, given, float(scores[cell]) if taken and given else 0.0))
    return beads[::-1]


# ------------------------------------------------------------------------------------------------------------- the scores


class _Ends(NamedTuple):
    """What is known of the stretches of 1, 2 and 3 units that end at each node: (3, nodes). Where a stretch would begin
    before the list, the values mean nothing.
    """

    lengths: Floats  # their logarithms
    noise: Floats  # the share of the variance that comes from being short
    dilution: Floats
    begins: Floats  # the place of the first unit
    ends: Floats  # the place of the last one
    sentences: Floats
    alone: Floats  # what anchors say that the other side lacks, and what the seams inside say for joining

    @classmethod
    def of(cls, one: Side, weights: Floats, joined: Floats) -> "_Ends":
        """Of all stretches of a side."""
        said = np.bincount(one.rows, weights[one.ids], len(one))
        joining = np.log(joined / (1 - joined)) - math.log(_JOIN / (1 - _JOIN))
        anew: Floats = np.bincount(one.rows, weights[one.ids] * one.fresh, len(one)) + np.roll(joining[one.seams], 1)
        lengths, alone = _summed(one.lengths), _summed(anew)
        lengths[:, 0] = 1.0
        firsts = np.maximum(np.arange(len(one) + 1) - np.arange(1, _LONGEST + 1)[:, None], 0)
        alone += (said - anew)[firsts]
        dilution = _DILUTION * np.log(np.maximum(lengths / one.lengths.mean(), _SHORT))
        begins, sentences = one.places[firsts], _summed(one.sentences)
        ends = np.broadcast_to(begins[0], begins.shape)
        return cls(np.log(lengths), 1 / lengths, dilution, begins, ends, sentences, alone)


def _summed(values: Floats) -> Floats:
    """The sums of the 1, 2 and 3 values before each node; of fewer at the beginning."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    begins = np.maximum(np.arange(len(sums)) - np.arange(1, _LONGEST + 1)[:, None], 0)
    summed: Floats = sums - sums[begins]
    return summed


def _gains(
    ends: tuple[_Ends, _Ends], shared: Floats, model: Model, frame: _Frame, shapes: Sequence[tuple[int, int]]
) -> Floats:
    """The scores of all beads that end in a frame: (shapes + 1, rows, columns). The last is of a skip, and nothing."""
    gains = np.zeros((len(shapes) + 1, frame.end - frame.start, frame.right - frame.left))
    for number, (taken, given) in enumerate(shapes):
        a = _Ends(*(values[taken - 1, frame.start : frame.end, None] for values in ends[0]))
        b = _Ends(*(values[given - 1, frame.left : frame.right] for values in ends[1]))
        said, count = _both(shared, taken, given)
        anchors = said - count * (a.dilution + b.dilution) + a.alone + b.alone
        noise = np.maximum(a.noise, b.noise)
        lengths = _by_length(b.lengths - a.lengths - model.shift, model.variance + noise)
        # At most so far astray, so that a place counted wrongly in a long document is no wall.
        astray = _ASTRAY * np.minimum(np.maximum(a.ends - b.begins, b.ends - a.begins), _FARTHEST_ASTRAY)
        uneven = model.uneven * np.minimum(np.abs(a.sentences - b.sentences), _MOST_UNEVEN)
        gains[number] = anchors + lengths + _PRIOR[taken, given] - astray - uneven
    return gains


def _both(shared: Floats, taken: int, given: int) -> Floats:
    """What :func:`_shared` says, of stretches: (2, rows, columns) of the frame."""
    height, width = (size - _LONGEST + 1 for size in shared.shape[-2:])
    both = np.zeros((2, height, width))
    for i in range(_LONGEST - taken, _LONGEST):
        for j in range(_LONGEST - given, _LONGEST):
            fresh = int(i > _LONGEST - taken), int(j > _LONGEST - given)
            both += shared[fresh][:, i : i + height, j : j + width]
    return both


def _by_length(ratio: Floats, variance: Floats) -> Floats:
    """The logarithm of how much likelier a ratio of lengths is in a translation than in any two stretches."""
    fit = -np.minimum(ratio**2 / (2 * variance), _FURTHEST) - 0.5 * np.log(variance) + 0.5 * ratio**2
    return np.maximum(fit, -_FURTHEST)


def _shared(first: Side, second: Side, weights: Floats, frame: _Frame) -> Floats:
    """What the anchors say that two units both have, and how many they are: (2, 2, 2, units, units of the second list).

    The units are those that beads ending in the frame can hold, from ``_LONGEST`` before its first node on. Along the first
    two axes, one for each list, stand all anchors of a unit, and then only those that the unit before does not have: so a
    sum over the units of a stretch counts each anchor once.
    """
    a = _cut(first, frame.start - _LONGEST, frame.end - 1)
    b = _cut(second, frame.left - _LONGEST, frame.right - 1)
    here, there = _matches(a.ids, b.ids, weights)
    height, width = frame.end - frame.start + _LONGEST - 1, frame.right - frame.left + _LONGEST - 1
    cells, gains = a.rows[here] * width + b.rows[there], weights[a.ids[here]]
    shared, everywhere = np.empty((2, 2, 2, height, width)), np.ones(len(cells), np.bool_)
    for i, fresh_here in enumerate((everywhere, a.fresh[here])):
        for j, fresh_there in enumerate((everywhere, b.fresh[there])):
            fresh = fresh_here & fresh_there
            for k, values in enumerate((gains * fresh, fresh)):
                shared[i, j, k] = np.bincount(cells, values, height * width).reshape(height, width)
    return shared


def _matches(first: Numbers, second: Numbers, weights: Floats) -> tuple[Integers, Integers]:
    """The places in two arrays of anchors at which they are the same, where it tells something."""
    telling = np.flatnonzero(weights[first] > _TELLING)
    order = np.argsort(second, kind="stable")
    start = np.searchsorted(second[order], first[telling])
    counts = np.searchsorted(second[order], first[telling], "right") - start
    places = np.arange(counts.sum()) + np.repeat(start - np.cumsum(counts) + counts, counts)
    return np.repeat(telling, counts), order[places]


class _Held(NamedTuple):
    """The anchors of some units, with the number of the unit among them."""

    rows: Integers
    ids: Numbers
    fresh: Flags


def _cut(one: Side, start: int, end: int) -> _Held:
    """The anchors of the units ``[start, end)``, of which some may be before the list."""
    low, high = np.searchsorted(one.rows, np.array((start, end), one.rows.dtype))  # of another type, all would be copied
    return _Held(one.rows[low:high].astype(np.int64) - start, one.ids[low:high], one.fresh[low:high])
