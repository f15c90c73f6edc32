"""Toy models and a toy tokenizer: small enough to be made in a test, real enough to be the real thing."""

from functools import cache

import torch

from diglot.models import tokenizer as tokenizers
from diglot.models.tokenizer import Tokenizer
from diglot.models.transformer import Transformer, TransformerConfig

SENTENCES = [
    "The encoder reads the whole sentence at once.",
    "The decoder writes one word at a time.",
    "Attention weights tell how much each word matters.",
    "A mask keeps the future out of sight, 1234567890.",
    "Please look at the second row of the matrix!",
    "エンコーダーは文全体を一度に読みます。",
    "デコーダーは単語を一つずつ書きます。",
    "注意の重みは、どの単語が大切かを示します。",
    "マスクは未来を見えなくします。",
    "编码器一次读取整个句子。",
    "解码器一次写一个词。",
    "注意力权重表示每个词有多重要。",
    "掩码让模型看不到未来。",
]


@cache
def toy_tokenizer(kind: str = "unigram") -> Tokenizer:
    """A tokenizer of 440 pieces, trained in a second on the sentences above."""
    return tokenizers.train(SENTENCES * 3, 440, kind=kind, character_coverage=1.0, threads=1)  # type: ignore[arg-type]


def toy_model(seed: int = 0, **config: object) -> Transformer:
    """A model of two small layers a side with weights large enough that every part of it shows in the output."""
    torch.manual_seed(seed)
    shape = {
        "vocabulary": 440,
        "d_model": 32,
        "n_heads": 4,
        "d_ff": 48,
        "n_encoder_layers": 2,
        "n_decoder_layers": 2,
        "dropout": 0.0,
        "max_length": 128,
    }
    model = Transformer(TransformerConfig(**(shape | config)))  # type: ignore[arg-type]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1 and "embedding" not in name:
                parameter.normal_(std=0.25)
            elif parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.eval()


def random_ids(rows: int, length: int, vocabulary: int = 440, seed: int = 0) -> torch.Tensor:
    """Ids of ordinary pieces, without padding or control symbols."""
    return torch.randint(60, vocabulary, (rows, length), generator=torch.Generator().manual_seed(seed))
