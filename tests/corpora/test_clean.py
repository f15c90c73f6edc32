"""Cleaning: each filter drops what it is named for, keeps what is sound, and is counted."""

import pytest

from diglot.corpora import Pair
from diglot.corpora.clean import NotIn, Report, Unseen, clean, normalise, skeleton, standard_filters, width


def pair(first: str, second: str, languages: tuple[str, str] = ("en", "ja")) -> Pair:
    return Pair("corpus", "document", languages, first, second)


SOUND = [
    pair("The gradient points uphill.", "勾配は上り坂を指します。"),
    pair("Overview", "概要"),
    pair("Set `alpha` to 0.25 and run it 1000 times.", "`alpha` を 0.25 にして 1000 回実行します。"),
    pair("It costs $5.", "五ドルです。"),
    pair("Let us look at the second layer.", "我们来看第二层。", ("en", "zh")),
    pair("Bonjour à tous.", "Hallo zusammen.", ("fr", "de")),
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


def test_examples_are_few() -> None:
    report = Report()
    list(clean([pair(f"Yes {'.' * n}", "…") for n in range(50)], standard_filters(), report))
    assert report.dropped.total() == 50
    assert all(len(examples) <= 5 for examples in report.examples.values())


def test_text_is_normalised() -> None:
    assert normalise("  cafe\u0301 \u3000 au\tlait\n") == "café au lait"
    assert skeleton("Version 12.5: A-B!") == skeleton("version 99 5 ab")
    assert width("aモ") == 3
