"""Pairs that a model doubts are left out: dual cross-entropy filtering (Junczys-Dowmunt 2018, arXiv:1809.00197).

A translation model reads each pair in both directions. A pair that surprises it both ways is no translation, or not in these
languages; one that surprises it one way only says more, or less, on one side. The worst share of a corpus goes; no threshold
would mean the same for two models.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from diglot.corpora import Pair
from diglot.corpora.clean import EXAMPLES, Report, best_share

FILTER = "doubt"


class Doubt(NamedTuple):
    """How well a model likes a pair: mean log-probabilities a token, in nats, of the second side and of the first."""

    forward: float
    backward: float

    @property
    def total(self) -> float:
        """Dual cross-entropy: the disagreement of the directions, and their mean doubt; 0 is none.

        >>> Doubt(-1.0, -1.0).total, Doubt(-0.5, -3.5).total
        (1.0, 5.0)
        """
        return abs(self.forward - self.backward) - (self.forward + self.backward) / 2


def credible(pairs: Sequence[Pair], doubts: Sequence[Doubt], share: float, report: Report) -> list[bool]:
    """Which pairs are among the ``share`` (0 to 1) that is doubted least; the report shows some of the others.

    Its examples are spread over all that is left out, from what is doubted most to what was nearly kept: the last ones say
    whether the share is well chosen.
    """
    kept = best_share([-doubt.total for doubt in doubts], share)
    worst = sorted((i for i, keep in enumerate(kept) if not keep), key=lambda i: -doubts[i].total)
    report.seen, report.kept = len(pairs), len(pairs) - len(worst)
    if worst:
        report.dropped[FILTER] = len(worst)
        shown = min(EXAMPLES, len(worst))
        places = (step * (len(worst) - 1) // max(1, shown - 1) for step in range(shown))
        report.examples[FILTER] = [pairs[worst[place]] for place in places]
    return kept


class Standing(NamedTuple):
    """How a corpus fared: its pairs, how many of them are kept, and how much they are doubted on average."""

    corpus: str
    pairs: int
    kept: int
    doubt: float


def by_corpus(pairs: Sequence[Pair], doubts: Sequence[Doubt], kept: Sequence[bool]) -> list[Standing]:
    """The corpora of a file, the most doubted first."""
    pairs_of, kept_of, doubt_of = Counter[str](), Counter[str](), defaultdict[str, float](float)
    for pair, doubt, keep in zip(pairs, doubts, kept, strict=True):
        pairs_of[pair.corpus] += 1
        kept_of[pair.corpus] += keep
        doubt_of[pair.corpus] += doubt.total
    found = (Standing(name, number, kept_of[name], doubt_of[name] / number) for name, number in pairs_of.items())
    return sorted(found, key=lambda standing: -standing.doubt)
