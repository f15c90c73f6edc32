"""What adapting gains on a page of the same series that was held back, and what it costs elsewhere: chrF2.

    python benchmarks/adapting.py --elsewhere eval/coursera.en-ja.dev.tsv --lines 200

The series is ``examples/tides``, four weeks written for this project: the model is adapted to the first three and judged on
the fourth, both ways; ``--elsewhere`` names sets of three columns (document, first and second language) of which the first
lines are translated in both directions before and after.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from diglot import models
from diglot.commands.training import adapt_to
from diglot.corpora.score import score

SERIES = Path(__file__).parents[1] / "examples" / "tides"


def chrf(model: str | None, rows: Sequence[tuple[str, str]], source: str, target: str, threads: int) -> float:
    """chrF2 of a model's translations."""
    made = models.load(model, threads=threads)([row[0] for row in rows], source, target)
    return score([one.text for one in made], [row[1] for row in rows], target)[1].value


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--elsewhere", nargs="*", type=Path, default=[])
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    held_back = [tuple(line.split("\t")) for line in (SERIES / "week4.en-ja.txt").read_text(encoding="utf-8").splitlines()]
    sets = [("examples/tides, week 4", "en", "ja", held_back)]
    sets.append(("examples/tides, week 4", "ja", "en", [(b, a) for a, b in held_back]))
    for path in options.elsewhere:
        first, second = path.name.split(".")[1].split("-")
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[: options.lines] if line]
        sets.append((path.name, first, second, [(row[1], row[2]) for row in rows]))
        sets.append((path.name, second, first, [(row[2], row[1]) for row in rows]))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        adapt_to([SERIES / f"week{week}.en-ja.txt" for week in (1, 2, 3)], options.model, Path(folder))
        print(f"adapted in {time.perf_counter() - started:.0f} s\n")
        print("| text | direction | before | after |\n|---|---|---|---|")
        for name, source, target, rows in sets:
            scores = [
                chrf(model, rows, source, target, options.threads) for model in (options.model, str(Path(folder) / "model"))
            ]
            print(f"| {name} | {source}→{target} | {scores[0]:.1f} | {scores[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
