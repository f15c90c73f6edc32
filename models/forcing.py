"""What is missing in a draft, written in where the model looked at it: a cheap way before the search of constrained.py.

A search that cannot be told what its result has to contain can still be given how it begins. The drafts are what a beam
search has found, with the cross-attention of the best. Where something is missing in it, it is cut at the place where the
model looked most at what that comes from, the wanted words are written there, and a beam search goes on from them (decoding
from a given beginning: Knowles & Koehn, Neural interactive translation prediction, AMTA 2016); then the next thing that is
missing. A placeholder that is written twice, or was not there, is cut off in the same way, and is forbidden from there on;
forbidden is also what would join on to the wanted words and make another word of them.

It works for what stands in the source: inline terms and placeholders.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.models.engines import EngineResult
from diglot.models.tokenizer import Tokenizer
from diglot.models.wanted import LETTER, Wanted, plain

CHANCES = 6  # of a text whose wanted words become others, before the other search has it
SAME_WORD = 0.3  # a token before the place, looked at so much as the place itself, is part of what stands there


class Begun(NamedTuple):
    """A source, how its result is to begin, the score of the draft that this is from, and the ids that may not follow."""

    source: Sequence[int]
    prefix: Sequence[int] = ()
    score: float = 0.0
    forbidden: frozenset[int] = frozenset()


Complete = Callable[[Sequence[Begun]], Sequence[EngineResult]]


def force(
    sources: Sequence[Sequence[int]],
    wanted: Sequence[Wanted],
    drafts: Sequence[EngineResult],
    complete: Complete,
    tokenizer: Tokenizer,
    allowed: frozenset[int] | None = None,
) -> list[EngineResult | None]:
    """Results that contain what is ``wanted`` of each source, None where that was not to be had.

    ``complete`` makes whole results of beginnings; only ids that are ``allowed`` (None: all) can be written into one.
    """
    results: list[EngineResult | None] = [None] * len(sources)
    rows = [_Row(source, one, tokenizer, allowed) for source, one in zip(sources, wanted, strict=True)]
    begun = [i for i, draft in enumerate(drafts) if rows[i].can_be_written and rows[i].go_on(draft)]
    while begun:
        completed = dict(zip(begun, complete([rows[i].begun for i in begun]), strict=True))
        for i, found in completed.items():
            results[i] = wanted[i].of(found)
        begun = [i for i, found in completed.items() if not results[i] and rows[i].go_on(found)]
    return results


class _Row:
    """One result in the making: what is still to be written into it, and the beginning that is fixed by now."""

    def __init__(self, source: Sequence[int], wanted: Wanted, tokenizer: Tokenizer, allowed: frozenset[int] | None) -> None:
        self.begun, self.wanted, self.tokenizer = Begun(source), wanted, tokenizer
        self.forms = [[ids for ids in group if allowed is None or allowed.issuperset(ids)] for group in wanted.groups]
        places = _places(source, tokenizer)
        self.places = [sorted({place for text in texts for place in places.get(text, ())}) for texts in wanted.texts]
        self.unwritten, self.chances = set(range(len(self.forms))), CHANCES

    @property
    def can_be_written(self) -> bool:
        """Whether there is something wanted, and of all of it is known how to write it and where it comes from."""
        return bool(self.forms) and all(self.forms) and all(self.places)

    def go_on(self, draft: EngineResult) -> bool:
        """Fix the beginning of a draft up to its first fault; False where nothing is left to be tried."""
        before, lacking = self.begun, self.wanted.lacking(draft.ids)
        if lacking - self.unwritten:
            self.chances -= 1
            self._forbid(self._joined_on(draft) if self.chances else frozenset())
        else:
            cuts = [(self._cut(draft, self.places[number]), number) for number in lacking]
            place, number = min(cuts, default=(len(draft.ids), -1))
            wrong = self.wanted.wrong_mark(draft.ids)
            if wrong is not None and len(before.prefix) <= wrong <= place:
                self._write(draft, wrong)
                self._forbid(self.wanted.marks - (self.wanted.own_marks - set(draft.ids[:wrong])))
            elif cuts:
                self._write(draft, place, self._spelled(number, place))
                self.unwritten.remove(number)
        return self.begun != before

    def _write(self, draft: EngineResult, end: int, more: Sequence[int] = ()) -> None:
        self.begun = self.begun._replace(prefix=[*draft.ids[:end], *more], score=draft.score)

    def _forbid(self, ids: frozenset[int]) -> None:
        self.begun = self.begun._replace(forbidden=self.begun.forbidden | ids)

    def _joined_on(self, draft: EngineResult) -> frozenset[int]:
        """The ids right after the beginning, in any hypothesis, with which its last word goes on."""
        end = len(self.begun.prefix)
        following = {token for one in (draft, *draft.others) for token in one.ids[end : end + 1]}
        return frozenset(token for token in following if re.match(LETTER, self.tokenizer.pieces([token])[0].lower()))

    def _cut(self, draft: EngineResult, places: Sequence[int]) -> int:
        """Where in a draft to write something: the place that looked at it most, from the beginning of its word."""
        first, end = len(self.begun.prefix), len(draft.ids)
        looked = [sum(row[place] for place in places) for row in draft.attention()[:end]]
        place = max(range(first, end), key=looked.__getitem__, default=end)
        least = SAME_WORD * max(looked[first:], default=0.0)
        pieces = self.tokenizer.pieces(draft.ids)
        while first < place < end and (
            looked[place - 1] >= least or _ONE_WORD.fullmatch(pieces[place - 1][-1:] + pieces[place][:1])
        ):
            place -= 1
        return place

    def _spelled(self, number: int, place: int) -> Sequence[int]:
        """How to write something: in its first form or, at the beginning, the one with a capital letter."""
        first, *others = self.forms[number]
        words = self.tokenizer.decode(first)
        capital = words[:1].upper() + words[1:]
        return next((form for form in others if place == 0 and self.tokenizer.decode(form) == capital), first)


def _places(source: Sequence[int], tokenizer: Tokenizer) -> Mapping[str, Sequence[int]]:
    """The places of a source that have placeholders and inline terms, these by what they are to become, in lower case."""
    places: dict[str, list[int]] = {}
    opened = closed = 0
    for place, piece in enumerate(tokenizer.pieces(source)):
        if piece == TERM_OPEN:
            opened = place
        elif piece == TERM_CLOSE:
            closed = place
        elif piece == TERM_TARGET_CLOSE:
            wanted = plain(tokenizer.decode(source[closed + 1 : place])).strip()
            places.setdefault(wanted, []).extend(range(opened, place + 1))
        elif piece in PLACEHOLDERS:
            places.setdefault(piece, []).append(place)
    return places


_ONE_WORD = re.compile("[A-Za-zÀ-ÖØ-öø-ɏ]{2}|[ァ-ヺー]{2}|▁.")  # where a token ends and the next begins in the same word
