"""From a model to a sentence: greedy search and beam search.

Both share one contract: a batch of padded source ids in, one list of hypotheses a row out, in the order of the rows.
What a row gets does not depend on the rows beside it. Finished rows leave the batch, so a long sentence does not keep short
ones busy.

And they share one loop. What a search knows is held in tensors of fixed shapes (:class:`Hypotheses`), which a step changes
in place without asking the device for anything; every few steps the loop looks who has ended, lets them leave, and makes
room where it was used up. Greedy search is a beam of one. How the steps run (here one by one; on a GPU as a recorded graph,
:mod:`diglot.models.engines.graphs`) is the business of a :class:`Runner`.

Beam search is the one that CTranslate2 runs, so that both engines give the same result: a row is done when as many
hypotheses as the beam is wide have ended, and these are ranked by log-probability over length to the power of the penalty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from diglot.models.tokenizer import END, PAD, START
from diglot.models.transformer import Beams, Keys, Transformer

ROOM = 16  # tokens that there is room for at first; it doubles when they are written


class Found(NamedTuple):
    """A hypothesis: its ids without the end symbol, and the log-probability of each token, the end included."""

    ids: list[int]
    log_probabilities: list[float]

    @property
    def score(self) -> float:
        """Mean log-probability a token, in nats."""
        return sum(self.log_probabilities) / max(1, len(self.log_probabilities))


@dataclass(frozen=True)
class Limits:
    """What a search may do: how long a result may be, which ids it may use, which n-grams it may not repeat.

    ``max_length`` is in tokens, the end symbol included. ``allowed`` are the ids of the target language, None for all.
    ``block_ngram`` of n forbids a token that would repeat n tokens already there (Paulus et al. 2018); 0 forbids nothing.

    For constrained search alone: ``once`` are ids that are written only where they are wanted, and once; a word that is
    wanted and ends in one of ``word_ends`` is not there if one of ``continuations`` follows.
    """

    max_length: int = 256
    allowed: Tensor | None = None
    block_ngram: int = 0
    once: frozenset[int] = frozenset()
    word_ends: frozenset[int] = frozenset()
    continuations: frozenset[int] = frozenset()


class Shape(NamedTuple):
    """How much the tensors of a search hold: rows, hypotheses a row, source tokens, target tokens."""

    rows: int
    width: int
    source: int
    room: int


class Runner(Protocol):
    """How the steps of a search run: how many between two looks, in which shapes, by which machinery."""

    look: int

    def rounded(self, shape: Shape) -> Shape:
        """The shape to use where ``shape`` is needed."""
        ...

    def prepare(self, model: Transformer, limits: Limits, shape: Shape) -> "tuple[Hypotheses, Step]":
        """Tensors of a shape, and what runs one step in them."""
        ...


Step = Callable[[], None]


class StepByStep:
    """Steps run as they are written, a look after each: right for a CPU."""

    look = 1

    def rounded(self, shape: Shape) -> Shape:
        """Every shape will do."""
        return shape

    def prepare(self, model: Transformer, limits: Limits, shape: Shape) -> "tuple[Hypotheses, Step]":
        """New tensors."""
        hypotheses = Hypotheses(model, limits, shape)
        return hypotheses, hypotheses.step


def greedy(model: Transformer, source: Tensor, limits: Limits, runner: Runner | None = None) -> list[Found]:
    """The most probable token at each step. (B, S) -> B hypotheses"""
    return [hypotheses[0] for hypotheses in _search(model, source, limits, 1, runner)]


def beam(
    model: Transformer,
    source: Tensor,
    limits: Limits,
    *,
    width: int = 4,
    length_penalty: float = 1.0,
    runner: Runner | None = None,
) -> list[list[Found]]:
    """The ``width`` best paths kept at each step. (B, S) -> B lists of ``width`` hypotheses, best first

    A hypothesis of n tokens with log-probability s ranks by ``s / n ** length_penalty``.
    """
    ended = _search(model, source, limits, width, runner)
    return [sorted(hypotheses, key=lambda f: -rank(f, length_penalty))[:width] for hypotheses in ended]


def best(sums: Tensor, width: int) -> Tensor:
    """The 2 W most probable continuations, so that a full beam is left when half of them end. (B, W * V) -> (B, 2 W)"""
    if width == 1:  # where one path is all, there is no need of a second one when it ends
        return sums.argmax(-1, keepdim=True).expand(-1, 2)
    return sums.topk(2 * width).indices


@torch.inference_mode()
def _search(model: Transformer, source: Tensor, limits: Limits, width: int, runner: Runner | None) -> list[list[Found]]:
    """All hypotheses of each row that have ended, at least ``width`` of them."""
    runner = runner or StepByStep()
    found: list[list[Found]] = [[] for _ in range(len(source))]
    rows = list(range(len(source)))  # which source stands in which row of the tensors
    shape = runner.rounded(Shape(len(rows), width, source.size(1), min(ROOM, limits.max_length)))
    hypotheses, step = runner.prepare(model, limits, shape)
    hypotheses.begin(model, _padded(source, shape), limits.max_length)
    position = 0
    while True:
        steps = min(runner.look, hypotheses.shape.room - position)
        for _ in range(steps):
            step()
        position += steps
        counts = hypotheses.counts.tolist()
        going_on = [place for place in range(len(rows)) if counts[place] < width]
        room = hypotheses.shape.room if position < hypotheses.shape.room else min(2 * position, limits.max_length)
        shape = runner.rounded(Shape(len(going_on), width, source.size(1), room))
        if going_on and shape == hypotheses.shape:
            continue
        leaving = [place for place in range(len(rows)) if counts[place] >= width]
        for place, ended in zip(leaving, hypotheses.ended(leaving), strict=True):
            found[rows[place]] = ended
        if not going_on:
            return found
        larger, step = runner.prepare(model, limits, shape)
        larger.take(hypotheses, going_on)
        hypotheses, rows = larger, [rows[place] for place in going_on]


def _padded(source: Tensor, shape: Shape) -> Tensor:
    """A source (B, S) with so many rows, the last one repeated, and columns, of padding."""
    more = source[-1:].expand(shape.rows - len(source), -1)
    return F.pad(torch.cat((source, more)), (0, shape.source - source.size(1)), value=PAD)


class Hypotheses:
    """The tensors of a search: W live hypotheses a row, and those that have ended. B rows, room for C tokens.

    Every tensor keeps its shape and its place in memory, and :meth:`step` only writes in them. Rows that are done, and rows
    that fill up a shape, go through the steps like others and change nothing.
    """

    def __init__(self, model: Transformer, limits: Limits, shape: Shape) -> None:
        self.model, self.shape, self.block_ngram = model, shape, limits.block_ngram
        weight = model.embedding.weight
        device, vocabulary = weight.device, torch.arange(len(weight), device=weight.device)
        self.ids = vocabulary if limits.allowed is None else limits.allowed  # of the columns of the output
        self.output = weight if limits.allowed is None else weight[limits.allowed]  # (V, D)
        rows, width, _, room = shape
        self.beams = _empty_beams(model, shape)
        self.tokens = torch.full((rows, width), START, device=device)
        self.totals = torch.zeros(rows, width, device=device)
        self.paths = torch.zeros(rows, width, room, dtype=torch.long, device=device)  # columns
        self.values = torch.zeros(rows, width, room, device=device)
        self.ended_paths = torch.zeros(rows, 2 * width, room, dtype=torch.long, device=device)
        self.ended_values = torch.zeros(rows, 2 * width, room, device=device)
        self.lengths = torch.zeros(rows, 2 * width, dtype=torch.long, device=device)
        self.counts = torch.zeros(rows, dtype=torch.long, device=device)
        self.last = torch.zeros(1, dtype=torch.long, device=device)  # the position where everything ends

    def begin(self, model: Transformer, source: Tensor, max_length: int) -> None:
        """Encode the source (B, S) and stand before the first token."""
        state = model.start(source)
        for (key, value), (new_key, new_value) in zip(self.beams.memory, state.memory, strict=True):
            key.copy_(new_key)
            value.copy_(new_value)
        self.beams.mask.copy_(state.mask)
        for tensor in (self.beams.seen, self.beams.position, self.counts, self.totals):
            tensor.zero_()
        self.totals[:, 1:] = -torch.inf  # all beams are the same at first: let one of them branch
        self.tokens.fill_(START)
        self.last.fill_(max_length - 1)

    def take(self, other: "Hypotheses", rows: Sequence[int]) -> None:
        """Go on with some rows of another search, which had no more room than this one; the last fills up the shape."""
        filled = list(rows) + [rows[-1]] * (self.shape.rows - len(rows))
        chosen = torch.tensor(filled, device=self.tokens.device)
        self.beams.seen.zero_()
        for mine, theirs in zip(self._of_rows(), other._of_rows(), strict=True):
            kept = theirs.index_select(0, chosen)
            mine[tuple(map(slice, kept.shape))] = kept
        self.beams.position.copy_(other.beams.position)
        self.last.copy_(other.last)

    def _of_rows(self) -> list[Tensor]:
        beams = self.beams
        keys = [tensor for part in (*beams.memory, *beams.past) for tensor in part]
        live = [self.tokens, self.totals, self.paths, self.values]
        return [*keys, beams.mask, beams.seen, *live, self.ended_paths, self.ended_values, self.lengths, self.counts]

    def step(self) -> None:
        """One more token for every live hypothesis."""
        hidden = self.model.step_beams(self.tokens, self.beams)  # (B, W, D)
        logits = F.linear(hidden, self.output).float()
        if self.block_ngram:
            forbid_repeats(self.paths, self.beams.position, logits, self.block_ngram)
        log_probabilities = logits.log_softmax(-1)  # (B, W, V)
        sums = (log_probabilities + self.totals[:, :, None]).flatten(1)
        chosen = best(sums, self.shape.width)  # (B, 2 W)
        origins, columns = chosen // len(self.ids), chosen % len(self.ids)
        own = log_probabilities.flatten(1).gather(1, chosen)
        paths, values = self._extended(self.paths, origins, columns), self._extended(self.values, origins, own)
        tokens = self.ids[columns]
        self._set_aside(tokens, paths, values)
        picks = _survivors(tokens == END, self.shape.width)
        self.tokens.copy_(tokens.gather(1, picks))
        self.totals.copy_(sums.gather(1, chosen).gather(1, picks))
        self.paths.copy_(_rows(paths, picks))
        self.values.copy_(_rows(values, picks))
        self.beams.go_on_from(origins.gather(1, picks))

    def _extended(self, before: Tensor, origins: Tensor, new: Tensor) -> Tensor:
        """What the candidates have been so far, and the new token of each: (B, W, C) -> (B, 2 W, C)"""
        return _rows(before, origins).index_copy_(2, self.beams.position, new[:, :, None])

    def _set_aside(self, tokens: Tensor, paths: Tensor, values: Tensor) -> None:
        """Keep those of the W best candidates that end, until a row has W; the last place takes what is not kept."""
        width, position = self.shape.width, self.beams.position
        ends = (tokens[:, :width] == END) | (position >= self.last)
        ends &= (self.counts < width)[:, None]
        places = torch.where(ends, self.counts[:, None] + ends.cumsum(1) - 1, 2 * width - 1)
        whole = places[:, :, None].expand(-1, -1, self.shape.room)
        self.ended_paths.scatter_(1, whole, paths[:, :width])
        self.ended_values.scatter_(1, whole, values[:, :width])
        self.lengths.scatter_(1, places, (position + 1).expand_as(places))
        self.counts.add_(ends.sum(1))

    def ended(self, rows: Sequence[int]) -> list[list[Found]]:
        """What has ended in some rows."""
        chosen = torch.tensor(rows, dtype=torch.long, device=self.tokens.device)
        longest = int(self.beams.position)
        paths = self.ids[self.ended_paths[chosen, :, :longest]].tolist()
        values, lengths = self.ended_values[chosen, :, :longest].tolist(), self.lengths[chosen].tolist()
        counts = self.counts[chosen].tolist()
        return [
            [_found(paths[row][place][: lengths[row][place]], values[row][place]) for place in range(counts[row])]
            for row in range(len(rows))
        ]


def _found(ids: list[int], values: list[float]) -> Found:
    return Found(ids[:-1] if ids[-1] == END else ids, values[: len(ids)])


def _empty_beams(model: Transformer, shape: Shape) -> Beams:
    """Beams that have seen nothing, their slots zero so that what is masked is a number."""
    rows, width, source, room = shape
    weight, config = model.embedding.weight, model.config

    def keys(length: int) -> tuple[Keys, ...]:
        size = (rows, config.n_heads, length, config.d_head)
        return tuple(Keys(weight.new_zeros(size), weight.new_zeros(size)) for _ in range(config.n_decoder_layers))

    mask = torch.zeros(rows, 1, 1, source, dtype=torch.bool, device=weight.device)
    seen = torch.zeros(rows, width, room * width, dtype=torch.bool, device=weight.device)
    position = torch.zeros(1, dtype=torch.long, device=weight.device)
    return Beams(keys(source), mask, keys(room * width), seen, model.positions(0, room), position)


def _rows(tensor: Tensor, indices: Tensor) -> Tensor:
    """Of each batch row the rows of its matrix that are asked for: (B, W, C) and (B, N) -> (B, N, C)"""
    return tensor.gather(1, indices[:, :, None].expand(-1, -1, tensor.size(2)))


def _survivors(ends: Tensor, width: int) -> Tensor:
    """The candidates that stay in the beam: where one of the W best ends, the next best that does not takes its place.

    >>> _survivors(torch.tensor([[False, True, True, True, False, False]]), 3).tolist()
    [[0, 4, 5]]
    """
    reserves = width + ends[:, width:].int().argsort(dim=1, stable=True)  # those that do not end first
    which = (ends[:, :width].cumsum(1) - 1).clamp_min(0)
    return torch.where(ends[:, :width], reserves.gather(1, which), torch.arange(width, device=ends.device))


def rank(found: Found, length_penalty: float) -> float:
    """What hypotheses are compared by: the sum of log-probabilities over the length to the power of the penalty."""
    return sum(found.log_probabilities) / float(max(1, len(found.log_probabilities)) ** length_penalty)


def forbid_repeats(paths: Tensor, length: Tensor, logits: Tensor, n: int) -> None:
    """Set to -inf, in place, each token that would repeat an n-gram of its path.

    *Shape:* columns (..., C), of which the first ``length`` (1,) count, and logits (..., V).
    """
    starts = torch.arange(max(0, paths.size(-1) - n + 1), device=paths.device)
    repeated = (starts + n <= length).expand(*paths.shape[:-1], -1)
    for k in range(n - 1):
        latest = paths.index_select(-1, (length - n + 1 + k).clamp_min(0))
        repeated = repeated & (paths[..., k : k + len(starts)] == latest)
    penalty = logits.new_zeros(repeated.shape).masked_fill_(repeated, -torch.inf)
    logits.scatter_add_(-1, paths[..., n - 1 :], penalty)


def block_repeats(paths: Sequence[Sequence[int]], logits: Tensor, n: int, allowed: Tensor | None = None) -> None:
    """The same for ids of equally long paths; the columns of the logits are ``allowed``, in order, or all ids."""
    if n and paths and len(paths[0]) >= n:
        ids = torch.tensor(paths, device=logits.device)
        columns = ids if allowed is None else torch.searchsorted(allowed, ids)
        forbid_repeats(columns, columns.new_tensor([columns.size(1)]), logits, n)
