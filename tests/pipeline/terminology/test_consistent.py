"""The first rendering of a term that something speaks for is asked for in the rest of a document, and only asked for."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from diglot import TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline.document import AlignedPair, Finding, Segment, Translation
from diglot.pipeline.glossary import Glossary, Term
from diglot.pipeline.terminology.consistent import keep_first
from diglot.pipeline.translate import Request

REQUEST = Request("ja", frozenset({"en", "ja"}), inline_terms=True)
FILLING = [
    ("Now we rest.", "では休みましょう。"),
    ("Questions are welcome.", "質問は歓迎です。"),
    ("The weather is fine.", "天気は良いです。"),
    ("See you tomorrow.", "また明日。"),
    ("Please be quiet.", "静かにしてください。"),
    ("Read the article first.", "まず論文を読んでください。"),
    ("It will rain soon.", "もうすぐ雨が降ります。"),
    ("The door is open.", "扉は開いています。"),
    ("We eat at noon.", "正午に食べます。"),
    ("My brother sings.", "兄が歌います。"),
    ("The tea is hot.", "お茶が熱いです。"),
    ("They live in a town.", "彼らは町に住んでいます。"),
]
DECODER = [
    ("The decoder writes words.", "デコーダーは単語を書きます。"),
    ("A decoder is slow.", "デコーダーは遅いです。"),
    ("We train this decoder.", "この復号器を訓練します。"),
    ("My decoder failed.", "私の復号器は失敗しました。"),
    ("One decoder remains.", "復号器が一つ残っています。"),
]


class Answer(NamedTuple):
    text: str
    score: float = -0.5
    others: Sequence["Answer"] = ()


class Obedient:
    """A translator that writes for each text what the inline term asks for, and remembers the texts."""

    def __init__(self, answer: str = "これは{}の文です。") -> None:
        self.answer, self.texts = answer, list[str]()

    def __call__(self, texts: Sequence[str], source: str, target: str, **settings: object) -> list[Answer]:
        assert not settings.get("must_contain")
        self.texts += texts
        wanted = [text.partition(TERM_CLOSE)[2].partition(TERM_TARGET_CLOSE)[0] for text in texts]
        return [Answer(self.answer.format(one)) for one in wanted]


def paired(rows: Sequence[tuple[str, str]], *findings: Finding) -> list[AlignedPair]:
    return [
        AlignedPair(Segment(i, i, "line", "en", source, ((0, len(source)),)), Translation(target, "translated"), findings)
        for i, (source, target) in enumerate(rows)
    ]


def test_later_sentences_get_the_first_rendering() -> None:
    pairs, translator = paired(DECODER + FILLING), Obedient()
    result, kept = keep_first(pairs, translator, REQUEST, "en")
    assert translator.texts == [
        f"We train this {TERM_OPEN}decoder{TERM_CLOSE}デコーダー{TERM_TARGET_CLOSE}.",
        f"My {TERM_OPEN}decoder{TERM_CLOSE}デコーダー{TERM_TARGET_CLOSE} failed.",
        f"One {TERM_OPEN}decoder{TERM_CLOSE}デコーダー{TERM_TARGET_CLOSE} remains.",
    ]
    assert [(one.term, one.rendering, one.changed) for one in kept] == [("decoder", "デコーダー", (2, 3, 4))]
    assert [pair.target for pair in result[2:5]] == ["これはデコーダーの文です。"] * 3
    assert (result[:2], result[5:]) == (pairs[:2], pairs[5:])


def test_a_translator_that_does_not_follow_changes_nothing() -> None:
    pairs = paired(DECODER + FILLING)
    assert keep_first(pairs, Obedient("別の文です。"), REQUEST, "en") == (pairs, [])


@pytest.mark.parametrize(
    ("pairs", "request_"),
    [
        (paired(DECODER + FILLING, Finding("memory", "info", "From the translation memory, a.tsv:1")), REQUEST),
        (
            paired(DECODER + FILLING),
            Request("ja", REQUEST.languages, None, None, Glossary("en", "ja", (Term("decoder", ("復号器",)),)), True),
        ),
        (paired([(source, target.replace("復号器", "デコーダー")) for source, target in DECODER] + FILLING), REQUEST),
        (paired([]), REQUEST),
        # Nothing speaks for a word that is not the term in other letters, and that no lexicon knows for it.
        (paired([(source, target.replace("デコーダー", "天気図")) for source, target in DECODER] + FILLING), REQUEST),
    ],
    ids=["from a memory", "in the glossary", "consistent", "empty", "unsupported"],
)
def test_what_stays_as_it_is(pairs: list[AlignedPair], request_: Request) -> None:
    translator = Obedient()
    assert keep_first(pairs, translator, request_, "en") == (pairs, [])
    assert translator.texts == []
