"""Train the classifier of ``diglot.pipeline.ngrams`` and write ``pipeline/data/detect.bin``.

    python scripts/train_detect.py corpora/*.tsv.xz

Multinomial logistic regression over hashed n-grams (Adagrad, a tenth of the features dropped at random in each step),
on sentences and on pieces cut out of them, because most of what is hard to tell is short. Left out are

* the rows that :func:`held_out` keeps for calibration and for ``benchmarks/detect.py``, and texts that occur there;
* a side that has no word that its translation lacks: names, code, what was never translated.

Traditional Chinese is made from Simplified with OpenCC. Other languages in Latin script (``und``) are words drawn by
their frequency from the lists of wordfreq; so are some examples of our own languages, for a vocabulary wider than that
of the corpora. The probabilities are calibrated on the held-out rows.

Needs torch and ``pip install opencc-python-reimplemented wordfreq``; about 12 minutes on one core, 6 GB of memory.
"""

import argparse
import json
import random
import re
import unicodedata
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import torch

from diglot.corpora.read import read_tsv
from diglot.pipeline.ngrams import (
    ASIAN,
    LANGUAGES,
    LATIN,
    character_features,
    mixture,
    row_index,
    tokens,
    word_features,
)

OTHERS = "ca cs da fi fil hu id is it lt lv ms nb nl pl pt ro sh sk sl sv tr vi"  # in Latin script, known to wordfreq
CLOSE = "ca it nl pt"  # to ours: four times as much of them
FROM_ONE_CORPUS = 20_000  # texts of a language, so that no large corpus drowns the others
ROWS_LATIN, ROWS_ASIAN = 1 << 19, 1 << 18
STEP = 0.02  # nats of one unit of a stored weight
MISLABELLED = 0.005
START = 1e-6  # of the sums of squared gradients: of the size of one gradient, so that rare features learn too
DICTIONARIES = {"cc-cedict", "ejdict"}  # headwords and glosses: to learn from, but not what people have


class Text(NamedTuple):
    """One side of a row of parallel text."""

    language: str
    corpus: str
    text: str
    held_out: bool


def held_out(corpus: str, document: str, row: int) -> bool:
    """Whether a row of a document is kept from training: one in twenty, by hundreds as some documents are long."""
    return zlib.crc32(f"{corpus}\t{document}\t{row // 100}".encode()) % 20 == 0


def texts(paths: Iterable[Path]) -> Iterator[Text]:
    """Every usable side of every row."""
    for path in paths:
        document, row = ("", ""), 0
        for pair in read_tsv(path):
            row = row + 1 if (pair.corpus, pair.document) == document else 0
            document = (pair.corpus, pair.document)
            out = held_out(*document, row)
            for language, text, other in zip(pair.languages, pair[3:], pair[:2:-1], strict=True):
                if words(text) - words(other):
                    yield Text(language, pair.corpus, text, out)


def words(text: str) -> set[str]:
    """The letters-only words of a text, in lower case."""
    return set(re.findall(r"[^\W\d_]+", text.lower()))


def word_soup(language: str, number: int, rng: random.Random) -> list[str]:
    """So many texts of one to five words, drawn from the 30,000 most frequent of a language, the rare somewhat more."""
    from wordfreq import get_frequency_dict

    known = sorted(get_frequency_dict(language, "best").items(), key=lambda item: -item[1])
    words = [(word, frequency) for word, frequency in known[:30_000] if word.isalpha()]
    drawn = iter(rng.choices([word for word, _ in words], [frequency**0.6 for _, frequency in words], k=5 * number))
    if language in ASIAN:
        return list(islice(drawn, number))
    return [" ".join(islice(drawn, rng.randint(1, 5))) for _ in range(number)]


class Sample(NamedTuple):
    """Texts by language, then by corpus: those to train on and those to calibrate on."""

    training: dict[str, dict[str, list[str]]]
    held_out: dict[str, list[str]]


