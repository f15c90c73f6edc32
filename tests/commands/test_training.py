"""``diglot train`` as a user runs it, with a teacher and without: what it writes, what it refuses."""

import json
from pathlib import Path

import pytest
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import CheckpointError, InputError
from diglot.commands.training import read_recipe, train
from diglot.corpora import Pair
from diglot.corpora.pack import write_pack
from diglot.models import checkpoint
from diglot.models.tokenizer import Tokenizer

RECIPE = """
[model]
d_model = 16
n_heads = 2
d_ff = 16
n_encoder_layers = 1
n_decoder_layers = 1

[data]
pack = "toy.pack"
tokenizer = "spiece.model"

[[phase]]

[training]
max_steps = 3
log_steps = 1
batch_tokens = 300
precision = "fp32"
workers = 0
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pack, a tokenizer, a configuration and a teacher of another shape."""
    monkeypatch.chdir(tmp_path)
    pairs = [Pair("toy", "d", ("en", "ja"), a, b) for a in SENTENCES[:5] for b in SENTENCES[5:9]]
    write_pack(pairs, {}, tmp_path / "toy.pack")
    (tmp_path / "spiece.model").write_bytes(toy_tokenizer().model)
    (tmp_path / "toy.toml").write_text(RECIPE)
    checkpoint.save(tmp_path / "large", toy_model(), toy_tokenizer(), checkpoint.ModelInfo(("en", "ja")), card="")
    return tmp_path


def run(*arguments: str) -> list[dict[str, float]]:
    """Train into the folder ``run``; the log."""
    assert train.main(["toy.toml", "-o", "run", *arguments], standalone_mode=False) == 0
    return [json.loads(line) for line in Path("run/log.jsonl").read_text().splitlines()]


def test_the_log_tells_how_fast_it_goes(here: Path) -> None:
    lines = run()
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert all(line["tokens_per_second"] > 0 and 0 < line["share_of_peak"] < 1 for line in lines)
    assert all(0 <= line["padding"] < 1 and line["pieces"] == 1 for line in lines)
    assert (here / "run" / "model" / "config.json").exists()


def test_a_teacher_changes_what_is_learnt(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    alone, _ = run(), (here / "run").rename(here / "alone")
    taught, _ = run("--teacher", "large"), (here / "run").rename(here / "taught")
    assert "learning from diglot" in capfd.readouterr().err
    assert [line["loss"] for line in taught] != [line["loss"] for line in alone]
    recipe = RECIPE.replace("[data]", '[data]\nteacher = "large"').replace("[training]", "[training]\nteacher_share = 0.5")
    (here / "toy.toml").write_text(recipe)
    assert [line["loss"] for line in run()] == [line["loss"] for line in taught]


def test_a_teacher_with_other_pieces_is_refused(here: Path) -> None:
    other = toy_tokenizer("bpe")
    assert isinstance(other, Tokenizer)
    checkpoint.save(here / "large", toy_model(), other, checkpoint.ModelInfo(("en", "ja")), card="")
    with pytest.raises(InputError, match="another tokenizer"):
        run("--teacher", "large")
    with pytest.raises(CheckpointError, match="no model folder"):
        run("--teacher", "nowhere")


def test_a_phase_may_be_empty_but_not_missing(here: Path) -> None:
    assert read_recipe(here / "toy.toml")["phase"] == [{}]
    (here / "toy.toml").write_text(RECIPE.replace("[[phase]]", ""))
    with pytest.raises(InputError, match=r"has no \[phase\]"):
        run()
