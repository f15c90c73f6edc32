"""A long text and its translation section by section, so that what is at work at a time does not grow with their length.

A section takes some thousand segments of each text from where the one before it ended, and is aligned like a text of its
own. Its links are kept up to the last place amid many sure ones; what follows belongs to the next section. Where there is
no such place, as in a long chapter that only one of the texts has, a section of twice the size is tried.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Link", "by_section"]

_SIZE = 2_000  # segments of each text
# A place is sure if most of so many links on each side of it are so probable.
_BESIDE, _SURE = 50, 0.9


class Link(NamedTuple):
    """Segments of the one text (by place in the list) and of the other that say the same; one side may have none.

    ``score`` is about how probable it is that they do, 0 where one side has none.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    score: float

    def moved(self, first: int, second: int) -> "Link":
        """The link by places in lists in which its own begin here."""
        return Link(tuple(i + first for i in self.first), tuple(j + second for j in self.second), self.score)


def by_section(
    first: int, second: int, linked: Callable[[slice, slice], Sequence[Link]], most: int = _SIZE
) -> Iterator[Link]:
    """The links of two lists of so many segments, in sections of at most so many of each, where they have sure places.

    ``linked`` gives the links of a stretch of each list, by places in the stretches.
    """
    i, j, doubled = 0, 0, 1
    while i < first or j < second:
        left = max(first - i, second - j)
        size = doubled * math.ceil(left / math.ceil(left / most))  # so that the last section is as large as the others
        links = linked(slice(i, i + size), slice(j, j + size))
        kept = len(links) if size >= left else _last_sure(links)
        yield from (link.moved(i, j) for link in links[:kept])
        i += sum(len(link.first) for link in links[:kept])
        j += sum(len(link.second) for link in links[:kept])
        doubled = 1 if kept else 2 * doubled


def _last_sure(links: Sequence[Link]) -> int:
    """How many links there are before the last sure place; 0 if there is none."""
    sure = [link.score >= _SURE for link in links]
    before = list(accumulate(sure, initial=0))
    for place in range(len(links) - _BESIDE, _BESIDE - 1, -1):
        sides = before[place] - before[place - _BESIDE], before[place + _BESIDE] - before[place]
        if min(sides) > _BESIDE / 2 and sure[place - 1] and sure[place]:
            return place
    return 0
