"""A GPU with too little memory, one that is lost, one that is not there: what the engines make of the errors of torch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toys import random_ids, toy_model, toy_tokenizer

from diglot import DiglotError, models
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.device import device_of, in_halves
from diglot.models.engines.torch import TorchEngine
from diglot.models.wanted import Wanted


@given(st.lists(st.integers(), min_size=1), st.integers(1, 9))
def test_halves_keep_the_order_and_lose_nothing(rows: list[int], most: int) -> None:
    def search(some):
        if len(some) > most:
            raise torch.OutOfMemoryError("in a test")
        return [-row for row in some]

    assert in_halves(search, rows) == [-row for row in rows]


def test_one_row_that_is_too_much_is_said() -> None:
    def search(some):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    with pytest.raises(DiglotError, match="too little free memory"):
        in_halves(search, [1, 2])


def test_memory_that_runs_out_while_a_graph_is_recorded_is_that_too() -> None:
    def search(some):
        try:
            if len(some) > 1:
                raise torch.OutOfMemoryError("CUDA out of memory")
        except torch.OutOfMemoryError:
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")  # noqa: B904
        return list(some)

    assert in_halves(search, [1, 2, 3]) == [1, 2, 3]


def test_a_lost_gpu_is_said_in_one_line() -> None:
    def search(some):
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA\n")

    with pytest.raises(DiglotError, match=r"the GPU failed \(CUDA error: unspecified launch failure\)"):
        in_halves(search, [1, 2])


def test_an_error_of_our_own_stays_what_it_is() -> None:
    def search(some):
        raise RuntimeError("shape '[2]' is invalid")

    with pytest.raises(RuntimeError, match="shape"):
        in_halves(search, [1])


def test_the_engine_goes_on_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = toy_model(4), toy_tokenizer()
    engine, sizes, start = TorchEngine(model, tokenizer, "cpu", {}), [], model.start
    rows = [tokenizer.source(random_ids(1, 2 + i, 440, seed=i)[0].tolist(), "ja") for i in range(5)]
    wanted, drafts = [Wanted([[[70 + i]]], tokenizer) for i in range(5)], [EngineResult([], 0.0)] * 5
    searches = [
        lambda: engine.search(rows, "ja", SETTINGS),
        lambda: engine.search_containing(rows, "ja", SETTINGS, wanted, drafts),
    ]
    asked = [(search, search()) for search in searches]

    def short_of_memory(source):
        sizes.append(len(source))
        if len(source) > 2:
            raise torch.OutOfMemoryError("in a test")
        return start(source)

    monkeypatch.setattr(model, "start", short_of_memory)
    for search, expected in asked:
        assert [r.ids for r in search()] == [r.ids for r in expected]
    assert sizes == [5, 2, 3, 1, 2] * 2


SETTINGS = SearchSettings(beam=2, max_length=12)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said() -> None:
    assert device_of("auto") == "cpu"
    with pytest.raises(DiglotError, match="--device cuda: torch finds no GPU"):
        models.load(device="cuda")


def test_ctranslate2_on_a_gpu_is_refused() -> None:
    with pytest.raises(DiglotError, match="--engine ctranslate2 runs on the CPU"):
        models.load(device="cuda", engine="ctranslate2")
