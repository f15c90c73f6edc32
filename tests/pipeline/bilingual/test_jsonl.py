"""One object a line, with everything that is known of a pair."""

import json

import pytest
from hypothesis import given

from diglot import InputError
from diglot.pipeline.document import AlignedPair

from .editions import LECTURE, pairs, rows, written


@given(pairs())
def test_every_line_is_an_object(content: list[AlignedPair]) -> None:
    records = [json.loads(line) for line in written("jsonl", content).splitlines()]
    assert [(r["index"], r["source"], r["target"]) for r in records] == [
        (pair.segment.index, pair.segment.text, pair.target) for pair in content
    ]


def test_spans_and_findings_have_their_places() -> None:
    records = [json.loads(line) for line in written("jsonl", LECTURE).splitlines()]
    span = records[1]["spans"][0]
    assert records[1]["source"][span["start"] : span["end"]] == "$x$"
    finding = records[2]["findings"][0]
    assert records[2]["source"][slice(*finding["source"])] == "12"
    assert records[2]["target"][slice(*finding["target"])] == "21"
    assert (finding["code"], finding["severity"]) == ("number", "error")


def test_unreadable_lines_are_told_by_number() -> None:
    good = written("jsonl", LECTURE[:1])
    with pytest.raises(InputError, match=r"^line 2: not JSON"):
        list(rows("jsonl", good + "{\n"))
    with pytest.raises(InputError, match=r"^line 2: an object with the texts"):
        list(rows("jsonl", good + '{"source": 1}\n'))


def test_nesting_that_json_cannot_follow_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"^line 1: not JSON"):
        list(rows("jsonl", "[" * 100_000))
