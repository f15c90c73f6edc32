"""The training file: cleaned pairs in document order, small enough to send, quick to draw from at random.

A pack is an xz file of lines. Each is a pair: ``1`` where the pair before belongs to the same document or ``0``, the two
texts, tab-separated. The last line is JSON: the corpora with their domains, and the runs of pairs (how many in a row are of
which corpus and languages). Pairs stay in document order on disk, where they compress to some 45 bytes and where the
sentence before is at hand as context; the shuffle is made when reading. It is a function of the seed alone, so a training
run that was cut off goes on with the very pair that came next.
"""

import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diglot import InputError
from diglot.corpora import Example, Pair

FORMAT = "diglot-pack-2"


class Run(NamedTuple):
    """Pairs in a row that are of one corpus (its number) and one pair of languages."""

    corpus: int
    languages: tuple[str, str]
    pairs: int


def write_pack(pairs: Iterable[Pair], domains: Mapping[str, str], path: Path, *, preset: int = 6) -> int:
    """Write a pack beside ``path`` and rename it when whole; returns the number of pairs.

    ``domains`` gives corpora their domain tags (``lec``, ``doc``, ``talk``, ``bt``); a corpus without one is ``gen``.
    """
    numbers: dict[str, int] = {}
    runs: list[Run] = []
    document = ("", "")
    unfinished = path.with_name(path.name + ".part")
    with lzma.open(unfinished, "wt", encoding="utf-8", newline="\n", preset=preset) as file:
        for pair in pairs:
            here = (pair.corpus, pair.document)
            file.write(f"{int(here == document)}\t{pair.first}\t{pair.second}\n")
            document = here
            run = Run(numbers.setdefault(pair.corpus, len(numbers)), pair.languages, 1)
            if runs and runs[-1][:2] == run[:2]:
                runs[-1] = run._replace(pairs=runs[-1].pairs + 1)
            else:
                runs.append(run)
        corpora = [{"name": name, "domain": domains.get(name, "gen")} for name in numbers]
        file.write(json.dumps({"format": FORMAT, "corpora": corpora, "runs": runs}))
    unfinished.replace(path)
    return sum(run.pairs for run in runs)


class Row(NamedTuple):
    """One pair of a pack."""

    corpus: int
    continues: bool
    languages: tuple[str, str]
    first: str
    second: str


class Pack:
    """A pack in memory: the text as one block of bytes, the places of its lines beside it."""

    def __init__(self, path: Path) -> None:
        try:
            self._text, _, foot = lzma.decompress(path.read_bytes()).rpartition(b"\n")
            footer = json.loads(foot)
            if footer["format"] != FORMAT:
                raise ValueError(footer["format"])
        except (OSError, lzma.LZMAError) as exc:
            message = f"{path}: not a pack, or not whole ({exc}); make it again with 'diglot corpus pack'"
            raise InputError(message) from exc
        except (ValueError, KeyError, TypeError) as exc:
            message = f"{path}: not a pack of this version; make it again with 'diglot corpus pack'"
            raise InputError(message) from exc
        self.corpora: list[str] = [corpus["name"] for corpus in footer["corpora"]]
        self.domains: list[str] = [corpus["domain"] for corpus in footer["corpora"]]
        self.runs = [Run(corpus, (one, other), pairs) for corpus, (one, other), pairs in footer["runs"]]
        self._starts = np.cumsum([0, *(run.pairs for run in self.runs)])
        self._ends = np.append(np.flatnonzero(np.frombuffer(self._text, dtype=np.uint8) == ord("\n")), len(self._text))

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, index: int) -> Row:
        start = int(self._ends[index - 1]) + 1 if index else 0
        continues, first, second = self._text[start : int(self._ends[index])].decode("utf-8").split("\t")
        run = self.runs[int(np.searchsorted(self._starts, index, side="right")) - 1]
        return Row(run.corpus, continues == "1", run.languages, first, second)

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))


@dataclass(frozen=True)
class Mix:
    """How often a pair is drawn in an epoch: the factor of its corpus times the factor of the direction.

    Corpora and directions without a factor have ``other_corpora`` and 1. A factor of 2.5 draws a pair twice, and once more
    in every other epoch.
    """

    corpora: Mapping[str, float]
    directions: Mapping[str, float]
    other_corpora: float = 1.0

    def factor(self, corpus: str, source: str, target: str) -> float:
        """Copies of a pair of this corpus in this direction."""
        return self.corpora.get(corpus, self.other_corpora) * self.directions.get(f"{source}-{target}", 1.0)


class Sampler:
    """The endless, shuffled stream of examples of a pack under a mix, cut into windows that can be had by number."""

    def __init__(self, pack: Pack, mix: Mix, *, seed: int, window: int = 20_000) -> None:
        self.pack, self.seed, self.window_size = pack, seed, window
        named = [(pack.corpora[run.corpus], *run.languages) for run in pack.runs]
        by_run = [[mix.factor(*n) for n in named], [mix.factor(corpus, two, one) for corpus, one, two in named]]
        self._factors = np.repeat(np.array(by_run), [run.pairs for run in pack.runs], axis=1)
        self._order: tuple[int, NDArray[np.int64]] | None = None
        self.windows_per_epoch = max(1, round(float(self._factors.sum()) / window))

    def window(self, number: int) -> list[tuple[Example, str]]:
        """Window ``number`` of the stream: examples, each with the source of the sentence before it or ``""``."""
        epoch, part = divmod(number, self.windows_per_epoch)
        order = self._epoch(epoch)
        chosen = np.array_split(order, self.windows_per_epoch)[part]
        return [self._example(int(code)) for code in chosen]

    def _epoch(self, epoch: int) -> NDArray[np.int64]:
        if self._order is None or self._order[0] != epoch:
            random = np.random.default_rng((self.seed, epoch))
            copies = np.floor(self._factors + random.random(self._factors.shape)).astype(np.int64)
            codes = np.repeat(np.arange(copies.size), copies.ravel())
            self._order = (epoch, random.permutation(codes))
        return self._order[1]

    def _example(self, code: int) -> tuple[Example, str]:
        backward, index = divmod(code, len(self.pack))
        row = self.pack[index]
        domain = self.pack.domains[row.corpus]
        before = self.pack[index - 1] if row.continues else None
        one, other = row.languages
        if backward:
            return Example(row.second, row.first, other, one, domain), before.second if before else ""
        return Example(row.first, row.second, one, other, domain), before.first if before else ""
