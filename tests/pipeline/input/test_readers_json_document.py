"""JSON that is neither lines nor an array: objects over several lines, sequences, and lines under other names."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.pipeline.input.json_shapes import are_lines

from .reading import Found, read_bytes

OBJECTS = [{"text": "One, with a {brace}.", "url": "http://example.org/1", "n": [1, 2]}, {"text": "Zwei: „schön“"}]


def records(found: Found) -> list[tuple[str, str | None]]:
    return [(row["text"], row["url"]) for row in found.rows]


EXPECTED = [("One, with a {brace}.", "http://example.org/1"), ("Zwei: „schön“", None)]


@pytest.mark.parametrize("between", ["\n", "", ",\n", "\n\x1e"])
@pytest.mark.parametrize("before", ["", "\ufeff", " \n", "\x1e"])
def test_objects_over_several_lines_are_documents(tmp_path: Path, between: str, before: str) -> None:
    content = before + between.join(json.dumps(value, indent=2, ensure_ascii=False) for value in OBJECTS) + "\n"
    found = read_bytes(tmp_path, "a.json", content)
    assert (records(found), found.errors) == (EXPECTED, [])
    assert json.loads(found.rows[0]["metadata"]) == {"n": [1, 2]}


def test_one_object_is_a_document_where_it_has_a_text(tmp_path: Path) -> None:
    content = json.dumps(OBJECTS[0], indent=1)
    assert records(read_bytes(tmp_path, "a.json", content)) == EXPECTED[:1]
    (row,) = read_bytes(tmp_path, "b.json", content, text_field="body").rows
    assert (row["text"], row["kind"]) == (content, "code")
    within = json.dumps({"page": {"body": "Nested."}, "parts": [{"a": 1}]}, indent=1)
    assert read_bytes(tmp_path, "c.json", within, text_field="page.body").texts == ["Nested."]
    deeper = json.dumps({"page": {"body": {"text": "Deeper."}}}, indent=1)
    assert read_bytes(tmp_path, "e.json", deeper, text_field="page.body.text").texts == ["Deeper."]
    page = json.dumps({"html": "<p>A paragraph of it.</p>"}, indent=1)
    assert read_bytes(tmp_path, "d.json", page, html_field="html").texts == ["A paragraph of it."]


@pytest.mark.parametrize(
    "first", ['{\n "id": 1\n}', '{\n "id": 1, "parts": [{"a": 1}]\n}', '{\n "text": 1, "parts": [{"text": "no"}]\n}']
)
def test_a_first_object_without_text_costs_only_itself(tmp_path: Path, first: str) -> None:
    found = read_bytes(tmp_path, "a.json", first + '\n{\n "text": "One.", "parts": [{"text": "no"}]\n}')
    assert found.texts == ["One."]
    assert [position for position, _ in found.errors] == [0]


@pytest.mark.parametrize(
    "content",
    ['{\n "text": 1\n}', '{\n "a": {"text": "x"}\n}', '{\n "text": "x",\n}', '// text\n{\n "text": "x"\n}', '{\n"text'],
)
def test_what_is_no_object_with_a_text_is_code(tmp_path: Path, content: str) -> None:
    (row,) = read_bytes(tmp_path, "a.json", content).rows
    assert (row["text"], row["kind"]) == (content, "code")


def test_what_breaks_off_behind_a_document_is_told(tmp_path: Path) -> None:
    whole = json.dumps(OBJECTS[1], indent=2, ensure_ascii=False)
    found = read_bytes(tmp_path, "a.json", f'{whole}\n{{\n "text": "cut')
    assert found.texts == ["Zwei: „schön“"]
    assert found.errors == [(len(whole.encode()) + 1, "invalid_json")]
    assert found.quarantined[0].detail.endswith("; what follows is lost")
    other = read_bytes(tmp_path, "b.json", f'{whole}\n{{\n "title": "x"\n}}\n{whole}')
    assert (len(other.texts), [error for _, error in other.errors]) == (2, ["missing_text"])


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a"])
@pytest.mark.parametrize("split_bytes", [None, 10])
def test_a_json_sequence_is_lines(tmp_path: Path, name: str, split_bytes: int | None) -> None:
    content = "".join(f"\x1e{json.dumps(value)}\n" for value in OBJECTS)
    assert records(read_bytes(tmp_path, name, content, split_bytes)) == EXPECTED


def test_lines_of_an_array_without_its_brackets(tmp_path: Path) -> None:
    content = "".join(f"{json.dumps(value)},\n" for value in OBJECTS)
    found = read_bytes(tmp_path, "a.jsonl", content)
    assert (records(found), found.errors) == (EXPECTED, [])


@pytest.mark.parametrize("name", ["a.jl", "a.txt", "a.text"])
def test_lines_of_json_under_other_names(tmp_path: Path, name: str) -> None:
    content = "".join(json.dumps(value) + "\n" for value in OBJECTS)
    assert records(read_bytes(tmp_path, name, content)) == EXPECTED
    assert records(read_bytes(tmp_path, f"{name}.long", content)) == EXPECTED
    long = "".join(json.dumps({"text": "word " * 2000 + str(number)}) + "\n" for number in range(2))
    assert [text[-1] for text in read_bytes(tmp_path, name, long).texts] == ["0", "1"]


@pytest.mark.parametrize("name", ["a.txt", "a.TEXT.gz"])
@pytest.mark.parametrize("split_bytes", [None, 20])
def test_lines_that_are_asked_for_are_lines_whatever_they_hold(
    tmp_path: Path, name: str, split_bytes: int | None
) -> None:
    lines = [json.dumps(value) for value in OBJECTS]
    content = "\n".join(lines).encode()
    content = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
    found = read_bytes(tmp_path, name, content, split_bytes, lines=True)
    assert (found.texts, {row["kind"] for row in found.rows}) == (lines, {"book"})
    assert records(read_bytes(tmp_path, "a.jl", "\n".join(lines), lines=True)) == EXPECTED


@pytest.mark.parametrize(
    ("head", "is_whole", "fewest", "expected"),
    [
        (b'{"a": 1}\n{"a": 2}\n', True, 2, True),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{ "a": 2}', True, 2, True),
        (b'{"a": 1}\n', True, 2, False),
        (b'{"a": 1}', True, 1, True),
        (b'{"a": 1}\nfunction', True, 1, False),
        (b'{"a": 1\n{"a": 2}', True, 2, False),
        (b'{"a": "cut', False, 2, True),
        (b'{"a": "cut', True, 1, False),
        (b"{a: 1}\n{a: 2}\n", True, 2, False),
        (b'"{"\n', True, 1, False),
    ],
)
def test_whether_lines_are_objects(head: bytes, is_whole: bool, fewest: int, expected: bool) -> None:
    assert are_lines(head, is_whole=is_whole, fewest=fewest) == expected


@given(st.lists(st.sampled_from(['{"text": "a, b"}', '{"text": "[,]"}']), min_size=1, max_size=4), st.booleans())
def test_a_comma_that_nothing_follows_is_no_element(
    tmp_path_factory: pytest.TempPathFactory, elements: list[str], ends: bool
) -> None:
    folder = tmp_path_factory.mktemp("json")
    found = read_bytes(folder, "a.json", f"[{', '.join(elements)}, \n{']' if ends else ''}")
    assert found.texts == [json.loads(element)["text"] for element in elements]
    assert [error for _, error in found.errors] == ([] if ends else ["truncated"])


def test_megabytes_of_values_are_not_taken_apart(tmp_path: Path) -> None:
    content = b'{\n"text": "x",\n"data": [' + b"[]," * 400 + b"[]]\n}\n"
    assert read_bytes(tmp_path, "a.json", content).texts == ["x"]
    found = read_bytes(tmp_path, "a.json", content, max_document_bytes=1000)
    assert (found.texts, found.errors) == ([], [(0, "too_large")])
