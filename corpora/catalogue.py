"""The catalogue: public sources of parallel text, each with its address, licence and what is known of it.

``catalogue.toml`` comes with the program; a catalogue of your own in the same form can be added to it. A source without a
``reader`` is described but not yet readable.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from diglot import InputError
from diglot.corpora.sources import ALONE, TOGETHER

TIERS = ("open", "nc", "unstated")
DOMAINS = ("lec", "doc", "talk", "gen", "bt")


class Repository(NamedTuple):
    """A repository of GitHub at a commit."""

    name: str
    commit: str


@dataclass(frozen=True)
class Source:
    """A source of parallel text.

    ``tier`` sorts its licence: ``open`` (CC0, CC BY, CC BY-SA, MIT, Apache, BSD, GPL, ...), ``nc`` (not for commerce) or
    ``unstated`` (none was found). ``pairs`` tells how many pairs a careful alignment found in it, ``machine`` whether
    machine translation was seen. ``files`` gives each language, or each pair, the pattern of its files.
    """

    name: str
    about: str
    domain: str
    tier: str
    licence: str = ""
    pairs: Mapping[str, int] = field(default_factory=dict)
    repositories: tuple[Repository, ...] = ()
    lexicon: bool = False
    machine: str = "unknown"
    held_out: str = ""
    reader: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether it can be built once it is fetched."""
        return bool(self.reader)


def read_catalogue(own: Iterable[Path] = ()) -> dict[str, Source]:
    """The catalogue that comes with the program, and those of the user over it. Raises :class:`diglot.InputError`."""
    sources = dict(_shipped())
    for path in own:
        sources |= _read(path)
    return sources


@cache
def _shipped() -> Mapping[str, Source]:
    return _read(Path(__file__).parent / "catalogue.toml")


def _read(path: Path) -> dict[str, Source]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{path}: cannot be read as TOML ({exc})") from exc
    return {name: _source(path, name, table) for name, table in tables.items()}


def _source(path: Path, name: str, table: Any) -> Source:
    """A source from its table, checked: a typing mistake must not become a wrong licence."""
    known = {f.name for f in fields(Source)} - {"name"}
    if not isinstance(table, dict):
        raise InputError(f"{path}: '{name}' stands outside of any [source]")
    if unknown := table.keys() - known:
        raise InputError(f"{path}: [{name}] has no '{min(unknown)}'; it knows {', '.join(sorted(known))}")
    if missing := {"about", "domain", "tier"} - table.keys():
        raise InputError(f"{path}: [{name}] needs '{min(missing)}'")
    for key, allowed in (("tier", TIERS), ("domain", DOMAINS), ("reader", ("", *ALONE, *TOGETHER))):
        if key in table and (value := table[key]) not in allowed:
            raise InputError(f"{path}: [{name}] {key} = '{value}' is none of {', '.join(filter(None, allowed))}")
    repositories = tuple(Repository(*entry.partition("@")[::2]) for entry in table.get("repositories", ()))
    if unpinned := [r.name for r in repositories if not r.commit]:
        raise InputError(f"{path}: [{name}] {unpinned[0]} needs a commit, as in owner/name@0123abc")
    return Source(name, **{**table, "repositories": repositories})
