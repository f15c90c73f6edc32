"""The table: what a spreadsheet and a line-based tool see of it, and what people do to it."""

import csv
import io

import pytest
from hypothesis import given

from diglot import InputError
from diglot.pipeline.bilingual import tsv
from diglot.pipeline.document import AlignedPair

from .editions import LECTURE, pair, pairs, rows, texts, written


@given(texts)
def test_escaping_is_undone(text: str) -> None:
    (cell,) = next(csv.reader([tsv.escape(text)], delimiter="\t")) or [""]
    assert tsv.unescape(cell) == text


@given(pairs())
def test_a_pair_is_a_line_and_a_column_a_cell(content: list[AlignedPair]) -> None:
    lines = written("tsv", content).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 1 + len(content)
    assert all(line.count("\t") == len(tsv.COLUMNS) - 1 for line in lines)
    assert not any(ch in line for line in lines for ch in "\r\x0b\x0c\x85\u2028\u2029\0")


@given(pairs())
def test_no_cell_is_a_formula_for_a_spreadsheet(content: list[AlignedPair]) -> None:
    table = csv.DictReader(io.StringIO(written("tsv", content), newline=""), delimiter="\t")
    for row in table:
        assert not (row["source"] + "x").startswith(("=", "+", "@"))
        assert not row["target"].startswith("-") or row["target"].strip("-.0123456789") == ""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (r"\nabla \theta", r"\nabla \theta"),
        ("a\tb\nc", "a␉b␊c"),
        ("␊", "␛␊"),
        ("=SUM(A1)", "'=SUM(A1)"),
        ("- an item", "'- an item"),
        ("-0.25", "-0.25"),
        ("'Tis so", "'Tis so"),
        ('"so"', '"""so"""'),
        ('say "so"', 'say "so"'),
        ("\ud83d", "␛d83d;"),
    ],
)
def test_cells(text: str, cell: str) -> None:
    assert tsv.escape(text) == cell


def test_findings_stand_in_their_column() -> None:
    lines = written("tsv", LECTURE).splitlines()
    column = tsv.COLUMNS.index("findings")
    assert lines[3].split("\t")[column] == "error number: “12” became “21”"
    assert lines[1].split("\t")[column] == ""


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "\ufeffsource_language\ttarget_language\tsource\ttarget\nen\tja\tYes\tはい\n",
            ("Yes", "はい", "translated", ""),
        ),
        (
            "target\tsource\tnote\tsource_language\ttarget_language\r\nはい\tYes\tok\ten\tja\r\n",
            ("Yes", "はい", "translated", "ok"),
        ),
        # a spreadsheet wrote a line break that was typed into a cell
        (
            'source_language\ttarget_language\tsource\ttarget\nen\tja\tYes\t"は\nい"\n',
            ("Yes", "は\nい", "translated", ""),
        ),
    ],
)
def test_tables_that_people_saved(table: str, expected: tuple[str, ...]) -> None:
    (row,) = rows("tsv", table)
    assert (row.source, row.target, row.status, row.note) == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("index\tsource\n", "line 1: no column source_language or target_language or target"),
        (
            "source_language\ttarget_language\tsource\ttarget\nen\tja\tYes\n",
            "line 2: 3 columns where the first line names 4",
        ),
        ("source_language\ttarget_language\tsource\ttarget\nen\tja\ta\tb\tc\n", "line 2: 5 columns"),
    ],
)
def test_tables_that_are_not_whole(table: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        list(rows("tsv", table))


def test_a_long_paragraph_is_read() -> None:
    text = "word " * 60_000
    assert next(rows("tsv", written("tsv", [pair(0, text, text)]))).source == text


@pytest.mark.parametrize("cell", ['"Bonjour », dit-elle.', '"Bonjour" dit-elle.'])
def test_a_lone_quotation_mark_swallows_no_row(cell: str) -> None:
    rows = f"source_language\ttarget_language\tsource\ttarget\nen\tfr\tYes\tOui\nen\tfr\tHello\t{cell}\nen\tfr\tNo\tNon\n"
    with pytest.raises(InputError, match=r"line 3: .*a cell that begins with a double quote ends with one"):
        list(tsv.read(io.StringIO(rows)))
