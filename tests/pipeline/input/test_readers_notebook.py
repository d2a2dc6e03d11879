"""Notebooks and subtitles: what they say, in order, without media and times."""

import json
from pathlib import Path
from typing import Any

import pytest

from .reading import Found, read_bytes


def read_cells(folder: Path, *cells: dict[str, Any], **more: Any) -> Found:
    notebook = {"cells": list(cells), "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4} | more
    return read_bytes(folder, "a.ipynb", json.dumps(notebook))


def code(source: Any, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def test_cells_in_order(tmp_path: Path) -> None:
    found = read_cells(
        tmp_path,
        {"cell_type": "markdown", "source": ["# Mills\n", "They grind."]},
        code("x = 1\nx", {"output_type": "execute_result", "data": {"text/plain": "1", "text/html": "<b>1</b>"}}),
        {"cell_type": "raw", "source": "raw"},
        code([], {"output_type": "stream", "text": ["10%\r50%\r", "100%\n", "\x1b[31mred\x1b[0m\r\n"]}),
        code("", {"output_type": "display_data", "data": {"image/png": "QUJD", "text/plain": "<Figure>"}}),
        code(
            "1/0", {"output_type": "error", "ename": "E", "evalue": "by 0", "traceback": ["\x1b[0;31mE\x1b[0m", "by 0"]}
        ),
        code("t", {"output_type": "display_data", "data": {"text/html": "<p>a <b>b</b></p>"}}),
        code("```\nfence"),
    )
    (row,) = found.rows
    assert row["text"].split("\n\n") == [
        "# Mills\nThey grind.", "```python\nx = 1\nx\n```", "```\n1\n```", "raw", "```\n100%\nred\n```",
        "```python\n1/0\n```", "```\nE\nby 0\n```", "```python\nt\n```", "```\na b\n```",
        "````python\n```\nfence\n````",
    ]  # fmt: skip
    assert row["kind"] == "code"
    assert json.loads(row["metadata"]) == {
        "kernel_language": "Python", "media_left_out": 1, "path": "a.ipynb", "programming_language": "Jupyter"
    }  # fmt: skip


def test_format_3(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Mills"]},
        {"cell_type": "code", "language": "python", "input": ["x"], "prompt_number": 1,
         "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["1"]},
                     {"output_type": "display_data", "png": "QUJD"}]},
    ]  # fmt: skip
    notebook = {"metadata": {"name": "a"}, "nbformat": 3, "worksheets": [{"cells": cells}]}
    (row,) = read_bytes(tmp_path, "a.ipynb", json.dumps(notebook)).rows
    assert row["text"] == "## Mills\n\n```python\nx\n```\n\n```\n1\n```"
    assert json.loads(row["metadata"])["media_left_out"] == 1


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [({"language_info": {"name": "R"}}, "R"), ({"kernelspec": {"name": "ir"}}, "R"),
     ({"kernelspec": {"name": "julia-1.9"}}, "julia-1.9"),
     ({"language_info": {"name": "csharp"}, "kernelspec": {"language": "python"}}, "C#"), ({}, None), (None, None)],
)  # fmt: skip
def test_the_language_of_the_code(tmp_path: Path, metadata: Any, expected: str | None) -> None:
    (row,) = read_cells(tmp_path, code("x"), metadata=metadata).rows
    assert json.loads(row["metadata"]).get("kernel_language") == expected


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ("[]", "corrupt"),
        ("{}", "corrupt"),
    ],
)
def test_what_is_no_notebook_is_told(tmp_path: Path, content: str, error: str) -> None:
    found = read_bytes(tmp_path, "a.ipynb", content)
    assert (found.rows, found.errors) == ([], [(0, error)])


def test_cells_of_any_form(tmp_path: Path) -> None:
    odd = [
        1,
        None,
        {},
        {"cell_type": 3, "source": 4},
        {"cell_type": "code", "source": {"a": 1}, "outputs": [1, {"data": 5}, {}]},
    ]
    (row,) = read_cells(tmp_path, *odd, code("kept")).rows  # type: ignore[arg-type]
    assert row["text"] == "```python\nkept\n```"


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> there.\n- Who?\n\n2\n"
         "00:00:03,000 --> 00:00:04,000\nMe.\n",
         "Hello there.\n- Who?\nMe."),
        ("b.srt", "\ufeff1\r\n0:00:01.000-->0:00:02.500 X1:1\r\n{\\an8}One\r\n2\r\n"
         "00:00:03,0 --> 00:00:04,0\r\n\r\nTwo\r\n\r\n1984\r\n",
         "One\nTwo\n1984"),
        ("c.vtt", "WEBVTT - A title\nKind: captions\n\nNOTE a\nnote\n\n"
         "STYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.000 align:start\n"
         "<v Ann>Tea &amp; <00:01.500><c.red>milk</c></v>\n\n"
         "00:02.000 --> 00:03.000\nTea & milk\nand more\n\nNOTE end\n",
         "Tea & milk\nand more"),
        ("d", "WEBVTT\n\n00:01.000 --> 00:02.000\nx", "x"),
        ("e.txt", "1\n00:00:01,000 --> 00:00:02,500\nx", "x"),
        ("f.srt", "1\n00:00:01,000 --> 00:00:02,500\n\n", ""),
    ],
)  # fmt: skip
def test_subtitles(tmp_path: Path, name: str, content: str, text: str) -> None:
    (row,) = read_bytes(tmp_path, name, content).rows
    assert (row["text"], row["kind"]) == (text, "other")


def test_subtitles_in_old_charsets_and_without_times(tmp_path: Path) -> None:
    cue = "1\n00:00:01,000 --> 00:00:02,000\nМельник мелет муку, а река течёт мимо мельницы.\n"
    (row,) = read_bytes(tmp_path, "a.srt", cue.encode("cp1251")).rows
    assert row["text"] == "Мельник мелет муку, а река течёт мимо мельницы."
    assert read_bytes(tmp_path, "a.srt", "no times").errors == [(0, "corrupt")]
    assert read_bytes(tmp_path, "b.srt", b"PK\x05\x06 --> \x00").errors[0][0] == 0


@pytest.mark.parametrize(("name", "language"), [("a.bat", "Batchfile"), ("b.CMD", "Batchfile"), ("c.cob", "COBOL"), ("d.sty", "TeX")])  # fmt: skip # noqa: E501
def test_source_files_that_are_no_prose(tmp_path: Path, name: str, language: str) -> None:
    (row,) = read_bytes(tmp_path, name, "x").rows
    assert (row["kind"], json.loads(row["metadata"])["programming_language"]) == ("code", language)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ipynb", b"[" + b"[],1," * 1_700_000 + b"1]"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n" + b"\n" * 10_000_000),
    ],
)
def test_what_would_take_too_much_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    assert read_bytes(tmp_path, name, content).errors == [(0, "too_large")]
