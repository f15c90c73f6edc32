"""Dates and large numbers: what is found, what is left alone, and what it is in another language."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.checks.numerals import evaluate_han
from diglot.pipeline.wording import dates, put, reworded
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
        ("in April, and since September", "en-zh", [("April", "4月"), ("September", "9月")]),
        ("The lab is on Tuesday, March 4.", "en-ja", [("Tuesday", "火曜日"), ("March 4", "3月4日")]),
        ("2025 年 1 月 21 日（星期二）", "zh-en", [("2025 年 1 月 21 日", "January 21, 2025"), ("星期二", "Tuesday")]),
        ("３月１２日の水曜日", "ja-en", [("３月１２日", "March 12"), ("水曜日", "Wednesday")]),
        ("10月12号交作业", "zh-ja", [("10月12号", "10月12日")]),
        ("am Montag, 3. Juni 2024", "de-en", [("Montag", "Monday"), ("3. Juni 2024", "June 3, 2024")]),
        ("le 1er mai 2024", "fr-es", [("1er mai 2024", "1 de mayo de 2024")]),
        ("2025년 1월 21일 화요일", "ko-ja", [("2025년 1월 21일", "2025年1月21日"), ("화요일", "火曜日")]),
    ],
)
def test_dates_are_said_as_the_target_says_them(text: str, languages: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, *languages.split("-")) == expected


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("You may 5 times march 3 steps.", "en-ja"),
        ("April said that May and June agree.", "en-ja"),
        ("January 3-5 and January 21:30", "en-ja"),
        ("On Mondays, and on Black Friday", "en-ja"),
        ("2025-01-21, version 2.3 May", "en-ja"),
        ("令和3年1月21日", "ja-en"),
        ("1～3月と3个月、一周一次", "zh-en"),
        ("on January 21", "en-vi"),
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
        ("10만 4500원", "ko-en", [("10만", "100,000")]),
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
    ],
)
def test_part_of_a_range_or_a_fraction_is_no_large_number(text: str, languages: str) -> None:
    assert said(text, *languages.split("-")) == []


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from([0, 1066, 1999, 2026]),
    st.integers(1, 12),
    st.integers(0, 31),
)
def test_what_is_written_is_read_again(language: str, year: int, month: int, day: int) -> None:
    date = dates.Date(year, month, day)
    text = dates.written(date, language)
    if year or day:
        assert list(dates.find(text, language)) == [((0, len(text)), date)]


@given(st.sampled_from(["ja", "zh", "ko"]), st.integers(1, 10**16))
def test_a_large_number_is_worth_what_it_was(language: str, value: int) -> None:
    assert evaluate_han(written(Decimal(value), language).replace(" ", "")) == value


@given(st.text(), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_any_text_has_places_in_order(text: str, source: str, target: str) -> None:
    places = [place for place, _ in reworded(text, source, target)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_words_without_spaces_stand_close_to_their_like() -> None:
    assert put("締切は * です。on * .", {"*": "5月3日"}) == "締切は5月3日です。on 5月3日 ."
    assert put("on * , the * day", {"*": "May 3"}) == "on May 3 , the May 3 day"
