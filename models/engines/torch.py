"""The torch engine: our own search over our own model, on a GPU in bf16 with recorded steps, or on a CPU in fp32.

Running out of GPU memory halves the batch and goes on.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from diglot import PLACEHOLDERS
from diglot.models.batching import pad
from diglot.models.constrained import beam_containing
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.device import in_halves
from diglot.models.engines.graphs import Graphs
from diglot.models.search import Found, Limits, beam, greedy
from diglot.models.tokenizer import END, PAD, START, Tokenizer
from diglot.models.transformer import Transformer
from diglot.models.wanted import Wanted

SearchSome = Callable[[Tensor, Sequence[int], Limits], Sequence[Sequence[Found]]]  # padded sources, which rows they are


class TorchEngine:
    """A model on a device. ``vocabulary`` gives the ids that each target language uses; other languages may use all."""

    workers = 1  # torch shares a search out between the cores by itself
    batch_tokens, score_tokens = 2048, 2048

    def __init__(
        self,
        model: Transformer,
        tokenizer: Tokenizer,
        device: str,
        vocabulary: Mapping[str, Sequence[int]],
        dtype: torch.dtype | None = None,
    ) -> None:
        self.device = torch.device(device)
        on_gpu = self.device.type == "cuda"
        self.model = model.to(self.device, dtype or (torch.bfloat16 if on_gpu else torch.float32)).eval()
        self.graphs = Graphs() if on_gpu else None
        if on_gpu:
            self.batch_tokens = self.score_tokens = 16384
        config = self.model.config
        ends = config.positions == "learned"
        self._longest = 1 << (config.max_length.bit_length() - 1) if ends else None  # a power of two, which graphs round to
        self._once = frozenset(tokenizer.ids(PLACEHOLDERS))
        self._words = _word_ends(tokenizer), _continuations(tokenizer)
        writable = sorted(set(range(len(tokenizer))) - tokenizer.unwritable)
        self._allowed = torch.tensor(writable, device=self.device)
        self._restricted = {code: torch.tensor(sorted(ids), device=self.device) for code, ids in vocabulary.items()}

    def search(self, sources: Sequence[Sequence[int]], target: str, settings: SearchSettings) -> list[EngineResult]:
        """Translate a batch; see :class:`diglot.models.engines.Engine`.

        A source that is longer than learned positions is answered with nothing rather than with its beginning.
        """
        width, penalty = settings.beam, settings.length_penalty

        def search_some(source: Tensor, _: Sequence[int], limits: Limits) -> Sequence[Sequence[Found]]:
            if width == 1:
                return [[one] for one in greedy(self.model, source, limits, self.graphs)]
            return beam(self.model, source, limits, width=width, length_penalty=penalty, runner=self.graphs)

        return self._in_parts(sources, target, settings, search_some)

    def search_containing(
        self,
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
        wanted: Sequence[Wanted],
        drafts: Sequence[EngineResult],
    ) -> list[EngineResult]:
        """Translate a batch by a search that knows what is wanted (:mod:`diglot.models.constrained`), without the drafts."""
        width, penalty = settings.beam, settings.length_penalty

        def search_some(source: Tensor, rows: Sequence[int], limits: Limits) -> Sequence[Sequence[Found]]:
            groups = [wanted[i].groups for i in rows]
            return beam_containing(self.model, source, limits, groups, width=width, length_penalty=penalty)

        return self._in_parts(sources, target, settings, search_some)

    def _in_parts(
        self,
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
        search_some: SearchSome,
    ) -> list[EngineResult]:
        """What a search finds for a batch, in halves where memory is short."""
        allowed = self._restricted.get(target, self._allowed)
        longest = min(settings.max_length, self._longest or settings.max_length)
        limits = Limits(longest, allowed, settings.block_ngram, self._once, *self._words)

        def results_of(rows: Sequence[int]) -> list[EngineResult]:
            try:
                padded = pad([sources[i] for i in rows]).to(self.device)
                return [_best_first(found) for found in search_some(padded, rows, limits)]
            except RuntimeError:
                if self.graphs:
                    self.graphs.forget()  # their memory may be what is missing
                raise

        fitting = [i for i, ids in enumerate(sources) if not self._longest or len(ids) <= self._longest]
        found = dict(zip(fitting, in_halves(results_of, fitting) if fitting else (), strict=True))
        return [found.get(i, EngineResult([], -math.inf)) for i in range(len(sources))]

    def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
        """The mean log-probability a token of each target; see :class:`diglot.models.engines.Engine`.

        What is longer than learned positions counts up to their end.
        """
        longest = self._longest or sys.maxsize
        rows = [(source[:longest], target[: longest - 1]) for source, target in zip(sources, targets, strict=True)]
        return in_halves(lambda some: _mean_log_probabilities(self.model, some), rows)


@torch.inference_mode()
def _mean_log_probabilities(model: Transformer, rows: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
    """What a model gives each target, a token, given its source; all positions are computed at once, as in training."""
    device = model.embedding.weight.device
    source = pad([source for source, _ in rows]).to(device)
    target = pad([[START, *target] for _, target in rows]).to(device)
    labels = pad([[*target, END] for _, target in rows]).to(device)
    logits = model(source, target).float().flatten(0, 1)
    losses = F.cross_entropy(logits, labels.flatten(), ignore_index=PAD, reduction="none").view_as(labels)
    return [float(mean) for mean in -losses.sum(1) / (labels != PAD).sum(1)]


def _best_first(found: Sequence[Found]) -> EngineResult:
    best, *others = [EngineResult(one.ids, one.score) for one in found]
    return best._replace(others=others)


def _word_ends(tokenizer: Tokenizer) -> frozenset[int]:
    """The ids of pieces that end in a letter after which the word may go on."""
    return frozenset(i for i, piece in enumerate(tokenizer.vocabulary) if _LETTER.match(piece[-1:]))


def _continuations(tokenizer: Tokenizer) -> frozenset[int]:
    """The ids of pieces that go on with such a word."""
    return frozenset(i for i, piece in enumerate(tokenizer.vocabulary) if _LETTER.match(piece))


_LETTER = re.compile("[A-Za-zÀ-ÖØ-öø-ɏァ-ヺー]")  # not Hangul: particles follow a Korean word directly
