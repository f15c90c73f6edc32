"""Cleaning as named, counted filters.

Each filter is a question about one pair; a pair goes on while all say yes. The report counts what each one dropped, in
order, and keeps a few examples, because a filter nobody looked at is a filter that is wrong.

A filter that needs a model looks at all pairs at once: see :mod:`diglot.corpora.doubt`.
"""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.read import numbered_lines

Filter = Callable[[Pair], bool]
EXAMPLES = 5


@dataclass
class Report:
    """How many pairs went in, how many each filter dropped, and some of those."""

    seen: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))

    def drop(self, name: str, pair: Pair) -> None:
        """Count a pair that the filter ``name`` refused."""
        self.dropped[name] += 1
        if len(self.examples[name]) < EXAMPLES:
            self.examples[name].append(pair)

    def described(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        shown = {name: [f"{p.corpus}: {p.first} | {p.second}" for p in pairs] for name, pairs in self.examples.items()}
        return {"seen": self.seen, "kept": self.kept, "dropped": dict(self.dropped), "examples": shown}


def clean(pairs: Iterable[Pair], filters: dict[str, Filter], report: Report) -> Iterator[Pair]:
    """The pairs that every filter keeps, their text normalised; ``report`` is filled as they pass."""
    for raw in pairs:
        report.seen += 1
        pair = raw._replace(first=normalise(raw.first), second=normalise(raw.second))
        refusal = next((name for name, keeps in filters.items() if not keeps(pair)), None)
        if refusal is None:
            report.kept += 1
            yield pair
        else:
            report.drop(refusal, pair)


def standard_filters(held_out: Iterable[str] = (), *, max_length: int = 600) -> dict[str, Filter]:
    """The filters of the released model, cheap ones first. ``held_out`` are texts that must not be trained on."""
    return {
        "unicode": is_sound,
        "length": lambda pair: has_length(pair, max_length),
        "ratio": has_likely_ratio,
        "script": has_likely_scripts,
        "copy": is_not_copied,
        "numbers": numbers_agree,
        "markup": markup_agrees,
        "held-out": NotIn(held_out),
        "duplicate": Unseen(lambda pair: f"{pair.languages}\t{pair.first}\t{pair.second}"),
        "near-duplicate": Unseen(lambda pair: f"{pair.languages}\t{skeleton(pair.first)}\t{skeleton(pair.second)}"),
    }


def normalise(text: str) -> str:
    """NFC, one space where white space stood, nothing at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=4)  # several filters ask for the same two texts
def skeleton(text: str) -> str:
    """What two texts that differ only in case, digits and punctuation have in common."""
    return _DIGIT.sub("0", _NO_LETTER.sub("", text.casefold()))


_NO_LETTER = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")


# ------------------------------------------------------------------------------------------------------------------ filters

_UNSOUND = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ud800-\udfff]")


def is_sound(pair: Pair) -> bool:
    """No control, replacement, private-use or surrogate characters."""
    return not _UNSOUND.search(pair.first) and not _UNSOUND.search(pair.second)


def has_length(pair: Pair, longest: int) -> bool:
    """Both sides hold a letter and are at most ``longest`` columns wide (a CJK character is two columns)."""
    return all(_LETTER.search(text) is not None and width(text) <= longest for text in (pair.first, pair.second))


@lru_cache(maxsize=4)
def width(text: str) -> int:
    """Columns on a terminal: what makes lengths of different scripts comparable.

    >>> width("model"), width("モデル")
    (5, 6)
    """
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


_LETTER = re.compile(r"[^\W\d_]")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b"
    "\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)

# How wide a text of the language is, against the same text in English: medians over some thousand pairs of sentences each.
WIDTHS = {"ja": 0.8, "zh": 0.64, "ko": 0.88, "fr": 1.16, "de": 1.16, "es": 1.11}


def has_likely_ratio(pair: Pair) -> bool:
    """Neither side is more than 2.5 times as long as the other lets expect, with some allowance for short texts."""
    sizes = (width(text) / WIDTHS.get(code, 1.0) for text, code in zip(pair[3:], pair.languages, strict=True))
    short, long = sorted(sizes)
    return long <= 2.5 * short + 15


_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
}
_HAN = re.compile("[\u3400-\u9fff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")


def has_likely_scripts(pair: Pair) -> bool:
    """Each side is written as its language is: CJK letters where there should be some, few where there should be none.

    Names and code that stand on both sides say little about the language of either: they weigh a tenth.
    """
    one, other = pair.languages
    return _fits(pair.first, one, pair.second) and _fits(pair.second, other, pair.first)


def _fits(text: str, language: str, beside: str) -> bool:
    if language not in _SCRIPTS:
        return text.isascii() or len(_CJK.findall(text)) <= 0.2 * len(_LETTER.findall(text))
    if language == "ja" and not _SCRIPTS["ja"].search(text):
        return len(_LETTER.findall(text)) <= 12 and _HAN.search(text) is not None  # a short heading may be kanji alone
    if not _SCRIPTS[language].search(text):
        return False
    latin = sum(len(word) * (0.1 if word in beside else 1.0) for word in _LATIN.findall(text))
    return len(_CJK.findall(text)) * 4 >= latin


def is_not_copied(pair: Pair) -> bool:
    """The two sides are not the same text."""
    return skeleton(pair.first) != skeleton(pair.second)


_NUMBER = re.compile(r"(?<!\d)\d++(?!\s?(?:[十百千万億亿兆만억조]|hundred|thousand|million|billion|trillion))")
_GROUPED = re.compile(r"(?<=\d)[,\u202f\u00a0](?=\d{3}(?!\d))")
_IN_WORDS = re.compile(
    "[〇一二三四五六七八九十百千万億亿兆]{2}|[十百千万]|"
    r"\b(?:ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|dozen)",
    re.IGNORECASE,
)


def numbers_agree(pair: Pair) -> bool:
    """At least half of the longer numbers (two digits and more) of each side are on the other side too.

    Where a side writes numbers in words (ten, 十) or in myriads (40億 for 4 billion), nothing is compared.
    """
    one, other = _numbers(pair.first), _numbers(pair.second)
    if len(one & other) * 2 >= max(len(one), len(other)):
        return True
    return _IN_WORDS.search(pair.first) is not None or _IN_WORDS.search(pair.second) is not None


def _numbers(text: str) -> set[str]:
    if not any(map(str.isdigit, text)):
        return set()
    plain = _GROUPED.sub("", unicodedata.normalize("NFKC", text))
    return {number for number in _NUMBER.findall(plain) if len(number) > 1}


_MARKUP = re.compile(r"`|\$\$|</?\w+>|%[sd]|\{\w*\}|https?://")


def markup_agrees(pair: Pair) -> bool:
    """Code marks, formulas, tags, format fields and links occur equally often on both sides."""
    return Counter(_MARKUP.findall(pair.first)) == Counter(_MARKUP.findall(pair.second))


_REPEATED = re.compile(r"(?=[^\d\s.\-=_*~・…])(.{1,20}?)\1{4}")


def repeats_alike(pair: Pair) -> bool:
    """Something said five times in a row is said so on both sides; a model that is caught in a loop writes it alone.

    For translations by a model: people do not write so, and the search costs more than all standard filters together.
    """
    return (_REPEATED.search(pair.first) is None) == (_REPEATED.search(pair.second) is None)


class NotIn:
    """Keeps pairs of which neither side is a held-out text. Short texts ("Yes.") are nobody's secret and pass."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._known = {_digest(key) for key in map(skeleton, texts) if len(key) >= 12}

    def __call__(self, pair: Pair) -> bool:
        """Whether neither side is known."""
        return not self._known or all(_digest(skeleton(text)) not in self._known for text in (pair.first, pair.second))


class Unseen:
    """Keeps the first pair of each key."""

    def __init__(self, key: Callable[[Pair], str]) -> None:
        self._key = key
        self._seen: set[bytes] = set()

    def __call__(self, pair: Pair) -> bool:
        """Whether the key is new; it is not afterwards."""
        digest = _digest(self._key(pair))
        new = digest not in self._seen
        self._seen.add(digest)
        return new


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


# ------------------------------------------------------------------------------------------------------------- model scores


def best_share(scores: Sequence[float], share: float) -> list[bool]:
    """Which items are among the best ``share`` (0 to 1) by score, high scores first; among equals the earlier ones.

    >>> best_share([-0.5, -3.0, -1.0, -0.7], 0.75)
    [True, False, True, True]
    """
    ranked = sorted(range(len(scores)), key=lambda i: -scores[i])
    kept = set(ranked[: round(len(scores) * share)])
    return [i in kept for i in range(len(scores))]


_OTHER_FORM = re.compile(r"\ufeff?\s*(?:<(?:[?!]|(?:srcset|refset|tmx|mteval)\b)|\{\s*\")")


def held_out_texts(paths: Iterable[Path]) -> Iterator[str]:
    """All texts of test sets that must not be trained on: a text a line, or several, separated by tabs; ``.xz`` or plain.

    Every column counts, whatever stands in it: a document's name costs nothing, a language passed over costs the test set.
    Raises :class:`diglot.InputError` for a file that gives no text, or whose texts cannot be known again: XML, JSON, bytes
    that are not UTF-8.
    """
    for path in paths:
        empty = True
        for number, line in numbered_lines(path):
            if number == 1 and _OTHER_FORM.match(line):
                raise InputError(f"{path}: is XML or JSON; write the texts of the test set a line each, or in columns")
            if "\ufffd" in line or "\0" in line:
                raise InputError(f"{path}:{number}: not UTF-8; what cannot be read cannot be held out, convert the file")
            for text in filter(str.strip, line.split("\t")):
                empty = False
                yield text
        if empty:
            raise InputError(f"{path}: holds no text; nothing would be held out")
