"""What is true of a search, whatever the model."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from toys import random_ids, toy_model

from diglot.models import search
from diglot.models.search import Found, Limits
from diglot.models.tokenizer import END, PAD, START
from diglot.models.transformer import Transformer

ALLOWED = torch.tensor([END, *range(60, 440)])


@pytest.fixture(scope="module")
def model() -> Transformer:
    return toy_model(3)


def ended(model: Transformer) -> Transformer:
    """A model whose end symbol wins now and then, so that hypotheses end at different lengths."""
    with torch.no_grad():
        hidden = model.hidden(random_ids(8, 6, seed=9), random_ids(8, 6, seed=8)).flatten(0, 1)
        typical = hidden[::5].mean(0)
        best = model.logits(hidden)[:, 60:].amax(-1).median()
        model.embedding.weight[END] = typical * best / (hidden @ typical).median()
    return model


def test_beam_of_one_is_greedy(model: Transformer) -> None:
    source, limits = random_ids(4, 6), Limits(12, ALLOWED)
    for greedy, beams in zip(search.greedy(model, source, limits), search.beam(model, source, limits, width=1), strict=True):
        assert beams[0].ids == greedy.ids
        assert beams[0].score == pytest.approx(greedy.score, abs=1e-5)


def test_score_is_the_sum_of_token_log_probabilities(model: Transformer) -> None:
    source = random_ids(1, 6)
    for found in search.beam(ended(toy_model(4)), source, Limits(9, ALLOWED), width=4)[0]:
        tokens = [*found.ids, END][: len(found.log_probabilities)]
        logits = ended(toy_model(4))(source, torch.tensor([[START, *tokens[:-1]]]))[0][:, ALLOWED]
        places = torch.searchsorted(ALLOWED, torch.tensor(tokens))
        expected = logits.log_softmax(-1).gather(1, places[:, None]).squeeze(1)
        assert found.log_probabilities == pytest.approx(expected.tolist(), abs=1e-4)


@pytest.mark.parametrize("width", [1, 3])
def test_alone_is_as_in_a_batch(width: int) -> None:
    model = ended(toy_model(4))
    sources = [random_ids(1, length, seed=length) for length in (2, 9, 5, 7)]
    batch = torch.cat([F.pad(s, (0, 9 - s.size(1)), value=PAD) for s in sources])
    together = search.beam(model, batch, Limits(20, ALLOWED), width=width)
    assert len({len(found[0].ids) for found in together}) > 1
    for source, found in zip(sources, together, strict=True):
        alone = search.beam(model, source, Limits(20, ALLOWED), width=width)[0]
        assert [f.ids for f in alone] == [f.ids for f in found]


def test_exhaustive_search_agrees_with_a_wide_beam() -> None:
    """On five ids and three steps every sequence can be tried."""
    model, allowed = ended(toy_model(4)), torch.tensor([END, 70, 71, 72, 73])
    source = random_ids(1, 5)

    def log_probability(tokens: tuple[int, ...]) -> float:
        logits = model(source, torch.tensor([[START, *tokens[:-1]]]))[0][:, allowed].log_softmax(-1)
        return sum(float(logits[i, int(torch.searchsorted(allowed, t))]) for i, t in enumerate(tokens))

    others = [70, 71, 72, 73]
    sequences = [(*words, END) for n in range(3) for words in itertools.product(others, repeat=n)]
    sequences += list(itertools.product(others, repeat=3))
    with torch.no_grad():
        best = max(sequences, key=lambda tokens: log_probability(tokens) / len(tokens))
    found = search.beam(model, source, Limits(3, allowed), width=64)[0][0]
    assert tuple(found.ids) == tuple(t for t in best if t != END)


def test_a_wider_beam_finds_nothing_worse() -> None:
    model = ended(toy_model(4))
    source = random_ids(6, 7)
    for greedy, wide in zip(
        search.greedy(model, source, Limits(10, ALLOWED)),
        search.beam(model, source, Limits(10, ALLOWED), width=8, length_penalty=0.0),
        strict=True,
    ):
        if len(greedy.log_probabilities) == len(wide[0].log_probabilities):
            assert sum(wide[0].log_probabilities) >= sum(greedy.log_probabilities) - 1e-4


def test_length_penalty_favours_length() -> None:
    model = ended(toy_model(4))
    source = random_ids(8, 7)
    short, long = (
        sum(len(f[0].ids) for f in search.beam(model, source, Limits(25, ALLOWED), width=4, length_penalty=p))
        for p in (0.0, 3.0)
    )
    assert long > short


def test_only_allowed_ids_come_out(model: Transformer) -> None:
    allowed = torch.tensor([END, 80, 90, 100])
    for found in search.greedy(model, random_ids(3, 5), Limits(10, allowed)):
        assert set(found.ids) <= {80, 90, 100}


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("ngram", [1, 2, 3])
def test_blocked_ngrams_do_not_repeat(width: int, ngram: int) -> None:
    model = toy_model(3)
    for allowed in (ALLOWED, None):
        found = search.beam(model, random_ids(2, 5), Limits(30, allowed, ngram), width=width)[0][0].ids
        runs = list(zip(*(found[i:] for i in range(ngram)), strict=False))
        assert len(runs) == len(set(runs))


def test_no_result_is_longer_than_the_limit(model: Transformer) -> None:
    for width in (1, 4):
        for beams in search.beam(model, random_ids(3, 5), Limits(5, ALLOWED[1:]), width=width):
            assert all(len(f.ids) == 5 for f in beams)


def test_score_of_a_found_is_its_mean() -> None:
    assert Found([5, 6], [-1.0, -2.0, -3.0]).score == pytest.approx(-2.0)
    assert math.isfinite(Found([], []).score)


def ragged(*lengths: int) -> torch.Tensor:
    """A batch of sources of different lengths, padded."""
    sources = [random_ids(1, length, seed=length) for length in lengths]
    return torch.cat([F.pad(s, (0, max(lengths) - s.size(1)), value=PAD) for s in sources])


def repeats_by_hand(ids: list[int], n: int) -> set[int]:
    return {ids[i + n - 1] for i in range(len(ids) - n + 1) if ids[i : i + n - 1] == ids[len(ids) - n + 1 :]}


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4), st.integers(1, 5))
def test_what_would_repeat_is_forbidden_and_nothing_else(ids: list[int], n: int, spare: int) -> None:
    paths = torch.tensor([[*ids, *[0] * spare]] * 2)
    logits = torch.zeros(2, 4)
    search.forbid_repeats(paths, torch.tensor([len(ids)]), logits, n)
    for row in logits.tolist():
        assert {token for token, value in enumerate(row) if value == -math.inf} == repeats_by_hand(ids, n)


@given(st.lists(st.booleans(), min_size=3, max_size=3), st.lists(st.booleans(), min_size=3, max_size=3))
def test_the_beam_stays_full_of_what_goes_on(best: list[bool], reserves: list[bool]) -> None:
    if sum(best) + sum(reserves) > 3:  # one hypothesis cannot end twice
        return
    ends = best + reserves
    picks = search._survivors(torch.tensor([ends]), 3).tolist()[0]
    assert [k for k in range(3) if not best[k]] == [k for k in picks if k < 3]
    assert not any(ends[k] for k in picks)
    spare = [k for k in picks if k >= 3]
    assert spare == [k for k in range(3, 6) if not reserves[k - 3]][: len(spare)]


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "learned"])
@pytest.mark.parametrize("width", [1, 4])
def test_a_long_search_is_that_of_the_whole_pass(positions: str, width: int) -> None:
    """Room is made several times on the way; the scores are those of the model without any cache."""
    model, limits = toy_model(3, positions=positions), Limits(70, ALLOWED[1:])
    for row, found in zip(ragged(4, 9), search.beam(model, ragged(4, 9), limits, width=width), strict=True):
        ids = torch.tensor([[START, *found[0].ids[:-1]]])
        with torch.inference_mode():
            whole = model(row[None], ids)[0][:, ALLOWED[1:]].log_softmax(-1)
        places = torch.searchsorted(ALLOWED[1:], torch.tensor(found[0].ids))
        assert len(found[0].ids) == 70
        assert found[0].log_probabilities == pytest.approx(whole.gather(1, places[:, None]).squeeze(1).tolist(), abs=1e-3)


def test_a_long_row_goes_on_when_others_have_left() -> None:
    model = ended(toy_model(4))
    batch = ragged(2, 9, 5, 7, 3, 8)
    found = search.greedy(model, batch, Limits(50, ALLOWED))
    assert len({len(f.log_probabilities) for f in found}) > 2
    for row, one in zip(batch, found, strict=True):
        assert search.greedy(model, row[row != PAD][None], Limits(50, ALLOWED))[0].ids == one.ids
