"""Subtitles in two languages: in each cue the words as they were spoken, the translation below them.

Method: the translated file has the cues of its source one for one, so its lines are put below those of the source, and all
else (settings, styles, notes) is the source's; other formats are made of that. A cue that was kept as it is stands there
once. Advanced SubStation is made of such a file alone, which its cues are put back into.
"""

from collections.abc import Iterable
from typing import TextIO

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.document import AlignedPair, Document
from diglot.pipeline.formats.conversion import converted
from diglot.pipeline.formats.subtitles import FORMATS, TIMED, Cue, cues
from diglot.pipeline.formats.wrapping import line_end, wrapped

__all__ = ["write"]


def write(
    pairs: Iterable[AlignedPair],
    file: TextIO,
    *,
    title: str,
    source: str,
    target: str,
    document: Document | None,
    format: str,
) -> None:
    """Write SRT or WebVTT, as ``format`` says, or the cues of ``ass``. ``document`` is the subtitle file of the pairs.

    Raises :class:`diglot.InputError` where it is not one.
    """
    if document is None or document.format not in TIMED:
        message = f"a bilingual {format} edition is made from subtitles only; ask for html or md"
        raise InputError(message)
    rendered = formats.render(document, ((pair.segment, pair.target) for pair in pairs))
    text = _interleaved(document, wrapped(document, rendered))
    text = converted(text, document.format, format) if format in FORMATS else text
    file.write(text.encode("utf-8", "replace").decode())


def _interleaved(document: Document, rendered: str) -> str:
    """The document with the lines of each translated cue below its own."""
    text, end_of_line = document.text, line_end(document.text)
    parts, done = [], 0
    for cue, other in zip(cues(text, document.format), cues(rendered, document.format), strict=False):
        translated = _lines(rendered, other)
        if cue.lines and translated != _lines(text, cue):
            end = cue.lines[-1][1]
            parts += [text[done:end], *(end_of_line + line for line in translated)]
            done = end
    return "".join([*parts, text[done:]])


def _lines(text: str, cue: Cue) -> list[str]:
    return [text[start:end] for start, end in cue.lines]
