"""Beam search for translations that must contain something: the terms of a glossary, the placeholders of a text.

A result has to contain one of several sequences of ids for each of several groups. What a hypothesis still owes is followed
by an automaton over all sequences of its row (Aho & Corasick 1975), so that a half-written sequence can be left again and
sequences may overlap. The beam is shared out between the hypotheses that owe equally much (dynamic beam allocation: Post &
Vilar 2018, arXiv:1804.06609), and a hypothesis may end only when it owes nothing. At each step every hypothesis is extended
by its most probable tokens and by those that lead on towards something it owes. A mark that may stand only once, as a
placeholder, is written where it is wanted and not again. A word counts when nothing is joined to it: not Transform-er in
Transform-er-s, unless that is wanted, too.

What a row gets does not depend on the rows beside it.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

import torch
from torch import Tensor

from diglot.models.engines import Groups
from diglot.models.search import Found, Limits, block_repeats, rank
from diglot.models.tokenizer import END, PAD, START
from diglot.models.transformer import Transformer

SPARE = 4  # places of the beam beyond one for every number of tokens that can be owed
WIDEST = 32  # places of the beam, however much is owed
ROOM = 16  # a result has at most twice as many tokens as its source, those that it owes, and these


class Owed(NamedTuple):
    """How far a hypothesis is: the node of the automaton it stands on, and the groups it still owes, as bits.

    ``latest`` are the groups that the last token has met, if they are owed again should the word go on.
    """

    node: int
    groups: int
    latest: int = 0


class Requirement:
    """What one result has to contain, as an automaton over ids.

    ``word_ends`` are the ids of pieces that end in a letter, ``continuations`` those that go on with a word.

    >>> two = Requirement([[[7, 8], [9]], [[8, 5]]])
    >>> state = two.begin
    >>> for token in (7, 8, 5):
    ...     state = two.advance(state, token)
    >>> two.left(two.begin), two.left(state)
    (3, 0)
    """

    def __init__(
        self, groups: Groups, word_ends: frozenset[int] = frozenset(), continuations: frozenset[int] = frozenset()
    ) -> None:
        self._word_ends, self._continuations = word_ends, continuations
        self._children: list[dict[int, int]] = [{}]
        self._ends = [0]  # the groups of which a sequence ends at a node, as bits
        self._after: list[dict[int, int]] = [{}]  # group -> fewest tokens that lead from a node to the end of a sequence
        self._shortest: dict[int, int] = {}
        for group, sequences in enumerate(groups):
            for sequence in filter(None, sequences):
                self._add(group, sequence)
        self._fallback = [0] * len(self._children)
        self._link()
        self.begin = Owed(0, sum(1 << group for group in self._shortest))
        self.tokens = frozenset(token for children in self._children for token in children)

    def _add(self, group: int, sequence: Sequence[int]) -> None:
        self._shortest[group] = min(len(sequence), self._shortest.get(group, len(sequence)))
        node = 0
        for place, token in enumerate(sequence, 1):
            if token not in self._children[node]:
                self._children[node][token] = len(self._children)
                self._children.append({})
                self._ends.append(0)
                self._after.append({})
            node = self._children[node][token]
            rest = len(sequence) - place
            self._after[node][group] = min(rest, self._after[node].get(group, rest))
        self._ends[node] |= 1 << group

    def _link(self) -> None:
        """Give each node its fallback, the longest of its endings that begins a sequence, and what is known there."""
        queue = deque(self._children[0].values())
        while queue:
            node = queue.popleft()
            fallback = self._fallback[node]
            self._ends[node] |= self._ends[fallback]
            for group, rest in self._after[fallback].items():
                self._after[node][group] = min(rest, self._after[node].get(group, rest))
            for token, child in self._children[node].items():
                self._fallback[child] = self._goto(fallback, token)
                queue.append(child)

    def _goto(self, node: int, token: int) -> int:
        while node and token not in self._children[node]:
            node = self._fallback[node]
        return self._children[node].get(token, 0)

    def advance(self, state: Owed, token: int) -> Owed:
        """What is owed after one more token."""
        node = self._goto(state.node, token)
        owed = state.groups | (state.latest if token in self._continuations else 0)
        met = owed & self._ends[node]
        return Owed(node, owed & ~met, met if token in self._word_ends else 0)

    def left(self, state: Owed) -> int:
        """How many tokens at least are still to be written; 0 where nothing is owed."""
        if not state.groups:
            return 0
        owed = sum(length for group, length in self._shortest.items() if state.groups >> group & 1)
        begun = (self._shortest[g] - rest for g, rest in self._after[state.node].items() if state.groups >> g & 1)
        return owed - max(0, max(begun, default=0))

    def next_tokens(self, state: Owed) -> Iterator[int]:
        """The tokens that begin or go on with a sequence of a group that is owed."""
        node = state.node
        while True:
            for token, child in self._children[node].items():
                if any(state.groups >> group & 1 for group in self._after[child]):
                    yield token
            if not node:
                return
            node = self._fallback[node]


class _Path(NamedTuple):
    """A hypothesis and what it owes; ``origin`` is the place in the batch of the one that it extends."""

    found: Found
    total: float
    state: Owed
    origin: int = 0


class _Step(NamedTuple):
    """A path, by its number, and one more token."""

    total: float
    number: int
    token: int
    value: float
    state: Owed


class _Row:
    """The search of one row: its requirement, its live paths, and those that have ended."""

    def __init__(self, groups: Groups, width: int, source_length: int, limits: Limits) -> None:
        self.requirement = Requirement(groups, limits.word_ends, limits.continuations)
        owed = self.requirement.left(self.requirement.begin)
        self.enough, self.width = width, max(width, min(owed + SPARE, WIDEST))
        self.max_length = 2 * source_length + owed + ROOM
        self.live = [_Path(Found([], []), 0.0, self.requirement.begin)]
        self.ended: list[tuple[int, Found]] = []  # with the number of tokens that were still owed

    def advance(self, choices: Sequence[dict[int, float]], first: int, *, last: bool) -> None:
        """Extend the live paths, the first of which stands at ``first`` in the batch, by their choices of tokens."""
        banks = self._banks(choices, last=last)
        if not banks:  # every token is forbidden
            self.ended += [(self.requirement.left(path.state), path.found) for path in self.live]
        turns = zip_longest(*(sorted(banks[left], reverse=True) for left in sorted(banks)))
        live: list[_Path] = []
        for step in (step for turn in turns for step in turn if step):
            if last or step.token == END:
                self.ended.append((self.requirement.left(step.state), self._extended(step)))
            else:
                live.append(_Path(self._extended(step), step.total, step.state, first + step.number))
            if len(live) == self.width:
                break
        self.live = [] if last or len(self.ended) >= self.enough else live

    def _banks(self, choices: Sequence[dict[int, float]], *, last: bool) -> dict[int, list[_Step]]:
        """What the paths could become, by the number of tokens that are still owed."""
        banks: dict[int, list[_Step]] = {}
        for number, (path, choice) in enumerate(zip(self.live, choices, strict=True)):
            for token, value in choice.items():
                state = path.state if token == END else self.requirement.advance(path.state, token)
                left = self.requirement.left(state)
                if last or not (left and token == END):
                    banks.setdefault(left, []).append(_Step(path.total + value, number, token, value, state))
        return banks

    def _extended(self, step: _Step) -> Found:
        ids, values = self.live[step.number].found
        return Found(ids if step.token == END else [*ids, step.token], [*values, step.value])


@torch.inference_mode()
def beam_containing(
    model: Transformer,
    source: Tensor,
    limits: Limits,
    wanted: Sequence[Groups],
    *,
    width: int = 8,
    length_penalty: float = 1.0,
) -> list[list[Found]]:
    """Beam search whose results contain what is ``wanted`` of each row. (B, S) -> B lists of hypotheses, best first

    The beam of a row is ``width`` or, where more is wanted, wide enough for every number of tokens that can be owed, within
    reason; the row is done when ``width`` hypotheses have ended. Where there is no room for all that is wanted, those that
    owe least come back. The ids that are wanted may be used even where ``limits.allowed`` leaves them out.
    """
    lengths = source.ne(PAD).sum(1).tolist()
    rows = [_Row(groups, width, length, limits) for groups, length in zip(wanted, lengths, strict=True)]
    columns, forbidden = _columns(rows, limits, model.config.vocabulary, source.device)
    state = model.start(source)
    tokens = source.new_full((len(rows),), START)
    for length in range(1, limits.max_length + 1):
        logits, state = model.step(tokens, state, columns)
        owners = source.new_tensor([number for number, row in enumerate(rows) for _ in row.live])
        scores = logits.float().masked_fill(forbidden[owners], -torch.inf)
        block_repeats([path.found.ids for row in rows for path in row.live], scores, limits.block_ngram, columns)
        choices = _choices(scores.log_softmax(-1), rows, columns.tolist(), limits.once)
        first = 0
        for row in rows:
            count = len(row.live)
            row.advance(choices[first : first + count], first, last=length >= min(limits.max_length, row.max_length))
            first += count
        paths = [path for row in rows for path in row.live]
        if not paths:
            break
        tokens = source.new_tensor([path.found.ids[-1] for path in paths])
        state = state.select(source.new_tensor([path.origin for path in paths]))
    return [_best_first(row.ended, length_penalty, width) for row in rows]


def _columns(rows: Sequence[_Row], limits: Limits, vocabulary: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The ids that any row may use, in order (U,), and which of them a row may not use (B, U)."""
    common = set(range(vocabulary) if limits.allowed is None else limits.allowed.tolist()) - limits.once
    columns = sorted(common.union(*(row.requirement.tokens for row in rows)))
    forbidden = [[not (token in common or token in row.requirement.tokens) for token in columns] for row in rows]
    return torch.tensor(columns, device=device), torch.tensor(forbidden, device=device)


