"""Zip archives of text parts: opened within bounds, and written again with other contents for some of the parts."""

from collections.abc import Iterable, Mapping
from copy import copy
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from diglot import InputError

LARGEST = 200_000_000  # bytes of text in one file, unpacked


def opened(data: bytes) -> ZipFile:
    """An archive. Raises :class:`diglot.InputError` for one that is broken."""
    try:
        return ZipFile(BytesIO(data))
    except (BadZipFile, OSError, ValueError) as exc:
        raise InputError(f"an archive that cannot be opened ({exc})") from exc


def read(archive: ZipFile, names: Iterable[str]) -> list[tuple[str, bytes]]:
    """Parts with their names. Raises :class:`diglot.InputError` for what is broken, encrypted or far too large."""
    names = list(names)
    try:
        if sum(archive.getinfo(name).file_size for name in names) > LARGEST:
            raise InputError("holds more text than a lecture; is it what it says?")
        return [(name, archive.read(name)) for name in names]
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as exc:
        raise InputError(f"an archive that cannot be opened ({exc})") from exc


def rewritten(archive: ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """The archive with other contents for some of its parts; all others as they were."""
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for info in archive.infolist():
            made.writestr(copy(info), changed.get(info.filename) or archive.read(info), info.compress_type)
    return file.getvalue()
