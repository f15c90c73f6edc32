"""Dates, months and weekdays, in seven languages. Dates in figures alone (2025-01-21) stay as they are.

Days that share a month (January 3-5, du 3 au 5 mai), and names that may be other words (Jan, Mars, may), are left alone.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from diglot.pipeline.checks.numerals import MONTHS, WEEKDAYS
from diglot.pipeline.checks.quantities import named
from diglot.pipeline.document import Range

__all__ = ["Date", "find", "reworded", "written"]

# As a language writes a day, a month of a year, a day of a month, a month, and each of them with the day of the week;
# ``{name}`` is the month in words.
_FORMS = {
    "en": ("{name} {day}, {year}", "{name} {year}", "{name} {day}", "{name}", "{weekday}, {date}"),
    "fr": ("{first} {name} {year}", "{name} {year}", "{first} {name}", "{name}", "{weekday} {date}"),
    "de": ("{day}. {name} {year}", "{name} {year}", "{day}. {name}", "{name}", "{weekday}, {date}"),
    "es": ("{day} de {name} de {year}", "{name} de {year}", "{day} de {name}", "{name}", "{weekday} {date}"),
    "ja": ("{year}年{month}月{day}日", "{year}年{month}月", "{month}月{day}日", "{month}月", "{date}（{weekday}）"),
    "zh": ("{year}年{month}月{day}日", "{year}年{month}月", "{month}月{day}日", "{month}月", "{date}{weekday}"),
    "ko": ("{year}년 {month}월 {day}일", "{year}년 {month}월", "{month}월 {day}일", "{month}월", "{date} {weekday}"),
}
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
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_ALSO = "[〜～~–—ー、,，和与及或至到か・·/-]"
_FIGURES = (
    rf"(?<![\d.年년])(?<!\d{_ALSO})(?<!\d{_ALSO} )(?<!\d {_ALSO} )(?:{_YEAR} ?Y ?)?{_MONTH} ?M(?: ?{_DAY} ?D|(?! ?\d))"
)
# Numbers that go on are another thing: January 21:30, January 3-5, January 3 and 5, January 3 am, 1月2日間.
_NO_OTHER_DAY = r"(?!(?:,|,? (?:and|or|to|through|&)) \d{1,2}(?!\d|:\d| ?[ap]\.?m\b))(?! ?[ap]\.?m\b)"
_PATTERNS = {
    "en": (
        rf"(?P<name>NAMES)\.? {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR}END|END{_NO_OTHER_DAY})",
        rf"{_DAY}(?:st|nd|rd|th)?(?: of)? (?P<name>NAMES)(?:\.?,? {_YEAR}END|DOTEND(?! \d))",
        rf"(?P<name>NAMES)\.?,? {_YEAR}END",
        # A month alone where no person, verb or other word of that name can stand.
        r"(?P<before>(?:in|since|until|till|by|during|last|next|early|late|mid|end of) )(?P<name>FULL)(?!,? \d)END",
    ),
    "fr": (rf"(?:{_DAY}(?:er)? )?(?P<name>NAMES)(?:\.? {_YEAR}END|DOTEND(?! \d))",),
    "de": (rf"(?:{_DAY}\. ?)?(?P<name>NAMES)(?:\.? {_YEAR}END|DOTEND(?! \d))",),
    "es": (rf"(?:{_DAY}º? (?:de )?)?(?P<name>NAMES)(?:\.? (?:del? )?{_YEAR}END|DOTEND(?! \d))",),
    "ja": (_FIGURES.replace("Y", "年").replace("M", "月").replace("D", "日(?!間)"),),
    "zh": (_FIGURES.replace("Y", "年").replace("M", "月份?").replace("D", "[日号]"),),
    "ko": (_FIGURES.replace("Y", "년").replace("M", "월").replace("D", "일(?!간)"),),
}
_END = r"(?![\w%°]|[.,:/–-]\d| ?[–-] ?\d|-\w)"
_DOT = r"(?:\.(?= ?(?-i:[a-zß-ÿ(])|,))?"  # of an abbreviation, not of a sentence
# Before a day it is the day before, or the number of something else; before a month, a day that was not read.
_ARTICLE = r"(?:the |le |el |zum |den |dem )?"
_AND = r"(?:to|through|and|or|au|et|ou|à|bis|und|oder|al|y|o|a|[-–—/,&])"
_SUFFIX = r"(?:st|nd|rd|th|er|e|ème|º|\.)?"
_DAY_BEFORE = re.compile(
    rf"(?<!\d)\d{{1,2}}{_SUFFIX}\s?{_AND}\s?{_ARTICLE}\Z"
    r"|(?:section|chapter|figure|table|version|part|lecture|week|unit|step|question|problem|exercise|page) \Z",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(rf"(?<!\d)\d{{1,2}}{_SUFFIX}\s?{_AND}?\s?{_ARTICLE}(?:de |d['’]|of )?\Z", re.IGNORECASE)
_FAR = 20  # characters before a date that tell what it is
_OTHER_WORDS = frozenset(("may", "march"))  # what months are called, too
_LONGEST_SHORT = 4  # letters of jan, sept
_NAMES_OF_DAYS = re.compile(r"(?:Black|Good|Cyber|Super|Easter|Ash|Palm|Bloody) \Z")  # which have words of their own
_FULL_WIDTH = str.maketrans("０１２３４５６７８９\u3000\xa0", "0123456789  ")


class Date(NamedTuple):
    """A day, a month of a year, a day of a month, a month, or a day of the week; 0 for what is not said."""

    year: int
    month: int
    day: int
    weekday: int = 0


def reworded(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Where dates and weekdays stand in a text of one language, and what each is in another.

    >>> list(reworded("Due on Friday, January 21, 2025.", "en", "ja"))
    [((7, 31), '2025年1月21日（金曜日）')]
    """
    if target in _FORMS:
        yield from ((place, written(date, target)) for place, date in find(text, source))


