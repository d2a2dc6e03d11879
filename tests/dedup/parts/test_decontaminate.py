"""Overlap with evaluation sets, against plain Python and on real sets."""

from __future__ import annotations

import gzip
import json
import pickle
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmill import Decontaminate, Recipe, RecipeError
from textmill.dedup.parts.evaluation_sets import Passage, load_ngrams, overlap, read_passages, set_files
from textmill.filters.base.batch import make_batch
from textmill.filters.base.evidence import Evidence
from textmill.filters.base.rules import Rule

WORDS = st.lists(st.sampled_from(["alpha", "Beta", "gamma,", "delta.", "ε", "漢"]), max_size=14).map(" ".join)


def write_set(folder: Path, records: list[dict], name: str = "set.jsonl") -> str:
    (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(folder / name)


def measured(step: Decontaminate, texts: list[str]) -> list[tuple]:
    columns = step.measure(make_batch(["aside", *texts]).slice(1))
    return list(zip(*(column.to_pylist() for column in columns.values()), strict=True))


def words_of(text: str) -> list[str]:
    return text.lower().replace(",", "").replace(".", "").split()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(passages=st.lists(WORDS, min_size=1, max_size=4), texts=st.lists(WORDS, max_size=4), ngram=st.integers(2, 4))
def test_hits_and_longest_overlap_are_those_of_plain_python(tmp_path_factory, passages, texts, ngram) -> None:
    passages = [*passages, "w " * ngram]  # one is long enough
    path = write_set(tmp_path_factory.mktemp("sets"), [{"text": passage} for passage in passages])
    step = Decontaminate(sets=(path,), ngram=ngram)
    split = [words_of(passage) for passage in passages]
    known = {tuple(words[i : i + ngram]) for words in split for i in range(len(words) - ngram + 1)}
    for text, (hits, ratio, item) in zip(texts, measured(step, texts), strict=True):
        words = words_of(text)
        assert hits == sum(tuple(words[i : i + ngram]) in known for i in range(len(words) - ngram + 1))
        expected, best = 0.0, None
        for number, passage in enumerate(split):
            runs = {tuple(passage[i:j]) for i in range(len(passage)) for j in range(i + ngram, len(passage) + 1)}
            longest = max(
                (j - i for i in range(len(words)) for j in range(i, len(words) + 1) if tuple(words[i:j]) in runs),
                default=0,
            )
            if passage and longest / len(passage) > expected:
                expected, best = longest / len(passage), f"set:{number + 1}.text"
        assert ratio == expected
        assert item == best


def test_empty_texts_share_nothing(tmp_path) -> None:
    step = Decontaminate(sets=(write_set(tmp_path, [{"a": "one two three"}]),), ngram=2)
    assert measured(step, ["", " \n", "\0", "😀", "one"]) == [(0, 0.0, None)] * 5
    assert measured(step, []) == []


def test_a_stock_phrase_of_many_passages_costs_no_more_than_it_must(tmp_path) -> None:
    records = [{"text": "Write a function that does the following thing"} for _ in range(5000)]
    step = Decontaminate(sets=(write_set(tmp_path, records),), ngram=4)
    text = "write a function that does the following thing " * 2000
    ((hits, ratio, item),) = measured(step, [text])
    assert (hits, ratio, item) == (5 * 2000, 1.0, "set:1.text")


def test_fields_folders_lists_and_compression(tmp_path) -> None:
    write_set(tmp_path, [{"id": "x", "choices": ["no", "yes it is so"], "other": "not this one please"}], "b.jsonl")
    (tmp_path / "deep").mkdir()
    with gzip.open(tmp_path / "deep" / "a.jsonl.gz", "wt") as sink:
        sink.write(json.dumps({"choices": "another one of these\ud800"}) + "\n\n")
    (tmp_path / "README.md").write_text("not a set")
    step = Decontaminate(sets=str(tmp_path), fields="choices", ngram=4)
    assert sorted(step.model_files) == ["a.jsonl.gz", "b.jsonl"]
    both = Decontaminate(sets=str(tmp_path), fields=("other", "choices"), ngram=4)
    assert measured(both, ["not this one please"])[0][2] == "b:1.other"
    texts = ["Yes, it is SO!", "not this one please", "another one of these"]
    assert [item for _, _, item in measured(step, texts)] == ["b:1.choices", None, "a:1.choices"]
    assert measured(pickle.loads(pickle.dumps(step)), texts) == measured(step, texts)


def test_rules_judge_hits_and_ratio(tmp_path) -> None:
    path = write_set(tmp_path, [{"text": "one two three four five six seven eight nine ten"}])
    text = "he counted one two three four five and stopped"
    strict = Recipe("r", [Decontaminate(sets=(path,), ngram=5)]).clean(text)
    assert strict.removed_by == "decontaminate.max_ngram_hits"
    assert strict.measurements["decontaminate.item"] == "set:1.text"
    for bound, removed_by in ((0.5, None), (0.4, "decontaminate.max_longest_overlap_ratio")):
        step = Decontaminate(sets=(path,), ngram=5, max_ngram_hits=None, max_longest_overlap_ratio=bound)
        assert Recipe("r", [step]).clean(text).removed_by == removed_by


def test_the_manifest_of_a_recipe_names_sets_without_their_folder(tmp_path) -> None:
    from textmill.pipeline.job.facts import combine
    from textmill.pipeline.output.manifest import build_manifest

    path = write_set(tmp_path, [{"text": "one two three"}])
    recipe = Recipe("r", [Decontaminate(sets=(path, str(tmp_path)), ngram=2)])
    told = json.dumps(build_manifest(recipe, combine([]), []))
    assert str(tmp_path) not in told
    assert "set.jsonl" in told


@pytest.mark.parametrize(
    ("content", "parameters", "message"),
    [
        ('{"a": 1}\n{"a": \n', {}, "line 2 of .*set.jsonl"),
        ("[1]\n", {}, "JSON object"),
        ('{"a": "b c"}\n', {"fields": ("z",)}, "no field z, only a"),
        ('{"a": "b c"}\n', {"ngram": 1}, "ngram is 1"),
        ('{"a": "b c"}\n', {"max_longest_overlap_ratio": 2}, "not between 0 and 1"),
    ],
)
def test_sets_that_cannot_be_used_are_refused_at_once(tmp_path, content, parameters, message) -> None:
    (tmp_path / "set.jsonl").write_text(content)
    with pytest.raises(RecipeError, match=message):
        Decontaminate(sets=(str(tmp_path / "set.jsonl"),), **parameters)


def test_missing_sets_are_refused(tmp_path) -> None:
    with pytest.raises(RecipeError, match="name the evaluation sets"):
        Decontaminate()
    with pytest.raises(RecipeError, match="there is no evaluation set"):
        Decontaminate(sets=(str(tmp_path / "nowhere"),))
    with pytest.raises(RecipeError, match="holds no file"):
        Decontaminate(sets=(str(tmp_path),))
    (tmp_path / "b").mkdir()
    first, second = write_set(tmp_path, [{"a": "b"}]), write_set(tmp_path / "b", [{"a": "b"}])
    with pytest.raises(RecipeError, match="the same name"):
        Decontaminate(sets=(first, second))
    with pytest.raises(RecipeError, match="has 13 words"):
        Decontaminate(sets=(first,)).setup()


def test_real_sets_are_found_in_pages_that_quote_them_and_nowhere_else(shared_data) -> None:
    step = Decontaminate(sets=(str(shared_data / "decontamination"),))
    with (shared_data / "decontamination" / "gsm8k_test.jsonl").open() as source:
        records = [json.loads(line) for line in source]
    pages = [f"Homework help, answers below.\n\n{record['question'].upper()}\n\nThanks!" for record in records[:200]]
    found = measured(step, pages)
    assert all(hits > 0 and ratio == 1.0 for hits, ratio, _ in found)
    assert [item for _, _, item in found] == [f"gsm8k_test:{line}.question" for line in range(1, 201)]
    others = [path.read_text() for path in sorted((shared_data / "language").glob("*.txt"))]
    others += ["".join(f"{row} {row + 1} {row * row}\n" for row in range(5000))]
    assert all(hits == 0 for hits, _, _ in measured(step, others))


def test_without_sets_nothing_is_measured_and_the_step_says_so() -> None:
    step = Decontaminate(sets=None)
    (notice,) = step.notices
    assert "no evaluation sets were named" in notice
    assert not step.model_files
    step.setup()
    measured = step.measure(make_batch(["some text of words", ""]))
    assert all(column.null_count == 2 for column in measured.values())
    assert Recipe("r", [step]).clean("some text of words").verdict.kept


def test_lines_that_share_something_are_shown_each_once(tmp_path) -> None:
    records = [{"q": "one two three four five", "a": "red green blue grey"}, {"q": "one two three four nine"}]
    step = Decontaminate(sets=(write_set(tmp_path, records),), ngram=3)
    document = make_batch(["He said:\nOne, two\nthree FOUR five\n\nnothing\nred green\n\nblue and red green blue grey"])
    shown = [
        Evidence(2, "One, two", "set:1.q"),
        Evidence(3, "three FOUR five", "set:1.q"),
        Evidence(6, "red green", "set:1.a"),
        Evidence(8, "blue and red green blue grey", "set:1.a"),
    ]
    for rule in ("max_ngram_hits", "max_longest_overlap_ratio"):
        assert list(step.evidence(document, rule)) == shown
    assert list(step.evidence(make_batch(["nothing of it"]), "max_ngram_hits")) == []
    assert list(Decontaminate(sets=None).evidence(document, "max_ngram_hits")) == []
    texts = ["one two three four", "one two three four nine", "four five red", "and one two three, one two three"]
    assert measured(step, texts) == [(2, 0.8, "set:1.q"), (3, 1.0, "set:2.q"), (0, 0.0, None), (2, 0.6, "set:1.q")]


def test_what_is_measured_and_judged(tmp_path) -> None:
    step = Decontaminate(sets=tmp_path / write_set(tmp_path, [{"a": "b " * 20}]))
    assert (step.sets, step.fields, step.ngram) == ((str(tmp_path / "set.jsonl"),), None, 13)
    columns = step.measure(make_batch(["x", "b " * 20]))
    assert {name: column.type for name, column in columns.items()} == {
        "decontaminate.ngram_hits": pa.int64(),
        "decontaminate.longest_overlap_ratio": pa.float64(),
        "decontaminate.item": pa.string(),
    }
    assert {name: column.type for name, column in Decontaminate(sets=None).measure(make_batch(["x"])).items()} == {
        name: column.type for name, column in columns.items()
    }
    hits = Rule(name="max_ngram_hits", measurement="decontaminate.ngram_hits", maximum=0)
    ratio = Rule(name="max_longest_overlap_ratio", measurement="decontaminate.longest_overlap_ratio", maximum=0.5)
    given = {"sets": step.sets}
    assert step.rules == (hits,)
    assert Decontaminate(**given, max_longest_overlap_ratio=0.5).rules == (hits, ratio)
    assert Decontaminate(**given, max_ngram_hits=None, max_longest_overlap_ratio=0.5).rules == (ratio,)
    assert step.model_files == {"set.jsonl": tmp_path / "set.jsonl"}
    assert (step.notices, Decontaminate(sets=None).model_files) == ((), {})
    assert Decontaminate(sets=None).notices == (
        "decontaminate: no evaluation sets were named, so nothing was looked for and no document was judged; name them "
        "with --set decontaminate.sets=FILE, or in the recipe.",
    )
    for bound in (0, 1):
        Decontaminate(**given, max_longest_overlap_ratio=bound, ngram=2)


def test_files_of_sets_are_those_named_and_those_in_folders(tmp_path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "deep/c.jsonl", "notes.txt", "d.json"):
        (tmp_path / "sets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sets" / name).write_bytes(b"")
    folder = tmp_path / "sets"
    expected = [folder / name for name in ("a.jsonl.gz", "b.jsonl", "deep/c.jsonl")]
    assert set_files((str(folder),)) == tuple(expected)
    assert set_files((str(folder / "d.json"), str(folder), str(folder / "b.jsonl"))) == (folder / "d.json", *expected)
    assert set_files(()) == ()
    (folder / "deep" / "b.jsonl").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for named, told in (
        (
            str(folder),
            f"decontaminate: {folder}/b.jsonl and {folder}/deep/b.jsonl have the same name; rename one of them",
        ),
        (f"{tmp_path}/no", f"decontaminate: there is no evaluation set {tmp_path}/no"),
        (
            f"{tmp_path}/empty",
            f"decontaminate: the folder {tmp_path}/empty holds no file that ends in .jsonl or .jsonl.gz",
        ),
    ):
        with pytest.raises(RecipeError) as error:
            set_files((named,))
        assert str(error.value) == told


def test_passages_are_the_texts_of_records(tmp_path) -> None:
    lines = ['{"a": "x", "n": 1, "c": ["y", 2, "z"], "d": {"e": "f"}}', "", "  ", '{"c": "w\\ud800", "a": null}']
    for name, content in (("s.jsonl", "\n".join(lines).encode()), ("t.x.jsonl.gz", gzip.compress(b'{"a": "p"}')),
                          ("u.txt", b'{"a": "q"}\n')):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    files = tuple(tmp_path / name for name in ("s.jsonl", "t.x.jsonl.gz", "u.txt"))
    assert read_passages(files, None) == (
        Passage("s:1.a", "x"), Passage("s:1.c", "y"), Passage("s:1.c", "z"), Passage("s:4.c", "w?"),
        Passage("t.x:1.a", "p"), Passage("u.txt:1.a", "q"),
    )  # fmt: skip
    assert read_passages(files[:1], ("c", "a")) == (
        Passage("s:1.c", "y"), Passage("s:1.c", "z"), Passage("s:1.a", "x"), Passage("s:4.c", "w?")
    )  # fmt: skip
    with pytest.raises(RecipeError) as told:
        read_passages(files[1:], ("y", "z"))
    assert str(told.value) == (f"decontaminate: cannot read line 1 of {files[1]}: there is no field y or z, only a")
    (tmp_path / "v.jsonl").write_bytes(b"{}\n")
    with pytest.raises(RecipeError, match=r"line 1 of .*v\.jsonl: there is no field of any name, only $"):
        read_passages((tmp_path / "v.jsonl",), None)
    (tmp_path / "w.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(RecipeError, match=r"cannot read line 1 of .*w\.jsonl\.gz: Not a gzipped file"):
        read_passages((tmp_path / "w.jsonl.gz",), None)
    with pytest.raises(RecipeError) as told:
        load_ngrams(files, None, 5)
    assert str(told.value) == (
        "decontaminate: no passage of s.jsonl, t.x.jsonl.gz, u.txt has 5 words; choose other fields or a smaller ngram"
    )


def test_every_ngram_knows_where_it_stands(tmp_path) -> None:
    path = write_set(tmp_path, [{"q": "a b c", "r": "x"}, {"q": "z a b"}, {"q": "a b"}])
    known = load_ngrams(set_files((path,)), None, 2)
    assert known.names == ("set:1.q", "set:1.r", "set:2.q", "set:3.q")
    assert known.lengths.tolist() == [3, 1, 3, 2]
    assert known.passages.tolist() == [0, 0, 2, 2, 3]
    places = [known.places[begin:end].tolist() for begin, end in pairwise(known.place_offsets.tolist())]
    assert sorted(places) == [[0, 3, 4], [1], [2]]
    assert (known.keys.shape, known.keys.dtype, known.slots.dtype) == ((3, 1), "uint64", "int32")
    assert known.keys[:, 0].tolist() == sorted(known.keys[:, 0].tolist())
    assert len(known.is_likely) == 1 << 21
    assert {int(key) & ((1 << 21) - 1) for key in known.keys[:, 0]} == set(known.is_likely.nonzero()[0].tolist())
    found = overlap(pa.array(["", "a b c", "z a"], pa.large_string()), known, 2)
    assert [found.hits.tolist(), found.ratios.tolist(), found.passages.tolist()] == [
        [0, 2, 1], [0.0, 1.0, 2 / 3], [-1, 0, 2]
    ]  # fmt: skip


@pytest.mark.parametrize("before", [99, 100])
def test_so_many_places_of_an_ngram_are_followed(tmp_path, before) -> None:
    records = [{"q": f"a b {number}"} for number in range(before)] + [{"q": "a b c d"}]
    step = Decontaminate(sets=(write_set(tmp_path, records),), ngram=2)
    ((hits, ratio, item),) = measured(step, ["a b c d"])
    assert (hits, ratio) == (3, 1.0 if before < 100 else 0.75)
    assert item == f"set:{before + 1}.q"
