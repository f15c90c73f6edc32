"""Our folders in the tools of Hugging Face: the same weights, the same tokens, and back again."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from toys import SENTENCES, random_ids, toy_model, toy_tokenizer
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer, DynamicCache, EncoderDecoderCache
from transformers.utils import logging

from diglot import LANGUAGES, CheckpointError
from diglot.models import checkpoint, huggingface, search
from diglot.models.batching import pad
from diglot.models.checkpoint import ModelInfo
from diglot.models.tokenizer import CONTROL, END, PAD, START

JAPANESE = (END, *range(70, 400))  # the ids that a target of the toy models may use; English may use all


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    huggingface.register()
    logging.disable_progress_bar()
    yield
    logging.enable_progress_bar()


def save(folder: Path, *, int8: bool = True, **config: object) -> Path:
    model = toy_model(4, d_model=64, **config)
    with torch.no_grad():  # an end symbol that wins now and then
        model.embedding.weight[END] = model.embedding.weight[60:110].mean(0) * 6
    info = ModelInfo(("en", "ja"), {"ja": JAPANESE}, name="toy", domain="lec")
    checkpoint.save(folder, model, toy_tokenizer(), info, card="", int8=int8)
    return folder


def sources(count: int) -> list[list[int]]:
    ids = [random_ids(1, 2 + i % 17, seed=i)[0].tolist() for i in range(count)]
    return [toy_tokenizer().source(row, "ja" if i % 2 else "en") for i, row in enumerate(ids)]


def written(row: torch.Tensor) -> list[int]:
    ids = row.tolist()
    assert ids[0] == START
    return ids[1 : ids.index(END)] if END in ids else [i for i in ids[1:] if i != PAD]


CONFIGURATIONS = [
    {},
    {"positions": "learned", "norm": "layer", "bias": True, "max_length": 64},
    {"positions": "sinusoidal", "norm_first": False, "feed_forward": "gelu"},
]


@pytest.mark.parametrize("int8", [False, True])
@pytest.mark.parametrize("config", CONFIGURATIONS, ids=str)
def test_the_same_weights_are_loaded(tmp_path: Path, config: dict, int8: bool) -> None:
    folder = save(tmp_path / "m", int8=int8, **config)
    ours, theirs = checkpoint.load(folder)[0], AutoModelForSeq2SeqLM.from_pretrained(folder)
    assert theirs.model.config == ours.config
    assert theirs.model.state_dict().keys() == ours.state_dict().keys()
    for name, tensor in ours.state_dict().items():
        assert torch.equal(theirs.model.state_dict()[name], tensor), name


@pytest.mark.parametrize("config", CONFIGURATIONS, ids=str)
@pytest.mark.parametrize(("beam", "length_penalty", "block_ngram"), [(1, 1.0, 0), (1, 1.0, 2), (4, 1.0, 0), (3, 0.6, 2)])
def test_generate_writes_the_tokens_of_our_search(
    tmp_path: Path, config: dict, beam: int, length_penalty: float, block_ngram: int
) -> None:
    folder, rows = save(tmp_path / "m", **config), sources(12)
    ours, theirs = checkpoint.load(folder)[0], AutoModelForSeq2SeqLM.from_pretrained(folder)
    options = {"num_beams": beam, "no_repeat_ngram_size": block_ngram, "max_new_tokens": 24}
    if beam > 1:
        options["length_penalty"] = length_penalty
    batch = pad(rows)
    generated = theirs.generate(batch, attention_mask=(batch != PAD).long(), **options)
    everything = tuple(sorted(set(range(440)) - toy_tokenizer().unwritable))
    for i, (row, found) in enumerate(zip(rows, generated, strict=True)):
        limits = search.Limits(24, torch.tensor(JAPANESE if i % 2 else everything), block_ngram)
        alone = torch.tensor([row])
        if beam == 1:
            expected = search.greedy(ours, alone, limits)[0]
        else:
            expected = search.beam(ours, alone, limits, width=beam, length_penalty=length_penalty)[0][0]
        assert written(found) == expected.ids


def test_the_cache_changes_nothing(tmp_path: Path) -> None:
    model, batch = AutoModelForSeq2SeqLM.from_pretrained(save(tmp_path / "m")), pad(sources(6))
    mask = (batch != PAD).long()
    target = torch.cat((torch.full((6, 1), START), random_ids(6, 7, seed=9)), 1)
    whole = model(batch, mask, target).logits
    encoded = model.get_encoder()(batch, mask)
    assert torch.allclose(model(None, mask, target, encoder_outputs=encoded).logits, whole, atol=1e-5)
    cache = EncoderDecoderCache(DynamicCache(config=model.config), DynamicCache(config=model.config))
    parts = []
    for piece in target.split([3, 1, 4], dim=1):
        parts.append(model(None, mask, piece, encoder_outputs=encoded, past_key_values=cache).logits)
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)
    assert cache.get_seq_length() == 8


@pytest.mark.parametrize("beam", [1, 3])
def test_generate_without_a_cache_or_with_a_prefix(tmp_path: Path, beam: int) -> None:
    model, batch = AutoModelForSeq2SeqLM.from_pretrained(save(tmp_path / "m")), pad(sources(6))
    mask = (batch != PAD).long()
    expected = model.generate(batch, attention_mask=mask, num_beams=beam, max_new_tokens=12)
    uncached = model.generate(batch, attention_mask=mask, num_beams=beam, max_new_tokens=12, use_cache=False)
    assert torch.equal(uncached, expected)
    if beam == 1:
        prefix = expected[:, :3]
        longer = model.generate(batch, attention_mask=mask, decoder_input_ids=prefix, max_new_tokens=10)
        assert torch.equal(longer[:, : expected.size(1)], expected)


def test_what_nobody_says_is_ours(tmp_path: Path) -> None:
    model = AutoModelForSeq2SeqLM.from_pretrained(save(tmp_path / "m"))
    assert model._unsaid({}) == {"max_new_tokens": 256}
    assert model._unsaid({"num_beams": 2, "max_length": 30}) == {"early_stopping": True}
    assert model.generate(torch.tensor([sources(2)[1]]), max_length=9).size(1) <= 9


def test_the_control_symbols_are_where_the_configuration_takes_them_to_be() -> None:
    tokenizer = toy_tokenizer()
    assert [huggingface._CONTROL_IDS[symbol] for symbol in CONTROL] == tokenizer.ids(CONTROL)
    assert set(huggingface._UNWRITABLE) == tokenizer.unwritable
    assert set(huggingface._LANGUAGE_OF_TAG.values()) == set(LANGUAGES)


@pytest.mark.parametrize("text", [*SENTENCES, "", "</s> <2ja> <pad>", "\ue000 and \ue010a\ue011b\ue012", "  x\n\ny ", "🤖"])
def test_the_tokenizer_is_ours(tmp_path: Path, text: str) -> None:
    save(tmp_path / "m")
    theirs, ours = AutoTokenizer.from_pretrained(tmp_path / "m", tgt_lang="ja"), toy_tokenizer()
    assert theirs(text)["input_ids"] == ours.source(ours.encode(text), "ja", "lec")  # the domain of the folder
    assert theirs(text_target=text)["input_ids"] == [*ours.encode(text), END]
    assert theirs.decode(theirs(text)["input_ids"], skip_special_tokens=True) == ours.decode(ours.encode(text))
    assert len(theirs) == len(ours)
    theirs.tgt_lang, theirs.domain = "zh", None
    assert theirs(text)["input_ids"] == ours.source(ours.encode(text), "zh")


def test_padding_is_on_the_right_and_masked(tmp_path: Path) -> None:
    save(tmp_path / "m")
    tokenizer, model = AutoTokenizer.from_pretrained(tmp_path / "m"), AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "m")
    together = tokenizer(SENTENCES[:3], padding=True, return_tensors="pt")
    generated = model.generate(**together, max_new_tokens=12)
    for row, text in zip(generated, SENTENCES, strict=False):
        alone = model.generate(**tokenizer(text, return_tensors="pt"), max_new_tokens=12)
        assert written(row) == written(alone[0])


def test_what_they_save_they_load_and_so_do_we(tmp_path: Path) -> None:
    folder = save(tmp_path / "m")
    model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder, tgt_lang="ja")
    with torch.no_grad():  # trained further
        model.model.embedding.weight += 0.01
    for part in (model, tokenizer):
        part.save_pretrained(tmp_path / "theirs")
    again, words = (auto.from_pretrained(tmp_path / "theirs") for auto in (AutoModelForSeq2SeqLM, AutoTokenizer))
    for name, tensor in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor), name
    batch = words(SENTENCES[:2], padding=True, return_tensors="pt")
    assert torch.equal(again.generate(**batch, max_new_tokens=9), model.generate(**batch, max_new_tokens=9))
    assert words.tgt_lang == "ja"
    checkpoint.save(tmp_path / "ours", again.model, words.ours, checkpoint.read_info(folder), card="", int8=False)
    ours, _, info = checkpoint.load(tmp_path / "ours")
    assert torch.equal(ours.embedding.weight, model.model.embedding.weight)
    assert info == checkpoint.read_info(folder)


def test_a_loss_that_falls(tmp_path: Path) -> None:
    folder = save(tmp_path / "m")
    model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder, tgt_lang="ja")
    batch = tokenizer(SENTENCES[:4], text_target=SENTENCES[5:9], padding=True, return_tensors="pt")
    batch["labels"][batch["labels"] == PAD] = huggingface.IGNORED
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(8):
        loss = model(**batch).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < losses[0] * 0.8
    logits = model(batch["input_ids"], batch["attention_mask"], huggingface._shifted(batch["labels"])).logits
    counted = batch["labels"] != huggingface.IGNORED
    expected = -logits.log_softmax(-1).gather(2, batch["labels"].clamp_min(0)[..., None]).squeeze(2)[counted].mean()
    assert model(**batch).loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_smaller_type_is_kept(tmp_path: Path) -> None:
    model = AutoModelForSeq2SeqLM.from_pretrained(save(tmp_path / "m"), dtype=torch.bfloat16)
    assert {p.dtype for p in model.parameters()} == {torch.bfloat16}
    exact = checkpoint.load(tmp_path / "m")[0].embedding.weight
    assert torch.allclose(model.model.embedding.weight.float(), exact, rtol=0.02, atol=1e-3)


def test_missing_weights_are_not_made_up(tmp_path: Path) -> None:
    folder = save(tmp_path / "m")
    config = AutoConfig.from_pretrained(folder)
    config.n_encoder_layers = 3
    config.save_pretrained(folder)
    logging.set_verbosity_error()
    try:
        with pytest.raises(CheckpointError, match=r"encoder\.2.* is missing"):
            AutoModelForSeq2SeqLM.from_pretrained(folder)
    finally:
        logging.set_verbosity_warning()


def test_forward_says_what_it_needs(tmp_path: Path) -> None:
    model = AutoModelForSeq2SeqLM.from_pretrained(save(tmp_path / "m"))
    with pytest.raises(ValueError, match="generate"):
        model(torch.tensor([[5, 3]]))
    with pytest.raises(ValueError, match="encoder_outputs"):
        model(decoder_input_ids=torch.tensor([[START]]))


def test_no_warning_reaches_a_user(tmp_path: Path) -> None:
    folder = save(tmp_path / "m")
    code = (
        "from transformers import AutoModelForSeq2SeqLM, AutoTokenizer\n"
        "from diglot.models import huggingface; huggingface.register()\n"
        f"tokenizer = AutoTokenizer.from_pretrained({str(folder)!r}, tgt_lang='ja')\n"
        f"model = AutoModelForSeq2SeqLM.from_pretrained({str(folder)!r})\n"
        "for beams in 1, 2: model.generate(**tokenizer('A mask.', return_tensors='pt'), num_beams=beams, max_new_tokens=3)\n"
        f"model.save_pretrained({str(folder) + '2'!r})\n"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "warn" not in ran.stderr.lower(), ran.stderr
    assert "[transformers]" not in ran.stderr, ran.stderr
