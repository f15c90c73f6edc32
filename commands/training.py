"""``diglot train``: a model from a configuration; data from corpora, spans from pipeline, model and loop from models."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diglot import InputError
from diglot.commands.common import progress_bar, say

if TYPE_CHECKING:
    from diglot.corpora import Example


@click.command()
@click.argument("config", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-minutes", type=float, help="The time budget, instead of the one in CONFIG.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The run's folder, instead of the one in CONFIG.")
@click.option(
    "--adapt",
    multiple=True,
    metavar="EDITION",
    type=click.Path(path_type=Path),
    help="Instead of CONFIG: fit a model to corrected editions.",
)
@click.option("--model", metavar="PATH", help="The model to adapt; the released one without it.")
def train(
    config: Path | None, max_minutes: float | None, output: Path | None, adapt: tuple[Path, ...], model: str | None
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
        adapt_to(adapt, model, output or Path("adapted"))
        return 0
    if config is None:
        raise click.UsageError("name a configuration, or editions with --adapt")
    recipe = read_recipe(config)
    if max_minutes is not None:
        recipe["training"]["max_minutes"] = max_minutes
    folder = output or config.parent / recipe["data"].get("folder", config.stem)
    _train(recipe, config.parent, folder)
    return 0


def adapt_to(editions: Sequence[Path], model: str | None, folder: Path) -> None:
    """Fit a model to the sentences of editions and write it to ``folder/model``."""
    from diglot.models import checkpoint
    from diglot.models.adapting import adapt
    from diglot.models.translator import released_model

    origin = Path(model) if model else released_model()
    transformer, tokenizer, info = checkpoint.load(origin)
    sentences = [(one.source, one.target, one.target_language, info.domain) for one in _sentences(editions, info.languages)]
    if not sentences:
        named = ", ".join(map(str, editions))
        raise InputError(f"{named}: no translated row in languages that the model has ({', '.join(info.languages)})")
    say(f"adapting {info.name} to {len(sentences)} sentences")
    with progress_bar(100, "adapting", "%") as advance:
        adapted = adapt(transformer, tokenizer, sentences, folder, log=_shower(advance))
    card = (origin / "README.md").read_text(encoding="utf-8")
    checkpoint.save(folder / "model", adapted, tokenizer, replace(info, name=f"{info.name}-adapted"), card=card)
    (folder / "state.safetensors").unlink(missing_ok=True)
    say(f"wrote {folder / 'model'}")


def _sentences(editions: Sequence[Path], languages: Sequence[str]) -> Iterator["Example"]:
    """The translated rows of editions, protected pieces masked as in use."""
    from diglot.corpora import Example
    from diglot.corpora.augment import mask
    from diglot.pipeline.bilingual import pair
    from diglot.pipeline.bilingual.files import read_file
    from diglot.pipeline.protect import find
    from diglot.pipeline.translate import base

    for path in editions:
        for row in read_file(path):
            source, target = base(row.source_language.lower()), base(row.target_language.lower())
            if {source, target} <= set(languages) and pair(row, 0).translation.status == "translated":
                example = Example(row.source, row.target, source, target, "")
                yield mask(example, lambda text: [(span.start, span.end) for span in find(text)])


def _shower(advance: Callable[[int], None]) -> Callable[[dict[str, float]], None]:
    """A logger that moves a progress bar of a hundred parts."""
    shown = [0]

    def log(line: dict[str, float]) -> None:
        advance(int(line["share"] * 100) - shown[0])
        shown[0] = int(line["share"] * 100)

    return log


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
    from diglot.models.transformer import TransformerConfig

    for table, kind in (("model", TransformerConfig), ("augment", Rates)):
        known = [one.name for one in fields(kind)]
        if unknown := sorted(recipe.get(table, {}).keys() - set(known)):
            raise InputError(f"{config}: [{table}] has no '{unknown[0]}'; it knows {', '.join(known)}")
    return recipe


def _train(recipe: dict[str, Any], here: Path, folder: Path) -> None:
    """Put the parts of a run together and run it: data from corpora, spans from pipeline, model and loop from models."""
    from diglot.corpora.augment import Rates
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
        show = _shower(advance)

        def log(line: dict[str, float]) -> None:
            training.append_json(folder / "log.jsonl", line)
            show(line)

        trainer.run(log)
    if trainer.stopped_by is not None:
        raise click.Abort
    if trainer.rank == 0:
        release, vocabularies = recipe.get("release", {}), _vocabularies(pack, tokenizer)
        info = checkpoint.ModelInfo(
            tuple(release.get("languages", vocabularies)),
            vocabularies,
            release.get("name", folder.name),
            release.get("licence", ""),
            release.get("domain"),
            inline_terms=recipe.get("augment", {}).get("terms", Rates.terms) > 0,
        )
        card = (here / release["card"]).read_text(encoding="utf-8") if "card" in release else f"# {info.name}\n"
        checkpoint.save(folder / "model", trainer.released_model(), tokenizer, info, card=card)
        say(f"wrote {folder / 'model'}")


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
    """The ids that each target language uses in a pack; in a large one, what is rare is of another language or a slip."""
    languages = sorted({code for run in pack.runs for code in run.languages})
    least = 5 if len(pack) > 100_000 else 1
    return {code: tokenizer.ids_used(_texts_in(pack, code), least) for code in languages}


def _texts_in(pack: Any, language: str) -> Iterator[str]:
    for number in range(len(pack)):
        row = pack[number]
        if language in row.languages:
            yield row.first if language == row.languages[0] else row.second
