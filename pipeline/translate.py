"""Segments to aligned pairs: what is translated, what is kept, and what happens when a translation cannot be right.

The translator is anything that fits :class:`Translator`; a dictionary in a test will do. It gets texts in which every
protected piece is a placeholder, and what it gives is not believed: an answer that lost a placeholder, runs in a loop, is
empty, far too long, a copy of the source or in the wrong script is asked for again: with a wider beam, without repetitions,
in pieces between the protected ones. If nothing helps, the source is kept and the pair says so. A name that stands alone is
kept, too, where the translator can only have guessed.

The terms of a glossary are written into the text for a translator that was trained to read them, and terms that must not be
translated pass as placeholders. The translator is told which terms and placeholders each translation has to contain, and
sees to it if it can; only texts whose translation would lack something pay for that. Of the answers without fault the one
that misses fewest terms is taken, of these the one that has its numbers right, and of these the first without misspelt words
and in the register that is wanted.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, Protocol

from diglot import PLACEHOLDERS
from diglot.pipeline import protect
from diglot.pipeline.checks.amounts import wrong_numbers
from diglot.pipeline.checks.spelling import is_misspelt
from diglot.pipeline.document import AlignedPair, Range, Segment, Span, Translation, has_words, is_unspaced, primary
from diglot.pipeline.faults import SCRIPTS, fault
from diglot.pipeline.glossary import Glossary, Match, Term, annotate, missed, protected, spellings
from diglot.pipeline.marked import left_between_marks, put_between_marks
from diglot.pipeline.protect import Masked
from diglot.pipeline.register import Register, register
from diglot.pipeline.wording import carried, put

CHUNK = 256  # segments translated at a time: enough to fill batches, few enough to show progress and keep memory flat
WIDE_BEAM = 8  # of the second attempt
SURE_BEAM = 4  # of those after it, which ask for more than a good score
BLOCKED_NGRAM = 4
GUESS = -1.0  # nats a token, below which a translation of a name is a guess
LONGEST_NAME = 3  # words


class Hypothesis(Protocol):
    """A translation, its mean log-probability a token in nats, and the others that the same search has found."""

    @property
    def text(self) -> str:
        """The translation."""
        ...

    @property
    def score(self) -> float:
        """Its mean log-probability a token."""
        ...

    @property
    def others(self) -> "Sequence[Hypothesis]":
        """Further translations, best first; there need not be any."""
        ...


class Translator(Protocol):
    """As many hypotheses as texts, in their order."""

    def __call__(
        self,
        texts: Sequence[str],
        source: str,
        target: str,
        *,
        beam: int | None = None,
        block_ngram: int | None = None,
        must_contain: Sequence[Sequence[Sequence[str]]] | None = None,
    ) -> Sequence[Hypothesis]:
        """Translate texts; ``beam`` and ``block_ngram`` override the translator's own search for this call.

        ``must_contain`` gives each text groups of strings: of each group one is to be in the translation. A translator that
        can search for such translations does; others may leave it unread.
        """
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a document: the target, the one source language to take (None: each its own), and what there is.

    ``languages`` are those that the translator has; text in another one stays untranslated. ``fallback`` is the language
    that a passage is taken for whose own is not certain ("H2, K and V"). ``glossary`` has the terms to use, and
    ``inline_terms`` says whether the translator was trained to read them in the text. ``register`` is that of Japanese.
    """

    target: str
    languages: frozenset[str]
    only: str | None = None
    fallback: str | None = None
    glossary: Glossary | None = None
    inline_terms: bool = False
    register: Register = "polite"


def translate(segments: Iterable[Segment], translator: Translator, request: Request) -> Iterator[AlignedPair]:
    """Translate segments as they come: one pair for each, in order."""
    stream = iter(segments)
    while chunk := list(islice(stream, CHUNK)):
        translations = _translate_chunk(chunk, translator, request)
        yield from (AlignedPair(segment, translation) for segment, translation in zip(chunk, translations, strict=True))


def is_kept(segment: Segment, request: Request) -> bool:
    """Whether a segment stays as it is by rights: no words in it, in the target language already, or not asked for."""
    if not _has_words(protect.mask(segment.text, segment.spans)):
        return True
    language = source_language(segment, request)
    return language == primary(request.target) or (request.only is not None and language != primary(request.only))


def _has_words(masked: Masked) -> bool:
    return has_words("".join(c for c in masked.text if c not in _PLACEHOLDER_SET))


def source_language(segment: Segment, request: Request) -> str:
    """The language to translate a segment from, without script or region."""
    if segment.language == "und" and request.fallback and not _FOREIGN.search(segment.text):
        return primary(request.fallback)
    return primary(segment.language)


