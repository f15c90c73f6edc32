"""Plain text: paragraphs, headings, list items and furniture, told by line breaks, blank lines and widths.

Method: lines that follow one another without a blank line form a group. Within a group a line goes on in the next one
if the group is hard-wrapped (the next word would not have fitted), if that stands under the words of an item, or if it
stops in mid-sentence before a small letter; otherwise each line is a paragraph of its own. Short lines without a
sentence's end are headings where text follows them, and furniture (kind ``line``: menus, tickers, captions) where they
stand in rows. What white space sets out (:mod:`diglot.pipeline.formats.layout`) is a row of cells, or code and untouched.
"""

import re
from collections.abc import Iterator, Set
from itertools import groupby
from typing import NamedTuple

from diglot.pipeline.document import Block, BlockKind, Document, Range, has_words, is_unspaced
from diglot.pipeline.formats.layout import are_entries, cells, code, divides, indentation
from diglot.pipeline.formats.lines import columns, ends_sentence, first_word, lines

_NARROWEST, _WIDEST = 50, 132  # the columns between which texts are hard-wrapped
_SHORT = 60  # a line of so many columns that does not end a sentence is no paragraph
_HEADINGS_IN_A_ROW = 2  # a heading and its translation; a longer row of short lines is furniture

_MARK = re.compile(
    r"(?P<heading>#{1,6}\s+)"
    r"|(?P<quote>(?:>\s?)+)"
    r"|(?P<item>(?:[-–—*+•‣◦▪●○■□◆◇]|\d{1,3}[.)]|[a-z]\))\s+|[・•●■◆①-⑳]\s*|\d{1,3}[．、）]\s*|[(（]\d{1,3}[)）]\s*)"
)
_KINDS: dict[str, BlockKind] = {"heading": "heading", "quote": "quote", "item": "item"}
_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}")


class _Unit(NamedTuple):
    """Lines that belong together, on the way to a block; what has no mark of its own is a ``paragraph`` at first."""

    kind: BlockKind
    ranges: list[Range]


def parse(text: str) -> Document:
    """The paragraphs, headings, items and lines of a text; what holds no letter has no block."""
    kept = code(text)
    units = [unit for group in _groups(text, kept) for unit in _units(text, group)]
    return Document(text, "plain", tuple(Block(unit.kind, tuple(unit.ranges)) for unit in _named(text, units)))


def _groups(text: str, kept: Set[int]) -> Iterator[list[Range]]:
    """Lines that no blank line divides, nor one of the lines that are kept as they are."""
    group: list[Range] = []
    for start, end in lines(text):
        if start < end and start not in kept:
            group.append((start, end))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _units(text: str, group: list[Range]) -> list[_Unit]:
    marked = [_marked(text, *line) for line in group]
    wrapped = _wrapped(text, marked)
    joined = wrapped | _hanging(text, group, marked)
    is_table = not wrapped and 1 < len(group) < 2 * sum(divides(text[start:end], narrow=True) for start, end in group)
    units: list[_Unit] = []
    open_unit = False  # whether the line before this one may go on in it
    for index, (kind, body) in enumerate(marked):
        line = text[slice(*body)]
        if not any(map(str.isalnum, line)):
            if open_unit and _UNDERLINE.fullmatch(line) and len(units[-1].ranges) == 1:
                units[-1] = _Unit("heading", units[-1].ranges)
            open_unit = False
        elif kind == "paragraph" and not wrapped and len(parts := cells(text, *body, narrow=is_table)) > 1:
            units += [_Unit("cell", [cell]) for cell in parts]
            open_unit = False
        elif open_unit and _may_follow(marked, index) and (index in joined or _goes_on(text, marked[index - 1][1], body)):
            units[-1].ranges.append(body)
        else:
            units.append(_Unit(kind, [body]))
            open_unit = kind != "heading"
    return units


def _marked(text: str, start: int, end: int) -> tuple[BlockKind, Range]:
    """What the mark that a line begins with makes of it, and the place of the words after the mark."""
    mark = _MARK.match(text, start, end)
    if mark is None or mark.end() == end:
        return "paragraph", (start, end)
    return _KINDS[mark.lastgroup or ""], (mark.end(), end)


def _may_follow(marked: list[tuple[BlockKind, Range]], index: int) -> bool:
    """Whether a line may go on with what the line before it began: it has no mark, and both are quoted or none."""
    kind, before = marked[index][0], marked[index - 1][0]
    return kind == before == "quote" or (kind == "paragraph" and before != "quote")


def _hanging(text: str, group: list[Range], marked: list[tuple[BlockKind, Range]]) -> set[int]:
    """The lines that stand under the words of an item above, not under its mark."""
    found: set[int] = set()
    column = 0  # where the words of the item stand
    for index, ((start, _), (kind, body)) in enumerate(zip(group, marked, strict=True)):
        if kind == "item":
            column = indentation(text, start) + columns(text[start : body[0]])
        elif column and indentation(text, start) == column:
            found.add(index)
        else:
            column = 0
    return found


def _wrapped(text: str, marked: list[tuple[BlockKind, Range]]) -> set[int]:
    """The lines of a group that only its width divides from the line before; none where it is not hard-wrapped."""
    bodies = [body for _, body in marked]
    if len(bodies) < 2 or max(end - start for start, end in bodies) > _WIDEST:
        return set()
    if 2 * sum(divides(text[start:end]) for start, end in bodies) > len(bodies):
        return set()
    widths = [columns(text[start:end]) for start, end in bodies]
    width = max(widths)
    if not _NARROWEST <= width <= _WIDEST:
        return set()
    followers = [i for i in range(1, len(bodies)) if _may_follow(marked, i)]
    full = {i for i in followers if widths[i - 1] + 1 + first_word(text[slice(*bodies[i])]) > width}
    telling = sum(1 for i in full if _in_one_breath(text, bodies[i - 1], bodies[i]))
    return full if len(full) >= 0.8 * len(followers) and telling >= 0.4 * len(followers) else set()


def _in_one_breath(text: str, before: Range, after: Range) -> bool:
    """Whether a line stops within a sentence and the next one goes on in the same kind of script."""
    last, first = text[before[1] - 1], text[after[0]]
    return is_unspaced(last) == is_unspaced(first) and not first.isupper() and not ends_sentence(text[slice(*before)])


def _goes_on(text: str, before: Range, after: Range) -> bool:
    """Whether a line stops in mid-sentence before a small letter; one of a few words alone may be a name."""
    in_mid_sentence = text[after[0]].islower() and text.count(" ", *before) >= 3 and _in_one_breath(text, before, after)
    return in_mid_sentence and not are_entries(text[slice(*before)], text[slice(*after)])


def _named(text: str, units: list[_Unit]) -> Iterator[_Unit]:
    """Units that hold words; rows of short ones become headings or lines."""
    units = [unit for unit in units if any(has_words(text[slice(*place)]) for place in unit.ranges)]
    seen = 0
    for is_short, row in groupby(units, key=lambda unit: _is_short(text, unit)):
        members = list(row)
        seen += len(members)
        kind: BlockKind = "line"
        if len(members) <= _HEADINGS_IN_A_ROW and (seen < len(units) or seen == len(members)):
            kind = "heading" if seen < len(units) else "paragraph"
        yield from (_Unit(kind, unit.ranges) if is_short else unit for unit in members)


def _is_short(text: str, unit: _Unit) -> bool:
    if unit.kind != "paragraph" or len(unit.ranges) > 1:
        return False
    line = text[slice(*unit.ranges[0])]
    return len(line) <= _SHORT and columns(line) <= _SHORT and not ends_sentence(line)
