"""What the two XML editions, TMX and XLIFF, share: texts with protected pieces as elements, and reading them back.

A protected piece is a ``ph`` element whose content is the piece itself, so that translation tools show it and leave it
alone; the same piece has the same number in source and target. Characters that XML cannot hold are ``ph`` elements too,
whose content is their code point (``U+0001``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from lxml import etree

from diglot import InputError
from diglot.pipeline.checks.carried import carried
from diglot.pipeline.document import AlignedPair, Finding, Span

__all__ = ["LANG", "element", "fill", "holdable", "markup", "number", "remarks", "serialize", "text", "units"]

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN = re.compile("([\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff])")
_CHARACTER = "x-character"
_CHUNK = 1 << 16

Numbered = tuple[int, Span]
# lxml has no types that mypy would know.
Element = Any


def element(tag: str, content: str = "", /, **attributes: str) -> Element:
    """An element with text; what XML cannot hold in it is replaced. ``type_`` is the attribute ``type``."""
    made = etree.Element(tag, {name.rstrip("_").replace("_", "-"): holdable(v) for name, v in attributes.items()})
    made.text = holdable(content) or None
    return made


def holdable(content: str) -> str:
    """A text as XML can hold it: vertical tabs, which office programs put for line breaks, are spaces, and what else XML has
    no way to write is U+FFFD.

    >>> holdable("one\\x0btwo\\x01")
    'one two\ufffd'
    """
    return _FORBIDDEN.sub(lambda found: " " if found[0] in "\x0b\x0c" else "\ufffd", content)


def markup(pair: AlignedPair) -> tuple[list[Numbered], list[Numbered]]:
    """The protected pieces of source and target, each with the number that it has in both.

    A piece with characters that XML cannot hold is written as text.
    """
    text, spans = pair.segment.text, pair.segment.spans
    held = [span for span in spans if span.start < span.end and not _FORBIDDEN.search(text, span.start, span.end)]
    return list(enumerate(held)), list(carried(text, held, pair.target).kept)


def fill(parent: Element, content: str, spans: Iterable[Numbered], *, number: str, kind: str) -> Element:
    """Put a text with its protected pieces into an element.

    ``number`` and ``kind`` are the names of the attributes of a ``ph`` for its number and for what it holds.
    """
    before = None
    for piece, name, label in _pieces(content, list(spans)):
        if label:
            before = etree.SubElement(parent, "ph", {number: str(name), kind: label})
            before.text = piece
        elif before is None:
            parent.text = piece
        else:
            before.tail = piece
    return parent


def _pieces(content: str, spans: Sequence[Numbered]) -> Iterator[tuple[str, int, str]]:
    """The text in pieces: plain ones (without a label), protected ones and characters that XML cannot hold."""
    free = max((index for index, _ in spans), default=-1) + 1
    done = 0
    for index, span in (*spans, (-1, None)):
        start = len(content) if span is None else span.start
        for i, piece in enumerate(_FORBIDDEN.split(content[done:start])):
            free += i % 2
            if piece:
                yield (piece, 0, "") if i % 2 == 0 else (f"U+{ord(piece):04X}", free, _CHARACTER)
        if span is not None:
            yield content[span.start : span.end], index + 1, f"x-{span.kind}"
            done = span.end


def text(parent: Element) -> str:
    """The text of an element that :func:`fill` made or a translation tool wrote: the elements in it fall away."""
    parts = [parent.text or ""]
    for child in parent:
        if child.tag is etree.Entity:
            message = f"line {child.sourceline}: the entity {child.text}; an edition has no entities of its own"
            raise InputError(message)
        if not isinstance(child.tag, str):  # a comment
            inner = ""
        elif _CHARACTER in child.attrib.values():
            inner = _character((child.text or "").removeprefix("U+"))
        elif "hex" in child.attrib and etree.QName(child).localname == "cp":  # a character in XLIFF 2
            inner = _character(child.get("hex"))
        else:
            inner = text(child)
        parts += [inner, child.tail or ""]
    return "".join(parts)


def _character(code: str) -> str:
    return chr(int(code, 16)) if re.fullmatch("0{0,4}(?:[0-9A-Fa-f]{1,5}|10[0-9A-Fa-f]{4})", code) else "\ufffd"


def number(identifier: str | None) -> int | None:
    """The index of the segment whose number, from 1, is the identifier of a unit; None where it is another's."""
    match = re.fullmatch("[1-9][0-9]{0,8}", identifier or "")
    return int(match[0]) - 1 if match else None


def remarks(findings: Iterable[Finding]) -> list[str]:
    """Findings in words, for a note."""
    return [f"{f.severity} {f.code}: {f.message}. {f.advice}".strip() for f in findings]


def serialize(made: Element, depth: int = 0) -> str:
    """An element as a line of XML. Nothing is indented inside it: white space there is text."""
    return f"{' ' * depth}{etree.tostring(made, encoding='unicode')}\n"


def units(file: TextIO, *tags: str) -> Iterator[Element]:
    """Each element of one of these names in an XML file, dropped again before the next is read.

    Entities are not expanded and no other file is opened. Raises :class:`diglot.InputError` where the XML is not whole.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=["{*}" + tag for tag in tags],
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk.encode("utf-8", "surrogatepass"))
            yield from _finished(parser)
        parser.close()
        yield from _finished(parser)
    except etree.XMLSyntaxError as exc:
        message = f"line {exc.lineno or 1}: {exc.msg}; the file is not whole XML"
        raise InputError(message) from exc


def _finished(parser: Element) -> Iterator[Element]:
    for _, found in parser.read_events():
        yield found
        found.clear(keep_tail=True)
        while found.getprevious() is not None:
            del found.getparent()[0]
