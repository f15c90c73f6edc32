"""Build the bundled glossaries: of the proposed translations of each term, those that public repositories really use.

    python scripts/build_glossaries.py LISTS CORPORA

``glossary_candidates.tsv`` beside this script proposes terms and translations; ``glossary_evidence.tsv`` has pairs that
were read in glossaries of further repositories. LISTS is a folder of term lists (``NAME.en-ja.tsv``: source, target,
comment), CORPORA one of parallel text (``en-ja.tsv.xz``: corpus, document, first language, second language).

A translation is kept when it is found in two repositories, or in one and in three pairs of its text, where it meets its
term at least four times as often as by chance. The column ``evidence`` of a glossary says where. A translation is ``one
way`` if in less than half of its pairs the English has one of its terms, as one word or in two, or of a term of several
words its first word or its initials: 分析 may be "parse", and is mostly "analysis".
"""

import argparse
import csv
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

from diglot.pipeline.glossary import Match, Term, longest, read
from diglot.pipeline.terminology.files import is_verb
from diglot.pipeline.terminology.index import Index, units
from diglot.pipeline.terminology.inflection import fold
from diglot.pipeline.terminology.phrases import word_key

LANGUAGES = ("ja", "zh", "fr", "de", "es", "ko")
EVERYDAY = frozenset({"tatoeba-manythings", "tanaka-graded", "jec-basic", "multi30k", "kyoto-wiki"})
# Lists that come from the repository of a corpus (a repository counts once); inline-terms name theirs in the comment.
REPOSITORY = {
    "d2l-terminology-ko": "d2l-ko-2020",
    "d2l-terminology-zh": "d2l-zh",
    "d2l-zh-inline-terms": "d2l-zh",
    "hf-course-glossary": "hf-course",
    "nnadl-vocabulary": "nnadl-ja",
    "tf-ja-terminologies": "tf-docs-l10n",
}
CHANCE = 4  # so many times more often than by chance
LEADS_BACK = 0.5  # the share of the pairs with a translation that have one of its terms, below which it is one way
FEWEST = 5  # pairs that tell such a share
STEM = 5  # letters
_WORD = re.compile("[a-z]+")
_BRACKETS = re.compile(r"\s*[(（].*?[)）]")
Candidate = Mapping[str, str]


@dataclass
class Evidence:
    """Where a term and a translation were found together: the corpora with the numbers of pairs, and the lists."""

    pairs: Counter[str] = field(default_factory=Counter)
    lists: set[str] = field(default_factory=set)

    def suffices(self, expected: float) -> bool:
        """Whether this is enough, when chance alone would give ``expected`` pairs."""
        together = self.pairs.total()
        by_chance = together < CHANCE * expected
        repositories = self.lists if by_chance else self.lists | self.pairs.keys()
        return len(repositories) > 1 or (len(repositories) == 1 and together > 2 and not by_chance)

    def __str__(self) -> str:
        most = [f"{corpus} {count}" for corpus, count in self.pairs.most_common(2)]
        more = [f"and {len(self.pairs) - len(most)} more"] if len(self.pairs) > len(most) else []
        return ", ".join([*most, *more, *(f"{name} (list)" for name in sorted(self.lists))])


