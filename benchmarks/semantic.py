"""Embeddings and semantic deduplication by a model of one's own: speed, and what is lost by bytes and by clusters.

Run with the folder of a model and any input, such as the MiniLM that docs/encoders.md names::

    python -P benchmarks/semantic.py MODEL INPUT... [--documents 4000] [--similarity 0.9]

(``-P``, since a file beside this one has the name of a library.) Prints tokens and MB for a second of CPU; how far
cosines of bytes are from those of floats; and which share of the pairs above the similarity, as all with all find them,
lie in one cluster, by the number of clusters.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from textmill import Embed
from textmill.dedup.documents.kmeans import find_centres, nearest, products, squares
from textmill.dedup.documents.semantic import SemanticDedup
from textmill.filters.base.batch import make_batch
from textmill.filters.embed import VECTOR
from textmill.filters.models.onnx_model import cut_windows
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.sample import draw_sample
from textmill.pipeline.training.sources import parse_sources


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--similarity", type=float, default=0.9)
    options = parser.parse_args()
    sample = draw_sample(parse_sources(options.inputs), 1e6, InputOptions(), salt="semantic")
    texts = sample.texts["text"].to_pylist()[: options.documents]
    step = Embed(model=str(options.model), device="cpu")
    step.setup()
    model = step._load()
    begun = time.process_time()
    listed = step.measure(make_batch(texts))[VECTOR].to_pylist()
    seconds = time.process_time() - begun
    length = step.window - model.special_tokens
    windows = [cut_windows(model.encode(text), length, 0, step.max_windows) for text in texts]
    tokens = sum(len(window) for cut in windows for window in cut)
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts):,} documents, {size:.1f} MB: {tokens / seconds:,.0f} tokens/s, {size / seconds:.3f} MB/s")
    print(f"{sum(one is None for one in listed):,} have no vector")
    vectors = np.array([one for one in listed if one is not None], dtype=np.int8)

    some = [number for number, one in enumerate(listed) if one is not None][:500]
    floats = np.array([step._embed(model, windows[number]).sum(axis=0) for number in some])
    floats /= np.linalg.norm(floats, axis=1, keepdims=True)
    lengths = np.sqrt(squares(vectors).astype(np.float64))
    coarse = products(vectors[:500], vectors[:500]) / lengths[:500, None] / lengths[None, :500]
    apart = np.abs(coarse - floats @ floats.T)
    print(f"cosines of bytes and of floats: {apart.mean():.5f} apart in the mean, {apart.max():.5f} at most")

    alike = np.triu(products(vectors, vectors) / lengths[:, None] / lengths >= options.similarity, k=1)
    low, high = np.nonzero(alike)
    print(f"{len(low):,} pairs reach {options.similarity}")
    for clusters in (SemanticDedup().cluster_count(len(vectors)), 4, 16, 64):
        begun = time.process_time()
        of = nearest(vectors, find_centres(vectors, clusters))
        seconds = time.process_time() - begun
        together = (of[low] == of[high]).mean() if len(low) else 1.0
        print(f"{clusters} clusters: {together:.1%} of the pairs in one cluster; {seconds:.1f} s")


if __name__ == "__main__":
    main()
