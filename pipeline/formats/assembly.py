"""A text put together again: pieces in their places, all else as it was.

Between two sentences on one line there is a space where their translations are written with spaces, and none where they
are not and end with a mark.
"""

from collections.abc import Mapping

from diglot.pipeline.document import Range, is_unspaced, joiner


def assembled(text: str, pieces: Mapping[Range, str], start: int, end: int, shown: Mapping[Range, str] | None = None) -> str:
    """The part ``[start, end)`` of a text with each piece, all of which lie in it, in the place of what stands there.

    ``shown`` are the pieces as people read them, where they are written otherwise.

    >>> assembled("one two three", {(4, 7): "zwei"}, 0, 13)
    'one zwei three'
    """
    parts, before = [], (start, start)
    for place in sorted(pieces):
        parts += [_gap(text, before, place, pieces if shown is None else shown), pieces[place]]
        before = place
    return "".join([*parts, text[before[1] : end]])


def _gap(text: str, before: Range, after: Range, pieces: Mapping[Range, str]) -> str:
    """What stands between two pieces: as it was, but for the space that is a matter of the language."""
    gap = text[before[1] : after[0]]
    if gap.strip(" ") or before not in pieces or after not in pieces:
        return gap
    was, is_now = (
        _space_between(left, right)
        for left, right in ((text[slice(*before)], text[slice(*after)]), (pieces[before], pieces[after]))
    )
    if is_now is None or gap != was:
        return gap
    return is_now or ("" if _ends_by_itself(pieces[before]) else gap)


def _ends_by_itself(piece: str) -> bool:
    """Whether a piece ends with a full-width mark, as 。 and 」 are. After a word, or the marks of emphasis, a space is what
    tells two sentences apart: 「始めます これは」.
    """
    return not piece or (is_unspaced(piece[-1]) and not piece[-1].isalnum())


def _space_between(left: str, right: str) -> str | None:
    """The joiner of two sentences, told by their last and first letters; None where one has no letters."""
    last = next((c for c in reversed(left) if c.isalnum()), "")
    first = next((c for c in right if c.isalnum()), "")
    return joiner(last, first) if last and first else None
