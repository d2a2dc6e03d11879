"""``textmill retune``: what other thresholds would do to a finished run, found from its ledger without the texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from ...errors import InputError, RecipeError
from ..files.storage import join
from ..files.tables import open_tables
from ..output.manifest import read_manifest
from ..recipes.definition import RecipeDefinition
from ..recipes.recipe_file import parse_recipe
from ..recipes.settings import Settings
from .recut import DOUBTS, Place, recut

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

RECORDED = "the recorded recipe"


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Documents, their bytes as read, and their tokens."""

    documents: int = 0
    bytes: int = 0
    tokens: int | None = None
    """Of documents that were never tokenised an estimate from the bytes per token of those that were; None without a
    tokenizer."""

    def __add__(self, other: Amount) -> Amount:
        tokens = None if self.tokens is None and other.tokens is None else (self.tokens or 0) + (other.tokens or 0)
        return Amount(documents=self.documents + other.documents, bytes=self.bytes + other.bytes, tokens=tokens)


class Sum(NamedTuple):
    """Documents of which the same was said before, and is said now."""

    old_step: str | None
    """None when they were kept."""
    old_rule: str | None
    outcome: int | None
    """The code of the rule that removes them now; None when they are kept."""
    doubt: str | None
    """Why that cannot be known, where it cannot."""
    documents: int
    bytes: int
    tokens: int | None


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """What becomes of the documents that a rule removes first."""

    step: str
    rule: str
    removed_before: int = 0
    removed_after: int = 0
    gained: Amount = field(default_factory=Amount)
    """Removed by this rule before, and kept now."""
    lost: Amount = field(default_factory=Amount)
    """Kept before, and removed by this rule now."""


@dataclass(frozen=True, kw_only=True)
class Retuning:
    """What other thresholds would do to a run."""

    settings: Mapping[str, Any]
    kept_before: Amount
    kept_after: Amount
    rules: tuple[RuleChange, ...]
    """Rules for which something changes, in the order in which they judge."""
    gained: Amount
    lost: Amount
    unknown: Mapping[str, int]
    """Documents of which it cannot be known whether they are kept, by reason; the figures assume that a measurement
    which was not taken passes, that edits are as before, and that no deduplication decides otherwise."""
    bytes_per_token: float | None

    @property
    def cannot_know(self) -> int:
        """Documents whose verdict it does not know."""
        return sum(self.unknown.values())


def retune(folder: str, settings: Settings, *, code: bool = False) -> Retuning:
    """Judge the documents of a finished run anew under other thresholds.

    Args:
        folder: The output folder of a run.
        settings: Values by ``step.parameter``; None switches a rule off.
        code: Whether steps that the recorded recipe names as ``package.module:Class`` are imported, which runs what
            their modules say; functions are never.

    Raises:
        InputError: when the folder holds no finished run.
        RecipeError: for an unknown step or parameter, or thresholds that contradict each other.
    """
    with _recut(folder, settings, code=code) as (tables, places):
        return summed_up(sums_of(tables), places, settings)


def sums_of(tables: duckdb.DuckDBPyConnection) -> list[Sum]:
    """Sums of the table ``recut``."""
    found = tables.execute(
        "SELECT old_step, old_rule, outcome, CASE WHEN outcome IS NULL OR soft THEN doubt END AS unknown, "
        "count(*), sum(bytes)::BIGINT, sum(tokens)::BIGINT FROM recut GROUP BY ALL"
    ).fetchall()
    return [Sum(*row) for row in found]


def summed_up(sums: Sequence[Sum], places: Mapping[int, Place], settings: Settings) -> Retuning:
    """What sums of documents say in all.

    Args:
        sums: One for each way that documents went before and go now.
        places: What the codes of outcomes mean.
        settings: Those that documents were judged by.
    """
    bytes_per_token = _bytes_per_token(sums)
    order = {place: code for code, place in places.items()}
    changes: dict[Place, RuleChange] = {}
    unknown = dict.fromkeys(DOUBTS, 0)
    before = after = gained = lost = Amount(tokens=None if bytes_per_token is None else 0)
    for old_step, old_rule, outcome, doubt, documents, size, tokens in sums:
        if bytes_per_token is not None and old_step is not None:
            tokens = round(size / bytes_per_token)
        amount = Amount(documents=documents, bytes=size, tokens=tokens)
        old = None if old_step is None else Place(old_step, old_rule or "")
        new = None if outcome is None else places[outcome]
        if doubt is not None:
            unknown[doubt] += documents
        if old is None:
            before += amount
        else:
            change = changes.setdefault(old, RuleChange(step=old.step, rule=old.rule))
            won = change.gained + amount if new is None else change.gained
            changes[old] = replace(change, removed_before=change.removed_before + documents, gained=won)
        if new is None:
            after += amount
        else:
            change = changes.setdefault(new, RuleChange(step=new.step, rule=new.rule))
            gone = change.lost + amount if old is None else change.lost
            changes[new] = replace(change, removed_after=change.removed_after + documents, lost=gone)
        if old is not None and new is None:
            gained += amount
        if old is None and new is not None:
            lost += amount
    moved = [
        change
        for change in changes.values()
        if change.removed_before != change.removed_after or change.gained.documents or change.lost.documents
    ]
    return Retuning(
        settings=dict(settings),
        kept_before=before,
        kept_after=after,
        rules=tuple(sorted(moved, key=lambda one: (order.get(Place(one.step, one.rule), 0), one.step, one.rule))),
        gained=gained,
        lost=lost,
        unknown={reason: count for reason, count in unknown.items() if count},
        bytes_per_token=bytes_per_token,
    )


