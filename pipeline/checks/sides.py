"""A pair as the checks look at it: two texts, their languages, and the same texts without what is protected."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from diglot.pipeline import protect
from diglot.pipeline.checks.carried import carried
from diglot.pipeline.document import AlignedPair, Finding, Range, Span

__all__ = ["BLANK", "Check", "Sides", "blank", "sides"]

# Stands for each character of a protected piece, so that places stay right.
BLANK = "\ufffc"
# Names and amounts belong to the sentence; what is not text at all is left out of the prose.
_IN_PROSE = {"name", "number"}


@dataclass(frozen=True, slots=True)
class Sides:
    """``prose`` is a text with every protected piece blanked out. Languages are primary: ``zh`` for ``zh-Hant``.

    ``spare`` are pieces of the translation that look protected and stand in no source span's place; they are looked
    for where one is lost. ``kept`` are the places of the spans that came through, in the translation; ``kept_index``
    which of ``spans`` each is.
    """

    source: str
    target: str
    source_language: str
    target_language: str
    source_prose: str
    target_prose: str
    spans: tuple[Span, ...]
    kept: tuple[Span, ...]
    kept_index: tuple[int, ...]
    lost: tuple[Span, ...]
    spare: tuple[Span, ...]


Check = Callable[[Sides], Iterator[Finding]]


def sides(pair: AlignedPair, language: str) -> Sides:
    """Set a pair out for the checks."""
    segment, target = pair.segment, pair.target
    found = carried(segment.text, segment.spans, target)
    kept = tuple(span for _, span in found.kept)
    spare = tuple(_spare(target, kept)) if found.lost else ()
    return Sides(
        source=segment.text,
        target=target,
        source_language=segment.language.partition("-")[0].lower(),
        target_language=language.partition("-")[0].lower(),
        source_prose=blank(segment.text, [(s.start, s.end) for s in segment.spans if s.kind not in _IN_PROSE]),
        target_prose=blank(target, sorted((s.start, s.end) for s in (*kept, *spare) if s.kind not in _IN_PROSE)),
        spans=segment.spans,
        kept=kept,
        kept_index=tuple(index for index, _ in found.kept),
        lost=found.lost,
        spare=spare,
    )


def _spare(target: str, kept: Sequence[Span]) -> Iterator[Span]:
    taken = bytearray(len(target))
    for span in kept:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return (span for span in protect.find(target) if not any(taken[span.start : span.end]))


def blank(text: str, places: Sequence[Range]) -> str:
    """A text with the ordered places blanked out, as long as it was."""
    pieces, done = [], 0
    for start, end in places:
        pieces += [text[done:start], BLANK * (end - start)]
        done = end
    return "".join(pieces) + text[done:]
