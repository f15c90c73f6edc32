"""From a model to a sentence: greedy search, beam search and sampling over ``start`` and ``step``.

All of them share one contract: a batch of padded source ids in, one list of hypotheses a row out, in the order of the rows.
What a row gets does not depend on the rows beside it. Finished rows leave the batch, so a long sentence does not keep short
ones busy.

Beam search is the one that CTranslate2 runs, so that both engines give the same result: the candidates of a step are ranked
by log-probability over length to the power of the penalty, and a row is done when as many hypotheses as the beam is wide
have ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from diglot.models.tokenizer import END, START
from diglot.models.transformer import Transformer


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


@torch.inference_mode()
def greedy(model: Transformer, source: Tensor, limits: Limits) -> list[Found]:
    """The most probable token at each step. (B, S) -> B hypotheses"""
    return _one_path(model, source, limits, lambda log_probabilities: log_probabilities.argmax(-1))


@torch.inference_mode()
def sample(
    model: Transformer, source: Tensor, limits: Limits, *, temperature: float = 1.0, top_k: int = 0, seed: int | None = None
) -> list[Found]:
    """A token drawn at each step, from the ``top_k`` most probable ones or (0) from all. (B, S) -> B hypotheses

    The log-probabilities of the result are the model's own, not those of the sharpened distribution.
    """
    random = torch.Generator(device=source.device)
    random.manual_seed(seed) if seed is not None else random.seed()

    def draw(log_probabilities: Tensor) -> Tensor:
        scores = log_probabilities / temperature
        if 0 < top_k < scores.size(-1):
            scores = scores.masked_fill(scores < scores.topk(top_k).values[:, -1:], -torch.inf)
        return torch.multinomial(scores.softmax(-1), 1, generator=random).squeeze(1)

    return _one_path(model, source, limits, draw)


def _one_path(model: Transformer, source: Tensor, limits: Limits, choose: Callable[[Tensor], Tensor]) -> list[Found]:
    found = [Found([], []) for _ in range(len(source))]
    alive = list(range(len(source)))
    state = model.start(source)
    tokens = source.new_full((len(source),), START)
    for _ in range(limits.max_length):
        logits, state = model.step(tokens, state, limits.allowed)
        block_repeats([found[row].ids for row in alive], logits, limits.block_ngram, limits.allowed)
        log_probabilities = logits.float().log_softmax(-1)
        chosen = choose(log_probabilities)
        tokens = chosen if limits.allowed is None else limits.allowed[chosen]
        values = log_probabilities.gather(1, chosen[:, None]).squeeze(1).tolist()
        for row, token, value in zip(alive, tokens.tolist(), values, strict=True):
            found[row].log_probabilities.append(value)
            if token != END:
                found[row].ids.append(token)
        going_on = (tokens != END).nonzero().squeeze(1)
        if len(going_on) == 0:
            break
        if len(going_on) < len(alive):
            alive = [alive[i] for i in going_on.tolist()]
            tokens, state = tokens[going_on], state.select(going_on)
    return found


@torch.inference_mode()
def beam(
    model: Transformer, source: Tensor, limits: Limits, *, width: int = 4, length_penalty: float = 1.0
) -> list[list[Found]]:
    """The ``width`` best paths kept at each step. (B, S) -> B lists of ``width`` hypotheses, best first

    A hypothesis of n tokens with log-probability s ranks by ``s / n ** length_penalty``.
    """
    rows = len(source)
    state = model.start(source).select(torch.arange(rows, device=source.device).repeat_interleave(width))
    tokens = source.new_full((rows * width,), START)
    paths = [[Found([], []) for _ in range(width)] for _ in range(rows)]
    ended: list[list[Found]] = [[] for _ in range(rows)]
    alive = list(range(rows))
    totals = source.new_zeros((rows, width), dtype=torch.float32)
    totals[:, 1:] = -torch.inf  # all beams are the same at first: let one of them branch
    for length in range(1, limits.max_length + 1):
        logits, state = model.step(tokens, state, limits.allowed)
        block_repeats([path.ids for row in alive for path in paths[row]], logits, limits.block_ngram, limits.allowed)
        log_probabilities = logits.float().log_softmax(-1)  # (B * width, V)
        candidates = _candidates(log_probabilities, totals, width, length**length_penalty, limits.allowed)
        step = _advance(candidates, [paths[row] for row in alive], width, last=length == limits.max_length)
        for row, survivors, done in zip(alive, step.paths, step.ended, strict=True):
            paths[row] = survivors
            ended[row] += done
        going_on = [i for i, row in enumerate(alive) if len(ended[row]) < width]
        if not going_on or length == limits.max_length:
            break
        kept = torch.tensor(going_on, device=source.device)
        alive = [alive[i] for i in going_on]
        totals, tokens = step.totals[kept], step.tokens[kept].flatten()
        origins = step.origins + torch.arange(len(step.origins), device=source.device)[:, None] * width
        state = state.select(origins[kept].flatten())
    return [sorted(hypotheses, key=lambda f: -rank(f, length_penalty))[:width] for hypotheses in ended]


class _Candidates(NamedTuple):
    """The best continuations of each row: sums, the tokens' own log-probabilities, ids and beams. All (B, 2 * width)"""

    totals: Tensor
    log_probabilities: Tensor
    tokens: Tensor
    origins: Tensor


