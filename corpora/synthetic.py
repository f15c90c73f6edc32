"""Pairs of which a model wrote one side: back-translation and distillation.

Real sentences of the language to learn, translated back, teach a model to write it (Sennrich et al. 2016,
arXiv:1511.06709); a large model's translations of real sources teach a small one (Kim & Rush 2016, arXiv:1606.07947).
Either way a text goes in, a translation with its score comes out, and doubtful ones are dropped afterwards, when all
scores are known.

The work is kept in a journal, a line for each text, so that a run that was cut off goes on where it was.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.clean import Report, best_share, clean, normalise, repeats_alike, standard_filters

Translate = Callable[[Sequence[str]], Sequence[tuple[str, float]]]
CHUNK = 2000  # texts that are translated at a time: what a run that is cut off loses at most


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
    """The translations of all texts, of which those in the journal are not made again.

    ``about`` says what the journal is of besides the texts (languages, model). Raises :class:`diglot.InputError` where the
    journal is of something else.
    """
    digest = hashlib.blake2b("\n".join(text.text for text in texts).encode("utf-8", "surrogatepass"), digest_size=16)
    done = _open_journal(journal, {**about, "texts": digest.hexdigest()})
    advance(len(done))
    with journal.open("a", encoding="utf-8", newline="\n") as file:
        for start in range(len(done), len(texts), CHUNK):
            chunk = texts[start : start + CHUNK]
            made = [(normalise(text), score) for text, score in translate([text.text for text in chunk])]
            file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in made))
            file.flush()
            done += made
            advance(len(chunk))
    return done


def _open_journal(path: Path, about: Mapping[str, str]) -> list[tuple[str, float]]:
    """What a journal holds, after cutting off a line that was not finished; a new journal where there is none."""
    try:
        data = path.read_bytes() if path.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            path.write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
            return []
        head, *lines = whole.decode("utf-8").split("\n")[:-1]
        if json.loads(head) != about:
            raise InputError(f"{path}: was begun with other texts, languages or another model; remove it to begin anew")
        if len(whole) < len(data):
            path.write_bytes(whole)
        return [(text, float(score)) for text, score in map(json.loads, lines)]
    except (ValueError, TypeError) as exc:
        raise InputError(f"{path}: is not a journal of this program ({exc}); remove it to begin anew") from exc


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
