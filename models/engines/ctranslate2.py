"""The CTranslate2 engine: the same weights in int8 on a CPU, several times as fast, without importing torch.

A model folder is converted once, into the user's cache directory, under the hash of its weights; what lies there is checked
against its own hashes each time it is loaded. The output layer is restricted to the target language by a vocabulary map
whose key is the language tag that begins each source.

Searches run beside each other, one core each: the matrices of a sentence are too small to be shared out between cores. Each
target has a translator of its own, because beginnings are read by the vocabulary that it was last used with (version 4.8).

CTranslate2 cannot be told what a result has to contain, but how it begins (:mod:`diglot.models.forcing`). What cannot be
had in this way goes to the torch engine of the same folder, which is loaded when the first of them comes.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from itertools import repeat
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from diglot import CheckpointError
from diglot.models import checkpoint
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.conversions import kept
from diglot.models.forcing import Begun, force
from diglot.models.tokenizer import END, START, UNKNOWN, Tokenizer
from diglot.models.wanted import Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diglot.models.engines.torch import TorchEngine

    Weights = Mapping[str, NDArray[Any]]

FORCED_BEAM = 2  # of what follows a given beginning: a wider one only took longer
ROOM = 32  # results of which the longest may have as many tokens, counted in these, go together
WHOLE = "whole"  # the translator that no target restricts
CONVERSION = 1  # raised when the conversion changes, so that old ones in caches are left behind


class CTranslate2Engine:
    """A converted model on the CPU, which runs ``workers`` searches at a time; ``threads`` of 0 takes all cores."""

    def __init__(self, folder: Path, *, compute_type: str = "int8", threads: int = 0, cache: Path | None = None) -> None:
        self._folder, self._threads, self._compute_type = folder, threads, compute_type
        self.workers, self.batch_tokens, self.score_tokens = threads or cores(), 1024, 512
        self.tokenizer = Tokenizer.load(folder / "spiece.model")
        self._converted = convert(folder, cache, compute_type=compute_type)
        self._translators: dict[str, Any] = {}
        self._loading, self._searching = Lock(), Lock()
        self._unwritable = [[piece] for piece in self.tokenizer.pieces(sorted(self.tokenizer.unwritable - {UNKNOWN}))]
        vocabulary = checkpoint.read_info(folder).vocabulary
        self._vocabulary = {code: frozenset(ids) for code, ids in vocabulary.items()}

    def search(self, sources: Sequence[Sequence[int]], target: str, settings: SearchSettings) -> list[EngineResult]:
        """Translate a batch; see :class:`diglot.models.engines.Engine`. The target is said by the sources' own tags."""
        results = self._translate(sources, target, settings, return_attention=settings.attention)
        return [self._best_first(result, settings) for result in results]

    def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
        """The mean log-probability a token of each target; see :class:`diglot.models.engines.Engine`."""
        pieces = self.tokenizer.pieces
        results = self._translator(WHOLE).score_batch(
            [pieces(ids) for ids in sources], [pieces(ids) for ids in targets], max_input_length=0
        )
        return [sum(one.log_probs) / max(1, len(one.log_probs)) for one in results]

    def search_containing(
        self,
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
        wanted: Sequence[Wanted],
        drafts: Sequence[EngineResult],
    ) -> list[EngineResult]:
        """Results with what is wanted: by forced beginnings, and where that fails by the search of the torch engine."""
        narrow = settings._replace(beam=min(settings.beam, FORCED_BEAM))
        complete = partial(self._complete, target=target, settings=narrow)
        forced = force(sources, wanted, drafts, complete, self.tokenizer, self._vocabulary.get(target))
        left = [number for number, found in enumerate(forced) if found is None]
        if not left:
            return [found for found in forced if found]
        given = [sources[i] for i in left], target, settings, [wanted[i] for i in left], [drafts[i] for i in left]
        with self._searching:  # one batch after another: torch takes all cores by itself
            searched = iter(self._torch.search_containing(*given))
        return [found or next(searched) for found in forced]

    def _complete(self, begun: Sequence[Begun], target: str, settings: SearchSettings) -> list[EngineResult]:
        """Whole results of beginnings; those go together that may be as long and may not use the same ids."""
        alike: dict[tuple[int, frozenset[int]], list[int]] = {}
        for number, one in enumerate(begun):
            alike.setdefault((_longest(one.source), one.forbidden), []).append(number)
        completed: dict[int, EngineResult] = {}
        for (longest, forbidden), numbers in alike.items():
            results = self._translate(
                [begun[i].source for i in numbers],
                target,
                settings._replace(max_length=min(settings.max_length, longest)),
                target_prefix=[self.tokenizer.pieces(begun[i].prefix) for i in numbers],
                suppress_sequences=[*self._unwritable, *([piece] for piece in self.tokenizer.pieces(sorted(forbidden)))],
                return_attention=True,
            )
            for i, result in zip(numbers, results, strict=True):
                completed[i] = _as_likely(self._best_first(result, settings), begun[i])
        return [completed[i] for i in range(len(begun))]

    def _translate(self, sources: Sequence[Sequence[int]], target: str, settings: SearchSettings, **more: Any) -> list[Any]:
        results: list[Any] = self._translator(target).translate_batch(
            [self.tokenizer.pieces(ids) for ids in sources],
            beam_size=settings.beam,
            num_hypotheses=settings.beam,
            length_penalty=settings.length_penalty,
            max_decoding_length=settings.max_length,
            no_repeat_ngram_size=settings.block_ngram,
            max_input_length=0,
            use_vmap=bool(self._vocabulary),
            disable_unk=True,
            return_scores=True,
            return_end_token=True,
            **{"suppress_sequences": self._unwritable, **more},
        )
        return results

    def _best_first(self, result: Any, settings: SearchSettings) -> EngineResult:
        best, *others = map(self._result, result.hypotheses, result.scores, repeat(settings))
        return best._replace(others=others, attention=lambda: result.attention[0])

    def _result(self, pieces: Sequence[str], score: float, settings: SearchSettings) -> EngineResult:
        ids = self.tokenizer.ids(pieces)
        mean = score * len(ids) ** settings.length_penalty / max(1, len(ids))
        return EngineResult(ids[:-1] if ids and ids[-1] == END else ids, mean)

    def _translator(self, target: str) -> Any:
        """CTranslate2's translator for a target or the whole vocabulary, loaded when it is first asked for."""
        import ctranslate2

        with self._loading:
            if target not in self._translators:
                try:
                    self._translators[target] = ctranslate2.Translator(
                        str(self._converted), compute_type=self._compute_type, inter_threads=self.workers, intra_threads=1
                    )
                except RuntimeError as exc:
                    raise CheckpointError(
                        f"{self._converted}: CTranslate2 cannot load it ({exc}); remove the folder and try again"
                    ) from exc
            return self._translators[target]

    @cached_property
    def _torch(self) -> "TorchEngine":
        import torch

        from diglot.models.engines.torch import TorchEngine

        if self._threads:
            torch.set_num_threads(self._threads)
        model, tokenizer, info = checkpoint.load(self._folder)
        return TorchEngine(model, tokenizer, "cpu", info.vocabulary)


