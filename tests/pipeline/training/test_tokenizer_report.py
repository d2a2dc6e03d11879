"""What is told of a tokenizer: rates of given counts."""

import numpy as np

from textmill.pipeline.training.tokenizer_report import ROWS_SHOWN, Measured, comparison_table


def measured(name: str, languages: int = 2) -> Measured:
    found = Measured(name, 1000, bytes=3000, tokens=1000, unknown=25.0, used=np.arange(1000) < 990)
    for number in range(languages):
        counts = found.groups["language"][f"l{number:02}"]
        counts.bytes, counts.tokens = 100 * (number + 1), 50
    return found


def test_rates() -> None:
    found = measured("a")
    found.groups["source"]["b"].bytes = found.groups["source"]["a"].bytes = 7
    assert found.as_dict() == {
        **{"name": "a", "vocabulary_size": 1000, "bytes": 3000, "tokens": 1000},
        **{"bytes_per_token": 3.0, "unknown_share": 0.025, "tokens_never_used": 10},
        "bytes_per_token_by_language": {"l01": 4.0, "l00": 2.0},
        "bytes_per_token_by_source": {"a": 0.0, "b": 0.0},
        "bytes_per_token_by_kind": {},
    }
    assert list(found.as_dict()["bytes_per_token_by_language"]) == ["l01", "l00"]  # that with most text first
    assert list(found.as_dict()["bytes_per_token_by_source"]) == ["a", "b"]


def test_of_no_text_every_rate_is_zero() -> None:
    found = Measured("a", 5).as_dict()
    assert (found["bytes_per_token"], found["unknown_share"], found["tokens_never_used"]) == (0.0, 0.0, 0)


def test_a_table_has_a_column_for_each_tokenizer_and_the_languages_with_most_text() -> None:
    lines = comparison_table([measured("a", ROWS_SHOWN + 1), measured("b", ROWS_SHOWN + 1)]).split("\n")
    assert lines[:7] == [
        "|  | a | b |",
        "|---|---|---|",
        "| entries | 1,000 | 1,000 |",
        "| bytes per token | 3.000 | 3.000 |",
        "| unknown tokens | 2.5000% | 2.5000% |",
        "| entries never used | 10 | 10 |",
        "| language l20 | 42.000 | 42.000 |",
    ]
    assert len(lines) == 6 + 20 + 1
    assert lines[-2:] == ["| language l01 | 4.000 | 4.000 |", ""]
