"""Weights as signed bytes: the square of what they say, as a share of the largest one.

So small ones keep their digits beside large ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..kernels.machine.buffers import Floats32

LARGEST = 127


def narrow(weights: npt.NDArray[np.floating], largest: float) -> npt.NDArray[np.int8]:
    """Weights as bytes, beside the largest of them."""
    shares = np.sqrt(np.minimum(np.abs(weights) / max(largest, 1e-9), 1.0))
    found: npt.NDArray[np.int8] = (np.sign(weights) * np.rint(LARGEST * shares)).astype(np.int8)
    return found


def wide(narrowed: npt.NDArray[np.int8], largest: float) -> Floats32:
    """The weights that bytes stand for."""
    shares = narrowed.astype(np.float64) / LARGEST
    return (np.sign(shares) * shares * shares * largest).astype(np.float32)
