"""Our model in the tools of Hugging Face: a configuration, a model and a tokenizer that their Auto classes find.

After :func:`register`, ``AutoModelForSeq2SeqLM.from_pretrained`` and ``AutoTokenizer.from_pretrained`` read a folder that
:mod:`diglot.models.checkpoint` wrote, int8 matrices included, and ``generate()`` writes the tokens that our own search
writes. Nothing is computed in a second way: the model holds a :class:`diglot.models.transformer.Transformer`, encodes with
its ``encode``, decodes with its ``step``, and keeps the keys of the steps in their cache.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    EncoderDecoderCache,
    GenerationConfig,
    GenerationMixin,
    LogitsProcessor,
    LogitsProcessorList,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizer,
)
from transformers.conversion_mapping import register_checkpoint_conversion_mapping
from transformers.core_model_loading import ConversionOps, WeightConverter
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from diglot import LANGUAGES, CheckpointError
from diglot.models.checkpoint import SCALE
from diglot.models.tokenizer import CONTROL, END, PAD, START, UNKNOWN, Tokenizer
from diglot.models.transformer import DecoderLayer, Keys, State, Transformer, TransformerConfig

IGNORED = -100  # their mark for labels that do not count
MAX_NEW_TOKENS = 256  # of generate(), where nobody says otherwise; theirs is 20


def register() -> None:
    """Make the Auto classes know our folders. Calling it again changes nothing."""
    AutoConfig.register("diglot", DiglotConfig, exist_ok=True)
    AutoModelForSeq2SeqLM.register(DiglotConfig, DiglotForConditionalGeneration, exist_ok=True)
    AutoTokenizer.register(DiglotConfig, tokenizer_class=DiglotTokenizer, exist_ok=True)
    unpack = WeightConverter([rf"weight(?!\{SCALE})", f"weight{SCALE}"], "weight", operations=[Unpack()])
    register_checkpoint_conversion_mapping("diglot", [unpack], overwrite=True)


class Unpack(ConversionOps):  # type: ignore[misc]
    """An int8 matrix and the scales of its rows to the matrix; what has no scales stays as it is."""

    def convert(self, input_dict: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Their protocol: tensors by pattern in, tensors by pattern out."""
        stored = {name: value[0] if isinstance(value, list) else value for name, value in input_dict.items()}
        scale = stored.pop(f"weight{SCALE}", None)
        (matrix,) = stored.values()
        return {"weight": matrix if scale is None else matrix * scale[:, None]}

    @property
    def reverse_op(self) -> "Unpack":
        """Saving keeps the matrix: what was trained further is not rounded behind anyone's back."""
        return self


class DiglotConfig(PreTrainedConfig):  # type: ignore[misc]
    """``config.json`` of a model folder: the shape of the transformer, its languages, the ids that each may write."""

    model_type = "diglot"
    attribute_map: ClassVar = {
        "vocab_size": "vocabulary",
        "hidden_size": "d_model",
        "num_attention_heads": "n_heads",
        "num_hidden_layers": "n_decoder_layers",
    }

    @classmethod
    def from_dict(cls, config_dict: dict[str, Any], **kwargs: Any) -> Any:
        """Read the values of ``config.json``; our ``max_length``, of positions, would be theirs, of generating, and lost."""
        renamed = dict(config_dict)
        if "max_length" in renamed:
            renamed["positions_length"] = renamed.pop("max_length")
        return super().from_dict(renamed, **kwargs)

    @property
    def shape(self) -> TransformerConfig:
        """What the transformer is made by."""
        values = self.to_dict()
        return TransformerConfig.from_dict({**values, "max_length": values["positions_length"]})

    def forbidden(self, tag: int) -> Tensor:
        """True at the ids (V,) that a translation into the language of the tag ``<2ja>`` may not use."""
        language = _LANGUAGE_OF_TAG.get(tag, "")
        forbidden = torch.zeros(self.vocabulary, dtype=torch.bool)
        forbidden[list(_UNWRITABLE)] = True
        if ranges := self.output_vocabulary.get(language):
            forbidden[:] = True
            for first, last in ranges:
                forbidden[first : last + 1] = False
        return forbidden


# The tokenizer gives the control symbols the ids after the four special ones, in their order.
_CONTROL_IDS = {symbol: END + 1 + i for i, symbol in enumerate(CONTROL)}
_LANGUAGE_OF_TAG = {_CONTROL_IDS[f"<2{code}>"]: code for code in LANGUAGES}
_UNWRITABLE = (PAD, UNKNOWN, START, *_CONTROL_IDS.values())


