"""Rule sets beside their peers on the same documents, value by value or verdict by verdict, with CPU times.

``python benchmarks/rule_sets.py DOCUMENTS.jsonl --code FOLDER --datatrove PEER/bin/python --dolma PEER/bin/python``

mC4's rule and the URL rules run beside datatrove's (with the same word lists given to both), the code rules beside
Dolma's taggers, on the Python files of a folder. Environments: ``pip install "datatrove[processing]==0.10.0"
pyahocorasick tldextract`` and ``pip install "dolma[code]==1.2.1"``. A peer that is not given is left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textmill import MC4Paragraphs, RedPajamaCode, StarCoderQuality, UrlRules
from textmill.filters.base.batch import make_batch
from textmill.filters.base.step import Filter
from textmill.filters.lists.url_lists import HARD_WORDS, SOFT_WORDS, SUBSTRINGS

DATATROVE = """
import json, sys, time
from datatrove.data import Document
from datatrove.pipeline.filters import C4ParagraphFilter, URLFilter
given = json.load(open(sys.argv[1]))
url_filter = URLFilter(
    use_integrated_lists=False, banned_words=given["hard"], soft_banned_words=given["soft"],
    banned_subwords=given["substrings"],
)
url_filter.tldextractor = type(url_filter.tldextractor)(suffix_list_urls=())
results = {}
for name, one in (("mc4_paragraphs", C4ParagraphFilter()), ("url_rules", url_filter)):
    documents = [
        Document(text=text, id="", metadata={"url": url}) for text, url in zip(given["texts"], given["urls"])
    ]
    one.filter(documents[0])
    begun = time.process_time()
    values = [one.filter(document) is True for document in documents]
    results[name] = {"seconds": time.process_time() - begun, "kept": values}
json.dump(results, open(sys.argv[2], "w"))
"""

DOLMA = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from dolma.core.data_types import Document, DocumentWithMetadata
from dolma.taggers.code.code_taggers import CodeRedPajamaTaggers, CodeStarCoderTaggers2
given = json.load(open(sys.argv[1]))
results = {}
for name, tagger in (("redpajama_code", CodeRedPajamaTaggers()), ("starcoder", CodeStarCoderTaggers2())):
    begun, values = time.process_time(), []
    for text in given["code"]:
        document = DocumentWithMetadata(source="", id="", text=text, metadata={"ext": "py"})
        values.append({span.type: span.score for span in tagger.predict(document).spans})
    results[name] = {"seconds": time.process_time() - begun, "values": values}
json.dump(results, open(sys.argv[2], "w"))
"""

SAME_VALUES = {
    "redpajama_code": {
        "max_line_length_doc": "redpajama.max_line_chars",
        "avg_line_length_doc": "redpajama.mean_line_chars",
        "alnum_prop_doc": "redpajama.alnum_ratio",
        "alpha_token_prop_doc": "redpajama.alpha_per_token",
    },
    "starcoder": {
        "has_xml_template_doc": "starcoder.xml_headers",
        "code_to_comment_ratio_doc": "starcoder.comment_ratio",
    },
}
CLOSE = 0.02
"""Values are taken for the same when they differ by no more of the larger one."""


def run_peer(python: str, script: str, given: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "given.json", Path(folder) / "results.json"]
        paths[0].write_text(json.dumps(given))
        subprocess.run([python, "-c", script, *map(str, paths)], check=True)
        results: dict[str, Any] = json.loads(paths[1].read_text())
    return results


