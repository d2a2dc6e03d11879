"""Mixing, shuffling and packing beside datatrove's context shuffler and Megatron's index builder, on the same tokens.

    python benchmarks/mixing.py [--tokens 100e6] [--peers PYTHON] [--folder DIR]

Three sources of synthetic documents (lengths and ids as skewed as those of texts, from a fixed seed) are mixed with
LLaMA's weights, and packed by best fit into sequences of 4,096. What is checked: that DuckDB counts every share within
0.1 % of what was wanted, that a second run and one with three workers write the same bytes, and how much is cut and
padded by each way of packing. CPU seconds of everything, from Parquet to Parquet, are set against tokens written.

PYTHON is one with datatrove, megatron-core and torch. Theirs do less: datatrove's shuffler moves windows within one
file of bare ids, and Megatron's builder appends documents in the order given.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from textmill.pipeline.export.export import export
from textmill.pipeline.mixing.mix import planned, run_mix
from textmill.pipeline.mixing.mix_file import load_mix

PEERS = Path(__file__).parent / "peers" / "speed_of_token_shufflers.py"
SOURCES = {"commoncrawl": (67.0, 700), "books": (4.5, 60_000), "github": (4.5, 1500)}
"""Weight and mean length of documents."""
LENGTH = 4096


def write_source(folder: Path, name: str, tokens: float, mean: int) -> None:
    folder.mkdir(parents=True)
    generator = np.random.default_rng(len(name))
    file = written = number = 0
    while written < tokens:
        lengths = np.maximum(
            1, generator.lognormal(np.log(mean) - 0.5, 1.0, max(20, 8_000_000 // mean)).astype(np.int64)
        )
        ids = np.minimum(generator.zipf(1.2, int(lengths.sum())), 100_000).astype(np.int32)
        table = pa.table(
            {
                "doc_id": [f"{name}-{number + row}" for row in range(len(lengths))],
                "input_ids": pa.ListArray.from_arrays(
                    pa.array(np.cumsum([0, *lengths]).astype(np.int32)), pa.array(ids)
                ),
                "token_count": pa.array(lengths),
            }
        )
        # As textmill writes its shards.
        pq.write_table(table, folder / f"part-{file:05d}.parquet", compression="zstd", row_group_size=5000)
        file, written, number = file + 1, written + int(lengths.sum()), number + len(lengths)


def mix(folder: Path, tokens: float, packing: str, output: str, workers: int) -> tuple[float, float, dict[str, object]]:
    """CPU seconds of the plan and of the rest, and the manifest."""
    named = ", ".join(f"{name}: {name}" for name in SOURCES)
    (folder / "mix.yaml").write_text(
        f"weights: llama\ntokens: {int(tokens)}\nsources: {{{named}}}\npacking: {{{packing}}}\nseed: benchmark\n"
    )
    begun = time.process_time()
    with planned(load_mix(str(folder / "mix.yaml")), folder) as ready:
        middle = time.process_time()
        manifest = run_mix(ready, str(folder / output), workers, lambda _: None)
        return middle - begun, time.process_time() - middle, manifest


def digests(manifest: dict[str, object]) -> list[str]:
    return [shard["sha256"] for shard in manifest["shards"]]  # type: ignore[attr-defined, index]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=float, default=100e6)
    parser.add_argument("--peers")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as work:
        folder = Path(work)
        whole = sum(weight for weight, _ in SOURCES.values())
        for name, (weight, mean) in SOURCES.items():
            write_source(folder / name, name, 1.1 * given.tokens * weight / whole, mean)
        best_fit = f"method: best_fit, length: {LENGTH}, eos: 100257, pad: 0"
        mix(folder, 1e6, best_fit, "warm", 1)
        plan, rest, first = mix(folder, given.tokens, best_fit, "first", 1)
        print(f"{given.tokens / 1e6:.0f} M tokens mixed, shuffled and packed by best fit, one worker")
        speed = given.tokens / (plan + rest) / 1e6
        print(f"  plan {plan:.2f} s, the rest {rest:.2f} s of CPU: {speed:.1f} M tokens/s a core")
        plan, rest, _ = mix(folder, given.tokens, f"{best_fit}, positions: position_ids", "positions", 1)
        print(f"  with position_ids: {given.tokens / (plan + rest) / 1e6:.1f} M tokens/s a core")
        shares = duckdb.sql(
            "SELECT run.source, sum(run.length) / sum(sum(run.length)) OVER () FROM "
            f"(SELECT unnest(documents) AS run FROM '{folder}/first/shards/*.parquet') GROUP BY 1"
        ).fetchall()
        for name, share in sorted(shares):
            wanted = SOURCES[name][0] / whole
            assert abs(share / wanted - 1) < 0.001, name
            print(f"  {name}: {share:.6%} of tokens, wanted {wanted:.6%}")
        assert digests(first) == digests(mix(folder, given.tokens, best_fit, "again", 1)[2])
        assert digests(first) == digests(mix(folder, given.tokens, best_fit, "workers", 3)[2])
        print("  the same bytes again, and with three workers")
        concat = mix(folder, given.tokens, f"method: concat, length: {LENGTH}, eos: 100257, pad: 0", "concat", 1)[2]
        for name, manifest in (("best fit", first), ("concat", concat)):
            totals = manifest["totals"]
            padding = totals["padding"] / (totals["tokens"] + totals["padding"])  # type: ignore[index]
            print(f"  {name}: {totals['cuts']:,} cuts, {padding:.4%} padding")  # type: ignore[index]
        if given.peers:
            export(str(folder / "concat"), str(folder / "ds"), "nanotron")
            command = [given.peers, str(PEERS), str(folder / "ds"), str(folder / "result.json"), str(LENGTH)]
            subprocess.run(command, check=True, capture_output=True)
            for name, (tokens, seconds) in json.loads((folder / "result.json").read_bytes()).items():
                print(f"  {name}: {tokens / seconds / 1e6:.1f} M tokens/s a core")


if __name__ == "__main__":
    main()
