"""Tell what a file of JSON is: lines of objects, a table (an array of objects), or one document such as settings."""

from __future__ import annotations

import re
from typing import IO

import orjson

WRAPPED_ARRAY = re.compile(
    rb'(?:\A\{\s*"[^"\\]{1,100}'
    rb'|"(?:data|rows|items|documents|docs|records|examples|results|articles|entries|pages|texts|train|test|validation))'
    rb'"\s*:\s*\[\s*\{'
)
"""An array of objects in a JSON object: its first field, or one that is called as such are; the reader looks closer."""
FIRST_FIELD = re.compile(rb'\{\s*"(?:[^"\\\n]|\\.){1,100}"\s*:')
LONGEST_MATCH = 512
"""Blanks between a name and the first object of its array are few."""
CHUNK_BYTES = 1 << 18
BLANKS = b" \t\n\r\v\f\x1e"
"""With the separator that stands before each text of a JSON sequence (RFC 7464)."""


def json_shape(head: bytes, *, is_whole: bool) -> str:
    """``json`` for what its reader has to look through, ``jsonl`` for an object a line, ``code`` for one document.

    ``is_whole`` says that the file ends where its head does. When it does not, the shape may be ``open``: a table may
    stand far down in a document, behind what says where it comes from.
    """
    beginning = _beginning(head)
    is_one_line = not is_whole and b"\n" not in beginning
    if beginning.startswith(b"["):
        return "json"
    if WRAPPED_ARRAY.search(beginning) and not _has_two_objects(beginning):
        return "open" if is_one_line else "json"
    lines_or_code = json_lines_or_code(head)
    may_go_on = beginning.startswith(b"{") and (is_one_line or (lines_or_code == "code" and not is_whole))
    return "open" if may_go_on else lines_or_code


def json_lines_or_code(head: bytes) -> str:
    """``jsonl`` when the first line is an object by itself, ``code`` when one document has several lines."""
    first, line_end, _ = _beginning(head).partition(b"\n")
    try:
        whole_line = not line_end or isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        whole_line = False
    return "jsonl" if whole_line else "code"


def are_lines(head: bytes, *, is_whole: bool, fewest: int) -> bool:
    """Whether a file that is not called JSON lines holds an object in each line, at least ``fewest`` of them."""
    beginning = _beginning(head)
    if FIRST_FIELD.match(beginning) is None:
        return False
    first, line_end, others = beginning.partition(b"\n")
    if not line_end and not is_whole:
        return True
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    others = others.lstrip(BLANKS)
    return FIRST_FIELD.match(others) is not None or (not others and fewest < 2)


def is_array(head: bytes) -> bool:
    """Whether a file that is called JSON lines is one array of objects; lines that are arrays are not."""
    beginning = _beginning(head)
    if re.match(rb'\[\s*\{\s*"', beginning) is None:
        return False
    first, _, others = beginning.partition(b"\n")
    return not (first.rstrip().endswith(b"]") and others.lstrip().startswith(b"["))


def may_hold_table(stream: IO[bytes]) -> bool:
    """Whether there is anything in a stream that looks like an array of objects."""
    seen = b""
    is_beginning = True
    while chunk := stream.read(CHUNK_BYTES):
        seen = _beginning(seen + chunk) if is_beginning else seen[-LONGEST_MATCH:] + chunk
        # A first field stands at the beginning alone, so what is read behind it is looked at from its second byte.
        if (is_beginning and seen.startswith(b"[")) or WRAPPED_ARRAY.search(seen, 0 if is_beginning else 1):
            return True
        is_beginning = is_beginning and len(seen) < LONGEST_MATCH
    return False


def _beginning(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(BLANKS)


def _has_two_objects(beginning: bytes) -> bool:
    first, _, second = beginning.partition(b"\n")
    return first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{")
