"""Training: one readable loop that fits a clock.

All positions of all target sentences of a batch are predicted at once (teacher forcing); the loss is label-smoothed
cross-entropy; the gradient of a step is the mean over the tokens of its batches, however many processes shared them. The
run knows how many minutes it has: the learning rate's decay and the phases of the data mix follow the clock, and when time
is up the state is saved and the model written. A run that was cut off, by hand or by kill -9, goes on from the last saved
state with the same data in the same order.

On several GPUs or hosts the same command runs under ``torchrun``.
"""

import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from diglot import DiglotError
from diglot.models.batching import Batch
from diglot.models.checkpoint import load_state, save_state
from diglot.models.loss import cross_entropy
from diglot.models.tokenizer import PAD
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
    clip_norm: float = 1.0  # 0: no clipping
    average_decay: float = 0.999  # of the moving average of the weights, which is what gets released; 0: none
    precision: Literal["bf16", "fp32"] = "bf16"
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
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [p for name, p in named if p.dim() == 2 and "embedding" not in name]
    tables = [p for name, p in named if p.dim() == 2 and "embedding" in name]
    vectors = [p for _, p in named if p.dim() < 2]
    groups = [{"params": tables, "weight_decay": 0.0}, {"params": vectors, "weight_decay": 0.0}]
    if config.optimizer == "adamw":
        groups.append({"params": matrices, "weight_decay": config.weight_decay})
        return [torch.optim.AdamW([g for g in groups if g["params"]], lr=config.learning_rate, betas=config.betas)]
    muon = torch.optim.Muon(
        matrices, lr=config.learning_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    return [muon, torch.optim.AdamW([g for g in groups if g["params"]], lr=config.learning_rate, betas=config.betas)]


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


def batches_from(prepare: Prepare, place: Place, *, workers: int) -> Iterator[tuple[Batch, Place]]:
    """The batches of a phase from a place on, without end, each with the place that follows it."""
    order: Iterable[int] = range(place.window, 1 << 30)
    source: Iterable[list[Batch]]
    if workers:
        source = DataLoader(
            _Windows(prepare, place.phase), batch_size=None, sampler=order, num_workers=workers, prefetch_factor=2
        )
    else:
        source = (prepare(place.phase, window) for window in order)
    for window, batches in zip(order, source, strict=False):
        first = place.batch if window == place.window else 0
        for number, batch in enumerate(batches[first:], first + 1):
            after = Place(place.phase, window, number) if number < len(batches) else Place(place.phase, window + 1, 0)
            yield batch, after


# --------------------------------------------------------------------------------------------------------------------- loop


class Objective(nn.Module):
    """The model with its loss, so that compilation and data parallelism see one call: a batch in, a number out."""

    def __init__(self, model: Transformer, smoothing: float, precision: str) -> None:
        super().__init__()
        self.model, self.smoothing, self.precision = model, smoothing, precision

    def forward(self, source: Tensor, target: Tensor, labels: Tensor) -> Tensor:
        """Summed loss over the real tokens of labels (B, T)."""
        with autocast(source.device, self.precision):
            hidden = self.model.hidden(source, target)
        if self.precision == "bf16":
            hidden = hidden.to(torch.bfloat16)
        return cross_entropy(hidden.flatten(0, 1), self.model.embedding.weight, labels.flatten(), self.smoothing)


def autocast(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Mixed precision: products in bf16, weights, sums and norms in fp32."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


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
    """A model in training: its optimizers, its moving average, its place in the data and on the clock."""

    def __init__(self, model: Transformer, prepare: Prepare, config: TrainingConfig, folder: Path) -> None:
        self.config, self.folder, self.prepare = config, folder, prepare
        self.rank, self.world = _join_processes()
        self.device = _device(self.rank)
        self.model = model.to(self.device)
        self.optimizers = make_optimizers(self.model, config)
        self.average: AveragedModel | None = None
        if config.average_decay:
            moving = get_ema_multi_avg_fn(config.average_decay)  # type: ignore[no-untyped-call]
            self.average = AveragedModel(self.model, multi_avg_fn=moving)
        self.progress = Progress()
        self.stopped_by: int | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state_path(self) -> Path:
        """The saved state that a later run resumes from."""
        return self.folder / "state.safetensors"

    def released_model(self) -> Transformer:
        """The weights to use: the moving average where one is kept."""
        if self.average is None:
            return self.model
        assert isinstance(self.average.module, Transformer)
        return self.average.module

    def run(self, log: Callable[[dict[str, float]], None] = lambda _: None) -> None:
        """Train until the budget is used up, or until a SIGINT or SIGTERM; either way the state is saved."""
        torch.manual_seed(self.config.seed + self.rank)
        if self.state_path.exists():
            self.resume()
        objective = self._objective()
        before = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._loop(objective, log)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            if self.rank == 0:
                self.save()

    def _loop(self, objective: nn.Module, log: Callable[[dict[str, float]], None]) -> None:
        meter = Meter()
        start = last_save = time.monotonic() - self.progress.minutes * 60
        while (share := self.progress.share(self.config)) < 1.0 and self.stopped_by is None:
            phase = sum(share >= begin for begin in self.config.phases) - 1
            if phase != self.progress.place.phase:
                self.progress.place = Place(phase)
            stream = batches_from(self.prepare, self.progress.place, workers=self.config.workers)
            for group in _groups(stream, self.config.accumulate * self.world):
                factor = learning_rate_factor(self.config, self.progress.step, share)
                meter.add(*self._step(objective, [batch for batch, _ in group], factor))
                self.progress.place = group[-1][1]
                self.progress.minutes = self._agreed((time.monotonic() - start) / 60)
                share = self.progress.share(self.config)
                if self.progress.step % self.config.log_steps == 0:
                    log(meter.read(self.progress, share, factor))
                if time.monotonic() - last_save > self.config.save_minutes * 60:
                    last_save = time.monotonic()
                    if self.rank == 0:
                        self.save()
                next_phase = sum(share >= begin for begin in self.config.phases) - 1
                if share >= 1.0 or next_phase != phase or self.stopped_by is not None:
                    break

    def _step(self, objective: nn.Module, group: Sequence[Batch], factor: float) -> tuple[float, int, float]:
        """One optimizer step over a group of batches, of which this process computes its share: loss, tokens, norm."""
        self.model.train()
        tokens = sum(batch.tokens() for batch in group)
        mine = group[self.rank :: self.world]
        total = 0.0
        for number, batch in enumerate(mine, 1):
            quiet = isinstance(objective, DistributedDataParallel) and number < len(mine)
            with objective.no_sync() if quiet else nullcontext():  # type: ignore[operator]
                loss = objective(*(part.to(self.device, non_blocking=True) for part in batch))
                (loss * (self.world / max(1, tokens))).backward()
            total += loss.detach()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm or math.inf)
        for optimizer in self.optimizers:
            for group_of in optimizer.param_groups:
                group_of["lr"] = self.config.learning_rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if self.average is not None:
            self.average.update_parameters(self.model)
        self.progress.step += 1
        self.progress.tokens += tokens
        share = tokens * len(mine) / max(1, len(group))
        return float(total), round(share), float(norm)

    def _objective(self) -> nn.Module:
        objective: nn.Module = Objective(self.model, self.config.label_smoothing, self.config.precision)
        if self.config.compile:
            objective = torch.compile(objective, dynamic=False)  # type: ignore[assignment]
        if self.world > 1:
            objective = DistributedDataParallel(objective)
        return objective

    def _agreed(self, minutes: float) -> float:
        """The clock of the first process, so that all stop at the same step."""
        if self.world == 1:
            return minutes
        clock = torch.tensor(minutes, device=self.device)
        dist.broadcast(clock, 0)
        return float(clock)

    def _stop(self, number: int, _: FrameType | None) -> None:
        self.stopped_by = number

    # ---------------------------------------------------------------------------------------------------------------- state

    def save(self) -> None:
        """Write the whole state, so that :meth:`resume` continues as if nothing had happened."""
        tensors: dict[str, Tensor] = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        if self.average is not None:
            tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for number, optimizer in enumerate(self.optimizers):
            for index, slots in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{index}.{slot}": torch.as_tensor(v) for slot, v in slots.items()}
        tensors["random.cpu"] = torch.get_rng_state()
        if self.device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self.device)
        p = self.progress
        values = {"step": p.step, "minutes": p.minutes, "tokens": p.tokens, "place": list(p.place)}
        save_state(self.state_path, tensors, values)

    def resume(self) -> None:
        """Take up the state in the folder."""
        tensors, values = load_state(self.state_path)
        try:
            self.model.load_state_dict(_under(tensors, "model."))
            if self.average is not None:
                self.average.load_state_dict(_under(tensors, "average."))
            for number, optimizer in enumerate(self.optimizers):
                slots: dict[int, dict[str, Tensor]] = {}
                for name, tensor in _under(tensors, f"optimizer.{number}.").items():
                    index, _, slot = name.partition(".")
                    slots.setdefault(int(index), {})[slot] = tensor
                optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})
        except (RuntimeError, KeyError, ValueError) as exc:
            first = str(exc).splitlines()[0]
            raise DiglotError(f"{self.state_path}: state of another model ({first}); train into another folder") from exc
        torch.set_rng_state(tensors["random.cpu"])
        if self.device.type == "cuda" and "random.cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random.cuda"], self.device)
        self.progress = Progress(values["step"], values["minutes"], values["tokens"], Place(*values["place"]))


