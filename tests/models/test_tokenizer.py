"""The tokenizer: what goes in comes out, marks are single pieces, and nobody can type a control symbol."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import SENTENCES, toy_tokenizer

from diglot import PLACEHOLDERS, SEPARATOR, TERM_OPEN, CheckpointError
from diglot.models import tokenizer as tokenizers
from diglot.models.tokenizer import CONTROL, END, MARKS, PAD, START, UNKNOWN, Tokenizer


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize("text", [*SENTENCES, "Bytes: ☃ ƛ 한국어 🎓", "a² + b² ≠ c", "「はい。」と、言った！？"])
def test_round_trip(kind: str, text: str) -> None:
    tokenizer = toy_tokenizer(kind)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["Ll", "Lu", "Nd", "Po"]), max_size=30))
def test_any_text_comes_back_normalised(text: str) -> None:
    tokenizer = toy_tokenizer()
    once = tokenizer.decode(tokenizer.encode(text))
    assert tokenizer.decode(tokenizer.encode(once)) == once


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ａ１　ｂ", "A1 b"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("か\u3099", "が"),
        ("cafe\u0301", "café"),
        ("ﬁne\tand\u00a0so", "fine and so"),
        ("x² 「引用」，！", "x² 「引用」，！"),
        ("Case Kept", "Case Kept"),
    ],
)
def test_normalisation_changes_letters_and_spaces_but_no_punctuation(text: str, normal: str) -> None:
    tokenizer = toy_tokenizer()
    assert tokenizer.decode(tokenizer.encode(text)) == normal


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_one_piece_wherever_it_stands(mark: str) -> None:
    tokenizer = toy_tokenizer()
    for text in (mark, f"the {mark} word", f"単語{mark}を", f"a{mark}{mark}b"):
        assert tokenizer.pieces(tokenizer.encode(text)).count(mark) == text.count(mark)
        assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("symbol", [*CONTROL, "<s>", "</s>", "<pad>"])
def test_control_symbols_typed_by_a_person_stay_text(symbol: str) -> None:
    tokenizer = toy_tokenizer()
    ids = tokenizer.encode(f"see {symbol} here")
    assert tokenizer.decode(ids) == f"see {symbol} here"
    assert not set(ids) & {PAD, START, END, *tokenizer._control.values()}


def test_control_symbols_have_ids_of_their_own() -> None:
    tokenizer = toy_tokenizer()
    ids = [*tokenizer.ids(CONTROL), *tokenizer.ids(MARKS)]
    assert len(set(ids)) == len(CONTROL) + len(MARKS)
    assert UNKNOWN not in ids
    assert tokenizer.pieces([PAD, START, END]) == ["<pad>", "<s>", "</s>"]


def test_source_layout() -> None:
    tokenizer = toy_tokenizer()
    ids = tokenizer.encode(f"before{SEPARATOR}now")
    assert tokenizer.pieces(tokenizer.source(ids, "ja", "lec"))[:2] == ["<2ja>", "<lec>"]
    assert tokenizer.source(ids, "zh")[1:] == [*ids, END]
    assert tokenizer.decode(tokenizer.source(ids, "ja", "lec")) == f"before{SEPARATOR}now"


def test_digits_stand_alone() -> None:
    tokenizer = toy_tokenizer()
    assert [p for p in tokenizer.pieces(tokenizer.encode("in 1234567890")) if p.strip("▁").isdigit()] == list("1234567890")


def test_sampled_segmentations_differ_and_mean_the_same() -> None:
    tokenizer, text = toy_tokenizer(), SENTENCES[0]
    tokenizer.seed(1)
    drawn = [tokenizer.encode(text, alpha=0.3) for _ in range(8)]
    assert len({tuple(ids) for ids in drawn}) > 1
    assert {tokenizer.decode(ids) for ids in drawn} == {text}
    tokenizer.seed(1)
    assert drawn == [tokenizer.encode(text, alpha=0.3) for _ in range(8)]


def test_ids_used_are_enough_to_write_the_texts() -> None:
    tokenizer = toy_tokenizer()
    used = set(tokenizer.ids_used(SENTENCES[:5]))
    assert used >= {i for text in SENTENCES[:5] for i in tokenizer.encode(text)}
    assert used >= {END, *tokenizer.ids([PLACEHOLDERS[3], TERM_OPEN, "<0xE3>"])}
    assert not used & {PAD, UNKNOWN, START, *tokenizer.ids(CONTROL)}
    assert len(used) < len(tokenizer)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no tokenizer here"):
        Tokenizer.load(tmp_path / "spiece.model")
    with pytest.raises(CheckpointError, match="not a SentencePiece model"):
        Tokenizer(b"not a model")


def test_normalisation_rules_are_well_formed() -> None:
    lines = list(tokenizers.normalisation_rules())
    assert len(lines) == len({line.split("\t")[0] for line in lines})
    assert all(line.count("\t") == 1 and line.endswith("\n") for line in lines)
