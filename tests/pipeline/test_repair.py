import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline.misreading import (
    GAP,
    MULTI_BYTE,
    SINGLE_BYTE,
    Misreading,
    lossless,
    misreadings,
    options,
    rough_readings,
    search,
)
from diglot.pipeline.plausibility import BIGRAM, SHARE, VALUE_BITS, cells_of, model
from diglot.pipeline.repair import apply, code_ranges, repair, to_json, undo

DATA = Path(__file__).parents[1] / "data" / "repair"

# Any Unicode string, lone surrogates and NUL too; and strings of what mojibake and its repair are made of.
ANY = st.text(st.characters(), max_size=40)
PIECES = """the model|Ã©|â€™|ã€‚|ã€|ï¼Œ|ðŸ˜Š|Ã|Â|\xa0|\xad|\x81|鈥檚|讖滓|縺|€|‚|é|Ü|。|「|」|`|```|
|\r|\t| |?|\ufffd|\x00|\ud83d|😀|ｶﾞ|学习"""
MIXED = st.lists(st.sampled_from(PIECES.split("|")), max_size=16).map("".join)


def cases(*verdicts: str) -> list[dict[str, str]]:
    found = [case for path in sorted(DATA.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]
    return [pytest.param(case, id=case["label"]) for case in found if case["verdict"] in verdicts]


def misread(text: str, written: str, read: str) -> str:
    return text.encode(written).decode(read)


# ------------------------------------------------------------------------------------------------------- regression corpus


@pytest.mark.parametrize("case", cases("in-the-wild", "synthetic", "negative"))
def test_the_corpus_is_repaired_and_what_is_clean_is_left_alone(case: dict[str, str]) -> None:
    repaired = repair(case["input"])
    assert repaired.text == case["expected"]
    assert apply(repaired.plan, case["input"]) == repaired.text
    assert undo(repaired.plan, repaired.text) == case["input"]
    assert repair(repaired.text).text == repaired.text


@pytest.mark.parametrize("case", cases("known-failures"))
def test_known_failures_still_fail(case: dict[str, str]) -> None:
    assert repair(case["input"]).text != case["expected"], "it passes now: give it another verdict"


# ---------------------------------------------------------------------------------------------------------------- the plan


def test_a_step_says_where_what_and_how_sure() -> None:
    text = "Nothing here.\nLa premiÃ¨re leçon.\n"
    repaired = repair(text)
    assert to_json(repaired.plan) == [
        {
            "original": [22, 24],
            "repaired": [22, 23],
            "line": 2,
            "before": "Ã¨",
            "after": "è",
            "misread": [["utf-8", "iso-8859-1"]],
            "certain": True,
        }
    ]
    assert json.loads(json.dumps(to_json(repaired.plan))) == to_json(repaired.plan)


def test_two_accidents_are_told_in_the_order_they_happened() -> None:
    damaged = misread(misread("Zażółć gęślą jaźń", "utf-8", "iso8859-2"), "utf-8", "cp1252")
    (step,) = (step for step in repair(damaged).plan if len(step.misread) == 2 and len(step.before) > 8)
    assert [m.written for m in step.misread] == ["utf-8", "utf-8"]
    assert step.misread[1].read == "windows-1252"


def test_one_misreading_is_named_for_all_that_it_explains() -> None:
    damaged = misread("so it goes。and then\n😊，and so on\nright，", "utf-8", "cp1254")
    assert {m for step in repair(damaged).plan for m in step.misread} == {Misreading("utf-8", "windows-1254")}


def test_what_cannot_be_told_is_kept_and_reported() -> None:
    repaired = repair("It was � here.\nAnd �� there.")
    assert repaired.text == "It was � here.\nAnd �� there."
    assert [(step.line, step.before, step.after, step.certain) for step in repaired.plan] == [
        (1, GAP, GAP, False),
        (2, GAP * 2, GAP * 2, False),
    ]


def test_a_guess_among_many_is_marked_as_uncertain() -> None:
    lost = misread("台", "utf-8", "latin-1").replace("\x8f", "")  # 0xE5 and 0xB0 are left: 台 or 小 or 尭 ...
    plan = repair(f"，{lost}，{misread('我们的题目。', 'utf-8', 'latin-1')}".replace("，", "ï¼\x8c")).plan
    assert not all(step.certain for step in plan)
    assert any(step.certain for step in plan)


def test_a_bracket_that_lost_a_byte_is_certain_where_its_partner_asks_for_it() -> None:
    lost = "【公开课】自然语言处理".encode().decode("windows-1252", "ignore")
    assert [(step.after, step.certain) for step in repair(lost).plan] == [("【公开课】自然语言处理", True)]


def test_a_judge_of_whole_lines_decides_where_the_characters_do_not() -> None:
    line = "新しいバイクで行く。"  # or with a microphone, マイク
    lost = line.encode().decode("windows-1252", "ignore")
    assert repair(lost).text != line
    repaired = repair(lost, lambda readings: [0.0 if "バイクで行く" in reading else 40.0 for reading in readings])
    assert repaired.text == line
    assert undo(repaired.plan, line) == lost
    assert [step.certain for step in repaired.plan if "バ" in step.after] == [False]


def test_a_judge_is_asked_only_about_lines_of_which_bytes_are_lost() -> None:
    asked: list[str] = []
    lines = [
        "Ein Café, schön.",
        misread("新しい本です。", "utf-8", "latin-1"),
        "古い本".encode().decode("windows-1252", "ignore"),
    ]
    repair("\n".join(lines), lambda readings: [0.0 for reading in readings if not asked.append(reading)])
    assert asked
    assert not any("新" in reading or "Caf" in reading for reading in asked)


def test_a_plan_fits_only_its_own_text() -> None:
    plan = repair("La premiÃ¨re leçon.").plan
    with pytest.raises(ValueError, match="does not fit"):
        apply(plan, "Another text altogether.")
    with pytest.raises(ValueError, match="does not fit"):
        undo(plan, "Another text altogether.")


def test_a_judge_that_does_not_know_the_language_changes_nothing() -> None:
    lost = "新しいバイクで行く。".encode().decode("windows-1252", "ignore")
    assert repair(lost, lambda _: None) == repair(lost)


def test_characters_that_are_lost_do_not_speak_against_a_misreading_but_those_that_it_cannot_have_made_do() -> None:
    lost = "é".encode().decode("windows-1252")[0] + GAP
    assert list(rough_readings(lost * 3, "windows-1252", ["utf-8"]))
    assert not list(rough_readings(lost.replace(GAP, "学") * 3, "windows-1252", ["utf-8"]))


def test_a_judge_is_not_shown_what_hardly_anybody_writes() -> None:
    asked: list[str] = []
    lost = "これは新しいバイクです。".encode().decode("windows-1252", "ignore")
    repair(lost, asked.extend)
    assert asked
    assert "これは新しいマイクです。" in asked
    assert not any("チイク" in reading for reading in asked)


@given(st.text(st.sampled_from("aé学的のマ한.\U0001f600"), min_size=2, max_size=2))
def test_the_model_is_read_as_it_is_written(pair: str) -> None:
    key = BIGRAM | ord(pair[0]) << 21 | ord(pair[1])
    i, j, k, mark = cells_of(key, model()._factor, len(model()._cells))
    cell = model()._cells[i] ^ model()._cells[j] ^ model()._cells[k]
    assert model()._look_up(key) == ((cell % (1 << VALUE_BITS)) / SHARE if cell >> VALUE_BITS == mark else None)


# ------------------------------------------------------------------------------------------------------------ the document


def test_a_faint_trace_is_repaired_where_the_document_proves_it() -> None:
    faint, proof = "voilÃ , dit-il", "Le modÃ¨le a Ã©tÃ© entraÃ®nÃ©."
    assert repair(faint).text == faint
    assert repair(f"{proof}\n{faint}").text == "Le modèle a été entraîné.\nvoilà, dit-il"


def test_code_is_repaired_only_where_all_prose_was_misread() -> None:
    prose = ["Première leçon.", "Où est l’erreur ?", "Là, à côté."]
    code = "```\n# précision\n```\n"
    clean = "\n\n".join([*prose, code])
    damaged = misread(clean, "utf-8", "mac-roman")
    assert repair(damaged).text == clean
    partly = "\n\n".join(["Tout va très bien ici.", *prose[1:], misread(code, "utf-8", "mac-roman")])
    assert repair(partly).text == partly


def test_code_ranges_know_spans_and_closed_fences() -> None:
    lines = ["a `b` ``c ` d`` e ` f", "~~~ python", "x = 1", "~~~", "```", "never closed"]
    assert code_ranges(lines) == {0: [(2, 5), (6, 15)], 2: [(0, 5)]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0c"])
def test_line_ends_are_kept(end: str) -> None:
    text = f"schÃ¶n{end}grÃ¼n{end}"
    if end == "\x85":  # a control character, which may be the byte of an ellipsis
        assert repair(text).text.startswith("schön")
    else:
        assert repair(text).text == f"schön{end}grün{end}"


# ------------------------------------------------------------------------------------------------------------- any string


@given(st.one_of(ANY, MIXED))
@settings(max_examples=150)
def test_any_string_is_served_and_its_plan_can_be_replayed_and_undone(text: str) -> None:
    repaired = repair(text)
    assert apply(repaired.plan, text) == repaired.text
    assert undo(repaired.plan, repaired.text) == text
    assert text.count("\n") == repaired.text.count("\n")
    assert all(text.count("\n", 0, step.original) == step.line - 1 for step in repaired.plan)
    ends = [(step.original + len(step.before), step.repaired + len(step.after)) for step in repaired.plan]
    starts = [(step.original, step.repaired) for step in repaired.plan[1:]]
    assert all(end[0] <= start[0] and end[1] <= start[1] for end, start in zip(ends, starts, strict=False))


@given(MIXED)
@settings(max_examples=100)
def test_repair_is_idempotent(text: str) -> None:
    once = repair(text).text
    assert repair(once).text == once


SENTENCES = st.sampled_from(
    [
        "Der Übergang läuft über mehrere Schritte.",
        "La première leçon était très utile.",
        "Mañana veremos más de cerca la función.",
        "損失関数の値が小さくなります。",
        "我们先看一个简单的例子。",
        "모델이 문장을 번역합니다.",
    ]
)


@given(st.lists(SENTENCES, min_size=1, max_size=4), st.data())
@settings(max_examples=60)
def test_any_lines_misread_are_restored_and_the_others_kept(lines: list[str], data: st.DataObject) -> None:
    codec = data.draw(st.sampled_from(["latin-1", "mac-roman", "cp437"]))
    hit = data.draw(st.sets(st.sampled_from(range(len(lines)))))
    damaged = [misread(line, "utf-8", codec) if i in hit else line for i, line in enumerate(lines)]
    assert repair("\n".join(damaged)).text == "\n".join(lines)


@pytest.mark.parametrize(
    ("piece", "times"),
    [
        ("Ã©", 10_000),
        ("Ã", 30_000),
        ("ã€", 5_000),
        ("\u0301", 100_000),
        ("é\u0336", 20_000),
        ("�", 30_000),
        ("`é", 30_000),
        ("[é", 30_000),
        ("\x81\x00\ud800", 5_000),
        ("😀é", 10_000),
        ("讖滓", 5_000),
        ("```\né\n", 10_000),
    ],
    ids=ascii,
)
def test_long_and_hostile_lines_come_through(piece: str, times: int) -> None:
    text = piece * times
    repaired = repair(text)
    assert undo(repaired.plan, repaired.text) == text


def test_a_very_long_clean_line_is_left_alone() -> None:
    line = "Die Übung zeigt, wie der Gradient über viele Schichten fließt. " * 4_000
    assert repair(line).plan == ()


# ------------------------------------------------------------------------------------------------- misreadings and the model


@pytest.mark.parametrize("read", [*SINGLE_BYTE, *MULTI_BYTE])
def test_every_misreading_is_undone_where_no_byte_is_lost(read: str) -> None:
    for written in misreadings()[read]:
        data = "modèle 学 é".encode(written, "ignore")
        try:
            damaged = data.decode(read)
        except UnicodeDecodeError:
            continue
        assert lossless(damaged, Misreading(written, read)) == data.decode(written)


def test_lost_bytes_leave_options_and_the_context_decides() -> None:
    misreading = Misreading("utf-8", "windows-1252")
    assert {"わ", "あ"} <= set(options("ã‚", misreading))
    assert set(options("Ã", misreading)) >= {"à", "í", "Á"}
    bits, atoms = search("celui-lÃ ", misreading, "\n\n", " e")
    assert "".join(atom.after for atom in atoms).startswith("celui-là")
    assert bits > 0


def test_words_take_fewer_bits_than_mojibake_and_shuffled_words() -> None:
    bits = model().bits
    for sentence in (
        "the gradient of the loss",
        "損失関数の勾配",
        "损失函数的梯度",
        "손실 함수의 기울기",
        "le gradient de la perte",
    ):
        assert bits(sentence) < bits(sentence[::-1])
        if not sentence.isascii():
            assert bits(sentence) * 1.5 < bits(misread(sentence, "utf-8", "latin-1"))


def test_ftfy_is_loaded_only_where_something_is_suspicious() -> None:
    code = (
        "import sys; from diglot.pipeline.repair import repair\n"
        "repair('Plain words, 日本語の文, et un café.'); assert 'ftfy' not in sys.modules\n"
        "assert repair('voilÃ\\xa0 tout').text == 'voilà tout'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