# Letters that none of our languages is written in: with them, a text whose language is not certain is in another one.
_FOREIGN = re.compile("[\u0400-\u1cff\ua4d0-\uabff]{2}")


def _translate_chunk(chunk: Sequence[Segment], translator: Translator, request: Request) -> list[Translation]:
    translations: list[Translation | None] = [None] * len(chunk)
    by_language: dict[str, list[int]] = {}
    for number, segment in enumerate(chunk):
        language = source_language(segment, request)
        if is_kept(segment, request):
            translations[number] = Translation(segment.text, "kept")
        elif language not in request.languages:
            translations[number] = Translation(segment.text, "untranslated")
        else:
            by_language.setdefault(language, []).append(number)
    for language, numbers in by_language.items():
        tasks = {n: _task(chunk[n], language, request) for n in numbers}
        asked = [n for n in numbers if _has_words(tasks[n].masked)]
        translations_of = _best_of([tasks[n] for n in asked], translator, language, request)
        for number, found in zip(asked, translations_of, strict=True):
            translations[number] = found or Translation(chunk[number].text, "untranslated")
        for number in set(numbers).difference(asked):  # a date alone, or an amount
            translations[number] = Translation(tasks[number].whole(tasks[number].masked.text), "translated")
    return [t for t in translations if t is not None]


class _Task(NamedTuple):
    """A text without its protected pieces, the terms found in it and those that are searched for, the pictures about it.

    ``worded`` are the placeholders of dates and large numbers, each with the words of the target.
    """

    masked: Masked
    matches: Sequence[Match] = ()
    terms: Sequence[Term] = ()
    before: str = ""
    after: str = ""
    worded: Mapping[str, str] = {}

    def whole(self, text: str) -> str:
        """A translation with the words put in by rule, the protected pieces and the pictures."""
        return self.before + protect.restore(put(text, self.worded), self.masked) + self.after

    def source(self) -> str:
        """The text as it was."""
        return self.before + protect.restore(self.masked.text, self.masked) + self.after


def _task(segment: Segment, language: str, request: Request) -> _Task:
    """A segment made ready: matched to find the terms that must not be translated, masked, and matched for the others."""
    start, end = _without_pictures(segment.text, segment.spans)
    text, before, after = segment.text[start:end], segment.text[:start], segment.text[end:]
    spans = [
        replace(s, start=s.start - start, end=s.end - start) for s in segment.spans if start <= s.start and s.end <= end
    ]
    glossary = _glossary(request)
    names = protected(glossary.match(text, language, spans)) if glossary and glossary.has_names else []
    pieces = carried(text, language, primary(request.target), _with_names(spans, names))
    worded = {mark: words for mark, (_, words) in zip(PLACEHOLDERS, pieces, strict=False) if words is not None}
    masked = protect.mask(text, [span for span, _ in pieces])
    return _with_terms(masked, language, request)._replace(before=before, after=after, worded=worded)


def _with_terms(masked: Masked, language: str, request: Request) -> _Task:
    """A masked text with the terms of the glossary that are in it."""
    glossary = _glossary(request)
    matches = glossary.match(masked.text, language) if glossary else []
    terms = dict.fromkeys(match.term for match in matches)
    wanted = tuple(term for term in terms if term.targets and not (term.do_not_translate or term.wish))
    return _Task(masked, matches, wanted)


def _without_pictures(text: str, spans: Sequence[Span]) -> Range:
    """The text between the emoji at its two ends: they need not be translated, and make no sense to a translator.

    A mark behind an emoji goes with it where the sentence has ended before (``Good. 😊,``).
    """
    start, end = 0, len(text)
    for span in spans:
        if span.kind == "emoji" and not text[start : span.start].strip():
            start = span.end
    for span in reversed(spans):
        rest = text[span.end : end].strip()
        ended = _MARK_BEFORE.search(text, start, span.start) is not None and not any(map(str.isalnum, rest))
        if span.kind == "emoji" and span.start >= start and (ended or not rest):
            end = span.start
    body = text[start:end]
    return (start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())) if body.strip() else (0, len(text))


def _glossary(request: Request) -> Glossary | None:
    """The glossary, if it leads to the target."""
    glossary = request.glossary
    return glossary if glossary and primary(glossary.target) == primary(request.target) else None


def _with_names(spans: Sequence[Span], names: Sequence[Span]) -> list[Span]:
    """Spans with as many names as there are placeholders for."""
    return sorted([*spans, *names[: len(PLACEHOLDERS) - len(spans)]], key=lambda span: span.start)


