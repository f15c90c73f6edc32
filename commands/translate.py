"""``diglot translate``: lectures to translated documents and bilingual editions; lines to lines."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from diglot import InputError
from diglot.commands.batch import STDIN, Input, gather
from diglot.commands.common import (
    BUNDLED,
    EDITIONS,
    FAILED,
    UNTRANSLATED,
    editions,
    language,
    load_model,
    model_options,
    reading_options,
    say,
    targets,
)
from diglot.commands.defaults import mirrored, output_for
from diglot.commands.lecture import Job, Options, exit_code, sources_of
from diglot.commands.plan import show_plan
from diglot.commands.reading import reading

if TYPE_CHECKING:
    from diglot.pipeline.memory import Memory
    from diglot.pipeline.register import Register

_AT_ONCE = 1 << 20  # bytes of standard input, at most


@click.command(short_help="Translate documents; write bilingual editions.")
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--to", "to", callback=targets, metavar="LANG[,LANG]", help="Target languages, as in ja,zh.")
@click.option(
    "--from",
    "from_",
    callback=language,
    metavar="LANG",
    help="Translate what is in LANG and keep the rest. [default: each passage from its own language]",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="The folder for outputs (else beside the input), or the document's name; - is stdout.",
)
@click.option(
    "--formats", callback=editions, default="tsv", metavar="FORMATS", help=f"Of {','.join(EDITIONS)}. [default: tsv]"
)
@click.option(
    "--glossary", multiple=True, metavar="FILE", help="Terms to use (TSV, CSV, TBX); 'bundled' for ours. May be repeated."
)
@click.option(
    "--register",
    type=click.Choice(["polite", "plain"]),
    default="polite",
    show_default=True,
    help="Of Japanese: です・ます, or the plain form of papers.",
)
@click.option("--consistent", is_flag=True, help="Ask for the first rendering of each term all through a document.")
@click.option(
    "--memory", multiple=True, metavar="FILE", help="Corrected editions (TSV, JSONL, TMX, XLIFF) to reuse. May be repeated."
)
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Leave out files and folders, as in 'draft*'. May be repeated."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be done: files, languages, words, outputs.")
@click.option("--overwrite", is_flag=True, help="Translate anew what is there, and replace it.")
@click.option("--drop-fillers", is_flag=True, help="Leave um, えーと, 嗯 out of the translation.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep the translations of earlier runs.")
@click.option("--lines", is_flag=True, help="A filter: stdin to stdout, one line out for each line in.")
@reading_options
@model_options
@click.pass_context
def translate(
    context: click.Context,
    /,
    files: Sequence[str],
    to: tuple[str, ...],
    from_: str | None,
    output: str | None,
    formats: tuple[str, ...],
    glossary: tuple[str, ...],
    register: "Register",
    consistent: bool,
    memory: tuple[str, ...],
    exclude: tuple[str, ...],
    dry_run: bool,
    overwrite: bool,
    drop_fillers: bool,
    no_cache: bool,
    lines: bool,
    from_format: str | None,
    no_repair: bool,
    comments: bool,
    **search: Any,
) -> int:
    """Translate lectures: the document in its own format, and aligned editions of it.

    FILE is plain text, Markdown, HTML, LaTeX, reStructuredText, PDF, EPUB, a Jupyter notebook, a Word or PowerPoint
    file, SRT, WebVTT, a transcript, or a folder of them; - is standard input. For each target the translated document
    STEM.ja.EXT (of a PDF in Markdown) and the editions STEM.en-ja.tsv, ... are written beside the input, or in DIR with
    the folders that the input has. Passages that are in the target language already are kept. What is there already is
    skipped, so that an interrupted run goes on when the same command is given again.

    \b
    diglot translate lecture.md --to ja
    diglot translate talks/*.srt --to ja,zh -o out --formats tsv,html
    diglot translate course/ --to ja -o out --exclude 'draft*' --dry-run
    diglot translate - --to ja < lecture.txt > lecture.ja.txt
    diglot translate --lines --from en --to ja < in > out
    """
    asked = context.get_parameter_source("formats") is ParameterSource.COMMANDLINE
    output = output_for(files, output, context)
    _check_request(files, to, formats if asked else (), output, lines=lines, dry_run=dry_run)
    only = None if from_ == "auto" else from_
    options = Options(
        targets=to,
        only=only,
        reading=reading(from_format, repair=not no_repair, comments=comments),
        formats=formats,
        glossaries=glossary,
        memory=_memory(memory, only, to),
        register=register,
        consistent=consistent,
        overwrite=overwrite,
        drop_fillers=drop_fillers,
        cached=not (no_cache or lines),
    )
    load = partial(load_model, search, [*to, *([only] if only else [])])
    if lines:
        return _translate_lines(Job(options, load), to[0])
    to_stdout = output == "-" or (output is None and list(files) == ["-"])
    inputs = gather(files, None if to_stdout else output, to, exclude, mirrored(context))
    _require(glossary)
    if dry_run:
        return 0 if show_plan(inputs, options, to_stdout=to_stdout) else FAILED
    job = Job(options, load, sources_of(inputs, options))
    if to_stdout:
        became = job.print(inputs[0], to[0], formats[0] if asked else None)
        job.tell_unused()
        return exit_code(became)
    return _run(job, inputs)


def _check_request(
    files: Sequence[str], to: Sequence[str], formats: Sequence[str], output: str | None, *, lines: bool, dry_run: bool
) -> None:
    """Raise :class:`click.UsageError` for what cannot be meant; ``formats`` are those of the command line."""
    if not to:
        raise click.UsageError("which language? Give --to, as in --to ja")
    if lines and (files or len(to) > 1 or dry_run):
        raise click.UsageError("--lines reads standard input and writes one language to standard output")
    if not lines and not files:
        raise click.UsageError("name a file or a folder, or - for standard input")
    if output == "-" and (len(files) != 1 or len(to) != 1 or len(formats) > 1 or Path(files[0]).is_dir()):
        raise click.UsageError("-o - writes one file, one language, and of --formats one")
    if "-" in files and output is None:
        if len(files) != 1 or len(to) != 1:
            raise click.UsageError("standard input goes to standard output in one language; give -o DIR for more")
        if formats:
            raise click.UsageError("where to? Give -o DIR, or -o - for an edition alone on standard output")


def _memory(paths: Sequence[str], source: str | None, to: Sequence[str]) -> "Memory | None":
    """The translation memory, with a message on what it holds for each target."""
    if not paths:
        return None
    from diglot.pipeline import memory

    found = memory.read(paths, source, to[0] if len(to) == 1 else None)
    for line in (line for target in to for line in found.told(target)):
        say(line)
    return found


def _require(glossaries: Sequence[str]) -> None:
    """Raise :class:`diglot.InputError` for a glossary that is not there, before anything is begun."""
    for name in glossaries:
        if name != BUNDLED and not Path(name).is_file():
            raise InputError(f"{name}: no such glossary")


def _run(job: Job, inputs: Sequence[Input]) -> int:
    """Translate all inputs; those that are missing come first, so that they are reported at once. An exit code."""
    became: Counter[str] = Counter()
    try:
        for one in sorted(inputs, key=lambda one: one.path == STDIN or one.path.exists()):
            became += job.run(one)
    except KeyboardInterrupt:
        say("what is finished is kept; the same command goes on from there")
        raise
    job.tell_unused()
    if len(inputs) > 1:
        say("in all: " + ", ".join(f"{count} {word}" for word, count in became.items()))
    return exit_code(became)


def _translate_lines(job: Job, target: str) -> int:
    from diglot.pipeline.lines import translate_lines

    out = sys.stdout.buffer
    request = job.request(target)
    untranslated = 0
    for lines in _arriving(cast("BufferedReader", sys.stdin.buffer)):
        for line, done in translate_lines(lines, job.translator, request):
            out.write(line.encode("utf-8"))
            untranslated += not done
        out.flush()
    if untranslated:
        say(f"diglot: {untranslated} lines left untranslated")
    return UNTRANSLATED if untranslated else 0


def _arriving(stream: BufferedReader) -> Iterator[list[str]]:
    """The lines of a stream, which end at LF only, as many at a time as have come in: a program may wait for each.

    Raises :class:`diglot.InputError` for a line that is not UTF-8.
    """
    begun: list[bytes] = []  # the pieces of a line whose end has not come yet
    number = 1
    while data := stream.read1(_AT_ONCE):
        whole, end, rest = data.rpartition(b"\n")
        if not end:
            begun.append(rest)
            continue
        lines = b"".join([*begun, whole]).split(b"\n")
        yield [_decoded(line, number + i) + "\n" for i, line in enumerate(lines)]
        number, begun = number + len(lines), [rest]
    if last := b"".join(begun):
        yield [_decoded(last, number)]


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise InputError(f"standard input, line {number}, byte {exc.start + 1}: not UTF-8; convert it first") from exc
