"""Many texts at once: the same as one by one, in any kind of table, in this process or by several."""

import dataclasses
import io
import os
import signal
import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from textmill import GopherQuality, InputError, Language, Recipe, ScrubPII, TextmillError, Tokenize, where
from textmill.filters.base.batch import BATCH_SCHEMA
from textmill.pipeline.texts import tables, work

KEPT = "The harbour was quiet, says ann.lee@harbour.org, when the boats came in and we went with them."
TEXTS = [KEPT, "no", "", "Der Hafen war still, als die ersten Boote kamen, und keiner hat etwas gesagt."]
RECIPE = Recipe("r", [GopherQuality(min_words=3, min_stop_words=0), ScrubPII(), Language(keep=["en"]), Tokenize()])
VERDICTS = ["kept", "removed", "removed", "removed"]
RULES = [None, "min_words", "empty", "keep"]


def pages(count: int) -> list[str]:
    return [f"{KEPT} It was on day {number}." if number % 3 else "no" for number in range(count)]


def test_texts_come_out_as_one_by_one() -> None:
    texts = [*TEXTS, *pages(2_100)]
    alone = [RECIPE.clean(text) for text in texts]
    many = list(RECIPE.clean_many(texts))
    assert many == alone
    assert [cleaned.token_count for cleaned in many[:2]] == [alone[0].token_count, None]
    assert many[0].edits == alone[0].edits
    assert many[2_050].reasons == alone[2_050].reasons


def test_any_number_of_workers_gives_the_same() -> None:
    texts = pages(3_400)
    assert list(RECIPE.clean_many(iter(texts), workers=3)) == list(RECIPE.clean_many(texts))
    table = pa.table({"text": texts})
    assert RECIPE.clean_many(table, workers=2).equals(RECIPE.clean_many(table))


def test_texts_are_asked_for_as_they_are_needed() -> None:
    asked = 0

    def endless() -> Iterator[str]:
        nonlocal asked
        while True:
            asked += 1
            yield KEPT

    for workers in (1, 2):
        asked = 0
        found = RECIPE.clean_many(endless(), workers=workers)
        assert next(found).verdict.kept
        assert asked <= 1000 * (workers + 1)
        found.close()  # type: ignore[attr-defined]  # it is a generator


def test_functions_of_the_users_own_go_along() -> None:
    recipe = Recipe("own", [where(lambda text: text.count("!"), maximum=1, measurement="marks")])
    found = list(recipe.clean_many(["a!", "b!!"] * 2_000, workers=2))
    assert [cleaned.verdict.kept for cleaned in found[:2]] == [True, False]
    failing = Recipe("own", [where(lambda text: 1 / len(text.strip("x")), minimum=0, measurement="m")])
    with pytest.raises(TextmillError, match="ZeroDivisionError"):
        list(failing.clean_many(["a", "xx"] * 2_000, workers=2))


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            from textmill import Recipe, where
            def chars(text: str) -> int:
                print("not among the results", flush=True)
                return len(text)
            recipe = Recipe("r", [where(chars, minimum=2)])
            print(sum(cleaned.verdict.kept for cleaned in recipe.clean_many(["a", "bb"] * 700, workers=2)))
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=400)
    assert done.stdout == "700\n"
    assert done.stderr.count("not among the results\n") == 1400


def test_functions_that_read_standard_input_get_none_of_the_texts() -> None:
    def read(text: str) -> int:
        import subprocess
        import sys

        return len(sys.stdin.read()) + len(subprocess.run(["cat"], capture_output=True, check=True).stdout)

    recipe = Recipe("r", [where(read, minimum=0, maximum=0)])
    assert all(cleaned.verdict.kept for cleaned in recipe.clean_many(["a"] * 2_500, workers=2))


def test_a_worker_that_dies_is_told_of() -> None:
    def die(text: str) -> int:
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return 1

    recipe = Recipe("r", [where(die, minimum=0)])
    with pytest.raises(TextmillError, match="a worker process was ended by signal 9"):
        list(recipe.clean_many(["a"] * 1_500 + ["die"], workers=2))


