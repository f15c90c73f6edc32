"""The checks: what they find, what they leave alone, and that nothing makes them stumble."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import protect
from diglot.pipeline.check import check, check_all
from diglot.pipeline.checks import CODES
from diglot.pipeline.checks.spelling import is_misspelt
from diglot.pipeline.document import AlignedPair, Segment, Span, Translation
from diglot.pipeline.glossary import Glossary, Term

DATA = Path(__file__).parent.parent / "data" / "check"
CASES = [case for path in sorted(DATA.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]


def pair(source: str, target: str, language: str = "en", *, index: int = 0, status: Any = "translated") -> AlignedPair:
    segment = Segment(index, index, "paragraph", language, source, ((0, len(source)),), tuple(protect.find(source)))
    return AlignedPair(segment, Translation(target, status))


def cases(*, known_failures: bool) -> list[Any]:
    chosen = [case for case in CASES if (case["verdict"] == "known-failures") == known_failures]
    return [pytest.param(case["input"], case["expected"], id=case["label"]) for case in chosen]


def codes(given: dict[str, str]) -> list[str]:
    return [finding.code for finding in check(pair(given["source"], given["target"], given["from"]), given["to"])]


@pytest.mark.parametrize(("given", "expected"), cases(known_failures=False))
def test_cases(given: dict[str, str], expected: list[str]) -> None:
    assert codes(given) == expected


@pytest.mark.parametrize(("text", "severity"), [("heretofore", "warning"), ("Szymborska", "info"), ("APPLAUSE", "info")])
def test_what_was_taken_for_a_name_is_told(text: str, severity: str) -> None:
    kept = pair(text, text, status="kept")
    assert check(kept, "ja") == []  # by rights: no translator was asked
    guess = replace(kept, translation=Translation(text, "kept", -1.2))
    assert [(finding.code, finding.severity) for finding in check(guess, "ja")] == [("copied", severity)]
    assert check(guess, "ja", off={"copied"}) == []


@pytest.mark.parametrize(("given", "expected"), cases(known_failures=True))
@pytest.mark.xfail(strict=True)
def test_known_failures(given: dict[str, str], expected: list[str]) -> None:
    assert codes(given) == expected


words = st.sampled_from(
    [
        "the",
        "12",
        "1,234.5",
        "3.11.2",
        "二十五",
        "半",
        "百分之",
        "3万",
        "GPT-4",
        "$x$",
        "`a_b`",
        "https://a.b/c",
        "5km",
        "(",
        "）",
        "「",
        "“",
        ",",
        "。",
        "?",
        "か",
        "は",
        "層",
        "레이어",
        "열두",
        "May",
        "Montag",
        "quatre-vingt",
        "veinticinco",
        "fünfundzwanzig",
        "3:30pm",
        "1960s",
        "½",
        "²",
        "5 mİllion",
        "5 thouſand",
        "٣٤",
        "５０％",
        "пять",
        "\ue000",
    ]
)
texts = st.one_of(st.text(st.characters(codec=None), max_size=40), st.lists(words, max_size=12).map(" ".join))
languages = st.sampled_from(
    ["en", "ja", "zh", "zh-Hant", "fr", "de", "es", "ko", "ar", "ru", "pt-BR", "und", "mul", "xx", ""]
)


@given(texts, texts, languages, languages)
def test_findings_lie_in_the_texts(source: str, target: str, language: str, wanted: str) -> None:
    for finding in check(pair(source, target, language), wanted):
        assert finding.code in CODES and finding.message and finding.advice
        for place, text in ((finding.source, source), (finding.target, target)):
            assert place is None or 0 <= place[0] < place[1] <= len(text)


@given(texts, languages)
def test_a_text_agrees_with_itself(text: str, language: str) -> None:
    found = {finding.code for finding in check(pair(text, text, language), language)}
    assert not found & {
        "number",
        "number-missing",
        "number-added",
        "unit",
        "span-lost",
        "span-changed",
        "bracket",
        "omission",
    }


HOSTILE = {
    "digits": "1" * 5000,
    "commas": "1," * 2000,
    "brackets": "(" * 50_000,
    "dollars": "$" * 10_000,
    "numerals": "二" * 10_000,
    "words": "ab " * 10_000,
    "measures": "1 foot " * 1000,
    "one word": "a" * 100_000,
    "formulas": " ".join(f"$a_{{{i}}}$" for i in range(3000)),
    "code": " ".join(f"`name_{i}`" for i in range(3000)),
    "hyphens": "-".join(map(str, range(300))),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("language", ["en", "ja", "de", "ko"])
def test_hostile_texts_are_checked(text: str, language: str) -> None:
    check(pair(text, text + "x", language), "zh" if language != "zh" else "en")


def test_a_hostile_text_that_lost_every_piece_is_checked() -> None:
    source = " ".join(f"`name_{i}` $x_{{{i}}}$" for i in range(3000))
    found = check(pair(source, source.replace("_", "-").replace("$", "")), "ja")
    assert {finding.code for finding in found} >= {"span-changed", "span-lost"}


@pytest.mark.parametrize(
    ("source", "target", "misspelt"),
    [
        ("The convolution is here.", "コnvolutionです。", True),
        ("The convolution is here.", "onvolution です。", True),
        ("The convolution is here.", "convolution です。", False),
        ("Run Cedar for it, edar too.", "edar です。", False),  # a word of the source
        ("Ask Max for it.", "ax に。", False),  # too short to tell
        ("Open the tab.", "タブtab", False),
        ("It grows.", "grrows を。", True),
    ],
)
def test_a_misspelt_word_is_one_for_the_translator_too(source: str, target: str, misspelt: bool) -> None:
    assert is_misspelt(source, target, ("en", "ja")) == misspelt
    assert ("spelling" in {f.code for f in check(pair(source, target), "ja")}) == misspelt
    assert not is_misspelt(source, target, ("en", "de"))


def test_checks_can_be_switched_off() -> None:
    wrong = pair("It has 12 layers.", "21  層あります。")
    assert [finding.code for finding in check(wrong, "ja")] == ["number", "space"]
    assert [finding.code for finding in check(wrong, "ja", off={"number"})] == ["space"]


def test_status_decides_what_is_checked() -> None:
    assert check(pair("It has 12 layers.", "It has 12 layers.", status="kept"), "ja") == []
    (finding,) = check(pair("It has 12 layers.", "It has 12 layers.", status="untranslated"), "ja")
    assert (finding.code, finding.severity) == ("untranslated", "error")


def test_markup_must_enclose_something() -> None:
    source, target = "a **bold** word", "ein ** **fettes Wort"
    spans = (Span(2, 4, "markup"), Span(8, 10, "markup"))
    segment = Segment(0, 0, "paragraph", "en", source, ((0, len(source)),), spans)
    assert check(AlignedPair(segment, Translation(target, "translated")), "de") == []
    tags = (Span(2, 5, "tag"), Span(9, 13, "tag"))
    source, target = "a <b>bold</b> word", "ein </b>fettes<b> Wort"
    segment = Segment(0, 0, "paragraph", "en", source, ((0, len(source)),), tags)
    found = check(AlignedPair(segment, Translation(target, "translated")), "de")
    assert [finding.code for finding in found] == ["nesting"]


def test_terms_are_checked_with_a_glossary() -> None:
    glossary = Glossary("en", "ja", (Term("transformer", ("トランスフォーマー",), ("変圧器",)),))
    wrong = pair("A transformer reads it.", "変圧器がそれを読みます。")
    assert [finding.code for finding in check(wrong, "ja", glossary=glossary)] == ["term-forbidden"]
    assert check(wrong, "ja", glossary=glossary, off=["term-forbidden"]) == []


def test_a_term_is_rendered_throughout_as_it_is_mostly() -> None:
    glossary = Glossary("en", "ja", (Term("layer", ("層", "レイヤー")),))
    rows = [("The layer is small.", "層は小さい。"), ("A layer adds.", "レイヤーは足します。"), ("One layer.", "一つの層。")]
    pairs = lecture([s for s, _ in rows], [t for _, t in rows])
    found = [[finding.code for finding in p.findings] for p in check_all(iter(pairs), "ja", glossary=glossary)]
    assert found == [[], ["term-inconsistent"], []]
    assert not any(p.findings for p in check_all(pairs, "ja", glossary=glossary, off=["term-inconsistent"]))


LECTURE = [
    ("Hello.", "こんにちは。"),
    (
        "Today we look at how a network learns from examples.",
        "今日は、ネットワークが例からどのように学ぶかを見ていきます。",
    ),
    ("First of all, what is a layer?", "まず、層とは何でしょうか。"),
    ("A layer takes 128 numbers and gives back 64.", "層は 128 個の数を受け取り、64 個を返します。"),
    ("Every number is a weighted sum.", "どの数も重み付きの和です。"),
    (
        "The weights are what the network learns, and there may be millions of them in one layer.",
        "重みはネットワークが学ぶもので、一つの層に何百万もあることがあります。",
    ),
    ("Why?", "なぜでしょう。"),
    ("Because PyTorch makes it easy to add more of them.", "PyTorch では簡単に増やせるからです。"),
    ("That is not always a good idea.", "いつも良い考えだとは限りません。"),
    (
        "With 50 examples and a million weights, a network simply remembers everything that it has seen.",
        "例が 50 個で重みが 100 万個なら、ネットワークは見たものをすべて覚えてしまうだけです。",
    ),
    ("We call this overfitting.", "これを過学習と呼びます。"),
    (
        "Next week we will see three ways to prevent it, and you will try each of them on your own data.",
        "来週はそれを防ぐ三つの方法を見て、それぞれを自分のデータで試してもらいます。",
    ),
    ("Thank you.", "ありがとうございました。"),
    (
        "Are there any questions about the homework that is due on Friday?",
        "金曜日が締め切りの宿題について、質問はありますか。",
    ),
]


def lecture(sources: list[str], targets: list[str]) -> list[AlignedPair]:
    return [pair(s, t, index=i) for i, (s, t) in enumerate(zip(sources, targets, strict=False))]


def test_a_lecture_in_order_has_no_findings() -> None:
    pairs = lecture([s for s, _ in LECTURE], [t for _, t in LECTURE])
    assert [found.findings for found in check_all(pairs, "ja")] == [()] * len(pairs)


@pytest.mark.parametrize("missing", [1, 3, 5])
def test_translations_that_slip_are_told_where(missing: int) -> None:
    targets = [t for _, t in LECTURE]
    del targets[missing]
    found = list(check_all(lecture([s for s, _ in LECTURE], targets), "ja"))
    assert [p.segment.index for p in found] == list(range(len(targets)))
    slipped = [p.segment.index for p in found if any(f.code == "shifted" for f in p.findings)]
    assert len(slipped) == 1 and abs(slipped[0] - missing) <= 2


def test_pairs_come_out_before_the_last_went_in() -> None:
    taken = 0

    def stream() -> Any:
        nonlocal taken
        for index in range(1000):
            taken += 1
            yield pair(*LECTURE[index % len(LECTURE)], index=index)

    next(iter(check_all(stream(), "ja", off=["register"])))
    assert taken < 100


@pytest.mark.parametrize(("usual", "odd"), [("増えます。", "減る。"), ("増える。", "減ります。")])
def test_a_sentence_in_another_register_is_told(usual: str, odd: str) -> None:
    targets = [f"値{number}が{usual}" for number in range(8)]
    sources = [f"Value {number} changes." for number in range(12)]
    found = [
        [f.code for f in p.findings]
        for p in check_all(lecture(sources, [*targets, f"値8が{odd}", "値9の増加", "値10、増加。"]), "ja")
    ]
    assert found == [[]] * 8 + [["register"], [], []]


def test_few_sentences_or_no_majority_have_no_register_of_their_own() -> None:
    for plain, polite in ((7, 1), (8, 3)):
        targets = [f"値{n}が減る。" if n < plain else f"値{n}が増えます。" for n in range(plain + polite)]
        sources = [f"Value {n} changes." for n in range(plain + polite)]
        assert not any(p.findings for p in check_all(lecture(sources, targets), "ja"))


def test_one_source_with_two_translations_is_told() -> None:
    pairs = [
        pair("This is called overfitting.", "これを過学習と呼びます。"),
        pair("This is called overfitting!", "これを過剰適合と呼びます！", index=1),
        pair("Right.", "はい。", index=2),
        pair("Right.", "ええ。", index=3),
    ]
    found = [[f.code for f in p.findings] for p in check_all(pairs, "ja")]
    assert found == [[], ["inconsistent"], [], []]
