"""Which register the end of a Japanese sentence is in, and which ends do not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.register import register

POLITE = """
損失を計算します。 この値を使いました。 正しいでしょうか？ 図を見てください。 そうではありませんでした。
例を見てみましょう！ これが答えですね。 時間がかかるのですが。 （あとで説明します。）
"""
PLAIN = """
損失を計算する。 この値を使った。 勾配は0である。 それは正しいだろうか？ 表には3つの行がある。
この式は役に立たない。 次の章で示す。 重みを読み込んだ。 学習率は低い。 二つの層からなる。
答えは次のようになる。 前の節で述べた。 誤差を減らす。 列を選ぶ。 ボールを持つ。
"""
NEITHER = """
勾配降下法の概要 次の図を参照。 入力と出力の違い。 参考文献。 二つ。 詳しくは後で。 3.14 。 ようこそ！ 損失を計算する
"""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        *((one, "polite") for one in POLITE.split()),
        *((one, "plain") for one in PLAIN.split()),
        *((one, None) for one in NEITHER.split()),
    ],
)
def test_the_end_of_a_sentence_says_its_register(sentence: str, expected: str | None) -> None:
    assert register(sentence) == expected


@given(st.text(), st.sampled_from(["", "。", "る。", "ます。", "」）"]))
def test_any_text_has_one_or_none(text: str, end: str) -> None:
    assert register(text + end) in ("polite", "plain", None)


def test_long_texts_are_judged_by_their_ends() -> None:
    assert register("る" * 1_000_000 + "です。") == "polite"
    assert register("。）" * 1_000_000) is None
