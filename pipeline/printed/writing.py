"""Pages to Markdown.

Slides, which are wider than high, each begin with their title as a heading. On other pages a heading has the higher a level
the larger it is, and text goes on from column to column and from page to page.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from textwrap import indent as indented

from diglot.pipeline.document import is_unspaced
from diglot.pipeline.printed import Page
from diglot.pipeline.printed.blocks import Block, Kind, Look, blocks_of
from diglot.pipeline.printed.columns import regions
from diglot.pipeline.printed.furniture import usual_size, without_running, without_standing, without_steps
from diglot.pipeline.printed.words import joined, words_of

_LEVELS = 6
_ALIKE = 0.93  # of a size: headings that are no smaller have the same level
_FEWEST, _OFTEN = 3, 0.3  # slides, at least and of all, that begin at one place: that of their titles
_RUNNING = ("paragraph", "item")
_ASIDE = ("caption", "table", "note", "code")
_NUMBERED = re.compile(r"\d{1,3}[.)]")
_RAISED_NUMBER = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_NOTE_NUMBER = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{1,2}(?!\d)")
_AFTER_WORD = r"([^\W\d_]{2}|[\u3041-\u9fff]|[.,;:!?)”’\"。、」）])"
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_STARTS = re.compile(r"#(?=#{0,5}(?:\s|\Z))|[-+*:](?=\s|\Z)|\d{1,9}[.)](?=\s|\Z)|>|~(?=~~)|=(?==*\Z)|-(?=-+\Z)|\|")
_CLOSING = re.compile(r"(?:(?<=\s)|\A)#(?=#*\Z)")  # which would end a heading and not be in it
_BACKSLASH = r"\\\g<0>"
_MARKS = re.compile(
    r"(?P<code>`[^`]+`)|<(?=[A-Za-z/!?])|\\(?=[!-/:-@\[-`{-~])|&(?=#?\w+;)|\*(?=\S)|(?<=\S)\*|(?<!\w)_|_(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Written:
    """Markdown, and what of the pages is not in it."""

    text: str
    left_out: tuple[str, ...]


def written(pages: Sequence[Page]) -> Written:
    """Pages as Markdown."""
    body = usual_size(pages)
    slides = 2 * sum(page.width > page.height for page in pages) > len(pages)
    plain = without_running(pages, body)
    steps = without_steps(plain) if slides else plain
    left = without_standing(steps, body)
    cut = [regions(page.lines) for page in left]
    look = Look.of((region.lines for page in cut for region in page), body, slides=slides)
    found = [[blocks_of(region, look) for region in page] for page in cut]
    blocks = _slides(left, found) if slides else _text_of(found)
    known = words_of(line.text for page in left for line in page.lines)
    return Written("".join(_lines(blocks, known)), tuple(_left_out(pages, plain, steps, left)))


def _left_out(pages: Sequence[Page], plain: Sequence[Page], steps: Sequence[Page], left: Sequence[Page]) -> Iterator[str]:
    """What was left out on the way."""
    running = _count(pages) - _count(plain) + _count(steps) - _count(left)
    if running:
        yield f"running heads, feet and page numbers ({running:,})"
    if len(steps) < len(plain):
        yield f"slides that the next one repeats ({len(plain) - len(steps):,})"


def _count(pages: Sequence[Page]) -> int:
    return sum(len(page.lines) for page in pages)


def _slides(pages: Sequence[Page], found: Sequence[Sequence[Sequence[Block]]]) -> list[Block]:
    """The blocks of slides, each with its title as the only heading."""
    tops = [(round(page.lines[0].left), round(page.lines[0].base)) if page.lines else None for page in pages]
    usual = {place for place, count in Counter(tops).items() if place and count >= max(_FEWEST, _OFTEN * len(pages))}
    blocks: list[Block] = []
    for number, (page, top) in enumerate(zip(found, tops, strict=True)):
        own = list(chain(*page))
        begins = own and top in usual and own[0].lines[:1] == (pages[number].lines[0].text,)
        title = 0 if begins and _may_head(own[0]) else _largest(own)
        for place, block in enumerate(own):
            kind = "heading" if place == title else _demoted(block)
            blocks.append(replace(block, kind=kind, level=1 if not number else 2))
    return blocks


def _largest(blocks: Sequence[Block]) -> int | None:
    """The block that is larger than all others, where it is one of the first two and may be a title."""
    size = max((block.size for block in blocks), default=0.0)
    found = next((place for place, block in enumerate(blocks[:2]) if block.size == size and _may_head(block)), None)
    if found is None or (blocks[found].kind != "heading" and all(block.size == size for block in blocks)):
        return None
    return found


def _demoted(block: Block) -> Kind:
    return "paragraph" if block.kind == "heading" else block.kind


def _may_head(block: Block) -> bool:
    return block.kind in ("heading", "paragraph") and len(block.lines) <= 3


def _text_of(found: Sequence[Sequence[Sequence[Block]]]) -> list[Block]:
    """The blocks of pages of running text."""
    notes = _Notes()
    return _levelled(_continued([region for number, page in enumerate(found, 1) for region in notes.marked(page, number)]))


def _levelled(blocks: Sequence[Block]) -> list[Block]:
    """Blocks, in which the larger headings have the higher levels; of one size bold ones come first."""
    levels: dict[tuple[float, bool], int] = {}
    before: tuple[float, bool] | None = None
    for size, light in sorted({(-one.size, not one.bold) for one in blocks if one.kind == "heading"}):
        same = before is not None and size < _ALIKE * before[0] and light == before[1]
        levels[-size, not light] = max(levels.values(), default=0) + (not same)
        before = before if same and before else (size, light)
    return [replace(one, level=min(levels[one.size, one.bold], _LEVELS)) if one.kind == "heading" else one for one in blocks]


def _continued(regions: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks of all regions; what runs on from the end of one is joined with the beginning of the next."""
    made: list[Block] = []
    open_at: int | None = None
    for region in regions:
        start = next((n for n, block in enumerate(region) if block.kind not in _ASIDE), None)
        head = region[start] if start is not None else None
        joins = open_at is not None and head is not None and _goes_on(made[open_at], head)
        if joins and open_at is not None and head is not None:
            made[open_at] = replace(made[open_at], lines=(*made[open_at].lines, *head.lines), ends=head.ends, full=head.full)
        offset = len(made)
        kept = [block for number, block in enumerate(region) if not (joins and number == start)]
        made += kept
        if any(block.kind not in _ASIDE for block in kept):
            last = max(n for n, block in enumerate(kept) if block.kind not in _ASIDE)
            open_at = offset + last if kept[last].kind in _RUNNING and not kept[last].ends else None
    return made


