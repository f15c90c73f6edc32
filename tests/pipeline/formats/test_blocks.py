"""The blocks of each format: a regression corpus, one file a format."""

import json
from pathlib import Path
from typing import Any

import pytest

from diglot.pipeline import formats
from diglot.pipeline.document import Document

DATA = Path(__file__).parents[2] / "data" / "formats"
FILES = ("plain", "markdown", "html", "latex", "rst", "subtitles", "transcript")


def cases() -> list[Any]:
    return [
        pytest.param(
            case.get("format", name),
            case,
            id=f"{name}: {case['label']}",
            marks=[pytest.mark.xfail(strict=True)] if case["verdict"] == "known-failures" else [],
        )
        for name in FILES
        for case in json.loads((DATA / f"{name}.json").read_text("utf-8"))
    ]


def shown(document: Document) -> list[str]:
    text = document.text
    return [f"{b.kind}: {' ⏎ '.join(text[start:end] for start, end in b.ranges)}" for b in document.blocks]


@pytest.mark.parametrize(("format", "case"), cases())
def test_blocks(format: str, case: dict[str, Any]) -> None:
    document = formats.parse("\n".join(case["input"]), format, comments=case.get("comments", False))
    assert shown(document) == case["expected"]
    if "protected" in case:
        assert [document.text[s.start : s.end] for b in document.blocks for s in b.spans] == case["protected"]
