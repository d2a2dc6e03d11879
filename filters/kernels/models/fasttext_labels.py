"""Which label a vector belongs to, in a fastText model."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Float32Matrix, Floats, Floats32, Int64Matrix, Int64s
from ..machine.kernel import inner

TINY = 1e-5


@inner
def _dot(hidden: Floats32, row: Floats32) -> float:
    total = np.float32(0.0)
    for at in range(len(hidden)):
        total += hidden[at] * row[at]
    return float(total)


@inner
def down(
    hidden: Floats32, output: Float32Matrix, children: Int64Matrix, stack: Int64s, chances: Floats
) -> tuple[int, float]:
    """Search the tree, the likelier child first; a branch whose chance is below the best label's is left out."""
    leaves = len(children) + 1
    best, label = -np.inf, 0
    stack[0], chances[0] = 2 * leaves - 2, 0.0
    depth = 1
    while depth > 0:
        depth -= 1
        node, chance = stack[depth], chances[depth]
        if chance <= best:
            continue
        if node < leaves:
            best, label = chance, node
            continue
        right = 1.0 / (1.0 + np.exp(-_dot(hidden, output[node - leaves])))
        likelier = 1 if right >= 0.5 else 0
        for side in (1 - likelier, likelier):
            stack[depth] = children[node - leaves, side]
            chances[depth] = chance + np.log((right if side == 1 else 1.0 - right) + TINY)
            depth += 1
    return label, np.exp(best)


@inner
def most_likely(hidden: Floats32, output: Float32Matrix, logits: Floats) -> tuple[int, float]:
    """Softmax over all labels."""
    best, label = -np.inf, 0
    for row in range(len(output)):
        logits[row] = _dot(hidden, output[row])
        if logits[row] > best:
            best, label = logits[row], row
    whole = 0.0
    for row in range(len(output)):
        whole += np.exp(logits[row] - best)
    return label, 1.0 / whole + TINY