def main() -> None:
    """Write ``corpora/glossaries/en-XX.tsv`` for each language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this one (may be repeated)")
    options = parser.parse_args()
    here = Path(__file__).parent
    candidates = table(here / "glossary_candidates.tsv")
    seen = table(here / "glossary_evidence.tsv")
    for language in options.language or LANGUAGES:
        target = here.parent / "corpora" / "glossaries" / f"en-{language}.tsv"
        proposed = {row["source"]: distinct(row[language].split("|")) for row in candidates if row[language]}
        evidence: dict[tuple[str, str], Evidence] = defaultdict(Evidence)
        by_hand = ((row["source"], row["target"], row["repository"]) for row in seen if row["language"] == language)
        for source, translation, repository in chain(listed(options.lists, language), by_hand):
            evidence[term_key(source), target_key(translation)].lists.add(repository)
        found = collect(proposed, language, options.corpora, evidence)
        write(target, candidates, found, one_way(found, language, options.corpora))
        print(f"{target.name}: {len(read(target).terms)} of {len(proposed)} terms")


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV file with a header line."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def distinct(targets: Sequence[str]) -> list[str]:
    """Of translations that are matched alike (コンパイラ, コンパイラー) only the first."""
    kept: dict[str, str] = {}
    for target in targets:
        kept.setdefault(target_key(target), target)
    return list(kept.values())


def collect(
    proposed: Mapping[str, Sequence[str]], language: str, corpora: Path, evidence: Mapping[tuple[str, str], Evidence]
) -> dict[str, dict[str, Evidence]]:
    """For each term the translations with enough evidence, in the order in which they are proposed."""
    sources, targets, rows = count(proposed, language, corpora, evidence)
    return {
        source: {
            target: evidence[term_key(source), target_key(target)]
            for target in translations
            if evidence[term_key(source), target_key(target)].suffices(sources[source] * targets[target] / rows)
        }
        for source, translations in proposed.items()
    }


def listed(lists: Path, language: str) -> Iterator[tuple[str, str, str]]:
    """The pairs of the term lists, with their repositories; what stands in brackets is left out."""
    for path in sorted(lists.glob(f"*.en-{language}.tsv")):
        name = path.name.split(".")[0]
        for line in path.read_text(encoding="utf-8").splitlines():
            source, target, comment = (_BRACKETS.sub("", cell).strip() for cell in [*line.split("\t"), "", ""][:3])
            repositories = re.findall(r"[\w-]+", comment.partition(" in ")[2]) if name == "inline-terms" else [name]
            for part in re.split(r"[/、,，]", target):
                for repository in repositories:
                    yield source, part, REPOSITORY.get(repository, repository)


def term_key(source: str) -> str:
    """What the spellings of a term share: case, hyphens and plurals are left aside."""
    return " ".join(word_key(unit, "en") for unit in units(source))


def target_key(target: str) -> str:
    """What the spellings of a translation share: space, middle dots and the last long-vowel mark are left aside."""
    return " ".join(unit.removesuffix("ー") for unit in units(fold(target)))


def count(
    proposed: Mapping[str, Sequence[str]], language: str, corpora: Path, evidence: Mapping[tuple[str, str], Evidence]
) -> tuple[Counter[str], Counter[str], int]:
    """Add the pairs where a term and its translation meet; the numbers of pairs with a term, a translation, and all."""
    terms: Index[str] = Index("en")
    for source, targets in proposed.items():
        terms.add(source, source, verb=is_verb(source, targets, ("en", language)))
    renderings: Index[str] = Index(language, lenient=True)
    for target in {target for targets in proposed.values() for target in targets}:
        renderings.add(target, target, verb=True)
    with_source: Counter[str] = Counter()
    with_target: Counter[str] = Counter()
    number = 0
    for corpus, english, other in pairs(corpora / f"en-{language}.tsv.xz"):
        number += 1
        present = {source for _, _, source in terms.find(english)}
        rendered = {target for _, _, target in renderings.find(other)}
        with_source.update(present)
        with_target.update(rendered)
        for source in present:
            for target in rendered.intersection(proposed[source]):
                evidence[term_key(source), target_key(target)].pairs[corpus] += 1
    return with_source, with_target, number


def one_way(found: Mapping[str, Mapping[str, Evidence]], language: str, corpora: Path) -> frozenset[str]:
    """The translations that mostly stand where the English has none of their terms; the longest one counts, as in use."""
    terms: Index[str] = Index("en")
    renderings: Index[str] = Index(language)
    sources: dict[str, set[str]] = defaultdict(set)
    for source, targets in found.items():
        terms.add(source, source, verb=is_verb(source, [*targets], ("en", language)))
        for target in targets:
            sources[target].add(source)
    for target in sources:
        renderings.add(target, target)
    hints = {target: {hint for source in of for hint in hints_of(source)} for target, of in sources.items()}
    seen: Counter[str] = Counter()
    led_back: Counter[str] = Counter()
    for _, english, other in pairs(corpora / f"en-{language}.tsv.xz"):
        rendered = {m.term.source for m in longest(Match(a, b, Term(t, ())) for a, b, t in renderings.find(other))}
        present = {source for _, _, source in terms.find(english)} | hinted(english) if rendered else set()
        seen.update(rendered)
        led_back.update(target for target in rendered if not present.isdisjoint(sources[target] | hints[target]))
    return frozenset(target for target, n in seen.items() if n >= FEWEST and led_back[target] < LEADS_BACK * n)


def hints_of(source: str) -> set[str]:
    """What stands for a term where it is said otherwise: written as one word; the stem of its first word, its initials."""
    words = _WORD.findall(source.lower())
    several = {f"{words[0][:STEM]}-", "".join(word[0] for word in words)} if len(words) > 1 else set()
    return {"".join(words), *several}


def hinted(english: str) -> set[str]:
    """What the words of a text may be hints of."""
    words = _WORD.findall(english.lower())
    return {*words, *map("".join, pairwise(words)), *(f"{word[:STEM]}-" for word in words)}


def pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """The pairs of a corpus file with their corpus, without everyday sentences."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            corpus, _, english, other = line.rstrip("\n").split("\t")
            if corpus not in EVERYDAY:
                yield corpus, english, other


def write(
    path: Path,
    candidates: Sequence[Candidate],
    found: Mapping[str, Mapping[str, Evidence]],
    ambiguous: frozenset[str],
) -> None:
    """Write a glossary, its terms in the order of the candidates."""
    language = path.stem.removeprefix("en-")
    lines = ["source\ttarget\tforbidden\tone way\tdomain\tnote\tevidence"]
    for row in candidates:
        kept = found.get(row["source"])
        if kept:
            where = "; ".join(f"{target}: {evidence}" for target, evidence in kept.items())
            forbidden = row.get(f"forbidden {language}") or ""
            back = "|".join(target for target in kept if target in ambiguous)
            lines.append("\t".join((row["source"], "|".join(kept), forbidden, back, row["domain"], row["note"], where)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
