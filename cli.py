"""The program: the group of all commands, the defaults file, and how errors become exit codes.

0 done, 1 failed, 2 usage, 3 finished with segments left untranslated, 4 a quality gate failed, 130 interrupted.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import click

import diglot
from diglot import DiglotError, InputError, LanguageError
from diglot.commands.align import align
from diglot.commands.check import check
from diglot.commands.common import FAILED, INTERRUPTED, USAGE
from diglot.commands.corpus import corpus
from diglot.commands.glossary import BUNDLED, glossary
from diglot.commands.model import evaluate, model
from diglot.commands.stages import detect, repair, segment
from diglot.commands.training import train
from diglot.commands.translate import translate


def main() -> None:
    """The program: run a command and end with its exit code, an error in one line."""
    try:
        code = commands.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except LanguageError as exc:
        _fail(exc, USAGE)
    except DiglotError as exc:
        _fail(exc, FAILED)
    except click.exceptions.Abort:
        _fail("interrupted", INTERRUPTED)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(FAILED)
    except OSError as exc:
        _fail(f"{exc.filename or 'standard output'}: {exc.strerror}", FAILED)


def _fail(message: object, code: int) -> None:
    click.echo(f"diglot: {message}", err=True)
    sys.exit(code)


def read_defaults(start: Path) -> dict[str, Any]:
    """The defaults of the nearest ``diglot.toml``, or ``[tool.diglot]`` of ``pyproject.toml``, at or above a folder."""
    for folder in (start, *start.parents):
        for name, table in (("diglot.toml", ()), ("pyproject.toml", ("tool", "diglot"))):
            path = folder / name
            if not path.is_file():
                continue
            try:
                values = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as exc:
                raise InputError(f"{path}: cannot be read as TOML ({exc})") from exc
            for key in table:
                values = values.get(key, {})
            if values:
                return {key.replace("-", "_"): _placed(key, value, folder) for key, value in values.items()}
    return {}


def _placed(key: str, value: Any, folder: Path) -> Any:
    """A value of the defaults file; the files that it names stand beside it."""
    if key == "glossary":
        return [one if one == BUNDLED else str(folder / one) for one in ([value] if isinstance(value, str) else value)]
    return str(folder / value) if key == "model" and not value.startswith("hf:") else value


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(diglot.__version__, prog_name="diglot")
@click.pass_context
def commands(context: click.Context) -> None:
    """Lectures in, aligned bilingual editions out: repair, detect, segment and translate, offline.

    Options that are the same each time can stand in a file diglot.toml (or [tool.diglot] in pyproject.toml) beside your
    lectures: to = "ja,zh", formats = "tsv,html", glossary = ["terms.tsv"], model = "FOLDER".
    """
    found = read_defaults(Path.cwd())
    options = {p.name: p for p in translate.params if isinstance(p, click.Option) and p.name in found}
    context.default_map = {
        "translate": {
            name: ",".join(found[name]) if isinstance(found[name], list) and not option.multiple else found[name]
            for name, option in options.items()
        }
    }


for command in (translate, align, check, glossary, repair, detect, segment, corpus, train, evaluate, model):
    commands.add_command(command)

if __name__ == "__main__":
    main()
