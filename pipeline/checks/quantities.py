"""Numbers, months and weekdays of a text by value, whatever script or style they are written in.

``1,234``, ``１２３４`` and ``千二百三十四`` are one value, ``1.2 million`` and ``120万`` another. A number often has
several readings (``1.234`` in a German text; three in the afternoon is 15 too): it is compared as the set of them,
and two numbers agree when the sets meet.

How much a number weighs when nothing agrees with it is its :class:`Certainty`. Digits must come through. Words agree
with digits, but are missed only where the other side has digits that nothing agrees with; those that language uses in
passing
(``one``, ``一``, ``half``) are never missed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import cache

from diglot.pipeline.checks import numerals
from diglot.pipeline.checks.sides import BLANK

__all__ = ["Certainty", "Quantity", "identifiers", "quantities"]

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


# One character for one, so that places stay right.
_NARROW = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " ", "\u202f": "\xa0"})
_SPACED_THOUSANDS = ("fr", "de", "es")
_HAN = "〇零○一二三四五六七八九十百千万萬億亿兆两兩俩壱弐参"
_LATIN = "A-Za-zÀ-ɏ"

_DIGITS = re.compile(rf"(?<![{_LATIN}_\d])(?<!\d[.,])(?<![{_LATIN}]-)\d(?:\d|[.,'’\xa0](?=\d)| (?=\d{{3}}(?!\d)))*")
_IDENTIFIER = re.compile(
    rf"(?<![{_LATIN}\d])[{_LATIN}]{{1,24}}[-_]?\d+(?:\.\d+)*[{_LATIN}\d]{{0,24}}|(?<![\w.,])\d{{1,4}}[A-Z](?![{_LATIN}\d])"
)
_LOOSE_DIGITS = re.compile(r"(\d{1,15})(\.\d{1,15})?")
_GROUPED = re.compile(r"\d{1,3}(?:([,.'’\xa0 ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_HAN_SUFFIX = re.compile(
    r" ?[多余餘数數]? ?(?!千[米克瓦卡赫帕])[十百千万萬億亿兆]+(?: ?\d[\d,.]* ?[十百千万萬億亿兆]+)*(?:\d[\d,]*)?"
)
_KOREAN_SUFFIX = re.compile(r"여? ?[십백천만억조]+(?: ?\d[\d,]*[십백천만억조]+)*(?: ?\d[\d,]*)?")
_NOT_NUMERAL = re.compile("[多余餘数數여 ]")
_RANGE = re.compile(r"\s?(?:[~～〜–—、-]|to|or|bis|oder|à|ou|a|o|至|到|から)\s?\d[\d.,]*", re.IGNORECASE)
_PERCENT = re.compile(
    r"\s?(?:%|percent|per cent|pct|prozent|pour ?cent|por ciento|パーセント|퍼센트|프로\b)", re.IGNORECASE
)
_TENTHS = re.compile("[割成]")
_CENTURY_AFTER = re.compile(
    rf"(?:st|nd|rd|th|e|er|ème|\.|º)?[ \xa0-]?(?:centur|jahrhundert|siècle|世紀|世纪|세기)|s(?![{_LATIN}])",
    re.IGNORECASE,
)
_DECADES_AFTER = re.compile(r" (?:decade|décennie|jahrzehnt|década)", re.IGNORECASE)
_AND_A_HALF_AFTER = re.compile(r"[^\d\s半]{1,2}半")
_DECADE_AFTER = re.compile(rf"\s?(?:年代|년대|s(?![{_LATIN}])|'s|er(?: |-?jahre))", re.IGNORECASE)
_MONTH_AFTER = re.compile(r"\s?[月월]")
_AFTERNOON = re.compile(
    r"\d\s?p\.?\s?m\b|afternoon|evening|tonight|night|下午|晚上|傍晚|夜|午後|夕方|오후|저녁|밤|après-midi|soir|nachmittag"
    r"|abend|nacht|tarde|noche",
    re.IGNORECASE,
)
_LETTER_SCALES = {"k": 3, "m": 6, "b": 9}
# A letter may be a unit as well.
_DOUBTFUL_SCALE = re.compile(r"[ \xa0-]?(?:[kKMB]|m)")
# 7.30 at which a clock is read is 7 and 30.
_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.([0-5]\d)(?=\s?(?:[ap]\.?m\b|uhr\b|h\b))", re.IGNORECASE)
_MIDDLE_DOT = re.compile(r"(?<=\d)・(?=\d)")
_EITHER_OR = re.compile("([一二三四五六七八九])[一二三四五六七八九]([十百千万億亿])")
_HAN_RUN = re.compile(f"[{_HAN}]+")
_PERCENT_BEFORE = re.compile(r"百分之\Z")
_KOREAN_RUN = re.compile("[영공일이삼사오육륙칠팔구십백천만억조]+")
_JAPANESE_ONES = "ひとつ ふたつ みっつ よっつ いつつ むっつ ななつ やっつ ここのつ"
_JAPANESE = {word: i for i, word in enumerate(_JAPANESE_ONES.split(), 1)} | {"ひとり": 1, "ふたり": 2}
_JAPANESE_WORD = re.compile("|".join(_JAPANESE))
_HALVES = frozenset(map(Decimal, ("0.5", "2", "30", "50")))
_QUARTERS = frozenset(map(Decimal, ("0.25", "4", "15", "25")))
_ROMAN = re.compile(rf"(?<![{_LATIN}])(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,3}}|XIV|XVI{{0,3}}|XIX|XX)(?=(?:e|er|ème|th)?(?![{_LATIN}]))")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


def quantities(text: str, language: str) -> list[Quantity]:
    """All numbers, months and weekdays of a text, in order of kind.

    >>> [(str(*q.values), q.certainty.name) for q in quantities("1,234 layers, twenty-five heads", "en")]
    [('1234', 'SURE'), ('25', 'WORD')]
    """
    narrow = _MIDDLE_DOT.sub(".", _CLOCK.sub(r"\1:\2", text.translate(_NARROW)))
    found = list(_digits(narrow, language))
    rest = _without(narrow, found)
    found += _identifier_digits(rest)
    found += _weekdays(rest, language)
    if language in ("ja", "zh"):
        found += _han(rest)
    elif language == "ko":
        found += _korean(rest)
    if language not in ("ja", "zh"):
        found += _months(rest, language)
        found += _words(rest, language)
        found += _romans(rest)
    return found


def identifiers(text: str) -> dict[str, tuple[int, int]]:
    """The words of a text that are letters and digits in one (``GPT-4``, ``Conv2D``), in lower case, and their
    places.
    """
    narrow = text.translate(_NARROW)
    return {match[0].lower(): match.span() for match in _IDENTIFIER.finditer(narrow)}


def _without(text: str, found: list[Quantity]) -> str:
    """The text with the numbers that were found blanked out, so that none is found twice."""
    pieces, done = [], 0
    for quantity in found:
        if quantity.start >= done:
            pieces += [text[done : quantity.start], BLANK * (quantity.end - quantity.start)]
            done = quantity.end
    return "".join(pieces) + text[done:]


def _digits(text: str, language: str) -> Iterator[Quantity]:
    afternoon = _AFTERNOON.search(text) is not None
    done = 0
    for match in _DIGITS.finditer(text):
        for start, end, readings in _readings(match[0], language):
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
            values = values | _in_context(text, first, done, values, afternoon)
            yield Quantity(first, done, frozenset(values), Certainty.SMALL if small else Certainty.SURE)


def _readings(body: str, language: str) -> Iterator[tuple[int, int, set[Value]]]:
    """The numbers of a run of digits and separators: one with all its readings, or several."""
    if body.isdigit():
        yield 0, len(body), {_number(body)}
        return
    grouped = _GROUPED.fullmatch(body)
    if grouped and (grouped[1] != " " or language in _SPACED_THOUSANDS):
        separator = grouped[1]
        whole = body.replace(separator, "").replace(",", ".")
        values = {_number(whole)}
        single = body.count(separator) == 1 and whole.isdigit()
        if single and separator == ".":
            values = {_number(body)} | (values if language in _SPACED_THOUSANDS else set())
        elif single and separator == "," and language in _SPACED_THOUSANDS:
            values.add(_number(body.replace(",", ".")))
        yield 0, len(body), values
        return
    decimal = re.compile(r"\d+(?:[.,]\d+)?" if language in _SPACED_THOUSANDS else r"\d+(?:\.\d+)?")
    if body.count(".") > 1 and "," not in body:  # a date, a version
        decimal = re.compile(r"\d+")
    for part in decimal.finditer(body):
        yield part.start(), part.end(), {_number(part[0].replace(",", "."))}


def _number(digits: str) -> Value:
    return Decimal(digits) if len(digits) <= 28 else digits


def _scaled(text: str, end: int, readings: set[Value], language: str) -> tuple[set[Value], int]:
    """A number times the scale that is written after it (``million``, ``万``), and where that ends."""
    if language in ("ja", "zh", "ko"):
        suffix = (_KOREAN_SUFFIX if language == "ko" else _HAN_SUFFIX).match(text, end)
        if suffix and len(suffix[0]) <= 40:
            head = next(iter(readings))
            value = numerals.evaluate_han(_NOT_NUMERAL.sub("", f"{head}{suffix[0]}"))
            return ({value}, suffix.end()) if value is not None else (readings, end)
        return readings, end
    match = _scale_pattern(language).match(text, end)
    if not match:
        return readings, end
    factor = 1
    for word in re.findall(r"\w+", match[0].lower()):
        factor *= 10 ** int(numerals.scales(language).get(word) or _LETTER_SCALES[word])
    scaled: set[Value] = {value * factor for value in readings if isinstance(value, Decimal)}
    return (scaled | readings if _DOUBTFUL_SCALE.fullmatch(match[0]) else scaled), match.end()


@cache
def _scale_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(numerals.scales(language), key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?:(?:[ \xa0-]?(?:{names})|[kKmMB])(?![{_LATIN}\d²³])){{1,2}}", re.IGNORECASE)


def _in_context(text: str, start: int, end: int, values: set[Value], afternoon: bool) -> set[Value]:
    """Further readings of a number for what stands around it: per cent, a decade, a month, the afternoon."""
    more: set[Value] = set()
    percent = _PERCENT.match(text, end) or _PERCENT_BEFORE.search(text, max(0, start - 3), start)
    decade, century = _DECADE_AFTER.match(text, end), _CENTURY_AFTER.match(text, end)
    for value in values:
        if not isinstance(value, Decimal) or value >= 10000:
            continue
        whole = value == value.to_integral_value()
        if percent:
            more.add(value / 100)
        if _AND_A_HALF_AFTER.match(text, end):
            more.add(value + Decimal("0.5"))
        if _TENTHS.match(text, end) or _DECADES_AFTER.match(text, end):
            more.add(value * 10)
        if century and whole:
            more |= {(value - 1) * 100} if value < 30 else {value // 100 + 1} if value % 100 == 0 else set()
        if decade and whole:
            more |= {hundred + value for hundred in (1700, 1800, 1900, 2000)} if value < 100 else {value // 100 + 1}
        if whole and 1900 <= value < 2100:
            more.add(value % 100)
        if whole and 1 <= value <= 12:
            more |= {f"month {value}"} if _MONTH_AFTER.match(text, end) else set()
            more |= {value + 12} if afternoon else set()
    return more


def _identifier_digits(text: str) -> Iterator[Quantity]:
    """The digits inside identifiers and above or below the line: they may stand for a number, but need not."""
    for match in _LOOSE_DIGITS.finditer(text):
        yield Quantity(*match.span(), frozenset({Decimal(match[0]), Decimal(match[1])}), Certainty.PASSING)


def _weekdays(text: str, language: str) -> Iterator[Quantity]:
    pattern, index = _names(language, "weekday")
    for match in pattern.finditer(text):
        yield Quantity(*match.span(), frozenset({f"weekday {index[match[1]]}"}), Certainty.SMALL)


def _months(text: str, language: str) -> Iterator[Quantity]:
    pattern, index = _names(language, "month")
    for match in pattern.finditer(text):
        month = index[match[1]]
        certain = len(match[0]) > 3 and match[0] not in ("March", "mars", "Mars")
        values: frozenset[Value] = frozenset({f"month {month}", Decimal(month)})
        yield Quantity(*match.span(), values, Certainty.SMALL if certain else Certainty.PASSING)


@cache
def _names(language: str, kind: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern for the names of months or weekdays, and which of them each is, counted from 1."""
    table = numerals.MONTHS if kind == "month" else numerals.WEEKDAYS
    forms = table.get(language, "").split()
    index = {form: i for i, group in enumerate(forms, 1) for form in group.split("|")}
    names = "|".join(sorted(map(re.escape, index), key=len, reverse=True)) or r"(?!)"
    edges = (
        (r"(?<!\w)", r"s?(?!\w)" if kind == "weekday" else r"(?!\w)")
        if language not in ("ja", "zh", "ko")
        else ("", "")
    )
    return re.compile(f"{edges[0]}({names}){edges[1]}"), index


