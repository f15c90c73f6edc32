"""From many files to one clean corpus: filtered, in one file for each pair of languages, with a report.

The files of a corpus are ``PAIR.tsv.xz`` (corpus, document, first language, second language; in document order) and
``report.json``, which counts what each filter dropped and shows some of it. Pairs between two languages that were never
translated into one another are joined over the English sentence that both share.
"""

import json
import lzma
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from diglot.corpora import Pair
from diglot.corpora.catalogue import Source
from diglot.corpora.clean import Filter, Report, clean
from diglot.corpora.join import join
from diglot.corpora.read import read_tsv

PIVOT = "en"
PRESET = 0  # of xz: nine times as fast as the standard, and a third larger; packs are what is kept


def build(
    pairs: Iterable[Pair],
    folder: Path,
    filters: dict[str, Filter],
    *,
    joins: Sequence[tuple[str, str]] = (),
    lexicons: Collection[str] = (),
) -> dict[str, Report]:
    """Write the pairs that every filter keeps to ``folder``; the reports, ``all`` and one for each join such as ``ja-zh``.

    The entries of the corpora named in ``lexicons`` are written to ``terms/CORPUS.PAIR.tsv`` too, for use as terms. Files
    appear when they are whole; a file of the same name is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reports = {"all": Report()}
    terms: dict[str, list[str]] = {}
    kept = _noting_terms(clean(map(oriented, pairs), filters, reports["all"]), lexicons, terms)
    written = _write(folder, kept, "tsv.xz")
    for name, lines in terms.items():
        (folder / "terms").mkdir(exist_ok=True)
        (folder / "terms" / name).write_text("".join(lines), encoding="utf-8", newline="\n")
    for one, other in joins:
        if {(PIVOT, one), (PIVOT, other)} <= written:
            report = reports.setdefault(f"{one}-{other}", Report())
            joined = join(*(read_tsv(folder / f"{PIVOT}-{code}.tsv.xz") for code in (one, other)))
            _write(folder, clean(joined, filters, report), "joined.tsv.xz")
    write_report(folder, reports)
    return reports


def write_report(folder: Path, reports: Mapping[str, Report]) -> None:
    """Write ``report.json``: what was dropped, with examples."""
    described = {name: report.described() for name, report in reports.items()}
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8", newline="\n", errors="backslashreplace")


def oriented(pair: Pair) -> Pair:
    """The pair with English first, or else in the order of the codes, so that every pair of languages has one file."""
    one, other = pair.languages
    if (one != PIVOT, one) <= (other != PIVOT, other):
        return pair
    return Pair(pair.corpus, pair.document, (other, one), pair.second, pair.first)


def _noting_terms(pairs: Iterable[Pair], lexicons: Collection[str], terms: dict[str, list[str]]) -> Iterator[Pair]:
    for pair in pairs:
        if pair.corpus in lexicons:
            name = f"{pair.corpus}.{'-'.join(pair.languages)}.tsv"
            terms.setdefault(name, []).append(f"{pair.first}\t{pair.second}\n")
        yield pair


def _write(folder: Path, pairs: Iterable[Pair], ending: str) -> set[tuple[str, str]]:
    """Each pair to the file of its languages, which is renamed when all are whole; the languages that there are."""
    files: dict[tuple[str, str], TextIO] = {}
    with ExitStack() as stack:
        for pair in pairs:
            if pair.languages not in files:
                path = folder / f"{'-'.join(pair.languages)}.{ending}.part"
                files[pair.languages] = stack.enter_context(_open(path))
            files[pair.languages].write(_line(pair))
    for languages in files:
        part = folder / f"{'-'.join(languages)}.{ending}.part"
        part.replace(part.with_suffix(""))
    return set(files)


def write_tsv(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs of one pair of languages, in the order of the file's name; ``.xz`` is compressed."""
    first = path.name.partition("-")[0]
    part = path.with_name(path.name + ".part")
    with _open(part) if path.suffix == ".xz" else part.open("w", encoding="utf-8", newline="\n") as file:
        for pair in pairs:
            turned = Pair(pair.corpus, pair.document, pair.languages[::-1], pair.second, pair.first)
            file.write(_line(pair if pair.languages[0] == first else turned))
    part.replace(path)


def _open(path: Path) -> TextIO:
    return lzma.open(path, "wt", encoding="utf-8", errors="backslashreplace", newline="\n", preset=PRESET)


def _line(pair: Pair) -> str:
    return f"{_field(pair.corpus)}\t{_field(pair.document)}\t{pair.first}\t{pair.second}\n"


def _field(text: str) -> str:
    return " ".join(text.split())


def licensed(pairs: Iterable[Pair], catalogue: Mapping[str, Source], left_out: dict[str, int]) -> Iterator[Pair]:
    """The pairs whose corpus the catalogue knows to be openly licensed; ``left_out`` counts the others by corpus."""
    for pair in pairs:
        source = catalogue.get(pair.corpus)
        if source is not None and source.tier == "open":
            yield pair
        else:
            left_out[pair.corpus] = left_out.get(pair.corpus, 0) + 1
