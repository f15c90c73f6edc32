"""What white space sets out in plain text: the columns of a table, indented code, lists of terms.

Method: a tab, three spaces or two wide ones within a sentence divide columns. Indented lines, after a blank line or a colon,
are code where none of them reads as a sentence and half of them hold marks that prose does not have.
"""

import re
from collections.abc import Iterator

from diglot.pipeline.document import Range
from diglot.pipeline.formats.lines import is_wide, lines

_INDENTED = 4  # columns
_TAB = 4
_TABBED = r"(?<=\S) *\t\s*(?=\S)"
_GAP = re.compile(_TABBED + r"|(?<=[^\s.!?。！？])(?: {3,}|　{2,})(?=\S)")
_NARROW_GAP = re.compile(_TABBED + r"|(?<=[^\s.!?:;。！？])(?: {2,}|　{2,})(?=\S)")
_ENTRY = re.compile(r"\S{1,30}(?: \S{1,30}){0,3}(?: ?(?P<mark>[:：=])| (?P<dash>[-–—])) ")
_CODE = re.compile(
    r"[={}\[\]|\\~^`]|&&|\w\(|;$|://|(?:^|\s)(?:--?[A-Za-z]|[.~]?/\w)|^(?:[$%#>]|//|/\*|--)|\$[A-Za-z{(]|\w_\w|\w\.\w+\("
)
_COMMENT = re.compile(r"#|//|/?\*|--|;|%|\"\"\"")
_SENTENCE = re.compile(r"(?<!\.\.)[.!?。！？]$")


def indentation(text: str, start: int) -> int:
    """The columns of spaces and tabs before a place in a line; wide spaces, which begin paragraphs, do not count."""
    columns, place = 0, start
    while place and text[place - 1] in " \t":
        place -= 1
        columns += 1 if text[place] == " " else _TAB
    return columns


def is_set_out(text: str, start: int, end: int) -> bool:
    """Whether a line is neither spoken nor running text: indented, in columns, or a term with what it means."""
    return (
        indentation(text, start) >= _INDENTED
        or _NARROW_GAP.search(text, start, end) is not None
        or _ENTRY.match(text, start, end) is not None
    )


def are_entries(before: str, after: str) -> bool:
    """Whether two lines begin alike with a term and a mark: ``stack - a pile`` and ``queue - a line``.

    >>> are_entries("stack - a pile", "queue - a line"), are_entries("we did it - with luck", "and a model")
    (True, False)
    """
    found = [_ENTRY.match(line) for line in (before, after)]
    return found[0] is not None and found[1] is not None and found[0].group("mark", "dash") == found[1].group("mark", "dash")


def divides(line: str, *, narrow: bool = False) -> bool:
    """Whether a line holds a gap between columns; ``narrow``: also one of two spaces, unless it follows a mark."""
    return (_NARROW_GAP if narrow else _GAP).search(line) is not None


def cells(text: str, start: int, end: int, *, narrow: bool = False) -> list[Range]:
    """The columns of a line.

    >>> cells("Base case:\\tthe last call", 0, 24)
    [(0, 10), (11, 24)]
    """
    found, begin = [], start
    for gap in (_NARROW_GAP if narrow else _GAP).finditer(text, start, end):
        found.append((begin, gap.start()))
        begin = gap.end()
    return [*found, (begin, end)]


def code(text: str) -> set[int]:
    """Where the lines of indented code begin."""
    found: set[int] = set()
    for run in _indented(text):
        spoken = [text[start:end] for start, end in run]
        marked = sum(1 for line in spoken if _CODE.search(line))
        if 2 * marked >= len(run) and not any(map(_is_prose, spoken)):
            found.update(start for start, _ in run)
    return found


def _is_prose(line: str) -> bool:
    return not _COMMENT.match(line) and (is_wide(line) or (_SENTENCE.search(line) is not None and line.count(" ") >= 3))


def _indented(text: str) -> Iterator[list[Range]]:
    """Runs of indented lines, blank ones among them, each after a blank line, a colon or the beginning of the text."""
    run: list[Range] = []
    opens = True
    for start, end in lines(text):
        if start == end:
            opens = True
        elif (run or opens) and indentation(text, start) >= _INDENTED:
            run.append((start, end))
        else:
            if run:
                yield run
            run, opens = [], text[end - 1] in ":："
    if run:
        yield run
