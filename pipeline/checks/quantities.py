"""Numbers, months and weekdays that stand in a text as figures or names, by value, whatever style they are written in.

``1,234`` and ``１２３４`` are one value, ``1.2 million`` and ``120万`` another. A number often has several readings
(``1.234`` in a German text; three in the afternoon is 15 too): it is compared as the set of them, and two numbers agree
when the sets meet. Numbers spelled out in words or Chinese numerals are read by :mod:`diglot.pipeline.checks.spelled`.

How much a number weighs when nothing agrees with it is its :class:`Certainty`. Digits must come through. Words agree
with digits, but are missed only where the other side has digits that nothing agrees with; those that language uses in
passing
(``one``, ``一``, ``half``) are never missed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import cache

from diglot.pipeline.checks import numerals
from diglot.pipeline.document import Range

__all__ = [
    "Certainty",
    "Quantity",
    "Value",
    "figures",
    "identifiers",
    "in_context",
    "inside",
    "is_month",
    "named",
    "narrow",
    "outside",
]

# Months and weekdays are written "month 3", "weekday 1"; a number too long to be one stays as it is.
Value = Decimal | str


class Certainty(IntEnum):
    """How sure it is that a number must have its counterpart: the words of passing, other words, 0 to 2, the rest."""

    PASSING = 0
    WORD = 1
    SMALL = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, month or weekday in a text: where, how it may be read, how certain it is to have a counterpart."""

    start: int
    end: int
    values: frozenset[Value]
    certainty: Certainty

    @property
    def kind(self) -> str:
        """``weekday``, or ``number`` for all that may agree with a number."""
        return "weekday" if any(str(value).startswith("weekday") for value in self.values) else "number"

    @property
    def is_name(self) -> bool:
        """Whether it is a month or a weekday by its name, and surely that."""
        return self.certainty == Certainty.SMALL and any(isinstance(value, str) for value in self.values)


SPACED_LANGUAGES = ("fr", "de", "es")
WIDE_LANGUAGES = ("ja", "zh", "ko")
LATIN = "A-Za-zÀ-ɏ"

# One character for one, so that places stay right.
_NARROW = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " ", "\u202f": "\xa0"})
# 7.30 at which a clock is read is 7 and 30; 1・5 is 1.5.
_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.([0-5]\d)(?=\s?(?:[ap]\.?m\b|uhr\b|h\b))", re.IGNORECASE)
_MIDDLE_DOT = re.compile(r"(?<=\d)・(?=\d)")

