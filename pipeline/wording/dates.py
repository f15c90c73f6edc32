"""Dates, months and weekdays, in seven languages. Dates in figures alone (2025-01-21) stay as they are."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from diglot.pipeline.checks.numerals import MONTHS, WEEKDAYS
from diglot.pipeline.checks.quantities import named
from diglot.pipeline.document import Range

__all__ = ["Date", "find", "reworded", "written"]

# As a language writes a day, a month of a year, a day of a month, a month; ``{name}`` is the month in words.
_FORMS = {
    "en": ("{name} {day}, {year}", "{name} {year}", "{name} {day}", "{name}"),
    "fr": ("{first} {name} {year}", "{name} {year}", "{first} {name}", "{name}"),
    "de": ("{day}. {name} {year}", "{name} {year}", "{day}. {name}", "{name}"),
    "es": ("{day} de {name} de {year}", "{name} de {year}", "{day} de {name}", "{name}"),
    "ja": ("{year}年{month}月{day}日", "{year}年{month}月", "{month}月{day}日", "{month}月"),
    "zh": ("{year}年{month}月{day}日", "{year}年{month}月", "{month}月{day}日", "{month}月"),
    "ko": ("{year}년 {month}월 {day}일", "{year}년 {month}월", "{month}월 {day}일", "{month}월"),
}
_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_FIGURES = rf"(?<![\d.年년〜～~-])(?:{_YEAR} ?Y ?)?{_MONTH} ?M(?: ?{_DAY} ?D)?"
# Numbers that go on are another thing: January 21:30, January 3-5, 1月2日間.
_PATTERNS = {
    "en": (
        rf"(?P<name>NAMES)\.? {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?END",
        rf"{_DAY}(?:st|nd|rd|th)?(?: of)? (?P<name>NAMES)\.?(?:,? {_YEAR})?END",
        rf"(?P<name>NAMES)\.?,? {_YEAR}END",
        # A month alone where no person, verb or other word of that name can stand.
        r"(?P<before>(?:in|since|until|till|by|during|last|next|early|late|mid|end of) )(?P<name>FULL)(?!,? \d)END",
    ),
    "fr": (rf"(?:{_DAY}(?:er)? )?(?P<name>NAMES)\.?(?: {_YEAR})?END",),
    "de": (rf"(?:{_DAY}\. ?)?(?P<name>NAMES)\.?(?: {_YEAR})?END",),
    "es": (rf"(?:{_DAY} de )?(?P<name>NAMES)\.?(?: del? {_YEAR})?END",),
    "ja": (_FIGURES.replace("Y", "年").replace("M", "月").replace("D", "日(?!間)"),),
    "zh": (_FIGURES.replace("Y", "年").replace("M", "月份?").replace("D", "[日号]"),),
    "ko": (_FIGURES.replace("Y", "년").replace("M", "월").replace("D", "일(?!간)"),),
}
_END = r"(?![\w%°]|[.,:/–-]\d| ?[–-] ?\d)"
_OTHER_WORDS = frozenset(("may", "march"))  # what months are called, too
_LONGEST_SHORT = 4  # letters of jan, sept
_NAMES_OF_DAYS = re.compile(r"(?:Black|Good|Cyber|Super|Easter|Ash|Palm|Bloody) \Z")  # which have words of their own
_FULL_WIDTH = str.maketrans("０１２３４５６７８９\u3000\xa0", "0123456789  ")


class Date(NamedTuple):
    """A day, a month of a year, a day of a month, or a month; 0 for what is not said."""

    year: int
    month: int
    day: int


def reworded(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Where dates and weekdays stand in a text of one language, and what each is in another.

    >>> list(reworded("Due on Friday, January 21, 2025.", "en", "ja"))
    [((15, 31), '2025年1月21日'), ((7, 13), '金曜日')]
    """
    if target in _FORMS:
        yield from ((place, written(date, target)) for place, date in find(text, source))
        yield from _weekdays(text, source, target)


def find(text: str, language: str) -> Iterator[tuple[Range, Date]]:
    """Where dates stand, and which they are, in order.

    >>> list(find("From January 21, 2025 to 3 Feb", "en"))
    [((5, 21), Date(year=2025, month=1, day=21)), ((25, 30), Date(year=0, month=2, day=3))]
    """
    pattern, numbers = _pattern(language)
    for match in pattern.finditer(text.translate(_FULL_WIDTH)) if pattern else ():
        said = {name.rstrip("_"): value for name, value in match.groupdict().items() if value}
        name = said.get("name", "")
        month = numbers.get(name.casefold(), 0) if name else int(said["month"])  # 0: APRİL
        date = Date(int(said.get("year", 0)), month, int(said.get("day", 0)))
        if month and (date.year or not (language == "en" and _is_doubtful(name))):
            yield (match.start() + len(said.get("before", "")), match.end()), date


def written(date: Date, language: str) -> str:
    """A date as one of the languages writes it.

    >>> written(Date(2025, 1, 21), "ja"), written(Date(2025, 1, 0), "es"), written(Date(0, 1, 1), "fr")
    ('2025年1月21日', 'enero de 2025', '1er janvier')
    """
    whole, month_of_year, day_of_month, month = _FORMS[language]
    form = (whole if date.day else month_of_year) if date.year else (day_of_month if date.day else month)
    names = _first_forms(MONTHS, language)
    first = "1er" if date.day == 1 else str(date.day)
    return form.format(name=names[date.month - 1] if names else "", first=first, **date._asdict())


def _is_doubtful(name: str) -> bool:
    """Whether an English name of a month may be another word: speech recognition writes neither May nor may for sure."""
    return name.islower() and (len(name) <= _LONGEST_SHORT or name in _OTHER_WORDS)


def _weekdays(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Weekdays by their names; the plural is said in another way, and Black Friday is no day of the week."""
    names = _first_forms(WEEKDAYS, target)
    for day in named(text, source, "weekday"):
        number = next(int(str(value).removeprefix("weekday ")) for value in day.values)
        end = day.end + (source == "ja" and text.startswith("日", day.end))
        if not (text.endswith("s", day.start, day.end) and source == "en") and not _NAMES_OF_DAYS.search(text, 0, day.start):
            yield (day.start, end), names[number - 1] + ("日" if target == "ja" else "")


def _first_forms(table: Mapping[str, str], language: str) -> list[str]:
    """The months or weekdays of a language, each in the first of its forms."""
    return [forms.partition("|")[0] for forms in table.get(language, "").split()]


@cache
def _pattern(language: str) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """What dates look like in a language, and the number of each month by its name, in lower case."""
    if language not in _PATTERNS:
        return None, {}
    months = enumerate(MONTHS.get(language, "").split(), 1)
    numbers = {name.casefold(): number for number, names in months for name in names.split("|")}
    names = sorted(numbers, key=len, reverse=True)
    full = [name for name in names if name in map(str.casefold, _first_forms(MONTHS, language)) and name not in _OTHER_WORDS]
    # A group has one name in a pattern: those of the second form and on end in underscores.
    forms = [re.sub(r"\?P<(\w+)>", rf"?P<\1{'_' * i}>", form) for i, form in enumerate(_PATTERNS[language])]
    whole = "|".join(forms).replace("NAMES", "|".join(names)).replace("FULL", "|".join(full)).replace("END", _END)
    before = "" if language in ("ja", "zh", "ko") else r"(?<![\w.,:/–-])"
    return re.compile(f"{before}(?:{whole})", re.IGNORECASE), numbers