def _han(text: str) -> Iterator[Quantity]:
    for match in _HAN_RUN.finditer(text):
        yield from _han_run(text, match)
    for match in re.finditer("半", text):
        yield Quantity(*match.span(), _HALVES, Certainty.PASSING)
    for match in re.finditer("[双双両雙倍对對]", text):
        yield Quantity(*match.span(), frozenset({Decimal(2)}), Certainty.PASSING)
    for match in _JAPANESE_WORD.finditer(text):
        yield Quantity(*match.span(), frozenset({Decimal(_JAPANESE[match[0]])}), Certainty.PASSING)


def _han_run(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """A run of numerals: its value, and in passing every numeral that it may be read as (三四十, 十四五)."""
    run, (start, end) = match[0], match.span()
    parts: set[Value] = set()
    for first in range(min(len(run), 24)):
        parts |= {
            v for last in range(first, min(first + 8, len(run))) if (v := numerals.evaluate_han(run[first : last + 1]))
        }
    for digit, scale in _EITHER_OR.findall(run):  # 七八十
        parts.add(Decimal(numerals.HAN_DIGITS[digit]) * 10 ** numerals.HAN_SCALES[scale])
    value = numerals.evaluate_han(run) if 1 < len(run) <= 24 or _MONTH_AFTER.match(text, end) else None
    context = _in_context(text, start, end, parts, afternoon=True)
    yield Quantity(start, end, frozenset(parts | context), Certainty.PASSING)
    if value is None:
        return
    scaled = any(character in numerals.HAN_SCALES for character in run)
    word = (scaled and value > 10 and any(c in numerals.HAN_DIGITS for c in run)) or len(run) >= 4
    values = {value} | _in_context(text, start, end, {value}, afternoon=False)
    yield Quantity(start, end, frozenset(values), Certainty.WORD if word else Certainty.PASSING)


def _korean(text: str) -> Iterator[Quantity]:
    for match in _KOREAN_RUN.finditer(text):
        run, (start, end) = match[0][:24], match.span()
        values: set[Value] = {v for v in map(numerals.evaluate_han, (run, *run)) if v is not None}
        yield Quantity(start, end, frozenset(values), Certainty.PASSING)


def _words(text: str, language: str) -> Iterator[Quantity]:
    pattern, table = _word_pattern(language), numerals.words(language)
    for match in pattern.finditer(text):
        values = [table[word] for word in _word_pieces(language).findall(match[0].lower())]
        readings: set[Value] = {numerals.evaluate(values), *values}
        readings |= _HALVES if Decimal("0.5") in values else set()
        readings |= _QUARTERS if Decimal("0.25") in values else set()
        value = numerals.evaluate(values)
        readings |= _in_context(text, match.start(), match.end(), {value}, afternoon=True)
        sure = len(values) > 1 and value > 10
        yield Quantity(*match.span(), frozenset(readings), Certainty.WORD if sure else Certainty.PASSING)


@cache
def _word_pieces(language: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, numerals.words(language)), key=len, reverse=True)))


@cache
def _word_pattern(language: str) -> re.Pattern[str]:
    """Runs of number words; German writes them together and Korean without an end of the word."""
    word = f"(?:{_word_pieces(language).pattern})"
    connective = numerals.CONNECTIVES.get(language, "(?!)")
    if language == "ko":
        return re.compile(f"{word}+")
    if language == "de":
        return re.compile(rf"(?<!\w){word}(?:(?:und)?{word}){{0,8}}(?:s?te[nrsm]?)?(?!\w)", re.IGNORECASE)
    link = rf"(?:[ -]|[ -]{connective}[ -])"
    return re.compile(rf"(?<!\w){word}(?:{link}{word}){{0,12}}(?:s|th|ths|ième|ièmes)?(?!\w)", re.IGNORECASE)


def _romans(text: str) -> Iterator[Quantity]:
    for match in _ROMAN.finditer(text):
        digits = [_ROMAN_VALUES[letter] for letter in match[0]]
        value = sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))
        yield Quantity(*match.span(), frozenset({Decimal(value)}), Certainty.PASSING)
