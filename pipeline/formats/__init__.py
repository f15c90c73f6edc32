"""Formats: which one a text is in, its blocks with exact places, and the text again with translations in their places.

Each module reads one family of formats into a :class:`~diglot.pipeline.document.Document`. Rendering is one for all:
the ranges of each segment are replaced and nothing else is touched, so that what is not translated stays byte for
byte as it was.
"""

import re
from collections.abc import Iterable, Iterator

from diglot.pipeline.document import Document, Range, Segment
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.assembly import assembled
from diglot.pipeline.formats.distribution import distribute
from diglot.pipeline.formats.escaping import escaped
from diglot.pipeline.formats.recognition import recognise

__all__ = ["FORMATS", "parse", "recognise", "remarks", "render"]

FORMATS = ("plain", "markdown", "html", "latex", "rst", "srt", "vtt", "transcript")

_LINE_ENDS = re.compile(r"(?:(?<![ \t])[ \t]+)?[\r\n]+[ \t]*")


def parse(text: str, format: str, *, comments: bool = False) -> Document:
    """Read a text in one of :data:`FORMATS`, or what form feeds set apart: ``cells`` of a notebook, ``pages``, ``cues``.

    With ``comments``, HTML comments in Markdown give blocks too. The document's text is the text given; only an HTML page
    has its character references resolved, and LaTeX its spelled characters and its notes. Raises
    :class:`~diglot.InputError` for subtitles without any cue; any text can be read in the other formats.
    """
    match format:
        case "plain" | "transcript":
            from diglot.pipeline.formats import plain, transcript

            return plain.parse(text) if format == "plain" else transcript.parse(text)
        case "markdown":
            from diglot.pipeline.formats import markdown

            return markdown.parse(text, comments=comments)
        case "html":
            from diglot.pipeline.formats import page

            return page.parse(text)
        case "latex" | "rst":
            from diglot.pipeline.formats import latex, rst

            return latex.parse(text) if format == "latex" else rst.parse(text)
        case "cells" | "pages":
            return _parse_parts(text, format, comments=comments)
        case "srt" | "vtt" | subtitles.CUES:
            return subtitles.parse(text, format)
    message = f"no such format: {format!r} (there are {', '.join(FORMATS)})"
    raise ValueError(message)


def _parse_parts(text: str, format: str, *, comments: bool) -> Document:
    from diglot.pipeline.formats import markdown, page, parts

    if format == "pages":
        return parts.parse(page.resolved(text), page.parse)
    return parts.parse(text, lambda cell: markdown.parse(cell, comments=comments))


def render(document: Document, translations: Iterable[tuple[Segment, str]], language: str | None = None) -> str:
    """The document with the ranges of each segment replaced by its translation, and everything else as it was.

    A segment in several ranges (wrapped lines, cues) has its translation distributed over them. A translation of one
    line stays on one line. Between two sentences on one line there is a space where their translations are written with
    spaces, and none where they are not. An HTML page is made to say that it is in ``language``, and in UTF-8; a
    LaTeX document the latter.
    """
    translations = list(translations)
    pieces = dict(_pieces(document, translations))
    if document.format in subtitles.TIMED:
        pieces.update(list(subtitles.repetitions(document, pieces)))
    if document.format == "latex":
        from diglot.pipeline.formats import resolved, tex_preamble

        text = resolved.rendered(document, pieces, (segment for segment, _ in translations))
        return tex_preamble.declared(text) if language else text
    if document.format == "rst":
        from diglot.pipeline.formats import rst_writing

        return rst_writing.rendered(document, pieces)
    text = assembled(document.text, pieces, 0, len(document.text))
    if document.format == subtitles.CUES and language:
        return subtitles.declared(text, language)
    if document.format == "html" and language:
        from diglot.pipeline.formats import page

        return page.declared(text, language)
    return text


def remarks(document: Document, language: str) -> list[str]:
    """What is left for a person to do before the translation of a document can be used: LaTeX alone wants something."""
    if document.format != "latex":
        return []
    from diglot.pipeline.formats import tex_preamble

    return list(tex_preamble.remarks(document.text, language))


def _pieces(document: Document, translations: Iterable[tuple[Segment, str]]) -> Iterator[tuple[Range, str]]:
    """What comes in place of each range."""
    if document.format == "rst":
        from diglot.pipeline.formats import rst_writing

        marker = rst_writing.Marker(document)
    for segment, translation in translations:
        sources = [document.text[start:end] for start, end in segment.ranges]
        protected = [segment.text[span.start : span.end] for span in segment.spans]
        one_line = (translation if _LINE_ENDS.search(segment.text) else _LINE_ENDS.sub(" ", translation)).strip()
        if document.format == "rst":
            one_line, whole = marker.marked(segment, one_line)
            protected += whole
        for place, piece in zip(segment.ranges, distribute(sources, one_line, protected), strict=True):
            if document.format == "rst":
                yield place, rst_writing.escaped(document, segment, place, piece)
            elif document.format == "markdown":
                yield place, escaped(document.text, place, segment.kind, piece)
            elif document.format == "html":
                from diglot.pipeline.formats import page

                yield place, page.escaped(piece, document.text[slice(*place)], segment.kind, protected)
            else:
                yield place, piece
