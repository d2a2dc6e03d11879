"""What is told of a tokenizer: rates of given counts."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from textmill.pipeline.training.sources import SCHEMA
from textmill.pipeline.training.tokenizer_report import ROWS_SHOWN, Measured, comparison_table, measure


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


def tokenizer(path: Path, *words: str) -> str:
    """A tokenizer of whole words, which gives 0 to all others and decodes with blanks between."""
    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(("<unk>", *words))}, "<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(path))
    return str(path)


def test_every_text_is_encoded_by_each_and_decoded_by_the_new_one(tmp_path: Path) -> None:
    def batch(*rows: tuple[str, str, str]) -> pa.RecordBatch:
        texts, languages, sources = zip(*rows, strict=True)
        columns = {"text": texts, "language": languages, "source": sources}
        given = [pa.array(columns.get(field.name, ["web"] * len(rows)), field.type) for field in SCHEMA]
        return pa.RecordBatch.from_arrays(given, schema=SCHEMA)

    batches = [
        batch(("mill é", "en", "a"), ("the mill", "en", "b"), ("", "und", "b")),
        batch(("mill  river", "de", "a"), ("the", "en", "a")),
    ]
    ours = tokenizer(tmp_path / "ours.json", "mill", "river", "the", "unused")
    other = tokenizer(tmp_path / "other.json", "é")
    mine, theirs = measure(batches, Path(ours), [other])
    assert (mine.name, theirs.name) == ("this one", other)
    assert (mine.texts, mine.not_exact) == (5, 2)  # "é" is unknown, and two blanks are one
    assert (theirs.texts, theirs.not_exact) == (0, 0)
    assert mine.as_dict() == {
        **{"name": "this one", "vocabulary_size": 5, "bytes": 29, "tokens": 7, "bytes_per_token": 29 / 7},
        **{"unknown_share": pytest.approx(1 / 7), "tokens_never_used": 1},
        "bytes_per_token_by_language": {"en": 18 / 5, "de": 11 / 2, "und": 0.0},
        "bytes_per_token_by_source": {"a": 21 / 5, "b": 8 / 2},
        "bytes_per_token_by_kind": {"web": 29 / 7},
    }
    found = theirs.as_dict()
    assert (found["bytes"], found["tokens"], found["tokens_never_used"]) == (29, 7, 0)
    assert found["unknown_share"] == pytest.approx(6 / 7)
    assert [*mine.as_dict()["bytes_per_token_by_language"]] == ["en", "de", "und"]
