"""Change one thing of a module at a time, and tell which changes the tests that mirror the module do not notice.

    pip install -e .[dev,mutation]
    python tests/mutation/run.py                            # all modules, at most 30 changes of each
    python tests/mutation/run.py pipeline/files filters/url.py --most 1000

Everything happens in a copy of the checkout, which is deleted at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import importlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from mutants import Mutant, mutants_of, sampled

ROOT = Path(__file__).resolve().parents[2]
README = Path(__file__).with_name("README.md")

ROOMS = (
    *("pipeline/files", "pipeline/input", "pipeline/recipes", "pipeline/output", "pipeline/job", "pipeline/steps"),
    *("filters/base", "filters/lists", "filters/pii", "filters/*.py", "dedup/base", "dedup/packed"),
    *("pipeline/passes/fingerprints.py", "pipeline/exchange/seen_index.py"),
)
"""Plain Python. Compiled kernels are held by tests against slow twins, what starts processes by whole runs."""
NOT_RUN_BY_USERS = ("build_*.py", "train_*.py", "__init__.py")

MIRRORS: dict[str, tuple[str, ...]] = {
    "filters/codex.py": ("filters/test_code_rules.py",),
    "filters/lists/code_files.py": ("filters/test_code_rules.py",),
    "filters/lists/programming_languages.py": ("filters/test_code_rules.py",),
    "filters/lists/stop_words.py": ("filters/test_gopher_quality.py",),
    "filters/lists/url_lists.py": ("filters/test_url.py",),
    "filters/pii/limit.py": ("filters/pii/test_pii.py",),
    "filters/pii/patterns.py": ("filters/pii/test_pii.py",),
    "filters/pii/scrub.py": ("filters/pii/test_pii.py",),
    "filters/redpajama_code.py": ("filters/test_code_rules.py",),
    "filters/starcoder.py": ("filters/test_code_rules.py",),
    "pipeline/input/formats.py": ("pipeline/input/test_inputs.py", "pipeline/input/test_readers_files.py"),
    "pipeline/input/warc/members.py": ("pipeline/input/test_readers_jsonl.py", "pipeline/input/test_readers_warc.py"),
    "pipeline/input/readers/html.py": ("pipeline/input/test_readers_files.py",),
    "pipeline/input/readers/text.py": ("pipeline/input/test_readers_files.py",),
    "pipeline/passes/fingerprints.py": ("pipeline/passes/test_resume.py",),
    "pipeline/output/charts.py": ("pipeline/output/test_report.py",),
    "pipeline/output/data_card.py": ("pipeline/output/test_report.py",),
    "pipeline/job/facts.py": ("pipeline/output/test_manifest.py",),
    "pipeline/output/histograms.py": ("pipeline/output/test_report.py",),
    "pipeline/recipes/parameters.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/definition.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/recipe_writer.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/settings.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/yaml_nodes.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/steps/encoders.py": ("pipeline/steps/test_tokenizing.py",),
    "pipeline/steps/engine.py": ("pipeline/steps/test_adversarial.py",),
    "pipeline/steps/totals.py": ("pipeline/output/test_manifest.py",),
}
"""Tests of modules that have no test file of their own name."""

PRELOADED = (
    *("pytest", "hypothesis", "numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "pyarrow.fs", "numba", "regex"),
    *(
        "duckdb",
        "orjson",
        "yaml",
        "xxhash",
        "zstandard",
        "rich.console",
        "resiliparse.parse.html",
        "chardetng_py",
        "tiktoken",
    ),
)
"""Libraries that are imported once for all mutants."""

MEMORY_BYTES, FILE_BYTES = 12 << 30, 2 << 30
"""What the tests of a mutant may take; a loop that never ends is stopped by time."""

START, END = "<!-- table of run.py -->", "<!-- end of the table -->"


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="modules or folders; all if none is named")
    parser.add_argument("--most", type=int, default=30, help="changes of a module that are tried, chosen by the seed")
    parser.add_argument("--seed", default="1", help="which changes are chosen")
    parser.add_argument("--table", action="store_true", help="put the shares into the table of README.md")
    given = parser.parse_args()
    lost = [name for path, tests in MIRRORS.items() for name in (path, *(f"tests/{one}" for one in tests))]
    lost = [name for name in lost if not (ROOT / name).is_file()]
    if lost:
        parser.error(f"MIRRORS names {lost[0]}, which is not there")
    chosen = [path for path in every_module() if not given.modules or any(_below(path, one) for one in given.modules)]
    for name in PRELOADED:
        importlib.import_module(name)
    rows: dict[str, tuple[int, int]] = {}
    failed = False
    with copied_checkout() as checkout:
        for path in chosen:
            tests = mirrors(checkout, path)
            mutants = sampled(mutants_of((checkout / path).read_text("utf-8")), given.most, f"{given.seed}:{path}")
            if not mutants:
                continue
            if not tests:
                print(f"{path}: no test file mirrors it", flush=True)
                rows[path] = (len(mutants), 0)
                continue
            survivors = run_module(checkout, path, mutants, tests)
            if survivors is None:
                print(
                    f"{path}: {' '.join(tests)} fail without any change:\n{told(checkout).read_text('utf-8')[-3000:]}",
                    flush=True,
                )
                failed = True
                continue
            rows[path] = (len(mutants), len(mutants) - len(survivors))
            print(f"{path}: {rows[path][1]} of {len(mutants)} noticed by {' '.join(tests)}", flush=True)
            for mutant in survivors:
                print(
                    f"  line {mutant.line}", *(f"  - {line.strip()}" for line in mutant.before.splitlines()), sep="\n"
                )
                print(*(f"  + {line.strip()}" for line in mutant.after.splitlines()), sep="\n", flush=True)
    tried, noticed = (sum(column) for column in zip(*rows.values(), strict=True)) if rows else (0, 0)
    print(f"{noticed} of {tried} noticed" + (f": {noticed / tried:.1%}" if tried else ""))
    if given.table:
        write_table(rows)
    return int(failed)


def every_module() -> list[str]:
    """Modules of the rooms, as paths below the root."""
    found = []
    for room in ROOMS:
        paths = ROOT.glob(room) if room.endswith(".py") else (ROOT / room).rglob("*.py")
        found += sorted(str(path.relative_to(ROOT)) for path in paths if not _matches(path.name))
    return found


def mirrors(checkout: Path, path: str) -> tuple[str, ...]:
    """The test files that mirror a module: those of its name in the same folder, and those of the table."""
    module = Path(path)
    folders = {module.parent: f"test_{module.stem}.py"}
    if module.parent.name == "readers":
        folders[module.parent.parent] = f"test_readers_{module.stem}.py"
    own = (str(folder / name) for folder, name in folders.items())
    return tuple(name for name in (*own, *MIRRORS.get(path, ())) if (checkout / "tests" / name).is_file())


def run_module(checkout: Path, path: str, mutants: list[Mutant], tests: tuple[str, ...]) -> list[Mutant] | None:
    """Try every mutant of a module, and return those that the tests do not notice; None if they fail anyway."""
    target = checkout / path
    original = target.read_text("utf-8")
    seconds = 0.0
    for _ in range(2):  # the second time with machine code and byte code at hand
        began = time.monotonic()
        if notices(checkout, tests, 900):
            return None
        seconds = time.monotonic() - began
    survivors = []
    # Byte code is renewed when the time of a file changes, in whole seconds.
    for when, mutant in enumerate(mutants, start=1_000_000_000):
        target.write_text(mutant.code, "utf-8")
        os.utime(target, (when, when))
        if not notices(checkout, tests, 20 + 5 * seconds):
            survivors.append(mutant)
    target.write_text(original, "utf-8")
    return survivors


def notices(checkout: Path, tests: tuple[str, ...], timeout: float) -> bool:
    """Whether one of the tests fails, or does not come to an end, in a process that was forked from this one."""
    shutil.rmtree(checkout / ".hypothesis" / "examples", ignore_errors=True)  # of another mutant
    child = os.fork()
    if child == 0:
        _run_tests(checkout, tests)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _end_group(child)
            return status != 0
        time.sleep(0.02)
    _end_group(child)
    os.waitpid(child, 0)
    return True


def told(checkout: Path) -> Path:
    """What the tests of the latest mutant printed."""
    return checkout.parent / "told.txt"


def _run_tests(checkout: Path, tests: tuple[str, ...]) -> None:
    """Run pytest in this process, which ends with it."""
    code = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        os.environ["PYTHONPATH"] = str(checkout.parent)
        os.chdir(checkout)
        sys.path[:] = [str(checkout.parent), *(one for one in sys.path if one not in ("", str(Path(__file__).parent)))]
        with told(checkout).open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        import pytest

        options = (
            "-x",
            "-n",
            "0",
            "--hypothesis-seed=0",
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            f"--basetemp={checkout.parent}/tmp",
        )
        code = int(pytest.main([*options, *(f"tests/{name}" for name in tests)]))
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _end_group(child: int) -> None:
    """End what a test of ours may have left running; it is in a group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


