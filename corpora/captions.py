"""Captions of one recording in two languages, paired by time.

Translated captions are cut at other places than the original. A pair is therefore a stretch of time at both ends of which
a cue ends in either language (within half a second), joined with the next until the first language ends its sentence.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from diglot.corpora.read import Texts, Warn, ignore, numbered_lines

_TIMES = re.compile(r"(?:(\d+):)?(\d+):(\d+)[,.](\d+)\s*-->\s*(?:(\d+):)?(\d+):(\d+)[,.](\d+)")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_END = re.compile(r"[.?!…。？！][\"'”’)」』]*$")
NEAR = 0.5  # seconds between two ends that count as one
LONGEST = 6  # cues of one language in a stretch
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Cue(NamedTuple):
    """What is shown from ``start`` to ``end``, in seconds."""

    start: float
    end: float
    text: str


class _Stretch(NamedTuple):
    first: str
    second: str


def read_captions(first: Path, second: Path, warn: Warn = ignore) -> Texts:
    """Pairs of sentences, or of up to some stretches where no sentence ends."""
    one, other = read_cues(first), read_cues(second)
    if not one or not other:
        warn(f"{first if not one else second}: holds no cues; the pair of files is left out")
        return
    held: list[_Stretch] = []
    for stretch in stretches(one, other):
        if stretch is not None:
            held.append(stretch)
        if held and (stretch is None or _END.search(stretch.first) or len(held) == LONGEST):
            yield _join([s.first for s in held]), _join([s.second for s in held])
            held = []
    if held:
        yield _join([s.first for s in held]), _join([s.second for s in held])


def stretches(one: Sequence[Cue], other: Sequence[Cue]) -> Iterator[_Stretch | None]:
    """Runs of cues that end at the same time; None where the two go apart and are brought together again."""
    i = j = from_i = from_j = 0
    while i < len(one) and j < len(other):
        apart = one[i].end - other[j].end
        if abs(apart) <= NEAR:
            fits = i - from_i < LONGEST and j - from_j < LONGEST
            texts = _join([c.text for c in one[from_i : i + 1]]), _join([c.text for c in other[from_j : j + 1]])
            yield _Stretch(*texts) if fits and all(texts) else None
            i, j = i + 1, j + 1
            from_i, from_j = i, j
        elif apart < 0:
            i += 1
        else:
            j += 1


def read_cues(path: Path) -> list[Cue]:
    """The cues of an SRT or WebVTT file, their tags taken out."""
    cues: list[Cue] = []
    times, lines = (0.0, 0.0), list[str]()
    inside = False

    def close() -> None:
        if text := _join([" ".join(_TAG.sub("", line).split()) for line in lines]):
            cues.append(Cue(*times, text))
        lines.clear()

    for _, line in numbered_lines(path):
        if found := _TIMES.search(line):
            close()
            parts = [float(part or 0) for part in found.groups()]
            digits = [len(found[4]), len(found[8])]
            start, end = (
                (p[0] * 60 + p[1]) * 60 + p[2] + p[3] / 10**n for p, n in zip((parts[:4], parts[4:]), digits, strict=True)
            )
            times, inside = (start, end), True
        elif not line.strip():
            inside = False
        elif inside:
            lines.append(line)
    close()
    return cues


def _join(texts: Sequence[str]) -> str:
    """Pieces of a text in a row: with a space between them where both sides are written with spaces."""
    joined = ""
    for text in texts:
        gap = "" if not joined or (_UNSPACED.match(joined[-1]) and _UNSPACED.match(text[:1] or " ")) else " "
        joined += gap + text
    return joined.strip()
