"""Who speaks: names are told by their coming again, and nothing that begins a note is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.formats.speakers import after_speaker, is_name, speakers


def test_a_name_comes_again_before_what_is_said() -> None:
    said = ["Ines: When do you begin?", "Dr. Okoye: In March.", "Ines: And then?", "Dr. Okoye: We wait.", "Guest: Hello."]
    assert speakers(said) == {"Ines", "Dr. Okoye"}


def test_where_most_cues_begin_with_a_name_all_names_count() -> None:
    said = ["Ines: When?", "Dr. Okoye: In March.", "They need light."]
    assert speakers(said, timed=True) == {"Ines", "Dr. Okoye"}
    assert speakers([*said, "And warmth.", "And rain."], timed=True) == frozenset()


@pytest.mark.parametrize(
    "lines",
    [
        ["Example: two and two are four.", "Example: one and one are two."],
        ["Step 1: open the box.", "Step 1: close the box."],
        ["Time Complexity: O(n) in all cases.", "Time Complexity: O(n) in all cases."],
        ["例：これは短い文です。", "例：これも短い文です。"],
        ["Price: 5", "Price: 7"],
        ["we have this rule: it holds always.", "we have this rule: it holds always."],
        ["std::sort is what we call here.", "std::sort is what we call here."],
        ["https://example.org is the place.", "https://example.org is the place."],
        ["10:30 is when we meet again.", "10:30 is when we meet again."],
    ],
)
def test_what_begins_notes_is_no_name(lines: list[str]) -> None:
    assert speakers(lines) == frozenset()


@pytest.mark.parametrize(
    "name", ["Mary-Jane O'Neil", "Ludwig van Beethoven", "Weber (Host)", "田中さん", "Dr. Price", "ann"]
)
def test_forms_of_names(name: str) -> None:
    assert is_name(name)


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=5))
def test_any_line_is_read(line: str, others: list[str]) -> None:
    names = speakers([line, line, *others])
    assert 0 <= after_speaker(line, 0, len(line), names) <= len(line)
