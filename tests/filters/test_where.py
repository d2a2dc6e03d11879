"""Plain functions become filters."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.batch import make_batch
from textmill.filters.where import where


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
        ({"function": "textmill.filters.where"}, "package.module:name"),
    ],
)
def test_mistakes_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        where(**arguments)  # type: ignore[arg-type]


def test_a_batch_function_must_answer_for_every_document() -> None:
    with pytest.raises(RecipeError, match="returned 1 values for 2 documents"):
        where(lambda batch: [1.0], per="batch", maximum=1).measure(make_batch(["a", "b"]))
