"""Indexes of keys on disk: what is written comes back by partition, and what does not fit is refused."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from textmill import ExactDedup, GopherQuality, InputError, LineDedup, MinHashDedup, Recipe, RecipeError
from textmill.dedup.packed.packing import partition_numbers
from textmill.pipeline.exchange.seen_index import (
    check_indexes,
    index_name,
    indexed_steps,
    read_partition,
    seal_indexes,
    write_partition,
)
from textmill.pipeline.job.job import Job

PARTITIONS = 4


def keys(count: int, width: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64, (count, width), dtype=np.uint64)


def job(*steps: object, partitions: int = PARTITIONS) -> Job:
    return Job(recipe=Recipe("r", list(steps)), inputs=("in",), output="out", partitions=partitions)  # type: ignore[arg-type]


def write(folder: Path, words: np.ndarray, step: object) -> None:
    """Write keys as a run with this step would, and seal the index."""
    numbers = partition_numbers(words, PARTITIONS)
    for partition in range(PARTITIONS):
        write_partition(str(folder), partition, PARTITIONS, words[numbers == partition])
    seal_indexes(job(step))


def read(step: object, folder: Path, partitions: int = PARTITIONS) -> list[np.ndarray]:
    return [read_partition(step, str(folder), number, partitions) for number in range(partitions)]  # type: ignore[arg-type]


def rows(parts: Sequence[np.ndarray]) -> list[tuple[int, ...]]:
    return [tuple(row) for part in parts for row in part.tolist()]


@pytest.mark.parametrize(("step", "width"), [(ExactDedup, 2), (LineDedup, 1)])
@pytest.mark.parametrize("partitions", [1, 3, 4, 8])
def test_keys_come_back_in_order_and_once_however_they_are_dealt(
    tmp_path: Path, step: type, width: int, partitions: int
) -> None:
    words = keys(200, width)
    write(tmp_path / "seen", np.concatenate([words, words[:50]]), step(write_index=str(tmp_path / "seen")))
    parts = read(step(), tmp_path / "seen", partitions)
    assert rows(parts) == sorted(map(tuple, words.tolist()))
    for number, part in enumerate(parts):
        assert part.dtype == np.uint64
        assert set(partition_numbers(part, partitions).tolist()) <= {number}


def test_only_files_of_the_wanted_share_are_opened(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    write(folder, keys(200, 2), ExactDedup(write_index=str(folder)))
    (folder / "keys-00003-of-00004.bin").unlink()
    assert len(read_partition(ExactDedup(), str(folder), 0, 2))
    assert len(read_partition(ExactDedup(), str(folder), 2, 4))
    assert len(read_partition(ExactDedup(), str(folder), 5, 8))
    for partition, partitions in ((3, 4), (1, 2), (6, 8)):
        with pytest.raises(OSError, match="keys-00003"):
            read_partition(ExactDedup(), str(folder), partition, partitions)


@pytest.mark.parametrize(("step", "width"), [(ExactDedup, 2), (LineDedup, 1)])
def test_an_index_describes_itself(tmp_path: Path, step: type, width: int) -> None:
    folder = tmp_path / "seen"
    words = keys(100, width)
    write(folder, words[partition_numbers(words, PARTITIONS) != 1], step(write_index=str(folder)))
    kept = int((partition_numbers(words, PARTITIONS) != 1).sum())
    text = (folder / "index.json").read_text()
    described = json.loads(text)
    names = [f"keys-0000{number}-of-00004.bin" for number in (0, 2, 3)]
    assert described == {
        "format": 2,
        "step": step.name,
        "parameters": dict(step().key_parameters()),
        "partitions": 4,
        "width": width,
        "keys": kept,
        "files": [
            {
                "name": name,
                "bytes": (folder / name).stat().st_size,
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            }
            for name in names
        ],
    }
    assert sum(file["bytes"] for file in described["files"]) == 8 * width * kept
    assert list(described) == sorted(described)
    assert text.endswith("\n}\n")
    little_endian = np.frombuffer((folder / names[0]).read_bytes(), "<u8").reshape(-1, width)
    assert np.array_equal(little_endian, read(step(), folder)[0])


def test_files_of_another_run_in_the_folder_are_no_part_of_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    write_partition(str(folder), 1, 8, keys(3, 2))
    (folder / "notes.txt").write_text("mine")
    write(folder, keys(50, 2, seed=2), ExactDedup(write_index=str(folder)))
    assert rows(read(ExactDedup(), folder)) == sorted(map(tuple, keys(50, 2, seed=2).tolist()))


def test_a_run_without_a_document_makes_an_empty_index(tmp_path: Path) -> None:
    seal_indexes(job(ExactDedup(write_index=str(tmp_path / "seen"))))
    described = json.loads((tmp_path / "seen" / "index.json").read_text())
    assert (described["keys"], described["files"]) == (0, [])
    assert read_partition(ExactDedup(), str(tmp_path / "seen"), 0, 1).shape == (0, 2)


def test_only_steps_with_an_index_are_looked_at(tmp_path: Path) -> None:
    steps = [
        GopherQuality(),
        ExactDedup(),
        MinHashDedup(against="/a"),
        LineDedup(write_index=str(tmp_path / "lines")),
    ]
    made = job(*steps)
    assert [step.name for step in indexed_steps(made.recipe.plan)] == ["minhash_dedup", "line_dedup"]
    seal_indexes(made)
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def test_an_index_is_known_by_the_name_of_its_folder() -> None:
    assert index_name("/data/seen/monday") == "index:monday"
    assert index_name("s3://bucket/seen/monday/") == "index:monday"


def check(*steps: object) -> None:
    check_indexes(job(*steps).recipe.plan)


def test_what_fits_is_let_pass(tmp_path: Path) -> None:
    write(tmp_path / "a", keys(5, 2), ExactDedup(write_index=str(tmp_path / "a")))
    write(tmp_path / "b", keys(5, 2), ExactDedup(write_index=str(tmp_path / "b")))
    (tmp_path / "empty").mkdir()
    check(ExactDedup(against=(str(tmp_path / "a"), str(tmp_path / "b")), write_index=str(tmp_path / "empty")))


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "exact", keys(5, 2), ExactDedup(write_index=str(tmp_path / "exact")))
    write(tmp_path / "minhash", keys(5, 1), MinHashDedup(write_index=str(tmp_path / "minhash")))
    exact, minhash = str(tmp_path / "exact"), str(tmp_path / "minhash")
    with pytest.raises(
        RecipeError, match="exact_dedup: there is no index in /nowhere; a finished run with write_index"
    ):
        check(ExactDedup(against=(exact, "/nowhere")))
    with pytest.raises(RecipeError, match=r'has step "minhash_dedup", but this step needs "exact_dedup"'):
        check(ExactDedup(against=minhash))
    with pytest.raises(RecipeError, match=r"minhash_dedup: the index in .* has parameters"):
        check(MinHashDedup(ngram=3, against=minhash))
    with pytest.raises(InputError, match="holds an index already; delete it or name another"):
        check(ExactDedup(write_index=exact))
    with pytest.raises(RecipeError, match="two steps write an index to /new; name another folder"):
        check(ExactDedup(write_index="/new"), MinHashDedup(write_index="/new"))
    check(ExactDedup(write_index="/new/a"), MinHashDedup(write_index="/new/b"))


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 2, "step": "exact_dedup"}', "null"])
def test_a_damaged_description_is_told(tmp_path: Path, content: str) -> None:
    write(tmp_path / "seen", keys(5, 2), ExactDedup(write_index=str(tmp_path / "seen")))
    (tmp_path / "seen" / "index.json").write_text(content)
    with pytest.raises(RecipeError, match=r"exact_dedup: .*index\.json is damaged \(.*write the index again"):
        check(ExactDedup(against=str(tmp_path / "seen")))


def test_an_index_of_an_older_format_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "seen", keys(5, 2), ExactDedup(write_index=str(tmp_path / "seen")))
    path = tmp_path / "seen" / "index.json"
    path.write_text(path.read_text().replace('"format": 2', '"format": 1'))
    with pytest.raises(RecipeError, match="has format 1, but this step needs 2"):
        check(ExactDedup(against=str(tmp_path / "seen")))


@pytest.mark.parametrize("change", [-8, 8])
def test_a_file_of_another_size_is_told(tmp_path: Path, change: int) -> None:
    write(tmp_path / "seen", keys(50, 2), ExactDedup(write_index=str(tmp_path / "seen")))
    file = tmp_path / "seen" / "keys-00000-of-00004.bin"
    content = file.read_bytes()
    file.write_bytes(content[:change] if change < 0 else content + bytes(change))
    with pytest.raises(InputError, match=r"keys-00000-of-00004\.bin is cut off; write the index again"):
        read_partition(ExactDedup(), str(tmp_path / "seen"), 0, PARTITIONS)
