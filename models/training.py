"""Training: one readable loop that fits a clock.

All positions of all target sentences of a batch are predicted at once (teacher forcing); the loss is label-smoothed
cross-entropy, or that of a teacher's distribution (:mod:`diglot.models.objective`); the gradient of a step is the mean over
the tokens of its batches, however many processes shared them. The run knows how many minutes it has: the learning rate's
decay and the phases of the data mix follow the clock, and when time is up the state is saved and the model written. A run
that was cut off, by hand or by kill -9, goes on from the last saved state with the same data in the same order.

On several GPUs or hosts the same command runs under ``torchrun``: each process prepares windows of the data of its own, and
a step is taken over the batches of all. On a GPU the loop never waits for a number that it does
not need: batches come from other processes in pinned memory, losses are looked at when a line of the log is due. Where the
GPU's memory runs out, batches are computed in halves from then on.
"""

import copy
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from diglot import DiglotError
from diglot.models import first_line
from diglot.models.batching import Batch
from diglot.models.checkpoint import load_state, save_state
from diglot.models.objective import Objective, Precision, compile_layers
from diglot.models.throughput import Meter, measured_peak, operations
from diglot.models.transformer import Transformer

Prepare = Callable[[int, int], list[Batch]]  # (phase, window) -> the batches of that window of the data


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. Times are minutes on the wall clock, over all runs that continue one another."""

    max_minutes: float = 0.0  # 0: no limit but max_steps
    max_steps: int = 0  # 0: no limit but max_minutes
    batch_tokens: int = 16384  # padded tokens, source and target together, in one batch on one device
    accumulate: int = 1  # batches that one device adds up for a step
    optimizer: Literal["muon", "adamw"] = "muon"
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    schedule: Literal["wsd", "inverse-sqrt"] = "wsd"
    warmup_steps: int = 300
    decay_share: float = 0.35  # the last part of the budget, in which a wsd schedule falls to zero
    label_smoothing: float = 0.1
    teacher_share: float = 0.5  # what a teacher's distribution counts for beside the label, where there is a teacher
    clip_norm: float = 1.0  # 0: no clipping
    average_decay: float = 0.999  # of the moving average of the weights, which is what gets released; 0: none
    precision: Precision = "bf16"
    compile: bool = False
    seed: int = 1
    save_minutes: float = 5.0
    log_steps: int = 50
    workers: int = 1  # processes that prepare data
    phases: tuple[float, ...] = (0.0,)  # the shares of the budget at which each phase of the data mix begins

    def __post_init__(self) -> None:
        if self.max_minutes <= 0 and self.max_steps <= 0:
            raise DiglotError("training needs an end: give max_minutes or max_steps")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TrainingConfig":
        """From a table of a configuration file. Raises :class:`diglot.DiglotError` for a key that means nothing here."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise DiglotError(f"[training] has no '{unknown[0]}'; it knows {', '.join(sorted(known))}")
        settings: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**settings)


# ----------------------------------------------------------------------------------------------------------------- schedule


def learning_rate_factor(config: TrainingConfig, step: int, progress: float) -> float:
    """What the learning rate is multiplied with at a step (from 0), with ``progress`` of the whole budget used up.

    ``inverse-sqrt``: linear warm-up, then falling with the square root of the step (Vaswani et al. 2017).
    ``wsd``: linear warm-up, flat, and linear to zero over the last ``decay_share`` of the budget (Hu et al. 2024).
    """
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    if config.schedule == "inverse-sqrt":
        return min(warm, math.sqrt(max(1, config.warmup_steps) / (step + 1)))
    left = max(0.0, 1.0 - progress)
    return warm * min(1.0, left / config.decay_share if config.decay_share else 1.0)


