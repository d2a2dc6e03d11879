"""How many planted near duplicates are found, by band of true similarity, beside text-dedup and datatrove.

``python benchmarks/dedup_accuracy.py TEXT.jsonl --text-dedup-python PEER1/bin/python --datatrove-python
PEER2/bin/python``, with ``pip install text-dedup==0.4.0`` in one environment and ``"datatrove[processing]==0.10.1"
orjson spacy`` in the other.

From real texts that share next to nothing, pairs are made whose Jaccard similarity (sets of 5-grams of lower-case
words) is 0.3 to 0.95: by scattered edits, blocks in another order, a foreign header and footer, and
truncation. All tools get the same file and FineWeb's geometry (14 bands of 8 rows). A pair counts as found when one of
the two is removed. Definitions:

- *theory* is the mean of ``1 - (1 - s**8)**14`` over the true similarities s of a band;
- *recall* of a band is the share of its pairs that are found. Ours is measured over many seeds, to bring the standard
  error of a band down; peers have one seed. Texts are taken without the words that the tools cut differently
  (numbers, hyphens, apostrophes, accents);
- a *true duplicate* is a pair of at least the similarity that verification demands (0.465 by default); *precision* is
  the share of true duplicates among the pairs found, all bands together. It depends on how many pairs there are of each
  band, here equally many. A second table takes 0.65 for the truth, with ``verify: jaccard, min_similarity: 0.65``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from dedup_peers import by_datatrove, by_text_dedup

from textmill import MinHashDedup, Recipe
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

BANDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
WORDS = 400
NGRAM = 5
PLAIN = re.compile(r"[A-Za-z]+[.,;:!?]?")
"""Words that every tool cuts and folds alike, so that there is one true similarity."""


class Pair(NamedTuple):
    """A text, its altered copy, and how alike they are."""

    band: float
    similarity: float
    texts: tuple[str, str]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + NGRAM]) for start in range(len(words) - NGRAM + 1)}


def jaccard(left: str, right: str) -> float:
    first, second = shingles(left), shingles(right)
    return len(first & second) / len(first | second)


def bases(path: Path) -> Iterator[list[str]]:
    """Beginnings of real texts, of which none has more than 2 % of its shingles from those before it."""
    seen: set[tuple[str, ...]] = set()
    for line in path.open(encoding="utf-8"):
        words = [word for word in json.loads(line)["text"].split() if PLAIN.fullmatch(word)]
        for start in range(0, min(len(words), 20 * WORDS) - WORDS, WORDS):
            chosen = words[start : start + WORDS]
            found = shingles(" ".join(chosen))
            if len(found) > WORDS * 0.8 and len(found & seen) < 0.02 * len(found):
                seen |= found
                yield chosen


def edited(words: list[str], other: list[str], amount: float, draw: random.Random) -> list[str]:
    """Replace scattered words."""
    copy = list(words)
    for position in draw.sample(range(len(words)), int(amount * len(words) / 2)):
        copy[position] = draw.choice(other)
    return copy


def reordered(words: list[str], _: list[str], amount: float, draw: random.Random) -> list[str]:
    """Cut into blocks and put these in another order."""
    block = max(3, int(len(words) ** (1 - amount)))
    blocks = [words[start : start + block] for start in range(0, len(words), block)]
    draw.shuffle(blocks)
    return [word for part in blocks for word in part]


def framed(words: list[str], other: list[str], amount: float, _: random.Random) -> list[str]:
    """Add a header and a footer."""
    added = (other * 4)[: int(amount * 3 * len(words))]
    return added[: len(added) // 3] + words + added[len(added) // 3 :]


def truncated(words: list[str], _: list[str], amount: float, __: random.Random) -> list[str]:
    """Leave the end out."""
    return words[: max(20, int(len(words) * (1 - amount)))]


EDITS: tuple[Callable[[list[str], list[str], float, random.Random], list[str]], ...] = (
    edited,
    reordered,
    framed,
    truncated,
)


def plant(sources: Iterator[list[str]], pairs_each: int) -> list[Pair]:
    """Pairs as near as can be to each band's similarity, with each kind of edit."""
    pairs = []
    for band in BANDS:
        for alter in EDITS:
            for number in range(pairs_each):
                words, other = next(sources), next(sources)
                draw = random.Random(f"{band} {alter.__name__} {number}")
                low, high = 0.0, 1.0
                best: tuple[float, float, str] | None = None
                for _ in range(12):
                    amount = (low + high) / 2
                    copy = " ".join(alter(words, other, amount, random.Random(draw.random())))
                    similarity = jaccard(" ".join(words), copy)
                    if best is None or abs(similarity - band) < best[0]:
                        best = (abs(similarity - band), similarity, copy)
                    low, high = (amount, high) if similarity > band else (low, amount)
                assert best is not None
                pairs.append(Pair(band, best[1], (" ".join(words), best[2])))
    return pairs


