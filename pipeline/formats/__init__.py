"""Formats: which one a text is in, its blocks with exact places, and the text again with translations in their places.

Each module reads one family of formats into a :class:`~diglot.pipeline.document.Document`. Rendering is one for all:
the ranges of each segment are replaced and nothing else is touched, so that what is not translated stays byte for
byte as it was.
"""

import re
from collections.abc import Iterable, Iterator

from diglot.pipeline.document import Document, Range, Segment
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.distribution import distribute
from diglot.pipeline.formats.escaping import escaped
from diglot.pipeline.formats.recognition import recognise

__all__ = ["FORMATS", "parse", "recognise", "render"]

FORMATS = ("plain", "markdown", "srt", "vtt", "transcript")

_LINE_ENDS = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def parse(text: str, format: str, *, comments: bool = False) -> Document:
    """Read a text in one of :data:`FORMATS`. With ``comments``, HTML comments in Markdown give blocks too.

    Raises :class:`~diglot.InputError` for subtitles without any cue; any text can be read in the other formats.
    """
    match format:
        case "plain":
            from diglot.pipeline.formats import plain

            return plain.parse(text)
        case "markdown":
            from diglot.pipeline.formats import markdown

            return markdown.parse(text, comments=comments)
        case "srt" | "vtt":
            return subtitles.parse(text, format)
        case "transcript":
            from diglot.pipeline.formats import transcript

            return transcript.parse(text)
    message = f"no such format: {format!r} (there are {', '.join(FORMATS)})"
    raise ValueError(message)


def render(document: Document, translations: Iterable[tuple[Segment, str]]) -> str:
    """The document with the ranges of each segment replaced by its translation, and everything else as it was.

    A segment in several ranges (wrapped lines, cues) has its translation distributed over them. A translation of one
    line stays on one line.
    """
    pieces = dict(_pieces(document, translations))
    if document.format in ("srt", "vtt"):
        pieces.update(list(subtitles.repetitions(document, pieces)))
    parts, done = [], 0
    for start, end in sorted(pieces):
        parts += [document.text[done:start], pieces[start, end]]
        done = end
    return "".join([*parts, document.text[done:]])


def _pieces(document: Document, translations: Iterable[tuple[Segment, str]]) -> Iterator[tuple[Range, str]]:
    """What comes in place of each range."""
    for segment, translation in translations:
        one_line = translation if _LINE_ENDS.search(segment.text) else _LINE_ENDS.sub(" ", translation)
        sources = [document.text[start:end] for start, end in segment.ranges]
        protected = [segment.text[span.start : span.end] for span in segment.spans]
        for place, piece in zip(segment.ranges, distribute(sources, one_line.strip(), protected), strict=True):
            if document.format == "markdown":
                yield place, escaped(document.text, place, segment.kind, piece)
            else:
                yield place, piece
