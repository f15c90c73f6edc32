"""The checks: what they find, what they leave alone, and that nothing makes them stumble."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import protect
from diglot.pipeline.check import check, check_all
from diglot.pipeline.checks import CODES
from diglot.pipeline.document import AlignedPair, Segment, Span, Translation
from diglot.pipeline.glossary import Glossary, Term

DATA = Path(__file__).parent.parent / "data" / "check"
CASES = [case for path in sorted(DATA.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]


def pair(source: str, target: str, language: str = "en", *, index: int = 0, status: Any = "translated") -> AlignedPair:
    segment = Segment(index, index, "paragraph", language, source, ((0, len(source)),), tuple(protect.find(source)))
    return AlignedPair(segment, target, Translation(target, status))


def cases(*, known_failures: bool) -> list[Any]:
    chosen = [case for case in CASES if (case["verdict"] == "known-failures") == known_failures]
    return [pytest.param(case["input"], case["expected"], id=case["label"]) for case in chosen]


def codes(given: dict[str, str]) -> list[str]:
    return [finding.code for finding in check(pair(given["source"], given["target"], given["from"]), given["to"])]


@pytest.mark.parametrize(("given", "expected"), cases(known_failures=False))
def test_cases(given: dict[str, str], expected: list[str]) -> None:
    assert codes(given) == expected


@pytest.mark.parametrize(("given", "expected"), cases(known_failures=True))
@pytest.mark.xfail(strict=True)
def test_known_failures(given: dict[str, str], expected: list[str]) -> None:
    assert codes(given) == expected
