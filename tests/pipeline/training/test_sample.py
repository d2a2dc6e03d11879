"""Samples are drawn by hashes of ids: shares as asked for, and the same whatever the order of reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
import xxhash

from textmill.errors import InputError
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.readers import Quarantined
from textmill.pipeline.training.sample import budgets, draw_sample
from textmill.pipeline.training.sources import SCHEMA, Source, parse_sources

from ..conftest import IN_PROCESS

READING = InputOptions()


def write_lines(path: Path, texts: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_lines(tmp_path / "a" / "one.jsonl", [f"The mill stands by the river, number {i}." for i in range(500)])
    write_lines(tmp_path / "b" / "two.jsonl", [f"Die Mühle steht am Fluss, Nummer {i}." for i in range(1500)])
    return tmp_path


def sources(corpus: Path, *weights: str) -> list[Source]:
    return parse_sources([str(corpus / "a"), str(corpus / "b")], weights)


def test_weights_are_shares_of_the_bytes(corpus: Path) -> None:
    sample = draw_sample(sources(corpus, "a=3", "b=1"), 0.01, READING, salt="x")
    drawn = {label: sum(size for (one, _), size in sample.drawn.items() if one == label) for label in ("a", "b")}
    assert drawn["a"] / drawn["b"] == pytest.approx(3, rel=0.03)
    assert sum(drawn.values()) == pytest.approx(10_000, rel=0.01)


def test_a_source_that_is_too_small_for_its_weight_bounds_the_others(corpus: Path) -> None:
    sample = draw_sample(sources(corpus, "a=1", "b=1"), 1000, READING, salt="x")
    drawn = {label: sum(size for (one, _), size in sample.drawn.items() if one == label) for label in ("a", "b")}
    assert drawn["a"] == sum(size for (one, _), size in sample.available.items() if one == "a")
    assert drawn["b"] == pytest.approx(drawn["a"], rel=0.01)


def test_without_weights_a_large_budget_draws_everything(corpus: Path) -> None:
    sample = draw_sample(sources(corpus), 1000, READING, salt="x")
    assert len(sample.texts) == sample.documents == 2000
    assert sample.drawn == sample.available


def test_the_sample_does_not_depend_on_how_the_files_are_cut(corpus: Path) -> None:
    whole = draw_sample(sources(corpus), 0.02, READING, salt="x")
    cut = draw_sample(sources(corpus), 0.02, InputOptions(split_bytes=1000, batch_documents=7), salt="x")
    assert whole.texts.equals(cut.texts)
    assert whole.sha256_of_ids != draw_sample(sources(corpus), 0.02, READING, salt="y").sha256_of_ids


def test_temperature_raises_the_share_of_rare_languages() -> None:
    one = Source("s", "unused")
    available = {("s", "en"): 900_000, ("s", "sw"): 100_000}
    even = budgets([one], available, 100_000, 0.0)
    assert even[("s", "en")] == even[("s", "sw")] == 50_000
    by_size = budgets([one], available, 100_000, 1.0)
    assert by_size[("s", "sw")] == pytest.approx(10_000)
    assert budgets([one], available, 400_000, 0.0) == {("s", "sw"): 100_000, ("s", "en"): 300_000}


def test_wrong_weights_and_sources_are_refused(corpus: Path) -> None:
    with pytest.raises(InputError, match="no source 'c'"):
        sources(corpus, "c=1")
    with pytest.raises(InputError, match="write label=NUMBER"):
        sources(corpus, "a=0")
    with pytest.raises(InputError, match="b has no weight"):
        draw_sample(sources(corpus, "a=1"), 1, READING, salt="x")
    with pytest.raises(InputError, match="both be called 'a'"):
        parse_sources([str(corpus / "a"), f"a={corpus / 'b'}"])
    with pytest.raises(InputError, match="missing"):
        parse_sources([str(corpus / "missing")])


def test_a_finished_run_gives_the_texts_that_it_kept(corpus: Path) -> None:
    from textmill import Recipe
    from textmill.filters import GopherQuality

    texts = ["short", "The mill stands by the river, and that is how it has been for as long as anyone here remembers."]
    write_lines(corpus / "c.jsonl", texts)
    recipe = Recipe("r", [GopherQuality(min_words=5)])
    recipe.run([str(corpus / "c.jsonl")], output=str(corpus / "out"), runner=IN_PROCESS)
    sample = draw_sample(parse_sources([f"run={corpus / 'out'}"]), 1, READING, salt="x")
    assert sample.texts["text"].to_pylist() == texts[1:]
    assert sample.texts["language"].to_pylist() == ["en"]


def hashed(texts: int, salt: str) -> list[int]:
    return sorted(xxhash.xxh3_64_intdigest(f"{salt}\x00d{number}") for number in range(texts))


@dataclass(frozen=True)
class Given:
    """A source of ten texts of ten bytes in one language, without files."""

    label: str = "s"
    path: str = "p"
    weight: float | None = None
    is_run: bool = False

    def read(self, reading: InputOptions, lost: list[Quarantined] | None = None) -> Iterator[pa.RecordBatch]:
        columns = {"doc_id": [f"d{number}" for number in range(10)], "text": ["0123456789"] * 10}
        constant = {"source": self.label, "kind": "web", "language": "en", "origin": "o"}
        made = [pa.array(columns.get(field.name, [constant.get(field.name)] * 10), field.type) for field in SCHEMA]
        if lost is not None:
            lost.append(Quarantined(source="o", position=0, error="bad", detail=""))
        yield pa.RecordBatch.from_arrays(made, schema=SCHEMA)


@pytest.mark.parametrize(
    ("size", "most", "count"),
    [
        (9, None, 0),
        (9.4, None, 0),
        (10, None, 1),
        (9.5, None, 1),
        (29.4, None, 2),
        (29.5, None, 3),
        (1000, None, 10),
        (12, 4, 3),
    ],
)
def test_documents_are_taken_by_their_hashes_up_to_the_size(size: float, most: int | None, count: int) -> None:
    told: list[str] = []
    sample = draw_sample([Given()], size / 1e6, READING, salt="x", most_bytes=most, tell=told.append)  # type: ignore[list-item]
    ids = sample.texts["doc_id"].to_pylist()
    assert [xxhash.xxh3_64_intdigest(f"x\x00{one}") for one in ids] == hashed(10, "x")[:count]
    assert (sample.documents, sample.available) == (10, {("s", "en"): 10 * (most or 10)})
    assert sample.drawn == ({("s", "en"): 10 * count} if count else {})
    assert sample.lost == {"bad": 1}
    assert told == ["measuring s", "reading s"]
    assert sample.texts.column_names == ["doc_id", "text", "source", "kind", "language"]
    assert sample.sha256_of_ids == hashlib.sha256("\n".join(ids).encode()).hexdigest()


def test_nothing_to_draw_from_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [""])
    with pytest.raises(InputError) as caught:
        draw_sample(parse_sources([str(tmp_path / "a.jsonl")]), 1, READING, salt="x")
    assert str(caught.value) == f"there is no text in {tmp_path}/a.jsonl"
