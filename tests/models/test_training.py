"""Training: it learns, it fits its budget, and a run that was cut off goes on as if nothing had happened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from diglot import CheckpointError, DiglotError
from diglot.models import search
from diglot.models.batching import Batch, pad
from diglot.models.checkpoint import load_state
from diglot.models.search import Limits
from diglot.models.tokenizer import END, PAD, START
from diglot.models.training import (
    Place,
    Trainer,
    TrainingConfig,
    batches_from,
    learning_rate_factor,
    make_optimizers,
)
from diglot.models.transformer import Transformer, TransformerConfig

SHAPE = TransformerConfig(40, 32, 2, 64, 2, 2, dropout=0.1, max_length=32)


def batch(words: list[list[int]], *, backwards: bool = False) -> Batch:
    """Sentences whose translation is themselves, or themselves backwards."""
    targets = [w[::-1] if backwards else w for w in words]
    return Batch(pad([[*w, END] for w in words]), pad([[START, *t] for t in targets]), pad([[*t, END] for t in targets]))


def prepare(phase: int, window: int, *, backwards: bool = False) -> list[Batch]:
    """Four batches of random words; a function of phase and window."""
    random = torch.Generator().manual_seed(1000 * phase + window)
    lengths = [int(n) for n in torch.randint(2, 7, (4,), generator=random)]
    draw = [torch.randint(5, 40, (24, n), generator=random).tolist() for n in lengths]
    return [batch(words, backwards=backwards) for words in draw]


def new_model(seed: int = 0) -> Transformer:
    torch.manual_seed(seed)
    return Transformer(SHAPE)


def config(**changes: object) -> TrainingConfig:
    settings = {"max_steps": 6, "precision": "fp32", "workers": 0, "warmup_steps": 3, "log_steps": 1, "save_minutes": 1e9}
    return TrainingConfig.from_dict(settings | changes)


@pytest.mark.parametrize(("optimizer", "backwards", "steps"), [("muon", False, 200), ("adamw", True, 250)])
def test_learns_to_copy_and_to_reverse(tmp_path: Path, optimizer: str, backwards: bool, steps: int) -> None:
    def draw(_: int, window: int) -> list[Batch]:
        random = torch.Generator().manual_seed(window)
        lengths = torch.randint(2, 6, (4,), generator=random).tolist()
        sentences = [torch.randint(5, 16, (64, n), generator=random).tolist() for n in lengths]
        return [batch(words, backwards=backwards) for words in sentences]

    torch.manual_seed(0)
    model = Transformer(TransformerConfig(16, 32, 2, 64, 1, 1, dropout=0.0, max_length=16))
    settings = config(max_steps=steps, optimizer=optimizer, learning_rate=1e-2, warmup_steps=20, label_smoothing=0.0)
    trainer = Trainer(model, draw, settings, tmp_path)
    losses: list[float] = []
    trainer.run(lambda line: losses.append(line["loss"]))
    assert losses[-1] < 0.1 * losses[0]
    unseen = [[7, 15, 12, 9], [14, 5, 11, 6]]
    found = search.greedy(trainer.model.eval(), batch(unseen).source, Limits(8))
    assert [f.ids for f in found] == [w[::-1] if backwards else w for w in unseen]


def test_a_resumed_run_equals_an_unbroken_one(tmp_path: Path) -> None:
    whole = Trainer(new_model(), prepare, config(max_steps=8), tmp_path / "whole")
    whole.run()
    first = Trainer(new_model(), prepare, config(max_steps=8), tmp_path / "parts")
    first.run(lambda line: setattr(first, "stopped_by", 2 if line["step"] == 5 else None))
    assert first.progress.step == 5
    second = Trainer(new_model(seed=99), prepare, config(max_steps=8), tmp_path / "parts")
    second.run()
    assert second.progress.place == whole.progress.place
    for mine, other in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(mine, other)
    for mine, other in zip(second.released_model().parameters(), whole.released_model().parameters(), strict=True):
        assert torch.equal(mine, other)


def test_a_killed_run_loses_no_more_than_a_save_interval(tmp_path: Path) -> None:
    """kill -9 in mid-run: the next process goes on from the last saved state, over the same data."""
    program = tmp_path / "program.py"
    program.write_text(_KILLED, encoding="utf-8")
    command = [sys.executable, str(program), str(tmp_path / "run")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    killed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    saved = load_state(tmp_path / "run" / "state.safetensors")[1]
    assert saved["step"] >= 6
    again = Trainer(new_model(), prepare, config(max_steps=12), tmp_path / "run")
    again.run()
    whole = Trainer(new_model(), prepare, config(max_steps=12), tmp_path / "whole")
    whole.run()
    assert all(torch.equal(a, b) for a, b in zip(again.model.parameters(), whole.model.parameters(), strict=True))


_KILLED = """
import os, signal, sys
from pathlib import Path
from test_training import Trainer, config, new_model, prepare

