"""``diglot evaluate`` and ``diglot model``: how good a model is, and what it holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from diglot import InputError
from diglot.commands.common import (
    language,
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
@click.option("--from", "from_", callback=language, metavar="LANG", help="The language of SOURCE; an edition may say it.")
@click.option("--to", callback=language, metavar="LANG", help="The language of REFERENCE; an edition may say it.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="EDITION | SOURCE")
@click.argument(
    "reference", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REFERENCE"
)
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
    from_: str | None,
    to: str | None,
    source: Path,
    reference: Path | None,
    hypotheses: Path | None,
    made: Path | None,
    as_json: bool,
    **search: Any,
) -> int:
    """Translate SOURCE line by line and score it against REFERENCE: BLEU and chrF2 with their signatures (sacreBLEU).

    An EDITION (TSV, JSONL, TMX, XLIFF, a table of two columns) has both. Rows that nobody has corrected score too well.

    Each score comes with half of its 95 % interval (bootstrap, 1,000 samples). BLEU is computed on the tokens of the target
    language: ja-mecab, zh, ko-mecab, else 13a.

    \b
    diglot evaluate --from en --to ja test.en test.ja --model ship/model --hypotheses ship.ja
    diglot evaluate --from en --to ja test.en test.ja --score theirs.ja
    diglot evaluate lecture.en-ja.tsv --model adapted/model
    """
    from diglot.corpora.score import score

    if made and hypotheses:
        raise click.UsageError("--score translates nothing, so there is nothing to keep with --hypotheses")
    if hypotheses and hypotheses.exists():
        raise InputError(f"{hypotheses}: exists already; score it with --score, or give a new name")
    text = _lines(source, reference, from_, to) if reference else _rows(source, from_, to)
    lines = read_lines(made) if made else text.sources
    if len(lines) != len(text.references):
        both = f"{made or source} has {len(lines)} lines and {reference or source} {len(text.references)}"
        raise InputError(f"{both}; they must be as many")
    translations = lines if made else _translated(text, search, source.name)
    if hypotheses:
        write_file(hypotheses, "".join(f"{line}\n" for line in translations))
    scores = score(translations, text.references, text.target, intervals=True)
    if as_json:
        write_json({s.metric: {"score": s.value, "interval": s.interval, "signature": s.signature} for s in scores})
    else:
        for one in scores:
            write(f"{one.metric:5} {one.value:5.2f} ± {one.interval:.2f}  {one.signature}\n")
    return 0


class _Text(NamedTuple):
    """What is translated, line by line, what it should become, and the languages of both."""

    sources: Sequence[str]
    references: Sequence[str]
    source: str
    target: str


def _lines(source: Path, reference: Path, from_: str | None, to: str | None) -> _Text:
    """Two files that have as many lines."""
    if not from_ or not to:
        raise click.UsageError("which languages? Give --from and --to, as in --from en --to ja")
    references = read_lines(reference)
    if references == [""]:
        raise InputError(f"{reference}: is empty")
    return _Text(read_lines(source), references, from_, to)


def _rows(edition: Path, from_: str | None, to: str | None) -> _Text:
    """The pairs of an edition. Raises :class:`diglot.InputError` for none, or several directions and none was chosen."""
    from diglot.pipeline.bilingual import key, status
    from diglot.pipeline.bilingual.files import read_file
    from diglot.pipeline.document import primary

    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in read_file(edition, from_, to):
        source, target = primary(row.source_language), primary(row.target_language)
        wanted = source == (from_ or source) and target == (to or target)
        if wanted and status(row) == "translated" and row.source.strip() and row.target.strip():
            found.setdefault((source, target), []).append((key(row.source), key(row.target)))
    if len(found) != 1:
        there = ", ".join(f"{len(rows)} {a}→{b}" for (a, b), rows in found.items()) or "none"
        raise InputError(f"{edition}: pairs of one direction are wanted, there are {there}; --from and --to choose them")
    ((direction, rows),) = found.items()
    return _Text([source for source, _ in rows], [target for _, target in rows], *direction)


def _translated(text: _Text, search: dict[str, Any], name: str) -> list[str]:
    """The lines of a text, translated, with a progress bar."""
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.lines import translate_lines

    translator = load_model(search, [text.source, text.target])
    request = request_for([], text.target, translator.languages, text.source)
    translations = []
    with progress_bar(len(text.sources), f"{name} to {text.target}", "line") as advance:
        for line, _ in translate_lines((line + "\n" for line in text.sources), translator, request):
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
