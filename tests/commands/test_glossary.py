"""``diglot glossary``: what is found in translations, what is said of a glossary, and how term tests end."""

from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from commanding import Call, caller
from toys import toy_model, toy_tokenizer

from diglot import GlossaryError, InputError, LanguageError
from diglot.commands.common import BUNDLED
from diglot.commands.glossary import glossary
from diglot.commands.terms import bundled, glossary_for
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo

PAIRS = [
    ("The transformer has many layers.", "トランスフォーマーには多くの層があります。"),
    ("The layers are all alike.", "これらの層はどれも同じです。"),
    ("We train the transformer for a day.", "Transformer を一日訓練します。"),
    ("An embedding is a vector.", "埋め込みはベクトルです。"),
    ("Each embedding has a norm.", "各埋め込みにはノルムがあります。"),
    ("An embedding can be averaged.", "埋め込みは平均できます。"),
    ("Look at this embedding again.", "このエンベディングをもう一度見ます。"),
    ("The transformer came out a few years ago.", "変圧器は数年前に登場しました。"),
    ("One more embedding is enough.", "エンベディングはあと一つで十分です。"),
    ("Now we rest.", "では休みましょう。"),
    ("Questions are welcome.", "質問は歓迎です。"),
    ("Read the article first.", "まず論文を読んでください。"),
    ("The weather is fine.", "天気は良いです。"),
    ("See you tomorrow.", "また明日。"),
    ("Please be quiet.", "静かにしてください。"),
]
TERMS = "source\ttarget\tforbidden\ntransformer\tTransformer|トランスフォーマー\t変圧器\n"
CASES = "sentence\tdirection\tmust contain\tmust not contain\tnote\n"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return caller(glossary, capfd)


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def table(name: str = "lecture.en-ja.tsv") -> str:
    return write(name, "".join(f"{source}\t{target}\n" for source, target in PAIRS))


# --------------------------------------------------------------------------------------------------------------------- check


def test_a_glossary_is_read_and_counted(call: Call) -> None:
    ran = call("check", write("terms.en-ja.tsv", TERMS + "Transformer\tTransformer|トランスフォーマー\t\n"))
    assert ran.code == 0
    assert "terms.en-ja.tsv:3: " in ran.out
    assert "1 terms from en to ja, 1 warnings" in ran.err


def test_a_bad_glossary_is_an_error_with_its_line(call: Call) -> None:
    with pytest.raises(GlossaryError, match=r"bad\.en-ja\.tsv:2: "):
        call("check", write("bad.en-ja.tsv", "loss\t損失\nloss\t紛失\n"))


# ------------------------------------------------------------------------------------------------------------ audit, extract


def test_an_audit_shows_all_renderings_with_verdict_and_lines(call: Call) -> None:
    ran = call("audit", table(), "--glossary", write("terms.en-ja.tsv", TERMS))
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0] == "transformer (3)"
    assert {line.strip() for line in lines[1:4]} == {
        "Transformer\t1\taccepted\tline 3",
        "トランスフォーマー\t1\taccepted\tline 1",
        "変圧器\t1\tforbidden\tline 8",
    }
    assert "embedding (5)" in lines
    assert "in 15 pairs" in ran.err


def test_terms_with_one_rendering_are_shown_on_request(call: Call) -> None:
    name = write("terms.en-ja.tsv", "norm\tノルム\n")
    assert "norm (1)" not in call("audit", table(), "--glossary", name).out
    assert "norm (1)" in call("audit", table(), "--glossary", name, "--all").out


def test_a_text_and_its_translation_are_aligned_first(call: Call) -> None:
    write("lecture.en.txt", "\n\n".join(source for source, _ in PAIRS))
    write("lecture.ja.txt", "\n\n".join(target for _, target in PAIRS))
    ran = call("audit", "lecture.en.txt", "lecture.ja.txt", "--glossary", write("terms.en-ja.tsv", TERMS))
    assert "    変圧器\t1\tforbidden\tline 15" in ran.out.splitlines()


def test_what_is_proposed_is_a_glossary(call: Call) -> None:
    ran = call("extract", table(), "--minimum", "2")
    proposed = write("proposed.en-ja.tsv", ran.out)
    assert ran.out.splitlines()[0] == "source\ttarget\tnote"
    assert (
        "embedding\t埋め込み|エンベディング\tin 5 pairs: 埋め込み 3, エンベディング 2. An embedding is a vector. = "
        in ran.out
    )
    assert call("check", proposed).code == 0


@pytest.mark.parametrize("command", ["audit", "extract", "check"])
def test_languages_are_codes(call: Call, command: str) -> None:
    with pytest.raises(click.UsageError, match="did you mean ja"):
        call(command, table("lecture.tsv"), "--from", "en", "--to", "japanese")
    assert call(command, table("lecture.tsv"), "--from", "EN", "--to", "ja-JP").code == 0


