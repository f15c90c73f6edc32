"""Figures paired across a source and its translation, to find one that became another which is there anyway.

By value alone ``TensorFlow 1 and 2`` agrees with ``TensorFlow 2 and 2``. So each figure takes one partner, those of one name
and value first, and what remains on both sides is looked at: it belongs together when the same name stands before it, or
when nothing else remains.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from diglot.pipeline.checks.quantities import LATIN, Certainty, Quantity

__all__ = ["swapped", "unpaired"]

_MOST_NUMBERS = 100
Named = tuple[str, Quantity]


def unpaired(
    source: str, here: Sequence[Quantity], target: str, there: Sequence[Quantity]
) -> tuple[list[Named], list[Named]]:
    """The figures of both sides, each with the name before it, that have no partner of their value on the other side.

    >>> from diglot.pipeline.checks.quantities import figures
    >>> texts = "HTTP/2 came after HTTP/1.", "HTTP/1 kam nach HTTP/1."
    >>> left, right = unpaired(texts[0], figures(texts[0], "en"), texts[1], figures(texts[1], "de"))
    >>> [(name, str(*quantity.values)) for name, quantity in left + right]
    [('http/', '2'), ('http/', '1')]
    """
    left, right = (
        [(_name_before(text, q), q) for q in found if q.certainty > Certainty.PASSING and q.kind == "number"]
        for text, found in ((source, here), (target, there))
    )
    if max(len(left), len(right)) > _MOST_NUMBERS:
        return [], []
    for agree in (_same_name_and_value, _same_value, _one_value):
        for one in list(left):
            if (partner := next((other for other in right if agree(one, other)), None)) is not None:
                left.remove(one)
                right.remove(partner)
    return left, right


def _same_name_and_value(one: Named, other: Named) -> bool:
    return one[0] == other[0] and one[1].values == other[1].values


def _same_value(one: Named, other: Named) -> bool:
    return one[1].values == other[1].values


def _one_value(one: Named, other: Named) -> bool:
    return not one[1].values.isdisjoint(other[1].values)


def swapped(
    left: Sequence[Named], right: Sequence[Named], here: Sequence[Quantity], there: Sequence[Quantity]
) -> tuple[Quantity, Quantity] | None:
    """A figure without a partner and the one that it became: both have one name, or no others remain when those that the
    other side has in words are taken away. ``here`` and ``there`` are all numbers of the two sides.
    """
    for one, other in product(left, right):
        if one[0] and one[0] == other[0]:
            return one[1], other[1]
    was, became = _without_words(left, there), _without_words(right, here)
    return (was[0], became[0]) if len(was) == len(became) == 1 else None


def _without_words(figures: Sequence[Named], others: Sequence[Quantity]) -> list[Quantity]:
    """Those of the figures that no word of the other side stands for; each word stands for one, and words of passing for a 1
    say nothing.
    """
    words = [q for q in others if q.certainty <= Certainty.WORD]
    remaining = []
    for _, figure in figures:
        word = next((word for word in words if not word.values.isdisjoint(figure.values - _ONE)), None)
        if word is None:
            remaining.append(figure)
        else:
            words.remove(word)
    return remaining


_ONE = {Decimal(1)}

# What says which one a number is, and stays as it is in a translation: a name (Ruby 3), what is glued to it (HTTP/2, x=0).
_WIDE = "\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_NAME_BEFORE = re.compile(
    rf"(?:(?<![{LATIN}])[A-ZÄÖÜÉ][{LATIN}]{{0,23}}[ \xa0]|[^\s\d{_WIDE}]{{0,9}}[^\W\d_{_WIDE}][^\s\d{_WIDE}]{{0,3}})\Z"
)
_LONGEST_NAME = 28
_POINT_BEFORE, _POINT_AFTER = re.compile(r"\d\."), re.compile(r"\.\d")


def _name_before(text: str, quantity: Quantity) -> str:
    """The name or sign that stands at once before a number, a point for a part of a version (2.7.5), or nothing."""
    start, end = quantity.start, quantity.end
    if _POINT_BEFORE.fullmatch(text, max(0, start - 2), start) or _POINT_AFTER.match(text, end):
        return "."
    match = _NAME_BEFORE.search(text, max(0, start - _LONGEST_NAME), start)
    return match[0].strip().lower() if match else ""
