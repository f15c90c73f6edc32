"""Whether two texts that were aligned are translations of each other at all, for one may be the wrong file.

Something is linked between any two texts, and short sentences of like length are all linked. So pairs are measured against
chance: the source of each is compared with the targets of others too. In translations hardly any of these has as much in
common with it as its own; where the texts have nothing to do with each other, half of them have more.
"""

import math
from collections import Counter
from collections.abc import Sequence

from diglot.pipeline import lexicon, protect
from diglot.pipeline.align.anchors import anchors
from diglot.pipeline.document import Segment
from diglot.pipeline.edition import Edition

__all__ = ["BY_CHANCE", "agreement"]

# The agreement that texts which have nothing to do with each other hardly reach, from so many rows on.
BY_CHANCE, _ENOUGH = 0.4, 8
_SAMPLED, _OTHERS = 200, 10  # pairs that are looked at, others that each is compared with
_WORDY = 4  # known words on both sides, with which a pair that has nothing in common tells something


def agreement(edition: Edition) -> float | None:
    """How far the two texts of an edition that was made by alignment say the same: 1 in a translation, about 0 by chance.

    It is the share of other targets that have less in common with a source than its own has, minus those that have more.
    What has no partner counts as 0, so far as both texts have such rows: a translation may be unfinished. None where too
    few rows can be compared.
    """
    pairs = [(p.segment.text, p.target) for p in edition.pairs if p.translation.status == "translated"]
    alone = Counter(p.translation.status for p in edition.pairs if any(f.code == "no-partner" for f in p.findings))
    on_both = min(alone["untranslated"], alone["kept"])
    sample = pairs[:: len(pairs) // _SAMPLED + 1]
    margins = _margins(sample, edition.source, edition.target)
    comparable = len(margins) / len(sample) if sample else 1.0
    if comparable * (len(pairs) + on_both) < _ENOUGH:
        return None
    return sum(margins) / max(1, len(margins)) * len(pairs) / (len(pairs) + on_both)


def _margins(pairs: Sequence[tuple[str, str]], source: str, target: str) -> list[float]:
    """For each pair how many other targets its own one beats, less those that beat it, as a share; pairs that have nothing
    in common with any are left out, unless they say enough for that.
    """
    here = [_anchors(text, source, target) for text, _ in pairs]
    there = [_anchors(text, target, source) for _, text in pairs]
    rarity = _rarity(here, there)
    step = max(1, (len(pairs) - 1) // _OTHERS)
    margins = []
    for i, own in enumerate(here):
        others = {(i + 1 + step * k) % len(pairs) for k in range(_OTHERS)} - {i}
        common = _cosine(own, there[i], rarity)
        ahead = [common - _cosine(own, there[j], rarity) for j in others]
        if any(ahead) or (_is_wordy(own, source, target) and _is_wordy(there[i], target, source)):
            margins.append(sum((by > 0) - (by < 0) for by in ahead) / max(1, len(ahead)))
    return margins


def _is_wordy(row: set[str], language: str, other: str) -> bool:
    """Whether a row says words enough that would be heard in its translation."""
    known = (lexicon.expected(anchor[2:], language, other) for anchor in row if anchor.startswith("w:"))
    return sum(each is not None for each in known) >= _WORDY


def _anchors(text: str, language: str, other: str) -> set[str]:
    return anchors(Segment(0, 0, "line", language, text, ((0, len(text)),), tuple(protect.find(text))), language, other)


def _rarity(first: Sequence[set[str]], second: Sequence[set[str]]) -> dict[str, float]:
    """A weight for each anchor that is on both sides."""
    counts = [Counter(anchor for row in side for anchor in row) for side in (first, second)]
    shared = counts[0].keys() & counts[1].keys()
    return {anchor: math.log((len(first) + 1) / max(counts[0][anchor], counts[1][anchor])) ** 2 for anchor in shared}


def _cosine(first: set[str], second: set[str], rarity: dict[str, float]) -> float:
    """How much two rows have in common, from 0 to 1; rounded, for the same must be the same in any order of summation."""
    common, here, there = (sum(rarity.get(each, 0.0) for each in row) for row in (first & second, first, second))
    return round(common / math.sqrt(here * there), 9) if common else 0.0
