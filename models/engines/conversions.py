"""Converted models: made once, kept in the user's cache directory, checked each time they are loaded.

Where that directory cannot be written, a conversion lives as long as the program.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from diglot import CheckpointError
from diglot.models import checkpoint


def cache_directory() -> Path:
    """Where converted models live: the user's cache directory, by the custom of the system."""
    from platformdirs import user_cache_path

    return user_cache_path("diglot", appauthor=False) / "models"


def kept(name: str, make: Callable[[Path], None], cache: Path | None = None) -> Path:
    """The folder ``name`` in the cache, made now if it is not there or is not what was once made."""
    cache = cache or cache_directory()
    converted = cache / name
    if converted.is_dir():
        try:
            checkpoint.verify(converted)
        except CheckpointError:
            shutil.rmtree(converted, ignore_errors=True)
        else:
            return converted
    try:
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".converting-", dir=cache))
    except OSError:
        return _temporary(make)
    try:
        make(unfinished)
        checkpoint.write_sums(unfinished)
        if not converted.exists():  # another process may have been faster
            unfinished.rename(converted)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return converted


def _temporary(make: Callable[[Path], None]) -> Path:
    """A folder made now, and removed when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="diglot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make(folder)
    return folder
