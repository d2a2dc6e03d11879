"""A mix as a PyTorch dataset: the same samples for any number of workers, by rank, from any step on.

    python examples/torch_dataset.py DIR [--rank 0 --world 1 --step 0 --batch 8 --workers 2]

The rows of a mix are shuffled already, so that they are read in their order: a row group is decoded once, and what a
rank sees in a step is known from the step alone. It needs numpy, pyarrow and torch, and nothing of textmill.
"""

import argparse
import json
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from torch.utils.data import DataLoader, Dataset, Sampler


class MixDataset(Dataset[torch.Tensor]):
    """The sequences of a mix by number."""

    def __init__(self, folder: str, part: str = "shards") -> None:
        manifest = json.loads(Path(folder, "manifest.json").read_text())
        self.paths = [str(Path(folder, part, shard["name"])) for shard in manifest[part]]
        self.groups: list[tuple[int, int]] = []
        self.ends = [0]
        for number, path in enumerate(self.paths):
            metadata = pq.read_metadata(path)
            for group in range(metadata.num_row_groups):
                self.groups.append((number, group))
                self.ends.append(self.ends[-1] + metadata.row_group(group).num_rows)
        self.decoded: tuple[int, np.ndarray, np.ndarray] | None = None

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, number: int) -> torch.Tensor:
        group = bisect_right(self.ends, number) - 1
        if self.decoded is None or self.decoded[0] != group:
            shard, in_shard = self.groups[group]
            column = pq.ParquetFile(self.paths[shard]).read_row_group(in_shard, columns=["input_ids"])["input_ids"]
            rows = column.combine_chunks()
            self.decoded = group, rows.values.to_numpy(), rows.offsets.to_numpy()
        _, ids, offsets = self.decoded
        row = number - self.ends[group]
        return torch.from_numpy(ids[offsets[row] : offsets[row + 1]].astype(np.int64))


class FromStep(Sampler[list[int]]):
    """Batches of one rank from a step on; each step takes the next ``batch * world`` rows."""

    def __init__(self, rows: int, *, batch: int, rank: int = 0, world: int = 1, step: int = 0) -> None:
        self.rows, self.batch, self.rank, self.world, self.step = rows, batch, rank, world, step

    def __len__(self) -> int:
        return max(0, self.rows // (self.batch * self.world) - self.step)

    def __iter__(self) -> Iterator[list[int]]:
        for step in range(self.step, self.rows // (self.batch * self.world)):
            first = (step * self.world + self.rank) * self.batch
            yield list(range(first, first + self.batch))


def loader(
    folder: str, *, batch: int, rank: int = 0, world: int = 1, step: int = 0, workers: int = 0
) -> DataLoader[torch.Tensor]:
    """Batches of shape (batch, length), for a mix whose sequences are padded to one length."""
    dataset = MixDataset(folder)
    batches = FromStep(len(dataset), batch=batch, rank=rank, world=world, step=step)
    return DataLoader(dataset, batch_sampler=batches, num_workers=workers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print a checksum of the batches of a rank.")
    parser.add_argument("folder")
    for name, default in (("rank", 0), ("world", 1), ("step", 0), ("batch", 8), ("workers", 0), ("steps", 10**9)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    found = loader(
        given.folder, batch=given.batch, rank=given.rank, world=given.world, step=given.step, workers=given.workers
    )
    for number, ids in zip(range(given.steps), found, strict=False):
        print(json.dumps({"step": given.step + number, "ids": ids.tolist()}))
