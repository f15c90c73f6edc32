"""``diglot evaluate`` and ``diglot model``: how good a model is, and what it holds."""

from pathlib import Path
from typing import Any

import click

from diglot import LANGUAGES
from diglot.commands.common import load_model, model_options, progress_bar, read_lines, write, write_json


@click.command()
@click.option("--from", "from_", required=True, type=click.Choice(LANGUAGES))
@click.option("--to", required=True, type=click.Choice(LANGUAGES))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("reference", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--hypotheses",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the translations here, or score these if they are there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@model_options
def evaluate(
    from_: str, to: str, source: Path, reference: Path, hypotheses: Path | None, as_json: bool, **search: Any
) -> int:
    """Translate SOURCE line by line and score it against REFERENCE: BLEU and chrF2 with their signatures (sacreBLEU).

    BLEU is computed on the tokens of the target language: ja-mecab, zh, ko-mecab, else 13a.
    """
    from diglot.corpora.score import score

    if hypotheses and hypotheses.exists():
        translations = read_lines(hypotheses)
    else:
        translations = _translated(source, from_, to, search)
        if hypotheses:
            from diglot.pipeline.outputs import Outputs

            with Outputs() as outputs:
                outputs.write(hypotheses, "".join(f"{line}\n" for line in translations))
                outputs.commit()
    scores = score(translations, read_lines(reference), to, intervals=True)
    if as_json:
        write_json({s.metric: {"score": s.value, "interval": s.interval, "signature": s.signature} for s in scores})
    else:
        for one in scores:
            write(f"{one.metric:5} {one.value:5.2f} ± {one.interval:.2f}  {one.signature}\n")
    return 0


def _translated(source: Path, from_: str, to: str, search: dict[str, Any]) -> list[str]:
    """The lines of a file, translated, with a progress bar."""
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.lines import translate_lines

    translator = load_model(search, [from_, to])
    lines = [line + "\n" for line in read_lines(source)]
    translations = []
    with progress_bar(len(lines), f"{source.name} to {to}", "line") as advance:
        for line, _ in translate_lines(lines, translator, request_for([], to, translator.languages, from_)):
            translations.append(line.removesuffix("\n"))
            advance(1)
    return translations


@click.group()
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
        write(f"{key:16} {value}\n")
    return 0
