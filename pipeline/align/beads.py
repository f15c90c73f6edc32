"""The dynamic programme of alignment: two lists of units, and which stretches of them say the same.

A *bead* is a stretch of each list: one sentence for one, two for one, none for one, and so on (Gale and Church 1993).
Its score, in nats, is how much likelier the two stretches are as translations of each other than as any two stretches:

* by their lengths, whose ratio is log-normal in translations;
* by the *anchors* that both have or only one has. An anchor is a number that stands for something two languages can share
  (:mod:`diglot.pipeline.align.anchors`); one that is rare in both lists says much when both stretches have it;
* by their places, where the structure of a document already says which stretch belongs to which.

The best chain of beads is found in a band. The band comes from the same search over the lists with their units joined two
by two, and so on down to lists short enough to be searched whole: time and memory are linear in the length. The band is
scored some thousand cells at a time. How often each kind of anchor carries over, and how lengths compare, is estimated
again from the beads of the first pass (:func:`refined`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bead", "Model", "Side", "refined", "search", "side"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]  # of rows and anchors, of which a long text has tens of millions

_SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (2, 3), (3, 2))
_COARSE_SHAPES = _SHAPES[:3]
_PRIOR = dict(zip(_SHAPES, map(math.log, (0.7, 0.08, 0.08, 0.004, 0.006, 0.006, 0.002, 0.002)), strict=True))
_SKIP = math.log(0.07)
_LONGEST = 3
# Anchors lean on one another, so their sum says too much.
_ANCHORS_WEIGH = 0.5
# An anchor says less in a long stretch, where it stands by chance: this power of the length beside the mean.
_DILUTION, _SHORT = 0.4, math.log(0.5)
_TOO_COMMON = 0.5
# How many units the expected shares count for: in a short text any anchor is in a large share of the units.
_ELSEWHERE = 30
_FURTHEST = 8.0
_ASTRAY, _FARTHEST_ASTRAY = 4.0, 2.0  # nats for each place that a bead is off
_WHOLE, _MARGIN = 120, 10  # units that are searched without a band; units that a band is wide on each side
_CELLS = 50_000
_NEVER = -1e30
_IN_FIRST, _IN_SECOND, _START = -2, -3, -1


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

    ``lengths`` are comparable between the sides; ``places`` say where units belong by the document's structure. Unit
    ``rows[k]`` has the anchor ``ids[k]``; ordered by row, then by id, none twice.
    """

    lengths: Floats
    places: Floats
    rows: Numbers
    ids: Numbers

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, slots=True)
class Model:
    """How often each anchor of one side is on the other too; in what share of the units of each side it is to be expected;
    how the logarithm of the ratio of lengths is spread.
    """

    rates: Floats
    shares: tuple[Floats, Floats]
    variance: float
    shift: float = 0.0


class _Weights(NamedTuple):
    """What each anchor says: where both stretches have it, beyond what it says of each; where one of them has it."""

    both: Floats
    first: Floats
    second: Floats
    mean_first: float
    mean_second: float


class _Band(NamedTuple):
    """For each node of the first list ``[low, high)`` of the nodes of the second that are looked at."""

    low: Integers
    high: Integers


def side(
    lengths: Sequence[float], rows: Numbers, ids: Numbers, taken: NDArray[np.bool_], places: Sequence[int] = ()
) -> Side:
    """The units of one list: their lengths, which has which anchor, which anchors count at all, their places.

    The anchors that count are numbered anew, from 0.
    """
    where = np.asarray(places, np.float64) if len(places) else np.zeros(len(lengths))
    kept = taken[ids]
    return _side(np.asarray(lengths, np.float64), where, rows[kept], (np.cumsum(taken) - 1).astype(np.int32)[ids[kept]])


def search(first: Side, second: Side, model: Model, *, shapes: Sequence[tuple[int, int]] = _SHAPES) -> list[Bead]:
    """The best chain of beads; together they hold every unit once, in order. A unit without partner is a bead alone."""
    if max(len(first), len(second)) <= _WHOLE:
        return _chain(first, second, model, _whole(len(first), len(second)), shapes)
    halves = _halved(first), _halved(second)
    coarse = search(*halves, model, shapes=_COARSE_SHAPES)
    return _chain(first, second, model, _around(coarse, len(first), len(second)), shapes)


