"""Where the records of a WARC or ARC file begin and end, also where it was written carelessly or is damaged."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from .window import Window

LONGEST_HEADER_BYTES = 1 << 16
LONGEST_BOUNDARY_BYTES = 5000
MOST_BLANK_BYTES = 256
"""Two line ends stand behind a record; many files have none, one or several, or zeros."""
NEARBY_BYTES = 64
"""A record whose successor begins so near to its end has the right length; what lies between is another matter."""
MOST_SEARCHED_BYTES = 1 << 24
LINE_ENDS = 2
BLANK = re.compile(rb"[\r\n\x00]*")
HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n")
VERSION = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n")
CUT_VERSION = re.compile(rb"W|WA|WAR|WARC|WARC/[\d.]{0,8}\r?")
"""What the end of a file leaves of it."""
ARC_HEADER = re.compile(
    rb"((?:filedesc|https?|ftp|dns|whois|gopher|file|urn|data):[^\r\n]{0,4000}?) ([0-9a-fA-F.:]*|-) (\d{8,17})"
    rb"(?: ([^\r\n]{0,400}?))? (\d{1,18})[ \t]*\r?\n",
    re.IGNORECASE,
)
"""URL, address, date, media type, of version 2 also status, checksum and place, and length (ARC File Format, 1996)."""
ARC_BOUNDARY = re.compile(rb"\n(?=" + ARC_HEADER.pattern + rb")", re.IGNORECASE)
"""Where a record of an ARC file may begin behind damage."""
LISTS = frozenset({"content-encoding", "transfer-encoding"})
"""Fields of which several are one list (RFC 9110, 5.3); of others the first counts."""
BOUNDARY = re.compile(rb"WARC/[01]\.\d+[ \t]*\r?\n(?=[A-Za-z][A-Za-z-]*:)")
"""Where a record may begin behind damage: its first two lines."""


@dataclass(frozen=True)
class RawRecord:
    """A record with its content as it is stored."""

    position: int
    headers: Mapping[str, str]
    """By their names in lower case; of several with one name, the first."""
    content: bytes | None
    """None where it is longer than the limit."""
    length: int = 0
    is_arc: bool = False


@dataclass(frozen=True)
class BadRecord:
    """Bytes that are no record, or one that has no end."""

    position: int
    error: str
    """truncated or corrupt."""
    detail: str
    first_bytes: bytes = b""


@dataclass
class _Found:
    """Where a record stands: its headers, and where its content begins and ends."""

    position: int
    headers: dict[str, str] = field(default_factory=dict)
    begin: int = 0
    end: int = 0
    is_arc: bool = False


def read_records(
    window: Window, start: int, stop: int | None, limit: int, *, size: int | None = None, contents: bool = True
) -> Iterator[RawRecord | BadRecord]:
    """Records that begin in ``[start, stop)``, with all that is none between them.

    A record must be followed by another one or by the end; one that is not has a wrong length, and reading goes on at
    the next place at which a record seems to begin, inside of it perhaps.

    Args:
        window: The uncompressed bytes.
        start: Where a record begins.
        stop: Records that begin there or behind are left alone; None for the end.
        limit: A longer content is passed over instead of being held.
        size: Bytes of the whole, where they are known.
        contents: False to learn only where records begin; content is None then.
    """
    position: int | None = start
    boundary = BOUNDARY
    while position is not None:
        position = _pass_blank(window, position)
        if stop is not None and position >= stop:
            return
        if not window.peek(position, 1):
            position = yield from _pass_damage(window, boundary)
            continue
        window.release(position)
        found = _locate(window, position, size)
        told: BadRecord | None
        if isinstance(found, BadRecord):
            told = found
        else:
            length = found.end - found.begin
            boundary = _boundary(found)
            if length > limit:
                window.release(found.end)
            told = _check_end(window, found, size)
            if told is None:
                content = window.peek(found.begin, length) if contents and length <= limit else None
                yield RawRecord(position, found.headers, content, length, found.is_arc)
                position = found.end
                continue
        if told.error == "truncated" and (damage := window.pass_damage()) is not None:
            told = BadRecord(position, damage.error, str(damage), told.first_bytes)
        yield told
        position = window.search(boundary, window.go_back(position + 1), LONGEST_BOUNDARY_BYTES)
        if position is None:
            position = yield from _pass_damage(window, boundary)


def _boundary(found: _Found) -> re.Pattern[bytes]:
    return ARC_BOUNDARY if found.is_arc else BOUNDARY


def _pass_damage(window: Window, boundary: re.Pattern[bytes]) -> Generator[BadRecord, None, int | None]:
    """Where the first record behind the damage in a compressed stream begins; None at the stream's end."""
    position = None
    while position is None:
        damaged = window.end
        damage = window.pass_damage()
        if damage is None:
            return None
        yield BadRecord(damaged, damage.error, str(damage))
        position = window.search(boundary, max(damaged, window.begin), LONGEST_BOUNDARY_BYTES)
    return position


