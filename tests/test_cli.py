"""The commands as a user runs them: a process, its output, its exit code, the files it leaves."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commanding import Run

from diglot.models.translator import PRETRAINED

LECTURE = """# Week one

Welcome to the lecture. The formula is $a^2 + b^2$ and the function is `run_all`.

これは日本語です。
"""


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    path = tmp_path / "week1.md"
    path.write_text(LECTURE, encoding="utf-8")
    return path


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


# ---------------------------------------------------------------------------------------------------------------- translate


def test_a_lecture_becomes_a_document_and_an_edition(run: Run, lecture: Path, tmp_path: Path) -> None:
    ran = run("translate", "week1.md", "--to", "ja")
    assert ran.code in (0, 3), ran.err
    assert names(tmp_path) == {"week1.md", "week1.ja.md", "week1.en-ja.tsv"}
    made = (tmp_path / "week1.ja.md").read_text(encoding="utf-8")
    assert made.count("$a^2 + b^2$") == made.count("`run_all`") == 1
    assert "これは日本語です。" in made
    assert made.startswith("# ")
    assert "4 segments" in ran.err or "5 segments" in ran.err
    assert lecture.read_text(encoding="utf-8") == LECTURE
    assert ran.out == b""


def test_several_targets_and_formats(run: Run, lecture: Path, tmp_path: Path) -> None:
    ran = run("translate", "week1.md", "--to", "ja,zh", "--formats", "html,jsonl", "-o", "out")
    assert ran.code in (0, 3), ran.err
    assert names(tmp_path / "out") == {
        "week1.ja.md", "week1.en-ja.html", "week1.en-ja.jsonl", "week1.zh.md", "week1.mul-zh.html", "week1.mul-zh.jsonl",
    }  # fmt: skip


def test_what_is_in_the_target_language_is_kept_and_gives_no_edition(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("これは日本語の講義です。\n", encoding="utf-8")
    ran = run("translate", "a.txt", "--to", "ja")
    assert ran.code == 0
    assert names(tmp_path) == {"a.txt", "a.ja.txt"}
    assert (tmp_path / "a.ja.txt").read_bytes() == (tmp_path / "a.txt").read_bytes()
    assert "nothing to translate" in ran.err


def test_a_second_run_takes_translations_from_the_cache(run: Run, lecture: Path, tmp_path: Path, cache: Path) -> None:
    assert run("translate", "week1.md", "--to", "ja").code in (0, 3)
    database = cache / "diglot" / "translations.sqlite"
    with sqlite3.connect(database) as connection:
        assert connection.execute("""UPDATE hypotheses SET best_first = '[["訳です。", -0.1]]'""").rowcount > 0
    assert run("translate", "week1.md", "--to", "ja", "-o", "again").code == 0
    assert "訳です。" in (tmp_path / "again" / "week1.ja.md").read_text(encoding="utf-8")
    assert run("translate", "week1.md", "--to", "ja", "-o", "anew", "--no-cache").code in (0, 3)
    assert (tmp_path / "anew" / "week1.ja.md").read_bytes() == (tmp_path / "week1.ja.md").read_bytes()
    database.unlink()


def test_a_notebook_is_translated_into_each_language_from_the_original(run: Run, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# The gradient\n", "\n", "We train the model with `fit()`."]},
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["# We train the model."]},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "week.ipynb").write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    ran = run("translate", "week.ipynb", "--to", "ja,zh")
    assert ran.code in (0, 3), ran.err
    for language, letters in (("ja", "[ぁ-ん]"), ("zh", "[\u4e00-\u9fff]")):
        made = json.loads((tmp_path / f"week.{language}.ipynb").read_text(encoding="utf-8"))
        text = "".join(made["cells"][0]["source"])
        assert re.search(letters, text)
        assert text.startswith("# ")
        assert "`fit()`" in text
        assert made["cells"][1] == cells[1]
        assert (tmp_path / f"week.en-{language}.tsv").exists()


def test_stdin_to_stdout(run: Run) -> None:
    ran = run("translate", "-", "--to", "ja", stdin=b"Good morning.\n")
    assert ran.code in (0, 3)
    assert ran.text.endswith("\n")
    assert ran.text.count("\n") == 1
    ran = run("translate", "-", "--to", "ja", "-o", "-", "--formats", "jsonl", stdin=b"Good morning.\n")
    assert json.loads(ran.text.splitlines()[-1])["source"]


def test_lines_in_lines_out(run: Run) -> None:
    lines = ["Good morning.\r\n", "\n", "What is it? It is a model.\n", "a\u2028b\x0cc\n", "  \n", "42\n", "The last"]
    ran = run("translate", "--lines", "--from", "en", "--to", "ja", stdin="".join(lines).encode())
    assert ran.code in (0, 3), ran.err
    out = ran.text.split("\n")
    assert len(out) == len(lines)
    assert out[0].endswith("\r")
    assert out[1] == ""
    assert out[4:6] == ["  ", "42"]
    assert out[6]
    assert not ran.text.endswith("\n")


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) == signal.SIG_IGN, reason="started in the background: no interrupts")
def test_a_line_is_answered_before_the_next_one_comes_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "diglot.cli", "translate", "--lines", "--from", "en", "--to", "ja", "--threads", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        answers = []
        for line in ("Good morning.\n", "Thank you.\n"):
            process.stdin.write(line.encode())
            process.stdin.flush()
            answers.append(process.stdout.readline().decode())
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert all(answer.strip() for answer in answers)
        assert answers[0] != answers[1]


def test_lines_are_translated_alone_as_in_company(run: Run) -> None:
    lines = ["Good morning.", "What is the derivative of this function?", "Thank you."]
    arguments = ("translate", "--lines", "--from", "en", "--to", "zh")
    together = run(*arguments, stdin="\n".join(lines).encode()).text.split("\n")
    assert [run(*arguments, stdin=line.encode()).text for line in lines] == together


def test_languages_that_the_model_lacks(run: Run, lecture: Path, tmp_path: Path) -> None:
    for arguments in (["--to", "ko"], ["--to", "ja", "--from", "fr"], ["--to", "klingon"]):
        ran = run("translate", "week1.md", *arguments)
        assert ran.code == 2
        assert "it has en, ja, zh" in ran.err
    assert names(tmp_path) == {"week1.md"}


def test_segments_that_could_not_be_translated_are_named_and_end_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good morning.\n\nBonjour à tous et bienvenue dans ce cours.\n", encoding="utf-8")
    ran = run("translate", "a.txt", "--to", "ja")
    assert ran.code == 3
    assert "a.txt:3: left untranslated (the model has no fr): Bonjour" in ran.err
    assert "Bonjour à tous et bienvenue dans ce cours." in (tmp_path / "a.ja.txt").read_text(encoding="utf-8")


def test_only_one_language_is_translated_on_request(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good morning, everyone.\n\n今天我们来讨论机器学习。\n", encoding="utf-8")
    assert run("translate", "a.txt", "--to", "ja", "--from", "zh").code in (0, 3)
    assert "Good morning, everyone." in (tmp_path / "a.ja.txt").read_text(encoding="utf-8")
    assert (tmp_path / "a.zh-ja.tsv").exists()


def test_defaults_come_from_a_file_and_options_win(run: Run, lecture: Path, tmp_path: Path) -> None:
    (tmp_path / "diglot.toml").write_text('to = ["ja"]\nformats = "jsonl"\noutput = "made"\n')
    assert run("translate", "week1.md").code in (0, 3)
    assert names(tmp_path / "made") == {"week1.ja.md", "week1.en-ja.jsonl"}
    assert run("translate", "week1.md", "--formats", "tsv", "--to", "zh").code in (0, 3)
    assert "week1.mul-zh.tsv" in names(tmp_path / "made")


# ---------------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p.mkdir(), "is a directory"),
        (lambda p: p.write_bytes(bytes(range(256)) * 8), "binary"),
        (lambda p: None, "cannot be read (No such file"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(run: Run, tmp_path: Path, make: Callable, words: str) -> None:
    make(tmp_path / "a.txt")
    before = names(tmp_path)
    for arguments in (["translate", "a.txt", "--to", "ja"], ["repair", "a.txt"]):
        ran = run(*arguments)
        assert ran.code == 1
        assert words in ran.err or (arguments[0] == "translate" and "a.txt: no file to translate" in ran.err)
        assert ran.err.startswith("diglot: ")
        assert ran.err.count("\n") == 1
    assert names(tmp_path) == before


def test_an_output_that_cannot_be_written_leaves_nothing(run: Run, lecture: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    ran = run("translate", "week1.md", "--to", "ja", "-o", "out")
    assert ran.code == 1
    assert "cannot be written" in ran.err
    assert names(tmp_path) == {"week1.md", "out"}


def test_a_missing_or_damaged_model_is_said(run: Run, lecture: Path, tmp_path: Path) -> None:
    ran = run("translate", "week1.md", "--to", "ja", "--model", "nowhere")
    assert ran.code == 1
    assert "nowhere" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["translate", "week1.md"],
        ["translate", "--to", "ja"],
        ["translate", "week1.md", "--to", "ja", "--formats", "docx"],
        ["translate", "week1.md", "--to", "ja", "--beam", "0"],
        ["translate", "--lines", "--to", "ja,zh"],
        ["translate", "week1.md", "--to", "ja,zh", "-o", "-"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_what_is_right(run: Run, lecture: Path, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Error:" in ran.err


def test_lines_that_are_not_utf8_are_named(run: Run) -> None:
    ran = run("translate", "--lines", "--from", "en", "--to", "ja", stdin=b"fine\nbad \xff\n")
    assert ran.code == 1
    assert "line 2, byte 5" in ran.err


# -------------------------------------------------------------------------------------------------------------------- models


def test_model_info(run: Run) -> None:
    ran = run("model", "info")
    assert ran.code == 0
    assert "languages" in ran.text
    assert next(PRETRAINED.iterdir()).name in ran.text


def test_evaluate_scores_with_signatures(run: Run, tmp_path: Path) -> None:
    (tmp_path / "src").write_text("Good morning.\nThank you very much.\n", encoding="utf-8")
    (tmp_path / "ref").write_text("早上好。\n非常感谢。\n", encoding="utf-8")
    ran = run("evaluate", "--from", "en", "--to", "zh", "src", "ref", "--hypotheses", "hyp", "--json")
    assert ran.code == 0, ran.err
    scores = json.loads(ran.text)
    assert set(scores) == {"BLEU", "chrF2"}
    assert "tok:zh" in scores["BLEU"]["signature"]
    assert len((tmp_path / "hyp").read_text(encoding="utf-8").splitlines()) == 2
    again = run("evaluate", "--from", "en", "--to", "zh", "src", "ref", "--score", "hyp", "--json", "--model", "nowhere")
    assert json.loads(again.text) == scores


def test_evaluate_takes_an_edition_for_both_sides(run: Run, tmp_path: Path) -> None:
    rows = "Good morning.\t早上好。\nThank you very much.\t非常感谢。\n"
    both = "source_language\ttarget_language\tsource\ttarget\nen\tzh\tGood morning.\t早上好。\nzh\ten\t谢谢。\tThank you.\n"
    files = {"a.en-zh.tsv": rows, "both.tsv": both, "hyp": "早上好。\n谢谢。\n", "short": "早。\n", "empty.en-zh.tsv": ""}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run("evaluate", "a.en-zh.tsv", "--score", "hyp")
    assert (ran.code, ran.text[:4], "tok:zh" in ran.text) == (0, "BLEU", True)
    for arguments, code, words in (
        (("a.en-zh.tsv", "--score", "short"), 1, "short has 1 lines and a.en-zh.tsv 2"),
        (("both.tsv", "--score", "short"), 1, "there are 1 en→zh, 1 zh→en; --from and --to choose them"),
        (("both.tsv", "--score", "short", "--to", "zh-CN"), 0, ""),
        (("empty.en-zh.tsv", "--score", "hyp"), 1, "there are none"),
        (("hyp", "hyp", "--score", "hyp"), 2, "which languages? Give --from and --to"),
        (("hyp", "hyp", "--score", "hyp", "--from", "EN", "--to", "jp"), 2, "did you mean ja?"),
    ):
        ran = run("evaluate", *arguments)
        assert (ran.code, words in ran.err) == (code, True), ran.err


def test_evaluate_scores_no_older_translations_by_accident_and_no_uneven_files(run: Run, tmp_path: Path) -> None:
    for name, text in (("src", "Good morning.\nThank you.\n"), ("ref", "早上好。\n"), ("hyp", "早。\n"), ("empty", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for rest, words in (
        (("src", "ref", "--hypotheses", "hyp"), "hyp: exists already; score it with --score"),
        (("src", "ref"), "src has 2 lines and ref 1"),
        (("empty", "empty", "--score", "empty"), "empty: is empty"),
    ):
        ran = run("evaluate", "--from", "en", "--to", "zh", *rest)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, b"", 1)
        assert words in ran.err
    both = run("evaluate", "--from", "en", "--to", "zh", "src", "ref", "--score", "hyp", "--hypotheses", "new")
    assert both.code == 2


def test_train_from_a_configuration_and_translate_with_the_result(run: Run, tmp_path: Path) -> None:
    """The whole way: pairs, pack, tokenizer, training, model folder, translation."""
    from toys import SENTENCES, toy_tokenizer

    from diglot.corpora import Pair
    from diglot.corpora.pack import write_pack

    pairs = [Pair("toy", "d", ("en", "ja"), a, b) for a in SENTENCES[:5] for b in SENTENCES[5:9]] * 20
    write_pack(pairs, {"toy": "lec"}, tmp_path / "toy.pack")
    (tmp_path / "spiece.model").write_bytes(toy_tokenizer().model)
    (tmp_path / "toy.toml").write_text(_RECIPE)
    ran = run("train", "toy.toml", "-o", "run")
    assert ran.code == 0, ran.err
    assert {"model", "log.jsonl", "state.safetensors"} <= names(tmp_path / "run")
    assert len((tmp_path / "run" / "log.jsonl").read_text().splitlines()) == 6
    described = run("model", "info", "run/model").text
    assert "en ja" in described
    translated = run("translate", "-", "--to", "ja", "--model", "run/model", stdin=b"The decoder writes.\n")
    assert translated.code in (0, 3), translated.err


_RECIPE = """
[model]
d_model = 32
n_heads = 2
d_ff = 48
n_encoder_layers = 1
n_decoder_layers = 1
norm = "layer"

