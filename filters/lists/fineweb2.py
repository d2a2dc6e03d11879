"""The table of FineWeb2: thresholds and stop words of 1,929 languages, and which row a document goes by."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from ..kernels.words.stop_word_table import StopWords, stop_words_table
from ..models.languages import split_label

LOOKED_AT_CHARS = 2000
PREFERRED = ("pes", "arb", "azj", "khk", "ekk", "lvs", "npi", "ory", "plt", "pbt", "quy", "gaz", "swh", "uzn", "zsm")
"""Where several rows have one code of BCP 47: the language that most documents under it are in."""


class Table(NamedTuple):
    """Rows are numbered; a document without a row has number -1."""

    names: Sequence[str]
    """Language and script, as ``tha_Thai``."""
    columns: Mapping[str, npt.NDArray[np.float64]]
    """A threshold by row."""
    stop_words: tuple[tuple[str, ...], ...]
    rows: Mapping[str, Mapping[str, int]]
    """By BCP 47 label and script, the number of the row."""


def table_file() -> Path:
    """Where the table is."""
    return Path(__file__).with_name("fineweb2.json.gz")


@cache
def load() -> Table:
    """Read the table, once in a process."""
    content = json.loads(gzip.decompress(table_file().read_bytes()))
    names = list(content["rows"])
    numbers = np.array([row[:-1] for row in content["rows"].values()], dtype=np.float64)
    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for number in sorted(range(len(names)), key=lambda number: (names[number][:3] not in PREFERRED, names[number])):
        label, script = split_label(names[number])
        rows[label].setdefault(str(script), number)
    return Table(
        names,
        dict(zip(content["columns"], numbers.T, strict=True)),
        tuple(tuple(word for word in row[-1].split("\n") if word.strip("\u200b")) for row in content["rows"].values()),
        {**rows, "no": rows["nb"], "sh": rows["hr"]},
    )


_MET: set[int] = set()
"""Rows of documents that this process has met: a table of the stop words of all rows would take a second to make."""


def stop_words(mode: int, rows: npt.NDArray[np.int64]) -> tuple[StopWords, npt.NDArray[np.int64]]:
    """Stop words of the rows of some documents, and the number in that table of each document's row, -1 for none."""
    _MET.update(np.unique(rows[rows >= 0]).tolist())
    met = sorted(_MET)
    places = np.full(len(load().names) + 1, -1, dtype=np.int64)
    places[met] = np.arange(len(met))
    return _stop_words(mode, tuple(met)), places[rows]


@lru_cache(maxsize=8)
def _stop_words(mode: int, rows: tuple[int, ...]) -> StopWords:
    return stop_words_table(tuple(load().stop_words[row] for row in rows) or ((),), mode)


def rows_of(texts: Sequence[str], labels: Sequence[str | None], scripts: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """The number of each document's row, -1 where the table has none for its language.

    Of a language with rows for several scripts the row is that of the script that is told, or else of the script of
    most letters at the beginning of the text.
    """
    rows = load().rows
    found = np.full(len(labels), -1, dtype=np.int64)
    for number, (text, label, script) in enumerate(zip(texts, labels, scripts, strict=True)):
        choices = rows.get(label or "", {})
        if len(choices) == 1:
            found[number] = next(iter(choices.values()))
        elif choices:
            found[number] = choices.get(str(script), -1)
            if found[number] < 0:
                found[number] = choices[_script_of(text, tuple(choices))]
    return found


def _script_of(text: str, scripts: tuple[str, ...]) -> str:
    """The one of some scripts of which most letters are; the first where the text has none."""
    beginning = text[:LOOKED_AT_CHARS]
    return max(scripts, key=lambda script: len(_letters_of(script).findall(beginning)))


@cache
def _letters_of(script: str) -> regex.Pattern[str]:
    name = {"Hani": "Han", "Hans": "Han", "Hant": "Han", "Jpan": "Hira"}.get(script, script)
    return regex.compile(rf"\p{{Script={name}}}")