class _Answer(NamedTuple):
    """An answer without fault, how many terms it misses, how many numbers it has wrong, and how many other blemishes it has.

    Those are misspelt words and another register.
    """

    text: str
    score: float
    misses: int = 0
    wrong_numbers: int = 0
    blemishes: int = 0
    is_guess: bool = False

    def translation(self, task: _Task) -> Translation:
        """The whole translation; the text itself where the answer can only be a guess."""
        if self.is_guess:
            return Translation(task.source(), "kept", self.score)
        text = task.source() if self.text == task.masked.text else task.whole(self.text)
        return Translation(text, "translated", self.score)

    def is_better(self, other: "_Answer | None") -> bool:
        """Whether it comes before another: fewer terms missed, then fewer numbers wrong, then fewer blemishes."""
        return other is None or self.lacks() < other.lacks()

    def lacks(self) -> tuple[int, int, int]:
        """What is wrong with it, the worst first."""
        return self.misses, self.wrong_numbers, self.blemishes


def _best_of(tasks: Sequence[_Task], translator: Translator, source: str, request: Request) -> list[Translation | None]:
    """Of the answers to each text that have no fault the first that misses least; None where all had a fault."""
    best: list[_Answer | None] = [None] * len(tasks)
    for attempt, is_for in _ATTEMPTS:
        left = [i for i, task in enumerate(tasks) if is_for(task, best[i])]
        answers = attempt([tasks[i] for i in left], translator, source, request) if left else []
        for i, replies in zip(left, answers, strict=True):
            best[i] = _better(best[i], (_judge(tasks[i], *reply, source, request) for reply in replies))
    best = _with_marked_words(best, tasks, translator, source, request)
    return [answer.translation(task) if answer else None for task, answer in zip(tasks, best, strict=True)]


def _better(best: _Answer | None, further: Iterable[_Answer | None]) -> _Answer | None:
    """The first answer that misses nothing, else the first that misses least; no more are looked at than needed."""
    for one in further:
        if one and one.is_better(best):
            best = one
        if best and not any(best.lacks()):
            break
    return best


def _judge(task: _Task, text: str, score: float, source: str, request: Request) -> _Answer | None:
    text = hugged(text, task.masked.pairs)
    if fault(task.masked, text, source, request.target):
        return None
    if source == "en" and _is_guessed(task, score, request.target):
        return _Answer(text, score, is_guess=True)
    misses = len(missed(text, task.terms, request.target)) if task.terms else 0
    is_off = primary(request.target) == "ja" and register(text) not in (request.register, None)
    asked, languages = task.masked.text, (source, primary(request.target))
    return _Answer(text, score, misses, wrong_numbers(asked, text, *languages), is_off + is_misspelt(asked, text, languages))


def _with_marked_words(
    best: Sequence[_Answer | None], tasks: Sequence[_Task], translator: Translator, source: str, request: Request
) -> list[_Answer | None]:
    """Answers, and what they left as it is between two marks translated by itself, from English."""
    target, answered = request.target, [(task, one) for task, one in zip(tasks, best, strict=True) if one and source == "en"]
    left = dict.fromkeys(words for task, one in answered for words in left_between_marks(task.masked, one.text, target))
    if not left:
        return list(best)
    found = _best_of([_with_terms(Masked(words, ()), source, request) for words in left], translator, source, request)
    told = {words: one.text for words, one in zip(left, found, strict=True) if one and one.status == "translated"}
    said = {words: text for words, text in told.items() if not is_misspelt(words, text, (source, primary(target)))}
    return [
        one and one._replace(text=put_between_marks(task.masked, one.text, target, said))
        for task, one in zip(tasks, best, strict=True)
    ]


def _is_guessed(task: _Task, score: float, target: str) -> bool:
    """Whether a translator that writes another script can only have guessed: a name or two that it is not sure of."""
    words = task.masked.text.split()
    if score >= GUESS or task.terms or len(words) > LONGEST_NAME or target not in SCRIPTS:
        return False
    from diglot.pipeline import lexicon

    return all(_NAME.fullmatch(word) and not lexicon.is_known(word, target) for word in words)


def hugged(text: str, pairs: Iterable[tuple[int, int]]) -> str:
    """A text whose markup stands close around its words, as Markdown wants it: ``**key**``, not ``** key **``.

    >>> hugged("a \ue000 key \ue001 here", [(0, 1)])
    'a \ue000key\ue001 here'
    """
    for opening, closing in pairs:
        text = re.sub(f"{PLACEHOLDERS[opening]}\\s+", PLACEHOLDERS[opening], text)
        text = re.sub(f"\\s+{PLACEHOLDERS[closing]}", PLACEHOLDERS[closing], text)
    return text


Replies = Sequence[tuple[str, float]]  # texts and scores, best first; none where there is no answer
Attempt = Callable[[Sequence[_Task], Translator, str, Request], list[Replies]]


