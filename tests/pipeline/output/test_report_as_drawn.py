"""What describes an output folder, as a whole and to the letter: report, data card and metadata of a made-up run.

``made_up_run/`` holds what they are to say. After a change that is meant, write them anew and look at what differs:

    python -m textmill.tests.pipeline.output.test_report_as_drawn
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa

from textmill.pipeline.output.charts import STYLE
from textmill.pipeline.output.croissant import write_croissant
from textmill.pipeline.output.data_card import write_data_card
from textmill.pipeline.output.report import write_report
from textmill.version import __version__

from .made_up_run import write

AS_DRAWN = Path(__file__).with_name("made_up_run")


def report_of(folder: Path, **changed: Any) -> str:
    """The page without its style, each block on a line of its own."""
    page = Path(write_report(str(folder), write(folder, **changed))).read_text("utf-8")
    assert page.count(STYLE) == 1
    block = r"(?=<(?:h[123]|div|tr|details|path|rect|line|text|svg|ul|li|table|p|input|label)\b)"
    return re.sub(block, "\n", page.replace(STYLE, ""))


def card_of(folder: Path, **changed: Any) -> str:
    return Path(write_data_card(str(folder), write(folder, **changed))).read_text("utf-8")


def metadata_of(folder: Path, **changed: Any) -> str:
    kinds = [pa.float32(), pa.uint16(), pa.bool_(), pa.list_(pa.int32()), pa.list_(pa.struct({"a": pa.int8()}))]
    names = ["doc_id", "text", "language_score", "token_count", "loud", "input_ids", "spans"]
    schema = pa.schema(zip(names, [pa.string(), pa.string(), *kinds], strict=True))
    found = Path(write_croissant(str(folder), write(folder, **changed), schema)).read_text("utf-8")
    return found.replace(f"textmill {__version__}", "textmill VERSION")


DESCRIBED = {"report.html": report_of, "card.txt": card_of, "croissant.json": metadata_of}


def as_drawn(name: str) -> list[str]:
    return (AS_DRAWN / name).read_text("utf-8").split("\n")


def test_the_report_is_drawn_to_the_letter(tmp_path: Path) -> None:
    assert report_of(tmp_path).split("\n") == as_drawn("report.html")


def test_the_data_card_is_written_to_the_letter(tmp_path: Path) -> None:
    assert card_of(tmp_path).split("\n") == as_drawn("card.txt")


def test_the_metadata_are_written_to_the_letter(tmp_path: Path) -> None:
    assert metadata_of(tmp_path).split("\n") == as_drawn("croissant.json")


if __name__ == "__main__":
    AS_DRAWN.mkdir(exist_ok=True)
    for name, made in DESCRIBED.items():
        with tempfile.TemporaryDirectory() as folder:
            (AS_DRAWN / name).write_text(made(Path(folder)), "utf-8")
