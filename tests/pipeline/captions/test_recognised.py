"""What speech recognisers write: the text of segments is written anew, word by word too, in the style of the file."""

import json
from typing import Any

import pytest
from captioning import opened, sentences, translated

from diglot import InputError
from diglot.pipeline.formats import subtitles


def read(data: Any) -> list[str]:
    return sentences(opened(json.dumps(data), "a.json"))


def segment(start: float, text: str, **others: Any) -> dict[str, Any]:
    return {"start": start, "end": start + 1, "text": text, **others}


def words(text: str) -> list[dict[str, Any]]:
    """Words as Whisper writes them, with the space before each."""
    return [{"word": f" {word}", "start": 0.1, "probability": 0.5} for word in text.split()]


def said(data: Any) -> list[str]:
    return [one["word"] for one in data["words"]]


def test_the_whole_text_and_the_words_are_written_anew() -> None:
    first, second = " We look at trees.", " They grow."
    segments = [segment(1, first, words=words(first)), segment(2, second, words=words(second), tokens=[1, 2])]
    data = {"text": first + second, "segments": segments, "language": "en"}
    german = {"We look at trees.": "Wir betrachten Bäume.", "They grow.": "Sie wachsen."}
    made = json.loads(translated(json.dumps(data), "a.json", german.__getitem__))
    assert made["text"] == " Wir betrachten Bäume. Sie wachsen."
    assert made["language"] == "de"
    assert [one["text"] for one in made["segments"]] == [" Wir betrachten Bäume.", " Sie wachsen."]
    assert said(made["segments"][0]) == [" Wir", " betrachten", "", " Bäume."]
    assert said(made["segments"][1]) == [" Sie", " wachsen."]
    assert all("".join(said(one)) == one["text"] for one in made["segments"])
    assert made["segments"][1]["tokens"] == [1, 2]
    assert [one["probability"] for one in made["segments"][1]["words"]] == [0.5, 0.5]


def test_words_without_spaces_get_none() -> None:
    one = segment(1, "We look at trees.", words=[{"word": word, "score": 0.9} for word in ("We", "look", "at", "trees.")])
    made = json.loads(
        translated(json.dumps({"segments": [one], "word_segments": []}), "a.json", lambda _: "Wir sehen uns Bäume.")
    )
    assert said(made["segments"][0]) == ["Wir", "sehen", "uns", "Bäume."]


def test_japanese_words_are_written_without_spaces() -> None:
    one = segment(1, " We look at trees.", words=words("We look at trees."))
    data = {"text": " We look at trees. Yes.", "segments": [one, segment(2, " Yes.")]}
    made = json.loads(
        translated(json.dumps(data), "a.json", lambda text: "はい。" if text == "Yes." else "私たちは木を見ます。")
    )
    assert made["text"] == "私たちは木を見ます。はい。"
    assert [one["text"] for one in made["segments"]] == ["私たちは木を見ます。", "はい。"]
    assert "".join(said(made["segments"][0])) == "私たちは木を見ます。"


def test_a_sentence_ends_where_somebody_else_speaks() -> None:
    segments = [
        segment(1, "We look", speaker="A"),
        segment(2, "at trees", speaker="A"),
        segment(3, "and flowers", speaker="B"),
    ]
    assert read(segments) == ["We look at trees", "and flowers"]


@pytest.mark.parametrize(
    "data",
    [
        {"task": "transcribe", "language": "english", "segments": [segment(1, "We look"), segment(2, "at trees.")]},
        [segment(1, "We look"), segment(2, "at trees.")],
        {
            "result": {"language": "en"},
            "transcription": [
                {
                    "timestamps": {"from": "00:00:01,000", "to": "00:00:02,000"},
                    "offsets": {"from": 1000},
                    "text": " We look",
                },
                {"timestamps": {"from": "00:00:02,000", "to": "00:00:03,000"}, "text": " at trees."},
            ],
        },
        {
            "text": " We look at trees.",
            "chunks": [{"timestamp": [1, 2.0], "text": " We look"}, {"timestamp": [2.0, None], "text": " at trees."}],
        },
        {
            "events": [
                {"tStartMs": 1000, "dDurationMs": 1000, "segs": [{"utf8": "We"}, {"utf8": " look", "tOffsetMs": 90}]},
                {"tStartMs": 1500, "segs": [{"utf8": "\n"}]},
                {"tStartMs": 2000, "segs": [{"utf8": "at trees."}]},
            ]
        },
    ],
    ids=["whisper", "list", "whisper.cpp", "transformers", "youtube"],
)
def test_what_recognisers_write(data: Any) -> None:
    one = opened(json.dumps(data), "a.json")
    assert read(data) == ["We look at trees."]
    assert [cue.start for cue in subtitles.cues(one.document.text, "cues")] == [1.0, 2.0]
    made = opened(translated(json.dumps(data), "a.json", lambda _: "Wir betrachten die Bäume."), "a.json")
    assert sentences(made) == ["Wir betrachten die Bäume."]


