"""Case files are read strictly, judged by word and not by letter, and known failures stay strict."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import GlossaryError
from diglot.pipeline.terminology.cases import (
    Case,
    judge,
    read_cases,
    read_known_failures,
    run_cases,
    write_known_failures,
)

HEADER = "sentence\tdirection\tmust contain\tmust not contain\tnote\n"
ROWS = (
    "The loss falls.\ten-ja\t損失|ロス & 下が\t紛失\tnot a loss of property\n"
    "层数很多。\tzh-en\tlayer\t\t\n"
    "Small gradients.\ten-ja\t勾配\t坂\n"
)
TRANSLATIONS = {
    "The loss falls.": "紛失が下がる。",
    "层数很多。": "There are many layers.",
    "Small gradients.": "小さな勾配。",
}
BUNDLED = Path(__file__).parents[2] / "terms"


def translate(texts: Sequence[str], source: str, target: str) -> list[str]:
    return [TRANSLATIONS[text] for text in texts]


def case(must: Sequence[Sequence[str]], must_not: Sequence[str] = (), target: str = "ja") -> Case:
    return Case("x", "en", target, tuple(map(tuple, must)), tuple(must_not), "", Path("a.tsv"), 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lecture.tsv").write_text(HEADER + ROWS, encoding="utf-8")
    return tmp_path


def test_cases_are_read_with_their_places(folder: Path) -> None:
    loss, layers, gradients = read_cases(folder)
    assert (loss.direction, loss.must, loss.must_not) == ("en-ja", (("損失", "ロス"), ("下が",)), ("紛失",))
    assert (loss.note, loss.line, gradients.line, layers.must_not) == ("not a loss of property", 2, 4, ())


def test_a_run_reports_what_is_missing_and_what_is_forbidden(folder: Path) -> None:
    report = run_cases(read_cases(folder), translate)
    assert [result.outcome for result in report.results] == ["failed", "passed", "passed"] and not report.succeeded
    assert report.text() == (
        f"{folder / 'lecture.tsv'}:2: failed\n"
        "    sentence   The loss falls.\n"
        "    came out   紛失が下がる。\n"
        "    missing    損失 | ロス\n"
        "    forbidden  紛失\n"
        "    note       not a loss of property\n"
        "en-ja: 1 of 2 passed (50.0 %); 1 failed\n"
        "zh-en: 1 of 1 passed (100.0 %)\n"
    )


def test_each_direction_is_translated_once_with_all_its_sentences(folder: Path) -> None:
    asked = []

    def watch(texts: Sequence[str], source: str, target: str) -> list[str]:
        asked.append((source, target, len(texts)))
        return translate(texts, source, target)

    run_cases(read_cases(folder), watch)
    assert asked == [("en", "ja", 2), ("zh", "en", 1)]


def test_junit_has_a_suite_for_each_direction(folder: Path) -> None:
    root = ElementTree.fromstring(run_cases(read_cases(folder), translate).junit())
    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in root] == [
        ("diglot terms en-ja", "2", "1"),
        ("diglot terms zh-en", "1", "0"),
    ]
    assert "missing    損失 | ロス" in (root.findtext(".//failure") or "")


def test_junit_takes_characters_that_xml_has_not(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(HEADER + "a\x01b\ten-ja\tx\t\t\n", encoding="utf-8")
    report = run_cases(read_cases(tmp_path), lambda texts, *_: ["y\ud800\x00" for _ in texts])
    assert "y\ufffd\ufffd" in (ElementTree.fromstring(report.junit()).findtext(".//failure") or "")


def test_known_failures_are_strict(folder: Path) -> None:
    cases = read_cases(folder)
    write_known_failures(folder, run_cases(cases, translate).results)
    known = read_known_failures(folder)
    assert known == {("en-ja", "The loss falls.")}
    assert run_cases(cases, translate, known).succeeded
    better = run_cases(cases, lambda texts, *_: ["損失が下がる勾配 layer"] * len(texts), known)
    assert [r.outcome for r in better.results] == ["unexpectedly passed", "passed", "passed"] and not better.succeeded
    assert "take them out with --update-known-failures" in better.text()


def test_writing_known_failures_keeps_those_of_cases_that_did_not_run(folder: Path) -> None:
    write_known_failures(folder, run_cases(read_cases(folder), translate).results)
    passing = judge(case([["a"]], target="en"), "a")
    write_known_failures(folder, [passing])
    assert len(read_known_failures(folder)) == 1
    write_known_failures(
        folder, run_cases(read_cases(folder), lambda texts, *_: ["損失 下が 勾配 layer"] * len(texts)).results
    )
    assert read_known_failures(folder) == frozenset() and len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    ("must", "must_not", "target", "translation", "passes"),
    [
        ([["gradient"]], [], "en", "Gradients vanish.", True),
        ([["fine-tune"]], [], "en", "It was fine-tuned.", True),
        ([["layer"]], [], "en", "multilayered", False),
        ([["エンコーダ"]], [], "ja", "エンコーダーモデル", True),
        ([["正規化する"]], [], "ja", "正規化した", True),
        ([["自己注意"], ["層"]], ["自己"], "ja", "自己注意の層", True),
        ([["学习率"]], ["学习"], "zh", "学习率", True),
        ([["梯度"]], ["梯"], "zh", "梯度", True),
        ([], ["变压器"], "zh", "这个变压器很大", False),
        ([["réseau de neurones"]], [], "fr", "les réseaux de neurones", True),
        ([["a"]], [], "en", "", False),
    ],
)
def test_words_are_looked_for_in_their_forms(
    must: list[list[str]], must_not: list[str], target: str, translation: str, passes: bool
) -> None:
    assert (judge(case(must, must_not, target), translation).outcome == "passed") is passes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: no header line with all columns; begin with the columns sentence, direction"),
        ("a\tb\tc\td\te\n", ":1: no header line"),
        (HEADER + "only one\n", ":2: columns found: 1, expected: 5; separate them by tabs"),
        (HEADER + "a\tenglish\tx\t\t\n", ":2: “english” is no direction; write it like en-ja"),
        (HEADER + "a\ten-ja\t\t\t\n", ":2: the sentence or what to look for is empty"),
        (HEADER + "a\ten-ja\tx||y\t\t\n", ":2: an empty alternative in “x||y”"),
    ],
)
def test_bad_case_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GlossaryError) as error:
        read_cases(path)
    assert str(error.value).startswith(str(path)) and message in str(error.value)


def test_unreadable_files_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "latin.tsv").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "latin.tsv", tmp_path / "none.tsv"):
        with pytest.raises(GlossaryError, match="cannot be read as UTF-8"):
            read_cases(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GlossaryError, match="no case files"):
        read_cases(tmp_path / "empty")


@given(st.text(max_size=40))
def test_any_translation_can_be_judged(translation: str) -> None:
    assert judge(case([["損失"]]), f"{translation} 損失").outcome == "passed"
    assert judge(case([["損失"]]), translation.replace("損", "")).outcome == "failed"


def test_the_bundled_cases_are_600_and_can_be_met() -> None:
    cases = read_cases(BUNDLED)
    directions = [case.direction for case in cases]
    assert {d: directions.count(d) for d in directions} == dict.fromkeys(["en-ja", "en-zh", "ja-en", "zh-en"], 150)
    assert len({(case.direction, case.sentence) for case in cases}) == 600
    for case in cases:
        for choice in (0, -1):
            ideal = " / ".join(group[choice] for group in case.must)
            assert judge(case, ideal).outcome == "passed", f"{case.file}:{case.line}"
