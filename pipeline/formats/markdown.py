"""Markdown (CommonMark with tables, footnotes, task lists and definition lists) and the HTML inside it.

Method: a copy of the text in which every opaque region is filled with spaces or ``x`` goes to pulldown-cmark
(pyromark), whose events have exact places. From the events of each paragraph, heading, item or cell come its lines
(without ``> ``, indentation and list marks) and its protected spans: the marks of emphasis and links, code, tags,
images, formulas. Marks that enclose a block wholly are left outside its ranges, so that nothing can happen to them.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from diglot.pipeline.document import Block, BlockKind, Document, Range, Span, SpanKind
from diglot.pipeline.formats import html
from diglot.pipeline.formats.inline import Inline
from diglot.pipeline.formats.opaque import Region, regions

_KINDS: dict[str, BlockKind] = {"Item": "item", "BlockQuote": "quote", "TableCell": "cell", "Heading": "heading"}
_SINGLE = {"Text", "SoftBreak", "HardBreak", "Code", "InlineHtml", "FootnoteReference", "TaskListMarker"}
_ENCLOSING = {"Emphasis", "Strong", "Strikethrough", "Link", "Image"}
_MARKS = {"Emphasis": 1, "Strong": 2, "Link": 1}  # the length of the opening mark; a strikethrough has one tilde or two
_WHOLE_LINKS: dict[str, SpanKind] = {  # what they show is where they lead
    "Autolink": "url",
    "Email": "email",
    "Shortcut": "reference",
    "Collapsed": "reference",
}
_SPAN_KINDS: dict[str, SpanKind] = {"formula": "formula", "reference": "reference"}  # tags are all others
_TITLE = re.compile(r"\"(?P<title>[^\"\r\n]+)\"(?=\s*\Z)")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# CommonMark lets no emphasis begin or end between a letter and punctuation; but Chinese and Japanese put no space
# there: **「強調」**は and **鍵(k)**は are meant as emphasis. To the parser their punctuation is a letter, and a letter of
# theirs that stands outside of such a mark is punctuation.
_OUTSIDE_EMPHASIS = re.compile(
    r"(?<=[!-/:-@\[-`{-~])(?<![*\\])(?P<close>\*{1,3})[⺀-\U0003ffff]|[⺀-\U0003ffff](?P<open>\*{1,3})(?=[!-)+-/:-@\[-`{-~])"
)
_WIDE_PUNCTUATION = re.compile("[、-〿！-／：-＠［-｀｛-･“”‘’…—]")
_NOT_A_LINE_END = re.compile(r"[^\r\n]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse(text: str, *, comments: bool = False) -> Document:
    """The blocks of a Markdown text. With ``comments`` the Markdown inside HTML comments gives blocks of that kind."""
    return Document(text, "markdown", tuple(_blocks(text, comments=comments)))


def _blocks(text: str, *, comments: bool) -> list[Block]:
    plain = _SURROGATE.sub("\ufffd", _LONE_RETURN.sub("\n", text))
    opaque = list(regions(plain))
    shadow = _shadow(plain, opaque)
    spans = [span for region in opaque for span in _spans(plain, region)]
    blocks = list(_Reader(text, shadow, spans).read())
    if not comments:
        return blocks
    ranges = [place for block in blocks for place in block.ranges]
    for region in opaque:
        if region.kind == "comment" and not _is_within(region, ranges):
            blocks += _commented(text, region)
    return sorted(blocks, key=lambda block: block.ranges[0])


def _is_within(region: Region, ranges: Sequence[Range]) -> bool:
    """Whether a region is a piece of running text."""
    index = bisect_right(ranges, region.start, key=lambda place: place[0])
    return index > 0 and region.start < ranges[index - 1][1]


def _spans(text: str, region: Region) -> Iterator[Span]:
    """What is protected in a region: all of it, but for the title of an admonition."""
    if region.kind != "admonition":
        yield Span(region.start, region.end, _SPAN_KINDS.get(region.kind, "tag"))
        return
    start, end = region.start + len("- "), region.end - len("\\")
    title = _TITLE.search(text, start, region.end)
    for left, right in [(start, title.start("title")), (title.end("title"), end)] if title else [(start, end)]:
        if left < right:
            yield Span(left, right, "tag")


def _shadow(text: str, opaque: Iterable[Region]) -> str:
    """The text with each region filled with what stands for it."""
    parts, done = [], 0
    for region in opaque:
        parts += [text[done : region.start], _filled(region, text[region.start : region.end])]
        done = region.end
    shadow = _WIDE_PUNCTUATION.sub("あ", "".join([*parts, text[done:]]))
    return _OUTSIDE_EMPHASIS.sub(lambda mark: f"{mark['close']}," if mark["close"] else f",{mark['open']}", shadow)


def _filled(region: Region, inside: str) -> str:
    """A region that has its lines to itself is made blank, another is made one long word.

    What opens an admonition (``!!! note "Title"``) becomes a list item of one line, so that what is indented below it
    is no code.
    """
    if region.kind == "admonition":
        title = _TITLE.search(inside)
        words = title["title"] if title else ""
        start = title.start("title") if title else len(inside) - 1
        return f"- {'x' * (start - 2)}{words}{'x' * (len(inside) - start - len(words) - 1)}\\"
    return _NOT_A_LINE_END.sub(" ", inside) if region.whole else "x" * len(inside)


def _commented(text: str, region: Region) -> Iterator[Block]:
    """The blocks of what stands in a comment."""
    offset = region.start + len("<!--")
    for block in _blocks(text[offset : region.end - len("-->")], comments=False):
        yield Block(
            "comment",
            tuple((start + offset, end + offset) for start, end in block.ranges),
            tuple(replace(span, start=span.start + offset, end=span.end + offset) for span in block.spans),
        )


class _Event(NamedTuple):
    """An event of the parser, its place in code points."""

    name: str  # of the event, or of the element that starts or ends
    edge: str  # "start", "end" or ""
    detail: str  # the type of a link
    start: int
    end: int


def _events(shadow: str) -> Iterator[_Event]:
    import pyromark

    options = pyromark.Options
    extensions = (
        options.ENABLE_TABLES
        | options.ENABLE_FOOTNOTES
        | options.ENABLE_STRIKETHROUGH
        | options.ENABLE_TASKLISTS
        | options.ENABLE_DEFINITION_LIST
    )
    place = _code_points(shadow)
    for event, span in pyromark.events_with_range(shadow, options=extensions):
        name, detail = _named(event)
        edge = name.lower() if name in ("Start", "End") else ""
        if edge:
            name, detail = _named(detail)
        link = detail["link_type"] if name == "Link" and isinstance(detail, dict) else ""
        yield _Event(name, edge, link, place(span["start"]), place(span["end"]))


def _named(event: Any) -> tuple[str, Any]:
    """The name and the details of what pyromark gives as ``"Name"`` or ``{"Name": details}``."""
    return (event, None) if isinstance(event, str) else next(iter(event.items()))


def _code_points(text: str) -> Callable[[int], int]:
    """From a place in the UTF-8 bytes of a text to the place in its code points, by counts kept every 64 bytes."""
    if text.isascii():
        return lambda place: place
    data, following = text.encode(), bytes(range(0x80, 0xC0))
    counts = [0]
    for start in range(0, len(data), 64):
        counts.append(counts[-1] + len(data[start : start + 64].translate(None, following)))
    return lambda place: counts[place >> 6] + len(data[place & ~63 : place].translate(None, following))


class _Reader:
    """Makes blocks of events: one run of text at a time, which any event of the block structure ends."""

    def __init__(self, text: str, shadow: str, spans: Sequence[Span]) -> None:
        self.text, self.shadow, self.spans = text, shadow, spans
        self.kinds: list[BlockKind] = ["paragraph"]
        self.events = _events(shadow)
        self._begin()

    def _begin(self) -> None:
        self.run, self.tags = Inline(self.text, self.kinds[-1], self.spans), html.Tags()
        self.open: list[int] = []  # the opening marks of emphasis and links, by number
        self.last = 0  # the end of the last event in this run
        self.images: list[Range] = []

    def read(self) -> Iterator[Block]:
        """The blocks in order."""
        for event in self.events:
            runs_on = event.name in _SINGLE or event.name in _ENCLOSING
            if not runs_on or self._ends_run(event):
                yield from self._end_run()
                yield from self._enter(event)
                self._begin()
        yield from self._end_run()

    def _end_run(self) -> Iterator[Block]:
        blocks = list(self.run.blocks())
        yield from blocks
        for start, end in self.images if not blocks else []:
            yield from html.attribute(self.text, start, end)

    def _enter(self, event: _Event) -> Iterator[Block]:
        """Go into an element of the block structure, or out of it."""
        if event.name == "CodeBlock":
            self._rest_of(event)
        elif event.name == "HtmlBlock":
            if lines := self._rest_of(event):
                yield from html.blocks(self.text, self.shadow, lines, self.kinds[-1], self.spans)
        elif event.edge == "start":
            self.kinds.append(_KINDS.get(event.name, self.kinds[-1]))
        elif event.edge == "end":
            self.kinds.pop()

    def _rest_of(self, element: _Event) -> list[Range]:
        """The places of all events within an element that has just begun."""
        within, depth = [], 1
        for event in self.events:
            if event.name == element.name:
                depth += 1 if event.edge == "start" else -1
                if not depth:
                    break
            within.append((event.start, event.end))
        return within

    def _ends_run(self, event: _Event) -> bool:
        """Take an event of running text into the run; True for a line break that divides it in two."""
        start, end = event.start, event.end
        match event.name, event.edge:
            case "Text", _:
                escaped = not self.run.within_line and self.shadow[start - 1 : start] == "\\"
                self.run.cover(start - escaped, end)
            case "SoftBreak" | "HardBreak", _:
                self.run.end_line()
                return event.name == "HardBreak" and not self._nested()
            case "InlineHtml", _ if _LINE_BREAK.fullmatch(self.shadow, start, end) and not self._nested():
                return True
            case "TaskListMarker", _:
                pass
            case "InlineHtml", _:
                self._tag(start, end)
            case (("Code" | "FootnoteReference"), _):
                self.run.protect(start, end, "code" if event.name == "Code" else "reference")
            case "Image", _:
                self._image(event)
            case "Link", "start" if event.detail in _WHOLE_LINKS:
                self._rest_of(event)
                self.run.protect(start, end + 2 * self.shadow.startswith("[]", end), _WHOLE_LINKS[event.detail])
            case _, "start":
                end = start + (_MARKS.get(event.name) or (2 if self.shadow.startswith("~~", start) else 1))
                self.open.append(self.run.protect(start, end, "markup"))
            case _, "end":
                self._close(event)
        self.last = end
        return False

    def _nested(self) -> bool:
        """Whether the run is within emphasis, a link or a tag, which a block of its own would tear apart."""
        return bool(self.open or self.tags.open)

    def _tag(self, start: int, end: int) -> None:
        tag = html.TAG.match(self.shadow, start, end)
        if tag and tag["name"]:
            self.tags.take(self.run, tag, start, end)
        else:
            self.run.protect(start, end, "tag")

    def _image(self, event: _Event) -> None:
        """An image is one piece of its sentence; its words are a block only where nothing else stands beside it."""
        within = self._rest_of(event)
        words = event.start + len("![")
        self.images.append((words, max(words, self.shadow.find("]", within[-1][1] if within else words, event.end))))
        self.run.protect(event.start, event.end, "markup")

    def _close(self, event: _Event) -> None:
        number = self.open.pop()
        opening = self.run.marks[number]
        start = event.end - (opening.end - opening.start)
        if event.name == "Link":
            start = max(self.last, self.shadow.find("]", self.last, event.end))
        self.run.protect(start, event.end, "markup", opening=number)
