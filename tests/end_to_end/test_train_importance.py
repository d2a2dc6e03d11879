"""``textmill train importance`` from folders and finished runs, and runs that weigh by what it has made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from textmill import Importance
from textmill.filters.base.batch import make_batch

Run = Callable[..., subprocess.CompletedProcess[str]]
NOUNS = ("mill", "river", "wheel", "stone", "grain", "barn", "field", "cart")
WARES = ("shoes", "phones", "deals", "coupons", "watches", "loans", "pills", "prizes")


def write(path: Path, count: int, nouns: tuple[str, ...], first: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for number in range(first, first + count):
        words = [nouns[(number * 7 + place * (1 + number % 3)) % len(nouns)] for place in range(30)]
        text = " ".join(f"the {word} of the {words[place - 1]}," for place, word in enumerate(words))
        lines.append(json.dumps({"text": f"Number {number}: {text}", "about": nouns[0]}) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    write(folder / "books" / "a.jsonl", 200, NOUNS)
    write(folder / "crawl" / "a.jsonl", 300, WARES, first=1000)
    write(folder / "crawl" / "b.jsonl", 60, NOUNS, first=2000)
    return folder


def test_a_model_is_learnt_measured_and_used(textmill: Run, corpora: Path, tmp_path: Path) -> None:
    command = ["train", "importance", "--target", f"books={corpora / 'books'}", "--raw", corpora / "crawl", "--json"]
    first = textmill(*command, "--output", tmp_path / "one", "--quiet")
    assert (first.returncode, first.stderr) == (0, "")
    report = json.loads(first.stdout)
    assert report == json.loads((tmp_path / "one" / "report.json").read_text(encoding="utf-8"))
    assert report["target"]["documents_learnt_from"] + report["held_out"]["target"] == 200
    assert report["raw"]["documents_learnt_from"] + report["held_out"]["raw"] == 360
    assert 0.85 < report["held_out"]["auc"] < 1  # a sixth of the raw corpus is of the target's kind
    assert set(NOUNS) <= {*report["words_for_target"]}
    assert set(WARES) <= {*report["words_for_raw"]}
    assert textmill(*command, "--output", tmp_path / "two").returncode == 0
    for name in ("importance.bin", "report.json", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "name: mine\nsteps:\n  - importance: {model: one/importance.bin, min_log_weight_per_word: 0}\n"
        "  - select: {measurement: importance.sample, keep_fraction: 0.5}\n",
        encoding="utf-8",
    )
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        done = textmill("run", recipe, corpora / "crawl", "--output", out, "--workers", workers, "--quiet")
        assert done.returncode == 0, done.stderr
    kept = duckdb.sql(
        f"SELECT json_extract_string(metadata, '$.about'), count(*) FROM '{tmp_path}/out1/shards/*.parquet' GROUP BY 1"
    )
    assert kept.fetchall() == [("mill", 30)]
    drawn = duckdb.sql(
        'SELECT min("importance.sample") FILTER (step IS NULL), max("importance.sample") FILTER (step = \'select\'), '
        f"count(*) FILTER (step = 'importance') FROM '{tmp_path}/out1/ledger/*.parquet'"
    )
    ((lowest_kept, highest_left, unlike),) = drawn.fetchall()
    assert lowest_kept > highest_left
    assert unlike == 300
    ledgers = [
        duckdb.sql(
            f'SELECT doc_id, "importance.words", "importance.log_weight", "importance.log_weight_per_word", '
            f"\"importance.sample\" FROM '{tmp_path}/out{workers}/ledger/*.parquet' ORDER BY doc_id"
        ).fetchall()
        for workers in (1, 2)
    ]
    assert ledgers[0] == ledgers[1]
    assert len(ledgers[0]) == 360

    # A finished run as target, and as raw corpus: what it kept against what it read.
    again = textmill(
        *("train", "importance", "--target", tmp_path / "out1", "--raw", corpora / "crawl"), "-o", tmp_path / "three"
    )
    assert again.returncode == 0, again.stderr
    assert "mill" in again.stdout.partition("For the target")[2].partition("Against it")[0]


def test_texts_drawn_by_their_samples_are_like_the_target(textmill: Run, corpora: Path, tmp_path: Path) -> None:
    """DSIR's measure: the words of what is drawn are nearer to the target's than those of the raw corpus."""
    done = textmill(
        *("train", "importance", "--target", corpora / "books", "--raw", corpora / "crawl"), "-o", tmp_path / "m", "-q"
    )
    assert done.returncode == 0, done.stderr
    texts = [
        json.loads(line)["text"]
        for name in ("a.jsonl", "b.jsonl")
        for line in (corpora / "crawl" / name).read_text(encoding="utf-8").splitlines()
    ]
    samples = Importance(model=tmp_path / "m" / "importance.bin").measure(make_batch(texts))["importance.sample"]  # type: ignore[arg-type]
    drawn = np.argsort(-samples.to_numpy())[:60]
    assert (drawn >= 300).mean() > 0.9


def test_mistakes_are_told_in_one_line(textmill: Run, corpora: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    (tmp_path / "empty.jsonl").write_text('{"text": " "}\n')
    books, crawl = corpora / "books", corpora / "crawl"
    cases = [
        (books, tmp_path / "nothing", "new", "nothing"),
        (books, crawl, "full", "is there already"),
        (books, books, "new", "the same documents"),
        (tmp_path / "empty.jsonl", crawl, "new", "--target"),
    ]
    for target, raw, output, message in cases:
        ran = textmill("train", "importance", "--target", target, "--raw", raw, "-o", tmp_path / output, "-q")
        assert ran.returncode == 2, message
        assert message in ran.stderr
        assert ran.stderr.count("\n") == 1
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert not (tmp_path / "new").exists()
    for option, message in (("--megabytes=0", "--megabytes"), ("--buckets=3", "--buckets 3"), ("--weight=x=1", "x")):
        ran = textmill("train", "importance", "--target", books, "--raw", crawl, "-o", tmp_path / "new", option)
        assert ran.returncode == 2
        assert message in ran.stderr
