"""Where a sentence ends without a mark: two small models for text from speech recognition, in numpy.

A text is cut into units: a word, or one Chinese or Japanese character. The log-odds that a sentence ends after a unit
are the sum of what two models say. One is linear: the n-grams of units around the place, each with a weight in a hashed
table; it knows what is usual. The other is a neural tagger, which sees further. There a unit is the sum of a few
vectors, found by hashing the word and its two ends (or the character and its neighbours) into a table, and of a vector
for its shape and for the marks and the white space after it. A convolution over three units and a bidirectional LSTM
read them, and a layer that sees a unit and the next gives the log-odds.

There are two sets of weights, one for languages written with spaces and one for Chinese and Japanese;
``scripts/train_boundaries.py`` trains them on text whose punctuation and case were taken away, wholly or in part.

Shapes: N units, K hashes, G n-grams, D width of a vector, H of the LSTM in one direction, T steps, W windows.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diglot.pipeline import data_file
from diglot.pipeline.document import Range, is_unspaced

__all__ = ["CATEGORIES", "HASH_BITS", "NGRAM_BITS", "Features", "Stretch", "cuts", "features", "log_odds", "ngrams"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Stretch = tuple[int, int, float]
Hashes = NDArray[np.uint64]
Codes = NDArray[np.uint32]
Flags = NDArray[np.bool_]

# What a character is to the tagger: white space, part of a unit, a mark, or nothing at all (what cannot be seen). The later
# of two marks in one gap counts.
SPACE, WORD, CHARACTER, OTHER, OPENING, CLOSING, COMMA, END, NOTHING = range(9)
_MARKS = (OTHER, OPENING, CLOSING, COMMA, END)
# What a unit looks like: its first character, and whether all of a word is in capitals.
LOWER, TITLE, CAPITALS, DIGIT, HANGUL, HIRAGANA, KATAKANA, HAN = range(8)
_GAPS = (len(_MARKS) + 1) * 2
CATEGORIES = 8 * _GAPS
HASH_BITS = 15

# A polynomial hash modulo 2**64: the base is odd, so it can be divided by, and the hash of any piece of a text is the
# difference of two prefix sums.
_BASE = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1
_MIX = np.uint64(0xD6E8FEB86659FD93)
_PAIR, _TRIPLE = np.uint64(0x2545F4914F6CDD1D), np.uint64(0x9FB21C651E98DF25)
_SALTS = np.array([0, 0x1111111111111111, 0x2222222222222222, 0x4444444444444444], np.uint64)

# The n-grams of the linear model: from which unit to which, 0 being the one before the place and 1 the one after it.
_NGRAMS = (
    *((0, 0), (1, 1), (0, 1), (-1, 0), (1, 2), (-2, 0), (1, 3), (-1, 1)),
    *((0, 2), (-1, 2), (2, 2), (-1, -1), (1, 4), (-2, 1), (-3, 0), (0, 3)),
)
_FARTHEST = 4
NGRAM_BITS = 22

# Characters read at a time, and how many of them are context for the others on either side.
_CHUNK, _CONTEXT = 16384, 128
# Log-odds under which a place is not even looked at when a piece is too long, unless a comma is there; and how many nats it
# is worse to cut where none is.
_NEVER, _IN_CLAUSE = -9.0, np.float32(6.0)
# Units that one row of the LSTM reads at most, and how many of them only warm it up on either side.
_WINDOW, _WARM = 320, 40
# Windows multiplied at a time: few enough for the BLAS to stay on one thread, where waiting for others would cost more.
_GROUP = 8


class Features(NamedTuple):
    """The units of a text: (N, K) rows of the table, (N,) categories, and where each unit starts and ends."""

    rows: Ints
    categories: Ints
    starts: Ints
    ends: Ints


def cuts(
    text: str,
    stretches: Sequence[Stretch],
    longest: int,
    hints: Sequence[tuple[int, float]] = (),
    borders: Sequence[int] = (),
    *,
    dense: bool,
) -> list[int]:
    """Where to cut stretches of a text into sentences.

    A stretch is (start, end, margin): it is cut where the log-odds exceed its margin, and where they are best as long
    as a piece is longer than ``longest`` characters. ``hints`` are positions, in order, where something else than the
    words may show an end, each with what that adds to the log-odds. What stands on one side of a border says nothing
    about the other. ``dense`` says that the text is Chinese or Japanese.
    """
    places, odds = log_odds(text, [(start, end) for start, end, _ in stretches], borders, dense=dense)
    if hints and len(places):
        where, nats = zip(*hints, strict=True)
        odds[np.minimum(np.searchsorted(places, where), len(places) - 1)] += np.array(nats, np.float32)
    in_clause = _kinds("".join([text[place - 1] for place in places.tolist()])) != COMMA
    likely = (odds > _NEVER) | ~in_clause
    places, odds, in_clause = places[likely], odds[likely], in_clause[likely]
    found: list[int] = []
    for start, end, margin in stretches:
        part = slice(*np.searchsorted(places, (start, end), "right"))
        values = odds[part] - np.float32(margin)
        found += _chosen(places[part], values, values - _IN_CLAUSE * in_clause[part], start, end, longest)
    return found


def _kinds(text: str) -> NDArray[np.uint8]:
    """What each character of a text is."""
    return _alphabet().kinds(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32))


def log_odds(text: str, ranges: Iterable[Range], borders: Sequence[int] = (), *, dense: bool) -> tuple[Ints, Floats]:
    """The places in ordered ranges of a text where a sentence could end, and the log-odds of it in nats. (N,)"""
    weights = _weights("unspaced" if dense else "spaced")
    edges = [0, *borders, len(text)]
    places: list[Ints] = [np.empty(0, np.int64)]
    odds: list[Floats] = [np.empty(0, np.float32)]
    for batch in _batches(ranges):
        contexts = np.array([_context(start, end, edges) for start, end in batch])
        pieces = [text[first:last] for first, last in contexts.tolist()]
        joined = "\n".join(pieces)
        units = features(joined)
        where = _places(joined, units)
        begins = np.cumsum([0, *(len(piece) + 1 for piece in pieces[:-1])])
        piece = np.searchsorted(begins, where, "right") - 1
        cores = np.array(batch)[piece]
        where += contexts[piece, 0] - begins[piece]
        inside = (where > cores[:, 0]) & (where <= cores[:, 1])
        places.append(where[inside])
        odds.append(_summed(units, weights, dense=dense)[inside])
    return np.concatenate(places), np.concatenate(odds)


def _context(start: int, end: int, edges: Sequence[int]) -> Range:
    """A range with what stands around it, as far as the next edges."""
    low, high = edges[bisect_right(edges, start) - 1], edges[bisect_left(edges, end)]
    return max(low, start - _CONTEXT), min(high, end + _CONTEXT)


def _batches(ranges: Iterable[Range]) -> Iterator[list[Range]]:
    """Ranges of not much more than a chunk together, so that many short ones are read at once and a long one in parts."""
    batch: list[Range] = []
    size = 0
    for start, end in ranges:
        for first in range(start, end, _CHUNK):
            batch.append((first, min(first + _CHUNK, end)))
            size += batch[-1][1] - first + 2 * _CONTEXT
            if size >= _CHUNK:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _chosen(places: Ints, values: Floats, forced: Floats, start: int, end: int, longest: int) -> list[int]:
    """The places with positive values, and the best others, by what they are worth if forced, where pieces are too long."""
    chosen: list[int] = []
    for begin, place in pairwise([start, *places[(values > 0) & (places < end)].tolist(), end]):
        if place - begin > longest:
            part = slice(*np.searchsorted(places, (begin + 1, place)))
            chosen += _shortened(list(zip(places[part].tolist(), forced[part].tolist(), strict=True)), begin, place, longest)
        chosen.append(place)
    return chosen[:-1]


def _shortened(candidates: Sequence[tuple[int, float]], start: int, end: int, longest: int) -> list[int]:
    """The best cuts that leave no piece longer than ``longest``: dynamic programming with a sliding maximum, O(N)."""
    nodes = [(start, 0.0), *candidates, (end, 0.0)]
    best = [0.0] * len(nodes)
    back = [0] * len(nodes)
    window: deque[int] = deque([0])  # nodes within reach, the best first
    for node in range(1, len(nodes)):
        place, value = nodes[node]
        while len(window) > 1 and place - nodes[window[0]][0] > longest:
            window.popleft()
        back[node] = window[0]
        best[node] = best[window[0]] + value
        while window and best[window[-1]] <= best[node]:
            window.pop()
        window.append(node)
    path: list[int] = []
    node = back[-1]
    while node:
        path.append(nodes[node][0])
        node = back[node]
    return path[::-1]


def features(text: str) -> Features:
    """Cut a text of less than 2**17 characters into units and hash them."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    alphabet = _alphabet()
    kinds = alphabet.kinds(codes)
    is_word = _with_joiners(codes, kinds == WORD, alphabet.shape[codes] == DIGIT)
    is_character = kinds == CHARACTER
    previous, following = np.roll(is_word, 1), np.roll(is_word, -1)
    previous[:1] = following[-1:] = False
    starts = np.flatnonzero(is_character | (is_word & ~previous))
    ends = np.flatnonzero(is_character | (is_word & ~following)) + 1
    rows = _rows(alphabet.lower[codes], starts, ends, is_word[starts])
    return Features(rows, _categories(alphabet, codes, np.where(is_word, WORD, kinds), starts, ends), starts, ends)


