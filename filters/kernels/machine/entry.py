"""The entry of a kernel: machine code that takes all arguments from one block of memory.

numba's native functions take the address of the result, the address of a pointer to what they raise, and every part of
their arguments by itself: hundreds for a kernel with a few tables, and ctypes takes longer to pass them than the kernel
for a short text. So each object file has a function that loads them.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm

PREFIX = "textmill."


def add_entry(module: Any, symbol: str, result_parts: int) -> str:
    """Add the entry of a function to its module, and return what it is called.

    Args:
        module: LLVM's, with the function in it.
        symbol: What the function is called.
        result_parts: How much room the block has for the result, in parts of eight bytes.
    """
    taken = [str(argument.type) for argument in module.get_function(symbol).arguments]
    entry = PREFIX + symbol
    lines = [f'declare i32 @"{symbol}"({", ".join(taken)})', f'define i32 @"{entry}"(ptr %block) {{']
    lines.append(f"  %raised = getelementptr i64, ptr %block, i64 {result_parts}")
    passed = [f"{taken[0]} %block", f"{taken[1]} %raised"]
    for number, kind in enumerate(taken[2:]):
        at = result_parts + 1 + number
        lines.append(f"  %at{number} = getelementptr i64, ptr %block, i64 {at}")
        lines.append(f"  %part{number} = load {kind}, ptr %at{number}, align 8")
        passed.append(f"{kind} %part{number}")
    lines.append(f'  %status = call i32 @"{symbol}"({", ".join(passed)})')
    lines.append("  ret i32 %status\n}")
    added = llvm.parse_assembly("\n".join(lines))
    added.triple, added.data_layout = module.triple, module.data_layout
    module.link_in(added)
    return entry
