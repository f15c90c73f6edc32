"""How fast: what is counted, and what it is held against."""

import pytest
import torch
from toys import toy_model

from diglot.models.batching import Batch, pad
from diglot.models.throughput import Meter, measured_peak, operations


def test_operations_are_six_for_each_weight_that_a_token_meets() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    model = toy_model()
    source, target = torch.randint(4, 440, (3, 17)), torch.randint(4, 440, (3, 11))
    with FlopCounterMode(display=False) as counter:
        model(source, target).sum().backward()
    counts = operations(model)
    counted = counter.get_flop_counts()["Global"]
    products = sum(n for op, n in counted.items() if "attention" not in str(op) and "bmm" not in str(op))
    assert 3 * (17 * counts.source + 11 * counts.target) == pytest.approx(products, rel=0.02)


def test_a_meter_reads_means_and_starts_anew() -> None:
    meter = Meter(operations(toy_model()), peak=1e12)
    batch = Batch(pad([[9, 3], [8, 9, 3]], 4), pad([[2, 7], [2, 7, 6]], 4), pad([[7, 3], [7, 6, 3]], 4))
    for loss, norm in ((10.0, 1.0), (5.0, 3.0)):
        meter.add([batch], torch.tensor(loss), torch.tensor(norm))
    line = meter.read()
    assert (line["loss"], line["gradient_norm"], line["padding"]) == (1.5, 2.0, 0.375)
    assert line["tokens_per_second"] > 0
    assert 0 < line["share_of_peak"] < 1
    meter.add([batch], torch.tensor(5.0), torch.tensor(3.0))
    assert meter.read()["loss"] == 1.0


def test_measuring_the_peak_draws_no_random_numbers() -> None:
    state = torch.get_rng_state()
    assert measured_peak(torch.device("cpu"), "fp32") > 1e7
    assert torch.equal(torch.get_rng_state(), state)
