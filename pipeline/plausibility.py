"""How plausible is a text? A small character language model of the languages that diglot serves.

The model is an interpolated trigram model of characters, pruned to the n-grams that tell most, over English, Japanese,
Chinese (simplified and traditional), French, German, Spanish and Korean at once, with the commonest n-grams of some forty
other languages. It answers one question: how many bits does it take to say this character after the two before it?
Ordinary prose takes 3 to 5 bits a character; mojibake takes 10 to 20, because its characters never meet in a language.
So two readings of the same bytes compare by their bits alone, and the difference is the logarithm of the odds.

The n-grams lie in a static function (a Bloomier filter: Chazelle et al., 2004; by xor, laid out as in Graf and Lemire,
"Binary fuse filters", 2022): three cells, xored, give a mark of eleven bits and a value of five, and nothing is stored of
the keys. That is 2.3 bytes an n-gram, usable as soon as it is read, with no library. One unknown n-gram in 2048 is taken for
a known one; a trigram is therefore asked for only where its last two characters are a known bigram.
``scripts/train_repair.py`` makes the file.
"""

import json
import sys
import unicodedata
from array import array
from functools import cache, lru_cache

from diglot.pipeline import data_file

SHARE = 1.5  # a stored value counts two thirds of a bit
MARK_BITS, VALUE_BITS = 11, 5
UNSEEN = 3.0  # bits at most for a character that never followed two others in the training text, beyond those after one
SEGMENT_BITS = 13
SEGMENT = 1 << SEGMENT_BITS  # cells; a key has one in each of three segments that follow one another
MODEL_FILE = "repair.bin"
MOST, MOST_EAST_ASIAN = 13.0, 18.0  # bits: any character at all, in a text that is no language (line art, kana art)
_MEMO = 1 << 17  # n-grams remembered; natural text returns to some ten thousand of them

# A key is three code points of 21 bits. What is no trigram carries a sign where a trigram has its first character.
BIGRAM, BACKOFF, BACKOFF_OF_ONE = 0x1FFFFF << 42, 0x1FFFFE << 42, 0x1FFFFD << 42
_POINT = (1 << 21) - 1
_CELL = SEGMENT - 1
_MARK = (1 << MARK_BITS) - 1
_VALUE = (1 << VALUE_BITS) - 1


def cells_of(key: int, factor: int, size: int) -> tuple[int, int, int, int]:
    """The three cells of a key, of so many, and its mark: from the middle bits of a product (multiply-shift).

    So they are written; to read, :class:`CharacterModel` does the same in one piece, since it is asked ten thousand times.
    """
    h = key * factor >> 64
    start = ((h & _POINT) * ((size >> SEGMENT_BITS) - 2) >> 21) << SEGMENT_BITS
    return (
        start + (h >> 21 & SEGMENT - 1),
        start + SEGMENT + (h >> 34 & SEGMENT - 1),
        start + 2 * SEGMENT + (h >> 47 & SEGMENT - 1),
        h >> 60 & (1 << MARK_BITS) - 1,
    )


class Unigrams(dict[str, float]):
    """The bits of a character whose neighbours tell nothing; it remembers what it was asked, within bounds."""

    def __missing__(self, char: str) -> float:
        bits = rare(char)
        if len(self) < _MEMO:
            self[char] = bits
        return bits


