from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline.align.sections import Link, by_section

SCORES = st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.5, 0.99]), st.integers(1, 400)), max_size=6)


def found(first: int, second: int, sections: list[tuple[int, int]], scores: Sequence[float]) -> list[Link]:
    """Segments linked one to one, each first one by its score here, in sections that are written down."""

    def linked(here: slice, there: slice) -> list[Link]:
        heres, theres = range(first)[here], range(second)[there]
        sections.append((len(heres), len(theres)))
        both = [Link((i,), (i,), scores[place % len(scores)]) for i, place in enumerate(heres[: len(theres)])]
        alone = [Link((i,), (), 0.0) for i in range(len(both), len(heres))]
        return both + alone + [Link((), (j,), 0.0) for j in range(len(both), len(theres))]

    return list(by_section(first, second, linked, most=200))


@settings(max_examples=200)
@given(SCORES, st.integers(0, 900), st.integers(0, 900))
def test_every_segment_is_linked_once_in_order(runs: list[tuple[float, int]], first: int, second: int) -> None:
    scores = [score for score, count in runs for _ in range(count)] or [0.99]
    sections: list[tuple[int, int]] = []
    links = found(first, second, sections, scores)
    assert [i for link in links for i in link.first] == list(range(first))
    assert [j for link in links for j in link.second] == list(range(second))
    # Each failure doubles a section, so all that is looked at is a few times the text.
    assert sum(map(sum, sections)) <= 12 * (first + second)


def test_the_sections_of_a_sure_text_are_of_like_size() -> None:
    sections: list[tuple[int, int]] = []
    links = found(2_000, 2_000, sections, [0.99])
    assert links == [Link((i,), (i,), 0.99) for i in range(2_000)]
    assert len(sections) > 10
    assert all(100 <= size <= 200 for pair in sections for size in pair)


@pytest.mark.parametrize("gap", [100, 500])
def test_a_section_grows_until_it_has_a_sure_place(gap: int) -> None:
    sections: list[tuple[int, int]] = []
    scores = [0.99] * 300 + [0.4] * gap + [0.99] * 1000
    found(len(scores), len(scores), sections, scores)
    assert max(sections)[0] >= gap
    assert sections[-1][0] <= 200


def test_a_short_text_is_one_section() -> None:
    sections: list[tuple[int, int]] = []
    found(200, 7, sections, [0.0])
    assert sections == [(200, 7)]
