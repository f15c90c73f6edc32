"""A small bilingual lexicon: how likely one text is the translation of another, by the words in them.

For some ten thousand English words, ``data/lexicon.*.xz`` holds the units of each other language (words, or runs of
characters where words are not parted) that tell that the word was said, with three shares: how often one of the units
stands in the translation of a sentence with the word, of one without it, and how frequent the word is. Both texts are
reduced to the words that they say, in English; two languages without English are compared by way of it.
``scripts/build_lexicon.py`` counts all this in parallel text.
"""

import lzma
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from diglot import LANGUAGES
from diglot.pipeline import data_file

__all__ = ["coverage", "evidence", "expected", "is_known", "said", "units", "words"]


_STEM = 6
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile("[\u3400-\u9fff]")
_UNPARTED = re.compile("[\u3041-\u309f\u3400-\u9fff]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
# A text as long as this is the one for which the share of chance holds.
_TYPICAL = 16


class _Entry(NamedTuple):
    hit: float
    chance: float
    frequency: float


def words(text: str) -> set[str]:
    """The stems of the words of a text in an alphabet.

    >>> sorted(words("The networks are learning"))
    ['are', 'learni', 'networ', 'the']
    """
    return {word[0].lower()[:_STEM] for word in _WORD.finditer(text)}


def is_known(word: str, language: str) -> bool:
    """Whether an English word is one whose translations into a language are known.

    >>> is_known("networks", "ja"), is_known("Goswami", "ja")
    (True, False)
    """
    return not words(word).isdisjoint(_lines(language))


def units(text: str, language: str) -> Iterator[str]:
    """What a lexicon is looked up with in a text: stems, or short runs of characters in Japanese, Chinese and Korean.

    >>> sorted(units("深い層", "ja")), sorted(units("모델을", "ko"))
    (['い層', '層', '深', '深い', '深い層'], ['델을', '모델', '모델을'])
    """
    if language in ("ja", "zh"):
        yield from _HAN.findall(text)
        for run in _UNPARTED.finditer(text):
            yield from (*_grams(run[0], 2), *_grams(run[0], 3))
        yield from (run[0][:_STEM] for run in _KATAKANA.finditer(text))
    elif language == "ko":
        for word in _WORD.finditer(text):
            yield from (*_grams(word[0], 2), word[0][:3])
    else:
        yield from words(text)


def _grams(run: str, length: int) -> Iterator[str]:
    return (run[i : i + length] for i in range(len(run) - length + 1))


def said(text: str, language: str) -> set[str]:
    """The English words, as stems, that a text says."""
    if language == "en":
        return words(text)
    index = _index(language)
    return {word for unit in set(units(text, language)) for word in index.get(unit, ())}


def evidence(source: set[str], target: set[str], source_language: str, target_language: str) -> float:
    """How much speaks for the one being said in the other, in nats; below 0 something speaks against it.

    Both are what :func:`said` gives. Words that the lexicon does not know say nothing.
    """
    # The more a text says, the more it says by chance.
    scale = max(0.3, len(target) / _TYPICAL)
    total = 0.0
    for word in source:
        shares = _shares(word, source_language, target_language)
        if shares:
            hit, chance = shares[0], min(0.9, scale * shares[1])
            hit = max(hit, chance + 0.02)
            total += math.log(hit / chance) if word in target else math.log((1 - hit) / (1 - chance))
    return total


def coverage(source: set[str], target: set[str], source_language: str, target_language: str) -> float | None:
    """How much of a source its translation says, beside what translations say of such words; 1 is usual.

    Both are what :func:`said` gives. A word counts by how much more often it is heard in its translations than in others.
    None where the lexicon knows no word of the source.
    """
    usual = heard = 0.0
    for word in source:
        if shares := _shares(word, source_language, target_language):
            weight = max(0.0, shares[0] - shares[1])
            usual += weight * shares[0]
            heard += weight * (word in target)
    return heard / usual if usual else None


def expected(word: str, first: str, second: str) -> tuple[float, float, float] | None:
    """Of a word that texts in two languages may say: how often it comes through where one of them says it, at best; and
    in what share of the texts in each language it seems to be said. None where the lexicon does not know it.
    """
    there, back = _shares(word, first, second), _shares(word, second, first)
    if there is None or back is None:
        return None
    return max(there[0], back[0]), _share(word, first, second), _share(word, second, first)


def _share(word: str, language: str, other: str) -> float:
    """The share of the texts in a language that seem to say a word that the other language's lexicon has too."""
    if entry := _entry(word, language):
        return entry.frequency * entry.hit + (1 - entry.frequency) * entry.chance
    known = _entry(word, other)
    return known.frequency if known else 0.0


@cache
def _shares(word: str, source: str, target: str) -> tuple[float, float] | None:
    """How often a word is said in a translation into a language when its source seems to say it, and when not."""
    here, there = _entry(word, source), _entry(word, target)
    known = here or there
    if known is None or (source != "en" and not here) or (target != "en" and not there):
        return None
    # The word was said in truth, given that the source seems to say it.
    truly = 1.0
    if source != "en" and here:
        truly = here.frequency * here.hit / (here.frequency * here.hit + (1 - here.frequency) * here.chance)
    hit, chance = (there.hit, there.chance) if target != "en" and there else (0.9, known.frequency)
    return truly * hit + (1 - truly) * chance, chance


def _entry(word: str, language: str) -> _Entry | None:
    """How a word comes through in a language; None where it is not known."""
    line = _lines(language).get(word)
    return _Entry(*(max(1, int(share)) / 10_000 for share in line.split("\t")[1:])) if line else None


@cache
def _index(language: str) -> Mapping[str, list[str]]:
    """The words that each unit of a language tells."""
    index: dict[str, list[str]] = {}
    for word, line in _lines(language).items():
        for form in line[: line.index("\t")].split():
            index.setdefault(form, []).append(word)
    return index


@cache
def _lines(language: str) -> Mapping[str, str]:
    """The lines of a lexicon by their words: units and shares, which are read where they are wanted."""
    if language == "en" or language not in LANGUAGES:
        return {}
    lines = lzma.decompress(data_file(f"lexicon.{language}.xz").read_bytes()).decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)
