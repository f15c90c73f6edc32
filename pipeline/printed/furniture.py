"""What stands on page after page and belongs to none: running heads, page numbers, sidebars; and slides that are built up.

A line near the edge of a page is running where it stands at the same height on other pages with the same words, numbers
apart; so is one that changes with the chapters, where it stands apart from the text at a height at which most pages have
one, and the number of a page by itself. Small print is, wherever it stands, that most pages have at the same place. What is
larger than the text is never running, so that the titles of slides stay.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from diglot.pipeline.printed import Line, Page

_EDGE, _EDGE_OF_NUMBERS = 0.1, 0.2  # of the height of a page: where running heads are, and numbers on page after page
_SAME = 2.0  # points between places that are one
_REPEATED, _STANDING = 3, 4  # pages that have a running head, a sidebar
_MOST = 0.5  # of the pages
_APART = 1.6  # of the size: from the base of a running head to that of the text
_SMALL = 0.9  # of the size of the text
_NUMBER = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:(?:page|seite|p\.|第)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|页|頁)\s*\d{0,4})?[-–—\s]*", re.I
)


def usual_size(pages: Sequence[Page]) -> float:
    """The size that most characters have, those of a line that is on many pages counted once."""
    texts = {(line.text, line.size) for page in pages for line in page.lines}
    sizes: Counter[float] = Counter()
    for text, size in texts:
        sizes[round(2 * size) / 2] += len(text)
    return max(sizes, key=lambda size: (sizes[size], size), default=10.0)


def without_running(pages: Sequence[Page], body: float) -> list[Page]:
    """Pages without their running heads and feet; ``body`` is the size of the text."""
    marginal = [list(_marginal(page, body)) for page in pages]
    repeated = Counter(key for found in marginal for key in {_key(line) for line in found})
    isolated = Counter(height for page, found in zip(pages, marginal, strict=True) for height in _outermost(page, found))
    fewest = min(_REPEATED, max(2, len(pages)))
    left = []
    for page, found in zip(pages, marginal, strict=True):
        apart = _outermost(page, found)
        usual = {height for height in apart if isolated[height] > max(fewest, _MOST * len(pages))}
        running = {
            line
            for line in found
            if (repeated[_key(line)] >= fewest and (_height(line) in apart or _is_at_edge(line, page, _EDGE)))
            or _height(line) in usual
            or (len(pages) > 1 and _height(line) in apart and _is_number(line) and _is_at_edge(line, page, _EDGE))
        }
        left.append(_without(page, running))
    return left


def without_standing(pages: Sequence[Page], body: float) -> list[Page]:
    """Pages without the small print that most of them have at the same place."""
    places = Counter(place for page in pages for place in {_place(line) for line in page.lines})
    fewest = max(_STANDING, _MOST * len(pages))
    return [
        _without(page, {line for line in page.lines if line.size < _SMALL * body and places[_place(line)] >= fewest})
        for page in pages
    ]


def without_steps(pages: Sequence[Page]) -> list[Page]:
    """Slides without those that the next one repeats and adds to."""
    texts = [[line.text for line in page.lines] for page in pages]
    return [
        page
        for number, page in enumerate(pages)
        if not (texts[number] and number + 1 < len(pages) and _is_part(texts[number], texts[number + 1]))
    ]


def _without(page: Page, lines: set[Line]) -> Page:
    return replace(page, lines=tuple(line for line in page.lines if line not in lines))


def _marginal(page: Page, body: float) -> Iterator[Line]:
    """The lines near the upper and the lower edge that are no larger than the text."""
    for line in page.lines:
        if line.size <= 1.05 * body and _is_at_edge(line, page, _EDGE_OF_NUMBERS if _is_number(line) else _EDGE):
            yield line


def _is_at_edge(line: Line, page: Page, edge: float) -> bool:
    return not edge * page.height <= line.base <= (1 - edge) * page.height


def _is_number(line: Line) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text) is not None


def _key(line: Line) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text.lower()), _height(line)


def _place(line: Line) -> tuple[str, int, int]:
    return line.text, round(line.left / _SAME), _height(line)


def _height(line: Line) -> int:
    return round(line.base / _SAME)


def _outermost(page: Page, marginal: Sequence[Line]) -> set[int]:
    """The heights of the outermost line at either edge where it stands apart from the rest of the page."""
    bases = sorted({round(line.base) for line in page.lines})
    ends = {}
    if len(bases) > 2:
        ends = {bases[0]: bases[1] - bases[0], bases[-1]: bases[-1] - bases[-2]}
    return {_height(line) for line in marginal if ends.get(round(line.base), 0) > _APART * line.size}


def _is_part(lines: Sequence[str], of: Sequence[str]) -> bool:
    """Whether all lines are in another text, in their order."""
    rest = iter(of)
    return all(line in rest for line in lines)
