"""Models of Hugging Face on torch, by their own ``generate()``: for GPUs, and as the measure of the converted ones."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers.modeling_outputs import BaseModelOutput

from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.device import in_halves

LOGITS = 1 << 26  # scores of the vocabulary that are held at a time: 256 MB


class GeneratingModel:
    """A loaded model; see :class:`diglot.models.engines.huggingface.Searcher`."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model, self.tokenizer = model.eval(), tokenizer

    def search(self, rows: Sequence[Sequence[int]], first: int | None, settings: SearchSettings) -> list[EngineResult]:
        """Translate rows of ids, as many at a time as the scores of a large vocabulary leave room for."""
        most = max(1, LOGITS // (settings.beam * self.model.config.vocab_size))
        return [
            found
            for start in range(0, len(rows), most)
            for found in in_halves(lambda some: self._generate(some, first, settings), rows[start : start + most])
        ]

    @torch.inference_mode()
    def _generate(self, rows: Sequence[Sequence[int]], first: int | None, settings: SearchSettings) -> list[EngineResult]:
        ids = pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(row) for row in rows])
        mask = (torch.arange(ids.size(1)) < lengths[:, None]).long().to(self.model.device)
        memory = self.model.get_encoder()(input_ids=ids.to(self.model.device), attention_mask=mask)[0]
        written = self.model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory),
            attention_mask=mask,
            generation_config=self._generation_config(first, settings),
        )
        given = 1 if first is None else 2  # the start, and the language where there is one
        scores = self._scores(memory, mask, written, given)
        return [EngineResult(row, score) for row, score in zip(written[:, given:].tolist(), scores, strict=True)]

    def _generation_config(self, first: int | None, settings: SearchSettings) -> Any:
        """The model's own (which tokens start, end and are forbidden) with our way of searching."""
        config = copy.deepcopy(self.model.generation_config)
        config.update(
            do_sample=False,
            num_beams=settings.beam,
            early_stopping=settings.beam > 1,
            length_penalty=settings.length_penalty,
            no_repeat_ngram_size=settings.block_ngram,
            max_length=None,
            max_new_tokens=settings.max_length,
        )
        if first is not None:
            config.forced_bos_token_id = first
        return config

    def _scores(self, memory: Tensor, mask: Tensor, written: Tensor, given: int) -> list[float]:
        """Mean log-probability a token, the end counted but not the first ones, which were ``given``.

        Read off one teacher-forced pass over what was written: ``generate()`` would keep the scores of every step.
        """
        read, chosen = written[:, :-1], written[:, 1:]
        ends = chosen == self.tokenizer.eos_token_id
        counted = ends.cumsum(1) - ends.long() == 0
        counted[:, : given - 1] = False
        rows = max(1, LOGITS // (read.size(1) * self.model.config.vocab_size))
        means = []
        for part in range(0, len(written), rows):
            here = slice(part, part + rows)
            encoded = BaseModelOutput(last_hidden_state=memory[here])
            logits = self.model(encoder_outputs=encoded, attention_mask=mask[here], decoder_input_ids=read[here]).logits
            own = logits.float().log_softmax(-1).gather(2, chosen[here, :, None]).squeeze(2)
            total = own.masked_fill(~counted[here], 0).sum(1)
            means += (total / counted[here].sum(1).clamp_min(1)).tolist()
        return means
