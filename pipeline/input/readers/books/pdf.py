"""PDF files with a text layer, by PDFium in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...inputs import InputOptions
from ...parts import Part
from ..records import FIRST_BYTES, Document, Quarantined, Record
from ..text import read_whole
from .pdf_layout import Line, Page, lay_out

MEMORY_BYTES = 700_000_000
"""What the process may take, besides twice the file."""
LONGEST_WAIT_SECONDS = 600
"""The process has a budget of CPU time; this one is for a machine that hangs."""


def read_pdf(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a PDF; running heads, page numbers and what is drawn are left out."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    if find_spec("pypdfium2") is None:
        yield _bad(part, "unsupported", 'PDF files need: pip install "textmill[pdf]"', content)
        return
    limits = (options.max_document_bytes, MEMORY_BYTES + 2 * len(content))
    # -P: modules beside the script, such as html.py, must not stand for those of the standard library.
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf_pages.py")), *map(str, limits)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=LONGEST_WAIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        yield _bad(part, "extraction_failed", "PDFium does not come to an end with it", content)
        return
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        why = "takes more CPU time than is allowed, or more memory" if done.returncode < 0 else last
        yield _bad(part, "extraction_failed", f"PDFium ended with code {done.returncode}: {why}", content)
        return
    yield _document(part, json.loads(done.stdout), content)


def _document(part: Part, found: Mapping[str, Any], content: bytes) -> Record:
    if "error" in found:
        return _bad(part, found["error"], found["detail"], content)
    pages = [Page([Line(*line) for line in page["lines"]], page["height"]) for page in found["pages"]]
    empty = sum(not page.lines for page in pages)
    if empty == len(pages):
        if found["lost"]:
            return _bad(part, "corrupt", f"none of {found['count']} pages can be read", content)
        return _bad(part, "no_text_layer", f"{found['count']} pages without text: scanned; run OCR first", content)
    text, cut = lay_out(pages)
    metadata: dict[str, object] = {name: found[name].strip() for name in ("title", "author") if found[name]}
    metadata["pages"] = found["count"]
    if empty:
        metadata["pages_without_text"] = empty
    if cut:
        metadata["running_lines_cut"] = cut
    if found["lost"]:
        metadata["lost_items"] = dict(list(found["lost"].items())[:100])
    return Document(position=0, text=text, kind="other", metadata=metadata)


def _bad(part: Part, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=part.source, position=0, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
