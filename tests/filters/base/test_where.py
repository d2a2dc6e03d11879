"""Plain functions become filters."""

import sys
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from textmill import Recipe
from textmill.errors import RecipeError, TextmillError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.where import where


def exclamation_ratio(text: str) -> float:
    return text.count("!") / max(len(text), 1)


def shouts(text: str) -> bool:
    return text.isupper()


def bytes_of_text(batch: pa.RecordBatch) -> int:
    return pc.binary_length(batch["text"])


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
    first = where(lambda text: text[:1], allowed=["a", "b"], measurement="first")
    assert Recipe("r", [first]).clean("cab").verdict.threshold == "a|b"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function": 3}, "needs a function"),
        ({"function": len, "minimum": 2, "maximum": 1}, "above maximum"),
        ({"function": "textmill.filters.base.where"}, "package.module:name"),
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
