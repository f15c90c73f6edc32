"""How well sentences are aligned, by us and by Gale and Church's lengths alone or by us with a model, and how fast.

    python benchmarks/align.py NAME.en-ja.SPLIT.tsv ...
    python benchmarks/align.py --model bundled NAME.en-ja.SPLIT.tsv ...
    python benchmarks/align.py --long 100000 NAME.en-ja.SPLIT.tsv
    python benchmarks/align.py --wrong 30 NAME.en-ja.SPLIT.tsv ...

The files hold parallel text: document, first text, second text, in document order. The two sides of each document are
aligned as they are, and damaged: one row in ten is merged with the next, one in ten split at a comma or a space, one in ten
dropped, each on one side that is drawn at random (fixed seed). So what belongs together is known.

Precision, recall and F1 in per cent of whole links: a link counts if the very same segments are linked on both sides;
segments without a partner count for nothing, only wrongly linked ones. With ``--long`` the documents are strung together
to at most so many rows, and time and memory are printed. With ``--wrong`` stretches of so many damaged rows are aligned with
their own translation and with that of the stretch before; printed is how many of each ``diglot align`` would doubt. Times
are of the processor.
"""

import argparse
import math
import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

from diglot import models
from diglot.pipeline import protect
from diglot.pipeline.align import align
from diglot.pipeline.align.agreement import BY_CHANCE, agreement
from diglot.pipeline.align.bitext import align_documents
from diglot.pipeline.checks.lengths import deviation, size
from diglot.pipeline.document import Document, Segment, joiner

Row = tuple[str, str]
Piece = tuple[str, frozenset[int]]
Pairs = set[tuple[tuple[int, ...], tuple[int, ...]]]
Aligner = Callable[[Sequence[Segment], Sequence[Segment]], Pairs]

_PLACES = (r"[,;:，、；：.!?。！？]\s*|\s[–—-]\s", r"\s+", r"(?<=[^\x00-\u2fff])(?=[^\x00-\u2fff])")


class Score(NamedTuple):
    """Right links, links found, links there are, seconds."""

    right: int = 0
    found: int = 0
    there: int = 0
    seconds: float = 0.0

    def plus(self, other: "Score") -> "Score":
        """Both together."""
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    def __str__(self) -> str:
        precision, recall = 100 * self.right / max(1, self.found), 100 * self.right / max(1, self.there)
        return f"{precision:6.1f} {recall:5.1f} {200 * self.right / max(1, self.found + self.there):5.1f}"


def main() -> None:
    """Print the table, or time and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--long", type=int, help="rows of one long document")
    parser.add_argument("--wrong", type=int, help="rows of stretches that are given the wrong translation")
    parser.add_argument("--model", help="compare with what the translations of a model add: a folder, hf:PATH or 'bundled'")
    options = parser.parse_args()
    if options.long:
        measure(options.files, options.long)
        return
    if options.wrong:
        for path in options.files:
            mistake(path, options.wrong)
        return
    other, name = (with_model(options.model), "model") if options.model else (gale_church, "lengths")
    print(f"{'':33}as they are: diglot | {name:<13} damaged: diglot | {name}")
    print(f"{'set':<25}{'links':>6}" + "     P     R    F1 |" * 4 + "  rows/s of both")
    for path in options.files:
        languages = languages_of(path)
        scores = [total(path, languages, share, aligner) for share in (0.0, 0.1) for aligner in (diglot, other)]
        columns = " |".join(map(str, scores))
        rates = "".join(f"{score.there / max(score.seconds, 1e-9):8.0f}" for score in scores[2:])
        print(f"{path.name.split('.')[0] + ' ' + '-'.join(languages):<25}{scores[2].there:>6}{columns} |{rates}")


def languages_of(path: Path) -> list[str]:
    """The languages in a file's name."""
    return path.name.split(".")[1].split("-")


