"""What a first minute takes: cold and warm starts of textmill, beside those of datatrove and Dolma.

    python benchmarks/startup.py
    python benchmarks/startup.py --datatrove-python ../datatrove/bin/python --dolma-python ../dolma/bin/python

Cold is with no machine code on disk, warm the second of two runs. CPU time is that of the command and all processes
that it starts; memory is that of the largest of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTE = "Four words of text.\n"

DATATROVE = """
from datatrove.data import Document
from datatrove.pipeline.filters import GopherQualityFilter
print(GopherQualityFilter().filter(Document(text="Four words of text.", id="0")))
"""
DOLMA = """
from dolma.core.data_types import Document
from dolma.taggers.gopher import GopherTaggerV2
print(GopherTaggerV2().predict(Document(source="", id="0", text="Four words of text.")))
"""


class Taken(NamedTuple):
    """What a command took."""

    cpu: float
    wall: float
    megabytes: float


def run(command: Sequence[str], environment: dict[str, str]) -> Taken:
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode > (command[1] == "clean"):  # which ends with 1 where it keeps nothing
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read().decode()[-2000:]}")
    return Taken(used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss / 1024)


def shown(name: str, taken: Sequence[Taken]) -> None:
    cpu, wall, megabytes = (statistics.median(values) for values in zip(*taken, strict=True))
    print(f"{name:44} {cpu:7.2f} s CPU {wall:7.2f} s {megabytes:6.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each warm start; the median is shown")
    parser.add_argument("--datatrove-python", help="a Python in which datatrove is installed")
    parser.add_argument("--dolma-python", help="a Python in which Dolma is installed")
    given = parser.parse_args()
    textmill = str(Path(sys.executable).parent / "textmill")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        note = folder / "note.txt"
        note.write_text(NOTE)

        def runs(arguments: Sequence[str], kernels: str, times: int, *, output: bool = False) -> list[Taken]:
            environment = {**os.environ, "TEXTMILL_KERNELS": str(folder / kernels)}
            outputs = [["--output", str(folder / f"out-{time.time_ns()}-{number}")] for number in range(times)]
            return [run([textmill, *arguments, *(more if output else [])], environment) for more in outputs]

        corpus = ["run", "default", str(EXAMPLES / "corpus"), "--quiet"]
        shown("clean of a note, cold", runs(["clean", str(note), "--recipe", "gopher"], "note", 1))
        shown("run of default on the examples, cold", runs(corpus, "run", 1, output=True))
        shown("run of default on the examples, warm", runs(corpus, "run", given.repeat, output=True))
        shown("clean of a note, warm", runs(["clean", str(note)], "run", given.repeat))
        shown("--help", runs(["--help"], "run", given.repeat))
        shown("kernels build, all of them", runs(["kernels", "build", "--output", str(folder / "all")], "all", 1))
    peers = {"datatrove": (given.datatrove_python, DATATROVE), "Dolma": (given.dolma_python, DOLMA)}
    for peer, (python, program) in peers.items():
        if python:
            taken = [run([python, "-c", program], dict(os.environ)) for _ in range(given.repeat + 1)]
            shown(f"{peer}: Gopher's rules on a note", taken[1:])


if __name__ == "__main__":
    main()
