"""``diglot train`` as a user runs it, with a teacher and without: what it writes, what it refuses."""

import json
from pathlib import Path

import click
import pytest
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import CheckpointError, InputError
from diglot.commands.recipe import read_recipe
from diglot.commands.training import train
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


@pytest.mark.parametrize(
    ("directions", "both"), [("", True), ("directions = {en-ja = 2}", True), ("directions = {ja-en = 0}", False)]
)
def test_a_model_of_one_direction_says_so(here: Path, directions: str, both: bool) -> None:
    (here / "toy.toml").write_text(RECIPE.replace("[[phase]]", f"[[phase]]\n{directions}"))
    run()
    assert checkpoint.read_info(here / "run" / "model").both_ways is both


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["toy.toml", "--model", "large"], "--model is for --adapt"),
        (["--adapt", "a.en-ja.tsv", "--max-minutes", "3"], "--max-minutes"),
        (["toy.toml", "--adapt", "a.en-ja.tsv"], "takes no configuration"),
    ],
)
def test_options_that_would_be_ignored_are_refused(arguments: list[str], words: str) -> None:
    with pytest.raises(click.UsageError, match=words):
        train.main(arguments, standalone_mode=False)


def test_the_card_of_an_adapted_model_claims_no_figures_of_another(here: Path) -> None:
    info = checkpoint.ModelInfo(("en", "ja"), name="base")
    checkpoint.save(here / "base", toy_model(), toy_tokenizer(), info, card="# base\n\n99 BLEU\n")
    rows = "".join(f"{a}\t{b}\n" for a, b in zip(SENTENCES[:4], SENTENCES[5:9], strict=True))
    (here / "week.en-ja.txt").write_text(rows, encoding="utf-8")
    assert train.main(["--adapt", "week.en-ja.txt", "--model", "base", "-o", "new"], standalone_mode=False) == 0
    card = (here / "new" / "model" / "README.md").read_text("utf-8")
    assert card.startswith("# base-adapted\n\nbase, adapted to 4 pairs of week.en-ja.txt. What follows is the card of base")
    assert card.endswith("\n\n# base\n\n99 BLEU\n")


def test_no_model_and_no_run_is_replaced_by_another_kind(here: Path) -> None:
    run()
    (here / "week.en-ja.txt").write_text("A layer.\t層。\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in (here / "run").rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="holds a model or a training run already"):
        train.main(["--adapt", "week.en-ja.txt", "--model", "large", "-o", "run"], standalone_mode=False)
    (here / "run").rename(here / "trained")
    checkpoint.save(here / "run" / "model", toy_model(), toy_tokenizer(), checkpoint.ModelInfo(("en", "ja")), card="")
    with pytest.raises(InputError, match="holds a model and no run to go on with"):
        run()
    assert all((here / "trained" / path.relative_to(here / "run")).read_bytes() == data for path, data in before.items())
