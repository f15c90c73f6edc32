"""Fetching, from a server that the test starts: whole, broken off and resumed, missing, tampered with, hostile."""

import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from diglot.commands.corpus import corpus
from diglot.corpora import fetch
from diglot.corpora.fetch import FetchError, download, fetch_repository, unpack


class Server(ThreadingHTTPServer):
    """Serves the bytes in ``files``; breaks each connection after ``limit`` bytes; notes the ranges asked for."""

    files: dict[str, bytes]
    moved: dict[str, str]
    limit: int
    ranges: list[str]
    refuse_ranges: bool


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if self.path in self.server.moved:
            self.send_response(302)
            self.send_header("Location", self.server.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        start = 0
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        if asked and not self.server.refuse_ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start : start + self.server.limit])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as serving:
        serving.files, serving.limit, serving.ranges, serving.refuse_ranges = {}, 1 << 30, [], False
        serving.moved = {}
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def archive(*members: tuple[str, bytes | str]) -> bytes:
    """A tar.gz; a member whose content is a string is a link to it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


GOOD = archive(("repo-1/README.md", b"hello"), ("repo-1/docs/en/a.md", b"# One"), ("repo-1/link", "/etc/passwd"))


def test_a_repository_is_fetched_and_unpacked_without_links(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/me/repo/abc"] = GOOD
    bytes_seen: list[int] = []
    monkeypatch.setattr(fetch, "ADDRESS", address(server) + "/{repository}/{commit}")
    folder = fetch_repository("me/repo", "abc", tmp_path / "x" / "repo", progress=bytes_seen.append)
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "README.md",
        "docs/en/a.md",
    ]
    assert sum(bytes_seen) == len(GOOD)
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["repo"]
    fetch_repository("me/repo", "abc", folder)
    assert len(server.ranges) == 1


def test_the_command_fetches_what_a_catalogue_names(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetch, "ADDRESS", address(server) + "/{repository}/{commit}")
    server.files["/me/notes/abc"], server.limit = GOOD, 100  # every connection breaks off, and is resumed
    own = tmp_path / "own.toml"
    entry = 'about = "x"\ndomain = "lec"\ntier = "open"\nlicence = "CC0"\nrepositories'
    own.write_text(f'[notes]\n{entry} = ["me/notes@abc"]\n[gone]\n{entry} = ["me/gone@abc"]\n')
    arguments = ["fetch", "-o", str(tmp_path / "sources"), "--catalogue", str(own)]
    assert corpus.main([*arguments, "notes"], standalone_mode=False) == 0
    assert (tmp_path / "sources" / "notes" / "docs" / "en" / "a.md").read_bytes() == b"# One"
    assert "licence: CC0" in capfd.readouterr().err
    with pytest.raises(FetchError, match="404"):
        corpus.main([*arguments, "gone"], standalone_mode=False)
    assert [path.name for path in (tmp_path / "sources").iterdir()] == ["notes"]


def test_a_broken_connection_is_resumed(server: Server, tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    server.files["/f"], server.limit = data, 4000
    download(address(server) + "/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == data
    assert server.ranges == ["", "bytes=4000-", "bytes=8000-"]


def test_a_redirect_is_followed_when_resuming_too(server: Server, tmp_path: Path) -> None:
    data = bytes(range(200))
    server.files["/new"], server.moved["/old"], server.limit = data, f"{address(server)}/new", 150
    download(address(server) + "/old", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == data
    assert server.ranges == ["", "bytes=150-"]
    server.moved["/round"] = "/round"
    with pytest.raises(FetchError, match="302"):
        download(address(server) + "/round", tmp_path / "g")


def test_what_an_earlier_run_left_is_used_even_where_the_server_begins_anew(server: Server, tmp_path: Path) -> None:
    server.files["/f"], server.refuse_ranges = b"0123456789", True
    (tmp_path / "f.part").write_bytes(b"0123")
    download(address(server) + "/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"0123456789"


def test_leftovers_longer_than_the_file_are_thrown_away(server: Server, tmp_path: Path) -> None:
    server.files["/f"] = b"01234"
    (tmp_path / "f.part").write_bytes(b"something else")
    download(address(server) + "/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"01234"


def test_a_server_that_never_gives_the_rest_is_given_up(server: Server, tmp_path: Path) -> None:
    server.files["/f"], server.limit = b"0123456789", 0
    with pytest.raises(FetchError, match="goes on from there"):
        download(address(server) + "/f", tmp_path / "f")
    assert not (tmp_path / "f").exists()


def test_what_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="404"):
        download(address(server) + "/gone", tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["repo/../../evil", "/repo/evil", "repo/c:evil", "repo/a\\..\\evil"])
def test_an_archive_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(archive(("repo/good", b"x"), (name, b"x")))
    with pytest.raises(FetchError, match="points outside"):
        unpack(path, tmp_path / "out" / "in")
    assert not list(tmp_path.rglob("*evil"))


def test_a_link_is_no_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(archive(("repo/sub", str(tmp_path)), ("repo/sub/evil", b"x")))
    unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "sub" / "evil").read_bytes() == b"x"
    assert not (tmp_path / "evil").exists()


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(GOOD[:60])
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(path, tmp_path / "out")
