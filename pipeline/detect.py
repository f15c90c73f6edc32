"""The language of each block, each segment, and each part of a line that mixes languages.

1. :mod:`diglot.pipeline.ngrams` gives the evidence of the letters alone; formulas, code and addresses are left out.
2. In a document the blocks are a hidden Markov chain (forward-backward): the next block keeps the language of this one
   or draws one from the mixture that the document as a whole shows; how often it keeps it is counted in the document.
   So a heading in Chinese characters alone is Japanese between Japanese paragraphs, while English and Japanese
   paragraphs that take turns stay what they are.
3. langdetect is asked where letters and document together leave doubt, and its answer is weighed with the rest.

A language is a BCP-47 code: ``en ja zh fr de es ko``, ``zh-Hant`` for Traditional Chinese, and ``und`` for text without
words or in none of these. A probability is how likely the claim is right; that of ``und`` is what the best of our
languages came to, 0 where there are no words.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from math import exp, inf
from typing import Any, NamedTuple, TypeVar

from diglot.pipeline.document import Block, Document, Range, Segment, Span
from diglot.pipeline.ngrams import HAN, HANGUL, KANA, LANGUAGES, LETTER, SKIPPED, Evidence, evidence, tokens

Distribution = Sequence[float]  # one number for each of LANGUAGES

_SIZE = len(LANGUAGES)
_NONE = LANGUAGES.index("und")
_EVEN: Distribution = (1 / _SIZE,) * _SIZE
_ENOUGH = 3000  # of a longer text only the beginning, the middle and the end are looked at, 1000 characters each
_FEW = 12  # tokens: a text of more than these says something
_DOUBT = 0.6  # below this probability langdetect is asked
_SURE = 0.9  # above it a block counts for the document
_UNSEEN = 0.05  # of a document: what is shared out among all languages for the quotation that may come
# A word or two in letters that our languages share (Lecture 1, Table, Index) is English where no other is about.
_EXPECTED: Distribution = tuple((8 if language == "en" else 1) / (_SIZE + 7) for language in LANGUAGES)


class Identified(NamedTuple):
    """A language and how probable it is."""

    language: str
    probability: float


def identify(text: str) -> Identified:
    """Identify the language of one string alone.

    >>> identify("Die Matrix ist quadratisch.").language, identify("128.5 %")
    ('de', Identified(language='und', probability=0.0))
    """
    text = _sample(text)
    found = _heard(text)
    if not found.tokens:
        return _SILENT
    return _decide(_reconsidered(_likelihood(found), text))


def detect(document: Document) -> Document:
    """Fill in the language and the probability of every block. The protected spans of a block say nothing."""
    counts, likelihoods = array("l"), array("d")
    before = None
    for block in document.blocks:
        found = _heard(block_text(document, block))
        repeated = found.tokens == 1 and found == before  # a name twice in a menu or a ticker is not twice the evidence
        counts.append(found.tokens)
        likelihoods.extend(_in_context(found, repeated=repeated))
        before = found
    posteriors = _smooth(likelihoods, *_composition(likelihoods, counts))
    blocks = []
    for block, count, posterior in zip(document.blocks, counts, _rows(posteriors), strict=True):
        doubtful = count and max(posterior) < _DOUBT
        language = _decide(_reconsidered(posterior, block_text(document, block)) if doubtful else posterior)
        blocks.append(_with(block, language if count else _SILENT))
    return replace(document, blocks=tuple(blocks))


def detect_segments(segments: Iterable[Segment], document: Document) -> Iterator[Segment]:
    """Set the language and the probability of each segment as they come, because a block may mix languages.

    Where its letters leave doubt, a segment leans on its block, the segment before it and the document, in this order.
    """
    overall: Distribution = _overall(document.blocks)
    before = overall
    for segment in segments:
        block = document.blocks[segment.block]
        around = _spread(block, overall)
        if segment.ranges == block.ranges and not segment.spans and block.language is not None:
            before = around
            yield _with(segment, Identified(block.language, block.probability))
            continue
        text = _sample(_without(segment.text, segment.spans))
        found = _heard(text)
        if not found.tokens:
            yield _with(segment, _SILENT)
            continue
        context = (0.6 * a + 0.25 * b + 0.15 * c for a, b, c in zip(around, before, overall, strict=True))
        before = _reconsidered(_normalised([a * b for a, b in zip(_in_context(found), context, strict=True)]), text)
        yield _with(segment, _decide(before))


_SILENT = Identified("und", 0.0)
_Part = TypeVar("_Part", Block, Segment)


def _heard(text: str) -> Evidence:
    """The evidence of a text; none where it has the names of variables alone (``a``, ``f(x) dx``)."""
    found = evidence(text)
    if found.tokens <= _FEW:
        lengths = [len(word) for word in tokens(text)[0]]
        if found.tokens == len(lengths) and max(lengths, default=0) < 3 and 2 * lengths.count(1) > len(lengths):
            return Evidence((0.0,) * _SIZE, 0)
    return found


def _with(part: _Part, found: Identified) -> _Part:
    return replace(part, language=found.language, probability=found.probability)


def block_text(document: Document, block: Block) -> str:
    """The text of a block without its protected spans; of a long one only samples."""
    step = len(block.ranges) // 100 + 1  # a transcript of 100,000 cues may be one block
    return _sample(" ".join(_sample(document.text, *piece) for piece in _outside(block.ranges[::step], block.spans)))


def _without(text: str, spans: Sequence[Span]) -> str:
    return " ".join(text[start:end] for start, end in _outside([(0, len(text))], spans))


def _outside(ranges: Sequence[Range], spans: Sequence[Span]) -> Iterator[Range]:
    """What is left of ordered ranges when ordered spans, each inside one of them, are cut out."""
    waiting = iter(spans)
    span = next(waiting, None)
    for start, end in ranges:
        here = start
        while span is not None and span.start < end:
            if span.start > here:
                yield here, span.start
            here = max(here, span.end)
            span = next(waiting, None)
        if here < end:
            yield here, end


def _sample(text: str, start: int = 0, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if end - start <= _ENOUGH:
        return text[start:end]
    third, middle = _ENOUGH // 3, (start + end) // 2
    return " ".join((text[start : start + third], text[middle : middle + third], text[end - third : end]))


def _likelihood(found: Evidence, loan: float = 0.0) -> list[float]:
    """Evidence as likelihoods that add up to one, where a share ``loan`` says nothing but which script is written."""
    best = max(found.scores)
    alone = _normalised([exp(score - best) for score in found.scores])
    possible = _normalised([float(score > -inf) for score in found.scores])
    return [(1 - loan) * a + loan * b for a, b in zip(alone, possible, strict=True)]


def _in_context(found: Evidence, *, repeated: bool = False) -> list[float]:
    """The likelihood of a text in a document: a word alone is often a name or a loan, three words hardly."""
    if not found.tokens:
        return [*_EVEN]
    return _likelihood(found, 1.0 if repeated else 0.3 * 0.15 ** min(found.tokens - 1, 9))


def _normalised(numbers: Sequence[float]) -> list[float]:
    total = sum(numbers)
    return [number / total for number in numbers]


def _smoothed(shares: Sequence[float]) -> list[float]:
    return [
        (1 - _UNSEEN) * share + _UNSEEN * expected for share, expected in zip(_normalised(shares), _EXPECTED, strict=True)
    ]


def _rows(flat: Sequence[float]) -> Iterator[Sequence[float]]:
    """The distributions in a flat array: memory of 72 bytes a block where lists would take 400."""
    return (flat[i : i + _SIZE] for i in range(0, len(flat), _SIZE))


def _composition(likelihoods: Sequence[float], counts: Sequence[int]) -> tuple[Distribution, float]:
    """What share of a document each language has, and how often a block keeps the language of the one before it.

    Both are counted over the blocks that are sure by themselves, shares by the root of their length, so that one long
    quotation does not outweigh many headings.
    """
    shares, kept, pairs = [1e-6 * expected for expected in _EXPECTED], 2.0, 3.0
    previous = None
    for count, likelihood in zip(counts, _rows(likelihoods), strict=True):
        if not count or max(likelihood) < _SURE:
            continue
        language = max(range(_SIZE), key=likelihood.__getitem__)
        shares[language] += count**0.5
        if previous is not None:
            kept, pairs = kept + (language == previous), pairs + 1
        previous = language
    return _smoothed(shares), min(kept / pairs, 0.8)


def _smooth(likelihoods: Sequence[float], prior: Distribution, stay: float) -> "array[float]":
    """Posteriors of a chain that keeps its language with probability ``stay``, else draws from ``prior``."""
    drawn = [(1 - stay) * share for share in prior]
    posteriors = array("d")
    state: Sequence[float] = prior
    for likelihood in _rows(likelihoods):
        state = _normalised([a * (stay * s + d) for a, s, d in zip(likelihood, state, drawn, strict=True)])
        posteriors.extend(state)
    behind = [1.0] * _SIZE
    for start in range(len(likelihoods) - _SIZE, -1, -_SIZE):
        here = slice(start, start + _SIZE)
        posteriors[here] = array("d", _normalised([p * b for p, b in zip(posteriors[here], behind, strict=True)]))
        seen = [a * b for a, b in zip(likelihoods[here], behind, strict=True)]
        draw = sum(d * s for d, s in zip(drawn, seen, strict=True))
        behind = _normalised([stay * s + draw for s in seen])
    return posteriors


def _overall(blocks: Sequence[Block]) -> list[float]:
    """The share of each language in a document that ``detect`` has seen."""
    shares = [1e-6 * expected for expected in _EXPECTED]
    for block in blocks:
        if block.language in LANGUAGES:
            shares[LANGUAGES.index(block.language)] += block.probability
    return _smoothed(shares)


def _spread(block: Block, overall: Distribution) -> list[float]:
    """What a block says about its sentences: its own language as sure as it is, and the document's for the rest."""
    shares = [(1 - block.probability) * share for share in overall]
    if block.language in LANGUAGES:
        shares[LANGUAGES.index(block.language)] += block.probability
    return _normalised(shares)


