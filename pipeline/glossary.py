"""Glossaries: the terms of a text, what they are to become, and whether they did.

A glossary has a direction. Its terms are found by :mod:`diglot.pipeline.terminology.index`; where they overlap the longest
wins, then the leftmost. A match is written into the text for the model (:func:`annotate`), or protected from it
(:func:`protected`), and looked for in the translation (:func:`check_terms`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from diglot import TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE, GlossaryError
from diglot.pipeline.document import AlignedPair, Finding, Span, primary
from diglot.pipeline.terminology.index import Index, japanese_stem, units
from diglot.pipeline.terminology.inflection import english_plural, fold

__all__ = [
    "Glossary",
    "Match",
    "OtherLanguagesError",
    "Term",
    "annotate",
    "check_terms",
    "in_capitals",
    "merge",
    "missed",
    "protected",
    "read",
    "renderings",
    "spellings",
]


class OtherLanguagesError(GlossaryError):
    """A glossary is not of the languages that are wanted."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term, the translations that are accepted for it (the first is the one to write) and those that are forbidden.

    Accepted ones that are ``one_way`` do not lead back to the term: 分析 may stand for "parse", and is mostly "analysis".
    ``origin`` is where it was read, as ``file:line``. A ``wish`` is written into the text and never searched for.
    """

    source: str
    targets: tuple[str, ...]
    forbidden: tuple[str, ...] = ()
    do_not_translate: bool = False
    case_sensitive: bool = False
    verb: bool = False
    domain: str = ""
    note: str = ""
    origin: str = ""
    one_way: tuple[str, ...] = ()
    wish: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A term found in a text, at ``[start, end)``."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class Glossary:
    """Terms of one direction. ``warnings`` tells what was odd in the file but could be used."""

    source: str
    target: str
    terms: tuple[Term, ...]
    warnings: tuple[str, ...] = ()

    def match(self, text: str, language: str, spans: Sequence[Span] = ()) -> list[Match]:
        """The terms of a text in order, none overlapping another or a protected span.

        Nothing is found in a text that is not in the glossary's source language.

        >>> terms = Term("neural network", ("ニューラルネット",)), Term("network", ("ネットワーク",))
        >>> glossary = Glossary("en", "ja", terms)
        >>> [(m.start, m.end, m.term.source) for m in glossary.match("Neural networks, networks", "en")]
        [(0, 15, 'neural network'), (17, 25, 'network')]
        """
        if primary(language) != primary(self.source):
            return []
        found = (Match(start, end, term) for start, end, term in self._index.find(text, spans))
        return longest(match for match in found if _case_agrees(text, match))

    def reverse(self) -> "Glossary":
        """The glossary of the other direction: accepted translations lead back to all their terms, but for those one way."""
        back: dict[str, list[Term]] = {}
        for rank in range(max((len(term.targets) for term in self.terms), default=0)):
            for term in self.terms:  # first those whose first translation it is
                if rank < len(term.targets) and (target := term.targets[rank]) not in term.one_way:
                    back.setdefault(target, []).append(term)
        return Glossary(self.target, self.source, tuple(_reversed(*entry) for entry in back.items()), self.warnings)

    @cached_property
    def has_names(self) -> bool:
        """Whether there are terms that must not be translated."""
        return any(term.do_not_translate for term in self.terms)

    @cached_property
    def _index(self) -> Index[Term]:
        index: Index[Term] = Index(self.source)
        for term in self.terms:
            index.add(term.source, term, verb=term.verb)
        return index


def read(path: str | Path, *, source: str | None = None, target: str | None = None) -> Glossary:
    """Read a glossary file: TSV, CSV or TBX (``docs/glossaries.md`` says what each may hold).

    ``source`` and ``target`` are the languages wanted: a file of the other direction is turned round, and of a file in
    several languages two are taken. Left out, they are what the file says (its header, its name, its elements).
    Raises :class:`diglot.GlossaryError` as ``FILE:LINE: what; what to do``, and :class:`OtherLanguagesError` where it has
    not the languages that are wanted; nothing is half-loaded.
    """
    from diglot.pipeline.terminology.files import read as read_file

    return read_file(Path(path), source, target)


def merge(glossaries: Sequence[Glossary]) -> Glossary:
    """One glossary of several with the same direction; a term of an earlier one is not taken from a later one."""
    first = glossaries[0]
    if any((g.source, g.target) != (first.source, first.target) for g in glossaries):
        message = "glossaries of different directions cannot be merged"
        raise ValueError(message)
    taken: set[str] = set()
    terms: list[Term] = []
    for glossary in glossaries:
        new = [term for term in glossary.terms if fold(term.source) not in taken]
        terms += new
        taken |= {fold(term.source) for term in new}
    return Glossary(first.source, first.target, tuple(terms), tuple(w for g in glossaries for w in g.warnings))


def protected(matches: Iterable[Match]) -> list[Span]:
    """The matches that must not be translated, as spans that pass a translator as placeholders."""
    return [Span(match.start, match.end, "name") for match in matches if match.term.do_not_translate]


def annotate(text: str, matches: Iterable[Match]) -> str:
    """Write into a text what each term is to become, in the marks that the model knows.

    A text that is masked already can be matched and annotated too: a placeholder is never part of a term. Terms that
    are not to be translated are left to :func:`protected`.
    """
    pieces: list[str] = []
    done = 0
    for match in matches:
        if match.term.do_not_translate or not match.term.targets:
            continue
        pieces += (text[done : match.start], TERM_OPEN, text[match.start : match.end])
        pieces += (TERM_CLOSE, match.term.targets[0], TERM_TARGET_CLOSE)
        done = match.end
    return "".join(pieces) + text[done:]


def check_terms(pair: AlignedPair, glossary: Glossary) -> list[Finding]:
    """Each term of a pair that is rendered as its glossary forbids, or not rendered as it wants.

    Once in the translation is enough, however often the source has the term, and any accepted form will do; a word that
    is forbidden for one term may stand where another term of the segment accepts it. Segments that were kept or could
    not be translated have no findings.
    """
    segment, translation = pair.segment, pair.target
    if pair.translation.status != "translated":
        return []
    first: dict[Term, Match] = {}
    for match in glossary.match(segment.text, segment.language, segment.spans):
        first.setdefault(match.term, match)
    accepted, forbidden = renderings(translation, first, glossary.target)
    wrong = {match.term: match for match in forbidden}
    right = {match.term for match in accepted}
    findings = []
    for term, match in first.items():
        words = segment.text[match.start : match.end]
        if term in wrong:
            findings.append(_finding_forbidden(match, words, wrong[term], translation))
        elif term not in right and not _is_left(term, words, translation):
            findings.append(_finding_missing(match, words))
    return findings


def renderings(translation: str, terms: Iterable[Term], language: str) -> tuple[list[Match], list[Match]]:
    """Where a translation has accepted and where forbidden renderings of terms, in order.

    A forbidden one inside an accepted one, also of another of the terms, is none.
    """
    good: Index[Term] = Index(language, lenient=True)
    bad: Index[Term] = Index(language)
    for term in terms:
        for target in term.targets if not term.do_not_translate else ():
            good.add(target, term, verb=True)
        for target in term.forbidden:
            bad.add(target, term)
    accepted = [Match(*place) for place in good.find(translation)]
    forbidden = (Match(*place) for place in bad.find(translation))
    free = longest(f for f in forbidden if not any(a.start <= f.start and f.end <= a.end for a in accepted))
    return accepted, free


def missed(translation: str, terms: Iterable[Term], language: str) -> list[Term]:
    """The terms that a translation renders as is forbidden, or not as is accepted.

    >>> missed("勾配を計算する", [Term("gradient", ("勾配",)), Term("loss", ("損失",))], "ja")[0].source
    'loss'
    """
    terms = tuple(terms)
    accepted, forbidden = renderings(translation, terms, language)
    right = {match.term for match in accepted} - {match.term for match in forbidden}
    return [term for term in terms if term not in right]


def spellings(term: Term, language: str) -> list[str]:
    """The strings of which one has to be in a translation: the accepted ones, and some of their forms.

    >>> spellings(Term("normalize", ("正規化する", "規格化する")), "ja"), spellings(Term("勾配", ("gradient",)), "en")
    (['正規化する', '正規化', '規格化する', '規格化'], ['gradient', 'gradients'])
    """
    other = _OTHER_FORMS.get(primary(language))
    return list(dict.fromkeys(form for target in term.targets for form in (target, *(other(target) if other else ()))))


def _other_in_japanese(target: str) -> list[str]:
    """A verb or adjective without its ending, where enough is left (学 of 学ぶ is in many other words); a katakana word with
    and without a last long vowel (レイヤ, レイヤー)."""
    if re.search("[ァ-ヺ]ー?$", target):
        return [target[:-1]] if target.endswith("ー") else [target + "ー"] if target[-1] in _BEFORE_LONG_VOWEL else []
    stem = japanese_stem(target)
    return [stem] if len(stem) > 1 else []


_BEFORE_LONG_VOWEL = frozenset("アカガサザタダナハバパマヤラワァャ")


def _in_plural(target: str) -> list[str]:
    """An English term in the plural, where it ends in a word."""
    return [english_plural(target)] if target[-1:].isalpha() and target[-1:].isascii() else []


_OTHER_FORMS: Mapping[str, Callable[[str], list[str]]] = {"ja": _other_in_japanese, "en": _in_plural}


def _is_left(term: Term, words: str, translation: str) -> bool:
    """Whether a term that asks for no translation has none."""
    return words in translation if term.do_not_translate else not term.targets


def _finding_forbidden(match: Match, words: str, wrong: Match, translation: str) -> Finding:
    message = f"“{translation[wrong.start : wrong.end]}” must not stand for “{words}”"
    places = (match.start, match.end), (wrong.start, wrong.end)
    return Finding("term-forbidden", "error", message, _advice(match.term), *places)


def _finding_missing(match: Match, words: str) -> Finding:
    message = f"“{words}” is not rendered as the glossary has it"
    return Finding("term-missing", "warning", message, _advice(match.term), (match.start, match.end))


def _advice(term: Term) -> str:
    if term.do_not_translate:
        return f"leave “{term.source}” as it is"
    return "Write " + " or ".join(f"“{target}”" for target in term.targets) if term.targets else "Write it otherwise"


def _reversed(target: str, terms: Sequence[Term]) -> Term:
    first = terms[0]
    return Term(
        source=target,
        targets=tuple(dict.fromkeys(term.source for term in terms)),
        do_not_translate=first.do_not_translate,
        case_sensitive=in_capitals(target),
        domain=first.domain,
        note=first.note,
        origin=first.origin,
    )


def in_capitals(source: str) -> bool:
    """Whether a term has two or more letters, all capitals (IT, GAN): its case counts, unless the glossary says no."""
    letters = [c for c in source if c.isalpha()]
    return len(letters) >= 2 and all(c.isupper() for c in letters)


def longest(matches: Iterable[Match]) -> list[Match]:
    """The matches that are left, in order, when the longest wins and of equals the leftmost."""
    kept: list[Match] = []
    taken: set[int] = set()  # every position of a kept match: terms are short
    for match in sorted(matches, key=lambda m: (m.start - m.end, m.start)):
        places = range(match.start, match.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(match)
    return sorted(kept, key=lambda m: m.start)


def _case_agrees(text: str, match: Match) -> bool:
    """Whether the text has the case of a case-sensitive term, its inflected ending left aside (GAN, GANs)."""
    if not match.term.case_sensitive:
        return True
    pairs = zip(units(text[match.start : match.end]), units(match.term.source), strict=False)
    return all(word.startswith(wanted if len(wanted) < 4 else wanted[:-2]) for word, wanted in pairs)
