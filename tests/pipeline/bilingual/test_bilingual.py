"""What is true of every edition, whatever its format."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

from diglot import InputError
from diglot.pipeline import bilingual
from diglot.pipeline.document import AlignedPair

from .editions import LECTURE, pairs, rows, written

WRITTEN = [name for name in bilingual.WRITTEN if name not in ("srt", "vtt", "ass")]


@pytest.mark.parametrize("name", bilingual.READ)
@given(content=pairs())
def test_what_is_written_is_read_back(name: str, content: list[AlignedPair]) -> None:
    back = list(rows(name, written(name, content)))
    assert [(row.source, row.target, row.status) for row in back] == [
        (pair.segment.text, pair.target, pair.translation.status) for pair in content
    ]
    assert all(row.source_language == "en" and row.note == "" for row in back)


@pytest.mark.parametrize("name", bilingual.READ)
def test_a_note_stands_where_the_format_has_its_notes(name: str) -> None:
    noted = [replace(pair, note='ask\n"Mei"') for pair in LECTURE]
    back = list(rows(name, written(name, noted)))
    assert [row.note for row in back] == ['ask\n"Mei"'] * len(LECTURE)
    assert not any(row.note for row in rows(name, written(name, LECTURE)))


@pytest.mark.parametrize("name", WRITTEN)
@given(content=pairs())
def test_any_pairs_can_be_written(name: str, content: list[AlignedPair]) -> None:
    assert written(name, content) or not content


@pytest.mark.parametrize("name", bilingual.READ)
def test_target_language_is_told_of_every_translated_pair(name: str) -> None:
    back = list(rows(name, written(name, LECTURE)))
    assert [row.target_language for row in back if row.status == "translated"] == ["ja"] * 3
    assert [row.source_language for row in back] == [pair.segment.language for pair in LECTURE]


@pytest.mark.parametrize("name", WRITTEN)
def test_pairs_are_written_as_they_come(name: str) -> None:
    """A writer must not wait for the last pair, except for the rest of the block that it is in."""
    file = io.StringIO()
    before: list[int] = []

    def stream():  # type: ignore[no-untyped-def]
        for pair in LECTURE:
            yield pair
            before.append(file.tell())

    bilingual.write(name, stream(), file, title="t", source="mul", target="ja")
    assert before == sorted(before) and before[-1] > before[0] > 0


@pytest.mark.parametrize("name", bilingual.READ)
@pytest.mark.parametrize("text", ["", "{", "no edition\nat all\n", "<tmx><body><tu></tu></body></tmx>", "<a>", "\0"])
def test_what_is_no_edition_is_refused_or_empty(name: str, text: str) -> None:
    try:
        assert list(rows(name, text)) == []
    except InputError as error:
        assert str(error).startswith("line ")


def test_a_row_becomes_a_pair_again() -> None:
    row = bilingual.Row("en", "ja", "Right.", "はい。")
    pair = bilingual.pair(row, 7)
    assert (pair.segment.index, pair.segment.text, pair.target) == (7, "Right.", "はい。")
    assert pair.translation.status == "translated"


@pytest.mark.parametrize("status", ["kept", "untranslated"])
def test_who_fills_a_translation_in_need_not_correct_its_status(status: str) -> None:
    assert bilingual.pair(bilingual.Row("en", "ja", "Right.", "Right.", status), 0).translation.status == status
    assert bilingual.pair(bilingual.Row("en", "ja", "Right.", "はい。", status), 0).translation.status == "translated"


@pytest.mark.parametrize("first", bilingual.READ)
@pytest.mark.parametrize("second", bilingual.READ)
@given(content=pairs())
def test_an_edition_is_the_same_through_another_format(first: str, second: str, content: list[AlignedPair]) -> None:
    once = list(rows(first, written(first, content)))
    again = rows(second, written(second, (bilingual.pair(row, i) for i, row in enumerate(once))))
    assert [row[:5] for row in again if row.status == "translated"] == [
        row[:5] for row in once if row.status == "translated"
    ]


def test_lxml_is_loaded_only_for_xml() -> None:
    program = """
import io, sys
from diglot.pipeline import bilingual
for name in ("tsv", "jsonl", "html", "md"):
    bilingual.write(name, [], io.StringIO(), title="t", source="en", target="ja")
sys.exit("lxml" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
