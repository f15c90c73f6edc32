"""What the commands share: exit codes, options that several of them take, reading, writing and the progress bar."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diglot import LANGUAGES, InputError, LanguageError

if TYPE_CHECKING:
    from diglot import Model
    from diglot.pipeline.decode import Stray

FAILED, USAGE, UNTRANSLATED, GATE, INTERRUPTED = 1, 2, 3, 4, 130
EDITIONS = ("tsv", "jsonl", "tmx", "xliff", "md", "html", "srt", "vtt", "ass")
FORMATS = ("plain", "markdown", "html", "latex", "rst", "srt", "vtt", "transcript")
BUNDLED = "bundled"  # the name under which --glossary and --model take what comes with the program

_MEANT = {
    "jp": "ja", "japanese": "ja", "cn": "zh", "chinese": "zh", "kr": "ko", "korean": "ko",
    "english": "en", "german": "de", "french": "fr", "spanish": "es",
}  # fmt: skip
_TRADITIONAL = re.compile("zh[-_](?:TW|HK|MO|Hant)(?:[-_].*)?", re.IGNORECASE)


class Group(click.Group):
    """Commands that are listed in the order in which they are used."""

    def list_commands(self, _: click.Context) -> list[str]:
        """The names in the order in which the commands were added."""
        return list(self.commands)


def codes(_: click.Context, __: click.Parameter, value: Any) -> tuple[str, ...]:
    """A comma-separated list as a tuple, each once: the callback of an option."""
    return tuple(dict.fromkeys(part.strip() for part in (value or "").split(",") if part.strip()))


def code_of(name: str) -> str:
    """A language code without its region (``ja-JP`` is ``ja``), others as they are.

    Models of other people have names of their own for languages (``zho_Hans``), so that any string may be one. Raises
    :class:`diglot.LanguageError` for a name that is surely meant for another (``jp``, ``english``).

    >>> code_of("EN"), code_of("zh_CN"), code_of("zho_Hans")
    ('en', 'zh', 'zho_Hans')
    """
    first = re.split("[-_]", name.strip().lower())[0]
    if first in _MEANT:
        raise LanguageError(f"no such language: {name}; did you mean {_MEANT[first]}?")
    return first if first in LANGUAGES else name


def target_of(name: str) -> str:
    """The code of a language to translate into. Raises :class:`diglot.LanguageError`, for Traditional Chinese too."""
    if _TRADITIONAL.fullmatch(name):
        raise LanguageError(f"{name}: Chinese is written in Simplified characters only; give zh")
    return code_of(name)


def language(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A language code as :func:`code_of` has it: the callback of options that name one language."""
    return _coded(context, parameter, code_of, value) if value else value


