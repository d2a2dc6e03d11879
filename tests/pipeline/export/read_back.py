"""Read an exported folder with the framework's own reader: ``read_back.py FORMAT FOLDER LENGTH`` prints rows as JSON.

It imports nothing of textmill, so that it can run where the frameworks are.
"""

import json
import sys
from pathlib import Path
from typing import Any

Lists = list[list[int]]


def megatron(folder: Path, _: int) -> Lists:
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    dataset = IndexedDataset(str(folder / "tokens"))
    assert dataset.document_indices.tolist() == list(range(len(dataset) + 1))
    return [dataset[number].tolist() for number in range(len(dataset))]


def mds(folder: Path, _: int) -> Lists:
    from streaming import StreamingDataset

    dataset = StreamingDataset(local=str(folder), shuffle=False, batch_size=1)
    samples = [dataset[number] for number in range(len(dataset))]
    for sample in samples:
        runs = [one["length"] for one in json.loads(sample["documents"])]
        assert 0 < sum(runs) <= len(sample["tokens"])
    return [sample["tokens"].tolist() for sample in samples]


def litdata(folder: Path, length: int) -> Lists:
    from litdata import StreamingDataset, TokensLoader

    dataset = StreamingDataset(str(folder), item_loader=TokensLoader(block_size=length), shuffle=False, drop_last=False)
    return [dataset[number].tolist() for number in range(len(dataset))]


def nanotron(folder: Path, length: int) -> Lists:
    from datatrove.utils.dataset import DatatroveFolderDataset

    size = int((folder / "part-00000-of-00001.ds.metadata").read_text().splitlines()[0].split("|")[1])
    dataset = DatatroveFolderDataset(
        str(folder), length - 1, filename_pattern="*.ds", shuffle=False, token_size=size, return_positions=True
    )
    samples = [dataset[number] for number in range(len(dataset))]
    print(json.dumps([sample["positions"].tolist() for sample in samples]), file=sys.stderr)
    return [sample["input_ids"].tolist() for sample in samples]


def webdataset(folder: Path, _: int) -> Lists:
    import webdataset as wds

    paths = sorted(str(path) for path in folder.glob("*.tar"))
    return [sample["npy"].tolist() for sample in wds.WebDataset(paths, shardshuffle=False).decode()]


def numpy(folder: Path, length: int) -> Lists:
    import numpy as np

    dtype = json.loads((folder / "manifest.json").read_text())["export"]["dtype"]
    found = [np.memmap(path, dtype=dtype, mode="r").reshape(-1, length) for path in sorted(folder.glob("*.npy"))]
    return [row.tolist() for rows in found for row in rows]


def jsonl(folder: Path, _: int) -> Lists:
    from datasets import load_dataset

    paths = sorted(str(path) for path in folder.glob("*.jsonl*"))
    cache = str(folder.parent / "cache")
    dataset: Any = load_dataset("json", data_files=paths, split="train", cache_dir=cache)
    return [row["input_ids"] for row in dataset]


READERS = {
    "megatron": megatron,
    "mds": mds,
    "litdata": litdata,
    "nanotron": nanotron,
    "webdataset": webdataset,
    "numpy": numpy,
    "jsonl": jsonl,
    "jsonl.zst": jsonl,
}
if __name__ == "__main__":
    print(json.dumps(READERS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
