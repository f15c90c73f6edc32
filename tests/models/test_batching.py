"""Batches: everything once, within the budget, little padding."""

from hypothesis import given
from hypothesis import strategies as st
from toys import SENTENCES, toy_tokenizer

from diglot.models.batching import by_tokens, pad, training_batches
from diglot.models.tokenizer import END, PAD, START

LENGTHS = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=60)


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
    examples = [(a, b, "ja", None) for a in SENTENCES for b in SENTENCES]

    def ids(seed: int) -> list:
        tokenizer.seed(seed)
        return [batch.source.tolist() for batch in training_batches(examples, tokenizer, 400, alpha=0.2, seed=seed)]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


def test_overlong_examples_are_left_out() -> None:
    tokenizer = toy_tokenizer()
    assert training_batches([("word " * 400, "x", "ja", None)], tokenizer, 1000, longest=64) == []
