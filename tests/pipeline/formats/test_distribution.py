"""Distribution over the pieces of a source: exact for the source itself, sensible for any translation."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diglot.pipeline.document import joiner
from diglot.pipeline.formats.distribution import distribute

LETTERS = "abcXYZ.,!?;:()[]「」『』、。，！？ーぁっアイウ日本語学３４12%\"'“”«»-–… \u3000\u00a0\u0301\u3099\ud800😊"
MARKS = "()[]「」、。!?“”- "


def as_pieces(alphabet: str) -> st.SearchStrategy[list[str]]:
    piece = st.text(alphabet, min_size=1, max_size=12).map(str.strip).filter(bool)
    return st.lists(piece, min_size=1, max_size=8)


def join(pieces: list[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        text += joiner(text, piece) + piece
    return text


@given(st.one_of(as_pieces(LETTERS), as_pieces(MARKS), as_pieces("。「a ")), st.data())
@example(["「」", "「」", "「」"], None)
def test_the_source_comes_back_in_its_own_pieces(pieces: list[str], data: st.DataObject | None) -> None:
    text = join(pieces)
    protected = []
    if data and text:
        start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        protected = [text[start:end]]
    assert distribute(pieces, text, protected) == pieces
    bracketed = distribute(pieces, f"⟦{text}⟧", protected)
    assert [piece.strip("⟦⟧") for piece in bracketed] == pieces


@given(as_pieces(LETTERS), st.text(LETTERS, max_size=60), st.lists(st.text("ab 「", max_size=5), max_size=3))
def test_nothing_is_lost_but_white_space(pieces: list[str], translation: str, protected: list[str]) -> None:
    parts = distribute(pieces, translation, protected)
    assert len(parts) == len(pieces)
    assert "".join("".join(parts).split()) == "".join(translation.split())


@pytest.mark.parametrize(
    ("pieces", "translation", "expected"),
    [
        (  # a clause for a clause
            ["When we train the model,", "we minimise the loss."],
            "モデルを学習するときは、損失を最小化します。",
            ["モデルを学習するときは、", "損失を最小化します。"],
        ),
        (  # no mark of punctuation begins a piece
            ["This is the first half of it", "and this is the second one."],
            "これがその最初の半分です。そしてこれが二番目です。",
            ["これがその最初の半分です。", "そしてこれが二番目です。"],
        ),
        (  # words and numbers stay whole
            ["このモデルには", "パラメータが", "あります"],
            "The transformer has 175,000,000 parameters",
            ["The transformer", "has 175,000,000", "parameters"],
        ),
        (  # a katakana word stays whole
            ["We use it as the encoder", "for the decoder"],
            "デコーダーのためのエンコーダーとして使う",
            ["デコーダーのための", "エンコーダーとして使う"],
        ),
        (  # nor is a common word of two ideographs cut (已经 开始)
            ["it already has", "begun to learn something"],
            "它已经开始学习一些东西了",
            ["它已经开始", "学习一些东西了"],
        ),
        (["one", "two", "three"], "eins", ["eins", "", ""]),
        (["one", "two"], "", ["", ""]),
    ],
)
def test_breaks_stand_where_a_reader_expects_them(pieces: list[str], translation: str, expected: list[str]) -> None:
    assert distribute(pieces, translation) == expected


def test_protected_texts_stay_whole() -> None:
    formula = "$a + b = c$"
    pieces = ["Here we see that", f"{formula} holds for all of the values"]
    assert distribute(pieces, f"Ici on voit bien que {formula} pour toutes les valeurs", [formula]) == [
        "Ici on voit bien que",
        f"{formula} pour toutes les valeurs",
    ]


def test_a_break_within_a_protected_text_stays_at_its_place_in_it() -> None:
    formula = "$alpha + beta = gamma$"
    pieces = ["we know that $alpha +", "beta = gamma$ holds"]
    assert distribute(pieces, f"{formula} が成り立つことを知っている", [formula]) == [
        "$alpha +",
        "beta = gamma$ が成り立つことを知っている",
    ]
