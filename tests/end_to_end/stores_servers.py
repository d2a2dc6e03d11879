"""Stores on loopback behind a proxy that delays, refuses, and tears what passes.

moto is S3, fake-gcs-server Google's store, Azurite Microsoft's own program for its store, HDFS a real name node with a
data node. ``python tests/end_to_end/stores_servers.py FOLDER`` fetches the last two there, with npm and Maven.
"""

from __future__ import annotations

import http.client
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
LISTING = re.compile(r"list-type=2|/o\?")
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
FAKE_GCS = "fake-gcs-server"
AZURITE = "azurite@3.35.0"
"""The newest that asks for no newer Node.js than Debian's."""
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Of the account ``devstoreaccount1``, which is the same in every emulator and opens nothing else."""
HDFS_POM = Path(__file__).parent / "hdfs" / "pom.xml"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Proxy(http.server.ThreadingHTTPServer):
    """Passes requests on to a store; what it does to them is set on it."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.delay_seconds = 0.0
        self.slow_down_every = 0
        """Every so many requests are answered by 503 SlowDown."""
        self.tear_every = 0
        """Of every so many requests that upload, the connection breaks off when half of it has come."""
        self.cut_every = 0
        """Of every so many answers with bytes of a file, the connection breaks off in the middle."""
        self.page = 0
        """So many entries has a page of a listing at most, instead of a thousand."""
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Pass)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, what: str) -> int:
        with self.lock:
            self.seen[what] += 1
            return self.seen[what]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off are what is tried here."""


class _Pass(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or else each answer in two writes waits for the client
    server: Proxy

    def _pass_on(self) -> None:
        proxy = self.server
        time.sleep(proxy.delay_seconds)
        is_upload = self.command in ("PUT", "POST") and "delete" not in self.path.partition("?")[2]
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        number = proxy.count("requests")
        proxy.count(self.command)
        if is_upload and proxy.tear_every and proxy.count("uploads") % proxy.tear_every == 0:
            proxy.count("torn")
            self.rfile.read(int(self.headers.get("Content-Length") or 0) // 2)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = self._body()
        if proxy.slow_down_every and number % proxy.slow_down_every == 0:
            proxy.count("slowed down")
            self._answer(503, [("Content-Type", "application/xml")], SLOW_DOWN)
            return
        behind = http.client.HTTPConnection("127.0.0.1", proxy.behind, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "expect")}
        if "Transfer-Encoding" in headers:
            del headers["Transfer-Encoding"]
            headers["Content-Length"] = str(len(body))
        path = self.path
        if proxy.page and self.command == "GET" and LISTING.search(path):
            proxy.count("pages")
            path += f"&max-keys={proxy.page}&maxResults={proxy.page}"  # Amazon's name for it, and Google's
        behind.request(self.command, path, body=body, headers=headers)
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
        if self.command == "HEAD":
            kept.append(("Content-Length", answer.getheader("Content-Length") or "0"))
        is_file = self.command == "GET" and (answer.status == 206 or "alt=media" in self.path)
        if is_file and len(content) > 1 and proxy.cut_every and proxy.count("files") % proxy.cut_every == 0:
            proxy.count("cut")
            self.send_response(answer.status)
            for name, value in [*kept, ("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._answer(answer.status, kept, content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = _pass_on  # noqa: N815  # as the library calls them

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            pieces = []
            while length := int(self.rfile.readline().partition(b";")[0], 16):
                pieces.append(self.rfile.read(length))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def proxied(behind: int) -> Iterator[Proxy]:
    with Proxy(behind) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()


@contextmanager
def served(command: list[str], port: int) -> Iterator[None]:
    """Run a server until the block ends."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None, f"{command[0]} has ended"
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


@contextmanager
def s3_server() -> Iterator[Proxy]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with served(command, port), proxied(port) as proxy:
        yield proxy


def gcs_program() -> str | None:
    """``go install github.com/fsouza/fake-gcs-server@latest`` puts it where this looks."""
    places = [os.environ.get("GOBIN"), os.path.expanduser("~/go/bin")]  # noqa: PTH111
    return shutil.which(FAKE_GCS) or next(
        (found for place in places if (found := shutil.which(FAKE_GCS, path=place))), None
    )


@contextmanager
def gcs_server(program: str, folder: Path) -> Iterator[Proxy]:
    port = free_port()
    with proxied(port) as proxy:
        command = [program, "-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
        with served([*command, "-external-url", proxy.url, "-filesystem-root", str(folder)], port):
            yield proxy


def azure_connection(proxy: Proxy) -> str:
    """How clients are told of an Azure store at a place of its own."""
    account = "devstoreaccount1"
    return (
        f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={AZURE_KEY};"
        f"BlobEndpoint={proxy.url}/{account};"
    )


@contextmanager
def azure_server(programs: Path, folder: Path) -> Iterator[Proxy]:
    port = free_port()
    program = str(programs / "node_modules" / ".bin" / "azurite-blob")
    command = [program, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder), "--silent"]
    with served([*command, "--skipApiVersionCheck", "--disableTelemetry"], port), proxied(port) as proxy:
        yield proxy


@contextmanager
def hdfs_server(programs: Path, folder: Path) -> Iterator[Proxy]:
    port = free_port()
    command = [
        "java",
        "-Xmx512m",
        "-XX:TieredStopAtLevel=1",
        f"-Dtest.build.data={folder}",
        f"-Dhadoop.log.dir={folder}",
    ]
    command += ["-cp", str(programs / "hdfs" / "*"), "org.apache.hadoop.test.MiniDFSClusterManager", "-format"]
    command += ["-datanodes", "1", "-httpport", str(port), "-D", "dfs.permissions.enabled=false"]
    with served(command, port), proxied(port) as proxy:
        deadline = time.monotonic() + 60
        while not _answers(f"{proxy.url}/webhdfs/v1/?op=LISTSTATUS"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield proxy


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:
        return bool(answer.status == http.HTTPStatus.OK)
    return False


def fetch_programs(folder: Path) -> None:
    """Fetch Azurite and the jars of HDFS."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--prefix", str(folder), AZURITE], check=True)
    jars = f"-DoutputDirectory={folder.absolute() / 'hdfs'}"
    subprocess.run(["mvn", "-q", "-B", "-f", str(HDFS_POM), "dependency:copy-dependencies", jars], check=True)


if __name__ == "__main__":
    fetch_programs(Path(sys.argv[1]))
