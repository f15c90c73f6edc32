"""A model adapted to sentences that people corrected: minutes on a CPU, and what it knew stays.

A few passes at a low learning rate over a small set make a model better on texts of its kind and worse on all others. So
the weights that come out lie between those before and after (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models"): much of the gain stays, nearly all of the loss goes.
"""

import copy
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from diglot.models.batching import Batch, training_batches
from diglot.models.tokenizer import Tokenizer
from diglot.models.training import Trainer, TrainingConfig
from diglot.models.transformer import Transformer

Sentence = tuple[str, str, str, str | None]  # source, target, the target's language, domain tag
BATCH_TOKENS = 1024  # padded tokens, source and target together


def adapt(
    model: Transformer,
    tokenizer: Tokenizer,
    sentences: Sequence[Sentence],
    folder: Path,
    *,
    passes: int = 8,
    learning_rate: float = 3e-4,
    share: float = 0.4,
    log: Callable[[dict[str, float]], None] = lambda _: None,
) -> Transformer:
    """A copy of a model that has seen ``sentences`` ``passes`` times, ``share`` of the way from the old weights to the new.

    The state is kept in ``folder``, from which an interrupted run of the same model and sentences goes on. Raises
    :class:`diglot.DiglotError` where the state there is of another run.
    """

    def prepare(_: int, window: int) -> list[Batch]:
        return training_batches(sentences, tokenizer, BATCH_TOKENS, multiple=1, seed=window)

    config = TrainingConfig(
        max_steps=passes * len(prepare(0, 0)),
        batch_tokens=BATCH_TOKENS,
        optimizer="adamw",
        learning_rate=learning_rate,
        warmup_steps=4,
        decay_share=0.5,
        average_decay=0,
        log_steps=1,
        workers=0,
    )
    about = _digest(model, sentences, config)
    trainer = Trainer(copy.deepcopy(model), prepare, config, folder, about=about)
    trainer.run(log)
    if trainer.stopped_by is not None:
        raise KeyboardInterrupt
    return interpolate(model, trainer.model.cpu(), share)


def _digest(model: Transformer, sentences: Sequence[Sentence], config: TrainingConfig) -> str:
    """A short name for adapting exactly this model to exactly these sentences in this way."""
    hashed = hashlib.blake2b(repr((list(sentences), config)).encode(), digest_size=16)
    for weight in model.parameters():
        hashed.update(weight.detach().cpu().contiguous().numpy().tobytes())
    return hashed.hexdigest()


@torch.no_grad()
def interpolate(first: Transformer, second: Transformer, share: float) -> Transformer:
    """A model whose weights lie ``share`` of the way from those of ``first`` to those of ``second``."""
    between = copy.deepcopy(first)
    for weight, other in zip(between.parameters(), second.parameters(), strict=True):
        weight.lerp_(other, share)
    return between.eval()