class CharacterModel(dict[str, float]):
    """``model[abc]``: the bits it takes to say ``c`` after ``ab``, and ``model[bc]`` after ``b`` alone.

    It remembers what it was asked, within bounds.
    """

    def __init__(self, unigrams: dict[str, float], cells: "array[int]", factor: int) -> None:
        super().__init__()
        self.unigrams = Unigrams(unigrams)
        self.characters = frozenset(unigrams)  # those of the training text
        self._cells = cells
        self._starts = (len(cells) >> SEGMENT_BITS) - 2
        self._ways_back: dict[int, float] = {}  # bits to leave the context of one character
        self._factor = factor

    def __missing__(self, ngram: str) -> float:
        if len(self) >= _MEMO:
            self.clear()
            self._ways_back.clear()
        b, c = fold(ngram[-2]), fold(ngram[-1])
        bigram = self._look_up(BIGRAM | b << 21 | c)
        bits = self._way_back(b) + self.unigrams[chr(c)] if bigram is None else bigram
        if len(ngram) == 3:
            pair = fold(ngram[0]) << 21 | b
            trigram = None if bigram is None else self._look_up(pair << 21 | c)
            bits = bits + min(self._look_up(BACKOFF | pair) or 0.0, UNSEEN) if trigram is None else trigram
        self[ngram] = bits
        return bits

    def _way_back(self, b: int) -> float:
        """The bits it takes to leave the context of one character."""
        if b not in self._ways_back:
            self._ways_back[b] = self._look_up(BACKOFF_OF_ONE | b) or 0.0
        return self._ways_back[b]

    def _look_up(self, key: int) -> float | None:
        """The value of a key by its :func:`cells_of`; None where the mark is not that of the key."""
        h = key * self._factor >> 64
        cells, start = self._cells, ((h & _POINT) * self._starts >> 21) << SEGMENT_BITS
        cell = (
            cells[start + (h >> 21 & _CELL)]
            ^ cells[start + (h >> 34 & _CELL) + SEGMENT]
            ^ cells[start + (h >> 47 & _CELL) + 2 * SEGMENT]
        )
        return (cell & _VALUE) / SHARE if cell >> VALUE_BITS == h >> 60 & _MARK else None

    def bits(self, text: str, before: str = "\n\n") -> float:
        """The bits of a whole text that follows ``before`` (two characters)."""
        text = before + text
        return sum(self[text[i : i + 3]] for i in range(len(text) - 2))

    def standing(self, text: str, before: str = "\n\n") -> float:
        """The bits of a text that somebody may have written on purpose: none of its characters takes more than MOST."""
        text, total = before + text, 0.0
        for i in range(len(text) - 2):
            bits = self[text[i : i + 3]]
            total += bits if bits <= MOST else self.at_most(text[i : i + 3])
        return total

    def at_most(self, ngram: str) -> float:
        """The bits of the last character, but no more than MOST if it is one that people write."""
        bits = self[ngram]
        most = MOST if ngram[-1] < "\u2e80" else MOST_EAST_ASIAN
        return bits if bits <= most or not written(ngram[-1]) else most

    def unordered(self, text: str) -> float:
        """The bits of a text of which only the characters count, not their order."""
        return sum(map(self.unigrams.__getitem__, text))


@lru_cache(1 << 15)
def fold(char: str) -> int:
    """The code point that the model counts a character as: digits are one, and so are the double accents of Vietnamese."""
    code = ord(char)
    if 0x30 <= code <= 0x39:
        return 0x30
    if 0x1EA0 <= code <= 0x1EF9:
        return 0x1EC3
    return code


def rare(char: str) -> float:
    """The bits of a character that the training text does not have, by what kind of character it is."""
    if not written(char):
        return 30.0
    return 16.0 if "\U0001f000" <= char <= "\U0001ffff" else 26.0  # emoji are many, and any may come


@lru_cache(1 << 14)
def written(char: str) -> bool:
    """Whether people write it: no control character, surrogate, private or unassigned code point."""
    return unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co")


@cache
def model() -> CharacterModel:
    """The shipped model, read once (about 10 ms)."""
    data = data_file(MODEL_FILE).read_bytes()
    head, _, body = data.partition(b"\n")
    header = json.loads(head)
    cells = array("H", body)
    if sys.byteorder == "big":
        cells.byteswap()
    unigrams = {
        char: bits / SHARE for bits, group in zip(header["bits"], header["characters"], strict=True) for char in group
    }
    return CharacterModel(unigrams, cells, int(header["factor"], 16))
