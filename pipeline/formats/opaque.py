r"""The parts of a Markdown text that a Markdown parser must not look into: formulas, comments, templates, front matter.

A CommonMark parser knows nothing of ``\(…\)``, ``\begin{align}``, ``{{ site.url }}`` or YAML front matter: it would
find emphasis and lists in them. This scanner finds them first, in one pass from left to right that knows enough of
Markdown to leave code alone. Time is linear: where an opening mark has no closing one, that is remembered up to the
end of its paragraph.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal, NamedTuple

from diglot.pipeline.document import Range

Kind = Literal["formula", "tag", "reference", "comment", "admonition"]


class Region(NamedTuple):
    """A part ``[start, end)`` not to look into; a ``whole`` one has its lines to itself, others stand within text."""

    start: int
    end: int
    kind: Kind
    whole: bool


_MATHS = (
    "equation|align|alignat|aligned|gather|gathered|multline|eqnarray|split|cases|array|smallmatrix|[bBpvV]?matrix"
    "|math|displaymath"
)
_SCRIPT = r"(?:~[A-Za-z0-9+-]{1,8}~|\^[A-Za-z0-9+-]{1,8}\^)"  # H~2~O and x^2^, as Pandoc writes them
_WORD = re.compile(r"[A-Za-z0-9]{0,20}\Z")
_TOKEN = re.compile(
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<bar>`{3,}|~{3,})(?P<info>[^`\r\n]*)(?=\r?$))"
    r"|(?P<ticks>`+)"
    r"|(?P<comment><!--)"
    rf"|(?P<environment>\\begin\{{(?:{_MATHS})\*?\}})"
    r"|(?P<latex>\\{1,2}[(\[])"
    r"|(?P<escape>\\[^\r\n])"
    r"|(?P<display>\$\$)"
    r"|(?P<dollar>\$(?=[^\s$]))"
    r"|(?P<template>\{[{%])"
    rf"|(?P<script>(?<=[A-Za-z0-9)]){_SCRIPT}(?![~^])(?:[A-Za-z0-9]|{_SCRIPT})*)"
    r"|(?P<line>^[ \t]*(?::{3,}[^\r\n]*|\[TOC\]|\[\[_TOC_\]\]|import[ ][^\r\n]*[\"'];?"
    r"|export[ ](?:const|default|function|let)[ ][^\r\n]*)(?=[ \t]*\r?$))"
    r"|(?P<option>^[ \t]*:[a-z][\w-]*:[^`\r\n]*(?=\r?$))"
    r"|(?P<admonition>^(?:!{3}|\?{3}\+?)[ \t]+\w[^\r\n]*(?=\r?$))"
    r"|(?P<attributes>\{(?::[^{}\r\n]*|[#.][^{}\s][^{}\r\n]*|\w+=[^{}\r\n]*)\}|\[!\w+\]"
    r"|(?<=\S)\[\[[\w-]+\]\](?=[ \t]*\r?$))"
    r"|(?P<reference>(?::(?:[a-z][\w-]{0,40}:){1,2}|\{[a-z][\w:-]*\})`[^`\r\n]+`|\[\[[^\[\]\r\n]+\]\]|\[-?@[^\[\]\r\n]+\])",
    re.MULTILINE,
)
_FRONT = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n")
_FRONT_LINE = re.compile(r"[ \t]*(?:#.*|[\w\"'][^:=\n]*[:=].*|-[ \t].*|[\]}].*)?\r?(?:\n|\Z)|[ \t]+.*(?:\n|\Z)")
_PARAGRAPH_END = re.compile(r"\n(?=[ \t>]*\r?(?:\n|\Z))|\Z")
_LEAF_END = re.compile(r"\n(?=[ \t>]*(?:\r?\n|\Z|#{1,6}[ ]|[-*+][ ]|\d{1,9}[.)][ ]|`{3}|~{3}|<!--))|\Z")
_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf|textit|operatorname)\s*\{[^{}]*\}")
_PROSE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,} +[a-zA-Z]{2,}(?![a-zA-Z])")
_OPERATOR = re.compile(r"[\\^_=<>+*/{}|]")
_DIRECTIVE = re.compile(
    r"\{(?:admonition|attention|caution|danger|definition|dropdown|error|example|exercise|figure|hint|important|lemma|note|"
    r"proof|remark|seealso|solution|theorem|tip|warning)\b"
)
_VERBATIM = re.compile(r"\{%-?\s*(highlight|code|comment|raw|mermaid|math|katex)\b")


def regions(text: str) -> Iterator[Region]:
    """The regions of a Markdown text, ordered and disjoint."""
    scan = _Scan(text)
    position = front_matter(text)
    if position:
        yield Region(0, position, "tag", whole=True)
    while match := _TOKEN.search(text, position):
        before = position
        kind, position = scan.close(match)
        if kind:
            within_text = match.lastgroup in ("dollar", "reference", "script") or match[0].endswith("(")
            start = _word_start(text, before, match.start()) if match.lastgroup == "script" else match.start()
            yield Region(start, position, kind, not within_text and _alone(text, start, position))


def _word_start(text: str, before: int, place: int) -> int:
    word = _WORD.search(text, max(before, place - 20), place)
    return word.start() if word else place


def front_matter(text: str) -> int:
    """Where the front matter ends; 0 where there is none, or none that is whole."""
    opening = _FRONT.match(text)
    position = opening.end() if opening else 0
    while opening and position < len(text):
        line = text[position : text.find("\n", position) + 1 or len(text)]
        position += len(line)
        if line.strip() == opening[1] or line.strip() == "...":
            return position
        if not _FRONT_LINE.fullmatch(line):
            return 0
    return 0


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a region has its lines to itself, but for the marks of a quote."""
    while start > 0 and text[start - 1] in " \t>":
        start -= 1
    while end < len(text) and text[end] in " \t\r":
        end += 1
    return (start == 0 or text[start - 1] in "\r\n") and (end == len(text) or text[end] == "\n" or text[end - 1] in "\r\n")


