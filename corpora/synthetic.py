"""Pairs of which a model wrote one side: back-translation and distillation.

Real sentences of the language to learn, translated back, teach a model to write it (Sennrich et al. 2016,
arXiv:1511.06709); a large model's translations of real sources teach a small one (Kim & Rush 2016, arXiv:1606.07947).
Either way a text goes in, a translation with its score comes out, and doubtful ones are dropped afterwards, when all
scores are known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from diglot.corpora import Pair
from diglot.corpora.clean import Report, best_share, clean, normalise, repeats_alike, standard_filters
from diglot.corpora.journal import digest, kept_results

Translate = Callable[[Sequence[str]], Sequence[tuple[str, float]]]


class Text(NamedTuple):
    """A text to translate, and where it comes from."""

    corpus: str
    document: str
    text: str


def texts_of(pairs: Iterator[Pair], language: str) -> Iterator[Text]:
    """The side of each pair that is in a language, each text once in a row."""
    before = ""
    for pair in pairs:
        if language in pair.languages:
            text = normalise(pair.first if pair.languages[0] == language else pair.second)
            if text and text != before:
                yield Text(pair.corpus, pair.document, text)
            before = text


def translate_texts(
    texts: Sequence[Text],
    translate: Translate,
    journal: Path,
    about: Mapping[str, str],
    advance: Callable[[int], None] = lambda _: None,
) -> list[tuple[str, float]]:
    """The translations of all texts, kept in a journal (:mod:`diglot.corpora.journal`); ``about`` tells of the model."""

    def work(chunk: Sequence[Text]) -> list[tuple[str, float]]:
        return [(normalise(text), score) for text, score in translate([one.text for one in chunk])]

    about = {**about, "texts": digest(text.text for text in texts)}
    return [(text, float(score)) for text, score in kept_results(texts, work, journal, about, advance)]


def pairs_made(
    texts: Sequence[Text],
    translations: Sequence[tuple[str, float]],
    source: str,
    target: str,
    *,
    best: float,
    report: Report,
) -> Iterator[Pair]:
    """The pairs whose scores are among the ``best`` share and that every filter of cleaning keeps; named ``CORPUS+mt``."""
    kept = best_share([score for _, score in translations], best)
    pairs = [
        Pair(f"{text.corpus}+mt", text.document, (source, target), text.text, translation)
        for text, (translation, _) in zip(texts, translations, strict=True)
    ]
    for pair, good in zip(pairs, kept, strict=True):
        if not good:
            report.seen += 1
            report.drop("score", pair)
    filters = standard_filters() | {"repetition": repeats_alike}
    yield from clean((pair for pair, good in zip(pairs, kept, strict=True) if good), filters, report)
