"""Train the character model of repair and decode from parallel corpora, and write ``pipeline/data/repair.bin``.

    python scripts/train_repair.py CORPORA/*.tsv.xz --profiles LANGDETECT/profiles --traditional --words

A corpus is ``A-B.tsv.xz``: corpus, document, text in A, text in B. One document in twenty, by its hash, is left out: that
is what ``benchmarks/repair.py`` measures on. ``--profiles`` is the folder of n-gram counts that langdetect brings: from
there come the other languages, so that clean Turkish or Vietnamese is known for a language. ``--traditional`` adds
Traditional Chinese, made from the simplified text by the package ``opencc-python-reimplemented``. ``--words`` adds, for
Chinese, Japanese and Korean, words drawn at random by their frequencies in the package ``wordfreq`` (CC BY-SA 4.0): the
corpora are technical, and where a byte is lost the model must know the words of news and of everyday life too.

Method: trigrams of characters, each language scaled to the same mass; interpolated Kneser-Ney (Chen and Goodman, 1999: the
lower orders count in how many contexts a character stands, not how often); kept are the n-grams whose loss would cost most
bits, the unexpectedly rare ones too; the weights of the ways back to the shorter context are computed anew for what was
kept. Takes about 4 minutes and 5 GB.
"""

import argparse
import hashlib
import json
import lzma
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diglot.pipeline.plausibility import BACKOFF, BACKOFF_OF_ONE, BIGRAM, SEGMENT, SHARE, VALUE_BITS, cells_of, fold

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Table = tuple[Keys, Floats]

LANGUAGES = ("en", "ja", "zh", "fr", "de", "es", "ko")
MASS = 2e7  # characters: what each language counts for
OTHERS = 0.01  # of that: what each language of the profiles counts for
WORDS = 0.5  # of that: what drawn words count for
DRAWS, DRAWN = 8, 500_000  # pieces of so many drawn words
LIMIT = 60_000_000  # characters read of one language
ROWS = 80_000  # counted at a time
DISCOUNT = 0.75
TRIGRAMS, BIGRAMS = 695_000, 430_000
S = np.uint64(21)
PAIR = np.uint64((1 << 42) - 1)
ONE = np.uint64((1 << 21) - 1)


class Counts(NamedTuple):
    """Trigrams, how often each stands in the text, and what one occurrence counts for."""

    keys: Keys
    n: Floats
    unit: Floats


def held_out(corpus: str, document: str) -> bool:
    """Whether a document is kept for the benchmark: one in twenty."""
    return hashlib.sha256(f"{corpus}\t{document}".encode()).digest()[0] < 13


def main() -> None:
    """Read, count, prune, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, help="A-B.tsv.xz")
    parser.add_argument("--profiles", type=Path, help="the folder langdetect/profiles")
    parser.add_argument("--traditional", action="store_true", help="add Traditional Chinese (needs OpenCC)")
    parser.add_argument("--words", action="store_true", help="add words by their frequencies (needs wordfreq)")
    parser.add_argument("-o", "--output", type=Path, default=Path("pipeline/data/repair.bin"))
    options = parser.parse_args()
    counted = [scale(count(varied(texts(options.corpora, language), language)), MASS) for language in LANGUAGES]
    if options.traditional:
        counted.append(scale(count(traditional(texts(options.corpora, "zh", LIMIT // 6))), MASS / 2))
    if options.words:
        counted += [scale(count(drawn(language)), MASS * WORDS) for language in ("zh", "ja", "ko")]
    if options.profiles:
        others = (path for path in sorted(options.profiles.iterdir()) if path.name[:2] not in LANGUAGES)
        counted += [scale(profile(path), MASS * OTHERS) for path in others]
    write(options.output, estimate(pooled(counted)))


def texts(paths: Iterable[Path], language: str, limit: int = LIMIT) -> Iterator[str]:
    """The sentences in one language, joined by line ends, in pieces of some millions of characters."""
    columns = [(p, p.name.split(".")[0].split("-").index(language)) for p in paths if language in p.name.split(".")[0]]
    for path, column in columns:
        left = limit // len(columns)
        rows: list[str] = []
        for row in training_rows(path):
            rows.append(row[column])
            left -= len(row[column]) + 1
            if len(rows) == ROWS:
                yield "\n" + "\n".join(rows) + "\n"
                rows.clear()
            if left <= 0:
                break
        yield "\n" + "\n".join(rows) + "\n"


def varied(pieces: Iterable[str], language: str) -> Iterator[str]:
    """The text, some of it in capitals or half-width katakana, and sums of money in pounds and yen.

    People write so, though seldom in such corpora.
    """
    half_width = half_width_katakana()
    for piece in pieces:
        yield piece
        if language == "ja":
            yield piece[: len(piece) // 25].translate(half_width)
        elif language not in ("zh", "ko"):
            yield piece[: len(piece) // 25].upper()
            sums = "\n".join(re.findall(r".{,9}\$\d.{,9}", piece))
            yield from (re.sub(r"\$(?=\d)", sign, sums) for sign in "£¥")


def half_width_katakana() -> dict[int, str]:
    """For ``str.translate``: ガ to ｶﾞ and so on."""
    half = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
    letters = (chr(code) for code in range(0x3001, 0x30FF))
    parts = {letter: unicodedata.normalize("NFD", letter) for letter in letters}
    return {ord(k): "".join(half[part] for part in v) for k, v in parts.items() if half.keys() >= set(v)}


def training_rows(path: Path) -> Iterator[list[str]]:
    """The sentence pairs of a corpus, without the documents that are held out and without broken rows."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            corpus, document, *pair = line.rstrip("\n").split("\t")
            if not held_out(corpus, document) and "\N{REPLACEMENT CHARACTER}" not in line:
                yield pair