def test_frames_are_whole_or_none() -> None:
    sink = io.BytesIO()
    for content in (b"", b"one", b"x" * 70_000):
        work.send(sink, content)
    whole = sink.getvalue()
    source = io.BytesIO(whole)
    assert [work.receive(source) for _ in range(4)] == [b"", b"one", b"x" * 70_000, None]
    head = (len(whole) - 70_003) // 3
    assert work.receive(io.BytesIO(whole[:head])) == b""
    for cut in (whole[head : head - 1 + head], whole[head : 2 * head + 2], whole[head : 2 * head]):
        assert work.receive(io.BytesIO(cut)) is None
    batch = pa.record_batch({"text": ["a", None], "n": [1, 2]})
    assert work.unpacked(work.packed(batch)).equals(batch)


def test_an_arrow_table_comes_back_with_results_beside_it() -> None:
    table = pa.table({"id": [1, 2, 3, 4], "text": pa.array(TEXTS), "language": ["x"] * 4})
    found = RECIPE.clean_many(table)
    assert found.column_names[:3] == ["id", "text", "language"]
    assert found["text"].to_pylist() == [RECIPE.clean(KEPT).text, None, None, None]
    assert found.schema.field("text").type == pa.string()
    assert found["verdict"].to_pylist() == VERDICTS
    assert found["rule"].to_pylist() == RULES
    assert found["language"].to_pylist() == ["en", None, None, "de"]
    assert found["input_ids"][0].as_py() == RECIPE.clean(KEPT).input_ids
    assert found["token_count"].to_pylist() == [RECIPE.clean(KEPT).token_count, None, None, None]
    assert RECIPE.clean_many(table.to_batches()[0]) == found.combine_chunks().to_batches()[0]
    assert RECIPE.clean_many(table.to_reader(max_chunksize=3)).read_all().equals(found)
    measured = RECIPE.clean_many(table, measurements=True)
    assert measured["gopher.words"].to_pylist() == [16, 1, 0, 14]
    assert RECIPE.clean_many(table.schema.empty_table()).schema == found.schema


def test_the_columns_of_results_and_their_types() -> None:
    verdicts = [(name, pa.string()) for name in ("verdict", "step", "rule", "value", "threshold")]
    tokens = [("input_ids", pa.list_(pa.int32())), ("token_count", pa.int64())]
    language = [("language", pa.string()), ("language_score", pa.float64())]
    asked = pa.table({"text": pa.array(TEXTS, pa.large_string())})
    assert RECIPE.clean_many(asked).schema == pa.schema([("text", pa.large_string()), *verdicts, *language, *tokens])
    measured = RECIPE.clean_many(asked, measurements=True)
    assert measured.schema.names[10:] == list(RECIPE.clean_many(asked[:0], measurements=True).schema.names[10:])
    assert measured.schema.names[:10] == RECIPE.clean_many(asked).schema.names
    assert "pii.emails" in measured.schema.names
    plain = Recipe("r", [GopherQuality(min_words=3, min_stop_words=0)])
    assert plain.clean_many(asked).schema == pa.schema([("text", pa.large_string()), *verdicts])
    rows = RECIPE.clean_many(asked).to_pylist()
    score = rows[0].pop("language_score")
    assert 0.5 < score <= 1
    cleaned = RECIPE.clean(KEPT)
    assert rows[0] == {
        **{"text": cleaned.text, "verdict": "kept", "step": None, "rule": None, "value": None, "threshold": None},
        **{"language": "en", "input_ids": cleaned.input_ids, "token_count": cleaned.token_count},
    }
    assert rows[1] == {
        **{"text": None, "verdict": "removed", "step": "gopher_quality", "rule": "min_words", "value": "1"},
        **{"threshold": "3", "language": None, "language_score": None, "input_ids": None, "token_count": None},
    }
    assert (rows[3]["step"], rows[3]["value"], rows[3]["threshold"]) == ("language", "de", "en")


