"""How good a model translates, beside copying the source and a word-by-word dictionary: BLEU and chrF2 in a table.

    python benchmarks/translation.py eval/*.tsv --dictionary corpora/en-ja.tsv.xz ejdict corpora/en-zh.tsv.xz cc-cedict

A set is a file NAME.FIRST-SECOND.SPLIT.tsv with three columns: document, first language, second language. Each is
translated in both directions with the default settings, line by line, as ``diglot translate --lines`` does. A dictionary is
a file of four columns and the name of the corpus in it whose rows are entries; words are looked up as they stand (or
without an English ending), in Chinese and Japanese the longest entry that fits, and what is not found stays. sacreBLEU
scores: BLEU with ja-mecab, zh or 13a, chrF2; the intervals are those of 1,000 bootstrap samples. ``--worded`` takes the
lines alone of which something is said by rule (dates, large numbers).
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from diglot import models
from diglot.corpora.read import read_tsv
from diglot.corpora.score import score
from diglot.pipeline.edition import request_for
from diglot.pipeline.lines import translate_lines
from diglot.pipeline.translate import Translator
from diglot.pipeline.wording import reworded

Dictionary = dict[str, str]
LONGEST = 10  # characters of an entry in Chinese or Japanese


def read_dictionaries(files: Sequence[str]) -> dict[tuple[str, str], Dictionary]:
    """Dictionaries by direction; of several translations the first one counts."""
    found: dict[tuple[str, str], Dictionary] = {}
    for path, corpus in zip(files[::2], files[1::2], strict=True):
        for pair in read_tsv(Path(path)):
            if pair.corpus == corpus:
                there, back = pair.languages, pair.languages[::-1]
                found.setdefault(there, {}).setdefault(pair.first.casefold(), pair.second)
                found.setdefault(back, {}).setdefault(pair.second.casefold(), pair.first)
    return found


def word_by_word(text: str, source: str, target: str, dictionary: Dictionary) -> str:
    """A text with each word replaced by its entry."""
    pieces = list(_looked_up(text, dictionary) if source == "en" else _longest(text, dictionary))
    return (" " if target == "en" else "").join(pieces)


def _looked_up(text: str, dictionary: Dictionary) -> Iterator[str]:
    for word in re.findall(r"[\w'-]+|[^\w\s]", text):
        low = word.casefold()
        stems = [low, low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("ed"), low.removesuffix("ing")]
        yield next((dictionary[stem] for stem in stems if stem in dictionary), word)


def _longest(text: str, dictionary: Dictionary) -> Iterator[str]:
    place = 0
    while place < len(text):
        for length in range(min(LONGEST, len(text) - place), 0, -1):
            piece = text[place : place + length].casefold()
            if piece in dictionary or length == 1:
                yield dictionary.get(piece, piece)
                place += length
                break


def sets(paths: Sequence[Path], most: int, *, worded: bool) -> Iterator[tuple[str, str, str, list[str], list[str]]]:
    """Name, source and target language, sources and references of each set in both directions."""
    for path in paths:
        name, pair = path.name.split(".")[:2]
        first, second = pair.split("-")
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1]][:most]
        for source, target, here, there in ((first, second, 1, 2), (second, first, 2, 1)):
            taken = [row for row in rows if not worded or any(True for _ in reworded(row[here], source, target))]
            yield name, source, target, [row[here] for row in taken], [row[there] for row in taken]


def translated(
    translator: Translator, texts: Sequence[str], source: str, target: str, languages: Sequence[str]
) -> list[str]:
    """Each text translated as a line."""
    request = request_for([], target, languages, source)
    lines = (text.replace("\r", " ") + "\n" for text in texts)
    return [line.removesuffix("\n") for line, _ in translate_lines(lines, translator, request)]


def main() -> None:
    """Print a table in Markdown, a row as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--no-rerank", action="store_true")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--most", type=int, default=10**9, help="lines of each set")
    parser.add_argument("--worded", action="store_true", help="only lines with dates or large numbers")
    parser.add_argument("--dictionary", nargs="*", default=[], help="FILE CORPUS ...")
    options = parser.parse_args()
    dictionaries = read_dictionaries(options.dictionary)
    translator = models.load(options.model, beam=options.beam, threads=options.threads, rerank=not options.no_rerank)
    print("| set | direction | lines | BLEU | chrF2 | copy chrF2 | dictionary chrF2 | lines/s |\n" + 8 * "|---" + "|")
    for name, source, target, texts, references in sets(options.sets, options.most, worded=options.worded):
        if {source, target} - set(translator.languages):
            continue
        started = time.perf_counter()
        made = translated(translator, texts, source, target, translator.languages)
        rate = len(texts) / (time.perf_counter() - started)
        bleu, chrf = score(made, references, target, intervals=True)
        copied = score(texts, references, target)[1].value
        known = dictionaries.get((source, target), {})
        looked_up = [word_by_word(text, source, target, known) for text in texts]
        listed = f"{score(looked_up, references, target)[1].value:.1f}" if known else "–"
        print(
            f"| {name} | {source}→{target} | {len(texts)} | {bleu.value:.1f} ± {bleu.interval:.1f} "
            f"| {chrf.value:.1f} ± {chrf.interval:.1f} | {copied:.1f} | {listed} | {rate:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
