"""Make ``dictionaries.bin`` of ICU's word dictionaries, which the jar of ICU4J carries.

    mvn dependency:get -Dartifact=com.ibm.icu:icu4j:72.1 -Dtransitive=false
    python -m textmill.filters.kernels.words.build_dictionaries ~/.m2/repository/com/ibm/icu/icu4j/72.1/icu4j-72.1.jar

The jar has them as tries (ICU's BytesTrie and UCharsTrie), which are unfolded here into words with their costs.
"""

from __future__ import annotations

import lzma
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("burmese", "khmer", "lao", "thai", "cj")
TARGET = Path(__file__).with_name("dictionaries.bin")
LICENCE = Path(__file__).with_name("dictionaries-licence.txt")
WITH_UNITS = 1
"""Trie of 16-bit units, not of bytes."""
JOINERS = {0xFE: 0x200C, 0xFF: 0x200D}
LINEAR_BRANCHES = 5


class Form(NamedTuple):
    """Numbers by which the two kinds of tries differ."""

    linear: int
    value: int
    final: int
    two_delta: int


BYTES = Form(linear=0x10, value=0x20, final=1, two_delta=0xC0)
UNITS = Form(linear=0x30, value=0x40, final=0x8000, two_delta=0xFC00)


class Trie:
    """Unfolds a trie."""

    def __init__(self, data: Sequence[int], form: Form) -> None:
        self.data = data
        self.form = form

    def entries(self, at: int = 0, key: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], int]]:
        """Every key below a node, with its value."""
        data, form = self.data, self.form
        node, at = data[at], at + 1
        while True:
            if node >= form.value:
                final = bool(node & form.final)
                value, at = self._value(node, at) if final or form is BYTES else self._node_value(node, at)
                yield key, value
                if final:
                    return
                if form is BYTES:
                    node, at = data[at], at + 1
                else:
                    node &= 0x3F
            if node >= form.linear:
                length = node - form.linear + 1
                key += tuple(data[at : at + length])
                node, at = data[at + length], at + length + 1
                continue
            length = node
            if length == 0:
                length, at = data[at], at + 1
            yield from self._branch(at, length + 1, key)
            return

    def _branch(self, at: int, length: int, key: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
        data = self.data
        if length > LINEAR_BRANCHES:
            less, at = self._delta(at + 1)
            yield from self._branch(less, length >> 1, key)
            yield from self._branch(at, length - (length >> 1), key)
            return
        for _ in range(length - 1):
            longer = (*key, data[at])
            node = data[at + 1]
            value, at = self._value(node, at + 2)
            if node & self.form.final:
                yield longer, value
            else:
                yield from self.entries(at + value, longer)
        yield from self.entries(at + 1, (*key, data[at]))

    def _delta(self, at: int) -> tuple[int, int]:
        """Where a jump goes, and the position behind it."""
        data = self.data
        delta, at = data[at], at + 1
        if delta < self.form.two_delta:
            return at + delta, at
        if self.form is UNITS:
            if delta == 0xFFFF:
                return at + 2 + (data[at] << 16 | data[at + 1]), at + 2
            return at + 1 + ((delta - 0xFC00) << 16 | data[at]), at + 1
        if delta < 0xF0:
            size, delta = 1, delta - 0xC0
        elif delta < 0xFE:
            size, delta = 2, delta - 0xF0
        else:
            size, delta = delta - 0xFB, 0
        return at + size + self._joined(delta, at, size), at + size

    def _value(self, node: int, at: int) -> tuple[int, int]:
        if self.form is UNITS:
            lead = node & 0x7FFF
            if lead < 0x4000:
                return lead, at
            if lead < 0x7FFF:
                return (lead - 0x4000) << 16 | self.data[at], at + 1
            return self.data[at] << 16 | self.data[at + 1], at + 2
        lead = node >> 1
        if lead < 0x51:
            return lead - 0x10, at
        if lead < 0x6C:
            size, lead = 1, lead - 0x51
        elif lead < 0x7E:
            size, lead = 2, lead - 0x6C
        else:
            size, lead = lead - 0x7B, 0
        return self._joined(lead, at, size), at + size

    def _node_value(self, node: int, at: int) -> tuple[int, int]:
        lead = node & 0x7FFF
        if lead < 0x4040:
            return (lead >> 6) - 1, at
        if lead < 0x7FC0:
            return ((lead & 0x7FC0) - 0x4040) << 10 | self.data[at], at + 1
        return self.data[at] << 16 | self.data[at + 1], at + 2

    def _joined(self, first: int, at: int, size: int) -> int:
        for byte in self.data[at : at + size]:
            first = first << 8 | byte
        return first


def words_of(content: bytes) -> Iterator[tuple[str, int]]:
    """Words of one dictionary with their costs."""
    body = content[struct.unpack_from(">H", content)[0] :]
    start, _, _, end, kind, transform, *_ = struct.unpack_from(">8i", body)
    if kind & 7 == WITH_UNITS:
        units = struct.unpack(f">{(end - start) // 2}H", body[start : start + (end - start) // 2 * 2])
        for key, cost in Trie(units, UNITS).entries():
            yield struct.pack(f">{len(key)}H", *key).decode("utf-16-be"), cost
    else:
        base = transform & 0x1FFFFF
        for key, cost in Trie(body[start:end], BYTES).entries():
            yield "".join(chr(JOINERS.get(byte, base + byte)) for byte in key), cost


def main(jar: str) -> None:
    """Write the words of all dictionaries in order, a line each, then the cost of each as a byte."""
    entries: dict[str, int] = {}
    with zipfile.ZipFile(jar) as files:
        names = {Path(name).name: name for name in files.namelist()}
        for language in LANGUAGES:
            found = dict(words_of(files.read(names[f"{language}dict.dict"])))
            print(f"{language}: {len(found)} words, costs {min(found.values())} to {max(found.values())}")
            entries |= found
        LICENCE.write_bytes(files.read(names["LICENSE"]))
    ordered = sorted(entries)
    lines = "\n".join(ordered).encode() + b"\n"
    costs = bytes(entries[word] for word in ordered)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0}]
    TARGET.write_bytes(lzma.compress(struct.pack("<II", len(ordered), len(lines)) + lines + costs, filters=filters))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
