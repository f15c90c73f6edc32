"""Sentences of a source that its translation leaves out: what speaks for it is weighed by logistic regression.

Three things are: the words of a sentence that no other of the segment has are not said in the translation
(:mod:`diglot.pipeline.lexicon`), the translation is short for its source (:mod:`diglot.pipeline.checks.lengths`), and it has
fewer sentences. Between Japanese and Chinese the words are the characters that they have in common, which tell more than a
lexicon by way of English. ``scripts/fit_omissions.py`` finds the weights on parallel text with sentences left out.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from operator import mul
from typing import NamedTuple

from diglot.pipeline.checks.lengths import deviation, size
from diglot.pipeline.checks.sides import Sides
from diglot.pipeline.document import Finding, Range

__all__ = ["CHECKS", "Signs", "omission", "signs"]

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s|\Z)|[。！？]++")
_MARKED = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*\s*\Z")


class Signs(NamedTuple):
    """What speaks for an omission: evidence that the least likely sentence is said (in nats), the deviation of the
    length, the sentences that are fewer; and where that sentence stands.
    """

    evidence: float
    length: float
    fewer: int
    place: Range


# For each direction the weights of the three signs, and the score from which a sentence is reported with a warning; a note
# is given for what is a little below.
_WEIGHTS = {
    "from English": (-0.35, -1.5, 1.6),
    "into English": (-0.31, -1.7, 1.1),
    "by characters": (-0.15, -1.5, 1.0),
    "other": (0.0, -1.5, 1.0),
}
_THRESHOLDS = {"from English": 4.3, "into English": 3.7, "by characters": 2.8, "other": 3.9}
_NOTE = 1.75
_STRONGEST = -12.0, 4.0


def omission(sides: Sides) -> Iterator[Finding]:
    """A sentence that the translation seems to leave out."""
    found = signs(sides.source_prose, sides.target_prose, sides.source_language, sides.target_language)
    if found is None:
        return
    kind = direction(sides.source_language, sides.target_language)
    score = sum(map(mul, _WEIGHTS[kind], (found.evidence, found.length, found.fewer)))
    if score > _THRESHOLDS[kind]:
        message = "This sentence seems to be missing in the translation"
        yield Finding("omission", "warning", message, "Add it, if it is", found.place)
    elif score > _THRESHOLDS[kind] - _NOTE:
        yield Finding("omission", "info", "This sentence may be missing in the translation", "Add it, if it is", found.place)


def direction(source: str, target: str) -> str:
    """Which weights hold. The lexicon knows other languages by their English, and tells little of two of them."""
    if {source, target} == {"ja", "zh"}:
        return "by characters"
    return "from English" if source == "en" else "into English" if target == "en" else "other"


def signs(source: str, target: str, source_language: str, target_language: str) -> Signs | None:
    """The signs that a sentence is left out; None where the source has one sentence only."""
    from diglot.pipeline.segment import sentences

    sizes = size(source), size(target)
    if min(sizes) == 0 or len(_SENTENCE_END.findall(source)) < 2:
        return None
    places = sentences(source, source_language)
    if len(places) < 2:
        return None
    least, place = _least_said(source, places, target, source_language, target_language)
    # Captions have no marks at the ends of their sentences.
    fewer = len(places) - len(_SENTENCE_END.findall(target)) if _MARKED.search(target) else 0
    length = deviation(*sizes, source_language, target_language)
    return Signs(least, length, max(-1, min(2, fewer)), place)


def _least_said(
    source: str, places: list[Range], target: str, source_language: str, target_language: str
) -> tuple[float, Range]:
    """The least evidence that a sentence of the source is said in the translation, and where that sentence stands."""
    from diglot.pipeline.lexicon import evidence, said

    kind = direction(source_language, target_language)
    if kind == "other":
        return 0.0, places[-1]
    shared = kind == "by characters"
    heard = _characters(target) if shared else said(target, target_language)
    texts = [source[start:end] for start, end in places]
    sets = [_characters(text) if shared else said(text, source_language) for text in texts]
    counts = Counter(word for one in sets for word in one)
    least, place = _STRONGEST[1], places[-1]
    for words, at in zip(sets, places, strict=True):
        own = {word for word in words if counts[word] == 1}
        if own or not words:  # a sentence that only repeats what another says is not missed
            found = _in_common(own, heard) if shared else evidence(own, heard, source_language, target_language)
            least, place = min((least, place), (found, at))
    return max(_STRONGEST[0], min(_STRONGEST[1], least)), place


_CHARACTER = re.compile(r"[\u3400-\u9fff]|[A-Za-z]{2,}|\d+")
# How often a character of a Japanese or Chinese sentence stands in its translation, and by chance in one of so many others.
_HIT, _CHANCE, _TYPICAL = 0.32, 0.06, 22


def _characters(text: str) -> set[str]:
    """The Chinese characters of a text, and its names in Latin letters and numbers."""
    return set(_CHARACTER.findall(text))


def _in_common(own: set[str], heard: set[str]) -> float:
    """The evidence of the characters that a translation has too, and of those that it has not, in nats."""
    chance = min(0.8 * _HIT, _CHANCE * max(0.4, len(heard) / _TYPICAL))
    there = len(own & heard)
    return there * math.log(_HIT / chance) + (len(own) - there) * math.log((1 - _HIT) / (1 - chance))


CHECKS = (omission,)
