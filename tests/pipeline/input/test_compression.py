"""Compressions are told by how a file begins, and read layer by layer."""

import bz2
import gzip
import io
import lzma
import random

import lz4.frame
import pytest
import zstandard

from textmill.pipeline.input import compression
from textmill.pipeline.input.compression import decompress, detect_compression, expansion
from textmill.pipeline.input.decompressors import Allowance, DecompressionError

TEXT = b"The mill at the river. " * 40
FRAME = b"\x50\x2a\x4d\x18"
"""Begins a frame that Zstandard and LZ4 pass over; its length follows."""


def gzipped(content: bytes) -> bytes:
    """Without the time, which would be in the names of tests."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (gzipped(TEXT), "gz"),
        (zstandard.compress(TEXT), "zst"),
        (bz2.compress(TEXT), "bz2"),
        (lzma.compress(TEXT), "xz"),
        (lzma.compress(TEXT, lzma.FORMAT_ALONE), "xz"),
        (lzma.compress(TEXT, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 4096}]), "xz"),
        (lz4.frame.compress(TEXT), "lz4"),
        (FRAME + b"\x03\0\0\0abc" + lz4.frame.compress(TEXT), "lz4"),
        (FRAME + b"\x03\0\0\0abc" + FRAME + bytes(4) + zstandard.compress(TEXT), "zst"),
        (FRAME + bytes(4), "zst"),
        (FRAME + b"\xff\xff\0\0abc", "zst"),
        (FRAME, "zst"),
        (b"]\0\0 is no LZMA file", None),
        (b"BZh is no bzip2 file", None),
        (TEXT, None),
        (b"", None),
    ],
)
def test_a_compression_is_told_by_how_it_begins(head: bytes, name: str | None) -> None:
    assert detect_compression(head) == name


@pytest.mark.parametrize(
    ("content", "layers"),
    [
        (TEXT, None),
        (gzipped(TEXT), "gz"),
        (zstandard.compress(gzipped(TEXT)), "zst+gz"),
        (gzipped(TEXT[:99]) + bytes(512) + gzipped(TEXT[99:]), "gz"),
        (FRAME + b"\x03\0\0\0abc" + zstandard.compress(TEXT[:99]) + zstandard.compress(TEXT[99:]), "zst"),
        (gzipped(TEXT.decode().encode("utf-16-le")), "gz+utf-16-le"),
    ],
)
def test_streams_one_after_the_other_and_one_in_the_other_are_read(content: bytes, layers: str | None) -> None:
    assert decompress(io.BytesIO(content), layers).read() == TEXT


@pytest.mark.parametrize("window_log", [20, 28])
def test_a_window_of_256_megabytes_is_read(window_log: int) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=window_log)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = stream.compress(TEXT) + stream.flush()
    assert zstandard.get_frame_parameters(content).window_size == 1 << window_log
    assert decompress(io.BytesIO(content), "zst").read() == TEXT


def test_layers_grow_a_file_by_their_product() -> None:
    assert expansion(None) == 1
    assert expansion("zst+gz") == expansion("zst") * expansion("gz") > expansion("gz") > 1


def compressed(name: str, text: bytes) -> bytes:
    pack = {
        "gz": gzip.compress,
        "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "lz4": lz4.frame.compress,
    }[name]
    return bytes(pack(text))


@pytest.mark.parametrize("name", ["gz", "zst", "bz2", "xz", "lz4"])
def test_behind_damage_the_next_stream_is_read(name: str) -> None:
    """What looks like the beginning of a gzip stream, and is none, is passed over on the way."""
    broken = bytearray(compressed(name, TEXT + random.Random(1).randbytes(3000)))
    broken[60:400] = b"\x00\x1f\x8b\x08\x00 no stream" * 20 + b"x" * 80
    stream = decompress(io.BytesIO(bytes(broken) + compressed(name, b"good")), name)
    found, errors = b"", []
    while True:
        try:
            if not (piece := stream.read1(1000)):  # type: ignore[attr-defined]
                break
            found += piece
        except DecompressionError as error:
            errors.append(error.error)
    assert found.endswith(b"good")
    assert errors == ["corrupt"]


@pytest.mark.parametrize("at", [-8, -1])
def test_all_that_stands_before_a_wrong_checksum_or_length_is_read(at: int) -> None:
    content = bytearray(compressed("gz", b"one line\nanother line\n"))
    content[at] ^= 1
    stream = decompress(io.BytesIO(bytes(content)), "gz")
    assert stream.read1(1000) == b"one line\nanother line\n"  # type: ignore[attr-defined]
    with pytest.raises(DecompressionError, match="check"):
        stream.read1(1000)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["gz", "zst", "bz2", "xz", "lz4"])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_file_cut_in_the_first_bytes_of_a_stream_is_truncated(name: str, left: int) -> None:
    stream = decompress(io.BytesIO(compressed(name, TEXT) + compressed(name, TEXT)[:left]), name)
    with pytest.raises(DecompressionError) as caught:
        stream.read()
    assert caught.value.error == "truncated"


@pytest.mark.parametrize("chunk", [1, 16, 1000])
def test_a_dictionary_in_the_file_is_read_whole_however_much_is_read_at_once(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "CHUNK_BYTES", chunk)
    words = zstandard.ZstdCompressionDict(TEXT, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    record = zstandard.ZstdCompressor(dict_data=words).compress(TEXT[:300] + b"end")
    held = b"\x5d\x2a\x4d\x18" + len(TEXT).to_bytes(4, "little") + TEXT
    assert decompress(io.BytesIO(held + record), "zst").read() == TEXT[:300] + b"end"
    assert len(record) < 60  # its words are those of the dictionary


def test_an_allowance_ends_with_that_around_it() -> None:
    around = Allowance(100)
    first, second = Allowance(60, around), Allowance(60, around)
    assert [around.take(10), first.take(50), second.take(40)] == [True, True, True]
    assert [second.take(1), first.take(1), around.take(0)] == [False, False, False]
    alone = Allowance(5)
    assert [alone.take(5), alone.take(1)] == [True, False]


def test_what_is_unpacked_is_taken_from_an_allowance() -> None:
    allowance = Allowance(len(TEXT))
    assert decompress(io.BytesIO(gzip.compress(TEXT)), "gz", allowance).read() == TEXT
    assert allowance.left == 0
    with pytest.raises(DecompressionError, match="unpacks to far more"):
        decompress(io.BytesIO(gzip.compress(TEXT)), "gz", allowance).read()
