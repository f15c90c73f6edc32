"""The translation model: a transformer encoder-decoder, whole, in one file.

Vaswani et al. 2017 (arXiv:1706.03762) with the choices that came after it as switches of the configuration: where the norm
stands and which it is, the positions, the feed-forward layer, normalised queries and keys.

The letters in the comments on shapes:

    B batch   S source length   T target length   D model width   H heads   K width of a head   V vocabulary   F feed-forward

Masks are True where attention may look. They are added to the scores as 0 and -inf, which softmax turns into weights of
exactly zero: that is what keeps the decoder from seeing the words it has to predict, and what lets all positions of a
sentence be trained at once.
"""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diglot import DiglotError
from diglot.models.tokenizer import PAD


@dataclass(frozen=True)
class TransformerConfig:
    """The whole description of a model's shape. Raises ValueError for a shape that cannot be."""

    vocabulary: int
    d_model: int = 512
    n_heads: int = 8
    d_ff: int = 1408
    n_encoder_layers: int = 11
    n_decoder_layers: int = 2
    dropout: float = 0.1
    positions: Literal["rotary", "sinusoidal", "learned"] = "rotary"
    max_length: int = 1024  # positions: learned ones end here, tables of the others begin with so many and grow
    norm: Literal["rms", "layer"] = "rms"
    norm_first: bool = True  # pre-norm (Xiong et al. 2020, arXiv:2002.04745); False is the order of 2017
    feed_forward: Literal["swiglu", "gelu", "relu"] = "swiglu"
    normalise_queries_and_keys: bool = True  # in self-attention (Henry et al. 2020, arXiv:2010.04245)
    bias: bool = False

    def __post_init__(self) -> None:
        if self.d_model % self.n_heads:
            raise ValueError(f"d_model {self.d_model} is not a multiple of n_heads {self.n_heads}")
        if self.positions != "learned" and (self.d_model // self.n_heads) % 2:
            raise ValueError(f"the width of a head must be even for {self.positions} positions")

    @property
    def d_head(self) -> int:
        """K, the width of one head."""
        return self.d_model // self.n_heads

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TransformerConfig":
        """The inverse of :meth:`to_dict`; keys that are not fields are another program's business."""
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


# ---------------------------------------------------------------------------------------------------------------- attention


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, dropout: float = 0.0) -> Tensor:
    """Scaled dot-product attention as the papers write it: ``softmax(q k^T / sqrt(K) + mask) v``.

    *Shape:* query (B, H, T, K), key and value (B, H, S, K), mask broadcastable to (B, H, T, S) -> (B, H, T, K). A row whose
    mask is False throughout gives zeros. The model itself calls ``F.scaled_dot_product_attention``, which computes the same
    faster, but in training in bf16 on a CPU; the tests hold the two against each other.
    """
    weights = attention_weights(query, key, mask)
    return F.dropout(weights, dropout) @ value


