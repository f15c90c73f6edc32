"""What one language says in another by rule: dates and large numbers.

A small translator mangles them more than anything else (100万 becomes 100 million, and a date half a date), and nothing
about them needs to be understood. So each passes through it as a placeholder, and the target's own words are put back.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from diglot.pipeline.document import Range, is_unspaced
from diglot.pipeline.wording import dates, large_numbers

__all__ = ["put", "reworded"]

_WIDE = "[\u2e80-\u312f\u31a0-\ua4cf\uf900-\ufaff\uff00-\uffef]"


def reworded(text: str, source: str, target: str) -> Iterator[tuple[Range, str]]:
    """Where a text of one language has such words, in order and disjoint, and what they are in another.

    >>> list(reworded("1.2 million views by May 3", "en", "zh"))
    [((0, 11), '120万'), ((21, 26), '5月3日')]
    """
    done = 0
    for (start, end), words in sorted(
        chain(dates.reworded(text, source, target), large_numbers.reworded(text, source, target))
    ):
        if start >= done:
            done = end
            yield (start, end), words


def put(text: str, worded: Mapping[str, str]) -> str:
    """A translation with the words in the place of their marks; those written without spaces stand close to their like.

    >>> put("x は * です on *.", {"*": "10月12日"})
    'x は10月12日です on 10月12日.'
    """
    for mark, words in worded.items():
        there = re.escape(mark)
        if is_unspaced(words[-1]):
            there = f"(?:(?<={_WIDE}) +)?{there}(?: +(?={_WIDE}))?"
        text = re.sub(there, words, text)
    return text
