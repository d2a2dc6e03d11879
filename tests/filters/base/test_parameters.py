"""Parameters of steps in Python: refused when they are given, with their name, their value and the right form."""

import copy
import functools
import pickle
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pytest

from textmill import (
    ExactDedup,
    FastTextClassifier,
    GopherQuality,
    InputError,
    InputOptions,
    Language,
    MinHashDedup,
    Recipe,
    RecipeError,
    Tokenize,
    only_if,
    per_language,
    where,
)
from textmill.errors import nearest
from textmill.filters.base.parameters import check_parameters, fits, type_name, yaml_trap
from textmill.filters.base.step import Filter, Measurements
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.registry import STEPS


class Shouts:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, text: str) -> bool:
        return text.count("!") > self.most


def marks(text: str, mark: str) -> int:
    return text.count(mark)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GopherQuality(min_words="3"), "gopher_quality.min_words must be a whole number or null, not '3'"),
        (lambda: GopherQuality(min_words=[3]), "gopher_quality.min_words must be a whole number or null, not [3]"),
        (lambda: GopherQuality(min_words=True), "gopher_quality.min_words must be a whole number or null, not True"),
        (lambda: GopherQuality(max_hash_ratio=float("nan")), "gopher_quality.max_hash_ratio is no number"),
        (
            lambda: GopherQuality(max_hash_ratio=10),
            "max_hash_ratio=10 is not between 0 and 1; for 10 % write 0.1",
        ),
        (lambda: GopherQuality(max_hash_ratio=100), "is not between 0 and 1; for 100 % write 1"),
        (lambda: GopherQuality(words="uax"), "words is 'uax'; choose one of whitespace, uax29"),
        (lambda: GopherQuality(max_hash_ratio=-0.1), "max_hash_ratio=-0.1 is not between 0 and 1"),
        (lambda: GopherQuality(min_word=3), "gopher_quality has no parameter 'min_word'; did you mean 'min_words'?"),
        (lambda: GopherQuality(3), "gopher_quality takes its parameters by name, as in min_words=3"),
        (lambda: Language(keep=[False]), "language.keep must be a list of texts or null, not [False]; YAML reads no"),
        (lambda: MinHashDedup(bands="14"), "minhash_dedup.bands must be a whole number, not '14'"),
        (lambda: ExactDedup(kep="first"), "exact_dedup has no parameter 'kep'; did you mean 'keep'?"),
        (lambda: FastTextClassifier(keep_fraction=0.1), "keep_fraction is a parameter of select, a step behind it"),
        (lambda: Tokenize(Path("missing.json")), "tokenize: no file 'missing.json'"),
        (lambda: where(len, minimum="3"), "where.minimum must be a number or null, not '3'"),
        (lambda: where(len, maximum=float("nan")), "where.maximum is no number"),
        (
            lambda: only_if(GopherQuality(), language=False),
            "only_if: language is named by text, not False; YAML reads no",
        ),
        (lambda: only_if(GopherQuality(), kind="wbe"), "unknown kind 'wbe'; did you mean 'web'?"),
        (lambda: per_language(GopherQuality(), {False: None}), "a language is named by text, not False"),
        (lambda: Recipe("r", GopherQuality()), "the steps of a recipe are a list"),
        (lambda: Recipe("r", "gopher_quality"), "the steps of a recipe are a list"),
        (lambda: Recipe("r", 3), "the steps of a recipe are a list"),
    ],
)
def test_wrong_parameters_are_refused_when_they_are_given(make: Any, message: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(message)):
        make()


def test_a_step_without_parameters_says_so_too() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Plain(Filter):
        name: ClassVar[str] = "plain"

        def measure(self, batch: pa.RecordBatch) -> Measurements:
            return {}

    with pytest.raises(RecipeError, match=r"^plain takes its parameters by name$"):
        Plain(3)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"worker": 2}, "run has no option 'worker'; did you mean 'workers'?"),
        ({"kind": "web"}, "it belongs to reading: reading=InputOptions(kind=…)"),
        ({"workers": "2"}, "workers must be a whole number, not '2'"),
        ({"output": None}, "output is a path"),
        ({"inputs": 7}, "inputs is a path"),
        ({"inputs": ["a", 7]}, "each of inputs is a path"),
    ],
)
def test_wrong_options_of_a_run_are_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    given = {"inputs": "somewhere", "output": str(tmp_path), **options}
    with pytest.raises(InputError, match=re.escape(message)):
        Recipe("r", []).run(given.pop("inputs"), **given)
    with pytest.raises(InputError, match="batch_documents must be a whole number"):
        InputOptions(batch_documents="9")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no option 'txt_field' of InputOptions; did you mean 'text_field'"):
        InputOptions(txt_field="body")  # type: ignore[call-arg]


