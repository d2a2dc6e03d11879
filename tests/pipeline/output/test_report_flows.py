"""The drawing of what came in and what became of it: every document, byte and token stands in it once."""

import re
from pathlib import Path

from textmill.pipeline.files.tables import open_tables
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.report_account import Account, Sums, take_account
from textmill.pipeline.output.report_flows import KEPT_HERE, MOST_GROUPS, MOST_STEPS, OTHERS, _matrix, show_flows

STEPS = [f"step{number}" for number in range(12)]


def account(groups: int) -> Account:
    """Groups of very different sizes, each of which loses something at every step."""
    by, removed, rules = {}, {}, {step: Sums() for step in STEPS}
    for group in range(groups):
        kept = Sums(0, group + 1, 0, 0, 100 * 2**group, 0, 10 * 2**group)
        lost = {step: Sums(7, 0, 7, (30 + at) * 2**group, 0, (30 + at) * 2**group) for at, step in enumerate(STEPS)}
        gone = sum(lost.values(), Sums())
        by[f"g{group}"] = Sums(kept.kept + gone.removed, kept.kept, gone.removed, kept.bytes_kept + gone.bytes_removed)
        by[f"g{group}"] += Sums(0, 0, 0, 0, kept.bytes_kept, gone.bytes_removed, kept.tokens)
        for step, sums in lost.items():
            removed[f"g{group}", step] = sums
            rules[step] += sums
    everything = sum(by.values(), Sums())
    return Account(
        everything, {"source": by}, {(step, "rule"): sums for step, sums in rules.items()}, {"source": removed}
    )


def test_large_groups_and_steps_have_their_own_place_and_the_rest_is_together() -> None:
    for groups in (1, MOST_GROUPS, MOST_GROUPS + 5):
        counted = account(groups)
        matrix = _matrix(counted, "source", STEPS)
        lefts, rights = (list(dict.fromkeys(ends[side] for ends in matrix)) for side in (0, 1))
        assert len(lefts) == min(groups, MOST_GROUPS)
        assert (lefts[-1] == OTHERS) is (groups > MOST_GROUPS)
        assert rights == [KEPT_HERE, *STEPS[-MOST_STEPS + 1 :], "other steps"]
        kept = sum(sums.kept for ends, sums in matrix.items() if ends[1] == KEPT_HERE)
        removed = [sums for ends, sums in matrix.items() if ends[1] != KEPT_HERE]
        assert kept == counted.all.kept
        assert sum(sums.removed for sums in removed) == counted.all.removed
        assert sum(sums.bytes_removed for sums in removed) == counted.all.bytes_removed


def test_a_run_is_drawn_with_its_numbers(output: Path) -> None:
    manifest = read_manifest(str(output))
    with open_tables(str(output), manifest, ["ledger"]) as tables:
        drawn = show_flows(manifest, take_account(tables, [row["source"] for row in manifest["inputs"]]))
    told = re.findall(r"<title>(.*?)</title>", drawn)
    assert sum(int(one.rsplit(": ", 1)[1]) for one in told if re.search(r"web → \S+: \d+$", one)) > 0
    assert "web → kept: 3" in told or "web → kept: 2" in told
    assert any(re.fullmatch(r"web → exact_dedup: \d+ bytes", one) for one in told)
    assert drawn.count('type="radio"') == len(re.findall(r'<label for="flow-\d">', drawn)) == 3


def test_nothing_read_draws_nothing() -> None:
    assert show_flows({"funnel": []}, Account()) == ""
