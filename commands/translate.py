"""``diglot translate``: lectures to translated documents and bilingual editions; lines to lines."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from diglot import InputError
from diglot.commands.common import (
    EDITIONS,
    UNTRANSLATED,
    codes,
    editions,
    load_model,
    model_options,
    progress_bar,
    read,
    reading_options,
    say,
    write,
)
from diglot.commands.glossary import glossary_for

if TYPE_CHECKING:
    from diglot import Terms
    from diglot.pipeline.document import Segment
    from diglot.pipeline.edition import Edition, Opened, Reading
    from diglot.pipeline.glossary import Glossary
    from diglot.pipeline.memory import Memory
    from diglot.pipeline.outputs import Names
    from diglot.pipeline.translate import Request, Translator


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--to", "to", callback=codes, metavar="LANG[,LANG]", help="Target languages, as in ja,zh.")
@click.option("--from", "from_", default="auto", metavar="LANG", help="Translate only passages in LANG. [default: auto]")
@click.option("-o", "--output", metavar="DIR", help="Where outputs go, instead of beside the input; - is stdout.")
@click.option(
    "--formats", callback=editions, default="tsv", metavar="FORMATS", help=f"Of {','.join(EDITIONS)}. [default: tsv]"
)
@click.option("--glossary", multiple=True, metavar="FILE", help="Terms to use (TSV, CSV, TBX); 'bundled' for ours.")
@click.option("--consistent", is_flag=True, help="Ask for the first rendering of each term all through a document.")
@click.option("--memory", multiple=True, metavar="FILE", help="Corrected editions (TSV, JSONL, TMX, XLIFF) to reuse.")
@click.option("--overwrite", is_flag=True, help="Replace outputs that exist.")
@click.option("--drop-fillers", is_flag=True, help="Leave um, えーと, 嗯 out of the translation.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep the translations of earlier runs.")
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
    consistent: bool,
    memory: tuple[str, ...],
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

    FILE is plain text, Markdown, HTML, EPUB, a Jupyter notebook, a Word or PowerPoint file, SRT, WebVTT or a transcript;
    - is standard input. For each target the translated document STEM.ja.EXT and the editions STEM.en-ja.tsv, ... are written
    beside the input or in DIR. Passages that are in the target language already are kept. A run that was interrupted goes
    on where it stopped when it is started again.

    \b
    diglot translate lecture.md --to ja
    diglot translate talks/*.srt --to ja,zh -o out --formats tsv,html
    diglot translate - --to ja < lecture.txt > lecture.ja.txt
    diglot translate --lines --from en --to ja < in > out
    """
    _check_request(files, to, formats, output, lines=lines)
    model = load_model(search, [*to, *([] if from_ == "auto" else [from_])])
    if consistent and not model.inline_terms:
        raise click.UsageError("--consistent needs a model that reads terms in the text, and this one does not")
    from diglot.pipeline import memory as memories
    from diglot.pipeline.cache import Remembering, default_cache
    from diglot.pipeline.edition import Reading

    translator: Translator = model if no_cache or lines else Remembering(model, default_cache(), model.identity)
    job = _Job(
        translator,
        frozenset(model.languages),
        None if from_ == "auto" else from_,
        Reading(not no_repair, from_format, comments),
        formats,
        glossary,
        model.inline_terms,
        consistent,
        memories.read(memory) if memory else None,
        overwrite,
        drop_fillers,
    )
    if lines:
        return _translate_lines(job, to[0])
    if output == "-" or (output is None and list(files) == ["-"]):
        return _to_stdout(job, files[0], to[0], formats if output else ())
    paths = [Path(file) for file in files]
    return max(job.run(path, names, to, paths) for path, names in zip(paths, _names(paths, output), strict=True))


def _check_request(
    files: Sequence[str], to: Sequence[str], formats: Sequence[str], output: str | None, *, lines: bool
) -> None:
    if not to:
        raise click.UsageError("which language? Give --to, as in --to ja")
    if lines and (files or len(to) > 1):
        raise click.UsageError("--lines reads standard input and writes one language to standard output")
    if not lines and not files:
        raise click.UsageError("name a file, or - for standard input")
    if output == "-" and (len(files) != 1 or len(to) != 1 or len(formats) != 1):
        raise click.UsageError("-o - writes one file, one language and one format")
    if "-" in files and output is None and (len(files) != 1 or len(to) != 1):
        raise click.UsageError("standard input goes to standard output in one language; give -o DIR for more")


def _names(paths: Sequence[Path], output: str | None) -> "list[Names]":
    from diglot.pipeline.outputs import name_outputs

    named = [Path("stdin.txt") if path == Path("-") else path for path in paths]
    return name_outputs(named, Path(output) if output else None)