_DIGITS = re.compile(rf"(?<![{LATIN}_\d])(?<!\d[.,])(?<![{LATIN}]-)\d(?:\d|[.,'’\xa0](?=\d)| (?=\d{{3}}(?!\d)))*")
_GROUPED = re.compile(r"\d{1,3}(?:([,.'’\xa0 ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
# (3,4) and {0,1} are lists, also where the comma is the decimal mark.
_BRACKETED = re.compile(r"[(\[{][-−]?\d+(?:,\d+)+[)\]}\[]")
_DECIMAL_COMMA = re.compile(r"\d+(?:[.,]\d+)?")
_IDENTIFIER = re.compile(
    rf"(?<![{LATIN}\d])[{LATIN}]{{1,24}}[-_]?\d+(?:\.\d+)*[{LATIN}\d]{{0,24}}"
    rf"|(?<![\w.,])\d{{1,4}}[A-Z](?![{LATIN}\d])"
)
_LOOSE_DIGITS = re.compile(r"(\d{1,15})(\.\d{1,15})?")
_MOST_DIGITS = 28  # more are a code of some kind, compared as it is written

# What a number is multiplied by: 200多万, 3만 5천. 千米 is a unit.
_HAN_SCALE = re.compile(
    r" ?[多余餘数數]? ?(?!千[米克瓦卡赫帕])[十百千万萬億亿兆]+(?: ?\d[\d,.]* ?[十百千万萬億亿兆]+)*(?:\d[\d,]*)?"
)
_KOREAN_SCALE = re.compile(r"여? ?[십백천만억조]+(?: ?\d[\d,]*[십백천만억조]+)*(?: ?\d[\d,]*)?")
_NOT_NUMERAL = re.compile("[多余餘数數여 ]")
_LONGEST_SCALE = 40
_LETTER_SCALES = {"k": 3, "m": 6, "b": 9}
_DOUBTFUL_SCALE = re.compile(r"[kKMBm]")  # may be a unit as well
_RANGE = re.compile(r"\s?(?:[~～〜–—、-]|to|or|and|bis|oder|und|à|ou|et|a|o|y|至|到|和|から)\s?\d[\d.,]*", re.IGNORECASE)

_PERCENT = re.compile(r"\s?(?:%|percent|per cent|pct|prozent|pour ?cent|por ciento|パーセント|퍼센트|프로\b)", re.IGNORECASE)
_PERCENT_BEFORE = re.compile(r"百分之\Z")
_TENTHS = re.compile("[割成]| (?:decade|décennie|jahrzehnt|década)", re.IGNORECASE)
_AND_A_HALF = re.compile(r"[^\d\s半]{1,2}半")
_CENTURY = re.compile(
    rf"(?:st|nd|rd|th|e|er|ème|\.|º)?[ \xa0-]?(?:centur|jahrhundert|jh\b|siècle|世紀|世纪|세기)|s(?![{LATIN}])",
    re.IGNORECASE,
)
_DECADE = re.compile(rf"\s?(?:年代|년대|s(?![{LATIN}])|'s|er(?: |-?jahre))", re.IGNORECASE)
_CENTURIES = (1700, 1800, 1900, 2000)
_MONTH = re.compile(r"\s?[月월]")
_ERA = re.compile("(令和|平成|昭和|大正|明治) ?\\Z")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}  # the years before their first
_AFTERNOON = re.compile(
    r"\d\s?p\.?\s?m\b|afternoon|evening|tonight|night|下午|晚上|傍晚|夜|午後|夕方|오후|저녁|밤|après-midi|soir|nachmittag"
    r"|abend|nacht|tarde|noche",
    re.IGNORECASE,
)
_AMBIGUOUS_MONTHS = ("March", "mars", "Mars")  # and those of three letters: May, mai, Jan


def figures(text: str, language: str) -> list[Quantity]:
    """The numbers of a text that are written in digits, and the names of months and weekdays.

    >>> [(str(*number.values), number.certainty.name) for number in figures("1,234 layers and 2 heads", "en")]
    [('1234', 'SURE'), ('2', 'SMALL')]
    """
    text = narrow(text)
    found = list(_digits(text, language))
    found += outside(_loose_digits(text), found, len(text))
    return [*found, *named(text, language, "weekday"), *named(text, language, "month")]


def outside(found: Iterable[Quantity], taken: Iterable[Quantity], length: int) -> list[Quantity]:
    """Those that do not begin inside the others; ``length`` is the text's."""
    places = bytearray(length)
    for quantity in taken:
        places[quantity.start : quantity.end] = b"\1" * (quantity.end - quantity.start)
    return [quantity for quantity in found if not places[quantity.start]]


def inside(text: str, places: Iterable[Range]) -> list[Quantity]:
    """The digits in some places of a text, those of lost formulas for one: they may stand for a number, but need not."""
    found = ((start, match) for start, end in places for match in _LOOSE_DIGITS.finditer(narrow(text[start:end])))
    return [_loose(match, start) for start, match in found]


def narrow(text: str) -> str:
    """A text with full-width characters and times of day as they are read here, each place where it was."""
    return _MIDDLE_DOT.sub(".", _CLOCK.sub(r"\1:\2", text.translate(_NARROW)))


def identifiers(text: str) -> list[tuple[str, Range]]:
    """The words that are letters and digits in one (``GPT-4``, ``Conv2D``), in lower case, and where they stand."""
    return [(match[0].lower(), match.span()) for match in _IDENTIFIER.finditer(text.translate(_NARROW))]


def is_month(text: str, end: int) -> bool:
    """Whether the number that ends there is followed by 月 or 월."""
    return _MONTH.match(text, end) is not None


