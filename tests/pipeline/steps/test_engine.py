"""The steps of a pass over a batch: who is measured, who goes by which rule, whose text is edited."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from textmill import ExactDedup, Language, Recipe, RecipeError, TextmillError, Tokenize, only_if, where
from textmill.filters.base.batch import make_batch
from textmill.filters.base.rules import Rule
from textmill.filters.base.step import Cleaner, Filter
from textmill.pipeline.steps.documents import Documents
from textmill.pipeline.steps.engine import PassEngine

SEEN: list[list[str]] = []
"""The texts that the steps below were given."""


@dataclass(frozen=True, kw_only=True)
class Lengths(Filter):
    """Documents of so many characters, each with a bound of its own: the number of its words times a factor."""

    name: ClassVar[str] = "lengths"
    minimum: int | None = None
    factor: int | None = None
    dear: bool = False

    @property
    def expensive(self) -> bool:  # type: ignore[override]
        return self.dear

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]
        return {"chars": pa.int64(), "least": pa.int64()}

    @property
    def rules(self) -> Sequence[Rule]:  # type: ignore[override]
        own = [Rule(name="factor", measurement="chars", minimum_in="least")] if self.factor is not None else []
        fixed = [Rule(name="minimum", measurement="chars", minimum=self.minimum)] if self.minimum is not None else []
        return (*own, *fixed)

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
        texts = batch["text"].to_pylist()
        SEEN.append(texts)
        least = [len(text.split()) * (self.factor or 0) for text in texts]
        return {"chars": pa.array(map(len, texts), pa.int64()), "least": pa.array(least, pa.int64())}


@dataclass(frozen=True, kw_only=True)
class Without(Cleaner):
    """Takes a piece of text out, and counts how often."""

    name: ClassVar[str] = "without"
    piece: str = "x"

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]
        return {"taken_out": pa.int64()}

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Mapping[str, pa.Array]]:
        SEEN.append(batch["text"].to_pylist())
        counted = pc.count_substring(batch["text"], self.piece)
        return pc.replace_substring(batch["text"], self.piece, ""), {"taken_out": counted.cast(pa.int64())}


def through(steps: Sequence[Any], texts: Sequence[str], *, measure_all: bool = False, **options: Any) -> Documents:
    SEEN.clear()
    documents = Documents.read(make_batch(texts), **options)
    PassEngine(Recipe("r", steps).plan, 0, measure_all=measure_all).apply(documents)
    return documents


def account(documents: Documents) -> list[tuple[Any, ...]]:
    names = ("step", "rule", "value", "threshold", "emptied_by")
    rows = list(zip(*(documents.verdicts[name].tolist() for name in names), strict=True))
    assert documents.kept.tolist() == [row[0] is None for row in rows]
    return rows


KEPT = (None,) * 5
TEXTS = ["a b c", "long enough to stay", "abc", "a b c d e f g h i"]


@pytest.mark.parametrize("alone", [False, True])
def test_the_first_broken_rule_removes(alone: bool) -> None:
    expected = [
        ("lengths", "factor", "5", "9", None),
        KEPT,
        ("lengths", "minimum", "3", "4", None),
        ("lengths", "factor", "17", "27", None),
    ]
    steps = [Lengths(factor=3, minimum=4)]
    found = (
        [row for text in TEXTS for row in account(through(steps, [text]))] if alone else account(through(steps, TEXTS))
    )
    assert found == expected


def test_removed_documents_are_measured_on_but_for_dear_steps() -> None:
    steps = [Lengths(minimum=4), where(len, measurement="n"), only_if(Lengths(dear=True, minimum=6), kind="web")]
    documents = through(steps, TEXTS)
    assert [TEXTS, [TEXTS[0], TEXTS[1], TEXTS[3]]] == SEEN
    assert documents.measurements["n"].to_pylist() == [5, 19, 3, 17]
    assert documents.measurements["chars"].to_pylist() == [5, 19, 3, 17]
    assert documents.measurements["chars@lengths_2"].to_pylist() == [5, 19, None, 17]
    assert [row[:3] for row in account(documents)] == [
        ("lengths_2", "minimum", "5"), KEPT[:3], ("lengths", "minimum", "3"), KEPT[:3],
    ]  # fmt: skip
    through(steps, TEXTS, measure_all=True)
    assert SEEN == [TEXTS, TEXTS]
    through([Lengths(minimum=99), Lengths(dear=True)], TEXTS)
    assert SEEN == [TEXTS]
    alone = through([Lengths(minimum=99), Lengths(minimum=98)], TEXTS[:1])
    assert account(alone) == [("lengths", "minimum", "5", "99", None)]
    assert alone.measurements["chars@lengths_2"].to_pylist() == [5]


def test_texts_of_removed_documents_are_edited_where_something_is_measured_behind() -> None:
    texts = ["xa", "bx bx b", "xx", " x "]
    documents = through([Lengths(minimum=3), Without(), Lengths()], texts)
    assert documents.batch["text"].to_pylist() == ["a", "b b b", "", "  "]
    assert documents.measurements["taken_out"].to_pylist() == [1, 2, 2, 1]
    assert account(documents) == [
        ("lengths", "minimum", "2", "3", None),
        KEPT,
        ("lengths", "minimum", "2", "3", "without"),
        ("without", "empty", "0", "1", "without"),
    ]
    documents = through([Lengths(minimum=3), Without()], texts)
    assert SEEN[1] == texts[1:2] + texts[3:]
    assert documents.batch["text"].to_pylist() == ["xa", "b b b", "xx", "  "]
    assert documents.measurements["taken_out"].to_pylist() == [None, 2, None, 1]
    documents = through([Lengths(minimum=3), Without()], texts, measure_all=True)
    assert documents.batch["text"].to_pylist() == ["a", "b b b", "", "  "]
    assert through([Lengths(minimum=99), Without()], texts).batch["text"].to_pylist() == texts
    assert len(SEEN) == 1


def test_only_what_held_something_can_be_emptied_and_by_the_first() -> None:
    documents = through([Without(piece="x"), Without(piece="y"), Lengths()], ["x", " ", "y", "xy"])
    assert account(documents) == [
        ("without", "empty", "0", "1", "without"),
        ("read", "empty", "0", "1", None),
        ("without_2", "empty", "0", "1", "without_2"),
        ("without_2", "empty", "0", "1", "without_2"),
    ]
    nothing = through([Without(piece="z")], ["x", "y"])
    assert (nothing.batch["text"].to_pylist(), account(nothing)) == (["x", "y"], [KEPT, KEPT])


def test_a_language_that_is_known_is_believed() -> None:
    text = "Der Hund läuft über die Straße, und die Katze schläft in der Küche."
    documents = through([Language(keep=("en",), min_score=None)], [text], language="en")
    assert (account(documents), documents.measurements["language.label"].to_pylist()) == ([KEPT], ["en"])
    assert documents.measurements["language.score"].to_pylist() == [1.0]
    documents = through([Language(keep=("en",), min_score=None)], [text, text])
    assert account(documents) == [("language", "keep", "de", "en", None)] * 2


def test_only_what_is_kept_becomes_tokens() -> None:
    steps = [Lengths(minimum=4), Tokenize("cl100k")]
    documents = through(steps, TEXTS)
    assert documents.input_ids == Tokenize("cl100k").encode(pa.array([TEXTS[0], TEXTS[1], TEXTS[3]], pa.large_string()))
    none = through(steps, ["a", "b"]).input_ids
    assert none is not None
    assert (len(none), none.type) == (0, pa.list_(pa.int32()))


def test_each_step_tells_what_it_has_seen() -> None:
    steps = [Lengths(minimum=4), Lengths(dear=True), Tokenize("cl100k")]
    documents = Documents.read(make_batch([*TEXTS, " "]))
    seen = PassEngine(Recipe("r", steps).plan, 0).apply(documents)
    assert {name: (one.documents, one.text_bytes, one.batches) for name, one in seen.items()} == {
        "lengths": (5, 45, 1),
        "lengths_2": (3, 41, 1),
        "tokenize": (3, 41, 1),
    }
    assert all(one.nanoseconds > 0 for one in seen.values())


def test_whom_the_deduplication_behind_looks_at() -> None:
    recipe = Recipe("r", [Lengths(minimum=4), only_if(ExactDedup(), kind="web"), Lengths()])
    documents = Documents.read(pa.concat_batches([make_batch(TEXTS), make_batch(["a book"], kind="book")]))
    first, second = (PassEngine(recipe.plan, number) for number in (0, 1))
    first.apply(documents)
    assert first.deduplicated(documents).tolist() == [True, True, False, True, False]
    documents.has_text = np.array([False, True, True, True, True])
    assert first.deduplicated(documents).tolist() == [False, True, False, True, False]
    assert second.deduplicated(documents).tolist() == [False] * 5
    _, dedup, _ = recipe.plan.steps
    assert first.concerns(dedup, documents)
    books = Documents.read(make_batch(["a book"], kind="book"))
    assert not first.concerns(dedup, books)


@dataclass(frozen=True, kw_only=True)
class Raising(Lengths):
    """A step that fails."""

    name: ClassVar[str] = "raising"
    error: BaseException

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
        raise self.error


def test_what_a_step_raises_is_told_with_its_documents() -> None:
    batch = make_batch(TEXTS, source="in/a.txt")
    ids = batch["doc_id"].to_pylist()
    with pytest.raises(TextmillError) as caught:
        PassEngine(Recipe("r", [Raising(error=ValueError("it\nbroke"))]).plan, 0).apply(Documents.read(batch))
    assert re.sub(r"py:\d+", "py:N", str(caught.value)) == (
        "the step raising raised ValueError: it broke (test_engine.py:N) among documents "
        f"{ids[0]} to {ids[-1]} of in/a.txt"
    )
    for error in (MemoryError(), RecipeError("ours"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as passed:
            PassEngine(Recipe("r", [Raising(error=error)]).plan, 0).apply(Documents.read(batch))
        assert passed.value is error