def attention_weights(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """How much each target position looks at each source position: (B, H, T, S), rows sum to one."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))  # (B, H, T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1).nan_to_num()  # a row of -inf alone would be NaN


def padding_mask(ids: Tensor) -> Tensor:
    """True at real tokens: (B, S) -> (B, 1, 1, S), to be broadcast over heads and queries."""
    return (ids != PAD)[:, None, None, :]


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """True on and below the diagonal: position t sees positions 0..t. (T, T)"""
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


class Rotation(NamedTuple):
    """Cosines and sines of rotary positions, (T, K) each, for the positions of the queries at hand."""

    cosine: Tensor
    sine: Tensor

    def turn(self, heads: Tensor) -> Tensor:
        """Rotate each pair of channels of (B, H, T, K) by an angle that grows with the position."""
        left, right = heads.chunk(2, dim=-1)
        return heads * self.cosine.to(heads.dtype) + torch.cat((-right, left), -1) * self.sine.to(heads.dtype)


class Keys(NamedTuple):
    """Keys and values of the positions seen so far, (B, H, S, K) each: what a decoding step need not compute again."""

    key: Tensor
    value: Tensor

    def extended(self, key: Tensor, value: Tensor) -> "Keys":
        """These and those of the positions that follow."""
        return Keys(torch.cat((self.key, key), dim=2), torch.cat((self.value, value), dim=2))


class Slots(NamedTuple):
    """Keys and values of fixed shape, (B, H, S, K) each, of which ``places`` (T,) are written in place: none ever moves."""

    key: Tensor
    value: Tensor
    places: Tensor

    def extended(self, key: Tensor, value: Tensor) -> Keys:
        """All of them, after the new ones have been written."""
        return Keys(self.key.index_copy_(2, self.places, key), self.value.index_copy_(2, self.places, value))


class MultiHeadAttention(nn.Module):
    """H attentions side by side, each over its own K-wide projection of queries, keys and values.

    Self-attention projects all three from its input; cross-attention takes keys and values from the encoder, once a
    sentence (:meth:`keys`).
    """

    def __init__(self, config: TransformerConfig, *, crosswise: bool = False) -> None:
        super().__init__()
        self.config = config
        width = config.d_model
        if crosswise:
            self.query = nn.Linear(width, width, bias=config.bias)
            self.key_value = nn.Linear(width, 2 * width, bias=config.bias)
        else:
            self.query_key_value = nn.Linear(width, 3 * width, bias=config.bias)
        self.output = nn.Linear(width, width, bias=config.bias)
        self.normalises = config.normalise_queries_and_keys and not crosswise
        if self.normalises:
            self.query_norm = nn.RMSNorm(config.d_head, eps=NORM_EPSILON)
            self.key_norm = nn.RMSNorm(config.d_head, eps=NORM_EPSILON)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None,
        *,
        rotation: Rotation | None = None,
        past: Keys | Slots | None = None,
        causal: bool = False,
    ) -> tuple[Tensor, Keys]:
        """Attend from x to itself, and to ``past`` before it. (B, T, D) -> (B, T, D) and the keys of all positions."""
        query, key, value = (self._split(part) for part in self.query_key_value(x).chunk(3, dim=-1))
        if self.normalises:
            query, key = _normalised(self.query_norm, query), _normalised(self.key_norm, key)
        if rotation is not None:
            query, key = rotation.turn(query), rotation.turn(key)
        if past is not None:
            key, value = past.extended(key, value)
        return self._attend(query, key, value, mask, causal=causal), Keys(key, value)

    def keys(self, memory: Tensor) -> Keys:
        """Keys and values of the encoder's output. (B, S, D) -> two of (B, H, S, K)"""
        key, value = (self._split(part) for part in self.key_value(memory).chunk(2, dim=-1))
        return Keys(key, value)

    def look(self, x: Tensor, keys: Keys, mask: Tensor | None) -> Tensor:
        """Attend from x to the encoder. (B, T, D) -> (B, T, D)"""
        return self._attend(self.queries(x), keys.key, keys.value, mask)

    def queries(self, x: Tensor) -> Tensor:
        """The queries of a cross-attention, (B, H, T, K): with :func:`attention_weights` they show what it looks at."""
        return self._split(self.query(x))

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *, causal: bool = False) -> Tensor:
        dropout = self.config.dropout if self.training else 0.0
        if self.training and query.device.type == "cpu" and query.dtype == torch.bfloat16:
            mask = causal_mask(query.size(2)) if causal else mask
            heads = attend(query, key, value, mask, dropout)  # the fused kernel's backward takes three times as long
        else:
            heads = F.scaled_dot_product_attention(query, key, value, mask, dropout_p=dropout, is_causal=causal)
        return torch.as_tensor(self.output(heads.transpose(1, 2).flatten(2)))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.config.n_heads, self.config.d_head).transpose(1, 2)  # (B, H, T, K)


def _normalised(norm: nn.RMSNorm, heads: Tensor) -> Tensor:
    """A norm in the type of its weight, also where mixed precision made its input a smaller one."""
    return torch.as_tensor(norm(heads.to(norm.weight.dtype))).to(heads.dtype)


# ------------------------------------------------------------------------------------------------------------------- layers

NORM_EPSILON = 1e-6


def make_norm(config: TransformerConfig) -> nn.Module:
    """LayerNorm (Ba et al. 2016) or RMSNorm (Zhang & Sennrich 2019), over the model width."""
    if config.norm == "rms":
        return nn.RMSNorm(config.d_model, eps=NORM_EPSILON)
    return nn.LayerNorm(config.d_model, eps=NORM_EPSILON)