@dataclass(frozen=True)
class _Job:
    """What is done with each file of a run. ``only`` is the one source language to take, None for all."""

    translator: "Translator"
    languages: frozenset[str]
    only: str | None
    reading: "Reading"
    formats: Sequence[str]
    glossaries: Sequence[str]
    inline_terms: bool
    consistent: bool
    memory: "Memory | None"
    overwrite: bool
    drop_fillers: bool
    terms: "dict[tuple[str, str], Glossary | None]" = field(default_factory=dict)

    def run(self, path: Path, names: "Names", targets: Sequence[str], inputs: Sequence[Path]) -> int:
        """Translate one file into all targets; an exit code."""
        opened, segments = self.open(str(path))
        return max(self._translate(opened, segments, path, names, target, inputs) for target in targets)

    def open(self, file: str) -> "tuple[Opened, list[Segment]]":
        """A file (``-``: standard input) and its segments."""
        from diglot.pipeline.edition import open_bytes, segments_of, without_fillers

        opened = open_bytes(read(file), "standard input" if file == "-" else file, self.reading)
        segments = segments_of(opened.document)
        return opened, list(without_fillers(segments) if self.drop_fillers else segments)

    def request(self, target: str, segments: "Sequence[Segment]" = ()) -> "Request":
        """What is wanted of segments, with the terms of their main language."""
        from diglot.pipeline.edition import main_source, request_for

        request = request_for(segments, target, self.languages, self.only, inline_terms=self.inline_terms)
        source = main_source(segments, request) if self.glossaries else None
        if source and (source, target) not in self.terms:
            self.terms[source, target] = glossary_for(self.glossaries, source, target)
        return replace(request, glossary=self.terms[source, target]) if source else request

    def make(self, opened: "Opened", segments: "Sequence[Segment]", target: str, name: str) -> "Edition":
        """The edition of a document in one language."""
        from diglot.pipeline.edition import make_edition

        request = self.request(target, segments)
        with progress_bar(len(segments), f"{name} to {target}") as advance:
            return make_edition(
                opened,
                segments,
                self.translator,
                request,
                memory=self.memory,
                consistent=self.consistent,
                progress=advance,
            )

    def _translate(
        self,
        opened: "Opened",
        segments: "Sequence[Segment]",
        path: Path,
        names: "Names",
        target: str,
        inputs: Sequence[Path],
    ) -> int:
        from diglot.pipeline.edition import source_of
        from diglot.pipeline.outputs import Outputs, refuse_existing

        source = source_of(segments, self.request(target, segments))
        places = {name: names.edition(source, target, name) for name in self.formats if source}
        refuse_existing([names.document(target), *places.values()], inputs, overwrite=self.overwrite)
        made = self.make(opened, segments, target, path.name)
        with Outputs() as outputs:
            outputs.write(names.document(target), made.translated())
            for name, place in places.items():
                outputs.write(place, made.write(name, path.name))
            for place in outputs.commit():
                say(f"wrote {place}")
        return _report(made, path.name)


def _report(made: "Edition", name: str) -> int:
    """Tell what came of a document; an exit code."""
    say(f"{name} to {made.target}: {made.summary.line()}")
    if made.summary.kept:
        segments = {index for one in made.summary.kept for index in one.changed}
        say(f"{name}: {len(made.summary.kept)} terms kept as first rendered, {len(segments)} segments changed")
        for one in made.summary.kept:
            say(f"{name}: {one.term} → {one.rendering} ({len(one.changed)} times)")
    if not made.source:
        say(f"{name}: nothing to translate into {made.target}, so no edition was written")
    for segment in made.summary.untranslated:
        line = made.document.text.count("\n", 0, segment.ranges[0][0]) + 1
        say(f"{name}:{line}: left untranslated ({segment.language}): {segment.text[:60]}")
    return UNTRANSLATED if made.summary.untranslated else 0


def _to_stdout(job: _Job, file: str, target: str, formats: Sequence[str]) -> int:
    """One file to standard output: the translated document, or the edition that was asked for."""
    opened, segments = job.open(file)
    name = "stdin" if file == "-" else Path(file).name
    made = job.make(opened, segments, target, name)
    write(made.write(formats[0], name) if formats else made.translated())
    return _report(made, name)


def _translate_lines(job: _Job, target: str) -> int:
    from diglot.pipeline.lines import translate_lines

    out = sys.stdout.buffer
    untranslated = 0
    for line, done in translate_lines(_lines(sys.stdin.buffer), job.translator, job.request(target)):
        out.write(line.encode("utf-8"))
        untranslated += not done
    out.flush()
    if untranslated:
        say(f"diglot: {untranslated} lines left untranslated")
    return UNTRANSLATED if untranslated else 0


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, which end at LF only. Raises :class:`diglot.InputError` for a line that is not UTF-8."""
    for number, line in enumerate(stream, 1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise InputError(f"standard input, line {number}, byte {exc.start + 1}: not UTF-8; convert it first") from exc


def translate_texts(
    texts: Sequence[str], *, to: str, source: str = "auto", model: str | None = None, glossary: "Terms | None" = None
) -> list[str]:
    """Translate strings through the whole pipeline; see :func:`diglot.translate`."""
    from diglot import models
    from diglot.pipeline.detect import identify
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.glossary import Glossary
    from diglot.pipeline.lines import translate_strings

    translator = models.load(model)
    for code in (to, *([] if source == "auto" else [source])):
        translator.require(code, code)
    only = None if source == "auto" else source
    if glossary is not None and not isinstance(glossary, Glossary):
        names = [glossary] if isinstance(glossary, str | PathLike) else glossary
        language = only or identify("\n".join(texts)).language
        glossary = glossary_for([str(name) for name in names], language, to)
    request = request_for([], to, translator.languages, only, glossary=glossary, inline_terms=translator.inline_terms)
    return translate_strings(texts, translator, request)
