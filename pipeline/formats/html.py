"""HTML, as a page or inside Markdown: the text between the tags, with the tags kept.

Method: one regular expression finds the tags; tags of running text (``<b>``, ``<a>``) are protected marks in it, all
others end a block. What stands in ``<pre>``, ``<script>``, ``<code>`` and their like is left alone, and so is what says
that it is not to be translated (``translate="no"``, ``class="notranslate"``) or is a formula that was set already.
"""

import re
from collections.abc import Iterator, Sequence

from diglot.pipeline.document import Block, BlockKind, Range, Span, has_words
from diglot.pipeline.formats.inline import Inline
from diglot.pipeline.formats.lines import trim

# Possessive, and no "<" within a tag: each character is looked at once on hostile input too.
TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*+)(?>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*)>"
    r"|<!--.*?(?:-->|\Z)|<[!?][^<>]*+>",
    re.DOTALL,
)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


RUNNING = _names(
    "a abbr acronym b bdi bdo big cite del dfn em font i ins label mark q rb rp rt ruby s small span strike strong sub "
    "sup time tt u wbr"
)
VERBATIM = _names("code kbd math samp svg var")  # within running text, not to be read
# Blocks, not to be read; the last is of the package of a book.
_CLOSED = _names("audio canvas iframe object pre script style template textarea video dc:language")
_VOID = _names("area base br col embed hr img input link meta source track wbr")  # without an end
_LEFT_ALONE = re.compile(
    r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*(?:[\"'](?:[^\"'<>]*\s)?)?(?:notranslate|katex|MathJax|MathJax_\w+)(?=[\s\"'>])",
    re.IGNORECASE,
)
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("figcaption", "caption", "center"), "caption"),
    **dict.fromkeys(("title", "h1", "h2", "h3", "h4", "h5", "h6", "summary"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "item"),
    **dict.fromkeys(("td", "th"), "cell"),
    "blockquote": "quote",
}
_VALUE = r"\s*=\s*(?P<quote>[\"'])(?P<words>[^<>]*?)(?P=quote)"
_SHOWN = re.compile(rf"\s(?:alt|title|placeholder|aria-label){_VALUE}", re.IGNORECASE)
_DESCRIBES = re.compile(r"\s(?:name|property)\s*=\s*[\"']?(?:(?:og|twitter):)?(?:title|description)\b", re.IGNORECASE)
_CONTENT = re.compile(rf"\scontent{_VALUE}", re.IGNORECASE)
_DEEPEST = 8  # open tags looked at for the one that a closing tag belongs to
_FILE_NAME = re.compile(r"\S*\.\w{2,4}")


class Tags:
    """The tags of running text as they come: protected in it, each closing one joined to its opening one."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, int]] = []  # name, number of the mark, where it begins

    def take(self, run: Inline, tag: re.Match[str], start: int, end: int) -> None:
        """Protect a tag; where it closes code, all of that code."""
        name = tag["name"].lower()
        if not tag["close"]:
            number = run.protect(start, end, "tag")
            if name != "wbr" and not tag[0].endswith("/>"):
                self.open.append((name, number, start))
            return
        depth = next((d for d in range(1, min(_DEEPEST, len(self.open)) + 1) if self.open[-d][0] == name), 0)
        if not depth:
            run.protect(start, end, "tag")
            return
        _, number, opened = self.open[-depth]
        del self.open[-depth:]
        if name in VERBATIM:
            run.protect(opened, end, "code")
        else:
            run.protect(start, end, "tag", opening=number)


def attribute(text: str, start: int, end: int) -> Iterator[Block]:
    """The words that stand for an image or beside an element, as a block; a mere file name is none."""
    start, end = trim(text, start, end)
    if has_words(text[start:end]) and not _FILE_NAME.fullmatch(text, start, end):
        yield Block("attribute", ((start, end),))


def blocks(text: str, shadow: str, lines: Sequence[Range], kind: BlockKind, outside: Sequence[Span]) -> Iterator[Block]:
    """The blocks of a piece of HTML that stands in ``lines``; ``shadow`` is the text with its opaque regions filled."""
    reader = _Reader(text, lines, kind, outside)
    position, last = lines[0][0], lines[-1][1]
    for tag in TAG.finditer(shadow, position, last):
        if tag.start() < position:
            continue
        reader.words(position, tag.start())
        position = tag.end()
        name = (tag["name"] or "").lower()
        is_running = name in RUNNING or name in VERBATIM
        if is_left_alone(tag):
            position = element_end(shadow, tag, last)
            if is_running:
                reader.run.protect(tag.start(), position, "code")
                continue
        elif is_running:
            reader.tags.take(reader.run, tag, *tag.span())
            continue
        yield from reader.end_block(name, closing=bool(tag["close"]))
        yield from () if is_left_alone(tag) else _attributes(text, tag, name)
        if name in _CLOSED and not tag["close"]:
            position = max(position, element_end(shadow, tag, last))
    reader.words(position, last)
    yield from reader.end_block("", closing=True)


def _attributes(text: str, tag: re.Match[str], name: str) -> Iterator[Block]:
    """The words in a tag that readers see: what stands for a picture, a hint, the description of a page."""
    if name == "meta":
        shown = _CONTENT.finditer(tag[0]) if _DESCRIBES.search(tag[0]) else iter(())
    else:
        shown = _SHOWN.finditer(tag[0])
    for found in shown:
        yield from attribute(text, tag.start() + found.start("words"), tag.start() + found.end("words"))


def is_left_alone(tag: re.Match[str]) -> bool:
    """Whether a tag begins an element that is not to be translated."""
    opens = tag["name"] and not tag["close"] and tag["name"].lower() not in _VOID and not tag[0].endswith("/>")
    return bool(opens) and _LEFT_ALONE.search(tag[0]) is not None


def element_end(text: str, tag: re.Match[str], last: int) -> int:
    """Where the element ends that a tag begins; ``last`` if nowhere. But for code, one of its own name may stand in it."""
    name, depth = tag["name"], 1
    for other in re.compile(rf"<(/?){name}(?![\w:-])[^<>]*>", re.IGNORECASE).finditer(text, tag.end(), last):
        if other[1] or not (name.lower() in _CLOSED or other[0].endswith("/>")):
            depth += -1 if other[1] else 1
        if not depth:
            return other.end()
    return last


def unread(text: str) -> Iterator[Range]:
    """The tags of a page, and the elements whose text is not read, in order."""
    position = 0
    for tag in TAG.finditer(text):
        if tag.start() >= position:
            name = (tag["name"] or "").lower()
            whole = (name in _CLOSED or name in VERBATIM) and not tag["close"] and not tag[0].endswith("/>")
            position = element_end(text, tag, len(text)) if whole or is_left_alone(tag) else tag.end()
            yield tag.start(), position


class _Reader:
    """The block being read, and the elements that it is in."""

    def __init__(self, text: str, lines: Sequence[Range], kind: BlockKind, outside: Sequence[Span]) -> None:
        self.text, self.lines, self.line, self.outside = text, lines, 0, outside
        self.kinds: list[tuple[str, BlockKind]] = [("", kind)]
        self._begin()

    def _begin(self) -> None:
        self.run, self.tags = Inline(self.text, self.kinds[-1][1], self.outside), Tags()

    def words(self, start: int, end: int) -> None:
        """Take text between tags, line by line."""
        while self.line < len(self.lines) and self.lines[self.line][0] < end:
            left, right = self.lines[self.line]
            if max(left, start) < min(right, end):
                self.run.cover(max(left, start), min(right, end))
            if right > end:
                return
            self.run.end_line()
            self.line += 1

    def end_block(self, name: str, closing: bool) -> Iterator[Block]:
        """Give the block so far, and enter or leave an element."""
        yield from self.run.blocks()
        if not closing and name in _KINDS:
            self.kinds.append((name, _KINDS[name]))
        elif closing and self.kinds[-1][0] == name and name:
            self.kinds.pop()
        self._begin()
