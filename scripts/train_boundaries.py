"""Train the two models of ``diglot.pipeline.boundaries`` and write ``pipeline/data/boundaries.npz``.

    python scripts/train_boundaries.py corpora/*.tsv.xz --work DIR
    python scripts/train_boundaries.py --work DIR --device cuda --batch 512 --units 2000

The first line does all of it, in hours. What each step makes stays in the folder and is not made again, so that a run that
broke off goes on, and so that the sentences, read where the corpora are (``--sentences`` stops there), can be carried to a
machine with a GPU, where the second line needs nothing else. ``--units`` is how long the tagger is trained, in million units
drawn (a word, or a Chinese or Japanese character).

Sentences come from the corpora in document order: rows that end in an end mark, cut by the rules of ``punctuation``; a
row without one (a heading, a list item) breaks the run. Each run is then spoiled as speech recognition does it: most lose
all punctuation and case, some lose only a part of their end marks, and a few have marks where none belong. Lectures and
talks are drawn more often as the training goes on.

The linear model is trained by AdaGrad in one pass, which takes a minute. Small weights are stored as nothing.

The vectors of the tagger's table start from word statistics: which frequent units and which sentence ends stand around a
row, as positive mutual information, reduced to ``WIDTH`` dimensions. Then the network is trained in bf16 on windows of all
languages and kinds of text at once.

Two runs in a hundred are held out, to print the loss on them and to fit the weights of the two models in their sum.

Needs torch and 8 GB of memory.
"""

import argparse
import json
import lzma
import random
import re
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from diglot.corpora.read import read_tsv
from diglot.pipeline import boundaries, punctuation

# The languages of each group, and how often each is drawn.
GROUPS = {
    "spaced": {"en": 0.36, "fr": 0.22, "de": 0.20, "es": 0.14, "ko": 0.08},
    "unspaced": {"ja": 0.5, "zh": 0.5},
}
SPEECH = frozenset(
    {"coursera", "nyu-captions", "3b1b-community", "pharo-mooc-captions", "hf-course-captions", "google-captions"}
    | {"missing-semester-captions", "deeplearningai-captions"}
)
RUNNING = frozenset({"nyu-captions", "deeplearningai-captions", "3b1b-community"})  # rows cut by time, not by sentence
LEFT_OUT = frozenset({"cc-cedict", "ejdict", "csapp-captions", "git-ui", "multi30k"})  # no sentences, or no marks
MOST_CHARACTERS = {"en": 60_000_000, "ja": 25_000_000, "zh": 25_000_000}  # of text that is not speech
KINDS = ("general", "speech", "held out")
SPEECH_COPIES = 3  # differently spoiled
LONGEST_RUN, LONGEST_SENTENCE = 60, 3000
WIDTH, STATE, HIDDEN = 48, 128, 48
WINDOW, MARGIN, RATE, WARM_UP = 160, 12, 3e-3, 100
DROPOUT, UNKNOWN = 0.2, 0.1  # what is spoken is little, and is soon known by heart
SPEECH_FIRST, SPEECH_LAST = 0.3, 0.6  # of what is drawn
REPORTS, SAVE_SECONDS = 24, 120
LINEAR_PIECE, LINEAR_BATCH, LINEAR_RATE, LINEAR_BIAS = 50_000, 2048, 0.15, -2.5
LINEAR_STEP = 0.25  # between two weights as they are stored
SHIPPED = Path(boundaries.__file__).parent / "data" / "boundaries.npz"

END = re.compile(r"[.!?。！？…]+[\"'”’」』)）]*$")
MARKS = re.compile(r"[.!?,;:\"“”„‟«»‹›()\[\]{}…。，、；：？！「」『』（）《》〈〉【】・｡､*_`|]+")
INNER = re.compile(r"(?<=\w)[.,](?=\w)")
SPACE_BY_CJK = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef])"
)


Arrays = dict[str, NDArray[Any]]


