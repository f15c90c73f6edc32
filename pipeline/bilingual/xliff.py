"""An edition for translators: XLIFF 1.2, which nearly every translation tool opens, edits and saves.

1.2 and not 2.1, because a lecture may be in several languages: a 2.1 document has one source language, in 1.2 each
``file`` element has its own, and a new one begins where the language changes. What was kept is marked not to be
translated; what has an error or a warning asks for review. Findings are notes. Both are read. Standards:
https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html, https://docs.oasis-open.org/xliff/xliff-core/v2.1/
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TextIO

from diglot import InputError
from diglot.pipeline.bilingual import Row, xml
from diglot.pipeline.document import AlignedPair

__all__ = ["read", "write"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
"""
_STATUS = {"needs-translation": "untranslated", "new": "untranslated", "final": "kept"}


def write(pairs: Iterable[AlignedPair], file: TextIO, *, title: str, source: str, target: str) -> None:
    """Write one unit a pair, in one ``file`` element for each run of pairs from one language."""
    file.write(_HEAD)
    for language, run in groupby(pairs, key=lambda pair: pair.segment.language):
        head = xml.element("file", original=title, datatype="plaintext")
        head.set("source-language", language)
        head.set("target-language", target)
        file.write(xml.serialize(head, 1).replace("/>", ">", 1) + "  <body>\n")
        for pair in run:
            file.write(xml.serialize(_unit(pair, target), 3))
        file.write("  </body>\n </file>\n")
    file.write("</xliff>\n")


def _unit(pair: AlignedPair, target: str) -> xml.Element:
    segment, status = pair.segment, pair.translation.status
    unit = xml.element("trans-unit", id=str(segment.index + 1), restype=f"x-{segment.kind}")
    if status == "kept":
        unit.set("translate", "no")
    unit.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    here, there = xml.markup(pair)
    unit.append(_text("source", segment.language, segment.text, here))
    if status != "untranslated":
        unit.append(_text("target", target, pair.target, there))
        unit[-1].set("state", _state(pair))
    unit.extend(xml.element("note", text) for text in [pair.note] if text)
    unit.extend(xml.element("note", remark, **{"from": "diglot"}) for remark in xml.remarks(pair.findings))
    return unit


def _text(tag: str, language: str, content: str, spans: Iterable[xml.Numbered]) -> xml.Element:
    made = xml.element(tag)
    made.set(xml.LANG, language)
    return xml.fill(made, content, spans, number="id", kind="ctype")


def _state(pair: AlignedPair) -> str:
    if pair.translation.status == "kept":
        return "final"
    doubtful = any(finding.severity != "info" for finding in pair.findings)
    return "needs-review-translation" if doubtful else "translated"


def read(file: TextIO) -> Iterator[Row]:
    """Read the units of any XLIFF file back, 1.2 or 2. What has no target gives a row whose target is its source."""
    for unit in xml.units(file, "trans-unit", "unit"):
        yield from _segments(unit) if unit.tag.rpartition("}")[2] == "unit" else [_unit_row(unit)]


def _unit_row(unit: xml.Element) -> Row:
    """The row of a unit of XLIFF 1.2."""
    parent = next(unit.iterancestors("{*}file"), xml.element("file"))
    here, there = (parent.get(name, "und") for name in ("source-language", "target-language"))
    target = unit.find("{*}target")
    status = "untranslated" if target is None else _STATUS.get(target.get("state", ""), "translated")
    remark = "\n".join(note.text or "" for note in unit.iterchildren("{*}note") if note.get("from") != "diglot")
    return Row(here, there, *_texts(unit), status, remark, unit.sourceline or 0, xml.number(unit.get("id")))


def _segments(unit: xml.Element) -> Iterator[Row]:
    """The rows of a unit of XLIFF 2, one a segment. What its placeholders stand for is held apart."""
    root = unit.getroottree().getroot()
    here, there = root.get("srcLang", "und"), root.get("trgLang", "und")
    remark = "\n".join(note.text or "" for note in unit.iterfind("{*}notes/{*}note"))
    held = {data.get("id"): data.text for data in unit.iterfind("{*}originalData/{*}data")}
    for placeholder in unit.iter("{*}ph"):
        placeholder.text = held.get(placeholder.get("dataRef"))
    for segment in unit.iterchildren("{*}segment"):
        status = "untranslated" if segment.find("{*}target") is None else "translated"
        yield Row(here, there, *_texts(segment), status, remark, segment.sourceline or 0)


def _texts(unit: xml.Element) -> tuple[str, str]:
    """Source and target of a unit."""
    source, target = unit.find("{*}source"), unit.find("{*}target")
    if source is None:
        message = f"line {unit.sourceline or 0}: a {unit.tag.rpartition('}')[2]} without a source"
        raise InputError(message)
    return xml.text(source), xml.text(source if target is None else target)
