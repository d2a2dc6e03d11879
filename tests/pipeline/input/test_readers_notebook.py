"""Notebooks: what they say, in order, without media."""

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


LANGUAGES = {
    "Python": "python Python2 python3 ipython ipython2 IPython3 PYTHON", "R": "ir R r", "Shell": "bash sh shell",
    "C#": "csharp c#", "F#": "fsharp", "JavaScript": "node js javascript", "C++": "c++", "Julia": "julia", "Go": "go",
}  # fmt: skip


@pytest.mark.parametrize(("language", "names"), LANGUAGES.items())
def test_languages_by_all_their_names(tmp_path: Path, language: str, names: str) -> None:
    for name in names.split():
        (row,) = read_cells(tmp_path, code("x"), metadata={"language_info": {"name": name}}).rows
        assert json.loads(row["metadata"])["kernel_language"] == language
        assert row["text"] == f"```{language.lower()}\nx\n```"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"kernelspec": {"name": "ir", "language": "scala"}}, "Scala"),
        ({"kernelspec": {"name": "xeus cling"}}, None),
        ({"kernelspec": {"name": "x" * 40}}, "x" * 40),
        ({"kernelspec": {"name": "x" * 41}}, None),
        ({"language_info": {"name": 3}, "kernelspec": {"language": "", "name": "js"}}, "JavaScript"),
        ({"language_info": "r", "kernelspec": ["r"]}, None),
    ],
)
def test_what_names_the_language(tmp_path: Path, metadata: Any, expected: str | None) -> None:
    (row,) = read_cells(tmp_path, code("x"), metadata=metadata).rows
    assert json.loads(row["metadata"]).get("kernel_language") == expected
    sheet = {"cells": [{"cell_type": "code", "input": "x", "language": "julia"}]}
    (row,) = read_bytes(tmp_path, "b.ipynb", json.dumps({"worksheets": [sheet, 3], "metadata": metadata})).rows
    shown = expected if metadata.get("kernelspec") == {"name": "ir", "language": "scala"} else "Julia"
    assert json.loads(row["metadata"])["kernel_language"] == shown


