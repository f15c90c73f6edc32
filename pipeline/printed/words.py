"""The lines of a block joined into one text: with or without a space, the hyphens at their ends kept or taken back.

A hyphen at the end of a line divides a word, or belongs to it (self-attention). The document itself says which: a word that
it has elsewhere in one piece was divided, one that it has elsewhere with its hyphen was not. Else the two parts tell: where
both are words by themselves, the hyphen stays.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import pairwise

from diglot import LANGUAGES
from diglot.pipeline.document import joiner
from diglot.pipeline.wordlists import common_words

_HYPHENS = "-\N{HYPHEN}\N{SOFT HYPHEN}"
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_LAST = re.compile(r"(?P<word>[^\W\d_]+)[-‐\u00ad]\Z")
_FIRST = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.|doi\.org/)\S*[/_=&?.#-]\Z")
_NEVER_ALONE = frozenset(("self", "non", "well", "multi", "cross", "pre", "post", "semi", "quasi", "anti", "co", "ex"))


def words_of(lines: Iterable[str]) -> frozenset[str]:
    """The words of a document in small letters, those with hyphens too; not those at the ends of lines."""
    found: set[str] = set()
    for line in lines:
        found.update(match[0].lower().replace("‐", "-") for match in _WORD.finditer(line) if match.end() < len(line) - 1)
    return frozenset(found)


def joined(lines: Sequence[str], known: Collection[str] = ()) -> str:
    """Lines as one text; ``known`` are the words of the document.

    >>> joined(["Back-", "propagation and self-", "attention"], {"self-attention"})
    'Backpropagation and self-attention'
    """
    pieces = [lines[0]] if lines else []
    for before, line in pairwise(lines):
        kept, between = _seam(before, line, known)
        pieces[-1] = pieces[-1][: len(pieces[-1]) - (not kept)]
        pieces += [between, line]
    return "".join(pieces).replace("\N{SOFT HYPHEN}", "")


def _seam(before: str, line: str, known: Collection[str]) -> tuple[bool, str]:
    """Whether the last character of a line is kept, and what joins it to the next."""
    last, first = _LAST.search(before[-60:]), _FIRST.match(line)
    if last and first and first[0][0].islower():
        return before[-1] != "\N{SOFT HYPHEN}" and _belongs(last["word"].lower(), first[0].lower(), known), ""
    if before[-1:] in _HYPHENS and before[-2:-1].isalnum() and line[:1].isalnum():
        return True, ""
    return True, "" if _ADDRESS.search(before[-300:]) and not line[:1].isupper() else joiner(before, line)


def _belongs(left: str, right: str, known: Collection[str]) -> bool:
    """Whether the hyphen between two parts is one of the word's own."""
    whole, with_hyphen = left + right, f"{left}-{right}"
    if whole in known or whole in _common():
        return False
    if with_hyphen in known or left in _NEVER_ALONE:
        return True
    return all(part in known or part in _common() for part in (left, right))


@cache
def _common() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in common_words(language) if len(word) > 1)
