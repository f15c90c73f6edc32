"""Markdown in two languages: trees of files with the same names, and files that carry their source in comments.

Blocks are paired by a simple, exact rule. Two files are cut into sections at their headings; where the headings are of the
same levels in the same order, each section whose blocks are of the same kinds in the same order is paired block by block,
and sentence by sentence where both blocks have as many. Whatever does not match is skipped and counted, never guessed.
Code and tables only hold the order; HTML, comments and metadata are passed over.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from diglot.corpora.read import Texts, Warn, by_sentence, ignore, numbered_lines

_FENCE = re.compile(r"\s*(`{3,}|~{3,}|\$\$)(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*)")
# What may stand inside a mark is limited, so that a line of nothing but marks costs no more than another.
_ANCHOR = re.compile(r"\s?(?:\{#[^{}]{0,99}\}|\[\[[^\[\]]{0,99}\]\]|<a [^<>]{0,99}></a>)")
_IMAGE = re.compile(r"!\[[^\[\]]{0,299}\]\([^()]{0,499}\)")
_LINK = re.compile(r"\[([^\[\]]{0,299})\]\([^()]{0,499}\)")
_EMPHASIS = re.compile(
    r"(\*\*|__)(?=[^\s*_])([^*\n]{1,299}?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*\n]{1,299}?)(?<=\S)\*(?![\w*])"
)
TEXT = frozenset({"paragraph", "item", "quote"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Block(NamedTuple):
    """A block and its kind: paragraph, item, quote, h1 to h6; or code, table, html, comment, whose text is not read."""

    kind: str
    text: str


def read_markdown(first: Path, second: Path, warn: Warn = ignore) -> Texts:
    """The blocks of two files that say the same, by the rule of this module."""
    one, other = (_sections(blocks(path)) for path in (first, second))
    if [section[0].kind for section in one] != [section[0].kind for section in other]:
        warn(f"{second}: its headings are not those of {first}; the file is left out")
        return
    skipped = 0
    for a, b in zip(one, other, strict=True):
        if [block.kind for block in a] == [block.kind for block in b]:
            yield from _texts(zip(a, b, strict=True))
        else:
            skipped += 1
            yield from _texts([(a[0], b[0])])
    if skipped:
        warn(f"{second}: {skipped} of {len(one)} sections are not built like those of {first}; they are left out")


def read_commented(path: Path, warn: Warn = ignore) -> Texts:
    """The blocks of a translation whose source stands in an HTML comment directly above."""
    found = blocks(path)
    alone = 0
    for number, comment in enumerate(found, 1):
        if comment.kind != "comment":
            continue
        source = _parse(comment.text.split("\n"))
        below = found[number : number + len(source)]
        if [block.kind for block in source] == [block.kind for block in below]:
            yield from _texts(zip(source, below, strict=True))
        else:
            alone += 1
    if alone:
        warn(f"{path}: {alone} comments are not followed by blocks of their kinds; they are left out")


def _texts(pairs: "Sequence[tuple[Block, Block]] | zip[tuple[Block, Block]]") -> Texts:
    for a, b in pairs:
        if a.text and b.text:
            yield from by_sentence(a.text, b.text)


def _sections(found: Sequence[Block]) -> list[list[Block]]:
    """Blocks in sections, each begun by its heading; what stands before the first is under an empty one."""
    sections = [[Block("h0", "")]]
    for block in found:
        if block.kind in ("html", "comment"):
            continue
        if block.kind in HEADINGS:
            sections.append([])
        sections[-1].append(block)
    return sections


def blocks(path: Path) -> list[Block]:
    """The blocks of a Markdown file, their inline marks reduced to what is text."""
    lines = [line for _, line in numbered_lines(path)]
    if lines and lines[0].strip() == "---" and "---" in (rest := [line.strip() for line in lines[1:]]):
        lines = lines[rest.index("---") + 2 :]
    return _parse(lines)


def _parse(lines: Sequence[str]) -> list[Block]:
    found: list[Block] = []
    open_kind, gathered = "", list[str]()

    def close() -> None:
        nonlocal open_kind
        if gathered:
            found.append(_block(open_kind, gathered))
            gathered.clear()
        open_kind = ""

    for kind, text, begins in _kinds(lines):
        if begins or kind != open_kind:
            close()
        if kind:
            open_kind = kind
            gathered.append(text)
    close()
    return found


def _kinds(lines: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Each line with the kind of block it belongs to (none: it is blank) and whether it begins a new one."""
    fence, comment, before = "", False, ""
    for line in lines:
        text = line.strip()
        begins = False
        opened = _FENCE.fullmatch(line)
        if comment or fence:
            kind = before
            comment = comment and "-->" not in text
            if fence and text.startswith(fence):
                fence = ""
        elif text.startswith("<!--"):
            kind, begins, comment = "comment", True, "-->" not in text
        elif opened and not (opened[1] == "$$" and opened[2].rstrip().endswith("$$")):
            kind, begins, fence = "code", True, opened[1]
        else:
            kind, text, begins = _kind(text, before)
        before = kind
        yield kind, text, begins


def _kind(text: str, before: str) -> tuple[str, str, bool]:
    """The kind of block that a line outside code and comments belongs to, its text, and whether it begins a new block."""
    if heading := _HEADING.fullmatch(text):
        title = heading[2].rstrip("#")
        return f"h{len(heading[1])}", title if title.endswith(" ") else heading[2], True
    if item := _ITEM.fullmatch(text):
        return "item", item[1], True
    if not text or (set(text) <= set("-=*_ ") and len(text) > 2):
        return "", "", False
    if text.startswith(("<", "{%", "import ", ":::")) and before not in TEXT:
        return "html", text, False
    for mark, kind in ((">", "quote"), ("|", "table"), ("$$", "code")):
        if text.startswith(mark):
            return kind, text.lstrip("> "), False
    return (before if before in (*TEXT, "html") else "paragraph"), text, False


def _block(kind: str, lines: Sequence[str]) -> Block:
    if kind == "comment":
        return Block(kind, "\n".join(lines).strip().removeprefix("<!--").removesuffix("-->").strip())
    return Block(kind, inline(" ".join(lines)) if kind in TEXT | HEADINGS else "")


def inline(text: str) -> str:
    """Text without images, anchors, link targets and emphasis.

    >>> inline("See **the** [notes](a.md) and `code`. ![x](y.png)")
    'See the notes and `code`.'
    """
    text = _LINK.sub(r"\1", _IMAGE.sub("", _ANCHOR.sub("", text)))
    return _EMPHASIS.sub(lambda m: m[2] or m[3], text).strip()