def test_columns_of_documents_fill_what_they_leave_out() -> None:
    columns = {"body": ["a", None], "kind": ["song", "code"], "url": [None, "u"], "doc_id": pa.array(["x", None])}
    found = tables.documents_of(columns, "body", "book")
    assert found.schema == BATCH_SCHEMA
    assert found["text"].to_pylist() == ["a", ""]
    assert found["kind"].to_pylist() == ["book", "code"]
    assert found["url"].to_pylist() == [None, "u"]
    assert found["doc_id"].to_pylist()[0] == "x"
    assert found["doc_id"].to_pylist()[1] is not None
    with pytest.raises(InputError) as caught:
        tables.documents_of({"body": ["a"], "kind": ["code", "web"]}, "body", "web")
    assert str(caught.value) == "the column 'kind' has 2 rows, 'body' has 1"
    with pytest.raises(InputError) as caught:
        tables.documents_of({"a": [1], "b": [2]}, "text", "web")
    told = "there is no column 'text'; name the column of the texts by text_column, one of a, b"
    assert str(caught.value) == told


def test_what_counts_as_texts() -> None:
    encoded = pa.array(["a", "b", "a"]).dictionary_encode()
    for column in (["a", "b", "a"], encoded, pa.chunked_array([encoded]), pa.array([b"a", b"b", b"a"])):
        assert tables.as_text(column, "c").to_pylist() == ["a", "b", "a"]
        assert tables.as_text(column, "c").type == pa.large_string()
    assert tables.as_text(pa.nulls(2), "c").to_pylist() == [None, None]
    assert tables.as_text(pd.Series(["a", float("nan")]), "c").to_pylist() == ["a", None]
    with pytest.raises(InputError, match="the column 'c' does not hold texts: it is of type int64"):
        tables.as_text([1], "c")


def test_rows_are_cut_into_batches_of_a_thousand_and_halved_where_texts_are_long() -> None:
    def sizes(count: int, chars: int) -> list[int]:
        rows = pa.table({"text": pa.array(["x" * chars] * count, pa.large_string())})
        return [batch.num_rows for batch in tables.in_batches(rows)]

    assert sizes(2001, 1) == [1000, 1000, 1]
    assert sizes(0, 1) == []
    assert sizes(1, 9_000_000) == [1]
    assert sizes(3, 3_900_000) == [1, 2]
    assert sizes(3, 4_100_000) == [1, 1, 1]


def test_options_of_many_texts_unless_said() -> None:
    from textmill.pipeline.texts.many import Many

    made = {field.name: field.default for field in dataclasses.fields(Many) if field.default is not dataclasses.MISSING}
    assert (made["workers"], made["text_column"]) == (1, "text")


def test_columns_that_say_something_of_documents_are_read() -> None:
    table = pa.table(
        {
            "text": [KEPT, KEPT, KEPT],
            "url": ["https://example.org/xxx-porn", None, "https://example.org"],
            "kind": ["web", "code", None],
        }
    )
    from textmill import UrlRules, only_if

    recipe = Recipe("r", [UrlRules(), only_if(where(len, maximum=5), kind="code")])
    assert recipe.clean_many(table)["rule"].to_pylist() == ["max_hard_words", "maximum", None]
    assert recipe.clean_many(table, kind="code")["rule"].to_pylist() == ["max_hard_words", "maximum", "maximum"]
    odd = pa.table({"text": [KEPT], "url": [7], "kind": ["song"], "metadata": [{"a": 1}]})
    assert recipe.clean_many(odd)["verdict"].to_pylist() == ["kept"]


def test_a_data_frame_of_pandas_keeps_its_index() -> None:
    frame = pd.DataFrame({"text": [*TEXTS, None], "x": range(5)}, index=list("abcde"))
    found = RECIPE.clean_many(frame, workers=2)
    assert list(found.index) == list("abcde")
    assert found.loc["a", "text"] == RECIPE.clean(KEPT).text
    assert found["verdict"].tolist() == [*VERDICTS, "removed"]
    assert found["text"].isna().tolist() == [False, True, True, True, True]
    assert frame["text"].tolist()[1] == "no"
    assert [cleaned.removed_by for cleaned in RECIPE.clean_many(frame["text"][:2])] == [
        None,
        "gopher_quality.min_words",
    ]


def test_a_data_frame_of_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"body": [*TEXTS, None], "x": range(5)})
    found = RECIPE.clean_many(frame, text_column="body")
    assert isinstance(found, polars.DataFrame)
    assert found.columns[:3] == ["body", "x", "verdict"]
    assert found["body"].to_list() == [RECIPE.clean(KEPT).text, None, None, None, None]
    assert found["verdict"].to_list() == [*VERDICTS, "removed"]
    with pytest.raises(InputError, match="collect"):
        RECIPE.clean_many(frame.lazy())


