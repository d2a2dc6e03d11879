"""Mix files: YAML, refused with the line and the nearest valid name."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ...dedup.documents.rehydrate import Rehydrate
from ...errors import InputError, RecipeError, nearest
from ...filters.base.parameters import fits, type_name
from ..files.storage import SCHEME
from ..recipes.yaml_nodes import NodeReader, Nodes
from .definition import HeldOut, Mix, Order, Packing, Shortage, Source, Stage, check
from .weights import weights_of

KEYS = (
    *("name", "seed", "tokens", "weights", "max_epochs", "temperature"),
    *("sources", "stages", "packing", "held_out", "shortage"),
)
SOURCE_KEYS = ("path", "weight", "max_epochs", "where", "temperature", "rehydrate")
STAGE_KEYS = ("name", "share", "tokens", "weights", "order")
_AMOUNT = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?)(?:e([0-9]+))? ?([KMBT]?)")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def load_mix(path: str) -> Mix:
    """Read a mix file; relative paths in it are looked for beside it first.

    Raises:
        InputError: when there is no such file.
        RecipeError: for what is no mix.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the mix {path}: {error}") from error
    return parse_mix(text, path, Path(path).parent)


def parse_mix(text: str, called: str = "mix", folder: Path | None = None) -> Mix:
    """Build a mix from YAML; ``folder`` is where the file lies."""
    reader = _Reader(called, folder)
    mix = reader.mix(reader.compose(text))
    try:
        check(mix)
    except RecipeError as error:
        raise RecipeError(f"{called}: {error}") from error
    return mix


