"""Every filter and cleaner of the registry on hostile text: defined values, valid text, no word from the neighbours."""

import json
import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmill.filters import Cleaner, Filter
from textmill.filters.base.batch import make_batch, replace_text
from textmill.pipeline.recipes.registry import STEPS

JUDGES = [name for name, step in STEPS.items() if issubclass(step, (Filter, Cleaner))]

PIECES = [
    *("", " ", "\n", "\n\n", "\t", "\r\n", "\0", "\x1c", "\x85", "\u2028", "\ufeff", "\u200d", "\u00ad", "\ufffd"),
    *("a", "the ", "The cat sat.", "#", "…", "...", "• ", "- ", "{", "}", "lorem ipsum", "javascript", "cookie policy"),
    *(
        "e\u0301",
        "a" + "\u0300" * 40,
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "مرحبا ",
        "שלום. ",
        "\u202eabc\u202c",
        "ﷺ",
        "नमस्ते",
        "สวัสดี",
    ),
    *("今天。", "１２３", "x" * 300, "http://a.b/c?d=e", "@", "a@b.co", "1.2.3.4", "<?xml version=", "<b>", "--", "/*"),
    *("[1]", "0", "\U0010ffff", "\ud7ff", "__label__hq", "</s>", "mp3", "|", "%s", "$", "9" * 20),
]
TEXTS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
    min_size=1,
    max_size=4,
)

SIZE = 300_000
"""Characters of the huge texts: a step that takes time in their square would not come to an end."""
HUGE = {
    "one word": "x" * SIZE,
    "one line": "word " * (SIZE // 5),
    "line feeds": "\n" * SIZE,
    "blank lines": " \n" * (SIZE // 2),
    "marks": "a" + "\u0301" * SIZE,
    "brackets": "[" * SIZE,
    "braces": "{" * SIZE,
    "tags": "<a " * (SIZE // 3),
    "comments": "/*" * (SIZE // 2),
    "colons": "http://" * (SIZE // 7),
    "at signs": "a@" * (SIZE // 2),
    "dots": "1." * (SIZE // 2),
    "emoji": "👩\u200d" * (SIZE // 2),
    "digits": "7" * SIZE,
    "different lines": "\n".join(str(number) for number in range(SIZE // 6)),
    "quotes": "'" * SIZE,
}


def batch_of(texts: list[str], label: str = "en", path: str = "a.py") -> pa.RecordBatch:
    batch = make_batch(texts)
    count = len(texts)
    for column, value in (("url", "http://example.org/poker"), ("metadata", json.dumps({"path": path}))):
        batch = batch.set_column(batch.schema.get_field_index(column), column, pa.array([value] * count))
    batch = batch.append_column("language.label", pa.array([label] * count))
    for name in ("refinedweb.words", "refinedweb.words_removed", "pii.emails"):
        batch = batch.append_column(name, pa.array([0] * count, pa.int64()))
    return batch


def taken(step: Any, batch: pa.RecordBatch) -> tuple[list[str], dict[str, list[Any]]]:
    """The texts and measurements that a step gives, checked."""
    text = batch["text"]
    measured = step.measure(batch) if isinstance(step, Filter) else None
    if measured is None:
        text, measured = step.clean(batch)
        text.validate(full=True)
        assert text.type == pa.large_string()
        assert text.null_count == 0
    assert len(text) == batch.num_rows
    assert {name: column.type for name, column in measured.items()} == dict(step.measurements)
    values = {name: column.to_pylist() for name, column in measured.items()}
    for name, column in values.items():
        assert len(column) == batch.num_rows
        for value in column:
            assert not (isinstance(value, float) and math.isnan(value)), name
            assert not (isinstance(value, float) and name.endswith("_ratio") and not value >= 0), (name, value)
    return text.to_pylist(), values


@pytest.mark.parametrize("name", JUDGES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=TEXTS, label=st.sampled_from(["en", "zh", "th", "xx", ""]), path=st.sampled_from(["a.py", "a.html", "b.json"])
)
def test_hostile_text(name: str, step_named: Callable[[str], Any], texts: list[str], label: str, path: str) -> None:
    step = step_named(name)
    batch = batch_of(texts, label, path)
    together, measured = taken(step, batch)
    for row in range(len(texts)):
        alone, values = taken(step, batch.slice(row, 1))
        assert alone == together[row : row + 1]
        assert values == {column: found[row : row + 1] for column, found in measured.items()}
        for rule in step.rules if isinstance(step, Filter) else ():
            list(step.evidence(batch.slice(row, 1), rule.name))


@pytest.mark.parametrize("name", JUDGES)
def test_huge_text(name: str, step_named: Callable[[str], Any]) -> None:
    step = step_named(name)
    batch = batch_of(list(HUGE.values()), path="a.js")
    texts, _ = taken(step, batch)
    taken(step, replace_text(batch, pa.array(texts, pa.large_string())))
    assert taken(step, batch.slice(0, 0)) == ([], {column: [] for column in step.measurements})
