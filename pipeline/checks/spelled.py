"""Numbers that are spelled out: ``twenty-five``, ``fünfundzwanzig``, ``二十五``, ``스물다섯``, ``XXV``.

What may be a numeral is read as one, and a run of numerals in every way it can be cut (三四十 is three or four tens):
these numbers only have to agree with digits, so one too many does less harm than one too few.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from unicodedata import normalize

from diglot.pipeline.checks import numerals
from diglot.pipeline.checks.quantities import LATIN, Certainty, Quantity, Value, in_context, is_month, narrow, outside

__all__ = ["spelled"]

_HAN_RUN = re.compile("[〇零○一二三四五六七八九十百千万萬億亿兆两兩俩壱弐参]+")
_EITHER_OR = re.compile("([一二三四五六七八九])[一二三四五六七八九]([十百千万億亿])")
_LONGEST_RUN = 24
_LONGEST_PART = 8
# One of these syllables alone is a number before a counter only; most words that have it are others (이, 사용).
_KOREAN_COUNTERS = "가지개건권년달대도동명배번분살세시원월위인일장점주줄쪽차초층칸편항호회"
_KOREAN_RUN = re.compile(
    "[영공일이삼사오육륙칠팔구십백천만억조]{2,}"
    f"|(?<![가-힣])[영일이삼사오육륙칠팔구십백천만억조](?= ?[{_KOREAN_COUNTERS}])"
    "|[일이삼사오육칠팔구십백천만억조](?=각|차|중|분의|제곱|진)"
)
_POWERS = {"平方": 2, "自乗": 2, "立方": 3}
_TWO = re.compile("[双両雙倍对對]")
_FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e]")  # one character: ½
_JAPANESE_ONES = "ひとつ ふたつ みっつ よっつ いつつ むっつ ななつ やっつ ここのつ"
_JAPANESE = {word: i for i, word in enumerate(_JAPANESE_ONES.split(), 1)} | {"ひとり": 1, "ふたり": 2}
_JAPANESE_WORD = re.compile("|".join(_JAPANESE))
# Half an hour is 30 minutes, half of all is 50 per cent.
_FRACTIONS = {
    Decimal("0.5"): frozenset(map(Decimal, ("0.5", "2", "30", "50"))),
    Decimal("0.25"): frozenset(map(Decimal, ("0.25", "4", "15", "25"))),
}
_ROMAN = re.compile(
    rf"(?<![{LATIN}])(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,3}}|XIV|XVI{{0,3}}|XIX|XX)(?=(?:e|er|ème|th)?(?![{LATIN}]))"
)
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


def spelled(text: str, language: str, taken: Sequence[Quantity] = ()) -> list[Quantity]:
    """The numbers of a text that are spelled out, outside the places that are ``taken``.

    >>> [sorted(map(str, number.values)) for number in spelled("ninety-two", "en")]
    [['2', '90', '92']]
    """
    text = narrow(text)
    found = _han(text) if language in ("ja", "zh") else _words(text, language)
    return outside((*_fractions(text), *found), taken, len(text))


def _fractions(text: str) -> Iterator[Quantity]:
    """¾ is 0.75, and 3 and 4."""
    for match in _FRACTION.finditer(text):
        above, below = normalize("NFKC", match[0]).split("\u2044")
        yield _passing(match, {Decimal(above) / Decimal(below), Decimal(above), Decimal(below)})


def _han(text: str) -> Iterator[Quantity]:
    for match in _HAN_RUN.finditer(text):
        yield from _han_run(text, match)
    yield from (_passing(match, _FRACTIONS[Decimal("0.5")]) for match in re.finditer("半", text))
    yield from (_passing(match, {Decimal(2)}) for match in _TWO.finditer(text))
    yield from (_passing(match, {Decimal(_POWERS[match[0]])}) for match in re.finditer("|".join(_POWERS), text))
    yield from (_passing(match, {Decimal(_JAPANESE[match[0]])}) for match in _JAPANESE_WORD.finditer(text))


def _passing(match: re.Match[str], values: Iterable[Value]) -> Quantity:
    return Quantity(*match.span(), frozenset(values), Certainty.PASSING)


def _han_run(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """A run of numerals: in passing every numeral in it, and its value if it is one well-formed numeral."""
    run, (start, end) = match[0][:_LONGEST_RUN], match.span()
    starts = range(len(run))
    cuts = (run[first:last] for first in starts for last in range(first + 1, min(first + _LONGEST_PART, len(run)) + 1))
    parts: set[Value] = {value for cut in cuts if (value := numerals.evaluate_han(cut)) is not None}
    for digit, scale in _EITHER_OR.findall(run):
        parts.add(Decimal(numerals.HAN_DIGITS[digit]) * 10 ** numerals.HAN_SCALES[scale])
    value = numerals.evaluate_han(run)
    hours = parts if value is None else {value}  # 十二 is twelve or midnight, and no two in the afternoon
    afternoon = in_context(text, start, end, hours, afternoon=True)
    yield _passing(match, parts | in_context(text, start, end, parts, afternoon=False) | afternoon)
    if value is None or not _is_meant(run, value, is_month(text, end)):
        return
    context = in_context(text, start, end, {value}, afternoon=False)
    yield Quantity(start, end, frozenset({value} | context), Certainty.WORD)


def _is_meant(run: str, value: Decimal, month: bool) -> bool:
    """Whether a well-formed numeral is surely a number: 二十五 is, 一 and 千万 (by all means) may not be."""
    digits, scales = (any(c in table for c in run) for table in (numerals.HAN_DIGITS, numerals.HAN_SCALES))
    return month or len(run) >= 4 or (digits and scales and value > 10)


def _words(text: str, language: str) -> Iterator[Quantity]:
    yield from (_passing(match, {_roman(match[0])}) for match in _ROMAN.finditer(text))
    if language == "ko":
        for match in _KOREAN_RUN.finditer(text):
            run = match[0][:_LONGEST_RUN]
            yield _passing(match, {v for v in map(numerals.evaluate_han, (run, *run)) if v is not None})
    table = numerals.words(language)
    if not table:
        return
    pieces = _word_pieces(language)
    for match in _word_pattern(language).finditer(text):
        values = [table[word] for word in pieces.findall(match[0].lower())]
        whole = numerals.evaluate(values)
        readings = {whole, *values}.union(*(_FRACTIONS.get(value, ()) for value in values))
        context = in_context(text, *match.span(), {whole}, afternoon=True)
        certainty = Certainty.WORD if len(values) > 1 and whole > 10 else Certainty.PASSING
        yield Quantity(*match.span(), frozenset(readings | context), certainty)


def _roman(numeral: str) -> Decimal:
    digits = [_ROMAN_VALUES[letter] for letter in numeral]
    return Decimal(sum(-digit if digit < max(digits[i:]) else digit for i, digit in enumerate(digits)))


@cache
def _word_pieces(language: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(numerals.words(language), key=len, reverse=True)))


@cache
def _word_pattern(language: str) -> re.Pattern[str]:
    """Runs of number words; German writes them in one, Korean lets other words follow at once."""
    word = f"(?:{_word_pieces(language).pattern})"
    if language == "ko":
        return re.compile(f"{word}+")
    if language == "de":
        scale = "(?: (?:Milli|Billi)(?:on|onen|arde|arden))?"
        return re.compile(rf"(?<!\w){word}(?:(?:und)?{word}){{0,8}}{scale}(?:s?te[nrsm]?)?(?!\w)", re.IGNORECASE)
    link = rf"(?:[ -]|[ -]{numerals.CONNECTIVES.get(language, 'and')}[ -])"
    return re.compile(rf"(?<!\w){word}(?:{link}{word}){{0,12}}(?:s|th|ths|ième|ièmes)?(?!\w)", re.IGNORECASE)
