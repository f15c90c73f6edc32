"""One rendering of a term all through a document: the first that is well supported is asked for again further on.

A translator sees one sentence at a time, and a term of which no glossary speaks may become two things in one lecture. When
the document is translated, its terms are found in it as ``diglot glossary extract`` finds them; of a term with several
renderings the first is kept that something speaks for, and the later sentences with another one are translated again with it
written into the text. That is a wish: no search is made for it, and where the translator does not follow, the sentence stays
as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from diglot.pipeline.document import AlignedPair
from diglot.pipeline.glossary import Glossary, Term, merge, missed
from diglot.pipeline.lexicon import said
from diglot.pipeline.terminology.renderings import Rendering, Usage, extract
from diglot.pipeline.terminology.transliteration import likeness
from diglot.pipeline.translate import Request, Translator, translate

ALIKE = 0.9  # of a transliteration, more than where one is only looked for


@dataclass(frozen=True, slots=True)
class Kept:
    """A term, the rendering that was kept, and the indices of the pairs that had another one and now have it."""

    term: str
    rendering: str
    changed: tuple[int, ...]


def keep_first(
    pairs: Sequence[AlignedPair], translator: Translator, request: Request, source: str
) -> tuple[list[AlignedPair], list[Kept]]:
    """The pairs of a document with the later renderings of its terms changed to the first, and what was kept.

    Terms are those of the sentences in ``source``; those of the request's glossary are its own affair.
    """
    wishes = list(_wishes(pairs, request, source))
    wanted: dict[int, list[Term]] = {}
    for term, places in wishes:
        for index in places:
            wanted.setdefault(index, []).append(term)
    again = translate([pairs[index].segment for index in wanted], translator, _with(request, source, wishes))
    result = list(pairs)
    for index, new in zip(wanted, again, strict=True):
        if new.translation.status == "translated" and not missed(new.target, wanted[index], request.target):
            result[index] = replace(new, findings=pairs[index].findings)
    changed = {index for index in wanted if result[index] is not pairs[index]}
    kept = [Kept(term.source, term.targets[0], tuple(i for i in places if i in changed)) for term, places in wishes]
    return result, [one for one in kept if one.changed]


def _with(request: Request, source: str, wishes: Sequence[tuple[Term, Sequence[int]]]) -> Request:
    own = request.glossary or Glossary(source, request.target, ())
    return replace(request, glossary=merge([own, replace(own, terms=tuple(term for term, _ in wishes))]))


def _wishes(pairs: Sequence[AlignedPair], request: Request, source: str) -> Iterator[tuple[Term, list[int]]]:
    """Terms with the renderings to keep, and the indices of the pairs to change."""
    remembered = {index for index, pair in enumerate(pairs) if any(finding.code == "memory" for finding in pair.findings)}
    for usage in extract(pairs, source, request.target):
        if request.glossary and request.glossary.match(usage.term, source):
            continue
        first = _first(usage, source, request.target)
        others = {index for one in usage.renderings if first and _is_another(one, first) for index in one.pairs}
        places = [i for i in sorted(others - remembered) if first and i > first.pairs[0] and i not in first.pairs]
        if first and places:
            yield Term(usage.term, (first.text,), wish=True), places


def _first(usage: Usage, source: str, target: str) -> Rendering | None:
    """The rendering to keep: the first that is the term in other letters or, where none is, that stands twice and that the
    lexicon knows for each of the term's words."""
    inside = said(usage.term, source)
    alike = [one for one in usage.renderings if _is_alike(one.text, usage.term)]
    known = [one for one in usage.renderings if len(one.pairs) > 1 and inside and inside <= said(one.text, target)]
    return min(alike or known, key=lambda one: one.pairs[0], default=None)


def _is_alike(rendering: str, term: str) -> bool:
    return rendering.casefold() == term.casefold() or likeness(rendering, term) >= ALIKE


def _is_another(one: Rendering, first: Rendering) -> bool:
    """Whether a rendering is none of a shorter or longer piece of the first."""
    return one.text not in first.text and first.text not in one.text
