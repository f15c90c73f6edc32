"""``diglot train``: a model from a configuration; data from corpora, spans from pipeline, model and loop from models."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diglot import InputError
from diglot.commands.common import model_path, progress_bar, say
from diglot.commands.recipe import read_recipe, term_files

if TYPE_CHECKING:
    from diglot.corpora import Example
    from diglot.corpora.pack import Pack
    from diglot.models.batching import Batch
    from diglot.models.tokenizer import Tokenizer
    from diglot.models.training import TrainingConfig
    from diglot.models.transformer import Transformer

WINDOW = 20_000  # examples at least that are drawn, sorted by length and cut into batches at a time
SHAPES = 16  # of batches for a compiled model


@click.command(short_help="Train a model, or adapt one to your corrections.")
@click.argument("config", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-minutes", type=float, help="The time budget, instead of the one in CONFIG.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The run's folder, instead of the one in CONFIG.")
@click.option(
    "--teacher",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="A model folder to learn from beside the text (distillation), instead of the one in CONFIG.",
)
@click.option(
    "--adapt",
    multiple=True,
    metavar="EDITION",
    type=click.Path(path_type=Path),
    help="Instead of CONFIG: fit a model to corrected editions. May be repeated.",
)
@click.option("--model", metavar="PATH", callback=model_path, help="The model to adapt. [default: bundled]")
def train(
    config: Path | None,
    max_minutes: float | None,
    output: Path | None,
    teacher: Path | None,
    adapt: tuple[Path, ...],
    model: str | None,
) -> int:
    """Train a model as CONFIG (TOML) says, or go on with the run in its folder.

    State is saved as it goes; when the time is used up, or on Ctrl-C, the run saves and ends. What is trained is written
    to FOLDER/model. With several GPUs: torchrun --nproc-per-node N -m diglot.cli train CONFIG.

    With --adapt a trained model learns from editions that somebody corrected, in minutes on a CPU:

    \b
    diglot train --adapt week1.en-ja.tsv --adapt week2.en-ja.tsv -o adapted
    diglot translate week3.md --to ja --model adapted/model
    """
    if adapt:
        if config or teacher or max_minutes is not None:
            raise click.UsageError("--adapt takes no configuration, no --teacher and no --max-minutes")
        adapt_to(adapt, model, output or Path("adapted"))
        return 0
    if config is None:
        raise click.UsageError("name a configuration, or editions with --adapt")
    if model is not None:
        raise click.UsageError("--model is for --adapt; a configuration describes the model that it trains")
    recipe = read_recipe(config)
    if max_minutes is not None:
        recipe["training"]["max_minutes"] = max_minutes
    if teacher is not None:
        recipe["data"]["teacher"] = teacher.absolute()
    folder = output or config.parent / recipe["data"].get("folder", config.stem)
    if (folder / "model").exists() and not (folder / "state.safetensors").exists():
        raise InputError(f"{folder}: holds a model and no run to go on with; give another folder with -o")
    _train(recipe, config.parent, folder)
    return 0


def adapt_to(editions: Sequence[Path], model: str | None, folder: Path) -> None:
    """Fit a model to the sentences of editions and write it to ``folder/model``."""
    from diglot.models import checkpoint
    from diglot.models.adapting import adapt
    from diglot.models.translator import released_model

    _refuse_other_run(folder)
    origin = Path(model) if model else released_model()
    transformer, tokenizer, info = checkpoint.load(origin)
    sentences = [(one.source, one.target, one.target_language, info.domain) for one in both_ways(editions, info.languages)]
    if not sentences:
        named = ", ".join(map(str, editions))
        raise InputError(f"{named}: no translated row in languages that the model has ({', '.join(info.languages)})")
    say(f"adapting {info.name} to {len(sentences) // 2} pairs, both ways")
    with progress_bar(100, "adapting", "%") as advance:
        adapted = adapt(transformer, tokenizer, sentences, folder, log=_shower(advance))
    made = replace(info, name=f"{info.name}-adapted")
    card = _adapted_card(origin, made.name, info.name, editions, len(sentences) // 2)
    checkpoint.save(folder / "model", adapted, tokenizer, made, card=card)
    (folder / "state.safetensors").unlink(missing_ok=True)
    say(f"wrote {folder / 'model'}")


def _refuse_other_run(folder: Path) -> None:
    """Raise :class:`diglot.InputError` for a folder with a model or a training run, which adapting would replace."""
    if (folder / "model").exists() or (folder / "log.jsonl").exists():
        raise InputError(f"{folder}: holds a model or a training run already; give another folder with -o")


def _adapted_card(origin: Path, name: str, original: str, editions: Sequence[Path], pairs: int) -> str:
    """The card of an adapted model: what it is, then the card of the model that it was."""
    files = ", ".join(path.name for path in editions)
    card = (origin / "README.md").read_text(encoding="utf-8")
    return (
        f"# {name}\n\n{original}, adapted to {pairs} pairs of {files}. What follows is the card of {original}; "
        f"its figures were not measured on this model.\n\n{card}"
    )


def both_ways(editions: Sequence[Path], languages: Sequence[str]) -> Iterator["Example"]:
    """The translated rows of editions in both directions, protected pieces masked as in use.

    Rows in languages that the model lacks are left out, and said.
    """
    from diglot.corpora import Example
    from diglot.corpora.augment import mask
    from diglot.pipeline.bilingual import pair
    from diglot.pipeline.bilingual.files import read_file
    from diglot.pipeline.document import primary

    for path in editions:
        unknown: Counter[str] = Counter()
        for row in read_file(path):
            source, target = primary(row.source_language), primary(row.target_language)
            if pair(row, 0).translation.status != "translated" or not row.target.strip():
                continue
            if lacking := {source, target} - set(languages):
                unknown[" and ".join(sorted(lacking))] += 1
                continue
            there = Example(row.source, row.target, source, target, "")
            back = Example(row.target, row.source, target, source, "")
            yield from (mask(one, carried_by) for one in (there, back))
        for names, rows in unknown.items():
            say(f"{path}: {rows} {'row' if rows == 1 else 'rows'} left out, for the model has no {names}")


def _shower(advance: Callable[[int], None]) -> Callable[[dict[str, float]], None]:
    """A logger that moves a progress bar of a hundred parts."""
    shown = [0]

    def log(line: dict[str, float]) -> None:
        advance(int(line["share"] * 100) - shown[0])
        shown[0] = int(line["share"] * 100)

    return log


def _train(recipe: dict[str, Any], here: Path, folder: Path) -> None:
    """Put the parts of a run together and run it: data from corpora, spans from pipeline, model and loop from models."""
    from diglot.corpora.pack import Pack
    from diglot.models import training
    from diglot.models.tokenizer import Tokenizer
    from diglot.models.transformer import Transformer, TransformerConfig

    data = recipe["data"]
    pack, tokenizer = Pack(here / data["pack"]), Tokenizer.load(here / data["tokenizer"])
    phases = sorted(recipe["phase"], key=lambda phase: phase.get("from", 0.0))
    begins = [phase.get("from", 0.0) for phase in phases]
    settings = training.TrainingConfig.from_dict(recipe["training"] | {"phases": begins})
    try:
        shape = TransformerConfig.from_dict({**recipe["model"], "vocabulary": len(tokenizer)})
    except ValueError as exc:
        raise InputError(f"[model]: {exc}") from exc
    model = Transformer(shape)
    teacher = _teacher(here / data["teacher"], tokenizer) if "teacher" in data else None
    trainer = training.Trainer(model, preparer(recipe, here, pack, tokenizer, phases, settings), settings, folder, teacher)
    with progress_bar(100, f"training {model.parameter_count() / 1e6:.1f} M parameters") as advance:
        trainer.run(_logger(folder / "log.jsonl", advance))
    if trainer.stopped_by is not None:
        raise click.Abort
    if trainer.rank == 0:
        _write_model(folder, recipe, here, trainer.released_model(), pack, tokenizer)


def _logger(path: Path, advance: Callable[[int], None]) -> Callable[[dict[str, float]], None]:
    """What keeps the log, moves the bar, and says it when memory has run out."""
    from diglot.models.training import append_json

    show, pieces = _shower(advance), 1

    def log(line: dict[str, float]) -> None:
        nonlocal pieces
        append_json(path, line)
        show(line)
        if line["pieces"] > pieces:
            pieces = int(line["pieces"])
            say(f"out of memory: batches are computed in {pieces} pieces; a smaller batch_tokens is faster")

    return log


def _write_model(
    folder: Path, recipe: dict[str, Any], here: Path, model: "Transformer", pack: "Pack", tokenizer: "Tokenizer"
) -> None:
    """The trained model as ``folder/model``."""
    from diglot.corpora.augment import Rates
    from diglot.models import checkpoint

    release, vocabularies = recipe.get("release", {}), _vocabularies(pack, tokenizer)
    info = checkpoint.ModelInfo(
        tuple(release.get("languages", vocabularies)),
        vocabularies,
        release.get("name", folder.name),
        release.get("licence", ""),
        release.get("domain"),
        inline_terms=recipe.get("augment", {}).get("terms", Rates.terms) > 0 and bool(term_files(recipe, here)),
        both_ways=all(factor > 0 for phase in recipe.get("phase", ()) for factor in phase.get("directions", {}).values()),
    )
    card = (here / release["card"]).read_text(encoding="utf-8") if "card" in release else f"# {info.name}\n"
    checkpoint.save(folder / "model", model, tokenizer, info, card=card)
    say(f"wrote {folder / 'model'}")


def _teacher(folder: Path, tokenizer: "Tokenizer") -> "Transformer":
    """The model to learn from. Raises :class:`diglot.InputError` where it cuts text into other pieces than the student."""
    from diglot.models import checkpoint

    teacher, its_tokenizer, info = checkpoint.load(folder)
    if its_tokenizer.model != tokenizer.model:
        raise InputError(
            f"{folder}: has another tokenizer than the model to train, which could not compare its words; take its "
            "spiece.model for [data] tokenizer, or let it make pairs with 'diglot corpus translate'"
        )
    say(f"learning from {info.name}, {teacher.parameter_count() / 1e6:.1f} M parameters")
    return teacher


def carried_by(example: "Example") -> list[tuple[int, int, str]]:
    """The pieces of an example's source that are placeholders in translation, and what the target has for each."""
    from diglot.pipeline.protect import find
    from diglot.pipeline.wording import carried

    source = example.source
    found = carried(source, example.source_language, example.target_language, find(source))
    return [(at.start, at.end, source[at.start : at.end] if words is None else words) for at, words in found]