class Run(NamedTuple):
    """Sentences that follow one another."""

    speech: bool
    held_out: bool
    sentences: list[str]


class Stream(NamedTuple):
    """Units of many runs, one after another: (N, K) rows, (N,) categories, (N,) whether a sentence ends there."""

    rows: NDArray[np.int16]
    categories: NDArray[np.uint8]
    ends: NDArray[np.uint8]


def main() -> None:
    """Read, spoil, train both models for both groups, write; what the folder has already is taken from there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="the corpora; none where the folder has their sentences")
    parser.add_argument("--work", type=Path, required=True, help="where what each step makes is kept")
    parser.add_argument("--only", choices=GROUPS, help="train this group; the other stays as it ships")
    parser.add_argument("--sentences", action="store_true", help="only read the corpora")
    parser.add_argument("--units", type=float, default=150, help="how long to train, in million units drawn")
    parser.add_argument("--batch", type=int, default=64, help="windows drawn at a time")
    parser.add_argument("--device", default="cpu", help="where to train: cpu, cuda")
    parser.add_argument("--to", type=Path, default=SHIPPED, help="what to write, if not what ships")
    options = parser.parse_args()
    options.work.mkdir(exist_ok=True, parents=True)
    if options.files:
        write_sentences(options.files, options.work)
    if options.sentences:
        return
    with np.load(SHIPPED) as shipped:
        arrays = dict(shipped)
    for group in [options.only] if options.only else GROUPS:
        weights = trained(group, options)
        arrays = {name: array for name, array in arrays.items() if not name.startswith(f"{group}.")}
        arrays |= {f"{group}.{name}": array for name, array in weights.items()}
    np.savez_compressed(options.to, **arrays)


def trained(group: str, options: argparse.Namespace) -> Arrays:
    """The weights of one group as they are stored."""
    dense, work = group == "unspaced", options.work
    streams = {(language, kind): stream for language in GROUPS[group] for kind, stream in streams_of(language, work).items()}
    text = {name: stream for name, stream in streams.items() if name[1] != "held out"}
    held_out = {name[0]: stream for name, stream in streams.items() if name[1] == "held out" and len(stream.ends)}
    table = kept(work / f"{group}.linear.npz", lambda: {"table": linear(text, dense=dense)})["table"]
    start = kept(work / f"{group}.start.npz", lambda: {"vectors": vectors(text.values())})["vectors"]
    tagger = train(Tagger(start), text, held_out, GROUPS[group], work / f"{group}.pt", options)
    return exported(tagger, table, fitted(tagger, table, held_out.values(), dense=dense))


def kept(path: Path, make: Callable[[], Arrays]) -> Arrays:
    """Arrays of a file, which is made where it is not there yet."""
    if not path.exists():
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, **make())
        partial.rename(path)
        print(path, "made", flush=True)
    with np.load(path) as arrays:
        return dict(arrays)


# Sentences


def write_sentences(files: Iterable[Path], work: Path) -> None:
    """Write the runs of each language to a file. An English document translated into several languages is taken once."""
    wanted = [language for shares in GROUPS.values() for language in shares if not sentence_file(work, language).exists()]
    documents: dict[str, dict[tuple[str, str], dict[str, list[str]]]] = {language: defaultdict(dict) for language in wanted}
    for file in files:
        if wanted and not file.name.startswith("ja-zh"):
            for pair in read_tsv(file):
                for language, text in zip(pair.languages, (pair.first, pair.second), strict=True):
                    if language in documents and pair.corpus not in LEFT_OUT:
                        documents[language][pair.corpus, pair.document].setdefault(file.name, []).append(text)
    for language, of_language in documents.items():
        found = [
            run
            for (corpus, name), versions in of_language.items()
            for run in runs(max(versions.values(), key=len), corpus, name, language)
        ]
        with lzma.open(sentence_file(work, language), "wt", encoding="utf-8") as output:
            output.writelines(json.dumps(run, ensure_ascii=False) + "\n" for run in chosen(found, language))


def sentence_file(work: Path, language: str) -> Path:
    """Where the runs of a language are: a line of JSON each."""
    return work / f"sentences.{language}.jsonl.xz"


def chosen(found: Sequence[Run], language: str) -> Iterator[Run]:
    """In random order all that is spoken, a thousand runs that are held out, and of the rest what is wanted."""
    general, held_out = MOST_CHARACTERS.get(language, 10**9), 1000
    for run in random.Random(1).sample(found, len(found)):
        if run.held_out:
            held_out -= 1
        elif not run.speech:
            general -= sum(map(len, run.sentences))
        if held_out >= 0 if run.held_out else run.speech or general > 0:
            yield run


def runs(rows: Sequence[str], corpus: str, name: str, language: str) -> Iterator[Run]:
    """Cut the rows of a document into sentences, and these into runs at what is not known to be one."""
    if corpus in RUNNING and language in GROUPS["spaced"]:
        parts: list[str | None] = [*cut(" ".join(rows), language), None]
    else:
        parts = []
        for row in map(str.strip, rows):
            prose = END.search(row) and 2 * sum(map(str.isalpha, row)) > len(row)
            parts += cut(row, language) if prose else [None]
        parts.append(None)
    run: list[str] = []
    for part in parts:
        if part is not None and len(part) < LONGEST_SENTENCE:
            run.append(part)
        if part is None or len(run) == LONGEST_RUN:
            if run:
                held_out = zlib.crc32(f"{corpus}{name}{run[0][:20]}".encode()) % 50 == 0
                yield Run(corpus in SPEECH, held_out, run)
            run = []


def cut(text: str, language: str) -> Iterator[str]:
    """The sentences of a text that an end mark ends."""
    start = 0
    for end in punctuation.ends(text, language):
        if text[start:end].strip():
            yield text[start:end].strip()
        start = end


# Spoiling


def streams_of(language: str, work: Path) -> dict[str, Stream]:
    """General text, speech and what is held out, spoiled."""

    def make() -> Arrays:
        with lzma.open(sentence_file(work, language), "rt", encoding="utf-8") as file:
            found = [Run(*json.loads(line)) for line in file]
        general = [run for run in found if not run.speech and not run.held_out]
        speech = [run for run in found if run.speech and not run.held_out] * SPEECH_COPIES
        held_out = [run for run in found if run.held_out]
        generator = random.Random(1)
        generator.shuffle(speech)
        made = {
            kind: stream(language, part, generator) for kind, part in zip(KINDS, (general, speech, held_out), strict=True)
        }
        return {f"{kind}.{name}": column for kind, one in made.items() for name, column in one._asdict().items()}

    arrays = kept(work / f"spoiled.{language}.npz", make)
    return {
        kind: Stream(*(arrays[f"{kind}.{name}"] for name in Stream._fields)) for kind in ("general", "speech", "held out")
    }


def stream(language: str, found: Iterable[Run], generator: random.Random) -> Stream:
    """The units of runs, in pieces that the tagger can hash."""
    glue = "" if language in GROUPS["unspaced"] else " "
    streams: list[Stream] = []
    text, ends = "", []
    for run in found:
        for sentence in spoiled(run.sentences, language, generator):
            text += sentence
            ends.append(len(text))
            text += glue
        if len(text) > 30_000:
            streams.append(units(text, ends))
            text, ends = "", []
    streams.append(units(text + ".", ends))
    return Stream(*(np.concatenate(column) for column in zip(*streams, strict=True)))


def units(text: str, ends: Sequence[int]) -> Stream:
    """The features of a text and which of its units end a sentence."""
    found = boundaries.features(text)
    label = np.zeros(len(found.ends), np.uint8)
    last = np.searchsorted(found.ends, ends, "right") - 1
    label[last[last >= 0]] = 1
    return Stream(found.rows.astype(np.int16), found.categories.astype(np.uint8), label)


def spoiled(sentences: Sequence[str], language: str, generator: random.Random) -> list[str]:
    """Sentences as speech recognition might give them."""
    kind = generator.random()
    if kind < 0.75:
        lower = kind < 0.6
        texts = [bare(sentence, language, lower=lower, generator=generator) for sentence in sentences]
    elif kind < 0.93:
        texts = partly_bare(sentences, language, generator)
    else:
        texts = unreliable(sentences, language, generator)
    return [text for text in texts if text.strip()]


def bare(sentence: str, language: str, *, lower: bool, generator: random.Random) -> str:
    """A sentence without marks, and without capitals or with all but the first."""
    kept = INNER.sub("\x01", sentence)
    if language in GROUPS["unspaced"]:
        kept = MARKS.sub("", kept)
        kept = SPACE_BY_CJK.sub("", kept) if generator.random() < 0.7 else kept
    else:
        kept = MARKS.sub(" ", kept)
    kept = " ".join(kept.split()).replace("\x01", ".")
    if lower:
        return kept.lower()
    return kept[:1].lower() + kept[1:] if generator.random() < 0.7 else kept


def partly_bare(sentences: Sequence[str], language: str, generator: random.Random) -> list[str]:
    """Sentences of which some lost their end mark, all perhaps their commas and the capital after a lost mark."""
    dense = language in GROUPS["unspaced"]
    rate, commas = generator.uniform(0.2, 1), generator.random() < 0.6
    capitals, space = generator.random() < 0.7, " " if dense and generator.random() < 0.4 else ""
    texts = []
    for sentence in sentences:
        text = sentence
        if generator.random() < rate:
            text = END.sub(space, text)
            text = text if capitals else text[:1].lower() + text[1:]
        if not commas:
            text = re.sub(r"[,，、;；]" if dense else r"[,;](?=\s|$)", space, text)
        texts.append(text)
    return texts


def unreliable(sentences: Sequence[str], language: str, generator: random.Random) -> list[str]:
    """Sentences that lost some of their end marks, with others in wrong places."""
    lost, wrong = generator.uniform(0.2, 0.8), generator.uniform(0.03, 0.15)
    mark = generator.choice([".", ".", "。"])
    texts = []
    for sentence in sentences:
        text = END.sub("" if generator.random() < lost else mark, sentence)
        if language in GROUPS["spaced"]:
            words = text.split(" ")
            for index in range(len(words) - 1):
                if generator.random() < wrong:
                    words[index] = words[index].rstrip(".,") + mark
                    if generator.random() < 0.5:
                        words[index + 1] = words[index + 1][:1].upper() + words[index + 1][1:]
            text = " ".join(words)
        texts.append(text)
    return texts


# The linear model


def linear(streams: Mapping[tuple[str, str], Stream], *, dense: bool) -> NDArray[np.float32]:
    """The weights of the n-grams: one pass over the general text, then one over the speech, in pieces in random order."""
    generator = np.random.default_rng(0)
    weights = np.zeros(1 << boundaries.NGRAM_BITS, np.float32)
    squares = np.ones_like(weights)
    for wanted in ("general", "speech"):
        pieces = [
            (stream, start)
            for (_, kind), stream in streams.items()
            if kind == wanted
            for start in range(0, len(stream.ends) - LINEAR_BATCH, LINEAR_PIECE)
        ]
        for index in generator.permutation(len(pieces)):
            stream, start = pieces[index]
            places = ngrams(stream, slice(start, start + LINEAR_PIECE), dense=dense)
            ends = stream.ends[start : start + LINEAR_PIECE].astype(np.float32)
            for first in range(0, len(ends), LINEAR_BATCH):
                batch = slice(first, first + LINEAR_BATCH)
                linear_step(weights, squares, places[batch], ends[batch])
    return weights


def linear_step(
    weights: NDArray[np.float32], squares: NDArray[np.float32], places: NDArray[np.int64], ends: NDArray[np.float32]
) -> None:
    """One step of AdaGrad on the logistic loss; what is right already is left out, to be fast."""
    slope = 1 / (1 + np.exp(-LINEAR_BIAS - weights[places].sum(1))) - ends
    useful = np.abs(slope) > 2e-3
    touched = places[useful]
    slopes = np.broadcast_to(slope[useful, None], touched.shape)
    np.add.at(squares, touched, slopes**2)
    np.subtract.at(weights, touched, LINEAR_RATE * slopes / np.sqrt(squares[touched]))


def ngrams(stream: Stream, part: slice, *, dense: bool) -> NDArray[np.int64]:
    """The places of the n-grams in the table."""
    return boundaries.ngrams(stream.rows[part].astype(np.int64), stream.categories[part].astype(np.int64), dense=dense)


def fitted(
    tagger: "Tagger", table: NDArray[np.float32], streams: Iterable[Stream], *, dense: bool, most: int = 40_000
) -> NDArray[np.float64]:
    """The weights of tagger, linear model and a constant in their sum: logistic regression by Newton's method."""
    columns, wanted = [], []
    for stream in streams:
        with torch.no_grad():
            odds = tagger(*(as_tensor(column[None, :most]) for column in stream[:2]))[0].numpy()
        says = LINEAR_BIAS + table[ngrams(stream, slice(most), dense=dense)].sum(1)
        columns.append(np.stack([odds, says, np.ones_like(odds)], 1).astype(np.float64))
        wanted.append(stream.ends[:most])
    x, y = np.concatenate(columns), np.concatenate(wanted)
    weights = np.array([1.0, 0.0, 0.0])
    for _ in range(30):
        sure = 1 / (1 + np.exp(-x @ weights))
        curvature = (x * (sure * (1 - sure) + 1e-9)[:, None]).T @ x
        weights += np.linalg.solve(curvature, x.T @ (y - sure))
    print("sum of tagger, linear model, constant:", weights.round(3), flush=True)
    return weights


