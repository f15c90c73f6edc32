"""Words in Latin letters that became others that look like them: Sandoval, now Sandaval.

A text in Chinese, Japanese or Korean keeps the spelling of the Latin words that it takes over, and so does a translation of
it. So a word that only the translation has, and that is nearly one that only the source has, was meant to be that one.
Another form of a word (models, model) is none of these, nor is another way to join it (e-mail).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice, pairwise

from diglot.pipeline.checks.content import LATIN_WORD
from diglot.pipeline.checks.sides import Sides
from diglot.pipeline.document import Finding, Range

__all__ = ["CHECKS", "is_misspelt", "spelling"]

_WIDE_LANGUAGES = frozenset({"ja", "zh", "ko"})
_ALIKE = 0.75
_SHORTEST, _LONGEST = 4, 40  # letters of a word
_MOST_WORDS = 50  # of one text that the other does not have
_KATAKANA_BEFORE = re.compile("[\u30a1-\u30fa\u30fc]\\Z")
_FEWEST_OF_A_REST = 3


def spelling(sides: Sides) -> Iterator[Finding]:
    """A Latin word of the source that the translation has in another spelling."""
    if _is_kept_between({sides.source_language, sides.target_language}):
        missing = _only_in(sides.source_prose, sides.target)
        added = _only_in(sides.target_prose, sides.source) | _rests(sides.target_prose, sides.source_prose)
        for was, place in _misspelt(missing, added, sides.target):
            message = f"“{sides.source[slice(*was)]}” became “{sides.target[slice(*place)]}”"
            yield Finding("spelling", "warning", message, "Spell it as in the source, or translate it", was, place)


def is_misspelt(source: str, target: str, languages: Collection[str]) -> bool:
    """Whether a translation has a word of its source in another spelling; the two languages in any order.

    >>> is_misspelt("The sampling rate", "スamplingの周波数", ("en", "ja"))
    True
    """
    if not _is_kept_between(languages):
        return False
    added = _only_in(target, source) | _rests(target, source)
    return any(_misspelt(_only_in(source, target), added, target))


def _is_kept_between(languages: Collection[str]) -> bool:
    """Whether Latin words that pass from one language to the other keep their spelling."""
    return len(set(languages)) > 1 and not _WIDE_LANGUAGES.isdisjoint(languages)


def _misspelt(missing: Mapping[str, Range], added: Mapping[str, Range], target: str) -> Iterator[tuple[Range, Range]]:
    """Where missing words stand in the source, and in the target what became of them."""
    told = 0
    for word, place in sorted(added.items(), key=lambda one: one[1]) if missing else ():
        was = _meant(word, missing, rest=_is_rest(target, place)) if place[0] >= told else None
        if was:
            told = place[1]
            yield missing[was], place


def _only_in(prose: str, other: str) -> dict[str, Range]:
    """The words of a text that the other text does not have, in small letters, and where they stand.

    Two words with capitals are taken for one, too: a translation may have joined the two parts of a name.
    """
    known, letters, starts = _run_together(other)
    words = [match for match in LATIN_WORD.finditer(prose) if match[0].isascii()]
    found = {_letters(match[0]): match.span() for match in words}
    for one, two in pairwise(words):
        if one[0][0].isupper() and two[0][0].isupper() and two.start() - one.end() == 1:
            found[_letters(one[0] + two[0])] = one.start(), two.end()
    new = ((word, place) for word, place in found.items() if _SHORTEST <= len(word) <= _LONGEST and word not in known)
    few = islice(new, _MOST_WORDS)
    return {word: place for word, place in few if not any(letters.startswith(word, start) for start in starts)}


def _run_together(text: str) -> tuple[set[str], str, list[int]]:
    """The Latin words of a text, all its letters, and where in these a word begins: deeplearning is in “deep learning”."""
    words, letters, starts = set[str](), "", list[int]()
    for match in LATIN_WORD.finditer(text):
        words.add(word := _letters(match[0]))
        starts.append(len(letters))
        letters += word
    return words, letters, starts


def _letters(text: str) -> str:
    """A text by its letters alone, in small ones."""
    return "".join(filter(str.isalpha, text)).lower()


def _rests(target: str, source: str) -> dict[str, Range]:
    """The words that follow katakana at once, which may be what remained of a word: スampling."""
    words = (match for match in LATIN_WORD.finditer(target) if _is_rest(target, match.span()))
    found = {match[0].lower(): match.span() for match in words if match[0].islower() and len(match[0]) >= _FEWEST_OF_A_REST}
    known = {match[0].lower() for match in LATIN_WORD.finditer(source)}
    return {word: place for word, place in found.items() if word not in known}


def _is_rest(text: str, place: Range) -> bool:
    return _KATAKANA_BEFORE.search(text, max(0, place[0] - 1), place[0]) is not None


def _meant(word: str, missing: Mapping[str, Range], *, rest: bool) -> str | None:
    """Which of the missing words one was meant to be."""
    if rest and (whole := next((other for other in missing if other.endswith(word)), None)):
        return whole
    close = get_close_matches(word, missing, 3, _ALIKE)
    return next((other for other in close if not _is_form(word, other)), None)


def _is_form(one: str, other: str) -> bool:
    """Whether two words may be forms of one: matrix and matrices, hypothesis and hypotheses, optimiser and optimizers."""
    one, other = (word.replace("iz", "is").replace("yz", "ys").replace("our", "or") for word in (one, other))
    lengths = range(min(len(one), len(other)), _SHORTEST_STEM - 1, -1)
    shared = next((length for length in lengths if one[:length] == other[:length]), None)
    return shared is not None and all(_ENDING.fullmatch(word, shared) for word in (one, other))


_SHORTEST_STEM = 3
_ENDING = re.compile(
    "|s|es|e|ed|d|ings?|e?rs?|ors?|y|ies|ied|x|ces|[iu]s|i|a|ae|um|on|ly|al|ally|ics?|ical|ions?|ive|ity|able|ment|ness"
)


CHECKS = (spelling,)
