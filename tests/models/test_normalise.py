"""What a model reads is the usual writing of its language."""

import pytest

from diglot.models.normalise import normalise


@pytest.mark.parametrize(
    ("text", "language", "normal"),
    [
        (
            "So we take the mean。and then， the sum。Next comes this。",
            "en",
            "So we take the mean and then, the sum. Next comes this.",
        ),
        ("Is it？ Yes！", "en", "Is it? Yes!"),
        ("A comma, a stop. Nothing to do", "en", "A comma, a stop. Nothing to do"),
        ("これは、はい。", "ja", "これは、はい。"),
        ("\ufeffzero\u200b-width \u202eturned", "zh", "zero-width turned"),
    ],
)
def test_normalise(text: str, language: str, normal: str) -> None:
    assert normalise(text, language) == normal
