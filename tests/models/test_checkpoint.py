"""Model folders: what was saved is what loads, and what is not whole is refused with a reason."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from toys import random_ids, toy_model, toy_tokenizer

from diglot import CheckpointError
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo

INFO = ModelInfo(("en", "ja"), {"ja": (3, 60, 61, 62, 90)}, "toy", "CC0-1.0", "lec", inline_terms=False, both_ways=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "toy"
    checkpoint.save(path, toy_model(), toy_tokenizer(), INFO, card="# toy\n")
    return path


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "copy"))


def test_saved_is_loaded(tmp_path: Path) -> None:
    model = toy_model()
    checkpoint.save(tmp_path / "m", model, toy_tokenizer(), INFO, card="", int8=False)
    loaded, tokenizer, info = checkpoint.load(tmp_path / "m")
    assert info == INFO
    assert loaded.config == model.config
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), loaded.parameters(), strict=True))
    assert tokenizer.model == toy_tokenizer().model


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"output_vocabulary": None}, "not as diglot writes it"),
        ({"output_vocabulary": {"ja": [3]}}, "not as diglot writes it"),
        ({"languages": ...}, "does not say 'languages'"),
        ({"domain": ...}, "does not say 'domain'"),
    ],
)
def test_a_configuration_without_what_is_needed_is_told(
    folder: Path, tmp_path: Path, change: dict[str, object], fault: str
) -> None:
    made = copy(folder, tmp_path)
    values = json.loads((made / "config.json").read_text(encoding="utf-8")) | change
    (made / "config.json").write_text(json.dumps({k: v for k, v in values.items() if v is not ...}), encoding="utf-8")
    with pytest.raises(CheckpointError, match=fault):
        checkpoint.read_info(made)


def test_int8_is_a_quarter_of_the_bytes_and_close(folder: Path) -> None:
    model, (loaded, _, _) = toy_model(), checkpoint.load(folder)
    for (name, exact), stored in zip(model.named_parameters(), loaded.parameters(), strict=True):
        if exact.dim() == 2:
            step = exact.detach().abs().amax(1, keepdim=True) / 127
            assert ((exact - stored).abs() <= step / 2 + 1e-7).all(), name
        else:
            assert torch.equal(exact, stored)
    source, target = random_ids(2, 5), random_ids(2, 5)
    exact, stored = model(source, target), loaded(source, target)
    assert (exact - stored).norm() / exact.norm() < 0.05


def test_weights_are_cut_into_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "SHARD_BYTES", 20_000)
    checkpoint.save(tmp_path / "m", toy_model(), toy_tokenizer(), INFO, card="")
    shards = sorted((tmp_path / "m").glob("*.safetensors"))
    assert len(shards) > 3
    assert all(shard.stat().st_size <= 21_000 for shard in shards)
    index = json.loads((tmp_path / "m" / checkpoint.INDEX).read_text())
    assert set(index["weight_map"].values()) == {shard.name for shard in shards}
    assert torch.equal(checkpoint.load(tmp_path / "m")[0].embedding.weight, _again(tmp_path / "other"))


def _again(path: Path) -> torch.Tensor:
    checkpoint.save(path, toy_model(), toy_tokenizer(), INFO, card="")
    return checkpoint.load(path)[0].embedding.weight


def test_saving_again_replaces_the_folder_and_leaves_nothing_beside(tmp_path: Path) -> None:
    for seed in (0, 1):
        checkpoint.save(tmp_path / "m", toy_model(seed), toy_tokenizer(), INFO, card="")
    assert [p.name for p in tmp_path.iterdir()] == ["m"]
    expected, _ = checkpoint.quantise(toy_model(1).embedding.weight)
    stored, _ = checkpoint.quantise(checkpoint.load(tmp_path / "m")[0].embedding.weight)
    assert torch.equal(stored, expected)


def test_no_pickle_anywhere(folder: Path) -> None:
    assert {p.suffix for p in folder.iterdir()} <= {".safetensors", ".json", ".md", ".model", ""}
    checkpoint.verify(folder)


def test_every_changed_byte_is_noticed(folder: Path, tmp_path: Path) -> None:
    for name in sorted(p.name for p in folder.iterdir() if p.name != checkpoint.SUMS):
        damaged = copy(folder, tmp_path / name)
        data = bytearray((damaged / name).read_bytes())
        data[len(data) // 2] ^= 1
        (damaged / name).write_bytes(data)
        with pytest.raises(CheckpointError, match=f"{name}: changed"):
            checkpoint.load(damaged)


def test_a_missing_file_is_named(folder: Path, tmp_path: Path) -> None:
    damaged = copy(folder, tmp_path)
    next(damaged.glob("*.safetensors")).unlink()
    with pytest.raises(CheckpointError, match=r"safetensors: missing"):
        checkpoint.load(damaged)
    with pytest.raises(CheckpointError, match="no model folder here"):
        checkpoint.load(tmp_path / "nowhere")


def rewrite(folder: Path, **changes: object) -> None:
    """Change the configuration of a folder and make its hashes right again, as a foreign tool would."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    checkpoint.write_sums(folder)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model_type": "marian"}, "not a diglot model.*hf:"),
        ({"diglot_format": 99}, "format 99, this program reads"),
        ({"d_model": 64}, "do not fit the configuration"),
        ({"vocabulary": 441}, "do not fit"),
        ({"n_heads": 5}, "do not fit the configuration"),
    ],
)
def test_a_foreign_configuration_is_refused(folder: Path, tmp_path: Path, changes: dict, words: str) -> None:
    foreign = copy(folder, tmp_path)
    rewrite(foreign, **changes)
    with pytest.raises(CheckpointError, match=words):
        checkpoint.load(foreign)


def test_a_foreign_tokenizer_is_refused(folder: Path, tmp_path: Path) -> None:
    foreign = copy(folder, tmp_path)
    (foreign / "spiece.model").write_bytes(b"nonsense")
    checkpoint.write_sums(foreign)
    with pytest.raises(CheckpointError, match="SentencePiece"):
        checkpoint.load(foreign)


def test_numpy_and_torch_read_the_same(folder: Path) -> None:
    arrays, (model, _, _) = checkpoint.read_weights(folder), checkpoint.load(folder)
    assert arrays.keys() == model.state_dict().keys()
    assert all(np.array_equal(arrays[k], v.numpy()) for k, v in model.state_dict().items())


def test_state_survives_and_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    checkpoint.save_state(path, {"a": torch.arange(3), "b": torch.randn(2, 2)}, {"step": 7, "place": [0, 1, 2]})
    tensors, values = checkpoint.load_state(path)
    assert tensors["a"].tolist() == [0, 1, 2]
    assert values == {"step": 7, "place": [0, 1, 2]}
    assert list(tmp_path.iterdir()) == [path]
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(CheckpointError, match="state of training cannot be read"):
        checkpoint.load_state(path)


def test_description(folder: Path) -> None:
    shown = checkpoint.describe(folder)
    assert shown["languages"] == "en ja"
    assert shown["parameters"] == f"{toy_model().parameter_count() / 1e6:.1f} M"
    assert checkpoint.fingerprint(folder) == shown["fingerprint"]