def targets(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """The languages to translate into, as :func:`target_of` has them: the callback of ``--to``."""
    named = codes(context, parameter, value)
    return tuple(dict.fromkeys(_coded(context, parameter, target_of, name) for name in named))


def _coded(context: click.Context, parameter: click.Parameter, code: Callable[[str], str], name: str) -> str:
    try:
        return code(name)
    except LanguageError as exc:
        raise click.BadParameter(str(exc), context, parameter) from exc


def model_path(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """What a model is loaded from; None for the released one, which ``bundled`` names: the callback of ``--model``."""
    return None if value == BUNDLED else value


def finite(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """A number that can be reckoned with: neither ``nan`` nor ``inf``."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number", context, parameter)
    return value


def editions(context: click.Context, parameter: click.Parameter, value: Any) -> tuple[str, ...]:
    """A comma-separated list of edition formats: the callback of ``--formats``."""
    names = codes(context, parameter, value)
    if unknown := [name for name in names if name not in EDITIONS]:
        raise click.UsageError(f"no such format: {unknown[0]}; there are {', '.join(EDITIONS)}")
    return names


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a file is read: ``comments``, ``no_repair``, ``from_format``."""
    for option in (
        click.option("--comments", is_flag=True, help="Take the text of HTML comments too."),
        click.option("--no-repair", is_flag=True, help="Leave mojibake as it is."),
        click.option("--from-format", type=click.Choice(FORMATS), help="The format, where it is not recognised correctly."),
    ):
        command = option(command)
    return command


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model and how it searches; :func:`load_model` takes them as they come."""
    for option in (
        click.option(
            "--engine",
            type=click.Choice(["auto", "ctranslate2", "torch"]),
            default="auto",
            show_default=True,
            help="auto: CTranslate2 on a CPU, torch on a GPU.",
        ),
        click.option("--threads", type=click.IntRange(0), default=0, help="CPU threads; 0: all cores."),
        click.option(
            "--batch-tokens",
            type=click.IntRange(16),
            show_default="1024 on a CPU, 16384 on a GPU",
            help="Tokens of a batch; fewer take less memory.",
        ),
        click.option(
            "--length-penalty",
            type=float,
            callback=finite,
            default=1.0,
            show_default=True,
            help="Above 1 favours longer output.",
        ),
        click.option(
            "--rerank/--no-rerank",
            default=True,
            show_default=True,
            help="Of the beam take what leads back to the source, too: half as fast, fewer omissions.",
        ),
        click.option(
            "--beam", type=click.IntRange(1, 64), default=4, show_default=True, help="1 is greedy: faster, not as good."
        ),
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="auto: a GPU if there is one.",
        ),
        click.option(
            "--model",
            metavar="PATH",
            callback=model_path,
            help="A model folder, or hf:PATH for one of Hugging Face. [default: bundled, the released model]",
        ),
    ):
        command = option(command)
    return command


def load_model(search: dict[str, Any], languages: Iterable[str] = ()) -> "Model":
    """The translator that :func:`model_options` ask for. Raises :class:`diglot.LanguageError` for a language it lacks."""
    from diglot import models

    options = dict(search)
    translator = models.load(options.pop("model"), device=options.pop("device"), **options)
    for code in languages:
        translator.require(code, code)
    return translator


def read(file: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises :class:`diglot.InputError`."""
    if file == "-":
        return sys.stdin.buffer.read()
    from diglot.pipeline.decode import read_bytes

    return read_bytes(Path(file))


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, which end at LF only. Raises :class:`diglot.InputError`."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise InputError(f"{path}, byte {exc.start + 1}: not UTF-8; convert it first") from exc
    return text.removesuffix("\n").split("\n")


def write_file(path: Path, data: str | bytes) -> None:
    """Write a file, whole or not at all, in place of one that is there."""
    from diglot.pipeline.outputs import Outputs

    with Outputs() as outputs:
        outputs.write(path, data)
        outputs.commit()


def write(data: str | bytes) -> None:
    """Text, or the bytes of a file, to standard output as they are."""
    sys.stdout.buffer.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def write_json(values: dict[str, Any]) -> None:
    """One line of JSON to standard output."""
    write(json.dumps(values, ensure_ascii=False) + "\n")


def reason(error: Exception) -> str:
    """An error in one line; of one that the system reports, its file and its reason."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'standard output'}: {error.strerror}"
    return str(error)


def shown(path: Path) -> str:
    """A path as people look for it: from the current folder, where it is in that."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def say(message: str) -> None:
    """A line for people, to standard error."""
    click.echo(message, err=True)


@contextmanager
def progress_bar(total: int, title: str, unit: str = "seg") -> Iterator[Callable[[int], None]]:
    """A bar on stderr, none where that is not a terminal; yields what advances it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=title, unit=unit, leave=False, file=sys.stderr) as bar:
        yield lambda count: (bar.update(count), None)[1]


def tell_notes(name: str, notes: Iterable[str]) -> None:
    """Tell of what of a file is not in its text, a line each."""
    for one in notes:
        say(f"{name}: {one}")


def tell_strays(name: str, strays: "Iterable[Stray]") -> None:
    """Tell of bytes that are not in the encoding of the rest of a file, a line each."""
    for one in strays:
        say(f"{name}:{one.line}: bytes in another encoding, read as “{one.text.strip()[:60]}”")