def retuned_verdicts(folder: str, settings: Settings, *, code: bool = False) -> pa.Table:
    """The new verdict of every document that could be read.

    Columns: doc_id; verdict (kept or removed); step and rule, null when kept; doubt, null when all of it is certain;
    known, whether at least the verdict is.
    """
    with _recut(folder, settings, code=code) as (tables, places):
        tables.execute("CREATE TEMP TABLE places (outcome INTEGER, step VARCHAR, rule VARCHAR)")
        tables.executemany("INSERT INTO places VALUES (?, ?, ?)", [(code, *place) for code, place in places.items()])
        return tables.sql(
            "SELECT doc_id, CASE WHEN outcome IS NULL THEN 'kept' ELSE 'removed' END AS verdict, step, rule, doubt, "
            "doubt IS NULL OR NOT (outcome IS NULL OR soft) AS known "
            "FROM recut LEFT JOIN places USING (outcome) ORDER BY doc_id"
        ).to_arrow_table()


def retuned_recipe(folder: str, settings: Settings, *, code: bool = False) -> RecipeDefinition:
    """The recipe of a finished run with other parameters; functions in it are named, and cannot be called."""
    return recorded_recipes(folder, read_manifest(folder), settings, code=code)[1]


@contextmanager
def _recut(
    folder: str, settings: Settings, *, code: bool
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Mapping[int, Place]]]:
    manifest = read_manifest(folder)
    old, new = recorded_recipes(folder, manifest, settings, code=code)
    if not manifest["ledger"]:
        raise InputError(f"{folder} has no ledger, so there is nothing to judge anew")
    with open_tables(folder, manifest, ["ledger"]) as tables:
        check_columns(tables, folder, new)
        yield tables, recut(tables, old.plan, new.plan)


def check_columns(tables: duckdb.DuckDBPyConnection, folder: str, recipe: RecipeDefinition) -> None:
    """Check that the table ``ledger`` has all that it takes to judge by a recipe.

    Raises:
        InputError: when it does not.
    """
    columns = {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}
    needed = set(recipe.plan.measurements) - set(recipe.plan.bucket_columns)  # buckets are found anew
    missing = sorted({"kind", "emptied_by", *needed} - columns)
    if missing:
        raise InputError(f"the ledger of {folder} has no column {missing[0]!r}: another version wrote it; run again")


def recorded_recipes(
    folder: str, manifest: Mapping[str, Any], settings: Settings, *, code: bool
) -> tuple[RecipeDefinition, RecipeDefinition]:
    """The recipe of a run as it was, and as it would be; functions in it are named, and cannot be called."""
    called = join(folder, "manifest.json")
    written = recorded_text(folder, manifest)
    try:
        old = parse_recipe(written, RECORDED, settings, by_name_only=True, moved_files_only=True, code=code)
    except RecipeError as error:
        if "--code" in str(error):
            raise RecipeError(f"{called}: {error}") from error
        raise RecipeError(f"{called}: {error}; say where a file lies with --set STEP.PARAMETER=PATH") from error
    return old, recorded_recipe(written, settings, code=code)


def recorded_text(folder: str, manifest: Mapping[str, Any]) -> str:
    """The recipe of a run as a file.

    Raises:
        InputError: when the run has recorded none.
    """
    if "recipe" not in manifest:
        raise InputError(f"{join(folder, 'manifest.json')} records no recipe; run again")
    recipe = {key: value for key, value in manifest["recipe"].items() if key != "sha256"}
    return yaml.safe_dump(recipe, sort_keys=False)


def recorded_recipe(written: str, settings: Settings, *, code: bool) -> RecipeDefinition:
    """What :func:`recorded_text` has written, with other parameters."""
    return parse_recipe(written, RECORDED, settings, by_name_only=True, code=code)


def _bytes_per_token(sums: Sequence[Sum]) -> float | None:
    kept = [(size, tokens) for old_step, _, _, _, _, size, tokens in sums if old_step is None]
    tokens = sum(count or 0 for _, count in kept)
    return sum(size for size, _ in kept) / tokens if tokens else None
