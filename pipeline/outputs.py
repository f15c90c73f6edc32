"""The files that a run writes: what they are called, and that each is written whole or not at all.

Nothing is overwritten unless that was asked for. Outputs are written beside their names and get them when an input is done.
"""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from diglot import LANGUAGES, InputError

_WRITTEN_AS = {".pdf": ".md"}  # what is read and cannot be written again
_EDITION = re.compile(r"(?P<stem>.+)\.(?:mul|[a-z]{2,3})-[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Names:
    """What the outputs of one input are called: ``STEM.ja.EXT``, and editions ``STEM.en-ja.tsv``.

    ``language`` is the one that the name of the input ends with: ``talk.en.srt`` becomes ``talk.ja.srt``. ``file`` is the
    name of the document where somebody has chosen it.
    """

    folder: Path
    stem: str
    extension: str
    edition_stem: str
    language: str = ""
    file: Path | None = None

    def document(self, target: str) -> Path:
        """The translated document."""
        own = f".{target}" if target == self.language else ""
        return self.file or self.folder / f"{self.stem}{own}.{target}{self.extension}"

    def edition(self, source: str, target: str, format: str) -> Path:
        """An aligned edition; ``source`` is ``mul`` where several languages were translated."""
        return self.folder / f"{self.edition_stem}.{source}-{target}.{format}"


def name_outputs(inputs: Sequence[Path], folder: Path | None, roots: Sequence[Path] | None = None) -> list[Names]:
    """Names for the outputs of all inputs: beside each, or in ``folder`` and there in its subfolder below its root.

    The root of an input is its own folder unless ``roots`` says otherwise. Inputs that would write one file keep what tells
    them apart: their folders, below the one that all share; their languages; in the names of editions their extensions,
    and of documents that cannot be written in their own format (``week1.pdf.ja.md``).
    """
    places = _places(inputs, folder, roots or [path.parent for path in inputs])
    bare = [_bare(path) for path in inputs]
    editions = Counter(place / stem for place, (stem, _) in zip(places, bare, strict=True))
    endings = [written_ending(path.suffix) for path in inputs]
    documents = Counter(place / (stem + ending) for place, (stem, _), ending in zip(places, bare, endings, strict=True))
    names = []
    for place, (stem, language), path, ending in zip(places, bare, inputs, endings, strict=True):
        edition = stem if editions[place / stem] == 1 else path.name
        if documents[place / (stem + ending)] == 1:
            names.append(Names(place, stem, ending, edition, language))
        else:
            names.append(Names(place, path.stem if ending == path.suffix else path.name, ending, edition))
    return names


def written_ending(ending: str) -> str:
    """The ending of the translation of a file: its own, but a PDF becomes Markdown.

    >>> written_ending(".pptx"), written_ending(".pdf")
    ('.pptx', '.md')
    """
    return _WRITTEN_AS.get(ending.lower(), ending)


def _places(inputs: Sequence[Path], folder: Path | None, roots: Sequence[Path]) -> list[Path]:
    """The folder for the outputs of each input."""
    if folder is None:
        return [path.parent for path in inputs]
    places = [folder / os.path.relpath(path.parent, root) for path, root in zip(inputs, roots, strict=True)]
    if len({(place, path.name) for place, path in zip(places, inputs, strict=True)}) == len(inputs):
        return places
    parents = [path.absolute().parent for path in inputs]
    shared = os.path.commonpath(parents)
    return [folder / parent.relative_to(shared) for parent in parents]


def _bare(path: Path) -> tuple[str, str]:
    """The stem of a name without the language that it ends with, and that language."""
    stem, _, language = path.stem.rpartition(".")
    return (stem, language) if stem and language in LANGUAGES else (path.stem, "")


def made_of(inputs: Collection[Path], targets: Collection[str]) -> dict[Path, Path]:
    """The inputs that an earlier run made of another one, with that one: of ``l.md`` it made ``l.ja.md`` and ``l.en-ja.md``.

    Of two that would each be made of the other (``l.en.md`` and ``l.ja.md``, wanted in both languages) none is.
    """
    alone = {path: name_outputs([path], None)[0] for path in inputs}
    documents: dict[Path, Path] = {}
    for path, names in alone.items():
        full = replace(names, stem=path.stem, language="")
        for name in [full.document(code) for code in LANGUAGES] + [names.document(code) for code in targets]:
            documents.setdefault(name, path)
    found = {path: documents[path] for path in inputs if path in documents and documents.get(documents[path]) != path}
    originals = {path: names for path, names in alone.items() if path not in found}
    stems = {path.parent / stem: path for path, names in originals.items() for stem in (names.stem, path.name)}
    for path in originals:
        edition = _EDITION.fullmatch(path.stem)
        if edition and (origin := stems.get(path.parent / edition["stem"])):
            found[path] = origin
    return found


def refuse_inputs(paths: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise :class:`diglot.InputError` for an output that is one of the inputs."""
    sources = {path.resolve() for path in inputs}
    for path in paths:
        if path.resolve() in sources:
            raise InputError(f"{path}: is an input and would be overwritten; write elsewhere")


def refuse_existing(paths: Collection[Path], inputs: Iterable[Path], *, overwrite: bool) -> None:
    """Raise :class:`diglot.InputError` for an output that is there already, or that is one of the inputs."""
    refuse_inputs(paths, inputs)
    for path in paths:
        if path.exists() and not overwrite:
            raise InputError(f"{path}: exists already; give --overwrite, or another place with -o DIR")


class Outputs:
    """Files written whole or not at all: each beside its name, all renamed together by :meth:`commit`.

    As a context manager it removes what was written and not committed.
    """

    def __init__(self) -> None:
        self._written: list[tuple[Path, Path]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def write(self, path: Path, data: str | bytes) -> None:
        """Write a file under a temporary name. Raises :class:`diglot.InputError` for a full or read-only disk."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".diglot-", dir=path.parent)  # its name fits where that of the file does
            self._written.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
            Path(name).chmod(0o666 & ~_umask())
        except OSError as exc:
            raise InputError(f"{path}: cannot be written ({exc.strerror}); nothing was written for this file") from exc

    def commit(self, *, overwrite: bool = True) -> list[Path]:
        """Give all files their names.

        Without ``overwrite`` it raises :class:`diglot.InputError`, and none of them gets its name, where one cannot have it:
        because somebody has made a file of that name since, or the disk refuses. With ``overwrite`` those before it are
        replaced by then.
        """
        named: list[Path] = []
        for temporary, path in self._written:
            try:
                temporary.replace(path) if overwrite else _name(temporary, path)
            except OSError as exc:
                for one in named if not overwrite else ():
                    one.unlink()
                made_meanwhile = "was made meanwhile, and left as it is; nothing was written for this file"
                why = made_meanwhile if isinstance(exc, FileExistsError) else f"cannot be written ({exc.strerror})"
                raise InputError(f"{path}: {why}") from exc
            named.append(path)
        self.discard()
        return named

    def discard(self) -> None:
        """Remove what was written and not committed."""
        for temporary, _ in self._written:
            temporary.unlink(missing_ok=True)
        self._written = []


def _name(temporary: Path, path: Path) -> None:
    """Give a file a name that no file has. Raises :class:`FileExistsError` where one has it."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as exc:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from exc
        temporary.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
