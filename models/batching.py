"""Sequences of different lengths to padded tensors, by a budget of tokens.

A batch of 64 short sentences and one of 8 long ones cost the same when both hold as many tokens; a batch whose sentences
are about equally long wastes little on padding. For translation both come from sorting by length and cutting by budget.

Training sorts examples into buckets by the lengths of both sides; what does not fill a batch of its bucket moves on to the
next larger one. A model that runs as it is written then pads each batch to its own longest sentences. A compiled model is
compiled anew for each shape that it meets: it gets batches of a few shapes and no others (:func:`few_shapes` chooses them
by the lengths of the data), filled up with empty rows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from diglot.models.tokenizer import END, PAD, START, Tokenizer

if TYPE_CHECKING:  # the CPU engine cuts batches too, and starts without torch
    from torch import Tensor

Sentences = tuple[str, str, str, str | None]  # source, target, the language of the target, domain tag
Ids = tuple[list[int], list[int]]  # of a source, marks included, and of a target, without start and end
Shape = tuple[int, int]  # widths of source and target
UNIT = 8  # widths and rows are multiples of it where that can be: what the units of a GPU like


class Batch(NamedTuple):
    """Padded ids for training: source (B, S); target with the start symbol (B, T); labels with the end symbol (B, T)."""

    source: "Tensor"
    target: "Tensor"
    labels: "Tensor"

    def tokens(self) -> int:
        """Target tokens that count in the loss."""
        return int((self.labels != PAD).sum())

    def split(self, pieces: int) -> "list[Batch]":
        """The batch in so many pieces of about as many rows; no more than there are rows."""
        parts = (part.tensor_split(min(pieces, len(part))) for part in self)
        return [Batch(*piece) for piece in zip(*parts, strict=True)]


def pad(sequences: Sequence[Sequence[int]], multiple: int = 1) -> "Tensor":
    """Ids as a tensor (B, T), padded with 0 to the longest, T rounded up to a multiple.

    >>> pad([[5, 6, 7], [8]], multiple=4).tolist()
    [[5, 6, 7, 0], [8, 0, 0, 0]]
    """
    import torch

    longest = max((len(s) for s in sequences), default=0)
    padded = torch.full((len(sequences), _rounded(longest, multiple)), PAD, dtype=torch.long)
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
    rounded = [tuple(_rounded(side, multiple) for side in sides) for sides in lengths]
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


def _rounded(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


# ------------------------------------------------------------------------------------------------------------------ buckets


def all_shapes(longest: int) -> list[Shape]:
    """Every pair of widths of a ladder whose rungs are about a quarter apart, up to ``longest``; cheap shapes first.

    >>> all_shapes(24)
    [(16, 16), (16, 24), (24, 16), (24, 24)]
    """
    last = _rounded(longest, UNIT)
    rungs, rung = [last], 2 * UNIT
    while rung < last:
        rungs.append(rung)
        rung = _rounded(rung * 5 // 4, UNIT)
    return sorted(((one, other) for one in rungs for other in rungs), key=_cost)


def few_shapes(lengths: Sequence[Shape], longest: int, most: int) -> list[Shape]:
    """At most ``most`` shapes that waste little on examples of such lengths; the last one holds whatever may come.

    Of all shapes the one is left out, again and again, whose examples cost least more in the next shape that holds them.
    """
    shapes = all_shapes(longest)
    counts = Counter(_smallest(shapes, length) for length in lengths)
    while len(shapes) > most:
        more = Counter(dict.fromkeys(shapes[:-1], 0))
        for cell, count in counts.items():
            fitting = [shape for shape in shapes if _holds(shape, cell)]
            if len(fitting) > 1:
                more[fitting[0]] += count * (sum(fitting[1]) - sum(fitting[0]))
        shapes.remove(min(more, key=lambda shape: (more[shape], _cost(shape))))
    return shapes


def rows_of(shape: Shape, budget: int) -> int:
    """How many rows of a shape the budget allows."""
    rows = max(1, budget // sum(shape))
    return rows if rows < UNIT else rows // UNIT * UNIT


def in_buckets(lengths: Sequence[Shape], shapes: Sequence[Shape], budget: int) -> Iterator[tuple[Shape, list[int]]]:
    """Sort examples into buckets; yields each shape with its examples, as many as fill whole batches.

    ``shapes`` are sorted by cost. The last one holds every example, and gets the rest of all others, whole batches or not.

    >>> list(in_buckets([(3, 3), (9, 9), (2, 2), (1, 1)], [(4, 4), (16, 16)], budget=16))
    [((4, 4), [0, 2]), ((16, 16), [1, 3])]
    """
    buckets: dict[Shape, list[int]] = {shape: [] for shape in shapes}
    places = {length: _smallest(shapes, length) for length in set(lengths)}
    for index, length in enumerate(lengths):
        buckets[places[length]].append(index)
    for number, shape in enumerate(shapes):
        bucket = buckets[shape]
        if larger := next((s for s in shapes[number + 1 :] if _holds(s, shape)), None):
            rest = len(bucket) % rows_of(shape, budget)
            buckets[larger] += bucket[len(bucket) - rest :]
            bucket = bucket[: len(bucket) - rest]
        if bucket:
            yield shape, bucket


def _smallest(shapes: Sequence[Shape], length: Shape) -> Shape:
    return next(shape for shape in shapes if _holds(shape, length))


def _holds(shape: Shape, length: Shape) -> bool:
    return shape[0] >= length[0] and shape[1] >= length[1]


def _cost(shape: Shape) -> tuple[int, Shape]:
    return sum(shape), shape


# ----------------------------------------------------------------------------------------------------------------- training


def tokenised(examples: Sequence[Sentences], tokenizer: Tokenizer, *, alpha: float = 0.0, longest: int = 256) -> list[Ids]:
    """The ids of examples, without those of which one side has more than ``longest`` tokens.

    With ``alpha`` the source is segmented at random.
    """
    rows = []
    for text, translation, language, domain in examples:
        source = tokenizer.source(tokenizer.encode(text, alpha=alpha), language, domain)
        target = tokenizer.encode(translation)
        if len(source) <= longest and len(target) < longest:
            rows.append((source, target))
    return rows


def lengths_of(rows: Sequence[Ids]) -> list[Shape]:
    """The widths that rows need: a target stands behind its start, or before its end."""
    return [(len(source), len(target) + 1) for source, target in rows]


def training_batches(
    examples: Sequence[Sentences],
    tokenizer: Tokenizer,
    budget: int,
    *,
    alpha: float = 0.0,
    longest: int = 256,
    multiple: int = UNIT,
    shapes: Sequence[Shape] = (),
    seed: int = 0,
) -> list[Batch]:
    """Batches of at most ``budget`` padded tokens, source and target together, in shuffled order.

    ``alpha`` and ``longest`` are those of :func:`tokenised`. With ``shapes`` (:func:`few_shapes`) each batch has one of
    them, and always the same number of rows in it; without, its widths are rounded up to a ``multiple``.
    """
    rows = tokenised(examples, tokenizer, alpha=alpha, longest=longest)
    lengths = lengths_of(rows)
    batches = []
    for shape, bucket in in_buckets(lengths, shapes or all_shapes(longest), budget):
        if shapes:
            full = rows_of(shape, budget)
            parts = [bucket[start : start + full] for start in range(0, len(bucket), full)]
            batches += [_filled([rows[i] for i in part], shape, full) for part in parts]
        else:
            cut = by_tokens([lengths[i] for i in bucket], budget, multiple=multiple)
            batches += [_padded([rows[bucket[i]] for i in part], multiple) for part in cut]
    Random(seed).shuffle(batches)
    return batches


def _padded(rows: Sequence[Ids], multiple: int) -> Batch:
    return Batch(
        pad([source for source, _ in rows], multiple),
        pad([[START, *target] for _, target in rows], multiple),
        pad([[*target, END] for _, target in rows], multiple),
    )


def _filled(rows: Sequence[Ids], shape: Shape, full: int) -> Batch:
    """A batch of a shape; the rows that are missing are empty sentences without labels, so that they cost nothing."""
    import torch

    batch = Batch(*(torch.full((full, width), PAD, dtype=torch.long) for width in (shape[0], shape[1], shape[1])))
    batch.source[:, 0], batch.target[:, 0] = END, START
    for part, whole in zip(_padded(rows, 1), batch, strict=True):
        whole[: part.size(0), : part.size(1)] = part
    return batch