class FeedForward(nn.Module):
    """Two layers applied to each position alone; SwiGLU (Shazeer 2020, arXiv:2002.05202) has a gate as a third."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.kind = config.feed_forward
        if self.kind == "swiglu":
            self.gate = nn.Linear(config.d_model, config.d_ff, bias=config.bias)
        self.inner = nn.Linear(config.d_model, config.d_ff, bias=config.bias)
        self.outer = nn.Linear(config.d_ff, config.d_model, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)"""
        if self.kind == "swiglu":
            hidden = F.silu(self.gate(x)) * self.inner(x)
        else:
            hidden = F.gelu(self.inner(x)) if self.kind == "gelu" else F.relu(self.inner(x))
        return torch.as_tensor(self.outer(hidden))


class Residual(nn.Module):
    """``x + sublayer(norm(x))``, or in the order of 2017 ``norm(x + sublayer(x))``.

    The sum is what lets gradients reach the lowest layer unchanged.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.norm = make_norm(config)
        self.norm_first = config.norm_first
        self.dropout = nn.Dropout(config.dropout)

    def before(self, x: Tensor) -> Tensor:
        """What the sublayer sees."""
        return torch.as_tensor(self.norm(x)) if self.norm_first else x

    def after(self, x: Tensor, change: Tensor) -> Tensor:
        """What goes on to the next sublayer."""
        total = x + self.dropout(change)
        return total if self.norm_first else torch.as_tensor(self.norm(total))


class EncoderLayer(nn.Module):
    """Self-attention over the whole source, then the feed-forward layer."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_residual = Residual(config)
        self.feed_forward = FeedForward(config)
        self.feed_forward_residual = Residual(config)

    def forward(self, x: Tensor, mask: Tensor, rotation: Rotation | None) -> Tensor:
        """(B, S, D) -> (B, S, D)"""
        change, _ = self.attention(self.attention_residual.before(x), mask, rotation=rotation)
        x = self.attention_residual.after(x, change)
        return self.feed_forward_residual.after(x, self.feed_forward(self.feed_forward_residual.before(x)))