def _digits(text: str, language: str) -> Iterator[Quantity]:
    afternoon = _AFTERNOON.search(text) is not None
    done = 0
    for match in _DIGITS.finditer(text):
        listed = any(_BRACKETED.match(text, start) for start in (match.start() - 1, match.start() - 2) if start >= 0)
        for start, end, readings in _readings(match[0], language, listed):
            first, last = match.start() + start, match.start() + end
            if first < done:
                continue
            if _IDENTIFIER.match(text, first):
                yield Quantity(first, last, frozenset(readings), Certainty.PASSING)
                continue
            values, done = _scaled(text, last, readings, language) if last == match.end() else (readings, last)
            if values is readings and (ranged := _RANGE.match(text, last)):  # 2 to 3 million
                values = readings | _scaled(text, ranged.end(), readings, language)[0]
            small = all(isinstance(value, Decimal) and value <= 2 for value in values)
            values = values | in_context(text, first, done, values, afternoon=afternoon)
            yield Quantity(first, done, frozenset(values), Certainty.SMALL if small else Certainty.SURE)


def _readings(body: str, language: str, listed: bool) -> Iterator[tuple[int, int, set[Value]]]:
    """The numbers of a run of digits and separators: one with all its readings, or several, as where a list is known."""
    if body.isdigit():
        yield 0, len(body), {_number(body)}
        return
    grouped = _GROUPED.fullmatch(body)
    if grouped and (grouped[1] != " " or language in SPACED_LANGUAGES):
        separator = grouped[1]
        whole = body.replace(separator, "").replace(",", ".")
        values = {_number(whole)}
        single = body.count(separator) == 1 and whole.isdigit()
        if single and separator == ".":
            values = {_number(body)} | (values if language in SPACED_LANGUAGES else set())
        elif single and separator == "," and language in SPACED_LANGUAGES:
            values.add(_number(body.replace(",", ".")))
        yield 0, len(body), values
        return
    one: set[Value] = set()  # that it may be as well: 2 187, (3,4)
    if grouped or (listed and language in SPACED_LANGUAGES and _DECIMAL_COMMA.fullmatch(body)):
        one.add(_number(body.replace(" ", "").replace(",", ".")))
    for part in _part(body, language, listed).finditer(body):
        yield part.start(), part.end(), {_number(part[0].replace(",", "."))} | one


def _part(body: str, language: str, listed: bool) -> re.Pattern[str]:
    """What one of several numbers is, joined by separators as they are."""
    if body.count(".") > 1 and "," not in body:  # a date, a version
        return re.compile(r"\d+")
    comma = language in SPACED_LANGUAGES and not listed and body.count(",") == 1
    return _DECIMAL_COMMA if comma else re.compile(r"\d+(?:\.\d+)?")


def _number(digits: str) -> Value:
    return Decimal(digits) if len(digits) <= _MOST_DIGITS else digits


def _scaled(text: str, end: int, readings: set[Value], language: str) -> tuple[set[Value], int]:
    """A number times the scale that is written after it (``million``, ``万``), and where that ends."""
    if language in WIDE_LANGUAGES:
        scale = (_KOREAN_SCALE if language == "ko" else _HAN_SCALE).match(text, end)
        if scale and len(scale[0]) <= _LONGEST_SCALE:
            head = next(iter(readings))
            value = numerals.evaluate_han(_NOT_NUMERAL.sub("", f"{head}{scale[0]}"))
            return ({value}, scale.end()) if value is not None else (readings, end)
        return readings, end
    match = _scale_pattern(language).match(text, end)
    if not match:
        return readings, end
    powers = _powers(language)
    # What matches without regard to case need not be a key in lower case: İ and ſ match i and s.
    factor = 10 ** sum(powers.get(word, 0) for word in re.findall(r"\w+", match[0].lower()))
    scaled: set[Value] = {value * factor for value in readings if isinstance(value, Decimal)}
    return (scaled | readings if _DOUBTFUL_SCALE.fullmatch(match[0]) else scaled), match.end()


