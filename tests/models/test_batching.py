"""Batches: everything once, within the budget, little padding, few shapes where few are asked for."""

from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot.models.batching import (
    Batch,
    Sentences,
    all_shapes,
    by_tokens,
    few_shapes,
    in_buckets,
    lengths_of,
    pad,
    rows_of,
    tokenised,
    training_batches,
)
from diglot.models.objective import Objective
from diglot.models.tokenizer import END, PAD, START

LENGTHS = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=60)
EXAMPLES: list[Sentences] = [(a, b, "ja", None) for a in SENTENCES for b in SENTENCES]


@given(LENGTHS, st.integers(1, 200), st.sampled_from([1, 4, 8]))
def test_every_example_is_in_one_batch_within_the_budget(lengths: list, budget: int, multiple: int) -> None:
    batches = list(by_tokens(lengths, budget, multiple=multiple))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        width = sum(-(-max(lengths[i][side] for i in batch) // multiple) * multiple for side in (0, 1))
        assert len(batch) == 1 or len(batch) * width <= budget


def test_sorting_keeps_padding_small() -> None:
    lengths = [(n % 37 + 1,) for n in range(500)]
    batches = list(by_tokens(lengths, 200))
    padded = sum(len(batch) * max(lengths[i][0] for i in batch) for batch in batches)
    assert padded < 1.1 * sum(n for (n,) in lengths)


def test_pad() -> None:
    assert pad([[5], [6, 7, 8]]).tolist() == [[5, PAD, PAD], [6, 7, 8]]
    assert pad([[5], [6, 7, 8]], 4).shape == (2, 4)
    assert pad([]).shape == (0, 0)


# ------------------------------------------------------------------------------------------------------------------ buckets


@given(LENGTHS, st.integers(1, 2000), st.integers(1, 30))
def test_every_example_is_in_one_bucket_that_holds_it(lengths: list, budget: int, most: int) -> None:
    shapes = few_shapes(lengths, 40, most)
    assert len(shapes) <= most
    buckets = list(in_buckets(lengths, shapes, budget))
    assert sorted(i for _, bucket in buckets for i in bucket) == list(range(len(lengths)))
    for shape, bucket in buckets:
        assert all(lengths[i][0] <= shape[0] and lengths[i][1] <= shape[1] for i in bucket)
        assert shape == shapes[-1] or len(bucket) % rows_of(shape, budget) == 0


def many_lengths(seed: int = 1) -> list[tuple[int, int]]:
    """Lengths as of sentences: few are long, the sides are alike, and every fifth source has a sentence before it."""
    random = Random(seed)
    first = [min(192, 6 + int(random.expovariate(1 / 25))) for _ in range(6000)]
    pairs = [(n, max(2, min(192, int(n * random.uniform(0.6, 1.4))))) for n in first]
    return [(min(192, a + random.randrange(40)), b) if i % 5 == 0 else (a, b) for i, (a, b) in enumerate(pairs)]


def padding(shapes: list[tuple[int, int]], budget: int) -> float:
    lengths = many_lengths()
    cells = sum(
        -(-len(b) // rows_of(s, budget)) * rows_of(s, budget) * sum(s) for s, b in in_buckets(lengths, shapes, budget)
    )
    return 1 - sum(map(sum, lengths)) / cells


def test_more_shapes_waste_less_and_few_do_not_waste_much() -> None:
    wasted = [padding(few_shapes(many_lengths(seed=2), 192, most), 4096) for most in (1, 8, 16, 100)]
    assert wasted == sorted(wasted, reverse=True)
    assert wasted[0] > 0.7 and wasted[2] < 0.25


def test_buckets_of_both_sides_waste_less_than_sorting_by_one() -> None:
    lengths, budget = many_lengths(), 2048
    cut = [[bucket[i] for i in part] for _, bucket in in_buckets(lengths, all_shapes(192), budget)
           for part in by_tokens([lengths[i] for i in bucket], budget)]  # fmt: skip
    one, other = (
        sum(len(batch) * sum(max(lengths[i][side] for i in batch) for side in (0, 1)) for batch in batches)
        for batches in (cut, by_tokens(lengths, budget))
    )
    assert one < 0.95 * other


# ----------------------------------------------------------------------------------------------------------------- training


def test_training_batches_shift_the_target_by_one() -> None:
    tokenizer = toy_tokenizer()
    examples = [(SENTENCES[0], SENTENCES[5], "ja", "lec"), (SENTENCES[1], SENTENCES[6], "ja", None)]
    batches = training_batches(examples, tokenizer, 10_000, multiple=8)
    (batch,) = batches
    assert batch.source.size(1) % 8 == batch.target.size(1) % 8 == 0
    for source, target, labels in zip(*batch, strict=True):
        text = tokenizer.decode([i for i in labels.tolist() if i not in (PAD, END)])
        assert text in (SENTENCES[5], SENTENCES[6])
        words = [i for i in target.tolist() if i != PAD]
        assert words[0] == START
        assert words[1:] == [i for i in labels.tolist() if i != PAD][:-1]
        assert [i for i in labels.tolist() if i != PAD][-1] == END
        assert tokenizer.pieces(source.tolist()[:1]) == ["<2ja>"]
    assert batch.tokens() == sum(len(tokenizer.encode(t)) + 1 for t in (SENTENCES[5], SENTENCES[6]))


def test_training_batches_are_a_function_of_their_seeds() -> None:
    tokenizer = toy_tokenizer()

    def ids(seed: int) -> list:
        tokenizer.seed(seed)
        return [batch.source.tolist() for batch in training_batches(EXAMPLES, tokenizer, 400, alpha=0.2, seed=seed)]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


def test_each_seed_shuffles_the_same_batches() -> None:
    one, other = (
        [batch.source.tolist() for batch in training_batches(EXAMPLES, toy_tokenizer(), 100, seed=seed)] for seed in (1, 2)
    )
    assert one != other
    assert sorted(one) == sorted(other)


def test_overlong_examples_are_left_out() -> None:
    tokenizer = toy_tokenizer()
    assert training_batches([("word " * 400, "x", "ja", None)], tokenizer, 1000, longest=64) == []


def test_a_compiled_model_meets_few_shapes_and_the_same_words() -> None:
    tokenizer = toy_tokenizer()
    shapes = few_shapes(lengths_of(tokenised(EXAMPLES, tokenizer)), 64, 4)
    budget = 700
    batches = training_batches(EXAMPLES, tokenizer, budget, longest=64, shapes=shapes)
    met = {(*batch.source.shape, batch.target.size(1)) for batch in batches}
    assert met <= {(rows_of(shape, budget), *shape) for shape in shapes}
    assert all(batch.source.numel() + batch.target.numel() <= budget for batch in batches)
    free = training_batches(EXAMPLES, tokenizer, budget, longest=64)
    assert len({(*batch.source.shape, batch.target.size(1)) for batch in free}) > len(met)

    def words(of: list[Batch]) -> list[list[int]]:
        rows = (row.tolist() for batch in of for row in batch.labels if row.any())
        return sorted([i for i in row if i != PAD] for row in rows)

    assert words(batches) == words(free)


def test_empty_rows_and_padding_change_no_loss() -> None:
    tokenizer = toy_tokenizer()
    filled = training_batches(EXAMPLES[:5], tokenizer, 4000, longest=64, shapes=[(64, 64)])
    plain = training_batches(EXAMPLES[:5], tokenizer, 4000, longest=64, multiple=1)
    assert len(filled[0].source) > 5
    objective = Objective(toy_model(norm="layer"), smoothing=0.1)
    one, other = (sum(objective(*batch) for batch in batches) for batches in (filled, plain))
    assert torch.isfinite(one)
    assert one.item() == pytest.approx(other.item(), rel=1e-5)


def test_pieces_of_a_batch_are_the_batch() -> None:
    batch = training_batches(EXAMPLES[:7], toy_tokenizer(), 10_000)[0]
    for pieces in (1, 2, 3, 100):
        parts = batch.split(pieces)
        assert len(parts) == min(pieces, 7)
        assert torch.equal(torch.cat([part.labels for part in parts]), batch.labels)
        assert sum(part.tokens() for part in parts) == batch.tokens()
