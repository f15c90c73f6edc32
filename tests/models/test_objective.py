"""What a step computes: with a teacher and without, compiled and as written."""

import copy

import pytest
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot.models.batching import Batch, few_shapes, lengths_of, pad, tokenised, training_batches
from diglot.models.objective import Objective, compile_layers

BATCH = Batch(pad([[9, 3], [8, 7, 3]]), pad([[2, 7], [2, 6]]), pad([[7, 3], [6, 3]]))


def test_the_loss_is_that_of_the_labels_and_the_teacher_by_its_share() -> None:
    model, teacher = toy_model(1), toy_model(2, d_model=16, n_heads=2)
    alone, taught, mixed = (Objective(model, teacher=teacher, share=share)(*BATCH).item() for share in (0.0, 1.0, 0.25))
    assert alone == pytest.approx(Objective(model)(*BATCH).item())
    assert mixed == pytest.approx(0.75 * alone + 0.25 * taught)
    wanted, logs = teacher(*BATCH[:2]).softmax(-1), model(*BATCH[:2]).log_softmax(-1)
    assert taught == pytest.approx(-(wanted * logs).sum().item(), rel=1e-5)


def test_a_teacher_gets_no_gradient() -> None:
    model, teacher = toy_model(1), toy_model(2)
    Objective(model, teacher=teacher, share=0.5)(*BATCH).backward()
    assert all(parameter.grad is None for parameter in teacher.parameters())
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # the compiler looks at it itself
def test_layers_are_compiled_once_for_each_shape_however_many_there_are() -> None:
    from torch._dynamo.utils import counters

    counters.clear()
    tokenizer = toy_tokenizer()
    examples = [(a, b, "ja", None) for a in SENTENCES for b in SENTENCES]
    shapes = few_shapes(lengths_of(tokenised(examples, tokenizer)), 64, 3)
    batches = training_batches(examples, tokenizer, 1500, longest=64, shapes=shapes)
    met = {tuple(batch.source.shape + batch.target.shape) for batch in batches}
    plain = toy_model(norm="layer", n_encoder_layers=4)
    fast = copy.deepcopy(plain)
    compile_layers(fast, backend="eager")
    for batch in batches:
        one, other = Objective(fast)(*batch), Objective(plain)(*batch)
        other.backward()
        assert one.item() == pytest.approx(other.item(), rel=1e-4)
    assert len(batches) > len(met) >= 2
    assert counters["stats"]["unique_graphs"] == 2 * len(met)  # encoder layers and decoder layers
    assert not counters["graph_break"]
