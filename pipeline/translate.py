"""Segments to aligned pairs: what is translated, what is kept, and what happens when a translation cannot be right.

The translator is anything that fits :class:`Translator`; a dictionary in a test will do. It gets texts in which every
protected piece is a placeholder, and what it gives is not believed: an answer that lost a placeholder, runs in a loop, is
empty, far too long, a copy of the source or in the wrong script is asked for again with a wider beam, then in pieces
between the protected ones. If nothing helps, the source is kept and the pair says so.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from diglot import PLACEHOLDERS
from diglot.pipeline import protect
from diglot.pipeline.document import AlignedPair, Segment, Translation, has_words, is_unspaced
from diglot.pipeline.protect import Masked

CHUNK = 256  # segments translated at a time: enough to fill batches, few enough to show progress and keep memory flat
WIDE_BEAM, BLOCKED_NGRAM = 4, 4  # of the second attempt


class Hypothesis(Protocol):
    """A translation and its mean log-probability a token, in nats."""

    @property
    def text(self) -> str:
        """The translation."""
        ...

    @property
    def score(self) -> float:
        """Its mean log-probability a token."""
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
    ) -> Sequence[Hypothesis]:
        """Translate texts; ``beam`` and ``block_ngram`` override the translator's own search for this call."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a document: the target, the one source language to take (None: each its own), and what there is.

    ``languages`` are those that the translator has; text in another one stays untranslated. ``fallback`` is the language
    that a passage is taken for whose own is not certain ("H2, K and V").
    """

    target: str
    languages: frozenset[str]
    only: str | None = None
    fallback: str | None = None


def translate(segments: Iterable[Segment], translator: Translator, request: Request) -> Iterator[AlignedPair]:
    """Translate segments as they come: one pair for each, in order."""
    stream = iter(segments)
    while chunk := list(islice(stream, CHUNK)):
        translations = _translate_chunk(chunk, translator, request)
        yield from (
            AlignedPair(segment, translation)
            for segment, translation in zip(chunk, translations, strict=True)
        )


def is_kept(segment: Segment, request: Request) -> bool:
    """Whether a segment stays as it is by rights: no words in it, in the target language already, or not asked for."""
    masked = protect.mask(segment.text, segment.spans)
    if not has_words("".join(c for c in masked.text if c not in _PLACEHOLDER_SET)):
        return True
    language = source_language(segment, request)
    return language == base(request.target) or (request.only is not None and language != base(request.only))


def source_language(segment: Segment, request: Request) -> str:
    """The language to translate a segment from, without script or region."""
    if segment.language == "und" and request.fallback and not _FOREIGN.search(segment.text):
        return base(request.fallback)
    return base(segment.language)


# Letters that none of our languages is written in: with them, a text whose language is not certain is in another one.
_FOREIGN = re.compile("[\u0400-\u1cff\ua4d0-\uabff]{2}")


def base(language: str) -> str:
    """A language without its script or region.

    >>> base("zh-Hant")
    'zh'
    """
    return language.partition("-")[0]


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
        masks = [protect.mask(chunk[n].text, chunk[n].spans) for n in numbers]
        for number, found in zip(numbers, _best_of(masks, translator, language, request.target), strict=True):
            text = chunk[number].text
            translations[number] = found or Translation(text, "untranslated")
    return [t for t in translations if t is not None]


def _best_of(masks: Sequence[Masked], translator: Translator, source: str, target: str) -> list[Translation | None]:
    """The first answer to each text that has no fault; None where all attempts had one."""
    found: list[Translation | None] = [None] * len(masks)
    for attempt in (_whole, _wider, _piecewise):
        left = [i for i, translation in enumerate(found) if translation is None]
        if not left:
            break
        answers = attempt([masks[i] for i in left], translator, source, target)
        for i, answer in zip(left, answers, strict=True):
            if answer is not None and fault(masks[i], answer[0], source, target) is None:
                found[i] = Translation(protect.restore(answer[0], masks[i].pieces), "translated", answer[1])
    return found


Answer = tuple[str, float] | None
Attempt = Callable[[Sequence[Masked], Translator, str, str], list[Answer]]


def _whole(masks: Sequence[Masked], translator: Translator, source: str, target: str) -> list[Answer]:
    return [(h.text, h.score) for h in translator([m.text for m in masks], source, target)]


def _wider(masks: Sequence[Masked], translator: Translator, source: str, target: str) -> list[Answer]:
    texts = [m.text for m in masks]
    again = translator(texts, source, target, beam=WIDE_BEAM, block_ngram=BLOCKED_NGRAM)
    return [(h.text, h.score) for h in again]


def _piecewise(masks: Sequence[Masked], translator: Translator, source: str, target: str) -> list[Answer]:
    """Each text cut at its placeholders and clauses, the pieces that hold words translated, and all joined again."""
    pieces = [[p for p in _PIECES.split(m.text) if p] for m in masks]
    worded = [
        (i, k)
        for i, cut in enumerate(pieces)
        for k, piece in enumerate(cut)
        if has_words(piece) and piece not in _PLACEHOLDER_SET
    ]
    texts = [pieces[i][k].strip() for i, k in worded]
    answers = translator(texts, source, target, beam=WIDE_BEAM, block_ngram=BLOCKED_NGRAM) if texts else []
    scores: dict[int, list[float]] = {}
    for (i, k), text, answer in zip(worded, texts, answers, strict=True):
        if fault(Masked(text, ()), answer.text, source, target):
            scores.setdefault(i, []).append(-float("inf"))
        scores.setdefault(i, []).append(answer.score)
        pieces[i][k] = _respaced(pieces[i][k], answer.text, target)
    return [
        None if -float("inf") in scores.get(i, []) else ("".join(cut).strip(), _mean(scores.get(i, [])))
        for i, cut in enumerate(pieces)
    ]


def _respaced(piece: str, translation: str, target: str) -> str:
    """A translated piece with the white space that stood around the original, where the target language has any."""
    if target in ("ja", "zh"):
        return translation
    before = piece[: len(piece) - len(piece.lstrip())] or (" " if is_unspaced(piece[0]) else "")
    after = piece[len(piece.rstrip()) :] or (" " if is_unspaced(piece[-1]) else "")
    return before + translation + after


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)
_PIECES = re.compile(f"([{PLACEHOLDERS[0]}-{PLACEHOLDERS[-1]}]|(?<=[,;:，、；：。])\\s*)")


# ------------------------------------------------------------------------------------------------------------------- faults

LOOP_TIMES = 4  # a run of words or characters repeated so often, and not in the source, is a loop
_SCRIPT = {
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
}
_KANA = re.compile("[\u3040-\u30fa\u30fd-\u30ff]")


def fault(source: Masked, hypothesis: str, source_language: str, target: str) -> str | None:
    """What makes an answer unusable, or None: ``empty``, ``placeholder``, ``loop``, ``length``, ``copy`` or ``script``.

    This is the guard against what no reader could take for a translation; finer checks come later and only report.
    """
    words = _plain(source.text)
    answer = _plain(hypothesis)
    if not answer.strip() and words.strip():
        return "empty"
    if any(protect.lost(source, hypothesis)):
        return "placeholder"
    if loops(answer) > max(LOOP_TIMES - 1, loops(words)):
        return "loop"
    if _letters(answer) > 6 * _letters(words) + 60:
        return "length"
    if _is_sentence(words) and answer.casefold().split() == words.casefold().split():
        return "copy"
    return None if _in_script(answer, words, target) else "script"


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in _PLACEHOLDER_SET)


def _letters(text: str) -> int:
    """Letters, an ideograph or kana counting for two, a rough measure of how much is said."""
    return sum(2 if is_unspaced(c) else 1 for c in text if c.isalnum())


def _is_sentence(text: str) -> bool:
    """Whether a text is more than a name or a term, which may well stay the same."""
    return len(text.split()) > 3 or sum(map(is_unspaced, text)) > 8


def _in_script(answer: str, words: str, target: str) -> bool:
    if not _is_sentence(words):
        return True
    if target in _SCRIPT:
        return bool(_SCRIPT[target].search(answer)) and not (
            target != "ja" and _KANA.search(answer) and not _KANA.search(words)
        )
    letters = [c for c in answer if c.isalpha()]
    return sum(map(is_unspaced, letters)) * 2 <= len(letters)


def loops(text: str) -> int:
    """How often at most a run of one to eight words (or characters, where there are no spaces) follows itself at once.

    >>> loops("the model of the model of the model of words"), loops("ははははは"), loops("a clean text")
    (3, 5, 1)
    """
    units: Sequence[str] = text.split()
    if len(units) < 4 or sum(map(is_unspaced, text)) * 2 > len(text):
        units = [c for c in text if not c.isspace()]
    most = 1
    for width in range(1, 9):
        run = 0
        for i in range(width, len(units)):
            run = run + 1 if units[i] == units[i - width] else 0
            most = max(most, run // width + 1)
    return most
