"""Whether a translation is about as long as it should be, by the model of Gale and Church (1993).

The logarithm of the ratio of the lengths, in letters and digits, is about normal. Its mean is a matter of the two
languages: the table gives each language's length beside English. Its variance is that of the wordier language and a
part that shrinks with the length. Both are measured on parallel text (``benchmarks/check.py`` prints how well they
fit).
"""

import math
from collections.abc import Iterator

from diglot.pipeline.checks.sides import Sides
from diglot.pipeline.document import Finding

__all__ = ["CHECKS", "LENGTH", "deviation", "expected", "length", "size"]

# The logarithm of a translation's length beside its English source, and how much that varies.
LENGTH = {"en": 0.0, "fr": 0.14, "de": 0.17, "es": 0.10, "ja": -0.56, "zh": -0.93, "zh-Hant": -0.93, "ko": -0.65}
_VARIANCE = {"en": 0.01, "fr": 0.02, "de": 0.02, "es": 0.02, "ja": 0.065, "zh": 0.06, "ko": 0.065}

# In standard deviations. Of the work of professional translators three in ten thousand pairs are beyond 3.5.
_WARNING, _ERROR = 3.5, 5.0
_SHORT = 25  # letters of an English source; fewer may be said in a word, or in a number


def size(text: str) -> int:
    """The length that is compared: letters and digits."""
    return sum(map(str.isalnum, text))


def expected(source: int, source_language: str, target_language: str) -> float:
    """The size that a translation of a source of some size usually has."""
    return source * math.exp(LENGTH.get(target_language, 0.0) - LENGTH.get(source_language, 0.0))


def deviation(source: int, target: int, source_language: str, target_language: str) -> float:
    """How far a translation's length is from the one expected, in standard deviations; below 0 it is too short.

    ``source`` and ``target`` are sizes above 0.
    """
    usual = expected(source, source_language, target_language)
    variance = max(_VARIANCE.get(language, 0.065) for language in (source_language, target_language))
    in_english = source * math.exp(-LENGTH.get(source_language, 0.0))
    return math.log(target / usual) / math.sqrt(variance + 1 / in_english)


def length(sides: Sides) -> Iterator[Finding]:
    """A translation far too short or too long."""
    z = _deviation(sides)
    short = size(sides.source) < _SHORT * math.exp(LENGTH.get(sides.source_language, 0.0))
    if abs(z) < (_ERROR if short and z < 0 else _WARNING):
        return
    what = "short" if z < 0 else "long"
    advice = "See whether a part is missing" if z < 0 else "See whether something was added or repeated"
    message = f"The translation is far too {what} for its source"
    yield Finding(f"too-{what}", "error" if abs(z) >= _ERROR else "warning", message, advice)


def _deviation(sides: Sides) -> float:
    here, there = size(sides.source), size(sides.target)
    if not here or not there:
        return 0.0
    return deviation(here, there, sides.source_language, sides.target_language)


CHECKS = (length,)