# The network


class Tagger(nn.Module):
    """The network of ``boundaries``, in torch."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        super().__init__()
        self.table = nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=False)
        self.category = nn.Embedding(boundaries.CATEGORIES, WIDTH)
        nn.init.normal_(self.category.weight, std=0.3)
        self.norm = nn.Parameter(torch.ones(WIDTH))
        self.convolution = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.reader = nn.LSTM(WIDTH, STATE, batch_first=True, bidirectional=True)
        self.hidden = nn.Linear(4 * STATE, HIDDEN)
        self.output = nn.Linear(HIDDEN, 1)

    def forward(self, rows: Tensor, categories: Tensor) -> Tensor:
        """(B, T, K) and (B, T) -> log-odds (B, T). In training some units are not known at all."""
        known = functional.dropout(torch.ones_like(categories, dtype=torch.float32), UNKNOWN, self.training)
        x = self.table(rows).sum(2) * known[..., None] + self.category(categories)
        x = functional.dropout(x, DROPOUT, self.training)
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.norm
        y = functional.relu(self.convolution(y.transpose(1, 2)).transpose(1, 2))
        states, _ = self.reader(x + functional.dropout(y, DROPOUT, self.training))
        states = functional.dropout(states, DROPOUT, self.training)
        both = torch.cat([states, functional.pad(states[:, 1:], (0, 0, 0, 1))], -1)
        odds: Tensor = self.output(functional.relu(self.hidden(both))).squeeze(-1)
        return odds


class Source(NamedTuple):
    """All streams one after another on a device, where each of the S begins and how many windows it has."""

    rows: Tensor
    categories: Tensor
    ends: Tensor
    begins: Tensor
    windows: Tensor

    @classmethod
    def of(cls, streams: Sequence[Stream], device: str) -> "Source":
        """Put streams together."""
        rows, categories, ends = (
            torch.from_numpy(np.concatenate(column)).to(device) for column in zip(*streams, strict=True)
        )
        sizes = torch.tensor([len(stream.ends) for stream in streams], device=device)
        return cls(rows, categories, ends, sizes.cumsum(0) - sizes, (sizes - WINDOW).clamp(min=0))

    def draw(self, shares: Sequence[float], batch: int) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, categories and ends of random windows, of each stream its share. (B, T, K), (B, T), (B, T)"""
        weights = torch.tensor(shares, device=self.windows.device) * (self.windows > 0)
        stream = torch.multinomial(weights, batch, replacement=True)
        first = self.begins[stream] + (torch.rand(batch, device=weights.device) * self.windows[stream]).long()
        at = first[:, None] + torch.arange(WINDOW, device=weights.device)
        return self.rows[at].int(), self.categories[at].int(), self.ends[at].float()


