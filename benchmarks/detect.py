"""How often the language of a text is found, for diglot, langdetect and lingua, and whether our probabilities hold.

    python benchmarks/detect.py corpora/*.tsv.xz            # the rows that training left out
    python benchmarks/detect.py eval/*.tsv                  # all rows: these were never trained on

The sets are made from the parallel text itself: segments as they are, and pieces cut from longer ones at white space
(or between characters of Chinese, Japanese and Korean), by width in columns: tiny up to 12, short up to 30, medium up
to 80, long above. A segment that has no word that its translation lacks is left out, and so is a piece without a letter
of its script. langdetect has the profiles of the seven languages and a fixed seed, lingua is restricted to the seven
languages and has its models loaded: their best settings. Needs ``pip install lingua-language-detector``; without it
that row is left out.
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from diglot.pipeline import detect
from diglot.pipeline.document import Block, Document
from diglot.pipeline.ngrams import evidence, tokens
from scripts.train_detect import DICTIONARIES, Text, columns, piece, speaks, texts, words

SEVEN = ("de", "en", "es", "fr", "ja", "ko", "zh")
CLASSES = {"tiny": 12, "short": 30, "medium": 80, "long": 10**9}
Sets = dict[tuple[str, str], list[str]]  # (class, language) -> texts


def rows(paths: Iterable[Path]) -> Iterator[Text]:
    """The texts to measure on: of corpora (four columns) the rows held out, of evaluation sets (three columns) all."""
    for path in paths:
        if path.suffix == ".xz":
            yield from (text for text in texts([path]) if text.held_out and text.corpus not in DICTIONARIES)
            continue
        name, pair = path.name.split(".")[:2]
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            sides = line.split("\t")[1:]
            for language, text, other in zip(pair.split("-"), sides, sides[::-1], strict=True):
                if words(text) - words(other):
                    yield Text(language, name, text, True)


def make_sets(found: Iterable[Text], size: int, rng: random.Random) -> tuple[Sets, Sets]:
    """Segments as they are and pieces of them, so many of each class and language at most."""
    by_language = defaultdict(list)
    for text in found:
        by_language[text.language].append(text.text)
    whole: Sets = defaultdict(list)
    cut: Sets = defaultdict(list)
    for language in SEVEN:
        rng.shuffle(by_language[language])
        for text in by_language[language]:
            add(whole, language, text, size)
            for limit in (rng.randint(4, 12), rng.randint(13, 30), rng.randint(31, 80)):
                if columns(text) > limit:
                    add(cut, language, piece(text, limit, rng), size)
    return whole, cut


def add(sets: Sets, language: str, text: str, size: int) -> None:
    """Put a text where it belongs, if there is room and it has letters of its script."""
    width = columns(text)
    name = next(name for name, limit in CLASSES.items() if width <= limit)
    if len(sets[name, language]) < size and speaks(text, language):
        sets[name, language].append(text)


def ours(text: str) -> str:
    """diglot; Traditional Chinese is Chinese here."""
    return detect.identify(text).language.partition("-")[0]


def langdetect() -> Callable[[str], str]:
    """Langdetect as diglot loads it: seeded, with the profiles of the seven languages alone."""
    from langdetect.lang_detect_exception import LangDetectException

    def identify(text: str) -> str:
        detector = detect._langdetect().create()
        detector.append(text)
        try:
            return str(detector.detect()).partition("-")[0]
        except LangDetectException:
            return "und"

    return identify


def lingua() -> Callable[[str], str] | None:
    """Lingua restricted to the seven languages, all models loaded; None where it is not installed."""
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder
    except ImportError:
        return None
    codes = [getattr(IsoCode639_1, language.upper()) for language in SEVEN]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build()

    def identify(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else "und"

    return identify


def accuracy(identify: Callable[[str], str], sets: Sets, name: str) -> dict[str, float]:
    """The share of each language's texts of a class that was identified, in percent."""
    return {
        language: 100 * sum(identify(text) == language for text in sets[name, language]) / len(sets[name, language])
        for language in SEVEN
        if sets[name, language]
    }


def print_accuracy(title: str, sets: Sets, systems: dict[str, Callable[[str], str]]) -> None:
    """A table of means over the languages, then ours by language."""
    print(f"\n{title}: mean over the languages, %\n\n| | {' | '.join(CLASSES)} |\n|---|{'---|' * len(CLASSES)}")
    by_language: dict[str, dict[str, float]] = {}
    for system, identify in systems.items():
        cells = []
        for name in CLASSES:
            found = accuracy(identify, sets, name)
            cells.append(f"{sum(found.values()) / len(found):.1f}" if found else "")
            if system == "diglot":
                by_language[name] = found
        print(f"| {system} | {' | '.join(cells)} |", flush=True)
    print(f"\ndiglot by language (texts)\n\n| | {' | '.join(CLASSES)} |\n|---|{'---|' * len(CLASSES)}")
    for language in SEVEN:
        cells = [
            f"{by_language[name][language]:.1f} ({len(sets[name, language])})" if language in by_language[name] else ""
            for name in CLASSES
        ]
        print(f"| {language} | {' | '.join(cells)} |")


