"""CPU seconds of datatrove's context shuffler and Megatron's index builder; ``mixing.py`` runs it with their Python."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from datatrove.pipeline.tokens.context_shuffler import DocumentTokenizerContextShuffler
from megatron.core.datasets.indexed_dataset import IndexedDatasetBuilder

folder, result, length = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
files = sorted(folder.glob("*.ds"))
ids = [np.fromfile(path, np.uint32) for path in files]
ends = [np.fromfile(path.with_suffix(".ds.index"), np.uint64) for path in files]
tokens = sum(map(len, ids))

shuffler = DocumentTokenizerContextShuffler(str(folder), str(folder / "shuffled"), length, seed=1, token_size=4)
begun = time.process_time()
shuffler.run()
shuffled = time.process_time() - begun

builder = IndexedDatasetBuilder(str(folder / "megatron.bin"), dtype=np.int32)
begun = time.process_time()
for found, borders in zip(ids, ends, strict=True):
    start = 0
    for end in borders.tolist():
        # As its preprocess_data.py hands over what a tokenizer gives: lists.
        builder.add_document(torch.IntTensor(found[start:end].tolist()), [end - start])
        start = end
builder.finalize(str(folder / "megatron.idx"))
built = time.process_time() - begun
result.write_text(
    json.dumps(
        {"datatrove's context shuffler (bare ids)": (tokens, shuffled), "Megatron's index builder": (tokens, built)}
    )
)
