"""Characters in comments of source files, and the visible ones of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..machine.buffers import BoolMatrix, Bools, Bytes, Int64Matrix, Int64s, text_buffers
from ..machine.kernel import inner, integer, kernel


class Syntax(NamedTuple):
    """How a family of languages writes comments and strings."""

    languages: str
    line: tuple[str, ...] = ()
    """What begins a comment that ends with its line."""
    block: tuple[str, str] | None = None
    """What begins and ends a comment of any length."""
    quotes: str = ""
    """What delimits strings, in which no comment begins; all but ` end with their line at the latest."""
    docstrings: bool = False
    """Whether strings in three quotes are comments where they begin a line, as in Python."""


FAMILIES = (
    Syntax(
        "c,c#,c++,css,cuda,d,dart,glsl,go,groovy,java,javascript,kotlin,objective-c,protocol buffers,scala,solidity,"
        "swift,systemverilog,typescript,verilog,zig,svelte,vue",
        ("//",), ("/*", "*/"), "\"'`",
    ),
    Syntax("rust,pascal,f#", ("//",), ("/*", "*/"), '"'),
    Syntax("php", ("//", "#"), ("/*", "*/"), "\"'`"),
    Syntax("python,cython,starlark", ("#",), None, "\"'", docstrings=True),
    Syntax(
        "cmake,dockerfile,elixir,graphql,hcl,ini,julia,makefile,nim,nix,perl,powershell,r,ruby,shell,tcl,toml,yaml,awk",
        ("#",), None, "\"'",
    ),
    Syntax("sql", ("--",), ("/*", "*/"), "\"'"),
    Syntax("ada,vhdl,elm", ("--",), None, '"'),
    Syntax("lua", ("--",), ("--[[", "]]"), "\"'"),
    Syntax("haskell", ("--",), ("{-", "-}"), '"'),
    Syntax("lean", ("--",), ("/-", "-/"), '"'),
    Syntax("ocaml,mathematica", (), ("(*", "*)"), '"'),
    Syntax("clojure,lisp,racket,assembly", (";",), None, '"'),
    Syntax("erlang,prolog,tex", ("%",), None, '"'),
    Syntax("fortran", ("!",), None, "\"'"),
    Syntax("html,xml,svg,markdown", (), ("<!--", "-->"), ""),
)  # fmt: skip
FAMILY_OF = {language: number for number, family in enumerate(FAMILIES) for language in family.languages.split(",")}
UNKNOWN = -1

LINE_ONE, LINE_TWO, BLOCK_OPEN, BLOCK_CLOSE = range(4)
DOUBLE_QUOTED, SINGLE_QUOTED, BACK_QUOTED, DOCSTRINGS = range(4)


Markers: TypeAlias = Annotated[npt.NDArray[np.int64], 3]
"""By family of languages and place of a marker its bytes as one number, and how many they are."""


def _packed() -> tuple[Markers, BoolMatrix]:
    markers = np.zeros((len(FAMILIES), 4, 2), dtype=np.int64)
    strings = np.zeros((len(FAMILIES), 4), dtype=np.bool_)
    for number, family in enumerate(FAMILIES):
        for place, marker in zip((LINE_ONE, LINE_TWO), family.line, strict=False):
            markers[number, place] = int.from_bytes(marker.encode(), "big"), len(marker)
        for place, marker in zip((BLOCK_OPEN, BLOCK_CLOSE), family.block or (), strict=False):
            markers[number, place] = int.from_bytes(marker.encode(), "big"), len(marker)
        strings[number] = *(quote in family.quotes for quote in "\"'`"), family.docstrings
    return markers, strings


MARKERS, STRINGS = _packed()


def comment_chars(text: pa.Array, languages: Sequence[str | None]) -> Int64s:
    """Characters in comments by document, their markers included; -1 where the language is not known."""
    families = np.array(
        [UNKNOWN if name is None else FAMILY_OF.get(name, UNKNOWN) for name in languages], dtype=np.int64
    )
    result = np.full(len(text), -1, dtype=np.int64)
    _comment_chars(*text_buffers(text), families, MARKERS, STRINGS, result)
    return result


def visible_chars(text: pa.Array) -> Int64s:
    """Characters of HTML outside tags, comments, scripts and style sheets, by document."""
    result = np.zeros(len(text), dtype=np.int64)
    _visible_chars(*text_buffers(text), result)
    return result


@kernel
def _comment_chars(
    offsets: Int64s, data: Bytes, families: Int64s, markers: Markers, strings: BoolMatrix, result: Int64s
) -> None:
    for document in range(len(families)):
        family = families[document]
        if family >= 0:
            text = data[offsets[document] : offsets[document + 1]]
            result[document] = _count(text, markers[family], strings[family])


