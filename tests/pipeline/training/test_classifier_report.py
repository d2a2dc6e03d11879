"""How well a classifier does: areas, precision, thresholds, and the card that tells them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textmill.pipeline.training.classifier_report import (
    BATCH,
    area,
    card_text,
    count_texts,
    measure_label,
    probabilities,
)
from textmill.pipeline.training.classifiers import FastTextSettings, learn
from textmill.pipeline.training.labelled import Piece

SHARES = ("0.01", "0.05", "0.1", "0.2", "0.5")


def piece(number: int, source: str, *labels: str, text: str = "t") -> Piece:
    return Piece(f"{source}{number}", 0, text, source, f"{source}/a", None, labels)


GOOD = [piece(number, "books" if number < 3 else "forum", "hq") for number in range(5)]
BAD = [piece(number, "crawl", "cc") for number in range(10)]
SCORES = np.array([0.95, 0.8, 0.8, 0.7, 0.35, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.1, 0.05])
MEASURED = {
    "texts": {"wanted": 5, "others": 10},
    "auc": 0.8,
    # Text by text from the best score on, one of five good ones weighing as much as two of the ten others.
    "precision_at_kept_share": dict(zip(SHARES, (1.0, 1.0, 1.0, 0.8, 0.8), strict=True)),
    "min_score_that_keeps_share_of_others": dict(zip(SHARES, (0.891, 0.855, 0.81, 0.64, 0.35), strict=True)),
    "by_source": {
        "books": {"texts": 3, "auc": 0.9, "median_score": 0.8},
        "crawl": {"texts": 10, "auc": 0.8, "median_score": 0.35},
        "forum": {"texts": 2, "auc": 0.65, "median_score": 0.525},
    },
}


def test_the_area_is_the_share_of_pairs_in_the_right_order_ties_by_half() -> None:
    truth = np.array([True, True, False, False, False])
    assert area(truth, np.array([0.9, 0.4, 0.4, 0.1, 0.8])) == 0.75  # 3 and 1.5 of 6
    assert area(truth, np.array([3.0, 3.0, 1.0, 2.0, 0.0])) == 1.0
    assert area(truth, np.array([0.0, 0.0, 1.0, 1.0, 1.0])) == 0.0
    assert area(np.array([True, False, False, False]), np.array([2.0, 1.0, 3.0, 4.0])) == 0.3333
    assert area(np.array([True]), np.array([2.0])) is None
    assert area(np.array([False]), np.array([2.0])) is None


def test_what_is_measured_of_a_label() -> None:
    assert measure_label([*GOOD, *BAD], "hq", SCORES) == MEASURED
    assert list(MEASURED["by_source"]) == sorted(MEASURED["by_source"])  # type: ignore[call-overload,arg-type]


def test_what_is_measured_where_one_side_is_missing() -> None:
    assert measure_label(GOOD, "hq", SCORES[:5]) == {
        "texts": {"wanted": 5, "others": 0},
        "auc": None,
        "precision_at_kept_share": dict.fromkeys(SHARES, 1.0),
        "min_score_that_keeps_share_of_others": {},
        "by_source": {
            "books": {"texts": 3, "auc": None, "median_score": 0.8},
            "forum": {"texts": 2, "auc": None, "median_score": 0.525},
        },
    }
    assert measure_label(BAD, "hq", SCORES[5:]) == {
        "texts": {"wanted": 0, "others": 10},
        "auc": None,
        "precision_at_kept_share": dict.fromkeys(SHARES, 0.0),
        "min_score_that_keeps_share_of_others": MEASURED["min_score_that_keeps_share_of_others"],
        "by_source": {"crawl": {"texts": 10, "auc": None, "median_score": 0.35}},
    }


def test_a_source_of_both_sides_is_measured_against_the_wanted_ones() -> None:
    mixed = [piece(0, "both", "hq"), piece(1, "both", "cc"), piece(2, "crawl", "cc"), piece(3, "books", "hq")]
    assert measure_label(mixed, "hq", np.array([0.6, 0.7, 0.2, 0.3]))["by_source"] == {
        "books": {"texts": 1, "auc": 0.5, "median_score": 0.3},
        "both": {"texts": 2, "auc": 0.0, "median_score": 0.65},
        "crawl": {"texts": 1, "auc": 1.0, "median_score": 0.2},
    }


def test_texts_are_counted_by_label_and_source() -> None:
    assert count_texts([*GOOD, *BAD, piece(9, "crawl", "hq", "cc")]) == {
        "cc": {"crawl": 11},
        "hq": {"books": 3, "crawl": 1, "forum": 2},
    }


CARD = {
    **{"exclusive": True, "labels": ["hq", "cc"], "file": "model.bin", "bytes": 1234567, "form": "linear"},
    **{"versions": {"textmill": "9.9"}, "about": "Learnt of mills."},
    "texts_learnt": {"hq": {"books": 1200, "forum": 3}, "cc": {"crawl": 40}},
    "texts_held_out": {"hq": {"books": 5, "late": 1000}, "zz": {"crawl": 4}},
    "measured": {"hq": MEASURED},
    "groups": {"held_out": 1005, "learnt": 2000},
    "kept_together": {"books": "file", "forum": "document", "crawl": "file"},
    "features": {
        "hq": {"for": [(f"w{number}", 2.5 - number / 10) for number in range(13)], "against": [("a\n`b", -1.234)]}
    },
}

TOLD = """\
# A classifier of hq and cc

