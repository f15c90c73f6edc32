"""A text in which characters stand for their spellings, and notes behind their paragraphs; and the file that it was again.

LaTeX writes ``caf\\'e`` for café and puts a footnote into the middle of a sentence. A translator, and whoever reads an
edition, is better served by ``café`` and ``word¹``. Each such place is a :class:`~diglot.pipeline.document.Spelling` of the
document, which says what the file holds there: so the file comes back byte for byte where nothing is translated.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, count
from operator import itemgetter
from typing import NamedTuple, TypeVar

from diglot.pipeline.document import Block, Document, Range, Segment, Span, Spelling
from diglot.pipeline.formats import tex_characters
from diglot.pipeline.formats.assembly import assembled
from diglot.pipeline.formats.lines import trim

T = TypeVar("T", Span, Spelling)
_TAKES_OPTION = re.compile(r"\\(?:[A-Za-z@]+\*?|\\)\s*\Z")
_NAME_AT_END = re.compile(r"\\[A-Za-z@]+\Z")
_RAISED = re.compile("[⁰¹²³⁴-⁹]+")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Character(NamedTuple):
    """A piece of the file that spells a character."""

    start: int
    end: int
    character: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note in the file, its words, and the place behind the paragraph where they are to be read."""

    start: int
    end: int
    words: Range
    behind: int


def resolve(text: str, blocks: Iterable[Block], characters: Sequence[Character], notes: Iterable[Note]) -> Document:
    """The document of a LaTeX text whose blocks have their places in the file. The characters are in order."""
    blocks = sorted(blocks, key=lambda block: block.ranges[0])
    writer = _Writer(text, list(_within(blocks, characters)))
    writer.write(sorted(notes, key=lambda note: note.start))
    resolved = "".join(writer.parts)
    moved = sorted((writer.moved(resolved, block) for block in blocks), key=lambda block: block.ranges[0])
    return Document(resolved, "latex", tuple(moved), tuple(writer.spellings))


def _within(blocks: Iterable[Block], characters: Iterable[Character]) -> Iterator[Character]:
    """The characters that stand in the text of a block, outside of what is protected."""
    free = sorted(place for block in blocks for place in _unprotected(block))
    index = 0
    for one in characters:
        while index < len(free) and free[index][1] <= one.start:
            index += 1
        if index < len(free) and free[index][0] <= one.start and one.end <= free[index][1]:
            yield one


def _unprotected(block: Block) -> Iterator[Range]:
    spans = deque(block.spans)
    for start, end in block.ranges:
        place = start
        while spans and spans[0].start < end:
            span = spans.popleft()
            yield place, span.start
            place = span.end
        yield place, end


class _Writer:
    """Writes the resolved text, and remembers where each part of the file went."""

    def __init__(self, text: str, characters: Sequence[Character]) -> None:
        self.text, self.characters = text, characters
        self.parts: list[str] = []
        self.length = 0
        self.spellings: list[Spelling] = []
        self.copies: list[tuple[int, int, int]] = []  # where a part began in the file, where it begins and ends here
        self.ends: dict[int, int] = {}  # of the marks of notes, by those of the notes in the file

    def write(self, notes: Sequence[Note]) -> None:
        """Write the whole text."""
        numbers = _superscripts(self.text)
        place, waiting = 0, deque[tuple[Note, Range, str]]()
        for note in [*notes, None]:
            while waiting and (note is None or waiting[0][0].behind <= note.start):
                self._copy(place, waiting[0][0].behind)
                place = waiting[0][0].behind
                self._put_behind(*waiting.popleft())
            if note:
                self._copy(place, note.start)
                place, number = note.end, next(numbers)
                waiting.append((note, self._put(number, note.start), number))
                self.ends[note.end] = self.length
        self._copy(place, len(self.text))
        self.copies.sort()
        self.spellings.sort(key=lambda one: one.start)

    def _put(self, words: str, start: int) -> Range:
        """Write words for what begins at a place in the file."""
        here = (self.length, self.length + len(words))
        self.parts.append(words)
        self.length = here[1]
        self.copies.append((start, *here))
        return here

    def _copy(self, start: int, end: int) -> None:
        """Write a piece of the file, with characters for their spellings."""
        first, last = (bisect_left(self.characters, place, key=lambda one: one.start) for place in (start, end))
        for one in self.characters[first:last]:
            self._put(self.text[start : one.start], start)
            here = self._put(one.character, one.start)
            self.spellings.append(Spelling(*here, self.text[one.start : one.end]))
            start = one.end
        self._put(self.text[start:end], start)

    def _put_behind(self, note: Note, mark: Range, number: str) -> None:
        """Write the words of a note behind its paragraph; in the file they stand where its mark is."""
        begin = self.length
        self.parts.append(f" {number} ")
        self.length += len(self.parts[-1])
        start = self.length
        self._copy(*note.words)
        opening, closing = self.text[note.start : note.words[0]], self.text[note.words[1] : note.end]
        self.spellings += [Spelling(begin, self.length, ""), Spelling(*mark, opening, (start, self.length), closing)]

    def moved(self, resolved: str, block: Block) -> Block:
        """A block with its places in the resolved text."""
        ranges = (trim(resolved, self._start(start), self._end(end)) for start, end in block.ranges)
        spans = (replace(one, start=self._start(one.start), end=self._end(one.end)) for one in block.spans)
        return replace(block, ranges=tuple(one for one in ranges if one[0] < one[1]), spans=tuple(spans))

    def _start(self, place: int) -> int:
        start, here, _ = self.copies[bisect_right(self.copies, place, key=itemgetter(0)) - 1]
        return here + place - start

    def _end(self, place: int) -> int:
        if place in self.ends:
            return self.ends[place]
        start, here, end = self.copies[bisect_left(self.copies, place, key=itemgetter(0)) - 1]
        return min(here + place - start, end)


