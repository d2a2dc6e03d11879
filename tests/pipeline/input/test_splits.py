"""Files to splits: the cutting depends on the input alone, and nothing is lost or read twice."""

import bz2
import gzip
import json
import pickle
import random
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.files import storage
from textmill.pipeline.input import splits
from textmill.pipeline.input.compression import EXPANSION
from textmill.pipeline.input.inputs import InputFile, InputOptions, find_inputs
from textmill.pipeline.input.readers import read_split
from textmill.pipeline.input.splits import Part, Split, cut_splits, weigh_files

from .reading import warc_record


def cut(folder: Path, split_bytes: int | None) -> list[Split]:
    return cut_splits(find_inputs([str(folder)]), InputOptions(split_bytes=split_bytes))


def test_small_files_are_packed_in_order_and_big_ones_cut(tmp_path: Path) -> None:
    root = tmp_path / "crawl"
    root.mkdir()
    for index in range(6):
        (root / f"{index}.txt").write_bytes(b"x" * 400)
    (root / "3.big.jsonl").write_bytes(b"{}\n" * 1000)
    (root / "whole.txt").write_bytes(b"x" * 5000)
    found = cut(root, 1000)
    assert [split.number for split in found] == list(range(len(found)))
    laid = [[(part.source.removeprefix("crawl/"), part.start, part.stop) for part in split.parts] for split in found]
    assert laid == [
        [("0.txt", 0, None), ("1.txt", 0, None)],
        [("2.txt", 0, None)],
        [("3.big.jsonl", 0, 1000)],
        [("3.big.jsonl", 1000, 2000)],
        [("3.big.jsonl", 2000, None)],
        [("3.txt", 0, None), ("4.txt", 0, None)],
        [("5.txt", 0, None)],
        [("whole.txt", 0, None)],
    ]
    assert pickle.loads(pickle.dumps(found)) == found


def test_parquet_is_cut_by_row_groups(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    generator = random.Random(5)
    table = pa.table({"text": ["".join(generator.choices("abcdefgh", k=300)) for _ in range(100)]})
    pq.write_table(table, tmp_path / "p" / "a.parquet", row_group_size=10, compression="none", use_dictionary=False)
    parts = [split.parts[0] for split in cut(tmp_path / "p", 8500)]
    assert [(part.start, part.stop) for part in parts] == [(0, 2), (2, 4), (4, 6), (6, 8), (8, None)]


def test_the_parts_of_a_file_are_even(tmp_path: Path) -> None:
    (tmp_path / "even").mkdir()
    (tmp_path / "even" / "a.jsonl").write_bytes(b'{"text": "words"}\n' * 100)
    starts = [split.parts[0].start for split in cut(tmp_path / "even", 850)]  # two of 850 bytes would leave 100
    assert starts == [0, 600, 1200]


def test_a_compressed_stream_has_a_bounded_number_of_parts(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.jsonl.gz").write_bytes(gzip.compress(random.Random(1).randbytes(100_000)))
    (tmp_path / "s" / "a.jsonl.gz").write_bytes(
        gzip.compress(json.dumps({"text": random.Random(1).randbytes(50_000).hex()}).encode() + b"\n")
    )
    found = cut(tmp_path / "s", 100)
    assert len(found) == splits.MOST_PARTS_OF_A_STREAM
    assert found[-1].parts[0].stop is None


def test_default_split_size_depends_on_the_input_only(tmp_path: Path) -> None:
    files = [InputFile(f"{tmp_path}/{index}", f"l/{index}", 10_000_000) for index in range(20)]
    for file in files:
        Path(file.path).write_text("text")
    found = cut_splits(files, InputOptions())
    assert len(found) == 20  # 200 MB / 256 is less than the smallest split, 8 MB
    bigger = [replace(file, size=1_500_000_000) for file in files]
    assert all(split.bytes >= 64_000_000 for split in cut_splits(bigger, InputOptions()))
    assert splits._default_split_bytes(256 * 10_000_000) == 10_000_000


def write_any(folder: Path, number: int, kind: str, records: int) -> None:
    texts = [f"Record {index} of file {number}. " + "words " * (index * 31 % 60) for index in range(records)]
    lines = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)
    pages = [warc_record("conversion", {"Content-Type": "text/plain"}, text.encode()) for text in texts]
    name = f"{number:02}"
    if kind == "parquet":
        pq.write_table(pa.table({"text": pa.array(texts, pa.string())}), folder / f"{name}.parquet", row_group_size=3)
        return
    content = {
        "jsonl": lines,
        "jsonl.gz": gzip.compress(lines, mtime=0),
        "jsonl.zst": zstandard.compress(lines),
        "warc": b"".join(pages),
        "warc.gz": b"".join(gzip.compress(page, mtime=0) for page in pages),
        "txt": " ".join(texts).encode(),
        "html": b"<p>" + " ".join(texts).encode(),
    }[kind]
    (folder / f"{name}.{kind}").write_bytes(content)


def read_all(found: list[Split]) -> list[Any]:
    options = InputOptions()
    return [row for split in found for read in read_split(split, options) for row in read.batch.to_pylist()]


KINDS = ("jsonl", "jsonl.gz", "jsonl.zst", "warc", "warc.gz", "parquet", "txt", "html")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 30)), min_size=1, max_size=8), st.integers(1, 20_000))
@settings(max_examples=60)
def test_parts_tile_each_file_and_any_cutting_reads_the_same(files: list[tuple[str, int]], split_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "in")
        folder.mkdir()
        for number, (kind, records) in enumerate(files):
            write_any(folder, number, kind, records)
        found = cut(folder, split_bytes)
        assert [split.number for split in found] == list(range(len(found)))
        parts: dict[str, list[Part]] = {}
        for split in found:
            assert split.parts
            for part in split.parts:
                parts.setdefault(part.source, []).append(part)
        assert list(parts) == [file.source for file in find_inputs([str(folder)])]
        for pieces in parts.values():
            assert pieces[0].start == 0
            assert pieces[-1].stop is None
            assert all(first.stop == second.start for first, second in pairwise(pieces))
            assert len({piece.start for piece in pieces}) == len(pieces)
        expected = sum(1 if kind in ("txt", "html") else records for kind, records in files)
        rows = read_all(found)
        assert rows == read_all(cut(folder, 10**9))
        assert len(rows) == len({row["doc_id"] for row in rows}) == expected
        assert cut(folder, split_bytes) == found


