"""What many small files cost: CPU time a file, and text for each CPU second, net of start-up and end of a run.

python benchmarks/small_files.py                        # 4,000 made-up files of 2 KB
python benchmarks/small_files.py ../some/source/tree
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
FILES, FILE_CHARS = 4_000, 2_000


def make_files(folder: Path) -> None:
    """Windows of the documentation, each another one."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((EXAMPLES.parent / "docs").glob("*.md")))
    chosen = random.Random(1)
    for number in range(FILES):
        start = chosen.randrange(len(text) - FILE_CHARS)
        (folder / f"{number:05d}.txt").write_text(text[start : start + FILE_CHARS], encoding="utf-8")


def cpu_seconds(recipe: str, inputs: Path, output: Path) -> float:
    command = [str(Path(sys.executable).parent / "textmill"), "run", recipe, str(inputs), "--output", str(output), "-q"]
    before = os.times()
    subprocess.run([*command, "--workers", "2"], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a tree of files; made-up ones if none is given")
    parser.add_argument("--recipe", default="default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folder = given.folder or scratch / "files"
        if given.folder is None:
            folder.mkdir()
            make_files(folder)
        paths = [path for path in folder.rglob("*") if path.is_file()]
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        one = scratch / "one"
        one.mkdir()
        (one / paths[0].name).write_bytes(paths[0].read_bytes())
        cpu_seconds(given.recipe, one, scratch / "warm")
        start_up = cpu_seconds(given.recipe, one, scratch / "start")
        net = cpu_seconds(given.recipe, folder, scratch / "out") - start_up
    print(f"{len(paths):,} files, {megabytes:.1f} MB: {net:.1f} s of CPU beside {start_up:.1f} s of start-up")
    print(f"{net / len(paths) * 1e3:.2f} ms a file, {megabytes / net:.1f} MB for each CPU second")


if __name__ == "__main__":
    main()
