"""Mixes from files to files: shares as DuckDB counts them, every token traced to its document, the same bytes."""

import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.errors import InputError, RecipeError
from textmill.pipeline.commands.mix import mix_sources
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.mixing import plan

EOS, PAD = 1, 0

Documents = dict[str, list[int]]
Columns = Callable[[int], dict[str, Any]]


def write_source(
    folder: Path, name: str, sizes: Sequence[int], *, files: int = 2, columns: Columns = lambda _: {}
) -> Documents:
    """Documents of so many tokens, in so many files; no token stands in two documents of a source."""
    folder.mkdir(parents=True, exist_ok=True)
    token = 10
    rows = []
    for number, size in enumerate(sizes):
        rows.append({"doc_id": f"{name}{number}", "input_ids": list(range(token, token + size)), **columns(number)})
        token += size
    cuts = np.linspace(0, len(rows), files + 1).astype(int).tolist()
    for number, (first, end) in enumerate(pairwise(cuts)):
        table = pa.Table.from_pylist(rows[first:end])
        pq.write_table(table, folder / f"part-{number}.parquet", row_group_size=7)
    return {row["doc_id"]: row["input_ids"] for row in rows}


def run(folder: Path, mix: str, output: str = "out", *, workers: int = 1) -> tuple[Path, dict[str, Any]]:
    (folder / "mix.yaml").write_text(mix)
    mix_sources(
        str(folder / "mix.yaml"), str(folder / output), workers=workers, plan_only=False, quiet=True, as_json=False
    )
    return folder / output, json.loads((folder / output / "manifest.json").read_bytes())


def rows_of(output: Path, folder: str = "shards") -> list[dict[str, Any]]:
    return [row for path in sorted((output / folder).iterdir()) for row in pq.read_table(path).to_pylist()]


def shares(output: Path) -> dict[str, float]:
    query = (
        "SELECT run.source, sum(run.length) / sum(sum(run.length)) OVER () FROM "
        f"(SELECT unnest(documents) AS run FROM '{output}/shards/*.parquet') GROUP BY 1"
    )
    return dict(duckdb.sql(query).fetchall())


def check_traces(rows: list[dict[str, Any]], documents: dict[str, Documents], *, eos: int | None) -> None:
    """Every token is the one of its document that the row says it is, and the rest is padding."""
    for row in rows:
        position = 0
        for one in row["documents"]:
            whole = documents[one["source"]][one["doc_id"]] + ([] if eos is None else [eos])
            end = position + one["length"]
            assert one["length"] > 0
            assert row["input_ids"][position:end] == whole[one["start"] : one["start"] + one["length"]]
            position = end
        assert row["input_ids"][position:] == [PAD] * (len(row["input_ids"]) - position)


def sizes(count: int, mean: int, seed: int = 0) -> list[int]:
    return (1 + np.random.default_rng(seed).exponential(mean, count)).astype(int).tolist()


@pytest.fixture
def three(tmp_path: Path) -> dict[str, Documents]:
    return {
        "commoncrawl": write_source(tmp_path / "web", "w", sizes(900, 60)),
        "books": write_source(tmp_path / "books", "b", sizes(40, 900, 1)),
        "github": write_source(tmp_path / "code", "c", sizes(100, 200, 2), files=3),
    }


THREE = "sources: {commoncrawl: web/*.parquet, books: books, github: code}\nseed: one\n"


@pytest.mark.parametrize("method", ["none", "concat", "best_fit"])
def test_shares_of_a_table_are_met_to_the_token(tmp_path: Path, three: dict[str, Documents], method: str) -> None:
    packing = "{eos: 1}" if method == "none" else f"{{method: {method}, length: 64, eos: 1, pad: 0}}"
    output, manifest = run(tmp_path, f"{THREE}weights: llama\ntokens: 50000\npacking: {packing}\n")
    found = shares(output)
    for name, weight in (("commoncrawl", 67), ("books", 4.5), ("github", 4.5)):
        assert abs(found[name] - weight / 76) < 3e-5
    rows = rows_of(output)
    check_traces(rows, three, eos=EOS)
    assert sum(one["length"] for row in rows for one in row["documents"]) == 50000 == manifest["totals"]["tokens"]
    assert verify_folder(str(output)) == []
    taken = Counter(
        (one["source"], one["doc_id"], one["epoch"], one["start"]) for row in rows for one in row["documents"]
    )
    assert max(taken.values()) == 1


