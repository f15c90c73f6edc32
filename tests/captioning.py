"""Captions opened and translated as the commands do it, by a translator that a test gives."""

from collections.abc import Callable
from pathlib import PurePath

from diglot.pipeline.document import AlignedPair, Translation
from diglot.pipeline.edition import Edition, Opened, Reading, Summary, open_bytes, segments_of

Translate = Callable[[str], str]


def opened(file: str | bytes, name: str) -> Opened:
    """A file as the pipeline sees it."""
    return open_bytes(file if isinstance(file, bytes) else file.encode(), name, Reading())


def sentences(one: Opened) -> list[str]:
    """What is translated of it."""
    return [segment.text for segment in segments_of(one.document)]


def edition(one: Opened, translate: Translate, target: str = "de") -> Edition:
    """What comes of a file when each sentence is translated so."""
    pairs = [AlignedPair(one, Translation(translate(one.text), "translated")) for one in segments_of(one.document)]
    return Edition(one.document, pairs, "en", target, Summary(), one.pack, one.container)


def translated(file: str | bytes, name: str | PurePath, translate: Translate, target: str = "de") -> str:
    """The translated file."""
    return edition(opened(file, str(name)), translate, target).translated().decode("utf-8", "surrogatepass")