def _reconsidered(posterior: Distribution, text: str) -> Distribution:
    """The posterior, with the word of langdetect where it is in doubt and there are the three words that help it."""
    if max(posterior) >= _DOUBT or len(tokens(text)[0]) < 3:
        return posterior
    return _normalised([a * b for a, b in zip(posterior, _second_opinion(text), strict=True)])


def _decide(posterior: Distribution) -> Identified:
    best = max(range(_SIZE), key=posterior.__getitem__)
    if best == _NONE:
        return Identified("und", max(p for i, p in enumerate(posterior) if i != _NONE))
    return Identified(LANGUAGES[best], posterior[best])


@lru_cache(maxsize=4096)
def _second_opinion(text: str) -> Distribution:
    """What langdetect says of those among ours that it knows, with a little left for the others."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _langdetect().create()
    detector.append(text)
    try:
        found = {_FROM_LANGDETECT[each.lang]: each.prob for each in detector.get_probabilities()}
    except LangDetectException:  # nothing that it counts as a letter
        return _EVEN
    return [found.get(language, 0.0) + 0.05 for language in LANGUAGES]


_FROM_LANGDETECT = {
    "de": "de",
    "en": "en",
    "es": "es",
    "fr": "fr",
    "ja": "ja",
    "ko": "ko",
    "zh-cn": "zh",
    "zh-tw": "zh-Hant",
}


@cache
def _langdetect() -> Any:
    """langdetect with the profiles of our languages alone: they load fast, and nothing else can be answered."""
    from pathlib import Path

    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    factory.set_seed(0)
    factory.load_json_profile([Path(PROFILES_DIRECTORY, name).read_text(encoding="utf-8") for name in _FROM_LANGDETECT])
    return factory


# Where one language may give way to another inside a line: after an opening mark or the end of a sentence, before a
# closing mark, at a break, and between Latin and Asian letters; never inside code, formulas and addresses.
_OPENING, _CLOSING = "“„«‘「『《（([【", "”»」』》）)]】"
_ASIAN = f"{HAN}{KANA}{HANGUL}"
_BOUNDARY = re.compile(
    rf"{SKIPPED}|(?P<cut>(?<=[{re.escape(_OPENING)}])\s*|(?<!\s)(?=\s*[{re.escape(_CLOSING)}])|(?=’(?![{LETTER}]))|\""
    rf"|(?<=[.!?:;…])\s+|(?<=[。！？；])|[\n\t|]+|\s[-–—/]\s"
    rf"|(?<=[{LETTER}])[^\w\n$`<\\]{{0,3}}(?=[{_ASIAN}])|(?<=[{_ASIAN}])[^\w\n$`<\\]{{0,3}}(?=[{LETTER}]))"
)
_CERTAIN = 20.0  # nats, instead of infinity
_SWITCH = 3.0  # nats that a change of language costs


def runs(text: str) -> list[tuple[int, int, str]]:
    """Split a line into runs ``(start, end, language)`` that together are the line, each worth translating apart.

    The language changes only at a sentence, a quotation or a bracket, or between scripts, and only for a clause:
    ``multi-head attention`` in a Japanese sentence is part of the sentence, and so is 学習 in an English one.

    >>> runs("She said 「今日は数式をたくさん書きます」 and began.")
    [(0, 10, 'en'), (10, 24, 'ja'), (24, 36, 'en')]
    """
    pieces = _pieces(text)
    languages = _cheapest([[max(score, -_CERTAIN) for score in evidence(text[start:end]).scores] for start, end in pieces])
    found = _joined([(start, end, language) for (start, end), language in zip(pieces, languages, strict=True)])
    if len(found) > 1:
        found = _joined(_absorbed(text, found))
    if len(found) == 1:
        return [(0, len(text), identify(text).language)]
    return [(start, end, LANGUAGES[language]) for start, end, language in found]


def _pieces(text: str) -> list[Range]:
    """The parts of a text between places where its language may change; white space goes with the part before it."""
    cuts = [0, *(match.end() for match in _BOUNDARY.finditer(text) if match["cut"] is not None), len(text)]
    return [(start, end) for start, end in pairwise(sorted(set(cuts))) if start < end]


def _cheapest(scores: Sequence[Distribution]) -> list[int]:
    """The language of each piece that explains all of them best when each change costs ``_SWITCH`` (Viterbi)."""
    best, arrivals = [0.0] * _SIZE, []
    for piece in scores:
        top = max(range(_SIZE), key=best.__getitem__)
        origin = [i if best[i] >= best[top] - _SWITCH else top for i in range(_SIZE)]
        arrivals.append(origin)
        best = [piece[i] + max(best[i], best[top] - _SWITCH) for i in range(_SIZE)]
    language = max(range(_SIZE), key=best.__getitem__)
    path = []
    for origin in reversed(arrivals):
        path.append(language)
        language = origin[language]
    return path[::-1]


_Run = tuple[int, int, int]  # start, end, index of the language


def _joined(found: Iterable[_Run]) -> list[_Run]:
    joined: list[_Run] = []
    for run in found:
        if joined and joined[-1][2] == run[2]:
            joined[-1] = (joined[-1][0], *run[1:])
        else:
            joined.append(run)
    return joined


def _absorbed(text: str, found: list[_Run]) -> Iterator[_Run]:
    """Give runs that cannot stand alone the language of a neighbour; clauses can, and words around a quoted clause."""
    clauses = [_is_clause(text[start:end]) for start, end, _ in found]
    quoted = [clause and each for clause, each in zip(clauses, _quoted(text, found), strict=True)]
    stands = [
        clauses[i] or (any(quoted[max(i - 1, 0) : i + 2]) and _is_phrase(text[start:end]))
        for i, (start, end, _) in enumerate(found)
    ]
    languages = [language if stand else None for stand, (_, _, language) in zip(stands, found, strict=True)]
    following = next((language for language in languages if language is not None), _NONE)
    for (start, end, _), language in zip(found, languages, strict=True):
        following = following if language is None else language
        yield start, end, following


def _quoted(text: str, found: list[_Run]) -> Iterator[bool]:
    """Whether each run stands between an opening and a closing mark; of straight ones, all alike, the odd open."""
    straight = last = 0
    for start, end, _ in found:
        straight, last = straight + text.count('"', last, start), start
        before, after = text[max(start - 2, 0) : start].rstrip()[-1:], text[end : end + 2].lstrip()[:1]
        yield (before == '"' and straight % 2 == 1) or (before in tuple(_OPENING) and after in tuple(_CLOSING))


def _is_clause(text: str) -> bool:
    """Whether a text can be translated alone: eight characters, or five words, a third of them with a small letter.

    Others are names and titles; a third, because German has many capitals.
    """
    words, characters = tokens(text)
    return len(characters) >= 8 or (len(words) >= 5 and sum(word[0].islower() for word in words) * 3 >= len(words))


def _is_phrase(text: str) -> bool:
    words, characters = tokens(text)
    return len(words) >= 2 or len(characters) >= 2
