"""Files of web servers: with ranges and without, and what a server that fails says of a file."""

import hashlib
import http.server
import random
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from textmill.errors import TextmillError
from textmill.pipeline.files import listing, storage, stores

pytest.importorskip("aiohttp", reason="the extra http is not installed")

CONTENT = random.Random(3).randbytes(3_000_000)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    gives_ranges = True
    says_whether = False
    """Whether it says in its answers that it gives none."""
    shortens = False
    """Whether an answer to a range has half of it."""
    missing = 404
    failures = 0
    """So many requests are answered by 503 first."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or else each answer in two writes waits for the client
    server: _Server

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        status, content = 200, CONTENT
        if self.server.failures:
            self.server.failures -= 1
            status, content = 503, b"busy"
        elif self.path != "/file.bin":
            status, content = self.server.missing, b"nothing here"
        elif asked and self.server.gives_ranges:
            status, content = 206, CONTENT[int(asked[1]) : int(asked[2]) + 1]
            if self.server.shortens and len(content) > 1:
                content = content[: len(content) // 2]
        self.server.asked.append(self.headers.get("Range"))
        self.send_response(status)
        if self.server.says_whether:
            self.send_header("Accept-Ranges", "bytes" if self.server.gives_ranges else "none")
        self.send_header("Content-Length", str(len(content)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {asked[1]}-{asked[2]}/{len(CONTENT)}")  # type: ignore[index]
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET  # noqa: N815  # as the library calls it

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    monkeypatch.setattr(stores, "WAITS_SECONDS", (0.0, 0.0))
    with _Server(("127.0.0.1", 0), _Answer) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("gives_ranges", [True, False])
def test_a_file_is_read_whether_the_server_gives_ranges_or_not(server: _Server, gives_ranges: bool) -> None:
    server.gives_ranges = gives_ranges
    path = f"{server.url}/file.bin"
    assert listing.entry(path).size == len(CONTENT)
    assert storage.sha256(path) == hashlib.sha256(CONTENT).hexdigest()
    with storage.open_read(path) as source:
        source.seek(2_500_000)
        assert source.read(100) == CONTENT[2_500_000:2_500_100]
    assert not storage.exists(f"{server.url}/other.bin")
    with pytest.raises(FileNotFoundError):
        storage.open_read(f"{server.url}/other.bin")


def test_a_server_that_says_that_it_gives_no_ranges_is_asked_for_none(server: _Server) -> None:
    server.gives_ranges, server.says_whether = False, True
    with storage.open_read(f"{server.url}/file.bin") as source:
        assert source.read() == CONTENT
    assert "bytes=1-1" not in server.asked
    server.gives_ranges = True
    with storage.open_read(f"{server.url}/file.bin") as source:
        source.seek(2_500_000)
        assert source.read(100) == CONTENT[2_500_000:2_500_100]
    assert "bytes=1-1" in server.asked


def test_an_answer_that_is_too_short_is_no_end_of_a_file(server: _Server) -> None:
    server.shortens = True
    with (
        pytest.raises(TextmillError, match=r"cannot read .*bytes came instead of.*3 attempts failed"),
        storage.open_read(f"{server.url}/file.bin") as source,
    ):
        source.read()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_not_there_or_not_open_to_us_is_a_missing_file(server: _Server, status: int) -> None:
    server.missing = status
    assert not storage.exists(f"{server.url}/other.bin")
    server.missing = 500
    with pytest.raises(TextmillError, match="3 attempts failed"):
        storage.exists(f"{server.url}/other.bin")


def test_a_server_that_fails_says_nothing_of_a_file(server: _Server) -> None:
    path = f"{server.url}/file.bin"
    server.failures = 2
    assert storage.exists(path)
    server.failures = 100
    with pytest.raises(TextmillError, match=r"cannot look at http://127.0.0.1:\d+/file.bin: .*3 attempts failed"):
        storage.exists(path)


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "WAITS_SECONDS", ())
    with pytest.raises(TextmillError, match=r"cannot look at http://127.0.0.1:1/x: .*1 attempts failed"):
        storage.exists("http://127.0.0.1:1/x")