def _with_joiners(codes: Codes, is_word: Flags, is_digit: Flags) -> Flags:
    """Take apostrophes and hyphens between letters, and points and commas between digits, into the word."""
    joined = is_word.copy()
    between = is_word[:-2] & is_word[2:]
    joined[1:-1] |= between & np.isin(codes[1:-1], [ord(mark) for mark in "'’-_‐"])
    joined[1:-1] |= is_digit[:-2] & is_digit[2:] & np.isin(codes[1:-1], [ord(mark) for mark in ".,"])
    return joined


def _rows(lower: Hashes, starts: Ints, ends: Ints, is_word: Flags) -> Ints:
    """The rows of the table that make up each unit. (N, K)

    A word: itself, its last two characters, its last three, its first three. A Chinese or Japanese character: itself,
    with the unit before it, with the two before it, and with both neighbours.
    """
    powers, inverses = _powers()
    sums = np.zeros(len(lower) + 1, np.uint64)
    np.cumsum((lower + np.uint64(1)) * powers[: len(lower)], out=sums[1:])

    def hashed(first: Ints, last: Ints) -> Hashes:
        return (sums[last] - sums[first]) * inverses[first]

    unit = hashed(starts, ends)
    padded = np.concatenate([np.zeros(2, np.uint64), unit, np.zeros(1, np.uint64)])
    before2, before, after = padded[:-3], padded[1:-2], padded[3:]
    pair = before * _PAIR + unit
    hashes = np.stack(
        [
            unit,
            np.where(is_word, hashed(np.maximum(starts, ends - 2), ends), pair),
            np.where(is_word, hashed(np.maximum(starts, ends - 3), ends), before2 * _TRIPLE + pair),
            np.where(is_word, hashed(starts, np.minimum(ends, starts + 3)), pair * _TRIPLE + after),
        ],
        axis=1,
    )
    hashes = (hashes ^ _SALTS) * _MIX
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return (hashes >> np.uint64(64 - HASH_BITS)).astype(np.int64)


