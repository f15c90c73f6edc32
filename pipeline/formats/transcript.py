"""Transcripts of speech: lines broken in mid-sentence, between them time stamps, speakers, headings and images.

Method: lines run on over blank lines, so a block is a run of lines and its ranges are the lines; whether a sentence
ends where a line does is for the segmenter to tell. A heading, an image or a speaker's name ends a run, and so does
the first clear end of a sentence after some lines, so that blocks stay the size of paragraphs.
"""

import re
from collections.abc import Iterator

from diglot.pipeline.document import Block, BlockKind, Document, Range, has_words, is_unspaced
from diglot.pipeline.formats.lines import after_speaker, ends_sentence, lines, other_script

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
STAMP = re.compile(rf"[\[(（【]?{_CLOCK}(?:\s*[-–—~]+>?\s*{_CLOCK})?[\])）】]?(?:\s*[-–—:]\s+|\s+|$)")
_HEADING = re.compile(r"#{1,6}\s+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_BEGINNING = re.compile(r"(?!I\b)\w")
_ENOUGH = 8  # lines, after which the next clear end of a sentence ends a block


def parse(text: str) -> Document:
    """The runs of lines of a transcript, and its headings."""
    return Document(text, "transcript", tuple(_blocks(text)))


def _blocks(text: str) -> Iterator[Block]:
    run: list[Range] = []
    for start, end in lines(text):
        stamp = STAMP.match(text, start, end)
        spoken = stamp.end() if stamp else start
        words = after_speaker(text, spoken, end)
        heading = _HEADING.match(text, start, end)
        image = _IMAGE.fullmatch(text, start, end)
        if heading or image or words > spoken or _is_closed(text, run, words, end):
            yield from _block(text, run)
            run = []
        if heading:
            yield from _block(text, [(heading.end(), end)], "heading")
        elif not image and any(map(str.isalnum, text[words:end])):
            run.append((words, end))
    yield from _block(text, run)


def _block(text: str, run: list[Range], kind: BlockKind = "paragraph") -> Iterator[Block]:
    if any(has_words(text[start:end]) for start, end in run):
        yield Block(kind, tuple(run))


def _is_closed(text: str, run: list[Range], start: int, end: int) -> bool:
    """Whether a run does not go on in the line ``[start, end)``: another script, or a new sentence after enough."""
    if not run or start == end:
        return False
    before, line = text[slice(*run[-1])], text[start:end]
    if other_script(before, line):
        return True
    begins = _BEGINNING.match(line) is not None and (line[0].isupper() or is_unspaced(line[0]))
    return len(run) >= _ENOUGH and begins and ends_sentence(before)