def train(
    tagger: Tagger,
    streams: Mapping[tuple[str, str], Stream],
    held_out: Mapping[str, Stream],
    shares: Mapping[str, float],
    path: Path,
    options: argparse.Namespace,
) -> Tagger:
    """Train on as many units as were asked for, from where the file at the path left off."""
    torch.manual_seed(0)
    tagger.to(options.device)
    others = [weight for name, weight in tagger.named_parameters() if not name.startswith("table")]
    groups = [{"params": [tagger.table.weight], "weight_decay": 0.0}, {"params": others, "weight_decay": 0.01}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), fused=True)
    first = 0
    if path.exists():
        state = torch.load(path, map_location=options.device)
        tagger.load_state_dict(state["tagger"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    source = Source.of(list(streams.values()), options.device)
    steps = max(1, int(options.units * 1e6 / (options.batch * WINDOW)))
    saved = time.monotonic()
    for step in range(first, steps):
        done = step / steps
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * min(1, (1 - done) / 0.8)
        speech = SPEECH_FIRST + (SPEECH_LAST - SPEECH_FIRST) * done
        drawn = [shares[language] * (speech if kind == "speech" else 1 - speech) for language, kind in streams]
        loss = batch_loss(tagger, *source.draw(drawn, options.batch))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(others, 1.0)
        optimizer.step()
        if (step + 1) % max(1, steps // REPORTS) == 0:
            losses = ", ".join(f"{language} {held_out_loss(tagger, text):.4f}" for language, text in held_out.items())
            print(f"{100 * (step + 1) / steps:.0f} %, step {step + 1}: loss {loss:.4f}, held out {losses}", flush=True)
        if step + 1 == steps or time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            torch.save({"tagger": tagger.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}, path)
    return tagger.cpu().eval()


def batch_loss(tagger: Tagger, rows: Tensor, categories: Tensor, ends: Tensor) -> Tensor:
    """The loss on windows, but for the ends of each, which lack context."""
    with torch.autocast(rows.device.type, torch.bfloat16):
        odds = tagger(rows, categories)
    inner = slice(MARGIN, WINDOW - MARGIN)
    return functional.binary_cross_entropy_with_logits(odds[:, inner].float(), ends[:, inner])


def held_out_loss(tagger: Tagger, stream: Stream, most: int = 40_000) -> float:
    """The loss on a stream that is not trained on, in nats per unit."""
    device = tagger.output.weight.device
    tagger.eval()
    with torch.no_grad():
        odds = tagger(*(as_tensor(column[None, :most]).to(device) for column in stream[:2]))
    tagger.train()
    wanted = torch.from_numpy(stream.ends[None, :most].astype(np.float32)).to(device)
    return functional.binary_cross_entropy_with_logits(odds, wanted).item()


def as_tensor(array: NDArray[np.generic]) -> Tensor:
    """For torch, which looks rows up by integers of four bytes."""
    return torch.from_numpy(array.astype(np.int32))


def vectors(streams: Iterable[Stream], contexts: int = 1000, most: int = 3_000_000) -> NDArray[np.float32]:
    """A first table: what stands near the units of each row, as positive mutual information, by its main components."""
    parts = [(part.rows[:most].astype(np.int64), part.ends[:most] > 0) for part in streams]
    size, offsets = 1 << boundaries.HASH_BITS, (-2, -1, 1, 2)
    frequent = np.argsort(-sum(np.bincount(rows[:, 0], minlength=size) for rows, _ in parts))[:contexts]
    context = np.full(size, contexts)
    context[frequent] = np.arange(contexts)
    width = contexts + 1
    counts = np.zeros((size, len(offsets) * (width + 1)), np.float32)
    for rows, ends in parts:
        near = context[rows[:, 0]]
        for row in rows[3:-3].T:
            for number, offset in enumerate(offsets):
                np.add.at(counts, (row, number * width + near[3 + offset : len(near) - 3 + offset]), 1)
                ended = ends[2 + offset + (offset < 0) : len(ends) - 4 + offset + (offset < 0)]
                np.add.at(counts, (row[ended], len(offsets) * width + number), 1)
    total, by_row, by_column = counts.sum(), counts.sum(1, keepdims=True), counts.sum(0, keepdims=True)
    seen = counts > 0
    information = np.log(np.maximum(counts, 1e-9) * total / (by_row + 50) / (by_column + 1))
    information = np.where(seen, np.maximum(information, 0), 0)
    left, scale, _ = torch.svd_lowrank(torch.from_numpy(information), q=WIDTH, niter=3)
    table = (left * scale.sqrt()).numpy()
    table /= table[by_row[:, 0] > 100].std(0, keepdims=True) + 1e-6
    return np.clip(table, -4, 4).astype(np.float32) * np.float32(0.25)


def exported(tagger: Tagger, table: NDArray[np.float32], weights_of_sum: NDArray[np.float64]) -> Arrays:
    """The arrays of ``boundaries``: bytes with a scale for each row, half floats.

    There the three gates of the LSTM that are sigmoids are computed as tanh(x / 2), so their weights are halved here. The
    weights of the two models in their sum are multiplied into them.
    """
    arrays = {name: tensor.float().numpy() for name, tensor in tagger.state_dict().items()}
    of_tagger, of_linear, constant = weights_of_sum
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), STATE)
    ways = ("", "_reverse")

    def both_ways(name: str) -> NDArray[np.float32]:
        return np.stack([np.ascontiguousarray((arrays[f"reader.{name}_l0{way}"]).T) * half for way in ways])

    scale = np.abs(arrays["table.weight"]).max(1) / 127 + 1e-9
    weights = {
        "category": arrays["category.weight"],
        "norm": arrays["norm"],
        "convolution": arrays["convolution.weight"].transpose(2, 1, 0).reshape(-1, WIDTH),
        "convolution_bias": arrays["convolution.bias"],
        "inputs": both_ways("weight_ih"),
        "recurrent": both_ways("weight_hh"),
        "bias": (both_ways("bias_ih") + both_ways("bias_hh"))[:, None],
        "hidden": np.ascontiguousarray(arrays["hidden.weight"].T),
        "hidden_bias": arrays["hidden.bias"],
        "output": arrays["output.weight"][0] * of_tagger,
        "output_bias": arrays["output.bias"] * of_tagger + constant + LINEAR_BIAS * of_linear,
    }
    return {name: array.astype(np.float16) for name, array in weights.items()} | {
        "table": np.round(arrays["table.weight"] / scale[:, None]).astype(np.int8),
        "scale": scale.astype(np.float16),
        "ngrams": np.where(np.abs(table) < LINEAR_STEP, 0, np.round(table / LINEAR_STEP).clip(-127, 127)).astype(np.int8),
        "ngram_scale": np.array([LINEAR_STEP * of_linear], np.float32),
    }


if __name__ == "__main__":
    main()
