"""Which protected spans of a source came through into its translation, and where they stand there.

A pair knows the spans of its source only; in the translation they are found again by their text, the longest first, so
that ``x`` is not taken from ``x^2``. White space inside a formula may differ: TeX does not look at it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from diglot.pipeline.document import Range, Span

__all__ = ["Carried", "carried"]


class Carried(NamedTuple):
    """``kept``: for each source span that came through, its index and its place in the translation, in the order of
    the translation. ``lost``: the source spans that did not.
    """

    kept: tuple[tuple[int, Span], ...]
    lost: tuple[Span, ...]


def carried(source: str, spans: Sequence[Span], target: str) -> Carried:
    """Find the spans of a source in its translation, each place for one span only.

    >>> found = carried("`a` and `a`", (Span(0, 3, "code"), Span(8, 11, "code")), "`a`")
    >>> found.kept, found.lost
    (((0, Span(start=0, end=3, kind='code')),), (Span(start=8, end=11, kind='code'),))
    """
    taken = bytearray(len(target))
    after: dict[str, int] = {}  # where to look on, for a text that occurs more than once
    kept, lost = [], []
    for index, span in sorted(enumerate(spans), key=lambda item: item[1].start - item[1].end):
        piece = source[span.start : span.end]
        found = _free(piece, target, taken, after.get(piece, 0))
        if found is None and span.kind == "formula":
            found = _respaced(piece, target, taken)
        after[piece] = found[1] if found else len(target)
        if found is None:
            lost.append(span)
        else:
            taken[slice(*found)] = b"\1" * (found[1] - found[0])
            kept.append((index, Span(*found, span.kind)))
    return Carried(
        tuple(sorted(kept, key=lambda item: item[1].start)),
        tuple(sorted(lost, key=lambda span: span.start)),
    )


def _free(piece: str, target: str, taken: bytearray, position: int) -> Range | None:
    """The next place of a piece that is not taken and not part of a longer word or number."""
    while piece and (start := target.find(piece, position)) >= 0:
        end = start + len(piece)
        if not any(taken[start:end]) and not _glued(target, start) and not _glued(target, end):
            return start, end
        position = start + 1
    return None


def _respaced(formula: str, target: str, taken: bytearray) -> Range | None:
    """The first place of a formula, however it is spaced, that is not taken."""
    characters = "".join(formula.split())
    if characters[:1] not in target or len(characters) > _LONGEST_FORMULA:
        return None
    pattern = r"\s*".join(map(re.escape, characters))
    found = (match.span() for match in re.finditer(pattern, target) if not any(taken[slice(*match.span())]))
    return next(found, None)


_LONGEST_FORMULA = 400


def _glued(text: str, edge: int) -> bool:
    """Whether a Latin letter or a digit stands on both sides of an edge."""
    around = text[max(0, edge - 1) : edge + 1]
    return 0 < edge < len(text) and around.isascii() and around.isalnum()
