"""diglot: a lecture in, an aligned bilingual edition out.

The map of the house:

* ``diglot.pipeline`` text to text: decode, repair, parse, detect, segment, translate, check, render, export
* ``diglot.models``   ids and tensors: the transformer, its training, its search, the translator made of them
* ``diglot.corpora``  parallel text: readers, filters, the training file
* ``diglot.commands`` the command line (``diglot.cli`` is its entry); with :func:`translate` and :func:`translate_file` below
  the only place where the three meet

The three packages never import one another. What they share stands here: the errors that a user can mend, and the
private-use characters by which protected text travels through a translator.
"""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, overload

if TYPE_CHECKING:
    from diglot.models.engines.huggingface import HuggingFaceTranslator
    from diglot.models.translator import Translator
    from diglot.pipeline.edition import Edition
    from diglot.pipeline.glossary import Glossary

    Files: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]
    Terms: TypeAlias = Glossary | str | PathLike[str] | Sequence[Glossary | str | PathLike[str]]
    Model: TypeAlias = Translator | HuggingFaceTranslator

__all__ = [
    "LANGUAGES",
    "PLACEHOLDERS",
    "SEPARATOR",
    "TERM_CLOSE",
    "TERM_OPEN",
    "TERM_TARGET_CLOSE",
    "CheckpointError",
    "DiglotError",
    "GlossaryError",
    "InputError",
    "LanguageError",
    "__version__",
    "translate",
    "translate_file",
]

__version__ = "0.1.0"

LANGUAGES = ("en", "ja", "zh", "fr", "de", "es", "ko")  # those that all of it knows; a model may have fewer or others

# In a text that goes to a model each protected piece (formula, code, URL, ...) is one of these sixteen characters. They are
# private-use code points, so no keyboard types them: ``<2ja>`` or ``<x0>`` in a lecture stay text.
PLACEHOLDERS = tuple(chr(0xE000 + i) for i in range(16))
# An inline term: TERM_OPEN source TERM_CLOSE wanted TERM_TARGET_CLOSE.
TERM_OPEN, TERM_CLOSE, TERM_TARGET_CLOSE = "\ue010", "\ue011", "\ue012"
# Between a sentence and the one before it, given as context.
SEPARATOR = "\ue013"


class DiglotError(Exception):
    """Something the user can mend: one line that says what, where, and what to do. The command line exits with 1."""


class InputError(DiglotError):
    """A file cannot be read, decoded or parsed."""


class LanguageError(DiglotError):
    """A language is unknown, not certain, or not one that the model has."""


class GlossaryError(DiglotError):
    """A glossary or a term case file has a bad line."""


class CheckpointError(DiglotError):
    """A model folder is missing, not whole, changed, or made by another version."""


@overload
def translate(  # type: ignore[overload-overlap]  # a str is a Sequence[str], and it is the first that counts
    text: str,
    /,
    to: str,
    from_: str = "auto",
    *,
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
) -> str: ...
@overload
def translate(
    text: Sequence[str],
    /,
    to: str,
    from_: str = "auto",
    *,
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
) -> list[str]: ...
def translate(
    text: str | Sequence[str],
    /,
    to: str,
    from_: str = "auto",
    *,
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
) -> str | list[str]:
    """Translate strings with the whole pipeline: repair, detect, segment, protect, translate, put back.

    ``to`` and ``from_`` are language codes (``en``, ``ja``, ``zh``, ...); ``model`` is a model folder, the released one
    when None, or a translator from :func:`diglot.models.load`; ``glossary`` has the terms to use: one or several files,
    ``"bundled"`` for ours, or a :class:`diglot.pipeline.glossary.Glossary`.

    The text is taken as plain text. A passage that is in the wanted language already is kept. One that could not be
    translated, because the model lacks its language or no answer was sound, comes back as it was:
    :func:`translate_file` says which these are. Raises :class:`LanguageError` where the model lacks ``to`` or ``from_``,
    :class:`GlossaryError` for a file with a bad line.
    """
    from diglot.commands.library import translate_texts

    single = isinstance(text, str)
    texts: Sequence[str] = [text] if isinstance(text, str) else text
    translated = translate_texts(texts, to=to, source=from_, model=model, glossary=glossary)
    return translated[0] if single else translated


def translate_file(
    path: str | PathLike[str],
    /,
    to: str,
    from_: str = "auto",
    *,
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
    memory: "Files | None" = None,
) -> "Edition":
    """Translate a document as ``diglot translate`` does, in any of its formats, and write nothing.

    The edition has ``pairs``, one for each sentence, heading or cell: ``pair.segment.text``, ``pair.target``,
    ``pair.translation.status`` (``translated``, ``kept`` or ``untranslated``), ``pair.translation.score`` and
    ``pair.findings``, what the checks found. ``edition.translated()`` are the bytes of the translated document, and
    ``edition.write("tsv", title)`` is the text of an aligned edition in any of the formats of ``--formats``::

        edition = diglot.translate_file("lecture.md", to="ja", glossary="bundled")
        Path("lecture.ja.md").write_bytes(edition.translated())

    ``memory`` are corrected editions whose sentences are reused; the other arguments are those of :func:`translate`.
    Raises :class:`InputError` for a file that cannot be read, :class:`LanguageError` where the model lacks ``to`` or
    ``from_``, :class:`GlossaryError` for a glossary with a bad line.
    """
    from diglot.commands.library import translate_lecture

    return translate_lecture(Path(path), to=to, source=from_, model=model, glossary=glossary, memory=memory)