def traditional(pieces: Iterable[str]) -> Iterator[str]:
    """Simplified Chinese in traditional characters."""
    from opencc import OpenCC  # type: ignore[import-not-found]

    converter = OpenCC("s2t")
    for piece in pieces:
        yield "\n".join(converter.convert(line) for line in piece.split("\n"))


def drawn(language: str) -> Iterator[str]:
    """East Asian words drawn at random by their frequencies; Korean ones of two syllables or more, with spaces between."""
    from wordfreq import get_frequency_dict  # type: ignore[import-not-found]

    shortest = 2 if language == "ko" else 1
    found = get_frequency_dict(language, "best").items()
    frequencies = {w: f for w, f in found if len(w) >= shortest and w.isalpha() and min(w) >= "\u2e80"}
    words, p = np.array(list(frequencies), object), np.array(list(frequencies.values()))
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        yield "\n" + (" " if language == "ko" else "").join(rng.choice(words, DRAWN, p=p / p.sum())) + "\n"


def count(pieces: Iterable[str]) -> Table:
    """How often each trigram stands in the text."""
    folding = np.array([fold(chr(i)) for i in range(0x110000)], np.uint64)
    keys, n = np.array([], np.uint64), np.array([])
    for piece in pieces:
        codes = folding[np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), "<u4")]
        found, times = np.unique(codes[:-2] << S + S | codes[1:-1] << S | codes[2:], return_counts=True)
        keys, inverse = np.unique(np.concatenate([keys, found]), return_inverse=True)
        n = np.bincount(inverse, np.concatenate([n, times]))
    return keys, n


def profile(path: Path) -> Table:
    """The trigrams of a langdetect profile (a space is the edge of a word)."""
    frequencies = json.loads(path.read_text(encoding="utf-8"))["freq"]
    found = {fold(g[0]) << 42 | fold(g[1]) << 21 | fold(g[2]): n for g, n in frequencies.items() if len(g) == 3}
    return np.array(sorted(found), np.uint64), np.array([found[key] for key in sorted(found)], float)


def scale(table: Table, mass: float) -> Counts:
    """Counts as if the text had so many characters."""
    keys, n = table
    factor = mass / n.sum()
    return Counts(keys, n * factor, np.full(len(n), n.min() * factor))


def pooled(counted: Iterable[Counts]) -> Counts:
    """All languages in one."""
    keys, n, unit = (np.concatenate(column) for column in zip(*counted, strict=True))
    unique, inverse = np.unique(keys, return_inverse=True)
    return Counts(unique, np.bincount(inverse, n), np.bincount(inverse, unit))


def estimate(counts: Counts) -> dict[str, Table]:
    """The model: bits of the kept n-grams and of the ways back to the shorter context."""
    keys3, n3, unit = counts
    keys2, at2, contexts2 = np.unique(keys3 & PAIR, return_inverse=True, return_counts=True)
    keys1, at1, contexts1 = np.unique(keys2 & ONE, return_inverse=True, return_counts=True)
    p1 = contexts1 / contexts1.sum()
    p2 = interpolated(keys2 >> S, contexts2.astype(float), DISCOUNT, p1[at1])
    p3 = interpolated(keys3 >> S, n3, DISCOUNT * unit, p2[at2])

    lower2 = p1[at1]
    kept2 = best(np.bincount(at2, n3) * np.abs(np.log2(p2 / lower2)), BIGRAMS)
    back1 = ways_back(keys2[kept2] >> S, p2[kept2], lower2[kept2])
    lower3 = np.where(kept2, p2, lower2 * looked_up(back1, keys2 >> S))[at2]
    gain = np.log2(p3 / lower3)
    expected = context_mass(keys3 >> S, n3) * lower3
    known = kept2[at2]  # a trigram is looked up only where its last two characters are a known bigram
    kept3 = best(known * np.where(gain > 0, n3 * gain, -expected * gain), TRIGRAMS)
    back2 = ways_back(keys3[kept3] >> S, p3[kept3], lower3[kept3])
    return {
        "unigram": (keys1, -np.log2(p1)),
        "bigram": (keys2[kept2], -np.log2(p2[kept2])),
        "trigram": (keys3[kept3], -np.log2(p3[kept3])),
        "back1": (back1[0], -np.log2(back1[1])),
        "back2": (back2[0], -np.log2(back2[1])),
    }


