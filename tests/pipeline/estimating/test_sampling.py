"""What is drawn of an input: which splits, which documents of them, and by which chance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textmill import ExactDedup
from textmill.pipeline.estimating.sampling import FEWEST_SPLITS, Sample, draw
from textmill.pipeline.input.inputs import InputOptions

FILES, DOCUMENTS = 60, 20
READING = InputOptions(split_bytes=1000)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two sources: of as many splits as files, and of one."""
    folder = tmp_path_factory.mktemp("sampling")
    for number in range(FILES):
        texts = [f"Document {number * DOCUMENTS + place} of those in {FILES} files." for place in range(DOCUMENTS)]
        (folder / f"{number:02}.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in texts))
    (folder / "small.jsonl").write_text('{"text": "Alone."}\n{"text": "Not alone."}\n')
    return [f"large={folder}/[0-9]*.jsonl", f"small={folder}/small.jsonl"]


def drawn(inputs: list[str], share: float, read_whole_bytes: int, salt: str = "a") -> Sample:
    return draw(inputs, READING, share, [], salt=salt, read_whole_bytes=read_whole_bytes)


def test_of_a_small_input_all_is_read_and_a_share_drawn(inputs: list[str]) -> None:
    sample = drawn(inputs, 0.3, 10**9)
    assert [(one.label, one.is_whole, one.documents, one.documents_share) for one in sample.strata] == [
        ("large", True, FILES * DOCUMENTS, 0.3),
        ("small", True, 2, 0.3),
    ]
    assert sample.share_read == 1
    assert 0.25 < sample.drawn.sum() / (FILES * DOCUMENTS) < 0.35
    assert drawn(inputs, 1.0, 10**9).drawn.sum() == FILES * DOCUMENTS + 2
    assert drawn(inputs, 0.0, 10**9).drawn.sum() == 0


@pytest.mark.parametrize(("share", "splits"), [(0.5, 0.5), (0.01, None)])
def test_of_a_large_input_some_splits_are_read(inputs: list[str], share: float, splits: float | None) -> None:
    """The shares of splits and of documents in them multiply to the one asked for, where there are splits enough."""
    sample = drawn(inputs, share, 0)
    large, small = sample.strata
    assert large.splits > FEWEST_SPLITS
    count = FEWEST_SPLITS if splits is None else round(large.splits * splits)
    assert (len(large.chosen), len(small.chosen)) == (count, 1)
    assert large.documents_share == pytest.approx(min(1, share * large.splits / count))
    assert (large.is_whole, small.is_whole) == (False, True)
    assert [number for number, _ in large.chosen] == sorted({number for number, _ in large.chosen})
    units = large.units(sample.split[sample.drawn], sample.drawn.astype(float))
    assert (units.drawn, units.there, units.share) == (count, large.splits, 0)
    others = drawn(inputs, share, 0, salt="b").strata[0]
    assert [number for number, _ in others.chosen] != [number for number, _ in large.chosen]


def test_partners_of_what_is_drawn_come_along(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": f"Text {number % 200}."}) + "\n" for number in range(600))
    (tmp_path / "a.jsonl").write_text(rows)
    sample = draw([str(tmp_path / "a.jsonl")], READING, 0.1, [ExactDedup()], salt="a", read_whole_bytes=10**9)
    texts = [text for batch in sample.batches for text in batch["text"].to_pylist()]
    chosen = {text for text, is_drawn in zip(texts, sample.drawn, strict=True) if is_drawn}
    assert sorted(texts) == sorted([*chosen] * 3)
    assert 20 < len(chosen) < 100
