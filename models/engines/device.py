"""Where torch runs, and what happens when a GPU has too little memory or is lost."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from diglot import DiglotError
from diglot.models import first_line

Row = TypeVar("Row")
Result = TypeVar("Result")


def device_of(name: str) -> str:
    """``auto`` as the device that there is; raises :class:`diglot.DiglotError` for a GPU that torch cannot use.

    >>> device_of("cpu")
    'cpu'
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise DiglotError("--device cuda: torch finds no GPU here (nvidia-smi lists them; a torch for CUDA is needed)")
    return name if name != "auto" else "cuda" if there else "cpu"


def in_halves(search: Callable[[Sequence[Row]], list[Result]], rows: Sequence[Row]) -> list[Result]:
    """``search(rows)``, and where the GPU's memory is too small for them at once, half of them after the other half.

    Raises :class:`diglot.DiglotError` where one row is too much, and where the GPU fails altogether.
    """
    try:
        return search(rows)
    except RuntimeError as exc:
        if not _is_out_of_memory(exc):
            _raise_if_lost(exc)
            raise
        if len(rows) == 1:
            raise DiglotError("the GPU has too little free memory for one sentence; --device cpu needs none") from exc
    torch.cuda.empty_cache()
    half = len(rows) // 2
    return [*in_halves(search, rows[:half]), *in_halves(search, rows[half:])]


def _is_out_of_memory(error: BaseException) -> bool:
    """While a graph is recorded, the error that is seen is that the recording broke off; why is in its context."""
    return any(isinstance(one, torch.OutOfMemoryError) for one in (error, error.__context__))


def _raise_if_lost(error: RuntimeError) -> None:
    if "CUDA" in str(error):
        raise DiglotError(
            f"the GPU failed ({first_line(error)}); start again, and if that does not help with --device cpu"
        ) from error
