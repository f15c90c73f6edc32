"""Lines with their places: what plain text, transcripts and subtitles are read by.

A line ends at LF, CR LF or a lone CR, and nowhere else: U+2028 or a form feed inside a line stays inside it.
"""

import re
from collections.abc import Iterator

from diglot.pipeline.document import Range

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_WIDE = re.compile(r"[ᄀ-ᅟ⺀-\uA4CF가-힣豈-\uFAFF︰-﹏！-｠\U00020000-\U0003FFFD]")

_FIRST_WORD = re.compile(r"[⺀-\U0003ffff]|[^\s⺀-\U0003ffff]+")
SENTENCE_END = ".!?。！？…．｡"
CLOSING = "\"'”’»›)]}」』）】》〉］｝〕〗"


def lines(text: str) -> Iterator[Range]:
    r"""The lines of a text without their ends and without the white space around them; a blank line is an empty range.

    >>> list(lines(" one\r\n\r\n two "))
    [(1, 4), (6, 6), (9, 12)]
    """
    for match in _LINE.finditer(text):
        if match.end() > match.start():
            yield trim(text, match.start(), match.end())


def trim(text: str, start: int, end: int) -> Range:
    """A range without the white space at its ends; where there is nothing else, an empty range at its start."""
    first = start
    while first < end and text[first].isspace():
        first += 1
    if first == end:
        return start, start
    while text[end - 1].isspace():
        end -= 1
    return first, end


def columns(line: str) -> int:
    """The width of a line on a screen, where Chinese, Japanese and Korean characters take two columns."""
    return len(line) + (0 if line.isascii() else len(_WIDE.findall(line)))


def first_word(line: str) -> int:
    """The columns that must be free before a line break for the first word of a line to stand there instead."""
    word = _FIRST_WORD.match(line)
    return columns(word[0]) if word else 1


def is_wide(line: str) -> bool:
    """Whether the letters of a line are Chinese, Japanese or Korean for the greater part."""
    return 2 * (columns(line) - len(line)) > sum(map(str.isalpha, line))


def other_script(before: str, after: str) -> bool:
    """Whether one of two lines is Chinese, Japanese or Korean and the other a phrase without any of that.

    Then no sentence goes on from one to the other; a single foreign word or a filler says nothing.

    >>> other_script("The second layer", "第二层看得到角"), other_script("Transformer", "というモデル")
    (True, False)
    """
    wide, other = (before, after) if is_wide(before) else (after, before)
    return is_wide(wide) and columns(other) == len(other) and other.count(" ") >= 2 and columns(wide) >= 8


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does, closing quotes and brackets aside."""
    return line.rstrip(CLOSING).endswith(tuple(SENTENCE_END))
