"""Dates and large numbers: what is found, what is left alone, and what it is in another language."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS
from diglot.pipeline.checks.numerals import evaluate_han
from diglot.pipeline.document import Span
from diglot.pipeline.wording import carried, dates, put, reworded
from diglot.pipeline.wording.large_numbers import written

LANGUAGES = ["en", "fr", "de", "es", "ja", "zh", "ko"]


def said(text: str, source: str, target: str) -> list[tuple[str, str]]:
    return [(text[start:end], words) for (start, end), words in reworded(text, source, target)]


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("Recorded on January 21, 2025.", "en-ja", [("January 21, 2025", "2025年1月21日")]),
        ("the 3rd of February 2024", "en-zh", [("3rd of February 2024", "2024年2月3日")]),
        ("in december 2019, on Sept. 11", "en-ja", [("december 2019", "2019年12月"), ("Sept. 11", "9月11日")]),
        ("in may 2019, and march 2020", "en-zh", [("may 2019", "2019年5月"), ("march 2020", "2020年3月")]),
        ("in April, and since September", "en-zh", [("April", "4月"), ("September", "9月")]),
        ("2025 年 1 月 21 日", "zh-en", [("2025 年 1 月 21 日", "January 21, 2025")]),
        ("10月12号交作业", "zh-ja", [("10月12号", "10月12日")]),
        ("le 1er mai 2024, en juin", "fr-es", [("1er mai 2024", "1 de mayo de 2024"), ("juin", "junio")]),
        ("1º de mayo, el 3 mayo 2020", "es-en", [("1º de mayo", "May 1"), ("3 mayo 2020", "May 3, 2020")]),
        ("Lecture 1 January 15, 2025", "en-ja", [("January 15, 2025", "2025年1月15日")]),
        ("January 21 to January 23, 11:59pm", "en-ja", [("January 21", "1月21日"), ("January 23", "1月23日")]),
        ("1月21日～2月3日", "ja-en", [("1月21日", "January 21"), ("2月3日", "February 3")]),
        # The full stop of a sentence is no abbreviation's.
        (
            "On 21 January. By 3 Feb. 4 Feb. is late.",
            "en-ja",
            [("21 January", "1月21日"), ("3 Feb", "2月3日"), ("4 Feb.", "2月4日")],
        ),
        ("2.30 - October 2003: first release", "en-ja", [("October 2003", "2003年10月")]),
        ("2006年1月 0.91", "ja-en", [("2006年1月", "January 2006")]),
        ("Im Dezember.", "de-en", [("Dezember", "December")]),
    ],
)
def test_dates_are_said_as_the_target_says_them(text: str, languages: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, *languages.split("-")) == expected


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("The lab is on Tuesday, March 4.", "en-ja", [("Tuesday, March 4", "3月4日（火曜日）")]),
        (
            "Mon, Jan 5 / Oct. 3 (Thu)",
            "en-de",
            [("Mon, Jan 5", "Montag, 5. Januar"), ("Oct. 3 (Thu)", "Donnerstag, 3. Oktober")],
        ),
        ("Wednesday, the 3rd of March", "en-zh", [("Wednesday, the 3rd of March", "3月3日星期三")]),
        ("am Mittwoch, den 3. März", "de-fr", [("Mittwoch, den 3. März", "mercredi 3 mars")]),
        ("2025年1月21日（星期二）晚上", "zh-en", [("2025年1月21日（星期二）", "Tuesday, January 21, 2025")]),
        (
            "1月21日(火)、1月22日水曜日",
            "ja-en",
            [("1月21日(火)", "Tuesday, January 21"), ("1月22日水曜日", "Wednesday, January 22")],
        ),
        ("2025년 1월 21일(화)", "ko-es", [("2025년 1월 21일(화)", "martes 21 de enero de 2025")]),
        ("３月１２日の水曜日", "ja-en", [("３月１２日", "March 12"), ("水曜日", "Wednesday")]),
        ("We sat March 5.", "en-ja", [("March 5", "3月5日")]),
        ("every Monday, in Sunday school", "en-ko", [("Monday", "월요일"), ("Sunday", "일요일")]),
    ],
)
def test_the_day_of_the_week_goes_with_its_date(text: str, languages: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, *languages.split("-")) == expected


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("from January 3 to 5, 2025, not from January 7", "en-ja", ["2025年1月3日〜5日", "1月7日"]),
        ("Jan. 3rd–5th; 21 to 23 January; 7-9 May 2020", "en-zh", ["1月3日至5日", "1月21日至23日", "2020年5月7日至9日"]),
        ("du 1er au 3 mai, 5-7 juin", "fr-en", ["May 1–3", "June 5–7"]),
        ("vom 3. bis zum 5. Mai, 7.–9. Juni 2020", "de-ko", ["5월 3~5일", "2020년 6월 7~9일"]),
        ("del 3 al 5 de mayo de 2020", "es-de", ["3.–5. Mai 2020"]),
        (
            "1月3日から5日まで、2025年1月7〜9日、1月21日～2月3日",
            "ja-fr",
            ["3–5 janvier", "7–9 janvier 2025", "21 janvier", "3 février"],
        ),
        ("1月3日至5日", "zh-es", ["3–5 de enero"]),
        ("3월 1일부터 5일까지, 3월 7~9일", "ko-ja", ["3月1日〜5日", "3月7日〜9日"]),
    ],
)
def test_a_span_of_days_is_said_as_one(text: str, languages: str, expected: list[str]) -> None:
    assert [words for _, words in said(text, *languages.split("-"))] == expected


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("You may 5 times march 3 steps.", "en-ja"),
        ("April said that May and June agree.", "en-ja"),
        ("January 21:30 and January 5-3", "en-ja"),
        ("On Mondays, and on Black Friday", "en-ja"),
        ("we sep 5 of them and mar 3", "en-ja"),
        ("2025-01-21, version 2.3 May", "en-ja"),
        ("令和3年1月21日", "ja-en"),
        ("2.30 - version 1 - 3月 12", "ja-en"),
        ("1～3月と3个月、一周一次", "zh-en"),
        ("on January 21", "en-vi"),
        # Days that share a month, and numbers of something else.
        ("January 21 and 22, April 1, 2, and 3", "en-ja"),
        ("the 3rd and 5th of May, January 3-5%", "en-ja"),
        ("les 21 et 22 janvier, le 2ème mai, mai 68", "fr-en"),
        ("3. und 5. Mai, 3./4. Mai", "de-en"),
        ("3 y 5 de mayo", "es-en"),
        ("1、2月、3月1、2日、1月2日間", "ja-en"),
        ("3월 1, 2일, 1, 2월", "ko-en"),
        ("Figure 3 May be clearer, and 3 May 10 am", "en-ja"),
        # Names of people, of a planet, of several days.
        ("Jan sagte es.", "de-en"),
        ("La planète Mars tourne, les mardis aussi.", "fr-en"),
        ("Julio y Plácido Domingo, los lunes y los sábados", "es-en"),
        ("die Mai-Ausgabe", "de-en"),
    ],
)
def test_what_is_no_date_or_half_of_one_is_left_alone(text: str, languages: str) -> None:
    assert said(text, *languages.split("-")) == []


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("a model of 1.5 billion weights", "en-ja", [("1.5 billion", "15億")]),
        ("$27 million, €3.25 billion", "en-zh", [("$27 million", "2700万美元"), ("€3.25 billion", "32.5亿欧元")]),
        (
            "300 thousand rows, 1,234,567 million",
            "en-ja",
            [("300 thousand", "30万"), ("1,234,567 million", "1兆2345億6700万")],
        ),
        ("230万人、1億2000万円", "ja-en", [("230万", "2.3 million"), ("1億2000万", "120 million")]),
        ("１２０万语音，10,000 万", "zh-en", [("１２０万", "1.2 million"), ("10,000 万", "100 million")]),
        ("1.77万亿参数", "zh-ja", [("1.77万亿", "1兆7700億")]),
        ("10만 4500원, 3만 5천", "ko-en", [("10만 4500", "104,500"), ("3만 5천", "35,000")]),
        ("1억 2천만 명, 1조 5천억.", "ko-en", [("1억 2천만", "120 million"), ("1조 5천억", "1.5 trillion")]),
        ("3.5万到 1亿 5000万", "zh-en", [("3.5万", "35,000"), ("1亿 5000万", "150 million")]),
        ("in May 5 million, in 2020 6 million", "en-ja", [("5 million", "500万"), ("6 million", "600万")]),
        ("1.234567 million", "en-zh", [("1.234567 million", "123万4567")]),
        ("123.4567万", "zh-en", [("123.4567万", "1,234,567")]),
        ("3万～5万人", "ja-en", [("3万", "30,000"), ("5万", "50,000")]),
        (
            "5 million to 6 million; in 2021, 7 million",
            "en-zh",
            [("5 million", "500万"), ("6 million", "600万"), ("7 million", "700万")],
        ),
    ],
)
def test_large_numbers_keep_their_value(text: str, languages: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, *languages.split("-")) == expected


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("2 to 3 million, 5-10 million", "en-ja"),
        ("a 10-million-year record, millions", "en-ja"),
        ("3 million", "en-de"),
        ("200〜300万、10万分の1、数万", "ja-en"),
        ("100多万人，百万，3千米", "zh-en"),
        ("2, 3 million, 2/3 million, 3 million 500 thousand", "en-zh"),
        ("2、3万人、数10万人", "ja-en"),
        ("3万5，2 ~ 3万", "zh-en"),
        ("10만 분의 1, 5만 여 명, 3만 20명", "ko-en"),
        ("2만큼 크고, 150만 객체, 1만 쓰면, AVX2만, 8조각", "ko-en"),
        ("2. 7万人，GPT3万，1.23456万", "zh-en"),
    ],
)
def test_part_of_a_range_or_a_fraction_is_no_large_number(text: str, languages: str) -> None:
    assert said(text, *languages.split("-")) == []


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from([0, 1066, 1999, 2026]),
    st.integers(1, 12),
    st.integers(0, 31),
    st.integers(0, 7),
    st.integers(0, 31),
)
def test_what_is_written_is_read_again(language: str, year: int, month: int, day: int, weekday: int, last: int) -> None:
    last = last if 0 < day < last else 0
    date = dates.Date(year, month, day, weekday if day and not last else 0, last)
    text = dates.written(date, language)
    if year or day:
        assert list(dates.find(text, language)) == [((0, len(text)), date)]


@given(st.sampled_from(["ja", "zh", "ko"]), st.integers(1, 10**16))
def test_a_large_number_is_worth_what_it_was(language: str, value: int) -> None:
    assert evaluate_han(written(Decimal(value), language).replace(" ", "")) == value


PARTS = [
    *[
        "FRİDAY",
        "Friday",
        "Mon",
        "Sun",
        "ſunday",
        "mardi",
        "mar",
        "Montag",
        "Mo",
        "lunes",
        "los",
        "火",
        "星期二",
        "周一",
        "화요일",
    ],
    *[
        "January",
        "Jan",
        "may",
        "APRİL",
        "mars",
        "août",
        "Mai",
        "de",
        "mayo",
        "del",
        "st",
        "er",
        "º",
        "ı",
        "in",
        "to",
        "bis",
        "et",
    ],
    *[
        "年",
        "月",
        "日",
        "号",
        "間",
        "년",
        "월",
        "일",
        "万",
        "億",
        "亿",
        "兆",
        "만",
        "억",
        "조",
        "千",
        "천",
        "数",
        "分",
        "명",
        "million",
    ],
    *[
        "1",
        "2",
        "21",
        "31",
        "2025",
        "1,2",
        "3.5",
        "２",
        "9" * 16,
        ",",
        ".",
        ":",
        "(",
        ")",
        "（",
        "）",
        "〜",
        "~",
        "–",
        "-",
        "/",
        "$",
    ],
    *[" ", "\xa0", "\u3000"],
]


@given(st.lists(st.sampled_from(PARTS)).map("".join) | st.text(), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_any_text_has_places_in_order(text: str, source: str, target: str) -> None:
    places = [place for place, _ in reworded(text, source, target)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_where_two_readings_overlap_the_first_counts() -> None:
    assert said("January 2000 thousand", "en", "ja") == [("January 2000", "2000年1月")]


def test_no_more_is_carried_than_there_are_placeholders() -> None:
    text = "`x` on May 3, " * (len(PLACEHOLDERS) - 5)
    spans = [Span(start, start + 3, "code") for start in range(0, len(text), 14)]
    pieces = carried(text, "en", "ja", spans)
    assert len(pieces) == len(PLACEHOLDERS)
    assert [words for _, words in pieces].count("5月3日") == 5


def test_words_without_spaces_stand_close_to_their_like() -> None:
    assert put("締切は * です。on * .", {"*": "5月3日"}) == "締切は5月3日です。on 5月3日 ."
    assert put("on * , the * day", {"*": "May 3"}) == "on May 3 , the May 3 day"


def test_a_translation_that_begins_with_them_begins_with_a_capital_letter() -> None:
    assert put("* et +", {"*": "lundi", "+": "mardi"}) == "Lundi et mardi"
    assert put("“*” es un mes.", {"*": "enero"}) == "“Enero” es un mes."
