"""Translation memory: what people made of a sentence before, used for the same sentence and shown for a similar one.

A memory is read from editions that somebody corrected (TSV, JSONL, TMX, XLIFF). Where one sentence was translated in
several ways, the one whose neighbours are those of the sentence at hand is meant: the context match of translation tools.
A sentence that differs in its numbers alone gets its own numbers, as there. Likeness is theirs too: one minus the insertions
and deletions that turn one text into the other, over the length of both.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import Row, key
from diglot.pipeline.bilingual.files import read_file
from diglot.pipeline.document import AlignedPair, Finding, Segment, Translation, primary
from diglot.pipeline.renumbering import renumbered, without_numbers
from diglot.pipeline.translate import Request, Translator, is_kept, source_language, translate

ALIKE = 0.75  # a translation of so similar a sentence is worth showing
_SHORTEST = ALIKE / (2 - ALIKE)  # the length of one text over that of the other, below which the two cannot be alike
_LATEST = 1000  # translations of one sentence that are looked at, the latest

Direction = tuple[str, str]  # source language, target language
Context = tuple[str, str]  # the sentences before and after


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, its translation, where they stand (``FILE:LINE``), between which sentences, and what people noted."""

    source: str
    target: str
    place: str
    context: Context = ("", "")
    note: str = ""
    score: float | None = None
    exchanges: tuple[tuple[str, str], ...] = ()  # the numbers that were put in the place of its own


@dataclass(frozen=True)
class Memory:
    """Units by direction and source, the latest last, and how many units of each direction a file has."""

    units: dict[Direction, dict[str, list[Unit]]]
    files: Mapping[str, Counter[Direction]] = field(default_factory=dict)

    def recall(self, text: str, source: str, target: str, context: Context = ("", "")) -> Unit | None:
        """The unit of this very text, else the latest that has other numbers and is certain with those of the text."""
        if unit := self.exact(text, source, target, context):
            return unit
        wanted = key(text)
        for known in islice(reversed(self._by_pattern.get((source, target), {}).get(without_numbers(wanted), [])), _LATEST):
            unit = self.units[source, target][known][-1]
            if made := renumbered(known, unit.target, wanted, target):
                return replace(unit, target=made.target, score=None, exchanges=made.exchanges)
        return None

    def exact(self, text: str, source: str, target: str, context: Context = ("", "")) -> Unit | None:
        """The unit of this very text, white space apart: of several the one in the same context, else the latest."""
        units = self.units.get((source, target), {}).get(key(text), [])
        around = key(context[0]), key(context[1])
        latest = islice(reversed(units), _LATEST)
        return max(latest, key=lambda unit: sum(a == b for a, b in zip(unit.context, around, strict=True)), default=None)

    def similar(self, text: str, source: str, target: str) -> tuple[Unit, float] | None:
        """The most similar unit and its likeness, if that is at least ``ALIKE``."""
        from rapidfuzz import fuzz, process

        wanted, known = key(text), self._by_length.get((source, target), [])
        shortest, longest = int(len(wanted) * _SHORTEST), int(len(wanted) / _SHORTEST) + 1
        known = known[bisect_left(known, shortest, key=len) : bisect_right(known, longest, key=len)]
        found = process.extractOne(wanted, known, scorer=fuzz.ratio, score_cutoff=100 * ALIKE)
        return (self.units[source, target][found[0]][-1], found[1] / 100) if found else None

    def told(self, target: str) -> Iterator[str]:
        """What each file gives for a target, a line each."""
        for name, counts in self.files.items():
            fitting = [f"{n} {a}→{b}" for (a, b), n in counts.items() if b == primary(target)]
            others = [f"{n} {a}→{b}" for (a, b), n in counts.items() if b != primary(target)]
            has = f"no units into {target}" + (f", only {', '.join(others)}" if others else "")
            yield f"memory: {name}: {', '.join(fitting) or has}"

    @cached_property
    def _by_pattern(self) -> dict[Direction, dict[str, list[str]]]:
        """The sources of each direction that have numbers, by what remains without them."""
        patterns: dict[Direction, dict[str, list[str]]] = {}
        for pair, units in self.units.items():
            for text in units:
                if (pattern := without_numbers(text)) != text:
                    patterns.setdefault(pair, {}).setdefault(pattern, []).append(text)
        return patterns

    @cached_property
    def _by_length(self) -> dict[Direction, list[str]]:
        """The sources of each direction, short ones first: those of other lengths need not be compared."""
        return {pair: sorted(units, key=len) for pair, units in self.units.items()}


