"""SubRip (SRT) and WebVTT: cues with their times, and sentences that run through several of them.

Method: a line with two times and an arrow begins a cue; the lines after it are its text, up to a blank line (in SRT:
up to what introduces the next cue, since blank lines within cues are common there). Ids, times, settings, notes and
styles are never touched, so wrong numbers and overlapping times stay as they are. Cues that follow one another are
one block, which a pause, a change of speaker (a dash, a voice, a name that the file knows for one) or a described
sound ends; so a sentence is translated whole and cut again over its cues. Word-by-word times (``<00:01.500>``) cut a
line into its words. Where captions roll (each cue repeats the last line of the cue before it), the repeated lines are
no text of their own: they show what the line that they repeat has become.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from diglot import InputError
from diglot.pipeline.document import Block, Document, Range, Span, has_words
from diglot.pipeline.formats import html
from diglot.pipeline.formats.inline import Inline
from diglot.pipeline.formats.lines import ends_sentence, is_wide, lines, trim
from diglot.pipeline.formats.speakers import after_speaker, speakers

FORMATS = ("srt", "vtt")
CUES = "cues"  # of any other file, set out as a text: each cue behind a form feed, what may be one run numbered
TIMED = (*FORMATS, CUES)

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?"
_CLOCK = re.compile(r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?")
_TIMING = re.compile(rf"(?P<start>{_TIME})\s*-+>\s*(?P<end>{_TIME})(?:\s.*)?")
_LANGUAGE = re.compile(r"\ALanguage: [^\n]*")
_BROKEN_TIMING = re.compile(r"\d+:\S*\s*-->\s*\d.*")
_LONGEST_TIMING = 200
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?!\S)")
_NUMBER = re.compile(r"\d+")
MARKUP = re.compile(r"(?P<word><(?:\d[\d:.]*|/?c(?:\.[\w.]+)?)>)|\{\\[^{}]*\}|" + html.TAG.pattern, re.DOTALL)
WORD_TIME = re.compile(r"<\d[\d:.]*>")
_VOICE = re.compile(r"<v[ .\t][^<>]*>")
_TURN = re.compile(r"(?:>>+|(?:&gt;){2,}|[-–](?=[^\d\s–-]|\s+\S))\s*")
_SOUND = re.compile(r"[\[(（【♪♫]([^\[\]()（）【】♪♫]+)[\])）】♪♫]")

PAUSE = 3.0  # seconds without a cue, after which no sentence goes on
_ENOUGH = 8  # lines, after which the next end of a sentence ends a block
_BILINGUAL = _ROLLING = 0.5  # the share of cues that tells a file in two languages, or captions that roll


class Cue(NamedTuple):
    """When a cue is shown, in seconds (None where its times cannot be read), and the lines that hold its text.

    Cues of different ``group`` have no sentence in common.
    """

    start: float | None
    end: float | None
    lines: list[Range]
    group: str = ""


def parse(text: str, format: str) -> Document:
    """The runs of cues of a subtitle file; ``format`` is one of :data:`TIMED`.

    Raises :class:`~diglot.InputError` for a text that has no cue at all.
    """
    shown = cues(text, format)
    if not shown and text.strip() and not is_webvtt(text):
        number = sum(1 for _ in lines(text[: len(text) - len(text.lstrip())] + "x"))
        message = f"line {number}: no subtitle cue found; one begins with a line such as 00:00:01,000 --> 00:00:02,500"
        raise InputError(message)
    return Document(text, format, tuple(_blocks(text, shown)))


def is_webvtt(text: str) -> bool:
    """Whether a text begins as a WebVTT file must."""
    return re.match(r"\ufeff?WEBVTT(?!\S)", text) is not None


def cues(text: str, format: str) -> list[Cue]:
    """The cues of a subtitle file in the order in which they stand."""
    found: list[Cue] = []
    within = blank = apart = False  # in a cue; after a blank line; whether one stood before the last line of a cue
    for start, end in lines(text):
        if start == end:
            blank = True
            ends_cue = format == "vtt" and text[start : start + 1] in ("", "\r", "\n")
            within = within and not (ends_cue and found[-1].lines)  # the blank first line of automatic captions
        elif timing := _timing(text, start, end) if format != CUES else _set_apart(text, start, end):
            if found and found[-1].lines and not blank and (apart or _NUMBER.fullmatch(text, *found[-1].lines[-1])):
                found[-1].lines.pop()  # the number of this cue
            found.append(timing)
            within, blank = True, False
        elif within and not (format == "vtt" and blank and _NO_CUE.match(text, start)):
            found[-1].lines.append((start, end))
            apart, blank = blank, False
    return found


def _timing(text: str, start: int, end: int) -> Cue | None:
    """The cue that a line begins, if it does."""
    if end - start > _LONGEST_TIMING or "->" not in text[start:end]:
        return None
    if times := _TIMING.fullmatch(text, start, end):
        return Cue(_seconds(times["start"]), _seconds(times["end"]), [])
    return Cue(None, None, []) if _BROKEN_TIMING.fullmatch(text, start, end) else None


def _set_apart(text: str, start: int, end: int) -> Cue | None:
    """The cue that a line begins among :data:`CUES`, where words that look like times are words."""
    times = _TIMING.fullmatch(text, start, end) if text[start - 1 : start] == "\f" else None
    return Cue(_seconds(times["start"]), _seconds(times["end"]), [], text[times.end("end") : end]) if times else None


def clock(time: str) -> float | None:
    """The seconds of a time; None for what is none.

    >>> clock("0:01:02.50"), clock("1:02"), clock("soon")
    (62.5, 62.0, None)
    """
    return _seconds(time) if _CLOCK.fullmatch(time) else None


def _seconds(time: str) -> float:
    """The seconds of ``01:02:03,500``, ``02:03.500`` or ``01:02:03:500``."""
    *fields, fraction = re.split(r"[:.,]", time if re.search(r"[.,]|:\d{3}$", time) else time + ".0")
    seconds = 0.0
    for field in fields:
        seconds = seconds * 60 + int(field)
    return seconds + float(f"0.{fraction}")


def _blocks(text: str, shown: Sequence[Cue]) -> Iterator[Block]:
    again = repeated(text, shown)
    bilingual = is_bilingual(text, shown)
    run, before = _Run(text, names(text, shown)), Cue(None, None, [])
    for cue in shown:
        if bilingual or _pauses(before, cue):
            yield from run.end()
        before = cue
        fresh = [line for line in cue.lines if line not in again]
        for _, same in groupby(fresh, key=lambda line: bilingual and is_wide(text[slice(*line)])):
            for line in same:
                yield from run.take(line)
            if bilingual:
                yield from run.end()
    yield from run.end()


def _pauses(before: Cue, cue: Cue) -> bool:
    """Whether no sentence goes on from one cue to the next: there is a pause between them, or time goes back."""
    if before.group != cue.group:
        return True
    if before.start is None or before.end is None or cue.start is None:
        return False
    return cue.start < before.start or cue.start - before.end > PAUSE


def is_bilingual(text: str, shown: Sequence[Cue]) -> bool:
    """Whether most cues hold lines in Chinese, Japanese or Korean and lines in another script."""
    both = sum(1 for cue in shown if len({is_wide(text[slice(*line)]) for line in cue.lines}) == 2)
    return both > _BILINGUAL * sum(1 for cue in shown if cue.lines)


class _Run:
    """Lines of cues that may belong to one sentence."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.names = text, names
        self.voice = ""
        self._begin()

    def _begin(self) -> None:
        self.pieces: list[Range] = []
        self.spans: list[Span] = []
        self.lines = 0

    def end(self) -> Iterator[Block]:
        """The block so far, if it holds words; the run begins anew."""
        if any(has_words(self.text[start:end]) for start, end in self.pieces):
            yield Block("cue", tuple(self.pieces), tuple(self.spans))
        self._begin()

    def take(self, line: Range) -> Iterator[Block]:
        """Take a line in; a change of speaker or a described sound ends the block before it."""
        pieces, spans = _content(self.text, *line)
        if not pieces:
            return
        start, end = pieces[0]
        words = _after_turn(self.text, start, end, self.names)
        sound = _SOUND.fullmatch(self.text, words, end) if len(pieces) == 1 else None
        voice = _VOICE.match(self.text, *line)
        if words > start or sound or (voice and voice[0] != self.voice):
            yield from self.end()
        self.voice = voice[0] if voice else self.voice
        pieces[0] = trim(self.text, *sound.span(1)) if sound else (words, end)
        self.pieces += pieces
        self.spans += [span for span in spans if span.start >= pieces[0][0]]
        self.lines += 1
        if sound or (self.lines >= _ENOUGH and ends_sentence(self.text[slice(*pieces[-1])])):
            yield from self.end()