def preparer(
    recipe: dict[str, Any],
    here: Path,
    pack: "Pack",
    tokenizer: "Tokenizer",
    phases: Sequence[dict[str, Any]],
    settings: "TrainingConfig",
) -> "Callable[[int, int], list[Batch]]":
    """What turns the number of a window into training batches: draw, augment, tokenise, cut."""
    from random import Random

    from diglot.corpora.augment import Rates, Resources, augment
    from diglot.corpora.pack import Mix, Sampler
    from diglot.corpora.terms import read_terms
    from diglot.models.batching import few_shapes, lengths_of, tokenised, training_batches

    data = recipe["data"]
    rates = Rates(**recipe.get("augment", {}))
    terms = read_terms(term_files(recipe, here))
    resources = Resources(carried_by, terms)
    samplers = [
        Sampler(
            pack,
            Mix(phase.get("corpora", {}), phase.get("directions", {}), phase.get("other_corpora", 1.0)),
            seed=settings.seed + number,
            window=max(WINDOW, settings.batch_tokens),  # some fifty batches, so that like lengths find one another
        )
        for number, phase in enumerate(phases)
    ]
    tagged = data.get("domain_tags", False)
    alpha, longest = data.get("subword_alpha", 0.0), data.get("longest", 256)

    def drawn(phase: int, window: int, random: Random) -> list[tuple[str, str, str, str | None]]:
        tokenizer.seed(random.randrange(1 << 31))
        examples = (augment(example, before, rates, resources, random) for example, before in samplers[phase].window(window))
        return [(e.source, e.target, e.target_language, e.domain if tagged else None) for e in examples]

    shapes = []
    if settings.compile:  # anew for each shape, so there are few
        rows = tokenised(drawn(0, 0, Random(settings.seed)), tokenizer, alpha=alpha, longest=longest)
        shapes = few_shapes(lengths_of(rows), longest, SHAPES)

    def prepare(phase: int, window: int) -> "list[Batch]":
        random = Random(f"{settings.seed} {phase} {window}")
        examples, budget = drawn(phase, window, random), settings.batch_tokens
        seed = random.randrange(1 << 31)
        return training_batches(examples, tokenizer, budget, alpha=alpha, longest=longest, shapes=shapes, seed=seed)

    return prepare


def _vocabularies(pack: "Pack", tokenizer: "Tokenizer") -> dict[str, tuple[int, ...]]:
    """The ids that each target language uses in a pack; in a large one, what is rare is of another language or a slip."""
    languages = sorted({code for run in pack.runs for code in run.languages})
    least = 5 if len(pack) > 100_000 else 1
    return {code: tokenizer.ids_used(_texts_in(pack, code), least) for code in languages}


def _texts_in(pack: "Pack", language: str) -> Iterator[str]:
    for number in range(len(pack)):
        row = pack[number]
        if language in row.languages:
            yield row.first if language == row.languages[0] else row.second
