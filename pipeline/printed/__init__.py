"""The text of printed pages, told by where its characters stand: runs of them to lines, lines to blocks, blocks to Markdown.

A PDF says which glyph stands where and nothing of words, lines or paragraphs. These modules know no PDF; they are given
runs of characters with their places and go on from there, each step by itself:
:mod:`~diglot.pipeline.printed.bullets` (those that are drawn), :mod:`~diglot.pipeline.printed.lines`,
:mod:`~diglot.pipeline.printed.furniture` (what repeats from page to page), :mod:`~diglot.pipeline.printed.columns` (the
order to read in), :mod:`~diglot.pipeline.printed.blocks`, :mod:`~diglot.pipeline.printed.words` (lines joined again) and
:mod:`~diglot.pipeline.printed.writing`.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple


class Run(NamedTuple):
    """Characters of one font that stand side by side. Places are in points from the left and from the top of the page.

    ``base`` is where the letters stand on, ``size`` that of the font; ``spaced`` tells of a space before it.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    mono: bool = False
    spaced: bool = False


class Drawing(NamedTuple):
    """What is on a page and no text, and its place there."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Line:
    """Runs on one line without a wide gap between them; its size and place are those of most of its characters."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    mono: bool = False

    @property
    def top(self) -> float:
        """Where its small letters end."""
        return self.base - 0.6 * self.size

    def beside(self, other: "Line") -> "Line":
        """This line with one that goes on at its right."""
        longer = self if len(self.text) >= len(other.text) else other
        return replace(
            longer,
            text=f"{self.text} {other.text}",
            left=min(self.left, other.left),
            right=max(self.right, other.right),
            bold=self.bold and other.bold,
            mono=self.mono and other.mono,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page, which is so wide and so high."""

    width: float
    height: float
    lines: tuple[Line, ...]
