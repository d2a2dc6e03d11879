"""Language models of ours beside KenLM: ``python -m textmill.benchmarks.perplexity`` or run this file.

``--sentences FOLDER`` holds ``<code>.txt`` files of one sentence a line. Prints how well the shipped models tell four
sentences in a row from the same words shuffled, from words of all sentences, from other languages and from lists of
keywords (area under the ROC curve). ``--train FILE.txt`` learns from that text, and with ``--lmplz`` (KenLM's builder)
has it learn the same; prints seconds and MB/s of CPU time, and Spearman's correlation of both over ``--documents``
(files or folders of text), their shuffled words, and the sentences.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata, spearmanr

from textmill.filters.kernels.models.kneser_ney import learn
from textmill.filters.kernels.models.numbered_words import Corpus
from textmill.filters.models.kenlm_model import load_kenlm
from textmill.filters.models.ngram_model import NgramModel, Reading, load_model
from textmill.filters.models.perplexity_models import MODEL_LANGUAGES, PerplexityModels

BATCH = 8_000_000


def perplexities(model: Any, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    scores = model.score(pa.array(texts, pa.large_string()), whole=False)
    rows = np.repeat(np.arange(len(texts)), scores.of_document)
    logs, tokens = np.bincount(rows, scores.logs, len(texts)), np.bincount(rows, scores.tokens, len(texts))
    return np.power(10.0, -logs / np.maximum(tokens, 1))


def auc(clean: Any, other: Any) -> float:
    ranks = rankdata(np.concatenate([clean, other]))
    above = ranks[len(clean) :].sum() - len(other) * (len(other) + 1) / 2
    return float(above / (len(clean) * len(other)))


def fours(folder: Path, language: str) -> list[str]:
    lines = [line for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    return [" ".join(lines[at : at + 4]) for at in range(0, len(lines) - 3, 4)]


def shipped(folder: Path) -> None:
    models = PerplexityModels("perplexity", None, None, None).files
    print("| | perplexity | not known | shuffled | word salad | other languages | keywords |")
    print("|---|---|---|---|---|---|---|")
    for language in MODEL_LANGUAGES:
        model = load_model(str(models[f"perplexity.{language}.lm"]))
        draw = random.Random(5)
        clean = fours(folder, language)
        space = "" if language in ("ja", "zh") else " "
        words = list("".join(clean)) if not space else " ".join(clean).split()
        parts = [list(text) if not space else text.split() for text in clean]
        others = {
            "shuffled": [space.join(draw.sample(part, len(part))) for part in parts],
            "salad": [space.join(draw.choices(words, k=60)) for _ in clean],
            "other": [text for one in MODEL_LANGUAGES if one != language for text in fours(folder, one)[:5]],
            "keywords": [", ".join(draw.choices([w for w in words if len(w) > 4 or not space], k=60)) for _ in clean],
        }
        found = perplexities(model, clean)
        scores = model.score(pa.array(clean, pa.large_string()), whole=True)
        unknown = scores.unknown.sum() / scores.tokens.sum()
        told = " | ".join(f"{auc(found, perplexities(model, texts)):.2f}" for texts in others.values())
        print(f"| {language} | {np.median(found):,.0f} | {unknown:.0%} | {told} |")


def learnt(path: Path, order: int, prune: Sequence[int], lmplz: str | None, texts: Sequence[str]) -> None:
    content = path.read_bytes()
    parts, start = [], 0
    while start < len(content):
        end = content.find(b"\n", min(start + BATCH, len(content) - 1)) + 1 or len(content)
        parts.append(pa.array([content[start:end].decode()], pa.large_string()))
        start = end
    reading = Reading("whitespace")
    learn_from = Corpus()
    learn_from.add(reading.sentences(pa.array(["compile now"], pa.large_string())))
    learn(learn_from, 2)
    before = time.process_time()
    corpus = Corpus()
    for part in parts:
        corpus.add(reading.sentences(part))
    found = learn(corpus, order, prune=prune)
    seconds = time.process_time() - before
    megabytes = len(content) / 1e6
    print(f"learnt from {megabytes:,.0f} MB in {seconds:,.1f} s of CPU time: {found.kept} n-grams")
    ours = NgramModel(found.table, reading)
    ours.score(pa.array(texts[:5], pa.large_string()), whole=True)
    sample = parts[0]
    speed(ours, sample, "scored")
    if lmplz is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        arpa = Path(folder) / "theirs.arpa"
        options = ["-o", str(order), "--prune", *map(str, prune), "--discount_fallback", "-S", "4G"]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        with path.open("rb") as source, arpa.open("wb") as target:
            subprocess.run([lmplz, *options], stdin=source, stdout=target, check=True, stderr=subprocess.DEVNULL)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"lmplz: {now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime:,.1f} s of CPU time")
        model = arpa
        binary = Path(lmplz).with_name("build_binary")
        if binary.exists():
            model = arpa.with_suffix(".bin")
            subprocess.run([str(binary), str(arpa), str(model)], check=True, capture_output=True)
        theirs = load_kenlm(str(model), None, False)
        speed(theirs, sample, "scored by kenlm")
        both = [perplexities(one, texts) for one in (ours, theirs)]
        print(f"Spearman over {len(texts):,} texts: {spearmanr(*both)[0]:.4f}")


def speed(model: Any, text: pa.Array, name: str) -> None:
    before = time.process_time()
    model.score(text, whole=False)
    print(f"{name}: {text.nbytes / 1e6 / (time.process_time() - before):,.1f} MB/s of CPU time")


def texts_of(paths: Sequence[Path]) -> list[str]:
    files = [file for path in paths for file in (sorted(path.rglob("*.txt")) if path.is_dir() else [path])]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    draw = random.Random(2)
    return [*texts, *(" ".join(draw.sample(text.split(), len(text.split()))) for text in texts)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--documents", type=Path, action="append", default=[])
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--prune", default="0,0,1")
    parser.add_argument("--lmplz", help="KenLM's builder")
    options = parser.parse_args()
    shipped(options.sentences)
    if options.train is not None:
        others = [
            text for path in sorted(options.sentences.glob("*.txt")) for text in fours(options.sentences, path.stem)
        ]
        texts = [*texts_of(options.documents), *others]
        learnt(options.train, options.order, [int(one) for one in options.prune.split(",")], options.lmplz, texts)


if __name__ == "__main__":
    main()
