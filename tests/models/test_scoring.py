"""Scores of given translations: those of the search, and the same in any company."""

from pathlib import Path

import pytest
import torch
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot.models import checkpoint
from diglot.models.scoring import Scorer
from diglot.models.tokenizer import END, START


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    info = checkpoint.ModelInfo(("en", "ja"), domain="lec")
    checkpoint.save(tmp_path / "m", toy_model(), toy_tokenizer(), info, card="", int8=False)
    return tmp_path / "m"


def test_a_score_is_the_mean_of_what_each_token_gets(folder: Path) -> None:
    scorer, tokenizer, model = Scorer(folder, "cpu"), toy_tokenizer(), toy_model()
    (score,) = scorer([(SENTENCES[0], SENTENCES[5], "ja")])
    source = torch.tensor([tokenizer.source(tokenizer.encode(SENTENCES[0]), "ja", "lec")])
    state, logs = model.start(source), []
    ids = [*tokenizer.encode(SENTENCES[5]), END]
    for before, wanted in zip([START, *ids], ids, strict=False):
        logits, state = model.step(torch.tensor([before]), state)
        logs.append(float(logits.log_softmax(-1)[0, wanted].detach()))
    assert score == pytest.approx(sum(logs) / len(logs), rel=1e-4)


def test_scores_do_not_depend_on_company(folder: Path) -> None:
    examples = [(a, b, "ja") for a in SENTENCES[:4] for b in SENTENCES[5:9]] + [("", "x", "en"), ("word " * 900, "", "en")]
    alone, together = Scorer(folder, "cpu", batch_tokens=16), Scorer(folder, "cpu", batch_tokens=4000)
    assert alone(examples) == pytest.approx(together(examples), rel=1e-4)
    assert alone([]) == []
