"""The configurations that come with diglot, and the page that explains them, hold what the program reads."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch

from diglot.commands.recipe import read_recipe
from diglot.corpora.augment import Rates
from diglot.corpora.catalogue import read_catalogue
from diglot.models.training import TrainingConfig
from diglot.models.transformer import Transformer, TransformerConfig

ROOT = Path(__file__).parents[2]
PHASE = {"from", "corpora", "other_corpora", "directions"}
DATA = {"pack", "tokenizer", "terms", "domain_tags", "longest", "subword_alpha", "folder", "teacher"}
RELEASE = {"name", "licence", "languages", "domain", "card"}


def names(of: type) -> set[str]:
    return {field.name for field in fields(of)}  # type: ignore[arg-type]


def recipe(name: str) -> dict[str, Any]:
    return read_recipe(ROOT / "configs" / f"{name}.toml")


@pytest.mark.parametrize("name", ["tiny", "cpu", "ship"])
def test_every_key_is_one_that_the_program_reads(name: str) -> None:
    told = recipe(name)
    TrainingConfig.from_dict(told["training"])
    assert told["model"].keys() <= names(TransformerConfig) - {"vocabulary"}
    assert told.get("augment", {}).keys() <= names(Rates)
    assert told["data"].keys() <= DATA and told.get("release", {}).keys() <= RELEASE
    assert all(phase.keys() <= PHASE for phase in told["phase"])
    assert told["phase"][0]["from"] == 0.0


@pytest.mark.parametrize(("name", "vocabulary"), [("cpu", 12_000), ("ship", 24_000)])
def test_the_models_are_as_large_as_is_said_of_them(name: str, vocabulary: int) -> None:
    first_line = (ROOT / "configs" / f"{name}.toml").read_text(encoding="utf-8").partition("\n")[0]
    said = re.search(r"(\d+) million parameters", first_line)
    assert said
    with torch.device("meta"):
        model = Transformer(TransformerConfig.from_dict(recipe(name)["model"] | {"vocabulary": vocabulary}))
    assert round(model.parameter_count() / 1e6) == int(said[1])
    assert f"{said[1]} million" in (ROOT / "docs" / "training.md").read_text(encoding="utf-8").replace("\n", " ")


@pytest.mark.parametrize("name", ["cpu", "ship"])
def test_the_mix_names_corpora_of_the_catalogue(name: str) -> None:
    catalogue = read_catalogue()
    for phase in recipe(name)["phase"]:
        assert phase["corpora"].keys() <= catalogue.keys()


def test_the_page_explains_every_key() -> None:
    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8").partition("## The configuration")[2]
    rows = re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE)
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    keys = names(TrainingConfig) | names(TransformerConfig) | names(Rates) | PHASE | DATA | RELEASE
    assert explained == keys - {"vocabulary", "phases"}


def test_the_example_of_a_catalogue_entry_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "corpora.md").read_text(encoding="utf-8")
    example = page.split("```toml\n", 1)[1].split("```", 1)[0]
    (tmp_path / "own.toml").write_text(example, encoding="utf-8")
    (name,) = tomllib.loads(example)
    assert read_catalogue([tmp_path / "own.toml"])[name].readable
