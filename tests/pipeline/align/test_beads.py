from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline.align.beads import Bead, Model, Side, part, refined, search, searched_again, side

ANCHORS = 6

UNITS = st.lists(
    st.tuples(st.integers(1, 60), st.sets(st.integers(0, ANCHORS - 1), max_size=4), st.integers(0, 2)),
    min_size=1,
    max_size=9,
)


def made(units: Sequence[tuple[int, set[int], int]]) -> Side:
    """A side of units: length, anchors, kind of the seam behind."""
    rows = [(i, anchor) for i, (_, anchors, _) in enumerate(units) for anchor in anchors]
    numbers = np.array(rows, np.int32).reshape(-1, 2).T
    seams = np.array([seam for *_, seam in units], np.int8)
    return side([length for length, *_ in units], seams, np.ones(len(units)), numbers[0], numbers[1])


def model() -> Model:
    joined = np.array([0.08, 0.6, 0.13])
    return Model(np.full(ANCHORS, 0.6), (np.full(ANCHORS, 0.05), np.full(ANCHORS, 0.05)), (joined, joined), 0.05)


def units_of(chain: Sequence[Bead]) -> tuple[list[int], list[int]]:
    return (
        [i for bead in chain for i in range(bead.first, bead.first + bead.taken)],
        [j for bead in chain for j in range(bead.second, bead.second + bead.given)],
    )


@settings(max_examples=100)
@given(UNITS, UNITS)
def test_a_chain_holds_every_unit_once(
    first: list[tuple[int, set[int], int]], second: list[tuple[int, set[int], int]]
) -> None:
    a, b = made(first), made(second)
    chain = search(a, b, model())
    again = searched_again(a, b, refined(a, b, model(), chain), chain)
    for each in (chain, again):
        assert units_of(each) == (list(range(len(a))), list(range(len(b))))


def only(a: Side, b: Side) -> float:
    """The score of the bead that holds all of both sides."""
    (bead,) = search(a, b, model(), shapes=[(len(a), len(b))])
    return bead.score


@pytest.mark.parametrize(("taken", "given"), [*product((1, 2), (1, 2)), (1, 3), (3, 1)])
def test_an_anchor_of_several_units_counts_once(taken: int, given: int) -> None:
    """Whether one unit of a stretch has an anchor or all of them have it."""

    def score(here: set[int], there: set[int], everywhere: bool) -> float:
        """Of two stretches of the same length whose first units, or all of them, have these anchors."""
        sides = (
            made([(60 // count, anchors if everywhere or i == 0 else set(), 0) for i in range(count)])
            for count, anchors in ((taken, here), (given, there))
        )
        return only(*sides)

    once, none, many = score({0}, {0}, False), score({1}, {2}, True), score({0}, {0}, True)
    assert many > none
    # It is commoner on the sides where every unit has it, and so says a little less.
    assert many <= once + 1e-6


def test_units_are_joined_where_a_sentence_goes_on() -> None:
    whole = made([(40, set(), 0)])
    ended, goes_on = (only(made([(20, set(), kind), (20, set(), 0)]), whole) for kind in (0, 1))
    assert goes_on > ended


def test_what_a_seam_means_is_learned() -> None:
    """Captions in which every second seam goes on, and is joined nowhere."""
    a, b = made([(20, {i % ANCHORS}, i % 2) for i in range(60)]), made([(20, {i % ANCHORS}, 0) for i in range(60)])
    chain = [Bead(i, 1, i, 1, 5.0) for i in range(60)]
    learned = refined(a, b, model(), chain)
    assert learned.joined[0][1] < model().joined[0][1]
    assert learned.joined[0][2] == model().joined[0][2]


def test_sentences_are_counted_where_pairs_are_even() -> None:
    """Captions of one sentence or two, with as many on the other side; then with one everywhere."""
    counts = [1 + i % 2 for i in range(60)]

    def learned(there: list[int]) -> float:
        a, b = (
            replace(made([(20, {i % ANCHORS}, 0) for i in range(60)]), sentences=np.array(each, np.float64))
            for each in (counts, there)
        )
        return refined(a, b, model(), [Bead(i, 1, i, 1, 5.0) for i in range(60)]).uneven

    assert learned(counts) > 1
    assert learned([1] * 60) == 0


def test_a_bead_with_as_many_sentences_on_both_sides_is_better() -> None:
    first, even, uneven = (replace(made([(40, set(), 0)]), sentences=np.array([float(count)])) for count in (2, 2, 1))
    strict = replace(model(), uneven=1.0)
    gap = [search(first, other, strict, shapes=[(1, 1)])[0].score for other in (even, uneven)]
    assert gap[0] == pytest.approx(gap[1] + 1)


def test_a_band_finds_what_the_whole_search_finds() -> None:
    """Longer than is searched whole; each unit has an anchor of its own, and a stretch is missing on one side."""
    units = [(20 + i % 7, {i}, 0) for i in range(400)]
    rates, shares = np.full(400, 0.6), (np.full(400, 0.01), np.full(400, 0.01))
    wide = Model(rates, shares, model().joined, 0.05)
    chain = search(made(units), made(units[:100] + units[180:]), wide)
    paired = {bead.first: bead.second for bead in chain if bead.taken == bead.given == 1}
    assert paired == {i: i if i < 100 else i - 80 for i in range(400) if not 100 <= i < 180}


@settings(max_examples=100)
@given(UNITS, st.integers(0, 8), st.integers(0, 9))
def test_a_part_is_the_side_of_its_units(units: list[tuple[int, set[int], int]], start: int, count: int) -> None:
    found, expected = part(made(units), start, count), made(units[start : start + count])
    for name in ("lengths", "seams", "sentences", "rows", "ids", "fresh"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
