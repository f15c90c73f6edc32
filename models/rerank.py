"""Of the hypotheses of a search the one that is likely and from which its source can be told again.

A sentence that leaves out a clause is easy to write, and a search finds it likelier than the whole one; but from it nobody
could guess the clause. So hypotheses are read backwards, too: the model, which translates both ways, says how likely each
makes the source. They rank by the sum of both log-probabilities, each a token, so that lengths do not matter: reranking with
a noisy channel (Yee et al. 2019, arXiv:1908.05731), here without a language model and without a weight to be tuned.
"""

from collections.abc import Callable, Sequence

from diglot.models.engines import EngineResult

Ids = Sequence[int]
LONGEST = 500  # tokens of a side; what is longer keeps the order of the search


def rerank(
    results: Sequence[EngineResult], sources: Sequence[Ids], backward: Callable[[Sequence[tuple[Ids, Ids]]], Sequence[float]]
) -> list[EngineResult]:
    """Results with the best of their hypotheses first, the others in the order of their rank behind it.

    ``sources`` are the bare ids of each text, without marks. ``backward`` gives pairs of a hypothesis and a source the mean
    log-probability of a token of the source. Scores of hypotheses stay what they were.
    """
    rows = [(found._replace(others=()), *found.others) for found in results]
    pairs = [(one.ids, source) for row, source in zip(rows, sources, strict=True) if _has_choice(row, source) for one in row]
    scores = iter(backward(pairs) if pairs else ())
    return [
        _best_first(row, [one.score + next(scores) for one in row]) if _has_choice(row, source) else found
        for found, row, source in zip(results, rows, sources, strict=True)
    ]


def _has_choice(row: Sequence[EngineResult], source: Ids) -> bool:
    return len(row) > 1 and max(len(source), *(len(one.ids) for one in row)) <= LONGEST


def _best_first(row: Sequence[EngineResult], ranks: Sequence[float]) -> EngineResult:
    best, *others = sorted(range(len(row)), key=lambda place: -ranks[place])
    return row[best]._replace(others=[row[place] for place in others])
