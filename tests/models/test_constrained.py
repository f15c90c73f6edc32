"""What a result has to contain is in it, and of all results that have it the best is found."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import random_ids, toy_model

from diglot.models import search
from diglot.models.constrained import ROOM, Groups, Requirement, beam_containing
from diglot.models.search import Limits
from diglot.models.tokenizer import END, PAD, START
from diglot.models.transformer import Transformer

ALLOWED = torch.tensor([END, *range(60, 440)])
FEW = [70, 71, 72, 73]


def contains(ids: list[int] | tuple[int, ...], sequence: list[int]) -> bool:
    return any(list(ids[i : i + len(sequence)]) == sequence for i in range(len(ids) - len(sequence) + 1))


def meets(ids: list[int] | tuple[int, ...], groups: Groups) -> bool:
    return all(any(contains(ids, list(sequence)) for sequence in group) for group in groups)


sequences = st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=4)
groups = st.lists(st.lists(sequences, min_size=1, max_size=3), min_size=1, max_size=4)


@given(groups=groups, tokens=st.lists(st.sampled_from([1, 2, 3]), max_size=20))
def test_the_automaton_knows_what_is_owed(groups: list[list[list[int]]], tokens: list[int]) -> None:
    requirement = Requirement(groups)
    state = requirement.begin
    for count, token in enumerate(tokens, 1):
        left, state = requirement.left(state), requirement.advance(state, token)
        for number, group in enumerate(groups):
            assert bool(state.groups >> number & 1) != meets(tokens[:count], [group])
        assert (requirement.left(state) == 0) == meets(tokens[:count], groups)
        assert requirement.left(state) <= requirement.left(requirement.begin)
        assert left == 0 or requirement.left(state) > 0 or token in {t for group in groups for s in group for t in s}


@given(groups=groups)
def test_following_the_next_tokens_leads_to_the_end(groups: list[list[list[int]]]) -> None:
    requirement = Requirement(groups)
    state = requirement.begin
    for _ in range(16):
        following = {token: requirement.advance(state, token) for token in requirement.next_tokens(state)}
        assert bool(following) == bool(state.groups)
        if following:
            state = min(following.values(), key=requirement.left)
    assert state.groups == 0


def test_a_word_that_goes_on_is_another_word() -> None:
    requirement = Requirement([[[5, 6]]], word_ends=frozenset({6}), continuations=frozenset({7}))

    def left(*tokens: int) -> int:
        state = requirement.begin
        for token in tokens:
            state = requirement.advance(state, token)
        return requirement.left(state)

    assert (left(5, 6), left(5, 6, 8), left(5, 6, 7), left(5, 6, 8, 7)) == (0, 0, 2, 0)
    assert left(5, 6, 8, 5, 6, 7) == 0  # once is enough
    assert left(5, 6, 7, 5, 6) == 0


def test_the_longer_of_two_words_counts_too() -> None:
    requirement = Requirement([[[5, 6], [5, 6, 7]]], word_ends=frozenset({6, 7}), continuations=frozenset({7}))
    state = requirement.begin
    for token in (5, 6, 7):
        state = requirement.advance(state, token)
    assert requirement.left(state) == 0


def test_a_word_that_is_wanted_stands_alone_in_the_result() -> None:
    limits = Limits(24, torch.tensor([END, 80, 81, 82]), word_ends=frozenset({81}), continuations=frozenset({81, 82}))
    for seed in range(6):
        ids = beam_containing(MODEL, random_ids(1, 6, seed=seed), limits, [[[[80, 81]]]])[0][0].ids
        assert any(ids[i : i + 2] == [80, 81] and ids[i + 2 : i + 3] not in ([81], [82]) for i in range(len(ids)))


def test_what_nothing_can_meet_is_not_asked_for() -> None:
    assert Requirement([[], [[]]]).begin.groups == 0


def ended() -> Transformer:
    """A model whose end symbol wins now and then, so that hypotheses end at different lengths."""
    model = toy_model(4)
    with torch.no_grad():
        hidden = model.hidden(random_ids(8, 6, seed=9), random_ids(8, 6, seed=8)).flatten(0, 1)
        typical = hidden[::5].mean(0)
        best = model.logits(hidden)[:, 60:].amax(-1).median()
        model.embedding.weight[END] = typical * best / (hidden @ typical).median()
    return model


CASES: list[Groups] = [
    [],
    [[[70]]],
    [[[71, 72]]],
    [[[72, 72], [73, 70]]],
    [[[70], [71]], [[73]]],
    [[[70, 71]], [[71, 72]]],  # they may overlap
    [[[70, 71, 70]], [[71, 70]]],  # one inside the other
]


@pytest.mark.parametrize("wanted", CASES, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_wide_search_finds_the_best_of_all_that_contain_it(wanted: Groups, seed: int) -> None:
    """On five ids and four steps every sequence can be tried."""
    model, allowed, length = ended(), torch.tensor([END, *FEW]), 4
    source = random_ids(1, 5, seed=seed)
    whole = [(*words, END) for n in range(length) for words in itertools.product(FEW, repeat=n)]
    whole += list(itertools.product(FEW, repeat=length))
    possible = [tokens for tokens in whole if meets(tokens, wanted)]
    with torch.no_grad():
        target = torch.tensor([[START, *tokens[:-1], *[PAD] * (length - len(tokens))] for tokens in possible])
        logits = model(source.expand(len(possible), -1), target)[:, :, allowed].log_softmax(-1)
    places = {token: column for column, token in enumerate(allowed.tolist())}
    scores = [
        sum(float(logits[row, i, places[token]]) for i, token in enumerate(tokens)) / len(tokens)
        for row, tokens in enumerate(possible)
    ]
    best = possible[max(range(len(possible)), key=scores.__getitem__)]
    found = beam_containing(model, source, Limits(length, allowed), [wanted], width=400)[0][0]
    assert tuple(found.ids) == tuple(t for t in best if t != END)
    assert found.score == pytest.approx(max(scores), abs=1e-4)


ids = st.lists(st.integers(60, 439), min_size=1, max_size=4)


@settings(max_examples=25)
@given(seed=st.integers(0, 50), wanted=st.lists(st.lists(ids, min_size=1, max_size=2), max_size=4))
def test_a_narrow_search_too_has_all_of_it(seed: int, wanted: list[list[list[int]]]) -> None:
    found = beam_containing(MODEL, random_ids(1, 6, seed=seed), Limits(24, ALLOWED), [wanted], width=2)[0]
    assert meets(found[0].ids, wanted)
    assert len({tuple(one.ids) for one in found}) == len(found)


MODEL = ended()


def test_the_ids_that_are_wanted_need_not_be_allowed() -> None:
    found = beam_containing(MODEL, random_ids(1, 6), Limits(12, torch.tensor([END, 80, 81])), [[[[200, 201]]]])[0][0]
    assert contains(found.ids, [200, 201])
    assert set(found.ids) <= {80, 81, 200, 201}


def test_alone_is_as_in_a_batch() -> None:
    lengths = (2, 9, 5, 7)
    sources = [random_ids(1, length, seed=length) for length in lengths]
    wanted: list[Groups] = [[[[100]]], [], [[[200, 201], [300]], [[401]]], [[[100, 110, 120]]]]
    batch = torch.cat([F.pad(s, (0, 9 - s.size(1)), value=PAD) for s in sources])
    together = beam_containing(MODEL, batch, Limits(20, ALLOWED), wanted, width=3)
    for source, groups, found in zip(sources, wanted, together, strict=True):
        alone = beam_containing(MODEL, source, Limits(20, ALLOWED), [groups], width=3)[0]
        assert [f.ids for f in alone] == [f.ids for f in found]


def test_what_does_not_fit_is_not_pretended() -> None:
    found = beam_containing(MODEL, random_ids(1, 6), Limits(3, ALLOWED), [[[[100, 101]], [[200, 201]]]])[0][0]
    assert len(found.ids) == 3
    assert meets(found.ids, [[[100, 101]]]) or meets(found.ids, [[[200, 201]]])


def test_where_nothing_is_wanted_it_is_as_good_as_a_beam() -> None:
    sources = random_ids(6, 7)
    plain = search.beam(MODEL, sources, Limits(15, ALLOWED), width=5)
    for one, other in zip(plain, beam_containing(MODEL, sources, Limits(15, ALLOWED), [[]] * 6, width=5), strict=True):
        assert other[0].score >= one[0].score - 0.05


def test_blocked_ngrams_do_not_repeat() -> None:
    found = beam_containing(toy_model(3), random_ids(1, 5), Limits(30, ALLOWED, 2), [[[[100, 101]]]], width=3)[0][0].ids
    runs = list(itertools.pairwise(found))
    assert len(runs) == len(set(runs))


def test_a_mark_that_may_stand_once_stands_where_it_is_wanted_and_once() -> None:
    limits = Limits(20, torch.tensor([END, 80, 81, 82, 83]), once=frozenset({82, 83}))
    for found in beam_containing(MODEL, random_ids(1, 9), limits, [[[[82]]]], width=6)[0]:
        assert found.ids.count(82) == 1
        assert 83 not in found.ids


def test_a_result_is_not_much_longer_than_its_source() -> None:
    for length in (2, 8):
        found = beam_containing(toy_model(3), random_ids(1, length), Limits(200, ALLOWED[1:]), [[]], width=2)[0][0]
        assert len(found.ids) == 2 * length + ROOM


def test_where_every_token_is_forbidden_what_there_is_comes_back() -> None:
    found = beam_containing(MODEL, random_ids(1, 5), Limits(9, torch.tensor([80, 81]), 1), [[]])[0]
    assert len(found[0].ids) == 2