def _replies(hypotheses: Iterable[Hypothesis]) -> list[Replies]:
    return [[(one.text, one.score) for one in (best, *best.others)] for best in hypotheses]


def _whole(tasks: Sequence[_Task], translator: Translator, source: str, request: Request, **search: Any) -> list[Replies]:
    """Each text asked for with its terms and placeholders."""
    texts = [_annotated(task, request) for task in tasks]
    groups = [_must_contain(task, request) for task in tasks]
    search |= {"must_contain": groups} if any(groups) else {}
    return _replies(translator(texts, source, request.target, **search))


def _must_contain(task: _Task, request: Request) -> list[Sequence[str]]:
    marks = PLACEHOLDERS[: len(task.masked.pieces)]
    return [*(spellings(term, request.target) for term in task.terms), *([mark] for mark in marks)]


def _wider(tasks: Sequence[_Task], translator: Translator, source: str, request: Request) -> list[Replies]:
    texts = [task.masked.text for task in tasks]
    again = translator(texts, source, request.target, beam=WIDE_BEAM, block_ngram=BLOCKED_NGRAM)
    return _replies(again)


def _annotated(task: _Task, request: Request) -> str:
    """A masked text with its terms as the translator reads them."""
    return annotate(task.masked.text, task.matches) if request.inline_terms else task.masked.text


def _piecewise(tasks: Sequence[_Task], translator: Translator, source: str, request: Request) -> list[Replies]:
    """Each text cut at its placeholders and clauses, the pieces that hold words translated, and all joined again."""
    target = request.target
    pieces = [[_widened(p, target) for p in _PIECES.split(task.masked.text) if p] for task in tasks]
    worded = [
        (i, k)
        for i, cut in enumerate(pieces)
        for k, piece in enumerate(cut)
        if has_words(piece) and piece not in _PLACEHOLDER_SET
    ]
    texts = [pieces[i][k].strip() for i, k in worded]
    given = [_annotated(_with_terms(Masked(text, ()), source, request), request) for text in texts]
    answers = translator(given, source, target, beam=SURE_BEAM, block_ngram=BLOCKED_NGRAM) if given else []
    scores: dict[int, list[float]] = {}
    for (i, k), text, answer in zip(worded, texts, answers, strict=True):
        if fault(Masked(text, ()), answer.text, source, target):
            scores.setdefault(i, []).append(-float("inf"))
        scores.setdefault(i, []).append(answer.score)
        pieces[i][k] = _respaced(pieces[i][k], answer.text, target)
    return [
        [] if -float("inf") in scores.get(i, []) else [("".join(cut).strip(), _mean(scores.get(i, [])))]
        for i, cut in enumerate(pieces)
    ]


def _unanswered(_: _Task, best: _Answer | None) -> bool:
    return best is None


def _lacking(task: _Task, best: _Answer | None) -> bool:
    """Whether something is missing that can be asked for by name."""
    return best.misses > 0 if best else bool(task.terms or task.masked.pieces)


# The attempts in order, each with the texts that it is for, by the best answer so far.
_ATTEMPTS: tuple[tuple[Attempt, Callable[[_Task, _Answer | None], bool]], ...] = (
    (_whole, _unanswered),
    (_wider, _unanswered),
    (partial(_whole, beam=SURE_BEAM, block_ngram=BLOCKED_NGRAM - 1), _lacking),  # weak models loop where a term is wanted
    (_piecewise, _unanswered),
)


def _respaced(piece: str, translation: str, target: str) -> str:
    """A translated piece with the white space that stood around the original, where the target language has any."""
    if target in ("ja", "zh"):
        return translation
    before = piece[: len(piece) - len(piece.lstrip())] or (" " if is_unspaced(piece[0]) else "")
    after = piece[len(piece.rstrip()) :] or (" " if is_unspaced(piece[-1]) else "")
    return before + translation + after


def _widened(piece: str, target: str) -> str:
    """A piece as it is but, in Chinese and Japanese, for white space and a lone mark: neither is written there."""
    if target not in _WIDE_MARKS or has_words(piece):
        return piece
    mark = piece.strip()
    return _WIDE_MARKS[target].get(mark, piece) if mark else ""


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


_WIDE_MARKS = {
    "ja": {",": "、", ";": "；", ":": "：", ".": "。", "!": "！", "?": "？"},
    "zh": {",": "，", ";": "；", ":": "：", ".": "。", "!": "！", "?": "？"},
}
_NAME = re.compile(r"[A-Za-z][A-Za-z'’.-]*")
_MARK_BEFORE = re.compile(r"[.!?,;:…。！？，、；：]\s*\Z")
_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)
_PIECES = re.compile(f"([{PLACEHOLDERS[0]}-{PLACEHOLDERS[-1]}]|(?<=[,;:，、；：。])\\s*)")