class TestDatasets:
    @pytest.fixture(autouse=True)
    def datasets(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
        monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
        found = pytest.importorskip("datasets")
        found.disable_progress_bars()
        return found

    @pytest.fixture
    def dataset(self, datasets: Any) -> Any:
        # The first batch holds none that is removed, so that its columns of reasons hold nothing.
        return datasets.Dataset.from_dict({"text": [KEPT] * 1_000 + TEXTS, "n": list(range(1_004))})

    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    @pytest.mark.parametrize("processes", [None, 2])
    def test_map_takes_a_recipe(self, dataset: Any, processes: int | None) -> None:
        found = dataset.map(RECIPE.map_batch, batched=True, num_proc=processes)
        assert found["verdict"][-4:] == VERDICTS
        assert found["rule"][-4:] == RULES
        assert found[0]["text"] == RECIPE.clean(KEPT).text
        kept = found.filter(lambda row: row["verdict"] == "kept")
        assert len(kept) == 1_001
        assert "gopher.words" in dataset.map(partial(RECIPE.map_batch, measurements=True), batched=True).column_names

    def test_a_data_set_comes_back_as_one(self, dataset: Any, datasets: Any) -> None:
        found = RECIPE.clean_many(dataset.with_format("numpy"))
        assert isinstance(found, datasets.Dataset)
        assert found.format["type"] == "numpy"
        assert found.with_format(None)["rule"][-4:] == RULES
        several = RECIPE.clean_many(datasets.DatasetDict({"train": dataset}))
        assert several["train"]["rule"][-4:] == RULES
        streamed = RECIPE.clean_many(dataset.to_iterable_dataset())
        assert [row["rule"] for row in streamed][-4:] == RULES
        assert [cleaned.verdict.rule for cleaned in RECIPE.clean_many(dataset["text"])][-4:] == RULES


def test_a_batch_of_columns() -> None:
    found = RECIPE.map_batch({"text": TEXTS, "n": [1, 2, 3, 4]})
    assert found["verdict"] == VERDICTS
    assert "n" not in found


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        ("a text", {}, InputError, "for one there is clean"),
        (7, {}, InputError, "cannot clean a int"),
        ([KEPT, None], {}, TypeError, "text 2 is a NoneType"),
        (pa.table({"txt": ["a"]}), {}, InputError, "no column 'text'; did you mean 'txt'"),
        (pa.table({"text": [1]}), {}, InputError, "does not hold texts"),
        (pa.table({"text": [b"\xff"]}), {}, InputError, "does not hold texts"),
        ({"text": "one text"}, {}, InputError, "it is one text; a column is a list of them"),
        (["a"], {"kind": "html"}, InputError, "kind is 'html'"),
        (["a"], {"workers": 0}, InputError, "workers is the number of processes"),
        (["a"], {"language": False}, InputError, "language is a label"),
        (pd.DataFrame([["a", "b"]], columns=["text", "text"]), {}, InputError, "two columns of one name"),
    ],
)
def test_what_cannot_be_cleaned_is_refused(given: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        list(RECIPE.clean_many(given, **options))


def test_columns_of_a_batch_are_of_one_length() -> None:
    with pytest.raises(InputError, match="the column 'url' has 1 rows, 'text' has 4"):
        RECIPE.map_batch({"text": TEXTS, "url": ["https://a.org"]})


def test_long_texts_make_short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        work, "work_on", lambda task, cleaner, batch: seen.append(batch.num_rows) or _nothing(task, batch)
    )
    texts = ["a" * 3_000_000] * 7
    list(RECIPE.clean_many(texts))
    assert seen == [3, 3, 1]
    seen.clear()
    RECIPE.clean_many(pa.table({"text": texts}))
    assert sum(seen) == 7
    assert max(seen) <= 2


def _nothing(task: work.Task, batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [pa.nulls(batch.num_rows, field.type) for field in task.schema]
    return pa.RecordBatch.from_arrays(columns, schema=task.schema)
