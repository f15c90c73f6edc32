"""``diglot.translate`` and ``translate_file`` from Python, with a glossary in each of its forms; lines as they come in.

The released model does the work.
"""

import re
from io import BufferedReader, RawIOBase
from pathlib import Path

import pytest
from commanding import Run
from hypothesis import given
from hypothesis import strategies as st

import diglot
from diglot import GlossaryError, InputError, LanguageError, models
from diglot.commands.translate import _arriving
from diglot.models.translator import released_model
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
    for terms in (file, str(file), [file], ["bundled", str(file)]):
        assert "傾斜度" in diglot.translate(text, to="ja", glossary=terms)
    first, second = diglot.translate([text, "We lower the learning rate."], to="ja", from_="en", glossary=file)
    assert "傾斜度" in first and "学習速度" in second


def test_a_glossary_made_in_a_program_works_too(file: Path) -> None:
    terms = Glossary("en", "ja", (Term("gradient", ("傾斜度",)),))
    assert "傾斜度" in diglot.translate("The gradient is small.", to="ja", glossary=terms)


def test_the_glossary_is_that_of_what_is_to_be_translated(file: Path) -> None:
    """Much of the text is in the target language already, or in none."""
    texts = ["これは日本語の長い文章で、そのまま残ります。" * 5, "1 + 1 = 2", "The gradient is small."]
    for terms in (file, Glossary("en", "ja", (Term("gradient", ("傾斜度",)),))):
        kept, formula, translated = diglot.translate(texts, to="ja", glossary=terms)
        assert [kept, formula] == texts[:2]
        assert "傾斜度" in translated
    assert diglot.translate(texts[:1], to="ja", glossary=file) == texts[:1]


def test_glossaries_of_other_languages_are_left_out(file: Path) -> None:
    other = Glossary("en", "zh", (Term("gradient", ("傾斜度",)),))
    assert "傾斜度" not in diglot.translate("The gradient is small.", to="ja", glossary=[other, "bundled"])


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


# -------------------------------------------------------------------------------------------------------------- languages


@pytest.mark.parametrize(("given_code", "code"), [("JA", "ja"), ("ja-JP", "ja"), ("zh_CN", "zh")])
def test_languages_are_taken_in_any_case_and_with_a_region(given_code: str, code: str) -> None:
    text = "Good morning."
    assert diglot.translate(text, to=given_code, from_="EN") == diglot.translate(text, to=code, from_="en")


@pytest.mark.parametrize(("name", "words"), [("jp", "did you mean ja"), ("zh-TW", "give zh"), ("xx", "does not have")])
def test_languages_that_cannot_be_meant_are_explained(name: str, words: str) -> None:
    with pytest.raises(LanguageError, match=words):
        diglot.translate("Good morning.", to=name)


# -------------------------------------------------------------------------------------------------------------------- files

LECTURE = "# Week one\n\nThe gradient is $\\nabla f$.\n\nBonjour à tous et bienvenue dans ce cours.\n\nこれは日本語です。\n"


def test_a_file_becomes_an_edition_and_nothing_is_written(file: Path) -> None:
    lecture = file.parent / "week.md"
    lecture.write_text(LECTURE, encoding="utf-8")
    edition = diglot.translate_file(lecture, to="ja-JP", glossary=file)
    assert {path.name for path in file.parent.iterdir()} == {"week.md", file.name}
    status = {pair.segment.text: pair.translation.status for pair in edition.pairs}
    assert list(status.values()) == ["translated", "translated", "untranslated", "kept"]
    gradient = edition.pairs[1]
    assert "傾斜度" in gradient.target and gradient.translation.score is not None
    assert [finding.code for finding in edition.pairs[2].findings] == ["untranslated"]
    document = edition.translated().decode("utf-8")
    assert document.startswith("# ") and "$\\nabla f$" in document and "これは日本語です。\n" in document
    assert edition.write("tsv", "week.md").count("\n") == 5


def test_a_file_may_be_translated_with_a_loaded_model_and_a_memory(file: Path) -> None:
    (file.parent / "talk.txt").write_text("Good morning.\nThank you.\n", encoding="utf-8")
    memory = file.parent / "talk.en-ja.tsv"
    memory.write_text("source_language\ttarget_language\tsource\ttarget\nen\tja\tThank you.\tどうも。\n", "utf-8")
    model = models.load(beam=1, threads=1)
    edition = diglot.translate_file(str(file.parent / "talk.txt"), to="ja", from_="en", model=model, memory=memory)
    assert edition.pairs[1].target == "どうも。"
    assert diglot.translate("Good morning.", to="ja", from_="en", model=model) == edition.pairs[0].target
    assert diglot.translate("Good morning.", to="ja", model="bundled") == diglot.translate("Good morning.", to="ja")
    assert diglot.translate("Good morning.", to="ja", model=released_model()) == diglot.translate("Good morning.", to="ja")


def test_a_file_that_cannot_be_read_is_an_error(file: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        diglot.translate_file(file.parent / "nowhere.md", to="ja")
    with pytest.raises(InputError, match="no file"):
        diglot.translate_file("-", to="ja")


# -------------------------------------------------------------------------------------------------------------------- lines


class Trickle(RawIOBase):
    """A stream that gives what comes in piece by piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


@given(st.lists(st.sampled_from([b"a", b"b\n", b"\n", b"c\nd", b"\r\n", "é".encode(), b"\x0c"])))
def test_lines_are_the_same_however_they_come_in(pieces: list[bytes]) -> None:
    found = [line for lines in _arriving(BufferedReader(Trickle(list(pieces)))) for line in lines]
    assert found == re.findall(r"[^\n]*\n|[^\n]+", b"".join(pieces).decode("utf-8"))


def test_a_line_that_is_not_utf8_is_named() -> None:
    with pytest.raises(InputError, match="line 3, byte 2"):
        list(_arriving(BufferedReader(Trickle([b"a\nb", b"\nc\xff\n"]))))