def sample(found: Iterable[Text], rng: random.Random) -> Sample:
    """A random sample (reservoir) of so many texts from each corpus and language; of those held out a fifth."""
    stores: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    seen: dict[tuple[str, str, bool], int] = defaultdict(int)
    for language, corpus, text, out in found:
        key = (language, corpus, out)
        seen[key] += 1
        limit = FROM_ONE_CORPUS // 5 if out else FROM_ONE_CORPUS
        if len(stores[key]) < limit:
            stores[key].append(text)
        elif (place := rng.randrange(seen[key])) < limit:
            stores[key][place] = text
    kept = {text for (_, _, out), store in stores.items() if out for text in store}
    result = Sample(defaultdict(dict), defaultdict(list))
    for (language, corpus, out), store in stores.items():
        if out and corpus not in DICTIONARIES:
            result.held_out[language] += store
        elif not out:
            result.training[language][corpus] = [text for text in store if text not in kept]
    return result


def balanced(by_corpus: dict[str, list[str]], number: int, rng: random.Random) -> list[str]:
    """About so many texts; from each corpus by the root of its size, so that small ones are heard."""
    total = sum(len(store) ** 0.5 for store in by_corpus.values())
    return [
        text
        for store in by_corpus.values()
        for text in rng.sample(store, min(len(store), int(number * len(store) ** 0.5 / total) + 1))
    ]


def columns(text: str) -> int:
    """The width of a text where Chinese, Japanese and Korean characters are two columns wide."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def piece(text: str, limit: int, rng: random.Random) -> str:
    """A random piece of at most so many columns (but one word at least), cut at white space or between characters."""
    units = re.findall(r"[぀-鿿豈-﫿＀-￯]|[^\s぀-鿿豈-﫿＀-￯]+\s*|\s+", text)
    start = rng.randrange(len(units))
    end, width = start + 1, columns(units[start].strip())
    while end < len(units) and width + columns(units[end].rstrip()) <= limit:
        width += columns(units[end])
        end += 1
    return "".join(units[start:end]).strip()


def shortened(text: str, rng: random.Random) -> str:
    """A text as it is (three in ten), or a tiny (35 of 100), short (20) or medium (15) piece of it."""
    chance = rng.random()
    if chance < 0.3:
        return text
    low, high = (4, 12) if chance < 0.65 else (13, 30) if chance < 0.85 else (31, 90)
    return piece(text, rng.randint(low, high), rng)


def han_words(by_corpus: dict[str, list[str]], number: int, rng: random.Random) -> list[str]:
    """Words of two to six Chinese characters inside texts: headings and table cells, the hardest to tell."""
    words = []
    for text in chain.from_iterable(by_corpus.values()):
        for run in re.findall("[一-鿿々]{2,}", text):
            start = rng.randrange(len(run) - 1) if len(run) > 6 else 0
            words.append(run[start : start + rng.randint(2, 6)])
    return rng.sample(words, min(len(words), number))


def examples(found: Sample, number: int, rng: random.Random) -> list[tuple[str, str]]:
    """What the model learns from, shuffled ``(text, language)``: about ``number`` of a language, more of English."""
    share = {"en": 2.5, "de": 1.5, "es": 1.5, "fr": 1.5, "ja": 1.5, "zh": 1.5, "ko": 0.4}
    traditional = traditional_chinese()
    others = OTHERS.split() + 3 * CLOSE.split()
    result = [(text, "und") for language in others for text in word_soup(language, number // 40, rng)]
    for language, by_corpus in found.training.items():
        taken = balanced(by_corpus, int(share[language] * number), rng)
        result += [(shortened(text, rng), language) for text in taken]
        result += [(text, language) for text in word_soup(language, number // 2, rng)]
        if language in ("ja", "zh"):
            result += [(word, language) for word in han_words(by_corpus, number, rng)]
        if language == "zh":
            learned = [shortened(text, rng) for text in rng.sample(taken, len(taken) // 5)]
            learned += word_soup(language, number // 5, rng)
            result += [(traditional(text), "zh-Hant") for text in learned]
    result = [(text, language) for text, language in result if speaks(text, language)]
    rng.shuffle(result)
    return result


def finish(found: Sample, number: int, rng: random.Random) -> list[tuple[str, str]]:
    """For a last epoch: many more words of Chinese characters, in Japanese and in Chinese, than all else would bear."""
    result = []
    for language in ("ja", "zh"):
        result += [(word, language) for word in han_words(found.training[language], number, rng)]
    traditional = traditional_chinese()
    result += [(traditional(word), "zh-Hant") for word in han_words(found.training["zh"], number // 6, rng)]
    result += [("the", "en")]  # a bag cannot be without any word
    rng.shuffle(result)
    return result


def speaks(text: str, language: str) -> bool:
    """Whether a piece has letters of its language's script: a term cut out of a Japanese sentence is not Japanese."""
    words, characters = tokens(text)
    return bool(characters if language in ASIAN else words)


