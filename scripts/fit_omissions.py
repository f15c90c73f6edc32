"""Find the weights of ``pipeline/checks/omissions.py``: join neighbouring sentences of parallel text, leave one
out, compare.

    python scripts/fit_omissions.py CORPORA/en-ja.tsv.xz ... --corpora coursera,nyu-captions

Prints, for each direction, the weights of logistic regression and what a threshold finds at what price.
"""

import argparse
import lzma
import random
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from diglot.pipeline.checks.lengths import size
from diglot.pipeline.checks.omissions import Signs, direction, signs
from diglot.pipeline.document import joiner

Row = tuple[str, str]


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--corpora", required=True)
    parser.add_argument("--groups", type=int, default=1200)
    options = parser.parse_args()
    found: dict[str, list[tuple[Signs, Signs, float]]] = {}
    for path in options.files:
        first, second = path.name.split(".")[0].split("-")
        chance = random.Random(path.name)
        groups = list(joined(read(path, set(options.corpora.split(",")))))
        for group in chance.sample(groups, min(options.groups, len(groups))):
            left_out = chance.randrange(len(group))
            turned = [(b, a) for a, b in group]
            for rows, source, target in ((group, first, second), (turned, second, first)):
                found.setdefault(direction(source, target), []).extend(examples(rows, left_out, source, target))
    for kind, pairs in found.items():
        fit(kind, pairs)


def read(path: Path, wanted: set[str]) -> Iterator[list[Row]]:
    """The documents of some corpora."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        for _, group in groupby((row for row in rows if row[0] in wanted), key=lambda row: (row[0], row[1])):
            yield [(a, b) for _, _, a, b in group]


def joined(documents: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Two or three neighbouring rows at a time."""
    for rows in documents:
        place = 0
        for count in (2, 3) * len(rows):
            if place + count > len(rows):
                break
            yield rows[place : place + count]
            place += count


def examples(rows: Sequence[Row], left_out: int, source: str, target: str) -> Iterator[tuple[Signs, Signs, float]]:
    """The signs of a whole translation and of one with a sentence left out, and how much of it that was."""
    whole = text([b for _, b in rows])
    partial = text([b for i, (_, b) in enumerate(rows) if i != left_out])
    said = text([a for a, _ in rows])
    good, bad = signs(said, whole, source, target), signs(said, partial, source, target)
    if good and bad:
        yield good, bad, size(rows[left_out][1]) / max(1, size(whole))


def text(pieces: Sequence[str]) -> str:
    """Sentences joined as a paragraph."""
    whole = ""
    for piece in pieces:
        whole += joiner(whole[-1:], piece[:1]) + piece
    return whole


def fit(kind: str, pairs: Sequence[tuple[Signs, Signs, float]]) -> None:
    """Logistic regression by gradient descent."""
    good = np.array([whole[:3] for whole, _, _ in pairs], dtype=np.float64)
    bad = np.array([partial[:3] for _, partial, _ in pairs], dtype=np.float64)
    share = np.array([pair[2] for pair in pairs])
    inputs = np.c_[np.vstack([good, bad]), np.ones(2 * len(pairs))]
    wanted = np.r_[np.zeros(len(good)), np.ones(len(bad))]
    weights = np.zeros(4)
    for _ in range(5000):
        weights -= 0.05 * inputs.T @ (1 / (1 + np.exp(-inputs @ weights)) - wanted) / len(wanted)
    print(f"{kind}: {len(pairs)} pairs, weights {weights[:3].round(2)}")
    for price in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2):
        threshold = np.quantile(good @ weights[:3], 1 - price)
        told = bad @ weights[:3] > threshold
        large = told[share > 0.25].mean()
        print(f"  threshold {threshold:.2f}: false {price:.1%}, found {told.mean():.1%}, of a quarter or more {large:.1%}")


if __name__ == "__main__":
    main()