@contextlib.contextmanager
def copied_checkout() -> Iterator[Path]:
    """A copy of the checkout called as the package is, with its machine code."""
    with tempfile.TemporaryDirectory(prefix="textmill-mutation-") as folder:
        copy = Path(folder, "textmill")
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".hypothesis", "build", "*.egg-info", ".*_cache")
        )
        if (ROOT.parent / "shared").is_dir():
            Path(folder, "shared").symlink_to(ROOT.parent / "shared")
        yield copy


def write_table(rows: dict[str, tuple[int, int]]) -> None:
    """Renew the rows of these modules in the table of README.md."""
    front, _, rest = README.read_text("utf-8").partition(START)
    table, _, behind = rest.partition(END)
    known = {cells[1].strip(" `"): cells for line in table.splitlines() if len(cells := line.split("|")) > 4}
    shown = {path: (int(known[path][2]), int(known[path][3])) for path in every_module() if path in known} | rows
    sink = io.StringIO()
    sink.write(f"{front}{START}\n| module | changes | noticed | share |\n| --- | ---: | ---: | ---: |\n")
    for path in sorted(shown):
        tried, noticed = shown[path]
        sink.write(f"| `{path}` | {tried} | {noticed} | {noticed / tried:.0%} |\n")
    tried, noticed = (sum(column) for column in zip(*shown.values(), strict=True))
    sink.write(f"| all | {tried} | {noticed} | {noticed / tried:.1%} |\n{END}{behind}")
    README.write_text(sink.getvalue(), "utf-8")


def _below(path: str, given: str) -> bool:
    wanted = given.rstrip("/")
    return path == wanted or path.startswith(f"{wanted}/")


def _matches(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in NOT_RUN_BY_USERS)


if __name__ == "__main__":
    raise SystemExit(main())
