"""What a store's latency costs: one run on the local disk, and the same on an S3 server that answers after a while.

    python benchmarks/stores.py FILE… --delay-ms 0 20 --recipe fineweb --workers 1
    go install github.com/minio/minio@latest
    go install github.com/Shopify/toxiproxy/v2/cmd/server@latest
    python benchmarks/stores.py FILE… --minio ~/go/bin/minio --toxiproxy ~/go/bin/server

The server is moto's behind a delaying proxy, or with ``--minio`` MinIO behind Toxiproxy: on this machine, so that they
take processor time that a store would not (moto and the proxy in Python several times as much), which the run with a
delay of 0 shows. What comes out is compared byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))

import stores_servers as servers  # noqa: E402

from textmill.pipeline.files import listing, storage, stores  # noqa: E402

COMMAND = "from textmill.pipeline.cli import main; main()"


TOXIPROXY = "127.0.0.1:8474"
"""Where it is told what to do."""


class Delaying:
    """Toxiproxy before a server; it counts no requests."""

    def __init__(self, behind: int) -> None:
        self.seen: Counter[str] = Counter()
        port = servers.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._ask("POST", "proxies", {"name": "s3", "listen": f"127.0.0.1:{port}", "upstream": f"127.0.0.1:{behind}"})
        latency = {"type": "latency", "stream": "upstream", "attributes": {"latency": 0}}
        self._ask("POST", "proxies/s3/toxics", {"name": "latency", **latency})

    def _ask(self, method: str, path: str, what: object) -> None:
        content = json.dumps(what).encode()
        request = urllib.request.Request(f"http://{TOXIPROXY}/{path}", content, method=method)
        with urllib.request.urlopen(request) as answer:
            answer.read()

    def delay(self, seconds: float) -> None:
        self._ask("POST", "proxies/s3/toxics/latency", {"attributes": {"latency": round(seconds * 1e3)}})

    delay_seconds = property(fset=delay)


@contextmanager
def minio(program: Path, toxiproxy: Path) -> Iterator[Delaying]:
    """MinIO behind Toxiproxy, both written in Go."""
    keys = {"MINIO_ROOT_USER": "benchmark", "MINIO_ROOT_PASSWORD": "benchmark", "MINIO_BROWSER": "off"}
    os.environ |= {**keys, "AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark"}
    port, proxy_port = servers.free_port(), int(TOXIPROXY.partition(":")[2])
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "server", folder, "--address", f"127.0.0.1:{port}", "--quiet"]
        with servers.served(command, port), servers.served([str(toxiproxy)], proxy_port):
            yield Delaying(port)


def run(*arguments: object) -> tuple[float, float]:
    """Seconds by the clock, and of CPU time in all processes of the run."""
    before, started = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", COMMAND, "run", *map(str, arguments), "-q"], check=True)
    spent, after = time.perf_counter() - started, os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return spent, cpu


def checksums(folder: str) -> dict[str, str]:
    found = {}
    for path in listing.list_files(folder):
        with storage.open_read(path) as source:
            content = source.read()
        if path.endswith("manifest.json"):
            content = json.dumps({**json.loads(content), "timing": None}, sort_keys=True).encode()
        found[path[len(folder) + 1 :]] = hashlib.sha256(content).hexdigest()
    return found


def _of_kinds(seen: Counter[str]) -> str:
    kinds = ", ".join(f"{seen[kind]} {kind}" for kind in ("GET", "HEAD", "PUT", "POST", "DELETE") if seen[kind])
    return f", {seen['requests']} requests ({kinds})" if kinds else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--recipe", default="fineweb")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--delay-ms", type=float, nargs="+", default=[0, 20])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--minio", type=Path, metavar="PROGRAM")
    parser.add_argument("--toxiproxy", type=Path, metavar="PROGRAM")
    options = parser.parse_args()
    os.environ |= servers.KEYS
    serving = minio(options.minio, options.toxiproxy) if options.minio else servers.s3_server()
    megabytes = sum(path.stat().st_size for path in options.files) / 1e6
    with tempfile.TemporaryDirectory() as folder, serving as proxy:
        root = Path(folder)
        (root / "in").mkdir()
        stores.use_store_options({"s3": {"endpoint": proxy.url}})
        stores.connect("s3://bucket/x")[0].mkdir("bucket")
        for path in options.files:
            (root / "in" / path.name).symlink_to(path.absolute())
            with storage.write_atomically(f"s3://bucket/in/{path.name}") as sink, path.open("rb") as source:
                while chunk := source.read(1 << 20):
                    sink.write(chunk)
        fixed = [options.recipe, "--workers", options.workers]
        run(*fixed, ROOT / "examples" / "corpus", "-o", f"{root}/warm")  # machine code is compiled once
        best: dict[str, tuple[float, float]] = {}
        for number in range(options.rounds):
            measured = {"local disk": run(*fixed, f"in={root}/in", "-o", f"{root}/out-{number}")}
            expected = checksums(f"{root}/out-{number}")
            for delay in options.delay_ms:
                proxy.delay_seconds = delay / 1e3
                output, before = f"s3://bucket/out-{number}-{delay:g}", Counter(proxy.seen)
                found = run(*fixed, "in=s3://bucket/in", "-o", output, "--store", f"s3.endpoint={proxy.url}")
                measured[f"S3, {delay:g} ms a request{_of_kinds(proxy.seen - before)}"] = found
                proxy.delay_seconds = 0
                assert checksums(output) == expected, "other bytes than from the local disk"
            for name, spent in measured.items():
                best[name] = min(best.get(name, spent), spent)
    print(f"{megabytes:.1f} MB, {options.recipe}, {options.workers} workers, best of {options.rounds}, same bytes")
    local = best["local disk"][0]
    for name, (spent, cpu) in best.items():
        print(f"{name:85} {spent:7.2f} s by the clock, {cpu:6.2f} s CPU, {spent / local:5.2f} times the local disk")


if __name__ == "__main__":
    main()
