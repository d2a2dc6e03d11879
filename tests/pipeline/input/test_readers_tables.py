"""Tables as people really store them: odd values, odd files, JSON arrays, CSV, Arrow, floods of rows without a text."""

import datetime
import gzip
import io
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from textmill.filters.base.batch import document_id
from textmill.pipeline.input.formats import detect_format
from textmill.pipeline.input.inputs import InputOptions, find_inputs
from textmill.pipeline.input.readers.tables import json_array, parquet
from textmill.pipeline.input.readers.tables.columns import unique_names

from .reading import Found, read_file

TEXT = "The committee met on Tuesday to talk about the new library."


def read(folder: Path, name: str, content: bytes, split_bytes: int | None = None, **options: Any) -> Found:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return read_file(path, split_bytes, **options)


def parquet_of(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def arrow_of(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def metadata(found: Found) -> list[Any]:
    return [row["metadata"] and json.loads(row["metadata"]) for row in found.rows]


class TestParquet:
    def test_values_that_python_has_not_cost_no_row(self, tmp_path: Path) -> None:
        far = 2**61
        columns = {
            "text": pa.array([TEXT] * 4),
            "seen": pa.array([0, far, None, 5], pa.timestamp("us")),
            "zone": pa.array([0, 1, None, 2], pa.timestamp("s", tz="Foo/Bar")),
            "day": pa.array([0, 2**31 - 1, None, 3], pa.date32()),
            "nested": pa.array([{"at": 0, "n": 1}, {"at": far, "n": 2}, None, {"at": 5, "n": 3}],
                               pa.struct([("at", pa.timestamp("us")), ("n", pa.int64())])),
            "big": pa.array([2**64 - 1, 0, None, 1], pa.uint64()),
            "number": pa.array([float("nan"), float("inf"), None, 1.5]),
        }  # fmt: skip
        found = read(tmp_path, "a.parquet", parquet_of(pa.table(columns)))
        assert (found.texts, found.errors) == ([TEXT] * 4, [])
        first, second, third, fourth = metadata(found)
        assert first["seen"].startswith("1970-01-01")
        assert first["big"] == 2**64 - 1
        assert (first["number"], second["number"], fourth["number"]) == (None, None, 1.5)
        assert second["unreadable_values"] == 5
        assert second["nested"]["n"] == 2
        assert first["zone"] == "1970-01-01 00:00:00 UTC (Foo/Bar)"
        assert third["zone"] is None
        assert "unreadable_values" not in json.loads(read(tmp_path, "b.parquet", parquet_of(pa.table({
            "text": [TEXT], "day": [datetime.date(2020, 1, 2)]}))).rows[0]["metadata"])  # fmt: skip

    def test_kind_and_url_of_other_types_are_metadata(self, tmp_path: Path) -> None:
        table = pa.table({"text": [TEXT] * 2, "kind": ["forum", "book"], "url": [7, 8]})
        found = read(tmp_path, "a.parquet", parquet_of(table))
        assert [(row["kind"], row["url"]) for row in found.rows] == [("web", None), ("book", None)]
        assert metadata(found) == [{"kind": "forum", "url": 7}, {"url": 8}]

    def test_nested_text(self, tmp_path: Path) -> None:
        content = parquet_of(pa.table({"doc": [{"text": TEXT, "n": 1}], "id": [4]}))
        found = read(tmp_path, "a.parquet", content, text_field="doc.text")
        assert (found.texts, metadata(found)) == ([TEXT], [{"doc": {"n": 1}, "id": 4}])
        assert read(tmp_path, "a.parquet", content).errors == [(0, "missing_text")]
        literal = parquet_of(pa.table({"doc.text": [TEXT], "doc": [{"text": "other"}]}))
        assert read(tmp_path, "b.parquet", literal, text_field="doc.text").texts == [TEXT]

    def test_folders_that_are_columns(self, tmp_path: Path) -> None:
        content = parquet_of(pa.table({"text": [TEXT]}))
        path = tmp_path / "a.parquet"
        path.write_bytes(content)
        found = read_file(path, source="in/lang=en/year=__HIVE_DEFAULT_PARTITION__/of=a%20b/a.parquet")
        assert metadata(found) == [{"lang": "en", "of": "a b", "year": None}]

    def test_what_spark_leaves_beside_its_files_is_passed_over(self, tmp_path: Path) -> None:
        for name in (
            "_SUCCESS",
            "_metadata",
            "_common_metadata",
            ".part-0.parquet.crc",
            "part-0.parquet",
            "_posts/a.md",
        ):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
        assert [file.source for file in find_inputs([f"in={tmp_path}"])] == ["in/_posts/a.md", "in/part-0.parquet"]

    def test_a_pointer_is_told(self, tmp_path: Path) -> None:
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
        (row,) = read(tmp_path, "a.parquet", pointer).quarantined
        assert (row.error, "git lfs pull" in row.detail) == ("unsupported", True)

    def test_a_dictionary_that_explodes_is_told_and_not_read_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parquet, "BOMB_BYTES", 1_000_000)
        texts = pa.DictionaryArray.from_arrays(pa.array([0] * 500, pa.int32()), pa.array(["word " * 20_000]))
        found = read(tmp_path, "a.parquet", parquet_of(pa.table({"text": texts}), compression="zstd"))
        assert (found.rows, found.errors) == ([], [(0, "too_large")])
        assert "500 rows lost" in found.quarantined[0].detail
        inner = pa.ListArray.from_arrays(pa.array([0, 500], pa.int32()), texts)
        rows = pa.table({"text": ["a", "b"], "tags": pa.chunked_array([inner, pa.array([None], inner.type)])})
        found = read(tmp_path, "c.parquet", parquet_of(rows, row_group_size=1, compression="zstd"))
        assert (found.texts, found.errors) == (["a", "b"], [])
        assert metadata(found) == [{"unreadable_values": 1}, {"tags": None}]
        few = pa.DictionaryArray.from_arrays(pa.array([0, None] * 50, pa.int32()), pa.array(["yes"]))
        found = read(tmp_path, "b.parquet", parquet_of(pa.table({"text": few})))
        assert (found.texts, len(found.errors)) == (["yes"] * 50, 50)

    def test_metadata_that_cannot_be_read_costs_no_text(self, tmp_path: Path) -> None:
        rows = {
            "text": [f"{TEXT} {number}" for number in range(90)],
            "note": [f"note {number}" for number in range(90)],
        }
        content = bytearray(parquet_of(pa.table(rows), row_group_size=30, use_dictionary=False, compression="gzip"))
        column = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(1).column(1)
        middle = column.data_page_offset + column.total_compressed_size // 2
        content[middle : middle + 20] = bytes(20)
        found = read(tmp_path, "a.parquet", bytes(content), batch_documents=7)
        assert (found.texts, found.errors) == (rows["text"], [])
        told = metadata(found)
        assert all("note" in row for row in told[:30] + told[60:])
        assert any(row == {"unreadable_values": 1} for row in told[30:60])

    def test_a_compressed_file(self, tmp_path: Path) -> None:
        content = gzip.compress(parquet_of(pa.table({"text": ["a", "b", "c"]}), row_group_size=1))
        for split_bytes in (None, 10):
            assert read(tmp_path, "a.parquet.gz", content, split_bytes).texts == ["a", "b", "c"]
        (row,) = read(tmp_path, "a.parquet.gz", content[:-30]).quarantined
        assert row.error == "truncated"

    def test_odd_values_anywhere_in_a_row_and_columns_of_one_name(self, tmp_path: Path) -> None:
        bad = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xe9")])
        far = pa.array([2**61], pa.timestamp("us"))
        table = pa.Table.from_arrays(
            [
                pa.array(["first"]),
                pa.array(["second"]),
                pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "UTC")),
                pa.array([5], pa.duration("ns")),
                pa.MapArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["at"]), far),
                pa.StructArray.from_arrays([bad, pa.array([7])], ["x", "y"]),
                pa.array([b"http://a"]),
            ],
            ["text", "text", "fine", "took", "map", "struct", "url"],
        )
        (row,) = read(tmp_path, "a.arrow", arrow_of(table)).rows
        assert (row["text"], row["url"]) == ("first", "http://a")
        told = json.loads(row["metadata"])
        assert told["text_2"] == "second"
        assert (told["fine"], told["took"]) == ("2023-11-14T22:13:20.123456789+00:00", "5 ns")
        assert told["struct"] == {"x": "a\ufffd", "y": 7}
        assert told["map"][0][0] == "at"
        assert told["unreadable_values"] == 2

    def test_rows_without_a_text_do_not_become_as_many(self, tmp_path: Path) -> None:
        table = pa.table({"text": pa.array([None] * 100_000 + [TEXT], pa.string())})
        found = read(tmp_path, "a.parquet", parquet_of(table))
        assert found.texts == [TEXT]
        assert len(found.errors) <= 300
        assert {error for _, error in found.errors} == {"missing_text"}