def interpolated(contexts: Keys, n: Floats, discount: Floats | float, lower: Floats) -> Floats:
    """Absolute discounting: what is taken off the counts of a context goes to the shorter context."""
    taken = np.minimum(discount, 0.95 * n)
    mass = context_mass(contexts, n)
    return np.asarray((n - taken + context_mass(contexts, taken) * lower) / mass)


def context_mass(contexts: Keys, n: Floats) -> Floats:
    """For each n-gram the counts of all that share its context."""
    _, inverse = np.unique(contexts, return_inverse=True)
    return np.asarray(np.bincount(inverse, n)[inverse])


def best(gain: Floats, n: int) -> NDArray[np.bool_]:
    """The n largest."""
    return np.asarray(gain > np.partition(gain, -n)[-n]) if len(gain) > n else np.full(len(gain), True)


def ways_back(contexts: Keys, p: Floats, lower: Floats) -> Table:
    """For each context the factor that its lower-order probabilities take, so that all sum to one."""
    unique, inverse = np.unique(contexts, return_inverse=True)
    left = 1 - np.bincount(inverse, p)
    return unique, np.clip(left / np.maximum(1 - np.bincount(inverse, lower), 1e-4), 2**-20, 1.0)


def looked_up(table: Table, keys: Keys) -> Floats:
    """The values of the keys, one where a key is not in the table."""
    at = np.minimum(np.searchsorted(table[0], keys), len(table[0]) - 1)
    return np.where(table[0][at] == keys, table[1][at], 1.0)


def write(path: Path, parts: dict[str, Table]) -> None:
    """The model file: one line of JSON (unigrams and factor), then the cells of the static function."""
    marks = {"trigram": 0, "bigram": BIGRAM, "back1": BACKOFF_OF_ONE, "back2": BACKOFF}
    keys, values = [], []
    for name, mark in marks.items():
        value = np.clip(np.rint(parts[name][1] * SHARE), 0, 2**VALUE_BITS - 1).astype(np.uint64)
        told = value > 0 if name.startswith("back") else np.full(len(value), True)  # no entry means no bits
        keys.append(parts[name][0][told] | np.uint64(mark))
        values.append(value[told])
    factor, cells = static_function(np.concatenate(keys), np.concatenate(values))
    groups: dict[int, str] = {}
    for code, bits in zip(*(column.tolist() for column in parts["unigram"]), strict=True):
        groups[round(bits * SHARE)] = groups.get(round(bits * SHARE), "") + chr(code)
    header = {"factor": f"{factor:x}", "bits": sorted(groups), "characters": [groups[b] for b in sorted(groups)]}
    path.write_bytes(json.dumps(header, ensure_ascii=False).encode() + b"\n" + cells.astype("<u2").tobytes())
    print(f"{path}: {path.stat().st_size} bytes", {name: len(part[0]) for name, part in parts.items()})


def static_function(keys: Keys, values: Keys) -> tuple[int, NDArray[np.uint16]]:
    """Cells such that the xor of a key's three gives its mark and value, and a factor with which that works."""
    size = (int(len(keys) * 1.125) // SEGMENT + 3) * SEGMENT
    random = Random(0)
    order = None
    while order is None:
        factor = random.getrandbits(127) | 1 << 126 | 1
        hashed = np.array([cells_of(key, factor, size) for key in keys.tolist()])
        order = peeled(hashed[:, :3], size)
    wanted = (hashed[:, 3].astype(np.uint64) << np.uint64(VALUE_BITS) | values).astype(np.uint16)
    cells = np.zeros(size, np.uint16)
    for owners, alone in reversed(order):
        cells[alone] = wanted[owners] ^ np.bitwise_xor.reduce(cells[hashed[owners, :3]], axis=1)
    return factor, cells


def peeled(places: NDArray[np.int64], size: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Rounds of keys, each with a cell that no other remaining key uses; None if some keys never get one."""
    degree = np.bincount(places.ravel(), minlength=size)
    owner = np.zeros(size, np.int64)  # the xor of the keys that use a cell: the key itself where there is one
    np.bitwise_xor.at(owner, places.ravel(), np.repeat(np.arange(len(places)), 3))
    rounds, left = [], len(places)
    alone = np.flatnonzero(degree == 1)
    while len(alone):
        keys, first = np.unique(owner[alone], return_index=True)
        rounds.append((keys, alone[first]))
        left -= len(keys)
        cells = places[keys].ravel()
        np.subtract.at(degree, cells, 1)
        np.bitwise_xor.at(owner, cells, np.repeat(keys, 3))
        touched = np.unique(cells)
        alone = touched[degree[touched] == 1]
    return rounds if left == 0 else None


if __name__ == "__main__":
    main()
