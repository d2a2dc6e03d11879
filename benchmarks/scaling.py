"""Speed, memory and disk of whole runs: ``python benchmarks/scaling.py RECIPE INPUT… --workers 1 2``.

With ``--gb 1 3 10`` the one INPUT is a JSONL file from which input of these sizes is made (see ``corpus.py``), to see
that speed and memory do not depend on the size. Memory is the proportional set size of all processes of the run
together, looked at twice a second: pages that processes share count once. The bytes shuffled are those that the
workers send each other through the runner; the temporary disk is what the work folder holds at most. Linux only.
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
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus import write_corpus

from textmill.pipeline.job.progress import read_progress

EXAMPLES = str(Path(__file__).parents[1] / "examples" / "corpus")


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


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder, as far as they stand still."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total


@dataclass
class Watched:
    """The most that was seen while a run went on."""

    memory_bytes: int = 0
    disk_bytes: int = 0
    shuffled_bytes: int = 0


def watch(process: subprocess.Popen[str], work: Path, seen: Watched) -> None:
    """Look at a run until it ends."""
    while process.poll() is None:
        seen.memory_bytes = max(seen.memory_bytes, memory_bytes(process.pid))
        seen.disk_bytes = max(seen.disk_bytes, folder_bytes(work))
        seen.shuffled_bytes = max(seen.shuffled_bytes, read_progress(work / "progress").shuffled_bytes)
        time.sleep(0.5)


def run(recipe: str, inputs: list[str], workers: int) -> dict[str, float]:
    """One run of the command; returns the manifest's totals and what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out"
        command = [str(Path(sys.executable).parent / "textmill"), "run", recipe, *inputs]
        command += ["--output", str(output), "--workers", str(workers), "--json"]
        os.sync()  # what others have left to be written, such as the input itself, is not this run's to wait for
        started, before = time.perf_counter(), os.times()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        seen = Watched()
        watcher = threading.Thread(target=watch, args=(process, output / "_work", seen))
        watcher.start()
        printed, _ = process.communicate()
        watcher.join()
        seconds, after = time.perf_counter() - started, os.times()
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with code {process.returncode}")
        timing = json.loads((output / "manifest.json").read_text())["timing"]
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        **json.loads(printed),
        **vars(seen),
        "slowest_step": timing["slowest_step"],
        "seconds": seconds,
        "cpu_seconds": cpu,
    }


def sizes(seed: str, gigabytes: list[float]) -> Iterator[tuple[str, list[str]]]:
    """Inputs of the given sizes, each there for as long as it is used."""
    for size in gigabytes:
        with tempfile.TemporaryDirectory() as folder:
            write_corpus(Path(seed), Path(folder), int(size * 1e9))
            yield f"{size:g} GB", [folder]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--workers", type=int, nargs="+", default=[os.cpu_count() or 1])
    parser.add_argument("--gb", type=float, nargs="+", help="Make input of these sizes from the one INPUT.")
    given = parser.parse_args()
    if given.gb and len(given.inputs) != 1:
        parser.error("--gb makes its input from one JSONL file")
    corpora = sizes(given.inputs[0], given.gb) if given.gb else iter([("input", given.inputs)])
    run(given.recipe, [EXAMPLES], given.workers[0])  # compiles what has not been compiled on this machine before
    first: dict[str, float] | None = None
    for label, inputs in corpora:
        for workers in given.workers:
            found = run(given.recipe, inputs, workers)
            read = found["bytes_read"]
            speed, cpu_speed = read / found["seconds"] / 1e6, read / found["cpu_seconds"] / 1e6
            first = first or {"speed": speed, "cpu_speed": cpu_speed, "memory": found["memory_bytes"]}
            print(
                f"{label}, {workers} workers: {found['read']:,.0f} documents, {read / 1e6:.0f} MB of text in "
                f"{found['seconds']:.1f} s, {speed:.2f} MB/s ({speed / first['speed']:.2f} times the first), "
                f"{cpu_speed:.2f} MB per CPU second ({cpu_speed / first['cpu_speed']:.2f} times), peak memory "
                f"{found['memory_bytes'] / 1e6:.0f} MB ({found['memory_bytes'] / first['memory']:.2f} times), "
                f"{found['shuffled_bytes'] / read:.4f} bytes shuffled and {found['disk_bytes'] / read:.2f} bytes of "
                f"temporary disk for each byte of text; slowest step: {found['slowest_step']}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
