"""Build ``pipeline/data/lexicon.*.xz`` from parallel text: which words of other languages tell that an English word
was said.

    python scripts/build_lexicon.py CORPORA/en-ja.tsv.xz CORPORA/en-zh.tsv.xz ... -o pipeline/data

Each line of a corpus is: corpus, document, English, other language. Needs scipy. For each frequent English word (its
stem, see ``diglot.pipeline.lexicon``) the units of the other language are chosen that tell most about it, and counted
is how often one of them stands in the translation when the word stands in the source (``hit``), and when it does not
(``chance``). A line of the output: stem, units, hit, chance, frequency of the word; shares in tenths of a per mille.
"""

import argparse
import hashlib
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from diglot.pipeline.lexicon import units, words

# Dictionaries have no sentences; old Kyoto has other words than a lecture.
SKIPPED = {"cc-cedict", "ejdict", "kyoto-wiki"}
FEWEST = 25  # occurrences of a word or unit
MOST_WORDS, MOST_UNITS = 12_000, 30_000
UNITS_PER_WORD = 4


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
    source, stems = incidence((words(a) for a, _ in rows), MOST_WORDS)
    target, forms = incidence((set(units(b, language)) for _, b in rows), MOST_UNITS)
    together = (source.T @ target).tocsr()
    by_word, by_unit = source.tocsc(), target.tocsc()
    said, seen = (np.asarray(matrix.sum(0)).ravel() for matrix in (source, target))
    total = len(rows)
    for i in sorted(range(len(stems)), key=lambda i: stems[i]):
        span = slice(together.indptr[i], together.indptr[i + 1])
        chosen = telling(together.indices[span], together.data[span], said[i], seen, total)
        if not len(chosen) or said[i] > 0.2 * total:
            continue
        hit = np.zeros(total, dtype=bool)
        for unit in chosen:
            hit[column(by_unit, unit)] = True
        occurs = column(by_word, i)
        both = float(hit[occurs].sum())
        p, q = (both + 0.5) / (len(occurs) + 1), (hit.sum() - both + 0.5) / (total - len(occurs) + 1)
        if p > 0.15 and p > 3 * q:
            shares = "\t".join(str(round(10_000 * share)) for share in (p, q, said[i] / total))
            yield f"{stems[i]}\t{' '.join(forms[unit] for unit in chosen)}\t{shares}\n"


def incidence(sets: Iterable[set[str]], most: int) -> tuple[Any, list[str]]:
    """A matrix of ones where a row has an item, and the items of its columns: the most frequent ones."""
    held = list(sets)
    counts = Counter(item for one in held for item in one)
    items = [item for item, count in counts.most_common(most) if count >= FEWEST]
    index = {item: i for i, item in enumerate(items)}
    columns = [[index[item] for item in one if item in index] for one in held]
    places = np.cumsum([0, *map(len, columns)])
    flat = np.fromiter((i for one in columns for i in one), dtype=np.int32)
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, places), shape=(len(held), len(items))), items


def telling(candidates: Any, together: Any, said: float, seen: Any, total: int) -> Any:
    """The units that tell most about a word: the gain in log-likelihood where they stand with it."""
    share, base = together / said, seen[candidates] / total
    good = (share > 0.06) & (share > 4 * base)
    order = np.argsort(-(share * np.log((share + 1e-9) / base))[good], kind="stable")
    return candidates[good][order][:UNITS_PER_WORD]


def column(matrix: Any, i: int) -> Any:
    """The rows that have an item."""
    return matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]


if __name__ == "__main__":
    main()