def declared(text: str, language: str) -> str:
    """A text of :data:`CUES` whose words are in a language, which the file that it is of may have to name."""
    return _LANGUAGE.sub(f"Language: {language}", text)


def names(text: str, shown: Sequence[Cue]) -> frozenset[str]:
    """Who speaks, by the names at the beginnings of cues."""
    again = repeated(text, shown)
    firsts = (next((line for line in cue.lines if line not in again), None) for cue in shown)
    spoken = (plain(text[slice(*line)]).strip() for line in firsts if line)
    return speakers((line[_after_dash(line, 0, len(line)) :] for line in spoken), timed=True)


def _after_dash(text: str, start: int, end: int) -> int:
    turn = _TURN.match(text, start, end)
    return turn.end() if turn else start


def _after_turn(text: str, start: int, end: int, names: frozenset[str]) -> int:
    """Where the words of a line begin, after a dash and the name of who speaks."""
    return after_speaker(text, _after_dash(text, start, end), end, names)


def begins_turn(line: str, names: frozenset[str]) -> bool:
    """Whether somebody else speaks from this line on, or a sound is described."""
    words = plain(line).strip()
    return bool(_VOICE.match(line) or _SOUND.fullmatch(words) or _after_turn(words, 0, len(words), names))


def plain(line: str) -> str:
    """A line without its markup."""
    return MARKUP.sub("", line)


