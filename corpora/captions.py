"""Captions of one recording in two languages, paired by time.

Translated captions are cut at other places than the original. A pair is therefore a stretch of time at whose ends a cue
ends, or the next begins, in both languages (within half a second), joined with the next until the first language ends its
sentence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from diglot.corpora.read import Texts, Warn, ignore, numbered_lines

_TIME = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,3})[,.](\d{1,3})"
_TIMES = re.compile(rf"{_TIME}\s*-->\s*{_TIME}")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_END = re.compile(r"[.?!…。？！][\"'”’)」』]*$")
NEAR = 0.5  # seconds between two ends that count as one
LONGEST = 6  # cues of one language in a stretch
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Cue(NamedTuple):
    """What is shown from ``start`` to ``end``, in seconds; a text may have several lines."""

    start: float
    end: float
    text: str


class Stretch(NamedTuple):
    """What is said in a stretch of time, in both languages."""

    first: str
    second: str


def read_captions(first: Path, second: Path, warn: Warn = ignore) -> Texts:
    """Pairs of sentences, or of up to some stretches where no sentence ends."""
    one, other = read_cues(first), read_cues(second)
    if not one or not other:
        warn(f"{first if not one else second}: holds no cues; the pair of files is left out")
        return
    yield from _sentences(stretches(one, other))


def read_bilingual(path: Path, warn: Warn = ignore) -> Texts:
    """Captions whose cues carry both languages, a line each: one written in CJK characters, which comes second, one not."""
    found: list[Stretch | None] = []
    for cue in read_cues(path):
        lines = cue.text.split("\n")
        foreign = [_CJK.search(line) is not None for line in lines]
        one = _join([line for line, is_foreign in zip(lines, foreign, strict=True) if not is_foreign])
        other = _join([line for line, is_foreign in zip(lines, foreign, strict=True) if is_foreign])
        found.append(Stretch(one, other) if one and other else None)
    if not any(found):
        warn(f"{path}: holds no cue in two languages; it is left out")
    yield from _sentences(found)


def _sentences(found: Iterable[Stretch | None]) -> Texts:
    """Stretches joined until the first language ends its sentence, or where the captions have a gap."""
    held: list[Stretch] = []
    for stretch in (*found, None):
        if stretch is not None:
            held.append(stretch)
        if held and (stretch is None or _END.search(stretch.first) or len(held) == LONGEST):
            yield _join([s.first for s in held]), _join([s.second for s in held])
            held = []


def stretches(one: Sequence[Cue], other: Sequence[Cue]) -> Iterator[Stretch | None]:
    """Runs of cues that end at the same time, or after which both begin anew; None where they were apart for long."""
    i = j = from_i = from_j = 0
    while i < len(one) and j < len(other):
        apart = one[i].end - other[j].end
        anew = i + 1 < len(one) and j + 1 < len(other) and abs(one[i + 1].start - other[j + 1].start) <= NEAR
        if anew or abs(apart) <= NEAR:
            fits = i - from_i < LONGEST and j - from_j < LONGEST
            texts = (
                _join([line for cue in cues for line in cue.text.split("\n")])
                for cues in (one[from_i : i + 1], other[from_j : j + 1])
            )
            yield Stretch(*texts) if fits else None
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
        plain = (" ".join(_TAG.sub("", line).split()) for line in lines)
        if text := "\n".join(filter(None, plain)):
            cues.append(Cue(*times, text))
        lines.clear()

    for _, line in numbered_lines(path):
        if found := _TIMES.search(line):
            if inside and lines and lines[-1].strip().isdecimal():
                lines.pop()  # the number of this cue, which no blank line sets apart
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
        gap = "" if not joined or (_CJK.match(joined[-1]) and _CJK.match(text[:1] or " ")) else " "
        joined += gap + text
    return joined.strip()
