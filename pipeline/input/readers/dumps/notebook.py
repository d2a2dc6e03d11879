"""Jupyter notebooks (.ipynb, formats 3 and 4): prose, code and text outputs in order, as one Markdown document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .....filters.lists.programming_languages import PROGRAMMING_LANGUAGES
from ...charsets import decode
from ...inputs import InputOptions
from ...parts import Part
from ..records import FIRST_BYTES, Document, Quarantined, Record, without_surrogates
from ..text import read_whole
from .bodies import html_text

LANGUAGE_NAMES = {name.lower(): name for name in PROGRAMMING_LANGUAGES.values()} | {
    "ir": "R", "python2": "Python", "python3": "Python", "ipython": "Python", "ipython2": "Python",
    "ipython3": "Python", "bash": "Shell", "sh": "Shell", "csharp": "C#", "fsharp": "F#",
    "node": "JavaScript", "js": "JavaScript",
}  # fmt: skip
"""Languages as they are called elsewhere by what kernels call them."""
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
MOST_VALUES = 5_000_000
"""As objects they take up to half a gigabyte, for which 10 MB of JSON are enough."""
FENCE = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)
LANGUAGE = re.compile(r"[\w+#.-]{1,40}")


def read_notebook(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a notebook: prose as it is, code and outputs fenced; images and other media are left out.

    Its programming language is "Jupyter", because prose is no comment in the language of its code; that one is
    ``kernel_language``.
    """
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return

    def bad(error: str, detail: str) -> Quarantined:
        return Quarantined(
            source=part.source, position=0, error=error, detail=detail, first_bytes=content[:FIRST_BYTES]
        )

    if sum(content.count(mark) for mark in (b"[", b"{", b",")) > MOST_VALUES:
        yield bad("too_large", f"a notebook of more than {MOST_VALUES} values")
        return
    try:
        notebook: Any = json.loads(decode(content).text)
    except (ValueError, RecursionError) as error:
        yield bad("invalid_json", f"not a readable notebook: {error}")
        return
    cells = _cells(notebook)
    if cells is None:
        yield bad("corrupt", "a notebook has a list of cells or of worksheets; this has neither")
        return
    language = _language(notebook, cells)
    parts, left_out = [], 0
    for cell in cells:
        found, media = _cell(cell, language)
        parts += found
        left_out += media
    below = part.source.partition("/")[2]
    metadata: dict[str, Any] = {"path": below or part.source, "programming_language": "Jupyter"}
    if language:
        metadata["kernel_language"] = LANGUAGE_NAMES.get(language, language)
    if left_out:
        metadata["media_left_out"] = left_out
    yield Document(position=0, text=without_surrogates("\n\n".join(parts)), kind="code", metadata=metadata)


def _cells(notebook: Any) -> list[dict[str, Any]] | None:
    if not isinstance(notebook, dict):
        return None
    groups = [notebook.get("cells")]
    if isinstance(notebook.get("worksheets"), list):  # format 3
        groups += [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
    lists = [group for group in groups if isinstance(group, list)]
    return [cell for group in lists for cell in group if isinstance(cell, dict)] if lists else None


def _language(notebook: dict[str, Any], cells: list[dict[str, Any]]) -> str | None:
    """The language of a notebook's code, lower case."""
    metadata = _object(notebook.get("metadata"))
    kernel = _object(metadata.get("kernelspec"))
    named = [
        _object(metadata.get("language_info")).get("name"),
        kernel.get("language"),
        *(cell["language"] for cell in cells if "language" in cell),  # format 3
        kernel.get("name"),
    ]
    found = next((name for name in named if isinstance(name, str) and LANGUAGE.fullmatch(name)), None)
    return None if found is None else LANGUAGE_NAMES.get(found.lower(), found).lower()


def _cell(cell: dict[str, Any], language: str | None) -> tuple[list[str], int]:
    """Texts of a cell, and how many outputs are no text."""
    source = _joined(cell.get("source", cell.get("input"))).strip("\n")
    kind = cell.get("cell_type")
    if kind != "code":
        if kind == "heading" and source:  # format 3
            level = cell.get("level")
            source = f"{'#' * (level if isinstance(level, int) and 0 < level < 7 else 1)} {source}"
        return [source] if source.strip() else [], 0
    texts = [_fenced(source, language or "")] if source.strip() else []
    left_out = 0
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            text, media = _output(output)
            left_out += media
            if text.strip():
                texts.append(_fenced(text, ""))
    return texts, left_out


def _output(output: dict[str, Any]) -> tuple[str, int]:
    """Text of an output; and 1 where it is an image or other media, whose text is only their name."""
    kind = output.get("output_type")
    if kind == "stream":
        return _plain(_joined(output.get("text"))), 0
    if kind in ("error", "pyerr"):
        traceback = output.get("traceback")
        if isinstance(traceback, list) and traceback:
            return _plain("\n".join(line for line in traceback if isinstance(line, str))), 0
        return _plain(f"{output.get('ename')}: {output.get('evalue')}"), 0
    data = output.get("data")
    by_type: dict[str, Any] = data if isinstance(data, dict) else output  # format 3 keeps them beside the rest
    if any(name.startswith(("image/", "video/", "audio/")) or name in ("png", "jpeg", "svg") for name in by_type):
        return "", 1
    for name in ("text/plain", "text", "text/markdown", "text/latex", "latex"):
        text = _joined(by_type.get(name))
        if text.strip():
            return _plain(text), 0
    for name in ("text/html", "html"):
        markup = _joined(by_type.get(name))
        if markup.strip():
            return html_text(markup), 0
    return "", int(bool(by_type.keys() - {"output_type", "metadata", "execution_count", "prompt_number"}))


def _joined(source: Any) -> str:
    """Text that is a string or a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _plain(text: str) -> str:
    """What a terminal would show: without codes for colours, and without what a progress bar has written over."""
    lines = TERMINAL_CODES.sub("", text).split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines).strip("\n")


def _fenced(text: str, language: str) -> str:
    longest = max((len(match[1]) for match in FENCE.finditer(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
