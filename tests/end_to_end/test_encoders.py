"""Runs whose recipes judge by an encoder in ONNX."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from .conftest import checksums

Run = Callable[..., subprocess.CompletedProcess[str]]
CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
WORDS = ["the", "of", "and", "to", "a", "in", "is", "you", "click", "here", "free", ".", ","]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory, make_encoder: Callable[..., Path]) -> Path:
    return make_encoder(tmp_path_factory.mktemp("models") / "classifier", WORDS, width=1)


def test_only_documents_still_kept_are_scored(textmill: Run, classifier: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "name: mine\nsteps:\n  - gopher_quality\n"
        f"  - onnx_classifier: {{model: {classifier}, window: 128, min_score: 0}}\n",
        encoding="utf-8",
    )
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        done = textmill("run", recipe, CORPUS, "--output", out, "--workers", workers, "--keep-removed", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")
    ledgers = [
        duckdb.sql(
            f"SELECT doc_id, verdict, step, \"onnx_classifier.score\" FROM '{tmp_path}/out{workers}/ledger/*.parquet' "
            "ORDER BY doc_id"
        ).fetchall()
        for workers in (1, 2)
    ]
    assert ledgers[0] == ledgers[1]
    scored = {doc_id: score for doc_id, _, step, score in ledgers[0] if step in (None, "onnx_classifier")}
    assert all(score is None for doc_id, _, _, score in ledgers[0] if doc_id not in scored)
    verdicts = {doc_id: verdict for doc_id, verdict, _, _ in ledgers[0]}
    assert {verdicts[doc_id] for doc_id in scored} == {"kept", "removed"}

    tokenizer = Tokenizer.from_file(str(classifier / "tokenizer.json"))
    tokenizer.no_truncation()
    session = onnxruntime.InferenceSession(str(classifier / "model.onnx"), providers=["CPUExecutionProvider"])
    texts = duckdb.sql(
        f"SELECT doc_id, text FROM '{tmp_path}/out1/shards/*.parquet' "
        f"UNION ALL SELECT doc_id, text FROM '{tmp_path}/out1/removed/*.parquet' WHERE text <> ''"
    ).fetchall()
    compared = 0
    for doc_id, text in texts:
        if doc_id not in scored:
            continue
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        if len(ids) > 32 * 126:
            continue
        rows = []
        for start in range(0, max(len(ids), 1), 126):
            given = np.array([[2, *ids[start : start + 126], 3]], dtype=np.int64)
            (logits,) = session.run(None, {"input_ids": given, "attention_mask": np.ones_like(given)})
            rows.append(logits[0, 0])
        assert scored[doc_id] == pytest.approx(np.mean(rows), abs=6e-5)
        assert verdicts[doc_id] == ("kept" if scored[doc_id] >= 0 else "removed")
        compared += 1
    assert compared > 50


def test_what_is_missing_is_told_before_anything_is_read(textmill: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps:\n  - onnx_classifier\n", encoding="utf-8")
    done = textmill("run", recipe, CORPUS, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "--set onnx_classifier.model=FOLDER" in done.stderr
    assert not (tmp_path / "out").exists()


TOPICS = ("mill", "river", "wheel", "grain", "shoes", "phones", "court", "judge", "piano", "violin", "goal", "match")


@pytest.fixture(scope="module")
def paraphrases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of the same words in another order, of which no run of five is shared, and others beside them."""
    folder = tmp_path_factory.mktemp("paraphrases")
    generator = np.random.default_rng(5)
    lines = []
    for number in range(300):
        words = generator.choice(TOPICS, size=40)
        orders = [" ".join(generator.permutation(words)) for _ in range(1 + number % 3)]
        lines += [json.dumps({"text": text, "group": number}) for text in orders]
    generator.shuffle(lines)
    for part in range(4):
        (folder / f"{part}.jsonl").write_text("\n".join(lines[part::4]) + "\n", encoding="utf-8")
    return folder


def test_semantic_duplicates_go_the_same_with_any_workers(
    textmill: Run, make_encoder: Callable[..., Path], paraphrases: Path, tmp_path: Path
) -> None:
    make_encoder(tmp_path / "encoder", TOPICS)
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "name: mine\nsteps:\n  - minhash_dedup\n  - embed: {model: encoder}\n"
        "  - semantic_dedup: {min_similarity: 0.999, clusters: 12, keep: longest}\n  - tokenize\n",
        encoding="utf-8",
    )
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        done = textmill("run", recipe, paraphrases, "--output", out, "--workers", workers, "--quiet")
        assert (done.returncode, done.stderr) == (0, "")
    assert checksums(tmp_path / "out1") == checksums(tmp_path / "out2")
    assert textmill("verify", tmp_path / "out1").returncode == 0
    rows = duckdb.sql(
        'SELECT doc_id, step, kept_instead, "cluster", similarity, cluster_size, "embed.vector" '
        f"FROM '{tmp_path}/out1/ledger/*.parquet'"
    ).fetchall()
    vectors = {row[0]: np.array(row[6], dtype=np.float64) for row in rows}
    assert len(rows) == 600
    gone = [row for row in rows if row[1] == "semantic_dedup"]
    assert {row[1] for row in rows} == {None, "semantic_dedup"}
    assert 250 < len(gone) <= 300  # what k-means parts is not found
    kept = {row[0]: row for row in rows if row[1] is None}
    for _, _, survivor, _, similarity, _, vector in gone:
        one, other = np.array(vector, dtype=np.float64), vectors[survivor]
        assert similarity == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=6e-5)
        assert similarity > 0.99
        assert survivor in kept
    assert sum(row[5] for row in kept.values()) == 600
    groups = duckdb.sql(
        "SELECT count(*), count(DISTINCT json_extract_string(metadata, '$.group')) "
        f"FROM '{tmp_path}/out1/shards/*.parquet'"
    ).fetchall()
    assert groups == [(600 - len(gone), 300)]


def test_semantic_dedup_wants_vectors_of_one_width(
    textmill: Run, make_encoder: Callable[..., Path], paraphrases: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps:\n  - semantic_dedup\n", encoding="utf-8")
    done = textmill("run", recipe, paraphrases, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "semantic_dedup reads embed.vector, but no embed stands before it" in done.stderr