[data]
pack = "toy.pack"
tokenizer = "spiece.model"
subword_alpha = 0.1
domain_tags = true

[[phase]]
directions = { "ja-en" = 0.5 }

[augment]
context = 0.5

[training]
max_steps = 6
log_steps = 1
batch_tokens = 400
precision = "fp32"
workers = 0

[release]
languages = ["en", "ja"]
licence = "CC0-1.0"
"""


def test_a_configuration_that_is_wrong_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[model]\n")
    ran = run("train", "a.toml")
    assert ran.code == 1
    assert "has no [data]" in ran.err
    (tmp_path / "a.toml").write_text("[model\n")
    assert "cannot be read as TOML" in run("train", "a.toml").err
    whole = "[data]\npack='p'\ntokenizer='t'\n[training]\nmax_steps=1\n[[phase]]\nfrom=0.0\n"
    (tmp_path / "a.toml").write_text(f"[model]\nwidth = 64\n{whole}")
    assert "[model] has no 'width'; it knows vocabulary, d_model" in run("train", "a.toml").err
    (tmp_path / "a.toml").write_text(f"[model]\n{whole}[augment]\ntypo = 0.1\n")
    assert "[augment] has no 'typo'" in run("train", "a.toml").err


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("training", 'schedule = "cosine"', "[training] schedule = 'cosine' is none of wsd, inverse-sqrt"),
        ("training", 'max_minutes = "3"', "[training] max_minutes = '3' is not a number"),
        ("training", "save_minutes = true", "[training] save_minutes = True is not a number"),
        ("model", "d_model = 2.5", "[model] d_model = 2.5 is not a whole number"),
        ("model", 'norm = "batch"', "[model] norm = 'batch' is none of rms, layer"),
        ("data", "domain_tag = true", "[data] has no 'domain_tag'; it knows pack, tokenizer"),
        ("phase", "corpra = {}", "[phase] has no 'corpra'; it knows from"),
        ("release", "license = 'x'", "[release] has no 'license'; it knows name"),
    ],
)
def test_a_value_that_means_nothing_trains_nothing(run: Run, tmp_path: Path, table: str, line: str, said: str) -> None:
    tables = {
        "model": "",
        "data": "pack = 'p'\ntokenizer = 't'",
        "training": "max_steps = 1",
        "phase": "from = 0.0",
        "release": "",
    }
    tables[table] += f"\n{line}"
    heads = {name: f"[[{name}]]" if name == "phase" else f"[{name}]" for name in tables}
    (tmp_path / "a.toml").write_text("\n".join(f"{heads[name]}\n{text}" for name, text in tables.items()))
    assert said in run("train", "a.toml").err


def test_help_of_every_command(run: Run) -> None:
    listed = re.findall(r"^  ([a-z]+)  +\S", run("--help").text.partition("Commands:")[2], re.MULTILINE)
    assert listed[:4] == ["translate", "apply", "align", "check"]  # in the order in which they are used
    assert {"glossary", "repair", "detect", "segment", "corpus", "train", "evaluate", "model"} < set(listed)
    assert {command: run(command, "--help").code for command in listed} == dict.fromkeys(listed, 0)


def test_adapt_to_an_edition_and_translate_with_the_result(run: Run, tmp_path: Path) -> None:
    (tmp_path / "week1.en-ja.txt").write_text("The tide is high.\t潮が高いです。\n`x` is low.\t`x` は低いです。\n", "utf-8")
    ran = run("train", "--adapt", "week1.en-ja.txt", "-o", "mine")
    assert ran.code == 0, ran.err
    assert "to 2 pairs, both ways" in ran.err
    assert names(tmp_path / "mine") == {"model"}
    assert run("model", "info", "mine/model").code == 0
    assert run("translate", "-", "--to", "ja", "--model", "mine/model", stdin=b"The tide is low.\n").code in (0, 3)


def test_adapt_says_when_there_is_nothing_to_learn(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.en-fr.txt").write_text("One.\tUn.\n", "utf-8")
    ran = run("train", "--adapt", "a.en-fr.txt")
    assert ran.code == 1
    assert "no translated row in languages that the model has" in ran.err
    assert run("train").code == 2
