"""What no reader could take for a translation: a placeholder lost, a loop, nothing, far too much, a copy, another script.

This is the guard between a translator and a document. It is coarse, since what it refuses is translated again; finer
checks come later and only report (:mod:`diglot.pipeline.check`).
"""

import re
from collections import Counter
from collections.abc import Sequence

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline import protect
from diglot.pipeline.checks.lengths import deviation, size
from diglot.pipeline.document import is_unspaced, primary
from diglot.pipeline.protect import Masked

SHORT = 40  # letters that are never too many
FARTHEST = 5.0  # standard deviations, beyond which a length is no translation's
LOOP_TIMES = 4  # a run of words or characters repeated so often, and not in the source, is a loop
CIRCLES = 5  # and so is a phrase that comes back so often: one translation by people in 25,000
SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
}
_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)
_MARKS = frozenset((TERM_OPEN, TERM_CLOSE, TERM_TARGET_CLOSE, SEPARATOR))  # a translator reads them and never writes them
_LONE_MARKS = re.compile(r"(?:(?<=\s)[^\w\s]\s+){4}")  # marks of punctuation that stand alone, one after another
_SPACE = re.compile(r"\s+")
_KANA = re.compile("[\u3040-\u30fa\u30fd-\u30ff]")


def fault(source: Masked, hypothesis: str, source_language: str, target: str) -> str | None:
    """What makes an answer unusable: ``empty``, ``placeholder``, ``loop``, ``length``, ``noise``, ``copy`` or ``script``."""
    words = _plain(source.text)
    answer = _plain(hypothesis)
    marked = not _MARKS.isdisjoint(hypothesis)
    faults = {
        "empty": bool(words.strip()) and not answer.strip(),
        "placeholder": any(protect.lost(source, hypothesis)) or marked or _is_emptied(source, hypothesis),
        "loop": _is_loop(answer, words),
        "length": _is_far_too_long(answer, words, source_language, target),
        "noise": len(_LONE_MARKS.findall(answer)) > len(_LONE_MARKS.findall(words)),
        "copy": _is_sentence(words) and answer.casefold().split() == words.casefold().split(),
        "script": not _in_script(answer, words, target),
    }
    return next((name for name, is_so in faults.items() if is_so), None)


def _is_loop(answer: str, words: str) -> bool:
    times = loops(answer)
    return (times >= LOOP_TIMES and times > loops(words)) or (circles(answer) >= CIRCLES and circles(words) <= 2)


def _is_far_too_long(answer: str, words: str, source: str, target: str) -> bool:
    """Whether an answer is longer than any translation of these words is (:mod:`diglot.pipeline.checks.lengths`)."""
    there, here = size(answer), max(1, size(words))
    return there > SHORT and deviation(here, there, source, primary(target)) > FARTHEST


def _is_emptied(source: Masked, hypothesis: str) -> bool:
    """Whether markup that stands around words in the source stands around nothing."""
    pairs = [PLACEHOLDERS[opening] + PLACEHOLDERS[closing] for opening, closing in source.pairs]
    return any(pair in "".join(hypothesis.split()) and pair not in source.text for pair in pairs)


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in _PLACEHOLDER_SET)


def _is_sentence(text: str) -> bool:
    """Whether a text is more than a name or a term, which may well stay the same."""
    return len(text.split()) > 3 or sum(map(is_unspaced, text)) > 8


def _in_script(answer: str, words: str, target: str) -> bool:
    if not _is_sentence(words):
        return True
    if target in SCRIPTS:
        return bool(SCRIPTS[target].search(answer)) and not (
            target != "ja" and _KANA.search(answer) and not _KANA.search(words)
        )
    letters = [c for c in answer if c.isalpha()]
    return sum(map(is_unspaced, letters)) * 2 <= len(letters)


def loops(text: str) -> int:
    """How often at most a run of up to eight words (or twenty characters, where there are no spaces) follows itself.

    Single characters count for half where words count too: ``book`` and ``1000`` are no loops, ``4111111111`` is one.

    >>> loops("the model of the model of the model of words"), loops("ははははは"), loops("a clean text")
    (3, 5, 1)
    >>> loops("a model of BV4111111111111 and more")
    6
    """
    words, characters = text.split(), [c for c in text if not c.isspace()]
    if len(words) < 4 or sum(map(is_unspaced, text)) * 2 > len(text):
        return _repeats(characters, 20)
    letters = [c for c in characters if c.isalnum()]
    return max(_repeats(words, 8), _repeats(letters, 1) // 2, _repeats(letters, 8, shortest=2))


def circles(text: str) -> int:
    """How often at most a phrase of four words (or eight characters) stands in a text, one after another or not.

    >>> circles("one step at a time and one step at a time"), circles("a clean text")
    (2, 0)
    """
    units, length = (list(_SPACE.sub("", text)), 8) if sum(map(is_unspaced, text)) * 2 > len(text) else (text.split(), 4)
    phrases = Counter(tuple(units[i : i + length]) for i in range(len(units) - length + 1))
    return max(phrases.values(), default=0)


def _repeats(units: Sequence[str], longest: int, shortest: int = 1) -> int:
    """How often at most a run of ``shortest`` to ``longest`` units follows itself at once; 1 where none does."""
    most = 1
    for width in range(shortest, longest + 1):
        run = longest_run = 0
        for unit, before in zip(units[width:], units, strict=False):
            run = run + 1 if unit == before else 0
            longest_run = max(longest_run, run)
        most = max(most, longest_run // width + 1)
    return most
