"""The glossaries that commands are given: files, those that come with the program, those that a program has made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from diglot.commands.common import BUNDLED, say

if TYPE_CHECKING:
    from diglot.pipeline.glossary import Glossary


def glossary_for(
    names: "Sequence[str | Glossary]", source: str, target: str, left_out: Callable[[str, str], None] | None = None
) -> "Glossary | None":
    """One glossary of those named, for a direction; of a term that several have the first counts, bundled ones come last.

    One of other languages is left out; of a file a message says so, or ``left_out`` is called with its name and the reason.
    None where nothing is left.
    """
    from diglot.pipeline import glossary
    from diglot.pipeline.document import primary

    found = []
    for name in sorted(names, key=lambda name: name == BUNDLED):
        if isinstance(name, glossary.Glossary):
            found += [name] if (primary(name.source), primary(name.target)) == (source, target) else []
            continue
        path = bundled(source, target) if name == BUNDLED else Path(name)
        try:
            found += [glossary.read(path, source=source, target=target)] if path else []
        except glossary.OtherLanguagesError as exc:
            (left_out or _tell)(str(name), f"from {source} to {target}: {exc}")
    for one in found:
        for warning in one.warnings:
            say(f"diglot: {warning}")
    return glossary.merge(found) if found else None


def _tell(_: str, reason: str) -> None:
    say(f"diglot: not used {reason}")


def bundled(source: str, target: str) -> Path | None:
    """The bundled glossary of a direction, None where there is none."""
    from diglot.corpora import GLOSSARIES

    paths = (GLOSSARIES / f"{a}-{b}.tsv" for a, b in ((source, target), (target, source)))
    return next((path for path in paths if path.is_file()), None)
