"""reStructuredText: the prose of a document, of docutils' own markup and of what Sphinx adds to it.

Method: lines and their indentation, as docutils reads them. What is indented belongs to the item, field, note or directive
above it, and is a region of its own with a margin; regions wait on a stack, so that nesting has no bounds. Tables
(:mod:`rst_names`) say which directives hold text; what they do not know, literal blocks, comments and targets stay as
they are. The marks within a paragraph are found by docutils' rules (:mod:`rst_marks`), cells by :mod:`rst_tables`.

Any text can be read. A line is looked at once for each region that it is in, and each of these takes a column of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from diglot.pipeline.document import Block, BlockKind, Document, Range
from diglot.pipeline.formats import rst_marks, rst_names, rst_tables
from diglot.pipeline.formats.inline import Inline
from diglot.pipeline.formats.lines import trim

_LINE = re.compile(r"(?P<indent>[ \t\f\v]*)(?P<words>[^\r\n]*)(?:\r\n?|\n|\Z)")
_NAME = r"[^\W_]+(?:[-._+:]+[^\W_]+)*"
_VALUE = r"(?:[A-Za-z][\w-]*|<[^<>]+>)"
_OPTION = rf"(?:-[A-Za-z0-9](?:[ ]?{_VALUE})?|(?:--|/)[A-Za-z0-9][\w-]*(?:[ =]{_VALUE})?)"
_ELEMENT = re.compile(
    r"(?P<item>[-+*•‣⁃](?:[ \t\f\v]+|\Z))"
    r"|(?P<numbered>(?:\((?:\d{1,9}|\#|[A-Za-z]|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})\)"
    r"|(?:\d{1,9}|\#|[A-Za-z]|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})[.)])(?:[ \t\f\v]+|\Z))"
    r"|(?P<field>:(?![: ])(?P<name>(?:[^:\\]|\\.|:(?![ \t`]|\Z)){1,200})(?<! ):(?:[ \t\f\v]+|\Z))"
    rf"|(?P<option>{_OPTION}(?:,[ ]{_OPTION}){{0,9}}(?:[ ]{{2,}}|[ ]?\Z))"
    r"|(?P<doctest>>>>(?:[ \t\f\v]|\Z))"
    r"|(?P<line>\|(?:[ \t\f\v]+|\Z))"
    r"|(?P<explicit>\.\.(?:[ \t\f\v]+|\Z))"
    r"|(?P<anonymous>__(?:[ \t\f\v]+|\Z))"
    r"|(?P<grid>\+-[-+]+-\+\Z)"
    r"|(?P<simple>=+(?:[ ]+=+)+\Z)"
    r"|(?P<rule>(?P<mark>[!-/:-@\[-`{-~])(?P=mark)*\Z)"
)
_EXPLICIT = re.compile(
    rf"(?P<note>\[(?:\d+|\#(?:{_NAME})?|\*|{_NAME})\](?:[ \t\f\v]+|\Z))"
    rf"|(?:\|[^|\s](?:[^|]*[^|\s])?\|[ \t]+)?(?P<directive>{_NAME})[ ]?::(?:[ \t\f\v]+|\Z)"
)
_CLASSIFIER = re.compile(r"[ \t]+:[ \t]+")
_ATTRIBUTION = re.compile(r"(?:---?[ \t]+|—[ \t]*)(?=\S)")
_IDENTIFIER = re.compile(r"[\w.*(),\[\] ]*[_.*(\[][\w.*(),\[\] ]*|[a-z]\w*(?:,[ ]?[a-z]\w*){0,9}")
_LEAST_RULE = 4  # characters that underline a title which is wider
_TAB = 8


class _Line(NamedTuple):
    """A line: where it begins, where its words begin and end, and the columns before them."""

    start: int
    first: int
    end: int
    indent: int


class _Region(NamedTuple):
    """Lines ``[first, last)`` at a margin. The text of the first one begins at ``place``, where it is not -1."""

    first: int
    last: int
    margin: int
    place: int
    kind: BlockKind
    is_glossary: bool = False


def parse(text: str) -> Document:
    """The blocks of a text in reStructuredText."""
    reader = _Reader(text)
    reader.read()
    return Document(text, "rst", tuple(sorted(reader.blocks, key=lambda block: block.ranges[0])))


def tables(text: str) -> list[rst_tables.Table]:
    """The tables of a text in which there are blocks."""
    reader = _Reader(text)
    reader.read()
    return reader.tables


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        if match.end() > match.start():
            end = match.start("words") + len(match["words"].rstrip())
            indent = match["indent"]
            yield _Line(match.start(), match.end("indent"), end, len(indent.expandtabs(_TAB)))


class _Reader:
    """Makes blocks of regions."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, list(_lines(text))
        self.blocks: list[Block] = []
        self.tables: list[rst_tables.Table] = []
        self.names = rst_marks.referred(text)
        self.regions = [_Region(0, len(self.lines), 0, -1, "paragraph")]
        self.filled = self._filled()

    def _filled(self) -> list[int]:
        """For each line the next one that is not blank, which it may be itself."""
        following = (number if line.first < line.end else -1 for number, line in reversed(list(enumerate(self.lines))))
        return [*accumulate(following, lambda after, this: this if this >= 0 else after, initial=len(self.lines))][::-1]

    def read(self) -> None:
        """Read all regions."""
        while self.regions:
            region = self.regions.pop()
            number = self.filled[region.first] if region.place < 0 else region.first
            while number < region.last:
                number = self.filled[self._element(region, number)]

    # ------------------------------------------------------------------------------------------------------------- regions

    def _place(self, region: _Region, number: int) -> int:
        """Where the text of a line in a region begins."""
        return region.place if number == region.first and region.place >= 0 else self.lines[number].first

    def _indent(self, region: _Region, number: int) -> int:
        return region.margin if number == region.first and region.place >= 0 else self.lines[number].indent

    def _below(self, region: _Region, number: int, margin: int) -> int:
        """Behind the lines from one on that are indented so far, blank ones among them."""
        while number < region.last:
            number = self.filled[number]
            if number >= region.last or self.lines[number].indent < margin:
                break
            number += 1
        return min(number, region.last)

    def _enter(self, region: _Region, number: int, place: int, last: int) -> _Region:
        """The region of what begins in a line at a place, or below it, up to ``last``."""
        own = number < last and place < self.lines[number].end
        first = number if own else number + 1
        margins = (self.lines[i].indent for i in range(number + 1, last) if self.filled[i] == i)
        margin = min(margins, default=region.margin + 1)
        return _Region(first, last, margin, place if own else -1, region.kind, region.is_glossary)

    # ------------------------------------------------------------------------------------------------------------ elements

    def _element(self, region: _Region, number: int) -> int:
        """Read what begins in a line; the line behind it."""
        place, line = self._place(region, number), self.lines[number]
        if self._indent(region, number) > region.margin:
            return self._quotation(region, number)
        if region.is_glossary:
            return number + 1  # a term, which stays as it is: others refer to it by its name
        found = _ELEMENT.match(self.text, place, line.end)
        return (self._marked(region, number, found) if found else 0) or self._text(region, number)

    def _marked(self, region: _Region, number: int, found: re.Match[str]) -> int:
        """Read what a mark at the beginning of a line opens; the line behind it, 0 where the line is text."""
        last = 0
        match found.lastgroup:
            case "item":
                last = self._item(region, number, found.end())
            case "numbered" if self._is_numbered(region, number):
                last = self._item(region, number, found.end())
            case "field" | "option":
                last = self._field(region, number, found)
            case "doctest" | "grid" | "simple":
                last = self._table(region, number, found.lastgroup)
            case "line":
                last = self._verse(region, number)
            case "explicit":
                last = self._explicit(region, number, found.end())
            case "anonymous":
                last = self._below(region, number + 1, region.margin + 1)
            case "rule" if found[0] != "::":
                last = self._titled(region, number)
        return last

    def _quotation(self, region: _Region, number: int) -> int:
        last = self._below(region, number, region.margin + 1)
        margin = min(self.lines[i].indent for i in range(number, last) if self.filled[i] == i)
        kind: BlockKind = "item" if region.is_glossary else "quote" if region.kind == "paragraph" else region.kind
        self.regions.append(_Region(number, last, margin, -1, kind))
        return last

    def _is_numbered(self, region: _Region, number: int) -> bool:
        """Whether a line that begins like an item of a numbered list is one: ``A. Smith`` may begin a paragraph."""
        following = number + 1
        if following >= region.last or self.filled[following] != following:
            return True
        line = self.lines[following]
        if line.indent != region.margin:
            return True
        found = _ELEMENT.match(self.text, line.first, line.end)
        return found is not None and found.lastgroup == "numbered"

    def _item(self, region: _Region, number: int, place: int) -> int:
        line = self.lines[number]
        if place >= line.end:
            last = self._below(region, number + 1, region.margin + 1)
            self.regions.append(self._enter(region, number, place, last)._replace(kind=_item_kind(region.kind)))
            return last
        before = self.text[self._place(region, number) : place]
        shift = region.margin % _TAB
        margin = region.margin + len((" " * shift + before).expandtabs(_TAB)) - shift
        last = self._below(region, number + 1, margin)
        self.regions.append(_Region(number, last, margin, place, _item_kind(region.kind)))
        return last

    def _field(self, region: _Region, number: int, found: re.Match[str]) -> int:
        last = self._below(region, number + 1, region.margin + 1)
        if not found["name"] or rst_names.is_prose(found["name"]):
            self.regions.append(self._enter(region, number, found.end(), last)._replace(kind="item"))
        return last

    def _table(self, region: _Region, number: int, kind: str) -> int:
        """A table, or a session with an interpreter, which stays as it is: up to a blank line."""
        if kind == "simple":
            last = number + rst_tables.end_of_simple(self._words(i) for i in range(number, region.last))
        else:
            last = number + 1
            while last < region.last and self.filled[last] == last and self.lines[last].indent >= region.margin:
                last += 1
        if kind != "doctest" and (number > region.first or region.place < 0):
            self._cells(region, self.lines[number:last])
        return last

    def _cells(self, region: _Region, lines: Sequence[_Line]) -> None:
        """The cells of a table that hold a paragraph."""
        margin = region.margin
        if any(line.first - line.start != line.indent for line in lines if line.first < line.end):
            return
        table = rst_tables.read(self.text, [(min(line.start + margin, line.end), line.end) for line in lines])
        if table:
            self.tables.append(table)
            for ranges in rst_tables.cells(self.text, table):
                if self._announced(*ranges[-1]) < 0 and not _ELEMENT.match(self.text, *ranges[0]) and self._is_whole(ranges):
                    self._paragraph("cell", ranges)

    def _is_whole(self, ranges: Sequence[Range]) -> bool:
        """Whether no mark goes on in the next of some lines, between which there are other cells."""
        words = "\n".join(self.text[start:end] for start, end in ranges)
        return not any("\n" in words[mark.start : mark.end] for mark in rst_marks.find(words))

    def _words(self, number: int) -> str:
        line = self.lines[number]
        return self.text[line.first : line.end]

    def _verse(self, region: _Region, number: int) -> int:
        """A line of a line block, with the indented ones that go on with it."""
        place, last = self._place(region, number) + 1, number + 1
        while last < region.last and self.filled[last] == last and self.lines[last].indent > region.margin:
            last += 1
        self._paragraph("line", self._ranges(number, last, place))
        return last

    def _explicit(self, region: _Region, number: int, place: int) -> int:
        """A note, a directive, or what stays as it is: a target, a substitution by anything but text, a comment."""
        line = self.lines[number]
        if place >= line.end and self.filled[number + 1] != number + 1:
            return number + 1
        last = self._below(region, number + 1, region.margin + 1)
        found = _EXPLICIT.match(self.text, place, line.end)
        if found and found["note"]:
            self.regions.append(self._enter(region, number, found.end(), last)._replace(kind="paragraph"))
        elif found and found["directive"] == "replace":
            self._paragraph("paragraph", self._ranges(number, self._head(number, last), found.end()))
        elif found and self.text[place] != "|":
            self._directive(region, number, found, last)
        return last

    # ---------------------------------------------------------------------------------------------------------- directives

    def _head(self, number: int, last: int) -> int:
        """Behind the lines of a directive before the first blank one."""
        return next((i for i in range(number + 1, last) if self.filled[i] != i), last)

    def _directive(self, region: _Region, number: int, found: re.Match[str], last: int) -> None:
        name, place = rst_names.of_domain(found["directive"]), found.end()
        head = self._head(number, last)
        options = next((i for i in range(number + 1, head) if self._is_option(i)), head)
        if name in ("image", "figure"):
            self._described(range(options, head))
        region = region._replace(kind=rst_names.INSIDE.get(name, region.kind), is_glossary=name == "glossary")
        if name in rst_names.BODIES:
            self.regions.append(self._enter(region, number, place, options if options < head else last))
        elif name in rst_names.TITLES:
            self._paragraph(rst_names.KINDS.get(name, "heading"), self._ranges(number, options, place))
        elif name in rst_names.VERSIONS:
            words = re.compile(r"\S*[ \t]*").match(self.text, place, self.lines[number].end)
            self._paragraph(region.kind, self._ranges(number, options, words.end() if words else place))
        elif name not in rst_names.ARGUMENTS:
            return
        if (options < head or name not in rst_names.BODIES) and name not in rst_names.DATA and head < last:
            self.regions.append(self._enter(region, head, self.lines[head].end, last))

    def _is_option(self, number: int) -> bool:
        found = _ELEMENT.match(self.text, self.lines[number].first, self.lines[number].end)
        return found is not None and found.lastgroup == "field"

    def _described(self, options: range) -> None:
        """The words for an image."""
        for number in options:
            line = self.lines[number]
            if self.text.startswith(":alt:", line.first):
                last = number + 1
                while last < options.stop and self.lines[last].indent > line.indent:
                    last += 1
                self._paragraph("attribute", self._ranges(number, last, line.first + len(":alt:")))

    # ---------------------------------------------------------------------------------------------------------------- text

    def _titled(self, region: _Region, number: int) -> int:
        """Behind a title between two lines, or a line that divides parts; 0 where a line is neither."""
        if number + 1 >= region.last or self.filled[number + 1] != number + 1:
            return number + 1 if self.lines[number].end - self._place(region, number) >= _LEAST_RULE else 0
        if number + 2 < region.last and self._words(number + 2) == self._words(number):
            self._paragraph("heading", self._ranges(number + 1, number + 2))
            return number + 3
        return 0

    def _text(self, region: _Region, number: int) -> int:
        """A title, a term or a paragraph."""
        following = number + 1
        if following < region.last and self.filled[following] == following:
            indent = self.lines[following].indent
            if indent > region.margin:
                return self._term(region, number)
            if indent == region.margin and self._is_underline(region, number):
                self._paragraph("heading", self._ranges(number, following, self._place(region, number)))
                return number + 2
        while following < region.last and self.filled[following] == following:
            if self.lines[following].indent != region.margin:
                break
            following += 1
        ranges = self._ranges(number, following, self._place(region, number))
        literal = self._announced(*ranges[-1])
        if literal >= 0:
            ranges[-1] = (ranges[-1][0], literal)
        if dash := _ATTRIBUTION.match(self.text, *ranges[0]):
            ranges[0] = (dash.end(), ranges[0][1])
        self._paragraph(region.kind, ranges)
        return self._behind_literal(region, following) if literal >= 0 else following

    def _announced(self, start: int, end: int) -> int:
        """Where the words of a line end that announces a literal block: with one of the two colons; -1 for another line."""
        if not self.text.endswith("::", start, end) or self.text.endswith("\\::", start, end):
            return -1
        alone = end - 2 == start or self.text[end - 3] in " \t"
        return trim(self.text, start, end - 2)[1] if alone else end - 1

    def _is_underline(self, region: _Region, number: int) -> bool:
        line = self.lines[number + 1]
        found = _ELEMENT.match(self.text, line.first, line.end)
        if not found or line.end - line.first != len(found[0]) or len(set(found[0])) > 1 or found[0][0].isalnum():
            return False
        title = self.text[self._place(region, number) : self.lines[number].end]
        return len(found[0]) >= min(_LEAST_RULE, rst_tables.width(title))

    def _term(self, region: _Region, number: int) -> int:
        """A term and what it means. A term that stands for itself in a program is none to translate."""
        last = self._below(region, number + 1, region.margin + 1)
        start, end = self._place(region, number), self.lines[number].end
        if self.text.endswith("::", start, end):
            self._paragraph(region.kind, [(start, end - 1)])
            return last
        classifier = _CLASSIFIER.search(self.text, start, end)
        words = (start, classifier.start() if classifier else end)
        if not (classifier and _IDENTIFIER.fullmatch(self.text, *words)):
            self._paragraph("item", [words])
        inside = self._enter(region, number, end, last)
        self.regions.append(inside._replace(kind="item" if region.kind == "paragraph" else region.kind))
        return last

    def _behind_literal(self, region: _Region, number: int) -> int:
        """Behind the literal block that a paragraph announces: what is indented, or lines with a mark before each."""
        number = self.filled[number]
        if number >= region.last:
            return region.last
        if self.lines[number].indent > region.margin:
            return self._below(region, number, region.margin + 1)
        mark = self.text[self.lines[number].first]
        if mark.isascii() and not mark.isalnum() and self.lines[number].indent == region.margin:
            while number < region.last and self.text.startswith(mark, self.lines[number].first):
                number += 1
        return number

    def _ranges(self, number: int, last: int, place: int = -1) -> list[Range]:
        """The words of lines; those of the first begin at a place, where it is given."""
        places = [(line.first, line.end) for line in self.lines[number:last]]
        if place >= 0 and places:
            places[0] = (min(place, places[0][1]), places[0][1])
        return places

    def _paragraph(self, kind: BlockKind, ranges: Sequence[Range]) -> None:
        """A block of lines, with its marks."""
        run = Inline(self.text, kind)
        starts = [0, *accumulate(end - start + 1 for start, end in ranges)]
        words = "\n".join(self.text[start:end] for start, end in ranges)
        marks = iter(rst_marks.find(words, self.names) if kind != "attribute" else ())
        mark = next(marks, None)
        for (start, end), begin, behind in zip(ranges, starts, starts[1:], strict=False):
            if start < end:
                run.cover(start, end)
            while mark and mark.start < behind:
                run.protect(mark.start - begin + start, self._there(mark.end, starts, ranges), mark.kind, mark.opening)
                mark = next(marks, None)
            run.end_line()
        self.blocks += run.blocks()

    def _there(self, end: int, starts: Sequence[int], ranges: Sequence[Range]) -> int:
        """The place in the document where a mark ends, which may be an escaped line end, that ends so in its paragraph."""
        index = min(bisect_right(starts, end), len(ranges)) - 1
        return ranges[index][0] + end - starts[index]


def _item_kind(kind: BlockKind) -> BlockKind:
    return "cell" if kind == "cell" else "item"
