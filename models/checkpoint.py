"""A model folder: weights, configuration, tokenizer, card, in the layout that Hugging Face tools know.

    config.json                      the shape, and what diglot needs to know (languages, vocabulary by language)
    generation_config.json           start, end and padding ids, the search defaults
    model-00001-of-00003.safetensors weights in shards of at most 15 MB, beside model.safetensors.index.json
    spiece.model                     the tokenizer
    README.md                        the model card
    SHA256SUMS                       a hash of every other file, checked before anything is read

Weights are safetensors only; nothing here unpickles. Matrices may be stored as int8 with one scale a row, which costs a
quarter of the bytes: ``w ~ q * scale`` with ``scale = max |row| / 127``. They come back as float32.
"""

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diglot import CheckpointError
from diglot.models import first_line
from diglot.models.tokenizer import END, PAD, START, Tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from diglot.models.transformer import Transformer, TransformerConfig

FORMAT = 1
SHARD_BYTES = 15_000_000
SCALE = ".scale"  # an int8 matrix NAME has its scales beside it as NAME.scale
SUMS = "SHA256SUMS"
INDEX = "model.safetensors.index.json"


@dataclass(frozen=True)
class ModelInfo:
    """What a model folder says of itself besides its weights.

    ``vocabulary`` gives, for a target language, the ids that its text uses: the output layer is restricted to them.
    """

    languages: tuple[str, ...]
    vocabulary: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    name: str = "diglot"
    licence: str = ""
    domain: str | None = None  # the domain tag given to every source, None where the model was trained without
    inline_terms: bool = True  # whether terms written into the text were trained, as diglot train does
    both_ways: bool = True  # whether it was trained to translate each of its pairs of languages in both directions


# ------------------------------------------------------------------------------------------------------------------ writing


