r"""The inline markup of reStructuredText: which marks there are in a paragraph, and what may stand beside one.

Method: docutils' own rules. A mark opens after white space or an opening character and before text; it closes behind text
and before white space, a closing character or an escape. Markup does not nest, so the marks are found in one pass from
left to right, and where the closing mark of a kind does not come any more, that is remembered: the time is linear.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from diglot.pipeline.document import SpanKind
from diglot.pipeline.formats import rst_names
from diglot.pipeline.formats.lines import CLOSING, SENTENCE_END

_SIMPLE = r"[^\W_]+(?:[-._+:][^\W_]+)*"  # the simple names of docutils
_LONGEST_NAME = 100
_TOKEN = re.compile(
    r"\\(?P<escaped>.|\Z)"
    r"|(?P<literal>``)"
    r"|(?P<target>_`)"
    r"|(?P<interpreted>`)"
    r"|(?P<strong>\*\*)"
    r"|(?P<emphasis>\*)(?!\*)"
    r"|(?P<substitution>\|)(?!\|)"
    rf"|(?P<note>\[(?:\d{{1,9}}|\#(?:[\w.+:-]{{1,{_LONGEST_NAME}}})?|\*|[\w.+:-]{{1,{_LONGEST_NAME}}})\]_)"
    r"|(?<=[^\W_])(?P<reference>__?)(?!\w)"
    r"|(?P<url>(?:https?|ftp)://[^\s<>`|\\\u0080-\U0010ffff]*[A-Za-z0-9/#=&])",
    re.DOTALL,
)
_ROLE_BEFORE = re.compile(rf":(?P<role>{_SIMPLE}):\Z")
_NAME_BEFORE = re.compile(rf"{_SIMPLE}\Z")
_CLOSING = {
    "literal": re.compile(r"(?<!\s)``"),
    "target": re.compile(r"\\.|(?<!\s)`", re.DOTALL),
    "interpreted": re.compile(rf"\\.|(?<!\s)`(?::(?P<role>{_SIMPLE}):|(?P<reference>__?))?", re.DOTALL),
    "strong": re.compile(r"\\.|(?<!\s)\*\*", re.DOTALL),
    "emphasis": re.compile(r"\\.|(?<!\s)\*", re.DOTALL),
    "substitution": re.compile(r"\\.|(?<!\s)\|_{0,2}", re.DOTALL),
}
_KINDS: dict[str, SpanKind] = {"literal": "code", "target": "reference", "substitution": "reference"}
_PREFIXED = re.compile(r"\w*(?:\\[*_|`\\]\w*)*\\[*_|`\\]\w+")  # \*args and snake\_case, whole words
_EMBEDDED = re.compile(r"(?P<text>.*?\S)(?=(?P<space>\s+)<[^\s<>](?:[^<>\\]|\\.)*>\Z)", re.DOTALL)
_ENDS_SENTENCE = re.compile(rf"[{re.escape(SENTENCE_END)}]+[{re.escape(CLOSING)}]*\Z")
_ADDRESS = re.compile(rf"[{re.escape(SENTENCE_END + CLOSING)}]*\s*<")
_BACKTICK = re.compile(rf"(?::{_SIMPLE}:)?`")
_OPENERS, _CLOSERS = frozenset("\"'(<[{-/:"), frozenset("\"')>]}-/:.,;!?\\")
APART = "\\ "  # sets a mark apart from a letter, and is not seen
_PARTNER = {'"': '"', "'": "'", "(": ")", "[": "]", "{": "}", "<": ">"}


class Mark(NamedTuple):
    """A piece of a paragraph that must stay as it is; ``opening`` is the number of the mark that it closes."""

    start: int
    end: int
    kind: SpanKind
    opening: int | None = None


def may_precede(character: str) -> bool:
    """Whether a mark may open behind a character, or at the beginning, where there is none."""
    return _is_among(character, _OPENERS, ("Ps", "Pi", "Pf", "Pd", "Po"))


def may_follow(character: str) -> bool:
    """Whether a mark may close before a character, or at the end."""
    return _is_among(character, _CLOSERS, ("Pe", "Pi", "Pf", "Pd", "Po"))


def _is_among(character: str, characters: frozenset[str], categories: tuple[str, ...]) -> bool:
    if not character or character.isspace():
        return True
    if character.isascii():
        return character in characters
    return unicodedata.category(character) in categories and character not in "§¶"  # symbols when docutils made its tables


def bare(mark: str) -> str:
    """A mark without what sets it apart from its neighbours."""
    return mark.removeprefix(APART).removesuffix(APART)


def is_opening(mark: str) -> bool:
    """Whether a mark has a partner, which it may be itself: ``**``, `` :ref:` ``."""
    return mark in ("*", "**") or _BACKTICK.fullmatch(mark) is not None


def is_closing(mark: str) -> bool:
    """Whether a mark is the address that ends a link: ``<url>`_``."""
    return _ADDRESS.match(mark) is not None and "`" in mark[-3:]


def find(text: str, names: frozenset[str] = frozenset()) -> list[Mark]:
    """The marks of a paragraph in order. Links whose words are among the ``names`` stay whole: others refer to them."""
    return list(_joined(text, _Scan(text, names).marks()))


class _Scan:
    """One pass over a paragraph."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.names = text, names
        self.absent: set[str] = set()  # the kinds of marks that do not close any more
        self.done = 0
        self.behind = -1  # the last mark; another one may begin there at once
        self.count = 0

    def marks(self) -> Iterator[Mark]:
        """The marks, those that open before those that close them."""
        while token := _TOKEN.search(self.text, self.done):
            before = self.done
            self.done = token.end()
            for mark in self._taken(token, token.lastgroup or "", before):
                self.count += 1
                self.behind = mark.end if mark.kind != "tag" else self.behind
                yield mark

    def _taken(self, token: re.Match[str], kind: str, before: int) -> Iterator[Mark]:
        start, end = token.span()
        match kind:
            case "escaped":
                yield self._escape(start, before)
            case "reference":
                start = self._reach(_NAME_BEFORE, start, before)
                if start < token.start() and may_follow(self.text[end : end + 1]):
                    yield Mark(start, end, "reference")
            case "note":
                if may_precede(self._before(start)) and may_follow(self.text[end : end + 1]):
                    yield Mark(start, end, "reference")
                else:
                    self.done = start + 1
            case "url":
                yield Mark(start, end, "url")
            case _:
                yield from self._enclosed(kind, start, end, before)

    def _escape(self, start: int, before: int) -> Mark:
        """An escaped character; where it is a mark, with the word that it begins."""
        word = start
        while word > before and self.text[word - 1].isalnum() and start - word < _LONGEST_NAME:
            word -= 1
        found = _PREFIXED.match(self.text, word)
        if found and found.end() >= self.done:
            self.done = found.end()
            return Mark(word, found.end(), "code")
        return Mark(start, self.done, "tag")

    def _reach(self, pattern: re.Pattern[str], end: int, before: int) -> int:
        """Where the name in front of a place begins, which a mark may precede; the place itself where there is none."""
        first = max(before, end - _LONGEST_NAME)
        while (found := pattern.search(self.text, first, end)) and found.start() < end:
            if may_precede(self._before(found.start())):
                return found.start()
            first = found.start() + 1
        return end

    def _before(self, start: int) -> str:
        return self.text[start - 1] if start and start != self.behind else ""

    def _opens(self, start: int, end: int) -> bool:
        before, after = self._before(start), self.text[end : end + 1]
        return may_precede(before) and (before not in _PARTNER or _PARTNER[before] != after)

    def _enclosed(self, kind: str, start: int, end: int, before: int) -> Iterator[Mark]:
        """What stands between two marks, whole or with its words left to be translated."""
        role = ""
        if kind == "interpreted":
            start = self._reach(_ROLE_BEFORE, end - 1, before)
            role = self.text[start + 1 : end - 2]
        closing = self._closing(kind, end) if self._opens(start, end) and not self.text[end : end + 1].isspace() else None
        if closing is None:
            return
        self.done = closing.end()
        if kind in ("emphasis", "strong"):
            yield from self._pair(start, end, closing.start(), closing.end())
        elif kind == "interpreted":
            yield from self._interpreted(role or closing["role"] or "", start, end, closing)
        else:
            yield Mark(start, closing.end(), _KINDS[kind])

    def _closing(self, kind: str, start: int) -> re.Match[str] | None:
        place = start + 1
        while kind not in self.absent and (found := _CLOSING[kind].search(self.text, place)):
            place = found.end()
            if not found[0].startswith("\\") and may_follow(self.text[place : place + 1]):
                return found
            place = max(found.start() + 1, place - 1) if not found[0].startswith("\\") else place
        self.absent.add(kind)
        return None

    def _interpreted(self, role: str, start: int, end: int, closing: re.Match[str]) -> Iterator[Mark]:
        """Interpreted text or a link: its words are translated where they are not its name."""
        content = self.text[end : closing.start()]
        embedded = _EMBEDDED.match(content) if (rst_names.has_title(role) if role else closing["reference"]) else None
        if embedded and normalised(embedded["text"]) not in self.names:
            ends = _ENDS_SENTENCE.search(embedded["text"])  # with the address, or it would stand alone in a sentence
            close = embedded.end("text") - len(ends[0]) if ends else embedded.end("space")
            yield from self._pair(start, end, end + close, closing.end())
        elif role in rst_names.TEXT_ROLES and not closing["role"]:
            yield from self._pair(start, end, closing.start(), closing.end())
        else:
            is_link = role or closing["reference"]
            yield Mark(start, closing.end(), "formula" if role in rst_names.MATHS else "reference" if is_link else "code")

    def _pair(self, start: int, end: int, close: int, last: int) -> Iterator[Mark]:
        number = self.count
        yield Mark(start, end, "markup")
        for token in re.finditer(r"\\.", self.text[end:close], re.DOTALL):
            yield Mark(end + token.start(), end + token.end(), "tag")
        yield Mark(close, last, "markup", number)


