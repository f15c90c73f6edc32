"""Dates, months and weekdays, in seven languages. Dates in figures alone (2025-01-21) stay as they are.

A span of days (January 3-5, du 3 au 5 mai) is said as one. Days that share a month (January 3 and 5), and names that may be
other words (Jan, Mars, may), are left alone.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from diglot.pipeline.checks.numerals import MONTHS, WEEKDAYS
from diglot.pipeline.checks.quantities import named
from diglot.pipeline.document import Range
from diglot.pipeline.wording.date_patterns import FAR, OTHER_WORDS, beside, first_forms, is_of_several, pattern

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
_LONGEST_SHORT = 4  # letters of jan, sept
_SPAN = {"en": "–", "fr": "–", "de": ".–", "es": "–", "ja": "日〜", "zh": "日至", "ko": "~"}  # between two days
_NAMES_OF_DAYS = re.compile(r"(?:Black|Good|Cyber|Super|Easter|Ash|Palm|Bloody) \Z")  # which have words of their own
_FULL_WIDTH = str.maketrans("０１２３４５６７８９\u3000\xa0", "0123456789  ")


class Date(NamedTuple):
    """A day, a month of a year, a day of a month, a month, or a day of the week; 0 for what is not said.

    ``last`` is the last of several days.
    """

    year: int
    month: int
    day: int
    weekday: int = 0
    last: int = 0


def reworded(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Where dates and weekdays stand in a text of one language, and what each is in another.

    >>> list(reworded("Due on Friday, January 21, 2025.", "en", "ja"))
    [((7, 31), '2025年1月21日（金曜日）')]
    """
    if target in _FORMS:
        yield from ((place, written(date, target)) for place, date in find(text, source))


def find(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Where dates and weekdays stand, and which they are, in order.

    >>> [date for _, date in find("on Friday, January 3, 2025", "en")]
    [Date(year=2025, month=1, day=3, weekday=5, last=0)]
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
    names = first_forms(MONTHS, language)
    upto = f"{_SPAN[language]}{date.last}" if date.last else ""
    said = form.format(
        name=names[date.month - 1] if names else "",
        first=("1er" if date.day == 1 else str(date.day)) + upto,
        year=date.year,
        month=date.month,
        day=f"{date.day}{upto}",
    )
    return with_weekday.format(weekday=weekday, date=said) if weekday else said


def _dates(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Where dates stand, whatever the day of the week."""
    dates, numbers = pattern(language)
    for match in dates.finditer(text) if dates else ():
        said = {name.rstrip("_"): value for name, value in match.groupdict().items() if value}
        name = said.get("name", "")
        month = numbers.get(name.casefold(), 0) if name else int(said["month"])  # 0: APRİL
        date = Date(int(said.get("year", 0)), month, int(said.get("day", 0)), last=int(said.get("last", 0)))
        start = match.start() + len(said.get("before", "" if date.last else said.get("from", "")))
        is_one = not name or (_is_month(date, name, language) and not is_of_several(text, start, date.day))
        if month and is_one and (not date.last or date.day < date.last):
            yield (start, match.end()), date


def _is_month(date: Date, name: str, language: str) -> bool:
    """Whether a name is that of a month: recognised speech has neither May nor may for sure, Jan and Julio are people."""
    if date.year:
        return True
    if language == "en":
        return not (name.islower() and (len(name) <= _LONGEST_SHORT or name in OTHER_WORDS))
    is_name = name[0].isupper() and language in ("fr", "es")  # which write months in small letters
    return date.day > 0 or (name.capitalize() in map(str.capitalize, first_forms(MONTHS, language)) and not is_name)


def _with_weekday(text: str, place: Range, date: Date, language: str) -> tuple[Range, Date]:
    """A date with the day of the week that stands before it, or behind it."""
    start, end = place
    before, after, numbers = beside(language)
    found = (
        (before.search(text, max(0, start - FAR), start) or after.match(text, end)) if date.day and not date.last else None
    )
    number = numbers.get(next(filter(None, found.groups())).casefold()) if found else None
    if not found or not number:  # FRİDAY
        return place, date
    return (min(start, found.start()), max(end, found.end())), date._replace(weekday=number)


def _weekdays(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Weekdays by their names; the plural (on Mondays) is said in another way."""
    for day in named(text, language, "weekday"):
        number = next(int(str(value).removeprefix("weekday ")) for value in day.values)
        end = day.end + (language == "ja" and text.startswith("日", day.end))
        before = text[max(0, day.start - FAR) : day.start]
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


def _weekday_names(language: str) -> list[str]:
    return [name + "日" * (language == "ja") for name in first_forms(WEEKDAYS, language)]
