"""Translation memory: what people made of a sentence before, used for the same sentence and shown for a similar one.

A memory is read from editions that somebody corrected (TSV, JSONL, TMX, XLIFF). Likeness is that of the field's tools: one
minus the insertions and deletions that turn one text into the other, over the length of both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from diglot.pipeline import bilingual
from diglot.pipeline.bilingual.files import read_file
from diglot.pipeline.document import AlignedPair, Finding, Segment, Translation
from diglot.pipeline.translate import Request, Translator, base, source_language, translate

ALIKE = 0.75  # a translation of so similar a sentence is worth showing


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, its translation, and where they stand (``FILE:LINE``)."""

    source: str
    target: str
    place: str


@dataclass(frozen=True)
class Memory:
    """Units by language pair; of two with the same source the later one counts."""

    units: dict[tuple[str, str], dict[str, Unit]]

    def exact(self, text: str, source: str, target: str) -> Unit | None:
        """The unit of this very text, white space apart."""
        return self.units.get((source, target), {}).get(_key(text))

    def similar(self, text: str, source: str, target: str) -> tuple[Unit, float] | None:
        """The most similar unit and its likeness, if that is at least ``ALIKE``."""
        from rapidfuzz import fuzz, process

        known = self._keys.get((source, target))
        found = process.extractOne(_key(text), known, scorer=fuzz.ratio, score_cutoff=100 * ALIKE) if known else None
        return (self.units[source, target][found[0]], found[1] / 100) if found else None

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[str]]:
        return {pair: list(units) for pair, units in self.units.items()}


def read(paths: Iterable[str | Path]) -> Memory:
    """The memory that editions hold. Raises :class:`diglot.InputError` for a file that cannot be read as one."""
    units: dict[tuple[str, str], dict[str, Unit]] = {}
    for path in map(Path, paths):
        for row in read_file(path):
            if bilingual.pair(row, 0).translation.status == "translated" and row.source.strip() and row.target.strip():
                pair = base(row.source_language.lower()), base(row.target_language.lower())
                units.setdefault(pair, {})[_key(row.source)] = Unit(row.source, row.target, f"{path.name}:{row.line}")
    return Memory(units)


def translate_with(
    memory: Memory, segments: Sequence[Segment], translator: Translator, request: Request
) -> Iterator[AlignedPair]:
    """Translate segments: those that the memory has from it, the others by the translator, similar units as findings."""
    known = {}
    for one in segments:
        if unit := memory.exact(one.text, source_language(one, request), base(request.target)):
            known[one.index] = unit
    made = translate((one for one in segments if one.index not in known), translator, request)
    for one in segments:
        if one.index in known:
            yield _remembered(one, known[one.index])
        else:
            yield _with_similar(next(made), memory, request)


def _remembered(segment: Segment, unit: Unit) -> AlignedPair:
    finding = Finding("memory", "info", f"From the translation memory, {unit.place}")
    return AlignedPair(segment, Translation(unit.target, "translated"), (finding,))


def _with_similar(pair: AlignedPair, memory: Memory, request: Request) -> AlignedPair:
    if pair.translation.status == "kept":
        return pair
    found = memory.similar(pair.segment.text, source_language(pair.segment, request), base(request.target))
    if not found:
        return pair
    unit, likeness = found
    message = f"{likeness:.0%} like “{unit.source}”, which became “{unit.target}” ({unit.place})"
    return replace(pair, findings=(*pair.findings, Finding("memory-similar", "info", message, "Use what fits of it")))


def _key(text: str) -> str:
    return " ".join(text.split())
