"""Searches on a GPU: a step is recorded once as a CUDA graph and then replayed, in a few fixed shapes.

A step of the decoder is some hundred kernels of microseconds, which Python cannot launch as fast as a GPU runs them;
replaying a graph launches them all at once. A graph belongs to the tensors it was recorded with. So shapes are rounded up
(rows and room to powers of two, the source to whole 32s) until there are few of them, the tensors of each are kept with
their graph, the latest used ones, and a search moves from one shape to another as rows end and its room is used up. The
device is asked only every eighth step who has ended.

Recording is one small function; everything else runs, and is tested, on a CPU too.
"""

from collections.abc import Callable
from typing import Any

import torch

from diglot.models.search import Hypotheses, Limits, Shape, Step
from diglot.models.transformer import Transformer

KEPT = 24  # shapes whose tensors and graphs stay in the GPU's memory


def record(step: Step, pool: Any) -> Step:
    """The step as a graph on the GPU, its temporary tensors in ``pool``."""
    step()  # what libraries set up at their first call cannot be recorded
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, pool=pool):
        step()
    return graph.replay


class Graphs:
    """A :class:`diglot.models.search.Runner` that keeps what it has recorded. One search at a time."""

    look = 8

    def __init__(self, recorded: Callable[[Step, Any], Step] = record) -> None:
        self._record = recorded
        self._kept: dict[tuple[object, ...], tuple[Hypotheses, Step]] = {}
        self._pool: Any = None

    def rounded(self, shape: Shape) -> Shape:
        """
        >>> Graphs().rounded(Shape(rows=33, width=4, source=40, room=16))
        Shape(rows=64, width=4, source=64, room=16)
        """
        rows, room = (1 << (size - 1).bit_length() for size in (shape.rows, shape.room))
        return Shape(rows, shape.width, -(-shape.source // 32) * 32, room)

    def prepare(self, model: Transformer, limits: Limits, shape: Shape) -> tuple[Hypotheses, Step]:
        """The tensors of a shape with their graph, recorded now if they are new or were long unused."""
        allowed = None if limits.allowed is None else limits.allowed.data_ptr()
        key = (shape, allowed, limits.block_ngram)
        ready = self._kept.pop(key, None)
        if ready is None:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            hypotheses = Hypotheses(model, limits, shape)
            ready = hypotheses, self._record(hypotheses.step, self._shared_pool())
        self._kept[key] = ready  # the latest used one stands last
        return ready

    def forget(self) -> None:
        """Give the memory back."""
        self._kept.clear()
        self._pool = None

    def _shared_pool(self) -> Any:
        """One pool for all graphs, of which no two ever run at once."""
        if self._pool is None and torch.cuda.is_available():
            self._pool = torch.cuda.graph_pool_handle()
        return self._pool