def test_events_that_say_nothing_are_no_harm() -> None:
    data = {"text": "We look.", "events": [{"tStartMs": 1}, {"tStartMs": 2, "segs": [{"utf8": "We"}, {"utf8": " look."}]}]}
    assert "WE" in translated(json.dumps(data), "a.json", str.upper)


def test_a_text_of_the_whole_that_is_another_stays() -> None:
    data = {"text": "Something else was said.", "segments": [segment(1, "We look at trees.")]}
    assert json.loads(translated(json.dumps(data), "a.json", str.upper))["text"] == "Something else was said."


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            '[ {"text":"A \\u201ctree\\u201d.","end":2,"start":1.50} ]',
            '[ {"text":"\\u00c4 \\"B\\".","end":2,"start":1.50} ]',
        ),
        ('[{"text": "A “tree”.", "end": 2, "start": 1e0}]', '[{"text": "Ä \\"B\\".", "end": 2, "start": 1e0}]'),
        ('[{"text": "A.", "text": "A tree.", "start": 1}]', '[{"text": "A.", "text": "Ä \\"B\\".", "start": 1}]'),
    ],
)
def test_all_else_stays_byte_for_byte(file: str, expected: str) -> None:
    assert translated(file, "a.json", lambda _: 'Ä "B".') == expected


@pytest.mark.parametrize(
    "data", [{"events": [{"name": "x"}]}, {"segments": ["a"]}, {"chunks": 5}, ["a", "b"], {"segments": [{"start": 1}]}]
)
def test_other_json_is_none(data: Any) -> None:
    with pytest.raises(InputError, match=r"JSON is not read"):
        opened(json.dumps(data), "a.json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-5", "1e300", "1" * 400, "true", "null"])
def test_numbers_that_are_no_times_are_no_harm(number: str) -> None:
    file = f'[{{"start": 1, "end": {number}, "text": "We look."}}, {{"start": 2, "end": 3, "text": "So it is."}}]'
    one = opened(file, "a.json")
    assert [cue.start for cue in subtitles.cues(one.document.text, "cues")] == [1.0, 2.0]
    assert one.pack(one.document.text) == file.encode()


def test_what_had_no_spaces_gets_them() -> None:
    data = {
        "text": "我们看树，它们在长。是的。",
        "segments": [segment(1, "我们看树，"), segment(2, "它们在长。"), segment(3, "是的。")],
    }
    english = {"我们看树，它们在长。": "We look at trees, which are growing.", "是的。": "Yes."}
    made = json.loads(translated(json.dumps(data), "a.json", english.__getitem__))
    assert made["text"] == "We look at trees, which are growing. Yes."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"language": "en"}, {"language": "de"}),
        ({"language": "english", "duration": 2.5}, {"language": "de", "duration": 2.5}),
        ({"result": {"language": "en"}}, {"result": {"language": "de"}}),
        ({"language": "not known"}, {"language": "not known"}),
        ({"language": None}, {"language": None}),
    ],
)
def test_the_language_becomes_that_of_the_translation(data: Any, expected: Any) -> None:
    made = json.loads(translated(json.dumps(data | {"segments": [segment(1, "We look.")]}), "a.json", str.upper))
    assert made == expected | {"segments": [segment(1, "WE LOOK.")]}


def test_a_text_that_is_not_made_of_the_segments_stays() -> None:
    events = [{"tStartMs": 0, "dDurationMs": 900, "segs": [{"utf8": "We look"}, {"utf8": " at trees."}]}]
    made = json.loads(translated(json.dumps({"events": events, "text": "We look at trees."}), "a.json", str.upper))
    assert made["text"] == "We look at trees."
    assert [one["utf8"] for one in made["events"][0]["segs"]] == ["WE LOOK", " AT TREES."]
