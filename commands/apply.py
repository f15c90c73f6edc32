"""``diglot apply``: an edition that people corrected, put back into the document that it was made of."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diglot import InputError
from diglot.commands.batch import gather
from diglot.commands.common import EDITIONS, UNTRANSLATED, editions, language, reading_options, say, write
from diglot.commands.defaults import mirrored, output_for
from diglot.commands.lecture import Lecture, Options, open_lecture, outputs_of, write_outputs
from diglot.commands.reading import reading

if TYPE_CHECKING:
    from diglot.pipeline.apply import Applied
    from diglot.pipeline.bilingual import Row


@click.command(short_help="Put a corrected edition back into its document.")
@click.argument("edition", type=click.Path(path_type=Path), metavar="EDITION")
@click.argument("document", metavar="DOCUMENT")
@click.option("--from", "from_", callback=language, metavar="LANG", help="Source language, of a table that does not say it.")
@click.option(
    "--to", callback=language, metavar="LANG", help="Target language, where the edition does not say it or has several."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR",
    help="Where outputs go; - is stdout. [default: output in diglot.toml, else beside the document]",
)
@click.option(
    "--formats", callback=editions, metavar="FORMATS", help=f"Write these editions anew too: of {','.join(EDITIONS)}."
)
@click.option("--overwrite", is_flag=True, help="Replace what is there.")
@reading_options
@click.pass_context
def apply(
    context: click.Context,
    /,
    edition: Path,
    document: str,
    from_: str | None,
    to: str | None,
    output: str | None,
    formats: tuple[str, ...],
    overwrite: bool,
    from_format: str | None,
    no_repair: bool,
    comments: bool,
) -> int:
    """Put the translations of a corrected EDITION back into its DOCUMENT. Nothing is translated, no model is loaded.

    EDITION is what diglot translate wrote and somebody corrected, in a spreadsheet, a translation tool or the HTML page:
    TSV, CSV, JSONL, TMX or XLIFF. Its rows find their places by their source texts, also when they were sorted or some are
    missing, or the document was edited since. What finds no place, and what is left without translation, is named (exit
    code 3).

    \b
    diglot apply lecture.en-ja.tsv lecture.md --overwrite
    diglot apply reviewed.xliff slides.pptx -o slides.ja.pptx
    diglot apply lecture.en-ja.corrected.tsv talk.srt -o final --formats tsv,html
    """
    from diglot.pipeline.apply import apply as apply_rows
    from diglot.pipeline.apply import rows_into
    from diglot.pipeline.bilingual.files import read_file

    output = output_for([document], output, context)
    to_stdout = output == "-" or (output is None and document == "-")
    if to_stdout and formats:
        raise click.UsageError("standard output takes the document alone; give -o DIR for editions")
    options = Options((), reading(from_format, repair=not no_repair, comments=comments), formats, overwrite=overwrite)
    if document != "-" and Path(document).is_dir():
        raise click.UsageError(f"{document}: is a folder; an edition belongs to one document")
    lecture = open_lecture(gather([document], None if to_stdout else output, (), (), mirrored(context))[0], options)
    rows = list(read_file(edition, from_, to))
    try:
        target, rows = rows_into(rows, to)
        made = apply_rows(lecture.opened, lecture.segments, rows, target)
    except InputError as exc:
        raise InputError(f"{edition}: {exc}") from exc
    if to_stdout:
        write(made.edition.translated())
    else:
        _write(made, lecture, edition, options)
    return _report(made, lecture, edition)


def _write(made: "Applied", lecture: Lecture, edition: Path, options: Options) -> None:
    from diglot.pipeline.outputs import refuse_existing

    places = outputs_of(lecture, made.edition.target, options)
    refuse_existing(places.values(), [edition, lecture.path], overwrite=options.overwrite)
    write_outputs(made.edition, lecture, places, overwrite=options.overwrite)


def _report(made: "Applied", lecture: Lecture, edition: Path) -> int:
    """Tell what found its place and what did not; an exit code."""
    from diglot.pipeline.checks.content import shortened
    from diglot.pipeline.checks.report import summary

    found = [(pair, one) for pair in made.edition.pairs for one in pair.findings if one.severity != "info"]
    here = [(pair, one) for pair, one in found if one.code in _ONLY_HERE or any(f.code == _NEW for f in pair.findings)]
    counts = Counter[str](one.severity for _, one in found) - Counter(one.severity for _, one in here)
    advice = f"; {summary(counts)}: see diglot check {edition}" if counts.total() else ""
    total = made.placed + len(made.unplaced)
    say(f"{lecture.name} to {made.edition.target}: {made.placed} of {total} translations placed{advice}")
    for pair, finding in here:
        say(f"{lecture.place(pair.segment)}: {finding.message}. {finding.advice}")
    for row in made.unplaced:
        say(f"{edition}:{row.line}: has no place in {lecture.name}: {_told(row)}")
    for segment in made.edition.summary.untranslated:
        say(f"{lecture.place(segment)}: left untranslated ({segment.language}): {shortened(segment.text)}")
    return UNTRANSLATED if made.unplaced or made.edition.summary.untranslated else 0


# What diglot check cannot find in the edition: it has no times, and other sources than the document has by now.
_NEW = "source-changed"
_ONLY_HERE = ("line-length", "reading-speed")


def _told(row: "Row") -> str:
    from diglot.pipeline.checks.content import shortened

    return f"{shortened(row.source)} → {shortened(row.target)}"