def _content(text: str, start: int, end: int) -> tuple[list[Range], list[Span]]:
    """The words of a line: without the tags at its edges, in pieces where words have times of their own."""
    line = text[start:end]
    if "<" not in line and "{" not in line:
        return [(start, end)] if any(map(str.isalnum, line)) else [], []
    inline, tags, done = Inline(text, "cue"), html.Tags(), start
    timed = WORD_TIME.search(line)
    for mark in MARKUP.finditer(text, start, end):
        if done < mark.start():
            inline.cover(done, mark.start())
        done = mark.end()
        if mark["word"] and timed:
            inline.end_line()
        elif mark["name"]:
            tags.take(inline, mark, *mark.span())
        else:
            inline.protect(*mark.span(), "tag")
    if done < end:
        inline.cover(done, end)
    pieces, spans = inline.content()
    return (pieces, spans) if any(map(str.isalnum, "".join(text[slice(*piece)] for piece in pieces))) else ([], [])


def repeated(text: str, shown: Sequence[Cue]) -> dict[Range, Range]:
    """For captions that roll, each repeated line with the line that it repeats; nothing for others."""
    found: dict[Range, Range] = {}
    for before, cue in pairwise(shown):
        if before.lines and cue.lines:
            line, origin = cue.lines[0], before.lines[-1]
            if text[slice(*line)] == _as_shown(text[slice(*origin)]):
                found[line] = found.get(origin, origin)
    return found if len(found) > max(2, _ROLLING * (len(shown) - 1)) else {}


def repetitions(document: Document, pieces: Mapping[Range, str]) -> Iterator[tuple[Range, str]]:
    """What the repeated lines of rolling captions show, when ``pieces`` of the text have been replaced."""
    places = sorted(pieces)
    for line, origin in repeated(document.text, cues(document.text, document.format)).items():
        parts, done = [], origin[0]
        for start, end in places[bisect_left(places, (origin[0], 0)) : bisect_left(places, (origin[1], 0))]:
            parts += [document.text[done:start], pieces[start, end]]
            done = end
        yield line, _as_shown("".join([*parts, document.text[done : origin[1]]]))


def _as_shown(line: str) -> str:
    return " ".join(plain(line).split())
