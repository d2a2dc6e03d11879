"""WARC as crawlers really write it: encodings that lie, line ends of all kinds, wrong lengths, ARC, damage anywhere."""

import gzip
import json
import random
import re
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.input.warc.http import join_chunks

from .reading import Found, read_file, warc_record
from .test_readers_warc import conversion, html, response


def chunked(body: bytes, size: int = 97, extension: bytes = b"", end: bytes = b"\r\n", trailer: bytes = b"") -> bytes:
    chunks = [body[begin : begin + size] for begin in range(0, len(body), size)]
    head = b"".join(b"%x%s%s%s%s" % (len(chunk), extension, end, chunk, end) for chunk in chunks)
    return head + b"0" + end + trailer + end


TEXT = "The ferry crossed twice a day, and " * 20
BODY = html(TEXT)
RAW_DEFLATE = zlib.compress(BODY)[2:-4]
TWICE = gzip.compress(gzip.compress(BODY))

BODIES: dict[str, tuple[dict[str, str], bytes]] = {
    "identity": ({}, BODY),
    "gzip": ({"Content-Encoding": "gzip"}, gzip.compress(BODY)),
    "x-gzip": ({"Content-Encoding": "x-gzip"}, gzip.compress(BODY)),
    "gzip in two members": ({"Content-Encoding": "gzip"}, gzip.compress(BODY[:50]) + gzip.compress(BODY[50:])),
    "gzip twice": ({"Content-Encoding": "gzip, gzip"}, TWICE),
    "gzip twice, told once": ({"Content-Encoding": "gzip"}, TWICE),
    "gzip untold": ({}, gzip.compress(BODY)),
    "gzip told falsely": ({"Content-Encoding": "gzip"}, BODY),
    "gzip with garbage behind": ({"Content-Encoding": "gzip"}, gzip.compress(BODY) + b"garbage"),
    "deflate": ({"Content-Encoding": "deflate"}, zlib.compress(BODY)),
    "raw deflate": ({"Content-Encoding": "deflate"}, RAW_DEFLATE),
    "deflate told falsely": ({"Content-Encoding": "deflate"}, BODY),
    "brotli": ({"Content-Encoding": "br"}, brotli.compress(BODY)),
    "brotli told falsely": ({"Content-Encoding": "br"}, BODY),
    "zstd": ({"Content-Encoding": "zstd"}, zstandard.compress(BODY)),
    "zstd told falsely": ({"Content-Encoding": "zstd"}, BODY),
    "none": ({"Content-Encoding": "none"}, BODY),
    "utf-8": ({"Content-Encoding": "UTF-8"}, BODY),
    "chunked": ({"Transfer-Encoding": "chunked"}, chunked(BODY)),
    "Chunked, LF": ({"Transfer-Encoding": "Chunked"}, chunked(BODY, end=b"\n")),
    "chunked told falsely": ({"Transfer-Encoding": "chunked"}, BODY),
    "chunked with extensions": ({"Transfer-Encoding": "chunked"}, chunked(BODY, extension=b"; sum=1")),
    "chunked with a trailer": ({"Transfer-Encoding": "chunked"}, chunked(BODY, trailer=b"Expires: 0\r\n")),
    "chunked, no last chunk": ({"Transfer-Encoding": "chunked"}, chunked(BODY)[:-5]),
    "chunked gzip": ({"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, chunked(gzip.compress(BODY))),
    "chunked brotli": ({"Transfer-Encoding": "chunked", "Content-Encoding": "br"}, chunked(brotli.compress(BODY))),
    "wrong Content-Length": ({"Content-Length": "7"}, BODY),
    "gzip as a transfer encoding": ({"Transfer-Encoding": "gzip, chunked"}, chunked(gzip.compress(BODY))),
    "deflate as a transfer encoding": ({"Transfer-Encoding": "deflate, chunked"}, chunked(zlib.compress(BODY))),
    "deflate that is gzip": ({"Content-Encoding": "deflate"}, gzip.compress(BODY)),
    "gzip that is deflate": ({"Content-Encoding": "gzip"}, zlib.compress(BODY)),
    "gzip that is zstd": ({"Content-Encoding": "gzip"}, zstandard.compress(BODY)),
    "gzip that is brotli": ({"Content-Encoding": "gzip"}, brotli.compress(BODY)),
    "brotli that is gzip": ({"Content-Encoding": "br"}, gzip.compress(BODY)),
    "brotli untold": ({}, brotli.compress(BODY)),
    "brotli with garbage behind": ({"Content-Encoding": "br"}, brotli.compress(BODY) + b"\r\n\r\n"),
    "in quotes": ({"Content-Encoding": '"gzip"'}, gzip.compress(BODY)),
    "cookies of a hundred kilobytes": ({f"Set-Cookie-{i}": "x" * 2000 for i in range(50)}, BODY),
}


def page(headers: dict[str, str], body: bytes) -> bytes:
    return response(body, **{name.replace("-", "_"): value for name, value in headers.items()})


def stored(form: str, records: list[bytes]) -> tuple[str, bytes]:
    if form == "members":
        return "a.warc.gz", b"".join(map(gzip.compress, records))
    whole = b"".join(records)
    if form == "twice":
        return "a.warc.zst", zstandard.compress(gzip.compress(whole))
    packed: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress, "": bytes}
    return f"a.warc.{form}" if form else "a.warc", packed[form](whole)


def read(folder: Path, form: str, records: list[bytes], split_bytes: int | None = None) -> Found:
    name, content = stored(form, records)
    (folder / name).write_bytes(content)
    return read_file(folder / name, split_bytes)


@pytest.mark.parametrize("form", ["", "members", "gz", "zst", "twice"])
def test_bodies_in_every_encoding_are_pages_and_cost_no_neighbour(tmp_path: Path, form: str) -> None:
    records = []
    for number, (headers, body) in enumerate(BODIES.values()):
        records += [page(headers, body), conversion(f"neighbour {number}")]
    for split_bytes in (None, 1000):
        found = read(tmp_path, form, records, split_bytes)
        assert (found.errors, found.skipped) == ([], {})
        texts = dict(zip(BODIES, found.texts[::2], strict=True))
        assert {name for name, text in texts.items() if text.strip() != TEXT.strip()} == set()
        assert found.texts[1::2] == [f"neighbour {number}" for number in range(len(BODIES))]


def test_a_body_that_was_cut_is_what_came_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    chance = random.Random(1)
    noise = html(" ".join(str(chance.random()) for _ in range(500)))
    packed = gzip.compress(noise)
    damaged = packed[:-2000] + bytes(100) + packed[-1900:]
    records = [
        page({"Content-Encoding": "gzip"}, packed[: len(packed) // 2]),
        page({"Content-Encoding": "gzip"}, damaged),
        page({"Content-Encoding": "br"}, b"\x00\x01\x02" * 50),
        page({"Transfer-Encoding": "chunked"}, chunked(noise, 5000)[:6000]),
        conversion("after"),
    ]
    found = read(tmp_path, "", records)
    assert len(found.texts) == 3
    assert found.texts[0][:20] == found.texts[1][:20]
    assert found.texts[2] == "after"
    assert [error for _, error in found.errors] == ["corrupt", "corrupt"]


@given(st.binary(max_size=400), st.integers(1, 50), st.sampled_from([b"\n", b"\r\n"]))
def test_chunks_are_joined_as_they_were_cut(body: bytes, size: int, end: bytes) -> None:
    assert join_chunks(chunked(body, size, end=end)) == body


def test_line_ends_and_lengths_as_careless_writers_leave_them(tmp_path: Path) -> None:
    good = response(BODY)
    bodyless = good.replace(b"\r\n", b"\n", good.count(b"\r\n") - 2)
    carelessly = {
        "LF in the WARC header": good.replace(b"\r\n", b"\n", good[: good.index(b"HTTP/")].count(b"\r\n")),
        "LF everywhere": re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % (len(BODY) + 41), bodyless),
        "names in lower case": good.replace(b"WARC-Type", b"warc-type").replace(b"Content-Length", b"content-length"),
        "names in upper case": good.replace(b"WARC-Type", b"WARC-TYPE").replace(b"Content-Length", b"CONTENT-LENGTH"),
        "a folded header": good.replace(b"WARC-Date: ", b"WARC-Date:\r\n "),
        "one line end behind": good[:-2],
        "no line end behind": good[:-4],
        "five line ends behind": good + b"\r\n" * 3,
        "zeros behind": good + bytes(700),
        "WARC 0.18": good.replace(b"WARC/1.1", b"WARC/0.18"),
    }
    for name, record in carelessly.items():
        for form in ("", "members", "gz"):
            found = read(tmp_path, form, [record, good], 300)
            assert (name, len(found.texts), found.errors) == (name, 2, [])


@pytest.mark.parametrize(
    ("content_type", "warc_headers", "is_page"),
    [
        ("text/html", {}, True),
        ('"text/html"', {}, True),
        ("TEXT/HTML;charset=utf-8", {}, True),
        ("text/html,charset=utf-8", {}, True),
        ("text/html, text/html; charset=utf-8", {}, True),
        ("application/octet-stream", {"WARC-Identified-Payload-Type": "text/html"}, True),
        ("application/octet-stream", {}, True),
        ("", {}, True),
        ("text/plain", {}, True),  # it begins as a page does
        ("text/html/utf-8", {}, True),
        (": text/html", {}, True),
        ("text / html", {}, True),
        ("text/html charset=utf-8", {}, True),
        ("text/html\0", {}, True),
        ("application/xml", {}, True),
        ("application/rss+xml", {}, False),
        ("application/pdf", {}, False),
        ("image/png", {}, False),
    ],
)
def test_what_a_response_is_called(
    tmp_path: Path, content_type: str, warc_headers: dict[str, str], is_page: bool
) -> None:
    named = f"Content-Type: {content_type}\r\n" if content_type else ""
    stored_response = f"HTTP/1.1 200 OK\r\n{named}\r\n".encode() + BODY
    record = warc_record("response", {"Content-Type": "application/http", **warc_headers}, stored_response)
    found = read(tmp_path, "", [record, conversion("after")])
    assert len(found.texts) == 1 + is_page
    assert sum(found.skipped.values()) == 1 - is_page


def stored_response(content: bytes, kind: str = "response", named: str = "application/http") -> bytes:
    return warc_record(kind, {"Content-Type": named, "WARC-Target-URI": "http://example.org/"}, content)


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY


@pytest.mark.parametrize(
    "record",
    [
        stored_response(b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN),
        stored_response(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + PLAIN),
        stored_response(b"HTTP/1.0 200 Connection established\r\n\r\n" + PLAIN),
        stored_response(BODY),
        stored_response(BODY, named="text/html"),
        stored_response(PLAIN, kind="resource", named="application/http; msgtype=response"),
        stored_response(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
            b"Transfer-Encoding: identity\r\ntransfer-encoding: chunked\r\n"
            b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n" + chunked(brotli.compress(gzip.compress(BODY)))
        ),
    ],
)
@pytest.mark.parametrize("form", ["", "members"])
def test_pages_behind_other_responses_without_headers_or_with_repeated_ones(
    tmp_path: Path, record: bytes, form: str
) -> None:
    found = read(tmp_path, form, [record, conversion("after")])
    assert [text.strip() for text in found.texts] == [TEXT.strip(), "after"]
    assert (found.errors, found.skipped) == ([], {})


def test_a_body_of_no_text_is_a_row_whatever_it_is_called(tmp_path: Path) -> None:
    noise = random.Random(3).randbytes(3000)
    for named in ("text/html", "text/plain"):
        found = read(tmp_path, "", [response(noise, Content_Type=named), conversion("after")])
        assert (found.texts, [error for _, error in found.errors]) == (["after"], ["binary"])


def test_the_rest_of_a_segmented_record_is_told(tmp_path: Path) -> None:
    rest = warc_record("continuation", {"WARC-Segment-Number": "2"}, b"the rest")
    found = read(tmp_path, "", [rest, conversion("after")])
    assert (found.texts, [error for _, error in found.errors]) == (["after"], ["unsupported"])


def test_a_pdf_that_is_called_a_page_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, "", [response(b"%PDF-1.4\n" + b"x" * 100)])
    assert (found.texts, found.skipped) == ([], {"media type application/pdf": 1})


@pytest.mark.parametrize("group", [2, 3, 5])
def test_several_records_in_a_gzip_member_have_ids_of_their_own(tmp_path: Path, group: int) -> None:
    records = [conversion(f"document {number}") for number in range(11)]
    first, rest = records[:1], records[1:]
    members = [first, *(rest[begin : begin + group] for begin in range(0, len(rest), group))]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(b"".join(member)) for member in members))
    for split_bytes in (None, 100, 300):
        found = read_file(path, split_bytes)
        assert (found.texts, found.errors) == ([f"document {number}" for number in range(11)], [])


