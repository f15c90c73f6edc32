"""What a glossary does to translations: terms used, quality, speed.

    python benchmarks/terms.py SETS/*.tsv --sentences 200
    python benchmarks/terms.py SETS/*.tsv --passages 200

Each file is ``NAME.en-ja.SPLIT.tsv``: document, first text, second text. Of all files of a direction, sentences are drawn in
which bundled terms are found and whose reference renders them as the glossary does (``--any``: whatever the reference does);
with ``--passages``, twenty lines in a row as they come, with terms or without, until there are so many terms.

They go through the pipeline three times: without a glossary; with it, its terms asked for by search alone; and with its
terms written into the text too. "used" is the share of terms with an accepted translation and no forbidden one, "again" how
often a sentence was searched for again, because no hypothesis had its terms and placeholders, "speed" the CPU time without a
glossary over the CPU time with it, each the least of ``--runs``. ``--show`` prints translations, to be read.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from diglot import models
from diglot.corpora import GLOSSARIES
from diglot.corpora.score import score
from diglot.models.engines import Engine, EngineResult
from diglot.pipeline import glossary, protect
from diglot.pipeline.document import AlignedPair, Segment
from diglot.pipeline.glossary import Glossary
from diglot.pipeline.translate import Request, translate

LONGEST = 300  # characters
PASSAGE = 20  # lines
HEAD = "direction way        sentences  terms    used   again   BLEU  chrF2  speed"


def main() -> None:
    """Print a table with three lines for each direction."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--sentences", type=int, default=200, help="of each direction")
    parser.add_argument("--passages", type=int, metavar="TERMS", help="instead: lines as they come, with so many terms")
    parser.add_argument("--directions", help="some only, as in en-ja,zh-en")
    parser.add_argument("--any", action="store_true", help="whatever the reference does with the terms")
    parser.add_argument("--model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="of which the fastest counts")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    translator = models.load(options.model, threads=options.threads, beam=options.beam)
    translator(["warm"], "en", "ja", must_contain=[[["学習"]]])  # both engines are loaded before the clock runs
    counting = Counting(translator.engine)
    print(HEAD)
    wanted = options.directions.split(",") if options.directions else directions(options.files, translator.languages)
    for direction in wanted:
        source, target = direction.split("-")
        terms = bundled(source, target)
        if options.passages:
            rows = draw_passages(options.files, terms, options.passages)
        else:
            rows = draw(options.files, terms, options.sentences, agreed=not options.any)
        if rows:
            measure(rows, terms, translator, counting, options.runs, options.show)


def directions(files: Sequence[Path], languages: Sequence[str]) -> list[str]:
    """The directions of the files that the model can do and that have a bundled glossary."""
    pairs = dict.fromkeys(tuple(path.name.split(".")[1].split("-")) for path in files)
    usable = [pair for pair in pairs if pair[0] == "en" and set(pair) <= set(languages)]
    return [f"{a}-{b}" for pair in usable for a, b in (pair, pair[::-1])]


def bundled(source: str, target: str) -> Glossary:
    """The bundled glossary of a direction."""
    return glossary.read(GLOSSARIES / f"en-{target if source == 'en' else source}.tsv", source=source, target=target)


@dataclass(frozen=True)
class Row:
    """A sentence, made ready, and its reference."""

    segment: Segment
    reference: str


def draw(files: Sequence[Path], terms: Glossary, most: int, *, agreed: bool) -> list[Row]:
    """Sentences with terms, drawn at random but always the same ones."""
    rows = [row for path in sorted(files) for row in read(path, terms.source, terms.target) if fits(row, terms, agreed)]
    random.Random(7).shuffle(rows)
    return numbered(rows[:most])


def draw_passages(files: Sequence[Path], terms: Glossary, most: int) -> list[Row]:
    """Lines in a row, from passages drawn at random, until there are ``most`` terms in them."""
    lines = [[*read(path, terms.source, terms.target)] for path in sorted(files)]
    passages = [of_file[i : i + PASSAGE] for of_file in lines for i in range(0, len(of_file), PASSAGE)]
    random.Random(7).shuffle(passages)
    rows, found = [], 0
    for row in chain.from_iterable(passages):
        if found >= most:
            break
        rows.append(row)
        found += len(found_terms(row.segment, terms))
    return numbered(rows)


def numbered(rows: Sequence[Row]) -> list[Row]:
    """Rows whose segments are those of one document."""
    return [replace(row, segment=replace(row.segment, index=i, block=i)) for i, row in enumerate(rows)]


def read(path: Path, source: str, target: str) -> Iterator[Row]:
    """The rows of a file in one direction; none where it has other languages."""
    order = path.name.split(".")[1].split("-")
    if set(order) != {source, target}:
        return
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        texts = dict(zip(order, line.split("\t")[1:], strict=False))
        spans = tuple(protect.find(texts[source]))
        if len(texts[source]) <= LONGEST and len(spans) <= len(protect.PLACEHOLDERS):
            place = ((0, len(texts[source])),)
            yield Row(Segment(0, 0, "line", source, texts[source], place, spans), texts[target])


def fits(row: Row, terms: Glossary, agreed: bool) -> bool:
    """Whether there are terms in a sentence, and (``agreed``) all of them as wanted in its reference."""
    found = found_terms(row.segment, terms)
    return bool(found) and not (agreed and glossary.missed(row.reference, found, terms.target))


def found_terms(segment: Segment, terms: Glossary) -> list[glossary.Term]:
    """The terms of a segment, each once."""
    matches = terms.match(segment.text, segment.language, segment.spans)
    return list(dict.fromkeys(match.term for match in matches))


class Counting:
    """Counts the texts that an engine searches for again, because nothing that it found had what they have to contain."""

    def __init__(self, engine: Engine) -> None:
        self.again, self._search = 0, engine.search_containing
        engine.search_containing = self  # type: ignore[method-assign, assignment]

    def __call__(self, sources: Sequence[Sequence[int]], *more: Any) -> list[EngineResult]:
        """Search."""
        self.again += len(sources)
        return self._search(sources, *more)


def measure(rows: Sequence[Row], terms: Glossary, translator: Any, counting: Counting, runs: int, show: int) -> None:
    """Print the three lines of a direction; the best time of so many runs counts, one way after the other."""
    plain = Request(terms.target, frozenset(translator.languages))
    ways = {
        "plain": plain,
        "searched": replace(plain, glossary=terms),
        "inline": replace(plain, glossary=terms, inline_terms=True),
    }
    seconds, made, again = dict.fromkeys(ways, float("inf")), {}, {}
    for way, request in chain.from_iterable([ways.items()] * runs):
        counting.again, started = 0, time.process_time()
        made[way] = list(translate([row.segment for row in rows], translator, request))
        seconds[way] = min(seconds[way], time.process_time() - started)
        again[way] = counting.again
    for way, pairs in made.items():
        print_line(way, rows, pairs, terms, again[way], seconds["plain"] / seconds[way])
        for row, pair in list(zip(rows, pairs, strict=True))[:show]:
            print(f"    {row.segment.text}\n    {row.reference}\n    {pair.target}\n")


def print_line(
    way: str, rows: Sequence[Row], pairs: Sequence[AlignedPair], terms: Glossary, again: int, speed: float
) -> None:
    """One line of the table."""
    found = [found_terms(row.segment, terms) for row in rows]
    missed = sum(len(glossary.missed(pair.target, of, terms.target)) for pair, of in zip(pairs, found, strict=True))
    total = sum(map(len, found))
    scores = score([pair.target for pair in pairs], [row.reference for row in rows], terms.target)
    counts = f"{len(rows):9} {total:6} {1 - missed / total:7.1%} {again / len(rows):7.2f}"
    quality = f"{scores[0].value:6.2f} {scores[1].value:6.2f} {speed:5.2f}x"
    print(f"{terms.source}-{terms.target:6} {way:10} {counts} {quality}", flush=True)


if __name__ == "__main__":
    main()
