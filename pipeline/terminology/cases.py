"""Regression tests on terms: sentences with what their translation must and must not contain.

A case file is a table (TSV, UTF-8) with columns ``sentence``, ``direction`` (``en-ja``), ``must contain``,
``must not contain`` and ``note``. In ``must contain``, ``|`` parts alternatives and ``&`` requirements of which each
must be met: ``学習率 & 勾配降下法|最急降下法``. Words are looked for like the terms of a glossary, inflected forms too.

Cases that are known to fail stand in ``known-failures.tsv`` beside the case files, by direction and sentence. They are
strict: one that passes fails the run until it is taken out, so that what was won is not lost again unseen.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn
from xml.etree import ElementTree

from diglot import GlossaryError
from diglot.pipeline.terminology.index import Index, units

__all__ = [
    "Case",
    "Outcome",
    "Report",
    "Result",
    "read_cases",
    "read_known_failures",
    "run_cases",
    "write_known_failures",
]

Translate = Callable[[Sequence[str], str, str], Sequence[str]]  # sentences, source language, target language
Outcome = Literal["passed", "failed", "known failure", "unexpectedly passed"]

KNOWN_FAILURES = "known-failures.tsv"
_COLUMNS = ["sentence", "direction", "must contain", "must not contain", "note"]
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and what its translation must contain (of each group one) and must not contain."""

    sentence: str
    source: str
    target: str
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    note: str
    file: Path
    line: int

    @property
    def direction(self) -> str:
        """The direction as it is written, ``en-ja``."""
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Result:
    """A case, its translation, and what was wrong with it."""

    case: Case
    translation: str
    missing: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    known: bool = False

    @property
    def outcome(self) -> Outcome:
        """Whether the case passed, in the light of what is known."""
        if self.missing or self.forbidden:
            return "known failure" if self.known else "failed"
        return "unexpectedly passed" if self.known else "passed"

    def explain(self) -> str:
        """The case in lines: where it stands, what came out, what was wrong."""
        lines = [f"{self.case.file}:{self.case.line}: {self.outcome}", f"    sentence   {self.case.sentence}"]
        lines.append(f"    came out   {self.translation}")
        lines += [f"    missing    {' | '.join(group)}" for group in self.missing]
        lines += [f"    forbidden  {word}" for word in self.forbidden]
        lines += [f"    note       {self.case.note}"] if self.case.note else []
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a run."""

    results: tuple[Result, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every case did what is expected of it."""
        return all(result.outcome in ("passed", "known failure") for result in self.results)

    def text(self) -> str:
        """What failed or passed unexpectedly, case by case, then a line of figures for each direction."""
        told = [r.explain() for r in self.results if r.outcome in ("failed", "unexpectedly passed")]
        by_direction: dict[str, list[Outcome]] = defaultdict(list)
        for result in self.results:
            by_direction[result.case.direction].append(result.outcome)
        return "\n".join([*told, *(_figures(*item) for item in by_direction.items())]) + "\n"

    def junit(self) -> str:
        """The report as JUnit XML, a test suite for each direction."""
        suites = ElementTree.Element("testsuites")
        by_direction: dict[str, list[Result]] = defaultdict(list)
        for result in self.results:
            by_direction[result.case.direction].append(result)
        for direction, results in by_direction.items():
            wrong = sum(result.outcome in ("failed", "unexpectedly passed") for result in results)
            skipped = sum(result.outcome == "known failure" for result in results)
            counts = {"tests": str(len(results)), "failures": str(wrong), "errors": "0", "skipped": str(skipped)}
            suite = ElementTree.SubElement(suites, "testsuite", {"name": f"diglot terms {direction}", **counts})
            for result in results:
                _junit_case(suite, result)
        return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def read_cases(path: str | Path) -> list[Case]:
    """The cases of a file, or of all ``*.tsv`` of a folder. Raises :class:`diglot.GlossaryError` with file and line."""
    path = Path(path)
    if path.is_dir():
        files = [file for file in sorted(path.glob("*.tsv")) if file.name != KNOWN_FAILURES]
        if not files:
            message = f"{path}: no case files (*.tsv) in this folder; check the path"
            raise GlossaryError(message)
        return [case for file in files for case in read_cases(file)]
    rows = _rows(path)
    if not rows or [cell.strip().lower() for cell in rows[0][1]] != _COLUMNS:
        _fail(path, 1, "no header line with all columns", f"begin with the columns {', '.join(_COLUMNS)}")
    return [_case(path, line, cells) for line, cells in rows[1:]]


