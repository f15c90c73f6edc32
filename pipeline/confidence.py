"""Two numbers beside a translation's log-probability that tell a reader where to look first.

Both are taken from the texts alone, so any translation has them, whoever made it. They sort; what is surely wrong is the
business of the checks (:mod:`diglot.pipeline.checks`).
"""

from diglot.pipeline import lexicon
from diglot.pipeline.checks.lengths import expected, size
from diglot.pipeline.document import AlignedPair, primary

__all__ = ["coverage", "length_ratio"]


def coverage(pair: AlignedPair, target: str) -> float | None:
    """How much of what the source says its translation says too, by the words that the lexicon knows; 1 is usual.

    None where the lexicon knows none of them, or nothing was translated.
    """
    if pair.translation.status != "translated":
        return None
    first, second = primary(pair.segment.language), primary(target)
    return lexicon.coverage(lexicon.said(pair.segment.text, first), lexicon.said(pair.target, second), first, second)


def length_ratio(pair: AlignedPair, target: str) -> float | None:
    """How long the translation is beside what is usual for its source and the two languages; 1 is usual.

    None where one of the two has neither letter nor digit, or nothing was translated.
    """
    here, there = size(pair.segment.text), size(pair.target)
    if pair.translation.status != "translated" or not here or not there:
        return None
    return there / expected(here, primary(pair.segment.language), primary(target))
