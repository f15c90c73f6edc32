"""Numbers are exchanged in a translation where that is certain, and nowhere else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.renumbering import renumbered, without_numbers


@pytest.mark.parametrize(
    ("source", "target", "wanted", "language", "expected"),
    [
        ("Week 3 has 12 pages.", "第3周有12页。", "Week 4 has 15 pages.", "zh", "第4周有15页。"),
        ("$x = 3$ or 7", "$x = 3$か7", "$x = 7$ or 3", "ja", "$x = 7$か3"),  # both at once
        ("It takes 2 h (2 at most).", "2時間(最大2)", "It takes 5 h (5 at most).", "ja", "5時間(最大5)"),
        ("It takes 2 h (2 at most).", "2時間(最大2)", "It takes 5 h (6 at most).", "ja", None),  # which 2 is which?
        ("In room 10, October.", "10月、10号室。", "In room 12, October.", "ja", None),  # 10 is the month, too
        ("By 3 pm.", "15時までに。", "By 4 pm.", "ja", None),
        ("Three of 4.", "4つのうち3つ。", "Three of 5.", "ja", "5つのうち3つ。"),
        ("Use GPT-4 for 2 days.", "GPT-4を2日。", "Use GPT-4 for 4 days.", "ja", "GPT-4を4日。"),
        ("Use GPT-4 for 4 days.", "GPT-4を4日。", "Use GPT-4 for 5 days.", "ja", None),  # 4 is in the name, too
        ("4個", "4 of them", "1個", "en", None),  # one of them
        ("版本 1", "版本 1", "版本 2", "zh", "版本 2"),
        ("第3回です。", "This is the 3rd one.", "第4回です。", "en", None),  # the 4rd
        ("It has 12 users.", "Es hat 12 Nutzer.", "It has 1,500 users.", "de", None),  # 1.500
        ("It takes 2.5 h.", "2.5時間です。", "It takes 3.5 h.", "ja", "3.5時間です。"),
        ("It takes 2.5 h.", "2.5시간이다.", "It takes 3.6 h.", "ko", "3.6시간이다."),
        ("It is 2.", "2는 답이다.", "It is 5.", "ko", "5는 답이다."),
        ("It is 2.", "2는 답이다.", "It is 3.", "ko", None),  # 3은
        ("Go to 6.", "6으로 가세요.", "Go to 7.", "ko", None),  # 7로
    ],
)
def test_numbers_are_exchanged_where_that_is_certain(
    source: str, target: str, wanted: str, language: str, expected: str | None
) -> None:
    assert without_numbers(source) == without_numbers(wanted)
    found = renumbered(source, target, wanted, language)
    assert (found.target if found else None) == expected


@pytest.mark.parametrize(("one", "other"), [("GPT-4 is new", "GPT-3 is new"), ("the 4th", "the 5th"), ("conv1d", "conv2d")])
def test_the_digits_of_a_name_are_no_numbers(one: str, other: str) -> None:
    assert without_numbers(one) != without_numbers(other)


texts = st.text("a 1２.,:\0年-", max_size=20)


@given(source=texts, target=texts, wanted=texts)
def test_what_is_made_has_the_numbers_wanted_and_its_other_words(source: str, target: str, wanted: str) -> None:
    found = renumbered(source, target, wanted, "ja")
    if found:
        assert re.sub(r"[\d.,:]", "", found.target) == re.sub(r"[\d.,:]", "", target)
        for old, new in found.exchanges:
            assert old in source
            assert new in wanted
            assert new in found.target
