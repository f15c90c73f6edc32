"""Cells of Markdown, set apart by form feeds: what a notebook holds. What is left open in one cell ends with it."""

from collections.abc import Iterator
from dataclasses import replace

from diglot.pipeline.document import Block, Document
from diglot.pipeline.formats import markdown

BETWEEN = "\n\f\n"


def parse(text: str, *, comments: bool = False) -> Document:
    """The blocks of all cells; their document is Markdown, as is each of them."""
    return Document(text, "markdown", tuple(_blocks(text, comments=comments)))


def _blocks(text: str, *, comments: bool) -> Iterator[Block]:
    start = 0
    for cell in text.split(BETWEEN):
        for block in markdown.parse(cell, comments=comments).blocks:
            yield replace(
                block,
                ranges=tuple((first + start, last + start) for first, last in block.ranges),
                spans=tuple(replace(span, start=span.start + start, end=span.end + start) for span in block.spans),
            )
        start += len(cell) + len(BETWEEN)
