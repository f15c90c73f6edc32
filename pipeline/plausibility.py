"""How plausible is a text? A small character language model of the languages that diglot serves.

The model is an interpolated trigram model of characters, pruned to the n-grams that tell most, over English, Japanese,
Chinese (simplified and traditional), French, German, Spanish and Korean at once, with the commonest n-grams of some forty
other languages. It answers one question: how many bits does it take to say this character after the two before it?
Ordinary prose takes 3 to 5 bits a character; mojibake takes 10 to 20, because its characters never meet in a language.
So two readings of the same bytes compare by their bits alone, and the difference is the logarithm of the odds.

The n-grams lie in a static function (a Bloomier filter: Chazelle et al., 2004; the construction by xor as in Graf and
Lemire, "Xor filters", 2019): three cells, xored, give ten bits of fingerprint and six of value, and nothing is stored of
the keys. That is 2.5 bytes an n-gram, read at once with no library. ``scripts/train_repair.py`` makes the file.
"""

import json
import sys
import unicodedata
from array import array
from functools import cache, lru_cache
from importlib.resources import files

SHARE = 3  # a stored value counts thirds of a bit
FINGERPRINT_BITS, VALUE_BITS = 10, 6
MODEL_FILE = "repair.bin"
_MASK = (1 << 64) - 1
_CHUNK = (1 << 21) - 1
_MEMO = 1 << 17  # trigrams remembered; natural text returns to some ten thousand of them

# A key is three code points of 21 bits. What is no trigram carries a mark where a trigram has its first character.
BIGRAM, BACKOFF, BACKOFF_OF_ONE = 0x1FFFFF, 0x1FFFFE, 0x1FFFFD


class Unigrams(dict[str, float]):
    """The bits of a character whose neighbours tell nothing."""

    def __missing__(self, char: str) -> float:
        return rare(char)


class CharacterModel(dict[str, float]):
    """``model[abc]``: the bits it takes to say ``c`` after ``ab``. It remembers what it was asked, within bounds."""

    def __init__(self, unigrams: dict[str, float], cells: "array[int]", seed: int) -> None:
        super().__init__()
        self.unigrams = Unigrams(unigrams)
        self._cells = cells
        self._segment = len(cells) // 3
        self._seed = seed

    def __missing__(self, ngram: str) -> float:
        if len(self) >= _MEMO:
            self.clear()
        *_, b, c = codes = [fold(char) for char in ngram]
        bits = self._look_up(codes[0] << 42 | b << 21 | c) if len(ngram) == 3 else None
        if bits is None:
            bits = self._look_up(BIGRAM << 42 | b << 21 | c)
            if bits is None:
                bits = (self._look_up(BACKOFF_OF_ONE << 42 | b) or 0.0) + self.unigrams[chr(c)]
            if len(ngram) == 3:
                bits += self._look_up(BACKOFF << 42 | codes[0] << 21 | b) or 0.0
        self[ngram] = bits
        return bits

    def _look_up(self, key: int) -> float | None:
        h = key * 0x9E3779B97F4A7C15 + self._seed & _MASK
        h = (h ^ h >> 32) * 0xD6E8FEB86659FD93 & _MASK
        h ^= h >> 32
        cells, n = self._cells, self._segment
        cell = (
            cells[(h & _CHUNK) * n >> 21]
            ^ cells[n + ((h >> 21 & _CHUNK) * n >> 21)]
            ^ cells[2 * n + ((h >> 42 & _CHUNK) * n >> 21)]
        )
        return (cell & 63) / SHARE if cell >> VALUE_BITS == (h * 0xA24BAED4963EE407 & _MASK) >> 54 else None

    def bits(self, text: str, before: str = "\n\n") -> float:
        """The bits of a whole text that follows ``before`` (two characters)."""
        text = before + text
        return sum(self[text[i : i + 3]] for i in range(len(text) - 2))

    def unordered(self, text: str) -> float:
        """The bits of a text of which only the characters count, not their order."""
        return sum(map(self.unigrams.__getitem__, text))


def fold(char: str) -> int:
    """The code point that the model counts a character as: digits are one, and so are the double accents of Vietnamese."""
    code = ord(char)
    if 0x30 <= code <= 0x39:
        return 0x30
    if 0x1EA0 <= code <= 0x1EF9:
        return 0x1EC3
    return code


@lru_cache(1 << 14)
def rare(char: str) -> float:
    """The bits of a character that the training text does not have, by what kind of character it is."""
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Cn", "Co"):
        return 26.0
    code = ord(char)
    if code >= 0x1F000:
        return 16.0 if code < 0x20000 else 26.0  # emoji, and the rare Han planes
    if 0x4E00 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3:
        return 22.0
    return 20.0 if category.startswith("L") else 18.0


@cache
def model() -> CharacterModel:
    """The shipped model, read once (about 10 ms)."""
    data = files("diglot.pipeline").joinpath("data", MODEL_FILE).read_bytes()
    head, _, body = data.partition(b"\n")
    header = json.loads(head)
    cells = array("H", body)
    if sys.byteorder == "big":
        cells.byteswap()
    unigrams = {
        char: bits / SHARE for bits, group in zip(header["bits"], header["characters"], strict=True) for char in group
    }
    return CharacterModel(unigrams, cells, header["seed"])
