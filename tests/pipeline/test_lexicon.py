import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import LANGUAGES
from diglot.pipeline import lexicon

OTHERS = tuple(sorted(code for code in LANGUAGES if code != "en"))

# One sentence in all languages, and another.
WATER = {
    "en": "The teacher drinks water because the coffee is too hot.",
    "de": "Der Lehrer trinkt Wasser, weil der Kaffee zu heiß ist.",
    "es": "El profesor bebe agua porque el café está demasiado caliente.",
    "fr": "Le professeur boit de l'eau parce que le café est trop chaud.",
    "ja": "コーヒーが熱すぎるので、先生は水を飲んでいます。",
    "ko": "커피가 너무 뜨거워서 선생님은 물을 마십니다.",
    "zh": "咖啡太烫了，所以老师在喝水。",
}
NETWORK = {
    "en": "We train a neural network with a thousand images.",
    "de": "Wir trainieren ein neuronales Netzwerk mit tausend Bildern.",
    "es": "Entrenamos una red neuronal con mil imágenes.",
    "fr": "Nous entraînons un réseau de neurones avec mille images.",
    "ja": "千枚の画像でニューラルネットワークを訓練します。",
    "ko": "우리는 천 장의 이미지로 신경망을 훈련합니다.",
    "zh": "我们用一千张图像训练一个神经网络。",
}


def heard(source: str, target: str, first: str, second: str) -> float:
    """The evidence that one text is said in the other, and the other way."""
    here, there = lexicon.said(source, first), lexicon.said(target, second)
    return lexicon.evidence(here, there, first, second) + lexicon.evidence(there, here, second, first)


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_heard_in_its_translation_and_not_in_another(language: str) -> None:
    for mine, other in ((WATER, NETWORK), (NETWORK, WATER)):
        own, foreign = (heard(mine["en"], one[language], "en", language) for one in (mine, other))
        assert own > 2 > foreign


@pytest.mark.parametrize(("first", "second"), [("ja", "ko"), ("ja", "zh"), ("fr", "de"), ("zh", "es")])
def test_languages_without_english_are_compared_by_way_of_it(first: str, second: str) -> None:
    assert heard(WATER[first], WATER[second], first, second) > heard(WATER[first], NETWORK[second], first, second)


@pytest.mark.parametrize("language", OTHERS)
def test_everyday_words_are_known_and_invented_ones_are_not(language: str) -> None:
    known = [word for word in ("water", "house", "people", "network", "image", "friend") if lexicon.is_known(word, language)]
    assert len(known) >= 5
    assert not lexicon.is_known("Blorbquix", language)


def test_half_a_translation_covers_less_than_all_of_it() -> None:
    source = f"{WATER['en']} {NETWORK['en']}"
    for language in OTHERS:
        here = lexicon.said(source, "en")
        whole, half = (
            lexicon.coverage(here, lexicon.said(text, language), "en", language)
            for text in (WATER[language] + NETWORK[language], WATER[language])
        )
        assert whole is not None
        assert half is not None
        assert whole > 1.2 * half


@pytest.mark.parametrize("language", OTHERS)
def test_shares_are_shares_and_a_word_comes_through_more_often_than_by_chance(language: str) -> None:
    told = lexicon.said(WATER[language] + NETWORK[language], language)
    rates = [lexicon.expected(word, "en", language) for word in told]
    assert told
    for rate in rates:
        assert rate is not None
        assert 0 < rate[2] <= 1
        assert rate[1] < rate[0] <= 1


def test_a_language_without_a_lexicon_says_nothing() -> None:
    assert lexicon.said("Vesi on kylmää.", "fi") == set()
    assert lexicon.expected("water", "en", "fi") is None
    assert lexicon.coverage({"water"}, {"water"}, "en", "fi") is None
    assert not lexicon.is_known("water", "fi")


@given(st.text(max_size=200), st.sampled_from([*OTHERS, "en", "fi"]))
def test_any_text_can_be_looked_up(text: str, language: str) -> None:
    for word in lexicon.said(text, language):
        assert word == word.lower()
        assert lexicon.expected(word, "en", language) is not None or language in ("en", "fi")
