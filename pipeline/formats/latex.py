r"""LaTeX: the prose of a document between its commands, which stay as they are.

Method: the tokens of TeX, one after another, with a stack of the groups that are open. A blank line, a heading, an item, the
cell of a table or a displayed formula ends a block; within one, formulas and commands are protected spans, and a command
whose argument is read within the sentence (``\emph{…}``) is a pair of marks around it. Tables (:mod:`tex_commands`) say
which arguments are prose; what they do not know stays as it is. Nothing is expanded: of the macros that a document defines
only the names of its own theorems and program listings are known, and abbreviations of ``\begin{equation}``.

Notes and spelled characters (``\'e``, ``\%``) are resolved at last (:mod:`resolved`). Any text can be read: what is left
open ends with its paragraph or the file. Each brace is looked at twice at most.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from diglot.pipeline.document import Block, BlockKind, Document
from diglot.pipeline.formats import tex_characters, tex_commands, tex_preamble
from diglot.pipeline.formats.inline import Inline
from diglot.pipeline.formats.resolved import Character, Note, is_alone, resolve
from diglot.pipeline.formats.tex_groups import Groups

_TOKEN = re.compile(
    r"(?P<blank>(?:\r\n?|\n)(?:[ \t]*(?:\r\n?|\n))+)"
    r"|(?P<newline>\r\n?|\n)"
    r"|(?P<comment>%[^\r\n]*)"
    r"|(?P<display>\$\$|\\\[)"
    r"|(?P<formula>\$|\\\()"
    rf"|(?P<spelled>{tex_characters.SPELLING})"
    r"|(?P<command>\\[A-Za-z@]+\*?)"
    r"|(?P<row>\\\\\*?(?:\[[^\[\]\r\n]{0,40}\])?)"
    r"|(?P<other>\\(?:[^\r\n](?:\{\})?)?)"
    r"|(?P<open>\{)|(?P<close>\})|(?P<cell>&)"
    r"|(?P<text>(?:[^\\%${}~`'\"?!&,\r\n-]|,(?!,))+|.)",
    re.DOTALL,
)
_NAME = re.compile(r"[ \t]*\{([^{}\r\n]{1,60})\}")
_OVERLAY = re.compile(r"<[a-z0-9@:|,.+ -]{1,40}>")
_SPACES = re.compile(r"[ \t]*")
_SETTINGS = re.compile(r"\s*[a-z]+[ \t]*=")  # \begin{theorem}[label=main]
_DEFINED = re.compile(r"\*?[ \t]*(?:\\(?:[A-Za-z@]+|.))?[^{}\\%\r\n]*")
_MATHS = re.compile(r"\\.|\$\$?|[{}]|%[^\r\n]*|(?P<stop>(?:\r\n?|\n)[ \t]*(?=[\r\n]))", re.DOTALL)
_STOP = re.compile(r"(?:\r\n?|\n)(?=[ \t]*[\r\n])")
_ADDRESS = re.compile(r"[ \t]*\{[^{}\r\n]*\}")
_MARKED = re.compile(r"\*?(?:\[[^\[\]\r\n]{0,200}\])?(?P<mark>[^\s\w*{\[\\%])[^\r\n]*?(?P=mark)")
_SWITCHES = re.compile(
    rf"\{{(?:[ \t]*\\(?:{'|'.join(sorted(tex_commands.SWITCHES))})(?![A-Za-z@]))*(?:[ \t]+(?=[^\s%}}~\\]))?"
)
_PREAMBLE = re.compile(r"\\(?P<command>title|subtitle)(?![A-Za-z@])|\\[^\r\n]|%[^\r\n]*|\{")
_THEOREM = re.compile(r"\\(?:newtheorem\*?|declaretheorem(?:\[[^\[\]]*\])?)[ \t]*\{([^{}]{1,60})\}")
_LISTING = re.compile(
    r"\\(?:lstnewenvironment|DefineVerbatimEnvironment|newtcblisting|newminted(?:\[[^\[\]]*\])?)[ \t]*\{([^{}]{1,60})\}"
)
_SHORT_MATHS = re.compile(
    r"\\(?:(?:re)?newcommand\*?|def)[ \t]*\{?\\(?P<name>[A-Za-z]+)\}?[ \t]*"
    r"\{[ \t]*\\(?P<edge>begin|end)\{(?P<environment>[a-z]{2,20}\*?)\}[ \t]*\}"
)

_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(tex_commands.TABLES, "cell"),
    **dict.fromkeys(tex_commands.QUOTATIONS, "quote"),
}
_DEEPEST = 8  # open environments looked at for the one that an end belongs to


def parse(text: str) -> Document:
    """The blocks of a LaTeX document: of its body, and the title in its preamble. Without a preamble, all of it is body."""
    reader = _Reader(text)
    body = tex_preamble.body(text)
    for start, end in reader.groups.commands(_PREAMBLE, body):
        reader.read(start, end)
    reader.read(body, len(text))
    return resolve(text, reader.blocks, reader.characters, reader.notes())


@dataclass(frozen=True, slots=True)
class _Group:
    """An argument or group that is being read: where it ends, what it is, what was read outside of it."""

    end: int
    role: str  # "pair" of marks, "title" (a block of its own) or "note"
    start: int  # of the command
    run: Inline
    mark: int  # the number of the opening mark in the run
    kind: BlockKind  # of the blocks in it
    depth: int  # environments open around it
    rest: str = ""  # arguments of the command that come after it
    words: int = 0  # where its content begins


class _Environment(NamedTuple):
    name: str
    kind: BlockKind


class _Reader:
    """Makes blocks of tokens."""

    def __init__(self, text: str) -> None:
        self.text, self.groups = text, Groups(text)
        self.place = 0
        self.blocks: list[Block] = []
        self.characters: list[Character] = []
        self.noted: list[_Group] = []  # the notes that were read
        self.theorems = tex_commands.THEOREMS.union(_THEOREM.findall(text))
        self.verbatim = tex_commands.VERBATIM.union(_LISTING.findall(text))
        short = list(_SHORT_MATHS.finditer(text))
        self.openings = {one["name"]: one["environment"] for one in short if one["edge"] == "begin"}
        self.closings = {one["environment"]: one["name"] for one in short if one["edge"] == "end"}
        self.absent: set[str] = set()  # environments whose ends do not come any more
        self.environments = [_Environment("", "paragraph")]
        self.open: list[_Group] = []
        self.in_note = False
        self.run = Inline(text, "paragraph")

    def notes(self) -> list[Note]:
        """The notes, each to be read behind the text that it is in."""
        return [Note(one.start, one.end + 1, (one.words, one.end), one.run.pieces[-1][1]) for one in self.noted]

    def read(self, start: int, end: int) -> None:
        """Read a part of the text."""
        self.place = start
        while self.place < end:
            if self.open and self.open[-1].end <= self.place:
                self._leave()
                continue
            token = _TOKEN.match(self.text, self.place, self.open[-1].end if self.open else end)
            assert token is not None
            self.place = token.end()
            self._take(token, *token.span())
        while self.open:
            self._leave()
        self._end_block()

    def _take(self, token: re.Match[str], start: int, end: int) -> None:
        match token.lastgroup:
            case "blank":
                self._end_block()
            case "newline":
                self.run.end_line()
            case "display" | "formula":
                self._formula(token)
            case "spelled":
                self._spelled(token)
            case "command":
                self._command(token[0][1:].rstrip("*"), start)
            case "row":
                self._row(start)
            case "other":
                self.place = start + 1 if token[0][1:].isspace() else end
                self.run.protect(start, self.place, "formula" if token[0] in ("\\{", "\\}") else "tag")
            case "open":
                self._brace(start)
            case "close":
                self.run.protect(start, end, "tag")
            case "cell" if self.environments[-1].name in tex_commands.TABLES:
                self._end_block()
            case "text" | "cell":
                self.run.cover(start, end)

    def _end_block(self) -> None:
        self.blocks += self.run.blocks()
        self.run = Inline(self.text, self._kind())

    def _kind(self) -> BlockKind:
        """The kind of the blocks here: that of the innermost environment or argument."""
        if self.open and self.open[-1].depth == len(self.environments):
            return self.open[-1].kind
        return self.environments[-1].kind

    def _spelled(self, token: re.Match[str]) -> None:
        found = tex_characters.character(token)
        if found is None:
            self.run.protect(*token.span(), "reference")
        else:
            self.characters.append(Character(*token.span(), found))
            self.run.cover(*token.span())

    def _row(self, start: int) -> None:
        """The end of a line, or of a row in a table: it ends the block, unless a group would be torn apart."""
        if self.open and self.open[-1].role == "pair" and self.open[-1].run is self.run:
            self.run.protect(start, self.place, "tag")
        else:
            self._end_block()

    # ------------------------------------------------------------------------------------------------------------ formulas

    def _formula(self, token: re.Match[str]) -> None:
        """Pass over a formula. A displayed one that has its lines to itself ends the block."""
        start, mark = token.start(), token[0]
        self.place = self._formula_end(token.end(), {"\\(": "\\)", "\\[": "\\]"}.get(mark, mark))
        if token.lastgroup == "display" and is_alone(self.text, (start, self.place)):
            self._end_block()
        elif self.place > token.end():
            self.run.protect(start, self.place, "formula")
        else:
            self.run.cover(start, self.place)

    def _formula_end(self, place: int, mark: str) -> int:
        """Where a formula ends: behind its closing mark, else with its group or paragraph."""
        depth = 0
        for found in _MATHS.finditer(self.text, place):
            if found[0] == "{":
                depth += 1
            elif found[0] == "}" and depth:
                depth -= 1
            elif found.lastgroup == "stop" or found[0] == "}":
                return self._trimmed(found.start())
            elif not depth and found[0].startswith(mark):
                return found.start() + len(mark)
        return self._trimmed(len(self.text))

    def _trimmed(self, place: int) -> int:
        while self.text[place - 1].isspace():
            place -= 1
        return place

    def _skip(self, name: str) -> None:
        """Pass over an environment; a formula that is not closed ends with its paragraph, other ones with the text."""
        short = rf"|\\{self.closings[name]}(?![A-Za-z@])" if name in self.closings else ""
        closing = None
        if name not in self.absent:
            closing = re.compile(rf"\\end[ \t]{{0,9}}\{{{re.escape(name)}\}}{short}").search(self.text, self.place)
        if closing is None:
            self.absent.add(name)
            closing = _STOP.search(self.text, self.place) if name.rstrip("*") in tex_commands.MATHS else None
        self.place = closing.end() if closing else len(self.text)

    # -------------------------------------------------------------------------------------------------------- environments

    def _begin(self, start: int) -> None:
        found = _NAME.match(self.text, self.place)
        if not found:
            self._keep("begin", start)
            return
        self.place, name = found.end(), found[1].rstrip("*")
        if name in tex_commands.MATHS or name in self.verbatim:
            self._end_block()
            self._skip(found[1])
            return
        self.environments.append(_Environment(name, _KINDS.get(name, self._kind())))
        self._end_block()
        letters = tex_commands.ENVIRONMENTS.get(name) or ("O" if name in self.theorems else "")
        if letters:
            self._arguments(letters, start, "heading")
        else:
            self.place = self.groups.after_arguments(self.place)

    def _end(self, start: int) -> None:
        found = _NAME.match(self.text, self.place)
        if not found:
            self._keep("end", start)
            return
        self.place = found.end() if found[1] != "document" else len(self.text)
        name = found[1].rstrip("*")
        for depth in range(1, min(_DEEPEST, len(self.environments) - 1) + 1):
            if self.environments[-depth].name == name:
                del self.environments[-depth:]
                break
        self._end_block()

    # ------------------------------------------------------------------------------------------------------------ commands

    def _command(self, name: str, start: int) -> None:
        if name == "begin":
            self._begin(start)
        elif name == "end":
            self._end(start)
        elif name in tex_commands.ITEMS:
            self.environments[-1] = self.environments[-1]._replace(kind="item")
            self._end_block()
            self._arguments("O", start, "item")
        elif name in self.openings:
            self._end_block()
            self._skip(self.openings[name])
        elif name in tex_commands.TITLES:
            self._end_block()
            letters, kind = tex_commands.TITLES[name]
            self._arguments(letters, start, kind)
        elif name in tex_commands.NOTES and not self.in_note:
            self._arguments(tex_commands.NOTES[name], start, "paragraph")
        elif name in tex_commands.RUNNING:
            self._arguments(tex_commands.RUNNING[name], start, self._kind())
        elif name in tex_commands.DEFINITIONS and (what := _DEFINED.match(self.text, self.place)):
            self._end_block()
            self.place = self.groups.after_arguments(what.end())
        elif name in tex_commands.APART:
            self._end_block()
            self.place = self.groups.after_arguments(self.place)
        else:
            self._keep(name, start)

    def _keep(self, name: str, start: int) -> None:
        """Protect a command with its arguments. What shows nothing, or stands on a line of its own, may stay where it is."""
        if name in tex_commands.CODE:
            self._protect_code(name, start)
            return
        if name not in tex_commands.SWITCHES:
            self.place = self.groups.after_arguments(self.place)
        shows = name not in tex_commands.HIDDEN and name not in tex_commands.SWITCHES
        stays = not shows or (name not in tex_commands.REFERENCES and is_alone(self.text, (start, self.place)))
        self.run.protect(start, self.place, "tag" if stays else "reference")

    def _protect_code(self, name: str, start: int) -> None:
        address = _ADDRESS.match(self.text, self.place)
        self.place = address.end() if address else self.place
        if name == "mintinline" or (name in tex_commands.MARKED and not address):
            marked = _MARKED.match(self.text, self.place)
            self.place = marked.end() if marked else self.place
        self.place = self.groups.after_arguments(self.place)
        self.run.protect(start, self.place, "code")

    # ----------------------------------------------------------------------------------------------------------- arguments

    def _brace(self, start: int) -> None:
        """A group within the text, with what is switched on at its beginning: ``{\\bf …}``."""
        end, switches = self.groups.brace(start), _SWITCHES.match(self.text, start)
        assert switches is not None
        if end < 0 or end == start + 1:
            self.place = max(start, end) + 1
            self.run.protect(start, self.place, "tag")
            return
        self.place = switches.end()
        self._enter("p", start, end, self._kind(), "")

    def _arguments(self, letters: str, start: int, kind: BlockKind) -> None:
        """Pass over the arguments of a command up to one that is prose, and enter that."""
        if overlay := _OVERLAY.match(self.text, self.place):
            self.place = overlay.end()
        for index, letter in enumerate(letters):
            spaces = _SPACES.match(self.text, self.place)
            opening = spaces.end() if spaces else self.place
            end = self.groups.bracket(opening) if letter in "oO" else self.groups.brace(opening)
            if end >= 0:
                self.place = opening + 1
                if letter not in "om" and not (letter == "O" and _SETTINGS.match(self.text, self.place)):
                    self._enter(letter, start, end, kind, letters[index + 1 :])
                    return
                self.place = end + 1
            elif letter not in "oO":
                break
        if "p" in letters or "n" in letters:
            self.run.protect(start, self.place, "tag")

    def _enter(self, letter: str, start: int, end: int, kind: BlockKind, rest: str) -> None:
        """Read an argument, whose opening mark ends here."""
        role = {"p": "pair", "n": "note"}.get(letter, "title")
        mark = self.run.protect(start, self.place, "markup") if role == "pair" else -1
        if role == "title":
            self._end_block()
        self.open.append(_Group(end, role, start, self.run, mark, kind, len(self.environments), rest, self.place))
        if role != "pair":
            self.run, self.in_note = Inline(self.text, kind), self.in_note or role == "note"

    def _leave(self) -> None:
        """Leave the innermost argument; where something in it ran past its end, all that was open ends there."""
        group = self.open.pop()
        is_whole = self.place == group.end
        self.place += is_whole
        if group.role == "pair" and is_whole and group.run is self.run:
            self._pass(group.rest)
            self.run.protect(group.end, self.place, "markup", opening=group.mark)
            return
        self._end_block()
        if group.role == "note":
            self.run, self.in_note = group.run, False
            if is_whole:
                self.run.protect(group.start, self.place, "reference")
                self.noted.append(group)
            else:
                self._end_block()
        elif group.role == "title" and is_whole:
            self._arguments(group.rest, group.start, group.kind)

    def _pass(self, letters: str) -> None:
        """Pass over further arguments that are not prose."""
        for _ in letters:
            self.place = max(self.place, self.groups.brace(self.place) + 1, self.groups.bracket(self.place) + 1)