@cache
def _powers(language: str) -> dict[str, int]:
    """The powers of ten that words and letters after a number stand for."""
    return _LETTER_SCALES | {word: int(power) for word, power in numerals.scales(language).items()}


@cache
def _scale_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(numerals.scales(language), key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?:(?:[ \xa0-]?(?:{names})|[kKmMB])(?![{LATIN}\d²³])){{1,2}}", re.IGNORECASE)


def in_context(text: str, start: int, end: int, values: Iterable[Value], *, afternoon: bool) -> set[Value]:
    """Further readings of a number for what stands around it: per cent, a decade, a month, the afternoon."""
    percent = _PERCENT.match(text, end) or _PERCENT_BEFORE.search(text, max(0, start - 3), start)
    tenths, and_a_half = _TENTHS.match(text, end), _AND_A_HALF.match(text, end)
    era = _ERA.search(text, max(0, start - 3), start)
    more: set[Value] = set()
    for value in values:
        if not isinstance(value, Decimal) or value >= 10_000:
            continue
        more |= {value / 100} if percent else set()
        more |= {value * 10} if tenths else set()
        more |= {value + Decimal("0.5")} if and_a_half else set()
        more |= {value + _ERAS[era[1]]} if era else set()
        if value == value.to_integral_value():
            more.update(_as_time(text, end, int(value), afternoon))
    return more


def _as_time(text: str, end: int, value: int, afternoon: bool) -> Iterator[Value]:
    """What a whole number may be as a year, a month or an hour: the 60s are 1960, the 19th century began in 1800."""
    in_decade, century = _DECADE.match(text, end), _CENTURY.match(text, end)
    if century and value < 30:  # and the decades in it: 20世纪60年代
        yield from (Decimal((value - 1) * 100 + decade) for decade in range(0, 100, 10))
    elif (century or in_decade) and value >= 100 and value % 100 == 0:
        yield Decimal(value // 100 + 1)
    elif in_decade and value < 100:
        yield from (Decimal(hundred + value) for hundred in _CENTURIES)
    if 1900 <= value < 2100:
        yield Decimal(value % 100)
    if 1 <= value <= 12 and is_month(text, end):
        yield f"month {value}"
    if 1 <= value <= 12 and afternoon:
        yield Decimal(value + 12)


def _loose_digits(text: str) -> Iterator[Quantity]:
    """Digits inside identifiers: they may stand for a number, but need not."""
    return map(_loose, _LOOSE_DIGITS.finditer(text))


def _loose(match: re.Match[str], offset: int = 0) -> Quantity:
    values = frozenset({Decimal(match[0]), Decimal(match[1])})
    return Quantity(offset + match.start(), offset + match.end(), values, Certainty.PASSING)


def named(text: str, language: str, kind: str) -> Iterator[Quantity]:
    """The names of ``month``s or ``weekday``s; a month is its number too."""
    pattern, index = _names(language, kind)
    for match in pattern.finditer(text):
        name, number = match[1], index[match[1]]
        values: set[Value] = {f"{kind} {number}"} | ({Decimal(number)} if kind == "month" else set())
        doubtful = kind == "month" and (len(name) <= 3 or name in _AMBIGUOUS_MONTHS)
        yield Quantity(*match.span(), frozenset(values), Certainty.PASSING if doubtful else Certainty.SMALL)


@cache
def _names(language: str, kind: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern for the names of months or weekdays, and which of them each is, counted from 1."""
    table = numerals.MONTHS if kind == "month" else numerals.WEEKDAYS
    forms = table.get(language, "").split()
    index = {form: i for i, group in enumerate(forms, 1) for form in group.split("|")}
    names = "|".join(sorted(index, key=len, reverse=True)) or "(?!)"
    if language in WIDE_LANGUAGES:  # 一周四天 is no Thursday
        return re.compile(f"(?<![一每两\\d])({names})(?![天年个])"), index
    return re.compile(rf"(?<!\w)({names}){'s?' if kind == 'weekday' else ''}(?!\w)"), index
