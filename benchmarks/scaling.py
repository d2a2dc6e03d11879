"""Time, speed and peak memory of whole runs: ``python benchmarks/scaling.py RECIPE INPUT… --workers 1 2``.

Memory is the proportional set size of all processes of the run together, looked at ten times a second: pages that
processes share count once. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def descendants(root: int) -> list[int]:
    """A process and all that it has started, by their parents in /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, []))
    return found


def memory_bytes(root: int) -> int:
    """Proportional set size of a process and its descendants."""
    total = 0
    for process in descendants(root):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def run(recipe: str, inputs: list[str], workers: int, folder: Path) -> dict[str, float]:
    """One run of the command; returns seconds, CPU seconds, peak bytes and the manifest's totals."""
    command = [str(Path(sys.executable).parent / "textmill"), "run", recipe, *inputs]
    command += ["--output", str(folder / "out"), "--workers", str(workers), "--json"]
    peak = 0
    started = time.perf_counter()
    before = os.times()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, memory_bytes(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = process.communicate()
    watcher.join()
    seconds = time.perf_counter() - started
    after = os.times()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with code {process.returncode}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    totals: dict[str, float] = json.loads(printed)
    return {**totals, "seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    first = None
    for workers in given.workers:
        with tempfile.TemporaryDirectory() as folder:
            found = run(given.recipe, given.inputs, workers, Path(folder))
        first = first or found["seconds"]
        print(
            f"{workers} workers: {found['read']:,.0f} documents, {found['bytes_read'] / 1e6:.0f} MB of text in "
            f"{found['seconds']:.1f} s ({first / found['seconds']:.2f} times the first), "
            f"{found['bytes_read'] / found['seconds'] / 1e6:.2f} MB/s, {found['cpu_seconds']:.1f} s CPU, "
            f"peak memory {found['peak_bytes'] / 1e6:.0f} MB",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
