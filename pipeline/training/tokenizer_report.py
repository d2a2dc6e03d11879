"""What a tokenizer makes of a corpus, beside others: a table for people and the same as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..steps.tokenizing import Tokenize

GROUPS = ("language", "source", "kind")
ROWS_SHOWN = 20
"""Languages and sources in the card, those with most text; the JSON has all."""


@dataclass
class _Counts:
    bytes: int = 0
    tokens: int = 0


@dataclass
class Measured:
    """Sums over all texts that one tokenizer was tried on."""

    name: str
    vocabulary_size: int
    bytes: int = 0
    tokens: int = 0
    unknown: float = 0.0
    """Tokens that stand for unknown characters."""
    groups: dict[str, dict[str, _Counts]] = field(
        default_factory=lambda: {name: defaultdict(_Counts) for name in GROUPS}
    )
    used: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """For each id, whether any text has it."""
    texts: int = 0
    not_exact: int = 0
    """Texts that do not come back when their ids are decoded."""

    def as_dict(self) -> dict[str, Any]:
        """Rates, and what they are made of."""
        return {
            "name": self.name,
            "vocabulary_size": self.vocabulary_size,
            "bytes": self.bytes,
            "tokens": self.tokens,
            "bytes_per_token": _rate(self.bytes, self.tokens),
            "unknown_share": self.unknown / self.tokens if self.tokens else 0.0,
            "tokens_never_used": int(len(self.used) - self.used.sum()),
            **{
                f"bytes_per_token_by_{group}": {
                    name: _rate(counts.bytes, counts.tokens)
                    for name, counts in sorted(of_group.items(), key=lambda one: (-one[1].bytes, one[0]))
                }
                for group, of_group in self.groups.items()
            },
        }


def _rate(size: int, tokens: int) -> float:
    return size / tokens if tokens else 0.0


def measure(batches: Iterable[pa.RecordBatch], ours: Path, others: Sequence[str]) -> list[Measured]:
    """Encode every text with each tokenizer, and decode what the new one made of it.

    Args:
        batches: Of :data:`~.sources.SCHEMA`.
        ours: The new ``tokenizer.json``.
        others: Names or paths as ``tokenize`` takes them.
    """
    from tokenizers import Tokenizer

    decoder = Tokenizer.from_file(str(ours))
    steps = [(name, Tokenize(path)) for name, path in [("this one", str(ours)), *((one, one) for one in others)]]
    found = [_empty(name, step) for name, step in steps]
    for batch in batches:
        sizes = pc.binary_length(batch["text"]).to_numpy(zero_copy_only=False).astype(np.int64)
        texts = batch["text"].to_pylist()
        for number, ((_, step), measured) in enumerate(zip(steps, found, strict=True)):
            ids = step.encode(batch["text"])
            _add(measured, batch, sizes, ids, step)
            if number == 0:
                decoded = decoder.decode_batch(ids.to_pylist(), skip_special_tokens=False)
                measured.texts += len(texts)
                measured.not_exact += sum(was != now for was, now in zip(texts, decoded, strict=True))
    return found


def _empty(name: str, step: Tokenize) -> Measured:
    size = int(step.identity()["vocabulary_size"])
    return Measured(name, size, used=np.zeros(size, np.bool_))


def _add(
    measured: Measured, batch: pa.RecordBatch, sizes: npt.NDArray[np.int64], ids: pa.ListArray, step: Tokenize
) -> None:
    counts = np.diff(ids.offsets.to_numpy()).astype(np.int64)
    measured.bytes += int(sizes.sum())
    measured.tokens += int(counts.sum())
    measured.used[ids.values.to_numpy()] = True
    if step.measurements:
        measured.unknown += float(np.dot(step.unknown_share(ids).to_numpy(), counts))
    for group, of_group in measured.groups.items():
        names = pc.dictionary_encode(batch[group])
        for number, name in enumerate(names.dictionary.to_pylist()):
            mine = names.indices.to_numpy() == number
            of_group[name].bytes += int(sizes[mine].sum())
            of_group[name].tokens += int(counts[mine].sum())


def comparison_table(found: Sequence[Measured]) -> str:
    """Bytes of UTF-8 for a token, in Markdown."""
    dicts = [one.as_dict() for one in found]

    def row(name: str, cells: Iterable[str]) -> str:
        return f"| {name} | {' | '.join(cells)} |"

    lines = [
        row("", (one.name for one in found)),
        "|---" * (len(found) + 1) + "|",
        row("entries", (f"{one.vocabulary_size:,}" for one in found)),
        row("bytes per token", (f"{one['bytes_per_token']:.3f}" for one in dicts)),
        row("unknown tokens", (f"{one['unknown_share']:.4%}" for one in dicts)),
        row("entries never used", (f"{one['tokens_never_used']:,}" for one in dicts)),
    ]
    for group in GROUPS:
        key = f"bytes_per_token_by_{group}"
        names = list(dicts[0][key])[:ROWS_SHOWN]
        lines += [row(f"{group} {name}", [f"{one[key][name]:.3f}" for one in dicts]) for name in names]
    return "\n".join(lines) + "\n"
