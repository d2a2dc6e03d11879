"""A lot for each document, in place of a random number."""

import pytest

from textmill.filters.base import draw as module
from textmill.filters.base.draw import draw


def test_lots_are_spread_evenly_and_never_change() -> None:
    lots = sorted(draw(f"{number:032x}", "salt") for number in range(10_000))
    assert 0 < lots[0] < 0.001
    assert 0.999 < lots[-1] <= 1
    assert all(abs(lot - number / 10_000) < 0.02 for number, lot in enumerate(lots))
    assert draw("0" * 32, "salt") == draw("0" * 32, "salt")


def test_another_salt_gives_another_lot() -> None:
    pairs = [(draw(f"{number:032x}", "a"), draw(f"{number:032x}", "b")) for number in range(4000)]
    assert abs(sum(first < 0.5 and second < 0.5 for first, second in pairs) / 4000 - 0.25) < 0.03
    assert draw("bc", "a") != draw("c", "ab")


@pytest.mark.parametrize(("hashed", "lot"), [(0, 2.0**-52), (2**64 - 1, 1.0), (2**63, 0.5 + 2.0**-52)])
def test_no_lot_is_zero_and_the_last_is_one(monkeypatch: pytest.MonkeyPatch, hashed: int, lot: float) -> None:
    monkeypatch.setattr(module.xxhash, "xxh3_64_intdigest", lambda told: hashed)
    assert draw("x", "y") == lot
