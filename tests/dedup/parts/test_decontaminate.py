"""Overlap with evaluation sets, against plain Python and on real sets."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmill import Decontaminate, Recipe, RecipeError
from textmill.filters.base.batch import make_batch

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
