"""Build ``pipeline/data/lexicon.*.xz`` from parallel text: which words of other languages tell that an English word
was said.

    python scripts/build_lexicon.py CORPORA/en-ja.tsv.xz CORPORA/en-zh.tsv.xz ... -o pipeline/data

Each line of a corpus is: corpus, document, English, other language. Needs scipy. For each English word (its stem, see
``diglot.pipeline.lexicon``) units of the other language are chosen one by one, each the one with which hearing any of them
tells most of whether the word stands in the source: by the log-likelihood ratio (Dunning 1993), that is their mutual
information times the rows. Counted is how often one of them stands in the translation when the word stands in the source
(``hit``), and when it does not (``chance``). A line of the output: stem, units, hit, chance, frequency of the word; shares
in tenths of a per mille.
"""

import argparse
import hashlib
import heapq
import lzma
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from diglot.pipeline.lexicon import units, words

# Dictionaries have no sentences; old Kyoto has other words than a lecture.
SKIPPED = {"cc-cedict", "ejdict", "kyoto-wiki"}
FEWEST = 4  # occurrences of a word or unit
MOST_WORDS, MOST_UNITS = 25_000, 100_000
COMMONEST = 0.2  # the share of rows above which a word tells nothing
CANDIDATES, UNITS_PER_WORD = 16, 6
# What a unit must tell, in nats: by chance the best of thousands tells so much of a rare word; of what the others tell.
LEAST, LEAST_SHARE = 8.0, 0.01
# A word is kept if it comes through so often, and so many times as often as by chance.
LEAST_HIT, LEAST_RATIO = 0.15, 3


class Heard(NamedTuple):
    """Units that are taken to say a word: in how many rows with the word one of them stands, and in how many rows."""

    units: list[int]
    both: int
    rows: int


def main() -> None:
    """Write a lexicon for each corpus file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=400_000)
    options = parser.parse_args()
    for path in options.corpora:
        language = path.name.split(".")[0].removeprefix("en-")
        rows = list(read(path, options.rows))
        lines = list(build(rows, language))
        target = options.output / f"lexicon.{language}.xz"
        target.write_bytes(lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{target}: {len(lines)} words from {len(rows)} rows, {target.stat().st_size} bytes")


def read(path: Path, most: int) -> Iterator[tuple[str, str]]:
    """At most so many rows, chosen by a hash of their text, so that they come from all corpora of the file."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    kept = [(a, b) for corpus, _, a, b in rows if corpus not in SKIPPED and 15 < len(a) < 400]
    kept.sort(key=lambda row: hashlib.blake2b(row[0].encode(), digest_size=8).digest())
    yield from kept[:most]


def build(rows: Sequence[tuple[str, str]], language: str) -> Iterator[str]:
    """The lines of a lexicon."""
    total = len(rows)
    source, stems = incidence((words(a) for a, _ in rows), MOST_WORDS)
    target, forms = incidence((set(units(b, language)) for _, b in rows), MOST_UNITS)
    together, by_word, by_unit = (source.T @ target).tocsr(), source.tocsc(), target.tocsc()
    seen = np.diff(by_unit.indptr)
    for i in sorted(range(len(stems)), key=lambda i: stems[i]):
        occurs, beside = column(by_word, i), slice(together.indptr[i], together.indptr[i + 1])
        said, candidates = len(occurs), together.indices[beside]
        if said > COMMONEST * total:
            continue
        tells = association(together.data[beside], said, seen[candidates], total)
        best = np.argsort(-tells, kind="stable")[:CANDIDATES]
        heard = telling({int(unit): column(by_unit, unit) for unit in candidates[best]}, tells[best].tolist(), occurs, total)
        hit, chance = (heard.both + 0.5) / (said + 1), (heard.rows - heard.both + 0.5) / (total - said + 1)
        if heard.units and hit > LEAST_HIT and hit > LEAST_RATIO * chance:
            shares = "\t".join(str(round(10_000 * share)) for share in (hit, chance, said / total))
            yield f"{stems[i]}\t{' '.join(forms[unit] for unit in heard.units)}\t{shares}\n"


def incidence(sets: Iterable[set[str]], most: int) -> tuple[Any, list[str]]:
    """A matrix of ones where a row has an item, and the items of its columns: the most frequent ones."""
    held = list(sets)
    counts = Counter(item for one in held for item in one)
    items = sorted((item for item in counts if counts[item] >= FEWEST), key=lambda item: (-counts[item], item))[:most]
    index = {item: i for i, item in enumerate(items)}
    columns = [[index[item] for item in one if item in index] for one in held]
    places = np.cumsum([0, *map(len, columns)])
    flat = np.fromiter((i for one in columns for i in one), dtype=np.int32)
    return sparse.csr_matrix((np.ones(len(flat), np.int32), flat, places), shape=(len(held), len(items))), items


def association(both: Any, first: Any, second: Any, total: int) -> Any:
    """The log-likelihood ratio in nats of two things that stand in ``first`` and ``second`` of all rows, and together in
    ``both``; 0 where they stand together no more often than by chance.
    """
    cells = np.array([both, first - both, second - both, total - first - second + both], np.float64)
    sums = np.array(np.broadcast_arrays(first, total - first, second, total - second), np.float64)
    ratio = _entropic(cells) - _entropic(sums) + total * math.log(total)
    return np.where(cells[0] * total > sums[0] * sums[2], ratio, 0.0)


def _entropic(counts: NDArray[np.float64]) -> Any:
    return (counts * np.log(np.maximum(counts, 1.0))).sum(0)


def telling(held: dict[int, Any], tells: Iterable[float], occurs: Any, total: int) -> Heard:
    """The units that tell most of the word that stands in the rows ``occurs``; ``held`` are the rows of each candidate,
    ``tells`` what each tells alone.

    What a unit adds shrinks as others are chosen, so only the one that seemed to add most is looked at again (Minoux 1978).
    """
    here, covered = np.zeros(total, np.bool_), np.zeros(total, np.bool_)
    here[occurs] = True
    heard, known = Heard([], 0, 0), 0.0
    queue = [(-value, unit) for value, unit in zip(tells, held, strict=True)]
    heapq.heapify(queue)
    while queue and len(heard.units) < UNITS_PER_WORD:
        unit = heapq.heappop(queue)[1]
        fresh = held[unit][~covered[held[unit]]]
        more = Heard([*heard.units, unit], heard.both + int(here[fresh].sum()), heard.rows + len(fresh))
        gain = float(association(more.both, len(occurs), more.rows, total)) - known
        if gain < max(LEAST, LEAST_SHARE * known):
            continue
        if queue and gain < -queue[0][0]:
            heapq.heappush(queue, (-gain, unit))
            continue
        covered[fresh] = True
        heard, known = more, known + gain
    return heard


def column(matrix: Any, i: int) -> Any:
    """The rows that have an item."""
    return matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]


if __name__ == "__main__":
    main()
