"""Term pairs for the augmentation with inline terms: lexicons and glossaries as one table by direction."""

from collections.abc import Iterable
from pathlib import Path

from diglot.corpora.read import open_text

HEADER = ("source", "target")
LONGEST = 40  # characters: longer entries are phrases

Terms = dict[str, dict[str, list[str]]]


def read_terms(paths: Iterable[Path]) -> Terms:
    """Terms of files ``[NAME.]en-ja.tsv[.xz]`` whose first two columns are a term and its translation.

    Translations may be several, with ``|`` between them; a header that begins with ``source`` and ``target`` is passed over.
    The result gives, for ``en-ja`` and for ``ja-en``, the translations of each term; terms are case-folded.
    """
    terms: Terms = {}
    for path in paths:
        first, _, second = path.name.removesuffix(".xz").removesuffix(".tsv").rpartition(".")[2].partition("-")
        with open_text(path) as lines:
            for line in lines:
                one, others, *_ = (*line.rstrip("\n").split("\t"), "")
                if (one, others) == HEADER or not one or len(one) > LONGEST:
                    continue
                for other in filter(None, others.split("|")):
                    _add(terms, f"{first}-{second}", one, other)
                    _add(terms, f"{second}-{first}", other, one)
    return terms


def _add(terms: Terms, direction: str, one: str, other: str) -> None:
    known = terms.setdefault(direction, {}).setdefault(one.casefold(), [])
    if other not in known:
        known.append(other)
