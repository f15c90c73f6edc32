"""Readers, the join over a pivot, term tables and scores."""

import lzma
from pathlib import Path

import pytest

from diglot import DiglotError, InputError
from diglot.corpora import Pair
from diglot.corpora.join import join
from diglot.corpora.read import read_tsv
from diglot.corpora.score import score
from diglot.corpora.terms import read_terms


def test_tsv_plain_and_xz(tmp_path: Path) -> None:
    text = "c\td\tone\t一\nc\td\tline\u2028sep\t二\n"
    (tmp_path / "en-ja.tsv").write_text(text, encoding="utf-8")
    with lzma.open(tmp_path / "en-ja.tsv.xz", "wt", encoding="utf-8") as file:
        file.write(text)
    expected = [Pair("c", "d", ("en", "ja"), "one", "一"), Pair("c", "d", ("en", "ja"), "line\u2028sep", "二")]
    assert list(read_tsv(tmp_path / "en-ja.tsv")) == list(read_tsv(tmp_path / "en-ja.tsv.xz")) == expected


def test_broken_lines_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    (tmp_path / "en-ja.tsv").write_text("c\td\tone\t一\nbroken\nc\td\ttwo\t二\n", encoding="utf-8")
    said: list[str] = []
    assert [p.first for p in read_tsv(tmp_path / "en-ja.tsv", said.append)] == ["one", "two"]
    assert said == [f"{tmp_path / 'en-ja.tsv'}:2: 1 columns where 4 were expected; the line is left out"]


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_tsv(tmp_path / "en-ja.tsv"))
    with pytest.raises(InputError, match="language pair"):
        list(read_tsv(tmp_path / "pairs.tsv"))


def test_join_over_the_english_sentence() -> None:
    ja = [
        Pair("a", "d", ("en", "ja"), "The model is small.", "モデルは小さい。"),
        Pair("a", "d", ("en", "ja"), "Note", "注"),
    ]
    zh = [
        Pair("b", "e", ("en", "zh"), "the model is small!", "模型很小。"),
        Pair("b", "e", ("en", "zh"), "The model is small.", "模型小。"),
        Pair("b", "e", ("en", "zh"), "Note", "注意"),
    ]
    assert list(join(ja, zh)) == [Pair("b", "e", ("ja", "zh"), "モデルは小さい。", "模型很小。")]


def test_terms_in_both_directions(tmp_path: Path) -> None:
    path = tmp_path / "list.en-ja.tsv"
    path.write_text("Loss\t損失\tnote\nloss\t損失関数\n" + "x" * 50 + "\t長い\n", encoding="utf-8")
    terms = read_terms([path])
    assert terms == {"en-ja": {"loss": ["損失", "損失関数"]}, "ja-en": {"損失": ["Loss"], "損失関数": ["loss"]}}


def test_terms_of_a_glossary_with_a_header_and_several_translations(tmp_path: Path) -> None:
    path = tmp_path / "en-ja.tsv"
    path.write_text("source\ttarget\tnote\ntransformer\tTransformer|トランスフォーマー\tx\nempty\n", encoding="utf-8")
    assert read_terms([path])["en-ja"] == {"transformer": ["Transformer", "トランスフォーマー"]}


def test_scores_carry_their_signatures() -> None:
    bleu, chrf = score(["我们来看第二层。"], ["我们来看第二层。"], "zh")
    assert (bleu.value, chrf.value) == pytest.approx((100.0, 100.0))
    assert "tok:zh" in bleu.signature
    assert "nw:0" in chrf.signature
    assert "tok:13a" in score(["a b c d"], ["a b c e"], "en")[0].signature
    worse, _ = score(["a b c d"], ["a b x y"], "en")
    assert worse.value < 50


def test_japanese_is_scored_on_words() -> None:
    pytest.importorskip("MeCab")
    bleu, _ = score(["勾配は上り坂を指します。"], ["勾配は上り坂を指します。"], "ja", intervals=True)
    assert "tok:ja-mecab" in bleu.signature
    assert bleu.value == pytest.approx(100.0)


def test_uneven_files_are_refused() -> None:
    with pytest.raises(DiglotError, match="1 translations and 2 references"):
        score(["a"], ["a", "b"], "en")


def test_a_tiny_file_has_scores_if_no_interval() -> None:
    bleu, chrf = score(["x", "猫。"], ["猫。", "犬。"], "ja", intervals=True)
    assert bleu.value == 0.0 < chrf.value
    assert chrf.interval == 0.0  # some samples of the bootstrap score exactly zero