def _categories(alphabet: "_Alphabet", codes: Codes, kinds: NDArray[np.uint8], starts: Ints, ends: Ints) -> Ints:
    """One number for the shape of each unit, the mark in the gap after it and whether white space is in it. (N,)"""
    shape = alphabet.shape[codes[starts]].astype(np.int64)
    second = np.minimum(starts + 1, ends - 1)
    shape[(shape == TITLE) & (second > starts) & (alphabet.shape[codes[second]] == TITLE)] = CAPITALS
    gap_ends = np.append(starts[1:], len(codes))

    def in_gap(kind: int) -> Flags:
        seen = np.concatenate([np.zeros(1, np.int64), np.cumsum(kinds == kind)])
        more: Flags = seen[gap_ends] > seen[ends]
        return more

    mark = np.zeros(len(starts), np.int64)
    for number, kind in enumerate(_MARKS, 1):
        mark[in_gap(kind)] = number
    categories: Ints = shape * _GAPS + mark * 2 + in_gap(SPACE)
    return categories


def _places(text: str, units: Features) -> Ints:
    """Where a cut after each unit would go: after marks that close, before white space and marks that open. (N,)"""
    kinds = _kinds(text)
    stops = np.append(np.flatnonzero((kinds == SPACE) | (kinds == OPENING)), len(kinds))
    places: Ints = np.minimum(stops[np.searchsorted(stops, units.ends)], np.append(units.starts[1:], len(kinds)))
    return places