def _joined(text: str, marks: Iterator[Mark]) -> Iterator[Mark]:
    """The marks with what sets them apart: an escaped space goes with the mark beside it."""
    found = list(marks)
    left_out = set()
    for number, mark in enumerate(found):
        if text[mark.start : mark.start + 1] != "\\" or not text[mark.start + 1 : mark.end].isspace():
            continue
        before, after = number - 1, number + 1
        if before >= 0 and before not in left_out and found[before].end == mark.start and found[before].kind != "tag":
            found[before] = found[before]._replace(end=mark.end)
        elif after < len(found) and found[after].start == mark.end and found[after].kind != "tag":
            found[after] = found[after]._replace(start=mark.start)
        else:
            continue
        left_out.add(number)
    numbers: dict[int, int] = {}
    for number, mark in enumerate(found):
        if number not in left_out:
            numbers[number] = len(numbers)
            yield mark._replace(opening=None if mark.opening is None else numbers[mark.opening])


def normalised(name: str) -> str:
    """A name as references are compared.

    >>> normalised("The  Chain\\nRule")
    'the chain rule'
    """
    return " ".join(name.casefold().split())


_PHRASE = re.compile(r"(?<![\w`])`(?:[^`<>]{1,200}<)?([^`<>]{1,200})(?:_>`_|`_(?!_))")
_REFERENCE = re.compile(r"(?<=[^\W_])_(?!\w)")


def referred(text: str) -> frozenset[str]:
    """The names that a text refers to: of targets, titles and links."""
    ends = (mark.start() for mark in _REFERENCE.finditer(text))
    names = (_NAME_BEFORE.search(text, max(0, end - _LONGEST_NAME), end) for end in ends)
    return frozenset(map(normalised, [*_PHRASE.findall(text), *(name[0] for name in names if name)]))