class DecoderLayer(nn.Module):
    """Masked self-attention over the target so far, attention to the encoder, then the feed-forward layer."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_residual = Residual(config)
        self.cross_attention = MultiHeadAttention(config, crosswise=True)
        self.cross_attention_residual = Residual(config)
        self.feed_forward = FeedForward(config)
        self.feed_forward_residual = Residual(config)

    def forward(
        self,
        x: Tensor,
        memory: Keys,
        memory_mask: Tensor,
        *,
        rotation: Rotation | None,
        past: Keys | Slots | None = None,
        seen: Tensor | None = None,
    ) -> tuple[Tensor, Keys]:
        """(B, T, D) -> (B, T, D) and the keys of all target positions so far.

        Without ``past`` the positions of x are the first ones and see one another causally; with it x is the one position
        that follows, or what stands there in each of T hypotheses, which ``seen`` tells apart.
        """
        causal = past is None
        change, keys = self.attention(self.attention_residual.before(x), seen, rotation=rotation, past=past, causal=causal)
        x = self.attention_residual.after(x, change)
        change = self.cross_attention.look(self.cross_attention_residual.before(x), memory, memory_mask)
        x = self.cross_attention_residual.after(x, change)
        return self.feed_forward_residual.after(x, self.feed_forward(self.feed_forward_residual.before(x))), keys


# -------------------------------------------------------------------------------------------------------------------- model


def sinusoids(length: int, width: int) -> Tensor:
    """Position encodings of 2017: sines in the first half of the channels, cosines in the second. (T, D)

    The paper interleaves them; the order of channels is a permutation that the first projection absorbs.
    """
    angles = _angles(length, width, (width // 2 - 1) or 1)
    return torch.cat((angles.sin(), angles.cos()), dim=-1)


def rotations(length: int, width: int) -> Rotation:
    """Tables of rotary positions (Su et al. 2021, arXiv:2104.09864) with channels paired across the two halves. (T, K)"""
    angles = _angles(length, width, width / 2).repeat(1, 2)
    return Rotation(angles.cos(), angles.sin())


def _angles(length: int, width: int, steps: float) -> Tensor:
    """Position times frequency, frequencies falling geometrically from 1 to 1/10000. (T, width / 2)"""
    frequencies = 10000.0 ** (-torch.arange(width // 2, dtype=torch.float64) / steps)
    return (torch.arange(length, dtype=torch.float64)[:, None] * frequencies).float()


class State(NamedTuple):
    """What decoding has to remember between steps.

    ``memory`` and ``past`` hold one :class:`Keys` a decoder layer; ``mask`` is the source's padding mask (B, 1, 1, S);
    ``position`` is the index of the next target position.
    """

    memory: tuple[Keys, ...]
    mask: Tensor
    past: tuple[Keys, ...] | None
    position: int

    def select(self, rows: Tensor) -> "State":
        """The state of the given rows of the batch, in that order: how a beam keeps its survivors."""
        memory = tuple(Keys(k.key[rows], k.value[rows]) for k in self.memory)
        past = None if self.past is None else tuple(Keys(k.key[rows], k.value[rows]) for k in self.past)
        return State(memory, self.mask[rows], past, self.position)


class Beams(NamedTuple):
    """What decoding W hypotheses a row has to remember, in tensors of fixed shape that every step writes in place.

    The hypotheses of a row share its slots: each of up to C positions has W of them in ``past`` (B, H, C * W, K), and
    ``seen`` (B, W, C * W) says which of them are the past of which hypothesis. So when a hypothesis goes on from another
    one, only that mask changes, and keys are read once a row. ``positions`` are those of all C, ``position`` (1,) is the
    next one.
    """

    memory: tuple[Keys, ...]
    mask: Tensor
    past: tuple[Keys, ...]
    seen: Tensor
    positions: "Rotation | Tensor"
    position: Tensor

    def go_on_from(self, origins: Tensor) -> None:
        """Give each hypothesis the past of the one of its row that it goes on from: (B, W)"""
        self.seen.copy_(self.seen.gather(1, origins[:, :, None].expand_as(self.seen)))
        self.position.add_(1)


class Transformer(nn.Module):
    """Encoder and decoder over one embedding table, which is also the output layer (Press & Wolf 2017)."""

    cosine: Tensor
    sine: Tensor
    sinusoid: Tensor

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.d_model, padding_idx=PAD)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.n_encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.n_decoder_layers))
        self.encoder_norm = make_norm(config) if config.norm_first else nn.Identity()
        self.decoder_norm = make_norm(config) if config.norm_first else nn.Identity()
        self.dropout = nn.Dropout(config.dropout)
        if config.positions == "learned":
            self.position_embedding = nn.Embedding(config.max_length, config.d_model)
        self._make_tables(config.max_length)
        self.apply(_initialise)
        self._quiet_residuals()

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits of the token after each target position, all positions at once (teacher forcing).

        *Shape:* source (B, S) and target (B, T), ids padded with 0 -> (B, T, V).
        """
        return self.logits(self.hidden(source, target))

    def hidden(self, source: Tensor, target: Tensor) -> Tensor:
        """The decoder's output before the output layer: (B, T, D). The loss takes it from here, a chunk at a time."""
        state = self.start(source)
        x, rotation = self._embed(target, 0)
        for layer, memory in zip(self._decoder_layers, state.memory, strict=True):
            x, _ = layer(x, memory, state.mask, rotation=rotation)
        return torch.as_tensor(self.decoder_norm(x))

    def logits(self, hidden: Tensor, allowed: Tensor | None = None) -> Tensor:
        """Scores of the vocabulary, or of the ids in ``allowed`` alone: (..., D) -> (..., V)."""
        weight = self.embedding.weight if allowed is None else self.embedding.weight[allowed]
        return F.linear(hidden, weight)

    def encode(self, source: Tensor) -> Tensor:
        """(B, S) -> (B, S, D)"""
        mask = padding_mask(source)
        x, rotation = self._embed(source, 0)
        for layer in self.encoder:
            x = layer(x, mask, rotation)
        return torch.as_tensor(self.encoder_norm(x))

    def start(self, source: Tensor) -> State:
        """Encode the source and compute the keys that every decoding step will look at."""
        memory = self.encode(source)
        return State(
            tuple(layer.cross_attention.keys(memory) for layer in self._decoder_layers), padding_mask(source), None, 0
        )

    def step(self, tokens: Tensor, state: State, allowed: Tensor | None = None) -> tuple[Tensor, State]:
        """One more target position: the ids (B,) chosen last -> logits (B, V) of the next, and the state after."""
        x, rotation = self._embed(tokens[:, None], state.position)
        past = []
        for i, layer in enumerate(self._decoder_layers):
            before = state.past[i] if state.past is not None else None
            x, keys = layer(x, state.memory[i], state.mask, rotation=rotation, past=before)
            past.append(keys)
        hidden = self.decoder_norm(x)[:, 0]
        return self.logits(hidden, allowed), State(state.memory, state.mask, tuple(past), state.position + 1)

    def step_beams(self, tokens: Tensor, beams: Beams) -> Tensor:
        """One more target position of each hypothesis: the ids (B, W) chosen last -> the decoder's output (B, W, D).

        Nothing in it depends on values that only the device knows, so that a GPU can run it as one recorded graph.
        """
        width, where = tokens.size(1), beams.position
        places = where * width + torch.arange(width, device=tokens.device)
        itself = torch.eye(width, dtype=torch.bool, device=tokens.device)
        beams.seen.index_copy_(2, places, itself.expand(len(tokens), -1, -1))
        if isinstance(beams.positions, Rotation):
            here: Rotation | Tensor = Rotation(*(table.index_select(0, where) for table in beams.positions))
        else:
            here = beams.positions.index_select(0, where)
        x, rotation = self._at(self.embedding(tokens), here)
        for layer, memory, past in zip(self._decoder_layers, beams.memory, beams.past, strict=True):
            slots = Slots(*past, places)
            x, _ = layer(x, memory, beams.mask, rotation=rotation, past=slots, seen=beams.seen[:, None])
        return torch.as_tensor(self.decoder_norm(x))

    @property
    def _decoder_layers(self) -> list[DecoderLayer]:
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def parameter_count(self) -> int:
        """Trained numbers, the shared embedding once."""
        return sum(p.numel() for p in self.parameters())

    def positions(self, first: int, last: int) -> Rotation | Tensor:
        """What tells the model where it is: rotations of the positions ``first`` to ``last``, or what is added there."""
        if self.config.positions == "learned":
            if last > self.config.max_length:
                raise DiglotError(f"a sequence of {last} tokens is longer than the {self.config.max_length} of this model")
            return self.position_embedding.weight[first:last]
        if last > self.table_length:
            self._make_tables(2 * last)
        if self.config.positions == "rotary":
            return Rotation(self.cosine[first:last], self.sine[first:last])
        return self.sinusoid[first:last]

    def _embed(self, ids: Tensor, first: int) -> tuple[Tensor, Rotation | None]:
        """Embed ids whose first position is ``first``: (B, T) -> (B, T, D), and the rotation of those positions."""
        return self._at(self.embedding(ids), self.positions(first, first + ids.size(1)))

    def _at(self, embedded: Tensor, positions: Rotation | Tensor) -> tuple[Tensor, Rotation | None]:
        x = embedded * math.sqrt(self.config.d_model)
        if isinstance(positions, Rotation):
            return self.dropout(x), positions
        return self.dropout(x + positions), None

    def _make_tables(self, length: int) -> None:
        """Compute the position tables for so many positions; they grow when a longer sequence comes."""
        weight = self.embedding.weight
        self.table_length = length
        if self.config.positions == "rotary":
            rotation = rotations(length, self.config.d_head)
            self.register_buffer("cosine", rotation.cosine.to(weight), persistent=False)
            self.register_buffer("sine", rotation.sine.to(weight), persistent=False)
        elif self.config.positions == "sinusoidal":
            self.register_buffer("sinusoid", sinusoids(length, self.config.d_model).to(weight), persistent=False)

    def _quiet_residuals(self) -> None:
        """Start every residual branch at zero, so that a deep pre-norm model begins as the identity."""
        if not self.config.norm_first:
            return
        for name, parameter in self.named_parameters():
            if name.endswith(("output.weight", "outer.weight")):
                nn.init.zeros_(parameter)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)
        if module.padding_idx is not None:
            with torch.no_grad():
                module.weight[module.padding_idx].zero_()
