"""How well sentence ends are found, by us and by pySBD, and how fast.

    python benchmarks/segment.py segments.dev.jsonl.xz
    python benchmarks/segment.py NAME.en-ja.SPLIT.tsv

A ``.jsonl`` file (``.xz`` too) has one text a line: set, lang, doc, text, ends (the offset just past each sentence).
Of a ``.tsv`` file (document, first text, second text, in document order) the rows of each document are joined, once as
they are and once without punctuation and case; a row counts as a sentence if it ends in an end mark. Texts with marks,
commas too, are measured once more with a comma for each end mark, Chinese and Japanese ones also with a space for each mark.

A second table says what is where we cut a text without marks and the reference does not: the same text with its marks may
have a comma there, or an end that the reference passes over, because its units are those of a translation.

Precision, recall and F1 of all ends in per cent; a position counts by the characters before it that are not white
space, so that nobody loses by where the space is left. pySBD runs with ``clean=False, char_span=True``, which gives
positions and is its better setting here; it needs ``pip install pysbd``. The speed is per second of the processor, in one
thread.
"""

import argparse
import json
import lzma
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from diglot.pipeline.document import is_unspaced
from diglot.pipeline.segment import sentences

Segmenter = Callable[[str, str], Iterable[int]]


class Text(NamedTuple):
    """A text and where its sentences end."""

    set: str
    language: str
    text: str
    ends: list[int]


class Score(NamedTuple):
    """Right ends, ends found, ends there are, seconds of the processor."""

    right: int = 0
    found: int = 0
    there: int = 0
    seconds: float = 0.0

    def plus(self, other: "Score") -> "Score":
        """Both together."""
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def precision(self) -> float:
        """Of the ends found, those that are right, in per cent."""
        return 100 * self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """Of the ends there are, those that were found, in per cent."""
        return 100 * self.right / max(1, self.there)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 200 * self.right / max(1, self.found + self.there)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    texts: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for path in options.files:
        for text in read(path):
            texts[text.set, text.language].append(text)
    for text in [text for group in texts.values() for text in group if not text.set.endswith("-bare")]:
        for variant, mark in variants(text):
            if variant.text.count(mark) > 1.5 * len(variant.ends):  # it had commas too
                texts[variant.set, variant.language].append(variant)
    print(f"{'set':<24}{'lang':<5}{'ends':>6} | {'diglot   P     R    F1   kB/s':<32} | pySBD    P     R    F1   kB/s")
    for (name, language), group in sorted(texts.items()):
        ours, theirs = scored(group, diglot), scored(group, pysbd)
        size = sum(len(text.text.encode()) for text in group) / 1000
        columns = " | ".join(
            f"{'':6}{score.precision:5.1f} {score.recall:5.1f} {score.f1:5.1f} {size / score.seconds:6.0f}   "
            for score in (ours, theirs)
        )
        print(f"{name:<24}{language:<5}{ours.there:>6} | {columns}")
    print("\nWhat the text with marks has where the one without is cut wrongly, %")
    for (name, language), group in sorted(texts.items()):
        if name.endswith("-bare") and (marked := texts.get((name.removesuffix("-bare"), language))):
            wrong = sum((wrongly(bare, text) for bare, text in zip(group, marked, strict=True)), Counter[str]())
            shares = "  ".join(f"{what} {100 * count / wrong.total():.0f}" for what, count in wrong.most_common())
            print(f"{name:<24}{language:<5}{wrong.total():>6} | {shares}")


def diglot(text: str, language: str) -> Iterator[int]:
    """Our ends."""
    return (end for _, end in sentences(text, language))


def pysbd(text: str, language: str) -> Iterator[int]:
    """pySBD's ends. It has no Korean, so English stands in."""
    import pysbd as library

    segmenter = library.Segmenter(language=language if language in _PYSBD else "en", clean=False, char_span=True)
    return (span.end for span in segmenter.segment(text))


_PYSBD = frozenset({"en", "fr", "de", "es", "ja", "zh"})


