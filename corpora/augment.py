"""Damage and marks that training adds on the fly, so that the model meets in training what it will meet in use.

Each augmentation is a small function from an example to an example; :func:`augment` draws which of them an example gets.
All randomness comes from the generator that is handed in. What they imitate, and who showed that it helps:

* placeholders: formulas, code, URLs and numbers that both sides have, and dates, become marks (Eole, OpusTrainer)
* inline terms: a word and its wanted translation, so that a glossary is obeyed (Dinu et al. 2019, arXiv:1906.01105); half of
  the words themselves are left out, so that it is the mark that says what to write
* recognition style: no punctuation, lower case, fillers, as speech recognition writes
* missing end: the final punctuation left out on both sides, as in headings and cues
* case: upper or title case on both sides of a language that has case
* typos: letters swapped, dropped or doubled in the source
* context: the sentence before, set off by a separator (Tiedemann & Scherrer 2017, arXiv:1708.05943)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.corpora import Example

# Where a source has pieces that pass through translation, in order, and what the target would have for each.
Carried = Callable[[Example], Sequence[tuple[int, int, str]]]
CASED = frozenset({"en", "fr", "de", "es"})
HIDDEN = 0.5  # the share of annotated words that are left out


@dataclass(frozen=True)
class Rates:
    """The share of examples that each augmentation is tried on."""

    placeholders: float = 0.04
    terms: float = 0.10
    recognition: float = 0.10
    missing_end: float = 0.10
    case: float = 0.03
    typos: float = 0.02
    context: float = 0.20


@dataclass(frozen=True)
class Resources:
    """What the augmentations look things up in: a finder of pieces, and term pairs by direction ``en-ja``."""

    carried: Carried = field(default=lambda _: ())
    terms: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


def augment(example: Example, before: str, rates: Rates, resources: Resources, random: Random) -> Example:
    """One example with the augmentations that chance gives it; ``before`` is the source sentence before it, or empty."""
    if random.random() < rates.placeholders:
        example = mask(example, resources.carried)
    elif random.random() < rates.terms:
        example = annotate(example, resources.terms, random)
    if random.random() < rates.recognition:
        example = example._replace(source=as_recognised(example.source, example.source_language, random))
    elif random.random() < rates.missing_end:
        example = without_end(example)
    if random.random() < rates.case:
        example = recase(example, random)
    if random.random() < rates.typos:
        example = example._replace(source=misspell(example.source, random))
    if before and random.random() < rates.context:
        example = example._replace(source=f"{before}{SEPARATOR}{example.source}")
    return example


def mask(example: Example, carried: Carried) -> Example:
    """Pieces that the target has too become placeholders, numbered from 0 in the order of the source."""
    found = carried(example)[: len(PLACEHOLDERS)]
    target = example.target
    there: dict[int, str] = {}  # by the number of the piece, the mark that stands for it until all are known
    for number, (_, _, words) in sorted(enumerate(found), key=lambda one: -len(one[1][2])):  # what may hold another first
        if place := re.search(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", target):
            there[number] = chr(ord(_UNNUMBERED) + number)
            target = target[: place.start()] + there[number] + target[place.end() :]
    source, last = [], 0
    for mark, number in zip(PLACEHOLDERS, sorted(there), strict=False):
        start, end, _ = found[number]
        source += [example.source[last:start], mark]
        target = target.replace(there[number], mark)
        last = end
    return example._replace(source="".join([*source, example.source[last:]]), target=target)


_UNNUMBERED = "\U000f0000"  # and those after it: private use


def annotate(example: Example, terms: Mapping[str, Mapping[str, Sequence[str]]], random: Random, most: int = 3) -> Example:
    """Up to ``most`` words whose known translation stands in the target get it written beside them, or in their place."""
    known = terms.get(f"{example.source_language}-{example.target_language}", {})
    found = [
        (start, end, wanted)
        for start, end in _words(example.source, known)
        for wanted in known[example.source[start:end].casefold()]
        if wanted in example.target
    ]
    random.shuffle(found)
    source, last = [], 0
    for start, end, wanted in sorted(found[: random.randint(1, most)]):
        if start >= last:
            word = "" if random.random() < HIDDEN else example.source[start:end]
            source += [example.source[last:start], TERM_OPEN, word, TERM_CLOSE, wanted, TERM_TARGET_CLOSE]
            last = end
    return example._replace(source="".join([*source, example.source[last:]]))


def _words(text: str, known: Mapping[str, Sequence[str]]) -> list[tuple[int, int]]:
    """Where keys of ``known`` stand in the text: one to three words, a run of katakana, or ideographs (longest first)."""
    found = [m.span() for pattern in _CANDIDATES for m in pattern.finditer(text) if m.group().casefold() in known]
    for run in _IDEOGRAPHS.finditer(text):
        start = run.start()
        while start < run.end():
            ends = range(min(start + LONGEST_IDEOGRAPHS, run.end()), start + 1, -1)
            end = next((end for end in ends if text[start:end] in known), start)
            if end > start:
                found.append((start, end))
            start = max(end, start + 1)
    return found


_CANDIDATES = (
    re.compile(r"\b[^\W\d_]\w*(?:[ -]\w+){2}\b"),
    re.compile(r"\b[^\W\d_]\w*[ -]\w+\b"),
    re.compile(r"\b[^\W\d_]\w+\b"),
    re.compile("[\u30a1-\u30fa\u30fc]{2,}"),
)
_IDEOGRAPHS = re.compile("[\u3005\u4e00-\u9fff]{2,}")
LONGEST_IDEOGRAPHS = 8  # characters of a term written in ideographs

_PUNCTUATION = re.compile(r"[.,;:!?…\"“”()。，、；：！？「」『』（）]+")
FILLERS: Mapping[str, Sequence[str]] = {
    "en": ("um", "uh", "so", "you know", "okay so", "like"),
    "ja": ("えーと", "あの", "えー", "まあ"),
    "zh": ("嗯", "呃", "那个", "就是"),
    "fr": ("euh", "alors", "ben"),
    "de": ("äh", "ähm", "also"),
    "es": ("eh", "pues", "bueno"),
    "ko": ("음", "어", "그"),
}


def as_recognised(text: str, language: str, random: Random) -> str:
    """A sentence as speech recognition may write it: without punctuation, in lower case, now and then a filler first."""
    space = "" if language in ("ja", "zh") else " "
    plain = " ".join(_PUNCTUATION.sub(space, text).split())
    if random.random() < 0.7:
        plain = plain.lower()
    fillers = FILLERS.get(language, ())
    if fillers and random.random() < 0.3:
        plain = random.choice(fillers) + space + plain
    return plain or text


_END = re.compile(r"[.。!！?？…:：]+$")


def without_end(example: Example) -> Example:
    """The final punctuation taken off both sides, where both have some."""
    source, target = _END.sub("", example.source), _END.sub("", example.target)
    if not source or not target or source == example.source or target == example.target:
        return example
    return example._replace(source=source, target=target)


def recase(example: Example, random: Random) -> Example:
    """Both sides in upper case, or in title case; a side without case stays as it is."""
    change = random.choice((str.upper, str.title))
    source = change(example.source) if example.source_language in CASED else example.source
    target = change(example.target) if example.target_language in CASED else example.target
    return example._replace(source=source, target=target)


def misspell(text: str, random: Random) -> str:
    """One letter in twenty, at least one, swapped with the next, dropped or doubled."""
    letters = list(text)
    for _ in range(max(1, len(text) // 20)):
        i = random.randrange(len(letters)) if letters else 0
        if i + 1 < len(letters) and letters[i].isalpha() and letters[i + 1].isalpha():
            letters[i : i + 2] = random.choice(
                ([letters[i + 1], letters[i]], [letters[i]], [letters[i], letters[i], letters[i + 1]])
            )
    return "".join(letters)