trainer = Trainer(new_model(), prepare, config(max_steps=12, save_minutes=0.0), Path(sys.argv[1]))
trainer.run(lambda line: os.kill(os.getpid(), signal.SIGKILL) if line["step"] == 7 else None)
"""


def test_two_processes_make_the_steps_of_one(tmp_path: Path) -> None:
    """torchrun with two gloo processes of one batch each = one process that accumulates two batches; with a teacher too.

    Halfway the two are stopped, and resume.
    """
    program = tmp_path / "program.py"
    program.write_text(_PARALLEL, encoding="utf-8")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [*launch, str(program), str(tmp_path)], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for name, teacher in (("alone", None), ("taught", _teacher())):
        one = Trainer(_without_dropout(), _of_both, config(accumulate=2), tmp_path / "one" / name, teacher)
        one.run()
        two, values = load_state(tmp_path / "two" / name / "state.safetensors")
        assert values["places"] == [[0, 2, 2], [0, 3, 2]]  # of four batches a window
        for key, parameter in one.model.state_dict().items():
            assert torch.allclose(two[f"model.{key}"], parameter, atol=2e-5), key
        lines = [json.loads(line) for line in (tmp_path / "two" / f"{name}.jsonl").read_text().splitlines()]
        assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]  # each once, though two were at work
    alone = Trainer(_without_dropout(), prepare, config(), tmp_path / "two" / "alone")
    alone.resume()
    assert alone.progress.place == Place(0, 4, 0)  # a single process goes on where all windows are new


def _of_both(phase: int, window: int) -> list[Batch]:
    """What two processes take in turns: a batch of the one's window, a batch of the other's."""
    return [one for both in zip(prepare(phase, 2 * window), prepare(phase, 2 * window + 1), strict=True) for one in both]


_PARALLEL = """
import os, signal, sys
from pathlib import Path
from diglot.models.training import append_json
from test_training import Trainer, _teacher, _without_dropout, config, prepare

folder = Path(sys.argv[1]) / "two"
for name, teacher in (("alone", None), ("taught", _teacher())):
    def log(line):
        append_json(folder / f"{name}.jsonl", line)
        if line["step"] == 2:
            os.kill(os.getpid(), signal.SIGTERM)  # one of the two is told to stop: both do, and go on together

    for _ in range(2):
        Trainer(_without_dropout(), prepare, config(accumulate=1), folder / name, teacher).run(log)
