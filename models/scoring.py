"""How likely a model finds translations that somebody else made: what filtering asks of it.

All positions of a given translation are computed at once, as in training; nothing is searched.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F

from diglot.models import checkpoint
from diglot.models.batching import Ids, by_tokens, lengths_of, pad
from diglot.models.engines.device import device_of
from diglot.models.tokenizer import END, PAD, START
from diglot.models.transformer import Transformer

LONGEST = 512  # tokens of a side that are looked at


class Scorer:
    """A model folder, ready to score. ``identity`` tells its weights from others."""

    def __init__(self, folder: Path, device: str = "auto", batch_tokens: int = 2048) -> None:
        model, self._tokenizer, self._info = checkpoint.load(folder)
        where = device_of(device)
        self._model = model.to(where, torch.bfloat16 if where == "cuda" else torch.float32)
        self._batch_tokens = batch_tokens
        self.identity, self.languages = checkpoint.fingerprint(folder), self._info.languages

    def __call__(self, examples: Sequence[tuple[str, str, str]]) -> list[float]:
        """The mean log-probability a token, in nats, of each target given its source, in their order.

        An example is a source, a target and the target's language. What it gets does not depend on the others.
        """
        rows = [self._ids(*example) for example in examples]
        scores = [0.0] * len(rows)
        for batch in by_tokens(lengths_of(rows), self._batch_tokens):
            for i, score in zip(batch, mean_log_probabilities(self._model, [rows[i] for i in batch]), strict=True):
                scores[i] = score
        return scores

    def _ids(self, source: str, target: str, language: str) -> Ids:
        ids = self._tokenizer.encode(source)[:LONGEST]
        return self._tokenizer.source(ids, language, self._info.domain), self._tokenizer.encode(target)[:LONGEST]


@torch.inference_mode()
def mean_log_probabilities(model: Transformer, rows: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
    """What a model gives each target, a token, given its source; one batch, on the model's device."""
    device = model.embedding.weight.device
    source = pad([source for source, _ in rows]).to(device)
    target = pad([[START, *target] for _, target in rows]).to(device)
    labels = pad([[*target, END] for _, target in rows]).to(device)
    logits = model(source, target).float().flatten(0, 1)
    losses = F.cross_entropy(logits, labels.flatten(), ignore_index=PAD, reduction="none").view_as(labels)
    return [float(mean) for mean in -losses.sum(1) / (labels != PAD).sum(1)]
