"""Whether cues can be read: what is told of lines and of speed, with which sentence, and what is not."""

import pytest

from diglot.pipeline import formats
from diglot.pipeline.checks.subtitling import check
from diglot.pipeline.document import AlignedPair, Finding, Segment, Translation

WIDE = "A source that is wider than lines ever are in subtitles"
KEPT = "1\n00:00:00,000 --> 00:00:00,500\nThis was never translated at all.\n\n"


def findings(cue: str, translation: str, target: str, seconds: float = 10) -> list[Finding]:
    """What is found where one cue, shown for so long, has this translation; the cue before it is kept."""
    times = f"00:01:00,000 --> 00:01:{int(seconds):02},{round(seconds % 1 * 1000):03}"
    document = formats.parse(f"{KEPT}2\n{times}\n{cue}\n", "srt")
    kept, translated = (
        Segment(i, i, "cue", "en", " ".join(document.text[slice(*place)] for place in block.ranges), block.ranges)
        for i, block in enumerate(document.blocks)
    )
    pairs = [
        AlignedPair(kept, Translation(kept.text, "kept")),
        AlignedPair(translated, Translation(translation, "translated"), (Finding("space", "info", "Two spaces"),)),
    ]
    first, second = check(document, pairs, target)
    assert not first.findings
    assert second.findings[0].code == "space"
    return list(second.findings[1:])


@pytest.mark.parametrize(
    ("translation", "target", "seconds", "severity"),
    [
        ("x" * 40, "en", 2, None),
        ("x" * 41, "en", 2, "info"),
        ("x" * 61, "en", 2, "warning"),
        ("<i>" + "x" * 38 + "</i>", "en", 2, None),
        ("x" * 35, "de", 2, "info"),
        ("字" * 18, "zh", 2, None),
        ("字" * 19, "zh-Hans", 2, "info"),
        ("字" * 14, "ja", 2, None),
        ("字" * 15, "ja", 2, "info"),
        ("字" * 22, "ja", 2, "warning"),
        ("字" * 22, "ja", 4, None),
        ("字" * 22, "ja", 0, None),
    ],
)
def test_reading_speed(translation: str, target: str, seconds: float, severity: str | None) -> None:
    found = [one for one in findings("Say it.", translation, target, seconds) if one.code == "reading-speed"]
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_what_is_said_of_speed() -> None:
    (found,) = findings("Say it.", "字" * 30, "ja", 2.5)
    assert found.message == "12 characters a second at 00:01:00,000 (30 in 2.5 s); 7 can be read"


@pytest.mark.parametrize(
    ("cue", "translation", "size"),
    [
        ("Say it.", "two lines hold this one well and nobody needs to be told of it", None),
        ("Say it.", "word " * 17 + "words", 45),
        ("- Say it.", "x" * 43, 45),
        ("Say it.", "字" * 46, 23),
        (WIDE, "un texte qui est aussi large que sa source", None),
        (WIDE, "x" * 58, 58),
    ],
)
def test_line_length(cue: str, translation: str, size: int | None) -> None:
    found = [one for one in findings(cue, translation, "fr", 59) if one.code == "line-length"]
    assert len(found) == (size is not None)
    assert all(one.message.startswith(f"A line of {size} characters at 00:01:00,000; ") for one in found)


def test_other_documents_and_captions_that_roll_are_left_alone() -> None:
    rolling = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\nline {n}\nline {n + 1}\n\n" for n in range(6))
    for text, format in (("One line.", "plain"), (rolling, "srt")):
        document = formats.parse(text, format)
        segments = [Segment(i, i, block.kind, "en", "x", block.ranges) for i, block in enumerate(document.blocks)]
        pairs = [AlignedPair(one, Translation("y" * 500, "translated")) for one in segments]
        assert check(document, pairs, "fr") == pairs