def _longest(source: Sequence[int]) -> int:
    """How many tokens a result may have whose beginning is given: above twice its source the rest would be a loop."""
    return ROOM * (2 * len(source) // ROOM + 1)


def _as_likely(found: EngineResult, begun: Begun) -> EngineResult:
    """Hypotheses with the scores of whole ones: a beginning, which CTranslate2 does not count, is as likely as its draft."""
    given = begun.score * len(begun.prefix)
    whole = [one._replace(score=one.score + given / (len(one.ids) + 1)) for one in (found, *found.others)]
    return whole[0]._replace(others=whole[1:])


def cores() -> int:
    """How many cores this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def convert(folder: Path, cache: Path | None = None, *, compute_type: str = "int8") -> Path:
    """The folder of the converted model, made now if it is not there or not whole."""

    def make(into: Path) -> None:
        checkpoint.verify(folder)
        _convert(folder, into, compute_type)

    return kept(f"{checkpoint.fingerprint(folder)}-{compute_type}-{CONVERSION}", make, cache)


def _convert(folder: Path, into: Path, compute_type: str) -> None:
    config = checkpoint.read_config(folder)
    tokenizer = Tokenizer.load(folder / "spiece.model")
    spec = make_spec(config, checkpoint.read_weights(folder))
    pieces = tokenizer.vocabulary
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = tokenizer.pieces([START, END, UNKNOWN])
    spec.config.decoder_start_token = spec.config.bos_token
    spec.config.layer_norm_epsilon = 1e-6
    vocabulary = checkpoint.read_info(folder).vocabulary
    if vocabulary:
        candidates = into / "candidates.txt"
        lines = (f"<2{code}>\t{' '.join(tokenizer.pieces(ids))}\n" for code, ids in vocabulary.items())
        candidates.write_text("".join(lines), encoding="utf-8", newline="\n")
        spec.register_vocabulary_mapping(str(candidates))
    spec.validate()
    spec.optimize(quantization=None if compute_type == "float32" else compute_type)
    spec.save(str(into))


def can_run(config: Mapping[str, Any]) -> bool:
    """Whether CTranslate2 can run a model of such a shape."""
    return config["positions"] != "learned" and not config["bias"]


def make_spec(config: Mapping[str, Any], weights: "Weights") -> Any:
    """Our weights under CTranslate2's names. Raises :class:`diglot.CheckpointError` for a shape that it cannot run."""
    from ctranslate2.specs import common_spec, transformer_spec

    if not can_run(config):
        raise CheckpointError("CTranslate2 runs neither learned positions nor biases of this model; take --engine torch")
    activation = {"swiglu": "SWISH", "gelu": "GELU", "relu": "RELU"}[config["feed_forward"]]
    rotary = config["d_model"] // config["n_heads"] if config["positions"] == "rotary" else None
    options = {
        "num_heads": config["n_heads"],
        "pre_norm": config["norm_first"],
        "activation": getattr(common_spec.Activation, activation),
        "ffn_glu": config["feed_forward"] == "swiglu",
        "rms_norm": config["norm"] == "rms",
        "rotary_dim": rotary,
        "rotary_interleave": False,
        "qk_norm": config["normalise_queries_and_keys"],
    }
    encoder = transformer_spec.TransformerEncoderSpec(config["n_encoder_layers"], **options)
    decoder = transformer_spec.TransformerDecoderSpec(config["n_decoder_layers"], **options)
    if rotary:
        del encoder.position_encodings  # the decoder's specification leaves them out by itself
    fill = _Filler(weights)
    encoder.embeddings[0].weight = decoder.embeddings.weight = weights["embedding.weight"]
    decoder.projection.weight = weights["embedding.weight"]
    for number, layer in enumerate(encoder.layer):
        fill.layer(layer, f"encoder.{number}")
    for number, layer in enumerate(decoder.layer):
        fill.layer(layer, f"decoder.{number}")
    if config["norm_first"]:
        fill.norm(encoder.layer_norm, "encoder_norm")
        fill.norm(decoder.layer_norm, "decoder_norm")
    return transformer_spec.TransformerSpec(encoder, decoder)


class _Filler:
    """Puts our weights into the places of a specification."""

    def __init__(self, weights: "Weights") -> None:
        self.weights = weights

    def layer(self, spec: Any, name: str) -> None:
        self.attention(spec.self_attention, f"{name}.attention", ["query_key_value"])
        if hasattr(spec, "attention"):
            if hasattr(spec.attention, "q_norm"):  # ours normalises in self-attention only
                del spec.attention.q_norm, spec.attention.k_norm
            self.attention(spec.attention, f"{name}.cross_attention", ["query", "key_value"])
        self.norm(spec.ffn.layer_norm, f"{name}.feed_forward_residual.norm")
        inner = "gate" if f"{name}.feed_forward.gate.weight" in self.weights else "inner"
        spec.ffn.linear_0.weight = self.weights[f"{name}.feed_forward.{inner}.weight"]
        if inner == "gate":
            spec.ffn.linear_0_noact.weight = self.weights[f"{name}.feed_forward.inner.weight"]
        spec.ffn.linear_1.weight = self.weights[f"{name}.feed_forward.outer.weight"]

    def attention(self, spec: Any, name: str, projections: Sequence[str]) -> None:
        self.norm(spec.layer_norm, f"{name}_residual.norm")
        for linear, part in zip(spec.linear, [*projections, "output"], strict=True):
            linear.weight = self.weights[f"{name}.{part}.weight"]
        if f"{name}.query_norm.weight" in self.weights:
            spec.q_norm.gamma = self.weights[f"{name}.query_norm.weight"]
            spec.k_norm.gamma = self.weights[f"{name}.key_norm.weight"]

    def norm(self, spec: Any, name: str) -> None:
        spec.gamma = self.weights[f"{name}.weight"]
        if f"{name}.bias" in self.weights:
            spec.beta = self.weights[f"{name}.bias"]
