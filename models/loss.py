"""The training loss: cross-entropy against smoothed labels or a teacher, computed a chunk of positions at a time.

Logits are the largest tensor of a training step: 64k target tokens times 24k pieces are 3 GB even in bf16. Here the output
layer, the loss and their gradients are computed chunk by chunk, so that only one chunk's logits exist at any time, and the
backward pass has nothing left to do but scale (the idea of Hsu et al. 2024, arXiv:2410.10989, without its kernels).
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from diglot.models.tokenizer import PAD

LOGITS = {"cpu": 1 << 21, "cuda": 1 << 28}  # logits in memory at once: what fits a cache, what fills a chip


class Taught(NamedTuple):
    """A teacher's hidden states (N, D') of the same positions, its output layer (V, D'), and how much it counts, 0 to 1."""

    hidden: Tensor
    weight: Tensor
    share: float


def cross_entropy(
    hidden: Tensor,
    weight: Tensor,
    labels: Tensor,
    smoothing: float = 0.0,
    taught: Taught | None = None,
    *,
    compiled: bool = False,
) -> Tensor:
    """Sum over real positions of the cross-entropy of ``softmax(hidden @ weight.T)``, in nats.

    *Shape:* hidden (N, D), weight (V, D), labels (N,); labels of 0 are padding and cost nothing. With ``smoothing`` e the
    target distribution is 1 - e on the label and e spread over the vocabulary (Szegedy et al. 2016, arXiv:1512.00567). A
    teacher mixes its own distribution in by its share (word-level distillation: Kim & Rush 2016, arXiv:1606.07947).
    """
    if hidden.device.type == "cpu":  # a GPU prefers shapes that stay the same
        real = labels != PAD
        hidden, labels = hidden[real], labels[real]
        taught = taught and taught._replace(hidden=taught.hidden[real])
    total = _ChunkedCrossEntropy.apply(hidden, weight, labels, smoothing, taught, compiled)  # type: ignore[no-untyped-call]
    return torch.as_tensor(total)


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, labels: Tensor, smoothing: float, taught: Taught | None, compiled: bool
    ) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        compute = weight.to(hidden.dtype)  # under mixed precision the products run in the type of the activations
        grad_hidden = torch.empty_like(hidden)
        grad_weight = torch.zeros_like(weight, dtype=torch.float32)
        judge = _judge(compiled)
        chunk = max(1, LOGITS.get(hidden.device.type, LOGITS["cuda"]) // len(weight))
        for start in range(0, len(hidden), chunk):
            part = slice(start, start + chunk)
            teacher = None if taught is None else F.linear(taught.hidden[part], taught.weight.to(taught.hidden.dtype))
            share = taught.share if taught else 0.0
            loss, grad_logits = judge(F.linear(hidden[part], compute), labels[part], smoothing, teacher, share)
            total += loss
            grad_hidden[part] = grad_logits @ compute
            grad_weight += grad_logits.T @ hidden[part]
        ctx.save_for_backward(grad_hidden, grad_weight.to(weight.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad_hidden, grad_weight = ctx.saved_tensors
        return grad_hidden * grads[0].to(grad_hidden.dtype), grad_weight * grads[0], None, None, None, None


def _loss_and_gradient(
    logits: Tensor, labels: Tensor, smoothing: float, teacher: Tensor | None, share: float
) -> tuple[Tensor, Tensor]:
    """Summed loss of a chunk, and its gradient by the logits: softmax minus the target distribution.

    The target distribution is ``share`` of the teacher's softmax and for the rest the smoothed label.
    """
    scores = logits.float()
    real = (labels != PAD)[:, None]
    on_label, on_all = (1 - share) * (1 - smoothing), (1 - share) * smoothing
    log_total = scores.logsumexp(-1, keepdim=True)  # (N, 1)
    losses = log_total - on_label * scores.gather(1, labels[:, None]) - on_all * scores.mean(-1, keepdim=True)
    wanted = None
    if teacher is not None:
        wanted = teacher.float().softmax(-1).mul_(share)
        losses = losses - (wanted * scores).sum(-1, keepdim=True)
    gradient = scores.sub_(log_total).exp_().sub_(on_all / scores.size(1))
    gradient.scatter_add_(1, labels[:, None], torch.full_like(log_total, -on_label))
    if wanted is not None:
        gradient.sub_(wanted)
    return (losses * real).sum(), gradient.mul_(real).to(logits.dtype)


@cache
def _judge(compiled: bool) -> Callable[..., tuple[Tensor, Tensor]]:
    """:func:`_loss_and_gradient` as it is, or as one pass over the logits instead of a dozen."""
    return torch.compile(_loss_and_gradient, dynamic=True) if compiled else _loss_and_gradient
