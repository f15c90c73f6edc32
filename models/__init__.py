"""Ids and tensors: the transformer, its training, its search, and the translator made of them. Knows nothing of documents.

:func:`load` is the door: a model folder in, something that translates lists of strings out.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diglot.models.engines.huggingface import HuggingFaceTranslator
    from diglot.models.translator import Translator


def load(path: str | None = None, *, device: str = "auto", **search: Any) -> "Translator | HuggingFaceTranslator":
    """The translator of a model folder, the released one when ``path`` is None; ``hf:PATH`` is one of Hugging Face.

    ``device`` is ``auto``, ``cpu`` or ``cuda``; ``search`` are the fields of
    :class:`diglot.models.translator.SearchOptions` (``beam``, ``length_penalty``, ...). Raises
    :class:`diglot.CheckpointError` where the folder is missing, not whole or changed.
    """
    from diglot.models.translator import load_translator

    return load_translator(path, device=device, **search)


def first_line(error: BaseException) -> str:
    """What a library says of an error before it goes on; its name where it says nothing.

    >>> first_line(ValueError("bad shape\\nTraceback ...")), first_line(KeyError())
    ('bad shape', 'KeyError')
    """
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
