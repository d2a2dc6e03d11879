"""A mix by Hugging Face's ``datasets``: streamed, by rank, from any step on.

    python examples/datasets_loader.py DIR [--rank 0 --world 1 --step 0 --batch 8]

The folder of a mix is what ``load_dataset(DIR)`` takes: its ``README.md`` names the splits ``train`` and, with held-out
documents, ``validation``.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from datasets import load_dataset


def batches(
    folder: str, *, batch: int, rank: int = 0, world: int = 1, step: int = 0, split: str = "train"
) -> Iterator[dict[str, Any]]:
    """Batches of one rank from a step on; each step takes the next ``batch * world`` rows, whatever else is set."""
    rows = load_dataset(folder, split=split, streaming=True)
    for found in rows.skip(step * world * batch).iter(world * batch, drop_last_batch=True):
        yield {name: column[rank * batch : (rank + 1) * batch] for name, column in found.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the batches of a rank.")
    parser.add_argument("folder")
    for name, default in (("rank", 0), ("world", 1), ("step", 0), ("batch", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    found = batches(given.folder, batch=given.batch, rank=given.rank, world=given.world, step=given.step)
    for number, rows in enumerate(found):
        print(json.dumps({"step": given.step + number, "ids": rows["input_ids"]}))