def test_the_same_bytes_with_any_number_of_workers(tmp_path: Path, three: dict[str, Documents]) -> None:
    mix = f"{THREE}weights: llama\ntokens: 50000\nheld_out: 0.1\npacking: {{method: concat, length: 100, eos: 1}}\n"
    one, three_ = (run(tmp_path, mix, f"out{workers}", workers=workers)[0] for workers in (1, 3))
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert [str(path) for path in files][:3] == ["README.md", "croissant.json", "held_out/part-00000-of-00001.parquet"]
    assert files == sorted(path.relative_to(three_) for path in three_.rglob("*") if path.is_file())
    assert all((one / path).read_bytes() == (three_ / path).read_bytes() for path in files)
    listed = json.loads((one / "manifest.json").read_bytes())["shards"]
    assert listed[0]["sha256"] == hashlib.sha256((one / "shards" / listed[0]["name"]).read_bytes()).hexdigest()


def test_the_same_rows_however_documents_are_spread_over_files(tmp_path: Path) -> None:
    found = []
    for files in (1, 5):
        folder = tmp_path / str(files)
        write_source(folder / "web", "w", sizes(300, 50), files=files)
        mix = "sources: {web: web}\ntokens: 9000\npacking: {method: best_fit, length: 128}\n"
        found.append(rows_of(run(folder, mix)[0]))
    assert found[0] == found[1]


def test_another_seed_takes_other_documents_in_another_order(tmp_path: Path) -> None:
    write_source(tmp_path / "web", "w", [10] * 200)
    orders = []
    for seed in ("a", "b"):
        rows = rows_of(run(tmp_path, f"sources: {{web: web}}\ntokens: 1000\nseed: {seed}\n", seed)[0])
        orders.append([row["documents"][0]["doc_id"] for row in rows])
    assert len(orders[0]) == len(orders[1]) == 100
    assert set(orders[0]) != set(orders[1])
    numbers = [int(name[1:]) for name in orders[0]]
    rising = sum(first < second for first, second in pairwise(numbers))
    assert 30 < rising < 70, "neither sorted nor as read"


def test_nothing_comes_again_before_everything_has_come(tmp_path: Path) -> None:
    documents = {"few": write_source(tmp_path / "few", "f", [20] * 30)}
    output, manifest = run(tmp_path, "sources: {few: few}\nmax_epochs: 4\ntokens: 1510\n")
    rows = rows_of(output)
    check_traces(rows, documents, eos=None)
    runs = [one for row in rows for one in row["documents"]]
    by_epoch: dict[int, int] = Counter()
    for one in runs:
        by_epoch[one["epoch"]] += one["length"]
    assert by_epoch == {0: 600, 1: 600, 2: 310}
    assert Counter(one["length"] for one in runs) == {20: 75, 10: 1}, "one document is cut at the border"
    assert manifest["plan"]["sources"][0]["epochs"] == 1510 / 600


def test_stages_go_on_where_the_one_before_ended(tmp_path: Path) -> None:
    documents = {
        "a": write_source(tmp_path / "a", "a", [20] * 100, columns=lambda n: {"score": float(n * 37 % 100)}),
        "b": write_source(tmp_path / "b", "b", [20] * 100, columns=lambda n: {"score": float(n)}),
    }
    output, manifest = run(
        tmp_path,
        """
        sources: {a: a, b: b}
        stages:
          - {name: long, tokens: 2000, weights: {a: 3, b: 1}}
          - {name: end, tokens: 1000, weights: {a: 1, b: 4}, order: {by: score, descending: true}}
        """,
    )
    first, second = (pq.read_table(output / "shards" / shard["name"]).to_pylist() for shard in manifest["shards"])
    check_traces(first + second, documents, eos=None)
    counted = [Counter[str](), Counter[str]()]
    for number, rows in enumerate((first, second)):
        for row in rows:
            counted[number][row["documents"][0]["source"]] += len(row["input_ids"])
    assert counted == [{"a": 1500, "b": 500}, {"a": 200, "b": 800}]
    ids = [row["documents"][0]["doc_id"] for row in first + second]
    assert len(set(ids)) == len(ids) == 150
    scores = [int(n[1:]) * 37 % 100 if n[0] == "a" else int(n[1:]) for n in ids[100:]]
    assert scores == sorted(scores, reverse=True)


