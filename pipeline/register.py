"""The register of Japanese: です・ます, in which one speaks to an audience, or the plain form of papers and books.

A text keeps to one of them. Which one a sentence is in, its end says; a heading, a noun at the end or a mere word has none.
Endings that nouns share with verbs and adjectives (違い, 多く, 一つ) say nothing either, unless they are listed here.
"""

import re
from typing import Literal

Register = Literal["polite", "plain"]

_CLOSING = "[。．.！？!?…」』）)\\s]*"
_PARTICLES = "(?:けれども|けれど|けど|から|ので|のに|が|し|か|ね|よ|わ|な)*"
_POLITE = re.compile(
    "(?:です|でした|でしょう|ます|ました|ません|ませんでした|ましょう|ください|下さい|なさい)"
    + _PARTICLES
    + _CLOSING
    + r"\Z"
)
_PLAIN = re.compile(
    "(?:である|であった|であろう|だろう|だった|だ|なかった|[ぁ-ん]た|[一-龯]った|んだ"
    "|ない|たい|らしい|[一-龯]しい|やすい|にくい|よい|良い|多い|少ない|高い|低い|長い|短い|大きい|小さい|強い|弱い|早い|速い|近い"
    "|う|ぐ|[ぁ-ん一-龯]す|[えけげせてねべめれいきぎしちにびみり]る|ある|なる|する|できる|[一-龯]る|[ぁ-ん一-龯][むぶぬ]|[立持待打勝保]つ"
    "|[書聞働動続置行開解引導除描]く|てく|いく|ておく)"
    "(?:のだ|だろう|であろう|のか|か|ね|よ|よね|が)?" + _CLOSING + r"\Z"
)
_SENTENCE = re.compile(r"[。！？!?][」』）)\s]*\Z")


def register(sentence: str) -> Register | None:
    """The register of a whole Japanese sentence; None where its end does not say.

    >>> register("勾配を計算します。"), register("勾配を計算する。"), register("勾配の計算")
    ('polite', 'plain', None)
    """
    if not _SENTENCE.search(sentence):
        return None
    end = sentence[-40:]
    return "polite" if _POLITE.search(end) else "plain" if _PLAIN.search(end) else None
