"""The commands: thin, each a few lines over the library. The only place where pipeline, models and corpora meet.

Data go to stdout; messages, summaries and progress go to stderr, progress only where that is a terminal. Exit codes:
0 done, 1 failed, 2 usage, 3 finished with segments left untranslated, 4 a quality gate failed, 130 interrupted.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

import diglot
from diglot import DiglotError, InputError, LanguageError

if TYPE_CHECKING:
    from diglot.models.translator import Translator
    from diglot.pipeline.document import Segment
    from diglot.pipeline.edition import Opened, Reading
    from diglot.pipeline.glossary import Glossary
    from diglot.pipeline.translate import Request

FAILED, USAGE, UNTRANSLATED, GATE, INTERRUPTED = 1, 2, 3, 4, 130
LANGUAGES = ("en", "ja", "zh", "fr", "de", "es", "ko")
EDITIONS = ("tsv", "jsonl", "tmx", "xliff", "md", "html", "srt", "vtt")
FORMATS = ("plain", "markdown", "srt", "vtt", "transcript")


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
                return {key.replace("-", "_"): value for key, value in values.items()}
    return {}


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


# ---------------------------------------------------------------------------------------------------------------- translate


def codes(_: click.Context, __: click.Parameter, value: Any) -> tuple[str, ...]:
    """A comma-separated list as a tuple, each once."""
    return tuple(dict.fromkeys(part.strip() for part in (value or "").split(",") if part.strip()))


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a file is read."""
    for option in (
        click.option("--comments", is_flag=True, help="Take the text of HTML comments too."),
        click.option("--no-repair", is_flag=True, help="Leave mojibake as it is."),
        click.option("--from-format", type=click.Choice(FORMATS), help="The format, where it is told wrongly."),
    ):
        command = option(command)
    return command


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model and how it searches."""
    for option in (
        click.option("--engine", type=click.Choice(["auto", "ctranslate2", "torch"]), default="auto", show_default=True),
        click.option("--threads", type=click.IntRange(0), default=0, help="CPU threads; 0: all cores."),
        click.option("--batch-tokens", type=click.IntRange(16), default=2048, show_default=True, help="Tokens at a time."),
        click.option("--length-penalty", type=float, default=1.0, show_default=True, help="Above 1 favours longer output."),
        click.option(
            "--beam", type=click.IntRange(1, 64), default=1, show_default=True, help="1 is greedy, 4 slower and better."
        ),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True),
        click.option("--model", metavar="PATH", help="A model folder; the released model without it."),
    ):
        command = option(command)
    return command


@commands.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--to", "to", callback=codes, metavar="LANG[,LANG]", help="Target languages, as in ja,zh.")
@click.option("--from", "from_", default="auto", metavar="LANG", help="Translate only passages in LANG. [default: auto]")
@click.option("-o", "--output", metavar="DIR", help="Where outputs go, instead of beside the input; - is stdout.")
@click.option("--formats", callback=codes, default="tsv", metavar="FORMATS", help=f"Of {','.join(EDITIONS)}. [default: tsv]")
@click.option("--glossary", multiple=True, metavar="FILE", help="Terms to use and to check (TSV, CSV, TBX).")
@click.option("--overwrite", is_flag=True, help="Replace outputs that exist.")
@click.option("--drop-fillers", is_flag=True, help="Leave um, えーと, 嗯 out of the translation.")
@click.option("--lines", is_flag=True, help="A filter: stdin to stdout, one line out for each line in.")
@reading_options
@model_options
def translate(
    files: Sequence[str],
    to: tuple[str, ...],
    from_: str,
    output: str | None,
    formats: tuple[str, ...],
    glossary: tuple[str, ...],
    overwrite: bool,
    drop_fillers: bool,
    lines: bool,
    from_format: str | None,
    no_repair: bool,
    comments: bool,
    **search: Any,
) -> int:
    """Translate lectures: the document in its own format, and aligned editions of it.

    FILE is plain text, Markdown, SRT, WebVTT or a transcript; - is standard input. For each target the translated document
    STEM.ja.EXT and the editions STEM.en-ja.tsv, ... are written beside the input or in DIR. Passages that are in the target
    language already are kept.

    \b
    diglot translate lecture.md --to ja
    diglot translate talks/*.srt --to ja,zh -o out --formats tsv,html
    diglot translate - --to ja -o - < lecture.txt
    diglot translate --lines --from en --to ja < in > out
    """
    _check_request(files, to, formats, output, lines=lines)
    translator = load_model(search, [*to, *([] if from_ == "auto" else [from_])])
    if lines:
        return _translate_lines(translator, from_, to[0])
    from diglot.pipeline.edition import Reading

    terms = _glossaries(glossary, from_)
    reading = Reading(not no_repair, from_format, comments)
    if list(files) == ["-"] and output in (None, "-"):
        return _translate_stdin(translator, reading, from_, to[0], formats if output else (), terms)
    worst = 0
    job = _Job(translator, reading, from_, to, formats, terms, overwrite=overwrite, drop_fillers=drop_fillers)
    paths = [Path(file) for file in files]
    for path, names in zip(paths, _names(paths, output), strict=True):
        worst = max(worst, job.run(path, names, paths))
    return worst


def _check_request(
    files: Sequence[str], to: Sequence[str], formats: Sequence[str], output: str | None, *, lines: bool
) -> None:
    if not to:
        raise click.UsageError("which language? Give --to, as in --to ja")
    if unknown := [name for name in formats if name not in EDITIONS]:
        raise click.UsageError(f"no such format: {unknown[0]}; there are {', '.join(EDITIONS)}")
    if lines and (files or len(to) > 1):
        raise click.UsageError("--lines reads standard input and writes one language to standard output")
    if not lines and not files:
        raise click.UsageError("name a file, or - for standard input")
    if output == "-" and (len(files) != 1 or len(to) != 1 or len(formats) > 1):
        raise click.UsageError("-o - writes one file, one language and one format")


def load_model(search: dict[str, Any], languages: Iterable[str] = ()) -> "Translator":
    """The translator that the model options ask for, with the languages that will be needed."""
    from diglot import models

    device, path = search.pop("device"), search.pop("model")
    translator = models.load(path, device=device, **search)
    for code in languages:
        translator.require(code, code)
    return translator


def _request(translator: "Translator", from_: str, target: str, segments: Sequence["Segment"] = ()) -> "Request":
    from diglot.pipeline.edition import request_for

    return request_for(segments, target, translator.languages, None if from_ == "auto" else from_)


def _names(paths: Sequence[Path], output: str | None) -> Any:
    from diglot.pipeline.outputs import name_outputs

    return name_outputs(
        [Path("stdin.txt") if path == Path("-") else path for path in paths], Path(output) if output else None
    )


def _glossaries(paths: Sequence[str], source: str) -> "Glossary | None":
    if not paths:
        return None
    from diglot.pipeline import glossary

    return glossary.merge([glossary.read(path, source=None if source == "auto" else source) for path in paths])


class _Job:
    """What is done with each file of a run."""

    def __init__(
        self,
        translator: "Translator",
        reading: "Reading",
        from_: str,
        targets: Sequence[str],
        formats: Sequence[str],
        glossary: "Glossary | None",
        *,
        overwrite: bool,
        drop_fillers: bool,
    ) -> None:
        self.translator, self.reading, self.from_, self.targets = translator, reading, from_, targets
        self.formats, self.glossary, self.overwrite, self.drop_fillers = formats, glossary, overwrite, drop_fillers

    def run(self, path: Path, names: Any, inputs: Sequence[Path]) -> int:
        """Translate one file into all targets; an exit code."""
        opened = self._open(path)
        from diglot.pipeline.edition import segments_of, without_fillers

        segments = list(segments_of(opened.document))
        if self.drop_fillers:
            segments = list(without_fillers(segments))
        return max(self._translate(opened, segments, path, names, target, inputs) for target in self.targets)

    def _open(self, path: Path) -> "Opened":
        from diglot.pipeline.edition import open_bytes

        return open_bytes(_read(str(path)), str(path), self.reading)

    def _translate(self, opened: Any, segments: Any, path: Path, names: Any, target: str, inputs: Sequence[Path]) -> int:
        from diglot.pipeline.edition import make_edition, source_of
        from diglot.pipeline.outputs import Outputs, refuse_existing

        request = _request(self.translator, self.from_, target, segments)
        source = source_of(segments, request)
        editions = {name: names.edition(source, target, name) for name in self.formats if source}
        refuse_existing([names.document(target), *editions.values()], inputs, overwrite=self.overwrite)
        with progress_bar(len(segments), f"{path.name} to {target}") as advance:
            made = make_edition(opened, segments, self.translator, request, glossary=self.glossary, progress=advance)
        outputs = Outputs()
        outputs.write(names.document(target), made.text())
        for name, place in editions.items():
            outputs.write(place, made.write(name, path.name))
        for place in outputs.commit():
            click.echo(f"wrote {place}", err=True)
        return _report(made, path.name)


def _report(made: Any, name: str) -> int:
    """Tell what came of a document; an exit code."""
    click.echo(f"{name} to {made.target}: {made.summary.line()}", err=True)
    if not made.source:
        click.echo(f"{name}: nothing to translate into {made.target}, so no edition was written", err=True)
    for segment in made.summary.untranslated:
        line = made.document.text.count("\n", 0, segment.ranges[0][0]) + 1
        click.echo(f"{name}:{line}: left untranslated ({segment.language}): {segment.text[:60]}", err=True)
    return UNTRANSLATED if made.summary.untranslated else 0


def _translate_stdin(
    translator: "Translator", reading: "Reading", from_: str, target: str, formats: Sequence[str], glossary: Any
) -> int:
    """Standard input to standard output: the translated document, or one edition of it."""
    from diglot.pipeline.edition import make_edition, open_bytes, segments_of

    opened = open_bytes(_read("-"), "stdin", reading)
    segments = list(segments_of(opened.document))
    made = make_edition(opened, segments, translator, _request(translator, from_, target, segments), glossary=glossary)
    _write(made.write(formats[0], "stdin") if formats else made.text())
    return _report(made, "stdin")


def _translate_lines(translator: "Translator", from_: str, target: str) -> int:
    from diglot.pipeline.lines import translate_lines

    request = _request(translator, from_, target)
    out = sys.stdout.buffer
    untranslated = 0
    for line, done in translate_lines(_lines(sys.stdin.buffer), translator, request):
        out.write(line.encode("utf-8"))
        untranslated += not done
    out.flush()
    if untranslated:
        click.echo(f"diglot: {untranslated} lines left untranslated", err=True)
    return UNTRANSLATED if untranslated else 0


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, which end at LF only. Raises :class:`diglot.InputError` for a line that is not UTF-8."""
    for number, line in enumerate(stream, 1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise InputError(f"standard input, line {number}, byte {exc.start + 1}: not UTF-8; convert it first") from exc


def translate_texts(texts: Sequence[str], *, to: str, source: str = "auto", model: str | None = None) -> list[str]:
    """Translate strings through the whole pipeline; see :func:`diglot.translate`."""
    from diglot import models
    from diglot.pipeline.lines import translate_strings

    translator = models.load(model)
    for code in (to, *([] if source == "auto" else [source])):
        translator.require(code, code)
    return translate_strings(texts, translator, _request(translator, source, to))


# ----------------------------------------------------------------------------------------------- the stages, one at a time


@commands.command()
@click.argument("file")
@click.option("--report", type=click.Path(dir_okay=False), help="Write what was repaired, as JSON.")
def repair(file: str, report: str | None) -> int:
    """Undo mojibake: the repaired text to stdout. FILE may be - for standard input."""
    from diglot.pipeline.decode import decode
    from diglot.pipeline.repair import repair, to_json

    decoded = decode(_read(file))
    repaired = repair(decoded.text)
    if report:
        from diglot.pipeline.outputs import Outputs

        outputs = Outputs()
        described = {"file": file, "encoding": decoded.encoding, "steps": to_json(repaired.plan)}
        outputs.write(Path(report), json.dumps(described, ensure_ascii=False, indent=1) + "\n")
        outputs.commit()
    _write(repaired.text)
    uncertain = sum(not step.certain for step in repaired.plan)
    click.echo(f"{file}: {decoded.encoding}, {len(repaired.plan)} places repaired, {uncertain} of them uncertain", err=True)
    return 0


@commands.command()
@click.argument("file")
@reading_options
def detect(file: str, from_format: str | None, no_repair: bool, comments: bool) -> int:
    """Tell the language of each passage: JSON lines with start, end, language, probability."""
    from diglot.pipeline.edition import Reading, open_bytes, segments_of

    opened = open_bytes(_read(file), file, Reading(not no_repair, from_format, comments))
    for segment in segments_of(opened.document):
        place = {"start": segment.ranges[0][0], "end": segment.ranges[-1][1]}
        _json_line(place | {"language": segment.language, "probability": round(segment.probability, 4)})
    return 0


@commands.command()
@click.argument("file")
@reading_options
def segment(file: str, from_format: str | None, no_repair: bool, comments: bool) -> int:
    """Cut into sentences: JSON lines with index, start, end, kind, language, text.

    Offsets are code points of the repaired text.
    """
    from diglot.pipeline.edition import Reading, open_bytes, segments_of

    opened = open_bytes(_read(file), file, Reading(not no_repair, from_format, comments))
    for one in segments_of(opened.document):
        place = {"index": one.index, "start": one.ranges[0][0], "end": one.ranges[-1][1]}
        _json_line(place | {"kind": one.kind, "language": one.language, "text": one.text})
    return 0


# -------------------------------------------------------------------------------------------------------------------- model


@commands.command()
@click.argument("config", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-minutes", type=float, help="The time budget, instead of the one in CONFIG.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The run's folder, instead of the one in CONFIG.")
def train(config: Path, max_minutes: float | None, output: Path | None) -> int:
    """Train a model as CONFIG (TOML) says, or go on with the run in its folder.

    State is saved as it goes; when the time is used up, or on Ctrl-C, the run saves and ends. What is trained is written
    to FOLDER/model. With several GPUs: torchrun --nproc-per-node N -m diglot.cli train CONFIG.
    """
    recipe = read_recipe(config)
    if max_minutes is not None:
        recipe["training"]["max_minutes"] = max_minutes
    folder = output or config.parent / recipe["data"].get("folder", config.stem)
    _train(recipe, config.parent, folder)
    return 0


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
    return recipe


def _train(recipe: dict[str, Any], here: Path, folder: Path) -> None:
    """Put the parts of a run together and run it: data from corpora, spans from pipeline, model and loop from models."""
    from diglot.corpora.pack import Pack
    from diglot.models import checkpoint, training
    from diglot.models.tokenizer import Tokenizer
    from diglot.models.transformer import Transformer, TransformerConfig

    data = recipe["data"]
    pack, tokenizer = Pack(here / data["pack"]), Tokenizer.load(here / data["tokenizer"])
    phases = sorted(recipe["phase"], key=lambda phase: phase.get("from", 0.0))
    begins = [phase.get("from", 0.0) for phase in phases]
    settings = training.TrainingConfig.from_dict(recipe["training"] | {"phases": begins})
    torch_model = Transformer(TransformerConfig.from_dict({**recipe["model"], "vocabulary": len(tokenizer)}))
    trainer = training.Trainer(torch_model, _preparer(recipe, here, pack, tokenizer, phases, settings), settings, folder)
    with progress_bar(100, f"training {torch_model.parameter_count() / 1e6:.1f} M parameters") as advance:
        shown = [0]

        def log(line: dict[str, float]) -> None:
            training.append_json(folder / "log.jsonl", line)
            advance(int(line["share"] * 100) - shown[0])
            shown[0] = int(line["share"] * 100)

        trainer.run(log)
    if trainer.stopped_by is not None:
        raise click.Abort
    if trainer.rank == 0:
        languages = tuple(recipe["release"]["languages"]) if "release" in recipe else ("en", "ja", "zh")
        release = recipe.get("release", {})
        info = checkpoint.ModelInfo(
            languages,
            _vocabularies(pack, tokenizer),
            release.get("name", folder.name),
            release.get("licence", ""),
            release.get("domain"),
        )
        card = (here / release["card"]).read_text(encoding="utf-8") if "card" in release else f"# {info.name}\n"
        checkpoint.save(folder / "model", trainer.released_model(), tokenizer, info, card=card)
        click.echo(f"wrote {folder / 'model'}", err=True)


def _preparer(
    recipe: dict[str, Any], here: Path, pack: Any, tokenizer: Any, phases: Sequence[dict[str, Any]], settings: Any
) -> Callable[[int, int], Any]:
    """What turns the number of a window into training batches: draw, augment, tokenise, cut."""
    from random import Random

    from diglot.corpora.augment import Rates, Resources, augment
    from diglot.corpora.pack import Mix, Sampler
    from diglot.corpora.terms import read_terms
    from diglot.models.batching import training_batches
    from diglot.pipeline.protect import find

    data = recipe["data"]
    rates = Rates(**recipe.get("augment", {}))
    terms = read_terms([here / path for path in data.get("terms", [])])
    resources = Resources(lambda text: [(span.start, span.end) for span in find(text)], terms)
    samplers = [
        Sampler(
            pack,
            Mix(phase.get("corpora", {}), phase.get("directions", {}), phase.get("other_corpora", 1.0)),
            seed=settings.seed + number,
        )
        for number, phase in enumerate(phases)
    ]
    tagged = data.get("domain_tags", False)

    def prepare(phase: int, window: int) -> Any:
        random = Random(f"{settings.seed} {phase} {window}")
        tokenizer.seed(random.randrange(1 << 31))
        drawn = (augment(example, before, rates, resources, random) for example, before in samplers[phase].window(window))
        examples = [(e.source, e.target, e.target_language, e.domain if tagged else None) for e in drawn]
        return training_batches(
            examples,
            tokenizer,
            settings.batch_tokens,
            alpha=data.get("subword_alpha", 0.0),
            longest=data.get("longest", 256),
            seed=random.randrange(1 << 31),
        )

    return prepare


def _vocabularies(pack: Any, tokenizer: Any) -> dict[str, tuple[int, ...]]:
    """The ids that each target language uses in a pack."""
    texts: dict[str, list[str]] = {}
    for number in range(len(pack)):
        row = pack[number]
        for code, text in zip(row.languages, (row.first, row.second), strict=True):
            texts.setdefault(code, []).append(text)
    return {code: tokenizer.ids_used(of_code) for code, of_code in texts.items()}


@commands.command()
@click.option("--from", "from_", required=True, type=click.Choice(LANGUAGES))
@click.option("--to", required=True, type=click.Choice(LANGUAGES))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("reference", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--hypotheses", type=click.Path(dir_okay=False), help="Write the translations here, or score these if they are there."
)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@model_options
def evaluate(
    from_: str, to: str, source: Path, reference: Path, hypotheses: str | None, as_json: bool, **search: Any
) -> int:
    """Translate SOURCE line by line and score it against REFERENCE: BLEU and chrF2 with their signatures (sacreBLEU).

    BLEU is computed on the tokens of the target language: ja-mecab, zh, ko-mecab, else 13a.
    """
    from diglot.corpora.score import score

    saved = Path(hypotheses) if hypotheses else None
    if saved and saved.exists():
        translations = _text_lines(saved)
    else:
        from diglot.pipeline.lines import translate_lines

        translator = load_model(search, [from_, to])
        lines = [line + "\n" for line in _text_lines(source)]
        with progress_bar(len(lines), f"{source.name} to {to}") as advance:
            translations = []
            for line, _ in translate_lines(lines, translator, _request(translator, from_, to)):
                translations.append(line.rstrip("\n"))
                advance(1)
        if saved:
            saved.write_text("".join(f"{line}\n" for line in translations), encoding="utf-8", newline="\n")
    scores = score(translations, _text_lines(reference), to, intervals=True)
    if as_json:
        _json_line({s.metric: {"score": s.value, "interval": s.interval, "signature": s.signature} for s in scores})
    else:
        for one in scores:
            click.echo(f"{one.metric:5} {one.value:5.2f} ± {one.interval:.2f}  {one.signature}")
    return 0


def _text_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, which end at LF only."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise InputError(f"{path}, byte {exc.start + 1}: not UTF-8; convert it first") from exc
    return text.removesuffix("\n").split("\n")


@commands.group()
def model() -> None:
    """Look at a model."""


@model.command()
@click.argument("path", required=False)
def info(path: str | None) -> int:
    """Tell what a model folder holds (the released model without PATH), after checking that it is whole."""
    from diglot.models import checkpoint
    from diglot.models.translator import released_model

    folder = Path(path) if path else released_model()
    checkpoint.verify(folder)
    for key, value in checkpoint.describe(folder).items():
        click.echo(f"{key:16} {value}")
    return 0


# ------------------------------------------------------------------------------------------------------------ input, output


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    from diglot.pipeline.edition import read_bytes

    return read_bytes(Path(file))


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def _json_line(values: dict[str, Any]) -> None:
    _write(json.dumps(values, ensure_ascii=False) + "\n")


@contextmanager
def progress_bar(total: int, title: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, none where that is not a terminal; yields what advances it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=title, unit="seg", leave=False, file=sys.stderr) as bar:
        yield lambda count: (bar.update(count), None)[1]


if __name__ == "__main__":
    main()