@pytest.mark.parametrize("command", ["audit", "extract"])
def test_what_cannot_be_read_is_said(call: Call, command: str) -> None:
    with pytest.raises(LanguageError, match="in which languages"):
        call(command, table("lecture.tsv"))
    with pytest.raises(InputError, match="no translated pairs"):
        call(command, write("empty.en-ja.tsv", ""))
    with pytest.raises(InputError, match="missing"):
        call(command, "missing.en-ja.tsv")
    with pytest.raises(click.UsageError):
        call(command, "a", "b", "c")


def test_several_editions_are_one_text(call: Call) -> None:
    first = write("week1.en-ja.tsv", "".join(f"{source}\t{target}\n" for source, target in PAIRS[:6]))
    rest = write("week2.en-ja.tsv", "".join(f"{source}\t{target}\n" for source, target in PAIRS[6:]))
    other = write("week2.en-zh.tsv", "Each embedding has a norm.\t每个嵌入都有范数。\n")
    ran = call("audit", first, rest, other, "--glossary", write("terms.en-ja.tsv", TERMS))
    assert "    変圧器\t1\tforbidden\tweek2.en-ja.tsv:2" in ran.out.splitlines()
    assert "left out: 1 pairs that are not from en to ja" in ran.err
    assert call("extract", first, rest).out == call("extract", table()).out


# -------------------------------------------------------------------------------------------------------- several glossaries


def test_one_s_own_terms_come_before_the_bundled_ones(call: Call) -> None:
    own = write("own.en-ja.tsv", "transformer\t変形器\n")
    found = glossary_for([BUNDLED, own], "en", "ja")
    assert found is not None
    assert [term.targets for term in found.terms if term.source == "transformer"] == [("変形器",)]
    assert len(found.terms) > 500


def test_a_glossary_of_other_languages_is_left_out_and_said(call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    own = write("own.en-ja.tsv", "loss\t損失\n")
    assert glossary_for([own], "en", "zh") is None
    assert "not used from en to zh" in capfd.readouterr().err
    turned = glossary_for([own], "ja", "en")
    assert turned is not None and turned.terms[0].source == "損失"


@pytest.mark.parametrize(("source", "target"), [("en", "ja"), ("zh", "en"), ("en", "de")])
def test_the_bundled_glossaries_serve_both_directions(source: str, target: str) -> None:
    assert bundled(source, target) is not None
    assert bundled(target, source) == bundled(source, target)
    assert bundled("ja", "zh") is None


# ---------------------------------------------------------------------------------------------------------------- term tests


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("model") / "toy"
    made = toy_model(4, d_model=64, norm="layer")
    checkpoint.save(folder, made, toy_tokenizer(), ModelInfo(("en", "ja", "zh"), {}, "toy"), card="", int8=False)
    return str(folder)


@pytest.fixture
def cases(call: Call) -> str:
    write("terms/one.tsv", f"{CASES}The loss falls.\ten-ja\t損失\t\ta note\nThe mask.\tja-en\t\tzzz\t\n")
    return "terms"


def test_a_failing_case_closes_the_gate(call: Call, cases: str, model: str) -> None:
    ran = call("test", cases, "--model", model, "--threads", "1", "--junit", "report.xml")
    assert ran.code == 4
    assert "terms/one.tsv:2: failed" in ran.out
    assert "en-ja: 0 of 1 passed" in ran.out and "ja-en: 1 of 1 passed" in ran.out
    suites = ElementTree.parse("report.xml").getroot()
    assert [(suite.get("tests"), suite.get("failures")) for suite in suites] == [("1", "1"), ("1", "0")]


def test_a_report_is_not_written_over_the_cases(call: Call, cases: str) -> None:
    before = Path("terms/one.tsv").read_bytes()
    with pytest.raises(InputError, match="would be overwritten"):
        call("test", cases, "--junit", "terms/one.tsv", "--model", "nowhere")
    assert Path("terms/one.tsv").read_bytes() == before


def test_known_failures_are_written_and_then_expected(call: Call, cases: str, model: str) -> None:
    ran = call("test", cases, "--model", model, "--threads", "1", "--update-known-failures")
    assert ran.code == 0
    assert "terms: 1 of 2 cases are known to fail" in ran.err
    assert Path("terms/known-failures.tsv").read_text(encoding="utf-8") == "direction\tsentence\nen-ja\tThe loss falls.\n"
    assert call("test", cases, "--model", model, "--threads", "1").code == 0


def test_a_known_failure_that_passes_closes_the_gate(call: Call, cases: str, model: str) -> None:
    write("terms/known-failures.tsv", "direction\tsentence\nen-ja\tThe loss falls.\nja-en\tThe mask.\n")
    ran = call("test", cases, "--model", model, "--threads", "1")
    assert ran.code == 4
    assert "terms/one.tsv:3: unexpectedly passed" in ran.out
