"""What an HTTP response holds, read as tolerantly as browsers do: transfer and content encodings taken off."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..compression import decompress
from ..decompressors import DecompressionError
from .media_types import MARKUP, SNIFFED_BYTES, is_no_text
from .records import HEADER_END, parse_headers

STATUS_LINE = re.compile(rb"(?:HTTP/\d(?:\.\d)?|ICY)[ \t]+(\d{3})\b[^\n]*\n?")
CHUNK_HEADER = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
PIECE_BYTES = 1 << 16
SMALL_PIECE_BYTES = 1 << 12
LONGEST_HEADER_BYTES = 1 << 20
"""Cookies and policies of many kilobytes come in dozens."""
MOST_INTERIM_RESPONSES = 8
MOST_ENCODINGS = 8
COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate", "x-deflate", "br", "zstd"})
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"


class BodyError(Exception):
    """A body that cannot be decoded, or that is longer than the limit; carries the quarantine's word for it."""

    def __init__(self, error: str, detail: str, content: bytes = b"") -> None:
        super().__init__(detail)
        self.error = error
        self.content = content


@dataclass(frozen=True)
class Response:
    """An HTTP response with its body as it is stored."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parse_response(content: bytes) -> Response | None:
    """Take a stored response apart; None when it does not begin with a status line.

    Interim responses (100, 103) and a proxy's "Connection established" before the response itself are passed over.
    """
    response = _parse(content)
    for _ in range(MOST_INTERIM_RESPONSES):
        if response is None or not _is_interim(response):
            break
        response = _parse(response.body)
    return response


def _parse(content: bytes) -> Response | None:
    status = STATUS_LINE.match(content)
    if status is None:
        return None
    head = content[:LONGEST_HEADER_BYTES]
    if content[status.end() : status.end() + 2] == b"\r\n":
        return Response(int(status[1]), {}, content[status.end() + 2 :])
    end = HEADER_END.search(head, status.end() - 1)
    if end is None:
        return Response(int(status[1]), parse_headers(head[status.end() :]), b"")
    return Response(int(status[1]), parse_headers(head[status.end() : end.start()]), content[end.end() :])


def _is_interim(response: Response) -> bool:
    """Whether another response follows, and this is none by itself."""
    bare = response.status == 200 and "content-type" not in response.headers
    return (response.status < 200 or bare) and STATUS_LINE.match(response.body) is not None


def decode_body(response: Response, limit: int) -> bytes:
    """The body without its transfer and content encodings, as far as it has them.

    Headers lie: crawlers store bodies decoded and leave the headers as they were, or name encodings that are none. An
    encoding is taken off where the bytes have it. A body that was cut is what came until then.

    Raises:
        BodyError: for damaged data, and for a body that unpacks to more than the limit.
    """
    body = response.body
    for name in reversed([*_named(response, "content-encoding"), *_named(response, "transfer-encoding")]):
        if name == "chunked":
            body = join_chunks(body)
        elif (decoder := _decoder(name, body)) is not None:
            body = decoder(body, limit)
    untold = _decoder("gzip", body) if body.startswith((GZIP + b"\x08", ZSTD)) else None
    if untold is not None:
        body = untold(body, limit)
    elif is_no_text(body) and (text := _untold_brotli(body, limit)) is not None:
        body = text
    if len(body) > limit:
        raise BodyError("too_large", "a record that unpacks to more than the limit", body)
    return body


def _named(response: Response, field: str) -> list[str]:
    return [name.strip(" \t\"'").lower() for name in response.headers.get(field, "").split(",")[:MOST_ENCODINGS]]


def join_chunks(body: bytes) -> bytes:
    """Take off the chunked transfer encoding; a body that does not have it is returned as it is.

    Extensions and trailers are passed over; what comes before a break is kept.
    """
    found = CHUNK_HEADER.match(body)
    if found is None:
        return body
    pieces: list[bytes] = []
    while found is not None:
        size = int(found[1], 16)
        if size == 0:
            return b"".join(pieces)
        begin = found.end()
        if not pieces and begin + size > len(body) and not _may_be_cut(body, begin):
            return body
        pieces.append(body[begin : begin + size])
        position = begin + size
        if body.startswith(b"\r\n", position):
            position += 2
        elif body.startswith(b"\n", position):
            position += 1
        found = CHUNK_HEADER.match(body, position)
    return b"".join(pieces)


def _may_be_cut(body: bytes, begin: int) -> bool:
    """Whether what follows the first line can be a chunk without its end: some text begins with a number."""
    return body[begin : begin + 1] in (b"<", b"\x1f", b"\xef", b"x") or len(body) - begin > 16


def _decoder(name: str, body: bytes) -> Callable[[bytes, int], bytes] | None:
    """What takes off an encoding that the bytes have, be it another than the one named; None where they have none."""
    if name not in COMPRESSIONS:
        return None
    if body.startswith(GZIP):
        return lambda data, limit: _inflate(data, limit, wbits=31)
    if body.startswith(ZSTD):
        return _unzstd
    for wbits in (zlib.MAX_WBITS, -zlib.MAX_WBITS) if name.endswith("deflate") else (zlib.MAX_WBITS,):
        if _begins(body, wbits):
            return lambda data, limit, wbits=wbits: _inflate(data, limit, wbits=wbits)  # type: ignore[misc]
    return _unbrotli if name == "br" and not _is_text(body) else None


def _is_text(body: bytes) -> bool:
    """Whether a body looks like markup or text by itself."""
    head = body[:1024]
    control = sum(1 for value in head if value < 9 or 13 < value < 27 or 27 < value < 32)
    return control == 0 or re.match(rb"\s*<[!a-zA-Z?]", head) is not None


def _begins(body: bytes, wbits: int) -> bool:
    if wbits < 0 and _is_text(body):
        return False
    try:
        return bool(zlib.decompressobj(wbits).decompress(body[:PIECE_BYTES], 64))
    except zlib.error:
        return False


def _inflate(body: bytes, limit: int, *, wbits: int) -> bytes:
    """Decompress; what follows the end is left out unless it is another member, and a cut one gives what it has."""
    pieces: list[bytes] = []
    length = 0
    rest = body
    while rest:
        stream = zlib.decompressobj(wbits)
        while rest and not stream.eof:
            try:
                piece = stream.decompress(rest, limit + 1 - length)
            except zlib.error as error:
                raise BodyError("corrupt", f"the body cannot be decompressed: {error}", body) from error
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise BodyError("too_large", "a record that unpacks to more than the limit", b"".join(pieces))
            rest = stream.unconsumed_tail
        rest = stream.unused_data if wbits == 31 and stream.unused_data.startswith(b"\x1f\x8b\x08") else b""
    return b"".join(pieces)


def _unbrotli(body: bytes, limit: int) -> bytes:
    """Decompress; what follows the end is left out, and a cut one gives what it has."""
    import brotli

    try:
        return _unbrotli_pieces([body], limit)
    except brotli.error:
        pass
    # Bytes behind the end are an error for the library, which does not say where the end was.
    pieces = [body[begin : begin + SMALL_PIECE_BYTES] for begin in range(0, len(body), SMALL_PIECE_BYTES)]
    stream = brotli.Decompressor()
    passed = 0
    try:
        while passed < len(pieces):
            stream.process(pieces[passed])
            passed += 1
    except brotli.error:
        pass
    singly = [bytes([value]) for value in body[passed * SMALL_PIECE_BYTES : (passed + 1) * SMALL_PIECE_BYTES]]
    try:
        return _unbrotli_pieces([*pieces[:passed], *singly], limit)
    except brotli.error as error:
        raise BodyError("corrupt", f"the body cannot be decompressed: {error}", body) from error


def _unbrotli_pieces(pieces: Iterable[bytes], limit: int) -> bytes:
    import brotli

    stream = brotli.Decompressor()
    found: list[bytes] = []
    length = 0
    for piece in pieces:
        rest = piece
        while not stream.is_finished():
            found.append(stream.process(rest, output_buffer_limit=PIECE_BYTES))
            rest = b""
            length += len(found[-1])
            if length > limit:
                raise BodyError("too_large", "a record that unpacks to more than the limit", b"".join(found))
            if not found[-1] and stream.can_accept_more_data():  # of more pieces, or cut
                break
    return b"".join(found)


def _untold_brotli(body: bytes, limit: int) -> bytes | None:
    """What a body that is no text unpacks to, if that is markup; Brotli has nothing that it could be told by."""
    try:
        found = _unbrotli(body, limit)
    except BodyError:
        return None
    return found if MARKUP.match(found[:SNIFFED_BYTES]) else None


def _unzstd(body: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    stream = decompress(io.BytesIO(body), "zst")
    try:
        while piece := stream.read1(PIECE_BYTES):  # type: ignore[attr-defined]
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise BodyError("too_large", "a record that unpacks to more than the limit", b"".join(pieces))
    except DecompressionError as error:
        if not length:
            raise BodyError("corrupt", f"the body cannot be decompressed: {error}", body) from error
    return b"".join(pieces)