def test_concat_cuts_only_where_a_sequence_ends(tmp_path: Path) -> None:
    documents = {"web": write_source(tmp_path / "web", "w", sizes(200, 40))}
    output, manifest = run(
        tmp_path,
        "sources: {web: web}\npacking: {method: concat, length: 32, eos: 1, positions: position_ids}\n",
    )
    rows = rows_of(output)
    check_traces(rows, documents, eos=EOS)
    total = sum(len(ids) + 1 for ids in documents["web"].values())
    assert Counter(len(row["input_ids"]) for row in rows) == Counter([32] * (total // 32) + [total % 32][: total % 32])
    assert manifest["totals"]["padding"] == 0
    assert manifest["totals"]["cuts"] == sum(one["start"] > 0 for row in rows for one in row["documents"])
    for row in rows:
        lengths = [one["length"] for one in row["documents"]]
        assert row["position_ids"] == [position for length in lengths for position in range(length)]


def test_best_fit_cuts_only_what_is_too_long(tmp_path: Path) -> None:
    documents = {"web": write_source(tmp_path / "web", "w", sizes(300, 40))}
    output, manifest = run(
        tmp_path,
        "sources: {web: web}\npacking: {method: best_fit, length: 64, eos: 1, pad: 0, positions: cu_seqlens}\n",
    )
    rows = rows_of(output)
    check_traces(rows, documents, eos=EOS)
    lengths = {name: len(ids) + 1 for name, ids in documents["web"].items()}
    assert manifest["totals"]["cuts"] == sum((length - 1) // 64 for length in lengths.values())
    parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        assert len(row["input_ids"]) == 64
        ends = [0]
        for one in row["documents"]:
            parts[one["doc_id"]].append((one["start"], one["length"]))
            ends.append(ends[-1] + one["length"])
        assert row["cu_seqlens"] == ends + ([64] if ends[-1] < 64 else [])
    for name, length in lengths.items():
        cut = [(start, min(64, length - start)) for start in range(0, length, 64)]
        assert sorted(parts[name]) == cut
    padding = manifest["totals"]["padding"]
    assert padding == 64 * len(rows) - sum(lengths.values())
    assert len(rows) <= 1.02 * sum(lengths.values()) / 64 + 1


def test_no_cluster_is_on_both_sides(tmp_path: Path) -> None:
    def cluster(number: int) -> dict[str, Any]:
        return {"cluster": f"k{number // 4}" if number % 3 else None}

    write_source(tmp_path / "web", "w", [10] * 400, columns=cluster)
    output, manifest = run(tmp_path, "sources: {web: web}\nheld_out: {share: 0.2, by: cluster}\n")
    sides = [
        {one["doc_id"] for row in rows_of(output, name) for one in row["documents"]} for name in ("shards", "held_out")
    ]
    assert len(sides[0]) + len(sides[1]) == 400
    assert 40 < len(sides[1]) < 120
    clusters = [{cluster(int(name[1:]))["cluster"] for name in side} - {None} for side in sides]
    assert not clusters[0] & clusters[1]
    assert len(clusters[1]) > 5
    assert manifest["totals"]["held_out_tokens"] == 10 * len(sides[1])


def test_conditions_and_how_often_a_cluster_size_comes(tmp_path: Path) -> None:
    documents = {
        "web": write_source(
            tmp_path / "web",
            "w",
            [10] * 60,
            columns=lambda n: {"cluster_size": 1 + n % 6, "score": None if n % 10 == 9 else n / 60},
        )
    }
    output, manifest = run(
        tmp_path,
        """
        sources:
          web: {path: web, where: score >= 0.5, rehydrate: {sizes: [1, 2, 5], repeats: [1, 2, 3]}}
        """,
    )
    rows = rows_of(output)
    check_traces(rows, documents, eos=None)
    wanted = {}
    for n in range(30, 60):
        if n % 10 != 9:
            wanted[f"w{n}"] = (1, 2, 2, 2, 3, 3)[n % 6]
    assert Counter(one["doc_id"] for row in rows for one in row["documents"]) == wanted
    assert manifest["plan"]["sources"][0]["filtered_documents"] == 33


def test_temperature_raises_rare_languages(tmp_path: Path) -> None:
    def language(number: int) -> dict[str, Any]:
        return {"language": "sw" if number < 10 else "de" if number < 110 else "en"}

    write_source(tmp_path / "web", "w", [10] * 1110, columns=language)
    mix = "sources: {web: {path: web, temperature: 2, max_epochs: 100}}\ntokens: 5000\n"
    output, manifest = run(tmp_path, mix)
    counted = Counter[str]()
    for row in rows_of(output):
        counted[language(int(row["documents"][0]["doc_id"][1:]))["language"]] += len(row["input_ids"])
    roots = {"sw": 100**0.5, "de": 1000**0.5, "en": 10000**0.5}
    for name, root in roots.items():
        assert abs(counted[name] - 5000 * root / sum(roots.values())) < 2
    assert {row["language"]: row["wanted"] for row in manifest["plan"]["languages"]} == counted


@pytest.mark.parametrize(
    ("mix", "error", "message"),
    [
        ("sources: {web: nowhere}", InputError, "no Parquet files at nowhere"),
        ("sources: {web: web}\nweights: lama", RecipeError, "mix.yaml:2: unknown weights 'lama'"),
        ("sources: {web: web}\nweights: llama", RecipeError, "no source 'web'"),
        ("sources: {web: web}\ntokens: 4000", RecipeError, "2.00 epochs, but max_epochs is 1; lower tokens to 2,000"),
        ("sources: {web: {path: web, where: nothing > 1}}", RecipeError, "columns are"),
        ("sources: {web: {path: web, rehydrate: true}}", InputError, "no column 'cluster_size', so that"),
        ("sources: {web: {path: web, temperature: 3}}", InputError, "no column 'language'"),
        ("sources: {web: {path: web, where: doc_id = 'none'}}", RecipeError, "none of the sources has tokens"),
        ("sources: {web: web}\npacking: {method: concat}", RecipeError, "concat needs length"),
        ("sources: {web: web}\npakcing: {}", RecipeError, "mix.yaml:2: a mix has no 'pakcing'; did you mean 'packing'"),
        ("sources: {web: web}\nstages: [{share: 0.5}]", RecipeError, "add up to 0.5, not to 1"),
        ("sources: {web: web}\ntokens: many", RecipeError, "mix.yaml:2: tokens must be a number such as"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, mix: str, error: type[Exception], message: str) -> None:
    write_source(tmp_path / "web", "w", [20] * 100)
    with pytest.raises(error) as raised:
        run(tmp_path, mix + "\n")
    assert message in str(raised.value)
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_source_that_has_too_little(tmp_path: Path) -> None:
    write_source(tmp_path / "a", "a", [20] * 100)
    write_source(tmp_path / "b", "b", [20] * 10)
    mix = "sources: {a: {path: a, weight: 1}, b: {path: b, weight: 1}}\ntokens: 1000\n"
    shrunk, manifest = run(tmp_path, f"{mix}shortage: shrink\n", "shrunk")
    assert manifest["totals"]["tokens"] == 400
    assert shares(shrunk) == {"a": 0.5, "b": 0.5}
    given, manifest = run(tmp_path, f"{mix}shortage: redistribute\n", "given")
    assert manifest["totals"]["tokens"] == 1000
    assert shares(given) == {"a": 0.8, "b": 0.2}


def test_the_plan_alone_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_source(tmp_path / "web", "w", [20] * 100)
    (tmp_path / "mix.yaml").write_text("sources: {web: web}\ntokens: 1500\n")
    told = mix_sources(str(tmp_path / "mix.yaml"), None, workers=1, plan_only=True, quiet=False, as_json=False)
    assert told["tokens"] == 1500
    printed = capsys.readouterr().out
    assert "1,500 tokens" in printed
    assert "500" in printed.splitlines()[2].split()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix.yaml", "web"]


def test_damage_is_found(tmp_path: Path) -> None:
    write_source(tmp_path / "web", "w", [20] * 100)
    output, _ = run(tmp_path, "sources: {web: web}\n")
    path = next((output / "shards").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (problem,) = verify_folder(str(output))
    assert "was changed or damaged" in problem
    with pytest.raises(InputError, match="holds something already"):
        run(tmp_path, "sources: {web: web}\n")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    write_source(tmp_path / "web", "w", [2000] * 100)
    (tmp_path / "mix.yaml").write_text("sources: {web: web}\n")
    command = [sys.executable, "-c", "from textmill.pipeline.cli import main; main()", "mix", "mix.yaml", "-o", "out"]
    limited = f"ulimit -f 100; exec {shlex.join(command)}"
    done = subprocess.run(["bash", "-c", limited], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "cannot write out: File too large; make room, then begin again" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix.yaml", "web"]


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards and tasks so small that a test has many of them."""
    monkeypatch.setattr(plan, "SHARD_TOKENS", 700)
    monkeypatch.setattr(plan, "SMALL_SHARD_TOKENS", 500)
    monkeypatch.setattr(plan, "TASK_TOKENS", 300)


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("length", [32, 1000])
def test_a_sequence_goes_on_in_the_next_shard(tmp_path: Path, length: int) -> None:
    documents = {"web": write_source(tmp_path / "web", "w", sizes(200, 40))}
    mix = f"""
        sources: {{web: web}}
        max_epochs: 3
        tokens: 20000
        stages: [{{share: 0.5}}, {{share: 0.5, order: {{by: token_count}}}}]
        packing: {{method: concat, length: {length}, eos: 1}}
    """
    for path in (tmp_path / "web").iterdir():
        table = pq.read_table(path)
        lengths = pa.array([len(ids) for ids in table["input_ids"].to_pylist()], pa.int64())
        pq.write_table(table.append_column("token_count", lengths), path, row_group_size=7)
    output, manifest = run(tmp_path, mix)
    assert len(manifest["shards"]) > 20
    rows = rows_of(output)
    check_traces(rows, documents, eos=EOS)
    assert Counter(len(row["input_ids"]) for row in rows) == Counter(
        [length] * (20000 // length) + [20000 % length][: 20000 % length]
    )
    runs = Counter((one["doc_id"], one["epoch"]) for row in rows for one in row["documents"] if one["start"] == 0)
    assert max(runs.values()) == 1
    assert verify_folder(str(output)) == []


@pytest.mark.usefixtures("small_shards")
def test_an_ordered_stage_is_in_order_over_all_shards(tmp_path: Path) -> None:
    def score(number: int) -> dict[str, Any]:
        return {"score": None if number % 50 == 0 else float(number * 7 % 90)}

    write_source(tmp_path / "web", "w", [30] * 400, columns=score, files=5)
    output, manifest = run(tmp_path, "sources: {web: web}\nstages: [{share: 1, order: {by: score}}]\n")
    assert len(manifest["shards"]) > 10
    assert max(shard["tokens"] for shard in manifest["shards"]) < 2 * 700
    found = [score(int(row["documents"][0]["doc_id"][1:]))["score"] for row in rows_of(output)]
    assert len(found) == 400
    assert found[-8:] == [None] * 8
    assert found[:-8] == sorted(found[:-8])


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("kind", [pa.list_(pa.uint16()), pa.large_list(pa.int64())])
def test_ids_of_other_types_and_documents_without_any(tmp_path: Path, kind: pa.DataType) -> None:
    ids = [None if number % 9 == 8 else [] if number % 9 == 7 else [number] * (number % 50) for number in range(300)]
    pq.write_table(pa.table({"input_ids": pa.array(ids, kind)}), tmp_path / "web.parquet", row_group_size=11)
    output, _ = run(tmp_path, "sources: {web: web.parquet}\n")
    assert sorted(row["input_ids"] for row in rows_of(output)) == sorted(one for one in ids if one)
    names = [row["documents"][0]["doc_id"] for row in rows_of(output)]
    assert len(set(names)) == len(names)


def test_copies_of_a_document_are_told_apart(tmp_path: Path) -> None:
    pq.write_table(
        pa.table(
            {
                "doc_id": [f"w{number // 3}" for number in range(300)],
                "input_ids": [[number, 1, 2] for number in range(300)],
            }
        ),
        tmp_path / "web.parquet",
    )
    output, manifest = run(tmp_path, "sources: {web: web.parquet}\ntokens: 451\n")
    assert manifest["totals"]["tokens"] == 451
    found = [row["input_ids"][0] for row in rows_of(output)]
    assert len(set(found)) == len(found) == 151


def test_croissant_describes_the_sequences(tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    write_source(tmp_path / "a", "a", [30, 50, 20])
    packing = "{method: best_fit, length: 16, eos: 1, pad: 0, positions: position_ids}"
    output, _ = run(tmp_path, f"sources: {{a: a}}\npacking: {packing}\n")
    with pytest.warns(DeprecationWarning, match="ConjunctiveGraph"):
        dataset = mlcroissant.Dataset(jsonld=str(output / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    found = [
        [[int(one) for one in record[f"sequences/{name}"]] for name in ("input_ids", "position_ids")]
        for record in dataset.records("sequences")
    ]
    assert found == [[row["input_ids"], row["position_ids"]] for row in rows_of(output)]


MIXED = """
name: "a müll"
sources: {web: web, books: books, code: {path: code, where: "n % 3 > 0"}}
weights: {web: 2, books: 1, code: 1}
tokens: 3000
seed: one
held_out: {share: 0.2}
packing: {method: best_fit, length: 64, eos: 1, pad: 0, positions: position_ids}
"""
CARD = """\
---
pretty_name: "a müll"
# license: the texts keep the rights of their authors; name a licence before you publish
task_categories:
- text-generation
configs:
- config_name: default
  data_files:
  - split: train
    path: "shards/*.parquet"
  - split: validation
    path: "held_out/*.parquet"
---

# a müll

3,000 tokens of 89 pieces of documents, in sequences of 64 (best_fit: 19 cuts, 0.266% padding). \
Mixed with textmill VERSION, seed "one".

| source | share | tokens | epochs | filtered | held out | left over |
|---|--:|--:|--:|--:|--:|--:|
| web | 50.000% | 1,500 | 0.606 | 0 | 599 | 976 |
| books | 25.000% | 750 | 0.641 | 0 | 1,279 | 420 |
| code | 25.000% | 750 | 0.663 | 647 | 583 | 382 |

Columns: `input_ids`, `position_ids`, and
`documents`: for each run of tokens its `doc_id`, `source`, `epoch`, the first of its document's tokens
(`start`), and how many (`length`). `textmill verify .` checks that nothing is missing or changed.
"""
TOLD: dict[str, Any] = {
    "held_out": [
        {
            "cuts": 26,
            "documents": 54,
            "name": "part-00000-of-00001.parquet",
            "padding": 99,
            "part": "held out",
            "rows": 40,
            "sources": {"books": 1279, "code": 583, "web": 599},
            "tokens": 2461,
        }
    ],
    "highest_id": 2912,
    "inputs": [
        {"files": ["part-0.parquet", "part-1.parquet"], "shards_sha256": [], "source": "web"},
        {"files": ["part-0.parquet", "part-1.parquet"], "shards_sha256": [], "source": "books"},
        {"files": ["part-0.parquet", "part-1.parquet", "part-2.parquet"], "shards_sha256": [], "source": "code"},
    ],
    "mix": {
        "held_out": {"by": "cluster", "share": 0.2},
        "name": "a müll",
        "packing": {"eos": 1, "length": 64, "method": "best_fit", "pad": 0, "positions": "position_ids"},
        "seed": "one",
        "shortage": "error",
        "sources": [
            {"max_epochs": 1.0, "name": "web", "paths": ["web"], "rehydrate": None, "temperature": None, "where": None},
            {
                "max_epochs": 1.0,
                "name": "books",
                "paths": ["books"],
                "rehydrate": None,
                "temperature": None,
                "where": None,
            },
            {
                "max_epochs": 1.0,
                "name": "code",
                "paths": ["code"],
                "rehydrate": None,
                "temperature": None,
                "where": "n % 3 > 0",
            },
        ],
        "stages": [{"name": "all", "order": None, "share": 1.0, "weights": {"books": 1.0, "code": 1.0, "web": 2.0}}],
        "tokens": 3000,
    },
    "plan": {
        "languages": [],
        "sources": [
            {
                "documents": 90,
                "epochs": 0.6058158319870759,
                "filtered_documents": 0,
                "filtered_tokens": 0,
                "held_out_documents": 17,
                "held_out_tokens": 599,
                "left_out": 976,
                "share": 0.5,
                "source": "web",
                "there": 2476,
                "tokens": 3075,
                "wanted": 1500,
            },
            {
                "documents": 12,
                "epochs": 0.6410256410256411,
                "filtered_documents": 0,
                "filtered_tokens": 0,
                "held_out_documents": 3,
                "held_out_tokens": 1279,
                "left_out": 420,
                "share": 0.25,
                "source": "books",
                "there": 1170,
                "tokens": 2449,
                "wanted": 750,
            },
            {
                "documents": 40,
                "epochs": 0.6625441696113075,
                "filtered_documents": 14,
                "filtered_tokens": 647,
                "held_out_documents": 8,
                "held_out_tokens": 583,
                "left_out": 382,
                "share": 0.25,
                "source": "code",
                "there": 1132,
                "tokens": 2362,
                "wanted": 750,
            },
        ],
        "stages": [{"shards": 1, "sources": {"books": 750, "code": 750, "web": 1500}, "stage": "all", "tokens": 3000}],
        "tokens": 3000,
    },
    "shards": [
        {
            "cuts": 19,
            "documents": 89,
            "name": "part-00000-of-00001.parquet",
            "padding": 8,
            "part": "all",
            "rows": 47,
            "sources": {"books": 750, "code": 750, "web": 1500},
            "tokens": 3000,
        }
    ],
    "tokenizer": None,
    "totals": {"cuts": 19, "documents": 89, "held_out_tokens": 2461, "padding": 8, "rows": 47, "tokens": 3000},
}


def test_a_mix_and_all_that_is_told_of_it(tmp_path: Path) -> None:
    write_source(tmp_path / "web", "w", sizes(90, 30))
    write_source(tmp_path / "books", "b", sizes(12, 200, 1))
    write_source(tmp_path / "code", "c", sizes(40, 60, 2), files=3, columns=lambda number: {"n": number})
    output, manifest = run(tmp_path, MIXED)
    version = manifest.pop("textmill")
    rows = [json.dumps(rows_of(output, folder), sort_keys=True).encode() for folder in ("shards", "held_out")]
    assert [hashlib.sha256(one).hexdigest()[:16] for one in rows] == ["63b79e46c44eeb8c", "59a085e3c4c3a616"]
    assert (output / "README.md").read_text(encoding="utf-8") == CARD.replace("VERSION", version)
    for file in [*manifest["shards"], *manifest["held_out"]]:
        assert file.pop("sha256")
        assert file.pop("file_bytes") > 1000
    assert manifest == TOLD
    croissant = json.loads((output / "croissant.json").read_text(encoding="utf-8"))
    assert croissant["name"] == "a müll"
    assert croissant["description"] == CARD.split("# a müll\n\n")[1].split("\n")[0].replace("VERSION", version)


def test_borders_are_the_same_however_coarse_the_first_look_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_source(tmp_path / "web", "w", sizes(90, 30))
    mix = "sources: {web: web}\ntokens: 500\nseed: one\npacking: {eos: 1}\n"
    fine, _ = run(tmp_path, mix, "fine")
    monkeypatch.setattr("textmill.pipeline.mixing.borders.HISTOGRAM_ENTRIES", 2)  # the border is in the first of two
    coarse, _ = run(tmp_path, mix, "coarse")
    assert rows_of(coarse) == rows_of(fine)


def test_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    write_source(tmp_path / "web", "w", sizes(90, 30), files=1)
    path = tmp_path / "web" / "part-0.parquet"
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^source web: cannot read {tmp_path}/web: "):
        run(tmp_path, "sources: {web: web}\ntokens: 500\nseed: one\npacking: {eos: 1}\n")


def test_sources_of_runs_have_one_tokenizer(tmp_path: Path) -> None:
    write_source(tmp_path / "files", "f", [3] * 9)
    for name, tokenizer in (("one", "a"), ("same", "a"), ("other", "b")):
        folder = tmp_path / name
        write_source(folder / "shards", name, [3] * 9, files=1)
        shards = [{"name": "part-0.parquet", "sha256": "0"}]
        nothing: dict[str, Any] = {key: [] for key in ("totals", "inputs", "ledger", "quarantine", "removed")}
        manifest = {**nothing, "tokenizer": {"name": tokenizer.upper(), "sha256": tokenizer}, "shards": shards}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    settings = "tokens: 20\nseed: 1\npacking: {eos: 1}\n"
    _, manifest = run(tmp_path, f"sources: {{one: one, same: same, files: files}}\n{settings}")
    assert manifest["totals"]["tokens"] == 20
    with pytest.raises(InputError) as caught:
        run(tmp_path, f"sources: {{one: one, same: same, other: other}}\n{settings}", "none")
    told = "sources have different tokenizers: one (A), other (B); run them with the same one"
    assert str(caught.value) == told


def test_the_highest_id_is_that_of_tokens(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    pq.write_table(pa.table({"doc_id": ["a", "b"], "input_ids": [[0, 0], [0]]}), tmp_path / "web" / "a.parquet")
    _, manifest = run(tmp_path, "sources: {web: web}\ntokens: 3\nseed: 1\n")
    assert manifest["highest_id"] == 0


def test_room_is_taken_where_the_output_will_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's folder for temporary files may be small, or in memory."""
    write_source(tmp_path / "web", "w", [3] * 9)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not_there"))
    output, _ = run(tmp_path, "sources: {web: web}\n")
    assert len(rows_of(output)) == 9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix.yaml", "out", "web"]


def test_clusters_of_a_run_stand_in_its_ledger(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write_source(folder / "shards", "w", [5] * 200, files=1)
    (folder / "ledger").mkdir()
    ids = [f"w{number}" for number in range(200)]
    clusters = [f"k{number // 2}" for number in range(200)]
    pq.write_table(pa.table({"doc_id": ids, "cluster": clusters}), folder / "ledger" / "part-0.parquet")
    files = [{"name": "part-0.parquet", "sha256": "0"}]
    nothing: dict[str, Any] = {key: [] for key in ("totals", "inputs", "quarantine", "removed")}
    manifest = {**nothing, "tokenizer": {"name": "a", "sha256": "a"}, "shards": files, "ledger": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    output, _ = run(tmp_path, "sources: {web: run}\nheld_out: {share: 0.3, by: cluster}\n")
    sides = [
        {int(one["doc_id"][1:]) // 2 for row in rows_of(output, name) for one in row["documents"]}
        for name in ("shards", "held_out")
    ]
    assert not sides[0] & sides[1]
    assert sides[0] | sides[1] == set(range(100))
    assert len(sides[1]) > 10


def test_much_that_is_held_out_lies_in_several_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "SMALL_SHARD_TOKENS", 100)
    monkeypatch.setattr(plan, "FEW_SHARDS", 5)
    write_source(tmp_path / "web", "w", [10] * 200)
    output, manifest = run(tmp_path, "sources: {web: web}\nheld_out: {share: 0.5}\nseed: one\n")
    held_out = manifest["totals"]["held_out_tokens"]
    target = -(-manifest["totals"]["tokens"] // 5)
    assert len(list((output / "held_out").iterdir())) == -(-held_out // target) > 1
    assert sum(len(row["input_ids"]) for row in rows_of(output, "held_out")) == held_out
