"""SubRip as WebVTT and back: what both know comes over, and the words always do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.formats.conversion import converted, time
from diglot.pipeline.formats.subtitles import cues

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500 align:start\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<v Ann>Hello.", "Ann: Hello."),
        ("<v.loud Ann Lee>Hello.</v>", "Ann Lee: Hello."),
        ("<c.yellow>Hello</c> <lang de>Welt</lang>", "Hello Welt"),
        ("so<00:01.200><c> we</c><00:01.400><c> go</c>", "so we go"),
        ("<b.big>bold</b> <I>x</I> <u>y</u>", "<b>bold</b> <i>x</i> <u>y</u>"),
        ("<ruby>漢字<rt>かんじ</rt></ruby>です", "漢字（かんじ）です"),
        ("A &lt; B &amp; C&nbsp;&gt; D &copy;", "A < B & C\u00a0> D &copy;"),
        ("a vector<int> of numbers", "a vector<int> of numbers"),
    ],
)
def test_webvtt_to_subrip(line: str, expected: str) -> None:
    assert converted(f"{VTT}{line}\n", "vtt", "srt") == f"{SRT}{expected}\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{\\an8}<font color="#ffffff">Hello</font>', "Hello"),
        ("<I>x</I> <b>y</b>", "<i>x</i> <b>y</b>"),
        ("{\\an8\\i1}x{\\i0} {\\b1\\u1}y", "<i>x</i> <b><u>y</u></b>"),
        ("A < B & C --> D", "A &lt; B &amp; C --&gt; D"),
        ("a vector<int> of R&amp;D", "a vector&lt;int> of R&amp;D"),
        ("one<br>two<br><br/>", "one\ntwo"),
        (">> And you?", ">> And you?"),
    ],
)
def test_subrip_to_webvtt(line: str, expected: str) -> None:
    head = VTT.replace(" align:start", "").replace("WEBVTT\n\n", "WEBVTT\n\n1\n").replace("00:0", "00:00:0", 2)
    assert converted(f"{SRT}{line}\n", "srt", "vtt") == f"{head}{expected}\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{\\fs30\\b0}x {\\i1}y {\\i1}z", "x <i>y z</i>"),
        ("{\\i1}x{\\i0} <tt:span>a</tt:span> R&amp;D < 5", "<i>x</i> a R&amp;D < 5"),
        ("a vector<int><br/>of numbers", "a vector<int>\nof numbers"),
    ],
)
def test_other_cues_to_subrip(line: str, expected: str) -> None:
    assert converted(f"\f00:00:01.000 --> 00:00:02.500 0\n{line}\n", "cues", "srt") == f"{SRT}{expected}\n"


def test_other_cues_come_in_the_order_of_their_times() -> None:
    text = "\f00:00:04.000 --> 00:00:05.000 0\nTwo.\n\n\f00:00:01.000 --> 00:00:02.500 1\nOne.\n\n"
    assert converted(text, "cues", "srt") == f"{SRT}One.\n\n2\n00:00:04,000 --> 00:00:05,000\nTwo.\n"


def test_styles_and_notes_are_no_cues() -> None:
    text = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE x\n\nintro\n00:01.000 --> 00:02.500 line:0\nHello.\n\n"
    assert converted(text, "vtt", "srt") == f"{SRT}Hello.\n"


def test_a_broken_time_is_that_of_the_end_before() -> None:
    text = f"{SRT}One.\n\n2\n00:00:xx,000 --> 00:00:08,000\nTwo.\n"
    assert "\n\n2\n00:00:02,500 --> 00:00:02,500\nTwo.\n" in converted(converted(text, "srt", "vtt"), "vtt", "srt")


def test_hours_and_halves_of_milliseconds() -> None:
    assert time(360_000.9996, "srt") == "100:00:01,000"


@given(st.lists(st.text(st.sampled_from("ab &<>;amplt字-/i\r\u2028\ud800"), min_size=1).filter(str.strip), max_size=4))
def test_words_and_cues_come_back(lines: list[str]) -> None:
    text = "".join(f"{SRT}{line}\n\n" for line in lines)
    there = converted(text, "srt", "vtt")
    assert len(cues(there, "vtt")) == len(cues(text, "srt"))
    assert len(cues(converted(there, "vtt", "srt"), "srt")) == len(cues(text, "srt"))
