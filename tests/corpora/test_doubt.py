"""Pairs that a model doubts: how they are ranked, what the report shows, how the work goes on."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.clean import Report
from diglot.corpora.doubt import Doubt, by_corpus, credible
from diglot.corpora.journal import digest, kept_results

SCORES = st.floats(-20, 0)


def pairs(count: int) -> list[Pair]:
    return [Pair("ab"[n % 2], "d", ("en", "ja"), f"sentence {n}", f"文{n}") for n in range(count)]


@given(SCORES, SCORES)
def test_disagreement_is_doubt_too(forward: float, backward: float) -> None:
    assert Doubt(forward, backward).total == Doubt(backward, forward).total >= 0
    mean = (forward + backward) / 2
    assert Doubt(mean, mean).total <= Doubt(forward, backward).total + 1e-9


@given(st.lists(st.tuples(SCORES, SCORES), max_size=40), st.floats(0, 1))
def test_the_share_that_is_kept_is_doubted_least(scores: list, share: float) -> None:
    doubts, report = [Doubt(*one) for one in scores], Report()
    kept = credible(pairs(len(scores)), doubts, share, report)
    assert sum(kept) == report.kept == round(len(scores) * share)
    assert report.seen - report.kept == report.dropped.total()
    best = [doubt.total for doubt, keep in zip(doubts, kept, strict=True) if keep]
    rest = [doubt.total for doubt, keep in zip(doubts, kept, strict=True) if not keep]
    assert not best or not rest or max(best) <= min(rest)


def test_examples_lead_from_the_worst_to_what_was_nearly_kept() -> None:
    doubts, report = [Doubt(-float(n), -float(n)) for n in range(100)], Report()
    credible(pairs(100), doubts, 0.5, report)
    assert [pair.first for pair in report.examples["doubt"]] == [f"sentence {n}" for n in (99, 87, 75, 63, 50)]


def test_each_corpus_has_its_standing() -> None:
    doubts = [Doubt(-1.0, -1.0), Doubt(-4.0, -4.0), Doubt(-2.0, -2.0)]
    assert by_corpus(pairs(3), doubts, [True, False, True]) == [("b", 1, 0, 4.0), ("a", 2, 2, 1.5)]


def test_only_what_the_journal_lacks_is_worked_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diglot.corpora.journal.CHUNK", 2)
    seen: list[int] = []

    def work(items: Sequence[int]) -> list[tuple[int, int]]:
        if 4 in items and len(seen) == 4:
            raise KeyboardInterrupt
        seen.extend(items)
        return [(n, n * n) for n in items]

    journal, about, steps = tmp_path / "j", {"of": digest(["\ud800", "b"])}, list[int]()
    with pytest.raises(KeyboardInterrupt):
        kept_results(range(7), work, journal, about)
    with journal.open("ab") as file:
        file.write(b"[4, 1")  # a line that was cut off
    seen.append(-1)
    assert kept_results(range(7), work, journal, about, steps.append) == [[n, n * n] for n in range(7)]
    assert seen == [0, 1, 2, 3, -1, 4, 5, 6]
    assert steps == [4, 2, 1]
    with pytest.raises(InputError, match="more than there is to do"):
        kept_results(range(6), work, journal, about)
    with pytest.raises(InputError, match="begun with other texts"):
        kept_results(range(7), work, journal, {"of": digest(["\ud800b"])})


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_journal_that_another_run_writes_is_left_to_it(tmp_path: Path) -> None:
    refused: list[str] = []

    def work(items: Sequence[int]) -> list[list[int]]:
        if not refused:
            with pytest.raises(InputError, match="another run is writing it") as raised:
                kept_results(items, work, tmp_path / "j", {})
            refused.append(str(raised.value))
        return [[n] for n in items]

    assert kept_results(range(3), work, tmp_path / "j", {}) == [[0], [1], [2]]
    assert kept_results(range(3), work, tmp_path / "j", {}) == [[0], [1], [2]]
    assert len(refused) == 1
