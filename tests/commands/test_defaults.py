"""The defaults file: found, checked, and with paths from where it stands."""

import io
from pathlib import Path
from typing import Any

import pytest

from diglot import InputError
from diglot.cli import commands
from diglot.commands.defaults import read_defaults
from diglot.commands.translate import translate


def defaults(folder: Path, text: str, name: str = "diglot.toml") -> dict[str, Any]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_defaults(folder, translate).values


def test_options_by_their_long_names(tmp_path: Path) -> None:
    found = defaults(
        tmp_path, 'to = ["ja", "zh"]\nfrom = "en"\nformats = "tsv"\nbeam = 2\nlength-penalty = 1\nno_cache = true'
    )
    assert found == {"to": "ja,zh", "from_": "en", "formats": "tsv", "beam": 2, "length_penalty": 1, "no_cache": True}


def test_files_stand_beside_the_defaults(tmp_path: Path) -> None:
    found = defaults(tmp_path, 'glossary = ["a.tsv", "bundled"]\nmemory = "m.tmx"\nmodel = "mine"\noutput = "out"')
    here = [str(tmp_path / name) for name in ("a.tsv", "m.tmx", "mine", "out")]
    assert found == {"glossary": [here[0], "bundled"], "memory": [here[1]], "model": here[2], "output": here[3]}
    found = defaults(tmp_path, 'model = "hf:facebook/m2m100_418M"\noutput = "-"')
    assert found == {"model": "hf:facebook/m2m100_418M", "output": "-"}


def test_apply_takes_the_folder_for_outputs_and_how_documents_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "week1").mkdir()
    (tmp_path / "diglot.toml").write_text('to = "ja"\nformats = "html"\noutput = "out"\noverwrite = true\n', "utf-8")
    (tmp_path / "week1" / "a.md").write_text("Good morning.\n", "utf-8")
    (tmp_path / "week1" / "a.en-ja.tsv").write_text("Good morning.\tおはようございます。\n", "utf-8")
    monkeypatch.chdir(tmp_path / "week1")
    assert commands.main(["apply", "a.en-ja.tsv", "a.md"], standalone_mode=False) == 0
    assert [path.name for path in (tmp_path / "out" / "week1").iterdir()] == ["a.ja.md"]
    with pytest.raises(InputError, match="exists already"):  # --overwrite is for the command line to say
        commands.main(["apply", "a.en-ja.tsv", "a.md"], standalone_mode=False)
    assert commands.main(["apply", "a.en-ja.tsv", "a.md", "-o", "."], standalone_mode=False) == 0
    assert Path("a.ja.md").read_text("utf-8") == "おはようございます。\n"
    capfd.readouterr()


def test_standard_input_goes_to_standard_output_whatever_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "diglot.toml").write_text('to = "ja"\noutput = "out"\n', "utf-8")
    (tmp_path / "a.en-ja.tsv").write_text("Good morning.\tおはようございます。\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Good morning.\n")))
        assert commands.main([*arguments], standalone_mode=False) == 0
        return capfd.readouterr().out

    assert call("apply", "a.en-ja.tsv", "-") == "おはようございます。\n"
    assert call("translate", "-", "--memory", "a.en-ja.tsv") == "おはようございます。\n"
    assert not Path("out").exists()
    call("apply", "a.en-ja.tsv", "-", "-o", "out")
    assert Path("out/stdin.ja.txt").exists()


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    deep = tmp_path / "course" / "week"
    deep.mkdir(parents=True)
    defaults(tmp_path, '[tool.diglot]\nto = "zh"\ndrop-fillers = true\n', "pyproject.toml")
    defaults(deep, "[tool.other]\nx = 1\n", "pyproject.toml")
    assert read_defaults(deep, translate).values == {"to": "zh", "drop_fillers": True}
    defaults(tmp_path / "course", 'to = "ja"')
    assert read_defaults(deep, translate).values == {"to": "ja"}


@pytest.mark.parametrize("text", ["tool = 5", "[tool]\ndiglot = 5", "[project]\nname = 'x'"])
def test_what_a_project_file_has_for_others_is_no_matter(tmp_path: Path, text: str) -> None:
    assert defaults(tmp_path, text, "pyproject.toml") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = 5", "model = 5: a text is wanted"),
        ("glossary = 5", "glossary = 5: a text or a list of texts is wanted"),
        ('to = ["ja", 5]', "a text or a list of texts is wanted"),
        ('overwrite = "yes"', "overwrite = 'yes': true or false is wanted"),
        ("beam = true", "beam = True: a number is wanted"),
        ("beam = 1.5", "beam = 1.5: a number is wanted"),
        ('glosary = ["a.tsv"]', "no such key: glosary; did you mean glossary?"),
        ("lines = true", "no such key: lines"),
        ("to = ", "cannot be read as TOML"),
    ],
)
def test_a_mistake_is_an_error_with_its_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        defaults(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "diglot.toml"))
    assert words in str(raised.value)
