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


def drawn_from(of_groups: dict[str, Sums], lost: dict[str, int], name: str = "source", tokens: int = 0) -> str:
    """Groups that have lost to steps so many bytes, all of them those of the first group."""
    first = next(iter(of_groups), "")
    rules = {(step, "rule"): Sums(1, 0, 1, found, 0, found) for step, found in lost.items()}
    removed = {name: {(first, step): sums for (step, _), sums in rules.items()}}
    everything = sum(of_groups.values(), Sums()) + Sums(tokens=tokens)
    funnel = [{"step": step, "documents": 1} for step in lost] + [{"step": "idle", "documents": 0}]
    return show_flows({"funnel": funnel}, Account(everything, {name: of_groups}, rules, removed))


def told_of_text(drawn: str) -> list[str]:
    """What the ribbons of the first drawing say."""
    return re.findall("<title>(.*?)</title>", drawn.partition('class="flow flow-1"')[0])


def test_steps_that_took_little_are_together() -> None:
    groups = {"a": Sums(9, 5, 4, 1000, 990, 10), "b": Sums(1, 1, 0, 0, 0, 0)}
    assert told_of_text(drawn_from(groups, {"much": 8, "enough": 2}))[1:] == [
        "a → much: 8 bytes",
        "a → enough: 2 bytes",
    ]
    assert told_of_text(drawn_from(groups, {"much": 8, "little": 1, "as little": 1})) == [
        "a → kept: 990 bytes",
        "a → much: 8 bytes",
        "a → other steps: 2 bytes",
    ]
    for steps in (7, 8):
        lost = {f"s{number}": 10 + number for number in range(steps)}
        shown = [one.split(" → ")[1].split(":")[0] for one in told_of_text(drawn_from(groups, lost))]
        expected = list(lost) if steps == 7 else [*list(lost)[2:], "other steps"]
        assert shown == ["kept", *expected]


def test_equal_groups_stand_by_their_names_and_the_smallest_are_together() -> None:
    groups = {f"g{number}": Sums(1, 1, 0, 100, 100) for number in reversed(range(8))}
    drawn = drawn_from(groups, {})
    assert re.findall('title="(.*?)"', drawn.split("<svg")[0]) == [*(f"g{number}" for number in range(6)), "others"]
    assert told_of_text(drawn)[-1] == "others → kept: 200 bytes"
    seven = drawn_from({name: groups[name] for name in list(groups)[:7]}, {})
    assert re.findall('title="(.*?)"', seven.split("<svg")[0]) == [f"g{number}" for number in range(1, 8)]


def test_a_ribbon_that_nobody_can_see_is_left_out() -> None:
    for few, ribbons in ((100, 2), (99, 1)):  # 100 of 160,000 are 0.15 of 240 pixels
        groups = {"a": Sums(1, 1, 0, 160_000 - few, 160_000 - few), "b": Sums(1, 1, 0, few, few)}
        assert len(told_of_text(drawn_from(groups, {}))) == ribbons


def test_a_long_name_loses_its_middle() -> None:
    name = "abcdefghijklmnopqrstuvwxyz012345"
    drawn = drawn_from({name: Sums(1, 1, 0, 2, 2), f"{name}6": Sums(1, 1, 0, 1, 1)}, {})
    assert re.findall("<b>(.*?)</b>", drawn.split("<svg")[0]) == [name, "abcdefghijklmno…rstuvwxyz0123456"]


def test_one_kind_is_drawn_where_nothing_else_is() -> None:
    one = {"only": Sums(2, 1, 1, 10, 5, 5)}
    assert drawn_from(one, {"s": 5}, "source") == drawn_from(one, {"s": 5}, "language") == ""
    kind = drawn_from(one, {"s": 5}, "kind")
    assert re.findall("<h3>(.*?)</h3>", kind) == ["by kind"]
    assert re.findall('<label for="flow-(.)">(.*?)</label>', kind) == [("0", "text"), ("1", "documents")]
    assert re.findall("<input[^>]*>", kind) == [
        '<input type="radio" name="flow" id="flow-0" checked>',
        '<input type="radio" name="flow" id="flow-1">',
    ]
    with_tokens = drawn_from(one, {"s": 5}, "kind", tokens=1)
    assert re.findall("<label[^>]*>(.*?)</label>", with_tokens) == ["text", "documents", "tokens, about"]
    two = {"a": Sums(1, 1, 0, 0, 0), "b": Sums(1, 1, 0, 0, 0)}
    assert re.findall('class="flow (.*?)"', drawn_from(two, {})) == ["flow-1"]  # of no bytes there is nothing to draw
    both = Account(sum(two.values(), Sums()), {"source": two, "kind": one}, {}, {})
    assert re.findall("<h3>(.*?)</h3>", show_flows({"funnel": []}, both)) == ["by input"]
