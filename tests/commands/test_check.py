"""``diglot check`` on files: what it reads, what it says where, and when its gate closes."""

import io
import json
from pathlib import Path

import click
import pytest
from commanding import Call, Called, caller

from diglot import DiglotError, InputError, LanguageError
from diglot.commands.check import check
from diglot.pipeline import bilingual
from diglot.pipeline.checks import CODES
from diglot.pipeline.document import AlignedPair, Segment, Translation

ROWS = (
    ("It has 12 layers.", "12 層あります。"),
    ("It takes 3 steps.", "4 ステップかかります。"),
    ("The function is `run_all`.", "関数は run です。"),
)


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.chdir(tmp_path)
    return caller(check, capfd)


def edition(path: Path, rows: tuple[tuple[str, str], ...] = ROWS, target: str = "ja", status: str = "translated") -> Path:
    pairs = [
        AlignedPair(Segment(i, i, "paragraph", "en", s, ((0, len(s)),)), Translation(t, status))  # type: ignore[arg-type]
        for i, (s, t) in enumerate(rows)
    ]
    file = io.StringIO(newline="")
    bilingual.write(path.suffix[1:], pairs, file, title="Layers", source="en", target=target)
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    return path


def found(ran: Called) -> list[tuple[str, str]]:
    """Where and which."""
    heads = [line for line in ran.out.splitlines() if not line.startswith("  ")]
    return [(head.split(": ")[0], head.rsplit("[", 1)[1].rstrip("]")) for head in heads]


@pytest.mark.parametrize(
    ("name", "lines"),
    [("a.tsv", (3, 4)), ("a.jsonl", (2, 3)), ("a.tmx", (13, 19)), ("a.xliff", (6, 7)), ("a.en-ja.txt", (2, 3))],
)
def test_every_format_is_read_and_each_finding_has_its_line(
    checked: Call, tmp_path: Path, name: str, lines: tuple[int, int]
) -> None:
    path = tmp_path / name
    if path.suffix == ".txt":
        path.write_text("".join(f"{s}\t{t}\n" for s, t in ROWS), encoding="utf-8")
    else:
        edition(path)
    ran = checked(name)
    assert [code for _, code in found(ran)] == ["number", "span-lost"]
    if path.suffix != ".tmx":
        assert [place for place, _ in found(ran)] == [f"{name}:{line}" for line in lines]
    assert ran.code == 4
    assert ran.err == f"{name}: 3 pairs, 2 errors\n"


def test_languages_are_codes(checked: Call, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It takes 3 steps.\t4 ステップかかります。\n", encoding="utf-8")
    assert [code for _, code in found(checked("a.txt", "--from", "EN", "--to", "ja-JP"))] == ["number"]
    with pytest.raises(click.UsageError, match="did you mean en"):
        checked("a.txt", "--from", "english", "--to", "ja")


def test_the_help_lists_all_codes(checked: Call) -> None:
    words = checked("--help").out.replace(",", " ").split()
    assert set(CODES) <= set(words)


def test_a_good_file_says_nothing_on_stdout(checked: Call, tmp_path: Path) -> None:
    edition(tmp_path / "a.tsv", ROWS[:1])
    assert checked("a.tsv") == (0, "", "a.tsv: 1 pair, no findings\n")


def test_findings_show_both_texts_and_advice(checked: Call, tmp_path: Path) -> None:
    edition(tmp_path / "a.tsv", ROWS[1:2])
    assert checked("a.tsv").out.splitlines() == [
        "a.tsv:2: error: “3” became “4”. Write the value of 3. [number]",
        "  It takes 3 steps.",
        "  4 ステップかかります。",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--fail-on", "unit,term-missing"], 0),
        (["--fail-on", "number"], 4),
        (["--fail-on", "info"], 4),
        (["--off", "number,span-lost"], 0),
        (["--off", "number"], 4),
    ],
)
def test_the_gate_closes_on_what_was_asked(checked: Call, tmp_path: Path, arguments: list[str], code: int) -> None:
    edition(tmp_path / "a.tsv")
    assert checked("a.tsv", *arguments).code == code


@pytest.mark.parametrize("arguments", [["--off", "numbers"], ["--fail-on", "errors"], ["--off", "error"]])
def test_what_is_no_check_is_refused(checked: Call, tmp_path: Path, arguments: list[str]) -> None:
    edition(tmp_path / "a.tsv")
    with pytest.raises(click.UsageError, match="no such check"):
        checked("a.tsv", *arguments)


def test_terms_are_those_of_the_glossary(checked: Call, tmp_path: Path) -> None:
    (tmp_path / "terms.en-ja.tsv").write_text("layer\t層|レイヤー\n", encoding="utf-8")
    rows = (
        ("A layer.", "層です。"),
        ("The layer.", "その層です。"),
        ("Any layer.", "どのレイヤーも。"),
        ("No layer.", "ありません。"),
    )
    edition(tmp_path / "a.tsv", rows)
    ran = checked("a.tsv", "--glossary", "terms.en-ja.tsv", "--fail-on", "term-inconsistent")
    assert found(ran) == [("a.tsv:4", "term-inconsistent"), ("a.tsv:5", "term-missing")]
    assert ran.code == 4
    other = checked(edition(tmp_path / "b.tsv", target="zh").name, "--glossary", "terms.en-ja.tsv")
    assert "not used from en to zh" in other.err


