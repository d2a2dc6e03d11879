"""The data card of runs of all kinds, sentence by sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from textmill.pipeline.output.data_card import _card, describe, shard_glob, write_data_card
from textmill.pipeline.output.replaced import Replaced

from .made_up_run import write


def manifest_of(**changed: Any) -> dict[str, Any]:
    """The smallest manifest that a card can be written from."""
    return {
        **{"textmill": "1.0", "tokenizer": None, "removed": [], "funnel": [], "shards": [{}, {}], "inputs": [{}]},
        "recipe": {"name": "r", "sha256": "f" * 64, "steps": []},
        "totals": {"read": 1000, "kept": 1000, "removed": 0, "quarantined": 0, "bytes_written": 2500, "tokens": 7},
        **changed,
    }


def card(
    languages: list[tuple[str, int]] = [],  # noqa: B006  (nobody changes it)
    replaced: list[Replaced] = [],  # noqa: B006
    **changed: Any,
) -> str:
    return "\n".join(_card(manifest_of(**changed), languages, replaced, []))


def test_what_the_output_is_in_two_sentences() -> None:
    made = f"Made with textmill 1.0 by the recipe `r` (sha256 `{'f' * 16}…`) from 1,000 documents in 1 input file."
    assert describe(manifest_of()) == f"1,000 documents, 2.5 kB of text, in 2 Parquet shards. {made}"
    copied = manifest_of()["totals"] | {"copies": 1500, "tokens_of_copies": 9}
    assert describe(manifest_of(totals=copied, shards=[{}], inputs=[])) == (
        "1,000 documents and 1,500 copies (column `repeats`), 2.5 kB of text, in 1 Parquet shard. "
        f"{made.replace('1 input file', '0 input files')}"
    )


@pytest.mark.parametrize(
    ("kept", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (10**4, "10K<n<100K"),
        (10**5, "100K<n<1M"),
        (10**6, "1M<n<10M"),
        (10**7, "10M<n<100M"),
        (10**8, "100M<n<1B"),
        (10**9, "1B<n<10B"),
        (10**11 - 1, "10B<n<100B"),
        (10**11, "100B<n<1T"),
        (10**12 - 1, "100B<n<1T"),
        (10**12, "n>1T"),
    ],
)
def test_the_size_is_named_as_hubs_name_it(kept: int, category: str) -> None:
    head = yaml.safe_load(card(totals=manifest_of()["totals"] | {"kept": kept}).split("---\n")[1])
    assert head["size_categories"] == [category]


def test_rare_languages_and_labels_that_are_no_codes_are_left_out_of_the_head() -> None:
    listed = [("en", 900), ("fra", 10), ("de", 9), ("zh-Hant", 500), ("x", 500), ("abcd", 500)]
    text = card(listed)
    assert yaml.safe_load(text.split("---\n")[1])["language"] == ["en", "fra"]
    assert "Languages: en 90.0 %, fra 1.0 %, de 0.9 %, zh-Hant 50.0 %, x 50.0 %, abcd 50.0 %.\n" in text
    many = [(f"l{number:02d}", 5) for number in range(21)]
    (told,) = re.findall(r"Languages: (.*)\.\n", card(many))
    assert (told.count("%"), told[-9:]) == (20, "l19 0.5 %")
    assert "language" not in yaml.safe_load(card().split("---\n")[1])
    assert "Languages" not in card()


def test_what_was_replaced_is_one_sentence() -> None:
    found = [Replaced("e<mail", "<E>", 2, 3000), Replaced("ip", "<I>", 1, 1)]
    told = "Personal data replaced, by kind and number of documents: 3,000 e&lt;mail in 2, 1 ip in 1.\n"
    assert told in card(replaced=found)


def test_partitioned_shards_are_found() -> None:
    recipe = {**manifest_of()["recipe"], "partition": ["language", "k`ey"]}
    told = card(recipe=recipe)
    assert "Shards lie in folders `shards/language=…/k'ey=…/`; they have language and k'ey as columns too.\n" in told
    assert shard_glob(manifest_of(recipe=recipe)) == "shards/**/*.parquet"
    assert told.count("shards/**/*.parquet") == 3
    assert "Shards lie" not in card()


@pytest.mark.parametrize(
    ("options", "what", "quoted", "published"),
    [
        ({"keep_removed": True}, "Every removed document", ", and quoted in `report.html`,", "neither"),
        ({"keep_removed": False}, "A sample of the removed documents", ", and quoted in `report.html`,", "neither"),
        ({"keep_removed": True, "samples": 0}, "Every removed document", "", "none of it"),
        ({}, "Every removed document", ", and quoted in `report.html`,", "neither"),
    ],
)
def test_whose_text_is_beside_the_shards_is_told(
    options: dict[str, Any], what: str, quoted: str, published: str
) -> None:
    (told,) = re.findall(r"\n(.*is in `removed/`.*)\n", card(removed=[{"rows": 1}], options=options))
    assert told == (
        f"{what} is in `removed/`{quoted} with its text as it was when a rule removed it: personal data and secrets "
        f"in it were perhaps not replaced. `textmill push` publishes {published} unless told to."
    )
    assert "removed/" not in card(options=options)


def test_names_do_not_break_the_table() -> None:
    row = {"step": "a|b", "rule": "<c>\n`d`", "documents": 1500}
    assert "| a\\|b | &lt;c> 'd' | 1,500 | 150.0 % |" in card(funnel=[row, {**row, "documents": 0}]).split("\n")
    assert card(funnel=[row, {**row, "documents": 0}]).count("a\\|b") == 1


def test_judgements_of_kept_documents_stand_by_their_number(tmp_path: Path) -> None:
    text = Path(write_data_card(str(tmp_path), write(tmp_path))).read_text("utf-8")
    told = "by a word list alone 40.0 %, by a model 20.0 %, not judged 20.0 %, not measured 20.0 %"
    assert f"Toxicity judged: {told}.\n" in text


def test_without_languages_in_the_shards_none_is_told(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    path = tmp_path / "shards" / "part-0.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["language"]), path)
    assert "anguage" not in Path(write_data_card(str(tmp_path), manifest)).read_text("utf-8").split("## What")[0]