def _goes_on(block: Block, after: Block) -> bool:
    """Whether a paragraph or an item goes on in the next region with its first paragraph."""
    if after.kind != "paragraph" or after.bold != block.bold or abs(after.size - block.size) > 0.06 * block.size:
        return False
    begin, end = after.lines[0][0], block.lines[-1][-1]
    return begin.islower() or (not after.indented and (end == "-" or (block.full and is_unspaced(begin))))


class _Notes:
    """Notes at the foot of pages and their marks in the text, which become those of Markdown."""

    def __init__(self) -> None:
        self.labels: set[str] = set()

    def marked(self, page: Sequence[Sequence[Block]], number: int) -> list[list[Block]]:
        """The regions of a page; a note whose mark is not found stays as it is."""
        made = [list(region) for region in page]
        seen: set[str] = set()
        for place, one in [(place, one) for place, region in enumerate(made) for one, _ in enumerate(region)]:
            note = made[place][one]
            begin = _NOTE_NUMBER.match(note.lines[0]) if note.kind == "note" else None
            if not begin:
                continue
            count = begin[0].translate(_DIGITS)
            if count in seen:
                continue
            seen.add(count)
            label = count if count not in self.labels else f"{number}-{count}"
            if self._mark(made, count, label):
                self.labels.add(label)
                rest = note.lines[0][begin.end() :].lstrip()
                made[place][one] = replace(note, marker=f"[^{label}]:", lines=(rest, *note.lines[1:]))
        return made

    def _mark(self, regions: list[list[Block]], count: str, label: str) -> bool:
        """Put the mark of a note in the place of its number, where one stands at the end of a word; whether one does."""
        raised = re.compile(_AFTER_WORD + r"(\s?)" + count.translate(_RAISED) + r"(?![⁰¹²³⁴⁵⁶⁷⁸⁹])(\s?)")
        for region in regions:
            for place, block in enumerate(region):
                for number, line in enumerate(block.lines if block.kind in (*_RUNNING, "heading") else ()):
                    if found := raised.search(line):
                        space = " " if found[2] or found[3] else ""
                        marked = f"{line[: found.end(1)]}[^{label}]{space}{line[found.end() :]}"
                        lines = (*block.lines[:number], marked, *block.lines[number + 1 :])
                        region[place] = replace(block, lines=lines)
                        return True
        return False


