"""How silent the checks are on the work of people, and how many planted faults they find.

    python benchmarks/check.py SETS/*.tsv --pairs 300 --sample 20

Each file is ``NAME.en-ja.SPLIT.tsv``: document, first text, second text, in the order of the document. Both directions
are checked, ``--pairs`` of each. Of the faults a sample is planted, at most ``--sample`` of each kind in each file and
direction; a fault counts as found when a code that stands for it is reported and was not before. Terms are those of the
bundled glossaries. ``--show`` prints errors found in good translations, to be read.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from diglot.pipeline import glossary, protect
from diglot.pipeline.check import check, check_all
from diglot.pipeline.checks.report import Place, to_text
from diglot.pipeline.checks.sides import blank
from diglot.pipeline.document import AlignedPair, Segment, Translation, is_unspaced, joiner

Planted = str | None


class Fault(NamedTuple):
    """A kind of fault: the codes that may tell it, and what plants it in the translation of a pair, if it can."""

    codes: frozenset[str]
    plant: Callable[[AlignedPair, random.Random], Planted]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, help="of each file and direction; all without it")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    sets = [(path.name, *one) for path in options.files for one in read(path, options.pairs)]
    print_noise(sets, options.show)
    print_faults(sets, options.sample)


def read(path: Path, most: int | None = None) -> Iterator[tuple[str, str, list[list[AlignedPair]]]]:
    """Both directions of a file: source language, target language, documents."""
    first, second = path.name.split(".")[1].split("-")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1][:most]]
    documents = [list(group) for _, group in groupby(rows, key=lambda row: row[0])]
    yield first, second, [[pair(i, first, a, b) for i, (_, a, b) in enumerate(rows)] for rows in documents]
    yield second, first, [[pair(i, second, b, a) for i, (_, a, b) in enumerate(rows)] for rows in documents]


def pair(index: int, language: str, source: str, target: str) -> AlignedPair:
    """A pair as the pipeline would make it."""
    segment = Segment(index, index, "line", language, source, ((0, len(source)),), tuple(protect.find(source)))
    return AlignedPair(segment, Translation(target, "translated"))


Set = tuple[str, str, str, list[list[AlignedPair]]]  # name, source and target language, documents
Sets = Sequence[Set]


def print_noise(sets: Sets, show: int) -> None:
    """Findings per 100 segments of each set, and some of the errors."""
    print("| set | direction | segments | errors / 100 | warnings / 100 | notes / 100 |\n|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    errors: list[str] = []
    codes: Counter[tuple[str, str]] = Counter()
    started = time.process_time()
    for name, source, target, documents in sets:
        counts: Counter[str] = Counter()
        for document in documents:
            for checked in check_all(document, target):
                counts.update(["segments", *(finding.severity for finding in checked.findings)])
                codes.update((finding.severity, finding.code) for finding in checked.findings)
                found = replace(checked, findings=tuple(f for f in checked.findings if f.severity == "error"))
                errors += to_text([Place(f"{name} {source}-{target}", found.segment.index + 1, found)])
        print(f"| {name.split('.')[0]} | {source}–{target} | {_rates(counts)} |")
        total += counts
    seconds = time.process_time() - started
    print(f"| **all** | | {_rates(total)} |\n\n{total['segments'] / seconds:.0f} segments per CPU second\n")
    print("| severity | code | per 100 segments |\n|---|---|---|")
    for (severity, code), count in sorted(codes.items(), key=lambda item: -item[1]):
        print(f"| {severity} | {code} | {100 * count / total['segments']:.3f} |")
    for error in random.Random(0).sample(errors, min(show, len(errors))):
        print("\n" + error, end="")


def _rates(counts: Counter[str]) -> str:
    severities = ("error", "warning", "info")
    return " | ".join([str(counts["segments"]), *(f"{100 * counts[s] / counts['segments']:.2f}" for s in severities)])


def print_faults(sets: Sets, sample: int) -> None:
    """The share of planted faults that are found."""
    print("\n| fault | planted | found | worst direction |\n|---|---|---|---|")
    for name, fault in FAULTS.items():
        _print_found(name, sets, lambda one, fault=fault: _planted(fault, one, sample))
    _print_found("term swapped", sets, lambda one: _swapped(one, sample))
    for name, slip in SLIPS.items():
        _print_found(name, sets, lambda one, slip=slip: _slipped(slip, one))


def _print_found(name: str, sets: Sets, outcomes: Callable[[Set], Iterator[bool]]) -> None:
    """A line of the table: the share that was found, and where least were, of directions with some 20."""
    found: dict[str, list[bool]] = {}
    for one in sets:
        found.setdefault(f"{one[1]}–{one[2]}", []).extend(outcomes(one))
    total = [each for some in found.values() for each in some]
    shares = {direction: sum(some) / len(some) for direction, some in found.items() if len(some) >= _FEWEST}
    worst = min(shares, key=lambda direction: shares[direction], default="")
    shown = f"{worst} {100 * shares[worst]:.0f} %" if worst else ""
    print(f"| {name} | {len(total)} | {100 * sum(total) / max(1, len(total)):.1f} % | {shown} |", flush=True)


_FEWEST = 20


def _planted(fault: Fault, one: Set, sample: int) -> Iterator[bool]:
    """Whether each of a sample of planted faults was found."""
    chance = random.Random(f"{one[0]} {one[1]}")
    pairs = list(_sources(fault, one[3]))
    chance.shuffle(pairs)
    done = 0
    for good in pairs:
        target = fault.plant(good, chance)
        if done == sample or target is None:
            if done == sample:
                return
            continue
        before = {finding.code for finding in check(good, one[2])}
        after = [finding.code for finding in check(replace(good, translation=Translation(target, "translated")), one[2])]
        if not before & fault.codes:
            done += 1
            yield any(code in fault.codes for code in after)


def _sources(fault: Fault, documents: list[list[AlignedPair]]) -> Iterator[AlignedPair]:
    """Pairs to plant a fault in: single ones, or several joined where a sentence is to be dropped."""
    for document in documents:
        if fault is not FAULTS["sentence dropped"]:
            yield from document
            continue
        for i in range(0, len(document) - 1, 2):
            first, second = document[i : i + 2]
            if not all(_SENTENCE.search(one.segment.text) for one in (first, second)):
                continue  # pieces of a caption are no sentences
            sources = _joined(first.segment.text, second.segment.text)
            yield pair(i, first.segment.language, sources, f"{first.target}\n{second.target}")


_SENTENCE = re.compile(r"[.!?。！？…][\"'”’»)\]」』）]*\Z")


def _joined(first: str, second: str) -> str:
    return first + joiner(first[-1:], second[:1]) + second


def _number(good: AlignedPair, chance: random.Random) -> Planted:
    digits = re.finditer(r"(?<![A-Za-z_\d$`\\.])\d+(?![\dA-Za-z_`])", good.target)
    shared = [m for m in digits if re.search(rf"(?<!\d){m[0]}(?!\d)", good.segment.text)]
    if not shared or any(span.kind != "number" for span in good.segment.spans):
        return None
    match = chance.choice(shared)
    at = chance.randrange(*match.span())
    digit = chance.choice([d for d in "123456789" if d != good.target[at]])
    return good.target[:at] + digit + good.target[at + 1 :]


def _misspelt(good: AlignedPair, chance: random.Random) -> Planted:
    """A letter exchanged within a Latin word of six letters or more that both texts have, one of them in another script."""
    source, target = good.segment.text, good.target
    shared = [m for m in re.finditer(r"(?<![\w./@-])[A-Za-z]{6,20}(?![\w./@-])", target, re.ASCII) if m[0] in source]
    if not shared or any(map(is_unspaced, source)) == any(map(is_unspaced, target)):
        return None
    match = chance.choice(shared)
    at = chance.randrange(match.start() + 1, match.end() - 2)
    return target[:at] + chance.choice([c for c in "aeioulnrst" if c != target[at]]) + target[at + 1 :]


def _span_lost(good: AlignedPair, chance: random.Random) -> Planted:
    pieces = _carried(good)
    return good.target.replace(chance.choice(pieces), "", 1) if pieces else None


def _span_altered(good: AlignedPair, chance: random.Random) -> Planted:
    pieces = [piece for piece in _carried(good) if re.search(r"\w", piece)]
    if not pieces:
        return None
    piece = chance.choice(pieces)
    at = chance.choice([m.start() for m in re.finditer(r"\w", piece)])
    return good.target.replace(
        piece, piece[:at] + chance.choice([c for c in "qzjkw" if c != piece[at]]) + piece[at + 1 :], 1
    )


def _carried(good: AlignedPair) -> list[str]:
    pieces = [good.segment.text[s.start : s.end] for s in good.segment.spans if s.kind != "number"]
    return [piece for piece in pieces if good.target.count(piece) == 1]


def _dropped(good: AlignedPair, chance: random.Random) -> Planted:
    first, second = good.target.split("\n")
    kept, lost = (first, second) if chance.random() < 0.5 else (second, first)
    return kept if sum(map(str.isalnum, lost)) >= 0.2 * sum(map(str.isalnum, first + second)) else None


def _copied(good: AlignedPair, chance: random.Random) -> Planted:
    return good.segment.text if len(good.segment.text) >= 30 else None


def _half(good: AlignedPair, chance: random.Random) -> Planted:
    """Where the half has four words that are no names, or eight characters; no word is cut."""
    source, target = good.segment.text, good.target
    here, there = (text.find(" ", len(text) // 2) if " " in text else len(text) // 2 for text in (source, target))
    prose = blank(source, [(span.start, span.end) for span in good.segment.spans])[here:]
    words = [word for word in re.findall(r"[^\W\d_]+", prose) if not word[0].isupper()]
    enough = here > 0 and there > 0 and (len(words) >= 4 or sum(map(is_unspaced, prose)) >= 8)
    return target[:there] + source[here:] if enough else None


def _repeated(good: AlignedPair, chance: random.Random) -> Planted:
    words = good.target.split()
    if len(words) > 6:
        at = chance.randrange(3, len(words))
        return " ".join([*words[:at], *(words[at - 3 : at] * 3), *words[at:]])
    at = len(good.target) // 2
    piece = good.target[at - 5 : at]
    return good.target[:at] + piece * 4 + good.target[at:] if at > 8 and piece and is_unspaced(piece[0]) else None


def _bracket(good: AlignedPair, chance: random.Random) -> Planted:
    places = [m.start() for m in re.finditer(r"[()（）]", good.target)]
    if not places or good.segment.spans or not re.search(r"[(（]", good.segment.text):
        return None
    at = chance.choice(places)
    return good.target[:at] + good.target[at + 1 :]


def _unit(good: AlignedPair, chance: random.Random) -> Planted:
    swaps = {
        "%": "km",
        "％": "キロメートル",
        "公里": "小时",
        "キロメートル": "時間",
        "dollars": "years",
        "ドル": "時間",
        "美元": "小时",
    }
    for unit, other in swaps.items():
        for match in re.finditer(rf"(\d+) ?{unit}(?![A-Za-z])", good.target):
            if re.search(rf"(?<!\d){match[1]} ?[%％\w]", good.segment.text) and not good.segment.spans:
                return good.target[: match.end() - len(unit)] + other + good.target[match.end() :]
    return None


FAULTS = {
    "number changed": Fault(frozenset({"number", "number-missing", "number-added", "unit"}), _number),
    "protected piece lost": Fault(frozenset({"span-lost", "span-changed", "span-count"}), _span_lost),
    "protected piece altered": Fault(frozenset({"span-lost", "span-changed"}), _span_altered),
    "Latin word misspelt": Fault(frozenset({"spelling", "span-changed", "span-lost"}), _misspelt),
    "unit changed": Fault(frozenset({"unit"}), _unit),
    "sentence dropped": Fault(frozenset({"omission", "too-short"}), _dropped),
    "translation missing": Fault(frozenset({"empty"}), lambda good, chance: ""),
    "source copied": Fault(frozenset({"copied", "language"}), _copied),
    "half left in the source language": Fault(frozenset({"left-over", "language"}), _half),
    "words repeated": Fault(frozenset({"repetition"}), _repeated),
    "translated twice": Fault(frozenset({"too-long", "repetition"}), lambda good, chance: f"{good.target} {good.target}"),
    "bracket lost": Fault(frozenset({"bracket"}), _bracket),
}

_GLOSSARIES = Path(__file__).parent.parent / "corpora" / "glossaries"


def _swapped(one: Set, sample: int) -> Iterator[bool]:
    """Whether a term is told that became the translation of another of the bundled terms."""
    name, source, target, documents = one
    if "en" not in (source, target):
        return
    terms = glossary.read(_GLOSSARIES / f"en-{source if target == 'en' else target}.tsv", source=source, target=target)
    chance = random.Random(f"{name} {source}")
    pairs = [good for document in documents for good in document]
    chance.shuffle(pairs)
    done = 0
    for good in pairs:
        bad = _with_other_term(good, terms, chance)
        if done < sample and bad and not glossary.check_terms(good, terms):
            done += 1
            yield bool(glossary.check_terms(replace(good, translation=Translation(bad, "translated")), terms))


def _with_other_term(good: AlignedPair, terms: glossary.Glossary, chance: random.Random) -> Planted:
    wanted = [match.term for match in terms.match(good.segment.text, terms.source, good.segment.spans)]
    places = glossary.renderings(good.target, wanted, terms.target)[0]
    if not places:
        return None
    term = chance.choice(places).term
    other = chance.choice([one for one in terms.terms if one.targets]).targets[0]
    bad = good.target
    for place in reversed([place for place in places if place.term == term]):
        bad = bad[: place.start] + other + bad[place.end :]
    return bad


SLIPS: dict[str, Callable[[list[str], int], list[str]]] = {
    "line dropped, the rest moved up": lambda targets, at: [*targets[:at], *targets[at + 1 :]],
    "line doubled, the rest moved down": lambda targets, at: [*targets[: at + 1], *targets[at:-1]],
}


def _slipped(slip: Callable[[list[str], int], list[str]], one: Set) -> Iterator[bool]:
    """Whether translations that slipped are told within ten lines; 15 lines at least must follow."""
    chance = random.Random(f"{one[0]} {one[1]}")
    for document in one[3]:
        for start in range(0, len(document), 200):
            part = document[start : start + 200]
            if len(part) < 30:
                continue
            at = chance.randrange(5, len(part) - 15)
            targets = slip([good.target for good in part], at)
            pairs = [
                replace(good, translation=Translation(target, "translated"))
                for good, target in zip(part, targets, strict=False)
            ]
            found = [i for i, p in enumerate(check_all(pairs, one[2])) if any(f.code == "shifted" for f in p.findings)]
            yield any(abs(i - at) <= 10 for i in found)


if __name__ == "__main__":
    main()
