"""Models of Hugging Face on CTranslate2: int8 on a CPU, nearly four times as fast as ``generate()``.

CTranslate2's own converter does the conversion, once, into the user's cache directory (the whole model in float32 is in
memory for that time). What comes out are the tokens of ``generate()``, as far as int8 leaves them alone.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diglot import CheckpointError
from diglot.models import first_line
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.conversions import kept

CONVERSION = 1  # raised when the conversion changes, so that old ones in caches are left behind


class ConvertedModel:
    """A converted model on the CPU; see :class:`diglot.models.engines.huggingface.Searcher`."""

    def __init__(
        self, path: str, fingerprint: str, *, compute_type: str = "int8", threads: int = 0, cache: Path | None = None
    ) -> None:
        import ctranslate2

        name = f"{fingerprint}-{compute_type}-hf{CONVERSION}"
        folder = kept(name, lambda into: _convert(path, into, compute_type), cache)
        self._translator = ctranslate2.Translator(
            str(folder), device="cpu", compute_type=compute_type, intra_threads=threads, inter_threads=1
        )
        self._pieces: list[str] = json.loads((folder / "shared_vocabulary.json").read_text(encoding="utf-8"))
        self._ids = {piece: number for number, piece in enumerate(self._pieces)}

    def search(self, rows: Sequence[Sequence[int]], first: int | None, settings: SearchSettings) -> list[EngineResult]:
        """Translate rows of ids."""
        given = [] if first is None else [self._pieces[first]]
        results = self._translator.translate_batch(
            [[self._pieces[number] for number in row] for row in rows],
            target_prefix=[given] * len(rows) if given else None,
            beam_size=settings.beam,
            num_hypotheses=settings.beam,
            length_penalty=settings.length_penalty,
            max_decoding_length=settings.max_length,
            max_input_length=0,
            no_repeat_ngram_size=settings.block_ngram,
            return_scores=True,
            return_end_token=True,
        )
        return [self._best_first(one, len(given), settings) for one in results]

    def _best_first(self, result: Any, given: int, settings: SearchSettings) -> EngineResult:
        found = (self._result(*one, given, settings) for one in zip(result.hypotheses, result.scores, strict=True))
        best, *others = found
        return best._replace(others=others)

    def _result(self, pieces: Sequence[str], score: float, given: int, settings: SearchSettings) -> EngineResult:
        """The ids that were written after what was given, and their mean log-probability."""
        written = [self._ids[piece] for piece in pieces[given:]]
        return EngineResult(written, score * len(pieces) ** settings.length_penalty / max(1, len(written)))


def _convert(path: str, into: Path, compute_type: str) -> None:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_tokenizer(self, tokenizer_class: Any, name: str, **options: Any) -> Any:
            return _WithLanguages(super().load_tokenizer(tokenizer_class, name, **options))

    try:
        Converter(path).convert(str(into), quantization=None if compute_type == "float32" else compute_type, force=True)
    except Exception as exc:  # whatever the converter stumbles over, torch may still run the model
        raise CheckpointError(f"{path}: CTranslate2 cannot convert it ({first_line(exc)}); take --engine torch") from exc
    if not (into / "shared_vocabulary.json").exists():
        raise CheckpointError(f"{path}: has a vocabulary for each language, which is not read yet; take --engine torch")


class _WithLanguages:
    """A tokenizer whose vocabulary has the tags of languages, which transformers 5 leaves out of that of M2M-100."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def get_vocab(self) -> dict[str, int]:
        return {**self._tokenizer.get_vocab(), **getattr(self._tokenizer, "lang_token_to_id", {})}
