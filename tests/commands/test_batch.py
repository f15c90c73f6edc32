"""Runs over several files: which are taken, what they become, what is skipped, what a failure does to the rest.

The released model does the work; where nothing is to be translated, none is loaded.
"""

import io
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from diglot import DiglotError, InputError, models
from diglot.cli import commands
from diglot.commands.batch import CAPTIONS, ENDINGS, gather
from diglot.commands.lecture import Job, Options, exit_code
from diglot.commands.translate import translate
from diglot.pipeline import captions
from diglot.pipeline.edition import Reading
from diglot.pipeline.formats import recognise

SUBTITLES = "1\n00:00:01,000 --> 00:00:03,000\nGood morning.\n\n2\n00:00:04,000 --> 00:00:05,000\nThank you.\n"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Translated = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Translated:
    def call(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = translate.main(["--threads", "1", *arguments], standalone_mode=False)
        return Ran(code, *capfd.readouterr())

    return call


@pytest.fixture
def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model can be loaded."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model is loaded")

    monkeypatch.setattr(models, "load", load)


def put(folder: Path, **files: str) -> None:
    """Write files; in their names ``__`` is a slash and ``_`` a point."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------------------------ failures


def test_a_file_that_cannot_be_read_stops_no_other(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", z_txt="Thank you.\n")
    (folder / "b.txt").write_bytes(bytes(range(256)) * 8)
    ran = run("a.txt", "b.txt", "nowhere.txt", "z.txt", "--to", "ja", "-o", "out")
    assert ran.code == 1
    assert below(folder / "out") == {"a.ja.txt", "a.en-ja.tsv", "z.ja.txt", "z.en-ja.tsv"}
    lines = ran.err.splitlines()
    assert lines[0] == "diglot: nowhere.txt: cannot be read (No such file or directory)"
    assert any(line.startswith("diglot: b.txt: binary") for line in lines)
    assert lines[-1] == "in all: 2 failed, 2 translated"


@pytest.mark.usefixtures("without_model")
def test_where_nothing_can_be_translated_no_model_is_loaded(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", a_ja_txt="mine")
    assert run("nowhere.txt", "--to", "ja").code == 1
    assert run("a.txt", "--to", "ja").code == 1
    put(folder, b_txt="今日は良い天気です。\n", c_txt="")
    assert run("b.txt", "c.txt", "--to", "ja").code == 0
    with pytest.raises(InputError, match=r"g\.tsv: no such glossary"):
        run("a.txt", "--to", "ja", "--glossary", "g.tsv")
    with pytest.raises(InputError, match=r"m\.tsv"):
        run("a.txt", "--to", "ja", "--memory", "m.tsv")


def test_a_file_made_during_the_run_is_left_as_it_is(run: Translated, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diglot.pipeline.edition import Edition

    translated = Edition.translated

    def slowly(edition: Edition) -> bytes:
        (folder / "a.ja.txt").write_text("theirs")
        return translated(edition)

    monkeypatch.setattr(Edition, "translated", slowly)
    put(folder, a_txt="Good morning.\n")
    ran = run("a.txt", "--to", "ja")
    assert (ran.code, below(folder)) == (1, {"a.txt", "a.ja.txt"})
    assert (folder / "a.ja.txt").read_text() == "theirs"
    assert "a.ja.txt: was made meanwhile" in ran.err


@pytest.mark.usefixtures("without_model")
def test_a_glossary_is_never_written_over(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", **{"a_en-ja_tsv": "morning\t朝\n"})
    for extra in ((), ("--overwrite",)):
        ran = run("a.txt", "--to", "ja", "--glossary", "a.en-ja.tsv", *extra)
        assert (ran.code, below(folder)) == (1, {"a.txt", "a.en-ja.tsv"})
        assert "a.en-ja.tsv: is an input and would be overwritten" in ran.err
        plan = run("a.txt", "--to", "ja", "--glossary", "a.en-ja.tsv", "--dry-run", *extra)
        assert plan.out.splitlines()[1].split("\t")[-2] == "exists"
    assert (folder / "a.en-ja.tsv").read_text("utf-8") == "morning\t朝\n"


def test_a_corrected_edition_may_be_made_anew_from_itself(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n")
    assert run("a.txt", "--to", "ja").code == 0
    edition = folder / "a.en-ja.tsv"
    head, row = edition.read_text("utf-8").splitlines()
    cells = row.split("\t")
    cells[head.split("\t").index("target")] = "皆さん、お早う。"
    edition.write_text(f"{head}\n" + "\t".join(cells) + "\n", encoding="utf-8")
    assert run("a.txt", "--to", "ja", "--memory", "a.en-ja.tsv", "--overwrite").code == 0
    assert (folder / "a.ja.txt").read_text("utf-8") == "皆さん、お早う。\n"
    assert "皆さん、お早う。" in edition.read_text("utf-8")


def test_a_name_that_the_file_system_refuses_stops_no_other_file(run: Translated, folder: Path) -> None:
    longest = os.pathconf(folder, "PC_NAME_MAX")
    fits, too_long = "f" * (longest - 4), "t" * (longest - len(".en-ja.tsv"))
    for stem in ("a", too_long, fits):
        (folder / f"{stem[: longest - 4]}.txt").write_text("Good morning.\n", encoding="utf-8")
    ran = run(f"{fits}.txt", f"{too_long}.txt", "a.txt", "--to", "ja", "-o", "out")
    assert (ran.code, ran.err.splitlines()[-1]) == (1, "in all: 1 failed, 2 translated")
    assert "File name too long" in ran.err


def test_a_plan_names_what_the_file_system_refuses(run: Translated, folder: Path) -> None:
    name = "t" * (os.pathconf(folder, "PC_NAME_MAX") - 4) + ".txt"
    put(folder, a_txt="Good morning.\n")
    (folder / name).write_text("Good morning.\n", encoding="utf-8")
    ran = run(name, "a.txt", "--to", "ja", "--dry-run")
    assert (ran.code, len(ran.out.splitlines())) == (1, 2)
    assert "File name too long" in ran.err


@pytest.mark.usefixtures("folder")
def test_a_model_that_cannot_be_read_ends_the_run() -> None:
    def load() -> None:
        raise PermissionError(13, "Permission denied", "model.bin")

    with pytest.raises(DiglotError, match=r"the model cannot be loaded: model\.bin: Permission denied"):
        _ = Job(Options((), Reading(), ()), load).model  # type: ignore[arg-type]


def test_a_failure_counts_for_more_than_a_gap() -> None:
    assert exit_code(Counter({"failed": 1, "translated in part": 1})) == 1
    assert exit_code(Counter({"translated": 1, "translated in part": 1})) == 3
    assert exit_code(Counter({"translated": 1, "skipped": 1})) == 0


def test_the_released_model_has_a_name(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n")
    assert run("a.txt", "--to", "ja").code == run("a.txt", "--to", "ja", "--model", "bundled", "-o", "again").code == 0
    assert (folder / "a.ja.txt").read_bytes() == (folder / "again" / "a.ja.txt").read_bytes()


# ------------------------------------------------------------------------------------------------------------------ resuming


def test_the_same_command_goes_on_where_it_stopped(run: Translated, folder: Path) -> None:
    put(folder, a_md="Good morning.\n", b_md="Thank you.\n")
    assert run("a.md", "--to", "ja", "--formats", "md").code == 0
    before = (folder / "a.ja.md").stat().st_mtime_ns
    everything = sorted(path.name for path in folder.glob("*.md"))
    assert everything == ["a.en-ja.md", "a.ja.md", "a.md", "b.md"]
    ran = run(*everything, "--to", "ja", "--formats", "md")
    assert ran.code == 0
    assert below(folder) == {"a.md", "a.ja.md", "a.en-ja.md", "b.md", "b.ja.md", "b.en-ja.md"}
    assert "left out a.ja.md: made of a.md" in ran.err
    assert "left out a.en-ja.md: made of a.md" in ran.err
    assert "skipped a.md: a.ja.md exists" in ran.err
    assert (folder / "a.ja.md").stat().st_mtime_ns == before
    assert ran.err.splitlines()[-1] == "in all: 1 skipped, 1 translated"


@pytest.mark.usefixtures("without_model")
def test_a_run_in_which_all_is_done_loads_no_model(run: Translated, folder: Path) -> None:
    put(folder, c__a_txt="Good morning.\n", out__a_ja_txt="x", out__a_en__ja_tsv="x")
    (folder / "out" / "a.en").mkdir(exist_ok=True)
    put(folder / "out", **{"a_en-ja_tsv": "x"})
    ran = run("c", "--to", "ja", "-o", "out")
    assert ran.code == 0
    assert "skipped c/a.txt: out/a.ja.txt exists (" in ran.err
    os.utime(folder / "out" / "a.ja.txt", (0, 0))
    assert "out/a.ja.txt exists, older than c/a.txt (" in run("c", "--to", "ja", "-o", "out").err


@pytest.mark.usefixtures("without_model")
def test_outputs_that_are_there_in_part_are_not_overwritten(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", a_ja_txt="mine")
    ran = run("a.txt", "--to", "ja")
    assert ran.code == 1
    assert "a.ja.txt: exists already; give --overwrite" in ran.err
    assert (folder / "a.ja.txt").read_text() == "mine"


# ------------------------------------------------------------------------------------------------------------------- folders


def paths(*files: str, output: str | None = None, exclude: tuple[str, ...] = ()) -> dict[str, str]:
    found = gather(files, output, ["ja"], exclude)
    return {one.path.as_posix(): one.names.document("ja").as_posix() for one in found}


def test_of_a_folder_those_are_taken_that_can_be_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    put(folder, c__b__x_md="", c__b__x_ja_md="", c__a_TXT="", c___git__x_md="", c__p_odp="", c__q_odp="", c__out__y_md="")
    assert paths("c") == {"c/a.TXT": "c/a.ja.TXT", "c/b/x.md": "c/b/x.ja.md", "c/out/y.md": "c/out/y.ja.md"}
    assert "not read in c: 2 .odp\n" in capfd.readouterr().err
    assert paths("c", output="c/out") == {"c/a.TXT": "c/out/a.ja.TXT", "c/b/x.md": "c/out/b/x.ja.md"}


def test_patterns_leave_out_files_and_folders(folder: Path) -> None:
    put(folder, c__old__x_md="", c__draft1_md="", c__b__draft2_md="", c__b__y_md="")
    assert set(paths("c", exclude=("draft*", "old"))) == {"c/b/y.md"}
    assert set(paths("c", exclude=("b/*",))) == {"c/draft1.md", "c/old/x.md"}
    assert set(paths("c/draft1.md", "c/b/y.md", exclude=("draft*",))) == {"c/b/y.md"}
    with pytest.raises(InputError, match="no file to translate"):
        paths("c", exclude=("*",))


def test_a_pattern_fits_a_named_file_by_its_name_alone(folder: Path) -> None:
    put(folder, drafts__x_md="")
    assert set(paths("drafts/x.md", exclude=("drafts",))) == {"drafts/x.md"}
    with pytest.raises(InputError, match="no file to translate that --exclude does not leave out"):
        paths("drafts/x.md", exclude=("x*",))


def test_a_file_has_one_place_in_the_outputs_of_the_defaults_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, c__diglot_toml="", c__week1__x_md="", other__x_md="")

    def place(*files: str) -> list[str]:
        found = gather(files, str(folder / "out"), ["ja"], (), folder / "c")
        return [one.names.document("ja").relative_to(folder).as_posix() for one in found]

    assert place("c") == place("c/week1") == place("c/week1/x.md") == place("other/../c/week1/x.md") == ["out/week1/x.ja.md"]
    assert place("other/x.md") == place("-", "other/x.md")[1:] == ["out/x.ja.md"]
    monkeypatch.chdir(folder / "c" / "week1")
    assert place("x.md") == place("..") == ["out/week1/x.ja.md"]


def test_the_defaults_file_is_not_among_what_is_not_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    put(folder, c__x_md="", c__diglot_toml="", c__other_toml="")
    paths("c")
    assert capfd.readouterr().err == "not read in c: 1 .toml\n"


@pytest.mark.parametrize("zh", [False, True])
def test_a_glossary_that_serves_another_target_is_no_matter(run: Translated, folder: Path, zh: bool) -> None:
    put(folder, a_txt="Good morning.\n")
    for name, term in (("terms.en-ja.tsv", "朝"), ("terms.en-zh.tsv", "早晨"), ("terms.en-de.tsv", "Morgen")):
        (folder / name).write_text(f"morning\t{term}\n", encoding="utf-8")
    glossaries = [f"--glossary=terms.en-{code}.tsv" for code in ("ja", "zh", "de")]
    err = run("a.txt", "--to", "ja,zh" if zh else "ja", *glossaries).err
    assert "not used from en to ja: terms.en-de.tsv: its languages are en and de" in err
    assert ("terms.en-zh.tsv" in err) == (not zh)
    assert "terms.en-ja.tsv" not in err


def test_a_file_and_its_folder_are_one_input(folder: Path) -> None:
    put(folder, c__x_md="")
    assert set(paths("c/x.md", "c", "./c/x.md")) == {"c/x.md"}


def test_the_endings_of_texts_are_those_of_formats() -> None:
    texts = [ending for ending in ENDINGS if ending not in (*CAPTIONS, ".ipynb", ".docx", ".pptx", ".epub")]
    known = {"plain", "markdown", "html", "latex", "rst", "srt", "vtt"}
    assert {recognise("A word.", f"a{ending}") for ending in texts} == known


def test_the_endings_of_captions_are_those_that_are_read_as_such() -> None:
    assert set(CAPTIONS) == set(captions.ENDINGS)


# ---------------------------------------------------------------------------------------------------------- where outputs go


def test_an_output_with_the_ending_of_the_input_is_a_file(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n")
    assert run("a.txt", "--to", "ja", "-o", "new/first.ja.txt").code == 0
    assert below(folder / "new") == {"first.ja.txt", "first.en-ja.tsv"}


@pytest.mark.parametrize(
    ("files", "targets", "output"),
    [(["a.txt"], "ja", "b.md"), (["a.txt"], "ja,zh", "b.txt"), (["a.txt", "c.txt"], "ja", "b.txt"), (["-"], "ja", "b.tsv")],
)
@pytest.mark.usefixtures("without_model")
def test_an_output_that_cannot_be_meant_is_refused(
    run: Translated, folder: Path, files: list[str], targets: str, output: str
) -> None:
    put(folder, a_txt="Good morning.\n", c_txt="Good morning.\n")
    with pytest.raises(click.UsageError, match=r"-o b\.\w+ is the name of a file"):
        run(*files, "--to", targets, "-o", output)
    assert below(folder) == {"a.txt", "c.txt"}


def test_a_folder_may_have_a_name_with_an_ending(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", new_txt__old_md="")
    assert run("a.txt", "--to", "ja", "-o", "new.txt").code == 0
    assert "a.ja.txt" in below(folder / "new.txt")


def test_standard_output_takes_the_document_or_the_edition_that_is_asked_for(run: Translated, folder: Path) -> None:
    put(folder, a_srt=SUBTITLES)
    document = run("a.srt", "--to", "ja", "-o", "-")
    assert document.out.startswith("1\n00:00:01,000 --> 00:00:03,000\n")
    edition = run("a.srt", "--to", "ja", "-o", "-", "--formats", "jsonl")
    assert [json.loads(line)["source"] for line in edition.out.splitlines()[-2:]] == ["Good morning.", "Thank you."]
    assert below(folder) == {"a.srt"}


def test_standard_input_is_named_by_its_format(run: Translated, folder: Path) -> None:
    assert run("-", "--to", "ja", "-o", "out", stdin=SUBTITLES).code == 0
    assert below(folder / "out") == {"stdin.ja.srt", "stdin.en-ja.tsv"}
    with pytest.raises(click.UsageError, match="where to"):
        run("-", "--to", "ja", "--formats", "html", stdin=SUBTITLES)


def test_latex_comes_back_as_latex_with_what_is_left_to_do(run: Translated, folder: Path) -> None:
    begin, end = "\\documentclass{article}\n\\begin{document}\n", "\n\\input{rest}\n\\end{document}\n"
    text = f"{begin}Good morning.\\footnote{{It takes 5\\% of it.}}{end}"
    put(folder, a_tex=text, rest_tex="Thank you.\n")
    ran = run("a.tex", "rest.tex", "--to", "ja")
    assert "a.tex: to typeset it, add \\usepackage{luatexja} to its preamble and run lualatex\n" in ran.err
    assert "a.tex: it still reads rest: translate such files too, and name their translations in it\n" in ran.err
    assert "rest.tex: " not in ran.err
    made = (folder / "a.ja.tex").read_text("utf-8")
    assert made.startswith(begin)
    assert "\\footnote{" in made
    assert "\\%" in made
    assert made.endswith(end)
    assert commands.main(["apply", "a.en-ja.tsv", "a.tex", "--overwrite"], standalone_mode=False) == 0
    assert (folder / "a.ja.tex").read_text("utf-8") == made


def test_only_subtitles_have_editions_in_subtitles(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", b_srt=SUBTITLES)
    ran = run("a.txt", "b.srt", "--to", "ja", "--formats", "srt", "-o", "out")
    assert ran.code == 0
    assert below(folder / "out") == {"a.ja.txt", "b.ja.srt", "b.en-ja.srt"}
    assert "a.txt: no srt edition" in ran.err


SCRIPT = "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\an8}Good morning.\n"


def test_captions_are_written_in_their_own_kind_and_as_subtitles(run: Translated, folder: Path) -> None:
    put(folder, talk_ass=SCRIPT, talk_json='[{"start": 1, "end": 3, "text": "Thank you."}]')
    ran = run("talk.ass", "talk.json", "--to", "ja", "--formats", "ass,srt", "-o", "out")
    assert ran.code == 0
    assert "talk.json: no ass edition, which only .ass files can have" in ran.err
    made = {"talk.ja.ass", "talk.ja.json", "talk.ass.en-ja.ass", "talk.ass.en-ja.srt", "talk.json.en-ja.srt"}
    assert below(folder / "out") == made
    both = (folder / "out" / "talk.ass.en-ja.ass").read_text("utf-8-sig")
    assert both.startswith(SCRIPT.rstrip() + "\\N")
    assert run("talk.ass", "--to", "ja", "-o", "talk.ja.srt").code == 0
    assert (folder / "talk.ja.srt").read_text("utf-8").startswith("1\n00:00:01,000 --> 00:00:03,000\n")
    assert run("talk.json", "--to", "ja", "-o", "again.json").code == 0
    assert (folder / "again.json").read_text("utf-8").startswith('[{"start": 1, "end": 3, "text": "')


# ------------------------------------------------------------------------------------------------------------------ messages


def test_what_is_left_untranslated_is_named_with_its_place_and_why(run: Translated, folder: Path) -> None:
    cells = [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": ["# One\n", "\n", "Good morning.\n", "\n", "Bonjour à tous et bienvenue dans ce cours."],
        }
    ]
    put(folder, lab_ipynb=json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    ran = run("lab.ipynb", "--to", "ja")
    assert ran.code == 3
    assert "lab.ipynb, segment 2: left untranslated (the model has no fr): Bonjour" in ran.err


def test_an_empty_file_has_nothing_to_tell(run: Translated, folder: Path) -> None:
    put(folder, a_txt="")
    assert run("a.txt", "--to", "ja").err.splitlines() == [
        "wrote a.ja.txt",
        "a.txt: nothing to translate into ja, so no edition was written",
    ]


@pytest.mark.parametrize(("given", "taken"), [("JA", "ja"), ("ja-JP", "ja"), ("zh_CN", "zh"), ("zh-Hans", "zh")])
def test_languages_are_taken_in_any_case_and_with_a_region(run: Translated, folder: Path, given: str, taken: str) -> None:
    put(folder, a_txt="Good morning.\n")
    assert run("a.txt", "--to", given).code == 0
    assert f"a.{taken}.txt" in below(folder)


@pytest.mark.parametrize(
    ("given", "words"),
    [("jp", "did you mean ja"), ("Korean", "did you mean ko"), ("zh-TW", "give zh"), ("zh_Hant", "give zh")],
)
@pytest.mark.usefixtures("without_model")
def test_languages_that_cannot_be_meant_are_explained(run: Translated, folder: Path, given: str, words: str) -> None:
    put(folder, a_txt="Good morning.\n")
    with pytest.raises(click.UsageError, match=words):
        run("a.txt", "--to", given)


@pytest.mark.usefixtures("without_model")
def test_a_length_penalty_is_a_number(run: Translated) -> None:
    with pytest.raises(click.UsageError, match="is no number"):
        run("a.txt", "--to", "ja", "--length-penalty", "nan")


# ---------------------------------------------------------------------------------------------------------------------- plan


@pytest.mark.usefixtures("without_model")
def test_a_plan_counts_the_work_and_writes_nothing(run: Translated, folder: Path) -> None:
    put(folder, c__a_md="# One\n\nThe stack is small. 今日は良い天気です。\n", c__b_srt=SUBTITLES, **{"m_en-zh_tsv": ""})
    header = "source_language\ttarget_language\tsource\ttarget\n"
    (folder / "m.en-zh.tsv").write_text(f"{header}en\tzh\tThank you.\t谢谢大家。\n", encoding="utf-8")
    before = below(folder)
    ran = run("c", "--to", "zh", "-o", "out", "--dry-run", "--memory", "m.en-zh.tsv")
    assert ran.code == 0
    header, *lines = ran.out.splitlines()
    rows = {line.split("\t")[0]: dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines}
    assert rows["c/a.md"]["format"] == "markdown"
    assert [rows["c/a.md"][name] for name in ("segments", "words", "characters", "memory")] == ["3", "5", "10", "0"]
    assert [rows["c/b.srt"][name] for name in ("segments", "words", "characters", "memory")] == ["2", "4", "0", "1"]
    assert rows["c/b.srt"]["outputs"] == "out/b.zh.srt out/b.en-zh.tsv"
    assert {row["state"] for row in rows.values()} == {"new"}
    assert "5 segments, 9 words, 10 characters, 1 segments in the memory" in ran.err
    assert below(folder) == before


@pytest.mark.usefixtures("without_model")
def test_a_plan_says_what_is_done_already_and_what_cannot_be(run: Translated, folder: Path) -> None:
    put(folder, a_txt="Good morning.\n", b_txt="Good morning.\n", b_ja_txt="mine", **{"a_en-ja_tsv": "", "a_ja_txt": ""})
    (folder / "c.txt").write_bytes(bytes(range(256)))
    ran = run("a.txt", "b.txt", "c.txt", "--to", "ja", "--dry-run")
    assert ran.code == 1
    assert [line.split("\t")[-2] for line in ran.out.splitlines()] == ["state", "done", "exists"]
    assert "diglot: c.txt: binary" in ran.err
