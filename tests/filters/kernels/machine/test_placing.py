"""Object files placed by our own linker run as those do that LLVM links; what it does not know it refuses."""

import struct
import subprocess
import sys

import numpy as np
import pytest

from textmill.filters.kernels.machine import native, placing
from textmill.filters.kernels.machine.buffers import Bytes, Floats
from textmill.filters.kernels.machine.code_files import MachineCode
from textmill.filters.kernels.machine.kernel import integer, kernel, machine_code
from textmill.filters.kernels.machine.native import NativeFunction


@kernel
def _weigh(data: Bytes, sums: Floats, scratch: Bytes) -> int:
    """Calls of another library (exp, memset), a jump over cases and constants: every relocation that kernels have."""
    scratch[:] = 0
    found = 0
    for at in range(len(data)):
        sums[at] = np.exp(float(data[at])) + np.log(1.0 + data[at])
        if data[at] == 1:
            found += 3
        elif data[at] == 2:
            found += 11
        elif data[at] == 3:
            found += 17
        elif data[at] == 4:
            found += 23
        else:
            found += integer(data[at]) % 3
    return found + len(scratch) // 7


def _run(code: MachineCode) -> tuple[int, list[float], int]:
    data = np.arange(200, dtype=np.uint8)
    sums, scratch = np.zeros(200), np.full(1000, 9, dtype=np.uint8)
    result = NativeFunction(_weigh.name, _weigh.signature, code)(data, sums, scratch)
    return result, sums.tolist(), int(scratch.sum())


needs_elf = pytest.mark.skipif(
    placing.place(machine_code(_weigh).content, machine_code(_weigh).symbol) is None,
    reason="LLVM links for this system or processor",
)


@needs_elf
def test_what_is_placed_does_what_llvm_links(monkeypatch: pytest.MonkeyPatch) -> None:
    code = machine_code(_weigh)
    placed = _run(code)
    monkeypatch.setattr(native, "place", lambda *_: None)
    assert _run(code) == placed
    assert placed[0] == _weigh.function(np.arange(200, dtype=np.uint8), np.zeros(200), np.zeros(1000, dtype=np.uint8))
    assert placed[2] == 0


@needs_elf
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: b"\xfe\xed\xfa\xcf" + content[4:], id="another system"),
        pytest.param(lambda content: content[:18] + struct.pack("<H", 183) + content[20:], id="another processor"),
        pytest.param(lambda content: content.replace(b"memset\0", b"memsot\0"), id="a function that is nowhere"),
    ],
)
def test_others_are_refused(damage) -> None:  # type: ignore[no-untyped-def]
    code = machine_code(_weigh)
    assert placing.place(code.content, code.symbol) is not None
    assert placing.place(damage(code.content), code.symbol) is None


@needs_elf
def test_an_unknown_relocation_is_refused() -> None:
    code = machine_code(_weigh)
    content = bytearray(code.content)
    found = placing._ObjectFile(code.content)
    table = next(section for section in found.sections if section.type == placing.RELOCATIONS)
    (info,) = struct.unpack_from("<Q", content, table.offset + 8)
    struct.pack_into("<Q", content, table.offset + 8, info >> 32 << 32 | 42)
    assert placing.place(bytes(content), code.symbol) is None


@needs_elf
def test_every_kernel_of_a_start_is_placed() -> None:
    """LLVM is not loaded to clean a text, which takes 40 MB and a twentieth of a second."""
    program = (
        "import sys\n"
        "from textmill import Recipe\n"
        "Recipe.load('gopher').clean('Some words that are a text.')\n"
        "Recipe.load('gopher').clean('Some words that are a text.')\n"
        "raise SystemExit('llvmlite' in sys.modules and 'numba' not in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)
