"""What people corrected comes back: the same sentence as it is, a similar one as a finding, and nothing shifts."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from diglot import InputError, LanguageError
from diglot.pipeline.bilingual import key
from diglot.pipeline.cache import Remembered
from diglot.pipeline.document import Segment
from diglot.pipeline.memory import ALIKE, Memory, Unit, read, translate_with
from diglot.pipeline.translate import Request

TABLE = """source_language\ttarget_language\tsource\ttarget\tstatus
en\tja\tThe gradient points uphill.\t勾配は上り坂を向きます。\ttranslated
en\tja\tWe stop  here.\tここで終わります。\ttranslated
en\tja\tOpen question\tOpen question\tuntranslated
en-GB\tja\tThe gradient points uphill.\t勾配は登る向きです。\ttranslated
"""


class Echo:
    """A translator whose answers name what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str], source: str, target: str, **_: object) -> list[Remembered]:
        self.asked += texts
        return [Remembered(f"訳{len(text)}", -0.1) for text in texts]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    path = tmp_path / "lecture.en-ja.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return read([path])


def segments(*texts: str) -> list[Segment]:
    return [Segment(i, i, "paragraph", "en", text, ((0, len(text)),)) for i, text in enumerate(texts)]


def test_the_last_correction_counts_and_what_was_not_translated_is_no_unit(memory: Memory) -> None:
    unit = memory.exact("The gradient  points uphill.", "en", "ja")
    assert unit is not None
    assert (unit.target, unit.place) == ("勾配は登る向きです。", "lecture.en-ja.tsv:5")
    assert memory.exact("Open question", "en", "ja") is None
    assert memory.exact("The gradient points uphill.", "en", "zh") is None


sentences = st.text("ab 波", min_size=1, max_size=14).map(key).filter(bool)


@given(known=st.lists(sentences, min_size=1, max_size=8, unique=True), wanted=sentences)
def test_the_most_similar_unit_is_found_whatever_its_length(known: list[str], wanted: str) -> None:
    memory = Memory({("en", "ja"): {text: [Unit(text, "訳", "a:1")] for text in known}})
    best = max(Indel.normalized_similarity(text, wanted) for text in known)
    found = memory.similar(wanted, "en", "ja")
    assert (round(found[1], 9) if found else 0) == (round(best, 9) if best >= ALIKE else 0)


def test_similar_units_have_a_likeness_and_a_limit(memory: Memory) -> None:
    found = memory.similar("The gradient points downhill.", "en", "ja")
    assert found is not None
    assert found[0].target == "勾配は登る向きです。"
    assert 0.75 <= found[1] < 1
    assert memory.similar("Something else altogether, quite long", "en", "ja") is None
    assert Memory({}).similar("a", "en", "ja") is None


def test_pairs_come_in_order_whoever_made_them(memory: Memory) -> None:
    echo = Echo()
    given = segments("We stop here.", "A new sentence is here.", "The gradient points downhill.", "We stop here.", "123")
    pairs = list(translate_with(memory, given, echo, Request("ja", frozenset({"en", "ja"}))))
    assert [p.segment.index for p in pairs] == [0, 1, 2, 3, 4]
    assert echo.asked == ["A new sentence is here.", "The gradient points downhill."]
    assert [p.target for p in pairs] == ["ここで終わります。", "訳23", "訳29", "ここで終わります。", "123"]
    assert [[f.code for f in p.findings] for p in pairs] == [["memory"], [], ["memory-similar"], ["memory"], []]
    assert "勾配は登る向きです。" in pairs[2].findings[0].message


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("source\ttarget\n1\t2\n")
    with pytest.raises(InputError, match=r"table\.tsv: line 1: no column"):
        read([table])
    with pytest.raises(InputError, match=r"none\.tsv: cannot be read"):
        read([tmp_path / "none.tsv"])


def test_a_row_that_a_person_filled_in_counts(tmp_path: Path) -> None:
    path = tmp_path / "open.tsv"
    path.write_text(TABLE.replace("Open question\tOpen question", "Open question\t未解決の問題"), encoding="utf-8")
    unit = read([path]).exact("Open question", "en", "ja")
    assert unit is not None
    assert unit.target == "未解決の問題"


TALK = """index\tsource_language\ttarget_language\tsource\ttarget\tnote\tscore
2\ten\tja\tIs it slow?\t遅いですか。\t\t
1\ten\tja\tYes.\tはい。\tsaid by Ann\t-0.25
0\ten\tja\tIs it clear?\t分かりますか。\t\t
3\ten\tja\tYes.\tええ。\t\t
"""