def documents(path: Path) -> Iterator[tuple[str, list[Row]]]:
    """The documents of a file; rows that lack a side are left out, and so are documents of fewer than ten rows."""
    lines = (line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8"))
    for name, group in groupby(lines, key=lambda cells: cells[0]):
        rows = [(first, second) for _, first, second in group if first.strip() and second.strip()]
        if len(rows) >= 10:
            yield name, rows


def total(path: Path, languages: Sequence[str], share: float, aligner: Aligner) -> Score:
    """The score over all documents of a file."""
    score = Score()
    for name, rows in documents(path):
        sides = damaged(rows, random.Random(name), share)
        gold = linked(sides)
        texts = [segments(pieces, language) for pieces, language in zip(sides, languages, strict=True)]
        started = time.process_time()
        found = aligner(*texts)
        score = score.plus(Score(len(found & gold), len(found), len(gold), time.process_time() - started))
    return score


def segments(pieces: Sequence[Piece], language: str) -> list[Segment]:
    """One segment a piece."""
    return [
        Segment(i, i, "line", language, text, ((0, len(text)),), tuple(protect.find(text)))
        for i, (text, _) in enumerate(pieces)
    ]


def damaged(rows: Sequence[Row], rng: random.Random, share: float) -> list[list[Piece]]:
    """Both sides, this share of the rows merged, split and dropped each; every piece with the rows that it is of."""
    operations: list[dict[int, str]] = [{}, {}]
    for i in range(len(rows)):
        operation = next((name for name in ("merge", "split", "drop") if rng.random() < share), "")
        operations[rng.randrange(2)][i] = operation
    return [damaged_side([row[side] for row in rows], operations[side], rng) for side in (0, 1)]


def damaged_side(texts: Sequence[str], operations: dict[int, str], rng: random.Random) -> list[Piece]:
    """One side."""
    pieces: list[Piece] = []
    merge = False
    for i, text in enumerate(texts):
        operation = operations.get(i, "")
        if operation == "drop":
            merge = False
            continue
        parts = list(halves(text, rng)) if operation == "split" else [text]
        if merge:
            before, of = pieces.pop()
            parts[0] = before + joiner(before, parts[0]) + parts[0]
            pieces.append((parts.pop(0), of | {i}))
        pieces += [(part, frozenset({i})) for part in parts]
        merge = operation == "merge"
    return pieces


def halves(text: str, rng: random.Random) -> Iterator[str]:
    """A text in two, at a mark if there is one, else at a space, else between characters that are written without."""
    for pattern in _PLACES:
        cuts = [m.end() for m in re.finditer(pattern, text) if 0.2 * len(text) < m.end() < 0.8 * len(text)]
        if cuts:
            cut = rng.choice(cuts)
            yield from (text[:cut].rstrip(), text[cut:].lstrip())
            return
    yield text


def linked(sides: Sequence[Sequence[Piece]]) -> Pairs:
    """The links that there are: pieces that share a row, directly or by way of others."""
    pieces = [(side, i, of) for side in (0, 1) for i, (_, of) in enumerate(sides[side])]
    group: dict[int, int] = {}

    def root(row: int) -> int:
        while group.setdefault(row, row) != row:
            row = group[row]
        return row

    for _, _, of in pieces:
        for row in of:
            group[root(row)] = root(min(of))
    links: dict[int, tuple[list[int], list[int]]] = {}
    for side, i, of in pieces:
        links.setdefault(root(min(of)), ([], []))[side].append(i)
    return {(tuple(first), tuple(second)) for first, second in links.values() if first and second}


def diglot(first: Sequence[Segment], second: Sequence[Segment]) -> Pairs:
    """Our links."""
    return {(link.first, link.second) for link in align(first, second) if link.first and link.second}


def with_model(path: str) -> Aligner:
    """Our links with the translations of a model, greedy ones."""
    translator = models.load(None if path == "bundled" else path, beam=1)

    def similarity(texts: Sequence[str], source: str, target: str) -> list[str]:
        return [found.text for found in translator(texts, source, target)]

    return lambda first, second: {
        (link.first, link.second) for link in align(first, second, similarity=similarity) if link.first and link.second
    }


def gale_church(first: Sequence[Segment], second: Sequence[Segment]) -> Pairs:
    """The links by lengths alone: the dynamic programme of Gale and Church (1993) in full, with our length model."""
    prior = {(1, 1): 0.89, (1, 2): 0.045, (2, 1): 0.045, (2, 2): 0.011, (1, 0): 0.005, (0, 1): 0.005}
    sizes = [[max(1, size(one.text)) for one in side] for side in (first, second)]
    languages = first[0].language, second[0].language
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            for (m, n), share in prior.items():
                if (before := best.get((i - m, j - n))) is None:
                    continue
                cost = before[0] - math.log(share)
                if m and n:
                    z = deviation(sum(sizes[0][i - m : i]), sum(sizes[1][j - n : j]), *languages)
                    cost -= math.log(max(math.erfc(abs(z) / math.sqrt(2)), 1e-30))
                if (i, j) not in best or cost < best[i, j][0]:
                    best[i, j] = cost, (m, n)
    links, i, j = set(), len(first), len(second)
    while i or j:
        m, n = best[i, j][1]
        i, j = i - m, j - n
        if m and n:
            links.add((tuple(range(i, i + m)), tuple(range(j, j + n))))
    return links


def mistake(path: Path, count: int) -> None:
    """Align stretches of so many rows with their own translation and with another."""
    languages = languages_of(path)
    stretches = [rows[i : i + count] for _, rows in documents(path) for i in range(0, len(rows) - count + 1, count)]
    if len(stretches) < 2:
        return
    sides = [damaged(rows, random.Random(number), 0.1) for number, rows in enumerate(stretches)]
    texts = [[segments(pieces, language) for pieces, language in zip(pair, languages, strict=True)] for pair in sides]
    found = [[agreed(first, texts[i + k - len(texts)][1]) for i, (first, _) in enumerate(texts)] for k in (0, 1)]
    told = [[degree for degree in degrees if degree is not None] for degrees in found]
    doubted = [sum(degree < BY_CHANCE for degree in degrees) for degrees in told]
    lowest, highest = min(told[0], default=math.nan), max(told[1], default=math.nan)
    print(
        f"{path.name.split('.')[0] + ' ' + '-'.join(languages):<25}{len(texts):>5} stretches; right: {doubted[0]} doubted, "
        f"lowest {lowest:.2f}; wrong: {doubted[1]} doubted, {len(texts) - len(told[1])} untold, highest {highest:.2f}"
    )


def agreed(first: Sequence[Segment], second: Sequence[Segment]) -> float | None:
    """How far two texts say the same, as ``diglot align`` sees it."""
    document = Document("", "plain", ())
    languages = first[0].language, second[0].language
    return agreement(align_documents((document, first), (document, second), source=languages[0], target=languages[1]))


def measure(paths: Sequence[Path], count: int) -> None:
    """Align one long damaged document."""
    languages = languages_of(paths[0])
    rows = list(islice(chain.from_iterable(rows for path in paths for _, rows in documents(path)), count))
    sides = damaged(rows, random.Random(0), 0.1)
    texts = [segments(pieces, language) for pieces, language in zip(sides, languages, strict=True)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    found = diglot(*texts)
    seconds = time.process_time() - started
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    gold = linked(sides)
    print(f"{len(rows):,} rows: {seconds:.0f} s, {memory:.0f} MiB more;{Score(len(found & gold), len(found), len(gold))}")


if __name__ == "__main__":
    main()
