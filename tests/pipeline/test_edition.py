"""What an edition is called: by the language of what was translated for it."""

import pytest

from diglot.pipeline.document import Segment
from diglot.pipeline.edition import request_for, source_of

ENGLISH, CHINESE = "This sentence is about the mean of a batch.", "欢迎来到我们的课程。"
JAPANESE = "これは平均についての文です。"


def segments(*languages_and_texts: tuple[str, str]) -> list[Segment]:
    return [Segment(i, i, "paragraph", code, text, ((0, len(text)),)) for i, (code, text) in enumerate(languages_and_texts)]


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