class TestJson:
    def test_values_that_json_has_not(self, tmp_path: Path) -> None:
        lines = b'{"text": "a", "id": 123456789012345678901234567890}\n'
        lines += b'{"text": "b", "x": [NaN, -Infinity, 1.5], "text2": 1}\n'
        found = read(tmp_path, "a.jsonl", lines)
        assert metadata(found) == [
            {"id": 123456789012345678901234567890},
            {"x": [None, None, 1.5], "text2": 1, "unreadable_values": 2},
        ]

    def test_addresses_and_kinds_of_other_types(self, tmp_path: Path) -> None:
        lines = b'{"text": "a", "kind": "forum", "url": ["x"]}\n{"text": "b", "kind": 3, "url": null}\n'
        found = read(tmp_path, "a.jsonl", lines)
        assert [(row["kind"], row["url"]) for row in found.rows] == [("web", None)] * 2
        assert metadata(found) == [{"kind": "forum", "url": ["x"]}, {"kind": 3}]

    def test_nested_text_and_what_is_told_where_it_is_not_named(self, tmp_path: Path) -> None:
        line = b'{"doc": {"body": {"text": "deep"}, "n": 1}}\n{"doc": {"text": "x"}}\n'
        found = read(tmp_path, "a.jsonl", line, text_field="doc.body.text")
        assert (found.texts, metadata(found)) == (["deep"], [{"doc": {"n": 1}}])
        assert "--text-field doc.text" in read(tmp_path, "a.jsonl", line).quarantined[1].detail

    def test_html_in_a_field(self, tmp_path: Path) -> None:
        page = f"<html><body><nav>Home</nav><article><p>{TEXT}</p></article></body></html>"
        found = read(tmp_path, "a.jsonl", json.dumps({"html": page, "text": "other"}).encode(), html_field="html")
        assert [text.strip() for text in found.texts] == [TEXT]
        assert metadata(found)[0]["text"] == "other"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_lines_in_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        lines = "".join(json.dumps({"text": f"Größe {n}"}, ensure_ascii=False) + "\r\n" for n in range(300))
        for split_bytes in (None, 1000):
            found = read(tmp_path, "a.jsonl", lines.encode(encoding), split_bytes)
            assert (found.texts, found.errors) == ([f"Größe {n}" for n in range(300)], [])

    @pytest.mark.parametrize("compress", [False, True])
    @given(st.lists(st.text(max_size=30), max_size=20), st.sampled_from([None, 1, 4]))
    @settings(max_examples=40, deadline=None)
    def test_arrays(self, compress: bool, texts: list[str], indent: int | None) -> None:
        values = [{"text": text, "n": [{"deep": "]}"}]} for text in texts]
        for whole in (values, {"data": values, "n": {"x": [1]}}):
            if not values:
                continue
            content = json.dumps(whole, indent=indent).encode()
            with tempfile.TemporaryDirectory() as folder:
                name = "a.json.gz" if compress else "a.json"
                found = read(Path(folder), name, gzip.compress(content) if compress else content)
            assert (found.texts, found.errors) == (texts, [])

    def test_arrays_that_are_none_or_break_off(self, tmp_path: Path) -> None:
        for content, texts, errors in (
            (b"[1, 2, 3]", [], [(0, "not_an_object")]),
            (b"[]", [], [(0, "not_an_object")]),
            (b'[{"text": "a"}, {"text": "b', ["a"], [(16, "truncated")]),
            (b'[{"text": "a"}, {"no": 1}, {"text": "c"}]', ["a", "c"], [(16, "missing_text")]),
            (b'[{"text": "a"}, {"text": oops}, {"text": "c"}]', ["a", "c"], [(16, "invalid_json")]),
        ):
            found = read(tmp_path, "a.json", content)
            assert (found.texts, found.errors) == (texts, errors)
        long = b'[{"text": "a"}, {"text": "' + b"x" * 3_000_000 + b'"}]'
        long = long[:-1] + b', {"text": "c"}]'
        found = read(tmp_path, "a.json", long, max_document_bytes=1_000_000)
        assert (found.texts, [error for _, error in found.errors]) == (["a", "c"], ["too_large"])

    def test_what_else_stands_in_and_beside_arrays(self, tmp_path: Path) -> None:
        found = read(tmp_path, "a.json", b'[{"text": "a"}, "http://b", 5, {"text": "c"}, [6]]')
        assert (found.texts, found.errors) == (["a", "c"], [(0, "not_an_object")])
        assert "3 elements are no objects" in found.quarantined[0].detail
        (row,) = read(tmp_path, "b.json", b'["http://a", "http://b"]').quarantined
        assert (row.error, "2 elements" in row.detail) == ("not_an_object", True)
        assert read(tmp_path, "c.json", b'[{"text": "a"}]\n[{"text": "b"}]').texts == ["a", "b"]
        wrapped = {"version": "1", "columns": [{"name": "text"}], "data": [{"text": "a"}, {"text": "b"}], "next": None}
        found = read(tmp_path, "d.json", json.dumps(wrapped, indent=2).encode())
        assert (found.texts, found.errors) == (["a", "b"], [])
        assert found.skipped == {"object without text beside the array that has it": 1}
        settings = json.dumps({"name": "x", "people": [{"name": "y"}]}, indent=2)
        (row,) = read(tmp_path, "e.json", settings.encode()).rows
        assert (row["text"], row["kind"]) == (settings, "code")
        assert read(tmp_path, "f.jsonl", json.dumps([{"text": "a"}, {"text": "b"}], indent=1).encode()).texts == [
            "a",
            "b",
        ]
        assert read(tmp_path, "g", b'[{"text": "a"}]').texts == ["a"]
        line = json.dumps({"items": [{"text": "inner"}], "text": "outer" + "x" * 5000}).encode() + b"\n"
        assert read(tmp_path, "i.json", line * 2).texts == ["outer" + "x" * 5000] * 2
        lines = b'[{"text": "a"}]\n[{"text": "b"}]\n'
        assert [error for _, error in read(tmp_path, "h.jsonl", lines).errors] == ["not_an_object"] * 2

    @given(st.lists(st.text(max_size=30), max_size=8), st.integers(1, 40), st.booleans())
    @settings(max_examples=60)
    def test_arrays_read_in_pieces_of_any_size(self, texts: list[str], chunk: int, ascii_only: bool) -> None:
        values = [{"n": [{"deep": '"]}\\'}], "text": text} for text in texts]
        content = json.dumps(values, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_array, "CHUNK_BYTES", chunk)
            found = read(Path(folder), "a.json", content)
        assert found.texts == texts
        assert found.errors == ([] if texts else [(0, "not_an_object")])

    @given(
        st.lists(
            st.recursive(
                st.integers() | st.text(max_size=3),
                lambda one: st.lists(one) | st.dictionaries(st.text(max_size=2), one),
            )
        ),
        st.integers(1, 40),
        st.booleans(),
    )
    @settings(max_examples=60)
    def test_whatever_is_nested_in_elements(self, nested: list[object], chunk: int, is_wrapped: bool) -> None:
        values = [{"n": value, "text": f"text {number}"} for number, value in enumerate(nested)]
        content = json.dumps(
            {"m": [nested], "data": values, "n": nested[:1]} if is_wrapped else values, separators=(",", ":")
        )
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_array, "CHUNK_BYTES", chunk)
            found = read(Path(folder), "a.json", content.encode())
        if values:
            assert found.texts == [f"text {number}" for number in range(len(values))]

    @pytest.mark.parametrize("padding", [0, 3_000, 5_000, 300_000, 1_500_000])
    @pytest.mark.parametrize("indent", [None, 1])
    @pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
    def test_a_table_behind_what_says_where_it_comes_from(
        self, tmp_path: Path, padding: int, indent: int | None, name: str
    ) -> None:
        around = {"info": {"licence": ["x" * 990] * (padding // 1000)}, "data": [{"text": "a"}, {"text": "b"}]}
        content = json.dumps(around, indent=indent).encode() + b"\n"
        found = read(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content)
        assert (found.texts, found.errors) == (["a", "b"], [])
        del around["data"]
        content = json.dumps(around, indent=indent).encode()
        found = read(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content)
        if indent:
            assert found.texts == [content.decode()]
        else:
            assert found.errors == [(0, "missing_text")]

    @pytest.mark.parametrize("padding", [5_000, 300_000, 1_500_000])
    def test_long_lines_in_a_file_called_json_are_lines(self, tmp_path: Path, padding: int) -> None:
        lines = [{"data": [{"text": "no"}], "text": "x" * padding + str(number)} for number in range(5)]
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        path = tmp_path / "a.json"
        path.write_bytes(content)
        assert detect_format(str(path)).name == ("jsonl" if padding < 1 << 20 else "json")
        assert read(tmp_path, "a.json", content).texts == [line["text"] for line in lines]
        assert read(tmp_path, "a.json.gz", gzip.compress(content)).texts == [line["text"] for line in lines]

    def test_brackets_by_the_million(self, tmp_path: Path) -> None:
        deep = b"[" * 3_000_000
        found = read(tmp_path, "a.json", b'[{"text": "a"}, ' + deep)
        assert (found.texts, found.errors) == (["a"], [(0, "not_an_object"), (16 + len(deep), "truncated")])
        closed = deep + b"]" * len(deep)
        found = read(tmp_path, "a.json", b'[{"text": "a"}, ' + closed + b', {"text": "c"}]')
        assert (found.texts, found.errors) == (["a", "c"], [(0, "not_an_object")])

    def test_a_flood_of_bad_lines_is_counted_by_the_megabyte_wherever_the_file_is_cut(self, tmp_path: Path) -> None:
        good = json.dumps({"text": TEXT}).encode() + b"\n"
        content = b"1\n" * 700_000 + b"\n" * 50 + good + b'{"no": 1}\n' * 200_000 + good
        whole = read(tmp_path, "a.jsonl", content)
        assert whole.texts == [TEXT, TEXT]
        assert len(whole.errors) < 600
        counted = [int(row.detail.split()[0]) for row in whole.quarantined if row.error == "no_documents"]
        assert len(whole.errors) - len(counted) + sum(counted) == 900_000
        parts = read(tmp_path, "a.jsonl", content, (1 << 20) + 1)
        assert parts.splits > 2
        assert (parts.rows, parts.errors) == (whole.rows, whole.errors)


class TestArrow:
    TABLE = pa.table({"text": [TEXT, None, "b"], "n": [1, 2, 3]})

    def test_files_streams_and_feather(self, tmp_path: Path) -> None:
        streams: dict[str, io.BytesIO] = {
            name: io.BytesIO() for name in ("a.arrow", "b.arrow", "c.feather", "d.feather")
        }
        with pa.ipc.new_file(streams["a.arrow"], self.TABLE.schema) as writer:
            writer.write_table(self.TABLE, max_chunksize=2)
        with pa.ipc.new_stream(streams["b.arrow"], self.TABLE.schema) as writer:
            writer.write_table(self.TABLE, max_chunksize=1)
        feather.write_feather(self.TABLE, streams["c.feather"])
        with warnings.catch_warnings(action="ignore"):  # of the version's end
            feather.write_feather(self.TABLE, streams["d.feather"], version=1)
        streams["g"] = streams["b.arrow"]  # a name says nothing
        for name, stream in streams.items():
            found = read(tmp_path, name, stream.getvalue())
            assert (found.texts, found.errors) == ([TEXT, "b"], [(1, "missing_text")])
            assert metadata(found) == [{"n": 1}, {"n": 3}]
        whole = streams["b.arrow"].getvalue()
        found = read(tmp_path, "e.arrow", whole[: len(whole) - 200])
        assert found.texts[:1] == [TEXT]
        assert found.errors[-1][1] == "corrupt"
        assert read(tmp_path, "f.arrow", gzip.compress(whole)).texts == [TEXT, "b"]

    @pytest.mark.filterwarnings("ignore:Feather V1")
    def test_damage_of_an_old_feather_file_ends_no_process(self, tmp_path: Path) -> None:
        sink = io.BytesIO()
        feather.write_feather(pa.table({"text": ["a", "b"] * 20}), sink, version=1)
        whole = sink.getvalue()
        for at in range(len(whole) - 80, len(whole) - 10, 20):
            found = read(tmp_path, "a.feather", whole[:at] + b"damage" + whole[at:])
            assert found.texts == ["a", "b"] * 20 or [error for _, error in found.errors] == ["corrupt"]

    def test_offsets_that_point_nowhere_end_no_process(self, tmp_path: Path) -> None:
        def of(offset: int) -> pa.Array:
            offsets = pa.py_buffer(b"".join(number.to_bytes(4, "little", signed=True) for number in (0, offset, 2)))
            return pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"ab")])

        fine = pa.array(["a", "b"])
        for bad in (1 << 30, -5):
            found = read(tmp_path, "a.arrow", arrow_of(pa.table({"text": fine, "note": of(bad)})))
            assert (found.texts, found.errors) == (["a", "b"], [])
            assert metadata(found) == [{"unreadable_values": 1}] * 2
            found = read(tmp_path, "b.arrow", arrow_of(pa.table({"text": of(bad), "note": fine})))
            assert (found.texts, found.errors) == ([], [(0, "corrupt")])


