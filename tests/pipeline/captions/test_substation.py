"""Advanced SubStation: what is text and what is not, in which order, and how a translation is written."""

import pytest
from captioning import edition, opened, sentences, translated

from diglot import InputError

HEAD = """[Script Info]
; a remark
Title: A lecture, in two parts
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def event(start: int, text: str, style: str = "Default", kind: str = "Dialogue", seconds: int = 1, name: str = "") -> str:
    return f"{kind}: 0,0:00:{start:02}.00,0:00:{start + seconds:02}.00,{style},{name},0,0,0,,{text}\n"


def read(*events: str) -> list[str]:
    return sentences(opened(HEAD + "".join(events), "a.ass"))


def written(text: str, translation: str) -> str:
    """The text of an event of which all is translated so."""
    made = translated(HEAD + event(1, text), "a.ass", lambda _: translation)
    return made.removeprefix("\ufeff").removeprefix(HEAD).removesuffix("\n").split(",", 9)[9]


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("Good morning to all.", "Guten Morgen, alle.", "Guten Morgen, alle."),
        ("{\\an8}{\\fad(200,0)}Good morning.", "おはよう。", "{\\an8}{\\fad(200,0)}おはよう。"),
        ("Good {\\i1}morning{\\i0} all.", "Guten {\\i1}Morgen{\\i0} alle.", "Guten {\\i1}Morgen{\\i0} alle."),
        ("Good morning{check this} all.", "Guten Morgen{\\\\check this} alle.", "Guten Morgen{check this} alle."),
        ("One thing,\\Nand another.", "Eine Sache, und eine andere.", "Eine Sache,\\Nund eine andere."),
        ("One thing,\\nand another.", "Eine Sache, und eine andere.", "Eine Sache,\\nund eine andere."),
        ("Only\\hfive things.", "Nur\u00a0fünf Dinge.", "Nur\\hfünf Dinge."),
        ("{\\k20}So {\\kf30}we {\\k40}go on.", "So gehen wir.", "{\\k20}So{\\kf30} gehen{\\k40} wir."),
        ("{\\k20}So {\\k30}we {\\k40}begin.", "では始めます。", "{\\k20}では{\\k30}{\\k40}始めます。"),
    ],
)
def test_a_translation_in_its_event(text: str, translation: str, expected: str) -> None:
    assert written(text, translation) == expected


def test_remarks_drawings_and_comments_are_no_text() -> None:
    events = [
        event(1, "Look at this.", kind="Comment"),
        event(2, "{\\p1}m 0 0 l 100 0 100 100{\\p0}"),
        event(3, "{nothing but a remark}"),
        event(4, "We look at trees."),
        "Picture: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,a.png\n",
        "Dialogue: 0,0:00:01.00\n",
        "[Fonts]\n",
        event(5, "Not an event."),
    ]
    assert read(*events) == ["We look at trees."]


def test_events_come_in_the_order_of_their_times() -> None:
    assert read(event(3, "which grow."), event(1, "We look"), event(2, "at trees,")) == ["We look at trees, which grow."]


def test_a_sign_parts_no_sentence_and_runs_into_none() -> None:
    events = [
        event(1, "We look at"),
        event(1, "{\\pos(10,20)}Machine Learning", seconds=5),
        event(2, "Week Three", style="Title"),
        event(3, "the tree."),
        event(4, "{\\move(1,2,3,4)}A graph"),
    ]
    assert read(*events) == ["We look at the tree.", "Machine Learning", "Week Three", "A graph"]


def test_a_sentence_ends_before_the_markup_behind_it() -> None:
    assert read(event(1, "{\\i1}We look.{\\i0}"), event(2, "A Title", style="Title"), event(3, "So it is")) == [
        "We look.",
        "A Title",
        "So it is",
    ]


def test_a_sentence_that_never_ends_keeps_nothing_waiting_for_long() -> None:
    events = [event(1, "and so"), event(2, "A Title", style="Title"), event(20, "on we go"), event(21, "and on", name="Bob")]
    assert read(*events) == ["and so", "A Title", "on we go", "and on"]
    many = [event(1, "and so", seconds=40), *(event(n, f"Title number {n}", style="Title") for n in range(2, 30))]
    assert read(*many, event(31, "on we go."))[-1] == "on we go."


def test_the_fields_are_those_that_the_script_names() -> None:
    script = "[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:01.00,0:00:02.00,Default,One, two, three.\n"
    one = opened(script, "a.ass")
    assert sentences(one) == ["One, two, three."]
    assert one.document.text.startswith("\f00:00:01.000 --> 00:00:02.000")


def test_a_byte_order_mark_stays_and_comes_where_players_need_one() -> None:
    script = HEAD + event(1, "Good morning.")
    marked = b"\xef\xbb\xbf" + script.encode()
    for file in (script.encode(), marked):
        assert opened(file, "a.ass").pack(opened(file, "a.ass").document.text) == file
    assert translated(script, "a.ass", lambda _: "おはよう。").startswith("\ufeff")
    assert not translated(HEAD + event(1, "Café."), "a.ass", lambda _: "おはよう。").startswith("\ufeff")


def test_both_languages_in_each_event() -> None:
    one = opened(HEAD + event(1, "{\\an8}Good morning.") + event(2, "..."), "a.ass")
    made = edition(one, lambda _: "おはよう。").write("ass", "a")
    assert made == "\ufeff" + HEAD + event(1, "{\\an8}Good morning.\\N{\\an8}おはよう。") + event(2, "...")


def test_the_second_language_leaves_the_times_of_words_alone() -> None:
    karaoke = "{\\k20}So {\\kf30}we {\\k40}go on."
    made = edition(opened(HEAD + event(1, karaoke), "a.ass"), lambda _: "So geht es weiter.").write("ass", "a")
    assert made == HEAD + event(1, karaoke + "\\NSo geht es weiter.")


def test_a_bilingual_script_is_made_of_a_script_alone() -> None:
    with pytest.raises(InputError, match="made from Advanced SubStation only"):
        edition(opened("0:00:01.000,0:00:02.000\nGood morning.\n", "a.sbv"), str.upper).write("ass", "a")
