"""What is missing in a draft, written in where the model looked at it: a cheap way before the search of constrained.py.

A search that cannot be told what its result has to contain can still be given how it begins. So a text is translated
greedily, together with the cross-attention. Where something is missing, the draft is cut at the place where the model
looked most at what it comes from, the wanted words are written there, and the search goes on from them (decoding from a
given beginning: Knowles & Koehn, Neural interactive translation prediction, AMTA 2016); then the next thing that is missing.
A placeholder that is written twice, or was not there, is cut off in the same way, and is forbidden from there on.

It works for what stands in the source: inline terms and placeholders.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.models.engines import Groups
from diglot.models.tokenizer import Tokenizer

SAME_WORD = 0.3  # a token before the place, looked at so much as the place itself, is part of what stands there


class Draft(NamedTuple):
    """A result: its ids without the end symbol, their score, and how much each of T tokens looked at each of S (T, S)."""

    ids: list[int]
    score: float
    attention: Sequence[Sequence[float]]


class Begun(NamedTuple):
    """A source, how its result is to begin, and the ids that may not follow."""

    source: Sequence[int]
    prefix: Sequence[int]
    forbidden: frozenset[int]


Complete = Callable[[Sequence[Begun]], Sequence[Draft]]


def force(
    sources: Sequence[Sequence[int]],
    wanted: Sequence[Groups],
    complete: Complete,
    tokenizer: Tokenizer,
    allowed: frozenset[int] | None = None,
) -> list[Draft | None]:
    """Results that contain what is ``wanted`` of each source, None where that was not to be had.

    ``complete`` makes whole results of beginnings; only ids that are ``allowed`` (None: all) can stand in one.
    """
    results: list[Draft | None] = [None] * len(sources)
    rows = [_Row(source, groups, tokenizer, allowed) for source, groups in zip(sources, wanted, strict=True)]
    open_rows = [number for number, row in enumerate(rows) if row.can_be_written]
    while open_rows:
        drafts = complete([rows[i].begun for i in open_rows])
        going_on = []
        for number, draft in zip(open_rows, drafts, strict=True):
            if rows[number].is_whole(draft):
                results[number] = draft
            elif rows[number].go_on(draft):
                going_on.append(number)
        open_rows = going_on
    return results


class _Group(NamedTuple):
    """Something wanted: how it can be written, what it looks like, and the places of the source that it comes from."""

    forms: Sequence[Sequence[int]]
    pattern: re.Pattern[str]
    places: Sequence[int]


class _Row:
    """One result in the making: what is wanted of it, and the beginning that is fixed by now."""

    def __init__(self, source: Sequence[int], groups: Groups, tokenizer: Tokenizer, allowed: frozenset[int] | None) -> None:
        self.tokenizer = tokenizer
        self.begun = Begun(source, (), frozenset())
        places = _places(source, tokenizer)
        self.groups = [_group(sequences, places, tokenizer, allowed) for sequences in groups if any(sequences)]
        self.unwritten = set(range(len(self.groups)))
        self.marks = frozenset(tokenizer.ids(PLACEHOLDERS))
        self.own_marks = self.marks & {token for group in self.groups for form in group.forms for token in form}

    @property
    def can_be_written(self) -> bool:
        """Whether there is something wanted, and of all of it is known how to write it and where it comes from."""
        return bool(self.groups) and all(group.forms and group.places for group in self.groups)

    def is_whole(self, draft: Draft) -> bool:
        """Whether a draft has what it should have, and no placeholder too many."""
        return not self._lacking(draft) and self._first_wrong_mark(draft) is None

    def go_on(self, draft: Draft) -> bool:
        """Fix the beginning of a draft up to its first fault; False where what is missing there was written before."""
        cuts = [(self._cut(draft, self.groups[number]), number) for number in self._lacking(draft) & self.unwritten]
        place, number = min(cuts, default=(len(draft.ids), -1))
        wrong, before = self._first_wrong_mark(draft), self.begun
        if wrong is not None and len(before.prefix) <= wrong <= place:
            prefix = draft.ids[:wrong]
            self.begun = self.begun._replace(prefix=prefix, forbidden=self.marks - (self.own_marks - set(prefix)))
        elif cuts:
            self.unwritten.remove(number)
            prefix = [*draft.ids[:place], *self._spelled(self.groups[number], place)]
            self.begun = self.begun._replace(prefix=prefix)
        return self.begun != before

    def _lacking(self, draft: Draft) -> set[int]:
        text = self.tokenizer.decode(draft.ids)
        return {number for number, group in enumerate(self.groups) if not group.pattern.search(text)}

    def _first_wrong_mark(self, draft: Draft) -> int | None:
        """The place of the first placeholder that is none of the source's, or is there already."""
        left = set(self.own_marks)
        for place, token in enumerate(draft.ids):
            if token in self.marks:
                if token not in left:
                    return place
                left.remove(token)
        return None

    def _cut(self, draft: Draft, group: _Group) -> int:
        """Where in a draft to write something: the place that looked at it most, from the beginning of its word."""
        first, end = len(self.begun.prefix), len(draft.ids)
        looked = [sum(row[place] for place in group.places) for row in draft.attention[:end]]
        place = max(range(first, end), key=looked.__getitem__, default=end)
        least = SAME_WORD * max(looked[first:], default=0.0)
        pieces = self.tokenizer.pieces(draft.ids)
        while first < place < end and (
            looked[place - 1] >= least or _ONE_WORD.fullmatch(pieces[place - 1][-1:] + pieces[place][:1])
        ):
            place -= 1
        return place

    def _spelled(self, group: _Group, place: int) -> Sequence[int]:
        """How to write something: in its first form or, at the beginning, the one with a capital letter."""
        words = self.tokenizer.decode(group.forms[0])
        capital = words[:1].upper() + words[1:]
        same = (form for form in group.forms if place == 0 and self.tokenizer.decode(form) == capital)
        return next(same, group.forms[0])


