"""Runs whose recipes judge by an encoder in ONNX."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

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