def test_blocks_that_end_wherever_are_one_stream(tmp_path: Path) -> None:
    records = [conversion(f"document {number} " + "words " * 300) for number in range(20)]
    whole = b"".join(records)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(whole[begin : begin + 1000]) for begin in range(0, len(whole), 1000)))
    found = read_file(path, 500)
    assert [text.split()[1] for text in found.texts] == [str(number) for number in range(20)]
    assert found.errors == []


def test_headers_and_blocks_that_are_compressed_apart_are_records(tmp_path: Path) -> None:
    records = [conversion(f"document {number} " + "words " * 300) for number in range(5)]
    for cut in (20, 100, records[0].index(b"\r\n\r\n") + 4):
        path = tmp_path / f"{cut}.warc.gz"
        path.write_bytes(b"".join(gzip.compress(piece) for one in records for piece in (one[:cut], one[cut:])))
        found = read_file(path)
        assert [text.split()[1] for text in found.texts] == [str(number) for number in range(5)]
        assert found.errors == []


@pytest.mark.parametrize("form", ["", "members", "gz"])
def test_arc_files(tmp_path: Path, form: str) -> None:
    stored_response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY
    info = b"1 0 Org\nURL IP-address Archive-date Content-type Archive-length\n"
    records = [b"filedesc://a.arc 0.0.0.0 20240101000000 text/plain %d\n%s\n" % (len(info), info)]
    for number in range(5):
        head = b"http://example.org/%d 1.2.3.4 20240102030405 text/html %d\n" % (number, len(stored_response))
        records.append(head + stored_response + b"\n")
    records.append(b"dns:example.org 1.2.3.4 20240102030405 text/dns 9\n127.0.0.1\n")
    for split_bytes in (None, 400):
        found = read(tmp_path, form, records, split_bytes)
        assert found.errors == []
        assert [row["url"] for row in found.rows] == [f"http://example.org/{number}" for number in range(5)]
        assert {row["metadata"] for row in found.rows} == {'{"warc_date":"2024-01-02T03:04:05Z"}'}
        assert found.skipped == {"WARC warcinfo": 1, "media type text/dns": 1}