def _choices(
    log_probabilities: Tensor, rows: Sequence[_Row], columns: Sequence[int], once: frozenset[int]
) -> list[dict[int, float]]:
    """For each path the tokens to go on with and their log-probabilities: the best, and those that what is owed asks for."""
    paths = [(row, path) for row in rows for path in row.live]
    best = log_probabilities.topk(min(max(row.width for row, _ in paths) + 1, len(columns)))
    values, indices = best.values.tolist(), best.indices.tolist()
    choices = [
        {columns[i]: value for i, value in zip(indices[number][: row.width + 1], values[number], strict=False)}
        for number, (row, _) in enumerate(paths)
    ]
    places = [(n, token) for n, (row, path) in enumerate(paths) for token in row.requirement.next_tokens(path.state)]
    if places:
        at = [bisect_left(columns, token) for _, token in places]
        for (number, token), value in zip(places, log_probabilities[[n for n, _ in places], at].tolist(), strict=True):
            choices[number][token] = value
    return [
        {token: v for token, v in choice.items() if v > -torch.inf and not (token in once and token in path.found.ids)}
        for (_, path), choice in zip(paths, choices, strict=True)
    ]


def _best_first(ended: Sequence[tuple[int, Found]], length_penalty: float, most: int) -> list[Found]:
    """So many of the hypotheses that owe least."""
    least = min(left for left, _ in ended)
    return sorted((found for left, found in ended if left == least), key=lambda one: -rank(one, length_penalty))[:most]
