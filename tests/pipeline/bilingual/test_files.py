"""Files of pairs as people have them: whatever their names, however a program saved them."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import DiglotError, InputError
from diglot.pipeline.bilingual.files import read_file, read_stream

from .editions import LECTURE, written

TABLE = 'source_language{0}target_language{0}source{0}target{0}score\nen{0}ja{0}"Yes, it is."{0}はい、そうです。{0}{1}\n'


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.txt", "a", "en-ja"])
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_a_table_is_known_by_its_first_line(tmp_path: Path, name: str, separator: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(TABLE.format(separator, '"-0,25"').replace("\n", "\r\n").encode(encoding))
    (row,) = read_file(path)
    assert row[:4] == ("en", "ja", "Yes, it is.", "はい、そうです。")
    assert (row.line, row.score) == (2, -0.25)


@pytest.mark.parametrize("format", ["tsv", "jsonl", "tmx", "xliff"])
@pytest.mark.parametrize("name", ["lecture.xml", "lecture.sdlxliff", "lecture.json", "lecture"])
def test_an_edition_of_another_name_is_known_by_how_it_begins(tmp_path: Path, format: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(written(format, LECTURE), encoding="utf-8")
    assert [row.source for row in read_file(path)] == [pair.segment.text for pair in LECTURE]


@pytest.mark.parametrize("format", ["tsv", "jsonl", "tmx", "xliff"])
def test_rows_say_which_segment_they_are_of(tmp_path: Path, format: str) -> None:
    path = tmp_path / f"lecture.{format}"
    path.write_text(written(format, LECTURE), encoding="utf-8")
    assert [row.segment for row in read_file(path)] == [pair.segment.index for pair in LECTURE]
    if format != "xliff":
        assert all(row.score == -0.25 for row in read_file(path))


def test_rows_and_columns_that_were_emptied_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("source_language,target_language,source,target,,\nen,ja,Yes,はい,,,,\n,,,,,,,\n,,,\n", encoding="utf-8")
    assert [row[:4] for row in read_file(path)] == [("en", "ja", "Yes", "はい")]


def test_a_table_of_two_columns_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.en-ja.txt"
    path.write_text("{x}\ty\n<b>\tz\n", encoding="utf-8")
    assert [row[:4] for row in read_file(path)] == [("en", "ja", "{x}", "y"), ("en", "ja", "<b>", "z")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp932"])
def test_a_carriage_return_alone_ends_no_line_of_two_columns(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.en-ja.txt"
    path.write_bytes("a cat\rsat\tネコが\r座った\r\n\r\nIt slept.\t寝た。".encode(encoding))
    rows = [(row.line, row.source, row.target) for row in read_file(path)]
    assert rows == [(1, "a cat\rsat", "ネコが\r座った"), (3, "It slept.", "寝た。")]


@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
@pytest.mark.parametrize(
    "beginning", [b"", b"source\ttarget\tsource_language\ttarget_language\n", b"\xff\xfe", b'{"', b"<tmx>"]
)
def test_any_bytes_are_rows_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, beginning: bytes, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.en-ja.txt"
    path.write_bytes(beginning + data)
    try:
        list(read_file(path))
    except DiglotError as error:
        assert str(error).startswith(str(path))


def test_a_stream_is_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises(InputError, match="this is a workbook"):
        list(read_stream(BytesIO(b"PK\x03\x04\xff"), "lecture.xlsx"))
    assert list(read_stream(path.open("rb"), "standard input")) == []
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="standard input: line 1: no tab"):
        list(read_stream(path.open("rb"), "standard input"))