def _superscripts(text: str) -> Iterator[str]:
    """Raised numbers that a text does not hold."""
    longest = max(map(len, _RAISED.findall(text)), default=0)
    return (str(number).translate(_SUPERSCRIPT) for number in count(10 ** min(longest, 9)))


def rendered(document: Document, pieces: Mapping[Range, str], segments: Iterable[Segment]) -> str:
    """The file again, with pieces of the translations of segments in their places."""
    written = _Written(document, segments)
    notes = {one.note: one for one in document.spellings if one.note}
    homes, places = sorted(notes), sorted(pieces)
    parts: dict[Range | None, dict[Range, str]] = defaultdict(dict)  # what is written in each note, and outside of all
    for one in document.spellings:
        if not _around(one.start, places):
            parts[_around(one.start, homes)][one.start, one.end] = one.text
    for place in places:
        if home := _around(place[0], homes):
            parts[home][place] = written.piece(place, pieces[place])
    for words, note in notes.items():
        whole = note.text + assembled(document.text, parts[words], *words, pieces) + note.closing
        written.marks[note.start, note.end] = whole
    outside = {place: written.marks.get(place, text) for place, text in parts[None].items()}
    outside |= {place: written.piece(place, pieces[place]) for place in places if not _around(place[0], homes)}
    return assembled(document.text, outside, 0, len(document.text), pieces)


def _around(place: int, ranges: Sequence[Range]) -> Range | None:
    """The one of the ordered ranges that a place is in."""
    index = bisect_right(ranges, place, key=itemgetter(0)) - 1
    return ranges[index] if index >= 0 and place < ranges[index][1] else None


class _Written:
    """Pieces of translations as the file must hold them; ``marks`` are the whole notes for their marks."""

    def __init__(self, document: Document, segments: Iterable[Segment]) -> None:
        self.text, self.spellings, self.blocks = document.text, document.spellings, document.blocks
        self.sentences = {place: (one.ranges[0][0], one.ranges[-1][1]) for one in segments for place in one.ranges}
        self.open: dict[Range, int] = {}  # groups in each sentence, at the end of what was written of it
        self.marks: dict[Range, str] = {}

    def piece(self, place: Range, piece: str) -> str:
        """A piece for a place, with as many groups open at the end of a sentence as in the source. Where it leaves a line
        empty, which would end the paragraph, a comment stands there.
        """
        block = self.blocks[bisect_right(self.blocks, place[0], key=lambda one: one.ranges[0][0]) - 1]
        sentence = self.sentences[place]
        texts = {(one.start, one.end): self.text[one.start : one.end] for one in _in(block.spans, sentence)}
        protected = {text: self.marks.get(where, text) for where, text in texts.items()}
        depths = list(accumulate(map(tex_characters.opened, texts.values()), initial=0))
        before = -min(depths)  # groups that it closes only
        forms, source = self._forms(place, block.spans), self.text[slice(*place)]
        groups = self.open.get(sentence, before)
        written, groups = tex_characters.written(piece, source, forms, protected, groups)
        self.open[sentence] = groups
        missing = before + depths[-1] - groups if place[1] == sentence[1] else 0
        written += "{" * missing + "}" * -missing
        return self._guarded(written, piece, place) if written or not is_alone(self.text, place) else "%"

    def _guarded(self, written: str, piece: str, place: Range) -> str:
        r"""A piece that TeX takes for no part or option of the command before it, and that ends no option that it is in."""
        (start, end), source = place, self.text[slice(*place)]
        if written[:1].isalpha() and _NAME_AT_END.search(self.text, max(0, start - 40), start):
            return f" {written}"
        begins = piece.startswith(("[", "*")) and piece[0] != source[0]
        if begins and _TAKES_OPTION.search(self.text, max(0, start - 40), start):
            return f"{{{written[0]}}}{written[1:]}"
        is_option = self.text[start - 1 : start] == "[" and self.text[end : end + 1] == "]"
        return f"{{{written}}}" if is_option and "]" in piece and "]" not in source else written

    def _forms(self, place: Range, spans: Sequence[Span]) -> dict[str, deque[str]]:
        """How each character that may be spelled is written in a place, in order."""
        forms: dict[str, deque[str]] = defaultdict(deque)
        spelled = {one.start: one.text for one in _in(self.spellings, place) if not one.note}
        protected = {i for span in _in(spans, place) for i in range(span.start, span.end)}
        mixed = {self.text[index] for index in spelled}
        for index in range(*place):
            character = self.text[index]
            may_be_spelled = character in mixed or tex_characters.is_spelled(character)
            if index in spelled or (may_be_spelled and index not in protected):
                forms[character].append(spelled.get(index, character))
        return forms


def _in(ordered: Sequence[T], place: Range) -> Sequence[T]:
    """Those of ordered pieces that begin in a place."""
    first, last = (bisect_left(ordered, edge, key=lambda one: one.start) for edge in place)
    return ordered[first:last]


def is_alone(text: str, place: Range) -> bool:
    """Whether a place has its line to itself."""
    start, end = place
    while start and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t":
        end += 1
    return (start == 0 or text[start - 1] in "\r\n") and (end == len(text) or text[end] in "\r\n")
