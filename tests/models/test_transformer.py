"""What is true of the model, whatever its weights."""

import math
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from toys import random_ids, toy_model

from diglot import DiglotError
from diglot.models import transformer
from diglot.models.tokenizer import PAD
from diglot.models.transformer import Transformer, TransformerConfig, attend, causal_mask, padding_mask

VARIANTS = [
    {},
    {"positions": "sinusoidal"},
    {"positions": "learned"},
    {"norm": "layer"},
    {"norm_first": False, "norm": "layer"},
    {"feed_forward": "relu"},
    {"feed_forward": "gelu", "bias": True},
    {"normalise_queries_and_keys": False},
]


@pytest.fixture(params=VARIANTS, ids=str)
def model(request: pytest.FixtureRequest) -> Transformer:
    return toy_model(**request.param)


def test_padding_changes_nothing(model: Transformer) -> None:
    source, target = random_ids(2, 7), random_ids(2, 5, seed=1)
    padded_source, padded_target = F.pad(source, (0, 4), value=PAD), F.pad(target, (0, 3), value=PAD)
    assert torch.allclose(model(source, target), model(padded_source, padded_target)[:, :5], atol=1e-5)


def test_a_later_target_token_changes_no_earlier_logit(model: Transformer) -> None:
    source, target = random_ids(2, 6), random_ids(2, 8, seed=1)
    changed = target.clone()
    changed[:, 5:] = random_ids(2, 3, seed=2)
    assert torch.allclose(model(source, target)[:, :5], model(source, changed)[:, :5], atol=1e-6)
    assert not torch.allclose(model(source, target)[:, 5:], model(source, changed)[:, 5:], atol=1e-3)


def test_every_source_token_matters(model: Transformer) -> None:
    source, target = random_ids(1, 6), random_ids(1, 4, seed=1)
    for position in range(6):
        changed = source.clone()
        changed[0, position] = 60 + (int(source[0, position]) - 59) % 300
        assert not torch.allclose(model(source, target), model(changed, target), atol=1e-4)


def test_cached_steps_equal_the_full_pass(model: Transformer) -> None:
    source, target = random_ids(3, 6), random_ids(3, 7, seed=1)
    source[0, 4:] = PAD
    state, steps = model.start(source), []
    for position in range(7):
        logits, state = model.step(target[:, position], state)
        steps.append(logits)
    assert torch.allclose(torch.stack(steps, 1), model(source, target), atol=1e-5)


def test_alone_is_as_in_a_batch(model: Transformer) -> None:
    sources = [random_ids(1, length, seed=length) for length in (3, 9, 5)]
    target = random_ids(1, 4)
    batch = torch.cat([F.pad(s, (0, 9 - s.size(1)), value=PAD) for s in sources])
    together = model(batch, target.expand(3, -1))
    for row, source in enumerate(sources):
        assert torch.allclose(together[row], model(source, target)[0], atol=1e-5)


def test_attention_equals_the_library() -> None:
    query, key, value = (torch.randn(2, 3, length, 8) for length in (4, 6, 6))
    mask = torch.rand(2, 1, 4, 6) > 0.4
    mask[..., 0] = True
    assert torch.allclose(attend(query, key, value), F.scaled_dot_product_attention(query, key, value), atol=1e-6)
    expected = F.scaled_dot_product_attention(query, key, value, mask)
    assert torch.allclose(attend(query, key, value, mask), expected, atol=1e-6)


def test_a_fully_masked_row_is_zero_and_not_nan() -> None:
    query, key, value = (torch.randn(1, 1, 3, 4) for _ in range(3))
    mask = causal_mask(3)
    mask[1] = False
    for attention in (attend, F.scaled_dot_product_attention):
        out = attention(query, key, value, mask[None, None])
        assert torch.equal(out[0, 0, 1], torch.zeros(4))
        assert torch.isfinite(out).all()


def test_masks() -> None:
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert padding_mask(torch.tensor([[5, 6, PAD]])).tolist() == [[[[True, True, False]]]]


def test_rotary_scores_depend_on_distance_alone() -> None:
    tables = transformer.rotations(20, 8)
    query, key = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)

    def score(at: int, other: int) -> float:
        def turn(x: torch.Tensor, position: int) -> torch.Tensor:
            where = slice(position, position + 1)
            return transformer.Rotation(tables.cosine[where], tables.sine[where]).turn(x)

        return float((turn(query, at) * turn(key, other)).sum())

    assert score(3, 1) == pytest.approx(score(12, 10), abs=1e-5)
    assert score(3, 1) != pytest.approx(score(3, 2), abs=1e-3)


def test_sinusoids_start_with_zero_and_one() -> None:
    table = transformer.sinusoids(50, 16)
    assert table.shape == (50, 16)
    assert torch.equal(table[0], torch.tensor([0.0] * 8 + [1.0] * 8))
    assert table.unique(dim=0).size(0) == 50


