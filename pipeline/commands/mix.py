"""``textmill mix``: print the plan of a mix, and carry it out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from ..mixing.account import plan_dict
from ..mixing.mix import planned, run_mix
from ..mixing.mix_file import load_mix
from ..mixing.output import check_output, scratch_folder
from ..mixing.plan import MixPlan


def mix_sources(
    path: str, output: str | None, *, workers: int, plan_only: bool, quiet: bool, as_json: bool
) -> dict[str, Any]:
    """Plan the mix of a file, print the plan, and run it unless only the plan is wanted.

    Returns what ``--json`` prints: the plan, and of a mix that was run its totals.
    """
    mix = load_mix(path)
    folder = None if plan_only else output
    beside = None
    if folder is not None:
        check_output(folder)
        beside = scratch_folder(folder)
    with planned(mix, beside) as ready:
        told = plan_dict(ready.plan)
        if as_json and plan_only:
            print(json.dumps(told, ensure_ascii=False))
        elif not quiet and not as_json:
            print("\n".join(describe(ready.plan)), flush=True)
        if folder is None:
            return told
        shows = not quiet and not as_json and sys.stderr.isatty()
        manifest = run_mix(ready, folder, workers, _progress if shows else _silent)
        if shows:
            print(file=sys.stderr)
    result = {"output": output, **manifest["totals"]}
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    elif not quiet:
        print("\n".join(_summary(str(output), manifest)))
    return result


def _progress(message: str) -> None:
    print(f"\r{message:<40}", end="", file=sys.stderr, flush=True)


def _silent(_: str) -> None:
    """Where nobody looks."""


def describe(plan: MixPlan) -> Iterator[str]:
    """A plan as it is printed."""
    mix = plan.mix
    yield f"{mix.name}: {plan.tokens:,} tokens"
    rows = [("source", "share", "wanted", "there", "epochs", "filtered", "held out", "left over")]
    rows += [
        (
            source.name,
            f"{source.share:.3%}",
            f"{source.wanted:,}",
            f"{source.there:,}",
            f"{source.epochs:.3f}",
            f"{source.found.filtered_tokens:,}",
            f"{source.found.held_out_tokens:,}",
            f"{source.left_out:,}",
        )
        for source in plan.sources
    ]
    yield from _table(rows)
    if plan.languages:
        yield "languages"
        yield from _table(
            [
                ("source", "language", "wanted", "there", "epochs"),
                *(
                    (source, language or "unknown", f"{wanted:,}", f"{there:,}", f"{wanted / max(1, there):.3f}")
                    for source, language, there, wanted in plan.languages
                ),
            ]
        )
    if len(plan.stages) > 1:
        yield "stages"
        parts = [part for part in plan.parts if part.folder == "shards"]
        yield from _table(
            [
                ("stage", "tokens", *(source.name for source in plan.sources)),
                *(
                    (part.name, f"{part.tokens:,}", *(f"{tokens / max(1, part.tokens):.3%}" for tokens in row))
                    for part, row in zip(parts, plan.stages, strict=True)
                ),
            ]
        )
    packing = mix.packing
    how = "none, one document in a row" if packing.method == "none" else f"{packing.method}, {packing.length:,} tokens"
    yield f"packing: {how}; {plan.shards:,} shard{'' if plan.shards == 1 else 's'}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if not number else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join(cells).rstrip()


def _summary(output: str, manifest: dict[str, Any]) -> Iterator[str]:
    totals, packing = manifest["totals"], manifest["mix"]["packing"]
    runs = f"{totals['tokens']:,} tokens of {totals['documents']:,} pieces of documents"
    yield f"{output}: {totals['rows']:,} rows, {runs}"
    if packing["method"] != "none":
        share = totals["padding"] / max(1, totals["padding"] + totals["tokens"])
        yield f"{packing['method']}: {totals['cuts']:,} cuts, {share:.4%} padding"
    if totals["held_out_tokens"]:
        yield f"held out: {totals['held_out_tokens']:,} tokens"
