"""What a model said before, in one SQLite file: so that a run that was interrupted goes on where it stopped.

A translator wrapped in :class:`Remembering` is asked only for texts that it was not asked before under the same settings;
what it answers is on the disk before the next batch begins. The file is a cache in the user's cache directory: losing it
costs time and nothing else, and a damaged one is begun anew.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from diglot import __version__
from diglot.pipeline.translate import Hypothesis, Translator

MOST = 500_000  # answers kept; the oldest go when there are more
_TABLE = "CREATE TABLE IF NOT EXISTS hypotheses (number INTEGER PRIMARY KEY, key BLOB UNIQUE, best_first TEXT)"
_PRUNE = "DELETE FROM hypotheses WHERE number <= (SELECT max(number) FROM hypotheses) - ?"
_PUT = "INSERT OR REPLACE INTO hypotheses (key, best_first) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A translation, its mean log-probability a token in nats, and the others that the same search found."""

    text: str
    score: float
    others: Sequence[Hypothesis] = ()


class Cache:
    """Answers by key in a SQLite file, shared by all runs of the program."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _open(path)

    def get(self, keys: Sequence[bytes]) -> list[Remembered | None]:
        """The answer to each key, None where there is none."""
        find = "SELECT best_first FROM hypotheses WHERE key = ?"
        try:
            rows = [self._connection.execute(find, (key,)).fetchone() for key in keys]
        except sqlite3.Error:
            return [None] * len(keys)
        return [_read(*row) if row else None for row in rows]

    def put(self, answers: Sequence[tuple[bytes, Hypothesis]]) -> None:
        """Keep answers. A full or read-only disk is no error: the run goes on without."""
        rows = [(key, _written(answer)) for key, answer in answers]
        with suppress(sqlite3.Error), self._connection:
            self._connection.executemany(_PUT, rows)


def _written(answer: Hypothesis) -> str:
    return json.dumps([(one.text, one.score) for one in (answer, *answer.others)])


def _read(best_first: str) -> Remembered:
    best, *others = (Remembered(text, score) for text, score in json.loads(best_first))
    return replace(best, others=tuple(others))


def default_cache() -> Cache:
    """The cache of this user."""
    from platformdirs import user_cache_path

    return Cache(user_cache_path("diglot", appauthor=False) / "translations.sqlite")


def _open(path: Path) -> sqlite3.Connection:
    """The database, in memory where the file cannot be used."""
    for place in (path, path, ":memory:"):
        try:
            if isinstance(place, Path):
                place.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(place, timeout=10)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_TABLE)
            connection.execute(_PRUNE, (MOST,))
            connection.commit()
        except sqlite3.OperationalError:  # not ours to mend: a folder without permission, a lock, a full disk
            continue
        except (sqlite3.DatabaseError, OSError):
            with suppress(OSError):
                path.unlink(missing_ok=True)
            continue
        return connection
    raise AssertionError("a database in memory can always be opened")


class Remembering:
    """A translator that does not ask twice. ``identity`` tells its model and settings from others."""

    def __init__(self, translator: Translator, cache: Cache, identity: str) -> None:
        self._translator, self._cache, self._identity = translator, cache, identity

    def __call__(self, texts: Sequence[str], source: str, target: str, **settings: Any) -> list[Hypothesis]:
        """Translate texts: those that are not in the cache by the translator, the others from it."""
        each = {name: value for name, value in settings.items() if isinstance(value, list | tuple)}  # one value a text
        common = {name: value for name, value in settings.items() if name not in each}
        about = repr((__version__, self._identity, source, target, sorted(common.items())))
        keys = [_key(about, text, [value[i] for _, value in sorted(each.items())]) for i, text in enumerate(texts)]
        found: list[Hypothesis | None] = list(self._cache.get(keys))
        new = [i for i, answer in enumerate(found) if answer is None]
        if new:
            common |= {name: [value[i] for i in new] for name, value in each.items()}
            answers = self._translator([texts[i] for i in new], source, target, **common)
            self._cache.put([(keys[i], answer) for i, answer in zip(new, answers, strict=True)])
            for i, answer in zip(new, answers, strict=True):
                found[i] = answer
        return [answer for answer in found if answer is not None]


def _key(about: str, text: str, own: Sequence[object]) -> bytes:
    whole = repr((about, text, own)).encode("utf-8", "backslashreplace")
    return blake2b(whole, digest_size=16).digest()
