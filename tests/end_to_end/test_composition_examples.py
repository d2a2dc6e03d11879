"""The examples of composition do what they say: a recipe from scratch, and a rule set in a file of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from .conftest import CORPUS, ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLES = ROOT / "examples"
WITH_EXAMPLES = {**os.environ, "PYTHONPATH": str(EXAMPLES)}


def test_the_composed_recipe_tells_its_verdicts() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "compose_recipe.py")], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "any_of.min_passing: " in done.stdout
    assert "gopher_repetition@zh+ja" in done.stdout
    assert "173 documents read" in done.stdout
    assert done.stdout.rstrip().endswith("cannot be known")


def test_a_rule_set_of_ones_own_is_one_file(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "shout.txt").write_text("HELLO THERE, all of you.\nBUY NOW!\nIt is a sentence.\n")
    arguments = ("explain", tmp_path / "shout.txt", "--recipe", EXAMPLES / "own_rules.yaml", "--json")
    told = json.loads(textmill(*arguments, env=WITH_EXAMPLES).stdout)
    assert (told["verdict"]["step"], told["verdict"]["rule"]) == ("shouting", "max_shouted_words_ratio")
    (rule,) = (rule for rule in told["rules"] if rule["decisive"])
    assert [(one["line"], one["found"]) for one in rule["evidence"]] == [(1, "HELLO THERE,")]
    loose = textmill(*arguments, "--set", "shouting.max_shouted_words_ratio=none", env=WITH_EXAMPLES)
    assert json.loads(loose.stdout)["verdict"]["rule"] == "max_exclamation_lines_ratio"
    wrong = textmill(*arguments, "--set", "shouting.max_shouted_word_ratio=1", env=WITH_EXAMPLES)
    assert wrong.returncode == 2
    assert "did you mean 'max_shouted_words_ratio'" in wrong.stderr


def test_ones_own_rules_run_in_workers_and_are_retuned(textmill: Run, tmp_path: Path) -> None:
    recipe, out = EXAMPLES / "own_rules.yaml", tmp_path / "out"
    done = textmill("run", recipe, CORPUS, "--output", out, "--workers", 2, "-q", env=WITH_EXAMPLES)
    assert (done.returncode, done.stderr) == (0, "")
    columns = pq.read_table(out / "ledger").column_names
    assert {"shouting.words_ratio", "questions", "gopher.words"} <= set(columns)
    change = ("--set", "shouting.max_shouted_words_ratio=0", "--write", tmp_path / "quiet.yaml", "--json")
    refused = textmill("retune", out, *change, env=WITH_EXAMPLES)
    assert refused.returncode == 2
    assert "--code" in refused.stderr
    change = (*change, "--code")
    told = json.loads(textmill("retune", out, *change, env=WITH_EXAMPLES).stdout)
    assert told["lost"]["documents"] > 0
    assert "own_rules:ShoutingRules: {max_shouted_words_ratio: 0}" in (tmp_path / "quiet.yaml").read_text()
    assert textmill("recipes", tmp_path / "quiet.yaml").returncode == 0
