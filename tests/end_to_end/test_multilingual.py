"""The preset multilingual on documents in many languages: good text is kept, repetition is not."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

from ..filters.test_fineweb2 import GOOD, JUNK

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_good_text_is_kept_in_each_language_and_junk_is_not(textmill: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for kind, texts in (("good", GOOD), ("junk", JUNK)):
        for label, text in texts.items():
            (folder / f"{kind}-{label}.txt").write_text(text, encoding="utf-8")
    done = textmill("run", "multilingual", folder, "--output", tmp_path / "out", "--quiet", "--workers", "1")
    assert done.returncode == 0, done.stderr
    ledger = f"read_parquet('{tmp_path}/out/ledger/*.parquet')"
    rows = duckdb.sql(f'SELECT source, "language.label", verdict, step, rule FROM {ledger}').fetchall()
    assert len(rows) == len(GOOD) + len(JUNK)
    by_id = {Path(source).stem: tuple(rest) for source, *rest in rows}
    for label in GOOD:
        assert by_id[f"good-{label}"][:2] == (label, "kept"), by_id[f"good-{label}"]
    for label in JUNK:
        assert by_id[f"junk-{label}"][1:3] == ("removed", "fineweb2_quality"), by_id[f"junk-{label}"]
    # Another threshold for all languages is cut from the ledger alone.
    retuned = textmill("retune", tmp_path / "out", "--set", "fineweb2_quality.min_words=100000")
    assert retuned.returncode == 0, retuned.stderr
