"""How the commands read a file that has lost bytes: all alike, by the released model, which a clean file never loads."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import caller

import diglot
from diglot import CheckpointError
from diglot.commands import reading
from diglot.commands.align import align
from diglot.commands.apply import apply
from diglot.commands.stages import repair, segment
from diglot.models.engines.ctranslate2 import CTranslate2Engine
from diglot.pipeline import repair as stage

LINE = "在中午以前把报告交给老师。"  # 午 has lost a byte and could be 合, which the characters alone prefer
ENGLISH = "Hand in the report to the teacher before noon."


def lost(text: str) -> str:
    """UTF-8 read as windows-1252, its undefined bytes dropped."""
    return text.encode().decode("windows-1252", "ignore")


@pytest.fixture
def without_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation in which no model is found."""
    monkeypatch.setattr("diglot.models.translator.PRETRAINED", tmp_path)
    reading._model.cache_clear()
    yield
    reading._model.cache_clear()


def test_the_same_bytes_are_the_same_text_in_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(lost(LINE), encoding="utf-8")
    Path("b.txt").write_text(ENGLISH, encoding="utf-8")
    edition = f"source_language\ttarget_language\tsource\ttarget\nzh\ten\t{LINE}\t{ENGLISH}\n"
    Path("a.zh-en.tsv").write_text(edition, encoding="utf-8")
    assert caller(repair, capfd)("a.txt").out == LINE
    assert f'"text": "{LINE}"' in caller(segment, capfd)("a.txt").out
    assert f"{LINE}\t{ENGLISH}" in caller(align, capfd)("a.txt", "b.txt", "-o", "-").out
    assert caller(apply, capfd)("a.zh-en.tsv", "a.txt", "-o", "-")[:2] == (0, ENGLISH)
    assert [pair.segment.text for pair in diglot.translate_file("a.txt", to="en").pairs] == [LINE]
    assert diglot.translate(lost(LINE), to="en") == diglot.translate(LINE, to="en")


def test_neither_cores_nor_devices_change_what_is_read() -> None:
    model = reading._model()
    assert model and isinstance(model.engine, CTranslate2Engine) and model.engine.workers == 1


def test_the_model_may_be_left_out(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lost(LINE).encode())))
    assert caller(repair, capfd)("-", "--no-model").out == stage.repair(lost(LINE)).text != LINE


def test_without_a_model_the_characters_decide(without_model: None) -> None:
    assert reading.judge([LINE, LINE.replace("午", "合")]) is None
    assert stage.repair(lost(LINE), reading.judge) == stage.repair(lost(LINE))


def test_a_damaged_model_is_said_rather_than_done_without(without_model: None, tmp_path: Path) -> None:
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="damaged"):
        stage.repair(lost(LINE), reading.judge)


def test_a_language_that_the_model_lacks_is_left_to_the_characters() -> None:
    assert reading.judge(["오늘은 날씨가 좋습니다.", "오늘은 날씨가 좋습니까."]) is None


def test_a_plan_made_with_the_model_is_repeated_and_undone_without() -> None:
    repaired = stage.repair(lost(LINE), reading.judge)
    assert repaired.text == LINE
    assert stage.apply(repaired.plan, lost(LINE)) == LINE
    assert stage.undo(repaired.plan, LINE) == lost(LINE)


def test_a_file_that_has_lost_no_bytes_loads_no_model() -> None:
    code = (
        "import sys\n"
        "from diglot.commands.reading import reading\n"
        "from diglot.pipeline.edition import open_bytes\n"
        "texts = '学习是一生的事。', '学习是一生的事。'.encode().decode('latin-1')\n"
        "assert {open_bytes(t.encode(), 'a.txt', reading()).document.text for t in texts} == {texts[0]}\n"
        "assert not {'ctranslate2', 'sentencepiece', 'diglot.models'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
