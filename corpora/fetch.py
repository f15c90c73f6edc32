"""Sources over the network: archives of repositories at a commit, resumed where they were cut off, unpacked with care.

An archive is loaded beside its place, unpacked file by file (no links, no devices, nothing outside the folder), and the
folder is renamed when it is whole: what has a name is complete.
"""

import shutil
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath

from diglot import DiglotError

ADDRESS = "https://codeload.github.com/{repository}/tar.gz/{commit}"
BLOCK = 1 << 18
TRIES = 5
TIMEOUT = 60.0  # seconds without a byte

Progress = Callable[[int], None]


class FetchError(DiglotError):
    """Something cannot be had from the network, or is not what it should be."""


def fetch_repository(repository: str, commit: str, folder: Path, *, progress: Progress = lambda _: None) -> Path:
    """The files of a repository at a commit, in ``folder``; nothing is done where it is there already.

    Raises :class:`FetchError`.
    """
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    archive = folder.with_name(folder.name + ".tar.gz")
    download(ADDRESS.format(repository=repository, commit=commit), archive, progress=progress)
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unpack(archive, unfinished)
    unfinished.rename(folder)
    archive.unlink()
    return folder


def download(url: str, path: Path, *, progress: Progress = lambda _: None) -> None:
    """Load a file, going on from what an earlier try left in ``PATH.part``. Raises :class:`FetchError`."""
    part = path.with_name(path.name + ".part")
    for attempt in range(TRIES):
        try:
            _load(url, part, progress)
            break
        except urllib.error.HTTPError as exc:
            if exc.code == 416:  # what is there is longer than the file: it is another one
                part.unlink(missing_ok=True)
            elif exc.code < 500 or attempt == TRIES - 1:
                raise FetchError(f"{url}: the server answers {exc.code} {exc.reason}; is it still there?") from exc
        except (OSError, HTTPException, EOFError) as exc:
            if attempt == TRIES - 1:
                raise FetchError(f"{url}: broken off {TRIES} times ({exc}); run it again, it goes on from there") from exc
    else:
        raise FetchError(f"{url}: gives no bytes from where it was broken off; run it again to begin anew")
    part.replace(path)


def _load(url: str, part: Path, progress: Progress) -> None:
    """One connection. Raises EOFError where it ends before the file does."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "diglot", "Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        assert isinstance(answer, HTTPResponse)
        resumed = answer.status == 206
        expected = answer.getheader("Content-Length")
        got = 0
        with part.open("ab" if resumed else "wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
                got += len(block)
                progress(len(block))
    if expected is not None and got < int(expected):
        raise EOFError(f"{got} of {expected} bytes came")


def unpack(archive: Path, folder: Path) -> int:
    """The plain files of a tar archive without its outermost folder; how many. Raises :class:`FetchError`."""
    count = 0
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                parts = PurePosixPath(member.name).parts[1:]
                if not member.isfile() or not parts:
                    continue
                if ".." in parts or member.name.startswith("/") or any("\\" in part or ":" in part for part in parts):
                    raise FetchError(f"{archive}: holds '{member.name}', which points outside; it is not unpacked")
                content = tar.extractfile(member)
                assert content is not None
                path = folder.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(content, file)
                count += 1
    except (tarfile.TarError, EOFError, OSError) as exc:
        raise FetchError(f"{archive}: cannot be unpacked ({exc}); remove it and fetch again") from exc
    return count