def read(paths: Iterable[str | Path], source: str | None = None, target: str | None = None) -> Memory:
    """The memory that editions hold. Raises :class:`diglot.InputError` for a file that cannot be read as one.

    ``source`` and ``target`` are the languages of tables that do not say theirs.
    """
    units: dict[Direction, dict[str, list[Unit]]] = {}
    counts: dict[str, Counter[Direction]] = {}
    for path in map(Path, paths):
        counted = counts.setdefault(str(path), Counter())
        rows: dict[str, list[Row]] = {}
        for row in read_file(path, source, target):
            if row.target_language:
                rows.setdefault(row.target_language, []).append(row)
        for row, context in (placed for group in rows.values() for placed in _in_context(bilingual.in_order(group))):
            if bilingual.status(row) == "translated" and row.source.strip() and row.target.strip():
                pair = primary(row.source_language), primary(row.target_language)
                unit = Unit(row.source, row.target, f"{path.name}:{row.line}", context, row.note, row.score)
                units.setdefault(pair, {}).setdefault(key(row.source), []).append(unit)
                counted[pair] += 1
    return Memory(units, counts)


def alike(one: str, other: str) -> bool:
    """Whether two texts are similar enough for one translation to be worth showing for the other."""
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other, score_cutoff=100 * ALIKE) > 0


def _in_context(rows: Sequence[Row]) -> Iterator[tuple[Row, Context]]:
    keys = ["", *(key(row.source) for row in rows), ""]
    yield from zip(rows, zip(keys, keys[2:], strict=False), strict=True)


def translate_with(
    memory: Memory, segments: Sequence[Segment], translator: Translator, request: Request
) -> Iterator[AlignedPair]:
    """Translate segments: those that the memory has from it, the others by the translator, similar units as findings."""
    known = {}
    texts = ["", *(one.text for one in segments), ""] if memory.units else []
    for one, context in zip(segments, zip(texts, texts[2:], strict=False), strict=False):
        if is_kept(one, request):
            continue
        if unit := memory.recall(one.text, source_language(one, request), primary(request.target), context):
            known[one.index] = unit
    made = translate((one for one in segments if one.index not in known), translator, request)
    for one in segments:
        if one.index in known:
            yield _remembered(one, known[one.index])
        else:
            yield _with_similar(next(made), memory, request)


def _remembered(segment: Segment, unit: Unit) -> AlignedPair:
    exchanged = ", ".join(f"“{new}” for “{old}”" for old, new in unit.exchanges)
    message = f"From the translation memory, {unit.place}" + (f", with {exchanged}" if exchanged else "")
    finding = Finding("memory", "info", message)
    return AlignedPair(segment, Translation(unit.target, "translated", unit.score), (finding,), unit.note)


def _with_similar(pair: AlignedPair, memory: Memory, request: Request) -> AlignedPair:
    if pair.translation.status == "kept":
        return pair
    found = memory.similar(pair.segment.text, source_language(pair.segment, request), primary(request.target))
    if not found:
        return pair
    unit, likeness = found
    message = f"{likeness:.0%} like “{unit.source}”, which became “{unit.target}” ({unit.place})"
    return replace(pair, findings=(*pair.findings, Finding("memory-similar", "info", message, "Use what fits of it")))
