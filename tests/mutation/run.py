"""Change one thing of a module at a time, and tell which changes the tests that mirror the module do not notice.

    pip install -e .[dev,mutation]
    python tests/mutation/run.py                            # all modules, at most 30 changes of each
    python tests/mutation/run.py pipeline/files filters/url.py --most 1000

Everything happens in a copy of the checkout, which is deleted at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from measuring import Measured, covering, measuring
from mirrors import MIRRORS, ROOT, every_module, mirrors
from mutants import Mutant, mutants_of
from preloading import Preloaded
from reviewed import change_of, nothing_to_notice, stripped

README = Path(__file__).with_name("README.md")

MEMORY_BYTES, FILE_BYTES = 12 << 30, 2 << 30
"""What the tests of a mutant may take; a loop that never ends is stopped by time."""

START, END = "<!-- table of run.py -->", "<!-- end of the table -->"
HEAD = "| module | changes | nothing to notice | noticed | share |\n| --- | ---: | ---: | ---: | ---: |\n"

Row = tuple[int, int, int]
"""Changes tried, those of them with nothing to notice, and those noticed."""


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="modules or folders; all if none is named")
    parser.add_argument("--most", type=int, default=30, help="changes of a module that are tried, chosen by the seed")
    parser.add_argument("--seconds", type=float, default=60, help="what the tests of a change may take together")
    parser.add_argument("--seed", default="1", help="which changes are chosen")
    parser.add_argument("--table", action="store_true", help="put the shares into the table of README.md")
    given = parser.parse_args()
    lost = [name for path, tests in MIRRORS.items() for name in (path, *(f"tests/{one}" for one in tests))]
    lost = [name for name in lost if not (ROOT / name).is_file()]
    if lost:
        parser.error(f"MIRRORS names {lost[0]}, which is not there")
    chosen = [path for path in every_module() if not given.modules or any(_below(path, one) for one in given.modules)]
    unseen = nothing_to_notice()
    rows: dict[str, Row] = {}
    failed = False
    with copied_checkout() as checkout:
        preloaded = Preloaded(checkout)
        groups: dict[tuple[str, ...], list[str]] = {}
        for path in chosen:
            groups.setdefault(mirrors(checkout, path), []).append(path)
        for tests, paths in groups.items():
            began = time.monotonic()
            measured = measure(preloaded, paths, tests) if tests else None
            if tests and measured is None:
                print(
                    f"{' '.join(tests)} fail without any change:\n{told(checkout).read_text('utf-8')[-3000:]}",
                    flush=True,
                )
                failed = True
                continue
            print(f"# {' '.join(tests)}: {time.monotonic() - began:.0f} s", flush=True)
            for path in paths:
                source = (checkout / path).read_text("utf-8")
                if gone := [before for before, _ in unseen.get(path, ()) if before not in stripped(source)]:
                    print(f"{path}: nothing_to_notice.txt has lines that are not there:\n{gone[0]}", flush=True)
                    failed = True
                sample = mutants_of(source, given.most, f"{given.seed}:{path}")
                mutants = [one for one in sample if change_of(one) not in unseen.get(path, ())]
                if not sample:
                    continue
                survivors = (
                    run_module(preloaded, path, mutants, tests, measured, given.seconds) if measured else mutants
                )
                rows[path] = (len(sample), len(sample) - len(mutants), len(mutants) - len(survivors))
                print(f"{path}: {rows[path][2]} of {len(mutants)} noticed", flush=True)
                for one in survivors:
                    print(f"  line {one.line}", *(f"  - {line.strip()}" for line in one.before.splitlines()), sep="\n")
                    print(*(f"  + {line.strip()}" for line in one.after.splitlines()), sep="\n", flush=True)
                if given.table:
                    write_table({path: rows[path]})
    tried, nothing, noticed = (sum(column) for column in zip(*rows.values(), strict=True)) if rows else (0, 0, 0)
    print(f"{noticed} of {tried - nothing} noticed, {_share(tried - nothing, noticed, 1)}")
    return int(failed)


def measure(preloaded: Preloaded, paths: list[str], tests: tuple[str, ...]) -> Measured | None:
    """What tests take, and which lines of the modules they come by; None if they fail without any change."""
    checkout = preloaded.checkout
    results = checkout.parent / "measured.json"
    plugin = measuring([checkout / path for path in paths], results)
    if notices(preloaded, paths, tests, 900, plugin):
        return None
    return Measured.read(results)


def run_module(
    preloaded: Preloaded, path: str, mutants: list[Mutant], tests: tuple[str, ...], measured: Measured, most: float
) -> list[Mutant]:
    """Try every mutant of a module, and return those that the tests do not notice."""
    target = preloaded.checkout / path
    original = target.read_text("utf-8")
    survivors = []
    # Byte code is renewed when the time of a file changes, in whole seconds.
    for when, mutant in enumerate(mutants, start=1_000_000_000):
        target.write_text(mutant.code, "utf-8")
        os.utime(target, (when, when))
        plugin = covering(measured, target, mutant.line, most)
        if not notices(preloaded, [path], tests, 30 + 4 * min(most, measured.seconds), plugin):
            survivors.append(mutant)
    target.write_text(original, "utf-8")
    return survivors


def notices(preloaded: Preloaded, paths: list[str], tests: tuple[str, ...], timeout: float, plugin: object) -> bool:
    """Whether one of the tests fails, or does not come to an end, in a process that was forked from this one."""
    checkout = preloaded.checkout
    shutil.rmtree(checkout / ".hypothesis" / "examples", ignore_errors=True)  # of another mutant
    child = os.fork()
    if child == 0:
        _run_tests(preloaded, paths, tests, plugin)
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


def _run_tests(preloaded: Preloaded, paths: list[str], tests: tuple[str, ...], plugin: object) -> None:
    """Run pytest in this process, which ends with it."""
    code = 1
    checkout = preloaded.checkout
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        os.chdir(checkout)
        with told(checkout).open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        preloaded.forget(paths)
        sys.modules["__main__"] = types.ModuleType("__main__")  # processes that tests start would run this file
        options = (
            "-x",
            "-n",
            "0",
            "--hypothesis-seed=0",
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            f"--basetemp={checkout.parent}/tmp",
        )
        code = int(pytest.main([*options, *(f"tests/{name}" for name in tests)], plugins=[plugin]))
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


def write_table(rows: dict[str, Row]) -> None:
    """Renew the rows of these modules in the table of README.md."""
    front, _, rest = README.read_text("utf-8").partition(START)
    table, _, behind = rest.partition(END)
    known = {cells[1].strip(" `"): cells for line in table.splitlines() if len(cells := line.split("|")) > 5}
    shown: dict[str, Row] = {}
    for path in every_module():
        if path in known:
            tried, nothing, noticed = map(int, known[path][2:5])
            shown[path] = (tried, nothing, noticed)
    shown |= rows
    sink = io.StringIO()
    sink.write(f"{front}{START}\n{HEAD}")
    for path in sorted(shown):
        tried, nothing, noticed = shown[path]
        sink.write(f"| `{path}` | {tried} | {nothing} | {noticed} | {_share(tried - nothing, noticed)} |\n")
    tried, nothing, noticed = (sum(column) for column in zip(*shown.values(), strict=True))
    sink.write(f"| all | {tried} | {nothing} | {noticed} | {_share(tried - nothing, noticed, 1)} |\n{END}{behind}")
    README.write_text(sink.getvalue(), "utf-8")


def _share(tried: int, noticed: int, digits: int = 0) -> str:
    return f"{noticed / tried:.{digits}%}" if tried else "–"


def _below(path: str, given: str) -> bool:
    wanted = given.rstrip("/")
    return path == wanted or path.startswith(f"{wanted}/")


if __name__ == "__main__":
    raise SystemExit(main())
