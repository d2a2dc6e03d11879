"""What ``textmill train quality`` does: gathers texts, learns, measures on sources left out, and writes a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import InputError
from ...version import __version__
from ..input.inputs import InputOptions
from ..recipes.definition import RecipeDefinition
from ..training.classifier_report import card_text, count_texts, measure_label, probabilities
from ..training.classifiers import FILES, FastTextSettings, LinearSettings, excludes, learn
from ..training.labelled import SPLITS, Gathered, Parted, gather, part
from ..training.sample import Sample
from ..training.sources import Source, parse_sources
from .learnt_folder import bytes_by_source, check_new, teller, whole_folder, write_text

WANTED, OTHERS = "hq", "cc"
LABELLED = "labelled"


@dataclass(frozen=True, kw_only=True)
class QualityOrder:
    """What is asked of ``textmill train quality``."""

    output: Path
    positive: Sequence[str] = ()
    negative: Sequence[str] = ()
    labelled: Sequence[str] = ()
    """Sources whose records say their labels themselves; instead of positive and negative ones."""
    label_fields: Sequence[str] = ()
    weights: Sequence[str] = ()
    form: str = "fasttext"
    cost: float = 0.3
    """Of a linear model, what an error costs."""
    recipe: RecipeDefinition | None = None
    megabytes: float = 40.0
    held_out: float = 0.2
    split_by: str = "auto"
    leave_out: Sequence[str] = ()
    about: str = ""
    reading: InputOptions


def train_quality_folder(order: QualityOrder, *, quiet: bool = False) -> dict[str, Any]:
    """Write the model, ``card.json``, ``README.md`` and ``texts.parquet``, which tells of each text its part and score.

    The folder comes to be whole or not at all. The same sources, options and library versions give the same bytes.

    Returns:
        What ``card.json`` holds.

    Raises:
        InputError: for a folder that holds something, sources that are missing or contradict each other, or too little
            text.
    """
    check_new(order.output)
    sides = _sides(order)
    tell = teller(quiet=quiet)
    gathered = gather(sides, order.label_fields, order.megabytes, order.reading, order.recipe, tell)
    lost = sum(sum(sample.lost.values()) for sample in gathered.samples.values())
    if lost:
        tell(f"left out {lost:,} records that cannot be read")
    parted = part(gathered.pieces, order.held_out, order.split_by, order.leave_out)
    labels = _labels(gathered, order)
    tell(f"learning {order.form} from {len(parted.learnt):,} texts, holding out {len(parted.held_out):,}")
    settings = FastTextSettings() if order.form == "fasttext" else LinearSettings(cost=order.cost)
    learnt = learn(parted.learnt, labels, order.about, settings)
    with whole_folder(order.output) as folder:
        model = folder / FILES[order.form]
        model.write_bytes(learnt.content)
        measured_labels = labels[:1] if excludes(gathered.pieces, labels) else labels
        tell("measuring it on sources that were left out")
        scores = probabilities(str(model), parted.held_out, measured_labels) if parted.held_out else {}
        card = {
            "about": order.about,
            "file": model.name,
            "form": order.form,
            "bytes": len(learnt.content),
            "sha256": hashlib.sha256(learnt.content).hexdigest(),
            "labels": labels,
            "exclusive": excludes(gathered.pieces, labels),
            "settings": dict(learnt.settings),
            "samples": {side: _sample(sample) for side, sample in gathered.samples.items()},
            "recipe": None if order.recipe is None else order.recipe.name,
            "removed_by_recipe": gathered.removed,
            "repeated_texts": gathered.repeated,
            "texts_learnt": count_texts(parted.learnt),
            "texts_held_out": count_texts(parted.held_out),
            "kept_together": dict(parted.by),
            "groups": {"learnt": parted.groups[0], "held_out": parted.groups[1]},
            "measured": {label: measure_label(parted.held_out, label, found) for label, found in scores.items()},
            "features": {label: dict(found) for label, found in learnt.features.items()},
            "versions": {
                "textmill": __version__,
                **({"fasttext-new": version("fasttext-new")} if order.form == "fasttext" else {}),
            },
        }
        write_text(folder / "card.json", json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        write_text(folder / "README.md", card_text(card))
        pq.write_table(_texts(parted, scores), folder / "texts.parquet")
    return card


def _sides(order: QualityOrder) -> dict[str, list[Source]]:
    if order.form not in FILES:
        raise InputError(f"no form {order.form!r}; forms are {', '.join(FILES)}")
    if order.split_by not in SPLITS:
        raise InputError(f"cannot split by {order.split_by!r}; there are {', '.join(SPLITS)}")
    if not 0 <= order.held_out < 1 or order.megabytes <= 0:
        raise InputError("--held-out must be at least 0 and below 1, and --megabytes above 0")
    if order.cost <= 0:
        raise InputError("--cost must be above 0")
    if bool(order.labelled) != bool(order.label_fields) or bool(order.positive) != bool(order.negative):
        raise InputError("give --positive and --negative sources, or --labelled ones with --label-field")
    if bool(order.labelled) == bool(order.positive):
        raise InputError("give either --positive and --negative sources, or --labelled ones with --label-field")
    given = {WANTED: order.positive, OTHERS: order.negative} if order.positive else {LABELLED: order.labelled}
    known = {
        source.label: source
        for source in parse_sources([one for side in given.values() for one in side], order.weights)
    }
    for label in order.leave_out:
        if label not in known:
            raise InputError(f"no source {label!r} to leave out; sources are {', '.join(known)}")
    return {side: [known[source.label] for source in parse_sources(paths)] for side, paths in given.items()}


def _labels(gathered: Gathered, order: QualityOrder) -> list[str]:
    """What to tell apart, the wanted label first."""
    if not order.label_fields:
        return [WANTED, OTHERS]
    found = sorted({label for piece in gathered.pieces for label in piece.labels})
    if len(found) < 2:
        raise InputError(
            f"there is nothing to tell apart: the records say {', '.join(found) or 'nothing'} in "
            f"{', '.join(order.label_fields)}"
        )
    return found


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "documents": len(sample.texts),
        "documents_available": sample.documents,
        "sha256_of_ids": sample.sha256_of_ids,
        "bytes": bytes_by_source(sample.drawn),
        "bytes_available": bytes_by_source(sample.available),
        "unreadable": dict(sample.lost),
    }


def _texts(parted: Parted, scores: Mapping[str, Any]) -> pa.Table:
    """What became of every text, so that another model can be measured on the same split; without the texts."""
    rows = [(piece, held_out) for held_out, part in ((False, parted.learnt), (True, parted.held_out)) for piece in part]
    columns: dict[str, pa.Array] = {
        "doc_id": pa.array([piece.doc_id for piece, _ in rows], pa.string()),
        "piece": pa.array([piece.number for piece, _ in rows], pa.int32()),
        "source": pa.array([piece.source for piece, _ in rows], pa.string()),
        "origin": pa.array([piece.origin for piece, _ in rows], pa.string()),
        "labels": pa.array([list(piece.labels) for piece, _ in rows], pa.list_(pa.string())),
        "held_out": pa.array([held_out for _, held_out in rows], pa.bool_()),
    }
    for label, found in scores.items():
        columns[f"score.{label}"] = pa.array([None] * len(parted.learnt) + found.tolist(), pa.float64())
    return pa.table(columns)
