"""``diglot.translate`` from Python, with a glossary in each of its forms, and terms on the command line.

The released model does the work.
"""

import re
from pathlib import Path

import pytest
from commanding import Run

import diglot
from diglot import GlossaryError
from diglot.pipeline.glossary import Glossary, Term

TERMS = "gradient\t傾斜度\nlearning rate\t学習速度\n"  # not what anybody says: only a glossary can ask for them


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "terms.en-ja.tsv"
    path.write_text(TERMS, encoding="utf-8")
    return path


def test_files_name_the_terms_to_use(file: Path) -> None:
    text = "We compute the gradient of the loss."
    assert "傾斜度" not in diglot.translate(text, to="ja")
    for given in (file, str(file), [file], ["bundled", str(file)]):
        assert "傾斜度" in diglot.translate(text, to="ja", glossary=given)
    first, second = diglot.translate([text, "We lower the learning rate."], to="ja", from_="en", glossary=file)
    assert "傾斜度" in first and "学習速度" in second


def test_a_glossary_made_in_a_program_works_too(file: Path) -> None:
    terms = Glossary("en", "ja", (Term("gradient", ("傾斜度",)),))
    assert "傾斜度" in diglot.translate("The gradient is small.", to="ja", glossary=terms)


def test_a_bad_file_is_an_error_with_its_line(file: Path) -> None:
    file.write_text("gradient\t傾斜度\n\t勾配\n", encoding="utf-8")
    with pytest.raises(GlossaryError, match=r"terms\.en-ja\.tsv:2: "):
        diglot.translate("The gradient is small.", to="ja", glossary=file)


def test_terms_that_were_kept_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    lecture = Path(diglot.__file__).parent / "examples" / "attention.md"
    (tmp_path / "attention.md").write_bytes(lecture.read_bytes())
    assert run("translate", "attention.md", "--to", "ja", "-o", "plain").code in (0, 3)
    ran = run("translate", "attention.md", "--to", "ja", "-o", "kept", "--consistent")
    assert ran.code in (0, 3), ran.err
    plain, kept = (
        (tmp_path / folder / "attention.en-ja.tsv").read_text("utf-8").split("\n") for folder in ("plain", "kept")
    )
    changed = sum(one != other for one, other in zip(plain, kept, strict=True))
    told = re.search(r"(\d+) terms kept as first rendered, (\d+) segments changed", ran.err)
    assert len(re.findall(r" → .* \(\d+ times\)", ran.err)) == (int(told[1]) if told else 0)
    assert changed >= (int(told[2]) if told else 0) and bool(changed) == bool(told)
