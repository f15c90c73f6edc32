"""``pytest --diglot-terms DIR`` runs the term cases of a folder, with a translator that the test's conftest gives."""

import pytest

pytest_plugins = ["pytester"]

CASES = (
    "sentence\tdirection\tmust contain\tmust not contain\tnote\n"
    "The loss falls.\ten-ja\t損失\t紛失\t\n"
    "Gradients are small.\ten-ja\t勾配\t\t\n"
)
CONFTEST = """
from diglot.pipeline import pytest_plugin

def translate(texts, to, from_, model, glossary):
    assert (to, from_, model, glossary) == ("ja", "en", MODEL, GLOSSARY)
    return [ANSWERS[text] for text in texts]

MODEL = {model!r}
GLOSSARY = {glossary!r}
ANSWERS = {answers!r}
pytest_plugin.translate = translate
"""


@pytest.fixture
def run(pytester: pytest.Pytester):
    terms = pytester.mkdir("terms")
    (terms / "lecture.tsv").write_text(CASES, encoding="utf-8")
    (terms / "notes.txt").write_text("not a case file", encoding="utf-8")

    def run(
        *options: str, loss: str = "紛失", gradients: str = "勾配", model: str | None = None, glossary: tuple[str, ...] = ()
    ) -> pytest.RunResult:
        answers = {"The loss falls.": loss, "Gradients are small.": gradients}
        pytester.makeconftest(CONFTEST.format(answers=answers, model=model, glossary=list(glossary)))
        plugin = ("-p", "no:diglot", "-p", "diglot.pipeline.pytest_plugin")  # installed with the package or not
        return pytester.runpytest(*plugin, *options)

    return run


def test_every_case_is_a_test_and_a_failure_explains_itself(run) -> None:
    result = run("--diglot-terms", "terms", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*lecture.tsv::3: Gradients are small* PASSED*", "*missing    損失*", "*forbidden  紛失*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_model_is_handed_on(run) -> None:
    run("--diglot-terms", "terms", "--diglot-model", "mine", loss="損失", model="mine").assert_outcomes(passed=2)


def test_the_glossaries_are_handed_on(run) -> None:
    options = "--diglot-terms", "terms", "--diglot-glossary", "mine.en-ja.tsv", "--diglot-glossary", "bundled"
    run(*options, loss="損失", glossary=("mine.en-ja.tsv", "bundled")).assert_outcomes(passed=2)


def test_the_cases_run_beside_the_tests_of_the_project(run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    run("--diglot-terms", "terms", loss="損失").assert_outcomes(passed=3)
    run("--diglot-terms", "terms", "terms", loss="損失").assert_outcomes(passed=2)


def test_without_the_option_nothing_happens(run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    run().assert_outcomes(passed=1)


def test_known_failures_are_written_then_expected_then_strict(run, pytester: pytest.Pytester) -> None:
    run("--diglot-terms", "terms", "--diglot-update-known-failures").assert_outcomes(passed=2)
    known = pytester.path / "terms" / "known-failures.tsv"
    assert known.read_text(encoding="utf-8") == "direction\tsentence\nen-ja\tThe loss falls.\n"
    run("--diglot-terms", "terms").assert_outcomes(passed=1, xfailed=1)
    run("--diglot-terms", "terms", loss="損失").assert_outcomes(passed=1, failed=1)
    run("--diglot-terms", "terms", "--diglot-update-known-failures", loss="損失").assert_outcomes(passed=2)
    assert not known.exists()


def test_a_bad_case_file_is_an_error_with_its_line(run, pytester: pytest.Pytester) -> None:
    (pytester.path / "terms" / "bad.tsv").write_text("nothing\n", encoding="utf-8")
    result = run("--diglot-terms", "terms", loss="損失")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.tsv:1: no header line*"])


RAISING = """
from diglot import GlossaryError
from diglot.pipeline import pytest_plugin

def translate(*_, **__):
    raise GlossaryError("mine.en-ja.tsv: cannot be read")

pytest_plugin.translate = translate
"""


@pytest.mark.usefixtures("run")
def test_what_the_user_can_mend_is_said_without_a_traceback(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(RAISING)
    result = pytester.runpytest("-p", "no:diglot", "-p", "diglot.pipeline.pytest_plugin", "--diglot-terms", "terms")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["mine.en-ja.tsv: cannot be read"])
    result.stdout.no_fnmatch_line("*raise GlossaryError*")
