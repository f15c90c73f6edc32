"""The configuration of a training run (TOML): read, and checked before anything is loaded.

A key that is unknown, or a value that its key cannot take, is an error: a setting that is passed over in silence is found
when the run is over.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from diglot import InputError
from diglot.commands.common import BUNDLED

KEYS = {  # of the tables that are no class's fields
    "data": ("pack", "tokenizer", "terms", "teacher", "folder", "domain_tags", "longest", "subword_alpha"),
    "phase": ("from", "other_corpora", "corpora", "directions"),
    "release": ("name", "licence", "languages", "domain", "card"),
}
_TYPES: dict[Any, Any] = {int: int, float: (int, float), bool: bool}
_NAMES: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false"}


def read_recipe(config: Path) -> dict[str, Any]:
    """A training configuration with all its tables. Raises :class:`diglot.DiglotError` that names what is missing."""
    try:
        recipe = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{config}: cannot be read as TOML ({exc})") from exc
    for table in ("model", "data", "training", "phase"):
        if table not in recipe:
            raise InputError(f"{config}: has no [{table}]; see docs/training.md for what a configuration holds")
    for name in ("pack", "tokenizer"):
        if name not in recipe["data"]:
            raise InputError(f"{config}: [data] needs '{name}'; 'diglot corpus' makes one")
    from diglot.corpora.augment import Rates
    from diglot.models.training import TrainingConfig
    from diglot.models.transformer import TransformerConfig

    for table, kind in (("model", TransformerConfig), ("training", TrainingConfig), ("augment", Rates)):
        _require_known(f"{config}: [{table}]", recipe.get(table, {}), [one.name for one in fields(kind)])
        _require_choices(f"{config}: [{table}]", recipe.get(table, {}), kind)
    for table, known in KEYS.items():
        for values in recipe[table] if table == "phase" else [recipe.get(table, {})]:
            _require_known(f"{config}: [{table}]", values, known)
    return recipe


def _require_known(place: str, values: dict[str, Any], known: Sequence[str]) -> None:
    if unknown := sorted(values.keys() - set(known)):
        raise InputError(f"{place} has no '{unknown[0]}'; it knows {', '.join(known)}")


def _require_choices(place: str, values: dict[str, Any], kind: type) -> None:
    """Raise :class:`diglot.InputError` for a value of another type than its field's, or that is none of its choices."""
    for key, hint in get_type_hints(kind).items():
        value = values.get(key)
        if value is None:
            continue
        if get_origin(hint) is Literal and value not in get_args(hint):
            raise InputError(f"{place} {key} = {value!r} is none of {', '.join(get_args(hint))}")
        if hint in _TYPES and not (isinstance(value, _TYPES[hint]) and (hint is bool) == isinstance(value, bool)):
            raise InputError(f"{place} {key} = {value!r} is not {_NAMES[hint]}")


def term_files(recipe: dict[str, Any], here: Path) -> list[Path]:
    """The files that inline terms are drawn from; ``bundled`` stands for the glossaries that come with the program."""
    from diglot.corpora import GLOSSARIES

    named = recipe["data"].get("terms", [BUNDLED])
    ours = sorted(GLOSSARIES.glob("*.tsv")) if BUNDLED in named else []
    return [*ours, *(here / name for name in named if name != BUNDLED)]
