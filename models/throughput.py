"""How fast training goes, and how much of what the chip can do that is.

The share of peak is 6 operations for each weight that a token meets (2 forward, 4 backward: Kaplan et al. 2020,
arXiv:2001.08361) times tokens a second, over the rate of one large matrix product, measured on the same device in the same
precision. Source tokens meet the encoder, target tokens the decoder and the output layer; padding, attention scores, a
teacher and recomputation count as nothing, so the figure is what is left of the chip for training.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch

from diglot.models.batching import Batch
from diglot.models.tokenizer import PAD
from diglot.models.transformer import DecoderLayer, Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from diglot.models.objective import Precision

SIZES = {"cpu": 512, "cuda": 8192}  # of the product that measures a device's peak
REPEATS = 8


class Operations(NamedTuple):
    """Floating-point operations of a training step, a source token and a target token."""

    source: int
    target: int


def operations(model: Transformer) -> Operations:
    """What a token of each side costs a model, forward and backward."""
    keys = sum(layer.cross_attention.key_value.weight.numel() for layer in model.decoder if isinstance(layer, DecoderLayer))
    encoder, decoder = (sum(p.numel() for p in side.parameters() if p.dim() == 2) for side in (model.encoder, model.decoder))
    return Operations(6 * (encoder + keys), 6 * (decoder - keys + model.embedding.weight.numel()))


def measured_peak(device: torch.device, precision: "Precision") -> float:
    """Operations a second of a large matrix product; takes a fraction of a second and draws no random numbers."""
    size = SIZES.get(device.type, SIZES["cuda"])
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    generator = torch.Generator(device).manual_seed(0)  # not zeros, which a chip that is short of power multiplies faster
    matrix = torch.randn(size, size, device=device, generator=generator).to(dtype)
    best = float("inf")
    for _ in range(REPEATS):
        _wait(device)
        started = time.perf_counter()
        matrix @ matrix
        _wait(device)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@dataclass
class Meter:
    """Sums since the last reading. Losses and norms stay on the device until they are read: asking for one halts it."""

    operations: Operations
    peak: float  # operations a second of this device
    devices: int = 1  # that do as this one does

    def __post_init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._steps, self._source, self._target, self._padded = 0, 0, 0, 0
        self._losses: list[Tensor] = []
        self._norms: list[Tensor] = []
        self._since = time.perf_counter()

    def add(self, batches: "Sequence[Batch]", loss: "Tensor", norm: "Tensor") -> None:
        """Count a step: its batches on this device, their summed loss, and the norm of the gradient."""
        self._steps += 1
        self._losses.append(loss)
        self._norms.append(norm)
        for batch in batches:
            self._source += int((batch.source != PAD).sum())
            self._target += batch.tokens()
            self._padded += batch.source.numel() + batch.target.numel()

    def read(self) -> dict[str, float]:
        """The means as fields of a line of the log; the meter starts anew."""
        loss, norm = (torch.stack(values).sum().item() for values in (self._losses, self._norms))
        seconds = max(1e-9, time.perf_counter() - self._since)
        done = self._source * self.operations.source + self._target * self.operations.target
        line = {
            "loss": round(loss / max(1, self._target), 4),
            "gradient_norm": round(norm / self._steps, 3),
            "tokens_per_second": round(self.devices * self._target / seconds),
            "share_of_peak": round(done / seconds / self.peak, 4),
            "padding": round(1 - (self._source + self._target) / max(1, self._padded), 3),
        }
        self._clear()
        return line
