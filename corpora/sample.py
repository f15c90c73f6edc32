"""The text that a tokenizer is trained on: as much of every language, lectures first."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from diglot.corpora.pack import Pack

SPOKEN = ("lec", "talk")


def sample_texts(pack: Pack, most: int, *, without: Collection[str] = (), seed: int = 1) -> Iterator[str]:
    """Up to ``most`` different sentences of each language of a pack, drawn at random.

    Half of them are lectures and talks, where there are so many. Corpora named in ``without`` (dictionaries, whose words
    would count like sentences) are passed over.
    """
    random = np.random.default_rng(seed)
    for code, (spoken, other) in sorted(_places(pack, without).items()):
        lectures = random.permutation(spoken)[: most // 2]
        rest = random.permutation(other)[: most - len(lectures)]
        seen = set()
        for index in np.sort(np.concatenate([lectures, rest])).tolist():
            row = pack[index]
            text = row.first if row.languages[0] == code else row.second
            if text not in seen:
                seen.add(text)
                yield text


def _places(pack: Pack, without: Collection[str]) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each language the numbers of the pairs that hold it: of lectures and talks, and of all else."""
    spoken: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
    other: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
    start = 0
    for run in pack.runs:
        numbers = np.arange(start, start + run.pairs)
        start += run.pairs
        if pack.corpora[run.corpus] not in without:
            for code in run.languages:
                (spoken if pack.domains[run.corpus] in SPOKEN else other)[code].append(numbers)
    none = [np.array([], dtype=np.int64)]
    return {c: (np.concatenate(spoken.get(c, none)), np.concatenate(other.get(c, none))) for c in {*spoken, *other}}