def run_cases(cases: Sequence[Case], translate: Translate, known: Iterable[tuple[str, str]] = ()) -> Report:
    """Translate the sentences, direction by direction, and look at what came out; the order of the cases is kept.

    ``known`` are the cases that are known to fail, as :func:`read_known_failures` gives them.
    """
    translations: dict[Case, str] = {}
    for direction in dict.fromkeys((case.source, case.target) for case in cases):
        own = [case for case in cases if (case.source, case.target) == direction]
        translations.update(zip(own, translate([case.sentence for case in own], *direction), strict=True))
    expected = set(known)
    return Report(tuple(judge(c, translations[c], known=(c.direction, c.sentence) in expected) for c in cases))


def judge(case: Case, translation: str, *, known: bool = False) -> Result:
    """What a translation lacks, and what it has that it must not have."""
    good: Index[str] = Index(case.target, lenient=True)
    bad: Index[str] = Index(case.target)
    for word in {word for group in case.must for word in group}:
        good.add(word, word, verb=True)
    for word in case.must_not:
        bad.add(word, word)
    accepted = list(good.find(translation))
    present = {word for _, _, word in accepted}
    outside = (w for start, end, w in bad.find(translation) if not any(a <= start and end <= b for a, b, _ in accepted))
    missing = tuple(group for group in case.must if present.isdisjoint(group))
    return Result(case, translation, missing, tuple(dict.fromkeys(outside)), known)


def read_known_failures(folder: str | Path) -> frozenset[tuple[str, str]]:
    """Direction and sentence of each case that is known to fail; none where there is no such file."""
    path = Path(folder) / KNOWN_FAILURES
    rows = _rows(path)[1:] if path.exists() else []
    return frozenset((cells[0], cells[-1]) for _, cells in rows)


def write_known_failures(folder: str | Path, results: Iterable[Result]) -> None:
    """Write the file anew: the cases that failed now, and the known failures of cases that were not run."""
    run = {(result.case.direction, result.case.sentence): bool(result.missing or result.forbidden) for result in results}
    failures = {case for case in read_known_failures(folder) if case not in run} | {case for case in run if run[case]}
    path = Path(folder) / KNOWN_FAILURES
    if not failures:
        path.unlink(missing_ok=True)
        return
    lines = ["direction\tsentence", *("\t".join(case) for case in sorted(failures))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _figures(direction: str, outcomes: Sequence[Outcome]) -> str:
    passed = sum(outcome in ("passed", "unexpectedly passed") for outcome in outcomes)
    others = [
        f"{outcomes.count(name)} {words}"
        for name, words in (
            ("failed", "failed"),
            ("known failure", "known to fail"),
            ("unexpectedly passed", "known to fail but passed: take them out with --update-known-failures"),
        )
        if name in outcomes
    ]
    share = f"{direction}: {passed} of {len(outcomes)} passed ({100 * passed / len(outcomes):.1f} %)"
    return "; ".join((share, *others))


def _junit_case(suite: ElementTree.Element, result: Result) -> None:
    name = f"{result.case.line}: {result.case.sentence}"
    place = {"classname": result.case.file.stem, "file": str(result.case.file), "line": str(result.case.line)}
    element = ElementTree.SubElement(suite, "testcase", {"name": _NOT_XML.sub("\ufffd", name), **place})
    if result.outcome != "passed":
        kind = "skipped" if result.outcome == "known failure" else "failure"
        told = ElementTree.SubElement(element, kind, {"message": result.outcome})
        told.text = _NOT_XML.sub("\ufffd", result.explain())


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as UTF-8 ({error}); check the file"
        raise GlossaryError(message) from error
    lines = enumerate(re.split(r"\r\n|\r|\n", text), 1)
    return [(line, row.split("\t")) for line, row in lines if row.strip()]


def _case(path: Path, line: int, cells: Sequence[str]) -> Case:
    if not len(_COLUMNS) - 1 <= len(cells) <= len(_COLUMNS):  # an editor may have cut the last, empty one
        _fail(path, line, f"columns found: {len(cells)}, expected: {len(_COLUMNS)}", "separate them by tabs")
    sentence, direction, must, must_not, note = (cell.strip() for cell in [*cells, ""][:5])
    pair = re.fullmatch(r"([a-z]{2})-([a-z]{2})", direction)
    if pair is None:
        _fail(path, line, f"“{direction}” is no direction", "write it like en-ja")
    groups = tuple(_words(path, line, group) for group in must.split("&") if group.strip())
    forbidden = _words(path, line, must_not) if must_not else ()
    if not sentence or not (groups or forbidden):
        _fail(path, line, "the sentence or what to look for is empty", "fill it in or remove the line")
    return Case(sentence, pair[1], pair[2], groups, forbidden, note, path, line)


def _words(path: Path, line: int, cell: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in cell.split("|"))
    if any(not units(word) for word in words):
        _fail(path, line, f"an empty alternative in “{cell.strip()}”", "remove the extra |")
    return words


def _fail(path: Path, line: int, what: str, advice: str) -> NoReturn:
    message = f"{path}:{line}: {what}; {advice}"
    raise GlossaryError(message)
