"""Texts in, translations out: what ``pipeline`` asks of a model, made of a tokenizer and an engine.

The texts of a call are encoded, sorted by length, cut into batches by a budget of tokens, searched, decoded, and given back
in the order they came. What a text becomes does not depend on the texts beside it.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from diglot import SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE, DiglotError, LanguageError
from diglot.models import checkpoint
from diglot.models.batching import by_tokens
from diglot.models.engines import Engine, EngineResult, SearchSettings
from diglot.models.normalise import normalise
from diglot.models.rerank import rerank
from diglot.models.tokenizer import Tokenizer
from diglot.models.wanted import Wanted

if TYPE_CHECKING:
    from diglot.models.engines.huggingface import HuggingFaceTranslator

Item = TypeVar("Item")
Result = TypeVar("Result")

PRETRAINED = Path(__file__).parent / "pretrained"
SMALLEST = 256  # source tokens of a batch that is worth a core of its own
SHORT = 128  # source tokens up to which a translation may have 256
LONG = (
    512  # tokens of any other translation at most, whatever is in the batch beside it: the positions of the released model
)
BLOCKED_NGRAM = 4  # tokens that are not repeated where something is forced into a text: models begin to loop there
_INLINE_TERM = re.compile(f"{TERM_OPEN}([^{TERM_CLOSE}]*){TERM_CLOSE}[^{TERM_TARGET_CLOSE}]*{TERM_TARGET_CLOSE}")


class Hypothesis(NamedTuple):
    """A translation, its mean log-probability a token in nats, and the ``others`` of the same search, best first."""

    text: str
    score: float
    others: "Sequence[Hypothesis]" = ()


@dataclass(frozen=True)
class SearchOptions:
    """How to search, and how much at once."""

    beam: int = 4
    length_penalty: float = 1.0
    rerank: bool = True  # read hypotheses backwards, too, where the model translates both ways
    batch_tokens: int | None = None  # padded source tokens in a batch; None: what suits the engine
    threads: int = 0  # of the CPU engines; 0: all cores
    engine: str = "auto"  # "torch", "ctranslate2", or by the device


class Translator:
    """A model ready to translate between its ``languages``; ``fingerprint`` tells its weights from others."""

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        info: checkpoint.ModelInfo,
        options: SearchOptions,
        fingerprint: str = "",
    ) -> None:
        self.engine, self.tokenizer, self.info, self.options = engine, tokenizer, info, options
        self.fingerprint = fingerprint

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it translates from and to."""
        return self.info.languages

    @property
    def inline_terms(self) -> bool:
        """Whether the model was trained to read terms that are written into the text (the marks of ``diglot.TERM_OPEN``)."""
        return self.info.inline_terms

    @property
    def identity(self) -> str:
        """What decides about a translation besides the text: the weights, the engine, the way it searches."""
        search = self.options
        ways = f"{search.beam} {search.length_penalty} {'reranked' if self.reranks else 'as found'}"
        return f"{self.fingerprint} {type(self.engine).__name__} {ways} {self.info.domain}"

    @property
    def reranks(self) -> bool:
        """Whether the best hypothesis is the one that leads back to its source, too (:mod:`diglot.models.rerank`)."""
        return self.options.rerank and self.info.both_ways

    def __call__(
        self,
        texts: Sequence[str],
        source: str,
        target: str,
        *,
        context: Sequence[str] | None = None,
        domain: str | None = None,
        beam: int | None = None,
        block_ngram: int | None = None,
        must_contain: Sequence[Sequence[Sequence[str]]] | None = None,
    ) -> list[Hypothesis]:
        """Translate texts from ``source`` to ``target``; as many hypotheses as texts, in their order.

        ``context`` gives each text the sentence before it, or an empty string. ``must_contain`` gives each text groups of
        strings, and of each group one will be in the translation, if it can be: hypotheses without are left out, and where
        there is no other, the text is searched for again (:mod:`diglot.models.forcing`, :mod:`diglot.models.constrained`).
        Raises :class:`diglot.LanguageError` for a language that the model does not have.
        """
        self.require(source, target)
        wanted = [Wanted([self._spelled(g, target) for g in groups], self.tokenizer) for groups in must_contain or ()]
        settings = SearchSettings(
            beam or self.options.beam, self.options.length_penalty, block_ngram=block_ngram or 0, attention=bool(wanted)
        )
        sources = []
        for number, text in enumerate(texts):
            before = context[number] if context else ""
            whole = SEPARATOR.join(normalise(part, source) for part in ((before, text) if before else (text,)))
            sources.append(self.tokenizer.source(self.tokenizer.encode(whole), target, domain or self.info.domain))

        def search(indices: Sequence[int]) -> list[EngineResult]:
            batch = [sources[i] for i in indices]
            return self.engine.search(batch, target, _limited(settings, batch))

        results = self._by_batches(search, self._batches(sources))
        if wanted:
            results = self._containing(wanted, results, sources, target, settings)
        if self.reranks:
            results = rerank(results, [self._bare(text, source) for text in texts], partial(self._scores, language=source))
        return [self._decoded(found) for found in results]

    def _containing(
        self,
        wanted: Sequence[Wanted],
        found: Sequence[EngineResult],
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
    ) -> list[EngineResult]:
        """Of what was found the hypotheses that have what is wanted; where there are none, what another search finds."""
        kept = [one.of(result) for one, result in zip(wanted, found, strict=True)]
        lacking = [number for number, one in enumerate(kept) if one is None]
        settings = settings._replace(block_ngram=settings.block_ngram or BLOCKED_NGRAM)

        def search(indices: Sequence[int]) -> list[EngineResult]:
            rows = [lacking[i] for i in indices]
            batch = [sources[i] for i in rows]
            owed, drafts = [wanted[i] for i in rows], [found[i] for i in rows]
            return self.engine.search_containing(batch, target, _limited(settings, batch), owed, drafts)

        again = iter(self._by_batches(search, self._batches([sources[i] for i in lacking])))
        return [one or next(again) for one in kept]

    def _by_batches(
        self, run: Callable[[Sequence[int]], Sequence[Result]], batches: Sequence[Sequence[int]]
    ) -> list[Result]:
        """What ``run`` makes of batches of indices, in the order of the indices."""
        results: dict[int, Result] = {}
        for indices, answers in zip(batches, side_by_side(run, batches, self.engine.workers), strict=True):
            results.update(zip(indices, answers, strict=True))
        return [results[i] for i in range(len(results))]

    def _bare(self, text: str, language: str) -> list[int]:
        """The ids of a text without what tells the model how to translate terms."""
        return self.tokenizer.encode(normalise(_INLINE_TERM.sub(r"\1", text), language))

    def _scores(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], language: str) -> list[float]:
        """The mean log-probability a token of the second ids of each pair, in ``language``, given the first."""
        sources = [self.tokenizer.source(ids, language, self.info.domain) for ids, _ in pairs]
        lengths = [(len(source), len(target)) for source, (_, target) in zip(sources, pairs, strict=True)]

        def score(indices: Sequence[int]) -> list[float]:
            return self.engine.score([sources[i] for i in indices], [pairs[i][1] for i in indices])

        return self._by_batches(score, list(by_tokens(lengths, self.engine.score_tokens)))

    def _decoded(self, found: EngineResult) -> Hypothesis:
        return Hypothesis(self.tokenizer.decode(found.ids), found.score, [self._decoded(one) for one in found.others])

    def score(self, pairs: Sequence[tuple[str, str]], target: str) -> list[float]:
        """How likely translations are that somebody else made: for each pair of a source and a translation into ``target``
        the mean log-probability a token, in nats. Of a text the first ``LONG`` tokens count.
        """
        encode = self.tokenizer.encode
        return self._scores([(encode(source)[:LONG], encode(text)[:LONG]) for source, text in pairs], target)

    def surprise(self, texts: Sequence[str], language: str) -> list[float]:
        """How many bits each text takes in a language when nothing says what to write: the decoder as a language model."""
        rows = [self.tokenizer.encode(text) for text in texts]
        scores = self._scores([([], row) for row in rows], language)
        return [-score * (len(row) + 1) / math.log(2) for score, row in zip(scores, rows, strict=True)]

    def _spelled(self, group: Sequence[str], target: str) -> list[list[int]]:
        """Strings as the ids that they may be written with: in lower case or at the beginning of a sentence, as a word or,
        in languages without spaces and for what is no word, inside a text."""
        *space, separator = self.tokenizer.encode(SEPARATOR)
        spelled: list[list[int]] = []
        for one in group:
            if target in ("ja", "zh"):
                inside = [[i for i in self.tokenizer.encode(form) if i != separator] for form in (one, SEPARATOR + one)]
                spelled += [ids[len(space) :] if ids[: len(space)] == space else ids for ids in inside]
            else:
                spelled += [self.tokenizer.encode(form) for form in dict.fromkeys((one, one[:1].upper() + one[1:]))]
                spelled += [] if one[:1].isalnum() else [self.tokenizer.encode(one)[len(space) :]]
        return [list(ids) for ids in dict.fromkeys(map(tuple, spelled))]

    def require(self, source: str, target: str) -> None:
        """Raise :class:`diglot.LanguageError` unless the model translates from ``source`` to ``target``."""
        for code in (source, target):
            if code not in self.languages:
                has = ", ".join(self.languages)
                raise LanguageError(f"the model '{self.info.name}' does not have the language '{code}'; it has {has}")

    def _batches(self, sources: Sequence[Sequence[int]]) -> list[list[int]]:
        """Batches of like length, long ones first so that memory runs out at once or not at all."""
        lengths = [len(s) for s in sources]
        most = self.options.batch_tokens or self.engine.batch_tokens
        budget = min(most, max(SMALLEST, sum(lengths) // self.engine.workers))  # work for each of them
        short = [i for i, n in enumerate(lengths) if n <= SHORT]
        long = [i for i, n in enumerate(lengths) if n > SHORT]
        batches = [
            [group[i] for i in batch]
            for group in (short, long)
            for batch in by_tokens([(lengths[i],) for i in group], budget)
        ]
        return batches[::-1]


def _limited(settings: SearchSettings, batch: Sequence[Sequence[int]]) -> SearchSettings:
    """Settings by which long texts become longer than short ones; both are never in one batch."""
    return settings if max(map(len, batch)) <= SHORT else settings._replace(max_length=LONG)


def side_by_side(run: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """``map(run, items)`` by so many threads at a time.

    >>> list(side_by_side(str.upper, "abc", 2))
    ['A', 'B', 'C']
    """
    if workers == 1:
        yield from map(run, items)
    else:
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(run, items)


def load_translator(
    path: str | None = None, *, device: str = "auto", **search: object
) -> "Translator | HuggingFaceTranslator":
    """The translator of a model folder; see :func:`diglot.models.load`."""
    options = replace(SearchOptions(), **search)  # type: ignore[arg-type]
    if options.engine == "ctranslate2" and device == "cuda":
        raise DiglotError("--engine ctranslate2 runs on the CPU; leave it out to use the GPU, or leave out --device cuda")
    if path is not None and path.startswith("hf:"):
        from diglot.models.engines.huggingface import load

        return load(path.removeprefix("hf:"), device, options)
    folder = Path(path) if path else released_model()
    from diglot.models.engines.ctranslate2 import CTranslate2Engine, can_run

    config = checkpoint.read_config(folder)
    where = "cpu" if options.engine == "ctranslate2" else where_to_run(device)
    if options.engine == "ctranslate2" or (options.engine == "auto" and where == "cpu" and can_run(config)):
        engine: Engine = CTranslate2Engine(folder, threads=options.threads)
        tokenizer, info = Tokenizer.load(folder / "spiece.model"), checkpoint.read_info(folder)
    else:
        import torch

        from diglot.models.engines.torch import TorchEngine

        if options.threads:
            torch.set_num_threads(options.threads)
        model, tokenizer, info = checkpoint.load(folder)
        engine = TorchEngine(model, tokenizer, where, info.vocabulary)
    return Translator(engine, tokenizer, info, options, checkpoint.fingerprint(folder))


def released_model() -> Path:
    """The folder of the model that comes with the program."""
    folders = sorted(p for p in PRETRAINED.iterdir() if (p / "config.json").exists()) if PRETRAINED.is_dir() else []
    if not folders:
        from diglot import CheckpointError

        raise CheckpointError(f"{PRETRAINED}: no released model here; give a model folder with --model")
    return folders[-1]


def where_to_run(name: str) -> str:
    """Where to run; torch, which knows whether it can use a GPU, is asked only where the machine seems to have one."""
    has_gpu = Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidia0").exists()
    if name == "cpu" or (name == "auto" and not has_gpu):
        return "cpu"
    from diglot.models.engines.device import device_of

    return device_of(name)