class TestSeparated:
    @pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|")])
    def test_rows_are_documents(self, tmp_path: Path, name: str, separator: str) -> None:
        rows = [["id", "text", "url"], ["1", f'"{TEXT}\n\nAnd ""more"" of it{separator}"', "http://a"], ["2", "b", ""]]
        content = "\r\n".join(separator.join(row) for row in rows).encode()
        found = read(tmp_path, name, content)
        assert found.errors == []
        assert found.texts == [f'{TEXT}\n\nAnd "more" of it{separator}', "b"]
        assert found.rows[0]["url"] == "http://a"
        assert metadata(found) == [{"id": "1"}, {"id": "2"}]

    @pytest.mark.parametrize(
        "content",
        [
            b"sep=;\nid;text\n1;a, b\n2;c, d\n",
            b'\xef\xbb\xbf"sep=;"\r\nid;text\r\n1;a, b\r\n2;c, d\r\n',
            b'id,text\r1,"a, b"\r2,"c, d"\r',
        ],
    )
    def test_as_spreadsheets_of_windows_and_old_macs_write(self, tmp_path: Path, content: bytes) -> None:
        found = read(tmp_path, "a.csv", content)
        assert (found.texts, found.errors) == (["a, b", "c, d"], [])
        assert [json.loads(row["metadata"]) for row in found.rows] == [{"id": "1"}, {"id": "2"}]

    def test_other_charsets_and_compression(self, tmp_path: Path) -> None:
        content = "text,n\nСмотритель гавани вёл небольшую книгу,1\n" * 20
        for encoded in (content.encode("cp1251"), content.encode("utf-8-sig"), content.encode("utf-16")):
            found = read(tmp_path, "a.csv.gz", gzip.compress(encoded))
            assert found.texts[0] == "Смотритель гавани вёл небольшую книгу"

    def test_rows_that_do_not_fit_are_told(self, tmp_path: Path) -> None:
        content = b'text,n\na,1\nb\nc,2,3\n\n"' + b"x" * 3000 + b'",4\nd,5\n'
        found = read(tmp_path, "a.csv", content, max_document_bytes=2000)
        assert found.texts == ["a", "d"]
        assert [error for _, error in found.errors] == ["invalid_row", "invalid_row", "too_large"]
        (row,) = read(tmp_path, "b.csv", b"body,n\nx,1\n").quarantined
        assert (row.error, "columns are body, n" in row.detail) == ("missing_text", True)

    @pytest.mark.parametrize(
        ("content", "texts", "errors"),
        [
            (b'text,n\na,1\n"b,2\nc,3\nd,4\n', ["a", '"b', "c", "d"], []),
            (b'n,text\n' + b'1,"a, b"\n' * 60 + b'2,"b\n3,c\n', ["a, b"] * 60, [(547, "invalid_row")]),
            (b'n\ttext\n1\t"Go" he said\n2\tfive" nails\n3\t"Come\n4\tx\n',
             ['"Go" he said', 'five" nails', '"Come', "x"], []),
            (b'n;text\n1;a, b, c\n2;d, e\n', ["a, b, c", "d, e"], []),
            (b'text\na, b\nc\n', ["a, b", "c"], []),
            (b'n,text\n1,"say \\"hi\\", then go"\n', ['say "hi", then go'], []),
            (b'text,n,\na,1,\nb,2,,,\n', ["a", "b"], []),
            (b'text,n\r\n"two\r\nlines",1\r\n', ["two\nlines"], []),
            (b'n, text\n1, "one, two"\n2, "three"\n', ["one, two", "three"], []),
            (b'n,text\n1, "no" he said\n2,"a, b"\n', [' "no" he said', "a, b"], []),
            (b'text,n\na,1\n\xffb\xfe\xff\xfe\xff,2\nc,3\n', ["a", "c"], None),
        ],
    )  # fmt: skip
    def test_how_cells_are_written(
        self, tmp_path: Path, content: bytes, texts: list[str], errors: list[tuple[int, str]] | None
    ) -> None:
        found = read(tmp_path, "a.tsv" if b"\t" in content else "a.csv", content)
        assert [text for text in found.texts if text in texts] == texts
        if errors is not None:
            assert found.errors == errors
            assert len(found.texts) == len(texts)

    def test_a_file_without_a_header(self, tmp_path: Path) -> None:
        found = read(tmp_path, "a.csv", b"1,first\n2,second\n", text_field="column2")
        assert (found.texts, metadata(found)) == (["first", "second"], [{"column1": "1"}, {"column1": "2"}])
        (row,) = read(tmp_path, "a.csv", b"1,first\n2,second\n").quarantined
        assert "without a header they are column1" in row.detail

    def test_a_flood_of_rows_that_do_not_fit_is_counted(self, tmp_path: Path) -> None:
        content = b"n,text\n" + b"1,a,b\n" * 100_000 + b"2,c\n"
        found = read(tmp_path, "a.csv", b"n,text\n" + b"0,x\n" * 200 + content[7:])
        assert found.texts == ["x"] * 200 + ["c"]
        assert len(found.errors) == 101
        assert "99900 more lines" in found.quarantined[-1].detail

    def test_lost_lines_are_told(self, tmp_path: Path) -> None:
        content = (
            b"n,text\n" + b"".join(b'%d,"text %d"\n' % (n, n) for n in range(300)) + b'300,"open\n' + b"1,a\n" * 50
        )
        found = read(tmp_path, "a.csv", content)
        assert len(found.texts) == 300
        assert "51 lines to the end of the file are lost" in found.quarantined[0].detail