def scored(texts: Sequence[Text], segmenter: Segmenter) -> Score:
    """The sum over all texts; what is loaded once is loaded before."""
    total = Score()
    list(segmenter(texts[0].text, texts[0].language))
    for text in texts:
        dense = list(accumulate((not character.isspace() for character in text.text), initial=0))
        started = time.process_time()
        found = {dense[end] for end in segmenter(text.text, text.language)}
        seconds = time.process_time() - started
        there = {dense[end] for end in text.ends}
        total = total.plus(Score(len(found & there), len(found), len(there), seconds))
    return total


def wrongly(bare: Text, marked: Text) -> Counter[str]:
    """What the marked text has at the cuts of the bare one that are no ends."""
    letters = list(accumulate(map(str.isalnum, bare.text), initial=0))
    gaps = _GAP.split(marked.text)[1:]
    right = {letters[end] for end in bare.ends}
    cuts = (letters[end] for end in diglot(bare.text, bare.language))
    return Counter(kind_of(gaps[cut - 1]) for cut in cuts if cut not in right and 0 < cut <= len(gaps))


def kind_of(gap: str) -> str:
    """The strongest mark in what stands between two letters."""
    return next((what for what, mark in _KINDS.items() if mark.search(gap)), "no mark")


def variants(text: Text) -> Iterator[tuple[Text, str]]:
    """A text with commas, or spaces, for its marks, and which mark that is."""
    rows = [text.text[start:end].strip() for start, end in pairwise((0, *text.ends))]
    comma = {"ja": "、", "zh": "，"}.get(text.language, ",")
    commaed = (_ENDING.sub("", row) for row in rows)
    commaed = [_INNER_END.sub(comma, row[:1].lower() + row[1:]) + comma for row in commaed if row]
    yield joined(f"{text.set}-commas", text.language, commaed), comma
    if text.language in {"ja", "zh"}:
        yield joined(f"{text.set}-spaces", text.language, [row for row in map(stripped, rows) if row], glue=" "), " "


def read(path: Path) -> Iterator[Text]:
    """The texts of a file."""
    if ".jsonl" in path.suffixes:
        with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                yield Text(case["set"], case["lang"], case["text"], case["ends"])
        return
    name, pair, *_ = path.name.split(".")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for _, document in groupby(rows, key=lambda row: row[0]):
        columns = list(zip(*document, strict=True))[1:]
        for language, column in zip(pair.split("-"), columns, strict=True):
            marked = [row for row in column if _END.search(row)]
            if marked:
                yield joined(name, language, marked)
                yield joined(f"{name}-bare", language, [bare for bare in map(stripped, marked) if bare])


_END = re.compile(r"[.!?。！？][\"'”’」』)）]*$")
_ENDING = re.compile(r"[.!?。！？…,，、;；:：\"'”’」』)）\s]+$")
_INNER_END = re.compile(r"(?<=\w{3})\.(?=\s)|[!?。！？…]+")
_GAP = re.compile(r"[^\W_]")
_KINDS = {
    "end": re.compile("[.!?…。！？]"),
    "; : –": re.compile("[;:；：—–-]"),
    "comma": re.compile("[,，、]"),
}
_MARK = re.compile(r"(?<!\w)['’]|['’](?!\w)|[.,](?!\d)|[!?;:\"“”„«»()\[\]…。，、；：？！「」『』（）《》]")


def stripped(row: str) -> str:
    """A sentence as speech recognition might give it."""
    return " ".join(_MARK.sub(" ", row).lower().split())


def joined(name: str, language: str, rows: Iterable[str], glue: str = "") -> Text:
    """The rows of a document as one text, with a space between where there must be one, else with the glue."""
    text, ends = "", []
    for row in rows:
        text += ("" if not text else glue if is_unspaced(text[-1]) or is_unspaced(row[0]) else " ") + row
        ends.append(len(text))
    return Text(name, language, text, ends)


if __name__ == "__main__":
    main()
