"""Cleaning: each filter drops what it is named for, keeps what is sound, and is counted."""

import lzma
from pathlib import Path

import pytest

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.clean import (
    NotIn,
    Report,
    Unseen,
    best_share,
    clean,
    held_out_texts,
    normalise,
    repeats_alike,
    skeleton,
    standard_filters,
    width,
)


def pair(first: str, second: str, languages: tuple[str, str] = ("en", "ja")) -> Pair:
    return Pair("corpus", "document", languages, first, second)


SOUND = [
    pair("The gradient points uphill.", "勾配は上り坂を指します。"),
    pair("Overview", "概要"),
    pair("Set `alpha` to 0.25 and run it 1000 times.", "`alpha` を 0.25 にして 1000 回実行します。"),
    pair("It costs $5.", "五ドルです。"),
    pair("Let us look at the second layer.", "我们来看第二层。", ("en", "zh")),
    pair("Bonjour à tous.", "Hallo zusammen.", ("fr", "de")),
    pair("The Animations API at a glance", "Animations APIの概要"),
    pair("There are 4 billion numbers.", "40億個の数があります。"),
    pair("It took 25 years.", "二十五年かかりました。"),
    pair("Well ..... it costs 15,000 yen.", "さて…15000円です。"),
    pair(
        "Put differently, what counts in the end is that you have three numbers.", "换句话说，最终得到三个数。", ("en", "zh")
    ),
]

FAULTY = {
    "unicode": pair("A lost \ufffd byte.", "失われたバイトです。"),
    "length": pair("... 42", "四十二です。"),
    "ratio": pair("Yes.", "それはとても長い説明になりますが、順を追ってゆっくりと見ていくことにしましょう。"),
    "script": pair("The gradient points uphill.", "The gradient points up the hill."),
    "copy": pair("你好，世界。", "你好，世界！", ("zh", "zh")),
    "numbers": pair("In 1987 and 2003 it rose.", "1978年と2030年に上がりました。"),
    "markup": pair("Call `run` first.", "最初に run を呼びます。"),
}


@pytest.mark.parametrize("sound", SOUND, ids=lambda p: p.first)
def test_sound_pairs_are_kept(sound: Pair) -> None:
    assert list(clean([sound], standard_filters(), Report())) == [sound]


@pytest.mark.parametrize("name", FAULTY)
def test_each_filter_drops_its_fault(name: str) -> None:
    report = Report()
    assert list(clean([FAULTY[name]], standard_filters(), report)) == []
    assert dict(report.dropped) == {name: 1}
    assert report.examples[name] == [FAULTY[name]]


def test_duplicates_and_near_duplicates() -> None:
    report = Report()
    one, near = (
        pair("Use version 11 now.", "今すぐ版 11 を使います。"),
        pair("Use version 12 now!", "今すぐ版 12 を使います！"),
    )
    assert list(clean([one, one, near], standard_filters(), report)) == [one]
    assert dict(report.dropped) == {"duplicate": 1, "near-duplicate": 1}
    assert (report.seen, report.kept) == (3, 1)


def test_held_out_text_is_dropped_on_either_side_whatever_its_case_and_punctuation() -> None:
    keeps = NotIn(["The gradient points uphill!", "Yes."])
    assert not keeps(pair("the GRADIENT points uphill", "何か別の文です。"))
    assert not keeps(pair("何か別の文です。", "The gradient points uphill.", ("ja", "en")))
    assert keeps(pair("Yes.", "はい。"))
    assert keeps(pair("The gradient points downhill.", "勾配は下を指します。"))


def test_unseen_keeps_the_first_of_each_key() -> None:
    keeps = Unseen(lambda p: p.first)
    assert [keeps(pair(text, "x")) for text in ("a", "b", "a")] == [True, True, False]


def test_loops_are_found_on_one_side_alone() -> None:
    assert not repeats_alike(pair("So we look at the loss once more.", "だから損失を、、、、、、、もう一度見ます。"))
    assert not repeats_alike(pair("It maps a function.", "関数関数関数関数関数です。"))
    assert repeats_alike(pair("It costs 1000000 yen ..........", "百万円です……………"))
    assert repeats_alike(pair("Ha ha ha ha ha ha!", "はははははは！"))


def test_a_share_by_score() -> None:
    assert best_share([0.1, 0.4, 0.3, 0.2], 0.5) == [False, True, True, False]
    assert best_share([1.0, 1.0, 1.0], 0.34) == [True, False, False]
    assert best_share([], 0.5) == []


@pytest.mark.parametrize(
    ("written", "texts"),
    [
        ("The tide turns twice.\r\nNobody swims.\n", ["The tide turns twice.", "Nobody swims."]),
        ("The tide turns twice.\t潮は二度変わる。\n", ["The tide turns twice.", "潮は二度変わる。"]),
        ("talk-1\tThe tide turns.\t潮が変わる。\n\n", ["talk-1", "The tide turns.", "潮が変わる。"]),
    ],
    ids=["lines", "two-columns", "document-first"],
)
def test_every_text_of_a_test_set_is_held_out(tmp_path: Path, written: str, texts: list[str]) -> None:
    (tmp_path / "test.en").write_text(written, encoding="utf-8", newline="")
    (tmp_path / "test.en.xz").write_bytes(lzma.compress(written.encode()))
    assert list(held_out_texts([tmp_path / "test.en"])) == list(held_out_texts([tmp_path / "test.en.xz"])) == texts


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (b"", "holds no text"),
        (b" \n\t\n", "holds no text"),
        ("The tide.".encode("utf-16"), "1: not UTF-8"),
        ("Sea.\nThe café.".encode("latin-1"), "2: not UTF-8"),
        (b'<srcset setid="tides">\n<seg id="1">The tide.</seg>', "is XML or JSON"),
        (b'{"en": "The tide."}', "is XML or JSON"),
    ],
)
def test_a_test_set_that_cannot_be_held_out_is_no_test_set(tmp_path: Path, written: bytes, fault: str) -> None:
    (tmp_path / "test.en").write_bytes(written)
    with pytest.raises(InputError, match=fault):
        list(held_out_texts([tmp_path / "test.en"]))


def test_a_test_set_that_is_cut_off_is_said(tmp_path: Path) -> None:
    (tmp_path / "test.en.xz").write_bytes(lzma.compress(b"The tide turns twice.\n" * 99)[:-20])
    with pytest.raises(InputError, match="not whole"):
        list(held_out_texts([tmp_path / "test.en.xz"]))


@pytest.mark.parametrize(
    "text", ["9" * 20_000 + "億", "ab" * 10_000, "``" * 9_000, "<" * 20_000, "、" * 20_000, "\ud800\x00"]
)
def test_hostile_text_is_judged_in_no_time(text: str) -> None:
    assert list(clean([pair(text, "x")], standard_filters(max_length=1 << 20) | {"loop": repeats_alike}, Report())) == []


def test_examples_are_few() -> None:
    report = Report()
    list(clean([pair(f"Yes {'.' * n}", "…") for n in range(50)], standard_filters(), report))
    assert report.dropped.total() == 50
    assert all(len(examples) <= 5 for examples in report.examples.values())


def test_text_is_normalised() -> None:
    assert normalise("  cafe\u0301 \u3000 au\tlait\n") == "café au lait"
    assert skeleton("Version 12.5: A-B!") == skeleton("version 99 5 ab")
    assert width("aモ") == 3
