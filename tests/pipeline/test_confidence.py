"""Coverage and length beside what is usual: about 1 for a good translation, less for a part of one."""

import pytest

from diglot.pipeline.confidence import coverage, length_ratio
from diglot.pipeline.document import AlignedPair, Segment, Translation

ENGLISH = "The network learns from many examples, and we measure the error after each step."
TRANSLATIONS = {
    "ja": "ネットワークは多くの例から学習し、私たちは各ステップの後に誤差を測ります。",
    "zh": "网络从许多例子中学习，我们在每一步之后测量误差。",
    "fr": "Le réseau apprend à partir de nombreux exemples, et nous mesurons l'erreur après chaque étape.",
    "de": "Das Netzwerk lernt aus vielen Beispielen, und wir messen den Fehler nach jedem Schritt.",
}


def pair(source: str, language: str, target: str, status: str = "translated") -> AlignedPair:
    segment = Segment(0, 0, "paragraph", language, source, ((0, len(source)),))
    return AlignedPair(segment, Translation(target, status))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("measure", [coverage, length_ratio])
def test_a_whole_translation_is_usual_and_half_of_one_is_not(measure, language: str) -> None:  # type: ignore[no-untyped-def]
    translation = TRANSLATIONS[language]
    there = measure(pair(ENGLISH, "en", translation), language)
    back = measure(pair(translation, language, ENGLISH), "en")
    assert 0.6 < there < 1.7
    assert 0.6 < back < 1.7
    half = translation[: len(translation) // 2]
    assert measure(pair(ENGLISH, "en", half), language) < 0.75 * there
    assert measure(pair(translation, language, ENGLISH[: len(ENGLISH) // 2]), "en") < 0.75 * back


def test_something_else_of_the_same_length_covers_nothing() -> None:
    assert coverage(pair(ENGLISH, "en", "昨日は雨が降っていたので、家で猫と一緒に静かに本を読んでいました。"), "ja") < 0.3


def test_a_region_or_script_changes_nothing() -> None:
    one = pair(ENGLISH, "en", TRANSLATIONS["zh"])
    for measure in (coverage, length_ratio):
        assert measure(one, "zh-Hans") == measure(one, "zh")
        assert measure(pair(ENGLISH, "en-GB", TRANSLATIONS["zh"]), "zh") == measure(one, "zh")


@pytest.mark.parametrize(
    ("source", "target", "status"), [("Okay.", "Okay.", "kept"), ("Okay.", "Okay.", "untranslated"), ("", "", "translated")]
)
def test_what_was_not_translated_has_no_numbers(source: str, target: str, status: str) -> None:
    assert coverage(pair(source, "en", target, status), "ja") is None
    assert length_ratio(pair(source, "en", target, status), "ja") is None