def save(folder: Path, model: "Transformer", tokenizer: Tokenizer, info: ModelInfo, *, card: str, int8: bool = True) -> None:
    """Write a model folder beside ``folder`` and rename it when whole, replacing what was there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    unfinished.chmod(0o755)
    try:
        _write_weights(unfinished, model.state_dict(), int8=int8)
        _write_json(unfinished / "config.json", _config(model.config, info))
        _write_json(unfinished / "generation_config.json", _generation_config())
        _write_json(unfinished / "tokenizer_config.json", {"tokenizer_class": "DiglotTokenizer", "domain": info.domain})
        (unfinished / "spiece.model").write_bytes(tokenizer.model)
        (unfinished / "README.md").write_text(card, encoding="utf-8", newline="\n")
        write_sums(unfinished)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _config(config: "TransformerConfig", info: ModelInfo) -> dict[str, Any]:
    return {
        "model_type": "diglot",
        "architectures": ["DiglotForConditionalGeneration"],
        "diglot_format": FORMAT,
        "is_encoder_decoder": True,
        "pad_token_id": PAD,
        "bos_token_id": START,
        "eos_token_id": END,
        "decoder_start_token_id": START,
        "tie_word_embeddings": True,
        "name": info.name,
        "licence": info.licence,
        "languages": list(info.languages),
        "domain": info.domain,
        "inline_terms": info.inline_terms,
        "both_ways": info.both_ways,
        "output_vocabulary": {code: _to_ranges(ids) for code, ids in info.vocabulary.items()},
        **config.to_dict(),
    }


def _generation_config() -> dict[str, Any]:
    return {"pad_token_id": PAD, "bos_token_id": START, "eos_token_id": END, "decoder_start_token_id": START, "num_beams": 1}


def _write_weights(folder: Path, state: Mapping[str, "Tensor"], *, int8: bool) -> None:
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if int8 and tensor.dim() == 2:
            tensors[name], tensors[name + SCALE] = quantise(tensor)
        else:
            tensors[name] = tensor.float().contiguous()
    shards = _shards(tensors)
    weight_map = {}
    for number, names in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        save_file({name: tensors[name] for name in names}, folder / file, metadata={"format": "pt"})
        (folder / file).chmod(0o644)  # safetensors makes it readable for its owner alone
        weight_map.update(dict.fromkeys(names, file))
    total = sum(t.numel() * t.element_size() for t in tensors.values())
    _write_json(folder / INDEX, {"metadata": {"total_size": total}, "weight_map": weight_map})


def _shards(tensors: Mapping[str, "Tensor"]) -> list[list[str]]:
    """Names in order, cut into files of at most ``SHARD_BYTES``; a matrix larger than that has a file of its own."""
    shards: list[list[str]] = [[]]
    size = 0
    for name, tensor in tensors.items():
        more = tensor.numel() * tensor.element_size() + 1024  # the header's share
        if shards[-1] and size + more > SHARD_BYTES:
            shards.append([])
            size = 0
        shards[-1].append(name)
        size += more
    return shards


def quantise(matrix: "Tensor") -> tuple["Tensor", "Tensor"]:
    """A matrix (R, C) as int8 and the scale of each row (R,), rounded to nearest."""
    import torch

    scale = matrix.float().abs().amax(dim=1).clamp_min(1e-12) / 127
    return (matrix.float() / scale[:, None]).round().to(torch.int8), scale


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS over all other files of the folder, in the format that ``sha256sum -c`` reads."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.name != SUMS)
    lines = (f"{_sha256(p)}  {p.name}\n" for p in files)
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _to_ranges(ids: Sequence[int]) -> list[list[int]]:
    """Sorted ids as ``[first, last]`` runs, which keep the configuration short enough to look at."""
    ranges: list[list[int]] = []
    for i in sorted(ids):
        if ranges and ranges[-1][1] == i - 1:
            ranges[-1][1] = i
        else:
            ranges.append([i, i])
    return ranges


# ------------------------------------------------------------------------------------------------------------------ reading


def verify(folder: Path) -> None:
    """Check that the folder is whole and unchanged. Raises :class:`diglot.CheckpointError`."""
    sums = folder / SUMS
    if not folder.is_dir():
        raise CheckpointError(f"{folder}: no model folder here; --model takes a folder that 'diglot train' wrote")
    try:
        lines = sums.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise CheckpointError(f"{sums}: missing or unreadable; the model folder is not whole") from exc
    for line in lines:
        digest, _, name = line.partition("  ")
        path = folder / Path(name).name
        if not path.is_file():
            raise CheckpointError(f"{path}: missing; the model folder is not whole, copy it again")
        if _sha256(path) != digest:
            raise CheckpointError(f"{path}: changed since it was written (hash differs); copy the model folder again")


def fingerprint(folder: Path) -> str:
    """A short name for exactly these weights: the hash of the hashes."""
    try:
        return hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()[:16]
    except OSError as exc:
        raise CheckpointError(f"{folder}: no model folder here ({SUMS} is missing)") from exc


def read_config(folder: Path) -> dict[str, Any]:
    """``config.json``. Raises :class:`diglot.CheckpointError` where it is not one of ours."""
    path = folder / "config.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise CheckpointError(f"{path}: not a readable model configuration ({exc})") from exc
    if not isinstance(values, dict) or values.get("model_type") != "diglot":
        raise CheckpointError(f"{path}: not a diglot model; for a Hugging Face model write --model hf:{folder}")
    if values.get("diglot_format") != FORMAT:
        found = values.get("diglot_format")
        raise CheckpointError(f"{path}: format {found}, this program reads {FORMAT}; take a diglot of the same age")
    return values


def read_info(folder: Path) -> ModelInfo:
    """Languages, vocabularies and name of the model in ``folder``. Raises :class:`diglot.CheckpointError`."""
    values = read_config(folder)
    try:
        vocabulary = {
            code: tuple(i for first, last in ranges for i in range(first, last + 1))
            for code, ranges in values["output_vocabulary"].items()
        }
        named = values["name"], values["licence"], values["domain"]
        trained = values.get("inline_terms", True), values.get("both_ways", True)
        return ModelInfo(tuple(values["languages"]), vocabulary, *named, *trained)
    except KeyError as exc:
        raise CheckpointError(
            f"{folder / 'config.json'}: does not say '{exc.args[0]}'; copy the model folder again"
        ) from exc
    except (AttributeError, TypeError, ValueError) as exc:
        raise CheckpointError(f"{folder / 'config.json'}: not as diglot writes it ({first_line(exc)})") from exc


def read_weights(folder: Path) -> dict[str, "NDArray[Any]"]:
    """All tensors of the folder as float32 arrays, int8 matrices unpacked. Raises :class:`diglot.CheckpointError`."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    stored: dict[str, NDArray[Any]] = {}
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        for file in sorted(set(index["weight_map"].values())):
            stored.update(load_file(folder / Path(file).name))
    except (OSError, ValueError, KeyError, SafetensorError) as exc:
        raise CheckpointError(f"{folder}: the weights cannot be read ({exc})") from exc
    return {
        name: tensor.astype(np.float32) * stored[name + SCALE][:, None] if name + SCALE in stored else tensor
        for name, tensor in stored.items()
        if not name.endswith(SCALE)
    }


