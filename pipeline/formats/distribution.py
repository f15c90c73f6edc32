"""A translation over the pieces that its source stood in: the lines of a paragraph, the cues of a subtitle file.

Method: a break between two source pieces divides the letters and digits of the source in a certain proportion; it
goes to the place in the translation that divides its letters in the same proportion. Brackets, quotes and punctuation
weigh nothing. A place is white space (the break takes it away) or stands beside a Chinese or Japanese character; it
is charged for being a worse place to break than the source's own (a comma is better than the middle of a phrase,
nothing is as bad as the inside of a number, a formula, a katakana word or one of the commonest words). Among places
of one weight, the one that stands as far into the punctuation as the break does in the source is looked at first.

Why the source itself, and the source within brackets, always come back whole: the places of the source's own breaks
cost nothing, since they have the proportion and the quality that are asked for, and they are looked at first.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from diglot.pipeline.document import Range, is_unspaced, joiner
from diglot.pipeline.formats.lines import CLOSING, SENTENCE_END, columns
from diglot.pipeline.wordlists import common_words, function_words

_SPOT = re.compile(r"\s+|(?<!\s)(?<=[⺀-\U0003ffff])(?=\S)|(?<=\S)(?=[⺀-\U0003ffff])")
_NO_LETTERS = re.compile(r"[\W_]+|\Z")
_SENTENCE_END = frozenset(SENTENCE_END)
_CLAUSE_END = frozenset(",;:，、；：､—–")
_OPENING = frozenset("([{“‘«‹「『（【《〈［｛〔〖¿¡")
_SMALL = "%％‰℃々ゝゞヽヾーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ・的了吗呢吧们"
_NEVER_FIRST = _SENTENCE_END | _CLAUSE_END | frozenset(CLOSING + _SMALL)
_WORD = re.compile(r"[ァ-ヺーｦ-ﾟ]{2}|[\d〇一二三四五六七八九十百千万億亿]{2}|[Ａ-Ｚａ-ｚ]{2}|[^\Wぁ-ん][ぁ-ん]")
_PHRASE_END = re.compile(
    r"[ぁ-ん][^ぁ-ん]|を.|[⺀-\U0003ffff][\da-zA-Z]|[的了着么们上中时後后里][^ぁ-ん]|.[这那你她它但把被和与而让给]"
)
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[^\W\d_][\w'’-]*\Z"), re.compile(r"[^\W\d_][\w'’-]*")
_LONGEST_WORD = 24  # of grammar

# What a place is charged for what stands on its two sides, in hundredths of the mean length of a piece (of eight
# letters, where that is less).
_SENTENCE, _CLAUSE, _BETWEEN_WORDS, _AMONG_CHARACTERS, _WITHIN_WORD = 0, 5, 20, 60, 100
_AWAY_FROM_PROTECTED, _OUT_OF_PROTECTED, _WITHIN_PROTECTED = 40, 500, 1000
_EMPTY = 30  # for a piece that stays empty
_UNEVEN = 60  # for two lines of which one is all there is
_EVEN = 0.55  # the share of the wider of two lines that are even enough
_DANGLING, _LEADING = 25, -10  # for an article, a preposition or their like at the end of a line, at the beginning
_LEAST = 8
_REACH = 256  # places looked at on either side: more than any sentence needs, and a bound for hostile ones


class _Place(NamedTuple):
    """Where a text may be broken: ``text[start:end]``, white space or nothing, goes away."""

    start: int
    end: int
    weight: int  # letters and digits before it
    run: Range  # the stretch without letters that it lies in


class _Side(NamedTuple):
    """One side, source or translation: the places to break it, its letters and digits, and what must stay whole."""

    text: str
    places: list[_Place]
    weight: int
    protected: list[tuple[int, int, str]]


def distribute(pieces: Sequence[str], translation: str, protected: Iterable[str] = ()) -> list[str]:
    """Cut a translation into as many pieces as its source stood in.

    ``protected`` are texts that must stay whole (formulas, code). Where the translation has too few places, some
    pieces stay empty.

    >>> distribute(["The model reads the whole", "sentence at once."], "Das Modell liest den ganzen Satz auf einmal.")
    ['Das Modell liest den ganzen', 'Satz auf einmal.']
    """
    if len(pieces) == 1:
        return [translation]
    whole = sorted({piece for piece in protected if piece}, key=len, reverse=True)
    source = _side(*_join(pieces), whole)
    target = _side(translation, _spots(translation), whole)
    starts, ends = [0], []
    for place in _choose(source, target):
        ends.append(place.start)
        starts.append(place.end)
    return [translation[start:end] for start, end in zip(starts, [*ends, len(translation)], strict=True)]


def in_two(text: str, widest: float, whole: Iterable[Range] = ()) -> Range | None:
    """Where to break a text into two lines, if it can be: ``text[start:end]``, white space or nothing, goes away.

    Both lines hold letters, and what is ``whole`` stays so. No word is broken, and neither line is wider than ``widest``
    columns, where that can be; for the rest the lines are as even as good places allow.

    >>> text = "Now that we have the loss, we follow its gradient."
    >>> start, end = in_two(text, 42)
    >>> text[:start], text[end:]
    ('Now that we have the loss,', 'we follow its gradient.')
    """
    edges = [0, *accumulate(map(columns, text))]
    within = {i for start, end in whole for i in range(start + 1, end)}
    spoken = [i for i, character in enumerate(text) if character.isalnum()] or [0]
    places = [(start, end) for start, end in _spots(text) if spoken[0] < start and end <= spoken[-1] and start not in within]
    room = widest if edges[-1] <= 2 * widest else _EVEN * edges[-1]

    def cost(place: Range) -> tuple[bool, float, float]:
        left, right = edges[place[0]], edges[-1] - edges[place[1]]
        uneven = _UNEVEN * abs(left - right) / max(1, left + right)
        charge = _line_end(text, place)
        return charge >= _WITHIN_WORD, max(0, max(left, right) - room), uneven + charge

    return min(places, key=cost, default=None)


def _line_end(text: str, place: Range) -> int:
    """What a place is charged as the end of a line: words of grammar had better stand with what comes after them."""
    start, end = place
    before = _WORD_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    after = _WORD_AFTER.match(text, end, end + _LONGEST_WORD)
    extra = _DANGLING if _is_grammar(before) else _LEADING if _is_grammar(after) else 0
    return _charge(text, _Place(start, end, 0, place)) + extra


def _is_grammar(word: re.Match[str] | None) -> bool:
    return word is not None and word[0].lower() in _grammar()


@cache
def _grammar() -> frozenset[str]:
    return frozenset(chain.from_iterable(map(function_words, ("en", "fr", "de", "es"))))


def _join(pieces: Sequence[str]) -> tuple[str, list[Range]]:
    """The text that pieces make, and where in it they were joined."""
    parts, breaks, length = [pieces[0]], [], len(pieces[0])
    for before, after in pairwise(pieces):
        glue = joiner(before, after)
        breaks.append((length, length + len(glue)))
        length += len(glue) + len(after)
        parts += [glue, after]
    return "".join(parts), breaks


def _spots(text: str) -> Iterator[Range]:
    """Everywhere that a text may be broken; at its end too, for pieces that stay empty."""
    for match in _SPOT.finditer(text):
        start, end = match.span()
        if start > 0 and end < len(text) and (start < end or is_unspaced(text[start - 1]) or is_unspaced(text[start])):
            yield start, end
    yield len(text), len(text)


def _side(text: str, spots: Iterable[Range], whole: list[str]) -> _Side:
    places = []
    runs = _NO_LETTERS.finditer(text)
    run = next(runs).span()
    silent = 0  # characters before this run that are no letters
    for start, end in spots:
        while run[1] < start:
            silent += run[1] - run[0]
            run = next(runs).span()
        here = run if run[0] <= start else (start, start)
        places.append(_Place(start, end, here[0] - silent, here))
    protected = [(*m.span(), m[0]) for m in re.finditer("|".join(map(re.escape, whole)), text)] if whole else []
    return _Side(text, places, sum(map(str.isalnum, text)), protected)


def _choose(source: _Side, target: _Side) -> Iterator[_Place]:
    """The place for each break of the source, in order; the same again where a piece has to stay empty."""
    low, chosen = 0, target.places[0]
    for wanted in source.places:
        found = _cheapest(source, target, wanted, low, chosen if low else None)
        if found is None:
            chosen = chosen._replace(start=chosen.end)
        else:
            low, chosen = found + 1, target.places[found]
        yield chosen


def _cheapest(source: _Side, target: _Side, wanted: _Place, low: int, again: _Place | None) -> int | None:
    """The index of the best place from ``low`` on; None if to break ``again`` where the last break was is better."""
    number = len(source.places) + 1
    unit = max(1, source.weight) * max(target.weight, _LEAST * number)

    def distance(place: _Place) -> int:
        return 100 * number * abs(place.weight * source.weight - wanted.weight * target.weight)

    found, best = None, distance(again) + _EMPTY * unit if again else float("inf")
    first = max(_first(source, target, wanted), low)
    for side in (
        range(first, min(len(target.places), first + _REACH)),
        range(first - 1, max(low, first - _REACH) - 1, -1),
    ):
        for index in side:
            away = distance(target.places[index])
            if away >= best:
                break
            cost = away + unit * _surcharge(source, target, wanted, target.places[index])
            if cost < best:
                best, found = cost, index
    return found


def _first(source: _Side, target: _Side, wanted: _Place) -> int:
    """The index of the place to look at first: of the right weight and, among several, as far into the punctuation.

    What a translation adds around a text, a quote or a bracket, stands outside of it: before the first letter or after
    the last.
    """
    goal = wanted.weight * target.weight
    index = bisect_left(target.places, goal, key=lambda place: place.weight * source.weight)
    if index == len(target.places) or target.places[index].weight * source.weight != goal:
        return index
    start, end = target.places[index].run
    added = (end - start) - (wanted.run[1] - wanted.run[0])
    if start > 0 or wanted.run[0] > 0:
        added = 0
    elif end == len(target.text):
        added //= 2
    return bisect_left(target.places, start + added + wanted.start - wanted.run[0], key=lambda place: place.start)


def _surcharge(source: _Side, target: _Side, wanted: _Place, place: _Place) -> int:
    """How much worse a place is than the source's own."""
    own, other = _protected_at(source, wanted), _protected_at(target, place)
    if own.within != other.within:
        return _WITHIN_PROTECTED if other.within else _OUT_OF_PROTECTED
    away = (own.before and own.before != other.before) or (own.after and own.after != other.after)
    worse = max(0, _charge(target.text, place) - _charge(source.text, wanted))
    return worse + (_AWAY_FROM_PROTECTED if away else 0)


