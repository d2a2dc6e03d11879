"""A ledger in memory says of other thresholds what ``recut`` says, whatever stands in the ledger."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.step import Filter
from textmill.pipeline.commands.recut import recut
from textmill.pipeline.commands.retune import Retuning, summed_up, sums_of
from textmill.pipeline.recipes.definition import RecipeDefinition
from textmill.pipeline.recipes.presets import recipe_source
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.viewing.held import HeldLedger, can_be_held

LANGUAGES = """
name: languages
steps:
  - normalize_unicode
  - gopher_repetition
  - only_if: {kind: [web, book]}
    steps:
      - language: {keep: [en], min_score: 0.6}
  - only_if: {kind: web, except_language: [de]}
    steps:
      - c4_lines: {end_punctuation: false, min_words_per_line: 3}
  - gopher_quality: {min_words: 400, min_stop_words: null}
  - only_if: {kind: [web, book]}
    steps:
      - toxicity
      - exact_dedup
  - only_if: {language: [en]}
    steps:
      - fineweb_quality
      - minhash_dedup
  - c4_quality
"""
RULES = "name: rules\nsteps: [c4_lines, gopher_repetition, c4_quality, gopher_quality]\n"
EXACT = "name: exact\nsteps: [gopher_quality, exact_dedup, c4_quality, url_dedup, fineweb_quality]\n"
RECIPES = {"languages": LANGUAGES, "rules": RULES, "exact": EXACT} | {
    name: recipe_source(name)[0] for name in ("c4", "fineweb", "default")
}
KINDS = ["web", "book", "code", "mail"]


def thresholds(recipe: RecipeDefinition) -> dict[str, float]:
    return {
        f"{planned.id}.{rule.name}": float(bound)
        for planned in recipe.plan.steps
        if isinstance(planned.step, Filter)
        for rule in planned.step.rules
        for bound in (rule.minimum, rule.maximum)
        if bound is not None and hasattr(planned.step, rule.name)
    }


def random_ledger(recipe: RecipeDefinition, seed: int, *, tokenised: float) -> pa.Table:
    """Any ledger at all: also such as no run writes."""
    random = np.random.default_rng(seed)
    rows = int(random.integers(0, 60))
    bounds = sorted({*thresholds(recipe).values(), 0.0, 0.05, 1.0, 20.0, 1e6})
    plan = recipe.plan
    rules = [("read", "empty")]
    for planned in plan.steps:
        names = [rule.name for rule in planned.step.rules] if isinstance(planned.step, Filter) else []
        rules += [(planned.id, name) for name in (*names, "duplicate", "empty")]
    removed = random.random(rows) < random.random()
    removing = [rules[number] for number in random.integers(0, len(rules), rows)]
    verdicts = np.where(removed, "removed", np.where(random.random(rows) < 0.05, "quarantined", "kept"))
    columns: dict[str, Any] = {
        "doc_id": pa.array(random.permutation(rows), pa.int64()),
        "kept_instead": pa.array(random.integers(0, rows + 2, rows), pa.int64(), mask=random.random(rows) < 0.5),
        "source": ["a/b"] * rows,
        "kind": pa.array(random.choice(KINDS, rows)),
        "verdict": verdicts.astype(str).tolist(),
        "step": [one[0] if gone else None for one, gone in zip(removing, removed, strict=True)],
        "rule": [one[1] if gone else None for one, gone in zip(removing, removed, strict=True)],
        "emptied_by": [removing[row][0] if random.random() < 0.1 else None for row in range(rows)],
        "bytes": pa.array(random.integers(0, 1000, rows), pa.int64()),
        "tokens": pa.array(random.integers(0, 300, rows), pa.int64(), mask=random.random(rows) >= tokenised),
    }
    spread = random.random()
    for name, kind in plan.measurements.items():
        values: Any
        if pa.types.is_string(kind):
            values = random.choice(["en", "de", "x"], rows).astype(str)
        elif pa.types.is_boolean(kind):
            values = random.random(rows) < 0.5
        else:
            values = random.choice(bounds, rows) * random.choice([1, 1, 1, 0.99, 1.01], rows)
            values = np.where(random.random(rows) < spread, values, random.choice([0.0, np.nan], rows))
            values = np.nan_to_num(values).astype(np.int32) if pa.types.is_integer(kind) else values
        columns[name] = pa.array(values, mask=random.random(rows) < 0.2).cast(kind)
    types = {"step": pa.string(), "rule": pa.string(), "emptied_by": pa.string(), "kind": pa.string()}
    return pa.table({name: pa.array(one, types.get(name)) if name in types else one for name, one in columns.items()})


def told_by_recut(tables: duckdb.DuckDBPyConnection, old: RecipeDefinition, new: RecipeDefinition) -> Retuning:
    places = recut(tables, old.plan, new.plan)
    told = summed_up(sums_of(tables), places, {})
    tables.execute("DROP TABLE recut")
    return told


@pytest.mark.parametrize("name", RECIPES)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_it_says_what_recut_says(name: str, data: st.DataObject) -> None:
    old = parse_recipe(RECIPES[name])
    assert can_be_held(old.plan)
    bounds = thresholds(old)
    tokenised = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    table = random_ledger(old, data.draw(st.integers(0, 2**32 - 1)), tokenised=tokenised)
    with duckdb.connect() as tables:
        tables.register("arrived", table)
        tables.execute("CREATE TABLE ledger AS SELECT * FROM arrived")
        held = HeldLedger(tables, old.plan)
        for _ in range(2):  # what is remembered of one must not show in the next
            moved = data.draw(st.dictionaries(st.sampled_from(sorted(bounds)), st.sampled_from(FACTORS), max_size=4))
            chosen = {key: None if by is None else _moved(old, key, bounds[key] * by) for key, by in moved.items()}
            try:
                new = parse_recipe(RECIPES[name], settings=chosen)
            except RecipeError:  # a minimum above a maximum, a ratio above 1
                continue
            assert summed_up(*held.sums(tables, new.plan), {}) == told_by_recut(tables, old, new)


FACTORS = [None, 0, 0.5, 0.99, 1.01, 2, 100]


def _moved(recipe: RecipeDefinition, key: str, value: float) -> float:
    """The value as the parameter takes it."""
    called, name = key.split(".", 1)
    step = next(planned.step for planned in recipe.plan.steps if planned.id == called)
    return int(value) if isinstance(getattr(step, name), int) else value
