"""What one language says in another by rule: dates and large numbers.

A small translator mangles them more than anything else (100万 becomes 100 million, and a date half a date), and nothing
about them needs to be understood. So each passes through it as a placeholder, and the target's own words are put back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from diglot import PLACEHOLDERS
from diglot.pipeline.document import Range, Span, is_unspaced
from diglot.pipeline.wording import dates, large_numbers

__all__ = ["carried", "put", "reworded"]

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


def carried(text: str, source: str, target: str, spans: Sequence[Span]) -> list[tuple[Span, str | None]]:
    """The protected pieces of a text, and beside them what is said by rule, as far as placeholders go; in order.

    With each comes what the target says for it, None where that is the piece itself. A number that is protected goes with
    the large one that it is part of.

    >>> [words for _, words in carried("`x` of 10,000 万", "zh", "en", [Span(0, 3, "code"), Span(7, 13, "number")])]
    [None, '100 million']
    """
    by_rule: list[tuple[Span, str | None]] = []
    kept = list(spans)
    for (start, end), words in reworded(text, source, target):
        across = [span for span in kept if span.start < end and start < span.end]
        within = [span for span in across if span.kind == "number" and start <= span.start and span.end <= end]
        if len(across) == len(within) and len(kept) - len(within) + len(by_rule) < len(PLACEHOLDERS):
            kept = [span for span in kept if span not in within]
            by_rule.append((Span(start, end, "number"), words))
    return sorted([*((span, None) for span in kept), *by_rule], key=lambda one: one[0].start)


def put(text: str, worded: Mapping[str, str]) -> str:
    """A translation with the words in the place of their marks: a capital letter where it begins with them, and those
    written without spaces close to their like.

    >>> put("x は * です on *.", {"*": "10月12日"}), put("* est férié.", {"*": "lundi"})
    ('x は10月12日です on 10月12日.', 'Lundi est férié.')
    """
    for mark, words in worded.items():
        there = re.escape(mark)
        begins = re.match(rf"\W*{there}", text) is not None
        if is_unspaced(words[-1]):
            there = f"(?:(?<={_WIDE}) +)?{there}(?: +(?={_WIDE}))?"
        text = re.sub(there, words[0].upper() + words[1:] if begins else words, text)
    return text
