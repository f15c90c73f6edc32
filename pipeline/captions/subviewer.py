"""SubViewer (``.sbv``), as video sites give captions out: two times and a comma, then the lines of the cue."""

import re
from collections.abc import Iterator
from functools import partial

from diglot.pipeline.captions import Caption, Captions, Piece
from diglot.pipeline.document import Range
from diglot.pipeline.formats.lines import lines
from diglot.pipeline.formats.subtitles import clock
from diglot.pipeline.formats.wrapping import line_end

_TIMES = re.compile(r"(\d{1,3}:\d\d:\d\d\.\d{1,3}),(\d{1,3}:\d\d:\d\d\.\d{1,3})")


def read(file: str) -> Captions:
    """The cues of a file."""
    return Captions(list(_cues(file)), partial(_spelled, line_end(file)), ".sbv")


def _cues(file: str) -> Iterator[Caption]:
    found: list[tuple[re.Match[str], list[Range]]] = []
    for start, end in lines(file):
        if times := _TIMES.fullmatch(file, start, end):
            found.append((times, []))
        elif found and start < end:
            found[-1][1].append((start, end))
    for times, said in found:
        words = "\n".join(file[slice(*line)] for line in said)
        if said:
            place = Piece(said[0][0], said[-1][1], words)
            yield Caption(clock(times[1]), clock(times[2]), words, ((place,),))


def _spelled(end_of_line: str, words: str, _: str) -> str:
    return words.replace("\n", end_of_line)
