"""The chunked loss is cross-entropy."""

import math

import pytest
import torch
import torch.nn.functional as F

from diglot.models import loss
from diglot.models.loss import Taught, cross_entropy


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [7, 1000])
def test_value_and_gradients_equal_the_library(smoothing: float, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loss.LOGITS, "cpu", chunk * 40)
    torch.manual_seed(0)
    hidden, weight = torch.randn(23, 8, requires_grad=True), torch.randn(40, 8, requires_grad=True)
    labels = torch.randint(0, 40, (23,))
    labels[3] = 0
    ours = cross_entropy(hidden, weight, labels, smoothing)
    gradients = torch.autograd.grad(ours * 2, (hidden, weight))
    theirs = F.cross_entropy(hidden @ weight.T, labels, ignore_index=0, label_smoothing=smoothing, reduction="sum")
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)
    for mine, other in zip(gradients, torch.autograd.grad(theirs * 2, (hidden, weight)), strict=True):
        assert torch.allclose(mine, other, atol=1e-5)


def test_uniform_logits_cost_the_log_of_the_vocabulary() -> None:
    total = cross_entropy(torch.zeros(5, 8), torch.randn(100, 8), torch.randint(1, 100, (5,)))
    assert total.item() == pytest.approx(5 * math.log(100), rel=1e-6)


def test_padding_costs_nothing() -> None:
    hidden, weight = torch.randn(4, 8, requires_grad=True), torch.randn(10, 8)
    total = cross_entropy(hidden, weight, torch.zeros(4, dtype=torch.long))
    total.backward()
    assert total.item() == 0.0
    assert not hidden.grad.any()


def test_half_precision_stays_close() -> None:
    torch.manual_seed(0)
    hidden, weight, labels = torch.randn(64, 32), torch.randn(200, 32) * 0.2, torch.randint(1, 200, (64,))
    exact = cross_entropy(hidden, weight, labels).item()
    assert cross_entropy(hidden.bfloat16(), weight, labels).item() == pytest.approx(exact, rel=1e-2)


@pytest.mark.parametrize("chunk", [7, 1000])
def test_a_teacher_is_a_part_of_the_target_distribution(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loss.LOGITS, "cpu", chunk * 40)
    torch.manual_seed(0)
    hidden, weight = torch.randn(23, 8, requires_grad=True), torch.randn(40, 8, requires_grad=True)
    taught, theirs = torch.randn(23, 6), torch.randn(40, 6)
    labels = torch.randint(1, 40, (23,))
    labels[3] = 0
    ours = cross_entropy(hidden, weight, labels, 0.1, Taught(taught, theirs, 0.3))
    wanted = 0.7 * (0.9 * F.one_hot(labels, 40) + 0.1 / 40) + 0.3 * (taught @ theirs.T).softmax(-1)
    expected = -((wanted * (hidden @ weight.T).log_softmax(-1)).sum(-1) * (labels != 0)).sum()
    assert ours.item() == pytest.approx(expected.item(), rel=1e-5)
    gradients = zip(*(torch.autograd.grad(one, (hidden, weight)) for one in (ours, expected)), strict=True)
    assert all(torch.allclose(mine, other, atol=1e-5) for mine, other in gradients)


def test_nothing_is_left_to_learn_of_a_teacher_that_is_met() -> None:
    hidden, weight = torch.randn(9, 8, requires_grad=True), torch.randn(30, 8)
    cross_entropy(hidden, weight, torch.randint(1, 30, (9,)), 0.1, Taught(hidden.detach(), weight, 1.0)).backward()
    assert hidden.grad is not None and hidden.grad.abs().max() < 1e-5
