"""Models of importance: logarithms of ratios of two frequencies, by bucket of hashed words and pairs of words.

A file is a line of JSON, then the logarithms in millionths as little-endian 32-bit integers, which add up to the same
number on every processor and in every order.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np

from ...errors import RecipeError
from ..kernels.machine.buffers import Int32s, Int64s

FORMAT = "textmill importance 1"
FEWEST_BUCKETS, MOST_BUCKETS = 16, 1 << 24
UNIT = 1_000_000
"""Parts of 1 that logarithms are counted in."""
LEAST = 1e-8
"""Added to each frequency, as DSIR's own code does."""


def log_ratios(target: Int64s, raw: Int64s) -> Int32s:
    """Logarithms of the ratio of two frequencies, in millionths, from counts of shape (buckets,)."""
    of_target, of_raw = target / max(target.sum(), 1), raw / max(raw.sum(), 1)
    ratios: Int32s = np.rint(UNIT * (np.log(of_target + LEAST) - np.log(of_raw + LEAST))).astype(np.int32)
    return ratios


def write_ratios(path: Path, ratios: Int32s) -> None:
    """Write a model; the same numbers give the same bytes."""
    header = json.dumps({"buckets": len(ratios), "format": FORMAT}, sort_keys=True)
    path.write_bytes(header.encode() + b"\n" + ratios.astype("<i4").tobytes())


@functools.cache
def load_ratios(path: str) -> Int32s:
    """Load a model once in a process.

    Raises:
        RecipeError: for a file that is no such model.
    """
    try:
        header, _, content = Path(path).read_bytes().partition(b"\n")
        facts = json.loads(header)
        if facts["format"] != FORMAT or not FEWEST_BUCKETS <= facts["buckets"] <= MOST_BUCKETS:
            raise ValueError("its first line says so")
        if len(content) != 4 * facts["buckets"]:
            raise ValueError(f"{len(content)} bytes behind the first line")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            f"{path} is no model of importance ({error}); `textmill train importance` writes importance.bin"
        ) from error
    ratios = np.frombuffer(content, dtype="<i4").astype(np.int32)
    ratios.setflags(write=False)
    return ratios
