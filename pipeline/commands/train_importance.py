"""What ``textmill train importance`` does: samples two corpora, learns, measures, and writes a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...filters.models.importance_model import FEWEST_BUCKETS, MOST_BUCKETS, write_ratios
from ...version import __version__
from ..input.inputs import InputOptions
from ..training.importance import LearntImportance, learn_importance
from ..training.sample import Sample, draw_sample
from ..training.sources import parse_sources
from .learnt_folder import bytes_by_source, check_new, teller, whole_folder, write_text

SALT = "importance"
MODEL = "importance.bin"


@dataclass(frozen=True, kw_only=True)
class ImportanceOrder:
    """What is asked of ``textmill train importance``."""

    target: Sequence[str]
    raw: Sequence[str]
    output: Path
    weights: Sequence[str] = ()
    megabytes: float = 200.0
    buckets: int = 10_000
    reading: InputOptions


def train_importance_folder(order: ImportanceOrder, *, quiet: bool = False) -> dict[str, Any]:
    """Write ``importance.bin``, ``report.json`` and a card into a folder that comes to be whole or not at all.

    Returns:
        What ``report.json`` holds.

    Raises:
        InputError: for a folder that holds something, missing sources, or corpora without text.
    """
    check_new(order.output)
    if order.megabytes <= 0:
        raise InputError("--megabytes must be above 0")
    if not FEWEST_BUCKETS <= order.buckets <= MOST_BUCKETS:
        raise InputError(f"--buckets {order.buckets} is not between {FEWEST_BUCKETS} and {MOST_BUCKETS}")
    tell = teller(quiet=quiet)
    samples = []
    for name, given, weights in (("--target", order.target, order.weights), ("--raw", order.raw, ())):
        if not given:
            raise InputError(f"there is no {name}; name finished runs, folders or files")
        sample = draw_sample(parse_sources(given, weights), order.megabytes, order.reading, salt=SALT, tell=tell)
        if sample.lost:
            lost = ", ".join(f"{count} {error}" for error, count in sample.lost.items())
            tell(f"left out what cannot be read in {name}: {lost}")
        samples.append(sample)
    target, raw = samples
    if target.sha256_of_ids == raw.sha256_of_ids:
        raise InputError("--target and --raw hold the same documents, so that there is nothing to learn")
    learnt = learn_importance(target, raw, order.buckets)
    report = _report(order, target, raw, learnt)
    with whole_folder(order.output) as folder:
        write_ratios(folder / MODEL, learnt.ratios)
        write_text(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        write_text(folder / "README.md", _card(report))
    return report


def _report(order: ImportanceOrder, target: Sample, raw: Sample, learnt: LearntImportance) -> dict[str, Any]:
    return {
        "buckets": order.buckets,
        "megabytes_wanted": order.megabytes,
        "target": _side(target, learnt.texts[0], learnt.words[0]),
        "raw": _side(raw, learnt.texts[1], learnt.words[1]),
        "held_out": {"target": learnt.held_out[0], "raw": learnt.held_out[1], "auc": learnt.auc},
        "divergence": learnt.divergence,
        "words_for_target": learnt.for_target,
        "words_for_raw": learnt.for_raw,
        "versions": {"textmill": __version__},
    }


def _side(sample: Sample, learnt: int, words: int) -> dict[str, Any]:
    return {
        "documents_available": sample.documents,
        "documents_learnt_from": learnt,
        "words_learnt_from": words,
        "sha256_of_ids": sample.sha256_of_ids,
        "bytes": bytes_by_source(sample.drawn),
        "bytes_available": bytes_by_source(sample.available),
        "unreadable": dict(sample.lost),
    }


def _card(report: Mapping[str, Any]) -> str:
    rows = "".join(
        f"| {side} | {source} | {size / 1e6:,.2f} |\n"
        for side in ("target", "raw")
        for source, size in report[side]["bytes"].items()
    )
    held = report["held_out"]
    measured = (
        f"Of {held['target']:,} target and {held['raw']:,} raw texts that it has not learnt from, one of the target "
        f"weighs more a word than one of the raw corpus in {held['auc']:.1%} of all pairs."
        if held["auc"] is not None
        else "There were too few texts to keep some for measuring."
    )
    return (
        f"# Importance of texts for a target corpus\n\n"
        f"Logarithms of frequency in the target over frequency in the raw corpus, of words and pairs of words hashed "
        f"to {report['buckets']:,} buckets (DSIR, Xie et al. 2023). Trained by textmill "
        f"{report['versions']['textmill']}; `report.json` has every number. In a recipe:\n\n"
        f"    - importance: {{model: {MODEL}}}\n\n"
        f"## Learnt from\n\n| side | source | MB |\n|---|---|---|\n{rows}\n"
        f"{report['target']['words_learnt_from']:,} words of the target, {report['raw']['words_learnt_from']:,} of the "
        "raw corpus; a tenth of the texts of each was kept for measuring.\n\n"
        f"## Measured\n\n{measured} The two differ by {report['divergence']:.3f} nats for each word or pair "
        "(Kullback-Leibler divergence).\n\n"
        "It weighs by words alone: it tells nothing of order beyond pairs, of truth, or of quality that the target "
        "does not have.\n\n"
        f"## Learnt\n\nFor the target: {', '.join(report['words_for_target']) or 'no word'}.\n\n"
        f"Against it: {', '.join(report['words_for_raw']) or 'no word'}.\n"
    )
