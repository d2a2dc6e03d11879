"""What no Python says: reading eight bytes as one number, counting bits, adding eight numbers at once.

Each stands here by name and type, for kernels to call; :mod:`.lowering` has the instructions that take its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .buffers import Bytes, Float32Matrix, Floats32, Int32s

Floating: TypeAlias = npt.NDArray[np.floating[Any]]

LANES = 8
"""How many numbers :data:`add_lanes` adds, and :data:`answer_lanes` compares, at once."""


class Instruction:
    """Stands for machine instructions in the code of kernels."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *_: Any) -> Any:
        """Refuse: there are no such instructions in Python."""
        raise TypeError(f"{self.name} is for kernels only")


load_eight: Callable[[Bytes, int], np.uint64] = Instruction("load_eight")
"""Eight bytes at a position as one number, the first one lowest; nothing checks that they lie in the array.

Read byte by byte instead, the same number takes ten times as long.
"""

store_eight: Callable[[Bytes, int, np.uint64], None] = Instruction("store_eight")
"""Write eight bytes from a position on, the lowest one first; nothing checks that there is room."""

copy_bytes: Callable[[Bytes, int, Bytes, int, int], None] = Instruction("copy_bytes")
"""Copy so many bytes to a position of one array from a position of another one; nothing checks that they lie in both.

Assigning a short slice to a slice takes longer than copying its bytes.
"""

trailing_zeros: Callable[[np.uint64], int] = Instruction("trailing_zeros")
"""How many of the lowest bits of a number are zero; 64 for zero."""

bits_set: Callable[[np.uint64], int] = Instruction("bits_set")
"""How many bits of a number are one."""

unsplit: Callable[[bool], bool] = Instruction("unsplit")
"""The same truth, of which the compiler may not know what it is made of: it makes no branches of its parts.

For where none of the parts could be predicted but the whole can.
"""

add_lanes: Callable[[Floating, int, Floating, int], None] = Instruction("add_lanes")
"""Add eight numbers of one array, from a position on, to those of another; nothing checks that they lie in both."""

ANSWERS = 6
"""How many questions :data:`answer_lanes` asks."""

answer_lanes: Callable[[Int32s, Float32Matrix, Int32s, Floats32, int], None] = Instruction("answer_lanes")
"""Ask six questions of eight numbers each, and write the answers to the first eight numbers of an array, as bits.

The questions stand in two arrays from a position on, the first of them for the lowest bit: which row of a matrix of
eight columns is asked, and what its numbers have to exceed. Nothing checks that there are such rows.
"""