def test_of_several_translations_the_one_between_the_same_sentences_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "talk.tsv"
    path.write_text(TALK, encoding="utf-8")
    memory, request = read([path]), Request("ja", frozenset({"en", "ja"}))
    given = segments("Is it clear?", "Yes.", "Is it slow?", "Yes.", "Yes.")
    pairs = list(translate_with(memory, given, Echo(), request))
    assert [pair.target for pair in pairs] == ["分かりますか。", "はい。", "遅いですか。", "ええ。", "ええ。"]
    assert [pair.note for pair in pairs] == ["", "said by Ann", "", "", ""]
    assert [pair.translation.score for pair in pairs] == [None, -0.25, None, None, None]


def test_one_neighbour_is_better_than_none(tmp_path: Path) -> None:
    path = tmp_path / "talk.tsv"
    path.write_text(TALK, encoding="utf-8")
    memory = read([path])
    for context, target in (
        (("Is it  clear?", "New."), "はい。"),
        (("New.", "Is it slow?"), "はい。"),
        (("a", "b"), "ええ。"),
    ):
        unit = memory.exact("Yes.", "en", "ja", context)
        assert unit is not None
        assert unit.target == target


def test_what_a_file_gives_is_told(tmp_path: Path) -> None:
    path = tmp_path / "talk.tsv"
    path.write_text(TALK, encoding="utf-8")
    memory = read([path])
    assert list(memory.told("ja")) == [f"memory: {path}: 4 en→ja"]
    assert list(memory.told("zh")) == [f"memory: {path}: no units into zh, only 4 en→ja"]
    path.write_text(TALK.split("\n", maxsplit=1)[0] + "\n", encoding="utf-8")
    assert list(read([path]).told("ja")) == [f"memory: {path}: no units into ja"]


def test_a_table_of_two_columns_has_the_languages_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("Yes.\tはい。\n", encoding="utf-8")
    unit = read([path], "en", "ja").exact("Yes.", "en", "ja")
    assert unit is not None
    with pytest.raises(LanguageError, match="in which languages"):
        read([path])


def test_a_passage_that_was_not_asked_for_is_not_taken_from_the_memory(tmp_path: Path) -> None:
    (tmp_path / "m.fr-ja.txt").write_text("Bonjour à tous.\t皆さん、こんにちは。\n", encoding="utf-8")
    segment = Segment(0, 0, "line", "fr", "Bonjour à tous.", ((0, 15),))
    request = Request("ja", frozenset({"en", "fr", "ja"}), only="en")
    (pair,) = translate_with(read([tmp_path / "m.fr-ja.txt"]), [segment], lambda *_, **__: [], request)
    assert pair.translation.status == "kept"


NUMBERS = """source_language\ttarget_language\tsource\ttarget\tnote\tscore
en\tja\tThe lab is in room 4.217.\t実験室は4.217号室です。\tasked the office\t-0.4
en\tja\tHand it in by 4:30 pm.\t16時半までに提出してください。\t\t
ja\ten\tリンゴを1個買いました。\tI bought 1 apple.\t\t
"""


def test_a_sentence_with_other_numbers_gets_the_translation_with_them(tmp_path: Path) -> None:
    path = tmp_path / "notes.tsv"
    path.write_text(NUMBERS, encoding="utf-8")
    echo = Echo()
    given = segments("The lab is in  room 4.219.", "Hand it in by 5:30 pm.")
    pairs = list(translate_with(read([path]), given, echo, Request("ja", frozenset({"en", "ja"}))))
    assert [pair.target for pair in pairs] == ["実験室は4.219号室です。", "訳22"]
    assert (pairs[0].note, pairs[0].translation.score) == ("asked the office", None)
    assert [f.message for f in pairs[0].findings] == ["From the translation memory, notes.tsv:2, with “4.219” for “4.217”"]
    assert echo.asked == ["Hand it in by 5:30 pm."]
    assert read([path]).recall("リンゴを3個買いました。", "ja", "en") is None  # 3 apple


def test_the_very_sentence_is_better_than_one_with_other_numbers(tmp_path: Path) -> None:
    path = tmp_path / "notes.tsv"
    path.write_text(NUMBERS + "en\tja\tThe lab is in room 5.\t実験は5号室で。\t\t\n", encoding="utf-8")
    memory = read([path])
    found = [memory.recall(f"The lab is in room {number}.", "en", "ja") for number in ("4.217", "5", "6")]
    assert [unit.target for unit in found if unit] == ["実験室は4.217号室です。", "実験は5号室で。", "実験は6号室で。"]
