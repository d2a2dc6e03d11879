"""Compressions are told by how a file begins, and read layer by layer."""

import bz2
import gzip
import io
import lzma

import lz4.frame
import pytest
import zstandard

from textmill.pipeline.input.compression import decompress, detect_compression, expansion

TEXT = b"The mill at the river. " * 40
FRAME = b"\x50\x2a\x4d\x18"
"""Begins a frame that Zstandard and LZ4 pass over; its length follows."""


@pytest.mark.parametrize(
    ("head", "compression"),
    [
        (gzip.compress(TEXT), "gz"),
        (zstandard.compress(TEXT), "zst"),
        (bz2.compress(TEXT), "bz2"),
        (lzma.compress(TEXT), "xz"),
        (lzma.compress(TEXT, lzma.FORMAT_ALONE), "xz"),
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
def test_a_compression_is_told_by_how_it_begins(head: bytes, compression: str | None) -> None:
    assert detect_compression(head) == compression


@pytest.mark.parametrize(
    ("content", "layers"),
    [
        (TEXT, None),
        (gzip.compress(TEXT), "gz"),
        (zstandard.compress(gzip.compress(TEXT)), "zst+gz"),
        (gzip.compress(TEXT[:99]) + bytes(512) + gzip.compress(TEXT[99:]), "gz"),
        (FRAME + b"\x03\0\0\0abc" + zstandard.compress(TEXT[:99]) + zstandard.compress(TEXT[99:]), "zst"),
        (gzip.compress(TEXT.decode().encode("utf-16-le")), "gz+utf-16-le"),
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
