"""Mixes that contradict themselves, and how one is written down."""

from dataclasses import replace
from typing import Any

import pytest

from textmill import RecipeError
from textmill.dedup import Rehydrate
from textmill.pipeline.mixing.definition import HeldOut, Mix, Packing, Source, Stage, check

SOURCE = Source(name="web", paths=("/data/runs/web/", "s3://b/x/*.parquet"))
STAGE = Stage(name="all", share=1.0, weights=None)
MIX = Mix(name="m", seed="s", sources=(SOURCE,), stages=(STAGE,))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"packing": Packing(length=8)}, "length and pad need a method"),
        ({"packing": Packing(pad=0)}, "length and pad need a method"),
        (
            {"packing": Packing(method="concat", length=1)},
            "concat needs length, .* of 2 or more",
        ),
        ({"packing": Packing(method="best_fit", length=2**24 + 1)}, "length 16,777,217 is more than 16,777,216"),
        ({"packing": Packing(eos=-1)}, "eos must be a token id, not -1"),
        ({"packing": Packing(method="concat", length=2, pad=2**31)}, "pad must be a token id, not 2147483648"),
        ({"held_out": HeldOut(share=0)}, "share must be between 0 and 1, not 0"),
        ({"held_out": HeldOut(share=1)}, "share must be between 0 and 1, not 1"),
        ({"tokens": 0}, "tokens must be at least 1, not 0"),
        ({"sources": (replace(SOURCE, max_epochs=0),)}, "web: max_epochs must be above 0, not 0"),
        ({"sources": (replace(SOURCE, temperature=0.9),)}, "web: temperature must be 1 or more, not 0.9"),
        ({"stages": (replace(STAGE, weights={"web": -1, "x": 2}),)}, "stage all: weights must be 0 or more"),
        ({"stages": (replace(STAGE, weights={"web": 0}),)}, "one of them above 0"),
        ({"stages": (replace(STAGE, share=0.5), replace(STAGE, share=0.49))}, "add up to 0.99, not to 1"),
    ],
)
def test_contradictions_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        check(replace(MIX, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"packing": Packing(method="concat", length=2, eos=0, pad=2**31 - 1)},
        {"packing": Packing(method="best_fit", length=2**24)},
        {"held_out": HeldOut(share=0.001)},
        {"tokens": 1},
        {"sources": (replace(SOURCE, max_epochs=0.1, temperature=1),)},
        {"stages": (replace(STAGE, weights={"web": 0, "x": 1}),)},
        {"stages": (replace(STAGE, share=1 / 3),) * 3},
    ],
)
def test_what_fits_just_so_is_taken(changed: dict[str, Any]) -> None:
    check(replace(MIX, **changed))


def test_what_is_not_given() -> None:
    assert (SOURCE.max_epochs, SOURCE.where, SOURCE.temperature, SOURCE.rehydrate) == (1.0, None, None, None)
    assert MIX.packing == Packing(method="none", length=0, eos=None, pad=None, positions=None)
    assert (MIX.tokens, MIX.held_out, MIX.shortage, STAGE.order) == (None, None, "error", None)
    assert HeldOut(share=0.1).by == "cluster"


def test_the_manifest_does_not_say_where_sources_lie() -> None:
    described = replace(MIX, sources=(replace(SOURCE, rehydrate=Rehydrate()),)).as_dict()
    (source,) = described["sources"]
    assert source["paths"] == ["web", "*.parquet"]
    assert "repeat_rows" not in source["rehydrate"]
    assert described["packing"]["method"] == "none"
    assert MIX.as_dict()["sources"][0]["rehydrate"] is None