def test_small_files_do_not_each_cost_a_split(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(300):
        (tmp_path / "in" / f"{number:03}.txt").write_text("a short file\n")
    (split,) = cut(tmp_path / "in", None)
    assert len(split.parts) == 300


def test_a_file_that_cannot_be_opened_is_still_a_part(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "lost.jsonl").symlink_to(tmp_path / "nowhere")
    ((part,),) = [split.parts for split in cut(tmp_path / "in", 10)]
    assert (part.source, part.format.name, part.start, part.stop) == ("in/lost.jsonl", "unsupported", 0, None)


def test_remote_files_are_cut_like_local_ones(tmp_path: Path) -> None:
    root = tmp_path / "crawl"
    root.mkdir()
    for index in range(100):
        (root / f"{index:03d}.jsonl").write_bytes(b'{"text": "a"}\n' * (index * 10))
        (root / f"{index:03d}.warc.gz").write_bytes(
            gzip.compress(warc_record("response", {}, bytes(index)), mtime=0) * index
        )
    expected = cut(root, 3000)
    for path in root.iterdir():
        with storage.write_atomically(f"memory://{path}") as sink:
            sink.write(path.read_bytes())
    remote = cut_splits(find_inputs([f"memory://{root}"]), InputOptions(split_bytes=3000))

    def laid(found: list[Split]) -> list[Any]:
        return [[(part.source, part.format, part.start, part.stop) for part in split.parts] for split in found]

    assert len(expected) > 50
    assert laid(remote) == laid(expected)


def test_files_that_fill_a_split_exactly_share_it(tmp_path: Path) -> None:
    root = tmp_path / "in"
    root.mkdir()
    for index, size in enumerate((600, 400, 999, 1, 1, 1000)):
        (root / f"{index}.txt").write_bytes(b"x" * size)
    found = cut(root, 1000)
    assert [[part.source for part in split.parts] for split in found] == [
        ["in/0.txt", "in/1.txt"],
        ["in/2.txt", "in/3.txt"],
        ["in/4.txt"],
        ["in/5.txt"],
    ]
    assert [split.bytes for split in found] == [1000, 1000, 1, 1000]


def test_how_much_work_a_split_is(tmp_path: Path) -> None:
    root = tmp_path / "in"
    root.mkdir()
    (root / "a.jsonl").write_bytes(b'{"text": "a"}\n' * 100)
    content = gzip.compress(random.Random(1).randbytes(1000).hex().encode(), mtime=0)
    (root / "b.jsonl.gz").write_bytes(content)
    files = find_inputs([str(root)])
    plain, packed = weigh_files(files)
    assert plain == 1400
    assert packed == round(len(content) * EXPANSION["gz"])
    assert EXPANSION["gz"] > 1
    assert [split.bytes for split in cut(root, 700)][:2] == [700, 700]
    (whole,) = cut(root, 10**6)
    assert whole.bytes == plain + packed


def test_a_file_is_cut_only_when_it_is_larger_than_a_split(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.jsonl"
    path.write_bytes(b"{}\n" * 500)
    assert [(part.start, part.stop) for split in cut(tmp_path / "in", 1500) for part in split.parts] == [(0, None)]
    parts = [(part.start, part.stop) for split in cut(tmp_path / "in", 1499) for part in split.parts]
    assert parts == [(0, 750), (750, None)]


def test_row_groups_fill_a_part_exactly(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.parquet"
    texts = [f"{number:05d}" * 20 for number in range(60)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=10, compression="none", use_dictionary=False)
    sizes = {pq.read_metadata(path).row_group(index).total_byte_size for index in range(6)}
    (size,) = sizes
    starts = [split.parts[0].start for split in cut(tmp_path / "in", 2 * size)]
    assert starts == [0, 2, 4]
    assert [split.parts[0].start for split in cut(tmp_path / "in", 2 * size - 1)] == [0, 1, 2, 3, 4, 5]
    assert [split.parts[0].start for split in cut(tmp_path / "in", 3 * size)] == [0, 3]
    assert [split.parts[0].start for split in cut(tmp_path / "in", 4 * size)] == [0, 4]


def test_a_parquet_file_that_cannot_be_read_is_one_part(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.parquet").write_bytes(b"PAR1" + bytes(5000) + b"PAR1")
    ((part,),) = [split.parts for split in cut(tmp_path / "in", 100)]
    assert (part.format.name, part.start, part.stop) == ("parquet", 0, None)


def test_a_crawl_is_cut_where_records_begin(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    generator = random.Random(2)
    members = [gzip.compress(warc_record("conversion", {}, generator.randbytes(900)), mtime=0) for _ in range(40)]
    begins = {sum(map(len, members[:number])) for number in range(40)}
    (tmp_path / "in" / "a.warc.gz").write_bytes(b"".join(members))
    size = sum(map(len, members))
    weight = round(size * EXPANSION["gz"])
    starts = [split.parts[0].start for split in cut(tmp_path / "in", weight // 10 + 1)]
    assert starts[0] == 0
    assert len(starts) == 10
    assert set(starts) <= begins
    widths = [second - first for first, second in pairwise([*starts, size])]
    assert max(widths) < 2 * size / 10
    few = [split.parts[0].start for split in cut(tmp_path / "in", 10)]  # more parts than records
    assert few == sorted(begins)


def test_a_crawl_that_is_not_compressed_is_cut_evenly(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    content = warc_record("conversion", {}, bytes(900)) * 10
    (tmp_path / "in" / "a.warc").write_bytes(content)
    parts = [(split.parts[0].start, split.parts[0].stop) for split in cut(tmp_path / "in", len(content) - 1)]
    assert parts == [(0, len(content) // 2), (len(content) // 2, None)]


def test_a_crawl_in_one_stream_is_one_part(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    records = [warc_record("conversion", {}, random.Random(number).randbytes(900)) for number in range(40)]
    (tmp_path / "in" / "a.warc.gz").write_bytes(gzip.compress(b"".join(records), mtime=0))
    ((part,),) = [split.parts for split in cut(tmp_path / "in", 1000)]
    assert (part.start, part.stop) == (0, None)
    (tmp_path / "in" / "a.warc.gz").rename(tmp_path / "in" / "a.txt.gz")
    assert len(cut(tmp_path / "in", 1000)) == 1  # a text is one document


def test_the_size_of_splits_by_default() -> None:
    assert splits._default_split_bytes(0) == 8_000_000
    assert splits._default_split_bytes(256 * 8_000_000 + 256) == 8_000_001
    assert splits._default_split_bytes(256 * 64_000_000) == 64_000_000
    assert splits._default_split_bytes(10**15) == 64_000_000


def bounds(folder: Path, name: str, content: bytes, split_bytes: int, **options: Any) -> list[tuple[int, int | None]]:
    (folder / name).write_bytes(content)
    file = InputFile(str(folder / name), f"in/{name}", len(content), "v1")
    found = cut_splits([file], InputOptions(split_bytes=split_bytes, **options))
    for split in found:
        for part in split.parts:
            assert (part.path, part.source, part.size, part.version) == (file.path, file.source, len(content), "v1")
    return [(part.start, part.stop) for split in found for part in split.parts]


def test_lines_are_cut_where_bad_ones_are_counted(tmp_path: Path) -> None:
    content = b"{}\n" * 1_500_000
    block = splits.BLOCK_BYTES
    assert bounds(tmp_path, "a.jsonl", content, block) == [
        (0, 900_000), (900_000, 1_800_000), (1_800_000, 2_700_000), (2_700_000, 3_600_000), (3_600_000, None)
    ]  # fmt: skip
    assert bounds(tmp_path, "a.jsonl", content, block + 1) == [
        (0, block), (block, 2 * block), (2 * block, 3 * block), (3 * block, None)
    ]  # fmt: skip
    assert bounds(tmp_path, "a.jsonl", content, 2 * block) == [(0, block), (block, 2 * block), (2 * block, None)]


def test_text_is_cut_where_each_line_is_a_document(tmp_path: Path) -> None:
    content = b"a line of text\n" * 100
    assert bounds(tmp_path, "a.txt", content, 500) == [(0, None)]
    assert bounds(tmp_path, "a.txt", content, 500, lines=True) == [(0, 500), (500, 1000), (1000, None)]
    assert bounds(tmp_path, "a.md", content, 500) == [(0, None)]


def test_dumps_of_wikis_are_cut_at_their_streams(tmp_path: Path) -> None:
    head = bz2.compress(b"<mediawiki><siteinfo/>")
    streams = [bz2.compress(random.Random(number).randbytes(500).hex().encode()) for number in range(10)]
    content = head + b"".join(streams)
    begins = [0, *(len(head) + sum(map(len, streams[:number])) for number in range(10))]
    weight = round(len(content) * EXPANSION["bz2"])
    for count in (4, 2):
        parts = bounds(tmp_path, "a.xml.bz2", content, weight // count + 1)
        aims = [len(content) * number // count for number in range(count)]
        starts = [next(begin for begin in begins if begin >= aim) for aim in aims]
        assert [start for start, _ in parts] == starts
    one_stream = bz2.compress(b"<mediawiki><page>" + random.Random(1).randbytes(3000).hex().encode())
    weight = round(len(one_stream) * EXPANSION["bz2"])
    assert bounds(tmp_path, "b.xml.bz2", one_stream, weight // 2 + 1) == [(0, weight // 2), (weight // 2, None)]
    plain = b"<mediawiki>" + b"<page></page>" * 100
    half = len(plain) // 2
    assert bounds(tmp_path, "c.xml", plain, half + 1) == [(0, half), (half, None)]


def test_each_part_of_a_file_is_a_split_with_its_share_of_the_work(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, size in (("a.txt", 10), ("b.jsonl", 1001), ("c.txt", 20), ("d.txt", 30)):
        (tmp_path / "in" / name).write_bytes(b"x" * size)
    found = cut(tmp_path / "in", 400)
    assert [(split.number, split.bytes, len(split.parts)) for split in found] == [
        (0, 10, 1), (1, 333, 1), (2, 333, 1), (3, 333, 1), (4, 50, 2)
    ]  # fmt: skip