def refined(first: Side, second: Side, model: Model, beads: Sequence[Bead]) -> Model:
    """The model as the beads of a first pass show it, near the old one where they show little."""
    pairs = [bead for bead in beads if bead.taken and bead.given]
    if not pairs:
        return model
    shift, variance = _spread(first, second, model, pairs)
    return replace(model, rates=_carried(first, second, model, pairs), shift=shift, variance=variance)


def _spread(first: Side, second: Side, model: Model, pairs: Sequence[Bead]) -> tuple[float, float]:
    """Middle and variance of the ratios of lengths: as if there were ten, twenty pairs of the old model besides."""
    here = np.array([first.lengths[b.first : b.first + b.taken].sum() for b in pairs])
    there = np.array([second.lengths[b.second : b.second + b.given].sum() for b in pairs])
    ratios = np.log(there / here)
    shift = (float(np.median(ratios)) * len(pairs) + 10 * model.shift) / (len(pairs) + 10)
    excess = np.minimum((ratios - shift) ** 2 - 1 / np.minimum(here, there), 0.5).sum()
    return shift, max(0.005, (float(excess) + 20 * model.variance) / (len(pairs) + 20))


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


def _distinct(codes: Integers) -> Integers:
    """In order, each once; sorted in place. ``np.unique`` hashes, and badly so codes that differ in high bits alone."""
    codes.sort()
    first = np.ones(len(codes), np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    return codes[first]


def _side(lengths: Floats, places: Floats, rows: Numbers, ids: Numbers) -> Side:
    """Bring the anchors in order, each once a unit."""
    codes = _distinct(rows.astype(np.int64) << 32 | ids)
    return Side(lengths, places, (codes >> 32).astype(np.int32), codes.astype(np.int32))


def _halved(one: Side) -> Side:
    """Units joined two by two."""
    size = (len(one) + 1) // 2
    pairs = np.arange(len(one)) // 2
    lengths: Floats = np.bincount(pairs, one.lengths, size).astype(np.float64)
    places = np.bincount(pairs, one.places, size) / np.bincount(pairs, minlength=size)
    return _side(lengths, places, one.rows // 2, one.ids)


def _cut(one: Side, start: int, end: int) -> Side:
    """Units ``[start, end)``."""
    low, high = np.searchsorted(one.rows, (start, end))
    return Side(one.lengths[start:end], one.places[start:end], one.rows[low:high] - start, one.ids[low:high])


def _spanned(one: Side, count: int) -> Side:
    """All stretches of so many units: stretch ``i`` begins with unit ``i``."""
    if count == 1:
        return one
    size = max(len(one) - count + 1, 0)
    lengths = np.sum([one.lengths[k : k + size] for k in range(count)], axis=0)
    places = np.mean([one.places[k : k + size] for k in range(count)], axis=0)
    rows = np.concatenate([one.rows - k for k in range(count)])
    inside = (rows >= 0) & (rows < size)
    return _side(lengths, places, rows[inside], np.tile(one.ids, count)[inside])


def _whole(first: int, second: int) -> _Band:
    return _Band(np.zeros(first + 1, np.int64), np.full(first + 1, second + 1))


def _around(coarse: Sequence[Bead], first: int, second: int) -> _Band:
    """A band around a chain over the halved lists."""
    low, high = np.full(first + 1, second), np.zeros(first + 1, np.int64)
    for bead in coarse:
        rows = slice(2 * bead.first, 2 * (bead.first + bead.taken) + 2)
        low[rows] = np.minimum(low[rows], 2 * bead.second - _MARGIN)
        high[rows] = np.maximum(high[rows], 2 * (bead.second + bead.given) + _MARGIN + 2)
    low = np.minimum.accumulate(np.maximum(low, 0)[::-1])[::-1].copy()
    high = np.maximum.accumulate(np.minimum(high, second + 1))
    low[0], high[-1] = 0, second + 1
    return _Band(low, high)


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
    return _Weights(both, only_a, only_b, float(first.lengths.mean()), float(second.lengths.mean()))


def _chain(first: Side, second: Side, model: Model, band: _Band, shapes: Sequence[tuple[int, int]]) -> list[Bead]:
    """The best chain within a band, by dynamic programming over the nodes between units."""
    offsets = np.concatenate([[0], np.cumsum(band.high - band.low)])
    back = np.full(offsets[-1], _START, np.int8)
    scores = np.zeros(offsets[-1], np.float32)
    best: dict[int, Floats] = {}
    weights = _weighed(first, second, model)
    for start, end in _chunks(band):
        scored = _scores(first, second, model, weights, band, start, end, shapes)
        for node in range(start, end):
            here = slice(offsets[node], offsets[node + 1])
            values = best.pop(node, None)
            if values is None:
                values = np.full(band.high[node] - band.low[node], _NEVER)
            if node == 0:
                values[0] = 0.0
            _skip_second(values, back[here])
            _skip_first(values, node, band, best, back, offsets)
            for number, shape in enumerate(shapes):
                if shape in scored:
                    _extend(values, node, shape, number, scored[shape], start, band, best, back, scores, offsets)
    return _traced(len(first), len(second), band, offsets, back, scores, shapes)


def _chunks(band: _Band) -> Iterator[tuple[int, int]]:
    """The nodes of the first list in stretches with about so many cells."""
    start, cells, nodes = 0, 0, len(band.low)
    for node in range(nodes):
        cells += int(band.high[node] - band.low[node])
        if cells >= _CELLS or node == nodes - 1:
            yield start, node + 1
            start, cells = node + 1, 0


def _skip_second(values: Floats, back: NDArray[np.int8]) -> None:
    """Let units of the second list stand alone."""
    ramp = _SKIP * np.arange(len(values))
    run = np.maximum.accumulate(values - ramp) + ramp
    back[run > values + 1e-9] = _IN_SECOND
    values[:] = run


def _skip_first(
    values: Floats, node: int, band: _Band, best: dict[int, Floats], back: NDArray[np.int8], offsets: Integers
) -> None:
    """Let the next unit of the first list stand alone."""
    if node + 1 < len(band.low):
        _offer(values + _SKIP, int(band.low[node]), node + 1, _IN_FIRST, band, best, back, offsets)


class _Scored(NamedTuple):
    """The scores of all beads of one shape that begin at the nodes of a chunk; ``low`` is where each row begins."""

    values: Floats
    low: Integers
    offsets: Integers
    prior: float


def _extend(
    values: Floats,
    node: int,
    shape: tuple[int, int],
    number: int,
    scored: _Scored,
    start: int,
    band: _Band,
    best: dict[int, Floats],
    back: NDArray[np.int8],
    scores: NDArray[np.float32],
    offsets: Integers,
) -> None:
    """Put beads of one shape behind the chains that end at a node."""
    row = node - start
    if row >= len(scored.low):
        return
    gain = scored.values[scored.offsets[row] : scored.offsets[row + 1]]
    low = int(scored.low[row])
    reached = values[low - band.low[node] :][: len(gain)] + gain + scored.prior
    taken, given = shape
    won, cells = _offer(reached, low + given, node + taken, number, band, best, back, offsets)
    if won is not None:
        scores[cells][won] = gain[: len(reached)][_inside(low + given, len(reached), node + taken, band)][won]


def _inside(low: int, size: int, node: int, band: _Band) -> slice:
    """The part of ``size`` values from ``low`` on that is in the band of a node."""
    return slice(max(int(band.low[node]) - low, 0), max(min(int(band.high[node]) - low, size), 0))


def _offer(
    reached: Floats,
    low: int,
    node: int,
    mark: int,
    band: _Band,
    best: dict[int, Floats],
    back: NDArray[np.int8],
    offsets: Integers,
) -> tuple[NDArray[np.bool_] | None, slice]:
    """Offer values for the nodes from ``low`` on; say which of them were the best so far, and in which cells."""
    inside = _inside(low, len(reached), node, band)
    reached = reached[inside]
    if not len(reached):
        return None, slice(0)
    if node not in best:
        best[node] = np.full(band.high[node] - band.low[node], _NEVER)
    at = low + inside.start - int(band.low[node])
    known = best[node][at : at + len(reached)]
    won = reached > known
    known[won] = reached[won]
    cells = slice(int(offsets[node]) + at, int(offsets[node]) + at + len(reached))
    back[cells][won] = mark
    return won, cells


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
    while first or second:
        cell = offsets[first] + second - band.low[first]
        mark = int(back[cell])
        taken, given = (1, 0) if mark == _IN_FIRST else (0, 1) if mark == _IN_SECOND else shapes[mark]
        first, second = first - taken, second - given
        beads.append(Bead(first, taken, second, given, float(scores[cell]) if mark >= 0 else 0.0))
    return beads[::-1]


def _scores(
    first: Side,
    second: Side,
    model: Model,
    weights: _Weights,
    band: _Band,
    start: int,
    end: int,
    shapes: Sequence[tuple[int, int]],
) -> dict[tuple[int, int], _Scored]:
    """The scores of all beads that begin at the nodes ``[start, end)`` of the band."""
    left, right = int(band.low[start:end].min()), int(band.high[start:end].max())
    rows = _cut(first, start, min(end - 1 + _LONGEST, len(first)))
    columns = _cut(second, left, min(right - 1 + _LONGEST, len(second)))
    spans = [[_spanned(one, count) for count in range(1, _LONGEST + 1)] for one in (rows, columns)]
    scored = {}
    for shape in shapes:
        a, b = spans[0][shape[0] - 1], spans[1][shape[1] - 1]
        size = min(end - start, len(a))
        if not size or not len(b):
            continue
        low = np.clip(band.low[start : start + size] - left, 0, len(b))
        high = np.clip(band.high[start : start + size] - left, low, len(b))
        values, offsets = _score(_cut(a, 0, size), b, low, high, model, weights)
        scored[shape] = _Scored(values, low + left, offsets, _PRIOR[shape])
    return scored


def _score(a: Side, b: Side, low: Integers, high: Integers, model: Model, weights: _Weights) -> tuple[Floats, Integers]:
    """The score of each stretch ``i`` of one side with each of ``[low[i], high[i])`` of the other, one after the other."""
    width = high - low
    offsets = np.concatenate([[0], np.cumsum(width)])
    i = np.repeat(np.arange(len(a)), width)
    j = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - low, width)
    # At most so far astray, so that a place counted wrongly in a long document is no wall.
    astray = np.minimum(np.abs(a.places[i] - b.places[j]), _FARTHEST_ASTRAY)
    alone = [np.bincount(s.rows, w[s.ids], len(s)) for s, w in ((a, weights.first), (b, weights.second))]
    anchors = _shared(a, b, low, high, offsets, weights) + alone[0][i] + alone[1][j]
    by_length = _by_length(a.lengths[i], b.lengths[j], model)
    values: Floats = _ANCHORS_WEIGH * anchors + by_length - _ASTRAY * astray
    return values, offsets


def _shared(a: Side, b: Side, low: Integers, high: Integers, offsets: Integers, weights: _Weights) -> Floats:
    """For each cell what the anchors say that both have."""
    telling = weights.both[a.ids] != 0
    rows, ids = a.rows[telling], a.ids[telling].astype(np.int64)
    order = np.lexsort((b.rows, b.ids))
    b_rows = b.rows[order]
    codes = b.ids[order].astype(np.int64) * (len(b) + 1) + b_rows
    start = np.searchsorted(codes, ids * (len(b) + 1) + low[rows])
    counts = np.searchsorted(codes, ids * (len(b) + 1) + high[rows]) - start
    which = np.repeat(np.arange(len(rows)), counts)
    found = b_rows[np.arange(counts.sum()) + np.repeat(start - np.cumsum(counts) + counts, counts)]
    dilution = _dilution(a, weights.mean_first)[rows][which] + _dilution(b, weights.mean_second)[found]
    values = np.maximum(weights.both[ids][which] - dilution, 0)
    cells = offsets[rows][which] + found - low[rows][which]
    shared: Floats = np.bincount(cells, values, int(offsets[-1])).astype(np.float64)
    return shared


def _dilution(one: Side, mean: float) -> Floats:
    diluted: Floats = _DILUTION * np.maximum(np.log(one.lengths / mean), _SHORT)
    return diluted


def _by_length(a: Floats, b: Floats, model: Model) -> Floats:
    """The logarithm of how much likelier two lengths are in a translation than in any two stretches."""
    ratio = np.log(b / a) - model.shift
    variance = model.variance + 1 / np.minimum(a, b)
    fit = -np.minimum(ratio**2 / (2 * variance), _FURTHEST) - 0.5 * np.log(variance) + 0.5 * ratio**2
    return np.maximum(fit, -_FURTHEST)
