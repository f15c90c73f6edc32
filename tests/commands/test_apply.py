"""``diglot apply``: which files it reads and writes, what it says, how it ends."""

from pathlib import Path

import click
import pytest
from commanding import Call, caller

from diglot import InputError
from diglot.commands.apply import apply

TEXT = "# Noise\n\nIs that clear? Yes. We average. Is that clear? Yes.\n"
TARGETS = ["ノイズ", "よろしいですか。", "はい。", "平均します。", "分かりますか。", "ええ。"]
SOURCES = ["Noise", "Is that clear?", "Yes.", "We average.", "Is that clear?", "Yes."]
DONE = "# ノイズ\n\nよろしいですか。はい。平均します。分かりますか。ええ。\n"
HEAD = ["index", "source_language", "target_language", "source", "target", "note"]


@pytest.fixture
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.chdir(tmp_path)
    Path("lecture.md").write_text(TEXT, encoding="utf-8", newline="")
    Path("lecture.en-ja.tsv").write_bytes(table().encode())
    return caller(apply, capfd)


def table(separator: str = "\t") -> str:
    """The edition, sorted by its translations."""
    rows = [
        [str(i), "en", "ja", source, target, ""] for i, (source, target) in enumerate(zip(SOURCES, TARGETS, strict=True))
    ]
    return "".join(separator.join(cells) + "\r\n" for cells in [HEAD, *sorted(rows, key=lambda row: row[4])])


def test_the_document_is_written_in_its_own_format(applied: Call) -> None:
    ran = applied("lecture.en-ja.tsv", "lecture.md")
    assert ran == (0, "", "wrote lecture.ja.md\nlecture.md to ja: 6 of 6 translations placed\n")
    assert Path("lecture.ja.md").read_text("utf-8") == DONE
    with pytest.raises(InputError, match=r"lecture\.ja\.md"):
        applied("lecture.en-ja.tsv", "lecture.md")
    assert applied("lecture.en-ja.tsv", "lecture.md", "--overwrite").code == 0


@pytest.mark.parametrize(
    ("name", "separator", "encoding"),
    [("a.txt", "\t", "utf-16"), ("a.csv", ",", "utf-8-sig"), ("a.csv", ";", "cp932"), ("a.tsv", "\t", "cp932")],
)
def test_editions_are_read_as_spreadsheets_save_them(applied: Call, name: str, separator: str, encoding: str) -> None:
    Path(name).write_bytes(table(separator).encode(encoding))
    assert applied(name, "lecture.md", "-o", "-").out == DONE


@pytest.mark.parametrize("format", ["tsv", "jsonl", "tmx", "xliff"])
def test_what_it_writes_anew_it_reads_again(applied: Call, format: str) -> None:
    assert applied("lecture.en-ja.tsv", "lecture.md", "-o", "out", "--formats", format).code == 0
    assert applied(f"out/lecture.en-ja.{format}", "lecture.md", "-o", "-").out == DONE


def test_the_document_may_have_a_name_of_its_own_and_the_edition_is_never_overwritten(applied: Call) -> None:
    assert applied("lecture.en-ja.tsv", "lecture.md", "-o", "done.md").code == 0
    assert Path("done.md").read_text("utf-8") == DONE
    with pytest.raises(InputError, match=r"lecture\.en-ja\.tsv: is an input"):
        applied("lecture.en-ja.tsv", "lecture.md", "--formats", "tsv", "--overwrite")


def test_everything_without_a_place_is_named_with_its_line(applied: Call) -> None:
    Path("lecture.md").write_text(TEXT.replace("We average.", "Look at this first."), encoding="utf-8")
    ran = applied("lecture.en-ja.tsv", "lecture.md")
    assert ran.code == 3
    assert "lecture.md to ja: 5 of 6 translations placed" in ran.err
    line = next(i for i, row in enumerate(table().splitlines(), 1) if "平均" in row)
    assert f"lecture.en-ja.tsv:{line}: has no place in lecture.md: We average. → 平均します。" in ran.err
    assert "lecture.md:3: left untranslated (en): Look at this first." in ran.err
    assert Path("lecture.ja.md").read_text("utf-8") == DONE.replace("平均します。", " Look at this first. ")


def test_what_the_checks_find_is_counted(applied: Call) -> None:
    Path("lecture.en-ja.tsv").write_text(table().replace("平均します。", "3 回平均します（。"), encoding="utf-8")
    ran = applied("lecture.en-ja.tsv", "lecture.md")
    assert ran.code == 0
    assert "6 of 6 translations placed; " in ran.err
    assert "see diglot check lecture.en-ja.tsv" in ran.err


def test_what_check_cannot_find_is_told_here(applied: Call) -> None:
    Path("talk.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nRoom 12, please, and be quick.\n", encoding="utf-8")
    target = "12号室までお願いします。どうかお急ぎくださいますように。"
    Path("talk.en-ja.tsv").write_text(f"Room 12, please, and be quick.\t{target}\n", encoding="utf-8")
    ran = applied("talk.en-ja.tsv", "talk.srt", "-o", "out")
    assert "talk.srt to ja: 1 of 1 translations placed\n" in ran.err
    assert "talk.srt:3: 28 characters a second" in ran.err
    Path("talk.srt").write_text("1\n00:00:01,000 --> 00:00:09,000\nRoom 14, please, and be quick.\n", encoding="utf-8")
    ran = applied("talk.en-ja.tsv", "talk.srt", "-o", "later")
    assert "talk.srt to ja: 1 of 1 translations placed\n" in ran.err
    assert "talk.srt:3: The edition has another source here" in ran.err
    assert "talk.srt:3: “14” " in ran.err


def test_an_edition_of_another_document_writes_nothing(applied: Call) -> None:
    Path("other.md").write_text("Nothing of it is here.\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"lecture\.en-ja\.tsv: none of its sources"):
        applied("lecture.en-ja.tsv", "other.md")
    assert not Path("other.ja.md").exists()


def test_of_several_languages_one_is_asked_for(applied: Call) -> None:
    cells = ["0", "en", "zh", "Noise", "噪声", ""]
    Path("both.tsv").write_text(table() + "\t".join(cells) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"both\.tsv: into which language\? .*ja, zh; give --to"):
        applied("both.tsv", "lecture.md")
    assert applied("both.tsv", "lecture.md", "--to", "ja", "-o", "-").out == DONE


def test_what_cannot_be_meant_is_refused(applied: Call) -> None:
    with pytest.raises(click.UsageError, match="standard output takes the document alone"):
        applied("lecture.en-ja.tsv", "lecture.md", "-o", "-", "--formats", "tsv")
    Path("folder").mkdir()
    with pytest.raises((click.UsageError, InputError), match="folder"):
        applied("lecture.en-ja.tsv", "folder")
    with pytest.raises(InputError, match=r"lecture\.md: line 1: no tab in it"):
        applied("lecture.md", "lecture.md")
