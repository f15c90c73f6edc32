"""Captions of every kind: an identity gives the file back byte for byte, and each becomes SRT, WebVTT and both languages."""

import json
from contextlib import suppress
from random import Random

import pytest
from captioning import edition, opened, sentences, translated
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline import captions, formats
from diglot.pipeline.decode import Decoded
from diglot.pipeline.edition import Reading, as_subtitles, open_bytes, segments_of
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.wrapping import wrapped

SCRIPT = r"""[Script Info]
Title: A lecture
[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.40,Default,,0,0,0,,The gradient is the slope
Dialogue: 0,0:00:02.50,0:00:04.00,Default,,0,0,0,,of the loss,\Nwhich is small.
""".replace("\n", "\r\n")
TIMED_TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>
  <p begin="00:00:01.000" end="00:00:02.400">The gradient is the slope</p>
  <p begin="2.5s" dur="1500ms" region="top">of the loss,<br/>which is small.</p>
</div></body></tt>
"""
TRANSCRIPT = (
    '<?xml version="1.0" encoding="utf-8" ?><transcript><text start="1" dur="1.4">The gradient is the slope</text>'
    '<text start="2.5" dur="1.5">of the loss,\nwhich is small.</text></transcript>'
)
WORDS = """<?xml version="1.0" encoding="utf-8" ?><timedtext format="3">
<body><w t="0" id="1"/>
<p t="1000" d="1400" w="1"><s>The</s><s t="200"> gradient</s><s t="500"> is</s><s t="700"> the</s><s t="900"> slope</s></p>
<p t="2400" d="100" w="1" a="1">
</p>
<p t="2500" d="1500">of the loss,
which is small.</p>
</body></timedtext>
"""
SUBVIEWER = "0:00:01.000,0:00:02.400\nThe gradient is the slope\n\n0:00:02.500,0:00:04.000\nof the loss,\nwhich is small.\n"
SEGMENTS = [
    {"id": 0, "start": 1.0, "end": 2.4, "text": " The gradient is the slope", "tokens": [50364, 440]},
    {"id": 1, "start": 2.5, "end": 4.0, "text": " of the loss, which is small.", "tokens": [295, 264]},
]
WHISPER = json.dumps({"text": "".join(str(one["text"]) for one in SEGMENTS), "segments": SEGMENTS, "language": "en"})
YOUTUBE = json.dumps(
    {
        "wireMagic": "pb3",
        "events": [
            {"tStartMs": 0, "dDurationMs": 9000, "id": 1},
            {
                "tStartMs": 1000,
                "dDurationMs": 1400,
                "segs": [{"utf8": "The gradient", "acAsrConf": 0}, {"utf8": " is the slope"}],
            },
            {"tStartMs": 2400, "dDurationMs": 100, "aAppend": 1, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 2500, "dDurationMs": 1500, "segs": [{"utf8": "of the loss,\nwhich is small."}]},
        ],
    },
    indent=2,
)
ROWS = "start\tend\ttext\n1000\t2400\tThe gradient is the slope\n2500\t4000\tof the loss, which is small.\n"
TABLE = (
    'Start Time,End Time,Text\n00:00:01.000,00:00:02.400,The gradient is the slope\n2.5,4,"of the loss, which is small."\n'
)
FILES = {
    "a.ass": SCRIPT,
    "a.ttml": TIMED_TEXT,
    "a.srv1": TRANSCRIPT,
    "a.srv3": WORDS,
    "a.sbv": SUBVIEWER,
    "a.json": WHISPER,
    "a.json3": YOUTUBE,
    "a.tsv": ROWS,
    "a.csv": TABLE,
}
SENTENCE = "The gradient is the slope of the loss, which is small."
GERMAN = "Der Gradient ist die Steigung des Verlusts, welcher klein ist."


@pytest.mark.parametrize("name", FILES)
def test_a_sentence_over_two_cues_is_one_and_the_file_comes_back_byte_for_byte(name: str) -> None:
    one = opened(FILES[name], name)
    found = list(segments_of(one.document))
    assert [segment.text for segment in found] == [SENTENCE]
    assert one.pack(one.document.text) == FILES[name].encode()
    again = formats.render(one.document, [(segment, segment.text) for segment in found])
    assert one.pack(wrapped(one.document, again)) == FILES[name].encode()


@pytest.mark.parametrize("name", FILES)
def test_a_translation_is_read_again_in_the_same_cues(name: str) -> None:
    made = translated(FILES[name], name, lambda _: GERMAN)
    again = opened(made, name)
    assert sentences(again) == [GERMAN]
    was, now = (subtitles.cues(one.document.text, "cues") for one in (opened(FILES[name], name), again))
    assert [(cue.start, cue.end) for cue in was] == [(cue.start, cue.end) for cue in now] == [(1.0, 2.4), (2.5, 4.0)]


SRT = "1\n00:00:01,000 --> 00:00:02,400\nThe gradient is the slope\n"


@pytest.mark.parametrize("name", FILES)
def test_every_kind_becomes_subrip_and_webvtt_in_one_language_and_in_two(name: str) -> None:
    one = opened(FILES[name], name)
    found = [(segment, segment.text) for segment in segments_of(one.document)]
    shown = as_subtitles(one, "srt").pack(formats.render(one.document, found)).decode()
    assert shown.startswith(SRT)
    assert " ".join(shown.split("\n")[6:]).strip() == "of the loss, which is small."
    both = edition(one, lambda _: GERMAN)
    assert both.write("srt", "a").startswith(SRT + "Der Gradient ist")
    assert both.write("vtt", "a").startswith(f"WEBVTT\n\n{SRT}Der Gradient ist".replace(",", "."))
    assert as_subtitles(one, "ass") is one


@pytest.mark.parametrize("name", FILES)
def test_it_is_known_by_its_content_whatever_its_name(name: str) -> None:
    assert opened(FILES[name], "a.txt").document == opened(FILES[name], name).document
    assert opened(b"\xef\xbb\xbf" + FILES[name].encode(), "a").document == opened(FILES[name], name).document
    assert opened(FILES[name].encode("utf-16"), "a").document == opened(FILES[name], name).document


@pytest.mark.parametrize("name", ["a.ass", "a.json", "a.sbv"])
def test_it_is_text_where_somebody_says_so(name: str) -> None:
    assert open_bytes(FILES[name].encode(), name, Reading(format="plain")).document.text == FILES[name]


def test_what_stands_between_cues_stays() -> None:
    apart = SUBVIEWER.replace("slope\n", "slope\n\n\n")
    assert translated(apart, "a.sbv", lambda text: text.replace("small", "SMALL")) == apart.replace("small", "SMALL")
    assert translated(apart, "a.sbv", lambda text: text.replace("slope", "SLOPE")) == apart.replace("slope", "SLOPE")


def test_a_change_of_lines_alone_is_none() -> None:
    with_blank = SUBVIEWER.replace("slope\n", "slope   \n\n").replace("loss,", "loss,   ")
    assert translated(with_blank, "a.sbv", lambda text: text) == with_blank


@pytest.mark.parametrize(
    ("file", "name", "message"),
    [
        ("[Script Info]\nTitle: x\n", "a.ass", "a.ass: no subtitle cue found"),
        ("Just text.", "a.ssa", "no subtitle cue found"),
        ("", "a.sbv", "no subtitle cue found"),
        ('{"segments": []}', "a.json", "no subtitle cue found"),
        (WHISPER[:-30], "a.json", "line 1: JSON that is not whole"),
        (YOUTUBE[:-30], "a.txt", "JSON that is not whole"),
        ('{"name": "x"}', "a.json", "JSON is not read"),
        ('{"segments": [{"text": "No times."}]}', "a.json", "JSON is not read"),
        ("name,grade\nAnn,1\n", "a.csv", "CSV is not read"),
        ("start,end,text\nsoon,later,Hello.\n", "a.csv", "CSV is not read"),
        (TIMED_TEXT[:-30], "a.ttml", "line 4: .*not whole XML"),
        (TIMED_TEXT.replace("<tt", "<!DOCTYPE tt [<!ENTITY a 'b'>]><tt"), "a.ttml", "has a document type"),
        ("<tt><body/></tt>", "a.dfxp", "no subtitle cue found"),
        ("", "a.ttml", "not whole XML"),
    ],
)
def test_what_is_damaged_or_something_else_is_refused_in_a_line(file: str, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        opened(file, name)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    random = Random(name)
    for _ in range(60):
        made = bytearray(FILES[name].encode())
        for _ in range(random.randint(1, 4)):
            place, length = random.randrange(len(made)), random.randint(1, 9)
            made[place : place + length] = random.choice([b"", random.randbytes(length), bytes(made[:length])])
        with suppress(InputError):
            one = opened(bytes(made), name)
            assert one.pack(one.document.text)


MARKS = [
    *'{}[]<>/\\"=:,.&;\f\n\r\t 0159ax',
    *[
        "Dialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,,",
        "[Events]\n",
        "Format: Text\n",
        "\\N",
        "{\\k10}",
        "{\\p1}",
        "{\\i1}",
        "{\\\\a}",
    ],
    *[
        '<p begin="1s" end="2s">',
        "</p>",
        "<br/>",
        "<tt>",
        "</tt>",
        '<s t="1">',
        "</s>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
    ],
    *[
        '<span tts:fontStyle="italic">',
        "</span>",
        '"text": "',
        '"segments": [',
        '{"start": 1, "end": 2, "text": "a b"}',
        "],",
        "\\u3042",
    ],
    *[
        "start,end,text\n",
        "1,2,a b\n",
        "0:00:01.000,0:00:02.000\n",
        "00:01 --> 00:02",
        "あ",
        "\ud800",
        "\u2028",
        "\u00a0",
        "-->",
    ],
]
STARTS = [
    "",
    "[Script Info]\n[Events]\n",
    '<tt><p begin="1s">',
    '{"segments": [',
    "[",
    "start\tend\ttext\n1\t2\t",
    "0:00:01.000,0:00:02.000\n",
]


@settings(max_examples=300)
@given(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(MARKS), max_size=30).map("".join),
    st.sampled_from(["", "</p></tt>", "]}"]),
    st.sampled_from(["a", "a.ass", "a.sbv", "a.ttml", "a.json3"]),
)
def test_any_text_comes_back_whole(start: str, text: str, end: str, name: str) -> None:
    file = start + text + end
    try:
        found = captions.opened(Decoded(file, "utf-8"), name)
    except InputError:
        return
    if found is None:
        return
    document = formats.parse(found.text, found.format)
    assert found.pack(found.text) == file.encode("utf-8", "surrogatepass")
    segments = list(segments_of(document))
    same = formats.render(document, [(segment, segment.text) for segment in segments])
    assert found.pack(same) == file.encode("utf-8", "surrogatepass")
    other = formats.render(document, [(segment, f"⟦{segment.text}⟧") for segment in segments], "de")
    made = found.pack(wrapped(document, other)).decode("utf-8", "surrogatepass")
    again = captions.opened(Decoded(made, "utf-8"), name)
    assert again is not None
    assert len(subtitles.cues(again.text, "cues")) == len(subtitles.cues(found.text, "cues"))


def test_cues_without_times_that_can_be_read_begin_where_the_one_before_ends() -> None:
    made = TIMED_TEXT.replace('begin="2.5s"', 'begin="soon"')
    cues = subtitles.cues(opened(made, "a.ttml").document.text, "cues")
    assert [(cue.start, cue.end) for cue in cues] == [(1.0, 2.4), (2.4, 2.4)]


def test_a_cue_that_ends_before_it_begins_is_shown_for_no_time() -> None:
    file = json.dumps([one | {"end": 0.5} for one in SEGMENTS])
    cues = subtitles.cues(opened(file, "a.json").document.text, "cues")
    assert [(cue.start, cue.end) for cue in cues] == [(1.0, 1.0), (2.5, 2.5)]


def test_words_that_look_like_times_are_words() -> None:
    segments = [one | {"text": "00:00:01,000 --> 00:00:02,000 is a time."} for one in SEGMENTS]
    made = translated(json.dumps(segments), "a.json", str.upper)
    assert [one["text"] for one in json.loads(made)] == ["00:00:01,000 --> 00:00:02,000 IS A TIME."] * 2


def test_bytes_in_another_encoding_are_told() -> None:
    made = SCRIPT.encode().replace(b"slope", b"caf\xe9 and the g\xc3\xa9ant")
    assert [stray.line for stray in opened(made, "a.ass").strays] == [8]
