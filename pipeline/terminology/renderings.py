"""Finding terms in aligned pairs: what each term became and where, and which words behave like terms.

What a term became is found in three steps, each for the pairs that the step before left open: renderings that the
glossary knows, good or bad; cognates (the term itself in Latin letters, or a katakana word that sounds like it); and
phrases that stand in the translations of the term and hardly elsewhere, by the log-likelihood ratio (Dunning,
Computational Linguistics 19, 1993), unless they go better with another phrase of the source. What nothing speaks for is
left as unexplained, with its place.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from diglot import PLACEHOLDERS
from diglot.pipeline.document import AlignedPair, Finding, is_unspaced, primary
from diglot.pipeline.glossary import Glossary, Term, longest, renderings
from diglot.pipeline.terminology.index import Index, units
from diglot.pipeline.terminology.phrases import is_common, phrases, word_key
from diglot.pipeline.terminology.transliteration import likeness

__all__ = ["Rendering", "Usage", "audit", "consistency", "extract"]

Verdict = Literal["accepted", "forbidden", "unknown"]

_ALIKE = 0.85  # of a transliteration
_ASSOCIATED = 7.0  # log-likelihood ratio of a rendering; 7 has p = 0.008
_SHARE = 0.5  # so much of a rendering's occurrences goes with the term
_NO_WORD = PLACEHOLDERS[0]
_RIVAL = 1.2  # a rendering that goes so much better with another phrase is that one's


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a term became: the phrase, the indices of the pairs, and what the glossary says of it."""

    text: str
    pairs: tuple[int, ...]
    verdict: Verdict = "unknown"


@dataclass(frozen=True, slots=True)
class Usage:
    """A term, the indices of the pairs that have it, its renderings by frequency, and the pairs left unexplained."""

    term: str
    pairs: tuple[int, ...]
    renderings: tuple[Rendering, ...]
    unexplained: tuple[int, ...] = ()


def audit(pairs: Sequence[AlignedPair], glossary: Glossary) -> list[Usage]:
    """The glossary's terms that the pairs have, then those that :func:`extract` finds, each with all its renderings.

    Only pairs in the glossary's source language count. Either list is by frequency.
    """
    texts = _Texts(pairs, glossary.source, glossary.target)
    known = {texts.source.key(term.source) for term in glossary.terms}
    found = texts.usages(_places(pairs, texts, glossary))
    return found + [usage for usage in _extracted(texts, 2) if texts.source.key(usage.term) not in known]


def _places(pairs: Sequence[AlignedPair], texts: "_Texts", glossary: Glossary) -> dict[Term, set[int]]:
    places: dict[Term, set[int]] = defaultdict(set)
    for index, (source, _) in texts.rows.items():
        for match in glossary.match(source, glossary.source, pairs[index].segment.spans):
            places[match.term].add(index)
    return places


def extract(pairs: Sequence[AlignedPair], source: str, target: str, *, minimum: int = 3) -> list[Usage]:
    """Phrases that behave like terms: in ``minimum`` pairs or more, not everyday words, with their own renderings."""
    return _extracted(_Texts(pairs, source, target), minimum)


def consistency(pairs: Sequence[AlignedPair], glossary: Glossary) -> list[tuple[int, Finding]]:
    """A finding for each pair, by its index, that renders a term as accepted but not as most of the document does."""
    texts = _Texts(pairs, glossary.source, glossary.target)
    findings = []
    for usage in texts.usages(_places(pairs, texts, glossary)):
        accepted = [rendering for rendering in usage.renderings if rendering.verdict == "accepted"]
        for other in accepted[1:]:
            usual = accepted[0]
            message = f"“{usage.term}” is “{other.text}” here and “{usual.text}” in {len(usual.pairs)} pairs"
            finding = Finding("term-inconsistent", "info", message, f"Write “{usual.text}” throughout")
            findings += [(index, finding) for index in other.pairs if index not in usual.pairs]
    return sorted(findings, key=lambda item: item[0])


def _extracted(texts: "_Texts", minimum: int) -> list[Usage]:
    language = texts.languages[0]
    frequent = {
        key: places
        for key, places in texts.source.where.items()
        if len(places) >= minimum and not is_common(key, language) and (len(key) > 1 or not is_unspaced(key))
    }
    candidates = {Term(texts.shown(key), ()): frequent[key] for key in _independent(frequent)}
    return [usage for usage in texts.usages(candidates) if usage.renderings]


