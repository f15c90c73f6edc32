"""The models of sentence ends: what they give for any text. How often they are right is measured in benchmarks/."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import boundaries

PIECES = [
    "word",
    "Wort ",
    " ",
    "\n",
    "。",
    ", ",
    "'",
    "-",
    "3.14",
    "文",
    "です",
    "한국어 ",
    "(",
    "“",
    "\0",
    "\ud800",
    "\u0301",
    "😀",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=40)


@given(TEXTS, st.booleans())
def test_places_are_ordered_and_inside(text: str, dense: bool) -> None:
    places, odds = boundaries.log_odds(text, [(0, len(text))], dense=dense)
    assert len(places) == len(odds)
    assert np.isfinite(odds).all()
    assert all(before < after for before, after in pairwise(places.tolist()))
    assert all(0 < place <= len(text) for place in places.tolist())


@given(TEXTS)
def test_units_are_words_and_characters_in_order(text: str) -> None:
    units = boundaries.features(text)
    covered = "".join(text[start:end] for start, end in zip(units.starts, units.ends, strict=True))
    assert [c for c in covered if c.isalnum()] == [c for c in text if c.isalnum()]
    assert all(end <= start for (_, end), (start, _) in pairwise(zip(units.starts, units.ends, strict=True)))
    assert units.rows.max(initial=0) < 1 << boundaries.HASH_BITS
    assert units.categories.max(initial=0) < boundaries.CATEGORIES


@given(TEXTS, st.booleans())
def test_ngrams_are_places_of_the_table(text: str, dense: bool) -> None:
    units = boundaries.features(text)
    places = boundaries.ngrams(units.rows, units.categories, dense=dense)
    assert len(places) == len(units.starts)
    assert places.min(initial=0) >= 0
    assert places.max(initial=0) < 1 << boundaries.NGRAM_BITS


@pytest.mark.parametrize(("text", "dense"), [("and then we go on " * 400, False), ("然后我们继续看" * 400, True)])
def test_no_piece_is_too_long(text: str, dense: bool) -> None:
    """Even where no place is likely: the margin is out of reach."""
    cuts = boundaries.cuts(text, [(0, len(text), 20.0)], 150, dense=dense)
    assert max(after - before for before, after in pairwise([0, *cuts, len(text)])) <= 150


@pytest.mark.parametrize(
    ("text", "dense"), [("red apples and green pears, " * 40, False), ("红的苹果和绿的梨，" * 40, True)]
)
def test_what_is_too_long_is_cut_at_commas(text: str, dense: bool) -> None:
    cuts = boundaries.cuts(text, [(0, len(text), 20.0)], 150, dense=dense)
    assert cuts
    assert all(text[cut - 1] in ",，" for cut in cuts)


def test_what_cannot_be_seen_says_nothing() -> None:
    text = "the end of it\u2060 now we begin"
    unseen, plain = (boundaries.log_odds(one, [(0, len(one))], dense=False)[1] for one in (text, text.replace("\u2060", "")))
    assert (unseen == plain).all()


def test_nothing_outside_the_stretches_is_cut() -> None:
    text = "so this is the end of it now we begin again with the next one and then we stop " * 30
    stretches = [(100, 700, -5.0), (1500, 1900, -5.0)]
    cuts = boundaries.cuts(text, stretches, 600, dense=False)
    assert cuts
    assert all(any(start < cut < end for start, end, _ in stretches) for cut in cuts)


def test_a_hint_makes_an_end_more_likely() -> None:
    text = "so today we look at the loss function it tells us how bad the model is"
    places, odds = boundaries.log_odds(text, [(0, len(text))], dense=False)
    place, margin = int(places[4]), float(odds[4]) + 0.5
    assert place not in boundaries.cuts(text, [(0, len(text), margin)], 600, dense=False)
    assert place in boundaries.cuts(text, [(0, len(text), margin)], 600, [(place, 1.0)], dense=False)
