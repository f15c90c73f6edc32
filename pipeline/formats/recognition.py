"""Which format a text is in, told by what it holds first and by its name where that leaves a doubt.

Method: WebVTT and SRT have marks of their own. Markdown is told by several different kinds of its marks (a heading
alone may stand in any notes). A transcript is told by time stamps at the beginning of lines, by the names of speakers
there, by lines that stop in mid-sentence although the next word would have fitted or that go on after a blank line, and
in Chinese and Japanese by many lines without any punctuation. Lists, verse, tables and code in small letters stop
nowhere in particular either; but speech stops after a word of grammar (``the``, ``and``) as often as not.
"""

import re
from collections.abc import Sequence
from itertools import islice, pairwise
from pathlib import PurePath

from diglot.pipeline.formats import page, transcript
from diglot.pipeline.formats.layout import is_set_out
from diglot.pipeline.formats.lines import columns, ends_sentence, first_word, is_wide, lines
from diglot.pipeline.formats.opaque import front_matter
from diglot.pipeline.formats.subtitles import cues, is_webvtt
from diglot.pipeline.formats.transcript import Line
from diglot.pipeline.formats.unread import refuse_unread
from diglot.pipeline.wordlists import function_words

_EXAMINED = 200_000  # characters from the beginning: enough to know a format by
_NAMES = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".tex", ".ltx", ".latex"), "latex"),
    ".rst": "rst",
    ".srt": "srt",
    ".vtt": "vtt",
}

# Kinds of marks of Markdown: what one looks like, how many there must be, and how much the kind tells.
_MARKS = [
    (re.compile(pattern, re.MULTILINE), count, weight)
    for pattern, count, weight in (
        (r"^[ \t>]*(?:```|~~~)", 2, 3),
        (r"^[ \t]*(?:\|[ \t]*)?:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)+\|?[ \t]*\r?$", 1, 3),
        (r"(?<!!)\[[^\[\]\n]+\]\((?:https?:|[./#]|[\w-]+\.\w)[^()\n]*\)", 1, 2),
        (r"<!--", 1, 2),
        (r"\*\*[^*\s][^*\n]*\*\*", 1, 2),
        (r"^\$\$|\$\$\r?$", 2, 2),
        (r"`[^`\n]+`", 2, 2),
        (r"^<(?:figure|div|details|img|center|table|p|br)\b", 1, 2),
        (r"^\[[^\[\]\n]+\]:[ \t]+\S+", 1, 2),
        (r"(?:\A|\n[ \t]*\r?\n)#{1,6}[ \t]+\S", 2, 2),
        (r"^#{1,6}[ \t]+\S", 1, 1),
        (r"^[ \t]*[-*+][ \t]+\S", 2, 1),
        (r"^>[ \t]*\S", 1, 1),
        (r"!\[[^\[\]\n]*\]\([^()\n]+\)", 1, 1),
    )
]
_PROBABLE, _CERTAIN = 3, 5  # sums of weights

_WIDEST = 132  # columns; lines beyond that were not broken for their width
_PAGE, _RAGGED = 60, 0.8  # columns from which lines are those of a page, and the share of them that is less than full
_FEWEST_BREAKS, _BROKEN_SHARE = 5, 0.2
_FEWEST_STAMPS, _STAMPED_SHARE = 3, 0.2
_HANGING_SHARE = 0.25  # of the lines of speech; two thirds of them do as a rule
_FEWEST_TURNS = 4
_FEWEST_BARE, _BARE_SHARE, _BARE_COLUMNS = 20, 0.9, 12
_LATEX = re.compile(r"\ufeff?\s*(?:%[^\n]*\n\s*)*\\document(?:class|style)\b")
# reStructuredText: a directive or target, another mark of its own, and none that only Markdown has.
_DIRECTIVE = re.compile(r"^\.\.[ \t]+(?:\w[\w:.+-]{0,60}::(?:[ \t]|\r?$)|_[^\r\n:]{1,100}:(?:[ \t]|\r?$))", re.MULTILINE)
_ROLE = re.compile(
    r"``[^`\n]+``|(?<![\w`]):[a-z][\w:-]{0,40}:`[^`\n]+`|`[^`<>\n]+<[^<>\s]+>`_"
    r"|^(?P<line>[=~^\"'*+.-])(?P=line){3,}[ \t]*\r?$",
    re.MULTILINE,
)
_MARKDOWN_ALONE = re.compile(r"^[ \t]*(?:```|~~~[\w{])|^#{1,6}[ ]\S|\]\(https?:", re.MULTILINE)
_MEETING = re.compile(r"\ufeff?\s*\d{1,2}:(?:\d:|\d\d:\d(?!\d))[^\n]{0,12}-->")  # 0:0:5.25, as no player would read it
_OF_DAY = re.compile(r"(?:0?[6-9]|1\d|2[0-3]):[0-5][05](?![\d:])")
_LAST_WORD = re.compile(r"(?P<word>[^\W\d_][\w'’]{0,30})[。.]?(?P<comma>[,，、]?)$")
_CASED = ("en", "de", "fr", "es")
_PUNCTUATION = re.compile(r"[。！？，、；：.!?,;:]")


