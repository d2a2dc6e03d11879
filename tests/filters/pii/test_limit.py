"""Documents full of personal data: as many pieces as a limit says stay, and one more goes."""

import pyarrow as pa
import pytest

from textmill import PIIQuality, Recipe, ScrubPII
from textmill.filters.base.batch import make_batch

KINDS = (
    *("emails", "ip_addresses", "phones", "cards", "secrets", "ibans", "ssns", "national_ids", "passports", "imeis"),
    *("macs", "wallets", "addresses", "names"),
)


def with_counts(**counts: list[int | None]) -> pa.RecordBatch:
    (rows,) = {len(column) for column in counts.values()}
    batch = make_batch(["text"] * rows)
    for name, column in counts.items():
        batch = batch.append_column(f"pii.{name}", pa.array(column, pa.int64()))
    return batch


def failed(step: PIIQuality, batch: pa.RecordBatch) -> dict[str, list[bool]]:
    taken = step.measure(batch)
    return {rule.name: rule.fails(taken[rule.measurement]).tolist() for rule in step.rules}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_limit_of_its_own(kind: str) -> None:
    step = PIIQuality(max_replacements=None, **{f"max_{kind}": 2})
    assert failed(step, with_counts(**{kind: [0, 2, 3, None]})) == {f"max_{kind}": [False, False, True, False]}
    (other,) = {"emails", "names"} - {kind} if kind in ("emails", "names") else {"emails"}
    assert failed(step, with_counts(**{other: [9]})) == {f"max_{kind}": [False]}


def test_more_than_five_of_all_kinds_together_are_too_many_as_in_dolma() -> None:
    counts = with_counts(emails=[2, 3, 6, None, None], phones=[3, 3, None, 5, None], names=[0, 0, 0, None, None])
    assert failed(PIIQuality(), counts) == {"max_replacements": [False, True, True, False, False]}
    assert PIIQuality().measure(counts)["pii.replacements"].to_pylist() == [5, 6, 6, 5, None]


def test_every_kind_has_a_measurement_that_is_declared() -> None:
    found = PIIQuality().measure(with_counts(phones=[4, None]))
    assert {name: column.type for name, column in found.items()} == dict(PIIQuality.measurements)
    assert set(found) == {"pii.replacements", *(f"pii_quality.{kind}" for kind in KINDS)}
    assert found["pii_quality.phones"].to_pylist() == [4, None]
    assert found["pii_quality.emails"].to_pylist() == [None, None]
    assert PIIQuality.reads == {f"pii.{kind}": "scrub_pii" for kind in KINDS}


def test_no_limit_but_that_of_all_kinds_unless_said() -> None:
    assert [(rule.name, rule.maximum) for rule in PIIQuality().rules] == [("max_replacements", 5)]
    assert PIIQuality(max_replacements=None).rules == ()
    assert PIIQuality(max_macs=0).rules[1].maximum == 0


def test_how_reasons_and_columns_are_called() -> None:
    assert PIIQuality.name == "pii_quality"
    text = "Write to " + ", ".join(f"anna{number}@example.org" for number in range(6))
    cleaned = Recipe("r", [ScrubPII(), PIIQuality()]).clean(text)
    assert cleaned.removed_by == "pii_quality.max_replacements"