def _independent(found: Mapping[str, set[int]]) -> list[str]:
    """The phrases that stand outside a longer one of the list in at least a fifth of their places."""
    longer: Counter[str] = Counter()
    for key, places in found.items():
        for part in _parts(key):
            longer[part] = max(longer[part], len(places))
    return [key for key, places in found.items() if longer[key] <= 0.8 * len(places)]


def _parts(key: str) -> Iterator[str]:
    """The shorter phrases inside a phrase: of words where it has spaces, else of characters."""
    pieces, glue = (key.split(" "), " ") if " " in key else (list(key), "")
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            if end - start < len(pieces):
                yield glue.join(pieces[start:end])


class _Side:
    """The phrases of one side of the pairs: in which pairs each stands, and how it is written."""

    def __init__(self, texts: Mapping[int, str], language: str) -> None:
        self.language = language
        self.where: dict[str, set[int]] = defaultdict(set)
        self.keys: dict[int, set[str]] = defaultdict(set)
        self.surfaces: dict[str, Counter[str]] = defaultdict(Counter)
        for index, text in texts.items():
            for key, surface in phrases(text, language):
                self.where[key].add(index)
                self.keys[index].add(key)
                self.surfaces[key][surface] += 1

    def key(self, phrase: str) -> str:
        """The key of a phrase, as :func:`phrases` would give it."""
        pieces = [word_key(unit, self.language) for unit in units(phrase)]
        spaced = [piece if is_unspaced(piece[0]) else f" {piece} " for piece in pieces]
        return " ".join("".join(spaced).split())


@dataclass(frozen=True, slots=True)
class _Open:
    """A term, the pairs that have it, those not yet explained, and the places where translations have it as it is."""

    term: Term
    places: set[int]
    left: set[int]
    untouched: Sequence[tuple[str, int]]  # phrase, pair; the source of the pair may not have the term
    known: set[str]  # renderings found so far


