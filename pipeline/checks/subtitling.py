"""Whether people can read translated subtitles: lines too wide for the screen, cues too short for their text.

Method: the cues of the translated file are measured against what subtitlers work to. A line may have 42 letters, or 20
Chinese, Japanese or Korean characters, or what its source cue takes up, if that is more. Characters a second are those of
Netflix's Timed Text Style Guides: 20 for English, 17 for French, German and Spanish, 12 for Korean, 9 for Chinese; for
Japanese 7, which they have for viewers who cannot hear, since their 4 is for film dialogue cut down to its sense and most
lectures say more. Spaces and marks count; in Chinese, Japanese and Korean a half-width character is half of one.

A sentence may run over several cues, and a cue may hold several sentences: a finding stands with the first sentence of its
cue that was translated.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from diglot.pipeline import formats
from diglot.pipeline.document import AlignedPair, Document, Finding, Range, Severity, primary
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.conversion import time
from diglot.pipeline.formats.lines import columns, is_wide
from diglot.pipeline.formats.subtitles import Cue, plain
from diglot.pipeline.formats.wrapping import CHARACTERS, LETTERS, fullness, is_fixed, wrapped

__all__ = ["check"]

A_SECOND = {"en": 20, "fr": 17, "de": 17, "es": 17, "ko": 12, "zh": 9, "ja": 7}
_USUAL_A_SECOND = 17
_FAR_TOO_FAST = 1.5  # times what can be read


def check(document: Document, pairs: Iterable[AlignedPair], target: str) -> list[AlignedPair]:
    """The pairs of a document, those of subtitles with what makes their cues hard to read.

    Captions that roll and cues in two languages are not looked at.
    """
    found: dict[int, list[Finding]] = {}
    pairs = list(pairs)
    done = {i: pair for i, pair in enumerate(pairs) if pair.translation.status == "translated"}
    starts = sorted((start, i) for i, pair in done.items() for start, _ in pair.segment.ranges)
    for place, finding in _findings(document, done.values(), primary(target)):
        index = bisect_left(starts, (place[0], 0))
        if index < len(starts) and starts[index][0] < place[1]:
            found.setdefault(starts[index][1], []).append(finding)
    return [replace(pair, findings=(*pair.findings, *found.get(i, ()))) for i, pair in enumerate(pairs)]


def _findings(document: Document, pairs: Iterable[AlignedPair], target: str) -> Iterator[tuple[Range, Finding]]:
    """What is wrong with each cue, and where it stands in the document."""
    text, format = document.text, document.format
    spoken = subtitles.cues(text, format) if format in subtitles.TIMED else []
    if not spoken or is_fixed(text, spoken):
        return
    rendered = wrapped(document, formats.render(document, ((pair.segment, pair.target) for pair in pairs)))
    for cue, other in zip(spoken, subtitles.cues(rendered, format), strict=False):
        lines = [text[start:end] for start, end in cue.lines]
        translated = [rendered[start:end] for start, end in other.lines]
        if lines and translated and lines != translated:
            place = cue.lines[0][0], cue.lines[-1][1]
            at = time(cue.start or 0.0, format)
            for finding in (*_wide(lines, translated, at), *_fast(cue, translated, at, target)):
                yield place, finding


def _wide(lines: Sequence[str], translated: Sequence[str], at: str) -> Iterator[Finding]:
    line = max(translated, key=fullness)
    if fullness(line) > max(1.0, *map(fullness, lines)):
        usual = CHARACTERS if is_wide(plain(line)) else LETTERS
        message = f"A line of {_size(line):g} characters at {at}; {usual} are usual"
        yield Finding("line-length", "info", message, "Shorten it")


def _fast(cue: Cue, translated: Sequence[str], at: str, target: str) -> Iterator[Finding]:
    if cue.start is None or cue.end is None or cue.end <= cue.start:
        return
    seconds, size = cue.end - cue.start, sum(map(_size, translated))
    limit = A_SECOND.get(target, _USUAL_A_SECOND)
    if size > limit * seconds:
        severity: Severity = "warning" if size > _FAR_TOO_FAST * limit * seconds else "info"
        message = f"{size / seconds:.0f} characters a second at {at} ({size:g} in {seconds:.1f} s); {limit} can be read"
        yield Finding("reading-speed", severity, message, "Shorten it, or show it longer")


def _size(line: str) -> float:
    """The characters of a line without its markup, of which a half-width one among Chinese ones is half."""
    words = plain(line)
    return columns(words) / 2 if is_wide(words) else len(words)
