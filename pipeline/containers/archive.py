"""Zip archives of text parts: opened within bounds, and written again with other contents for some of the parts."""

import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from diglot import InputError

LARGEST, LARGEST_TEXT = 2_000_000_000, 200_000_000  # bytes in one file, unpacked: all of it, the parts that are read


def opened(data: bytes) -> ZipFile:
    """An archive in which every part was read once, since all are written again.

    Raises :class:`diglot.InputError` for one that is broken, encrypted or far too large.
    """
    try:
        archive = ZipFile(BytesIO(data))
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise InputError("holds more than a lecture; is it what it says?")
        damaged = archive.testzip()
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as exc:
        raise InputError(f"an archive that cannot be opened ({exc})") from exc
    if damaged:
        raise InputError(f"an archive in which {damaged} is damaged; open the file in its program and save it again")
    return archive


def read(archive: ZipFile, names: Iterable[str]) -> list[tuple[str, bytes]]:
    """Parts with their names. Raises :class:`diglot.InputError` for more text than can be held in memory with ease."""
    names = list(names)
    if sum(archive.getinfo(name).file_size for name in names) > LARGEST_TEXT:
        raise InputError("holds more text than a lecture; is it what it says?")
    return [(name, archive.read(name)) for name in names]


def rewritten(archive: ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """The archive with other contents for some of its parts; all others as they were."""
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for info in archive.infolist():
            made.writestr(copy(info), changed.get(info.filename) or archive.read(info), info.compress_type)
    return file.getvalue()