class _Alphabet:
    """What is known of each character: filled in when it is first met."""

    def __init__(self) -> None:
        self.shape = np.zeros(0x110000, np.uint8)
        self.lower = np.arange(0x110000, dtype=np.uint64)
        self._kind = np.full(0x110000, 255, np.uint8)

    def kinds(self, codes: Codes) -> NDArray[np.uint8]:
        for code in np.unique(codes[self._kind[codes] == 255]).tolist():
            character = chr(code)
            self._kind[code] = _kind_of(character)
            self.shape[code] = _shape_of(character)
            if len(character.lower()) == 1:
                self.lower[code] = ord(character.lower())
        return self._kind[codes]


def _kind_of(character: str) -> int:
    if character.isspace():
        return SPACE
    if character in ".!?。！？…｡．‼⁇⁈⁉":
        return END
    if character in ",;:，、；：،､":
        return COMMA
    if character in "\"'*_`":
        return CLOSING
    category = unicodedata.category(character)
    if category[0] in "LN":
        return CHARACTER if is_unspaced(character) else WORD
    return {"Cf": NOTHING, "M": WORD, "Ps": OPENING, "Pi": OPENING, "Pe": CLOSING, "Pf": CLOSING}.get(
        "M" if category[0] == "M" else category, OTHER
    )


def _shape_of(character: str) -> int:
    for shape, first, last in ((HIRAGANA, "ぁ", "ゟ"), (KATAKANA, "゠", "ヿ"), (HANGUL, "가", "힣")):
        if first <= character <= last:
            return shape
    if character.isdigit():
        return DIGIT
    if is_unspaced(character):
        return HAN
    return TITLE if character.isupper() else LOWER


class _Weights(NamedTuple):
    ngrams: NDArray[np.int8]  # (2 ** NGRAM_BITS,)
    ngram_scale: Floats  # ()
    table: Floats  # (2 ** HASH_BITS, D)
    category: Floats  # (CATEGORIES, D)
    norm: Floats  # (D,)
    convolution: Floats  # (3 * D, D)
    convolution_bias: Floats  # (D,)
    inputs: Floats  # (2, D, 4 * H), forward and backward
    recurrent: Floats  # (2, H, 4 * H)
    bias: Floats  # (2, 1, 4 * H)
    hidden: Floats  # (4 * H, 48)
    hidden_bias: Floats
    output: Floats  # (48,)
    output_bias: Floats


def _summed(units: Features, weights: _Weights, *, dense: bool) -> Floats:
    """The log-odds that a sentence ends after each unit: what both models say. (N,)"""
    linear = weights.ngrams[ngrams(units.rows, units.categories, dense=dense)].sum(1, dtype=np.int32)
    both: Floats = weights.ngram_scale * linear + _tagged(units, weights)
    return both


def ngrams(rows: Ints, categories: Ints, *, dense: bool) -> Ints:
    """The places of the n-grams around each unit in the table of the linear model. (N, G)

    A word is known by its row and that of its last letters; the last of the n-grams is the categories of two units.
    """
    unit = rows[:, 0] if dense else (rows[:, 0] << HASH_BITS) | rows[:, 2]
    around = np.pad(unit.astype(np.uint64) + np.uint64(1), _FARTHEST)
    count = len(rows)
    hashes = np.empty((count, len(_NGRAMS) + 1), np.uint64)
    for number, (first, last) in enumerate(_NGRAMS):
        piece = np.full(count, (number + 1) * _BASE & _ALL, np.uint64)
        for offset in range(first, last + 1):
            piece = piece * _PAIR + around[_FARTHEST + offset : _FARTHEST + offset + count]
        hashes[:, number] = piece
    hashes[:, -1] = categories * CATEGORIES + np.append(categories[1:], 0)
    hashes = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(_BASE)
    return (hashes >> np.uint64(64 - NGRAM_BITS)).astype(np.int64)