def test_a_memory_with_several_targets_is_checked_in_each(checked: Call, tmp_path: Path) -> None:
    unit = '<tu srclang="en"><tuv xml:lang="en"><seg>It has 12 layers.</seg></tuv>\n{}{}</tu>\n'
    ja, zh = '<tuv xml:lang="ja"><seg>{} 層あります。</seg></tuv>\n', '<tuv xml:lang="zh"><seg>它有{}层。</seg></tuv>\n'
    units = "".join(unit.format(ja.format(a), zh.format(b)) for a, b in ((12, 12), (21, 12), (12, 21)))
    (tmp_path / "a.tmx").write_text(f'<tmx version="1.4"><body>{units}</body></tmx>', encoding="utf-8")
    ran = checked("a.tmx", "--format", "json", "--off", "inconsistent")
    assert [json.loads(line)["target_text"] for line in ran.out.splitlines()] == [
        "21 層あります。",
        "它有21层。",
    ]


def test_json_and_sarif_are_for_programs(checked: Call, tmp_path: Path) -> None:
    edition(tmp_path / "a.tsv")
    edition(tmp_path / "b.tsv", ROWS[1:2])
    records = [json.loads(line) for line in checked("a.tsv", "b.tsv", "--format", "json").out.splitlines()]
    assert [(r["path"], r["line"], r["code"]) for r in records] == [
        ("a.tsv", 3, "number"),
        ("a.tsv", 4, "span-lost"),
        ("b.tsv", 2, "number"),
    ]
    (log,) = json.loads(checked("a.tsv", "b.tsv", "--format", "sarif").out)["runs"]
    assert [result["ruleId"] for result in log["results"]] == ["number", "span-lost", "number"]


def test_kept_and_untranslated_rows(checked: Call, tmp_path: Path) -> None:
    edition(tmp_path / "kept.tmx", (("Same.", "Same."),), status="kept")
    assert checked("kept.tmx").code == 0
    edition(tmp_path / "a.xliff", (("It has layers.", "It has layers."),), status="untranslated")
    assert [code for _, code in found(checked("a.xliff"))] == ["untranslated"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_is_read(checked: Call, tmp_path: Path, encoding: str) -> None:
    path = edition(tmp_path / "a.tsv")
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    assert found(checked("a.tsv")) == [("a.tsv:3", "number"), ("a.tsv:4", "span-lost")]


def test_languages_of_two_columns_are_given_or_named(checked: Call, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("It has 12 layers.\t21 層あります。\n\n", encoding="utf-8")
    assert found(checked("a.tsv", "--from", "en", "--to", "ja")) == [("a.tsv:1", "number")]
    with pytest.raises(LanguageError, match=r"a\.tsv: in which languages"):
        checked("a.tsv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.en-ja.txt", b"one\ttwo\tthree\n", r"a\.en-ja\.txt: line 1: 3 columns"),
        ("a.en-ja.txt", "Loss\t損失関数と勾配\n".encode() * 30 + b"Loss\t\x91\xb9\n", "line 31: bytes that are not in"),
        ("a.en-ja.txt", "Ein\tUn".encode("utf-16")[:-1], "not whole UTF-16"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nYes.\n", r"a\.srt: line 1: no tab in it.*diglot align"),
        ("a.html", b"<!DOCTYPE html>\n<html></html>\n", "a.html: this is a web page; .*Save as TSV"),
        ("a.tmx", b"<tmx><body>", r"a\.tmx: line 1"),
        ("a.tmx", b'<!DOCTYPE tmx [<!ENTITY a "b">]><tmx><tu><tuv><seg>&a;</seg></tuv></tu></tmx>', "entity"),
        ("a.jsonl", b"{}\n", r"a\.jsonl: line 1"),
        ("a.tsv", b"source\ttarget\n", r"a\.tsv: line 1: no column"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    checked: Call, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        checked(name)


def test_standard_input_is_read_like_a_file(checked: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.tsv", "a.jsonl", "a.tmx", "a.xliff"):
        data = edition(tmp_path / name).read_bytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        ran = checked("-")
        assert [code for _, code in found(ran)] == ["number", "span-lost"]
        assert ran.err == "-: 3 pairs, 2 errors\n"


def test_folders_and_missing_files_are_told(checked: Call, tmp_path: Path) -> None:
    for name in (".", "missing.tsv"):
        with pytest.raises(DiglotError, match=r"directory|cannot be read"):
            checked(name)


def test_an_empty_file_has_no_findings(checked: Call, tmp_path: Path) -> None:
    (tmp_path / "a.en-ja.txt").touch()
    assert checked("a.en-ja.txt").code == 0
