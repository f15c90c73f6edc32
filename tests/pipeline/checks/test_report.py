"""The findings for people, programs and code-scanning services, and the gate."""

import json
from collections import Counter
from pathlib import Path

import pytest

from diglot.pipeline.checks import CODES
from diglot.pipeline.checks.report import Place, fails, summary, to_json, to_sarif, to_text
from diglot.pipeline.document import AlignedPair, Finding, Segment, Translation

FINDINGS = (
    Finding("number", "error", "“3” became “4”", "Write the value of 3", (7, 8), (0, 1)),
    Finding("space", "info", "Two spaces in a row", "Leave one", None, (1, 3)),
)
PAIR = AlignedPair(
    Segment(4, 2, "paragraph", "en", "It has\n3 layers.", ((0, 16),)),
    Translation("4  \ud800層", "translated"),
    FINDINGS,
)


@pytest.mark.parametrize(
    ("fail_on", "closed"),
    [
        ("error", True),
        ("warning", True),
        ("info", True),
        ("number", True),
        ("space", True),
        ("unit", False),
        ("unit,space", True),
    ],
)
def test_gate(fail_on: str, closed: bool) -> None:
    assert fails(FINDINGS, fail_on) is closed


def test_gate_lets_lesser_findings_pass() -> None:
    assert not fails(FINDINGS[1:], "warning")
    assert not fails((), "info")


def test_text_has_a_line_that_editors_can_jump_to() -> None:
    first, second = to_text([Place("a.tsv", 6, PAIR)])
    assert first.splitlines() == [
        "a.tsv:6: error: “3” became “4”. Write the value of 3. [number]",
        "  It has 3 layers.",
        "  4 \\ud800層",
    ]
    assert second.startswith("a.tsv:6: info:")


def test_json_has_a_line_a_finding() -> None:
    records = [json.loads(line) for line in to_json([Place("a.tsv", 6, PAIR)])]
    assert [(r["path"], r["line"], r["segment"], r["code"], r["target"]) for r in records] == [
        ("a.tsv", 6, 4, "number", [0, 1]),
        ("a.tsv", 6, 4, "space", [1, 3]),
    ]


def test_sarif_is_built_as_the_standard_says() -> None:
    log = json.loads("".join(to_sarif([Place("my lecture.tsv", 6, PAIR)])))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CODES)
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("number", "error"),
        ("space", "note"),
    ]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20lecture.tsv"
    assert place["region"]["startLine"] == 6


def test_sarif_names_an_absolute_file_by_its_scheme(tmp_path: Path) -> None:
    log = json.loads("".join(to_sarif([Place(str(tmp_path / "my lecture.tsv"), 6, PAIR)])))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == (tmp_path / "my lecture.tsv").as_uri()


def test_sarif_without_findings_is_whole() -> None:
    (run,) = json.loads("".join(to_sarif([])))["runs"]
    assert run["results"] == []


def test_summary() -> None:
    assert summary(Counter(warning=2, error=1)) == "1 error, 2 warnings"
    assert summary(Counter()) == "no findings"
