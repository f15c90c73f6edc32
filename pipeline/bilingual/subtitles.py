"""Subtitles in two languages: in each cue the words as they were spoken, the translation below them.

The translated file has the cues of its source one for one, so the edition is the two of them, cue by cue. A cue that
was kept as it is stands there once.
"""

from collections.abc import Iterable
from itertools import zip_longest
from typing import TextIO

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.document import AlignedPair, Document
from diglot.pipeline.formats import subtitles

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
    """Write SRT or WebVTT, as ``format`` says. ``document`` is the subtitle file that the pairs come from.

    Raises :class:`diglot.InputError` where it is not one: only subtitles have the times that a cue needs.
    """
    if document is None or document.format not in ("srt", "vtt"):
        message = f"a bilingual {format} edition is made from subtitles only; ask for html or md"
        raise InputError(message)
    rendered = formats.render(document, ((pair.segment, pair.target) for pair in pairs))
    spoken = subtitles.cues(document.text, document.format)
    translated = subtitles.cues(rendered, document.format)
    file.write("WEBVTT\n\n" if format == "vtt" else "")
    end = 0.0
    for number, (cue, other) in enumerate(zip_longest(spoken, translated), 1):
        shown, against = cue or other, other or cue
        assert shown is not None and against is not None
        start = end if shown.start is None else shown.start
        end = max(start, shown.end or 0.0)
        lines = _lines(document.text, shown), _lines(rendered, against)
        text = lines[0] if lines[0] == lines[1] else [*lines[0], *lines[1]]
        times = f"{_time(start, format)} --> {_time(end, format)}"
        file.write("\n".join([str(number), times, *text]) + "\n\n")


def _lines(text: str, cue: subtitles.Cue) -> list[str]:
    lines = (text[start:end].strip() for start, end in cue.lines)
    return [line.encode("utf-8", "replace").decode() for line in lines if line]


def _time(seconds: float, format: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    point = "," if format == "srt" else "."
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
