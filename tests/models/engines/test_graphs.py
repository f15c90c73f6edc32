"""Searches in few fixed shapes: what a GPU replays as recorded graphs, run here step by step without recording."""

import pytest
import torch
import torch.nn.functional as F
from toys import random_ids, toy_model

from diglot.models import search
from diglot.models.engines import graphs
from diglot.models.engines.graphs import Graphs
from diglot.models.search import Hypotheses, Limits, Shape, Step
from diglot.models.tokenizer import END, PAD
from diglot.models.transformer import Transformer

ALLOWED = torch.tensor([END, *range(60, 440)])


def ragged(*lengths: int) -> torch.Tensor:
    sources = [random_ids(1, length, seed=length) for length in lengths]
    return torch.cat([F.pad(s, (0, max(lengths) - s.size(1)), value=PAD) for s in sources])


@pytest.fixture(scope="module")
def model() -> Transformer:
    model = toy_model(4)
    with torch.no_grad():  # an end symbol that wins now and then
        model.embedding.weight[END] = model.embedding.weight[60:110].mean(0) * 6
    return model


def recording(made: list[Step]):
    """Runs a step once as recording does, counts it, and gives it back."""

    def record(step: Step, pool: object) -> Step:
        step()
        made.append(step)
        return step

    return Graphs(record)


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("ngram", [0, 2])
def test_the_tokens_are_those_of_a_search_step_by_step(model: Transformer, width: int, ngram: int) -> None:
    runner = recording([])
    for lengths in ((2, 9, 5, 7, 3), (40,), (3, 3), (8, 2, 6, 4, 9, 11, 12, 33, 5)):
        for limits in (Limits(50, ALLOWED, ngram), Limits(9, ALLOWED, ngram)):
            source = ragged(*lengths)
            expected = search.beam(model, source, limits, width=width)
            found = search.beam(model, source, limits, width=width, runner=runner)
            assert [[f.ids for f in row] for row in found] == [[f.ids for f in row] for row in expected]
            for one, other in zip(found, expected, strict=True):
                assert one[0].score == pytest.approx(other[0].score, abs=1e-4)


def test_a_shape_is_recorded_once(model: Transformer) -> None:
    made: list[Step] = []
    runner = recording(made)
    for _ in range(3):
        search.greedy(model, ragged(2, 9, 5), Limits(12, ALLOWED), runner)
        search.greedy(model, ragged(4, 8, 6, 7), Limits(12, ALLOWED), runner)
    count = len(made)
    assert 1 <= count <= 3  # four rows, and what is left of them
    search.greedy(model, ragged(2, 9, 5), Limits(12, ALLOWED[:200].clone()), runner)
    assert len(made) > count  # another language has another output layer
    runner.forget()
    search.greedy(model, ragged(2, 9, 5), Limits(12, ALLOWED), runner)
    assert len(made) > count + 1


def test_no_more_shapes_are_kept_than_fit(model: Transformer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "KEPT", 2)
    runner, source = recording([]), ragged(2, 9, 5, 7, 3)
    expected = [f.ids for f in search.greedy(model, source, Limits(50, ALLOWED))]
    for _ in range(2):
        assert [f.ids for f in search.greedy(model, source, Limits(50, ALLOWED), runner)] == expected
        assert len(runner._kept) <= 2


def test_shapes_are_few() -> None:
    shapes = {Graphs().rounded(Shape(rows, 4, source, 16)) for rows in range(1, 65) for source in range(1, 129)}
    assert len(shapes) == 7 * 4
    assert all(shape == Graphs().rounded(shape) for shape in shapes)


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "learned"])
@pytest.mark.parametrize("ngram", [0, 3])
def test_a_step_asks_the_device_for_nothing_and_stays_on_it(positions: str, ngram: int) -> None:
    """On the device ``meta``, where tensors have no values: what would read one, or mix in one of the CPU, raises."""
    model = toy_model(4, positions=positions).to("meta")
    limits = Limits(50, torch.tensor([END, *range(60, 440)], device="meta"), ngram)
    source = torch.ones(3, 5, dtype=torch.long, device="meta")
    with torch.inference_mode():
        for width in (1, 4):
            first, second = (Hypotheses(model, limits, Shape(3, width, 5, room)) for room in (16, 32))
            first.begin(model, source, 50)
            first.step()
            second.take(first, [0, 2])
            second.step()
            with pytest.raises(RuntimeError, match="meta"):
                second.counts.tolist()


def test_tensors_stay_where_they_are(model: Transformer) -> None:
    """A graph writes where its tensors lay when it was recorded."""
    hypotheses = Hypotheses(model, Limits(20, ALLOWED, 2), Shape(5, 3, 9, 32))
    with torch.inference_mode():
        hypotheses.begin(model, ragged(2, 9, 5, 7, 3), 20)
        everything = [*hypotheses._of_rows(), hypotheses.beams.position, hypotheses.last]
        places = [tensor.data_ptr() for tensor in everything]
        for _ in range(3):
            hypotheses.step()
        again = [*hypotheses._of_rows(), hypotheses.beams.position, hypotheses.last]
        assert [tensor.data_ptr() for tensor in again] == places
