"""Whether a sentence goes on in the next segment: what is known of the seams between the segments of a text.

Cues of subtitles and hard-wrapped lines break in mid-sentence, and a translator who keeps a sentence in one piece joins
them. A seam is of one of three kinds, told by how the segment before it ends and how the next begins; where no mark and no
small letter tells, by the model that finds the ends of sentences without marks (:mod:`diglot.pipeline.boundaries`). What a
kind means in a text is learned from its alignment (:func:`diglot.pipeline.align.beads.refined`).
"""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from diglot.pipeline import boundaries
from diglot.pipeline.document import joiner

__all__ = ["JOINED", "seams", "sentences"]

_ENDED, _GOES_ON, _OPEN = range(3)
# How often the segments beside a seam of each kind belong to one sentence of the other text.
JOINED = (0.08, 0.6, 0.13)

_STOP = re.compile(r"[.!?…:;。！？：；♪][\"'”’»)」』）\]\s*_]*\Z")
_INSIDE = re.compile(r"[.!?](?=[\"'”’»)\]]*\s)|[…。！？♪]+(?![\"'”’»)」』）]*\Z)")
_COMMA = re.compile(r"[,，、–—-]\s*\Z")
_OPENERS = " \t\n\"'“‘«(（「*_[-–—"
# Log-odds of an end: beneath the one a sentence goes on, above the other it has ended. Characters that the model sees.
_FEW, _MANY = -7.5, -4.5
_BEFORE, _AFTER = 60, 40


def seams(texts: Sequence[str], language: str) -> NDArray[np.int8]:
    """The kind of the seam behind each text.

    >>> seams(["We sort the list,", "then we search it.", "It is", "fast.", "Why?"], "en").tolist()
    [1, 0, 1, 0, 0]
    """
    kinds = np.array([_kind(text, following) for text, following in pairwise([*texts, ""])], np.int8)
    unmarked = np.flatnonzero(kinds[:-1] == _OPEN).tolist()
    if unmarked:
        odds = _log_odds([(texts[i], texts[i + 1]) for i in unmarked], language)
        kinds[unmarked] = np.select([odds < _FEW, odds > _MANY], [_GOES_ON, _ENDED], _OPEN)
    return kinds


def sentences(texts: Sequence[str], kinds: NDArray[np.int8]) -> NDArray[np.float64]:
    """How many sentences end in each text, by the marks inside it and the kind of the seam behind it.

    >>> texts = ["It is fast. Is it", "small? Yes!"]
    >>> sentences(texts, seams(texts, "en")).tolist()
    [1.0, 2.0]
    """
    inside = np.array([len(_INSIDE.findall(text)) for text in texts], np.float64)
    return inside + np.not_equal(kinds, _GOES_ON)


def _kind(text: str, following: str) -> int:
    """The kind of a seam by the marks and letters beside it."""
    tail = text[-12:]
    if _STOP.search(tail):
        return _ENDED
    goes_on = _COMMA.search(tail) or following[:20].lstrip(_OPENERS)[:1].islower()
    return _GOES_ON if goes_on else _OPEN


def _log_odds(pairs: Sequence[tuple[str, str]], language: str) -> NDArray[np.float32]:
    """The log-odds that a sentence ends between the texts of each pair; 0 where the model sees no place for an end."""
    before, after = [a[-_BEFORE:] for a, _ in pairs], [b[:_AFTER] for _, b in pairs]
    windows = [a + joiner(a, b) + b for a, b in zip(before, after, strict=True)]
    begins = list(accumulate((len(window) + 1 for window in windows), initial=0))
    ends = np.array([begin + len(a) for begin, a in zip(begins, before, strict=False)])
    ranges = [(max(end - 1, 0), end) for end in ends.tolist()]
    places, found = boundaries.log_odds("\n".join(windows), ranges, begins[1:-1], dense=language.startswith(("ja", "zh")))
    odds = np.zeros(len(pairs), np.float32)
    at = np.searchsorted(places, ends)
    known = at < len(places)
    known[known] = places[at[known]] == ends[known]
    odds[known] = found[at[known]]
    return odds
