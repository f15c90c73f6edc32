import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import LanguageError
from diglot.pipeline import protect
from diglot.pipeline.align import Link, align
from diglot.pipeline.align.bitext import align_document, align_documents
from diglot.pipeline.document import Document, Segment
from diglot.pipeline.edition import Edition, Reading, open_bytes, segments_of

DATA = Path(__file__).parents[2] / "data" / "align"
LANGUAGES = ("en", "ja", "zh", "zh-Hant", "fr", "de", "es", "ko", "und")

Opened = tuple[Document, list[Segment]]


def cases(name: str) -> list[Any]:
    read = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    failing = pytest.mark.xfail(strict=True, reason="known failure")
    return [
        pytest.param(case, id=case["label"], marks=[failing] if case["verdict"] == "known-failures" else []) for case in read
    ]


def segments(texts: Sequence[str], language: str) -> list[Segment]:
    return [
        Segment(i, i, "line", language, text, ((0, len(text)),), tuple(protect.find(text))) for i, text in enumerate(texts)
    ]


def opened(text: str, name: str = "text.txt") -> Opened:
    document = open_bytes(text.encode("utf-8", "surrogatepass"), name, Reading(comments=True)).document
    return document, list(segments_of(document))


def pairs(edition: Edition) -> list[list[str]]:
    return [[p.segment.text, p.target] for p in edition.pairs if p.translation.status == "translated"]


def found(edition: Edition, code: str) -> list[str]:
    return [pair.segment.text for pair in edition.pairs if code in {finding.code for finding in pair.findings}]


@pytest.mark.parametrize("case", cases("sentences"))
def test_sentences_are_linked(case: dict[str, Any]) -> None:
    first, second = (segments(texts, code) for texts, code in zip(case["input"], case["languages"], strict=True))
    links = [[list(link.first), list(link.second)] for link in align(first, second) if link.first and link.second]
    assert links == case["expected"]


@pytest.mark.parametrize("case", cases("arrangements"))
def test_a_bilingual_document_is_taken_apart(case: dict[str, Any]) -> None:
    made = align_document(*opened("\n".join(case["input"]) + "\n", case.get("name", "text.txt")))
    buttons = [pair for pair in pairs(made) if pair[0] in case.get("furniture", ())]
    assert [pair for pair in pairs(made) if pair not in buttons] == case["expected"]
    assert [made.source, made.target] == case["languages"]
    assert found(made, "no-partner") == case.get("alone", [])
    assert {*case.get("furniture", ())} == {*found(made, "furniture"), *(text for pair in buttons for text in pair)}


# ---------------------------------------------------------------------------------------------------------------- invariants

TEXTS = st.lists(
    st.sampled_from(["The model.", "モデルです。", "模型", "$x$", "12", "Is it?", "", "\x00", "\ud800", "`f()`"])
    | st.sampled_from(["https://a.org/b", "?" * 50, "a" * 300])
    | st.text(st.characters(), max_size=20),
    max_size=12,
)


def check_links(links: Sequence[Link], first: int, second: int) -> None:
    """Every segment is in one link, in order, and the score is a probability, above 0 for pairs alone."""
    assert [i for link in links for i in link.first] == list(range(first))
    assert [j for link in links for j in link.second] == list(range(second))
    for link in links:
        assert link.first or link.second
        assert 0 <= link.score <= 1
        assert (link.score > 0) == bool(link.first and link.second)


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_every_segment_is_in_one_link_whatever_the_texts_are(
    first: list[str], second: list[str], here: str, there: str
) -> None:
    check_links(align(segments(first, here), segments(second, there)), len(first), len(second))


@settings(max_examples=40)
@given(TEXTS)
def test_a_text_is_linked_with_itself(texts: list[str]) -> None:
    links = align(segments(texts, "en"), segments(texts, "fr"))
    check_links(links, len(texts), len(texts))


def test_sides_may_be_exchanged() -> None:
    case = json.loads((DATA / "sentences.json").read_text(encoding="utf-8"))[3]
    first, second = (segments(texts, code) for texts, code in zip(case["input"], case["languages"], strict=True))
    there = [(link.first, link.second) for link in align(first, second) if link.score]
    back = [(link.second, link.first) for link in align(second, first) if link.score]
    assert there == back


def lecture(rows: int) -> Iterator[tuple[str, str]]:
    """Numbered sentences, so that what belongs together is known."""
    kinds = (
        ("memory", "メモリ"),
        ("network", "ネットワーク"),
        ("compiler", "コンパイラ"),
        ("matrix", "行列"),
        ("program", "プログラム"),
    )
    for i in range(rows):
        english, japanese = kinds[i * i % 5]
        yield f"Number {i * 37} is about the {english}.", f"番号{i * 37}は{japanese}についてです。"


@pytest.mark.parametrize("gap", [(300, 420), (0, 150), (550, 700)])
def test_a_long_text_with_a_gap_is_found_in_the_band(gap: tuple[int, int]) -> None:
    """A whole chapter is missing on one side: far more than the band is wide."""
    rows = list(lecture(700))
    first = segments([row[0] for row in rows], "en")
    second = segments([row[1] for i, row in enumerate(rows) if not gap[0] <= i < gap[1]], "ja")
    kept = [i for i in range(700) if not gap[0] <= i < gap[1]]
    links = align(first, second)
    check_links(links, len(first), len(second))
    right = sum(link.first == (kept[link.second[0]],) for link in links if len(link.second) == 1)
    assert right >= 0.99 * len(kept)


