"""``diglot glossary``: terms found in translations, compared, tested."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from diglot import InputError
from diglot.commands.common import (
    GATE,
    Group,
    language,
    load_model,
    model_options,
    progress_bar,
    read,
    say,
    tell_notes,
    tell_strays,
    write,
    write_file,
)
from diglot.commands.reading import reading
from diglot.commands.terms import glossary_for

if TYPE_CHECKING:
    from diglot import Model
    from diglot.pipeline.document import AlignedPair
    from diglot.pipeline.terminology.cases import Report, Result
    from diglot.pipeline.terminology.renderings import Usage

_EDITIONS = frozenset({".tsv", ".csv", ".jsonl", ".tmx", ".xliff", ".xlf"})
_PLACES = 8  # lines that are named for a rendering


def bilingual_text(command: Callable[..., Any]) -> Callable[..., Any]:
    """The files of a translated text and, where they do not say them, its languages: ``files``, ``from_``, ``to``."""
    default = "[default: from the file, else detected]"
    for parameter in (
        click.option("--to", callback=language, metavar="LANG", help=f"The target language. {default}"),
        click.option("--from", "from_", callback=language, metavar="LANG", help=f"The source language. {default}"),
        click.argument(
            "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="EDITION... | FILE | SRC TGT"
        ),
    ):
        command = parameter(command)
    return command


@click.group(cls=Group, short_help="Find, compare, check and test terms.")
def glossary() -> None:
    """Find, compare, check and test the terms of translations."""


@glossary.command(short_help="Find what is wrong in a glossary.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "from_", callback=language, metavar="LANG", help="The source language of a file that does not say it."
)
@click.option("--to", callback=language, metavar="LANG", help="The target language of a file that does not say it.")
def check(file: Path, from_: str | None, to: str | None) -> int:
    """Read a glossary FILE (TSV, CSV, TBX), and say what is odd or wrong in it."""
    from diglot.pipeline import glossary

    terms = glossary.read(file, source=from_, target=to)
    for warning in terms.warnings:
        write(f"{warning}\n")
    say(f"{file}: {len(terms.terms):,} terms from {terms.source} to {terms.target}, {len(terms.warnings)} warnings")
    return 0


# ------------------------------------------------------------------------------------------------------- terms that are used


@glossary.command(short_help="Show all renderings of each term.")
@bilingual_text
@click.option(
    "--glossary", "glossaries", multiple=True, metavar="FILE", help="Terms to look for; 'bundled' for ours. May be repeated."
)
@click.option("--all", "every", is_flag=True, help="Also terms that have one rendering only.")
def audit(files: Sequence[Path], from_: str | None, to: str | None, glossaries: Sequence[str], every: bool) -> int:
    """Show each term of translated lectures with all its renderings, how often, and on which lines.

    EDITION is a TSV, JSONL, TMX or XLIFF edition, of which there may be several; FILE a text in two languages; SRC TGT a
    text and its translation, which are aligned first. Terms are those of the glossary and those that the text itself shows
    to be terms.

    \b
    diglot glossary audit out/*.en-ja.tsv --glossary bundled
    diglot glossary audit lecture.en.md lecture.ja.md --glossary terms.tsv
    """
    from diglot.pipeline.glossary import Glossary
    from diglot.pipeline.terminology.renderings import audit as audit_pairs

    text = _open(files, from_, to)
    terms = glossary_for(glossaries, text.source, text.target) or Glossary(text.source, text.target, ())
    usages = audit_pairs(text.pairs, terms)
    shown = [usage for usage in usages if every or len(usage.renderings) > 1 or _is_wrong(usage)]
    for usage in shown:
        write(_described(usage, text.places))
    say(f"{len(usages)} terms in {len(text.pairs)} pairs, {len(shown)} of them shown")
    return 0


@glossary.command(short_help="Propose the terms of a translated text.")
@bilingual_text
@click.option("--minimum", type=click.IntRange(2), default=3, show_default=True, help="Pairs that a term must be in.")
def extract(files: Sequence[Path], from_: str | None, to: str | None, minimum: int) -> int:
    """Propose the terms of translated lectures as a glossary, to be read and corrected: TSV to stdout.

    The note says how often each rendering was found, and shows the first pair. Of several EDITIONs all pairs are taken
    together. A table of two columns is read too (corpus.en-ja.tsv).

    \b
    diglot glossary extract lecture.en-ja.tsv > proposed.en-ja.tsv
    diglot glossary extract out/*.en-ja.tsv > proposed.en-ja.tsv
    """
    from diglot.pipeline.terminology.renderings import extract as extract_terms

    text = _open(files, from_, to)
    usages = extract_terms(text.pairs, text.source, text.target, minimum=minimum)
    write("source\ttarget\tnote\n")
    for usage in usages:
        counts = ", ".join(f"{rendering.text} {len(rendering.pairs)}" for rendering in usage.renderings)
        first = text.pairs[usage.pairs[0]]
        note = f"in {len(usage.pairs)} pairs: {counts}. {first.segment.text} = {first.target}"
        targets = "|".join(_cell(rendering.text).replace("|", " ") for rendering in usage.renderings)
        write(f"{_cell(usage.term)}\t{targets}\t{_cell(note)}\n")
    say(f"{len(usages)} terms from {text.source} to {text.target} in {len(text.pairs)} pairs")
    return 0


class _Text(NamedTuple):
    """Aligned pairs, the place of each (its line, after its file where there are several), and their languages."""

    pairs: "Sequence[AlignedPair]"
    places: Sequence[str]
    source: str
    target: str


def _open(files: Sequence[Path], source: str | None, target: str | None) -> _Text:
    if all(file.suffix in _EDITIONS for file in files):
        text = _rows(files, source, target)
    elif len(files) <= 2:
        text = _aligned(files, source, target)
    else:
        raise click.UsageError("give editions, a file in two languages, or two files: SRC TGT")
    if not text.pairs:
        raise InputError(f"{', '.join(map(str, files))}: there are no translated pairs in it")
    return text


def _rows(files: Sequence[Path], source: str | None, target: str | None) -> _Text:
    """The pairs of editions in their commonest direction."""
    from diglot.pipeline import bilingual, protect
    from diglot.pipeline.bilingual.files import read_file

    rows = [
        (file, row) for file in files for row in read_file(file, source, target) if bilingual.status(row) == "translated"
    ]
    directions = Counter((row.source_language, row.target_language) for _, row in rows)
    found = directions.most_common(1)[0][0] if directions else (source or "", target or "")
    rows = [(file, row) for file, row in rows if (row.source_language, row.target_language) == found]
    if others := directions.total() - len(rows):
        say(f"left out: {others:,} pairs that are not from {found[0]} to {found[1]}")
    pairs = [bilingual.pair(row, i, protect.find(row.source)) for i, (_, row) in enumerate(rows)]
    return _Text(pairs, [f"{file}:{row.line}" if len(files) > 1 else f"{row.line}" for file, row in rows], *found)


def _aligned(files: Sequence[Path], source: str | None, target: str | None) -> _Text:
    from diglot.pipeline.align.bitext import align_document, align_documents
    from diglot.pipeline.edition import open_bytes, segments_of

    opened = []
    for file in files:
        one = open_bytes(read(str(file)), str(file), reading(comments=True))
        tell_notes(str(file), one.notes)
        tell_strays(str(file), one.strays)
        opened.append((one.document, list(segments_of(one.document))))
    if len(opened) == 2:
        made = align_documents(*opened, source=source, target=target)
    else:
        made = align_document(*opened[0], source=source, target=target)
    ends = [place for place, character in enumerate(opened[0][0].text) if character == "\n"]
    pairs = [pair for pair in made.pairs if pair.translation.status == "translated"]
    lines = [bisect_right(ends, pair.segment.ranges[0][0] - 1) + 1 for pair in pairs]
    return _Text(pairs, list(map(str, lines)), made.source, made.target)


def _is_wrong(usage: "Usage") -> bool:
    return any(rendering.verdict == "forbidden" for rendering in usage.renderings)


def _described(usage: "Usage", places: Sequence[str]) -> str:
    """A term and its renderings, a line each."""
    shown = [f"{usage.term} ({len(usage.pairs)})\n"]
    for rendering in usage.renderings:
        verdict = "" if rendering.verdict == "unknown" else rendering.verdict
        shown.append(f"    {rendering.text}\t{len(rendering.pairs)}\t{verdict}\t{_named(rendering.pairs, places)}\n")
    if usage.unexplained:
        shown.append(f"    ?\t{len(usage.unexplained)}\tunexplained\t{_named(usage.unexplained, places)}\n")
    return "".join(shown)


def _named(pairs: Sequence[int], places: Sequence[str]) -> str:
    """The lines of pairs, or files and lines."""
    found = list(dict.fromkeys(places[pair] for pair in sorted(pairs)))
    shown = ", ".join(found[:_PLACES]) + (", ..." if len(found) > _PLACES else "")
    return shown if not found[0].isdigit() else f"line{'s' if len(found) > 1 else ''} {shown}"


def _cell(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------------------------------------------------------- term tests


@glossary.command(short_help="Test the terms of translations.")
@click.argument("cases", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="CASES...")
@click.option(
    "--glossary", "glossaries", multiple=True, metavar="FILE", help="Terms to use; 'bundled' for ours. May be repeated."
)
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report.")
@click.option("--update-known-failures", "update", is_flag=True, help="Write what fails now into known-failures.tsv.")
@model_options
def test(cases: Sequence[Path], glossaries: Sequence[str], junit: Path | None, update: bool, **search: Any) -> int:
    """Translate the sentences of CASES, files or folders, and look for the terms that must and must not be there.

    Exit code 4 when a case fails that is not known to, or passes although it is known to fail.

    \b
    diglot glossary test terms/
    diglot glossary test terms/ --glossary terms.en-ja.tsv --junit report.xml
    """
    from diglot.pipeline.outputs import refuse_inputs
    from diglot.pipeline.terminology.cases import read_cases, read_known_failures, run_cases

    found = [case for path in cases for case in read_cases(path)]
    if junit:
        refuse_inputs([junit], [*(case.file for case in found), *map(Path, glossaries)])
    folders = sorted({case.file.parent for case in found})
    known = [failure for folder in folders for failure in read_known_failures(folder)]
    languages = dict.fromkeys(code for case in found for code in (case.source, case.target))
    runner = Runner(load_model(search, languages), glossaries)
    with progress_bar(len(found), "term cases") as advance:
        runner.advance = advance
        report = run_cases(found, runner, known)
    if junit:
        write_file(junit, report.junit())
    if update:
        return _update(report, folders)
    write(report.text())
    return 0 if report.succeeded else GATE


class Runner:
    """Translates the sentences of one direction after the other with one model."""

    def __init__(self, translator: "Model", glossaries: Sequence[str]) -> None:
        self.translator, self.glossaries = translator, glossaries
        self.advance: Callable[[int], None] = lambda _: None

    def __call__(self, sentences: Sequence[str], source: str, target: str) -> list[str]:
        """The translations of sentences of one direction."""
        from diglot.pipeline.edition import request_for
        from diglot.pipeline.lines import translate_strings

        request = request_for(
            [],
            target,
            self.translator.languages,
            source,
            glossary=glossary_for(self.glossaries, source, target),
            inline_terms=self.translator.inline_terms,
        )
        translated = translate_strings(sentences, self.translator, request)
        self.advance(len(sentences))
        return translated


def _update(report: "Report", folders: Sequence[Path]) -> int:
    from diglot.pipeline.terminology.cases import write_known_failures

    for folder in folders:
        results: list[Result] = [result for result in report.results if result.case.file.parent == folder]
        write_known_failures(folder, results)
        failed = sum(bool(result.missing or result.forbidden) for result in results)
        say(f"{folder}: {failed} of {len(results)} cases are known to fail")
    return 0
