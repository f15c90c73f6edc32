"""How translations fit into subtitles that were made for another language.

    python benchmarks/subtitles.py SETS/*.tsv --pairs 400

Each file is ``NAME.en-ja.SPLIT.tsv``: document, first text, second text. The first text of each pair is put into cues of two
lines at most, none wider than its language may have, each shown for as long as it takes to say it (three quarters of what
can be read in that time); the second text is the translation that is spread over them. Counted are the cues in which a line
is too wide, as they are distributed and as they are wrapped, and those that have more text than can be read, by the check.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from diglot.pipeline import formats
from diglot.pipeline.checks.subtitling import A_SECOND, check
from diglot.pipeline.document import AlignedPair, Document, Range, Segment, Translation
from diglot.pipeline.formats.conversion import time
from diglot.pipeline.formats.distribution import in_two
from diglot.pipeline.formats.lines import columns
from diglot.pipeline.formats.subtitles import cues
from diglot.pipeline.formats.wrapping import fullness, wrapped

_SAID = 0.75  # of the characters a second that can be read


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=400)
    options = parser.parse_args()
    print("| set | cues | too wide as distributed | as wrapped | more than can be read | half as much again |")
    print("|---|---|---|---|---|---|")
    for path in options.files:
        source, target = path.name.split(".")[1].split("-")
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[: options.pairs] if line]
        document, segments = subtitles([row[1].strip() for row in rows], source)
        translations = (Translation(row[2].strip(), "translated") for row in rows)
        pairs = [AlignedPair(*both) for both in zip(segments, translations, strict=True)]
        print_row(path.name, document, pairs, target)


def subtitles(texts: list[str], language: str) -> tuple[Document, list[Segment]]:
    """SRT in which each text has cues of its own, and its segments."""
    parts, segments, at, clock = [], [], 0, 0.0
    for text in texts:
        ranges: list[Range] = []
        for cue in laid_out(text):
            seconds = sum(map(len, cue)) / (_SAID * A_SECOND[language])
            head = f"{len(parts) + 1}\n{time(clock, 'srt')} --> {time(clock + seconds, 'srt')}\n"
            place = at + len(head)
            for line in cue:
                ranges.append((place, place + len(line)))
                place += len(line) + 1
            parts.append(head + "\n".join(cue) + "\n\n")
            at += len(parts[-1])
            clock += seconds
        segments.append(Segment(len(segments), len(segments), "cue", language, text, tuple(ranges)))
    return Document("".join(parts), "srt", ()), segments


def laid_out(text: str) -> Iterator[list[str]]:
    """A text in cues of one or two lines, halved until its parts fit."""
    widest = columns(text) / fullness(text) if text else 1
    if fullness(text) <= 1:
        yield [text]
    elif place := in_two(text, widest):
        halves = text[: place[0]], text[place[1] :]
        if max(map(fullness, halves)) <= 1:
            yield list(halves)
        else:
            yield from laid_out(halves[0])
            yield from laid_out(halves[1])
    else:
        yield [text]


def print_row(name: str, document: Document, pairs: list[AlignedPair], target: str) -> None:
    """What is too wide, and what is too fast."""
    rendered = formats.render(document, ((pair.segment, pair.target) for pair in pairs))
    total = len(cues(document.text, "srt"))
    wide = [share_too_wide(text, total) for text in (rendered, wrapped(document, rendered))]
    found = [finding for pair in check(document, pairs, target) for finding in pair.findings]
    speed = Counter(finding.severity for finding in found if finding.code == "reading-speed")
    shares = (speed.total() / total, speed["warning"] / total)
    print(f"| {name} | {total:,} | " + " | ".join(f"{100 * share:.1f} %" for share in (*wide, *shares)) + " |")


def share_too_wide(text: str, total: int) -> float:
    """The share of cues with a line too wide."""
    shown = cues(text, "srt")
    return sum(1 for cue in shown if max((fullness(text[slice(*line)]) for line in cue.lines), default=0) > 1) / total


if __name__ == "__main__":
    main()