class _Reader(NodeReader):
    def __init__(self, called: str, folder: Path | None) -> None:
        super().__init__(called)
        self.folder = folder

    def mix(self, root: yaml.Node | None) -> Mix:
        fields = self.fields(root, KEYS, "a mix")
        if "sources" not in fields:
            raise self.error(root, "a mix needs sources: a mapping of names to paths")
        listed = self.mapping(fields["sources"][1], "sources must be a mapping of names to paths or settings")
        if not listed:
            raise self.error(fields["sources"][1], "a mix needs at least one source")
        general: dict[str, Any] = {}
        for key in ("max_epochs", "temperature"):
            if key in fields:
                general[key] = self.typed(fields, key, float)
        sources, written = [], {}
        for name, (key_node, node) in listed.items():
            source, weight = self.source(name, key_node, node, general)
            sources.append(source)
            if weight is not None:
                written[name] = weight
        weights = self.weights(fields, listed)
        if written and (weights is not None or len(written) < len(sources)):
            raise self.error(
                fields["sources"][1],
                "weight stands at some sources only; give it at every source, or weights for all at the top",
            )
        weights = written or weights
        tokens = self.amount(fields["tokens"][1]) if "tokens" in fields else None
        stages, staged = self.stages(fields, listed, weights, tokens)
        return Mix(
            name=str(self.typed(fields, "name", str, Path(self.called).stem)),
            seed=str(self.value(fields["seed"][1])) if "seed" in fields else "",
            sources=tuple(sources),
            stages=stages,
            tokens=tokens or staged,
            packing=self.made(fields, "packing", Packing, Packing()),
            held_out=self.held_out(fields),
            shortage=self.typed(fields, "shortage", Shortage, "error"),
        )

    def source(
        self, name: str, key_node: yaml.Node, node: yaml.Node, general: Mapping[str, Any]
    ) -> tuple[Source, float | None]:
        if not isinstance(node, yaml.MappingNode):
            return Source(name=name, paths=self.paths(node), **general), None
        fields = self.fields(node, SOURCE_KEYS, f"source {name}")
        if "path" not in fields:
            raise self.error(key_node, f"source {name} needs path: the folder of a run, or a glob of Parquet files")
        given = dict(general)
        for key, kind in (("max_epochs", float), ("temperature", float), ("where", str)):
            if key in fields:
                given[key] = self.typed(fields, key, kind)
        if "rehydrate" in fields:
            given["rehydrate"] = self.rehydrate(fields["rehydrate"][1])
        weight = self.typed(fields, "weight", float) if "weight" in fields else None
        return Source(name=name, paths=self.paths(fields["path"][1]), **given), weight

    def paths(self, node: yaml.Node) -> tuple[str, ...]:
        value = self.value(node)
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(path, str) and path for path in listed):
            raise self.error(node, f"a path or a list of paths, not {value!r}")
        return tuple(self.beside(path) for path in listed)

    def beside(self, path: str) -> str:
        if self.folder is None or SCHEME.match(path) or Path(path).is_absolute():
            return path
        fixed = Path(*[part for part in path.split("/") if not set(part) & set("*?[")][:1])
        return str(self.folder / path) if (self.folder / fixed).exists() else path

    def rehydrate(self, node: yaml.Node) -> Rehydrate | None:
        value = self.value(node)
        if isinstance(value, bool):
            return Rehydrate() if value else None
        fields = self.fields(node, ("sizes", "repeats"), "rehydrate")
        given = {name: self.value(fields[name][1]) for name in fields}
        if not all(isinstance(found, list) and all(type(one) is int for one in found) for found in given.values()):
            raise self.error(node, "rehydrate needs sizes and repeats, two lists of whole numbers, or true")
        try:
            return Rehydrate(**given)
        except RecipeError as error:
            raise self.located(node, error) from error

    def weights(self, fields: Nodes, listed: Mapping[str, Any]) -> dict[str, float] | None:
        if "weights" not in fields:
            return None
        node = fields["weights"][1]
        value = self.value(node)
        try:
            if isinstance(value, str):
                return weights_of(value, listed)
        except RecipeError as error:
            raise self.located(node, error) from error
        if not isinstance(value, dict) or not all(fits(weight, float) for weight in value.values()):
            raise self.error(node, "weights must be a mapping of sources to numbers, or the name of a table")
        for name, (key_node, _) in self.mapping(node, "").items():
            if name not in listed:
                raise self.error(key_node, f"weights name {name!r}, which is no source{nearest(name, listed)}")
        return {str(name): float(weight) for name, weight in value.items()}

    def stages(
        self, fields: Nodes, listed: Mapping[str, Any], weights: dict[str, float] | None, tokens: int | None
    ) -> tuple[tuple[Stage, ...], int | None]:
        if "stages" not in fields:
            return (Stage(name="all", share=1.0, weights=weights),), None
        node = fields["stages"][1]
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.error(node, "stages must be a list")
        given = [self.fields(one, STAGE_KEYS, "a stage") for one in node.value]
        amounts = [self.amount(stage["tokens"][1]) if "tokens" in stage else None for stage in given]
        staged = None
        if any(amount is not None for amount in amounts):
            if tokens is not None or any(
                amount is None or "share" in one for amount, one in zip(amounts, given, strict=True)
            ):
                raise self.error(node, "give tokens at every stage and nowhere else, or share at every stage")
            staged = sum(amount or 0 for amount in amounts)
        stages = []
        for number, (stage, amount) in enumerate(zip(given, amounts, strict=True)):
            share = amount / staged if amount is not None and staged else self.typed(stage, "share", float, 0.0)
            if share <= 0:
                raise self.error(node.value[number], "a stage needs share or tokens, above 0")
            stages.append(
                Stage(
                    name=self.typed(stage, "name", str, f"stage {number + 1}"),
                    share=share,
                    weights=self.weights(stage, listed) or weights,
                    order=self.made(stage, "order", Order, None),
                )
            )
        return tuple(stages), staged

    def held_out(self, fields: Nodes) -> HeldOut | None:
        if "held_out" not in fields:
            return None
        node = fields["held_out"][1]
        value = self.value(node)
        if isinstance(value, float):
            return HeldOut(share=value)
        found: HeldOut = self.made(fields, "held_out", HeldOut, None)
        return found

    def fields(self, node: yaml.Node | None, valid: tuple[str, ...], what: str) -> Nodes:
        fields = self.mapping(node, f"{what} must be a mapping of {', '.join(valid)}")
        for key, (key_node, _) in fields.items():
            if key not in valid:
                raise self.error(
                    key_node, f"{what} has no {key!r}{nearest(key, valid)}; it may have {', '.join(valid)}"
                )
        return fields

    def typed(self, fields: Nodes, key: str, kind: Any, default: Any = None) -> Any:
        if key not in fields:
            return default
        node = fields[key][1]
        value = self.value(node)
        if not fits(value, kind):
            raise self.error(node, f"{key} must be {type_name(kind)}, not {value!r}")
        return value

    def made(self, fields: Nodes, key: str, kind: type, default: Any) -> Any:
        """A small object of which each field is an entry."""
        if key not in fields:
            return default
        hints = typing.get_type_hints(kind)
        inner = self.fields(fields[key][1], tuple(hints), key)
        given = {name: self.typed(inner, name, hints[name]) for name in inner}
        try:
            return kind(**given)
        except TypeError as error:
            missing = next(name for name in hints if name not in given)
            raise self.error(fields[key][1], f"{key} needs {missing}") from error

    def amount(self, node: yaml.Node) -> int:
        """Tokens: a whole number, or one as 300B, 1.4T or 5e9."""
        found = _AMOUNT.fullmatch(str(node.value).strip())
        amount = 0.0
        if found is not None:
            mantissa, exponent, unit = found.groups()
            amount = float(mantissa.replace("_", "")) * 10 ** int(exponent or 0) * _UNITS[unit]
        if amount < 1 or amount > 2**60:
            raise self.error(node, f"tokens must be a number such as 2000000, 300B or 1.4T, not {node.value!r}")
        return round(amount)
