"""How the commands read a file: all of them alike, so that the same bytes are the same text everywhere.

Where bytes are lost and several characters are possible, a language model chooses: the decoder of the released translation
model, given nothing to translate. It is loaded for the first line that needs it, which most files do not have.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from diglot import CheckpointError
from diglot.commands.common import progress_bar

if TYPE_CHECKING:
    from diglot.models.translator import Translator
    from diglot.pipeline.edition import Reading


def reading(format: str | None = None, *, repair: bool = True, comments: bool = False) -> "Reading":
    """How a file is to be read that is in ``format`` (None: recognised)."""
    from diglot.pipeline.edition import Reading

    return Reading(repair, format, comments, judge, progress_bar)


def judge(readings: Sequence[str]) -> Sequence[float] | None:
    """The bits of each reading of a line; None where the model is not installed or does not know the language."""
    from diglot.pipeline.detect import identify
    from diglot.pipeline.document import primary

    language, model = primary(identify(readings[0]).language), _model()
    return model.surprise(readings, language) if model and language in model.languages else None


@cache
def _model() -> "Translator | None":
    """The released model whatever the device and however many cores, since these may change its numbers.

    None where there is none. Raises :class:`diglot.CheckpointError` for one that is damaged: without it the text would be
    another, and nobody would know why.
    """
    from diglot.models.translator import load_translator, released_model

    try:
        folder = released_model()
    except CheckpointError:
        return None
    return cast("Translator", load_translator(str(folder), device="cpu", threads=1))
