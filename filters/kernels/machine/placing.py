"""Object files placed into this process's memory: what a linker does, for the few forms that kernels have.

LLVM's linker does the same for every form and processor, but loading it takes 40 MB and as long as all kernels
together. So it links only what is refused here: object files of other systems and processors, and relocations that no
kernel had.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

ELF_X86_64 = b"\x7fELF\x02\x01"
RELOCATABLE, X86_64 = 1, 62
SYMBOLS, RELOCATIONS, NO_BITS = 2, 4, 8
"""Types of sections."""
WRITABLE, ALLOCATED = 1, 2
"""Flags of sections."""
ABSOLUTE_64, RELATIVE_32, CALL_32 = 1, 2, 4
"""Types of relocations: an address, the way to one, the way to a function."""
JUMP = b"\xff\x25\x00\x00\x00\x00"
"""To the address that stands behind it: functions of other libraries may lie further away than a call can reach."""

_kept: list[mmap.mmap] = []
"""Memory in which machine code lies; it stays as long as the process."""


class Section(NamedTuple):
    """A section of an object file, as its header has it."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class Symbol(NamedTuple):
    """A symbol of an object file, as its table has it."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


class Relocation(NamedTuple):
    """A place that depends on where a symbol lies."""

    offset: int
    info: int
    addend: int


def place(content: bytes, symbol: str) -> int | None:
    """Put an object file into memory, ready to run, and return where a symbol of it lies; None for what is refused."""
    if sys.platform != "linux" or not content.startswith(ELF_X86_64):
        return None
    if struct.unpack_from("<HH", content, 16) != (RELOCATABLE, X86_64):
        return None
    try:
        return _ObjectFile(content).place(symbol)
    except _Refused:
        return None


class _Refused(Exception):  # noqa: N818  # no error: the caller has another way
    pass


class _ObjectFile:
    def __init__(self, content: bytes) -> None:
        self.content = content
        (table,) = struct.unpack_from("<Q", content, 40)
        size, count = struct.unpack_from("<HH", content, 58)
        self.sections = [Section(*struct.unpack_from("<IIQQQQIIQQ", content, table + size * n)) for n in range(count)]
        (symbols,) = (section for section in self.sections if section.type == SYMBOLS)
        self.names = self.sections[symbols.link].offset
        self.symbols = [
            Symbol(*struct.unpack_from("<IBBHQQ", content, symbols.offset + start))
            for start in range(0, symbols.size, 24)
        ]

    def place(self, symbol: str) -> int:
        """Where the symbol lies, once all sections are in memory."""
        functions = self._functions()
        places, end = self._laid_out(0, is_writable=False)
        jumps = {number: end + 16 * rank for rank, number in enumerate(functions)}
        fixed_end = _up_to(end + 16 * len(functions), mmap.PAGESIZE)
        written, end = self._laid_out(fixed_end, is_writable=True)
        places |= written

        memory = mmap.mmap(-1, max(end, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        for number, at in places.items():
            section = self.sections[number]
            if section.type != NO_BITS:
                memory[at : at + section.size] = self.content[section.offset : section.offset + section.size]
        for number, at in jumps.items():
            memory[at : at + 14] = JUMP + struct.pack("<Q", functions[number])

        def lies_at(number: int) -> int:
            found = self.symbols[number]
            if found.section in places:
                return places[found.section] + found.value
            if number in jumps:
                return jumps[number]
            raise _Refused

        for at, relocation in self._relocations(places):
            kind, number = relocation.info & 0xFFFFFFFF, relocation.info >> 32
            target = lies_at(number) + relocation.addend
            if kind == ABSOLUTE_64:
                struct.pack_into("<Q", memory, at, base + target)
            elif kind == CALL_32 or (kind == RELATIVE_32 and number not in jumps):
                struct.pack_into("<i", memory, at, target - at)
            else:
                raise _Refused
        _protect(base, fixed_end)
        _kept.append(memory)
        return base + lies_at(next(number for number in range(len(self.symbols)) if self._name(number) == symbol))

    def _functions(self) -> dict[int, int]:
        """Addresses of functions of other libraries, by number of their symbol: ``memset`` and the like."""
        process = ctypes.CDLL(None)
        found: dict[int, int] = {}
        for number, symbol in enumerate(self.symbols):
            if symbol.section == 0 and symbol.name:
                try:
                    function = getattr(process, self._name(number))
                except AttributeError:
                    raise _Refused from None
                found[number] = ctypes.cast(function, ctypes.c_void_p).value or 0
        return found

    def _laid_out(self, start: int, *, is_writable: bool) -> tuple[dict[int, int], int]:
        """Where each section begins, by its number, and where the last one ends."""
        places = {}
        for number, section in enumerate(self.sections):
            if section.flags & ALLOCATED and bool(section.flags & WRITABLE) is is_writable:
                places[number] = _up_to(start, max(1, section.alignment))
                start = places[number] + section.size
        return places, start

    def _relocations(self, places: dict[int, int]) -> Iterator[tuple[int, Relocation]]:
        for section in self.sections:
            if section.type == RELOCATIONS and section.info in places:
                for start in range(section.offset, section.offset + section.size, 24):
                    relocation = Relocation(*struct.unpack_from("<QQq", self.content, start))
                    yield places[section.info] + relocation.offset, relocation

    def _name(self, number: int) -> str:
        start = self.names + self.symbols[number].name
        return self.content[start : self.content.index(b"\0", start)].decode()


def _up_to(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _protect(start: int, length: int) -> None:
    """Let memory be read and run, and no longer be written."""
    protect: Callable[..., int] = ctypes.CDLL(None, use_errno=True).mprotect
    if length and protect(ctypes.c_void_p(start), ctypes.c_size_t(length), mmap.PROT_READ | mmap.PROT_EXEC):
        raise _Refused