def find(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Where dates and weekdays stand, and which they are, in order.

    >>> [date for _, date in find("From Monday, January 20, 2025 to 3 Feb", "en")]
    [Date(year=2025, month=1, day=20, weekday=1), Date(year=0, month=2, day=3, weekday=0)]
    """
    plain = text.translate(_FULL_WIDTH)
    found = [_with_weekday(plain, place, date, language) for place, date in _dates(plain, language)]
    taken = {index for (start, end), _ in found for index in range(start, end)}
    yield from sorted([*found, *(one for one in _weekdays(plain, language) if one[0][0] not in taken)])


def written(date: Date, language: str) -> str:
    """A date as one of the languages writes it.

    >>> written(Date(2025, 1, 21), "ja"), written(Date(2025, 1, 0), "es"), written(Date(0, 1, 1, 3), "fr")
    ('2025年1月21日', 'enero de 2025', 'mercredi 1er janvier')
    """
    whole, month_of_year, day_of_month, month, with_weekday = _FORMS[language]
    weekday = _weekday_names(language)[date.weekday - 1] if date.weekday else ""
    if not date.month:
        return weekday
    form = (whole if date.day else month_of_year) if date.year else (day_of_month if date.day else month)
    names = _first_forms(MONTHS, language)
    first = "1er" if date.day == 1 else str(date.day)
    said = form.format(
        name=names[date.month - 1] if names else "", first=first, year=date.year, month=date.month, day=date.day
    )
    return with_weekday.format(weekday=weekday, date=said) if weekday else said


def _dates(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Where dates stand, whatever the day of the week."""
    pattern, numbers = _pattern(language)
    for match in pattern.finditer(text) if pattern else ():
        said = {name.rstrip("_"): value for name, value in match.groupdict().items() if value}
        name = said.get("name", "")
        month = numbers.get(name.casefold(), 0) if name else int(said["month"])  # 0: APRİL
        date = Date(int(said.get("year", 0)), month, int(said.get("day", 0)))
        start = match.start() + len(said.get("before", ""))
        if month and (not name or (_is_month(date, name, language) and not _is_of_several(text, start, date))):
            yield (start, match.end()), date


def _is_month(date: Date, name: str, language: str) -> bool:
    """Whether a name is that of a month: recognised speech has neither May nor may for sure, Jan and Julio are people."""
    if date.year:
        return True
    if language == "en":
        return not (name.islower() and (len(name) <= _LONGEST_SHORT or name in _OTHER_WORDS))
    is_name = name[0].isupper() and language in ("fr", "es")  # which write months in small letters
    return date.day > 0 or (name.capitalize() in map(str.capitalize, _first_forms(MONTHS, language)) and not is_name)


def _is_of_several(text: str, start: int, date: Date) -> bool:
    """Whether a number stands before a date that belongs to it, or the number that it begins with to a word there."""
    if date.day and not text[start].isdecimal():
        return False
    return (_DAY_BEFORE if date.day else _NUMBER_BEFORE).search(text[max(0, start - _FAR) : start]) is not None


def _with_weekday(text: str, place: Range, date: Date, language: str) -> tuple[Range, Date]:
    """A date with the day of the week that stands before it, or behind it."""
    start, end = place
    before, after, numbers = _beside(language)
    found = (before.search(text, max(0, start - _FAR), start) or after.match(text, end)) if date.day else None
    if not found:
        return place, date
    name = next(filter(None, found.groups()))
    return (min(start, found.start()), max(end, found.end())), date._replace(weekday=numbers[name.casefold()])


def _weekdays(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Weekdays by their names; the plural (on Mondays) is said in another way."""
    for day in named(text, language, "weekday"):
        number = next(int(str(value).removeprefix("weekday ")) for value in day.values)
        end = day.end + (language == "ja" and text.startswith("日", day.end))
        before = text[max(0, day.start - _FAR) : day.start]
        if not _is_no_day(text[day.start : end], before, language):
            yield (day.start, end), Date(0, 0, 0, number)


def _is_no_day(name: str, before: str, language: str) -> bool:
    """Whether a name is that of several days, of a feast or of a person."""
    if language == "es" and (before.endswith(("los ", "Los ")) or name.endswith("os")):
        return True
    if language in ("en", "fr") and name.endswith("s"):
        return True
    is_name = language in ("fr", "es") and name[0].isupper() and before[-2:-1].isalpha()  # Plácido Domingo
    return is_name or _NAMES_OF_DAYS.search(before) is not None


def _first_forms(table: Mapping[str, str], language: str) -> list[str]:
    """The months or weekdays of a language, each in the first of its forms."""
    return [forms.partition("|")[0] for forms in table.get(language, "").split()]


def _weekday_names(language: str) -> list[str]:
    return [name + "日" * (language == "ja") for name in _first_forms(WEEKDAYS, language)]


def _numbers(table: str) -> dict[str, int]:
    return {name.casefold(): number for number, names in enumerate(table.split(), 1) for name in names.split("|")}


def _any_of(names: Mapping[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


@cache
def _beside(language: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, int]]:
    """What weekdays look like before a date and behind it, and the number of each by its name, in lower case."""
    long, short = _numbers(WEEKDAYS[language]), _numbers(_SHORT_WEEKDAYS[language])
    shortened = "|".join(name for names in _SHORT_WEEKDAYS[language].split() for name in names.split("|"))
    name = rf"(?:(?P<long>{_any_of(long)})日?|(?P<short>(?-i:{shortened or '(?!)'}))\.?)"  # not: we sat March 5
    before = "(?!)" if language in _UNSPACED else r"(?<!\w)"
    after = rf"| ?(?P<alone>{_any_of(long)})日?" if language in _UNSPACED else ""
    patterns = rf"{before}{name}(?:, ?| ){_ARTICLE}\Z", rf" ?[(（]{name}[)）]{after}"
    return *(re.compile(pattern, re.IGNORECASE) for pattern in patterns), short | long


@cache
def _pattern(language: str) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """What dates look like in a language, and the number of each month by its name, in lower case."""
    if language not in _PATTERNS:
        return None, {}
    numbers = _numbers(MONTHS.get(language, ""))
    full = [name for name in map(str.casefold, _first_forms(MONTHS, language)) if name not in _OTHER_WORDS]
    # A group has one name in a pattern: those of the second form and on, and of a year said twice, end in underscores.
    parts = "|".join(_PATTERNS[language]).replace("NAMES", _any_of(numbers)).replace("FULL", "|".join(full))
    seen: dict[str, int] = {}

    def numbered(group: re.Match[str]) -> str:
        seen[group[1]] = seen.get(group[1], -1) + 1
        return f"?P<{group[1]}{'_' * seen[group[1]]}>"

    whole = re.sub(r"\?P<(\w+)>", numbered, parts).replace("DOT", _DOT).replace("END", _END)
    before = "" if language in _UNSPACED else r"(?<![\w.,:/–-])"
    return re.compile(f"{before}(?:{whole})", re.IGNORECASE), numbers
