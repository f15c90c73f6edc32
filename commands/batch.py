"""Which files a run takes, and what their outputs are called.

A file that is named is taken whatever its name; of a folder and the folders in it those are taken whose endings can be
read. What an earlier run made of another input of this run is left out, so that a command with ``*.md`` or a folder in it
can be given again.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diglot import InputError
from diglot.commands.common import EDITIONS, say
from diglot.commands.defaults import DEFAULTS_FILES

if TYPE_CHECKING:
    from diglot.pipeline.outputs import Names

STDIN = Path("-")
CAPTIONS = (".ass", ".ssa", ".ttml", ".dfxp", ".sbv", ".json3", ".srv1", ".srv2", ".srv3")
_SUBTITLES = {".srt", ".vtt"}  # that any may become
_TIMED = {*_SUBTITLES, *CAPTIONS, ".json", ".tsv", ".csv"}  # the last three where they are captions
ENDINGS = (
    *(".txt", ".text", ".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd", ".html", ".htm", ".xhtml"),
    *(".tex", ".ltx", ".latex", ".rst"),
    *(".srt", ".vtt", *CAPTIONS, ".ipynb", ".docx", ".pptx", ".epub", ".pdf"),
)


@dataclass(frozen=True, slots=True)
class Input:
    """A file to translate (``-``: standard input) and the names of its outputs."""

    path: Path
    names: "Names"


def gather(
    files: Sequence[str], output: str | None, targets: Sequence[str], exclude: Sequence[str], mirrored: Path | None = None
) -> list[Input]:
    """The inputs that files and folders stand for; what is left out of them is reported.

    Those in the folder ``mirrored`` have the folders that they are in there in ``output`` too. Raises
    :class:`diglot.InputError` where nothing is left, :class:`click.UsageError` for an output that cannot be meant.
    """
    from diglot.pipeline.outputs import made_of

    folder = Path(output) if output else None
    roots = dict(pair for file in map(Path, files) for pair in _found(file, folder, exclude))
    made = made_of(roots, targets)
    for path, origin in made.items():
        say(f"left out {path}: made of {origin}")
    roots = {path: _root(path, root, mirrored) for path, root in roots.items() if path not in made}
    if not roots:
        less = " that --exclude does not leave out" if exclude else ""
        raise InputError(f"{' '.join(files)}: no file to translate{less}; in a folder the endings are {' '.join(ENDINGS)}")
    return [Input(path, names) for path, names in zip(roots, _names(roots, folder, targets), strict=True)]


def _root(path: Path, own: Path, mirrored: Path | None) -> Path:
    """The folder that a file has its place in the outputs by; ``own`` is the one that was named."""
    if mirrored is None or path == STDIN:
        return own
    return mirrored if Path(os.path.normpath(path.absolute())).is_relative_to(mirrored) else own


def _found(file: Path, output: Path | None, exclude: Sequence[str]) -> Iterator[tuple[Path, Path]]:
    """A file or, where it is a folder, the files in it that can be read, each with the folder that it was looked for in."""
    if not file.is_dir():
        if not _is_excluded(Path(file.name), exclude):
            yield file, file.parent
        return
    others: Counter[str] = Counter()
    for path in _walk(file, output):
        if _is_excluded(path.relative_to(file), exclude):
            continue
        if path.suffix.lower() in ENDINGS:
            yield path, file
        elif path.name not in DEFAULTS_FILES:
            others[path.suffix or "without ending"] += 1
    if others:
        say(f"not read in {file}: " + ", ".join(f"{count} {ending}" for ending, count in others.most_common()))


def _walk(folder: Path, output: Path | None) -> Iterator[Path]:
    """All files in a folder and its folders but hidden ones and those where the outputs go."""
    for place, folders, files in os.walk(folder, onerror=lambda exc: say(f"diglot: {exc}")):
        inside = [Path(place, name) for name in sorted(folders) if not name.startswith(".")]
        folders[:] = [path.name for path in inside if not (output and output.exists() and path.samefile(output))]
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def _is_excluded(path: Path, patterns: Sequence[str]) -> bool:
    """Whether a pattern fits a path, its name or the name of a folder in it."""
    return any(fnmatch(part, pattern) for part in (path.as_posix(), *path.parts) for pattern in patterns)


def _names(roots: Mapping[Path, Path], output: Path | None, targets: Sequence[str]) -> "list[Names]":
    """The names of the outputs of each input; ``output`` is a folder, or the document's own name."""
    from diglot.pipeline.outputs import name_outputs, written_ending

    if output is None or not _is_file_name(output):
        paths = [Path("stdin") if path == STDIN else path for path in roots]
        return name_outputs(paths, output, list(roots.values()))
    endings = set(map(written_ending, {path.suffix.lower() for path in roots if path != STDIN} or ENDINGS))
    endings |= _SUBTITLES if endings & _TIMED else set()
    if written_ending(output.suffix) != output.suffix:
        raise click.UsageError(f"-o {output}: {output.suffix} is not written; the translation of one is Markdown (.md)")
    if len(roots) > 1 or len(targets) > 1 or output.suffix.lower() not in endings:
        raise click.UsageError(
            f"-o {output} is the name of a file: give one FILE with the same ending and one language, or name a folder"
        )
    return [replace(name_outputs([output], None)[0], file=output)]


def _is_file_name(output: Path) -> bool:
    ending = output.suffix.lower()
    return not output.is_dir() and (ending in (*ENDINGS, *_TIMED) or ending.removeprefix(".") in EDITIONS)
