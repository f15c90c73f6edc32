"""Cleaning as named, counted filters.

Each filter is a question about one pair; a pair goes on while all say yes. The report counts what each one dropped, in
order, and keeps a few examples, because a filter nobody looked at is a filter that is wrong.
"""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from diglot.corpora import Pair

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


def skeleton(text: str) -> str:
    """What two texts that differ only in case, digits and punctuation have in common."""
    return "".join("0" if c.isdigit() else c for c in text.casefold() if c.isalnum())


# ------------------------------------------------------------------------------------------------------------------ filters

_UNSOUND = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ud800-\udfff]")


def is_sound(pair: Pair) -> bool:
    """No control, replacement, private-use or surrogate characters."""
    return not _UNSOUND.search(pair.first) and not _UNSOUND.search(pair.second)


def has_length(pair: Pair, longest: int) -> bool:
    """Both sides hold a letter and are at most ``longest`` columns wide (a CJK character is two columns)."""
    return all(any(c.isalpha() for c in text) and width(text) <= longest for text in (pair.first, pair.second))


def width(text: str) -> int:
    """Columns on a terminal: what makes lengths of different scripts comparable.

    >>> width("model"), width("モデル")
    (5, 6)
    """
    return sum(2 if ord(c) >= 0x1100 and unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def has_likely_ratio(pair: Pair) -> bool:
    """The longer side is at most 2.5 times as wide as the other, with some allowance for short texts."""
    short, long = sorted((width(pair.first), width(pair.second)))
    return long <= 2.5 * short + 10


_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
}
_HAN = re.compile("[\u3400-\u9fff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")


def has_likely_scripts(pair: Pair) -> bool:
    """Each side is written as its language is: CJK letters where there should be some, few where there should be none."""
    return all(_fits(text, code) for text, code in zip((pair.first, pair.second), pair.languages, strict=True))


def _fits(text: str, language: str) -> bool:
    letters = len(_LETTER.findall(text))
    if language not in _SCRIPTS:
        return len(_CJK.findall(text)) <= 0.2 * letters
    if language == "ja" and not _SCRIPTS["ja"].search(text):
        return letters <= 12 and bool(_HAN.search(text))  # a short heading may be kanji alone
    return bool(_SCRIPTS[language].search(text)) and len(_CJK.findall(text)) >= 0.2 * letters


def is_not_copied(pair: Pair) -> bool:
    """The two sides are not the same text."""
    return skeleton(pair.first) != skeleton(pair.second)


_NUMBER = re.compile(r"\d+")


def numbers_agree(pair: Pair) -> bool:
    """At least half of the longer numbers (two digits and more) of each side are on the other side too."""
    one, other = ({n for n in _NUMBER.findall(unicodedata.normalize("NFKC", t)) if len(n) > 1} for t in pair[3:])
    return len(one & other) * 2 >= max(len(one), len(other))


_MARKUP = re.compile(r"`|\$\$|</?\w+>|%[sd]|\{\w*\}|https?://")


def markup_agrees(pair: Pair) -> bool:
    """Code marks, formulas, tags, format fields and links occur equally often on both sides."""
    return Counter(_MARKUP.findall(pair.first)) == Counter(_MARKUP.findall(pair.second))


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
