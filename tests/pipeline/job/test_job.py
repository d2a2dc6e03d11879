"""What a run is: where its files lie, which inputs it has, and whether removed texts travel with it."""

import pickle
from pathlib import Path

import pytest

from textmill import C4Quality, ExactDedup, GopherQuality, Recipe
from textmill.pipeline.files import stores, uploads
from textmill.pipeline.files.storage import write_atomically
from textmill.pipeline.job.job import COPIES, Job
from textmill.pipeline.output.manifest import WORK_FOLDER

ONE_PASS = Recipe("one", [GopherQuality()])
TWO_PASSES = Recipe("two", [GopherQuality(), ExactDedup(), C4Quality()])


def job(recipe: Recipe = TWO_PASSES, **options: object) -> Job:
    return Job(recipe=recipe, inputs=("in",), output="out", **options)  # type: ignore[arg-type]


def test_where_files_lie() -> None:
    assert job().folder("a", "b") == "out/a/b"
    assert job().staged_path(1, 7) == f"out/{WORK_FOLDER}/pass-1/split-00007.arrow"
    assert job().part_path("ledger", 7, 12) == "out/ledger/part-00007-of-00012.parquet"


def test_the_last_pass_writes_the_results() -> None:
    assert (job(ONE_PASS).last_pass, job().last_pass) == (0, 1)


@pytest.mark.parametrize(
    ("options", "carries"),
    [({}, False), ({"keep_removed": True}, True), ({"measure_all": True}, True)],
)
def test_removed_texts_travel_only_when_somebody_wants_them(options: dict[str, bool], carries: bool) -> None:
    assert job(ONE_PASS, **options).carries_removed_text == carries
    assert job(TWO_PASSES, **options).carries_removed_text  # for the filter of the second pass
    assert job(Recipe("r", [GopherQuality(), ExactDedup()]), **options).carries_removed_text == carries


def test_inputs_are_files_folders_or_a_list_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.txt", "a.txt"):
        (tmp_path / "in" / name).write_text(name)
    given = Job(recipe=ONE_PASS, inputs=(f"crawl={tmp_path}/in",), output=str(tmp_path / "in" / "out"))
    (tmp_path / "in" / "out").mkdir()
    (tmp_path / "in" / "out" / "old.txt").write_text("what an earlier run has written is no input")
    expected = [("crawl/a.txt", 5), ("crawl/b.txt", 5)]
    assert [(file.source, file.size) for file in given.find_inputs()] == expected
    (tmp_path / "in" / "out" / WORK_FOLDER).mkdir()
    found = given.find_inputs()
    listed = given.with_listed(found)
    assert listed.inputs == ()
    (tmp_path / "in" / "a.txt").unlink()  # it stays on the list, and is told by who wants to read it
    assert listed.find_inputs() == found


def test_options_that_are_not_given() -> None:
    made = job()
    assert (made.keep_removed, made.measure_all, made.shared, made.is_fresh) == (False, False, None, False)
    assert (made.partitions, made.component_rounds, made.warn_after_documents) == (32, 0, 1_000_000)
    assert (made.shard_bytes, made.input_list, made.fingerprints) == (None, None, ())
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_job_that_comes_to_a_worker_opens_stores_as_where_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_kept", None)
    output = f"memory://out{tmp_path}"
    given = {"s3": {"endpoint": "http://h:1"}}
    made = Job(recipe=ONE_PASS, inputs=("in",), output=output, stores=given, shared=str(tmp_path))
    try:
        there = pickle.loads(pickle.dumps(made))
        assert stores.store_options() == given
        with write_atomically(there.staged_path(0, 1)) as sink:
            sink.write(b"staged")
        uploads.finish_uploads()
    finally:
        stores.use_store_options({})
    assert [path.read_bytes() for path in (tmp_path / COPIES).iterdir()] == [b"staged"]
