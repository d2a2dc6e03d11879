"""What an estimate says before a run is what the run then does, on sources whose documents hang together."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from textmill import Recipe
from textmill.errors import InputError, RecipeError
from textmill.pipeline.estimating.estimate import estimate
from textmill.pipeline.input.inputs import InputOptions

READING = InputOptions(split_bytes=60_000)
TRIALS = 20
SCRIPT = Path(__file__).parents[3] / "benchmarks" / "estimate.py"


class Corpus(NamedTuple):
    """A made corpus and what a run over all of it did."""

    recipe: Recipe
    inputs: list[str]
    true: Any


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("estimate_benchmark", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, benchmark: ModuleType) -> Corpus:
    folder = tmp_path_factory.mktemp("estimate")
    (folder / "recipe.yaml").write_text(benchmark.RECIPE, encoding="utf-8")
    (folder / "corpus").mkdir()
    recipe = Recipe.load(str(folder / "recipe.yaml"))
    inputs = benchmark.make_corpus(folder / "corpus", files=72, documents=50)
    ledger = benchmark.run(recipe, inputs, folder / "run", READING)
    return Corpus(recipe, inputs, benchmark.counted(ledger))


@pytest.mark.parametrize(("share", "read_whole_bytes"), [(0.05, 10**9), (0.3, 0)], ids=["all read", "some splits read"])
def test_intervals_hold_the_truth_19_times_in_20(
    benchmark: ModuleType, corpus: Corpus, share: float, read_whole_bytes: int
) -> None:
    coverage = benchmark.cover(*corpus, READING, trials=TRIALS, share=share, read_whole_bytes=read_whole_bytes)
    assert coverage.held["all", "documents"] >= 19
    assert coverage.held["all", "tokens"] >= 19
    assert coverage.share >= 0.95
    # and they say something: not everything between nothing and all
    assert coverage.widths["all", "documents"] / TRIALS < 0.35


def test_all_of_the_documents_give_what_the_run_does(benchmark: ModuleType, corpus: Corpus) -> None:
    figures = benchmark.estimated(estimate(corpus.recipe, corpus.inputs, share=1.0, reading=READING))
    assert set(figures) >= {name for name in corpus.true if name[0] == "removed"}
    for name, interval in figures.items():
        assert interval.value == pytest.approx(corpus.true[name], abs=1e-6), name


def test_a_duplicate_is_seen_though_its_partner_was_not_drawn(tmp_path: Path) -> None:
    texts = [f"The {number} houses stand beside a river that nobody has ever given a name to." for number in range(300)]
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in texts))
    recipe = Recipe.load(_written(tmp_path / "recipe.yaml", "name: exact\nsteps: [exact_dedup]\n"))
    found = estimate(recipe, [str(tmp_path / "*.jsonl")], share=0.1)
    # pairs within a tenth of the documents would show a tenth of this
    (removed,) = found.removed
    assert removed.documents.low > 150
    assert removed.documents.low <= 300 <= removed.documents.high
    assert found.partners > 0.7 * found.documents_drawn
    assert found.all.read.value == 600
    assert found.resources.workers == os.cpu_count()


def test_it_refuses_what_it_cannot_do(tmp_path: Path, corpus: Corpus) -> None:
    with pytest.raises(RecipeError, match="above 0 and at most 1"):
        estimate(corpus.recipe, corpus.inputs, share=0)
    writing = f"name: writing\nsteps: [exact_dedup: {{write_index: {tmp_path / 'index'}}}]\n"
    recipe = Recipe.load(_written(tmp_path / "recipe.yaml", writing))
    with pytest.raises(RecipeError, match="write_index=none"):
        estimate(recipe, corpus.inputs)
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(InputError, match="no document"):
        estimate(corpus.recipe, [str(tmp_path / "empty.jsonl")])


@pytest.mark.parametrize("share", [0, -0.1, 1.001, 2])
def test_a_share_is_above_0_and_at_most_1(share: float) -> None:
    with pytest.raises(RecipeError) as caught:
        estimate(Recipe("none", []), ["none.jsonl"], share=share)
    told = f"the share is {share}; it must be above 0 and at most 1, as 0.01 for one document in 100"
    assert str(caught.value) == told


def test_where_chance_draws_nothing_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "The mill stands by the river."}\n' * 3)
    found = estimate(Recipe("none", []), [str(tmp_path / "a.jsonl")], share=1e-9, workers=3)
    assert found.notes == (
        "all of the input was read; documents were drawn from it by a hash of their ids",
        "chance has drawn no document: raise --share",
    )
    assert (found.recipe, found.share, found.documents_drawn, found.documents_read, found.partners) == (
        *("none", 1e-9, 0, 3, 0),
    )
    assert (found.splits_read, found.splits, found.removed, found.by_language) == (1, 1, (), {})
    assert (list(found.by_source), found.by_source_and_language) == (["a.jsonl"], {"a.jsonl": {}})
    assert (found.all.read.value, found.resources.workers) == (3, 3)


def _written(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)