class _Protected(NamedTuple):
    """The protected texts about a place: the one that ends there, the one broken there and how far in, the next one."""

    before: str
    within: tuple[str, int] | None
    after: str


_UNPROTECTED = _Protected("", None, "")


def _protected_at(side: _Side, place: _Place) -> _Protected:
    if not side.protected:
        return _UNPROTECTED
    index = bisect_left(side.protected, place.start, key=lambda piece: piece[0])
    before, within = "", None
    if index:
        start, end, text = side.protected[index - 1]
        before = text if end == place.start else ""
        within = (text, place.start - start) if place.end < end else None
    next_one = bisect_left(side.protected, place.end, key=lambda piece: piece[0])
    found = next_one < len(side.protected) and side.protected[next_one][0] == place.end
    return _Protected(before, within, side.protected[next_one][2] if found else "")


def _charge(text: str, place: _Place) -> int:
    """What a place is charged."""
    before, after = text[place.start - 1 : place.start], text[place.end : place.end + 1]
    last = text[max(0, place.start - 8) : place.start].rstrip(CLOSING)[-1:]
    if not after:
        return _EMPTY
    if after in _NEVER_FIRST or before in _OPENING or unicodedata.category(after).startswith("M"):
        return _WITHIN_WORD
    if last in _SENTENCE_END or last in _CLAUSE_END:
        return _SENTENCE if last in _SENTENCE_END else _CLAUSE
    if place.start == place.end and before + after in _within_words():
        return _WITHIN_WORD
    if place.start < place.end or _PHRASE_END.match(before + after):
        return _BETWEEN_WORDS
    return _WITHIN_WORD if _WORD.match(before + after) else _AMONG_CHARACTERS


@cache
def _within_words() -> frozenset[str]:
    """Two ideographs that stand together in one of the commonest words of Chinese or Japanese."""
    words = chain(common_words("zh"), common_words("ja"))
    return frozenset(a + b for word in words for a, b in pairwise(word) if min(a, b) >= "\u3400")
