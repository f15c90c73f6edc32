"""Inputs on which translators are known to break, through the pipeline and the released model.

Whatever the model answers, the user gets a pair for each segment, in order, with a text that is not empty, runs in no
loop and has every protected piece; what could not be translated is the source itself, marked. Each case gives the statuses
that its segments may have, none where there is nothing to translate, and what must come through (``keeps``).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diglot.models import load
from diglot.models.translator import Translator
from diglot.pipeline import detect, formats
from diglot.pipeline.document import AlignedPair
from diglot.pipeline.edition import request_for, segments_of
from diglot.pipeline.lines import translate_strings
from diglot.pipeline.translate import translate

DATA = Path(__file__).parent / "data" / "guards"
CASES = [case for path in sorted(DATA.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]
LOOP = re.compile(r"(\S.{0,40}?)\1{5,}", re.DOTALL)  # the same thing six times in a row


@pytest.fixture(scope="module")
def translator(cache: Path) -> Iterator[Translator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        yield load(device="cpu", engine="ctranslate2", threads=1)


def cases() -> list[Any]:
    """All cases; one that is known to fail must fail, until it passes and its verdict is changed."""
    xfail = pytest.mark.xfail(strict=True)
    marks = {case["label"]: [xfail] if case["verdict"] == "known-failures" else [] for case in CASES}
    return [pytest.param(c["input"], c["expected"], id=c["label"], marks=marks[c["label"]]) for c in CASES]


def translated(given: dict[str, Any], translator: Translator) -> list[AlignedPair]:
    text = given["text"] * given.get("times", 1)
    document = detect.detect(formats.parse(text, given["format"]))
    segments = list(segments_of(document))
    request = request_for(segments, given["to"], translator.languages)
    pairs = list(translate(segments, translator, request))
    assert [pair.segment for pair in pairs] == segments
    return pairs


def assert_sound(pair: AlignedPair) -> None:
    source, target = pair.segment.text, pair.translation.text
    if pair.translation.status != "translated":
        assert target == source
        return
    assert target.strip()
    assert not LOOP.search(target) or LOOP.search(source), target
    assert len(target) <= 8 * len(source) + 60
    for piece, count in Counter(source[span.start : span.end] for span in pair.segment.spans).items():
        assert target.count(piece) >= count, f"{piece!r} is not in {target!r}"


@pytest.mark.parametrize(("given", "expected"), cases())
def test_cases(given: dict[str, Any], expected: list[str], translator: Translator) -> None:
    pairs = translated(given, translator)
    for pair in pairs:
        assert_sound(pair)
    assert {pair.translation.status for pair in pairs} <= set(expected)
    written = "".join(pair.translation.text for pair in pairs)
    assert [piece for piece in given.get("keeps", ()) if piece not in written] == []
    if not expected:
        request = request_for([], given["to"], translator.languages)
        assert pairs == []
        assert translate_strings([given["text"]], translator, request) == [given["text"]]


def test_a_segment_gets_the_same_translation_alone_and_among_others(translator: Translator) -> None:
    lines = [case["input"]["text"] for case in CASES if case["input"]["to"] == "ja" and "times" not in case["input"]]
    lines = [line for line in lines if "\n" not in line and line.isascii() and line.isprintable() and line]
    together = translator(lines, "en", "ja")
    alone = [translator([line], "en", "ja")[0] for line in lines]
    assert [h.text for h in together] == [h.text for h in alone]