@pytest.mark.parametrize("norm_first", [True, False])
def test_equals_torch_nn_transformer_with_the_same_weights(norm_first: bool) -> None:
    """The library's encoder-decoder, which has the shape of 2017, given our weights."""
    ours = toy_model(
        positions="sinusoidal", norm="layer", norm_first=norm_first, feed_forward="relu", bias=True,
        normalise_queries_and_keys=False,
    )  # fmt: skip
    c = ours.config
    with warnings.catch_warnings(action="ignore"):  # the library tells which of its fast paths it will not take
        theirs = nn.Transformer(
            c.d_model, c.n_heads, c.n_encoder_layers, c.n_decoder_layers, c.d_ff, 0.0, batch_first=True,
            norm_first=norm_first, layer_norm_eps=transformer.NORM_EPSILON,
        ).eval()  # fmt: skip
    _copy_into(theirs, ours)
    source, target = random_ids(2, 7), random_ids(2, 5, seed=1)
    source[0, 5:] = PAD
    here, _ = ours._embed(source, 0)
    there, _ = ours._embed(target, 0)
    hidden = theirs(
        here, there, tgt_mask=~causal_mask(5), src_key_padding_mask=source == PAD, memory_key_padding_mask=source == PAD
    )
    assert torch.allclose(ours.hidden(source, target), hidden, atol=1e-5)


def _copy_into(theirs: nn.Transformer, ours: Transformer) -> None:
    state = {}
    for side, layers in (("encoder", ours.encoder), ("decoder", ours.decoder)):
        for number, layer in enumerate(layers):
            at = f"{side}.layers.{number}"
            _attention(state, f"{at}.self_attn", layer.attention, [layer.attention.query_key_value])
            norms = [layer.attention_residual.norm]
            if side == "decoder":
                cross = layer.cross_attention
                _attention(state, f"{at}.multihead_attn", cross, [cross.query, cross.key_value])
                norms.append(layer.cross_attention_residual.norm)
            norms.append(layer.feed_forward_residual.norm)
            for place, norm in enumerate(norms, 1):
                state |= {f"{at}.norm{place}.{k}": v for k, v in norm.state_dict().items()}
            state |= {f"{at}.linear1.{k}": v for k, v in layer.feed_forward.inner.state_dict().items()}
            state |= {f"{at}.linear2.{k}": v for k, v in layer.feed_forward.outer.state_dict().items()}
        final = getattr(ours, f"{side}_norm")
        if isinstance(final, nn.Identity):
            getattr(theirs, side).norm = None
        else:
            state |= {f"{side}.norm.{k}": v for k, v in final.state_dict().items()}
    theirs.load_state_dict(state)


def _attention(state: dict, at: str, module: nn.Module, projections: list) -> None:
    state[f"{at}.in_proj_weight"] = torch.cat([p.weight for p in projections])
    state[f"{at}.in_proj_bias"] = torch.cat([p.bias for p in projections])
    state |= {f"{at}.out_proj.{k}": v for k, v in module.output.state_dict().items()}


def test_output_layer_is_the_embedding() -> None:
    model = toy_model()
    hidden = torch.randn(3, 32)
    allowed = torch.tensor([3, 70, 71])
    assert torch.allclose(model.logits(hidden, allowed), model.logits(hidden)[:, allowed], atol=1e-6)
    names = [name for name, _ in model.named_parameters() if "embedding" in name]
    assert names == ["embedding.weight"]


def test_dropout_works_in_training_only() -> None:
    model = toy_model(dropout=0.5)
    source, target = random_ids(2, 5), random_ids(2, 5)
    assert torch.equal(model(source, target), model(source, target))
    model.train()
    assert not torch.equal(model(source, target), model(source, target))


def test_a_deep_pre_norm_model_begins_as_the_identity() -> None:
    torch.manual_seed(0)
    model = Transformer(TransformerConfig(100, 32, 4, 64, 4, 2, dropout=0.0, max_length=16)).eval()
    source = random_ids(1, 5, 100)
    embedded, _ = model._embed(source, 0)
    assert torch.allclose(model.encode(source), model.encoder_norm(embedded))


@pytest.mark.parametrize("wrong", [{"d_model": 30, "n_heads": 4}, {"d_model": 12, "n_heads": 4}])
def test_impossible_shapes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"multiple|even"):
        TransformerConfig(100, **wrong)


def test_learned_positions_end_and_the_others_grow() -> None:
    with pytest.raises(DiglotError, match="longer than the 8"):
        toy_model(max_length=8, positions="learned")(random_ids(1, 9), random_ids(1, 2))
    for positions in ("rotary", "sinusoidal"):
        source, target = random_ids(1, 30), random_ids(1, 20)
        short, long = (toy_model(max_length=length, positions=positions) for length in (8, 64))
        assert torch.allclose(short(source, target), long(source, target), atol=1e-6)


def test_config_survives_json() -> None:
    config = toy_model(positions="learned", bias=True).config
    assert TransformerConfig.from_dict(config.to_dict() | {"another_programs_key": 1}) == config
    assert config.d_head == config.d_model // config.n_heads


def test_initial_weights_are_of_sensible_size() -> None:
    torch.manual_seed(1)
    model = Transformer(TransformerConfig(1000, 64, 4, 128, 2, 2))
    assert model.embedding.weight.detach().norm(dim=1)[1:].mean().item() == pytest.approx(1.0, abs=0.1)
    assert not model.embedding.weight[PAD].any()
    assert math.isfinite(model(random_ids(2, 5, 1000), random_ids(2, 5, 1000)).sum().item())