@cache
def traditional_chinese() -> Callable[[str], str]:
    """The conversion from Simplified Chinese."""
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("s2tw").convert
    return convert


class Bags(NamedTuple):
    """The rows of the features of all examples in one array each, and where each example begins."""

    latin: torch.Tensor
    latin_starts: torch.Tensor
    asian: torch.Tensor
    asian_starts: torch.Tensor
    counts: torch.Tensor
    labels: torch.Tensor


def bags(found: list[tuple[str, str]]) -> Bags:
    """Turn examples into rows of the two tables."""
    word_rows = cache(lambda word: [row_index(feature, ROWS_LATIN) for feature in word_features(word)])
    character_rows = cache(lambda text: [row_index(feature, ROWS_ASIAN) for feature in character_features(text)])
    latin, asian, latin_starts, asian_starts, counts = array("i"), array("i"), array("q", [0]), array("q", [0]), []
    for text, _ in found:
        words, characters = tokens(text)
        for word in words:
            latin.extend(word_rows(word))
        latin.extend(row_index(each, ROWS_LATIN) for each in mixture(text, len(words), len(characters)))
        for character in characters:
            asian.extend(character_rows(character))
        latin_starts.append(len(latin))
        asian_starts.append(len(asian))
        counts.append(len(words) + len(characters))
    return Bags(
        torch.frombuffer(latin, dtype=torch.int32),
        torch.frombuffer(latin_starts, dtype=torch.int64),
        torch.frombuffer(asian, dtype=torch.int32),
        torch.frombuffer(asian_starts, dtype=torch.int64),
        torch.tensor(counts, dtype=torch.float32),
        torch.tensor([LANGUAGES.index(language) for _, language in found]),
    )


class Weights(NamedTuple):
    """The two tables and the bias of each language."""

    latin: torch.Tensor
    asian: torch.Tensor
    bias: torch.Tensor


def untrained() -> Weights:
    """Zeros."""
    return Weights(torch.zeros(ROWS_LATIN, len(LATIN)), torch.zeros(ROWS_ASIAN, len(ASIAN)), torch.zeros(len(LANGUAGES)))


def train(weights: Weights, data: Bags, epochs: int, *, rate: float, batch: int = 256, dropped: float = 0.1) -> Weights:
    """Multinomial logistic regression by Adagrad; the learning rate falls from one epoch to the next."""
    squares = Weights(*(torch.full_like(each, START) for each in weights))
    for parameter in weights:
        parameter.requires_grad_()
    for epoch in range(epochs):
        total = 0.0
        order = torch.randperm(len(data.labels) // batch).tolist()
        for number in order:
            start, end = number * batch, (number + 1) * batch
            scores = logits(weights, data, start, end, dropped)
            loss = torch.nn.functional.cross_entropy(scores, data.labels[start:end])
            gradients = torch.autograd.grad(loss, list(weights))
            with torch.no_grad():
                step(weights, squares, gradients, data=data, part=slice(start, end), rate=rate * (1 - epoch / epochs))
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(order):.4f}", flush=True)
    return Weights(*(each.detach() for each in weights))