`model.bin`, 1,234,567 bytes, form: linear. Trained by textmill 9.9; `card.json` has every setting and number.

Learnt of mills.

## Learnt from

| label | source | texts learnt from | texts held out |
|---|---|--:|--:|
| cc | crawl | 40 | 0 |
| hq | books | 1,200 | 5 |
| hq | forum | 3 | 0 |
| hq | late | 0 | 1,000 |
| zz | crawl | 0 | 4 |

What is measured below is of 1,005 groups (document, file), none of which was learnt from; 2,000 were. \
Long texts are in pieces. Texts kept together by `document` share their sources with what was learnt.

## hq

AUC 0.8000 on 5 texts with the label and 10 without.

| kept of all, both sides weighing the same | 1% | 5% | 10% | 20% | 50% |
| --- | --: | --: | --: | --: | --: |
| precision | 1.000 | 1.000 | 1.000 | 0.800 | 0.800 |
| score that keeps this share of the others | 0.891 | 0.855 | 0.810 | 0.640 | 0.350 |

| source | texts | AUC against the other side | median score |
| --- | --: | --: | --: |
| books | 3 | 0.9 | 0.8 |
| crawl | 10 | 0.8 | 0.35 |
| forum | 2 | 0.65 | 0.525 |

What speaks for it most: `w0` +2.50, `w1` +2.40, `w2` +2.30, `w3` +2.20, `w4` +2.10, `w5` +2.00, `w6` +1.90, \
`w7` +1.80, `w8` +1.70, `w9` +1.60, `w10` +1.50, `w11` +1.40

What speaks against it most: `a\u21b5\u02cbb` -1.23


## Use it

```yaml
- fasttext_classifier:
    model: model.bin
    label: hq
    min_score: 0.81  # keeps a tenth of the texts that are cc
```
"""


def test_the_card_tells_it_all() -> None:
    assert card_text(CARD) == TOLD


def test_the_card_of_several_labels_without_anything_held_out() -> None:
    several = {**CARD, "exclusive": False, "labels": ["hq", "cc", "zz"], "about": "", "measured": {}}
    assert (
        card_text({**several, "texts_held_out": {}, "features": {"cc": {}}})
        == """\
# A classifier of 3 labels

`model.bin`, 1,234,567 bytes, form: linear. Trained by textmill 9.9; `card.json` has every setting and number.

## Learnt from

| label | source | texts learnt from | texts held out |
|---|---|--:|--:|
| cc | crawl | 40 | 0 |
| hq | books | 1,200 | 0 |
| hq | forum | 3 | 0 |
## cc

Nothing was held out, so nothing was measured.



## Use it

```yaml
- fasttext_classifier:
    model: model.bin
    labels: [hq, cc, zz]
```
"""
    )


def test_the_card_where_there_is_no_threshold_or_area_to_tell() -> None:
    assert card_text({**CARD, "measured": {}, "features": {}}).endswith("    min_score: 0.5  # more hq than cc\n```\n")
    alone = {"hq": measure_label(GOOD, "hq", SCORES[:5])}
    told = card_text({**CARD, "measured": alone, "labels": ["zz", "hq"], "kept_together": {"a": "site"}})
    assert " groups (site), none of which was learnt from; 2,000 were. Long texts are in pieces.\n\n" in told
    assert "\nAUC not to be had on 5 texts with the label and 0 without.\n" in told
    assert "\n| books | 3 |  | 0.8 |\n" in told


def test_probabilities_are_those_that_a_recipe_would_measure(tmp_path: Path) -> None:
    pytest.importorskip("fasttext_new", reason="needs fastText")
    good = [piece(number, "a", "hq", text=f"the mill by the river {number % 7}") for number in range(60)]
    bad = [piece(number, "b", "cc", text=f"buy cheap pills online {number % 7}") for number in range(60)]
    learnt = learn([*good, *bad], ["hq", "cc"], "", FastTextSettings(quantised=False, dim=4, epoch=5, bucket=1000))
    (tmp_path / "model.bin").write_bytes(learnt.content)
    asked = [*good[:2], *bad[:1]] * (BATCH // 3 + 1)  # more than one batch
    found = probabilities(str(tmp_path / "model.bin"), asked, ["hq", "cc"])
    assert list(found) == ["hq", "cc"]
    assert {len(scores) for scores in found.values()} == {len(asked)}
    assert found["hq"][:3].tolist() == found["hq"][-3:].tolist()
    assert (found["hq"] > 0.5).tolist() == [True, True, False] * (BATCH // 3 + 1)
    assert np.allclose(found["hq"] + found["cc"], 1, atol=1e-4)
