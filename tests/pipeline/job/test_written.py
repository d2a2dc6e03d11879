"""Dataclasses as JSON: they come back as they were, and nothing else comes back."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from textmill.pipeline.job.facts import SourceFacts, SplitFacts, Tally
from textmill.pipeline.job.written import from_json, to_json


@dataclass(frozen=True)
class Sample:
    numbers: tuple[int, ...]
    pair: tuple[str, int]
    share: float
    of_keys: dict[tuple[str, str], Tally]
    counted: Counter[str] = field(default_factory=Counter)
    known: Mapping[str, int] | None = None
    is_so: bool = False


SAMPLE = Sample(
    numbers=(1, 2),
    pair=("a", 3),
    share=1,
    of_keys={("a", "b"): Tally(1, 2)},
    counted=Counter({"x": 3}),
    known={"y": 4},
    is_so=True,
)


def test_what_is_written_comes_back() -> None:
    back = from_json(Sample, json.loads(json.dumps(to_json(SAMPLE))))
    assert back == SAMPLE
    assert isinstance(back.counted, Counter)
    facts = SplitFacts(number=3, sources={"a": SourceFacts(bytes=5, skipped=Counter(request=2))})
    assert from_json(SplitFacts, json.loads(json.dumps(to_json(facts)))) == facts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("numbers", ["1"]),
        ("numbers", [True]),
        ("numbers", 1),
        ("pair", ["a"]),
        ("share", "1"),
        ("of_keys", [[["a", "b"], {"documents": 1}]]),
        ("of_keys", [[["a", "b"], {"documents": 1, "bytes": 2, "more": 3}]]),
        ("of_keys", [[["a", "b"], None]]),
        ("counted", {"x": 3}),
        ("known", [["y", None]]),
        ("is_so", 1),
    ],
)
def test_what_is_of_another_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_json(Sample, {**to_json(SAMPLE), name: value})


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="no JSON for object"):
        to_json(object())
