"""Bullets that are drawn and not written, as browsers and beamer make them: discs, squares, balls with a number.

A drawing is a bullet where it is small, about as wide as high, and stands before the first letter of a line, in the middle
of its height.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from diglot.pipeline.printed import Drawing, Run

_SMALLEST, _LARGEST = 0.12, 1.2  # of the size of the text
_LONGER = 1.5  # as wide as high, or as high as wide, at most
_LOWEST, _HIGHEST = 0.05, 0.6  # of the size: how far above the base its middle is
_FAR = 2.5  # of the size: how far before the text it may stand
_GUTTER = 0.9  # of the size: what stands nearer before it is on the same line
_MOST = 300  # on a page; more are a picture


def with_bullets(runs: Sequence[Run], drawings: Iterable[Drawing]) -> list[Run]:
    """The runs of a page, with a run for each bullet before that of its item."""
    small = [one for one in drawings if _is_compact(one)]
    ordered = sorted(runs, key=attrgetter("base"))
    found = dict(_found(ordered, small)) if len(small) <= _MOST else {}
    inside = {number for number, _ in found.values() if number}
    made: list[Run] = []
    for run in runs:
        if run in found:
            number, drawing = found[run]
            text = f"{number.text}." if number else "•"
            made.append(run._replace(text=text, left=drawing.left, right=drawing.right, bold=False, mono=False))
        if run not in inside:
            made.append(run)
    return made


def _is_compact(drawing: Drawing) -> bool:
    sides = sorted((drawing.right - drawing.left, drawing.bottom - drawing.top))
    return 0 < sides[1] <= _LONGER * sides[0]


def _found(ordered: Sequence[Run], drawings: Iterable[Drawing]) -> Iterator[tuple[Run, tuple[Run | None, Drawing]]]:
    """The first run of each item with the number in its bullet, where there is one, and the bullet."""
    largest = max((run.size for run in ordered), default=0.0)
    for drawing in drawings:
        middle = (drawing.top + drawing.bottom) / 2
        first, last = (bisect_left(ordered, base, key=attrgetter("base")) for base in (middle, middle + largest))
        near = ordered[first:last]
        number = next((run for run in near if run.text.isdecimal() and _holds(drawing, run)), None)
        before = [run for run in near if run is not number and _stands_before(drawing, middle, run)]
        item = min(before, key=attrgetter("left"), default=None)
        if item and not any(run is not number and _is_beside(run, item, drawing) for run in near):
            yield item, (number, drawing)


def _holds(drawing: Drawing, run: Run) -> bool:
    return drawing.left <= run.left and run.right <= drawing.right and drawing.top < run.base <= drawing.bottom


def _stands_before(drawing: Drawing, middle: float, run: Run) -> bool:
    """Whether a drawing stands before a run as the bullet of an item does."""
    fits = _SMALLEST <= (drawing.bottom - drawing.top) / run.size <= _LARGEST
    return fits and _LOWEST <= (run.base - middle) / run.size <= _HIGHEST and 0 <= run.left - drawing.right < _FAR * run.size


def _is_beside(run: Run, item: Run, drawing: Drawing) -> bool:
    """Whether a run stands on the line of an item before its bullet."""
    same = abs(run.base - item.base) < 0.3 * item.size
    return same and run.left < drawing.left and run.right > drawing.left - _GUTTER * item.size
