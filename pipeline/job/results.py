"""What a pass over a split leaves for the passes behind it, for the shards, and for a run that is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..input.splits import Split
from .facts import SplitFacts
from .progress import Progress


@dataclass(frozen=True, kw_only=True)
class StagedSplit:
    """A split between two passes: where its documents lie, and what is known of it so far."""

    split: Split
    splits: int
    path: str | None = None
    checksum: str
    """XXH3-128 of the file."""
    facts: SplitFacts


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one split contributes to the shards: an Arrow file of its kept documents, in order."""

    path: str
    batch_rows: tuple[int, ...]
    """Documents in each record batch of the file."""
    batch_bytes: tuple[int, ...]
    """Text bytes in each record batch."""
    batch_folders: tuple[str, ...] = ()
    """Below that of the shards, the folder of the documents in each record batch; none where shards are not
    partitioned."""


@dataclass(frozen=True, kw_only=True)
class PassResult:
    """What a pass over a split leaves: a staged split with messages, or after the last pass a piece of shards."""

    staged: StagedSplit
    messages: Mapping[int, bytes] = field(default_factory=dict)
    """What the split says to the others in the exchange behind the pass: packed bytes by the number of a group."""
    piece: Piece | None = None
    seen: Progress = field(default_factory=Progress, compare=False)
    """What was counted on the way, for a run that takes the result over."""
