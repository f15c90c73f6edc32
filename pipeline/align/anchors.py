"""What two texts can have in common although their languages differ: the anchors of alignment.

Each is a short string with its kind before it: ``w`` an English word that is said (:mod:`diglot.pipeline.lexicon`) or a
word in Latin letters, ``n`` a number, ``f`` a formula, code or address, ``c`` a character of Chinese and Japanese both,
``p`` a mark at the end, ``k`` the kind of block, ``x`` a word of a translation that was given.
"""

import re
import unicodedata

from diglot.pipeline import lexicon
from diglot.pipeline.document import Segment

__all__ = ["anchors", "expected", "translated"]

# How often an anchor of each kind comes through, until the texts themselves tell; in what share of texts one is.
_RATES = {"w": 0.6, "n": 0.8, "f": 0.85, "c": 0.5, "p": 0.8, "k": 0.8, "x": 0.1}
_SHARE = 0.01

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARK = re.compile(r"([?!:])[\"'”’»)」』\s*_]*\Z")
_HAN = re.compile("[\u3400-\u9fff]")
_PAIR_OR_KATAKANA = re.compile("[\u3400-\u9fff].|[\u30a1-\u30fa\u30fc]+")
VERBATIM = frozenset({"formula", "code", "url", "email", "path"})
_HAN_LANGUAGES = frozenset({"ja", "zh", "zh-Hant"})
_ACCENTED = frozenset({"fr", "de", "es"})
_STRUCTURE = frozenset({"heading", "item", "caption", "quote"})


def anchors(segment: Segment, language: str, other: str) -> set[str]:
    """The anchors of a segment of a text in ``language`` that is compared with a text in ``other``.

    >>> text = "The 12 layers?"
    >>> sorted(anchors(Segment(0, 0, "heading", "en", text, ((0, 14),)), "en", "ja"))
    ['k:heading', 'n:12', 'p:?', 'w:layers', 'w:the']
    """
    text = unicodedata.normalize("NFKC", segment.text).lower()
    found = {f"w:{word}" for word in lexicon.said(text, language)}
    found |= {f"w:{word}" for word in lexicon.words(text) if word.isascii() or language in _ACCENTED}
    found |= {f"n:{match[0].replace(',', '')}" for match in _NUMBER.finditer(text)}
    found |= {f"f:{''.join(segment.text[s.start : s.end].split())}" for s in segment.spans if s.kind in VERBATIM}
    if language in _HAN_LANGUAGES and other in _HAN_LANGUAGES:
        found |= {f"c:{character}" for character in _HAN.findall(text)}
    if mark := _MARK.search(text[-20:]):
        found.add(f"p:{mark[1]}")
    if segment.kind in _STRUCTURE:
        found.add(f"k:{segment.kind}")
    return found


def translated(text: str, language: str) -> set[str]:
    """The anchors of a text for comparison with another in the same language: a translation and the text itself.

    In Japanese and Chinese these are pairs of characters and katakana words; all units, which overlap, would say too much.
    """
    found = lexicon.units(text.lower(), language)
    if language in ("ja", "zh"):
        found = filter(_PAIR_OR_KATAKANA.fullmatch, found)
    return {f"x:{unit}" for unit in found}


def expected(anchor: str, language: str, other: str) -> tuple[float, float, float]:
    """How often an anchor comes through, and in what share of the texts in each language it is."""
    known = lexicon.expected(anchor[2:], language, other) if anchor[0] == "w" else None
    return known or (_RATES[anchor[0]], _SHARE, _SHARE)