def test_a_text_is_found_beside_one_many_times_as_long() -> None:
    """As where a translation was begun only; several sections long."""
    rows = list(lecture(2_500))
    first, second = segments([row[0] for row in rows], "en"), segments([row[1] for row in rows[:200]], "ja")
    links = align(first, second)
    check_links(links, len(first), len(second))
    assert sum(link[:2] == ((i,), (i,)) for i, link in enumerate(links[:200])) >= 190


def test_one_sentence_against_thousands() -> None:
    rows = list(lecture(3000))
    links = align(segments([rows[1500][0]], "en"), segments([row[1] for row in rows], "ja"))
    check_links(links, 1, 3000)


def test_a_translation_that_is_given_helps() -> None:
    """Words that no lexicon has, of equal length, with one left out: only the translation tells which."""
    invented = ["Blorb.", "Quizz.", "Franp.", "Dwixo.", "Stunk."]
    nonsense = ["バラバ。", "クイザ。", "フラパ。", "ドウゾ。", "スタン。"]
    first = segments(invented, "xx")
    second = segments([word for i, word in enumerate(nonsense) if i != 1], "ja")
    by_word = dict(zip(invented, nonsense, strict=True))

    def translate(texts: Sequence[str], source: str, target: str) -> list[str]:
        assert (source, target) == ("xx", "ja")
        return [by_word[text] for text in texts]

    links = align(first, second, similarity=translate)
    assert [link.first for link in links if link.second] == [(0,), (2,), (3,), (4,)]


def test_equal_sentences_are_told_apart_by_their_places() -> None:
    first, second = segments(["Yes."] * 4, "en"), segments(["はい。"] * 4, "ja")
    links = align(first, second, places=([0, 1, 2, 3], [0, 2, 3, 9]))
    assert [(link.first, link.second) for link in links if link.score] == [((0,), (0,)), ((2,), (1,)), ((3,), (2,))]


# ------------------------------------------------------------------------------------------------------------------ editions

WORDS = st.lists(
    st.sampled_from(
        ["The cat sleeps.", "猫が眠る。", "\n\n", "\n", "# ", "| a | b |", "<!-- ", " -->", "12 %", "und", "Follow"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=40)
@given(WORDS, st.sampled_from(["a.txt", "a.md"]))
def test_an_edition_loses_nothing(text: str, name: str) -> None:
    document, parts = opened(f"The dog is in the big garden.\n\n{text}\n\n犬は大きな庭にいます。\n", name)
    try:
        made = align_document(document, parts)
    except LanguageError:
        return
    held = "".join(p.segment.text + (p.target if p.translation.status == "translated" else "") for p in made.pairs)
    assert sorted(filter(str.isalnum, held)) == sorted(c for part in parts for c in part.text if c.isalnum())
    assert [pair.segment.index for pair in made.pairs] == list(range(len(made.pairs)))


def test_two_files_keep_what_has_no_partner_in_its_place() -> None:
    first = opened("# Trees\n\nA tree has a root. Every node has 2 children. The leaves have none.\n", "a.md")
    second = opened("# 木\n\n木には根があります。訳者より一言。各ノードには2つの子があります。葉にはありません。\n", "b.md")
    made = align_documents(first, second)
    assert [(p.segment.text, p.translation.status) for p in made.pairs] == [
        ("Trees", "translated"),
        ("A tree has a root.", "translated"),
        ("訳者より一言。", "kept"),
        ("Every node has 2 children.", "translated"),
        ("The leaves have none.", "translated"),
    ]
    assert made.pairs[2].segment.language == "ja"
    assert made.pairs[2].segment.ranges == ()


def test_a_file_with_both_languages_gives_the_one_that_is_asked_for() -> None:
    both = opened(
        "The heap grows upwards in memory.\n\nヒープはメモリの上へ伸びます。\n\n"
        "The stack grows down.\n\nスタックは下へ伸びます。\n"
    )
    chinese = opened("堆在内存中向上增长。\n\n栈向下增长。\n")
    made = align_documents(both, chinese, source="ja")
    assert pairs(made) == [
        ["ヒープはメモリの上へ伸びます。", "堆在内存中向上增长。"],
        ["スタックは下へ伸びます。", "栈向下增长。"],
    ]
    assert found(made, "not-aligned") == ["The heap grows upwards in memory.", "The stack grows down."]


def test_a_text_in_one_language_is_refused() -> None:
    alone = opened("The cat sleeps on the mat. The dog does not.\n")
    with pytest.raises(LanguageError, match="no text in two languages"):
        align_document(*alone)
    with pytest.raises(LanguageError, match="both texts are in en"):
        align_documents(alone, alone)


def test_the_wanted_source_stands_on_the_left() -> None:
    text = "猫が眠っています。\n\nThe cat is sleeping.\n\n犬が庭で吠えています。\n\nThe dog barks in the garden.\n"
    assert align_document(*opened(text)).source == "ja"
    made = align_document(*opened(text), source="en", target="ja")
    assert pairs(made)[0] == ["The cat is sleeping.", "猫が眠っています。"]


def test_a_merged_pair_has_its_spans_and_ranges() -> None:
    text = (
        "A list has $n$ items. It is long.\n\nリストには $n$ 個の要素があり、長いものです。\n\n"
        "The end is near.\n\n終わりは近いです。\n"
    )
    document, parts = opened(text)
    made = align_document(document, parts)
    first = made.pairs[0].segment
    assert first.text == "A list has $n$ items. It is long."
    assert [first.text[span.start : span.end] for span in first.spans] == ["$n$"]
    assert [document.text[start:end] for start, end in first.ranges] == ["A list has $n$ items.", "It is long."]
