"""Files that hold the text of a lecture inside something else: notebooks, books, documents and slides of office programs.

A container is opened into a text that one of the :mod:`~diglot.pipeline.formats` reads, and takes that text back, with
translations in it. Everything else in it (code cells and their output, pictures, styles, layouts) stays as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diglot import InputError


@dataclass(frozen=True, slots=True)
class Container:
    """The text in a file, the format to read it in, what makes the file again with another text in its place, and the usual
    ending of the names of such files.
    """

    text: str
    format: str
    pack: Callable[[str], bytes]
    ending: str


def unpack(data: bytes, format: str | None = None) -> Container | None:
    """The container that a file is; None where it is a text itself, or is to be read as one, in ``format``.

    Raises :class:`diglot.InputError` for one that is broken, too large or of a kind that cannot be read.
    """
    is_archive = data.startswith(b"PK\x03\x04")
    if is_archive and format:
        raise InputError(
            f"a packed file (Word, PowerPoint, EPUB), which cannot be read as {format}: leave --from-format out"
        )
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
