"""Reranking: the hypothesis that leads back to its source comes first, on either engine and in any company."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.ctranslate2 import CTranslate2Engine
from diglot.models.engines.torch import TorchEngine
from diglot.models.rerank import LONGEST, rerank
from diglot.models.tokenizer import END, START
from diglot.models.translator import SearchOptions, Translator

INFO = ModelInfo(("en", "ja"), name="toy")


def hypotheses(*found: tuple[list[int], float]) -> EngineResult:
    best, *others = (EngineResult(ids, score) for ids, score in found)
    return best._replace(others=others)


def by_first_id(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
    """The higher the first id of a hypothesis, the better it leads back."""
    return [float(ids[0]) for ids, _ in pairs]


def test_the_sum_of_both_scores_decides_and_scores_stay() -> None:
    found = hypotheses(([1], -1.0), ([3], -1.5), ([2], -2.5), ([9], -9.9))
    (best,) = rerank([found], [[5]], by_first_id)
    assert [(one.ids, one.score) for one in (best, *best.others)] == [([3], -1.5), ([1], -1.0), ([2], -2.5), ([9], -9.9)]
    assert all(not one.others for one in best.others)


def test_only_rows_with_a_choice_are_read_backwards_each_with_its_own_source() -> None:
    asked: list[tuple[Sequence[int], Sequence[int]]] = []

    def backward(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
        asked.extend(pairs)
        return by_first_id(pairs)

    lone, long = hypotheses(([7], -1.0)), hypotheses(([1] * (LONGEST + 1), -1.0), ([2], -1.0))
    chosen = rerank([lone, hypotheses(([1], -1.0), ([2], -1.0)), long], [[70], [71], [72]], backward)
    assert asked == [([1], [71]), ([2], [71])]
    assert [found.ids[0] for found in chosen] == [7, 2, 1]
    assert rerank([lone], [[70]], lambda pairs: pytest.fail("nothing to choose from")) == [lone]


def engines(folder: Path, cache: Path) -> tuple[TorchEngine, CTranslate2Engine]:
    vocabulary = {"ja": tuple(range(70, 400))}
    info = ModelInfo(("en", "ja"), vocabulary)
    checkpoint.save(folder, toy_model(4, d_model=64, norm="layer"), toy_tokenizer(), info, card="", int8=False)
    ours = TorchEngine(checkpoint.load(folder)[0], toy_tokenizer(), "cpu", vocabulary)
    return ours, CTranslate2Engine(folder, compute_type="float32", threads=1, cache=cache)


def test_both_engines_give_the_same_scores_even_after_a_restricted_search(tmp_path: Path) -> None:
    ours, theirs = engines(tmp_path / "m", tmp_path / "cache")
    tokenizer = toy_tokenizer()
    sources = [tokenizer.source(tokenizer.encode(text), "ja") for text in SENTENCES]
    targets = [tokenizer.encode(text) for text in reversed(SENTENCES)]  # ids that Japanese does not use among them
    expected = ours.score(sources, targets)
    assert theirs.score(sources, targets) == pytest.approx(expected, abs=1e-3)
    theirs.search(sources, "ja", SearchSettings(beam=2, max_length=8))
    assert theirs.score(sources, targets) == pytest.approx(expected, abs=1e-3)
    assert max(expected) - min(expected) > 0.05


def test_a_score_is_what_each_token_and_the_end_get(tmp_path: Path) -> None:
    ours, _ = engines(tmp_path / "m", tmp_path / "cache")
    tokenizer, model = toy_tokenizer(), ours.model
    source, target = tokenizer.source(tokenizer.encode(SENTENCES[0]), "ja"), tokenizer.encode(SENTENCES[1])
    with torch.no_grad():
        logits = model(torch.tensor([source]), torch.tensor([[START, *target]]))[0].log_softmax(-1)
    labels = torch.tensor([*target, END])
    assert ours.score([source], [target]) == pytest.approx([float(logits.gather(1, labels[:, None]).mean())], rel=1e-4)


def test_a_translator_reranks_alike_alone_and_in_company(tmp_path: Path) -> None:
    for engine in engines(tmp_path / "m", tmp_path / "cache"):
        reranking = Translator(engine, toy_tokenizer(), INFO, SearchOptions(beam=4))
        plain = Translator(engine, toy_tokenizer(), INFO, SearchOptions(beam=4, rerank=False))
        together, found = reranking(SENTENCES, "en", "ja"), plain(SENTENCES, "en", "ja")
        assert [{h.text, *(o.text for o in h.others)} for h in together] == [
            {h.text, *(o.text for o in h.others)} for h in found
        ]
        assert [h.text for h in together] != [h.text for h in found]
        assert [reranking([text], "en", "ja")[0].text for text in SENTENCES] == [h.text for h in together]


def test_marks_of_terms_are_not_asked_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _ = engines(tmp_path / "m", tmp_path / "cache")
    asked: list[Sequence[int]] = []
    score = engine.score

    def watched(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
        asked.extend(targets)
        return score(sources, targets)

    monkeypatch.setattr(engine, "score", watched)
    reranking = Translator(engine, toy_tokenizer(), INFO, SearchOptions(beam=2))
    reranking([f"the {TERM_OPEN}loss{TERM_CLOSE}損失{TERM_TARGET_CLOSE} falls"], "en", "ja")
    assert {toy_tokenizer().decode(ids) for ids in asked} == {"the loss falls"}


@pytest.mark.parametrize(
    ("option", "both_ways", "expected"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_reranking_needs_a_model_of_both_ways_and_shows_in_the_identity(
    tmp_path: Path, option: bool, both_ways: bool, expected: bool
) -> None:
    engine, _ = engines(tmp_path / "m", tmp_path / "cache")
    info = ModelInfo(("en", "ja"), both_ways=both_ways)
    one = Translator(engine, toy_tokenizer(), info, SearchOptions(rerank=option))
    assert one.reranks is expected
    assert (one.identity == Translator(engine, toy_tokenizer(), info, SearchOptions(rerank=False)).identity) is not expected


def test_the_decoder_alone_is_a_language_model(tmp_path: Path) -> None:
    engine, _ = engines(tmp_path / "m", tmp_path / "cache")
    translator, tokenizer = Translator(engine, toy_tokenizer(), INFO, SearchOptions()), toy_tokenizer()
    first, second = translator.surprise([SENTENCES[0], SENTENCES[0] * 2], "ja")
    ids = tokenizer.encode(SENTENCES[0])
    (mean,) = engine.score([tokenizer.source([], "ja")], [ids])
    assert first == pytest.approx(-mean * (len(ids) + 1) / math.log(2))
    assert second > 1.5 * first
