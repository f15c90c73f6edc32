"""What dates look like in seven languages, and what stands beside them."""

import re
from collections.abc import Mapping
from functools import cache

from diglot.pipeline.checks.numerals import MONTHS, WEEKDAYS

__all__ = ["FAR", "OTHER_WORDS", "beside", "first_forms", "is_of_several", "pattern"]

# Weekdays as they are shortened beside a date.
_SHORT_WEEKDAYS = {
    "en": "Mon Tue|Tues Wed|Weds Thu|Thur|Thurs Fri Sat Sun",
    "fr": "lun mar mer jeu ven sam dim",
    "de": "Mo Di Mi Do Fr Sa So",
    "es": "lun mar mié jue vie sáb dom",
    "ja": "月 火 水 木 金 土 日",
    "zh": "",
    "ko": "월 화 수 목 금 토 일",
}
_UNSPACED = ("ja", "zh", "ko")
_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_LAST = r"(?P<last>[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_ALSO = "[〜～~–—ー、,，和与及或至到か・·/-]"


def _figures(year: str, month: str, day: str, to: str, until: str = "") -> str:
    """A date in Chinese, Japanese or Korean."""
    return (
        rf"(?<![\d.年년])(?<!\d{_ALSO})(?<!\d{_ALSO} )(?<!\d {_ALSO} )"
        rf"(?:(?:{_YEAR} ?{year} ?)?{_MONTH} ?{month} ?{_DAY} ?(?:{day})? ?(?:[〜～~–—-]|{to}) ?{_LAST} ?{day}{until}"
        rf"|{_YEAR} ?{year} ?{_MONTH} ?{month}(?: ?{_DAY} ?{day})?|{_MONTH} ?{month}(?: ?{_DAY} ?{day}|(?! ?\d)))"
    )


