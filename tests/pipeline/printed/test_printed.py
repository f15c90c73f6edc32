"""Lines of pages to text: nothing is lost, any page is read, and the seams between lines are those that a reader makes."""

from collections import Counter
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import formats
from diglot.pipeline.printed import Drawing, Line, Page, Run
from diglot.pipeline.printed.bullets import with_bullets
from diglot.pipeline.printed.columns import regions
from diglot.pipeline.printed.lines import line_of, lines_of
from diglot.pipeline.printed.words import joined, words_of
from diglot.pipeline.printed.writing import written

SHOWN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cf")), min_size=1, max_size=30)
PLACES = st.integers(0, 60).map(lambda number: 10.0 * number)


@st.composite
def placed(draw: st.DrawFn) -> Line:
    text, left, size = draw(SHOWN), draw(PLACES), draw(st.sampled_from([5.0, 10.0, 10.5, 18.0]))
    width = 0.5 * size * len(text)
    return Line(text, left, left + width, draw(PLACES), size, draw(st.booleans()), draw(st.booleans()))


def letters(text: str) -> Counter[str]:
    return Counter(filter(str.isalpha, text))


@given(st.lists(placed(), max_size=25), st.sampled_from([(600.0, 800.0), (800.0, 600.0)]))
def test_any_page_is_read_without_losing_a_letter(lines: list[Line], size: tuple[float, float]) -> None:
    text = written([Page(*size, tuple(lines))]).text
    assert letters(text) == letters("".join(line.text for line in lines))
    assert formats.parse(text, "markdown").text == text


@given(st.lists(st.lists(placed(), max_size=6), max_size=5))
def test_any_pages_are_read(pages: list[list[Line]]) -> None:
    text = written([Page(800.0, 600.0, tuple(lines)) for lines in pages]).text
    assert not letters(text) - letters("".join(line.text for line in chain(*pages)))


@given(st.lists(placed(), max_size=25))
def test_each_line_is_in_one_region(lines: list[Line]) -> None:
    found = [line for region in regions(lines) for line in chain(region.lines, *region.rows) if line]
    assert letters("".join(line.text for line in found)) == letters("".join(line.text for line in lines))


@given(st.lists(st.tuples(SHOWN, PLACES, PLACES), max_size=20))
def test_each_run_is_in_one_line(runs: list[tuple[str, float, float]]) -> None:
    made = lines_of([Run(text, left, left + 5 * len(text), base, 10.0) for text, left, base in runs])
    plain = Counter("".join(line.text for line in made).replace(" ", ""))
    assert plain.total() <= sum(len(text) for text, _, _ in runs) * 3  # a ligature is several letters


@pytest.mark.parametrize(
    ("lines", "known", "text"),
    [
        (["a trans-", "lation"], (), "a translation"),
        (["self-", "attention"], (), "self-attention"),
        (["back-", "propagation"], ("back", "propagation"), "back-propagation"),
        (["back-", "propagation"], ("back", "propagation", "backpropagation"), "backpropagation"),
        (["in-", "formation"], (), "information"),
        (["state-of-the-", "art"], ("state-of-the-art",), "state-of-the-art"),
        (["the GPT-", "Neo model"], (), "the GPT-Neo model"),
        (["COVID-", "19"], (), "COVID-19"),
        (["one –", "or two"], (), "one – or two"),
        (["Über\N{SOFT HYPHEN}", "setzung"], (), "Übersetzung"),
        (["soft\N{SOFT HYPHEN}ly"], (), "softly"),
        (["講義の", "資料"], (), "講義の資料"),
        (["한국어", "문장"], (), "한국어 문장"),
        (["see https://example.org/long/", "path for more"], (), "see https://example.org/long/path for more"),
        ([], (), ""),
    ],
)
def test_seams(lines: list[str], known: tuple[str, ...], text: str) -> None:
    assert joined(lines, known) == text


def test_words_of_a_document_are_not_those_that_lines_divide() -> None:
    assert words_of(["A self-attention that is trans-", "lated", "well, yes"]) >= {"a", "self-attention", "that", "well"}
    assert "trans" not in words_of(["is trans-", "lated"])


def side_by_side(*pieces: tuple[str, float, float, float]) -> str:
    """The text of runs, each with its left, its base and its size."""
    return line_of([Run(text, left, left + 0.5 * size * len(text), base, size) for text, left, base, size in pieces]).text


@given(st.lists(st.tuples(PLACES, PLACES, st.integers(1, 12)), max_size=20), st.lists(st.tuples(SHOWN, PLACES, PLACES)))
def test_bullets_are_added_and_nothing_is_lost(
    drawn: list[tuple[float, float, int]], texts: list[tuple[str, float, float]]
) -> None:
    runs = [Run(text, left, left + 5 * len(text), base, 10.0) for text, left, base in texts]
    made = with_bullets(runs, [Drawing(left - 9, left - 9 + size, base - size, base) for left, base, size in drawn])
    assert [run for run in made if run in runs] == [run for run in runs if run in made]
    lost = Counter("".join(run.text for run in runs)) - Counter("".join(run.text for run in made))
    assert not lost


def test_exponents_and_indices_are_told_by_size_and_height() -> None:
    assert side_by_side(("x", 0, 100, 10), ("10", 5, 96, 7)) == "x¹⁰"
    assert side_by_side(("x", 0, 100, 10), ("i", 5, 102, 7), ("+ y", 12, 100, 10)) == "xᵢ + y"
    assert side_by_side(("f", 0, 100, 10), ("max", 5, 102, 7)) == "fₘₐₓ"
    assert side_by_side(("x", 0, 100, 10), ("Q", 5, 102, 7)) == "xQ"


def test_letters_of_japanese_that_are_set_apart_are_no_words() -> None:
    assert side_by_side(("講", 0, 100, 10), ("義", 9, 100, 10)) == "講義"
    assert side_by_side(("a", 0, 100, 10), ("b", 9, 100, 10)) == "a b"


def test_ligatures_and_accents_that_are_set_over_letters_become_letters() -> None:
    assert side_by_side(("eﬃcient", 0, 100, 10)) == "efficient"
    assert line_of([Run("caf´", 0, 20, 100, 10), Run("e", 15, 20, 100, 10)]).text == "café"
    assert line_of([Run("na¨", 0, 15, 100, 10), Run("ı", 11, 14, 100, 10), Run("ve", 14, 24, 100, 10)]).text == "naïve"
