"""What an edition is called: by the language of what was translated for it."""

from collections.abc import Sequence

import pytest

from diglot.pipeline.cache import Remembered
from diglot.pipeline.document import Segment
from diglot.pipeline.edition import Reading, as_subtitles, make_edition, open_bytes, request_for, segments_of, source_of

ENGLISH, CHINESE = "This sentence is about the mean of a batch.", "欢迎来到我们的课程。"
JAPANESE = "これは平均についての文です。"


def segments(*languages_and_texts: tuple[str, str]) -> list[Segment]:
    return [Segment(i, i, "paragraph", code, text, ((0, len(text)),)) for i, (code, text) in enumerate(languages_and_texts)]


def test_an_uncertain_passage_is_taken_for_the_commonest_language() -> None:
    found = segments(("und", "H2, K and V"), ("en", ENGLISH), ("en", ENGLISH), ("ja", JAPANESE))
    assert request_for(found, "zh", ["en", "ja"]).fallback == "en"
    assert request_for(found, "zh", ["en", "ja"], "ja").fallback == "ja"
    assert request_for(found[:1], "zh", ["en", "ja"]).fallback is None


@pytest.mark.parametrize(
    ("target", "given", "source"),
    [
        ("ja", [("en", ENGLISH)], "en"),
        ("ja", [("en", ENGLISH), ("ja", JAPANESE)], "en"),
        ("zh", [("en", ENGLISH), ("ja", JAPANESE)], "mul"),
        ("zh", [("zh", CHINESE)], ""),
        ("ja", [("zh", CHINESE), *[("en", ENGLISH)] * 20], "en"),
        ("ja", [("zh", CHINESE), *[("en", ENGLISH)] * 5], "mul"),
    ],
)
def test_a_title_in_another_language_does_not_make_an_edition_of_many(
    target: str, given: list[tuple[str, str]], source: str
) -> None:
    found = segments(*given)
    assert source_of(found, request_for(found, target, ["en", "ja", "zh"])) == source


class Identity:
    """A translator that gives back what it was given."""

    def __call__(self, texts: Sequence[str], source: str, target: str, **_: object) -> list[Remembered]:
        return [Remembered(text, 0.0) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "okay， so we look at。the loss， um， and then。\nThe mean is 3.5。Is it？ 😊，\nyes\u200b it is。\n",
        "# A *title*\n\nRead [this](https://example.org/a)， then `x`。 Really **two  words**!\n",
    ],
)
def test_a_translator_that_changes_nothing_gives_the_document_back(text: str) -> None:
    opened = open_bytes(text.encode(), "lecture.md", Reading())
    found = list(segments_of(opened.document))
    made = make_edition(opened, found, Identity(), request_for(found, "fr", ["en", "fr"]))
    assert made.translated().decode() == text
    assert made.summary.status["translated"] + made.summary.status["untranslated"] > 0


class Long:
    """A translator that says everything at length."""

    def __call__(self, texts: Sequence[str], source: str, target: str, **_: object) -> list[Remembered]:
        return [Remembered("Et voici une phrase assez longue pour deux lignes.", 0.0) for _ in texts]


def test_subtitles_are_wrapped_checked_and_written_in_the_other_format() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nThe loss of the model falls.\n"
    opened = as_subtitles(open_bytes(text.encode(), "talk.srt", Reading()), "vtt")
    found = list(segments_of(opened.document))
    made = make_edition(opened, found, Long(), request_for(found, "fr", ["en", "fr"]))
    assert made.translated().decode() == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nEt voici une phrase assez\nlongue pour deux lignes.\n"
    )
    assert [finding.code for finding in made.pairs[0].findings if finding.code == "reading-speed"] == ["reading-speed"]
    assert as_subtitles(opened, "srt") is opened