@dataclass(frozen=True, slots=True)
class _List:
    """A list that is open: where its markers stand on the page, its indentation in Markdown and that of its text."""

    left: float
    indent: int
    inner: int


def _lines(blocks: Sequence[Block], known: frozenset[str]) -> Iterator[str]:
    """The blocks as text; what follows an item and is indented as far belongs to it."""
    lists: list[_List] = []
    for before, block in pairwise([None, *blocks]):
        if before and block:
            yield "\n" if _follows(before, block) else "\n\n"
        if block:
            lists = _lists(lists, block)
            indent = lists[-1].indent if block.kind == "item" else lists[-1].inner if lists else 0
            yield indented(_text(block, known), " " * indent)
    yield "\n" if blocks else ""


def _lists(lists: Sequence[_List], block: Block) -> list[_List]:
    """The lists that are open where a block stands, its own with them."""
    half = 0.5 * block.size
    if block.kind == "item":
        outer = [one for one in lists if one.left < block.left - half]
        same = next((one for one in lists if abs(one.left - block.left) <= half), None)
        indent = same.indent if same else outer[-1].inner if outer else 0
        return [*outer, _List(block.left, indent, indent + len(_marker(block)) + 1)]
    return [one for one in lists if one.left < block.left - half] if block.kind in ("paragraph", "code") else []


def _follows(before: Block, block: Block) -> bool:
    """Whether an item may stand right below another: Markdown takes one below it that begins with 2 for its text."""
    is_deeper = block.left > before.left + 0.5 * block.size
    return before.kind == block.kind == "item" and not (is_deeper and _marker(block) not in ("-", "1.", "1)"))


def _marker(block: Block) -> str:
    """The marker of an item as Markdown knows it."""
    if _RAISED_NUMBER.fullmatch(block.marker):
        return block.marker.translate(_DIGITS) + "."
    return block.marker if _NUMBERED.fullmatch(block.marker) else "-"


def _text(block: Block, known: frozenset[str]) -> str:
    """A block as Markdown."""
    if block.kind == "code":
        fence = "`" * max(3, 1 + max((len(run) for line in block.lines for run in re.findall("`+", line)), default=0))
        return "\n".join((fence, *block.lines, fence))
    if block.kind == "table":
        return "\n".join(_table(block.rows))
    text = joined(block.lines, known)
    if block.kind == "heading":
        return f"{'#' * block.level} {_CLOSING.sub(_BACKSLASH, _marked(text))}"
    text = _escaped(text)
    match block.kind:
        case "item":
            marker = _marker(block)
            kept = f"{block.marker} " if marker == "-" and block.marker[-1] in ".)）" else ""
            return f"{marker} {kept}{text}"
        case "note" if block.marker:
            return f"{block.marker} {text}"
    return text


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield "| " + " | ".join(_escaped(cell).replace("|", "\\|") for cell in row) + " |"
        if not number:
            yield "|" + "---|" * len(row)


def _escaped(text: str) -> str:
    """A paragraph in which Markdown finds no mark but those of code."""
    text = _marked(text)
    begin = _STARTS.match(text)
    return f"{text[: begin.end() - 1]}\\{text[begin.end() - 1 :]}" if begin else text


def _marked(text: str) -> str:
    """Text within a line, in which Markdown finds no mark but those of code."""
    return _MARKS.sub(lambda found: found["code"] or "\\" + found[0], text)