@pytest.mark.parametrize(
    "head",
    [
        b"http://example.org/a b (c).cfm?d 1.2.3.4 20240102030405 text/html %d\n",
        b"http://example.org/a 2001:db8::1 20240102030405 text/html; charset=utf-8 %d\r\n",
        b"http://example.org/a - 20240102030405123 no-type %d\n",
        b"http://example.org/a 1.2.3.4 20240102030405  %d\n",
        b"http://example.org/a 1.2.3.4 20240102030405 %d\n",
        b"http://example.org/a 1.2.3.4 20240102030405 text/html 200 - - 7 a.arc %d\n",
    ],
)
@pytest.mark.parametrize("form", ["", "members", "gz"])
def test_headers_of_arc_records_as_they_come(tmp_path: Path, form: str, head: bytes) -> None:
    good = b"http://example.org/good 1.2.3.4 20240102030405 text/html %d\n" % len(PLAIN) + PLAIN + b"\n"
    records = [good, head % len(PLAIN) + PLAIN + b"\n", good]
    for split_bytes in (None, 300):
        found = read(tmp_path, form, records, split_bytes)  # it begins without a record of its own, too
        assert ([text.strip() for text in found.texts], found.errors) == ([TEXT.strip()] * 3, [])
        assert {json.loads(row["metadata"])["warc_date"] for row in found.rows} == {"2024-01-02T03:04:05Z"}


