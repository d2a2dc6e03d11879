"""What a file of JSON is, by its beginning: lines, a table, one document, or not to be told yet."""

import io

import pytest

from textmill.pipeline.input.json_shapes import (
    CHUNK_BYTES,
    are_lines,
    is_array,
    json_lines_or_code,
    json_shape,
    may_hold_table,
)

LONG = b'"about": "' + b"x" * 200 + b'"'


@pytest.mark.parametrize(
    ("head", "whole", "cut"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "jsonl", "jsonl"),
        (b'{"a": 1}\n', "jsonl", "jsonl"),
        (b'{"a": 1}', "jsonl", "open"),  # a line that goes on
        (b'\xef\xbb\xbf \n{"a": 1}\n{"b": 2}', "jsonl", "jsonl"),
        (b'{\n "a": 1\n}\n', "code", "open"),
        (b'{"a": 1,\n "b": 2}', "code", "open"),
        (b'"text"\nmore', "code", "code"),
        (b"nothing\nmore", "code", "code"),
        (b"3\n{}", "code", "code"),
        (b"nothing", "jsonl", "jsonl"),
        (b'[{"a": 1}]', "json", "json"),
        (b" \n[1, 2]", "json", "json"),
        (b'{"mills": [{"a": 1}]}', "json", "open"),
        (b'{"mills": [\n {"a": 1}]}', "json", "json"),
        (b'{"mills": [{"a": 1}]}\n{"mills": [{"a": 2}]}', "jsonl", "jsonl"),
        (b'{"mills": [{"a": 1}]}\nno object', "json", "json"),
        (b'{"mills": [{"a": 1}]\n{', "json", "json"),
        (b'{"mills": [1, 2]}\n', "jsonl", "jsonl"),
        (b'{"mills": ["a", {"b": 1}],\n"c": 2}', "code", "open"),
        (b'{\n"n": 1,\n"mills": [{"a": 1}]}', "code", "open"),
        (b'{"' + b"n" * 101 + b'": [{"a": 1}]}\n', "jsonl", "jsonl"),
        (b'{"' + b"n" * 100 + b'": [{"a": 1}]}\n', "json", "json"),
        (b'{"": [{"a": 1}]}\n', "jsonl", "jsonl"),
    ],
)
def test_shapes(head: bytes, whole: str, cut: str) -> None:
    assert (json_shape(head, is_whole=True), json_shape(head, is_whole=False)) == (whole, cut)


NAMES = "data rows items documents docs records examples results articles entries pages texts train test validation"


@pytest.mark.parametrize("name", NAMES.split())
def test_a_table_behind_other_fields_has_one_of_these_names(name: str) -> None:
    assert json_shape(b'{%s,\n"%s" : [ {"a": 1}]}' % (LONG, name.encode()), is_whole=False) == "json"
    assert may_hold_table(io.BytesIO(b'{%s,"%s":[{"a": 1}]}' % (LONG, name.encode())))
    for other in (f"x{name}", f"{name}x", name.upper()):
        assert json_shape(b'{%s,\n"%s": [{"a": 1}]}' % (LONG, other.encode()), is_whole=True) == "code"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", "jsonl"),
        (b'{"a": 1}', "jsonl"),
        (b"[1", "jsonl"),
        (b'{"a": 1}\n', "jsonl"),
        (b'\xef\xbb\xbf\n\n{"a": 1}\nx', "jsonl"),
        (b"{\n", "code"),
        (b"[1]\n[2]", "code"),
    ],
)
def test_lines_are_objects_by_themselves(head: bytes, expected: str) -> None:
    assert json_lines_or_code(head) == expected


@pytest.mark.parametrize(
    ("head", "whole", "cut"),
    [
        (b'{"a": 1}\n{"b": 2}', (True, True), (True, True)),
        (b'\xef\xbb\xbf\n{"a": 1}\r\n\n\x1e{"b":', (True, True), (True, True)),
        (b'{"a": 1}\n', (True, False), (True, False)),
        (b'{"a": 1}', (True, False), (True, True)),  # a line that goes on
        (b'{"a": 1', (False, False), (True, True)),
        (b'{"a":\n1}\n{"b": 2}', (False, False), (False, False)),
        (b'{"a": 1}\n[{"b": 2}]', (False, False), (False, False)),
        (b'{"a": 1}\ntext', (False, False), (False, False)),
        (b'["a"]\n["b"]', (False, False), (False, False)),
        (b"{}\n{}", (False, False), (False, False)),
        (b"", (False, False), (False, False)),
    ],
)
def test_objects_in_lines_of_a_file_that_is_called_otherwise(
    head: bytes, whole: tuple[bool, bool], cut: tuple[bool, bool]
) -> None:
    assert tuple(are_lines(head, is_whole=True, fewest=fewest) for fewest in (1, 2)) == whole
    assert tuple(are_lines(head, is_whole=False, fewest=fewest) for fewest in (1, 2)) == cut


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'[{"a": 1},', True),
        (b'\xef\xbb\xbf [ {\n "a": 1}]', True),
        (b'[{"a": 1}]', True),
        (b'[{"a": 1}]\n', True),
        (b'[{"a": 1}]\n[{"a": 2}]\n', False),
        (b'[{"a": 1}] \r\n  [2]', False),
        (b'[{"a": 1},\n[2]]', True),
        (b'[{"a": 1}]\n{}', True),
        (b"[{}]", False),
        (b"[1, 2]", False),
        (b'{"a": 1}', False),
        (b'x[{"a": 1}]', False),
    ],
)
def test_an_array_of_objects_is_told_from_lines_that_are_arrays(head: bytes, expected: bool) -> None:
    assert is_array(head) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", False),
        (b"[1", True),
        (b"  [", True),
        (b'{"mills": [{"a": 1}]}', True),
        (b'{"mills": 1, "others": [{"a": 1}]}', False),  # neither the first field nor one that is called so
        (b" " * 600 + b'{"mills": [{"a": 1}]}', True),
        (b'{"x": "' + b"y" * (CHUNK_BYTES - 10) + b'", "rows":   [\n {"a": 1}]}', True),
        (b'{"x": "' + b"y" * (CHUNK_BYTES - 9) + b'", "mine":   [\n {"a": 1}]}', False),
        (b"y" * (CHUNK_BYTES - 512) + b'{"first": [{"a": 1}]}', False),
        (b"y" * CHUNK_BYTES + b"[", False),
        (b'{"x": 1, "data":' + b" " * 400 + b"[{", True),
    ],
)
def test_a_table_is_looked_for_in_the_whole_stream(content: bytes, expected: bool) -> None:
    assert may_hold_table(io.BytesIO(content)) is expected


@pytest.mark.parametrize("shift", range(0, 30, 3))
def test_a_table_is_found_wherever_the_stream_is_cut(shift: int) -> None:
    content = b'{"x": "' + b"y" * (CHUNK_BYTES - 27 + shift) + b'", "records" : [ { "a"'
    assert may_hold_table(io.BytesIO(content))
