"""The files that a run writes: what they are called, and that each is written whole or not at all.

Nothing is overwritten unless that was asked for. Outputs are written beside their names and renamed when an input is done.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from diglot import InputError


@dataclass(frozen=True, slots=True)
class Names:
    """What the outputs of one input are called: ``STEM.ja.EXT``, and editions ``STEM.en-ja.tsv``."""

    folder: Path
    stem: str
    extension: str
    edition_stem: str

    def document(self, target: str) -> Path:
        """The translated document."""
        return self.folder / f"{self.stem}.{target}{self.extension}"

    def edition(self, source: str, target: str, format: str) -> Path:
        """An aligned edition; ``source`` is ``mul`` where several languages were translated."""
        return self.folder / f"{self.edition_stem}.{source}-{target}.{format}"


def name_outputs(inputs: Sequence[Path], folder: Path | None) -> list[Names]:
    """Names for the outputs of all inputs. Inputs that differ in their extension alone keep it in their editions' names.

    Raises :class:`diglot.InputError` where two inputs would still write one file.
    """
    taken: dict[Path, Path] = {}
    stems = Counter((folder or path.parent, path.stem) for path in inputs)
    names = []
    for path in inputs:
        where = folder or path.parent
        if (other := taken.setdefault(where / path.name, path)) is not path:
            raise InputError(f"{path} and {other} would write the same files in {where}; translate them one by one")
        edition = path.stem if stems[where, path.stem] == 1 else path.name
        names.append(Names(where, path.stem, path.suffix, edition))
    return names


def refuse_existing(paths: Iterable[Path], inputs: Collection[Path], *, overwrite: bool) -> None:
    """Raise :class:`diglot.InputError` for an output that is there already, or that is one of the inputs."""
    sources = {path.resolve() for path in inputs}
    for path in paths:
        if path.resolve() in sources:
            raise InputError(f"{path}: is an input and would be overwritten; write elsewhere with -o DIR")
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
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            self._written.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
            Path(name).chmod(0o666 & ~_umask())
        except OSError as exc:
            raise InputError(f"{path}: cannot be written ({exc.strerror}); nothing was written for this file") from exc

    def commit(self) -> list[Path]:
        """Give all files their names."""
        for temporary, path in self._written:
            temporary.replace(path)
        done = [path for _, path in self._written]
        self._written = []
        return done

    def discard(self) -> None:
        """Remove what was written and not committed."""
        for temporary, _ in self._written:
            temporary.unlink(missing_ok=True)
        self._written = []


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