def cpu_seconds(call: Callable[[], Any]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def measure(judge: Filter, batch: pa.RecordBatch) -> tuple[dict[str, pa.Array], float]:
    """Measurements, and the least CPU time of three runs, each on a copy, so that none remembers another's counts."""
    taken = dict(judge.measure(batch))
    index = batch.schema.get_field_index("text")
    copies = [batch.set_column(index, "text", pa.array(batch["text"].to_pylist(), pa.large_string())) for _ in range(3)]
    return taken, min(cpu_seconds(lambda copy=copy: judge.measure(copy)) for copy in copies)  # type: ignore[misc]


def kept(judge: Filter, taken: dict[str, pa.Array]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    removed = np.zeros(len(next(iter(taken.values()))), dtype=np.bool_)
    for rule in judge.rules:
        removed |= rule.fails(taken[rule.measurement])
    return ~removed


def print_line(name: str, ours: float, theirs: float, amount: str, agreement: str) -> None:
    print(f"{name:34} {amount:>16}  {theirs / ours:7.1f} times as fast  {agreement}")


def beside_datatrove(python: str, documents: Sequence[dict[str, Any]]) -> None:
    texts = [document["text"] for document in documents]
    urls = [document.get("url") or "http://example.org/" for document in documents]
    # Most URLs of a sample are harmless, so every third gets a path that is not.
    words = (*HARD_WORDS, *SOFT_WORDS, *SUBSTRINGS, "news", "2024")
    for number in range(0, len(urls), 3):
        first, second = words[number % len(words)], words[(number // 7) % len(words)]
        urls[number] = f"{urls[number]}/{first}-{second}"
    given = {"texts": texts, "urls": urls, "hard": HARD_WORDS, "soft": SOFT_WORDS, "substrings": SUBSTRINGS}
    results = run_peer(python, DATATROVE, given)
    batch = make_batch(texts)
    batch = batch.set_column(batch.schema.get_field_index("url"), "url", pa.array(urls))
    for judge in (MC4Paragraphs(), UrlRules()):
        taken, seconds = measure(judge, batch)
        theirs = results[judge.name]
        same = kept(judge, taken) == np.array(theirs["kept"])
        for number in np.flatnonzero(~same)[:3]:
            print(f"  differs: {urls[number] if judge.name == 'url_rules' else texts[number][:60]!r}")
        agreement = f"{same.mean():.2%} of {len(texts)} verdicts equal, {np.mean(theirs['kept']):.0%} kept"
        print_line(judge.name, seconds, theirs["seconds"], f"{batch.num_rows} documents", agreement)


def beside_dolma(python: str, code: Sequence[str]) -> None:
    results = run_peer(python, DOLMA, {"code": code})
    batch = make_batch(list(code), source="code.py", kind="code")
    for judge in (RedPajamaCode(), StarCoderQuality()):
        taken, seconds = measure(judge, batch)
        theirs = results[judge.name]
        for peer_name, name in SAME_VALUES[judge.name].items():
            one = taken[name].to_numpy(zero_copy_only=False).astype(float)
            two = np.array([values[peer_name] for values in theirs["values"]], dtype=float)
            if peer_name == "code_to_comment_ratio_doc":  # theirs leaves out the marks of comments: compare verdicts
                bounds = StarCoderQuality.min_comment_ratio, StarCoderQuality.max_comment_ratio
                passes = [(values >= bounds[0]) & (values <= bounds[1]) for values in (one, two)]
                agreement = f"{np.mean(passes[0] == passes[1]):.1%} of verdicts equal, {np.mean(passes[1]):.0%} kept"
                print_line(name, seconds, theirs["seconds"], f"{len(code)} files", agreement)
                continue
            close = np.abs(one - two) <= CLOSE * np.maximum(np.abs(one), np.abs(two))
            print_line(
                name, seconds, theirs["seconds"], f"{len(code)} files",
                f"{close.mean():.1%} within {CLOSE:.0%}, median difference {np.median(np.abs(one - two)):.4f}",
            )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--code", type=Path, help="folder of Python files")
    parser.add_argument("--datatrove", help="Python of an environment with datatrove")
    parser.add_argument("--dolma", help="Python of an environment with dolma")
    parser.add_argument("--limit", type=int, default=2000, help="most documents and files")
    given = parser.parse_args()
    if given.datatrove:
        with given.documents.open(encoding="utf-8") as lines:
            documents = [json.loads(line) for line, _ in zip(lines, range(given.limit), strict=False)]
        beside_datatrove(given.datatrove, documents)
    if given.dolma and given.code:
        files = sorted(given.code.rglob("*.py"))[: given.limit]
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        beside_dolma(given.dolma, [text for text in texts if text.strip()])


if __name__ == "__main__":
    main()