def make_optimizers(model: nn.Module, config: TrainingConfig) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the matrices of the layers and AdamW for the rest, or AdamW for all.

    Muon's steps are scaled to the size of AdamW's (Liu et al. 2025, arXiv:2502.16982), so one learning rate serves both.
    Norms and biases are not decayed.
    """
    named = list(model.named_parameters())
    fused = named[0][1].device.type == "cuda"
    matrices = [p for name, p in named if p.dim() == 2 and "embedding" not in name]
    tables = [p for name, p in named if p.dim() == 2 and "embedding" in name]
    vectors = [p for _, p in named if p.dim() < 2]
    groups = [{"params": tables, "weight_decay": 0.0}, {"params": vectors, "weight_decay": 0.0}]
    if config.optimizer == "adamw":
        groups.append({"params": matrices, "weight_decay": config.weight_decay})
    adamw = torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=config.learning_rate, betas=config.betas, fused=fused
    )
    if config.optimizer == "adamw":
        return [adamw]
    muon = torch.optim.Muon(
        matrices, lr=config.learning_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    return [muon, adamw]


# --------------------------------------------------------------------------------------------------------------------- data


class Place(NamedTuple):
    """Where in the data a run is: the phase, the window of it, and the batch of that window which comes next."""

    phase: int = 0
    window: int = 0
    batch: int = 0


class _Windows(Dataset[list[Batch]]):
    """The windows of one phase, prepared by number in the processes of a DataLoader."""

    def __init__(self, prepare: Prepare, phase: int) -> None:
        self._prepare, self._phase = prepare, phase

    def __getitem__(self, window: int) -> list[Batch]:
        torch.set_num_threads(1)
        return self._prepare(self._phase, window)


def batches_from(prepare: Prepare, place: Place, *, workers: int, stride: int = 1) -> Iterator[tuple[Batch, Place]]:
    """The batches of every ``stride``-th window of a phase from a place on, without end, each with the place after it."""
    order: Iterable[int] = range(place.window, 1 << 30, stride)
    source: Iterable[list[Batch]]
    if workers and sys.platform == "linux":  # elsewhere processes begin anew, and a closure cannot be handed to them
        source = DataLoader(
            _Windows(prepare, place.phase),
            batch_size=None,
            sampler=order,
            num_workers=workers,
            multiprocessing_context="fork",
            prefetch_factor=2,
            pin_memory=torch.cuda.is_available(),
        )
    else:
        source = (prepare(place.phase, window) for window in order)
    for window, batches in zip(order, source, strict=False):
        first = place.batch if window == place.window else 0
        for number, batch in enumerate(batches[first:], first + 1):
            done = number == len(batches)
            yield batch, Place(place.phase, window + stride, 0) if done else Place(place.phase, window, number)


# --------------------------------------------------------------------------------------------------------------------- loop


@dataclass
class Progress:
    """What a run has done so far: what a saved state holds besides tensors."""

    step: int = 0
    minutes: float = 0.0
    tokens: int = 0
    place: Place = field(default_factory=Place)

    def share(self, config: TrainingConfig) -> float:
        """How much of the budget is used up, 0 to 1."""
        by_time = self.minutes / config.max_minutes if config.max_minutes else 0.0
        by_steps = self.step / config.max_steps if config.max_steps else 0.0
        return min(1.0, max(by_time, by_steps))


class Trainer:
    """A model in training: its optimizers, its moving average, its place in the data and on the clock.

    ``teacher`` has the vocabulary of the model and stays as it is. ``about`` names what the run is of, where the
    shape of the model does not say it: a state that is of something else is not resumed from.
    """

    def __init__(
        self,
        model: Transformer,
        prepare: Prepare,
        config: TrainingConfig,
        folder: Path,
        teacher: Transformer | None = None,
        *,
        about: str = "",
    ) -> None:
        self.config, self.folder, self.prepare, self.about = config, folder, prepare, about
        self.rank, self.world = _join_processes()
        self.device = _device(self.rank)
        self.model = model.to(self.device)
        self.teacher = teacher and _frozen(teacher.to(self.device), config.precision)
        self.optimizers = make_optimizers(self.model, config)
        self.average = copy.deepcopy(self.model) if config.average_decay else None
        self.progress = Progress(place=Place(window=self.rank))
        self.pieces = 1  # that each batch is cut into; doubled where memory runs out
        self.stopped_by: int | None = None  # the signal that ended the run
        self._signal: int | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state_path(self) -> Path:
        """The saved state that a later run resumes from."""
        return self.folder / "state.safetensors"

    def released_model(self) -> Transformer:
        """The weights to use: the moving average where one is kept."""
        return self.model if self.average is None else self.average

    def run(self, log: Callable[[dict[str, float]], None] = lambda _: None) -> None:
        """Train until the budget is used up, or until a SIGINT or SIGTERM; either way the state is saved.

        Raises :class:`diglot.DiglotError` where the device is lost or its memory does not hold a single sentence.
        """
        torch.manual_seed(self.config.seed + self.rank)
        if self.state_path.exists():
            self.resume()
        objective = self._objective()
        before = {s: signal.signal(s, self._receive) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._loop(objective, log if self.rank == 0 else lambda _: None)
            self.save()
        except torch.AcceleratorError as exc:  # nothing on the device can be read any more
            lost = f"the GPU failed in step {self.progress.step + 1} ({first_line(exc)})"
            raise DiglotError(f"{lost}; run the same command again, it goes on from {self.state_path}") from exc
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _loop(self, objective: nn.Module, log: Callable[[dict[str, float]], None]) -> None:
        meter = Meter(operations(self.model), measured_peak(self.device, self.config.precision), self.world)
        saved = self.progress.minutes
        start = time.monotonic() - saved * 60
        while (share := self.progress.share(self.config)) < 1.0 and self.stopped_by is None:
            phase = sum(share >= begin for begin in self.config.phases) - 1
            if phase != self.progress.place.phase:
                self.progress.place = Place(phase, self.rank)
            stream = batches_from(self.prepare, self.progress.place, workers=self.config.workers, stride=self.world)
            for group in _groups(stream, self.config.accumulate):
                factor = learning_rate_factor(self.config, self.progress.step, share)
                batches = [batch for batch, _ in group]
                meter.add(batches, *self._step(objective, batches, factor))
                self.progress.place = group[-1][1]
                self._agree((time.monotonic() - start) / 60)
                share = self.progress.share(self.config)
                if self.progress.step % self.config.log_steps == 0:
                    log(self._line(share, factor) | meter.read())
                if self.progress.minutes - saved > self.config.save_minutes:
                    saved = self.progress.minutes
                    self.save()
                next_phase = sum(share >= begin for begin in self.config.phases) - 1
                if share >= 1.0 or next_phase != phase or self.stopped_by is not None:
                    break

    def _line(self, share: float, factor: float) -> dict[str, float]:
        """What a line of the log says of where the run is."""
        return {
            "step": self.progress.step,
            "minutes": round(self.progress.minutes, 2),
            "share": round(share, 4),
            "phase": self.progress.place.phase,
            "learning_rate_factor": round(factor, 4),
            "pieces": self.pieces,
        }

    def _step(self, objective: nn.Module, batches: Sequence[Batch], factor: float) -> tuple[Tensor, Tensor]:
        """One optimizer step over these batches and those of the other processes: summed loss of these, norm of all."""
        self.model.train()
        tokens = int(self._over_all(sum(batch.tokens() for batch in batches)).sum())
        loss = self._add_gradients(objective, batches, self.world / max(1, tokens))
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm or math.inf)
        for optimizer in self.optimizers:
            for group_of in optimizer.param_groups:
                group_of["lr"] = self.config.learning_rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self._update_average()
        self.progress.step += 1
        self.progress.tokens += tokens
        return loss, norm

    def _add_gradients(self, objective: nn.Module, batches: Sequence[Batch], scale: float) -> Tensor:
        """Summed loss of batches, its gradient times ``scale`` in the weights; in smaller pieces where memory runs out."""
        while True:
            try:
                return self._backward(objective, [piece for b in batches for piece in b.split(self.pieces)], scale)
            except torch.OutOfMemoryError as exc:
                rows = max(len(batch.source) for batch in batches)
                if self.world > 1 or self.pieces >= rows:  # other processes wait for gradients of whole batches
                    message = "out of memory; halve batch_tokens and double accumulate, which leaves the step as it is"
                    raise DiglotError(message) from exc
            self.pieces *= 2
            self.model.zero_grad(set_to_none=True)
            torch.cuda.empty_cache()

    def _backward(self, objective: nn.Module, batches: Sequence[Batch], scale: float) -> Tensor:
        total = torch.zeros((), device=self.device)
        for number, batch in enumerate(batches, 1):
            quiet = isinstance(objective, DistributedDataParallel) and number < len(batches)
            with objective.no_sync() if quiet else nullcontext():  # type: ignore[operator]
                loss = objective(*(part.to(self.device, non_blocking=True) for part in batch))
                (loss * scale).backward()
            total += loss.detach()
        return total

    @torch.no_grad()
    def _update_average(self) -> None:
        if self.average is None:
            return
        averaged, weights = list(self.average.parameters()), list(self.model.parameters())
        decay = self.config.average_decay if self.progress.step else 0.0
        get_ema_multi_avg_fn(decay)(averaged, weights, 0)  # type: ignore[no-untyped-call]

    def _objective(self) -> nn.Module:
        config = self.config
        if config.compile:
            for one in (self.model, self.teacher):
                if one is not None:
                    compile_layers(one)
        objective = Objective(
            self.model,
            smoothing=config.label_smoothing,
            precision=config.precision,
            teacher=self.teacher,
            share=config.teacher_share,
            compiled=config.compile,
        )
        return DistributedDataParallel(objective, broadcast_buffers=False) if self.world > 1 else objective

    def _agree(self, minutes: float) -> None:
        """Set the clock, the latest of all processes', and obey a signal that any of them got: all stop at the same step."""
        clocks, signals = self._over_all(minutes, float(self._signal or 0)).T
        self.progress.minutes = float(clocks.max())
        self.stopped_by = int(signals.max()) or self.stopped_by

    def _over_all(self, *numbers: float) -> Tensor:
        """What all processes say, a row each. (W, N)"""
        mine = torch.tensor(numbers, dtype=torch.float64)
        rows = [torch.empty_like(mine) for _ in range(self.world)]
        if self.world == 1:
            return mine[None]
        dist.all_gather(rows, mine)
        return torch.stack(rows)

    def _receive(self, number: int, _: FrameType | None) -> None:
        self._signal = number

    # ---------------------------------------------------------------------------------------------------------------- state

    def save(self) -> None:
        """Write the whole state, so that :meth:`resume` continues as if nothing had happened; all processes come here."""
        places = self._over_all(*self.progress.place).long().tolist()
        if self.rank == 0:
            p = self.progress
            numbers = {"step": p.step, "minutes": p.minutes, "tokens": p.tokens, "places": places}
            save_state(self.state_path, self._tensors(), {"about": self.about, **numbers})
        self._over_all(0.0)  # the others wait until it is there

    def _tensors(self) -> dict[str, Tensor]:
        tensors: dict[str, Tensor] = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        if self.average is not None:
            tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for number, optimizer in enumerate(self.optimizers):
            for index, slots in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{index}.{slot}": torch.as_tensor(v) for slot, v in slots.items()}
        tensors["random.cpu"] = torch.get_rng_state()
        if self.device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self.device)
        return tensors

    def resume(self) -> None:
        """Take up the state in the folder. Raises :class:`diglot.DiglotError` where it is of another model or other data."""
        tensors, values = load_state(self.state_path)
        if values.get("about", "") != self.about:
            raise DiglotError(f"{self.state_path}: state of another run; write into another folder, or remove it")
        try:
            self._load(tensors)
            place = self._own_place([Place(*place) for place in values["places"]])
        except (RuntimeError, KeyError, ValueError) as exc:
            message = f"{self.state_path}: state of another model ({first_line(exc)}); train into another folder"
            raise DiglotError(message) from exc
        if self.rank > 0:  # the random state is that of the first process, and no two should drop the same
            torch.manual_seed(hash((self.config.seed, self.rank, values["step"])))
        else:
            torch.set_rng_state(tensors["random.cpu"])
            if self.device.type == "cuda" and "random.cuda" in tensors:
                torch.cuda.set_rng_state(tensors["random.cuda"], self.device)
        self.progress = Progress(values["step"], values["minutes"], values["tokens"], place)

    def _load(self, tensors: dict[str, Tensor]) -> None:
        self.model.load_state_dict(_under(tensors, "model."))
        if self.average is not None:
            self.average.load_state_dict(_under(tensors, "average."))
        for number, optimizer in enumerate(self.optimizers):
            slots: dict[int, dict[str, Tensor]] = {}
            for name, tensor in _under(tensors, f"optimizer.{number}.").items():
                index, _, slot = name.partition(".")
                slots.setdefault(int(index), {})[slot] = tensor
            optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})

    def _own_place(self, places: Sequence[Place]) -> Place:
        """This process's place among those of a state; where there were more or fewer, one where all windows are new."""
        if len(places) == self.world:
            return places[self.rank]
        return Place(places[0].phase, max(place.window for place in places) + 1 + self.rank)


def append_json(path: Path, line: dict[str, Any]) -> None:
    """Add a line to a log of JSON lines."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _groups(stream: Iterable[tuple[Batch, Place]], size: int) -> Iterator[list[tuple[Batch, Place]]]:
    group = []
    for item in stream:
        group.append(item)
        if len(group) == size:
            yield group
            group = []


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _join_processes() -> tuple[int, int]:
    """Rank and number of the processes that ``torchrun`` started, (0, 1) without it."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        return 0, 1
    if not dist.is_initialized():
        dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


def _device(rank: int) -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", rank)))
    torch.cuda.set_device(device)
    torch.set_float32_matmul_precision("high")  # TF32: what is left in fp32 is not what needs its last digits
    return device


def _frozen(teacher: Transformer, precision: Precision) -> Transformer:
    """A model that is only read: no dropout, no gradients, and weights in the type of its products."""
    return teacher.to(torch.bfloat16 if precision == "bf16" else torch.float32).eval().requires_grad_(False)
