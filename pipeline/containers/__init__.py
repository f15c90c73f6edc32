"""Files that hold the text of a lecture inside something else: notebooks, books, documents and slides of office programs.

A container is opened into a text that one of the :mod:`~diglot.pipeline.formats` reads, and takes that text back, with
translations in it. Everything else in it (code cells and their output, pictures, styles, layouts) stays as it was.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from diglot import InputError

# What shows progress over so many units, under a title: a context that gives what is called with the number that are done.
Progress = Callable[[int, str, str], AbstractContextManager[Callable[[int], object]]]


@dataclass(frozen=True, slots=True)
class Container:
    """The text in a file, the format to read it in, what makes the file again with another text in its place, and the usual
    ending of the names of such files. ``notes`` tell of what is not in the text.
    """

    text: str
    format: str
    pack: Callable[[str], bytes]
    ending: str
    notes: tuple[str, ...] = ()


def no_progress(total: int, title: str, unit: str) -> AbstractContextManager[Callable[[int], object]]:
    """A progress bar that shows nothing."""
    return nullcontext(lambda _: None)


def unpack(data: bytes, format: str | None = None, progress: Progress = no_progress) -> Container | None:
    """The container that a file is; None where it is a text itself, or is to be read as one, in ``format``.

    ``progress`` shows how far a long file has been read.

    Raises :class:`diglot.InputError` for one that is broken, too large or of a kind that cannot be read.
    """
    is_archive = data.startswith(b"PK\x03\x04")
    if is_archive and format:
        raise InputError(
            f"a packed file (Word, PowerPoint, EPUB), which cannot be read as {format}: leave --from-format out"
        )
    if data.startswith(b"%PDF-") and format:
        raise InputError(f"a PDF, which cannot be read as {format}: leave --from-format out")
    if data.startswith(b"%PDF-"):
        from diglot.pipeline.containers import pdf

        return pdf.read(data, progress)
    if is_archive and b"mimetypeapplication/epub+zip" in data[:100]:
        from diglot.pipeline.containers import epub

        return epub.read(data)
    if is_archive:
        from diglot.pipeline.containers import office

        return office.read(data)
    if not format and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"nbformat"' in data:
        from diglot.pipeline.containers import notebook

        return notebook.read(data)
    return None
