"""Plain functions become filters."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from textmill import Recipe
from textmill.errors import RecipeError, TextmillError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.where import import_by_path, stand_in, where


def exclamation_ratio(text: str) -> float:
    return text.count("!") / max(len(text), 1)


def shouts(text: str) -> bool:
    return text.isupper()


def bytes_of_text(batch: pa.RecordBatch) -> int:
    return pc.binary_length(batch["text"])


def label(text: str) -> str:
    return text[:1]


def test_a_function_of_a_text_judges_it() -> None:
    recipe = Recipe("r", [where(exclamation_ratio, maximum=0.1)])
    removed = recipe.clean("Buy!!!")
    assert (removed.text, removed.removed_by, removed.verdict.value) == (None, "where.maximum", "0.5")
    assert recipe.clean("Buy this book.").measurements == {"exclamation_ratio": 0.0}


def test_a_function_of_a_batch_is_called_with_it() -> None:
    step = where(bytes_of_text, minimum=3)
    assert step.per == "batch"
    assert step.measure(make_batch(["ab", "äb"]))["bytes_of_text"].to_pylist() == [2, 3]


def test_labels_and_flags() -> None:
    assert Recipe("r", [where(shouts, allowed=[False])]).clean("LOUD").removed_by == "where.allowed"
    with pytest.raises(
        RecipeError, match=r"where\(len\): it returns numbers, which are held against minimum and maximum"
    ):
        where(len, allowed=3)  # type: ignore[arg-type]
    first = where(lambda text: text[:1], allowed=["a", "b"], measurement="first")
    assert Recipe("r", [first]).clean("cab").verdict.threshold == "a|b"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function": 3}, "needs a function"),
        ({"function": len, "minimum": 2, "maximum": 1}, "above maximum"),
        ({"function": "textmill.filters.base.where"}, "package.module:name"),
        ({"function": label, "minimum": 1}, r"where\(label\): it returns text, which has no minimum"),
        ({"function": exclamation_ratio, "allowed": ["a"]}, "it returns numbers, which are held against minimum"),
        ({"function": shouts, "allowed": ["true"]}, "allowed are true or false, as it returns, not 'true'"),
        ({"function": label, "allowed": [False]}, "allowed are texts, as it returns, not False; YAML reads no"),
        ({"function": len, "returns": "str", "maximum": 3}, "it returns text, which has no minimum or maximum"),
    ],
)
def test_mistakes_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        where(**arguments)  # type: ignore[arg-type]


def test_a_batch_function_must_answer_for_every_document() -> None:
    with pytest.raises(RecipeError, match="returned 1 values for 2 documents"):
        where(lambda batch: [1.0], per="batch", maximum=1).measure(make_batch(["a", "b"]))


def raises_on_b(text: str) -> float:
    return {"a": 1.0}[text]


def exits(_: str) -> float:
    sys.exit(3)


def returns_text(text: str) -> float:
    return text  # type: ignore[return-value]


def returns_too_much(_: str) -> int:
    return 10**30


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            raises_on_b,
            r"where\(raises_on_b\): the function raised KeyError: 'b' \(test_where.py:\d+\) for document ID of",
        ),
        (exits, r"where\(exits\): the function raised SystemExit: 3 \("),
        (returns_text, r"the function returned 'a' for document ID of .*, which is no float; say what it returns"),
        (returns_too_much, r"the function returned 1000.* which is no int"),
    ],
)
def test_a_function_that_fails_is_told_with_its_document(function: Callable[[str], float], message: str) -> None:
    batch = make_batch(["a", "b"])
    failing = batch["doc_id"][1 if function is raises_on_b else 0].as_py()
    with pytest.raises(RecipeError, match=message.replace("ID", failing)):
        where(function, maximum=1).measure(batch)


def test_a_batch_function_may_answer_in_chunks() -> None:
    step = where(lambda batch: pa.chunked_array([[1.0], [2.0]]), per="batch", measurement="m", maximum=1)
    assert step.measure(make_batch(["a", "b"]))["m"].to_pylist() == [1.0, 2.0]


def test_a_step_that_fails_is_told_with_its_documents() -> None:
    step = where(lambda batch: 3, per="batch", measurement="m", maximum=1)
    with pytest.raises(TextmillError, match=r"the step where raised TypeError: .* \(\S+:\d+\) among documents \w+ to"):
        Recipe("r", [step]).clean("text")


def of_int(text: str) -> int:
    return len(text)


def of_label(text: str) -> "str":
    return text[:1]


def of_nothing_known(text):
    return 1


@pytest.mark.parametrize(
    ("function", "options", "returns", "per"),
    [
        (of_int, {}, "int", "document"),
        (of_label, {}, "str", "document"),
        (shouts, {}, "bool", "document"),
        (exclamation_ratio, {}, "float", "document"),
        (bytes_of_text, {}, "int", "batch"),
        (bytes_of_text, {"per": "document", "returns": "float"}, "float", "document"),
        (of_nothing_known, {}, "float", "document"),
        (of_nothing_known, {"allowed": [True]}, "bool", "document"),
        (of_nothing_known, {"allowed": ["a"]}, "str", "document"),
        (of_nothing_known, {"allowed": []}, "float", "document"),
        (len, {}, "float", "document"),
        (dict, {}, "float", "document"),  # has no signature
    ],
)
def test_what_a_function_takes_and_returns_is_read_off_it(
    function: Callable[..., object], options: dict[str, object], returns: str, per: str
) -> None:
    step = where(function, **options)  # type: ignore[arg-type]
    assert (step.returns, step.per) == (returns, per)
    types = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "str": pa.string()}
    assert step.measurements == {function.__name__: types[returns]}


def test_one_rule_for_each_bound() -> None:
    step = where(len, minimum=0, maximum=0, allowed=[True], measurement="m")
    assert [(rule.name, rule.measurement) for rule in step.rules] == [
        ("minimum", "m"),
        ("maximum", "m"),
        ("allowed", "m"),
    ]
    assert (step.rules[0].minimum, step.rules[1].maximum, step.rules[2].allowed) == (0, 0, (True,))
    assert where(len).rules == ()
    assert where(lambda text: 1).measurement == "lambda"
    assert (where(len).expensive, where(len, expensive=True).expensive) == (False, True)


def test_a_batch_function_returns_what_can_be_cast() -> None:
    def measure(values: object, returns: str = "float") -> list[object]:
        step = where(lambda batch: values, per="batch", measurement="m", returns=returns)  # type: ignore[arg-type]
        column = step.measure(make_batch(["a", "b"]))["m"]
        assert column.type == step.measurements["m"]
        return list(column.to_pylist())

    assert measure([1, 2]) == measure(pa.array([1, 2])) == [1.0, 2.0]
    assert measure([1.0, None], "int") == [1, None]
    assert measure(pa.chunked_array([["a"], ["b"]]), "str") == ["a", "b"]


def test_values_of_one_document_at_a_time_are_converted_where_they_can_be() -> None:
    class Half:
        def __float__(self) -> float:
            return 0.5

    step = where(lambda text: {"a": 1, "b": None, "c": True}[text], measurement="m", returns="float")
    assert step.measure(make_batch(["a", "b"]))["m"].to_pylist() == [1.0, None]
    with pytest.raises(RecipeError, match="by its annotation or by returns, one of float, int, bool, str"):
        where(lambda text: Half(), measurement="m", returns="int").measure(make_batch(["a"]))
    long = where(lambda text: "x" * 500, measurement="m", returns="int")
    with pytest.raises(RecipeError, match=f"returned '{'x' * 99} for document"):
        long.measure(make_batch(["a"]))


def test_a_function_that_is_only_named() -> None:
    function = stand_in("package.module:Class.method")
    assert (function.__module__, function.__qualname__) == ("package.module", "Class.method")
    with pytest.raises(RecipeError, match=r"where: package.module:Class.method stands here by its name only"):
        function("text")


def test_a_function_is_imported_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules_of_mine.py").write_text(
        "class Rules:\n    @staticmethod\n    def size(text): return len(text)\n"
    )
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(
        RecipeError, match=r"step: cannot import 'rules_of_mine:Rules.size' \(.*is it beside the recipe"
    ):
        import_by_path("rules_of_mine:Rules.size", "step")
    before = list(sys.path)
    assert import_by_path("rules_of_mine:Rules.size", "step", tmp_path)("abc") == 3
    assert sys.path == [*before, str(tmp_path)]
    assert import_by_path("os.path:join", "step", tmp_path) is os.path.join
    with pytest.raises(RecipeError, match="cannot import 'rules_of_mine:missing'"):
        import_by_path("rules_of_mine:missing", "step", tmp_path)
    assert sys.path == [*before, str(tmp_path)]  # once
    assert where("os.path:basename").measurement == "basename"


@pytest.mark.parametrize("path", ["os", "os:", ":join", "", "os.path.join"])
def test_a_path_of_another_form_is_refused(path: str) -> None:
    with pytest.raises(RecipeError, match=f"step: write it as package.module:name, not '{path}'"):
        import_by_path(path, "step")
