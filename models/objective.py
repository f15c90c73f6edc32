"""What a training step computes of a batch: the model with its loss, and the teacher that it may learn from.

A teacher is a trained model with the same tokenizer. It reads the same batch, and the student is pulled towards the whole
distribution that it gives each target token, not only towards the token that stands there (word-level distillation: Hinton
et al. 2015, Kim & Rush 2016, arXiv:1606.07947).
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor, nn

from diglot.models.loss import Taught, cross_entropy
from diglot.models.transformer import Transformer

Precision = Literal["bf16", "fp32"]
GRAPHS = 256  # that the compiler may keep of one layer: shapes, with and without gradients, of model and teacher


class Objective(nn.Module):
    """The model with its loss, so that data parallelism sees one call: a batch in, a number out.

    ``teacher`` counts for ``share`` of the target distribution, 0 to 1.
    """

    def __init__(
        self,
        model: Transformer,
        *,
        smoothing: float = 0.0,
        precision: Precision = "fp32",
        teacher: Transformer | None = None,
        share: float = 0.0,
        compiled: bool = False,
    ) -> None:
        super().__init__()
        self.model, self.teacher = model, teacher
        self.smoothing, self.precision, self.share, self.compiled = smoothing, precision, share, compiled

    def forward(self, source: Tensor, target: Tensor, labels: Tensor) -> Tensor:
        """Summed loss over the real tokens of labels (B, T)."""
        hidden = self._hidden(self.model, source, target)
        taught = None
        if self.teacher is not None:
            with torch.no_grad():
                taught = Taught(self._hidden(self.teacher, source, target), self.teacher.embedding.weight, self.share)
        weight, labels = self.model.embedding.weight, labels.flatten()
        return cross_entropy(hidden, weight, labels, self.smoothing, taught, compiled=self.compiled)

    def _hidden(self, model: Transformer, source: Tensor, target: Tensor) -> Tensor:
        """The states before the output layer, (B * T, D), in the type that its products run in."""
        with autocast(source.device, self.precision):
            hidden = model.hidden(source, target).flatten(0, 1)
        return hidden.to(torch.bfloat16) if self.precision == "bf16" else hidden


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[Any]:
    """Mixed precision: products in bf16, weights, sums and norms in fp32."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


def compile_layers(model: Transformer, backend: str = "inductor") -> None:
    """Compile the layers of a model in place, for each shape of batch anew.

    Layer by layer, because layers share what was compiled for one of them: a deep model takes no longer than a shallow one.
    """
    from torch._dynamo import config

    config.recompile_limit = max(config.recompile_limit, GRAPHS)
    for layer in (*model.encoder, *model.decoder):
        layer.compile(dynamic=False, backend=backend)