def found_by(step: MinHashDedup, source: Path, folder: Path, pairs: int) -> np.ndarray:
    """Which pairs are joined by a run, and that no others are."""
    recipe = Recipe("accuracy", [step])
    job = Job(recipe=recipe, inputs=(str(source),), output=str(folder), reading=InputOptions(split_bytes=4_000_000))
    run_passes(job)
    rows = [row for path in sorted((folder / "ledger").glob("*")) for row in pq.read_table(path).to_pylist()]
    number_of = {row["doc_id"]: number for number, row in enumerate(rows)}
    found = np.zeros(pairs, dtype=bool)
    for number, row in enumerate(rows):
        if row["kept_instead"]:
            assert number_of[row["kept_instead"]] // 2 == number // 2, "documents of different pairs were joined"
            found[number // 2] = True
    return found


def show(title: str, pairs: list[Pair], recalls: Mapping[str, np.ndarray], truth: float, seeds: int) -> None:
    """A table of recall by band, and precision."""
    step = MinHashDedup()
    similarity = np.array([pair.similarity for pair in pairs])
    band_of = np.array([pair.band for pair in pairs])
    theory = np.array([step.probability(one) for one in similarity])
    print(f"\n{title}; true duplicates: Jaccard of at least {truth:.3f}")
    names = list(recalls)
    print(f"{'band':>5} {'pairs':>6} {'theory':>7} {'±':>6}" + "".join(f"{name:>24}" for name in names))
    for band in BANDS:
        chosen = band_of == band
        expected = theory[chosen]
        error = np.sqrt((expected * (1 - expected)).sum() / seeds) / chosen.sum()
        row = "".join(f"{recalls[name][chosen].mean():>24.2%}" for name in names)
        print(f"{band:5.2f} {chosen.sum():6d} {expected.mean():7.2%} {error:6.2%}{row}")
    is_true = similarity >= truth
    for name in names:
        found = recalls[name]
        precision = found[is_true].sum() / max(found.sum(), 1e-9)
        shortfall = theory[is_true].mean() - found[is_true].mean()
        print(f"{name:>24}: precision {precision:.4f}, recall of true duplicates {found[is_true].mean():.2%} "
              f"(theory less recall: {shortfall * 100:+.2f} points)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", type=Path, help="JSONL with a text field")
    parser.add_argument("--pairs", type=int, default=40, help="pairs of each band and kind of edit")
    parser.add_argument("--seeds", type=int, default=40, help="of ours")
    parser.add_argument("--text-dedup-python")
    parser.add_argument("--datatrove-python")
    given = parser.parse_args()
    try:
        pairs = plant(bases(given.input), given.pairs)
    except StopIteration:
        raise SystemExit(
            "there is too little text in the input that stands there once; ask for fewer --pairs"
        ) from None
    with tempfile.TemporaryDirectory(prefix="textmill-accuracy-") as name:
        work = Path(name)
        source = work / "documents.jsonl"
        texts = [text for pair in pairs for text in pair.texts]
        lines = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts)]
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(pairs)} pairs, {source.stat().st_size / 1e6:.1f} MB, {given.seeds} seeds of ours")
        peers: dict[str, np.ndarray] = {}
        for title, python, run in (
            ("text-dedup", given.text_dedup_python, by_text_dedup),
            ("datatrove", given.datatrove_python, by_datatrove),
        ):
            if python:
                kept = run(python, source, work / title).kept
                gone = np.array([str(number) not in kept for number in range(len(texts))])
                peers[title] = gone.reshape(-1, 2).any(axis=1).astype(float)
        ours = {
            "not verified": {"verify": "none"},
            "signature": {"verify": "signature"},
            "jaccard >= 0.65": {"verify": "jaccard", "min_similarity": 0.65},
        }
        recalls = {
            title: np.mean(
                [
                    found_by(MinHashDedup(seed=seed, **options), source, work / f"{title}-{seed}", len(pairs))
                    for seed in range(1, given.seeds + 1)
                ],
                axis=0,
            )
            for title, options in ours.items()
        }
    default = {name: recalls[name] for name in ("not verified", "signature")} | peers
    show("Default", pairs, default, MinHashDedup().verified_similarity, given.seeds)
    show("Strict", pairs, {"jaccard >= 0.65": recalls["jaccard >= 0.65"]} | peers, 0.65, given.seeds)


if __name__ == "__main__":
    main()
