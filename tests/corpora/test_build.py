"""A corpus from many files: what is written, what is reported, what a tokenizer and a reader of figures get of it."""

import json
from pathlib import Path

import pytest

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.build import build, licensed, oriented, write_tsv
from diglot.corpora.catalogue import Source
from diglot.corpora.clean import Report, standard_filters
from diglot.corpora.pack import Pack, write_pack
from diglot.corpora.read import read_tsv
from diglot.corpora.sample import sample_texts
from diglot.corpora.stats import count, read_any
from diglot.corpora.synthetic import Text, pairs_made, texts_of, translate_texts
from diglot.corpora.terms import read_terms


def pair(first: str, second: str, languages: tuple[str, str] = ("en", "ja"), corpus: str = "c") -> Pair:
    return Pair(corpus, "d", languages, first, second)


PAIRS = [
    pair("The stack grows upward.", "スタックは上に伸びます。"),
    pair("队列有两端。", "A queue has two ends.", ("zh", "en")),
    pair("The stack grows upward.", "栈向上增长。", ("en", "zh")),
    pair("The stack grows upward.", "The stack grows upward."),
    pair("Der Stapel wächst.", "La pile grandit.", ("fr", "de")),
]


def test_each_pair_of_languages_has_a_file_english_first(tmp_path: Path) -> None:
    reports = build(PAIRS, tmp_path, standard_filters(), joins=[("ja", "zh"), ("ja", "ko")])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "de-fr.tsv.xz", "en-ja.tsv.xz", "en-zh.tsv.xz", "ja-zh.joined.tsv.xz", "report.json",
    ]  # fmt: skip
    assert next(read_tsv(tmp_path / "en-zh.tsv.xz")) == pair("A queue has two ends.", "队列有两端。", ("en", "zh"))
    assert [p[3:] for p in read_tsv(tmp_path / "ja-zh.joined.tsv.xz")] == [("スタックは上に伸びます。", "栈向上增长。")]
    assert (reports["all"].seen, reports["all"].kept, reports["ja-zh"].kept) == (5, 4, 1)
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told["all"]["dropped"] == {"script": 1}
    assert told["all"]["examples"]["script"] == ["c: The stack grows upward. | The stack grows upward."]


def test_a_second_build_leaves_nothing_of_the_first_and_all_else(tmp_path: Path) -> None:
    words = pair("heap", "ヒープ", corpus="words")
    build([*PAIRS, words], tmp_path, standard_filters(), joins=[("ja", "zh")], lexicons=["words"])
    write_tsv(tmp_path / "en-ko.tsv.xz", [pair("Yes.", "네.", ("en", "ko"))])
    build(PAIRS[:1], tmp_path, standard_filters(), joins=[("ja", "zh")])
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["en-ja.tsv.xz", "en-ko.tsv.xz", "report.json"]