@pytest.mark.parametrize("length", [-100, 100, 10**6])
@pytest.mark.parametrize("form", ["", "gz"])
def test_a_wrong_length_in_an_arc_file_costs_the_record_alone(tmp_path: Path, form: str, length: int) -> None:
    head = b"http://example.org/%d 1.2.3.4 20240102030405 text/html %d\n"
    lengths = [0, length, 0, 0]
    records = [head % (number, len(PLAIN) + wrong) + PLAIN + b"\n" for number, wrong in enumerate(lengths)]
    for split_bytes in (None, 300):
        found = read(tmp_path, form, records, split_bytes)
        assert [row["url"][-1] for row in found.rows] == ["0", "2", "3"]
        assert [error for _, error in found.errors] == ["corrupt" if abs(length) == 100 else "truncated"]


def test_a_crawl_with_a_dictionary_of_its_own(tmp_path: Path) -> None:
    records = [response(BODY + b"%d" % number) for number in range(8)]
    dictionary = zstandard.ZstdCompressionDict(records[0])
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = b"".join(compressor.compress(record) for record in records)
    for stored_dictionary in (records[0], zstandard.compress(records[0])):
        skipped = b"\x5d\x2a\x4d\x18" + len(stored_dictionary).to_bytes(4, "little") + stored_dictionary
        (tmp_path / "a.warc.zst").write_bytes(skipped + frames)
        found = read_file(tmp_path / "a.warc.zst")
        assert (len(found.texts), found.errors) == (8, [])
    trained = zstandard.ZstdCompressionDict(
        zstandard.train_dictionary(1 << 12, [b"%d " % number * 50 + BODY for number in range(200)]).as_bytes()
    )
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.ZstdCompressor(dict_data=trained).compress(b'{"text": "x"}\n'))
    (row,) = read_file(tmp_path / "b.jsonl.zst").quarantined
    assert (row.error, "dictionary" in row.detail) == ("corrupt", True)


