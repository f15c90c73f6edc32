"""The defaults file: options of ``diglot translate`` that are the same each time; ``diglot apply`` shares some of them.

It is the nearest ``diglot.toml``, or ``pyproject.toml`` with a table ``[tool.diglot]``, at or above a folder. A key is the
long name of an option; files and folders that it names stand beside it. A key that is unknown, or a value that its option
cannot take, is an error: a default that is passed over in silence is a mistake found too late.
"""

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource
from click.types import FloatParamType, IntParamType

from diglot import InputError
from diglot.commands.common import BUNDLED, editions, targets

DEFAULTS_FILES = {"diglot.toml": (), "pyproject.toml": ("tool", "diglot")}  # and the table in each that has the defaults
_OF_A_RUN = frozenset({"lines", "dry-run"})  # options that are no defaults
SHARED = ("output", "from_format", "no_repair", "comments")  # what apply must do as translate did


class Defaults(NamedTuple):
    """Values for the parameters of a command, by their names, and the folder of the file that has them, if there is one."""

    values: dict[str, Any]
    folder: Path | None


def read_defaults(start: Path, command: click.Command) -> Defaults:
    """The defaults of a command for a folder. Raises :class:`diglot.InputError`."""
    options = {key: option for option in command.params if (key := _key(option)) not in ("", *_OF_A_RUN)}
    for folder in (start, *start.parents):
        for name, tables in DEFAULTS_FILES.items():
            path = folder / name
            values = _read(path, tables) if path.is_file() else {}
            if values:
                checked = _checked(path, values, options)
                return Defaults({str(options[key].name): value for key, value in checked.items()}, folder)
    return Defaults({}, None)


def mirrored(context: click.Context) -> Path | None:
    """The folder whose inputs have their places in the folder for outputs: that of the defaults file, where it names the
    latter. So a file has one place there, whether it is translated alone or with its folder.
    """
    return context.find_object(Path) if _is_default(context, "output") else None


def output_for(files: Sequence[str], output: str | None, context: click.Context) -> str | None:
    """Where outputs go. Standard input alone goes to standard output, unless the command line says otherwise."""
    return None if list(files) == ["-"] and _is_default(context, "output") else output


def _is_default(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def _key(parameter: click.Parameter) -> str:
    """The long name of an option; empty for an argument."""
    return next((name.removeprefix("--") for name in parameter.opts if name.startswith("--")), "")


def _read(path: Path, tables: Sequence[str]) -> dict[str, Any]:
    try:
        values: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{path}: cannot be read as TOML ({exc})") from exc
    for name in tables:
        values = values.get(name, {}) if isinstance(values, dict) else {}
    return values if isinstance(values, dict) else {}


def _checked(path: Path, values: Mapping[str, Any], options: Mapping[str, click.Parameter]) -> dict[str, Any]:
    """The values as the command line takes them."""
    found = {}
    for name, value in values.items():
        key = name.replace("_", "-")
        if key not in options:
            close = get_close_matches(key, options, 1)
            known = f"did you mean {close[0]}?" if close else f"there are {', '.join(options)}"
            raise InputError(f"{path}: no such key: {name}; {known}")
        wanted = _unlike(value, options[key])
        if wanted:
            raise InputError(f"{path}: {key} = {value!r}: {wanted} is wanted")
        found[key] = _taken(key, value, options[key], path.parent)
    return found


def _unlike(value: Any, option: click.Parameter) -> str:
    """What a value should have been; empty where it is that."""
    if isinstance(option, click.Option) and option.is_flag:
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(option.type, IntParamType | FloatParamType):
        numbers = int if isinstance(option.type, IntParamType) else int | float
        return "" if isinstance(value, numbers) and not isinstance(value, bool) else "a number"
    if _is_list(option):
        values = value if isinstance(value, list) else [value]
        return "" if all(isinstance(one, str) for one in values) else "a text or a list of texts"
    return "" if isinstance(value, str) else "a text"


def _is_list(option: click.Parameter) -> bool:
    return option.multiple or option.callback in (targets, editions)


def _taken(key: str, value: Any, option: click.Parameter, folder: Path) -> Any:
    """A value as its option takes it, with paths from the folder of the defaults file."""
    values = value if isinstance(value, list) else [value]
    if key in ("glossary", "memory", "model", "output"):
        values = [one if one in (BUNDLED, "-") or one.startswith("hf:") else str(folder / one) for one in values]
    if not _is_list(option):
        return values[0]
    return values if option.multiple else ",".join(values)
