"""What a model reads is the usual writing of its language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("I SAID: PLEASE WAIT OUTSIDE!", "en", "I said: please wait outside!"),
        ("2. THE LSTM AND WHAT I THINK OF IT", "en", "2. The LSTM and what I think of it"),
        ("ÜBERLEGEN SIE GUT", "de", "Überlegen sie gut"),
        ("СПАСИБО БОЛЬШОЕ", "ru", "Спасибо большое"),
        ("SHUT \ue003 DOWN NOW", "en", "Shut \ue003 down now"),
        ("HTTP API", "en", "HTTP API"),
        ("YES, I DO.", "en", "YES, I DO."),
        ("TURN IT OFF, said the Teacher", "en", "TURN IT OFF, said the Teacher"),
        ("TRANSFORMER ARCHITECTURE の復習", "ja", "TRANSFORMER ARCHITECTURE の復習"),
        ("1,234 - 56%", "en", "1,234 - 56%"),
    ],
)
def test_normalise(text: str, language: str, normal: str) -> None:
    assert normalise(text, language) == normal


@given(st.text(), st.sampled_from(["en", "de", "ja", "zh", "ko"]))
def test_normalise_takes_any_text_and_is_done_at_once(text: str, language: str) -> None:
    once = normalise(text, language)
    assert normalise(once, language) == once
    assert len(once) <= 2 * len(text) + 8


@given(st.text(alphabet=st.characters(exclude_categories=["Lu", "Lt"]), max_size=40))
def test_only_a_text_all_in_capitals_is_lowered(text: str) -> None:
    assert normalise("Small " + text, "ja") == normalise("small " + text, "ja").replace("small", "Small", 1)
