"""``diglot repair``, ``detect`` and ``segment``: what they write where, and what they refuse."""

import io
import json
from pathlib import Path

import pytest
from commanding import Call, Called, caller

from diglot import InputError
from diglot.commands.stages import detect, repair, segment

LECTURE = "# Week one\n\nWelcome to the lecture. The formula is $a^2$.\n\n𝑥 is large. これは日本語です。\n"
DAMAGED = "Le cafÃ© est prÃªt, dit-elle.\r\nclean\r\n"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Call a stage by its name."""
    monkeypatch.chdir(tmp_path)
    calls = {command.name: caller(command, capfd) for command in (repair, detect, segment)}
    return lambda name, *arguments: calls[name](*arguments)


def lines_of(ran: Called) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_repair_writes_text_to_stdout_and_a_report(stage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt").write_bytes(DAMAGED.encode())
    ran = stage("repair", "a.txt", "--report", "new/report.json")
    assert (ran.code, ran.out) == (0, "Le café est prêt, dit-elle.\r\nclean\r\n")
    report = json.loads(Path("new/report.json").read_text("utf-8"))
    assert (report["file"], report["encoding"], len(report["steps"])) == ("a.txt", "utf-8", 2)
    assert ran.err == "a.txt: utf-8, 2 places repaired, 0 of them uncertain\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(DAMAGED.encode())))
    assert stage("repair", "-").out == ran.out


def test_a_report_is_not_written_over_its_input(stage: Call) -> None:
    Path("a.txt").write_bytes(DAMAGED.encode())
    with pytest.raises(InputError, match="is an input and would be overwritten"):
        stage("repair", "a.txt", "--report", "./a.txt")
    assert Path("a.txt").read_bytes() == DAMAGED.encode()


def test_bytes_in_another_encoding_are_reported(stage: Call) -> None:
    Path("a.txt").write_bytes("One dash — and more.\nThe next: ".encode() + b"caf\xe9\n")
    assert "a.txt:2: bytes in another encoding, read as “é”" in stage("segment", "a.txt").err
    stage("repair", "a.txt", "--report", "report.json")
    (stray,) = json.loads(Path("report.json").read_text("utf-8"))["strays"]
    assert (stray["line"], stray["data"], stray["text"]) == (2, "e9", "é")


def test_detect_names_the_language_of_each_passage(stage: Call) -> None:
    Path("a.md").write_text(LECTURE, encoding="utf-8")
    lines = lines_of(stage("detect", "a.md"))
    assert [line["language"] for line in lines] == ["en", "en", "en", "en", "ja"]
    assert all(list(line) == ["start", "end", "language", "probability"] for line in lines)
    assert LECTURE[lines[-1]["start"] : lines[-1]["end"]] == "これは日本語です。"  # type: ignore[misc]


def test_segment_gives_sentences_whose_offsets_are_code_points(stage: Call) -> None:
    Path("a.md").write_text(LECTURE, encoding="utf-8")
    lines = lines_of(stage("segment", "a.md"))
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["kind"] for line in lines[:2]] == ["heading", "paragraph"]
    assert all(LECTURE[line["start"] : line["end"]] == line["text"] for line in lines)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["repair", "detect", "segment"])
def test_what_cannot_be_read_is_an_error_with_its_name(stage: Call, name: str) -> None:
    Path("folder").mkdir()
    Path("a.bin").write_bytes(bytes(range(256)) * 8)
    for file, words in (("folder", "is a directory"), ("a.bin", "binary"), ("b.txt", "No such file")):
        with pytest.raises(InputError, match=f"{file}.*{words}"):
            stage(name, file)
