"""The training loss: label-smoothed cross-entropy, computed a chunk of positions at a time.

Logits are the largest tensor of a training step: 64k target tokens times 24k pieces are 3 GB even in bf16. Here the output
layer, the loss and their gradients are computed chunk by chunk, so that only one chunk's logits exist at any time, and the
backward pass has nothing left to do but scale (the idea of Hsu et al. 2024, arXiv:2410.10989, without its kernels).
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from diglot.models.tokenizer import PAD

LOGITS = {"cpu": 1 << 21, "cuda": 1 << 28}  # logits in memory at once: what fits a cache, what fills a chip


def cross_entropy(hidden: Tensor, weight: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Sum over real positions of the cross-entropy of ``softmax(hidden @ weight.T)``, in nats.

    *Shape:* hidden (N, D), weight (V, D), labels (N,); labels of 0 are padding and cost nothing. With ``smoothing`` e the
    target distribution is 1 - e on the label and e spread over the vocabulary (Szegedy et al. 2016, arXiv:1512.00567).
    """
    if hidden.device.type == "cpu":  # a GPU prefers shapes that stay the same
        real = labels != PAD
        hidden, labels = hidden[real], labels[real]
    return torch.as_tensor(_ChunkedCrossEntropy.apply(hidden, weight, labels, smoothing))  # type: ignore[no-untyped-call]


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, labels: Tensor, smoothing: float) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        compute = weight.to(hidden.dtype)  # under mixed precision the products run in the type of the activations
        grad_hidden = torch.empty_like(hidden)
        grad_weight = torch.zeros_like(weight, dtype=torch.float32)
        chunk = max(1, LOGITS.get(hidden.device.type, LOGITS["cuda"]) // len(weight))
        for start in range(0, len(hidden), chunk):
            part = slice(start, start + chunk)
            loss, grad_logits = _loss_and_gradient(F.linear(hidden[part], compute), labels[part], smoothing)
            total += loss
            grad_hidden[part] = grad_logits @ compute
            grad_weight += grad_logits.T @ hidden[part]
        ctx.save_for_backward(grad_hidden, grad_weight.to(weight.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        grad_hidden, grad_weight = ctx.saved_tensors
        return grad_hidden * grads[0].to(grad_hidden.dtype), grad_weight * grads[0], None, None


def _loss_and_gradient(logits: Tensor, labels: Tensor, smoothing: float) -> tuple[Tensor, Tensor]:
    """Summed loss of a chunk, and its gradient by the logits: softmax minus the target distribution."""
    scores = logits.float()
    chosen = scores.gather(1, labels[:, None])
    mean = scores.mean(-1, keepdim=True)
    log_total = scores.logsumexp(-1, keepdim=True)  # (N, 1)
    real = (labels != PAD)[:, None]
    losses = log_total - (1 - smoothing) * chosen - smoothing * mean
    gradient = scores.sub_(log_total).exp_().sub_(smoothing / scores.size(1))
    gradient.scatter_add_(1, labels[:, None], torch.full_like(chosen, smoothing - 1))
    return (losses * real).sum(), gradient.mul_(real).to(logits.dtype)
