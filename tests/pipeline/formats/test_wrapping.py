"""Cues wrapped: translations in good lines, and nothing else touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline import formats
from diglot.pipeline.document import Document, Segment
from diglot.pipeline.formats.distribution import in_two
from diglot.pipeline.formats.lines import columns
from diglot.pipeline.formats.subtitles import cues, plain
from diglot.pipeline.formats.wrapping import CHARACTERS, LETTERS, fullness, wrapped


def srt(*cues: str) -> str:
    return "\n".join(
        f"{number}\n00:00:{number * 5:02},000 --> 00:00:{number * 5 + 1:02},000\n{cue}\n"
        for number, cue in enumerate(cues, 1)
    )


def rendered(document: Document, translations: list[str]) -> str:
    """The document with a translation for each block, as if it were one sentence."""
    segments = [
        Segment(i, i, "cue", "en", " ".join(document.text[start:end] for start, end in block.ranges), block.ranges)
        for i, block in enumerate(document.blocks)
    ]
    return formats.render(document, list(zip(segments, translations, strict=True)))


def wrap(*cues: str, translations: list[str], format: str = "srt") -> list[str]:
    """The texts of the cues when their blocks have these translations."""
    document = formats.parse(srt(*cues) if format == "srt" else "WEBVTT\n\n" + srt(*cues).replace(",", "."), format)
    text = wrapped(document, rendered(document, translations))
    return [cue.split("\n", 2)[2].strip("\n") for cue in text.removeprefix("WEBVTT\n\n").split("\n\n") if cue.strip()]


@pytest.mark.parametrize(
    ("source", "translation", "expected"),
    [
        ("これは損失関数の値です。", "This is the value of the loss.", "This is the value of the loss."),
        (
            "学習率が大きすぎると、発散します。",
            "If the learning rate is too large, the training diverges.",
            "If the learning rate is too large,\nthe training diverges.",
        ),
        (
            "We start with vectors today.",
            "Wir beginnen heute mit den Vektoren und ihren Längen.",
            "Wir beginnen heute\nmit den Vektoren und ihren Längen.",
        ),
        (
            "The loss goes down slowly\nand then stays.",
            "損失はゆっくりと下がっていき、その後はほとんど変化しなくなります。",
            "損失はゆっくりと下がっていき、\nその後はほとんど変化しなくなります。",
        ),
        ("- We sort it.", "- Nous le trions d'abord par ordre croissant.", "- Nous le trions d'abord\npar ordre croissant."),
    ],
)
def test_two_lines_where_one_is_too_wide(source: str, translation: str, expected: str) -> None:
    (cue,) = wrap(source, translations=[translation.removeprefix("- ")])
    assert cue == expected


def test_one_line_where_the_source_needed_two_and_the_translation_does_not() -> None:
    source = "<i>So the loss falls for a while,</i>\n<i>and then it does not fall any more.</i>"
    assert wrap(source, translations=["损失先下降，之后不再下降。"]) == ["<i>损失先下降，</i><i>之后不再下降。</i>"]
    assert wrap("The loss falls,\nthen it stays.", translations=["损失下降，然后不变。"]) == ["损失下降，\n然后不变。"]


def test_tags_stay_with_their_words() -> None:
    (cue,) = wrap(
        "<i>Here is why the <b>key</b> matters.</i>", translations=["Voici pourquoi la clé de <b>voûte</b> est importante."]
    )
    assert cue == "<i>Voici pourquoi la clé\nde <b>voûte</b> est importante.</i>"


@pytest.mark.parametrize(
    "source",
    [
        "This one line is far wider than any line that a subtitler would ever put into a cue.",
        "One\ntwo\nthree.",
        "- Is it linear?\n- No.",
        "<00:05.100>word <00:05.200>by <00:05.300>word",
        "[Music]\nand we go on.",
    ],
)
def test_what_was_not_laid_out_keeps_its_lines(source: str) -> None:
    document = formats.parse(srt(source), "srt")
    longer = ["Ein Satz, der sehr viel länger geworden ist als der Satz davor"] * len(document.blocks)
    text = rendered(document, longer)
    assert wrapped(document, text) == text


def test_formulas_are_not_broken() -> None:
    formula = "$a_1 x_1 + a_2 x_2 + b = 0$"
    (cue,) = wrap("Short.", translations=[f"Die Gerade ist {formula} in der Ebene."])
    assert cue == f"Die Gerade ist {formula}\nin der Ebene."


def test_captions_that_roll_and_two_languages_keep_their_lines() -> None:
    rolling = ["so we take", *(f"line {n} of it\nline {n + 1} of it" for n in range(6))]
    both = ["Let us begin.\n始めましょう。", "It is a graph.\nこれはグラフです。"]
    for source in (rolling, both):
        document = formats.parse(srt(*source), "srt")
        text = rendered(document, ["A line that is much wider than forty-two letters are"] * len(document.blocks))
        assert wrapped(document, text) == text


def test_lines_may_be_as_wide_as_those_of_the_file() -> None:
    wide = "A recogniser wrote this line, which no person has ever laid out for a screen"
    sources = [*(f"{wide}, number {n}." for n in range(9)), "Short."]
    translation = "Eine Zeile mit etwas mehr als zweiundvierzig Zeichen"
    assert columns(translation) > LETTERS
    assert wrap(*sources, translations=[translation] * 10)[-1] == translation
    assert wrap("Short.", translations=[translation]) == ["Eine Zeile mit etwas mehr\nals zweiundvierzig Zeichen"]


@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_a_line_that_was_left_empty_goes_away(format: str) -> None:
    source = "one two three\nfour five six\nseven eight nine."
    assert wrap(source, translations=["数。"], format=format) == ["数。"]
    assert wrap(f"<i>{source}</i>", translations=["数。"], format=format) == ["<i>数。</i>"]


def test_line_ends_are_those_of_the_file() -> None:
    document = formats.parse(srt("Short.").replace("\n", "\r\n"), "srt")
    text = wrapped(document, rendered(document, ["Eine Zeile mit etwas mehr als zweiundvierzig Zeichen"]))
    assert text.count("\r\n") == text.count("\n") == document.text.count("\n") + 1


def test_other_documents_come_back() -> None:
    document = formats.parse("A line.", "plain")
    assert wrapped(document, "x" * 100) == "x" * 100


LINES = st.lists(
    st.sampled_from(
        ["the loss ", "学習率が", "、", "word. ", "<i>", "</i>", "{\\an8}", "- ", "Ann: ", "データ", "é", "\u3000"]
    ),
    max_size=14,
).map("".join)
TEXTS = st.text(st.sampled_from("ab  .,学習をデ、。<i>/>&-\u2028\u0301\ud800😊"), max_size=90)


@settings(max_examples=150)
@given(st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=4), st.data(), st.sampled_from(["srt", "vtt"]))
def test_no_text_is_lost(sources: list[list[str]], data: st.DataObject, format: str) -> None:
    head = "WEBVTT\n\n" if format == "vtt" else ""
    document = formats.parse(head + srt(*("\n".join(lines) for lines in sources)), format)
    translations = [data.draw(TEXTS) for _ in document.blocks]
    before = rendered(document, translations)
    after = wrapped(document, before)
    assert "".join(after.split()) == "".join(before.split())
    assert wrapped(document, document.text) == document.text
    for cue, was in zip(cues(after, format), cues(document.text, format), strict=False):
        assert len(cue.lines) <= max(2, len(was.lines))


@given(st.text(st.sampled_from("ab cd, 学習をデ、。("), max_size=120), st.integers(2, 60))
def test_a_break_takes_white_space_alone(text: str, widest: int) -> None:
    place = in_two(text, widest)
    if place:
        start, end = place
        assert 0 < start <= end < len(text)
        assert not text[start:end].strip()


def test_widths() -> None:
    assert fullness("a" * LETTERS) == fullness("字" * CHARACTERS) == 1
    assert fullness("<font color='red'>{\\an8}</font>") == 0
    assert plain("{\\an8}<i>a</i>") == "a"


def test_hostile_lines_are_broken_in_no_time() -> None:
    for text in ("<i>" * 20_000 + "a b", "a " * 20_000, "字" * 40_000, "<" * 40_000, "ー" * 40_000):
        document = formats.parse(srt("Short."), "srt")
        assert "".join(wrapped(document, srt(text)).split()) == "".join(srt(text).split())
