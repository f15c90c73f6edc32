"""Both languages in one cue, at the times of the source."""

import io

import pytest

from diglot import InputError
from diglot.pipeline import bilingual, formats
from diglot.pipeline.document import AlignedPair, Document, Segment, Translation

SRT = """1
00:00:01,000 --> 00:00:02,500
Let us start
with layers.

2
00:01:03,000 --> 01:00:04,000
[Music]

3
01:00:05,000 --> 01:00:06,000
Right.
"""


def translated(document: Document, translations: dict[str, str]) -> list[AlignedPair]:
    """A pair for each block, as if it were one sentence."""
    pairs = []
    for index, block in enumerate(document.blocks):
        text = " ".join(document.text[start:end] for start, end in block.ranges)
        segment = Segment(index, index, block.kind, "en", text, block.ranges)
        target = translations.get(text, text)
        pairs.append(AlignedPair(segment, Translation(target, "translated" if target != text else "kept")))
    return pairs


def edition(source: str, source_format: str, name: str, translations: dict[str, str] | None = None) -> str:
    document = formats.parse(source, source_format)
    pairs = translated(document, translations or {"Let us start with layers.": "Beginnen wir mit den Schichten."})
    file = io.StringIO()
    bilingual.write(name, pairs, file, title="t", source="en", target="de", document=document)
    return file.getvalue()


def test_cues_hold_source_and_translation() -> None:
    first, second, third = edition(SRT, "srt", "srt").strip().split("\n\n")
    assert first.splitlines()[:4] == ["1", "00:00:01,000 --> 00:00:02,500", "Let us start", "with layers."]
    assert " ".join(first.splitlines()[4:]) == "Beginnen wir mit den Schichten."
    assert second == "2\n00:01:03,000 --> 01:00:04,000\n[Music]"
    assert third == "3\n01:00:05,000 --> 01:00:06,000\nRight."


def test_webvtt_from_subrip() -> None:
    text = edition(SRT, "srt", "vtt")
    assert text.startswith("WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nLet us start\n")
    assert len(formats.parse(text, "vtt").blocks) > 0


VTT = """WEBVTT - A lecture

STYLE
::cue(v[voice="Ann"]) { color: yellow }

NOTE of ours

REGION
id:left

intro
00:01.000 --> 00:04.000 align:start region:left
<v Ann>Let us start
with layers.

00:04.500 --> 00:08.000
<v Bob>Right &amp; good.
"""


def test_webvtt_keeps_all_that_is_not_text() -> None:
    text = edition(VTT, "vtt", "vtt")
    added = [line for line in text.splitlines() if line not in VTT.splitlines()]
    assert "\n".join(line for line in text.splitlines() if line not in added) == VTT.rstrip("\n")
    assert added == ["<v Ann>Beginnen wir mit", "den Schichten."]
    assert text.index("with layers.") < text.index("Beginnen") < text.index("<v Bob>")


def test_subrip_from_webvtt() -> None:
    assert edition(VTT, "vtt", "srt") == (
        "1\n00:00:01,000 --> 00:00:04,000\nAnn: Let us start\nwith layers.\nAnn: Beginnen wir mit\nden Schichten.\n\n"
        "2\n00:00:04,500 --> 00:00:08,000\nBob: Right & good.\n"
    )


def test_webvtt_has_neither_fonts_nor_positions_of_subrip() -> None:
    source = '1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color="red">Let us start with <i>layers</i>.</font>\n'
    translations = {"Let us start with <i>layers</i>.": "Beginnen wir mit den <i>Schichten</i>."}
    assert edition(source, "srt", "vtt", translations) == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n"
        "Let us start with <i>layers</i>.\nBeginnen wir mit den <i>Schichten</i>.\n"
    )


def test_times_and_numbers_of_the_source_stay_in_its_own_format() -> None:
    source = "7\r\n00:00:xx,000 --> 00:00:08,000\r\nLet us start\r\nwith layers."
    assert edition(source, "srt", "srt") == f"{source}\r\nBeginnen wir mit\r\nden Schichten."


def test_other_lectures_have_no_times() -> None:
    document = formats.parse("Just text.", "plain")
    with pytest.raises(InputError, match="made from subtitles only"):
        bilingual.write("srt", [], io.StringIO(), title="t", source="en", target="de", document=document)
