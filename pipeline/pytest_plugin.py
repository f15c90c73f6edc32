"""``pytest --diglot-terms DIR``: the term cases of a folder as tests, so that a team checks its terms where it tests.

Installed with diglot (the entry point ``pytest11``). Every ``*.tsv`` in DIR is a case file of
:mod:`diglot.pipeline.terminology.cases`, every case a test; known failures are strict xfails. The sentences of a file are
translated together, by :func:`diglot.translate`, when the first of them is run.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from diglot import DiglotError, GlossaryError, translate
from diglot.pipeline.terminology.cases import (
    KNOWN_FAILURES,
    Case,
    Report,
    Result,
    read_cases,
    read_known_failures,
    run_cases,
    write_known_failures,
)

_RESULTS = pytest.StashKey[list[Result]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("diglot", "terms in translations")
    group.addoption("--diglot-terms", metavar="DIR", help="run the term cases (*.tsv) of this folder")
    group.addoption("--diglot-model", metavar="MODEL", help="the model folder to test; the released model when left out")
    group.addoption(
        "--diglot-glossary",
        metavar="FILE",
        action="append",
        default=[],
        help="terms to translate with; 'bundled' for those of diglot. May be repeated",
    )
    group.addoption(
        "--diglot-update-known-failures",
        action="store_true",
        help=f"write what fails now into DIR/{KNOWN_FAILURES} instead of failing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the folder collected, too."""
    config.stash[_RESULTS] = []
    folder = _folder(config)
    if folder and not any(folder.is_relative_to(Path(arg.split("::")[0]).resolve()) for arg in config.args):
        config.args.append(str(folder))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the case files of the folder."""
    is_case_file = file_path.suffix == ".tsv" and file_path.name != KNOWN_FAILURES
    if is_case_file and file_path.parent.resolve() == _folder(parent.config):
        return CaseFile.from_parent(parent, path=file_path)
    return None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the known failures anew where that was asked for."""
    folder = _folder(session.config)
    if folder and session.config.getoption("--diglot-update-known-failures"):
        results: list[Result] = session.config.stash[_RESULTS]
        write_known_failures(folder, results)


def _folder(config: pytest.Config) -> Path | None:
    folder = config.getoption("--diglot-terms")
    return Path(folder).resolve() if folder else None


class CaseFile(pytest.File):
    """A case file; it translates all its sentences at once."""

    _report: Report | None = None

    def collect(self) -> Iterator["CaseItem"]:
        """The cases, each a test that is named by its line and sentence."""
        known = read_known_failures(self.path.parent)
        try:
            cases = read_cases(self.path)
        except GlossaryError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            item = CaseItem.from_parent(self, name=f"{case.line}: {case.sentence}", case=case)
            if (case.direction, case.sentence) in known and not self.config.getoption("--diglot-update-known-failures"):
                item.add_marker(pytest.mark.xfail(strict=True, reason=f"in {KNOWN_FAILURES}", raises=TermFailure))
            yield item

    def result(self, case: Case) -> Result:
        """What became of a case."""
        if self._report is None:
            self._report = run_cases(read_cases(self.path), self._translate)
        return next(result for result in self._report.results if result.case == case)

    def _translate(self, sentences: Sequence[str], source: str, target: str) -> list[str]:
        model, glossary = (self.config.getoption(f"--diglot-{name}") for name in ("model", "glossary"))
        return translate(sentences, to=target, from_=source, model=model, glossary=glossary)


class CaseItem(pytest.Item):
    """One case."""

    parent: CaseFile

    def __init__(self, *, case: Case, **options: Any) -> None:
        super().__init__(**options)
        self.case = case

    def runtest(self) -> None:
        """Fail with the explanation of the case."""
        result = self.parent.result(self.case)
        self.config.stash[_RESULTS].append(result)
        if result.outcome == "failed" and not self.config.getoption("--diglot-update-known-failures"):
            raise TermFailure(result.explain())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The explanation alone: a traceback says nothing here."""
        return (
            str(excinfo.value)
            if isinstance(excinfo.value, TermFailure | DiglotError)
            else super().repr_failure(excinfo, style)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line (from 0) and name."""
        return self.path, self.case.line - 1, self.name


class TermFailure(AssertionError):
    """A translation that misses a term or has a forbidden one."""
