"""Time ``textmill retune`` on a ledger of a million documents: ``python benchmarks/retune.py [--rows N]``.

The ledger is made here: every measurement is drawn around its threshold, each document is judged by the recipe's rules,
costly measurements are missing where a run would not take them, and a tenth of what enters a deduplication are
duplicates. Each figure is the whole command, start of the process included.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textmill import Recipe
from textmill.dedup.base.step import Deduplicator
from textmill.filters.base.step import Filter
from textmill.pipeline.files.ledger import ledger_schema, write_table
from textmill.pipeline.output.manifest import write_manifest

ROWS_PER_FILE = 100_000

CHANGES = (
    ["gopher_quality.min_words=30"],
    ["gopher_quality.min_words=80", "fineweb_quality.max_short_line_ratio=0.5"],
    ["language.min_score=0.5", "gopher_repetition.max_top_2_gram_ratio=none", "c4_quality.min_sentences=3"],
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--recipe", default="fineweb")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = write_run(Recipe.load(options.recipe), Path(folder), options.rows)
        print(f"ledger of {options.rows:,} documents, {size / 1e6:.0f} MB")
        for change in CHANGES:
            command = [str(Path(sys.executable).parent / "textmill"), "retune", folder]
            command += [part for setting in change for part in ("--set", setting)]
            started, before = time.perf_counter(), cpu_seconds()
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            spent = cpu_seconds() - before
            print(f"\n{' '.join(change)}: {time.perf_counter() - started:.2f} s, {spent:.2f} s of CPU\n{told}", end="")


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_run(recipe: Recipe, folder: Path, rows: int) -> int:
    """Write the ledger and the manifest of a run that has never been; returns the bytes of the ledger."""
    schema = ledger_schema(recipe.plan.measurements)
    random = np.random.default_rng(1)
    starts = range(0, rows, ROWS_PER_FILE)
    files = []
    for number, start in enumerate(starts):
        batch = make_rows(recipe, schema, start, min(ROWS_PER_FILE, rows - start), random)
        path = folder / "ledger" / f"part-{number:05d}-of-{len(starts):05d}.parquet"
        files.append(vars(write_table(str(path), [batch], schema)))
    empty: dict[str, Any] = {"totals": {}, "inputs": [], "shards": [], "removed": [], "quarantine": []}
    write_manifest(str(folder), {**empty, "recipe": recipe.as_dict(), "ledger": files})
    return sum(path.stat().st_size for path in (folder / "ledger").iterdir())


def make_rows(recipe: Recipe, schema: pa.Schema, start: int, rows: int, random: np.random.Generator) -> pa.RecordBatch:
    """Rows of a ledger whose verdicts follow from their measurements."""
    ids = np.array([f"{start + row:032x}" for row in range(rows)], dtype=object)
    text_bytes = random.lognormal(7.5, 1, rows).astype(np.int64) + 1
    columns: dict[str, Any] = {name: np.full(rows, None, dtype=object) for name in ("step", "rule", "kept_instead")}
    columns |= {"doc_id": ids, "source": ["web/crawl.jsonl"] * rows, "kind": ["web"] * rows, "bytes": text_bytes}
    kept = np.ones(rows, dtype=np.bool_)
    for planned in recipe.plan.steps:
        step = planned.step
        if isinstance(step, Filter):
            bounds = {rule.measurement: rule for rule in reversed(step.rules)}
            taken = {
                name: draw_measurement(bounds.get(name), declared, rows, random)
                for name, declared in step.measurements.items()
            }
            for name, column in taken.items():
                columns[planned.columns[name]] = column if not step.expensive else mask_out(column, ~kept)
            for rule in step.rules:
                failed = rule.fails(taken[rule.measurement]) & kept
                columns["step"][failed], columns["rule"][failed] = planned.id, rule.name
                kept &= ~failed
        elif isinstance(step, Deduplicator):
            entering = np.flatnonzero(kept)
            doubled = entering[1:][random.random(len(entering) - 1) < 0.1]
            columns["step"][doubled], columns["rule"][doubled] = planned.id, "duplicate"
            columns["kept_instead"][doubled] = ids[entering[0]]
            kept[doubled] = False
    columns["verdict"] = np.where(kept, "kept", "removed")
    columns["tokens"] = mask_out(pa.array(text_bytes // 4), ~kept)
    arrays = [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type) for f in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def draw_measurement(rule: Any, declared: pa.DataType, rows: int, random: np.random.Generator) -> pa.Array:
    """Values of which about one in thirty breaks the rule."""
    if pa.types.is_string(declared):
        return pa.array(random.choice(["en", "de", "fr"], rows, p=[0.94, 0.03, 0.03]))
    if rule is None:
        values = random.exponential(1, rows)
    elif rule.minimum is not None:
        values = rule.minimum * random.lognormal(1.1, 0.6, rows)
    else:
        values = (rule.maximum or 0.3) * random.lognormal(-1.3, 0.7, rows)
    return pa.array(values).cast(declared, safe=False) if pa.types.is_integer(declared) else pa.array(values)


def mask_out(column: pa.Array, mask: Any) -> pa.Array:
    return pa.array(column.to_numpy(zero_copy_only=False), column.type, mask=mask)


if __name__ == "__main__":
    main()