class TargetVocabulary(LogitsProcessor):  # type: ignore[misc]
    """Leaves each row the ids of its target language, and their probabilities a sum of one, as our own search does."""

    def __init__(self, config: DiglotConfig, sources: Tensor) -> None:
        tags = sources[:, 0].tolist()
        by_tag = {tag: config.forbidden(tag) for tag in set(tags)}
        self.forbidden = torch.stack([by_tag[tag] for tag in tags]).to(sources.device)  # (B, V)

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Their protocol: ids so far and scores (B * beams, V) in, scores out."""
        beams = len(scores) // len(self.forbidden)
        return scores.masked_fill(self.forbidden.repeat_interleave(beams, 0), -torch.inf).log_softmax(-1)


class Encoder(nn.Module):
    """The half of the model that ``generate()`` calls once; it borrows the model and owns nothing."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self._borrowed = (model,)  # in a tuple, so that it is no part of this module

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> BaseModelOutput:
        """(B, S) -> last_hidden_state (B, S, D)"""
        return BaseModelOutput(last_hidden_state=self._borrowed[0].encode(_padded(input_ids, attention_mask)))


class DiglotForConditionalGeneration(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    """The model as ``generate()`` and ``Trainer`` know it; the transformer itself is in ``model``."""

    config_class = DiglotConfig
    base_model_prefix = "model"
    main_input_name = "input_ids"
    _supports_sdpa = True

    def __init__(self, config: DiglotConfig) -> None:
        super().__init__(config)
        self.model = Transformer(config.shape)
        self.post_init()

    @classmethod
    def from_pretrained(cls, *args: Any, output_loading_info: bool = False, **kwargs: Any) -> Any:
        """Load a folder. Raises :class:`diglot.CheckpointError` where weights are missing or scales are left over."""
        model, report = super().from_pretrained(*args, output_loading_info=True, **kwargs)
        for problem, keys in (("missing", report["missing_keys"]), ("not understood", report["unexpected_keys"])):
            if keys:
                raise CheckpointError(f"{args[0]}: the weights cannot be read, {sorted(keys)[0]} is {problem}")
        return (model, report) if output_loading_info else model

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        encoder_outputs: BaseModelOutput | None = None,
        past_key_values: EncoderDecoderCache | None = None,
        labels: Tensor | None = None,
        **_: Any,
    ) -> Seq2SeqLMOutput:
        """Logits (B, T, V): of all positions at once from ``input_ids``, one after another from ``encoder_outputs``.

        Targets are padded on the right, so that no mask of theirs is needed. ``labels`` give the loss; without
        ``decoder_input_ids`` they are also what is read, one position later.
        """
        if decoder_input_ids is None and labels is not None:
            decoder_input_ids = _shifted(labels)
        if decoder_input_ids is None:
            raise ValueError("decoder_input_ids or labels are needed; to translate call generate()")
        if input_ids is not None and encoder_outputs is None and past_key_values is None:
            logits = self.model(_padded(input_ids, attention_mask), decoder_input_ids)
        else:
            state = self._state(encoder_outputs, attention_mask, past_key_values)
            logits = self._steps(decoder_input_ids, state, past_key_values)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits.flatten(0, 1).float(), labels.masked_fill(labels == PAD, IGNORED).flatten())
        return Seq2SeqLMOutput(loss=loss, logits=logits, past_key_values=past_key_values)

    def _state(self, encoded: Any, attention_mask: Tensor | None, cache: EncoderDecoderCache | None) -> State:
        """Where decoding stands: at the end of what is in the cache, or before the first token."""
        if cache is not None and cache.get_seq_length():
            return _cached(cache, attention_mask)
        if encoded is None:
            raise ValueError("encoder_outputs are needed: get_encoder()(input_ids, attention_mask) gives them")
        memory = encoded[0]
        layers = [layer for layer in self.model.decoder if isinstance(layer, DecoderLayer)]
        return State(tuple(layer.cross_attention.keys(memory) for layer in layers), _mask(attention_mask, memory), None, 0)

    def _steps(self, tokens: Tensor, state: State, cache: EncoderDecoderCache | None) -> Tensor:
        """Feed tokens (B, T) one by one, and keep their keys in the cache if there is one. Logits (B, T, V)."""
        known, logits = state.position, []
        for column in tokens.unbind(1):
            following, state = self.model.step(column, state)
            logits.append(following)
        if cache is not None:
            _keep(state, known, cache)
        return torch.stack(logits, 1)

    def generate(
        self,
        inputs: Tensor | None = None,
        generation_config: GenerationConfig | None = None,
        logits_processor: Sequence[LogitsProcessor] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Their ``generate()``, restricted to the vocabulary of the language that each source asks for.

        Beam search ends like ours, as soon as all beams have ended; say ``early_stopping=False`` for theirs.
        """
        sources = kwargs["input_ids"] if inputs is None else inputs
        processors = LogitsProcessorList([*(logits_processor or ()), TargetVocabulary(self.config, sources)])
        if generation_config is None:
            kwargs = self._unsaid(kwargs) | kwargs
        return super().generate(inputs, generation_config, processors, **kwargs)

    def _unsaid(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Our own defaults for what neither the call nor ``generation_config.json`` says."""
        saved, unsaid = self.generation_config, {}
        if saved.max_length is None and saved.max_new_tokens is None and "max_length" not in said:
            unsaid["max_new_tokens"] = MAX_NEW_TOKENS
        if saved.early_stopping is None and (said.get("num_beams") or saved.num_beams or 1) > 1:
            unsaid["early_stopping"] = True
        return unsaid

    def get_encoder(self, modality: str | None = None) -> Encoder:
        """What turns sources into ``encoder_outputs``."""
        return Encoder(self.model)

    def get_input_embeddings(self) -> nn.Module:
        """The one embedding table, which is the output layer too."""
        return self.model.embedding

    def _init_weights(self, module: nn.Module) -> None:
        """Nothing: the transformer initialises itself. Only its tables of positions are made anew where they were not."""
        if isinstance(module, Transformer):
            module.table_length = 0


def _padded(ids: Tensor, attention_mask: Tensor | None) -> Tensor:
    """Ids with padding wherever their mask has a 0."""
    return ids if attention_mask is None else ids.masked_fill(attention_mask == 0, PAD)


def _shifted(labels: Tensor) -> Tensor:
    """What the decoder reads to write the labels: (B, T) -> (B, T), the start symbol first."""
    start = labels.new_full((len(labels), 1), START)
    return torch.cat((start, labels[:, :-1].masked_fill(labels[:, :-1] == IGNORED, PAD)), 1)


def _mask(attention_mask: Tensor | None, memory: Tensor) -> Tensor:
    """The padding mask of a source, (B, 1, 1, S), from theirs (B, S)."""
    if attention_mask is None:
        attention_mask = memory.new_ones(memory.shape[:2])
    return attention_mask.bool()[:, None, None, :]


def _cached(cache: EncoderDecoderCache, attention_mask: Tensor | None) -> State:
    """The state of decoding that a cache holds."""
    seen, memory = (
        tuple(Keys(layer.keys, layer.values) for layer in half.layers)
        for half in (cache.self_attention_cache, cache.cross_attention_cache)
    )
    return State(memory, _mask(attention_mask, memory[0].key[:, 0]), seen, cache.get_seq_length())


def _keep(state: State, known: int, cache: EncoderDecoderCache) -> None:
    """Add to a cache what a state has beyond the ``known`` first positions, and the keys of the source if these are new."""
    for number, (seen, memory) in enumerate(zip(state.past or (), state.memory, strict=True)):
        cache.self_attention_cache.update(seen.key[:, :, known:], seen.value[:, :, known:], number)
        if not cache.is_updated.get(number):
            cache.cross_attention_cache.update(memory.key, memory.value, number)
            cache.is_updated[number] = True


class DiglotTokenizer(PreTrainedTokenizer):  # type: ignore[misc]
    """Our SentencePiece model and the layout of a source, ``<2ja> piece piece ... </s>``, behind their interface.

    ``tgt_lang`` is the language to translate into; it may be set on the tokenizer too. ``domain`` is the tag of models
    that were trained with one. ``text_target=`` gives the layout of labels: the pieces and the end.
    """

    vocab_files_names: ClassVar = {"vocab_file": "spiece.model"}
    model_input_names: ClassVar = ["input_ids", "attention_mask"]
    padding_side = "right"  # positions count from the first token

    def __init__(self, vocab_file: str, tgt_lang: str = "en", domain: str | None = None, **kwargs: Any) -> None:
        self.ours = Tokenizer.load(Path(vocab_file))
        self.tgt_lang, self.domain = tgt_lang, domain
        self._writes_target = False
        pad, unknown, start, end = self.ours.pieces([PAD, UNKNOWN, START, END])
        special = {"pad_token": pad, "unk_token": unknown, "bos_token": start, "eos_token": end}
        kwargs |= special | {"split_special_tokens": True}  # "</s>" typed by a person stays text
        super().__init__(tgt_lang=tgt_lang, domain=domain, **kwargs)

    @property
    def vocab_size(self) -> int:
        """How many pieces there are."""
        return len(self.ours)

    def get_vocab(self) -> dict[str, int]:
        """All pieces and their ids."""
        return {piece: i for i, piece in enumerate(self.ours.vocabulary)}

    def build_inputs_with_special_tokens(self, token_ids_0: list[int], token_ids_1: list[int] | None = None) -> list[int]:
        """The source as the model wants it, or the labels."""
        ids = token_ids_0 + (token_ids_1 or [])
        return [*ids, END] if self._writes_target else self.ours.source(ids, self.tgt_lang, self.domain)

    def convert_tokens_to_string(self, tokens: list[str]) -> str:
        """The text of pieces."""
        return self.ours.decode(self.ours.ids(tokens))

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str]:
        """Write ``spiece.model``."""
        path = Path(save_directory) / f"{filename_prefix + '-' if filename_prefix else ''}spiece.model"
        path.write_bytes(self.ours.model)
        return (str(path),)

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return self.ours.pieces(self.ours.encode(text))

    def _convert_token_to_id(self, token: str) -> int:
        return self.ours.ids([token])[0]

    def _convert_id_to_token(self, index: int) -> str:
        return self.ours.pieces([index])[0]

    def _switch_to_input_mode(self) -> None:
        self._writes_target = False

    def _switch_to_target_mode(self) -> None:
        self._writes_target = True