class _Texts:
    """The translated pairs of one direction."""

    def __init__(self, pairs: Sequence[AlignedPair], source: str, target: str) -> None:
        self.languages = primary(source), primary(target)
        self.rows = {
            index: _words_of(pair)
            for index, pair in enumerate(pairs)
            if primary(pair.segment.language) == self.languages[0] and pair.translation.status == "translated"
        }
        self.source = _Side({index: row[0] for index, row in self.rows.items()}, self.languages[0])
        self.target = _Side({index: row[1] for index, row in self.rows.items()}, self.languages[1])

    def shown(self, key: str) -> str:
        """A phrase of the source as it is written most often."""
        return self.source.surfaces[key].most_common(1)[0][0]

    def usages(self, terms: Mapping[Term, set[int]]) -> list[Usage]:
        """The terms, each given with the pairs that have it, by frequency."""
        index: Index[Term] = Index(self.languages[0])
        for term in terms:
            index.add(term.source, term)
        untouched: dict[Term, list[tuple[str, int]]] = defaultdict(list)
        for row, (_, target) in self.rows.items():
            for start, end, term in index.find(target):
                untouched[term].append((self.target.key(target[start:end]), row))
        usages = [self._usage(_Open(term, places, set(places), untouched[term], set())) for term, places in terms.items()]
        return sorted(usages, key=lambda usage: -len(usage.pairs))

    def _usage(self, sought: "_Open") -> Usage:
        found: dict[str, set[int]] = defaultdict(set)
        verdicts: dict[str, Verdict] = {self.target.key(target): "accepted" for target in sought.term.targets}
        for step in (self._known, self._cognates, self._associated):
            for key, verdict, index in step(sought):
                found[key].add(index)
                verdicts.setdefault(key, verdict)
            sought.left.difference_update(*found.values())
            sought.known.update(found)
        surfaces = self.target.surfaces
        listed = (
            Rendering(surfaces[k].most_common(1)[0][0] if k in surfaces else k, tuple(sorted(found[k])), verdicts[k])
            for k in sorted(found, key=lambda key: (-len(found[key]), key))
        )
        return Usage(sought.term.source, tuple(sorted(sought.places)), tuple(listed), tuple(sorted(sought.left)))

    def _known(self, sought: _Open) -> Iterator[tuple[str, Verdict, int]]:
        verdicts: tuple[Verdict, Verdict] = ("accepted", "forbidden")
        for index in sought.places:
            text = self.rows[index][1]
            for verdict, matches in zip(verdicts, renderings(text, (sought.term,), self.languages[1]), strict=True):
                for match in longest(matches):
                    yield self.target.key(text[match.start : match.end]), verdict, index

    def _cognates(self, sought: _Open) -> Iterator[tuple[str, Verdict, int]]:
        """The term itself in the translation, else the katakana word that sounds most like it."""
        left = set(sought.left)
        for key, index in sought.untouched:
            yield key, "unknown", index
            left.discard(index)
        heard = {key: likeness(key, sought.term.source) for index in left for key in self._katakana(index)}
        for key in sorted(heard, key=lambda key: -heard[key]):
            if heard[key] >= _ALIKE:
                inside = {index for index in left if key in self.rows[index][1]}
                yield from ((key, "unknown", index) for index in inside)
                left -= inside

    def _katakana(self, index: int) -> Iterator[str]:
        return (key for key in self.target.keys[index] if all("ァ" <= character <= "ー" for character in key))

    def _associated(self, sought: _Open) -> Iterator[tuple[str, Verdict, int]]:
        """Phrases by association, the strongest first, each for the pairs that those before it leave open."""
        left = set(sought.left)
        chosen: list[str] = []
        for key in self._associates(sought):
            covered = left & self.target.where[key]
            if covered and not any(self._is_part(c, key) for c in chosen) and not self._has_rival(key, sought):
                chosen = [c for c in chosen if not self._is_part(key, c)] + [key]
                left -= covered
        for key in chosen:  # 構造 beside データ構造 is news only where the longer is not
            related = any(self._is_part(key, known) or self._is_part(known, key) for known in sought.known)
            where = self.target.where[key] & (sought.left if related else sought.places)
            yield from ((key, "unknown", index) for index in where)

    def _is_part(self, part: str, whole: str) -> bool:
        return part in whole if self.languages[1] in ("ja", "zh") else f" {part} " in f" {whole} "

    def _associates(self, sought: _Open) -> list[str]:
        """The phrases of the open translations that go with the term, the strongest and of equals the longest first."""
        together: Counter[str] = Counter()
        for index in sought.places:
            together.update(self.target.keys[index])
        scored = []
        for key in {key for index in sought.left for key in self.target.keys[index] if together[key] > 1}:
            where = self.target.where[key]
            alone = len(where)
            copied = len(where & self.source.where.get(key, set())) > alone / 2  # it renders itself
            if together[key] < _SHARE * alone or copied or is_common(key, self.languages[1], 300):
                continue
            score = log_likelihood(together[key], len(sought.places), alone, len(self.rows))
            if score >= _ASSOCIATED:
                scored.append((score, len(key), key))
        scored.sort(reverse=True)
        independent = set(_independent({key: self.target.where[key] for _, _, key in scored}))
        return [key for _, _, key in scored if key in independent]

    def _has_rival(self, key: str, sought: _Open) -> bool:
        """Whether another phrase of the source goes clearly better with a rendering than the term does."""
        where = self.target.where[key]
        words = set(self.source.key(sought.term.source).split(" "))
        own = log_likelihood(len(sought.places & where), len(sought.places), len(where), len(self.rows))
        together: Counter[str] = Counter()
        for index in where:
            together.update(self.source.keys[index])
        return any(
            log_likelihood(both, len(self.source.where[rival]), len(where), len(self.rows)) > _RIVAL * own
            for rival, both in together.items()
            if words.isdisjoint(rival.split(" "))
        )


def _words_of(pair: AlignedPair) -> tuple[str, str]:
    """Both texts with something that is no word in the place of formulas, code and names; the source as long as it was."""
    source, target = pair.segment.text, pair.target
    pieces = [source[span.start : span.end] for span in pair.segment.spans]
    for span, piece in zip(pair.segment.spans, pieces, strict=True):
        source = source[: span.start] + _NO_WORD * len(piece) + source[span.end :]
    for piece in sorted(filter(None, pieces), key=len, reverse=True):
        target = target.replace(piece, _NO_WORD)
    return source, target


def log_likelihood(both: int, first: int, second: int, size: int) -> float:
    """Dunning's ratio of two things that occur ``first`` and ``second`` times among ``size``, ``both`` times together.

    0 where they meet no more often than by chance.

    >>> round(log_likelihood(4, 4, 4, 100), 1), log_likelihood(1, 50, 50, 100)
    (33.6, 0.0)
    """
    size = max(size, first + second - both)
    if both * size <= first * second:
        return 0.0
    cells = (both, first - both, second - both, size - first - second + both)
    table = _entropy(cells)
    return 2 * (table - _entropy((first, size - first)) - _entropy((second, size - second)))


def _entropy(counts: Iterable[int]) -> float:
    counts = [count for count in counts if count]
    total = sum(counts)
    return sum(count * math.log(count / total) for count in counts)