@pytest.mark.parametrize(
    ("output", "text", "media"),
    [
        ({"output_type": "stream", "text": "a\n"}, "a", 0),
        ({"output_type": "stream", "data": {"text/plain": "never"}}, "", 0),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}, "E: v", 0),
        ({"output_type": "pyerr", "ename": "E", "evalue": "v"}, "E: v", 0),
        ({"output_type": "pyerr", "traceback": ["a", 3, "b"]}, "a\nb", 0),
        *(({"data": {name: "a", "text/html": "<b>b</b>"}}, "a", 0) for name in
          ("text/plain", "text", "text/markdown", "text/latex", "latex")),
        ({"data": {"text/plain": ["a\n", "b"], "text/latex": "c"}}, "a\nb", 0),
        ({"data": {"text/plain": " ", "text/latex": "c"}}, "c", 0),
        ({"data": {"text/html": "<p>a</p>"}}, "a", 0), ({"data": {"html": "<p>a</p>"}}, "a", 0),
        ({"data": {"text/html": " ", "html": "b"}}, "b", 0),
        *(({"data": {name: "x", "text/plain": "a"}}, "", 1) for name in
          ("image/png", "image/svg+xml", "video/mp4", "audio/wav", "png", "jpeg", "svg")),
        ({"output_type": "display_data", "png": "x", "text": "a"}, "", 1),
        ({"output_type": "pyout", "html": ["<i>", "a</i>"]}, "a", 0),
        ({"data": {"application/json": {}}}, "", 1), ({"data": {}}, "", 0),
        ({"output_type": "x", "metadata": {}, "execution_count": 1, "prompt_number": 2}, "", 0),
        ({"output_type": "x", "other": 1}, "", 1),
    ],
)  # fmt: skip
def test_outputs(tmp_path: Path, output: dict[str, Any], text: str, media: int) -> None:
    (row,) = read_cells(tmp_path, code("x", output)).rows
    assert row["text"] == "```python\nx\n```" + (f"\n\n```\n{text}\n```" if text else "")
    assert json.loads(row["metadata"]).get("media_left_out", 0) == media


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\n\na\r\nb\n\n", "a\nb"), ("10%\r50%\rdone\rok", "ok"), ("a\x1b[1;31mb\x1b[0m\x1b[?25lc\x1b[2Kd", "abcd"),
        ("x\x1b]0;title", "x\x1b]0;title"), ("ab\rc\r\r\n", "c"),
    ],
)  # fmt: skip
def test_what_a_terminal_would_show(tmp_path: Path, printed: str, shown: str) -> None:
    (row,) = read_cells(tmp_path, code("", {"output_type": "stream", "text": printed})).rows
    assert row["text"] == f"```\n{shown}\n```"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ({"cell_type": "heading", "level": 1, "source": "a"}, "# a"),
        ({"cell_type": "heading", "level": 6, "source": "a"}, "###### a"),
        ({"cell_type": "heading", "level": 7, "source": "a"}, "# a"),
        ({"cell_type": "heading", "level": 0, "source": "a"}, "# a"),
        ({"cell_type": "heading", "level": "2", "source": "a"}, "# a"),
        ({"cell_type": "heading", "level": 2, "source": ""}, ""),
        ({"cell_type": "markdown", "source": "\n a \n\n"}, " a "),
        ({"cell_type": "markdown", "source": " \n "}, ""),
        ({"cell_type": "code", "source": " \n "}, ""),
        ({"cell_type": "code", "source": "", "input": "never"}, ""),
        (
            {"cell_type": "code", "source": "a\n```\n   `````\n    ```````"},
            "``````python\na\n```\n   `````\n    ```````\n``````",
        ),
        ({"cell_type": "code", "source": "x ``` y"}, "```python\nx ``` y\n```"),
        ({"cell_type": "code", "source": ["a", 3, "b"]}, "```python\nab\n```"),
    ],
)
def test_cells(tmp_path: Path, cell: dict[str, Any], text: str) -> None:
    (row,) = read_cells(tmp_path, cell, code("end")).rows
    assert row["text"] == (f"{text}\n\n" if text else "") + "```python\nend\n```"


def test_a_notebook_without_cells_of_either_format(tmp_path: Path) -> None:
    both = {"cells": [code("a")], "worksheets": [{"cells": [code("b")]}, {"cells": 3}, 4, {"cells": [5, code("c")]}]}
    (row,) = read_bytes(tmp_path, "a.ipynb", json.dumps(both)).rows
    assert row["text"] == "```\na\n```\n\n```\nb\n```\n\n```\nc\n```"
    assert json.loads(row["metadata"]) == {"path": "a.ipynb", "programming_language": "Jupyter"}
    (bad,) = read_bytes(tmp_path, "a.ipynb", json.dumps({"cells": 3, "worksheets": [1], "x": "y" * 300})).quarantined
    assert (bad.source, bad.position, bad.error) == ("in/a.ipynb", 0, "corrupt")
    assert bad.detail == "a notebook has a list of cells or of worksheets; this has neither"
    assert bad.first_bytes == b'{"cells": 3, "worksheets": [1], "x": "' + b"y" * (256 - 38)
    (bad,) = read_bytes(tmp_path, "a.ipynb", "{").quarantined
    assert bad.detail.startswith("not a readable notebook: Expecting property name")


@pytest.mark.parametrize("mark", ["[", "{", ","])
def test_how_many_values_a_notebook_may_have(tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.dumps.notebook.MOST_VALUES", 20)
    notebook = {"cells": [{"cell_type": "markdown", "source": ""}]}
    left = 20 - sum(json.dumps(notebook).count(one) for one in "[{,")
    for count, errors in ((left, []), (left + 1, [(0, "too_large")])):
        notebook["cells"][0]["source"] = mark * count
        found = read_bytes(tmp_path, "a.ipynb", json.dumps(notebook))
        assert found.errors == errors
    assert found.quarantined[0].detail == "a notebook of more than 20 values"
