"""Texts set apart by form feeds: the cells of a notebook, the pages of a book. What is left open in one ends with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from diglot.pipeline.document import Block, Document

BETWEEN = "\n\f\n"


def parse(text: str, parse_one: Callable[[str], Document]) -> Document:
    """The blocks of all texts, each read by ``parse_one``, which must leave its text as it is."""
    parts = [parse_one(part) for part in text.split(BETWEEN)]
    return Document(text, parts[0].format, tuple(_blocks(parts)))


def _blocks(parts: list[Document]) -> Iterator[Block]:
    start = 0
    for part in parts:
        for block in part.blocks:
            yield replace(
                block,
                ranges=tuple((first + start, last + start) for first, last in block.ranges),
                spans=tuple(replace(span, start=span.start + start, end=span.end + start) for span in block.spans),
            )
        start += len(part.text) + len(BETWEEN)