# Numbers that go on are another thing: January 21:30, January 3 and 5, January 3 am, May 5 million, 1月2日間.
_NO_OTHER_DAY = (
    r"(?!(?:,|,? (?:and|or|to|through|&)) \d{1,2}(?!\d|:\d| ?[ap]\.?m\b))"
    r"(?! ?(?:[ap]\.?m|percent|hundred|thousand|million|billion|trillion)\b)"
)
_TH = "(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}{_TH}(?:(?: ?[–-] ?| to | through ){_LAST}{_TH})?"
_PATTERNS = {
    "en": (
        rf"(?P<from>from )?(?P<name>NAMES)\.? {_DAYS}(?:,? {_YEAR}END|END{_NO_OTHER_DAY})",
        rf"(?P<from>from )?{_DAYS}(?: of)? (?P<name>NAMES)(?:\.?,? {_YEAR}END|DOTEND(?! \d))",
        rf"(?P<name>NAMES)\.?,? {_YEAR}END",
        # A month alone where no person, verb or other word of that name can stand.
        r"(?P<before>(?:in|since|until|till|by|during|last|next|early|late|mid|end of) )(?P<name>FULL)(?!,? \d)END",
    ),
    "fr": (
        rf"(?:(?P<from>du )?{_DAY}(?:er)?(?:(?: ?[–-] ?| au ){_LAST})? )?(?P<name>NAMES)(?:\.? {_YEAR}END|DOTEND(?! \d))",
    ),
    "de": (
        rf"(?:(?P<from>vom )?{_DAY}(?:\.?(?: ?[–-] ?| bis (?:zum )?){_LAST})?\. ?)?"
        rf"(?P<name>NAMES)(?:\.? {_YEAR}END|DOTEND(?! \d))",
    ),
    "es": (
        rf"(?:(?P<from>del )?{_DAY}º?(?:(?: ?[–-] ?| al ){_LAST})? (?:de )?)?"
        rf"(?P<name>NAMES)(?:\.? (?:del? )?{_YEAR}END|DOTEND(?! \d))",
    ),
    "ja": (_figures("年", "月", "日(?!間)", "から", "(?:まで)?"),),
    "zh": (_figures("年", "月份?", "[日号]", "[到至]"),),
    "ko": (_figures("년", "월", "일(?!간)", "부터", "(?:까지)?"),),
}
_END = r"(?![\w%°]|[.,:/–-]\d| ?[–-] ?\d|-\w)"
_DOT = r"(?:\.(?= ?(?-i:[a-zß-ÿ(])|,))?"  # of an abbreviation, not of a sentence
# Before a day it is the day before, or the number of something else; before a month, a day that was not read.
_ARTICLE = r"(?:the |le |el |zum |den |dem )?"
_AND = r"(?:to|through|and|or|au|et|ou|à|bis|und|oder|al|y|o|a|[-–—/,&])"
_SUFFIX = r"(?:st|nd|rd|th|er|e|ème|º|\.)?"
_DAY_BEFORE = re.compile(
    rf"(?<![\d.])\d{{1,2}}{_SUFFIX}\s?{_AND}\s?{_ARTICLE}\Z"
    r"|(?:section|chapter|figure|table|version|part|lecture|week|unit|step|question|problem|exercise|page) \Z",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(rf"(?<![\d.])\d{{1,2}}{_SUFFIX}\s?{_AND}?\s?{_ARTICLE}(?:de |d['’]|of )?\Z", re.IGNORECASE)
FAR = 20  # characters before a date that tell what it is
OTHER_WORDS = frozenset(("may", "march"))  # what months are called, too


def is_of_several(text: str, start: int, day: int) -> bool:
    """Whether a number stands before a date that belongs to it, or the number that it begins with to a word there."""
    if day and not text[start].isdecimal():
        return False
    return (_DAY_BEFORE if day else _NUMBER_BEFORE).search(text[max(0, start - FAR) : start]) is not None


def first_forms(table: Mapping[str, str], language: str) -> list[str]:
    """The months or weekdays of a language, each in the first of its forms."""
    return [forms.partition("|")[0] for forms in table.get(language, "").split()]


def _numbers(table: str) -> dict[str, int]:
    return {name.casefold(): number for number, names in enumerate(table.split(), 1) for name in names.split("|")}


def _any_of(names: Mapping[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


@cache
def beside(language: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, int]]:
    """What weekdays look like before a date and behind it, and the number of each by its name, in lower case."""
    long, short = _numbers(WEEKDAYS[language]), _numbers(_SHORT_WEEKDAYS[language])
    shortened = "|".join(name for names in _SHORT_WEEKDAYS[language].split() for name in names.split("|"))
    name = rf"(?:(?P<long>{_any_of(long)})日?|(?P<short>(?-i:{shortened or '(?!)'}))\.?)"  # not: we sat March 5
    closer = rf"| ?(?P<alone>{_any_of(long)})日?" if language in _UNSPACED else ""
    before = "(?!)" if language in _UNSPACED else rf"(?<!\w){name}(?:, ?| ){_ARTICLE}\Z"
    after = rf" ?[(（]{name}[)）]{closer}"
    return re.compile(before, re.IGNORECASE), re.compile(after, re.IGNORECASE), short | long


@cache
def pattern(language: str) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """What dates look like in a language, and the number of each month by its name, in lower case."""
    if language not in _PATTERNS:
        return None, {}
    numbers = _numbers(MONTHS.get(language, ""))
    full = [name for name in map(str.casefold, first_forms(MONTHS, language)) if name not in OTHER_WORDS]
    # A group has one name in a pattern: those of the second form and on, and of a year said twice, end in underscores.
    parts = "|".join(_PATTERNS[language]).replace("NAMES", _any_of(numbers)).replace("FULL", "|".join(full))
    seen: dict[str, int] = {}

    def numbered(group: re.Match[str]) -> str:
        seen[group[1]] = seen.get(group[1], -1) + 1
        return f"?P<{group[1]}{'_' * seen[group[1]]}>"

    whole = re.sub(r"\?P<(\w+)>", numbered, parts).replace("DOT", _DOT).replace("END", _END)
    before = "" if language in _UNSPACED else r"(?<![\w.,:/–-])"
    return re.compile(f"{before}(?:{whole})", re.IGNORECASE), numbers
