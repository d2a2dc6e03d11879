"""Thresholds: which values break one, and what the ledger says of them."""

import math

import pyarrow as pa
import pytest

from textmill import RecipeError
from textmill.filters.base.rules import Rule, check_bounds


def rule(**bounds: object) -> Rule:
    return Rule(name="r", measurement="m", **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bounds", "broken"),
    [
        ({}, [False, False, False, False]),
        ({"minimum": 2}, [True, False, False, False]),
        ({"maximum": 2}, [False, False, True, True]),
        ({"minimum": 2, "maximum": 3}, [True, False, False, True]),
        ({"minimum": 2, "maximum": 2}, [True, False, True, True]),
        ({"minimum": 0.5}, [False, False, False, False]),
    ],
)
@pytest.mark.parametrize("type_", [pa.int64(), pa.float64(), pa.int32()])
def test_a_value_equal_to_a_bound_passes(bounds: dict[str, float], broken: list[bool], type_: pa.DataType) -> None:
    assert rule(**bounds).fails(pa.array([1, 2, 3, 4], type_)).tolist() == broken


def test_what_is_not_known_passes() -> None:
    bounds = rule(minimum=1, maximum=2)
    assert bounds.fails(pa.array([None, math.nan, 0.0, 3.0])).tolist() == [False, False, True, True]
    assert bounds.fails(pa.array([None, 0, 3])).tolist() == [False, True, True]
    assert bounds.fails(pa.array([], pa.float64())).tolist() == []
    assert rule(allowed=("a",)).fails(pa.array([None, "a", "b"])).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("allowed", "values", "broken"),
    [
        (("en", "de"), ["en", "fr", "de"], [False, True, False]),
        ((True,), [True, False, None], [False, True, False]),
        ((), ["en", None], [True, False]),
    ],
)
def test_only_allowed_values_pass(allowed: tuple, values: list, broken: list[bool]) -> None:
    assert rule(allowed=allowed).fails(pa.array(values)).tolist() == broken


@pytest.mark.parametrize(
    ("bounds", "value", "told"),
    [
        ({"minimum": 2, "maximum": 9.5}, 1, "2"),
        ({"minimum": 2, "maximum": 9.5}, 2, "9.5"),
        ({"minimum": 2, "maximum": 9.5}, 10.0, "9.5"),
        ({"minimum": 0.5}, 0.25, "0.5"),
        ({"allowed": ("en", "de")}, "fr", "en|de"),
        ({"allowed": (False,)}, True, "False"),
    ],
)
def test_the_bound_that_is_broken_is_told(bounds: dict[str, object], value: object, told: str) -> None:
    assert rule(**bounds).broken_threshold(value) == told


def test_bounds_that_documents_bring_along() -> None:
    values, own = pa.array([1.0, 2.0, 3.0, None, 3.0]), pa.array([2.0, 2.0, 2.0, 2.0, None])
    assert rule(minimum_in="own").fails(values, own).tolist() == [True, False, False, False, False]
    assert rule(maximum_in="own").fails(values, own).tolist() == [False, False, True, False, False]
    assert rule(maximum_in="own", minimum=1.5).fails(values, own).tolist() == [True, False, True, False, False]
    assert [rule(minimum_in="own").is_broken_by(value, 2) for value in (1, 2, 3, None)] == [True, False, False, False]
    assert [rule(maximum_in="own").is_broken_by(value, 2) for value in (1, 2, 3, None)] == [False, False, True, False]
    assert not rule(maximum_in="own").is_broken_by(3, None)


def test_bounds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(RecipeError, match="r: minimum 3 is above maximum 2, so nothing could pass; swap them"):
        rule(minimum=3, maximum=2)
    with pytest.raises(RecipeError, match="step: low=3 is above high=2, so nothing could pass"):
        check_bounds("step", "low", 3, "high", 2)
    for low, high in ((2, 2), (None, 2), (3, None), (0, 1)):
        check_bounds("step", "low", low, "high", high)
    assert rule(minimum=0, maximum=0).fails(pa.array([0])).tolist() == [False]
