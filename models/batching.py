"""Sequences of different lengths to padded tensors, by a budget of tokens.

A batch of 64 short sentences and one of 8 long ones cost the same when both hold as many tokens; a batch whose sentences
are about equally long wastes little on padding. Both come from sorting by length and cutting by budget.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from diglot.models.tokenizer import END, PAD, START, Tokenizer

if TYPE_CHECKING:  # the CPU engine cuts batches too, and starts without torch
    from torch import Tensor


class Batch(NamedTuple):
    """Padded ids for training: source (B, S); target with the start symbol (B, T); labels with the end symbol (B, T)."""

    source: "Tensor"
    target: "Tensor"
    labels: "Tensor"

    def tokens(self) -> int:
        """Target tokens that count in the loss."""
        return int((self.labels != PAD).sum())


def pad(sequences: Sequence[Sequence[int]], multiple: int = 1) -> "Tensor":
    """Ids as a tensor (B, T), padded with 0 to the longest, T rounded up to a multiple.

    >>> pad([[5, 6, 7], [8]], multiple=4).tolist()
    [[5, 6, 7, 0], [8, 0, 0, 0]]
    """
    import torch

    longest = max((len(s) for s in sequences), default=0)
    width = -(-longest // multiple) * multiple
    padded = torch.full((len(sequences), width), PAD, dtype=torch.long)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = torch.as_tensor(sequence, dtype=torch.long)
    return padded


def by_tokens(lengths: Sequence[tuple[int, ...]], budget: int, *, multiple: int = 1) -> Iterator[list[int]]:
    """Cut examples into batches of at most ``budget`` tokens, padding counted; yields lists of indices, short ones first.

    An example's lengths are those of its sides (source, or source and target). One longer than the budget is a batch of its
    own.

    >>> list(by_tokens([(9,), (2,), (3,), (2,)], budget=6))
    [[1, 3], [2], [0]]
    """
    rounded = [tuple(-(-side // multiple) * multiple for side in sides) for sides in lengths]
    batch: list[int] = []
    widths: tuple[int, ...] = ()
    for index in sorted(range(len(lengths)), key=lambda i: (rounded[i], i)):
        wider = tuple(map(max, widths, rounded[index])) if batch else rounded[index]
        if batch and (len(batch) + 1) * sum(wider) > budget:
            yield batch
            batch, wider = [], rounded[index]
        batch.append(index)
        widths = wider
    if batch:
        yield batch


def training_batches(
    examples: Sequence[tuple[str, str, str, str | None]],
    tokenizer: Tokenizer,
    budget: int,
    *,
    alpha: float = 0.0,
    longest: int = 256,
    multiple: int = 8,
    seed: int = 0,
) -> list[Batch]:
    """Batches of at most ``budget`` padded tokens, source and target together, in shuffled order.

    An example is a source, a target, the language of the target and a domain tag or None. Lengths are rounded up to a
    ``multiple``, so that a compiled model meets few shapes. With ``alpha`` the source is segmented at random. Examples of
    which one side has more than ``longest`` tokens are left out.
    """
    rows = []
    for text, translation, language, domain in examples:
        source = tokenizer.source(tokenizer.encode(text, alpha=alpha), language, domain)
        target = tokenizer.encode(translation)
        if len(source) <= longest and len(target) < longest:
            rows.append((source, target))
    batches = [
        _training_batch([rows[i] for i in chosen], multiple)
        for chosen in by_tokens([(len(s), len(t) + 1) for s, t in rows], budget, multiple=multiple)
    ]
    Random(seed).shuffle(batches)
    return batches


def _training_batch(rows: Sequence[tuple[list[int], list[int]]], multiple: int) -> Batch:
    return Batch(
        pad([source for source, _ in rows], multiple),
        pad([[START, *target] for _, target in rows], multiple),
        pad([[*target, END] for _, target in rows], multiple),
    )