@inner
def _count(text: Bytes, markers: Int64Matrix, strings: Bools) -> int:
    end = len(text)
    chars = 0
    is_line_start = True  # nothing but white space stands before on the line
    position = 0
    while position < end:
        byte = text[position]
        if byte == 0x0A or byte == 0x20 or byte == 0x09 or byte == 0x0D:
            is_line_start |= byte == 0x0A
            position += 1
            continue
        stop = position
        if _stands(text, position, markers[BLOCK_OPEN]):
            stop = _behind(text, position + markers[BLOCK_OPEN, 1], markers[BLOCK_CLOSE, 0], markers[BLOCK_CLOSE, 1])
        elif _stands(text, position, markers[LINE_ONE]) or _stands(text, position, markers[LINE_TWO]):
            stop = _line_end(text, position)
        if stop > position:
            chars += _chars(text, position, stop)
            position = stop
            continue
        if strings[DOCSTRINGS] and (byte == 0x22 or byte == 0x27) and _is_triple(text, position):
            stop = _behind(text, position + 3, integer(byte) * 0x010101, 3)
            if is_line_start:
                chars += _chars(text, position, stop)
            position = stop
        elif (
            (byte == 0x22 and strings[DOUBLE_QUOTED])
            or (byte == 0x27 and strings[SINGLE_QUOTED])
            or (byte == 0x60 and strings[BACK_QUOTED])
        ):
            position = _string_end(text, position)
        else:
            position += 1
        is_line_start = False
    return chars


@inner
def _stands(text: Bytes, position: int, marker: Int64s) -> bool:
    length = marker[1]
    if length == 0 or position + length > len(text):
        return False
    packed = 0
    for offset in range(length):
        packed = packed << 8 | integer(text[position + offset])
    return bool(packed == marker[0])


@inner
def _behind(text: Bytes, start: int, marker: int, length: int) -> int:
    """Position behind the next marker, or the end of the text."""
    mask = (1 << 8 * length) - 1
    packed = 0
    for position in range(start, len(text)):
        packed = (packed << 8 | integer(text[position])) & mask
        if packed == marker and position - start >= length - 1:
            return position + 1
    return len(text)


@inner
def _line_end(text: Bytes, start: int) -> int:
    position = start
    while position < len(text) and text[position] != 0x0A:
        position += 1
    return position


@inner
def _is_triple(text: Bytes, position: int) -> bool:
    return bool(
        position + 2 < len(text) and text[position] == text[position + 1] and text[position] == text[position + 2]
    )


@inner
def _string_end(text: Bytes, start: int) -> int:
    quote = text[start]
    position = start + 1
    while position < len(text):
        byte = text[position]
        if byte == quote:
            return position + 1
        if byte == 0x0A and quote != 0x60:
            return position
        position += 2 if byte == 0x5C else 1
    return min(position, len(text))


@inner
def _chars(text: Bytes, start: int, end: int) -> int:
    chars = 0
    for position in range(start, end):
        chars += text[position] & 0xC0 != 0x80
    return chars


@kernel
def _visible_chars(offsets: Int64s, data: Bytes, result: Int64s) -> None:
    for document in range(len(result)):
        text = data[offsets[document] : offsets[document + 1]]
        end = len(text)
        position = chars = 0
        while position < end:
            byte = text[position]
            if byte == 0x3C and position + 1 < end:
                following = text[position + 1]
                if 0x61 <= following | 0x20 <= 0x7A or following == 0x2F or following == 0x21 or following == 0x3F:
                    position = _tag_end(text, position)
                    continue
            chars += byte & 0xC0 != 0x80
            position += 1
        result[document] = chars


SCRIPT, STYLE = int.from_bytes(b"script", "big"), int.from_bytes(b"style", "big")


@inner
def _tag_end(text: Bytes, start: int) -> int:
    """Position behind a tag; behind its whole element, if that is a script or style sheet."""
    if start + 3 < len(text) and text[start + 1] == 0x21 and text[start + 2] == 0x2D and text[start + 3] == 0x2D:
        return _behind(text, start + 4, 0x2D2D3E, 3)
    stop = _behind(text, start + 1, 0x3E, 1)
    name = 0
    position = start + 1
    while position < stop and position - start <= 6 and 0x61 <= text[position] | 0x20 <= 0x7A:
        name = name << 8 | integer(text[position] | 0x20)
        position += 1
    if name != SCRIPT and name != STYLE:
        return stop
    if position < stop and (0x61 <= text[position] | 0x20 <= 0x7A or text[position] == 0x2D):
        return stop  # a longer name
    length = position - start - 1
    position = stop
    while position < len(text):
        if text[position] == 0x3C and position + 1 < len(text) and text[position + 1] == 0x2F:
            closing = 0
            for at in range(position + 2, min(position + 2 + length, len(text))):
                closing = closing << 8 | integer(text[at] | 0x20)
            if closing == name:
                return _behind(text, position + 2, 0x3E, 1)
        position += 1
    return len(text)