def _group(
    sequences: Sequence[Sequence[int]],
    places: Mapping[str, Sequence[int]],
    tokenizer: Tokenizer,
    allowed: frozenset[int] | None,
) -> _Group:
    texts = list(dict.fromkeys(tokenizer.decode(sequence).strip() for sequence in sequences if sequence))
    pattern = re.compile("|".join(_as_word(text) for text in texts), re.IGNORECASE)
    forms = [sequence for sequence in sequences if sequence and (allowed is None or allowed.issuperset(sequence))]
    return _Group(forms, pattern, sorted({place for text in texts for place in places.get(text, ())}))


def _as_word(text: str) -> str:
    """A pattern for a text that is not part of a longer word, but may be inflected as English words are: parse, parsed.

    Katakana words are joined without ado: タイムステップ is in タイムステップコスト.
    """
    before = f"(?<!{_LETTER})" if re.match(_LETTER, text) else ""
    after = f"{_INFLECTION}(?!{_LETTER})" if re.match(_LETTER, text[-1:]) else ""
    return before + re.escape(text) + after


def _places(source: Sequence[int], tokenizer: Tokenizer) -> dict[str, list[int]]:
    """The places of a source that have placeholders and inline terms, these by what they are to become."""
    places: dict[str, list[int]] = {}
    opened = closed = 0
    for place, piece in enumerate(tokenizer.pieces(source)):
        if piece == TERM_OPEN:
            opened = place
        elif piece == TERM_CLOSE:
            closed = place
        elif piece == TERM_TARGET_CLOSE:
            wanted = tokenizer.decode(source[closed + 1 : place]).strip()
            places.setdefault(wanted, []).extend(range(opened, place + 1))
        elif piece in PLACEHOLDERS:
            places.setdefault(piece, []).append(place)
    return places


_INFLECTION = "(?:(?<=[a-z])(?:e?s|ed|ing|(?<=e)d))?"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ɏ]"
_ONE_WORD = re.compile("[A-Za-zÀ-ÖØ-öø-ɏ]{2}|[ァ-ヺー]{2}|▁.")  # where a token ends and the next begins in the same word
