"""Adapting learns what it is shown, forgets by half, and goes on where it was interrupted."""

import signal
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import DiglotError
from diglot.models.adapting import adapt, interpolate
from diglot.models.batching import training_batches
from diglot.models.transformer import Transformer

SHOWN = [(SENTENCES[0], SENTENCES[5], "ja", None), (SENTENCES[1], SENTENCES[6], "ja", None)]


def loss(model: Transformer) -> float:
    (batch,) = training_batches(SHOWN, toy_tokenizer(), 4096)
    with torch.inference_mode():
        return float(
            F.cross_entropy(model(batch.source, batch.target).flatten(0, 1), batch.labels.flatten(), ignore_index=0)
        )


def test_what_is_shown_is_learned_and_the_model_given_stays_as_it_was(tmp_path: Path) -> None:
    model = toy_model()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    lines: list[dict[str, float]] = []
    adapted = adapt(model, toy_tokenizer(), SHOWN, tmp_path, passes=12, learning_rate=3e-3, share=1.0, log=lines.append)
    assert loss(adapted) < 0.7 * loss(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert lines[-1]["share"] == 1.0
    assert not adapted.training


def test_the_state_of_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    tokenizer, lines = toy_tokenizer(), list[dict[str, float]]()

    def interrupt(line: dict[str, float]) -> None:
        if line["step"] == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        adapt(toy_model(), tokenizer, SHOWN, tmp_path, log=interrupt)
    for model, sentences in ((toy_model(), SHOWN[:1]), (toy_model(1), SHOWN)):
        with pytest.raises(DiglotError, match="state of another run"):
            adapt(model, tokenizer, sentences, tmp_path)
    adapt(toy_model(), tokenizer, SHOWN, tmp_path, log=lines.append)
    assert lines[0]["step"] > 3
    assert lines[-1]["step"] == 8


def test_the_share_lies_between_old_and_new() -> None:
    first, second = toy_model(0), toy_model(1)
    none, half, whole = (interpolate(first, second, share) for share in (0.0, 0.5, 1.0))
    for a, b, n, h, w in zip(*(m.parameters() for m in (first, second, none, half, whole)), strict=True):
        assert torch.equal(n, a)
        assert torch.allclose(h, (a + b) / 2, atol=1e-6)
        assert torch.allclose(w, b, atol=1e-6)
