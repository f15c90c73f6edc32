"""``diglot evaluate`` and ``diglot model``: how good a model is, and what it holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from diglot import LANGUAGES, InputError
from diglot.commands.common import (
    load_model,
    model_options,
    model_path,
    progress_bar,
    read_lines,
    write,
    write_file,
    write_json,
)


@click.command(short_help="Score a model: BLEU and chrF2.")
@click.option("--from", "from_", required=True, type=click.Choice(LANGUAGES), help="The language of SOURCE.")
@click.option("--to", required=True, type=click.Choice(LANGUAGES), help="The language of REFERENCE.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("reference", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--hypotheses", type=click.Path(dir_okay=False, path_type=Path), help="Keep the translations in this new file."
)
@click.option(
    "--score",
    "made",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score these translations; nothing is translated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@model_options
def evaluate(
    from_: str,
    to: str,
    source: Path,
    reference: Path,
    hypotheses: Path | None,
    made: Path | None,
    as_json: bool,
    **search: Any,
) -> int:
    """Translate SOURCE line by line and score it against REFERENCE: BLEU and chrF2 with their signatures (sacreBLEU).

    Each score comes with half of its 95 % interval (bootstrap, 1,000 samples). BLEU is computed on the tokens of the target
    language: ja-mecab, zh, ko-mecab, else 13a.

    \b
    diglot evaluate --from en --to ja test.en test.ja --model ship/model --hypotheses ship.ja
    diglot evaluate --from en --to ja test.en test.ja --score theirs.ja
    """
    from diglot.corpora.score import score

    if made and hypotheses:
        raise click.UsageError("--score translates nothing, so there is nothing to keep with --hypotheses")
    if hypotheses and hypotheses.exists():
        raise InputError(f"{hypotheses}: exists already; score it with --score, or give a new name")
    lines, references = read_lines(made or source), read_lines(reference)
    if references == [""]:
        raise InputError(f"{reference}: is empty")
    if len(lines) != len(references):
        raise InputError(f"{made or source} has {len(lines)} lines and {reference} {len(references)}; they must be as many")
    translations = lines if made else _translated(lines, from_, to, search, source.name)
    if hypotheses:
        write_file(hypotheses, "".join(f"{line}\n" for line in translations))
    scores = score(translations, references, to, intervals=True)
    if as_json:
        write_json({s.metric: {"score": s.value, "interval": s.interval, "signature": s.signature} for s in scores})
    else:
        for one in scores:
            write(f"{one.metric:5} {one.value:5.2f} ± {one.interval:.2f}  {one.signature}\n")
    return 0


def _translated(lines: Sequence[str], from_: str, to: str, search: dict[str, Any], name: str) -> list[str]:
    """The lines of a file, translated, with a progress bar."""
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.lines import translate_lines

    translator = load_model(search, [from_, to])
    request = request_for([], to, translator.languages, from_)
    translations = []
    with progress_bar(len(lines), f"{name} to {to}", "line") as advance:
        for line, _ in translate_lines((line + "\n" for line in lines), translator, request):
            translations.append(line.removesuffix("\n"))
            advance(1)
    return translations


@click.group(short_help="Look at a model.")
def model() -> None:
    """Look at a model."""


@model.command(short_help="Show what a model folder holds.")
@click.argument("path", required=False, callback=model_path)
def info(path: str | None) -> int:
    """Show what a model folder holds (the released model without PATH), after checking that it is whole."""
    from diglot.models import checkpoint
    from diglot.models.translator import released_model

    folder = Path(path) if path else released_model()
    checkpoint.verify(folder)
    for key, value in checkpoint.describe(folder).items():
        write(f"{key:16} {value}\n")
    return 0
