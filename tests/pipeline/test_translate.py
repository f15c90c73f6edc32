"""What is asked of a translator, which of its answers are believed, and how terms get into them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline import protect
from diglot.pipeline.document import Segment, Span
from diglot.pipeline.glossary import Glossary, Term
from diglot.pipeline.translate import Request, translate


@dataclass(frozen=True)
class Said:
    text: str
    score: float = -1.0
    others: Sequence["Said"] = ()


@dataclass
class Fake:
    """A translator that answers by a function of the text and of what it is asked for; it remembers every question."""

    answer: Callable[[str, dict[str, Any]], str]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, texts: Sequence[str], source: str, target: str, **settings: Any) -> list[Said]:
        each = [{name: v[i] if isinstance(v, list) else v for name, v in settings.items()} for i in range(len(texts))]
        self.asked += zip(texts, each, strict=True)
        return [Said(self.answer(text, own)) for text, own in zip(texts, each, strict=True)]


def segment(text: str, *protected: str, language: str = "en", index: int = 0) -> Segment:
    spans = tuple(Span(text.index(piece), text.index(piece) + len(piece), "code") for piece in protected)
    return Segment(index, index, "paragraph", language, text, ((0, len(text)),), spans)


def request(glossary: Glossary | None = None, *, inline: bool = False) -> Request:
    return Request("ja", frozenset({"en", "ja"}), glossary=glossary, inline_terms=inline)


RATE = Term("learning rate", ("学習率", "ラーニングレート"), forbidden=("学習速度",))
LOSS = Term("loss", ("損失",))
GPT = Term("Grok", (), do_not_translate=True)
GLOSSARY = Glossary("en", "ja", (RATE, LOSS, GPT))
PLAIN = "率が大きすぎます。"


def one(text: Segment, fake: Fake, wanted: Request) -> str:
    (pair,) = translate([text], fake, wanted)
    assert pair.translation.status == "translated"
    return pair.target


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Thank you! 😊 👍🏽", "Thank you!", "率。 😊 👍🏽"),
        ("⚠️ Mind the rate.", "Mind the rate.", "⚠️ 率。"),
        ("The rate is large。😊，", "The rate is large。", "率。😊，"),
        ("The rate 😊 is large.", f"The rate {PLACEHOLDERS[0]} is large.", f"率。{PLACEHOLDERS[0]}"),
    ],
)
def test_emoji_at_the_ends_stay_there_and_are_not_asked_for(text: str, asked: str, expected: str) -> None:
    fake = Fake(lambda given, *_: "率。" + "".join(c for c in given if c in PLACEHOLDERS))
    pictured = replace(segment(text), spans=tuple(protect.find(text)))
    assert one(pictured, fake, request()) == expected.replace(PLACEHOLDERS[0], "😊")
    assert fake.asked[0][0] == asked


# ------------------------------------------------------------------------------------------------------- dates and numbers


def test_dates_and_large_numbers_pass_as_placeholders_and_come_back_in_the_words_of_the_target() -> None:
    fake = Fake(lambda *_: f"{PLACEHOLDERS[1]} 人が {PLACEHOLDERS[0]} に来た。")
    assert one(segment("On May 3, 2024, 1.2 million people came."), fake, request()) == "120万人が2024年5月3日に来た。"
    assert fake.asked[0][0] == f"On {PLACEHOLDERS[0]}, {PLACEHOLDERS[1]} people came."


def test_a_date_alone_needs_no_translator() -> None:
    fake = Fake(lambda *_: "")
    assert one(segment("(May 3, 2024)"), fake, request()) == "(2024年5月3日)"
    assert fake.asked == []


def test_a_number_that_is_protected_goes_with_the_large_one_it_is_part_of() -> None:
    there = replace(segment("10,000 万人", language="zh"), spans=(Span(0, 6, "number"),))
    (pair,) = translate([there], Fake(lambda *_: f"{PLACEHOLDERS[0]} people"), Request("en", frozenset({"zh"})))
    assert pair.target == "100 million people"


def test_a_date_within_code_is_left_alone() -> None:
    fake = Fake(lambda *_: f"{PLACEHOLDERS[0]} を見よ。")
    assert one(segment("See May 3, 2024 log", "May 3, 2024 log"), fake, request()) == "May 3, 2024 log を見よ。"


def test_what_is_not_translated_keeps_its_dates() -> None:
    assert one(segment("Ann Lee, May 3, 2024"), Fake(lambda text, *_: text), request()) == "Ann Lee, May 3, 2024"


@pytest.mark.parametrize(
    ("first", "expected"),
    [("22層と3つの率。", "20層と3つの率。"), ("20層と率。", "20層と3つの率。"), ("20層と3つの率だ。", "20層と3つの率。")],
)
def test_of_the_hypotheses_the_first_with_its_numbers_is_taken(first: str, expected: str) -> None:
    def translator(texts: Sequence[str], *_: str, **__: object) -> list[Said]:
        return [Said(first, others=(Said("20層と3つの率。"),)) for _ in texts]

    (pair,) = translate([segment("20 layers and 3 rates.")], translator, request())
    assert pair.target == expected


# --------------------------------------------------------------------------------------------------------------------- terms


def test_a_term_that_comes_out_by_itself_costs_nothing() -> None:
    fake = Fake(lambda *_: "学習率が大きすぎます。")
    assert one(segment("The learning rate is too large."), fake, request(GLOSSARY)) == "学習率が大きすぎます。"
    assert fake.asked == [("The learning rate is too large.", {"must_contain": [["学習率", "ラーニングレート"]]})]


def test_any_accepted_translation_will_do() -> None:
    fake = Fake(lambda *_: "ラーニングレートが大きすぎます。")
    one(segment("The learning rate is too large."), fake, request(GLOSSARY))
    assert len(fake.asked) == 1


def test_terms_are_written_into_the_text_for_a_translator_that_reads_them() -> None:
    fake = Fake(lambda *_: "学習率が大きすぎます。")
    one(segment("The learning rate is too large."), fake, request(GLOSSARY, inline=True))
    assert fake.asked[0][0] == f"The {TERM_OPEN}learning rate{TERM_CLOSE}学習率{TERM_TARGET_CLOSE} is too large."


@pytest.mark.parametrize("first", [PLAIN, "学習速度が大きすぎます。"], ids=["missing", "forbidden"])
def test_a_text_that_misses_a_term_is_asked_for_again_with_it(first: str) -> None:
    fake = Fake(lambda _, own: "学習率が大きすぎます。" if "block_ngram" in own else first)
    assert one(segment("The learning rate is too large."), fake, request(GLOSSARY)) == "学習率が大きすぎます。"
    assert [own["must_contain"] for _, own in fake.asked] == [[["学習率", "ラーニングレート"]]] * 2


def test_only_the_texts_that_miss_a_term_are_asked_for_again() -> None:
    fake = Fake(lambda text, own: "損失です。" if "loss" in text else PLAIN)
    texts = ["This is the loss.", "Nothing is here.", "The learning rate is large."]
    list(translate([segment(text, index=i) for i, text in enumerate(texts)], fake, request(GLOSSARY)))
    assert {text for text, own in fake.asked if "block_ngram" in own} == {texts[2]}


def test_an_answer_without_fault_is_not_traded_for_a_term() -> None:
    loop = "学習率" + "です" * 9
    fake = Fake(lambda _, own: loop if "must_contain" in own else PLAIN)
    assert one(segment("The learning rate is too large."), fake, request(GLOSSARY)) == PLAIN
    lost = Fake(lambda _, own: "学習率です。" if "block_ngram" in own else f"{PLACEHOLDERS[0]}の率です。")
    assert one(segment("The learning rate is `x`.", "`x`"), lost, request(GLOSSARY)) == "`x`の率です。"


def test_the_answer_that_misses_fewest_terms_is_taken() -> None:
    fake = Fake(lambda _, own: "損失と何かです。" if "block_ngram" in own else "何かと何かです。")
    assert one(segment("The loss and the learning rate."), fake, request(GLOSSARY)) == "損失と何かです。"
    worse = Fake(lambda _, own: "何かと何かです。" if "block_ngram" in own else "損失と何かです。")
    assert one(segment("The loss and the learning rate."), worse, request(GLOSSARY)) == "損失と何かです。"


def test_of_the_hypotheses_of_one_search_the_first_that_misses_nothing_is_taken() -> None:
    """Another path of the beam costs nothing, another search does."""
    missing, found, later = Said(PLAIN), Said("学習率が大きい。", -2.0), Said("学習率は大きい。", -3.0)
    marked = Said(f"{PLACEHOLDERS[0]}です。")
    asked: list[Any] = []

    def beam(texts: Sequence[str], *_: Any, **settings: Any) -> list[Said]:
        asked.append(settings)
        return [replace(missing, others=[replace(missing, text="率です。"), found, later]) for _ in texts]

    (pair,) = translate([segment("The learning rate is too large.")], beam, request(GLOSSARY))
    assert (pair.target, pair.translation.score) == ("学習率が大きい。", -2.0)
    (lost,) = translate([segment("This is `x`.", "`x`")], lambda *_, **__: [Said("です。", others=[marked])], request())
    assert lost.target == "`x`です。"
    assert len(asked) == 1


@pytest.mark.parametrize(("wanted", "expected"), [("polite", "率を下げます。"), ("plain", "率を下げる。")])
def test_of_the_hypotheses_the_first_in_the_register_is_taken(wanted: Any, expected: str) -> None:
    said = Said("率を下げる。", others=[Said("率を減らす。"), Said("率を下げます。", -2.0), Said("率を減らします。", -3.0)])
    (pair,) = translate([segment("Lower the rate.")], lambda *_, **__: [said], replace(request(), register=wanted))
    assert pair.target == expected


def test_of_the_hypotheses_one_without_torn_words_is_taken() -> None:
    said = Said("スampling の周波数です。", others=[Said("Sampling の周波数です。"), Said("標本化の周波数です。")])
    (pair,) = translate([segment("The sampling rate.")], lambda *_, **__: [said], request())
    assert pair.target == "Sampling の周波数です。"
    (torn,) = translate([segment("The sampling rate.")], lambda *_, **__: [Said("スampling です。")], request())
    assert (torn.target, torn.translation.status) == ("スampling です。", "translated")


def test_a_term_counts_more_than_the_register() -> None:
    said = Said("損失は増えた。", others=[Said("何かが増えました。")])
    (pair,) = translate([segment("The loss grew.")], lambda *_, **__: [said], request(GLOSSARY))
    assert pair.target == "損失は増えた。"


def test_in_other_languages_there_is_no_register() -> None:
    said = Said("The rate falls る。", others=[Said("The rate falls です。")])
    wanted = replace(request(), target="en")
    (pair,) = translate([segment("率が下がる。", language="ja")], lambda *_, **__: [said], wanted)
    assert pair.target == "The rate falls る。"


def marked(text: str) -> Segment:
    spans = tuple(Span(m.start(), m.end(), "markup") for m in re.finditer(r"\*\*", text))
    return replace(segment(text), spans=spans)


def test_words_left_between_marks_are_translated_by_themselves() -> None:
    fake = Fake(lambda text, _: {"signal": "信号", "the learning rate": "学習率"}.get(text, text.replace("A ", "これは ")))
    text = marked("A **signal** and **Sandoval** and **the learning rate**")
    first = fake.answer
    fake.answer = lambda text, own: f"{text.removeprefix('A ')}です。" if PLACEHOLDERS[0] in text else first(text, own)
    assert one(text, fake, request()) == "**信号** and **Sandoval** and **学習率**です。"
    assert [asked for asked, _ in fake.asked][1:] == ["signal", "the learning rate"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("learning レート", "学習率"),
        ("学習 rate", "学習率"),
        ("Learning rate", "学習率"),
        ("学習率", "学習率"),
        ("SGD", "SGD"),
    ],
)
def test_so_are_words_of_which_some_are_left(answer: str, expected: str) -> None:
    fake = Fake(lambda text, _: text.replace("learning rate", answer) if PLACEHOLDERS[0] in text else "学習率")
    assert one(marked("**learning rate**。"), fake, request()) == f"**{expected}**。"


def test_a_capital_at_the_beginning_makes_no_name() -> None:
    fake = Fake(lambda text, _: text if PLACEHOLDERS[0] in text else "重み")
    assert one(marked("**Weight**: と **Weight**。"), fake, request()) == "**重み**: と **Weight**。"


def test_words_between_marks_stay_where_nothing_better_is_known() -> None:
    fake = Fake(lambda text, _: f"{text}です。" if PLACEHOLDERS[0] in text else "信" * 900)
    assert one(marked("**signal** strength"), fake, request()) == "**signal** strengthです。"


def test_terms_in_code_and_names_are_left_alone() -> None:
    fake = Fake(lambda text, _: f"{PLACEHOLDERS[0]}を見てください。")
    one(segment("Please look at `loss` again.", "`loss`"), fake, request(GLOSSARY, inline=True))
    assert fake.asked == [(f"Please look at {PLACEHOLDERS[0]} again.", {"must_contain": [[PLACEHOLDERS[0]]]})]


def test_what_must_not_be_translated_passes_as_a_placeholder() -> None:
    fake = Fake(lambda text, _: f"{PLACEHOLDERS[0]}と{PLACEHOLDERS[1]}の損失")
    assert one(segment("Grok has the loss `x` here.", "`x`"), fake, request(GLOSSARY)) == "Grokと`x`の損失"
    wanted = {"must_contain": [["損失"], [PLACEHOLDERS[0]], [PLACEHOLDERS[1]]]}
    assert fake.asked == [(f"{PLACEHOLDERS[0]} has the loss {PLACEHOLDERS[1]} here.", wanted)]


def test_more_names_than_placeholders_are_no_harm() -> None:
    text = " and ".join(["Grok"] * 20)
    fake = Fake(lambda given, _: given.replace("and", "と"))
    assert one(segment(text), fake, request(GLOSSARY)).count("Grok") == 20


def test_a_glossary_of_another_direction_is_not_used() -> None:
    fake = Fake(lambda *_: PLAIN)
    other = Glossary("en", "zh", (LOSS,))
    assert one(segment("The loss is too large."), fake, request(other, inline=True)) == PLAIN
    assert fake.asked == [("The loss is too large.", {})]
    german = Segment(0, 0, "paragraph", "de", "Der loss ist zu groß.", ((0, 21),))
    wanted = Request("ja", frozenset({"de", "ja"}), glossary=GLOSSARY, inline_terms=True)
    assert [pair.target for pair in translate([german], fake, wanted)] == [PLAIN]


def test_marks_of_terms_in_an_answer_are_a_fault() -> None:
    fake = Fake(lambda text, own: text.replace("The", "その") if not own else "損失は大きい。")
    assert one(segment("The loss is too large."), fake, request(GLOSSARY, inline=True)) == "損失は大きい。"


def test_marks_between_pieces_are_those_of_the_target() -> None:
    fake = Fake(lambda text, own: "" if PLACEHOLDERS[0] in text else "文字")
    assert one(segment("Read `x`, then write `y`.", "`x`", "`y`"), fake, request()) == "文字`x`、文字`y`。"


def test_pieces_have_their_terms_too() -> None:
    """A text that is translated in pieces at last still has its terms written into them."""

    def answer(text: str, own: dict[str, Any]) -> str:
        return ("損失" if TERM_OPEN in text else "何か") if PLACEHOLDERS[0] not in text and len(text) < 40 else ""

    fake = Fake(answer)
    assert one(segment("The loss is here, `x`.", "`x`"), fake, request(GLOSSARY, inline=True)).startswith("損失")


# -------------------------------------------------------------------------------------------------------------- placeholders


def test_a_lost_placeholder_is_asked_for_by_name() -> None:
    mark = PLACEHOLDERS[0]
    fake = Fake(lambda _, own: f"{mark}です。" if "must_contain" in own else "です。")
    assert one(segment("This is `x`.", "`x`"), fake, request()) == "`x`です。"
    assert fake.asked[-1][1]["must_contain"] == [[mark]]


def test_what_cannot_be_translated_is_kept_and_said() -> None:
    (pair,) = translate([segment("Nothing to be done here.")], Fake(lambda *_: ""), request())
    assert (pair.target, pair.translation.status) == ("Nothing to be done here.", "untranslated")


texts = st.text(alphabet="ab, 。あ`x$1" + PLACEHOLDERS[0] + TERM_OPEN, max_size=30)


@given(sources=st.lists(st.tuples(texts, st.sampled_from(["en", "ja", "zh", "und"])), max_size=6), said=texts, again=texts)
def test_as_many_pairs_as_segments_in_order_and_none_empty(sources: list[tuple[str, str]], said: str, again: str) -> None:
    segments = [
        Segment(i, i, "line", language, text, ((0, len(text)),), tuple(protect.find(text)))
        for i, (text, language) in enumerate(sources)
    ]
    glossary = Glossary("en", "ja", (Term("a", ("あ",)), Term("b", (), do_not_translate=True)))
    fake = Fake(lambda _, own: again if own else said)
    pairs = list(translate(segments, fake, request(glossary, inline=True)))
    assert [pair.segment for pair in pairs] == segments
    for pair in pairs:
        assert pair.translation.status == "translated" or pair.target == pair.segment.text
        for span in pair.segment.spans if pair.translation.status == "translated" else ():
            assert pair.segment.text[span.start : span.end] in pair.target


# ------------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "score", "status"),
    [
        ("Aveline Gostwick", -1.5, "kept"),
        ("Aveline Gostwick", -0.4, "translated"),  # the translator knows it
        ("Aveline Gostwick", -1.0, "translated"),
        ("The network", -1.5, "translated"),  # no name
        ("Network", -1.5, "translated"),
        ("Aveline Gostwick Mirrell Trant", -1.5, "translated"),  # as long as a sentence may be
    ],
)
def test_a_name_by_itself_is_kept_where_the_translator_guesses(text: str, score: float, status: str) -> None:
    def translator(texts: Sequence[str], *_: object, **__: object) -> list[Said]:
        return [Said("名前です", score) for _ in texts]

    (pair,) = translate([segment(text)], translator, request())
    assert pair.translation.status == status
    assert pair.target == (text if status == "kept" else "名前です")
