"""Numbers, months and weekdays must come through by value; so must the digits of names such as ``GPT-4``."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from diglot.pipeline.checks.pairing import swapped, unpaired
from diglot.pipeline.checks.quantities import Certainty, Quantity, Value, figures, identifiers, inside
from diglot.pipeline.checks.sides import Sides
from diglot.pipeline.checks.spelled import spelled
from diglot.pipeline.checks.units import unit
from diglot.pipeline.document import Finding
from diglot.pipeline.wording import dates

__all__ = ["CHECKS", "names", "numbers", "signs", "units", "wrong_numbers"]


def numbers(sides: Sides) -> Iterator[Finding]:
    """Numbers that nothing on the other side agrees with, and figures that became another that is there as well.

    Where both sides have one, the one became the other: an error. A number missing or added alone is a warning: a
    translator may have left it out, put a pronoun in its place, or spelt it in a way that is not known here.
    """
    here = figures(sides.source_prose, sides.source_language)
    there = figures(sides.target_prose, sides.target_language)
    left, right = unpaired(sides.source_prose, here, sides.target_prose, there)
    words: list[Quantity] = []
    if left or right or _lonely(here, there) or _lonely(there, here):  # they may agree with words
        words = spelled(sides.source_prose, sides.source_language, here)
        here += words
        there += spelled(sides.target_prose, sides.target_language, there)
        here += inside(sides.source, [(span.start, span.end) for span in sides.lost])
        there += inside(sides.target, [(span.start, span.end) for span in sides.spare])
        here += _beside_dates(sides.source_prose, sides.source_language)
        there += _beside_dates(sides.target_prose, sides.target_language)
    found: list[Finding] = []
    for kind in ("number", "weekday"):
        missing, added = ([q for q in lonely if q.kind == kind] for lonely in (_lonely(here, there), _lonely(there, here)))
        missing, added = _unconverted(sides, missing, there, back=False), _unconverted(sides, added, here, back=True)
        if kind == "number" and len(added) > len(missing):
            missing += _unanswered(words, there)[: len(added) - len(missing)]
        found += _compared(sides, missing, added)
    if not found and (pair := swapped(left, right, here, there)) and not _is_conversion(sides, *pair):
        found = [_changed(sides, *pair)]
    yield from found or _again(sides, here, there, [figure for _, figure in right])
    yield from units(sides, here, there)
    yield from signs(sides, here, there)


def _beside_dates(text: str, language: str) -> list[Quantity]:
    """The days of the week beside dates, which are shortened there (Tue, 火)."""
    found = ((place, date.weekday) for place, date in dates.find(text, language) if date.month and date.weekday)
    return [Quantity(*place, frozenset({f"weekday {number}"}), Certainty.PASSING) for place, number in found]


def wrong_numbers(source: str, target: str, source_language: str, target_language: str) -> int:
    """How many findings there are about the numbers of two texts in which nothing is protected.

    >>> wrong_numbers("20 layers and 3 heads", "22層と3つのヘッド", "en", "ja")
    1
    """
    if not _ANY_DIGIT.search(source + target):
        return 0
    return sum(
        1 for _ in numbers(Sides(source, target, source_language, target_language, source, target, (), (), (), (), ()))
    )


_ANY_DIGIT = re.compile(r"\d")


def _compared(sides: Sides, missing: Sequence[Quantity], added: Sequence[Quantity]) -> Iterator[Finding]:
    """Those without a counterpart: the surest of one side became the surest of the other, the rest are told alone."""
    changed = [pair for pair in zip(missing, added, strict=False) if max(q.certainty for q in pair) >= Certainty.SMALL]
    yield from (_changed(sides, was, became) for was, became in changed)
    for told, rest in ((_missing, missing), (_added, added)):
        alone = {q.values: q for q in reversed(rest[len(changed) :]) if q.certainty == Certainty.SURE or q.is_name}
        yield from (told(sides, quantity) for quantity in reversed(alone.values()))


def _lonely(these: Sequence[Quantity], those: Sequence[Quantity]) -> list[Quantity]:
    """The quantities that must have a counterpart and have none, the surest first."""
    known = frozenset(value for quantity in those for value in quantity.values)
    lonely = [q for q in these if q.certainty > Certainty.PASSING and known.isdisjoint(q.values)]
    return sorted(lonely, key=lambda quantity: -quantity.certainty)


def _unanswered(words: Sequence[Quantity], there: Sequence[Quantity]) -> list[Quantity]:
    """The numbers in words, from 3 up, that nothing on the other side agrees with: they became a figure too many there."""
    known = frozenset(value for quantity in there for value in quantity.values)
    alone = [q for q in words if q.certainty == Certainty.PASSING and known.isdisjoint(q.values)]
    return [q for q in alone if all(isinstance(value, Decimal) and value >= _FEWEST_UNANSWERED for value in q.values)]


_FEWEST_UNANSWERED = 3


def _unconverted(sides: Sides, missing: list[Quantity], there: Sequence[Quantity], *, back: bool) -> list[Quantity]:
    """The quantities of one side that are on the other no measure converted to other units (18 feet, 5,5 mètres)."""
    return [
        one
        for one in missing
        if not any(_is_conversion(sides, *((other, one) if back else (one, other))) for other in there[:_MOST_CONVERTED])
    ]


_MOST_CONVERTED = 20

# Units that are converted into one another: what the first is multiplied by and then added to it for the second.
_CONVERSIONS = {
    ("foot", "metre"): (0.3048, 0),
    ("foot", "centimetre"): (30.48, 0),
    ("inch", "centimetre"): (2.54, 0),
    ("mile", "kilometre"): (1.609, 0),
    ("yard", "metre"): (0.9144, 0),
    ("pound", "kilogram"): (0.4536, 0),
    ("pound", "ton"): (0.000454, 0),
    ("ounce", "gram"): (28.35, 0),
    ("gallon", "litre"): (3.785, 0),
    ("jin", "kilogram"): (0.5, 0),
    ("fahrenheit", "celsius"): (5 / 9, -160 / 9),
    ("minute", "second"): (60, 0),
    ("hour", "minute"): (60, 0),
    ("day", "hour"): (24, 0),
    ("week", "day"): (7, 0),
    ("year", "month"): (12, 0),
}


def _is_conversion(sides: Sides, quantity: Quantity, other: Quantity) -> bool:
    """Whether two measures are one, converted to the units of the other language and rounded."""
    units = unit(sides.source, quantity), unit(sides.target, other)
    for (first, second), conversion in _CONVERSIONS.items():
        if units == (first, second):
            return _is_rounded(quantity, other, *conversion)
        if units == (second, first):
            return _is_rounded(other, quantity, *conversion)
    return False


def _is_rounded(first: Quantity, second: Quantity, factor: float, term: float) -> bool:
    exact = [float(value) * factor + term for value in first.values if not isinstance(value, str)]
    return any(abs(float(v) - x) <= 0.12 * abs(x) for v in second.values if not isinstance(v, str) for x in exact)


def _changed(sides: Sides, missing: Quantity, added: Quantity) -> Finding:
    was, became = sides.source[missing.start : missing.end], sides.target[added.start : added.end]
    places = (missing.start, missing.end), (added.start, added.end)
    return Finding("number", "error", f"“{was}” became “{became}”", f"Write the value of {was}", *places)


def _missing(sides: Sides, quantity: Quantity) -> Finding:
    place = quantity.start, quantity.end
    words = sides.source[slice(*place)]
    if quantity.is_name and words in sides.target:  # February, in a language that does not write it so
        return Finding("left-over", "warning", f"“{words}” was left as it is in the source", "Translate it", place)
    return Finding("number-missing", "warning", f"“{words}” is not in the translation", f"Write {words}", place)


def _added(sides: Sides, quantity: Quantity) -> Finding:
    place = quantity.start, quantity.end
    words = sides.target[slice(*place)]
    message = f"“{words}” is not in the source"
    return Finding("number-added", "warning", message, "Take it out, or write the number of the source", target=place)


def _again(
    sides: Sides, here: Sequence[Quantity], there: Sequence[Quantity], alone: Sequence[Quantity]
) -> Iterator[Finding]:
    """Years and large figures, ``alone`` without a partner, that the translation says more often than the source.

    A smaller number is soon said again, or counts something else.
    """
    sure = [_large_values(one) for one in there if one.certainty == Certainty.SURE]
    for values, quantity in {_large_values(one): one for one in alone if one.certainty == Certainty.SURE}.items():
        said = sum(not values.isdisjoint(one.values) for one in here)
        if 0 < said < sure.count(values):
            place = quantity.start, quantity.end
            message = f"“{sides.target[slice(*place)]}” is in the source less often"
            yield Finding("number-added", "warning", message, "See whether it stands for another number", target=place)


def _large_values(quantity: Quantity) -> frozenset[Value]:
    return frozenset(value for value in quantity.values if isinstance(value, Decimal) and value >= _LARGE)


_LARGE = 1000


def units(sides: Sides, here: Sequence[Quantity], there: Sequence[Quantity]) -> Iterator[Finding]:
    """Numbers that came through with another unit, where it is clear which number is which."""
    once = Counter(value for quantity in here for value in quantity.values)
    places: dict[Value, list[Quantity]] = {}
    for quantity in there:
        for value in quantity.values if quantity.certainty >= Certainty.SMALL else ():
            places.setdefault(value, []).append(quantity)
    for quantity in here:
        others = [q for value in quantity.values if once[value] == 1 for q in places.get(value, ())[:_MOST_CONVERTED]]
        was = unit(sides.source_prose, quantity) if others else None
        became = [unit(sides.target_prose, other) for other in others] if was else []
        if was and None not in became and was not in became and not _is_conversion(sides, quantity, others[0]):
            message = f"“{sides.source[quantity.start : quantity.end]}” has the unit {became[0]} instead of {was}"
            at = (quantity.start, quantity.end), (others[0].start, others[0].end)
            yield Finding("unit", "error", message, f"Write the unit {was}", *at)


# A minus stands before its number at once and after a space, but not where a range may (5 -10) or a list begins (- 10).
_MINUS = re.compile(r"[^\d\s]\s*[\s(（:：=][-−－]\Z")
_ANY_DASH = re.compile(r"[-−－–—―‐‑ー~〜～]\s?\Z")
_NEGATIVE = re.compile(
    r"minus|negativ|below|under|less|los[se]|drop|f[ae]ll|declin|decreas|down|lower|moins|négati|sous|bai?ss|perd|menos|bajo|ca[íy]"
    r"|unter|verl[iou]|マイナス|負|零下|氷点下|減|下|赤字|损|负|零|降|跌|减|亏|영하|마이너스|음수|감소|하락",
    re.IGNORECASE,
)


def signs(sides: Sides, here: Sequence[Quantity], there: Sequence[Quantity]) -> Iterator[Finding]:
    """A number that lost its minus, and nothing in the translation says so in words."""
    if _NEGATIVE.search(sides.target_prose):
        return
    for quantity in here:
        minus = _MINUS.search(sides.source_prose, max(0, quantity.start - 4), quantity.start)
        if minus is None or quantity.certainty < Certainty.SMALL:
            continue
        same = [q for q in there[:_MOST_NUMBERS] if not quantity.values.isdisjoint(q.values)]
        if same and not any(_ANY_DASH.search(sides.target_prose, max(0, q.start - 2), q.start) for q in same):
            place = quantity.start - 1, quantity.end
            message = f"“{sides.source[slice(*place)]}” has lost its minus"
            advice = f"Write {sides.source[slice(*place)]}"
            yield Finding("number", "error", message, advice, place, (same[0].start, same[0].end))


_MOST_NUMBERS = 100


_DIGITS = re.compile(r"[\d._-]+")
_LINKS = str.maketrans("", "", "_-")  # c0 is c_0


def names(sides: Sides) -> Iterator[Finding]:
    """A name with digits that has other digits in the translation."""
    here, there = identifiers(sides.source_prose), identifiers(sides.target_prose)
    known, kept = (Counter(_key(name) for name, _ in names) for names in (here, there))
    added = {_DIGITS.sub("#", _key(name)): place for name, place in there if _key(name) not in known}
    fewer = known - kept
    for name, place in here:
        became = added.get(_DIGITS.sub("#", _key(name)))
        if fewer.pop(_key(name), 0) and became is not None:
            was, now = sides.source[slice(*place)], sides.target[slice(*became)]
            yield Finding("number", "error", f"“{was}” became “{now}”", f"Write {was}", place, became)


def _key(name: str) -> str:
    """What two spellings of a name have in common: ``c_0`` is c0, and SHA-1s are of SHA-1."""
    return name.translate(_LINKS).removesuffix("s")


CHECKS = (numbers, names)
