"""What shows only over several pairs: translations that slipped against their sources, one source or term translated
two ways, two registers.

A shift is found as Page's cumulative sum (1954) finds a change: for each offset, the evidence that a source belongs
to the translation so many places on, rather than to the one that holds so far, is summed up and never falls below
zero. Where it passes a threshold, the shift began where the sum last left zero. Evidence are the lengths
(``lengths.deviation``) and the anchors, that is the numbers, names and protected pieces that two texts share.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain, islice

from diglot.pipeline.checks.lengths import deviation, size
from diglot.pipeline.document import AlignedPair, Finding
from diglot.pipeline.glossary import Glossary
from diglot.pipeline.register import Register, register

__all__ = ["consistent", "consistent_terms", "in_one_register", "shifted"]

_REACH = 2
# Evidence is in nats. A pair never weighs more than the cap, so that no single odd one makes a shift.
_THRESHOLD = 16.0
_CAP = 5.0
_ANCHOR = 2.5
# No shift takes more pairs than this to show; so many are held back at most.
_LONGEST_WAIT = 48

_ANCHORS = re.compile(r"\d+|[A-Z][A-Za-z]*\d*[A-Za-z]+|[A-Za-z]+_\w+")


@dataclass(frozen=True, slots=True)
class _Traits:
    """What of a pair is compared with its neighbours."""

    source_size: int
    target_size: int
    source_anchors: frozenset[str]
    target_anchors: frozenset[str]
    language: str


class _Sums:
    """For each offset the cumulative sum of the evidence against the one that holds, and where it last left zero."""

    def __init__(self) -> None:
        self.offset = 0  # that holds
        self._clear()

    def _clear(self) -> None:
        self.sums = dict.fromkeys(range(-_REACH, _REACH + 1), 0.0)
        self.starts: dict[int, int] = {}

    def add(self, position: int, fits: Mapping[int, float]) -> int | None:
        """Take in how well one source fits each translation around it; where another offset began, if one has."""
        for offset, fit in fits.items():
            if offset == self.offset or self.offset not in fits:
                continue
            if not self.sums[offset]:
                self.starts[offset] = position
            self.sums[offset] = max(0.0, self.sums[offset] + fit - fits[self.offset])
        best = max(self.sums, key=lambda offset: self.sums[offset])
        if self.sums[best] < _THRESHOLD:
            return None
        self.offset, start = best, self.starts[best]
        self._clear()
        return start

    def earliest(self, position: int) -> int:
        """Where the first of the changes began that may still show."""
        return min((self.starts[offset] for offset, total in self.sums.items() if total), default=position)


def shifted(pairs: Iterable[AlignedPair], language: str) -> Iterator[AlignedPair]:
    """The pairs, with a finding where the translations begin to belong to other sources than their own."""
    waiting: deque[AlignedPair] = deque()
    sums = _Sums()
    for position, (pair, around) in enumerate(_with_neighbours(pairs)):
        waiting.append(pair)
        first = position - len(waiting) + 1  # of those that wait
        start = sums.add(position, _fits(around, language))
        if start is not None and sums.offset:
            place = max(0, start - first)
            waiting[place] = _marked(waiting[place], sums.offset)
        while waiting and first < max(sums.earliest(position + 1), position - _LONGEST_WAIT):
            yield waiting.popleft()
            first += 1
    yield from waiting


def _with_neighbours(pairs: Iterable[AlignedPair]) -> Iterator[tuple[AlignedPair, list[_Traits | None]]]:
    """Each pair with its traits in the middle of those around it, None where nothing stands."""
    window: deque[tuple[AlignedPair | None, _Traits | None]] = deque([(None, None)] * (2 * _REACH), 2 * _REACH + 1)
    for pair in chain(pairs, [None] * _REACH):
        window.append((pair, _traits(pair) if pair else None))
        middle = window[_REACH][0]
        if middle:
            yield middle, [traits for _, traits in window]


def _fits(around: Sequence[_Traits | None], language: str) -> dict[int, float]:
    """How well the source in the middle and each translation around it go together, in nats."""
    here = around[_REACH]
    if here is None:
        return {}
    return {i - _REACH: _belongs(here, other, language) for i, other in enumerate(around) if other}


def _marked(pair: AlignedPair, offset: int) -> AlignedPair:
    where = "next" if offset > 0 else "previous"
    line = "translation" if abs(offset) == 1 else "translation but one"
    message = f"From here on the {where} {line} seems to be the one that belongs to each source"
    advice = "See whether a line is missing or doubled here"
    return replace(pair, findings=(*pair.findings, Finding("shifted", "error", message, advice)))


def _belongs(source: _Traits, target: _Traits, language: str) -> float:
    """How well the source of one pair and the translation of another go together."""
    z = deviation(source.source_size, target.target_size, source.language, language)
    evidence = -min(_CAP, z * z / 2)
    if source.source_anchors and target.target_anchors:
        evidence += _ANCHOR if source.source_anchors & target.target_anchors else -_ANCHOR
    return evidence


def _traits(pair: AlignedPair) -> _Traits | None:
    """None for a pair that says nothing about its neighbours."""
    source, target = pair.segment.text, pair.target
    here, there = size(source), size(target)
    if pair.translation.status != "translated" or not here or not there:
        return None
    return _Traits(here, there, _anchors(source), _anchors(target), pair.segment.language.partition("-")[0])


def _anchors(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _ANCHORS.findall(text))


def consistent(pairs: Iterable[AlignedPair]) -> Iterator[AlignedPair]:
    """The pairs, with a finding where a source that came before is translated in another way.

    Sources are remembered by a digest, so that a long document takes little memory.
    """
    before: dict[bytes, tuple[int, bytes]] = {}
    for pair in pairs:
        source = _normal(pair.segment.text)
        if pair.translation.status != "translated" or len(source) < _SHORTEST:
            yield pair
            continue
        key, target = _digest(source), _digest(_normal(pair.target))
        index, first = before.setdefault(key, (pair.segment.index, target))
        if first != target:
            message = f"Segment {index + 1} has the same source and another translation"
            finding = Finding("inconsistent", "info", message, "Choose one of them, if nothing speaks for two")
            yield replace(pair, findings=(*pair.findings, finding))
        else:
            yield pair


# Shorter ones (Yes. Right?) are translated as the context asks.
_SHORTEST = 12


def _normal(text: str) -> str:
    return " ".join(text.split()).rstrip(".。!！").casefold()


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def consistent_terms(pairs: Iterable[AlignedPair], glossary: Glossary) -> Iterator[AlignedPair]:
    """The pairs, with a finding where a term is rendered as the glossary accepts, but not as in most of the document."""
    from diglot.pipeline.terminology.renderings import consistency

    pairs = iter(pairs)
    while part := list(islice(pairs, _LONGEST_PART)):
        for index, finding in consistency(part, glossary):
            part[index] = replace(part[index], findings=(*part[index].findings, finding))
        yield from part


def in_one_register(pairs: Iterable[AlignedPair]) -> Iterator[AlignedPair]:
    """The pairs of a Japanese translation, with a finding where a sentence leaves the register of most others."""
    pairs = iter(pairs)
    while part := list(islice(pairs, _LONGEST_PART)):
        registers = [register(pair.target) if pair.translation.status == "translated" else None for pair in part]
        odd = _odd_one(registers)
        for pair, found in zip(part, registers, strict=True):
            yield replace(pair, findings=(*pair.findings, _REGISTER[found])) if found and found == odd else pair


def _odd_one(registers: Iterable[Register | None]) -> Register | None:
    """The register of few sentences, where there are enough in the other one to say so."""
    counts = Counter(filter(None, registers))
    few, many = sorted(_REGISTER, key=counts.__getitem__)
    return few if counts[many] >= max(_FEWEST, _CLEAR * counts.total()) else None


_REGISTER: Mapping[Register, Finding] = {
    "plain": Finding(
        "register", "info", "Plain form in a text that is in です・ます", "Write one register, quotations apart"
    ),
    "polite": Finding(
        "register", "info", "です・ます in a text that is in the plain form", "Write one register, quotations apart"
    ),
}
_FEWEST = 8  # sentences in one register, before the other is odd
_CLEAR = 0.75  # of those that are in any
_LONGEST_PART = 2000