def _pass_blank(window: Window, position: int) -> int:
    while True:
        held = window.peek(position, MOST_BLANK_BYTES)
        blank = BLANK.match(held)
        assert blank is not None
        position += blank.end()
        if blank.end() < len(held) or len(held) < MOST_BLANK_BYTES:
            return position
        window.release(position)


def _locate(window: Window, position: int, size: int | None) -> _Found | BadRecord:
    head = window.peek(position, 1 << 12)
    if len(head) == 1 << 12 and HEADER_END.search(head) is None:
        head = window.peek(position, LONGEST_HEADER_BYTES)
    if VERSION.match(head) is None:
        return _locate_arc(head, position)
    end = HEADER_END.search(head)
    if end is None:
        if len(head) < LONGEST_HEADER_BYTES:
            return BadRecord(position, "truncated", "the file ends inside a record's header", head)
        return BadRecord(position, "corrupt", "a record's header without an end", head)
    headers = parse_headers(head[head.index(b"\n") + 1 : end.start()])
    begin = position + end.end()
    length = headers.get("content-length")
    if length is None:
        # Unspecified by the standard; it ends where the next record begins, or the file.
        found = window.search(BOUNDARY, begin - 1, LONGEST_BOUNDARY_BYTES) if size is not None else None
        if "warc-type" not in headers or (found is None and size is None):
            return BadRecord(position, "corrupt", "a record without a length", head)
        stop = found if found is not None else size
        assert stop is not None
        line_ends = re.search(rb"(?:\r?\n){0,2}\Z", window.glance(max(stop - 4, begin), min(4, stop - begin)))
        return _Found(position, headers, begin, stop - len(line_ends[0] if line_ends else b""))
    if not length.isdecimal() or len(length) > 18:
        return BadRecord(position, "corrupt", f"a record with the length {length!r}", head)
    return _Found(position, headers, begin, begin + int(length))


def _locate_arc(head: bytes, position: int) -> _Found | BadRecord:
    found = ARC_HEADER.match(head)
    if found is None:
        if CUT_VERSION.fullmatch(head):
            return BadRecord(position, "truncated", "the file ends where a record begins", head)
        return BadRecord(position, "corrupt", "no record where one should begin", head)
    url, _, date, media_type, length = (value.decode("utf-8", "replace") for value in found.groups(b""))
    kind = "warcinfo" if url.startswith("filedesc:") else "response"
    headers = {"warc-type": kind, "warc-target-uri": url, "warc-date": _iso_date(date), "content-type": media_type}
    begin = position + found.end()
    return _Found(position, headers, begin, begin + int(length), is_arc=True)


def _iso_date(date: str) -> str:
    date = date[:14].ljust(14, "0")
    return f"{date[:4]}-{date[4:6]}-{date[6:8]}T{date[8:10]}:{date[10:12]}:{date[12:14]}Z"


def _check_end(window: Window, found: _Found, size: int | None) -> BadRecord | None:
    """What is wrong with where a record ends, if anything is."""
    length = found.end - found.begin
    behind = b"" if size is not None and found.end >= size else window.glance(found.end, MOST_BLANK_BYTES)
    if not behind and found.end > (window.end if size is None else size):
        return BadRecord(found.position, "truncated", f"the file ends inside this record of {length} bytes")
    blank = BLANK.match(behind)
    assert blank is not None
    rest = behind[blank.end() :]
    if blank[0].count(b"\n") >= LINE_ENDS and not _swallows_another(window, found):
        return None  # it ends as it should; what follows is another matter
    if not rest or VERSION.match(rest) or CUT_VERSION.fullmatch(rest) or BOUNDARY.search(rest[:NEARBY_BYTES]):
        return None
    if found.is_arc:
        next_one = ARC_BOUNDARY.search(b"\n" + window.glance(found.end + blank.end(), LONGEST_BOUNDARY_BYTES))
        if next_one is not None and next_one.start() <= NEARBY_BYTES:
            return None
    return BadRecord(found.position, "corrupt", f"no record follows where this one of {length} bytes should end")


def _swallows_another(window: Window, found: _Found) -> bool:
    """Whether a record seems to begin inside of one behind which none does."""
    length = min(found.end - found.begin, MOST_SEARCHED_BYTES)
    return (
        _boundary(found).search(window.peek(found.begin, length)) is not None if window.begin <= found.begin else False
    )


def parse_headers(lines: bytes) -> dict[str, str]:
    """Fields of a header by their names in lower case; lines may end in LF, and go on in the next."""
    headers: dict[str, str] = {}
    last = ""
    for line in lines.split(b"\n"):
        text = _decode(line.rstrip(b"\r"))
        if text[:1] in (" ", "\t"):
            if last:
                headers[last] = f"{headers[last]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        if colon:
            last = name.strip().lower()
            if last in LISTS and last in headers:
                headers[last] = f"{headers[last]}, {value.strip()}"
            else:
                headers.setdefault(last, value.strip())
    return headers


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