def print_calibration(all_sets: Iterable[Sets]) -> None:
    """Of the texts to which we gave a probability, how many are right: they should be as many as it says."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sets in all_sets:
        for (_, language), found in sets.items():
            for text in found:
                claim, probability = detect.identify(text)
                if claim != "und":
                    right = claim.partition("-")[0] == language
                    bins[sum(probability >= edge for edge in EDGES)].append((probability, right))
    total = sum(map(len, bins.values()))
    gaps = 0.0
    print("\nCalibration (segments and pieces)\n\n| probability | texts | mean | right |\n|---|---|---|---|")
    for number in sorted(bins):
        low, high = (0.0, *EDGES)[number], (*EDGES, 1.0)[number]
        mean = sum(p for p, _ in bins[number]) / len(bins[number])
        right = sum(r for _, r in bins[number]) / len(bins[number])
        gaps += abs(mean - right) * len(bins[number]) / total
        print(f"| {low:g} to {high:g} | {len(bins[number])} | {mean:.3f} | {right:.3f} |")
    print(f"\nExpected calibration error: {gaps:.4f}")


EDGES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)


def print_langdetect(all_sets: dict[str, Sets]) -> None:
    """How often langdetect is asked, and what its answers change."""
    print("\n| asked of langdetect | share | right without | right with | of |\n|---|---|---|---|---|")
    asked = detect._second_opinion
    for title, sets in all_sets.items():
        for name in CLASSES:
            texts_ = [(text, language) for language in SEVEN for text in sets[name, language]]
            doubtful = [(text, language) for text, language in texts_ if is_doubtful(text)]
            if not doubtful:
                continue
            with_it = sum(ours(text) == language for text, language in doubtful)
            detect._second_opinion = lambda _: detect._EVEN  # type: ignore[assignment]
            without = sum(ours(text) == language for text, language in doubtful)
            detect._second_opinion = asked
            share = 100 * len(doubtful) / len(texts_)
            print(f"| {title}, {name} | {share:.2f} % | {without} | {with_it} | {len(doubtful)} |")


def is_doubtful(text: str) -> bool:
    """Whether ``identify`` asks langdetect about a text."""
    return max(detect._likelihood(evidence(text))) < detect._DOUBT and len(tokens(text)[0]) >= 3


JOINTS = {"in a row": "{} {}", "slash": "{} / {}", "brackets": "{} ({})", "quoted": "{} “{}”", "straight": '{} "{}"'}


def print_runs(whole: Sets, rng: random.Random) -> None:
    """How often two languages on one line are told apart to within three characters, and one is left whole."""
    clauses = [(text, language) for language in SEVEN for text in whole["medium", language][:200]]
    left_whole = sum(len(detect.runs(text)) == 1 for text, _ in clauses)
    print(f"\nOf {len(clauses)} lines in one language {left_whole} stay whole. Two languages on one line:\n")
    print("| | lines | both languages, cut in the right place |\n|---|---|---|")
    for name, joint in JOINTS.items():
        pairs = [rng.sample(clauses, 2) for _ in range(500)]
        pairs = [(one, other) for one, other in pairs if one[1] != other[1]]
        right = sum(is_parted(one, other, joint) for one, other in pairs)
        print(f"| {name} | {len(pairs)} | {100 * right / len(pairs):.1f} % |")


def is_parted(one: tuple[str, str], other: tuple[str, str], joint: str) -> bool:
    """Whether the line made of two texts falls into the two, in their languages."""
    found = detect.runs(joint.format(one[0], other[0]))
    languages = [language.partition("-")[0] for _, _, language in found]
    place = joint.format(one[0], "\0").index("\0")
    return languages[:2] == [one[1], other[1]] and abs(found[0][1] - place) <= 3 and len(found) <= 3


def print_speed(found: Iterable[Text]) -> None:
    """The speed of ``detect`` on one document made of all texts in their order, a paragraph each."""
    lines = [text.text for text in islice(found, 40_000)]
    text = "\n".join(lines)
    ends = [len(lines[0])]
    for line in lines[1:]:
        ends.append(ends[-1] + 1 + len(line))
    blocks = tuple(Block("paragraph", ((end - len(line), end),)) for end, line in zip(ends, lines, strict=True))
    size = len(text.encode())
    start = time.process_time()
    detect.detect(Document(text, "plain", blocks))
    taken = time.process_time() - start
    print(f"\ndetect: {size / 1e6:.1f} MB in {len(blocks)} blocks, {size / 1e6 / taken:.2f} MB/s of processor time")


def main() -> None:
    """Make the sets and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=1000, help="texts of a class and language")
    arguments = parser.parse_args()
    found = list(rows(arguments.paths))
    whole, cut = make_sets(found, arguments.size, random.Random(0))
    systems = {"diglot": ours, "langdetect": langdetect()}
    if (other := lingua()) is not None:
        systems["lingua"] = other
    print_accuracy("Segments", whole, systems)
    print_accuracy("Pieces cut from segments", cut, systems)
    print_calibration([whole, cut])
    print_langdetect({"segments": whole, "pieces": cut})
    print_runs(whole, random.Random(0))
    print_speed(found)


if __name__ == "__main__":
    main()