def _tagged(units: Features, weights: _Weights) -> Floats:
    """What the tagger says. (N,)"""
    if not len(units.starts):
        return np.zeros(0, np.float32)
    x = weights.table[units.rows].sum(1) + weights.category[units.categories]  # (N, D)
    y = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weights.norm
    zero = np.zeros((1, x.shape[1]), np.float32)
    y = np.concatenate([np.concatenate([zero, y[:-1]]), y, np.concatenate([y[1:], zero])], -1)
    x = x + np.maximum(y @ weights.convolution + weights.convolution_bias, 0)
    states = _read(x, weights)  # (N, 2H)
    following = np.concatenate([states[1:], np.zeros((1, states.shape[1]), np.float32)])
    hidden = np.maximum(np.concatenate([states, following], -1) @ weights.hidden + weights.hidden_bias, 0)
    result: Floats = hidden @ weights.output + weights.output_bias
    return result


def _read(x: Floats, weights: _Weights) -> Floats:
    """The LSTM, forward and backward at once over overlapping windows. (N, D) -> (N, 2H)"""
    n, width = len(x), weights.recurrent.shape[1]
    groups = -(-n // ((_WINDOW - 2 * _WARM) * _GROUP))
    stride = -(-n // (groups * _GROUP))
    steps = stride + 2 * _WARM
    at = np.arange(groups * _GROUP)[:, None] * stride - _WARM + np.arange(steps)  # (W, T)
    inside = (at >= 0) & (at < n)
    padded = np.where(inside[..., None], x[np.clip(at, 0, n - 1)], np.float32(0))
    shape = (2, groups, _GROUP)
    both = np.stack([padded, padded[:, ::-1]]).transpose(2, 0, 1, 3).reshape(steps, *shape, -1)
    keep = np.stack([inside, inside[:, ::-1]]).transpose(2, 0, 1).reshape(steps, *shape, 1) * np.float32(0.5)
    inputs, recurrent, bias = weights.inputs[:, None], weights.recurrent[:, None], weights.bias[:, None]
    states = np.empty((steps, *shape, width), np.float32)
    state, cell = np.zeros((2, *shape, width), np.float32)
    gates = np.empty((*shape, 4 * width), np.float32)
    enter, forget, new, leave = (gates[..., k * width : (k + 1) * width] for k in range(4))
    for step in range(steps):
        np.matmul(both[step], inputs, out=gates)
        gates += bias
        gates += state @ recurrent
        np.tanh(gates, out=gates)
        cell *= forget + 1
        cell += (enter + 1) * new
        cell *= keep[step]  # outside the text the state stays zero
        state = np.multiply(leave + 1, np.tanh(cell), out=states[step])
        state *= 0.5
    rows = states.reshape(steps, 2, groups * _GROUP, width)
    read = np.concatenate([rows[:, 0], rows[::-1, 1]], -1)[_WARM : _WARM + stride]
    return read.transpose(1, 0, 2).reshape(-1, 2 * width)[:n]


@cache
def _weights(name: str) -> _Weights:
    """One set of weights: bytes with a scale for each row, or half floats."""
    with np.load(data_file("boundaries.npz"), allow_pickle=False) as stored:
        arrays = {key.split(".")[1]: stored[key] for key in stored if key.startswith(f"{name}.")}
    linear = arrays.pop("ngrams")
    arrays = {key: array.astype(np.float32) for key, array in arrays.items()}
    arrays["table"] *= arrays.pop("scale")[:, None]
    return _Weights(linear, **arrays)


@cache
def _alphabet() -> _Alphabet:
    return _Alphabet()


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """The powers of the base and of its inverse modulo 2**64."""
    base, inverse = np.full(1 << 17, _BASE, np.uint64), np.full(1 << 17, pow(_BASE, -1, 1 << 64), np.uint64)
    base[0] = inverse[0] = 1
    return np.cumprod(base, dtype=np.uint64), np.cumprod(inverse, dtype=np.uint64)
