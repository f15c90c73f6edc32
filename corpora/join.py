"""Pairs of two languages that nobody aligned, joined over the sentence in a third that both were translated from."""

from collections.abc import Iterable, Iterator

from diglot.corpora import Pair
from diglot.corpora.clean import skeleton

SHORTEST = 12  # letters of the pivot sentence: shorter ones ("Note:") are translated in too many ways


def join(one: Iterable[Pair], other: Iterable[Pair]) -> Iterator[Pair]:
    """From pivot-A and pivot-B pairs the A-B pairs of the same pivot sentence, once for each sentence.

    The pairs keep the corpus and document of ``other``, so they come in its order.
    """
    known: dict[str, Pair] = {}
    for pair in one:
        key = skeleton(pair.first)
        if len(key) >= SHORTEST:
            known.setdefault(key, pair)
    for pair in other:
        match = known.pop(skeleton(pair.first), None)
        if match is not None:
            yield Pair(pair.corpus, pair.document, (match.languages[1], pair.languages[1]), match.second, pair.second)
