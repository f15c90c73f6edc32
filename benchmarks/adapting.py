"""What adapting gains on a page of the same series that was held back, and what it costs elsewhere: chrF2.

    python benchmarks/adapting.py --elsewhere SETS/*.tsv --lines 100

The series is ``examples/tides``, four weeks written for this project: the model is adapted to the first three and judged on
the fourth, both ways. ``--elsewhere`` names sets of three columns (document, first and second language), as
``NAME.en-ja.SPLIT.tsv``; the first ``--lines`` of each are translated in both directions before and after, and those of one
direction are judged together. The interval of a change is that of 300 paired bootstrap samples (Koehn 2004). At the end
stands what is said of editions in languages that the model lacks.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sacrebleu.metrics.chrf import CHRF

from diglot import DiglotError, models
from diglot.commands.training import adapt_to
from diglot.models.translator import Translator

SERIES = Path(__file__).parents[1] / "examples" / "tides"
SAMPLES = 300
LIMIT = 0.3  # chrF2 that may be lost
LANGUAGES = ("en", "ja", "zh", "ko", "fr", "de", "es")

Rows = list[tuple[str, str]]
Statistics = list[list[int]]  # n-gram counts of each sentence


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--elsewhere", nargs="*", type=Path, default=[])
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    held_back: Rows = [(a, b) for a, b in _columns(SERIES / "week4.en-ja.txt")]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        adapt_to([SERIES / f"week{week}.en-ja.txt" for week in (1, 2, 3)], options.model, Path(folder))
        print(f"adapted in {time.perf_counter() - started:.0f} s\n")
        pair = [models.load(model, threads=options.threads) for model in (options.model, str(Path(folder) / "model"))]
        print("| text | direction | lines | before | after | change |\n|---|---|---|---|---|---|")
        for source, target, rows in (("en", "ja", held_back), ("ja", "en", [(b, a) for a, b in held_back])):
            _judged("examples/tides, week 4", pair, rows, source, target)
        sets = _elsewhere(options.elsewhere, options.lines)
        changes = {(s, t): _judged("elsewhere", pair, rows, s, t) for (s, t), rows in sets.items()}
        if changes:
            worst = min(changes, key=lambda direction: changes[direction])
            kept = "no" if changes[worst] >= -LIMIT else "A"
            print(f"\n{kept} loss over {LIMIT}: at worst {changes[worst]:+.2f}, {worst[0]}→{worst[1]}")
        _print_messages(options.model, pair[0].languages, Path(folder))


def _columns(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def _elsewhere(paths: Sequence[Path], lines: int) -> dict[tuple[str, str], Rows]:
    """The first lines of each set, by direction."""
    sets: dict[tuple[str, str], Rows] = defaultdict(list)
    for path in paths:
        first, second = path.name.split(".")[1].split("-")
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:lines] if line]
        sets[first, second] += [(row[1], row[2]) for row in rows]
        sets[second, first] += [(row[2], row[1]) for row in rows]
    return sets


def _judged(name: str, pair: Sequence[Translator], rows: Rows, source: str, target: str) -> float:
    """Print a row of the table; the change of chrF2."""
    sources, references = [row[0] for row in rows], [row[1] for row in rows]
    before, after = (_statistics([one.text for one in model(sources, source, target)], references) for model in pair)
    change = _chrf(after) - _chrf(before)
    interval = _interval(before, after)
    figures = f"{_chrf(before):.1f} | {_chrf(after):.1f} | {change:+.2f} ± {interval:.2f}"
    print(f"| {name} | {source}→{target} | {len(rows)} | {figures} |", flush=True)
    return change


# sacreBLEU's own bootstrap is made of these two methods; it gives no interval of a difference.
def _statistics(made: Sequence[str], references: Sequence[str]) -> Statistics:
    return CHRF()._extract_corpus_statistics(made, [references])


def _chrf(statistics: Statistics) -> float:
    return float(CHRF()._compute_score_from_stats([sum(column) for column in zip(*statistics, strict=True)]).score)


def _interval(before: Statistics, after: Statistics) -> float:
    """Half the width of the 95 % interval of the change."""
    chance, size = random.Random(0), len(before)
    changes = []
    for _ in range(SAMPLES):
        sample = chance.choices(range(size), k=size)
        changes.append(_chrf([after[i] for i in sample]) - _chrf([before[i] for i in sample]))
    changes.sort()
    return (changes[int(0.975 * SAMPLES)] - changes[int(0.025 * SAMPLES)]) / 2


def _print_messages(model: str | None, known: Sequence[str], folder: Path) -> None:
    """What is said of an edition in each language that the model lacks."""
    print("\n| edition | what is said |\n|---|---|")
    for language in (one for one in LANGUAGES if one not in known):
        edition = folder / f"week.en-{language}.txt"
        edition.write_text("A line.\t1.\n", encoding="utf-8")
        try:
            adapt_to([edition], model, folder / language)
        except DiglotError as error:
            print(f"| {edition.name} | {str(error).replace(str(folder), '…')} |")


if __name__ == "__main__":
    main()