def test_only_what_a_build_made_is_removed(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for report in ('{"files": ["mine.txt", "../x", 3]}', '{"files": 3}', "[]", "{", "{}"):
        (tmp_path / "report.json").write_text(report, encoding="utf-8")
        build(PAIRS[:1], tmp_path, standard_filters())
        assert sorted(path.name for path in tmp_path.iterdir()) == ["en-ja.tsv.xz", "mine.txt", "report.json"]


def test_entries_of_dictionaries_serve_as_terms(tmp_path: Path) -> None:
    words = [pair("heap", "ヒープ", corpus="words"), pair("木構造", "tree", ("ja", "en"), corpus="words")]
    build([*words, PAIRS[0]], tmp_path, standard_filters(), lexicons=["words"])
    assert read_terms(sorted((tmp_path / "terms").iterdir()))["en-ja"] == {"heap": ["ヒープ"], "tree": ["木構造"]}
    assert len(list(read_tsv(tmp_path / "en-ja.tsv.xz"))) == 3


def test_nothing_half_written_is_left_under_its_name(tmp_path: Path) -> None:
    def broken() -> object:
        yield PAIRS[0]
        raise InputError("the disk is gone")

    with pytest.raises(InputError, match="gone"):
        build(broken(), tmp_path, {})  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["en-ja.tsv.xz.part"]


def test_orientation() -> None:
    assert oriented(pair("a", "b", ("ja", "en"))) == pair("b", "a", ("en", "ja"))
    assert oriented(pair("a", "b", ("zh", "ja"))) == pair("b", "a", ("ja", "zh"))
    assert oriented(pair("a", "b")) == pair("a", "b")


def test_only_what_is_known_to_be_open() -> None:
    catalogue = {name: Source(name, "x", "lec", tier) for name, tier in (("o", "open"), ("n", "nc"))}
    left_out: dict[str, int] = {}
    pairs = [pair("a", "b", corpus=name) for name in ("o", "n", "mine", "n")]
    assert [p.corpus for p in licensed(pairs, catalogue, left_out)] == ["o"]
    assert left_out == {"n": 2, "mine": 1}


def test_counts(tmp_path: Path) -> None:
    pairs = [pair("ab", "一"), pair("abcd", "二"), Pair("c", "e", ("en", "ja"), "x", "三"), pair("x", "y", ("en", "fr"))]
    one, other = count(pairs)
    assert (one.pairs, one.documents, one.first_width, one.second_width) == (3, 2, 7, 6)
    assert (other.languages, other.pairs) == (("en", "fr"), 1)
    write_pack(pairs, {"c": "lec"}, tmp_path / "p.pack")
    assert [(c.pairs, c.documents) for c in count(read_any(tmp_path / "p.pack"))] == [(3, 2), (1, 1)]


def test_the_tokenizer_sees_as_much_of_every_language(tmp_path: Path) -> None:
    doc = [pair(f"page {n}", f"頁{n}", corpus="doc") for n in range(100)]
    lec = [pair(f"talk {n}", f"話{n}", corpus="lec") for n in range(5)]
    words = [pair(f"word{n}", f"語{n}", corpus="words") for n in range(50)]
    zh = [pair(f"only {n}", f"只{n}", ("en", "zh"), "doc") for n in range(3)]
    write_pack([*doc, *lec, *words, *zh], {"doc": "doc", "lec": "lec", "words": "gen"}, tmp_path / "p.pack")
    texts = list(sample_texts(Pack(tmp_path / "p.pack"), 20, without=["words"]))
    assert len([t for t in texts if t[0] in "頁話"]) == 20
    assert len([t for t in texts if t[0] in "ptow"]) == 20
    assert {t for t in texts if t[0] == "只"} == {"只0", "只1", "只2"}
    assert {t for t in texts if t.startswith(("talk", "話"))} == {f"{w}{n}" for n in range(5) for w in ("talk ", "話")}
    assert not any(t.startswith(("word", "語")) for t in texts)
    assert texts == list(sample_texts(Pack(tmp_path / "p.pack"), 20, without=["words"]))


# ----------------------------------------------------------------------------------------------------------- synthetic pairs

TEXTS = [Text("c", "d", f"これは文{n}です。") for n in range(5)]
ABOUT = {"from": "ja", "to": "en", "model": "toy"}


def test_a_run_that_was_cut_off_translates_only_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diglot.corpora.journal.CHUNK", 2)
    seen: list[str] = []

    def translate(texts: object) -> list[tuple[str, float]]:
        if len(seen) == 4:
            raise KeyboardInterrupt
        seen.extend(texts)  # type: ignore[arg-type]
        return [(f"This is sentence {text[4]}.", -0.5) for text in texts]  # type: ignore[attr-defined]

    journal = tmp_path / "j"
    with pytest.raises(KeyboardInterrupt):
        translate_texts(TEXTS, translate, journal, ABOUT)
    with journal.open("ab") as file:
        file.write(b'["half a li')
    seen.clear()
    made = translate_texts(TEXTS, translate, journal, ABOUT)
    assert seen == ["これは文4です。"]
    assert made == [(f"This is sentence {n}.", -0.5) for n in range(5)]
    with pytest.raises(InputError, match="another model"):
        translate_texts(TEXTS, translate, journal, ABOUT | {"model": "other"})
    journal.write_text("what?\n")
    with pytest.raises(InputError, match="not a journal"):
        translate_texts(TEXTS, translate, journal, ABOUT)


def test_doubtful_translations_are_dropped_and_counted() -> None:
    made = [(f"This is the sentence {n}.", -float(n)) for n in range(5)]
    report = Report()
    pairs = list(pairs_made(TEXTS, made, "ja", "en", best=0.8, report=report))
    assert report.dropped["score"] == 1 and report.seen == 5
    assert all(p.corpus == "c+mt" and p.languages == ("ja", "en") for p in pairs)
    assert pairs[0][3:] == ("これは文0です。", "This is the sentence 0.")


def test_the_side_to_translate() -> None:
    pairs = [
        pair("One.", "一。"),
        pair("One.", "壱。"),
        pair("Zwei.", "deux", ("de", "fr")),
        pair("三。", "Three.", ("zh", "en")),
    ]
    assert [t.text for t in texts_of(iter(pairs), "en")] == ["One.", "Three."]


def test_a_tsv_is_written_in_the_order_of_its_name(tmp_path: Path) -> None:
    for name in ("en-ja.bt.tsv", "en-ja.bt.tsv.xz"):
        write_tsv(tmp_path / name, [pair("一。", "One.", ("ja", "en"))])
        assert list(read_tsv(tmp_path / name)) == [pair("One.", "一。")]
