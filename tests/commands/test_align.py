"""``diglot align`` on files: what it reads, what it writes where, and what it refuses."""

import csv
from pathlib import Path

import click
import pytest
from commanding import Call, caller

from diglot import CheckpointError, InputError, LanguageError
from diglot.commands.align import align

NOTES = """The heap grows upwards in memory.

ヒープはメモリの上へ伸びます。

The stack grows down, and nobody knows why.

スタックは下へ伸びますが、理由は誰も知りません。
"""


@pytest.fixture
def aligned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text(NOTES, encoding="utf-8")
    return caller(align, capfd)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_bilingual_file_becomes_editions(aligned: Call, tmp_path: Path) -> None:
    done = aligned("notes.txt", "--formats", "tsv,html")
    assert done.code == 0
    assert [row["target"] for row in rows(tmp_path / "notes.en-ja.tsv")] == [
        "ヒープはメモリの上へ伸びます。",
        "スタックは下へ伸びますが、理由は誰も知りません。",
    ]
    assert (tmp_path / "notes.en-ja.html").exists()
    assert "en to ja, 2 pairs, mean score " in done.err
    assert done.out == ""


def test_two_files_become_one_edition_on_stdout(aligned: Call, tmp_path: Path) -> None:
    paragraphs = NOTES.split("\n\n")
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs[0::2]), encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n\n".join(paragraphs[1::2]), encoding="utf-8")
    done = aligned("a.txt", "b.txt", "-o", "-")
    assert "The stack grows down, and nobody knows why.\tスタックは下へ" in done.out
    assert not list(tmp_path.glob("*.tsv"))


def test_subtitles_and_their_translation_become_bilingual_subtitles(aligned: Call, tmp_path: Path) -> None:
    times = ("00:00:01,000 --> 00:00:03,000", "00:00:04,000 --> 00:00:06,000")
    texts = {"en": ("We sort the list.", "It has 20 items."), "ja": ("リストを整列します。", "20個の要素があります。")}
    for name, lines in texts.items():
        text = "".join(f"{i}\n{time}\n{line}\n\n" for i, (time, line) in enumerate(zip(times, lines, strict=True), 1))
        (tmp_path / f"{name}.srt").write_text(text, encoding="utf-8")
    assert aligned("en.srt", "ja.srt", "--formats", "srt", "-o", "out").code == 0
    assert "We sort the list.\nリストを整列します。\n" in (tmp_path / "out" / "en.en-ja.srt").read_text(encoding="utf-8")


def test_a_model_may_help(aligned: Call, tmp_path: Path) -> None:
    """Short sentences, one of them left out: the translations make it surer which."""
    animals = ("The cat sleeps.", "The dog barks.", "The horse runs.", "The cow eats.", "The pig drinks.")
    (tmp_path / "a.txt").write_text("\n\n".join(animals), encoding="utf-8")
    (tmp_path / "b.txt").write_text("猫が眠る。\n\n馬が走る。\n\n牛が食べる。\n\n豚が飲む。\n", encoding="utf-8")
    scores = []
    for model in ((), ("--model", "bundled")):
        assert aligned("a.txt", "b.txt", "--from", "en", "--to", "ja", "--overwrite", *model).code == 0
        made = [row for row in rows(tmp_path / "a.en-ja.tsv") if row["status"] == "translated"]
        assert {"source": "The horse runs.", "target": "馬が走る。"}.items() <= made[1].items()
        scores.append(sum(float(row["score"]) for row in made))
    assert scores[0] < scores[1]
    with pytest.raises(CheckpointError, match="nowhere"):
        aligned("a.txt", "b.txt", "--model", "nowhere", "--overwrite")


def test_the_wrong_file_is_told_and_the_edition_is_written(aligned: Call, tmp_path: Path) -> None:
    caches = (
        "A cache keeps what was read last close to the processor. When the data is there, we call it a hit. Otherwise the "
        "program waits for the memory. That takes a hundred times as long. Loops that walk along rows are therefore fast. "
        "Loops that walk along columns are slow. Let us measure both on a large matrix. The first one needs two seconds. "
        "The second one needs thirty seconds. Nothing but the order of access has changed.\n"
    )
    bread = (
        "まず小麦粉と水を混ぜます。酵母は糖を食べてガスを作ります。塩はその働きを抑えるので、後で加えます。生地に布をかけます。"
        "暖かい部屋で一晩休ませましょう。朝には2倍の大きさになります。パンの形を作る前にオーブンを温めます。"
        "蒸気がパンに茶色の皮を与えます。叩くと空洞の音がするまで焼きます。切る前に1時間待ってください。\n"
    )
    (tmp_path / "caches.txt").write_text(caches, encoding="utf-8")
    (tmp_path / "bread.txt").write_text(bread, encoding="utf-8")
    done = aligned("caches.txt", "bread.txt")
    assert done.code == 4
    assert "caches.txt and bread.txt do not seem to be translations of each other: " in done.err
    assert len(rows(tmp_path / "caches.en-ja.tsv")) >= 10
    (tmp_path / "both.txt").write_text(f"{caches}\n{bread}", encoding="utf-8")
    done = aligned("both.txt")
    assert done.code == 4
    assert "en and ja of both.txt do not seem" in done.err


def test_languages_are_codes_and_in_the_texts(aligned: Call, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("The loss is small. We lower the learning rate.\n", encoding="utf-8")
    (tmp_path / "two.txt").write_text("損失は小さいです。学習率を下げます。\n", encoding="utf-8")
    assert aligned("one.txt", "two.txt", "--from", "EN", "--to", "ja-JP").code == 0
    assert len(rows(tmp_path / "one.en-ja.tsv")) == 2
    with pytest.raises(click.UsageError, match="did you mean ja"):
        aligned("one.txt", "two.txt", "--to", "japanese", "--overwrite")
    for languages in (("--from", "fr"), ("--to", "zh")):
        with pytest.raises(LanguageError, match=rf"no text in {languages[1]} here \(found: (en|ja)\)"):
            aligned("one.txt", "two.txt", *languages, "--overwrite")


def test_an_edition_that_exists_is_left_alone(aligned: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.en-ja.tsv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        aligned("notes.txt")
    assert (tmp_path / "notes.en-ja.tsv").read_text(encoding="utf-8") == "mine"
    assert aligned("notes.txt", "--overwrite").code == 0


def test_languages_that_are_given_are_the_ones_aligned(aligned: Call, tmp_path: Path) -> None:
    aligned("notes.txt", "--from", "ja", "--to", "en")
    assert [row["source_language"] for row in rows(tmp_path / "notes.ja-en.tsv")] == ["ja", "ja"]


def test_what_cannot_be_aligned_is_refused(aligned: Call, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Only English here, and nothing else at all.\n", encoding="utf-8")
    with pytest.raises(LanguageError, match="two languages"):
        aligned("one.txt")
    with pytest.raises(click.UsageError):
        aligned("one.txt", "one.txt", "one.txt")
    with pytest.raises(click.UsageError):
        aligned("notes.txt", "-o", "-", "--formats", "tsv,html")
    with pytest.raises(InputError, match="has both languages"):
        aligned("notes.txt", "--formats", "srt")
    with pytest.raises(InputError, match="nowhere"):
        aligned("nowhere.txt")
