"""Whether a katakana word sounds like a Latin one: トランスフォーマー and "transformer".

Both are reduced to the consonants that survive the way: katakana by the Unicode names of its letters, English by
spelling rules. Vowels, long or short, come and go in transliteration and are left out.
"""

import re
import unicodedata
from difflib import SequenceMatcher

_SPELLING = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("[ts]ion", "sn"),
        ("sh|th", "s"),
        ("t?ch", "t"),  # チ is TI
        ("ph|f", "h"),  # フ is HU
        ("m(?=[bp])", "n"),  # ン
        ("v", "b"),
        ("ck|c(?![eiy])|q", "k"),
        ("c", "s"),
        ("x", "ks"),
        ("g(?=[eiy])|j", "z"),
        ("r(?![aeiouy])", ""),  # ー
        ("l", "r"),
        ("[^bdghkmnprstz]", ""),
        (r"(.)\1+", r"\1"),
    )
)


def likeness(katakana: str, latin: str) -> float:
    """How much a katakana word sounds like a Latin word or phrase, from 0 to 1; a transliteration has 0.85 or more.

    >>> likeness("トランスフォーマー", "transformer"), likeness("モデル", "encoder")
    (1.0, 0.0)
    """
    heard, written = _consonants_of_katakana(katakana), _consonants_of_latin(latin)
    if min(len(heard), len(written)) < 2 or heard[0] != written[0]:
        return 0.0
    return SequenceMatcher(None, heard, written).ratio()


def _consonants_of_katakana(word: str) -> str:
    """``trnshm`` of トランスフォーマー."""
    sounds = []
    for name in (unicodedata.name(character, "") for character in word):
        letter = name.removeprefix("KATAKANA LETTER ")
        if letter == "N":
            sounds.append("n")
        elif letter != name and " " not in letter and letter[0] not in "AIUEOYW":  # not a vowel, not a SMALL letter
            sounds.append("b" if letter[0] == "V" else letter[0].lower())
    return re.sub(r"(.)\1+", r"\1", "".join(sounds))


def _consonants_of_latin(word: str) -> str:
    """``trnshm`` of "transformer"."""
    word = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if c.isascii() and c.isalpha())
    for pattern, sound in _SPELLING:
        word = pattern.sub(sound, word)
    return word
