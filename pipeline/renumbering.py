"""The translation of a sentence, made that of another one that differs from it in nothing but its numbers.

Translation tools exchange such numbers by themselves; a new version of a lecture has new dates, rooms and results in old
sentences. A number is exchanged only where nothing needs to be understood: it stands in the translation as it does in the
source, in the same digits and as often, so that there is one place for the new one. What a translator wrote in another way
(4:30 pm as 16:30, 3 as three) is for a translator again.
"""

import re
from typing import NamedTuple

__all__ = ["Renumbered", "renumbered", "without_numbers"]

# Digits with their separators; those of a name (GPT-4, conv2d, 3rd) belong to it.
_NUMBER = re.compile(r"(?<![A-Za-z\d_])(?<![A-Za-z][-.])(?<!\d[.,:])(?>\d+(?:[.,:]\d+)*)(?![A-Za-z_])")
_ANY = re.compile(r"\d+(?:[.,:]\d+)*")
_WITHOUT_PLURAL = frozenset({"ja", "zh", "ko"})
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
    there = _ANY.findall(target)
    for one, other in exchanges:
        needs_plural = "1" in (one, other) and language not in _WITHOUT_PLURAL
        if needs_plural or not there.count(one) == _ANY.findall(source).count(one) == old.count(one):
            return None
    return Renumbered(_ANY.sub(lambda number: becomes.get(number[0], number[0]), target), exchanges)