def logits(weights: Weights, data: Bags, start: int, end: int, dropped: float = 0.0) -> torch.Tensor:
    """The scores of examples ``start`` to ``end``, (examples, languages)."""

    def summed(table: torch.Tensor, rows: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        first, last = int(starts[start]), int(starts[end])
        kept = (torch.rand(last - first) >= dropped).float() / (1 - dropped)
        offsets = (starts[start:end] - first).int()
        return torch.nn.functional.embedding_bag(rows[first:last], table, offsets, mode="sum", per_sample_weights=kept)

    latin = summed(weights.latin, data.latin, data.latin_starts)
    asian = summed(weights.asian, data.asian, data.asian_starts)
    return torch.cat([latin, asian], 1) + weights.bias


def step(
    weights: Weights, squares: Weights, gradients: Sequence[torch.Tensor], *, data: Bags, part: slice, rate: float
) -> None:
    """One step of Adagrad on the rows that the examples of ``part`` touch."""
    touched = [
        torch.unique(rows[int(starts[part.start]) : int(starts[part.stop])]).long()
        for rows, starts in ((data.latin, data.latin_starts), (data.asian, data.asian_starts))
    ]
    every = torch.arange(len(LANGUAGES))
    for table, square, gradient, rows in zip(weights, squares, gradients, [*touched, every], strict=True):
        here = gradient[rows]
        square[rows] += here * here
        table[rows] -= rate * here / square[rows].sqrt()


class Calibration(NamedTuple):
    """How scores become log-likelihoods: score * scale / (1 + tokens / half) + bias."""

    scale: float
    half: float
    bias: list[float]


def calibrate(weights: Weights, data: Bags, importance: torch.Tensor) -> Calibration:
    """Fit the calibration to held-out examples, each counted by its importance (L-BFGS on the cross-entropy).

    A share ``MISLABELLED`` of all labels is taken for random, as it is: else a few long lines in another language than
    their file would teach to doubt all long lines. The sum over the tokens turns into their mean as a text gets longer:
    tokens of one text are not independent, and a free power of its length came to one by itself.
    """
    parts = [logits(weights, data, i, min(i + 1000, len(data.labels))) for i in range(0, len(data.labels), 1000)]
    scores = torch.cat(parts) - weights.bias
    free = torch.tensor([0.0, 3.0], requires_grad=True)  # logarithms of scale and half
    bias = weights.bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([free, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        sharpness = free[0].exp() / (1 + data.counts / free[1].exp())
        right = torch.softmax(scores * sharpness[:, None] + bias, 1).gather(1, data.labels[:, None])[:, 0]
        total = -((1 - MISLABELLED) * right + MISLABELLED / len(LANGUAGES)).log() @ importance / importance.sum()
        total.backward()
        return total

    optimizer.step(loss)
    scale, half = free.exp().tolist()
    print(f"calibrated: loss {loss().item():.4f}, scale {scale:.3f}, half {half:.1f}")
    return Calibration(scale, half, [round(each, 3) for each in bias.tolist()])


def write(path: Path, weights: Weights, calibration: Calibration) -> None:
    """Tables as signed bytes behind a line of JSON, all compressed."""
    header = {
        "latin": ROWS_LATIN,
        "bias": calibration.bias,
        "scale": round(STEP * calibration.scale, 6),
        "half": round(calibration.half, 2),
    }
    tables = [(table / STEP).round().clamp(-127, 127).to(torch.int8).numpy().tobytes() for table in weights[:2]]
    data = zlib.compress(json.dumps(header).encode() + b"\n" + b"".join(tables), 9)
    path.write_bytes(data)
    print(f"{path}: {len(data):,} bytes")


def calibration_set(found: Sample, rng: random.Random) -> tuple[list[tuple[str, str]], torch.Tensor]:
    """Held-out examples and how much each counts: the languages alike, but the rare ``und`` and ``zh-Hant`` less."""
    traditional = traditional_chinese()
    by_language = {language: rng.sample(store, min(len(store), 6000)) for language, store in found.held_out.items()}
    by_language["zh-Hant"] = [traditional(text) for text in by_language["zh"][:2000]]
    by_language["und"] = [text for language in OTHERS.split() for text in word_soup(language, 200, rng)]
    weight = {"und": 0.15, "zh-Hant": 0.3}
    result, importance = [], []
    for language, store in by_language.items():
        pieces = [text for text in (shortened(text, rng) for text in store) if speaks(text, language)]
        result += [(text, language) for text in pieces]
        importance += [weight.get(language, 1.0) / len(pieces)] * len(pieces)
    return result, torch.tensor(importance)


def main() -> None:
    """Read, sample, train, calibrate, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--number", type=int, default=80_000, help="texts of a language")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "pipeline" / "data" / "detect.bin")
    arguments = parser.parse_args()
    rng = random.Random(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    found = sample(texts(arguments.corpora), rng)
    weights = train(untrained(), bags(examples(found, arguments.number, rng)), arguments.epochs, rate=0.1)
    weights = train(weights, bags(finish(found, 8 * arguments.number, rng)), 1, rate=0.05)
    test, importance = calibration_set(found, rng)
    write(arguments.out, weights, calibrate(weights, bags(test), importance))


if __name__ == "__main__":
    main()
