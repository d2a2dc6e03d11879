"""Kernels run as machine code that is never out of date, wherever it can be kept, and also where it cannot."""

import os
import shutil
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from textmill.filters.kernels.machine import code_files
from textmill.filters.kernels.machine.buffers import Bytes, Int64Matrix, Int64s
from textmill.filters.kernels.machine.instructions import bits_set, load_eight
from textmill.filters.kernels.machine.kernel import KERNELS, inlined, inner, kernel
from textmill.filters.kernels.machine.native import MOST_KEPT_BYTES
from textmill.filters.kernels.machine.source import Source
from textmill.pipeline.commands.build_kernels import all_kernels

PROGRAM = """
import sys
import numpy as np
from textmill.filters.kernels.machine.kernel import kernel
from helper import FACTOR, Sums, twice

@kernel
def times(value: int) -> int:
    return twice(value) * FACTOR + Sums.FIRST

print(times(7), "numba" in sys.modules)
"""

HELPER = """
from enum import IntEnum
from textmill.filters.kernels.machine.kernel import inner

FACTOR = 1

class Sums(IntEnum):
    FIRST = 0

@inner
def twice(value: int) -> int:
    return value * 2
"""


class Pair(NamedTuple):
    """An array and a number."""

    array: Int64s
    number: int


@inlined
def plus(value: int, more: int) -> int:
    return value + more


@inner
def divided(value: int, by: int) -> int:
    return value // by


@kernel
def _everything(rows: Int64Matrix, data: Bytes, pair: Pair, factor: float, is_odd: bool) -> tuple[int, float, bool]:
    total = 0
    for row in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            total = plus(total, rows[row, column])
            rows[row, column] = pair.array[0] + pair.number
    return total + bits_set(load_eight(data, 0)), factor * 2, not is_odd


@kernel
def _divide(value: int, by: int) -> int:
    return divided(value, by)


KERNELS.remove(_everything)  # the package has no such kernels
KERNELS.remove(_divide)


