"""Decontamination beside datatrove's on the same documents with planted passages: CPU speed, and what is found.

``python benchmarks/decontaminate.py DOCUMENTS.jsonl --set SET.jsonl --field question --peer-python PEER/bin/python``,
where PEER is an environment with ``pip install "datatrove[processing]==0.10.0" spacy``. Passages of the set are planted
in the middle of the documents as they stand, in capitals without marks, with every 20th or 10th word replaced,
and cut to a third. datatrove's filter gets an index of the same 13-grams, made by its own functions, because its
indexer wants another package; it runs in a process of its own with spaCy's English words. A plain Python loop over sets
of 13-grams, words by ``split``, stands for what is written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from textmill import Decontaminate
from textmill.filters.base.batch import make_batch

NGRAM = 13

PEER = """
import json, sys, time
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
from datatrove.utils.hashing import create_hash_func
from datatrove.utils.text import ngrams, simplify_text
from datatrove.utils.word_tokenizers import load_word_tokenizer
import numpy as np
texts, passages, folder, n = json.load(open(sys.argv[1]))
config = NGramsDecontConfig(n_grams=n)
tokenizer, hash_ = load_word_tokenizer("en"), create_hash_func(config.hash_config)
hashes = set()
for passage in passages:
    words = tokenizer.word_tokenize(simplify_text(passage, config.norm_config))
    hashes.update(hash_(" ".join(gram)) for gram in ngrams(words, n))
np.array(sorted(hashes), dtype=config.hash_config.np_descr).tofile(folder + "/set.index.hashes")
one = NGramsDecontFilter(folder, config=config)
one.filter(Document(text=texts[0], id="warm"))
begun = time.process_time()
found = [one.filter(Document(text=text, id=str(number))) is not True for number, text in enumerate(texts)]
json.dump([time.process_time() - begun, found], open(sys.argv[2], "w"))
"""


def replaced(passage: str, every: int) -> str:
    """The passage with every so many words replaced by another."""
    return " ".join("indeed" if number % every == every - 1 else word for number, word in enumerate(passage.split()))


FORMS = {
    "as it stands": lambda passage: passage,
    "capitals, no marks": lambda passage: re.sub(r"[^\w\s]", "", passage).upper(),
    "cut to a third": lambda passage: " ".join(passage.split()[: max(NGRAM, len(passage.split()) // 3)]),
    "every 20th word replaced": lambda passage: replaced(passage, 20),
    "every 10th word replaced": lambda passage: replaced(passage, 10),
}


def by_hand(texts: list[str], passages: list[str]) -> tuple[float, list[bool]]:
    """CPU seconds and verdicts of a loop over sets of tuples."""
    words_of = re.compile(r"\w+").findall
    known = {
        tuple(words[i : i + NGRAM])
        for words in (words_of(passage.lower()) for passage in passages)
        for i in range(len(words) - NGRAM + 1)
    }
    begun = time.process_time()
    found = []
    for text in texts:
        words = words_of(text.lower())
        found.append(any(tuple(words[i : i + NGRAM]) in known for i in range(len(words) - NGRAM + 1)))
    return time.process_time() - begun, found


def ours(path: Path, field: str, texts: list[str]) -> tuple[float, list[bool]]:
    """CPU seconds, best of three, and verdicts."""
    step = Decontaminate(sets=(str(path),), fields=(field,), ngram=NGRAM)
    step.measure(make_batch(texts[:2]))
    best, hits = float("inf"), None
    for _ in range(3):
        batch = make_batch(texts)
        begun = time.process_time()
        hits = step.measure(batch)["decontaminate.ngram_hits"]
        best = min(best, time.process_time() - begun)
    return best, [count > 0 for count in hits.to_pylist()]


def run_peer(python: str, texts: list[str], passages: list[str]) -> tuple[float, list[bool]]:
    """Datatrove's seconds and verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        given, result, index = Path(folder, "texts.json"), Path(folder, "result.json"), Path(folder, "index")
        index.mkdir()
        given.write_text(json.dumps([texts, passages, str(index), NGRAM]), encoding="utf-8")
        subprocess.run([python, "-W", "ignore", "-c", PEER, str(given), str(result)], check=True)
        seconds, found = json.loads(result.read_text(encoding="utf-8"))
        return seconds, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, help="JSON lines with a field 'text'")
    parser.add_argument("--set", dest="path", type=Path, required=True, help="evaluation set, JSON lines")
    parser.add_argument("--field", required=True, help="field of the set that is looked for")
    parser.add_argument("--peer-python", help="Python of an environment with datatrove")
    parser.add_argument("--megabytes", type=float, default=6, help="how much text all get")
    given = parser.parse_args()
    with given.documents.open(encoding="utf-8") as lines:
        every = [json.loads(line)["text"] for line in lines]
    texts = every[:: max(1, round(sum(map(len, every)) / given.megabytes / 1e6))]
    with given.path.open(encoding="utf-8") as lines:
        passages = [json.loads(line)[given.field] for line in lines]
    long_enough = [passage for passage in passages if len(re.findall(r"\w+", passage)) > NGRAM]
    planted: list[str | None] = []
    for number, text in enumerate(texts):  # one document in two holds a passage, in each form in turn
        form = None if number % 2 else list(FORMS)[number // 2 % len(FORMS)]
        planted.append(form)
        if form is not None:
            middle = text.find("\n", len(text) // 2) if "\n" in text[len(text) // 2 :] else len(text)
            passage = FORMS[form](long_enough[number % len(long_enough)])
            texts[number] = f"{text[:middle]}\n{passage}\n{text[middle:]}"
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} documents, {megabytes:.1f} MB, half of them with a passage; CPU seconds of one process each")
    results: dict[str, Any] = {"ours": ours(given.path, given.field, texts), "by hand": by_hand(texts, passages)}
    if given.peer_python:
        results["datatrove"] = run_peer(given.peer_python, texts, passages)
    fastest = results["ours"][0]
    for name, (seconds, found) in results.items():
        print(f"{name:10} {megabytes / seconds:8.2f} MB/s, {seconds / fastest:6.1f} times our CPU time")
        for form in FORMS:
            numbers = [number for number, planted_form in enumerate(planted) if planted_form == form]
            print(f"    found {sum(found[number] for number in numbers):4} of {len(numbers):4} {form}")
        clean = [number for number, form in enumerate(planted) if form is None]
        print(f"    found {sum(found[number] for number in clean):4} of {len(clean):4} without a planted passage")
    return 0


if __name__ == "__main__":
    sys.exit(main())