class _Scan:
    """Finds where an opening mark closes, and remembers what is known of the text ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = {_PARAGRAPH_END: -1, _LEAF_END: -1}  # the next end of a paragraph, and of a leaf, from here
        self.next: dict[str, Range] = {}  # closing mark -> where it was searched from, where its next occurrence ends
        self.unclosed: set[str] = set()  # templates whose ends do not occur any more
        self.directives: list[str] = []  # the fences of the directives we are in
        self.ticks: dict[int, list[int]] | None = None  # length of a run of backticks -> its places

    def close(self, match: re.Match[str]) -> tuple[Kind | None, int]:
        """What a token opens and where that ends; None where there is nothing to keep a parser from."""
        start, end, token = match.start(), match.end(), match[0]
        found: tuple[Kind | None, int] = (None, end)
        match match.lastgroup:
            case "fence":
                found = self._fence(match["bar"], match["info"].strip(), end)
            case "ticks":
                found = (None, self._code(len(token), end))
            case "comment":
                found = self._until("comment", "-->", start + 2, len(self.text), end)
            case "environment":
                found = self._display(token.replace("begin", "end", 1), end)
            case "latex":
                found = self._latex(token, start, end)
            case "display":
                found = self._display("$$", end)
            case "dollar":
                found = self._dollar(end)
            case "template":
                found = self._template(token, start, end)
            case "line" | "attributes":
                found = ("tag", end)
            case "option" if self.directives:
                found = ("tag", end)
            case "admonition":
                found = ("admonition", end)
            case "reference" | "script":
                found = ("reference", end)
        return found

    def _display(self, mark: str, start: int) -> tuple[Kind | None, int]:
        return self._until("formula", mark, start, self._end(_PARAGRAPH_END, start), start)

    def _until(self, kind: Kind, mark: str, start: int, limit: int, otherwise: int) -> tuple[Kind | None, int]:
        found = self._find(mark, start, limit)
        return (kind, found) if found >= 0 else (None, otherwise)

    def _find(self, mark: str, start: int, limit: int) -> int:
        """The end of the next closing mark, -1 where there is none before the limit."""
        since, end = self.next.get(mark, (0, -1))
        if not since <= start <= end - len(mark):
            place = self.text.find(mark, start)
            end = place + len(mark) if place >= 0 else len(self.text) + len(mark)  # beyond any limit
            self.next[mark] = (start, end)
        return end if end <= limit else -1

    def _end(self, pattern: re.Pattern[str], start: int) -> int:
        if self.ends[pattern] < start:
            found = pattern.search(self.text, start)
            self.ends[pattern] = found.start() if found else len(self.text)
        return self.ends[pattern]

    def _fence(self, bar: str, info: str, start: int) -> tuple[Kind | None, int]:
        """Pass over fenced code; a directive that holds text, ```{note}, has only its fences kept from the parser."""
        if not info and self.directives and bar.startswith(self.directives[-1]):
            self.directives.pop()
            return "tag", start
        if _DIRECTIVE.match(info):
            self.directives.append(bar)
            return "tag", start
        closing = re.compile(rf"^[ \t>]*{bar[0]}{{{len(bar)},}}[ \t]*\r?$", re.MULTILINE).search(self.text, start)
        return None, closing.end() if closing else len(self.text)

    def _code(self, length: int, start: int) -> int:
        """The end of a code span that opens with so many backticks; its own start where it does not close."""
        if self.ticks is None:
            self.ticks = {}
            for run in re.finditer("`+", self.text):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        places = self.ticks.get(length, [])
        index = bisect_left(places, start)
        if index < len(places) and places[index] < self._end(_LEAF_END, start):
            return places[index] + length
        return start

    def _latex(self, token: str, start: int, end: int) -> tuple[Kind | None, int]:
        display = token[-1] == "["
        limit = self._end(_PARAGRAPH_END if display else _LEAF_END, end)
        found = self._find(token[:-1] + ("]" if display else ")"), end, limit)
        if found < 0 or self.text.find(token, end, found) >= 0:
            return None, end
        if display and _alone(self.text, start, found):
            return "formula", found
        return ("formula", found) if _is_formula(self.text[end : found - len(token)]) else (None, end)

    def _dollar(self, start: int) -> tuple[Kind | None, int]:
        """Pandoc's rule: no white space inside the two marks, no digit after them; so that prices stay text."""
        limit = self._end(_LEAF_END, start)
        found = self._find("$", start, limit)
        while found >= 2 and self.text[found - 2] == "\\":
            found = self._find("$", found, limit)
        if found < 0 or self.text[found - 2].isspace() or self.text[found : found + 1].isdecimal():
            return None, start
        content = self.text[start : found - 1]
        priced = content[0].isdecimal() and " " in content and not _OPERATOR.search(content)
        return ("formula", found) if _is_formula(content) and not priced else (None, start)

    def _template(self, token: str, start: int, end: int) -> tuple[Kind | None, int]:
        found = self._find("}}" if token == "{{" else "%}", end, self._end(_PARAGRAPH_END, end))
        if found < 0:
            return None, end
        verbatim = _VERBATIM.match(self.text, start)
        if verbatim and verbatim[1] not in self.unclosed:
            closing = re.compile(rf"\{{%-?\s*end{verbatim[1]}\s*-?%\}}").search(self.text, found)
            if closing:
                return "tag", closing.end()
            self.unclosed.add(verbatim[1])
        return "tag", found


def _is_formula(content: str) -> bool:
    """Whether what stands between two marks is no prose: ``\\[see the notes\\]`` is an escaped bracket."""
    content = _TEXT.sub("", content)
    return not _PROSE.search(content) and (not content or any(map(str.isascii, content)))
