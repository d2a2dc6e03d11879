"""The same run on every engine: ``python benchmarks/engines.py RECIPE SEED.jsonl --gb 1 3 10``.

The input of each size is made from a JSONL file (see ``corpus.py``). ``--flink FOLDER`` and ``--spark FOLDER`` are what
``python deploy/flink/cluster.py prepare FOLDER`` makes, ``--prism FILE`` what ``go install`` builds (docs/flink.md,
docs/spark.md); engines without one are left out. Every engine has two workers on this machine. Printed are the clock,
the CPU time of all processes of the run and of the cluster, and whether all files are those of the local run.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scaling import EXAMPLES, descendants, sizes

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = 2


def cpu_seconds(process: int) -> float:
    """CPU time of one process."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:13]) / TICKS


class CpuTime:
    """CPU time of trees of processes, whether they last or not."""

    def __init__(self, roots: list[int]) -> None:
        self.roots, self.ended = roots, threading.Event()
        self.seen: dict[int, float] = {}
        self.before = self._total()
        self.watcher = threading.Thread(target=self._watch)
        self.watcher.start()

    def _total(self) -> float:
        """Of each process what was seen last: not all are waited for by those that start them."""
        alive = {process: cpu_seconds(process) for root in self.roots for process in descendants(root)}
        self.seen.update({process: seconds for process, seconds in alive.items() if seconds})
        return sum(self.seen.values())

    def _watch(self) -> None:
        while not self.ended.wait(0.5):
            self._total()

    def stop(self) -> float:
        """Seconds since the beginning."""
        self.ended.set()
        self.watcher.join()
        return self._total() - self.before


def checksums(folder: Path) -> dict[str, str]:
    """Of every file; of the manifest without what differs between equal runs."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "manifest.json":
            content = json.dumps({k: v for k, v in json.loads(content).items() if k != "timing"}).encode()
        found[str(path.relative_to(folder))] = hashlib.sha256(content).hexdigest()
    return found


@contextmanager
def standalone(engine: str, folder: str) -> Iterator[tuple[list[str], list[int]]]:
    """A cluster of two workers: what the command takes to run there, and its processes."""
    spec = importlib.util.spec_from_file_location(f"{engine}_cluster", ROOT / "deploy" / engine / "cluster.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.Cluster(Path(folder), WORKERS) as cluster:
        where = [*cluster.arguments, "--workers", str(WORKERS), "--", *cluster.beam_options]
        yield where, [process.pid for process in cluster.processes.values()]


def run(recipe: str, inputs: list[str], output: Path, where: list[str], roots: list[int]) -> tuple[float, float, int]:
    """One run; seconds by the clock, of CPU, and bytes of text read."""
    command = [str(Path(sys.executable).parent / "textmill"), "run", recipe, *inputs, "--output", str(output), "--json"]
    started = time.perf_counter()
    process = subprocess.Popen([*command, *where], stdout=subprocess.PIPE, text=True)
    measured = CpuTime([process.pid, *roots])
    printed, _ = process.communicate()
    seconds, cpu = time.perf_counter() - started, measured.stop()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command + where)} ended with code {process.returncode}")
    return seconds, cpu, int(json.loads(printed)["bytes_read"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("seed")
    parser.add_argument("--gb", type=float, nargs="+", default=[1.0])
    parser.add_argument("--flink", metavar="FOLDER")
    parser.add_argument("--spark", metavar="FOLDER")
    parser.add_argument("--prism", metavar="FILE")
    given = parser.parse_args()

    @contextmanager
    def simply(where: list[str]) -> Iterator[tuple[list[str], list[int]]]:
        yield where, []

    engines: dict[str, Callable[[], Any]] = {"local": lambda: simply(["--workers", str(WORKERS)])}
    if given.flink:
        engines["flink"] = lambda: standalone("flink", given.flink)
    if given.spark:
        engines["spark"] = lambda: standalone("spark", given.spark)
    if given.prism:
        engines["prism"] = lambda: simply(["--runner", "prism", "--", f"--prism_location={given.prism}"])
    for label, inputs in sizes(given.seed, given.gb):
        expected: dict[str, str] | None = None
        for engine, opened in engines.items():
            with tempfile.TemporaryDirectory() as folder, opened() as (where, roots):
                run(given.recipe, [EXAMPLES], Path(folder) / "first", where, [])  # compiles, and starts workers
                output = Path(folder) / "out"
                seconds, cpu, read = run(given.recipe, inputs, output, where, roots)
                found = checksums(output)
            expected = expected or found
            print(
                f"{label}, {engine}: {read / 1e6:.0f} MB of text in {seconds:.0f} s, {cpu:.0f} CPU seconds, "
                f"{read / 1e6 / cpu:.1f} MB a CPU second; {len(found)} files, "
                f"{'the same bytes' if found == expected else 'OTHER BYTES'}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