def load(folder: Path) -> tuple["Transformer", Tokenizer, ModelInfo]:
    """The model of a folder, ready to translate. Raises :class:`diglot.CheckpointError`."""
    import torch

    from diglot.models.transformer import Transformer, TransformerConfig

    verify(folder)
    info = read_info(folder)
    tokenizer = Tokenizer.load(folder / "spiece.model")
    try:
        config = TransformerConfig.from_dict(read_config(folder))
        model = Transformer(config)
        model.load_state_dict({name: torch.from_numpy(array) for name, array in read_weights(folder).items()})
    except (RuntimeError, TypeError, ValueError) as exc:
        raise CheckpointError(f"{folder}: the weights do not fit the configuration ({first_line(exc)})") from exc
    if len(tokenizer) != config.vocabulary:
        found = f"{len(tokenizer)} pieces for a vocabulary of {config.vocabulary}"
        raise CheckpointError(f"{folder}: the tokenizer does not fit the model ({found})")
    return model.eval(), tokenizer, info


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -------------------------------------------------------------------------------------------------------- state of training


def save_state(path: Path, tensors: Mapping[str, "Tensor"], values: Mapping[str, Any]) -> None:
    """Tensors and JSON values as one safetensors file, written beside and renamed: a crash leaves the old one whole."""
    from safetensors.torch import save_file

    unfinished = path.with_name(path.name + ".part")
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(whole, unfinished, metadata={"state": json.dumps(values)})
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def load_state(path: Path) -> tuple[dict[str, "Tensor"], dict[str, Any]]:
    """The inverse of :func:`save_state`. Raises :class:`diglot.CheckpointError`."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no iterator)
            return tensors, json.loads(file.metadata()["state"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as exc:
        raise CheckpointError(f"{path}: the state of training cannot be read ({exc}); remove it to start anew") from exc


def size_of(folder: Path) -> int:
    """Bytes of all files in the folder."""
    return sum(p.stat().st_size for p in folder.iterdir() if p.is_file())


def human(size: float) -> str:
    """A size in the unit that suits it.

    >>> human(57_400_000)
    '57.4 MB'
    """
    power = min(3, int(math.log(max(size, 1), 1000)))
    return f"{size / 1000**power:.{1 if power else 0}f} {('B', 'kB', 'MB', 'GB')[power]}"


def describe(folder: Path) -> dict[str, str]:
    """What a person wants to know of a model folder, in the order to show it."""
    from safetensors import safe_open

    values, info = read_config(folder), read_info(folder)
    parameters = 0
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="np") as file:
            matrices = [name for name in file.keys() if not name.endswith(SCALE)]  # noqa: SIM118 (it is no iterable)
            parameters += sum(math.prod(file.get_slice(name).get_shape()) for name in matrices)
    layers = f"{values['n_encoder_layers']} encoder, {values['n_decoder_layers']} decoder layers"
    return {
        "name": info.name,
        "folder": str(folder),
        "languages": " ".join(info.languages),
        "architecture": f"{layers}, width {values['d_model']}, {values['n_heads']} heads, {values['positions']} positions",
        "vocabulary": f"{values['vocabulary']} pieces",
        "parameters": f"{parameters / 1e6:.1f} M",
        "size": human(size_of(folder)),
        "licence": info.licence or "not stated",
        "fingerprint": fingerprint(folder),
    }