def test_a_document_in_each_line(tmp_path: Path) -> None:
    content = b"first\n\n \nsecond \xe2\x80\x93 line\r\ncaf\xe9 au lait, gar\xe7on\n"
    for split_bytes in (None, 5):
        found = read(tmp_path, "a.txt", content, split_bytes, lines=True)
        assert found.texts == ["first", "second – line", "café au lait, garçon"]
        assert {row["kind"] for row in found.rows} == {"book"}
    assert len(read(tmp_path, "a.txt", content).rows) == 1
    text = "Смотритель гавани вёл\nнебольшую книгу\nда\n"
    for encoding in ("cp1251", "utf-16", "utf-8-sig"):
        for split_bytes in (None, 9):
            found = read(tmp_path, "b.txt", text.encode(encoding), split_bytes, lines=True)
            assert found.texts == text.splitlines()
    assert json.loads(read(tmp_path, "b.txt", text.encode("cp1251"), lines=True).rows[0]["metadata"]) == {
        "charset": "cp1251"
    }
    assert read(tmp_path, "c.txt", text.encode("koi8-r"), lines=True, encoding="koi8-r").texts == text.splitlines()
    assert read(tmp_path, "d.txt", bytes(range(256)) * 20, 100, lines=True).errors == [(0, "binary")]


