"""The program: the group of all commands, and how errors become exit codes.

0 done, 1 failed, 2 usage, 3 finished with segments left untranslated, 4 a quality gate failed, 130 interrupted.
"""

import sys
from pathlib import Path

import click

import diglot
from diglot import DiglotError, LanguageError
from diglot.commands.align import align
from diglot.commands.apply import apply
from diglot.commands.check import check
from diglot.commands.common import FAILED, INTERRUPTED, USAGE, Group, reason
from diglot.commands.corpus import corpus
from diglot.commands.defaults import SHARED, read_defaults
from diglot.commands.glossary import glossary
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
        _fail(reason(exc), FAILED)


def _fail(message: object, code: int) -> None:
    click.echo(f"diglot: {message}", err=True)
    sys.exit(code)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(diglot.__version__, prog_name="diglot")
@click.pass_context
def commands(context: click.Context) -> None:
    """Lectures in, aligned bilingual editions out: repair, detect, segment and translate, offline.

    Options of translate that you always use go into a file diglot.toml (or [tool.diglot] in pyproject.toml) beside your
    lectures or above them: to = "ja,zh", formats = "tsv,html", glossary = ["terms.tsv"], model = "FOLDER".
    """
    if context.invoked_subcommand in (translate.name, apply.name):
        values, context.obj = read_defaults(Path.cwd(), translate)
        shared = {name: value for name, value in values.items() if name in SHARED}
        context.default_map = {"translate": values, "apply": shared}


for command in (translate, apply, align, check, glossary, repair, detect, segment, corpus, train, evaluate, model):
    commands.add_command(command)

if __name__ == "__main__":
    main()
