"""The same weights on different machinery: what runs a search over batches of ids.

* ``torch``        the model of :mod:`diglot.models.transformer` itself; GPU first
* ``ctranslate2``  the default on a CPU: int8, no torch imported
* ``huggingface``  models that other people trained, behind the same translator
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from diglot.models.wanted import Wanted


class SearchSettings(NamedTuple):
    """What one search is asked for. ``max_length`` is in tokens; ``block_ngram`` of 0 blocks nothing.

    With ``attention`` the best hypothesis says where it looked at its source, if the engine can tell.
    """

    beam: int = 1
    length_penalty: float = 1.0
    max_length: int = 256
    block_ngram: int = 0
    attention: bool = False


class EngineResult(NamedTuple):
    """The best hypothesis of a row: its ids without the end symbol, its mean log-probability a token in nats.

    ``others`` are further ones that the same search has found, in its order. ``attention`` tells how much each of T tokens
    looked at each of S tokens of the source, (T, S), where that was asked for and is known; few of those who ask need it.
    """

    ids: list[int]
    score: float
    others: "Sequence[EngineResult]" = ()
    attention: Callable[[], Sequence[Sequence[float]]] = tuple


Groups = Sequence[Sequence[Sequence[int]]]  # of each group one sequence of ids has to be in the result


class Engine(Protocol):
    """Runs one batch: source ids in, one result a row out, in order.

    ``workers`` batches may be run at the same time, and batches of ``batch_tokens`` padded source tokens suit it; for scores
    those of ``score_tokens`` of both sides.
    """

    workers: int
    batch_tokens: int
    score_tokens: int

    def search(self, sources: Sequence[Sequence[int]], target: str, settings: SearchSettings) -> list[EngineResult]:
        """Translate a batch of sources into the language ``target``."""
        ...

    def search_containing(
        self,
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
        wanted: "Sequence[Wanted]",
        drafts: Sequence[EngineResult],
    ) -> list[EngineResult]:
        """Translate a batch again, whose results of :meth:`search`, the ``drafts``, lack some of what is ``wanted``."""
        ...

    def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
        """The mean log-probability a token, in nats, of each given target, its end included; the whole vocabulary counts."""
        ...
