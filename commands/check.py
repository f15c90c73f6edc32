"""``diglot check``: what is wrong with the translations of bilingual files, and a gate for programs that ask."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING

import click

from diglot.commands.common import GATE, codes, language, progress_bar, read, say, write
from diglot.commands.terms import glossary_for

if TYPE_CHECKING:
    from diglot.pipeline.bilingual import Row
    from diglot.pipeline.checks.report import Place
    from diglot.pipeline.document import AlignedPair
    from diglot.pipeline.glossary import Glossary

_NEVER = "never"
_STDIN = Path("-")


def _known(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Codes of checks, and for ``--fail-on`` severities too: the callback of both options."""
    from diglot.pipeline.checks import CODES

    names = codes(context, parameter, value)
    allowed = {*CODES, *(("error", "warning", "info", _NEVER) if parameter.name == "fail_on" else ())}
    if unknown := [name for name in names if name not in allowed]:
        raise click.UsageError(f"no such check: {unknown[0]}; there are {', '.join(CODES)}")
    return names


class _WithCodes(click.Command):
    """A command whose help ends with the codes of all checks."""

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the codes."""
        from diglot.pipeline.checks import CODES

        lines = fill(", ".join(CODES), formatter.width - 2, break_on_hyphens=False)
        with formatter.section("Codes"):
            formatter.write(indent(lines, "  ") + "\n")


@click.command(cls=_WithCodes, short_help="Check translations; a gate for CI.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--from", "from_", callback=language, metavar="LANG", help="The source language of a file that does not say it."
)
@click.option("--to", callback=language, metavar="LANG", help="The target language of a file that does not say it.")
@click.option(
    "--glossary",
    multiple=True,
    metavar="FILE",
    help="Terms to check (TSV, CSV, TBX); 'bundled' for ours. May be repeated.",
)
@click.option(
    "--fail-on",
    callback=_known,
    default="error",
    show_default=True,
    metavar="SEVERITY|CODE,...",
    help="End with exit code 4 for error, warning (errors too), info (any), these codes, or never.",
)
@click.option("--off", callback=_known, metavar="CODE,...", help="Leave out these checks.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="The form of the findings.",
)
def check(
    files: Sequence[Path],
    from_: str | None,
    to: str | None,
    glossary: Sequence[str],
    fail_on: tuple[str, ...],
    off: tuple[str, ...],
    form: str,
) -> int:
    """Check translations: numbers, formulas, code, links, terms, length, language, order, punctuation.

    FILE is an edition (TSV, CSV, JSONL, TMX, XLIFF), or a text file with a source, a tab and its translation on each line;
    its name (lecture.en-ja.txt) or --from and --to say its languages; - is standard input. Findings go to stdout, each with
    file and line.

    \b
    diglot check lecture.en-ja.tsv
    diglot check out/*.tmx --glossary terms.en-ja.tsv --fail-on warning
    diglot check lecture.en-ja.tsv --fail-on number,term-missing --format sarif > findings.sarif
    """
    from diglot.pipeline.checks.report import to_json, to_sarif, to_text

    run = _Run(from_, to, glossary, fail_on, off)
    for piece in {"text": to_text, "json": to_json, "sarif": to_sarif}[form](run.places(files)):
        write(piece)
    return GATE if run.closed else 0


@dataclass
class _Run:
    """What is asked for, and whether the gate is closed."""

    source: str | None
    target: str | None
    glossaries: Sequence[str]
    fail_on: Sequence[str]
    off: Sequence[str]
    closed: bool = False
    terms: "dict[tuple[str, str], Glossary | None]" = field(default_factory=dict, init=False)

    def places(self, paths: Sequence[Path]) -> "Iterator[Place]":
        """The checked pairs of all files in order; a line on stderr after each file."""
        from diglot.pipeline.checks.report import fails, summary

        for path in paths:
            counts: Counter[str] = Counter()
            for place in self._file(path):
                counts.update(["pairs", *(finding.severity for finding in place.pair.findings)])
                self.closed = self.closed or fails(place.pair.findings, ",".join(self.fail_on))
                yield place
            total = counts["pairs"]
            say(f"{path}: {total:,} {'pair' if total == 1 else 'pairs'}, {summary(counts)}")

    def _rows(self, path: Path) -> "Iterator[Row]":
        from diglot.pipeline.bilingual.files import read_file, read_stream

        if path == _STDIN:
            return read_stream(BytesIO(self._stdin), "standard input", self.source, self.target)
        return read_file(path, self.source, self.target)

    @cached_property
    def _stdin(self) -> bytes:
        """Standard input, which can be read once only."""
        return read("-")

    def _file(self, path: Path) -> "Iterator[Place]":
        """A file is read twice, so that it need not be held: for its languages first, then once for each target."""
        sources: Counter[str] = Counter()
        targets: Counter[str] = Counter()
        for row in self._rows(path):
            sources[row.source_language] += 1
            targets[row.target_language] += 1
        wanted = [language for language in targets if language] or [self.target or ""]
        source = max(sources, key=lambda language: sources[language], default="")
        glossaries = {target: self._glossary(source, target) for target in wanted}
        with progress_bar(targets.total(), path.name) as advance:
            for target in wanted:
                for place in self._checked(path, target, glossaries[target], wanted[0]):
                    advance(1)
                    yield place

    def _checked(self, path: Path, target: str, glossary: "Glossary | None", first: str) -> "Iterator[Place]":
        """The pairs of one target language; rows that have none, for they were kept, go with the first."""
        from diglot.pipeline.check import check_all
        from diglot.pipeline.checks.report import Place

        lines = array("L")
        for pair in check_all(self._pairs(path, target, first, lines), target, glossary=glossary, off=self.off):
            yield Place(str(path), lines[pair.segment.index], pair)

    def _pairs(self, path: Path, target: str, first: str, lines: "array[int]") -> "Iterator[AlignedPair]":
        from diglot.pipeline import protect
        from diglot.pipeline.bilingual import pair

        for row in self._rows(path):
            if (row.target_language or first) == target:
                yield pair(row, len(lines), protect.find(row.source))
                lines.append(row.line)

    def _glossary(self, source: str, target: str) -> "Glossary | None":
        """The terms of a direction, read once for all files; None where none are asked for or the file is empty."""
        if not self.glossaries or not source:
            return None
        if (source, target) not in self.terms:
            self.terms[source, target] = glossary_for(self.glossaries, source, target)
        return self.terms[source, target]
