"""Long work on many items that goes on where it was cut off: what a model made of each is kept, a line at a time.

The first line says what the journal is of, so that nobody goes on with another model's work. A line that was not finished
when the power went is made again. While a run writes it, no other may.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, TypeVar

from diglot import InputError

Item = TypeVar("Item")
CHUNK = 2000  # items that are worked on at a time: what a run that is cut off loses at most


def kept_results(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Sequence[Sequence[Any]]],
    journal: Path,
    about: Mapping[str, str],
    advance: Callable[[int], None] = lambda _: None,
) -> list[list[Any]]:
    """What ``work`` makes of all items, of which those in the journal are not made again; lists of what JSON can hold.

    ``about`` says what the journal is of: the items (:func:`digest`), the model. Raises :class:`diglot.InputError` where it
    is of something else, or another run writes it.
    """
    with journal.open("a", encoding="utf-8", newline="\n") as file:
        _lock(file, journal)
        done = _read(journal, about)
        if len(done) > len(items):
            raise InputError(f"{journal}: holds more than there is to do; remove it to begin anew")
        advance(len(done))
        for start in range(len(done), len(items), CHUNK):
            made = [list(result) for result in work(items[start : start + CHUNK])]
            file.write("".join(json.dumps(result, ensure_ascii=False) + "\n" for result in made))
            file.flush()
            done += made
            advance(len(made))
    return done


def digest(texts: Iterable[str]) -> str:
    """A short name for exactly these texts in this order."""
    hashed = hashlib.blake2b(digest_size=16)
    for text in texts:
        hashed.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return hashed.hexdigest()


def _lock(file: TextIO, path: Path) -> None:
    """Keep other processes from writing a file until it is closed, where the system can do that."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise InputError(f"{path}: another run is writing it; wait for that one, or write elsewhere") from exc
    except OSError:  # file systems that know no locks
        return


def _read(path: Path, about: Mapping[str, str]) -> list[list[Any]]:
    """What a journal holds, after cutting off a line that was not finished; a new one is begun where it is empty."""
    try:
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            path.write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
            return []
        head, *lines = whole.decode("utf-8").split("\n")[:-1]
        if json.loads(head) != about:
            raise InputError(f"{path}: was begun with other texts, languages or another model; remove it to begin anew")
        if len(whole) < len(data):
            path.write_bytes(whole)
        return [list(json.loads(line)) for line in lines]
    except (ValueError, TypeError) as exc:
        raise InputError(f"{path}: is not a journal of this program ({exc}); remove it to begin anew") from exc
