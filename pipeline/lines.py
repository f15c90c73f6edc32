"""Lines in, lines out: the form in which other programs talk to a translator.

Each line is a document of its own: its sentences are found and translated, what stands between them stays. One line comes
out for each line in, whatever is in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from diglot.pipeline import detect, formats
from diglot.pipeline.document import Block, Document, Segment
from diglot.pipeline.repair import Judge, repair
from diglot.pipeline.segment import segment
from diglot.pipeline.translate import CHUNK, Request, Translator, translate


def translate_lines(lines: Iterable[str], translator: Translator, request: Request) -> Iterator[tuple[str, bool]]:
    """Translate lines that end with LF (the last may lack it): each with whether all of it could be translated.

    A carriage return before the LF is kept, a blank line stays as it is.
    """
    stream = iter(lines)
    while chunk := list(islice(stream, CHUNK)):
        bodies = [line.rstrip("\r\n") for line in chunk]
        for line, body, (text, done) in zip(chunk, bodies, _translate(bodies, translator, request), strict=True):
            yield " ".join(text.split("\n")) + line[len(body) :], done


def translate_strings(
    texts: Sequence[str], translator: Translator, request: Request, judge: Judge | None = None
) -> list[str]:
    """Translate strings, each repaired first, with the help of ``judge``, and each in its own language."""
    return [text for text, _ in _translate([repair(text, judge).text for text in texts], translator, request)]


def _translate(texts: Sequence[str], translator: Translator, request: Request) -> Iterator[tuple[str, bool]]:
    """The translation of each text, with whether all of it could be translated; the segments of all go in one batch."""
    documents = [_document(text, request) for text in texts]
    segments = [list(_segments(document, request)) for document in documents]
    pairs = translate((one for group in segments for one in group), translator, request)
    for document, group in zip(documents, segments, strict=True):
        mine = [next(pairs) for _ in group]
        translated = [(p.segment, p.translation.text) for p in mine if p.translation.status == "translated"]
        yield formats.render(document, translated), all(p.translation.status != "untranslated" for p in mine)


def _document(text: str, request: Request) -> Document:
    start = len(text) - len(text.lstrip())
    ranges = ((start, len(text.rstrip())),) if text.strip() else ()
    document = Document(text, "plain", tuple(Block("paragraph", (r,), language=request.only) for r in ranges))
    return document if request.only else detect.detect(document)


def _segments(document: Document, request: Request) -> Iterator[Segment]:
    """The sentences of a document, all in the language that was named, or each in its own."""
    return segment(document) if request.only else detect.detect_segments(segment(document), document)