def test_wrong_lengths_cost_the_record_alone(tmp_path: Path) -> None:
    records = [response(html(f"Page number {number}. " + "words " * 50)) for number in range(4)]
    right = int(re.search(rb"Content-Length: (\d+)", records[1])[1])  # type: ignore[index]
    for wrong in (0, right - 300, right - 1, right + 1, right + 300, right * 2, 10**8, 10**12):
        lying = records[1].replace(b"Content-Length: %d" % right, b"Content-Length: %d" % wrong)
        for form in ("", "members", "gz", "zst"):
            found = read(tmp_path, form, [records[0], lying, *records[2:]])
            numbers = [int(number) for text in found.texts for number in re.findall(r"number (\d)", text)]
            assert {0, 2, 3} <= set(numbers), (wrong, form, found.errors)
            assert len(numbers) == len(set(numbers)), (wrong, form, found.errors)
            assert len(found.texts) + len(found.errors) >= 4, (wrong, form)


@given(st.integers(0, 2**32), st.sampled_from(["", "members", "gz", "zst"]))
@settings(max_examples=150, deadline=None)
def test_damage_anywhere_costs_no_record_that_it_does_not_touch(seed: int, form: str) -> None:
    chance = random.Random(seed)
    bodies = [html(f"Page number {n}. " + f"{chance.random()} " * chance.randrange(50)) for n in range(10)]
    packed = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    records = [page(packed, chunked(gzip.compress(body))) if n % 3 else response(body) for n, body in enumerate(bodies)]
    pieces = [gzip.compress(record) for record in records] if form == "members" else records
    content = b"".join(pieces)
    at, count = chance.randrange(len(content)), chance.randrange(1, 200)
    put = chance.choice([b"", chance.randbytes(count), bytes([content[at] ^ 1 << chance.randrange(8)])])
    cut = 1 if len(put) == 1 else chance.choice([0, count])
    content = content[:at] + put + content[at + cut :]
    name, whole = stored("" if form == "members" else form, [content])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.warc.gz" if form == "members" else name)
        path.write_bytes(whole)
        found, parts = read_file(path), read_file(path, chance.randrange(100, 3000))
    assert (found.rows, found.errors, found.skipped) == (parts.rows, parts.errors, parts.skipped)
    begins = [sum(map(len, pieces[:number])) for number in range(11)]
    untouched = {n for n in range(10) if begins[n] >= at + max(cut, 1) or begins[n + 1] <= at}
    assert untouched <= {int(number) for text in found.texts for number in re.findall(r"number (\d+)\.", text)}
