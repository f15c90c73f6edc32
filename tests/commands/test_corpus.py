"""``diglot corpus`` as a user runs it: from files to a corpus, a pack and a tokenizer, and what it says on the way."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import click
import pytest
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import DiglotError, InputError
from diglot.commands import corpus as commands
from diglot.corpora.pack import Pack
from diglot.corpora.read import read_tsv
from diglot.models import checkpoint
from diglot.models.tokenizer import Tokenizer

EN, JA, ZH = SENTENCES[:4], SENTENCES[5:9], SENTENCES[9:]


class Ran(NamedTuple):
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ran:
        assert commands.corpus.main(list(arguments), standalone_mode=False) == 0
        return Ran(*capfd.readouterr())

    return call


@pytest.fixture
def files(tmp_path: Path) -> Sequence[str]:
    """Three files of parallel text: a TSV with a broken line and an untranslated one, and two files of lines."""
    rows = [f"talks\td\t{a}\t{b}\n" for a, b in zip(EN, JA, strict=True)]
    (tmp_path / "en-ja.tsv").write_text(
        "".join([*rows, "broken\n", f"talks\td\t{EN[0]} Really.\t{EN[1]}\n"]), encoding="utf-8"
    )
    (tmp_path / "book.en").write_text("".join(f"{a}\n" for a in EN), encoding="utf-8")
    (tmp_path / "book.zh").write_text("".join(f"{a}\n" for a in ZH), encoding="utf-8")
    return ["en-ja.tsv", "book.en", "book.zh"]


def test_from_files_to_pack_and_tokenizer(run: Run, files: Sequence[str], tmp_path: Path) -> None:
    built = run("build", *files, "-o", "out")
    assert "en-ja.tsv:5: 1 columns where 4 were expected" in built.err
    assert "all: 6 of 9 pairs kept; dropped: numbers 2, script 1" in built.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "en-ja.tsv.xz", "en-zh.tsv.xz", "ja-zh.joined.tsv.xz", "report.json",
    ]  # fmt: skip
    packed = run(
        "pack", *(f"out/{p.name}" for p in sorted((tmp_path / "out").glob("*.xz"))), "-o", "t.pack", "--domain", "talks=lec"
    )
    pack = Pack(tmp_path / "t.pack")
    assert packed.err.startswith("lec: talks\ngen: book\nwrote t.pack")
    assert dict(zip(pack.corpora, pack.domains, strict=True)) == {
        "talks": "lec",
        "book": "gen",
    }
    table = run("stats", "t.pack").out.splitlines()
    assert table[0].split()[:3] == ["corpus", "pair", "domain"]
    assert table[-1].split()[:2] == ["all", str(len(pack))]
    run("tokenizer", "t.pack", "--size", "380", "-o", "new/spiece.model", "--threads", "1")
    tokenizer = Tokenizer.load(tmp_path / "new" / "spiece.model")
    assert tokenizer.decode(tokenizer.encode(JA[0])) == JA[0]


def test_only_open_licences(run: Run, files: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[book]\nabout = "A book"\ndomain = "lec"\ntier = "open"\n')
    built = run("build", *files, "-o", "out", "--licences", "open", "--catalogue", "mine.toml")
    assert "talks: 5 pairs left out" in built.err
    assert [p.name for p in (tmp_path / "out").glob("*.xz")] == ["en-zh.tsv.xz"]
    with pytest.raises(InputError, match="no pair was kept"):
        run("build", *files, "-o", "none", "--licences", "open")


def test_held_out_text_stays_out(run: Run, files: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "test.en-ja.tsv").write_text(f"d\t{EN[0].upper()}\tx\n", encoding="utf-8")
    (tmp_path / "test.en").write_text(f"{EN[1]}\n", encoding="utf-8")
    built = run("build", *files, "-o", "out", "--held-out", "test.en-ja.tsv", "--held-out", "test.en")
    assert "held out: 4 texts of 2 files" in built.err
    kept = [pair.first for pair in read_tsv(tmp_path / "out" / "en-ja.tsv.xz")]
    assert not {EN[0], EN[1]} & set(kept) and EN[2] in kept
    (tmp_path / "none.en").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"none\.en"):
        run("build", *files, "-o", "again", "--held-out", "none.en")


def test_fetched_sources_are_built(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[notes]\nabout = "Notes"\ndomain = "lec"\ntier = "open"\nreader = "markdown"\n'
        'repositories = ["me/notes@abc"]\nfiles = { en = "en/*.md", ja = "ja/*.md" }\n'
        '[other]\nabout = "No reader"\ndomain = "lec"\ntier = "open"\n'
        '[moved]\nabout = "Empty"\ndomain = "lec"\ntier = "open"\nreader = "po"\nfiles = { en-ja = "*.po" }\n'
    )
    for code, text in (("en", EN[0]), ("ja", JA[0])):
        (tmp_path / "sources" / "notes" / code).mkdir(parents=True)
        (tmp_path / "sources" / "notes" / code / "a.md").write_text(f"# 1\n\n{text}\n", encoding="utf-8")
    (tmp_path / "sources" / "other").mkdir()
    (tmp_path / "sources" / "moved").mkdir()
    built = run("build", "--sources", "sources", "-o", "out", "--catalogue", "mine.toml")
    assert "other: has no reader" in built.err and "moved: nothing was found" in built.err
    assert [tuple(p) for p in read_tsv(tmp_path / "out" / "en-ja.tsv.xz")] == [("notes", "a", ("en", "ja"), EN[0], JA[0])]


def test_the_catalogue_is_listed(run: Run) -> None:
    listed = run("list", "--pair", "en-ja", "--licences", "open", "--domain", "lec").out.splitlines()[1:]
    assert len(listed) > 3
    assert all(" lec " in line and " open " in line and "en-ja" in line for line in listed)
    assert len(run("list").out.splitlines()) > 100


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("build", "-o", "out"), click.UsageError, "name files"),
        (("build", "gone.tsv", "-o", "out"), InputError, "no such file"),
        (("build", "en-ja.tsv.xz", "-o", "."), InputError, "might be overwritten"),
        (("translate", "en-ja.tsv", "--from", "en", "--to", "ja", "-o", "en-ja.tsv"), InputError, "would be overwritten"),
        (("fetch", "nowhere", "-o", "out"), DiglotError, "no 'nowhere'"),
        (("pack", "en-ja.tsv", "-o", "t.pack", "--domain", "talks=lecture"), click.UsageError, "CORPUS=TAG"),
        (("tokenizer", "en-ja.tsv", "--size", "420", "-o", "m"), InputError, "not a pack"),
        (
            ("translate", "en-ja.tsv", "--from", "en", "--to", "ja", "-o", "out.tsv"),
            click.UsageError,
            "must begin with en-ja",
        ),
    ],
)
def test_mistakes_are_said(
    run: Run, files: Sequence[str], arguments: tuple[str, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run(*arguments)


# ---------------------------------------------------------------------------------------------------------------- translate


class Model:
    """A translator that knows the toy sentences and doubts what it does not know."""

    identity = "toy"
    known: ClassVar = dict(zip(JA, EN, strict=True))

    def __call__(self, texts: Sequence[str], source: str, target: str) -> list["Model.Made"]:
        return [Model.Made(self.known.get(text, "I do not know."), -0.1 if text in self.known else -5.0) for text in texts]

    class Made(NamedTuple):
        text: str
        score: float


def test_back_translation(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "load_model", lambda *_: Model())
    (tmp_path / "mono.ja").write_text("".join(f"{text}\n" for text in [*JA, "", "知らない文です。"]), encoding="utf-8")
    ran = run("translate", "mono.ja", "--from", "ja", "--to", "en", "-o", "bt/en-ja.bt.tsv", "--best", "0.8")
    assert "3 of 5 pairs kept; dropped: score 1, numbers 1" in ran.err
    pairs = list(read_tsv(tmp_path / "bt" / "en-ja.bt.tsv"))
    assert {(p.corpus, p.languages) for p in pairs} == {("mono+mt", ("en", "ja"))}
    assert (pairs[0].first, pairs[0].second) == (EN[0], JA[0])
    assert [p.name for p in (tmp_path / "bt").iterdir()] == ["en-ja.bt.tsv"]


def test_a_translation_never_overwrites_its_source(run: Run, files: Sequence[str], tmp_path: Path) -> None:
    before = (tmp_path / "en-ja.tsv").read_bytes()
    with pytest.raises(InputError, match="would be overwritten"):
        run("translate", str(tmp_path / "en-ja.tsv"), "--from", "ja", "--to", "en", "-o", "./en-ja.tsv")
    assert (tmp_path / "en-ja.tsv").read_bytes() == before


def test_a_text_on_two_lines_is_packed_on_one(run: Run, tmp_path: Path) -> None:
    unit = "<tuv xml:lang='{}'><seg>{}</seg></tuv>"
    body = unit.format("en", "One line\nand\tanother.") + unit.format("ja", "一行と\nもう一行。")
    whole = f"<tmx version='1.4'><header/><body><tu>{body}</tu></body></tmx>"
    (tmp_path / "m.en-ja.tmx").write_text(whole, encoding="utf-8")
    run("pack", "m.en-ja.tmx", "-o", "t.pack")
    (row,) = Pack(tmp_path / "t.pack")
    assert {row.first, row.second} == {"One line and another.", "一行と もう一行。"}


def test_translations_can_be_packed_and_are_told_from_the_rest(
    run: Run, files: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "load_model", lambda *_: Model())
    run("translate", "en-ja.tsv", "--from", "ja", "--to", "en", "-o", "en-ja.kd.tsv.xz", "--best", "0.5")
    run("pack", "en-ja.tsv", "en-ja.kd.tsv.xz", "-o", "t.pack", "--domain", "talks+mt=bt")
    pack = Pack(tmp_path / "t.pack")
    assert dict(zip(pack.corpora, pack.domains, strict=True)) == {"talks": "gen", "talks+mt": "bt"}


def test_no_output_is_written_over_an_input(run: Run, files: Sequence[str], tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=r"en-ja\.tsv: is an input and would be overwritten"):
        run("pack", "en-ja.tsv", "-o", str(tmp_path / "en-ja.tsv"))
    with pytest.raises(InputError, match="would be overwritten"):
        run("tokenizer", "en-ja.tsv", "--size", "380", "-o", "./en-ja.tsv")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_pair_or_domain_that_no_source_has_is_said(run: Run) -> None:
    with pytest.raises(InputError, match=r"no source of en-xx; there are .*en-ja"):
        run("list", "--pair", "en-xx")
    with pytest.raises(click.UsageError, match="doc"):
        run("list", "--domain", "lectures")


def test_languages_are_those_of_other_commands(run: Run, files: Sequence[str]) -> None:
    with pytest.raises(click.UsageError, match="did you mean ja"):
        run("translate", "en-ja.tsv", "--from", "jp", "--to", "EN", "-o", "ja-en.tsv")


# ------------------------------------------------------------------------------------------------------------------- filter


@pytest.fixture
def scorer(tmp_path: Path) -> str:
    """A model of random weights, which has opinions too."""
    info = checkpoint.ModelInfo(("en", "ja"))
    checkpoint.save(tmp_path / "model", toy_model(), toy_tokenizer(), info, card="")
    return "model"


def test_what_the_model_doubts_is_left_out_and_shown(run: Run, files: Sequence[str], scorer: str, tmp_path: Path) -> None:
    ran = run("filter", "en-ja.tsv", "-o", "out", "--model", scorer, "--device", "cpu", "--best", "0.6")
    assert "en-ja.tsv:5: 1 columns" in ran.err and "en-ja.tsv: 3 of 5 pairs kept; dropped: doubt 2" in ran.err
    assert ran.out.splitlines()[1].split()[:4] == ["talks", "en-ja", "5", "3"]
    kept, given = (list(read_tsv(path)) for path in (tmp_path / "out" / "en-ja.tsv", tmp_path / "en-ja.tsv"))
    assert [pair for pair in given if pair in kept] == kept and len(kept) == 3
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["en-ja.tsv"]
    assert len(report["examples"]["doubt"]) == 2
    scores = (tmp_path / "out" / "en-ja.tsv.scores").read_bytes()
    assert "4 of 5" in run("filter", "en-ja.tsv", "-o", "out", "--model", scorer, "--best", "0.8").err
    assert (tmp_path / "out" / "en-ja.tsv.scores").read_bytes() == scores


def test_filtering_says_what_is_wrong(run: Run, files: Sequence[str], scorer: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="would be overwritten"):
        run("filter", "en-ja.tsv", "-o", ".", "--model", scorer)
    (tmp_path / "en-fr.tsv").write_text("One.\tUn.\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not have 'fr'; it has en, ja"):
        run("filter", "en-fr.tsv", "-o", "out", "--model", scorer)
    with pytest.raises(click.UsageError, match="hf:"):
        run("filter", "en-ja.tsv", "-o", "out", "--model", "hf:nobody/nothing")


def test_a_file_without_the_language_is_said(run: Run, files: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "load_model", lambda *_: Model())
    with pytest.raises(InputError, match="nothing in 'fr'"):
        run("translate", "en-ja.tsv", "--from", "fr", "--to", "ja", "-o", "fr-ja.tsv")
