"""An edition as a translation memory: TMX 1.4b, which OmegaT, Trados, memoQ, Weblate and the OPUS tools read.

A segment that was kept or not translated has no target variant, so that a memory never learns a source for a
translation. What TMX has no element for (status, kind, score, findings) are ``prop`` elements; notes are left to
people. Standard: https://www.gala-global.org/tmx-14b
"""

from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import TextIO

from diglot import InputError, __version__
from diglot.pipeline.bilingual import Row, score, xml
from diglot.pipeline.document import AlignedPair

__all__ = ["read", "write"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
"""


def write(pairs: Iterable[AlignedPair], file: TextIO, *, title: str, source: str, target: str) -> None:
    """Write one translation unit a pair."""
    file.write(_HEAD + xml.serialize(_header(title, source), 1) + " <body>\n")
    for pair in pairs:
        file.write(xml.serialize(_unit(pair, target), 2))
    file.write(" </body>\n</tmx>\n")


def _header(title: str, source: str) -> xml.Element:
    header = xml.element(
        "header",
        creationtool="diglot",
        creationtoolversion=__version__,
        segtype="sentence",
        o_tmf="diglot",
        adminlang="en",
        srclang="*all*" if source == "mul" else source,
        datatype="plaintext",
    )
    header.append(xml.element("prop", title, type_="x-title"))
    return header


def _unit(pair: AlignedPair, target: str) -> xml.Element:
    segment, translation = pair.segment, pair.translation
    unit = xml.element("tu", tuid=str(segment.index + 1), srclang=segment.language)
    unit.extend(xml.element("note", text) for text in [pair.note] if text)
    unit.append(xml.element("prop", translation.status, type_="x-status"))
    unit.append(xml.element("prop", segment.kind, type_="x-kind"))
    if translation.score is not None:
        unit.append(xml.element("prop", f"{translation.score:.4f}", type_="x-score"))
    unit.extend(xml.element("prop", remark, type_="x-finding") for remark in xml.remarks(pair.findings))
    here, there = xml.markup(pair)
    unit.append(_variant(segment.language, segment.text, here))
    if translation.status == "translated":
        unit.append(_variant(target, pair.target, there))
    return unit


def _variant(language: str, content: str, spans: Iterable[xml.Numbered]) -> xml.Element:
    variant = xml.element("tuv")
    variant.set(xml.LANG, language)
    variant.append(xml.fill(xml.element("seg"), content, spans, number="x", kind="type"))
    return variant


def read(file: TextIO) -> Iterator[Row]:
    """Read the units of any TMX back. The first variant is the source, where neither the unit nor the head says another.

    A unit with several translations gives a row each; one without gives a row whose target is its source; one whose source
    is any language (``*all*``) a row in each direction.
    """
    for unit in xml.units(file, "tu"):
        line = unit.sourceline or 0
        variants = [(_language(v), xml.text(_segment(v, line))) for v in unit.iterchildren("{*}tuv")]
        if not variants:
            message = f"line {line}: a unit without a variant; each tu needs a tuv with a seg"
            raise InputError(message)
        props = {prop.get("type"): prop.text or "" for prop in unit.iterchildren("{*}prop")}
        remark = "\n".join(note.text or "" for note in unit.iterchildren("{*}note"))
        status, index = props.get("x-status", "translated"), xml.number(unit.get("tuid"))
        mean = score(props.get("x-score", ""))
        for (language, content), (other, translation) in _directions(variants, _source_language(unit)):
            yield Row(language, other, content, translation, status, remark, line, index, mean)


_Variant = tuple[str, str]  # language, text


def _directions(variants: list[_Variant], language: str) -> Iterator[tuple[_Variant, _Variant]]:
    """Source and target of each row of a unit, whose source is in this language (``*all*``: in any)."""
    if language == "*all*" and len(variants) > 1:
        yield from permutations(variants, 2)
        return
    source = next((variant for variant in variants if variant[0].lower() == language), variants[0])
    others = [variant for variant in variants if variant is not source]
    yield from ((source, other) for other in others or [("", source[1])])


def _source_language(unit: xml.Element) -> str:
    header = unit.getroottree().getroot().find("{*}header")
    return str(unit.get("srclang") or (header is not None and header.get("srclang")) or "").lower()


def _language(variant: xml.Element) -> str:
    return str(variant.get(xml.LANG) or variant.get("lang") or "und")


def _segment(variant: xml.Element, line: int) -> xml.Element:
    segment = variant.find("{*}seg")
    if segment is None:
        message = f"line {line}: a variant without a seg; its text belongs there"
        raise InputError(message)
    return segment
