"""Which language a document is in, for steps that have lists or models of several languages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..kernels.machine.buffers import Bytes, Int64Matrix, Int64s, text_buffers
from ..kernels.machine.eight_bytes import HIGH, letters_of
from ..kernels.machine.instructions import bits_set, load_eight
from ..kernels.machine.kernel import inner, kernel

LANGUAGE = "language.label"
"""The measurement of a Language step that says it."""

LOOKED_AT_BYTES = 20_000
"""How much of a text tells its script."""

CHINESE = {"yue": "zh", "wuu": "zh"}
"""Chinese languages that lid.176 tells apart."""


def document_languages(batch: pa.RecordBatch) -> list[str]:
    """Language of each document as an ISO 639-1 code; "" for one that neither label nor script tells.

    The label of an earlier Language step counts (``language.label``). Without one, mostly Han is Chinese and almost
    only ASCII letters English.
    """
    text = text_buffers(batch["text"])
    labels: list[str | None] = [None] * batch.num_rows
    if LANGUAGE in batch.schema.names:
        labels = batch[LANGUAGE].to_pylist()
    unlabelled = np.array([row for row, label in enumerate(labels) if label is None or label == "und"], dtype=np.int64)
    if len(unlabelled):
        letters = np.zeros((len(unlabelled), 4), dtype=np.int64)
        _count_letters(unlabelled, text.offsets, text.data, letters)
        for row, counts in zip(unlabelled.tolist(), letters.tolist(), strict=True):
            labels[row] = _by_script(*counts)
    return [CHINESE.get(label, label) for label in map(str, labels)]


def _by_script(han: int, kana: int, latin: int, other: int) -> str:
    if kana > 0.1 * han or other > 0.02 * (5 * han + latin):
        return ""
    return "zh" if 5 * han > latin else "en"  # a Han character says as much as a word of five letters


@kernel
def _count_letters(rows: Int64s, offsets: Int64s, data: Bytes, letters: Int64Matrix) -> None:
    for number in range(len(rows)):
        start, end = offsets[rows[number]], offsets[rows[number] + 1]
        han, kana, latin, other = _letters(data, start, min(end, start + LOOKED_AT_BYTES))
        letters[number, 0], letters[number, 1], letters[number, 2], letters[number, 3] = han, kana, latin, other


@inner
def _letters(data: Bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Letters by script: Han, Kana, ASCII, and any other above U+00C0 that is no general punctuation."""
    han, kana, latin, other = 0, 0, 0, 0
    i = start
    while i < end:
        if i + 8 <= end:
            block = load_eight(data, i)
            if not block & HIGH:
                latin += bits_set(letters_of(block))
                i += 8
                continue
        byte = data[i]
        if byte < 0x80:
            if 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A:
                latin += 1
        elif byte >= 0xC3:
            second = data[i + 1] if i + 1 < len(data) else np.uint8(0)
            if 0xE4 <= byte <= 0xE9:
                han += 1
            elif byte == 0xE3:
                if 0x81 <= second <= 0x83:
                    kana += 1
                elif second >= 0x90:
                    han += 1
            elif byte != 0xE2 and not (byte == 0xEF and second >= 0xB8) and byte < 0xF0:
                other += 1
        i += 1
    return han, kana, latin, other