def test_what_is_no_json_before_or_behind_an_array_is_told(tmp_path: Path) -> None:
    array = '[{"text": "a"}, {"text": "b"}]'
    for content, told in ((f"{array}\n<html>", [31]), (f"{array},\n{array}\x00\n", []), (f"{array} x {array}", [31])):
        found = read(tmp_path, "a.json", content.encode())
        assert found.texts == ["a", "b"] * content.count(array)
        assert found.errors == [(position, "invalid_json") for position in told]


def test_lines_that_end_in_cr_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "a.txt", b"one\rtwo\r\rthree\r", lines=True)
    assert found.texts == ["one", "two", "three"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_without_line_feeds_may_be_longer_than_any_document(tmp_path: Path, suffix: str) -> None:
    content = b"text,n\r" + b"".join(b'row %d,"a\rb"\r' % number for number in range(300))
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(gzip.compress(content, mtime=0) if suffix else content)
    whole = read_file(path, max_document_bytes=100)
    assert whole.texts == [f"row {number}" for number in range(300)]
    assert whole.errors == []
    assert whole.rows[0]["doc_id"] == document_id("in", len(b"text,n\r"))
    assert {row["metadata"] for row in whole.rows} == {'{"n":"a\\nb"}'}
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(gzip.compress(content, mtime=0) if suffix else content)
    lines = read_file(path, lines=True, max_document_bytes=100)
    assert len(lines.texts) == 601
    for split_bytes in (1, 700, 3000):
        assert read_file(path, split_bytes, lines=True, max_document_bytes=100).rows == lines.rows


def test_columns_of_one_name_are_numbered() -> None:
    assert unique_names(["a", "a", "a_2", "a", "b", "a"]) == ["a", "a_2", "a_2_2", "a_3", "b", "a_4"]
    names = unique_names(["a"] * 30_000)
    assert (len(set(names)), names[-1]) == (30_000, "a_30000")


def test_an_error_behind_documents_has_a_position_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from textmill.pipeline.input.readers.tables import jsonl

    real = jsonl.record_of

    def fails(fields: dict[str, Any], position: int, *rest: Any, **named: Any) -> Any:
        if fields.get("fail"):
            raise ZeroDivisionError("unexpected")
        return real(fields, position, *rest, **named)

    monkeypatch.setattr(jsonl, "record_of", fails)
    found = read(tmp_path, "a.jsonl", b'{"text": "a"}\n{"text": "b", "fail": 1}\n')
    assert (found.texts, found.errors) == (["a"], [(1, "unreadable")])


def test_wrong_encodings_are_refused() -> None:
    from textmill.errors import InputError

    with pytest.raises(InputError, match="no charset 'klingon'"):
        InputOptions(encoding="klingon")
    assert InputOptions(encoding="latin1").encoding == "cp1252"


def test_json_lines_in_a_charset_that_is_named(tmp_path: Path) -> None:
    line = json.dumps({"text": "港口管理员", "n": "é"}, ensure_ascii=False).encode("gb18030") + b"\n"
    found = read(tmp_path, "a.jsonl", line * 2, encoding="gbk")
    assert (found.texts, found.errors) == (["港口管理员"] * 2, [])
    (first, second) = read(tmp_path, "a.jsonl", line * 2).quarantined
    assert {first.error, second.error} == {"invalid_utf8"}
    assert "--encoding" in first.detail
