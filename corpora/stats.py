"""What a corpus holds: pairs, documents and lengths for each corpus and pair of languages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diglot.corpora import Pair
from diglot.corpora.clean import width
from diglot.corpora.pack import Pack
from diglot.corpora.sources import read_all


@dataclass
class Count:
    """The size of one corpus in one pair of languages; widths are in columns (a CJK character is two)."""

    corpus: str
    languages: tuple[str, str]
    pairs: int = 0
    documents: int = 0
    first_width: int = 0
    second_width: int = 0


def count(pairs: Iterable[Pair]) -> list[Count]:
    """The counts of all pairs, by corpus and languages in the order they come."""
    counts: dict[tuple[str, tuple[str, str]], Count] = {}
    document: tuple[str, str, tuple[str, str]] | None = None
    for pair in pairs:
        one = counts.setdefault((pair.corpus, pair.languages), Count(pair.corpus, pair.languages))
        one.pairs += 1
        one.documents += document != pair[:3]
        one.first_width += width(pair.first)
        one.second_width += width(pair.second)
        document = pair[:3]
    return list(counts.values())


def read_any(path: Path) -> Iterator[Pair]:
    """The pairs of a file of parallel text or of a pack; the documents of a pack have numbers for names."""
    if path.suffix != ".pack":
        yield from read_all([path])
        return
    pack, document = Pack(path), 0
    for row in pack:
        document += not row.continues
        yield Pair(pack.corpora[row.corpus], str(document), row.languages, row.first, row.second)