"""


def _without_dropout() -> Transformer:
    torch.manual_seed(0)
    return Transformer(TransformerConfig(40, 32, 2, 64, 2, 2, dropout=0.0, max_length=32))


def test_accumulated_batches_are_one_large_batch(tmp_path: Path) -> None:
    words = [[7, 8, 9], [10, 11], [12, 13, 14, 15], [16]]
    whole = Trainer(_without_dropout(), lambda *_: [batch(words)], config(max_steps=2), tmp_path / "a")
    parts = Trainer(
        _without_dropout(),
        lambda *_: [batch(words[:1]), batch(words[1:])],
        config(max_steps=2, accumulate=2),
        tmp_path / "b",
    )
    whole.run()
    parts.run()
    for mine, other in zip(whole.model.parameters(), parts.model.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=1e-5)


# ------------------------------------------------------------------------------------------------------------------ teacher


def _teacher() -> Transformer:
    """A model of another size with opinions of its own."""
    torch.manual_seed(3)
    model = Transformer(TransformerConfig(40, 16, 2, 32, 1, 1, dropout=0.1, max_length=32))
    with torch.no_grad():
        model.embedding.weight.mul_(3)
    return model


@torch.no_grad()
def divergence(student: Transformer, teacher: Transformer) -> float:
    """Mean divergence of a student from its teacher, in nats a token, on words that were not trained on."""
    total, tokens = 0.0, 0
    for unseen in prepare(0, 9999):
        real = unseen.labels != PAD
        logs = [model.eval()(unseen.source, unseen.target)[real].log_softmax(-1) for model in (student, teacher)]
        total += float(torch.nn.functional.kl_div(logs[0], logs[1], log_target=True, reduction="sum"))
        tokens += int(real.sum())
    return total / tokens


def test_a_student_comes_closer_to_its_teacher_than_without(tmp_path: Path) -> None:
    teacher, apart = _teacher(), {}
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    for share in (0.0, 0.5, 1.0):
        student = _without_dropout()
        settings = config(max_steps=30, teacher_share=share, learning_rate=4e-3, average_decay=0.0)
        Trainer(student, prepare, settings, tmp_path / str(share), teacher).run()
        apart[share] = divergence(student, teacher)
    assert apart[0.0] > apart[0.5] > apart[1.0]
    assert divergence(_without_dropout(), teacher) > 2 * apart[1.0]
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())


def test_a_resumed_run_with_a_teacher_equals_an_unbroken_one(tmp_path: Path) -> None:
    whole = Trainer(new_model(), prepare, config(), tmp_path / "whole", _teacher())
    whole.run()
    first = Trainer(new_model(), prepare, config(), tmp_path / "parts", _teacher())
    first.run(lambda line: setattr(first, "stopped_by", 2 if line["step"] == 3 else None))
    second = Trainer(new_model(seed=99), prepare, config(), tmp_path / "parts", _teacher())
    second.run()
    assert all(torch.equal(a, b) for a, b in zip(second.model.parameters(), whole.model.parameters(), strict=True))


# ------------------------------------------------------------------------------------------------------- what can go wrong


class Failing(torch.nn.Module):
    """An objective that fails once, at a call, after it has left gradients behind: what a GPU does, on a machine without."""

    def __init__(self, objective: torch.nn.Module, call: int, error: Exception) -> None:
        super().__init__()
        self.objective, self.left, self.error = objective, call, error

    def forward(self, *batch: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = self.objective(*batch)
        self.left -= 1
        if self.left == 0:
            loss.backward()
            raise self.error
        return loss


def failing(trainer: Trainer, call: int, error: Exception) -> Trainer:
    objective = Failing(trainer._objective(), call, error)
    trainer._objective = lambda: objective  # type: ignore[method-assign]
    return trainer


def test_out_of_memory_halves_the_batches_and_changes_nothing_else(tmp_path: Path) -> None:
    settings = config(max_steps=4, accumulate=2)
    whole: list[dict[str, float]] = []
    Trainer(_without_dropout(), prepare, settings, tmp_path / "whole").run(whole.append)
    error = torch.OutOfMemoryError("CUDA out of memory.")
    tight: list[dict[str, float]] = []
    failing(Trainer(_without_dropout(), prepare, settings, tmp_path / "tight"), 4, error).run(tight.append)
    assert [line["pieces"] for line in tight] == [1, 2, 2, 2]
    for name in ("loss", "gradient_norm"):
        assert [line[name] for line in tight] == pytest.approx([line[name] for line in whole], rel=1e-3)


def test_memory_for_less_than_a_sentence_is_said(tmp_path: Path) -> None:
    single = lambda *_: [batch([[7, 8, 9]])]  # noqa: E731
    error = torch.OutOfMemoryError("CUDA out of memory.")
    with pytest.raises(DiglotError, match="halve batch_tokens"):
        failing(Trainer(new_model(), single, config(), tmp_path), 1, error).run()


def test_a_lost_device_leaves_the_last_saved_state(tmp_path: Path) -> None:
    settings = config(max_steps=6, save_minutes=0.0)
    error = torch.AcceleratorError("CUDA error: unspecified launch failure\nmore", 719)
    with pytest.raises(DiglotError, match=r"the GPU failed in step 4 .*launch failure.*goes on from"):
        failing(Trainer(new_model(), prepare, settings, tmp_path / "lost"), 4, error).run()
    assert load_state(tmp_path / "lost" / "state.safetensors")[1]["step"] == 3
    again = Trainer(new_model(), prepare, settings, tmp_path / "lost")
    again.run()
    whole = Trainer(new_model(), prepare, settings, tmp_path / "whole")
    whole.run()
    assert all(torch.equal(a, b) for a, b in zip(again.model.parameters(), whole.model.parameters(), strict=True))


# ----------------------------------------------------------------------------------------------------------- budget and data


def test_a_time_budget_ends_the_run(tmp_path: Path) -> None:
    trainer = Trainer(new_model(), prepare, config(max_steps=0, max_minutes=0.03), tmp_path)
    lines: list[dict[str, float]] = []
    trainer.run(lines.append)
    assert 0.03 <= trainer.progress.minutes < 0.5
    assert lines[-1]["share"] == pytest.approx(1.0, abs=0.2)
    assert trainer.state_path.exists()


def test_phases_follow_the_budget(tmp_path: Path) -> None:
    seen = []

    def watched(phase: int, window: int) -> list[Batch]:
        seen.append((phase, window))
        return prepare(phase, window)

    Trainer(new_model(), watched, config(max_steps=10, phases=[0.0, 0.5]), tmp_path).run()
    assert [phase for phase, _ in seen] == sorted(phase for phase, _ in seen)
    assert (1, 0) in seen
    assert (0, 0) in seen


def test_where_processes_begin_anew_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    parent, seen = os.getpid(), set[int]()

    def watched(phase: int, window: int) -> list[Batch]:
        seen.add(os.getpid())
        return prepare(phase, window)

    next(batches_from(watched, Place(), workers=2))
    assert seen == {parent}


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # where there are fewer cores than workers
def test_data_go_on_from_any_place(workers: int) -> None:
    stream = batches_from(prepare, Place(), workers=workers)
    first = [next(stream) for _ in range(11)]
    _, place = first[6]
    again = batches_from(prepare, place, workers=workers)
    for batch_, after in first[7:]:
        other, other_after = next(again)
        assert torch.equal(batch_.source, other.source)
        assert after == other_after


def test_inverse_square_root_schedule() -> None:
    settings = config(schedule="inverse-sqrt", warmup_steps=100)
    factors = [learning_rate_factor(settings, step, 0.5) for step in (0, 49, 99, 399)]
    assert factors == pytest.approx([0.01, 0.5, 1.0, 0.5])


def test_warmup_stable_decay_schedule() -> None:
    settings = config(schedule="wsd", warmup_steps=10, decay_share=0.4)
    at = lambda step, share: learning_rate_factor(settings, step, share)  # noqa: E731
    assert at(4, 0.0) == pytest.approx(0.5)
    assert at(50, 0.3) == at(500, 0.6) == 1.0
    assert at(900, 0.8) == pytest.approx(0.5)
    assert at(1000, 1.0) == 0.0


def test_matrices_go_to_muon_and_the_rest_to_adamw() -> None:
    model = new_model()
    muon, adamw = make_optimizers(model, config(optimizer="muon"))
    hidden = {id(p) for n, p in model.named_parameters() if p.dim() == 2 and n != "embedding.weight"}
    assert {id(p) for g in muon.param_groups for p in g["params"]} == hidden
    others = {id(p) for g in adamw.param_groups for p in g["params"]}
    assert hidden | others == {id(p) for p in model.parameters()}
    assert not hidden & others
    (alone,) = make_optimizers(model, config(optimizer="adamw"))
    assert sum(len(g["params"]) for g in alone.param_groups) == len(list(model.parameters()))


def test_mixed_precision_learns_alike(tmp_path: Path) -> None:
    last = {}
    for precision in ("fp32", "bf16"):
        lines: list[dict[str, float]] = []
        settings = config(max_steps=40, precision=precision, learning_rate=4e-3)
        Trainer(_without_dropout(), prepare, settings, tmp_path / precision).run(lines.append)
        last[precision] = lines[-1]["loss"]
    assert last["bf16"] == pytest.approx(last["fp32"], rel=0.1)


def test_state_of_another_model_is_refused(tmp_path: Path) -> None:
    Trainer(new_model(), prepare, config(), tmp_path).run()
    other = Transformer(TransformerConfig(40, 16, 2, 64, 2, 2, max_length=32))
    with pytest.raises(DiglotError, match="state of another model"):
        Trainer(other, prepare, config(), tmp_path).run()
    (tmp_path / "state.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cannot be read"):
        Trainer(new_model(), prepare, config(), tmp_path).run()


def test_a_configuration_that_means_nothing_is_refused() -> None:
    with pytest.raises(DiglotError, match="no 'max_step'; it knows"):
        TrainingConfig.from_dict({"max_step": 3})
    with pytest.raises(DiglotError, match="needs an end"):
        TrainingConfig.from_dict({})


def test_state_holds_no_more_than_numbers(tmp_path: Path) -> None:
    Trainer(new_model(), prepare, config(), tmp_path).run()
    tensors, values = load_state(tmp_path / "state.safetensors")
    assert json.loads(json.dumps(values)) == values
    assert {name.split(".")[0] for name in tensors} == {"model", "average", "optimizer", "random"}