def write_program(folder: Path) -> Path:
    (folder / "helper.py").write_text(HELPER)
    (folder / "program.py").write_text(PROGRAM)
    return folder / "program.py"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write_program(tmp_path)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machine code of the program, made in another folder."""
    folder = tmp_path_factory.mktemp("compiled")
    assert run(write_program(folder), TEXTMILL_KERNELS=str(folder / "kernels")) == (14, True)
    return folder / "kernels"


@pytest.fixture
def kernels(compiled: Path, tmp_path: Path) -> Path:
    """A copy of that machine code, to be damaged or added to."""
    return Path(shutil.copytree(compiled, tmp_path / "kernels"))


def run(program: Path, **environment: str) -> tuple[int, bool]:
    """What the program prints: the number, and whether a compiler was needed."""
    given = {name: value for name, value in os.environ.items() if name != "TEXTMILL_KERNELS"}
    command = [sys.executable, "-W", "error", "-B", str(program)]
    done = subprocess.run(command, env={**given, **environment}, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    number, compiled = done.stdout.split()
    return int(number), compiled == "True"


def test_arrays_tuples_and_numbers_go_in_and_numbers_come_out() -> None:
    rows = np.arange(6, dtype=np.int64).reshape(2, 3)
    data = np.frombuffer(b"\x01\x03\0\0\0\0\0\0", dtype=np.uint8)
    pair = Pair(np.array([40], dtype=np.int64), 2)
    assert not data.flags.writeable
    assert _everything(rows, data, pair, 1.5, True) == (15 + 3, 3.0, False)
    assert rows.tolist() == [[42, 42, 42], [42, 42, 42]]
    other = Pair(np.array([1], dtype=np.int64), 1)
    _everything(rows, data, other, factor=1.5, is_odd=True)
    assert rows.tolist() == [[2, 2, 2], [2, 2, 2]]


@pytest.mark.parametrize(
    ("number", "value", "said"),
    [
        (0, np.zeros((2, 2), dtype=np.int32), "array of int64 of 2 dimensions, not int32 of 2"),
        (0, np.zeros(2, dtype=np.int64), "array of int64 of 2 dimensions, not int64 of 1"),
        (0, np.zeros((4, 4), dtype=np.int64)[:, ::2], "contiguous"),
        (1, b"bytes", "array of uint8"),
        (2, (np.zeros(1, dtype=np.int64), 2), "takes Pair"),
        (2, Pair(np.zeros(1, dtype=np.int32), 2), "pair.array takes an array of int64"),
        (3, "1.5x", "factor takes float64"),
    ],
)
def test_what_a_kernel_does_not_take_is_refused(number: int, value: object, said: str) -> None:
    pair = Pair(np.zeros(1, dtype=np.int64), 0)
    arguments: list[object] = [np.zeros((1, 1), dtype=np.int64), np.zeros(8, dtype=np.uint8), pair, 1.0, False]
    arguments[number] = value
    with pytest.raises(TypeError, match=said):
        _everything(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="5 arguments, not 2"):
        _everything(*arguments[:2])  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize(("numbers", "outlives"), [(10, True), (MOST_KEPT_BYTES // 8 + 1, False)])
def test_room_for_a_long_text_does_not_outlive_it(numbers: int, *, outlives: bool) -> None:
    array = np.ones(numbers, dtype=np.int64)
    alive = weakref.ref(array)
    for _ in range(2):
        rows = np.zeros((1, 1), dtype=np.int64)
        _everything(rows, np.zeros(8, dtype=np.uint8), Pair(array, 1), 1.0, True)
        assert rows.tolist() == [[2]]
    del array
    assert (alive() is not None) == outlives


def test_a_kernel_that_divides_by_zero_says_so() -> None:
    assert _divide(7, 2) == 3
    with pytest.raises(ArithmeticError, match=r"test_kernel\._divide failed"):
        _divide(7, 0)


def test_a_kernel_must_not_return_arrays_or_use_what_may_change_unnoticed() -> None:
    names: dict[str, int] = {}

    @inner
    def returns(values: Int64s) -> Int64s:
        return values

    @inner
    def uses(value: int) -> int:
        return value + len(names)

    with pytest.raises(TypeError, match="returns an array; let its caller make it"):
        returns(np.zeros(1, dtype=np.int64))
    with pytest.raises(TypeError, match="uses names, a dict"):
        uses(1)


def test_machine_code_is_made_once(program: Path, kernels: Path) -> None:
    assert run(program, TEXTMILL_KERNELS=str(kernels)) == (14, False)
    assert len(list(kernels.rglob("*.kernel"))) == 1
    assert [path.name for path in kernels.rglob(".*")] == []


@pytest.mark.parametrize(
    ("before", "after", "result"),
    [
        ("return value * 2", "return value * 3", 21),
        ("FACTOR = 1", "FACTOR = 10", 140),
        ("FIRST = 0", "FIRST = 5", 19),
        ("return value * 2", "# a comment\n    return value * 2", 14),
    ],
)
def test_code_of_an_edited_callee_is_never_run(
    program: Path, kernels: Path, tmp_path: Path, before: str, after: str, result: int
) -> None:
    helper = tmp_path / "helper.py"
    modified = helper.stat()
    helper.write_text(helper.read_text().replace(before, after))
    os.utime(helper, ns=(modified.st_atime_ns, modified.st_mtime_ns))  # as a checkout or an unpacked wheel may have it
    assert run(program, TEXTMILL_KERNELS=str(kernels)) == (result, result != 14)
    helper.write_text(HELPER)
    assert run(program, TEXTMILL_KERNELS=str(kernels)) == (14, False)


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_damaged_files_are_made_anew(program: Path, kernels: Path, cut: int) -> None:
    (file,) = kernels.rglob("*.kernel")
    whole = file.read_bytes()
    file.write_bytes(whole[:cut])
    assert run(program, TEXTMILL_KERNELS=str(kernels)) == (14, True)
    assert run(program, TEXTMILL_KERNELS=str(kernels)) == (14, False)


def read_only_package(tmp_path: Path) -> dict[str, str]:
    """As if neither the package nor the home folder could be written: files stand where folders would be made."""
    (tmp_path / "sitecustomize.py").write_text(
        "from pathlib import Path\n"
        "from textmill.filters.kernels.machine import code_files\n"
        "code_files.packaged_folder = lambda: Path('/dev/null/kernels')\n"
    )
    (tmp_path / "tmp").mkdir()
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "XDG_CACHE_HOME": "/dev/null/cache", "TMPDIR": str(tmp_path / "tmp")}


def test_an_installation_that_cannot_be_written_keeps_code_in_a_private_folder(program: Path, tmp_path: Path) -> None:
    environment = read_only_package(tmp_path)
    assert run(program, **environment) == (14, True)
    assert run(program, **environment) == (14, False)
    folder = tmp_path / "tmp" / f"textmill-kernels-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o750])
def test_a_folder_that_others_can_write_is_not_trusted(program: Path, tmp_path: Path, mode: int) -> None:
    environment = read_only_package(tmp_path)
    folder = tmp_path / "tmp" / f"textmill-kernels-{os.getuid()}"
    folder.mkdir()
    folder.chmod(mode)
    assert run(program, **environment) == run(program, **environment) == (14, True)
    assert list(folder.iterdir()) == []


def test_every_kernel_of_the_package_says_what_it_takes() -> None:
    kernels = all_kernels()
    assert len(kernels) > 60
    for one in kernels:
        assert len(one.fingerprint) == 32
        assert one.signature.parameters.keys() == set(
            one.function.__code__.co_varnames[: one.function.__code__.co_argcount]
        )


class AsItStands(NamedTuple):
    """As it stands now."""

    first: int
    second: int


class Turned(NamedTuple):
    """With its members the other way round."""

    second: int
    first: int


class Longer(NamedTuple):
    """With one more."""

    first: int
    second: int
    third: int


def test_code_is_known_by_the_members_of_its_named_tuples(tmp_path: Path) -> None:
    paths = set()
    for kind in (AsItStands, Turned, Longer):

        def take(pair: Any) -> int:
            return int(pair.first)

        take.__annotations__["pair"] = kind
        source = Source(take, is_inlined=False)
        source.fingerprint = b"the same byte code"
        paths.add(code_files.path_in(tmp_path, source))
    assert len(paths) == 3