class Meter:
    """Means since the last reading: loss a token in nats, tokens a second, norm of the gradient."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._loss, self._tokens, self._norm, self._steps, self._since = 0.0, 0, 0.0, 0, time.monotonic()

    def add(self, loss: float, tokens: int, norm: float) -> None:
        """Count one step."""
        self._loss, self._tokens, self._norm = self._loss + loss, self._tokens + tokens, self._norm + norm
        self._steps += 1

    def read(self, progress: Progress, share: float, factor: float) -> dict[str, float]:
        """The means, as a line of the log; the meter starts anew."""
        seconds = max(1e-9, time.monotonic() - self._since)
        line = {
            "step": progress.step,
            "minutes": round(progress.minutes, 2),
            "share": round(share, 4),
            "phase": progress.place.phase,
            "loss": round(self._loss / max(1, self._tokens), 4),
            "tokens_per_second": round(self._tokens / seconds),
            "gradient_norm": round(self._norm / max(1, self._steps), 3),
            "learning_rate_factor": round(factor, 4),
        }
        self._clear()
        return line


@torch.no_grad()
def validate(model: Transformer, batches: Iterable[Batch], precision: str = "fp32") -> float:
    """Cross-entropy a token, in nats, without smoothing or dropout."""
    model.eval()
    device = model.embedding.weight.device
    objective = Objective(model, 0.0, precision)
    total, tokens = 0.0, 0
    for batch in batches:
        total += float(objective(*(part.to(device) for part in batch)))
        tokens += int((batch.labels != PAD).sum())
    return total / max(1, tokens)


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
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


def _device(rank: int) -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", rank)))
    torch.cuda.set_device(device)
    return device