def test_values_that_mean_the_same_are_taken() -> None:
    import numpy as np

    assert Language(keep="en") == Language(keep=["en"]) == Language(keep=("en",)) == Language(keep={"en"})  # type: ignore[arg-type]
    assert GopherQuality(min_words=np.int64(7)) == GopherQuality(min_words=7)  # type: ignore[arg-type]
    assert where(len, allowed="x").rules[0].allowed == ("x",)
    assert only_if(GopherQuality(), language="no").condition.language == ("no", "nb", "nn")


def test_every_step_says_what_it_takes() -> None:
    for step in STEPS.values():
        with pytest.raises(RecipeError, match=f"{step.name} has no parameter 'nonsense'"):
            step(nonsense=1)


@pytest.mark.parametrize("given", [GopherQuality(min_words=3), Language(keep=["en"]), MinHashDedup(bands=3)])
def test_steps_can_be_copied_and_pickled(given: Any) -> None:
    assert copy.deepcopy(given) == given
    assert pickle.loads(pickle.dumps(given)) == given
    check_parameters(given, "again")


def test_anything_that_can_be_called_measures(tmp_path: Path) -> None:
    recipe = Recipe("r", [where(Shouts(1), allowed=False), where(functools.partial(marks, mark="?"), maximum=1)])
    found = recipe.clean("What! Why?")
    assert found.measurements == {"Shouts": False, "marks": 1}
    assert recipe.clean("What!! Why?").removed_by == "where.allowed"
    assert recipe.clean("What? Why?").removed_by == "where_2.maximum"
    (tmp_path / "in.txt").write_text("What! Why?")
    manifest = recipe.run(tmp_path / "in.txt", output=tmp_path / "out")
    assert manifest["totals"]["kept"] == 1
    assert "'mark': '?'" in str(manifest["recipe"])


def test_a_recipe_file_is_held_to_the_same() -> None:
    for step, message in (
        ("gopher_quality: {max_hash_ratio: 10}", "recipe:4: gopher_quality.max_hash_ratio=10 is not between 0 and 1"),
        (
            "only_if: {language: no}\n    steps: [gopher_quality]",
            "recipe:4: only_if: language is named by text, not False",
        ),
        ("where: {function: 'builtins:len', minimum: '3'}", "recipe:4: where.minimum must be a number"),
    ):
        with pytest.raises(RecipeError, match=re.escape(message)):
            parse_recipe(f"name: r\nsteps:\n  - language\n  - {step}\n")


def test_norwegian_is_kept_by_the_name_that_covers_both() -> None:
    text = (
        "Havnen var stille da de første båtene kom inn, og mennene på kaia hadde lite å si om det som var hendt i går."
    )
    for model in (None, "lid.176"):
        recipe = Recipe("r", [Language(keep=["no"], model=model), only_if(where(len, maximum=5), language="no")])
        assert recipe.clean(text).removed_by == "where.maximum"


@pytest.mark.parametrize(
    ("value", "expected", "is_fitting"),
    [
        (1, int, True),
        (1.0, int, False),
        (True, int, False),
        (True, float, False),
        (True, bool, True),
        (1, bool, False),
        (True, Any, True),
        (1, float, True),
        (1.5, float, True),
        ("1", float, False),
        ("x", str, True),
        (None, str, False),
        (None, type(None), True),
        (None, int | None, True),
        (1, int | None, True),
        ("x", int | None, False),
        ("a", Literal["a", "b"], True),
        ("c", Literal["a", "b"], False),
        (("a", "b"), tuple[str, ...], True),
        ((), Sequence[str], True),
        (("a", 1), tuple[str, ...], False),
        ((1, "a"), tuple[str, ...], False),
        ("a", Sequence[str], False),
        (("a", 1), tuple[str, int], True),
        ({"a": 1}, Callable[[str], int], True),  # YAML cannot spell it
    ],
)
def test_what_fits(value: Any, expected: Any, is_fitting: bool) -> None:
    assert fits(value, expected) == is_fitting


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (int, "a whole number"),
        (float | None, "a number or null"),
        (str, "text"),
        (bool, "true or false"),
        (Literal["a", "b"], "'a' or 'b'"),
        (tuple[str, ...], "a list of texts"),
        (tuple[str | int, ...], "a list"),
        (tuple[int, int], "a list of whole numbers"),
        (bytes, "bytes"),
    ],
)
def test_what_types_are_called(expected: Any, said: str) -> None:
    assert type_name(expected) == said


def test_the_nearest_name_and_words_that_yaml_takes_for_others() -> None:
    assert nearest("min_word", ["max_lines", "min_words"]) == "; did you mean 'min_words'?"
    assert nearest("xyz", ["max_lines", "min_words"]) == ""
    assert "put them in quotes" in yaml_trap(("en", False))
    assert yaml_trap(("en", "de")) == yaml_trap(False) == yaml_trap(()) == ""
