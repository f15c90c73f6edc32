"""The translation of a sentence, made that of another one that differs from it in nothing but its numbers.

Translation tools exchange such numbers by themselves; a new version of a lecture has new dates, rooms and results in old
sentences. A number is exchanged only where nothing needs to be understood: it stands in the translation as it does in the
source, in the same digits and as often, so that there is one place for the new one, and what stands around it suits the new
one. What a translator wrote in another way (4:30 pm as 16:30, 3 as three) is for a translator again.
"""

import re
from collections import Counter
from typing import NamedTuple

__all__ = ["Renumbered", "renumbered", "without_numbers"]

# Digits with their separators; those of a name (GPT-4, conv2d, 3rd) belong to it.
_NUMBER = re.compile(r"(?<![A-Za-z\d_])(?<![A-Za-z][-.])(?<!\d[.,:])(?>\d+(?:[.,:]\d+)*)(?![A-Za-z_])")
_ANY = re.compile(r"\d+(?:[.,:]\d+)*")
_WITHOUT_PLURAL = frozenset({"ja", "zh", "ko"})
_SEPARATORS = ".,:"
# A Korean particle has its form by how the number before it is read: with a vowel at its end, an l, another consonant.
_BEFORE_PARTICLE = re.compile(r"(?<!\d)(?<!\d[.,:])((?>\d+(?:[.,:]\d+)*))[은는이가을를과와로으]")
_KOREAN_ENDS = str.maketrans("2459178036", "2222111000")
_STANDS_FOR_ONE = "\0"


class Renumbered(NamedTuple):
    """A translation with new numbers, and which they are: the old one and the new one of each exchange."""

    target: str
    exchanges: tuple[tuple[str, str], ...]


def without_numbers(text: str) -> str:
    """What two sentences share that differ in their numbers alone.

    >>> without_numbers("Room 4.217, at 15:30.") == without_numbers("Room 9, at 8.")
    True
    """
    return _NUMBER.sub(_STANDS_FOR_ONE, text)


def renumbered(source: str, target: str, wanted: str, language: str) -> Renumbered | None:
    """The translation ``target`` of ``source``, in ``language``, with the numbers of ``wanted``; None if not certain.

    The two sources are the same :func:`without_numbers`.

    >>> renumbered("Due on October 12.", "締め切りは10月12日です。", "Due on October 19.", "ja")
    Renumbered(target='締め切りは10月19日です。', exchanges=(('12', '19'),))
    """
    old, new = _NUMBER.findall(source), _NUMBER.findall(wanted)
    if len(old) != len(new):
        return None
    becomes = dict(zip(old, new, strict=True))
    exchanges = tuple((one, other) for one, other in becomes.items() if one != other)
    if [becomes[one] for one in old] != new:  # one number that became two
        return None
    counts = [Counter(pattern.findall(text)) for text in (source, target) for pattern in (_NUMBER, _ANY)]
    before_particles = set(_BEFORE_PARTICLE.findall(target)) if language == "ko" else set()
    for one, other in exchanges:
        is_read_alike = one not in before_particles or one[-1].translate(_KOREAN_ENDS) == other[-1].translate(_KOREAN_ENDS)
        if len({count[one] for count in counts}) > 1 or not is_read_alike or not _is_written_alike(one, other, language):
            return None
    return Renumbered(_ANY.sub(lambda number: becomes.get(number[0], number[0]), target), exchanges)


def _is_written_alike(one: str, other: str, language: str) -> bool:
    """Whether the words around a number suit another one, too, and its separators do not depend on the language (1,500)."""
    needs_plural = "1" in (one, other) and language not in _WITHOUT_PLURAL
    return not needs_plural and set(other).intersection(_SEPARATORS) <= set(one)