def _candidates(log_probabilities: Tensor, totals: Tensor, width: int, scale: float, allowed: Tensor | None) -> _Candidates:
    vocabulary = log_probabilities.size(-1)
    sums = (log_probabilities.view(len(totals), width, vocabulary) + totals[:, :, None]).flatten(1)
    best = (sums / scale).topk(2 * width)  # twice as many, so that a full beam is left when half of them end
    origins, columns = best.indices // vocabulary, best.indices % vocabulary
    own = log_probabilities.view(len(totals), -1).gather(1, best.indices)
    tokens = columns if allowed is None else allowed[columns]
    return _Candidates(sums.gather(1, best.indices), own, tokens, origins)


class _Step(NamedTuple):
    paths: list[list[Found]]
    ended: list[list[Found]]
    totals: Tensor
    tokens: Tensor
    origins: Tensor


def _advance(candidates: _Candidates, paths: Sequence[Sequence[Found]], width: int, *, last: bool) -> _Step:
    """Extend the paths: of the ``width`` best candidates those that end are set aside, the next best take their beams."""
    tokens, origins, own = candidates.tokens.tolist(), candidates.origins.tolist(), candidates.log_probabilities.tolist()
    survivors, ended, chosen = [], [], []
    for row, before in enumerate(paths):
        extended = [
            Found(
                before[origin].ids if token == END else [*before[origin].ids, token],
                [*before[origin].log_probabilities, value],
            )
            for origin, token, value in zip(origins[row], tokens[row], own[row], strict=True)
        ]
        ends = [token == END for token in tokens[row]]
        ended.append([extended[k] for k in range(width) if ends[k] or last])
        reserves = iter([k for k in range(width, 2 * width) if not ends[k]])
        picks = [k if not ends[k] else next(reserves, k) for k in range(width)]
        chosen.append(picks)
        survivors.append([extended[k] for k in picks])
    kept = torch.tensor(chosen, device=candidates.tokens.device)
    return _Step(
        survivors,
        ended,
        candidates.totals.gather(1, kept),
        candidates.tokens.gather(1, kept),
        candidates.origins.gather(1, kept),
    )


def rank(found: Found, length_penalty: float) -> float:
    """What hypotheses are compared by: the sum of log-probabilities over the length to the power of the penalty."""
    return sum(found.log_probabilities) / float(max(1, len(found.log_probabilities)) ** length_penalty)


def block_repeats(paths: Sequence[Sequence[int]], logits: Tensor, n: int, allowed: Tensor | None = None) -> None:
    """Set to -inf, in place, each token that would repeat an n-gram of its path; the columns are ``allowed``, or all ids."""
    if not n:
        return
    repeats = [
        (row, ids[start + n - 1])
        for row, ids in enumerate(paths)
        for start in range(len(ids) - n + 1)
        if ids[start : start + n - 1] == ids[len(ids) - n + 1 :]
    ]
    if repeats:
        columns = {int(i): column for column, i in enumerate(allowed)} if allowed is not None else None
        for row, token in repeats:
            logits[row, token if columns is None else columns[token]] = -torch.inf
