"""Build ``pipeline/data/common.txt``: the most common words of each language, by frequency, from everyday sentences.

    python scripts/build_common_words.py CORPORA

CORPORA is a folder of parallel text (``en-ja.tsv.xz``, ...: corpus, document, first language, second language). Chinese
is cut into words by the longest match in the dictionary that is part of the corpora (CC-CEDICT).
"""

import argparse
import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

EVERYDAY = frozenset({"tatoeba-manythings", "tanaka-graded", "jec-basic", "multi30k"})
DICTIONARY = "cc-cedict"
WORDS = 1500
# The people of the example sentences.
NAMES = frozenset({"tom", "tom's", "mary", "john", "トム", "メアリー", "汤姆", "玛丽", "톰", "톰은", "톰이", "메리"})
HAN = "々〇㐀-䶿一-鿿"
STRETCH = re.compile(rf"[{HAN}]+|[ァ-ヺ][ァ-ヺー]*")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    corpora = parser.parse_args().corpora
    lines = []
    for language in ("en", "fr", "de", "es", "ko", "ja", "zh"):
        counts = Counter(word for word in words(corpora, language) if word not in NAMES)
        lines.append(" ".join((language, *(word for word, _ in counts.most_common(WORDS)))))
    target = Path(__file__).parent.parent / "pipeline" / "data" / "common.txt"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def words(corpora: Path, language: str) -> Iterator[str]:
    """All words of the everyday sentences of a language."""
    pair, column = ("en-ja", 2) if language == "en" else (f"en-{language}", 3)
    sentences = (row[column] for row in rows(corpora, pair) if row[0] in EVERYDAY)
    if language == "zh":
        headwords = frozenset(row[3] for row in rows(corpora, pair) if row[0] == DICTIONARY)
        for sentence in sentences:
            yield from cut(sentence, headwords)
    else:
        pattern = STRETCH if language == "ja" else WORD
        for sentence in sentences:  # the capital that only begins a sentence says nothing
            yield from (word.casefold().replace("’", "'") for word in pattern.findall(sentence))


def rows(corpora: Path, pair: str) -> Iterator[list[str]]:
    """The rows of a corpus file."""
    with lzma.open(corpora / f"{pair}.tsv.xz", "rt", encoding="utf-8") as file:
        yield from (line.rstrip("\n").split("\t") for line in file)


def cut(sentence: str, headwords: Iterable[str]) -> Iterator[str]:
    """Chinese words by the longest match from the left."""
    for stretch in re.findall(f"[{HAN}]+", sentence):
        start = 0
        while start < len(stretch):
            ends = range(min(len(stretch), start + 6), start, -1)
            end = next(islice((e for e in ends if stretch[start:e] in headwords), 1), start + 1)
            yield stretch[start:end]
            start = end


if __name__ == "__main__":
    main()
