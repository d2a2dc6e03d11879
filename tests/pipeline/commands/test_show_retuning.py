"""What ``textmill retune`` prints of what it found."""

import json
from dataclasses import replace

import pytest

from textmill.pipeline.commands.retune import Amount, Retuning, RuleChange
from textmill.pipeline.commands.show_retuning import show_retuning

FOUND = Retuning(
    settings={"wörter_字.minimum": 3},
    kept_before=Amount(documents=1000, bytes=2_000_000, tokens=500_000),
    kept_after=Amount(documents=1100, bytes=2_200_000, tokens=550_000),
    rules=(
        RuleChange(
            step="wörter_字",
            rule="minimum",
            removed_before=1200,
            removed_after=1050,
            gained=Amount(documents=150, bytes=300_000, tokens=75_000),
        ),
        RuleChange(
            step="c4_quality",
            rule="min_sentences",
            removed_after=50,
            lost=Amount(documents=50, bytes=100_000, tokens=25_000),
        ),
    ),
    gained=Amount(documents=150, bytes=300_000, tokens=75_000),
    lost=Amount(documents=50, bytes=100_000, tokens=25_000),
    unknown={},
    bytes_per_token=4.0,
)


def shown(found: Retuning, capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_retuning(found, as_json=False)
    return capsys.readouterr().out.splitlines()


def test_json_holds_everything_and_names_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    show_retuning(replace(FOUND, unknown={"text": 7, "duplicate": 1500}), as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert '"step": "wörter_字"' in line  # as it stands in the recipe, not as \\u escapes
    told = json.loads(line)
    assert told["settings"] == {"wörter_字.minimum": 3}
    assert told["kept_after"] == {"documents": 1100, "bytes": 2_200_000, "tokens": 550_000}
    assert [rule["removed_after"] for rule in told["rules"]] == [1050, 50]
    assert told["cannot_know"] == 1507


def test_a_person_sees_totals_then_rules_and_that_all_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    before, after, head, first, second, all_, estimate, known = shown(FOUND, capsys)
    assert before == "kept before: 1,000 documents, 2,000,000 bytes, 500,000 tokens"
    assert after == "kept now: 1,100 documents, 2,200,000 bytes, 550,000 tokens"
    assert head.split() == ["rule", "removed", "before", "now", "gained", "bytes", "tokens", "lost", "bytes", "tokens"]
    assert first.split() == ["wörter_字.minimum", "1,200", "1,050", "150", "300,000", "75,000"]
    assert second.split() == ["c4_quality.min_sentences", "0", "50", "50", "100,000", "25,000"]
    assert len(first.rstrip()) < second.rindex(" 50 ")  # gained and lost stand in columns of their own
    assert all_.split() == ["all", "150", "300,000", "75,000", "50", "100,000", "25,000"]
    assert "4.00 bytes for each token" in estimate
    assert known == "every verdict follows from the ledger"


def test_nothing_is_estimated_where_nothing_is_gained_or_tokenised(capsys: pytest.CaptureFixture[str]) -> None:
    lost_only = replace(FOUND, gained=Amount(tokens=0))
    assert not any("estimated" in line for line in shown(lost_only, capsys))
    no_tokens = replace(FOUND, kept_before=Amount(documents=1, bytes=2), bytes_per_token=None)
    lines = shown(no_tokens, capsys)
    assert lines[0] == "kept before: 1 document, 2 bytes"
    assert not any("estimated" in line for line in lines)


def test_what_cannot_be_known_is_told_by_reason(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(replace(FOUND, rules=(), unknown={"measurement": 1500, "neighbour": 7}), capsys)
    assert not any(line.startswith("rule") for line in lines)
    assert lines[-3].startswith("1,507 verdicts cannot be known")
    assert lines[-2].split(maxsplit=1)[0] == "1,500"
    assert "lack a costly measurement" in lines[-2]
    assert lines[-1].split(maxsplit=1)[0] == "7"
    assert "compared with others than before" in lines[-1]
    assert "every verdict" not in "".join(lines)
