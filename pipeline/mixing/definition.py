"""What a mix is: sources with shares, a budget, stages, packing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ...dedup.documents.rehydrate import Rehydrate
from ...errors import RecipeError

Method: TypeAlias = Literal["concat", "best_fit", "none"]
Positions: TypeAlias = Literal["position_ids", "cu_seqlens"]
Shortage: TypeAlias = Literal["error", "shrink", "redistribute"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where documents come from, and how many of them are wanted."""

    name: str
    paths: tuple[str, ...]
    """Folders of finished runs, folders or globs of Parquet files."""
    max_epochs: float = 1.0
    where: str | None = None
    """An SQL condition over columns of the shards and of the ledger."""
    temperature: float | None = None
    """Languages get shares of their tokens to the power of 1/temperature; None leaves them as they are."""
    rehydrate: Rehydrate | None = None
    """How often documents come in each epoch, by the size of their cluster; once by default."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """In which order a stage presents its documents."""

    by: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of the training run with shares of its own."""

    name: str
    share: float
    """Of all tokens."""
    weights: Mapping[str, float] | None
    """By source; None takes sources by the tokens that they have."""
    order: Order | None = None


@dataclass(frozen=True, kw_only=True)
class Packing:
    """How documents become sequences."""

    method: Method = "none"
    length: int = 0
    eos: int | None = None
    """Appended to every document."""
    pad: int | None = None
    """Fills sequences up to ``length``; without it, they may be shorter."""
    positions: Positions | None = None


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """A share of all documents that is kept for evaluation."""

    share: float
    by: Literal["cluster", "document"] = "cluster"


@dataclass(frozen=True, kw_only=True)
class Mix:
    """A mix as its file says."""

    name: str
    seed: str
    sources: tuple[Source, ...]
    stages: tuple[Stage, ...]
    tokens: int | None = None
    """None takes as many as shares and epochs allow."""
    packing: Packing = field(default_factory=Packing)
    held_out: HeldOut | None = None
    shortage: Shortage = "error"

    def as_dict(self) -> dict[str, Any]:
        """For the manifest: everything but where the sources lie."""
        described = dataclasses.asdict(self)
        for source in described["sources"]:
            source["paths"] = [path.rstrip("/").rsplit("/", 1)[-1] for path in source["paths"]]
            if source["rehydrate"] is not None:
                del source["rehydrate"]["repeat_rows"]
        return described


def check(mix: Mix) -> None:
    """Raise for values that contradict each other."""
    packing = mix.packing
    if packing.method == "none":
        if packing.length or packing.pad is not None:
            raise RecipeError("packing: length and pad need a method; use method: concat or method: best_fit")
    elif packing.length < 2:
        raise RecipeError(f"packing: {packing.method} needs length, the tokens of a sequence, of 2 or more")
    elif packing.length > 2**24:
        raise RecipeError(f"packing: length {packing.length:,} is more than {2**24:,}")
    for name, token in (("eos", packing.eos), ("pad", packing.pad)):
        if token is not None and not 0 <= token < 2**31:
            raise RecipeError(f"packing: {name} must be a token id, not {token}")
    if mix.held_out is not None and not 0 < mix.held_out.share < 1:
        raise RecipeError(f"held_out: share must be between 0 and 1, not {mix.held_out.share}")
    if mix.tokens is not None and mix.tokens < 1:
        raise RecipeError(f"tokens must be at least 1, not {mix.tokens}")
    for source in mix.sources:
        if source.max_epochs <= 0:
            raise RecipeError(f"{source.name}: max_epochs must be above 0, not {source.max_epochs}")
        if source.temperature is not None and source.temperature < 1:
            raise RecipeError(f"{source.name}: temperature must be 1 or more, not {source.temperature}")
    for stage in mix.stages:
        weights = None if stage.weights is None else stage.weights.values()
        if weights is not None and (any(weight < 0 for weight in weights) or sum(weights) <= 0):
            raise RecipeError(f"stage {stage.name}: weights must be 0 or more, and one of them above 0")
    if abs(sum(stage.share for stage in mix.stages) - 1) > 1e-6:
        raise RecipeError(f"the shares of the stages add up to {sum(s.share for s in mix.stages):g}, not to 1")