def recognise(text: str, name: str | None = None) -> str:
    """The format of a text: ``plain``, ``markdown``, ``html``, ``latex``, ``rst``, ``srt``, ``vtt`` or ``transcript``.

    Raises :class:`~diglot.InputError` for a text that would come back broken, because it is in none of them.

    >>> recognise("WEBVTT\\n\\n00:01.000 --> 00:02.000\\nHello", "talk.srt"), recognise("Just a note.", "note.md")
    ('vtt', 'markdown')
    """
    ending = PurePath(name).suffix.lower() if name else ""
    head = text[:_EXAMINED]
    if is_webvtt(head):
        return "vtt"
    return _NAMES.get(ending) or _marked(head) or _told_by_lines(text, head, ending)


def _marked(head: str) -> str | None:
    """The format that a text says itself, by how it begins."""
    if _MEETING.match(head):
        return "transcript"
    if _begins_as_srt(head):
        return "srt"
    if _LATEX.match(head):
        return "latex"
    if _DIRECTIVE.search(head) and _ROLE.search(head) and not _MARKDOWN_ALONE.search(head):
        return "rst"
    return "html" if page.is_page(head) else None


def _told_by_lines(text: str, head: str, ending: str) -> str:
    refuse_unread(text, ending)
    marks = _CERTAIN if front_matter(head) else _markdown(head)
    if marks < _CERTAIN and _is_transcript(head):
        return "transcript"
    return "markdown" if marks >= _PROBABLE else "plain"


def _begins_as_srt(text: str) -> bool:
    """Whether the first cue comes at once: after a number and a blank line or two at most."""
    places = [place for place in islice(lines(text), 8) if place[0] < place[1]]
    return bool(cues(text[: places[min(1, len(places) - 1)][1]], "srt")) if places else False


def _markdown(text: str) -> int:
    """How much the kinds of marks in a text tell together."""
    return sum(weight for pattern, count, weight in _MARKS if sum(1 for _ in islice(pattern.finditer(text), count)) == count)


def _is_transcript(text: str) -> bool:
    found = transcript.read(text)
    heard = [line for line in found if line.words < line.end and not text.startswith(("#", "!["), line.start)]
    stamped = [line for line in found if line.stamped]
    if len(stamped) >= _FEWEST_STAMPS and len(stamped) >= _STAMPED_SHARE * len(heard):
        return not all(_OF_DAY.match(text, line.start) for line in stamped)  # a programme: 9:00, 10:30, 10:45
    return _is_dialogue(text, heard) or _is_broken(text, heard) or _is_bare([text[line.words : line.end] for line in heard])


def _is_dialogue(text: str, heard: Sequence[Line]) -> bool:
    """Whether half of the lines begin with the names of two speakers or more."""
    turns = [text[line.start : line.words] for line in heard if line.speaker]
    return len(turns) >= _FEWEST_TURNS and 2 * len(turns) >= len(heard) and len(set(turns)) > 1


def _is_broken(text: str, heard: Sequence[Line]) -> bool:
    """Whether lines stop in mid-sentence for no want of room, often after a word that cannot be the last."""
    width = _usual_width([text[line.words : line.end] for line in heard])
    broken = []
    for line, following in pairwise(heard):
        before, after = text[line.words : line.end], text[following.words : following.end]
        if _stops_within(before, after) and (following.apart or _has_room(before, after, width)):
            broken += [] if any(is_set_out(text, one.start, one.end) for one in (line, following)) else [before]
    if len(broken) < max(_FEWEST_BREAKS, _BROKEN_SHARE * (len(heard) - 1)):
        return False
    return sum(map(_hangs, broken)) >= _HANGING_SHARE * len(broken)


def _usual_width(spoken: Sequence[str]) -> int:
    """The columns that lines have room for: those of nearly all lines, or of the longest where that is no width."""
    widths = sorted(map(columns, spoken))
    width = widths[len(widths) * 19 // 20] if widths else 0
    return width if width <= _WIDEST else widths[-1]


def _has_room(before: str, after: str, width: int) -> bool:
    """Whether a word of the next line would have stood in a line too; on a page, where paragraphs differ, with ease."""
    needed = columns(before) + 1 + first_word(after)
    return needed <= width and (width < _PAGE or needed <= _RAGGED * width)


def _stops_within(before: str, after: str) -> bool:
    """Whether a sentence goes on in the next line; a Chinese full stop after English words is the machine's."""
    ends = ends_sentence(before) and not (before.endswith("。") and not is_wide(before))
    return after[:1].islower() and not ends and before.count(" ") >= 2


def _hangs(line: str) -> bool:
    """Whether a line ends with a comma or with a word of grammar, which no item, verse or command does often."""
    last = _LAST_WORD.search(line[-40:])
    return last is not None and (last["comma"] != "" or any(last["word"].lower() in function_words(code) for code in _CASED))


def _is_bare(spoken: list[str]) -> bool:
    """Whether most of the lines are Chinese or Japanese speech without any punctuation."""
    wide = [line for line in spoken if is_wide(line)]
    if len(wide) < _FEWEST_BARE or sum(map(columns, wide)) < _BARE_COLUMNS * len(wide):
        return False
    bare = sum(1 for line in wide if not _PUNCTUATION.search(line))
    return bare >= _BARE_SHARE * len(spoken)
