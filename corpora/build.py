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
from typing import Any, TextIO

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
    appear when they are whole; those of an earlier build in the folder are replaced, and removed where this one has none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _files_of_report(folder)
    reports = {"all": Report()}
    terms: dict[str, list[str]] = {}
    kept = _noting_terms(clean(map(oriented, pairs), filters, reports["all"]), lexicons, terms)
    files = _write(folder, kept, "tsv.xz")
    files |= _write_joins(folder, joins, filters, reports, files) | _write_terms(folder, terms)
    for name in earlier - files:
        (folder / name).unlink(missing_ok=True)
    write_report(folder, reports, files)
    return reports


def _write_joins(
    folder: Path,
    joins: Iterable[tuple[str, str]],
    filters: dict[str, Filter],
    reports: dict[str, Report],
    files: Collection[str],
) -> set[str]:
    """The pairs of languages that share English in ``files``; the names of the files that they went to."""
    made: set[str] = set()
    for one, other in joins:
        sides = [_name((PIVOT, code), "tsv.xz") for code in (one, other)]
        if all(side in files for side in sides):
            report = reports.setdefault(f"{one}-{other}", Report())
            pairs = join(*(read_tsv(folder / side) for side in sides))
            made |= _write(folder, clean(pairs, filters, report), "joined.tsv.xz")
    return made


def _write_terms(folder: Path, terms: Mapping[str, list[str]]) -> set[str]:
    for name, lines in terms.items():
        (folder / "terms").mkdir(exist_ok=True)
        (folder / "terms" / name).write_text("".join(lines), encoding="utf-8", newline="\n")
    return {f"terms/{name}" for name in terms}


def write_report(folder: Path, reports: Mapping[str, Report], files: Iterable[str] = ()) -> None:
    """Write ``report.json``: what was dropped, with examples; which files were made."""
    described: dict[str, Any] = {name: report.described() for name, report in reports.items()}
    if made := sorted(files):
        described["files"] = made
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8", newline="\n", errors="backslashreplace")


def _files_of_report(folder: Path) -> set[str]:
    """What an earlier build made in a folder, of what lies there; nobody else's file."""
    try:
        named = set(json.loads((folder / "report.json").read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    there = {path.relative_to(folder).as_posix() for path in (*folder.glob("*.tsv.xz"), *folder.glob("terms/*.tsv"))}
    return there & named


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


def _write(folder: Path, pairs: Iterable[Pair], ending: str) -> set[str]:
    """Each pair to the file of its languages; their names, which they get when all are whole."""
    files: dict[str, TextIO] = {}
    with ExitStack() as stack:
        for pair in pairs:
            name = _name(pair.languages, ending)
            if name not in files:
                files[name] = stack.enter_context(_open(folder / f"{name}.part"))
            files[name].write(_line(pair))
    for name in files:
        (folder / f"{name}.part").replace(folder / name)
    return set(files)


def _name(languages: tuple[str, str], ending: str) -> str:
    return f"{'-'.join(languages)}.{ending}"


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
