"""How well a classifier does on texts of sources that it has not seen, and the card that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from ...filters.base.batch import make_batch
from ...filters.fasttext_classifier import FastTextClassifier
from ...filters.kernels.machine.buffers import Bools, Floats
from .labelled import Piece, signs_of

KEPT_SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
BATCH = 500
SHOWN = 12


def probabilities(path: str, pieces: Sequence[Piece], labels: Sequence[str]) -> dict[str, Floats]:
    """The probability of each label for each piece, as the step of a recipe measures it."""
    found: dict[str, list[pa.Array]] = {label: [] for label in labels}
    step = FastTextClassifier(model=path, labels=tuple(labels))
    for start in range(0, len(pieces), BATCH):
        measured = step.measure(make_batch([piece.text for piece in pieces[start : start + BATCH]]))
        for label in labels:
            found[label].append(measured[f"{step.name}.label.{label}"])
    return {label: pa.chunked_array(chunks, pa.float64()).to_numpy() for label, chunks in found.items()}


def area(truth: Bools, scores: Floats) -> float | None:
    """Area under the ROC curve: how often a wanted text scores above another, ties by half. None without either."""
    wanted = int(truth.sum())
    others = len(truth) - wanted
    if not wanted or not others:
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return round(float((ranks[truth].sum() - wanted * (wanted + 1) / 2) / (wanted * others)), 4)


def measure_label(pieces: Sequence[Piece], label: str, scores: Floats) -> dict[str, Any]:
    """Area under the curve, in all and by source, precision where a share is kept, and thresholds for shares of others.

    Texts of both sides weigh as much together, so that precision does not tell how many of each there happen to be.
    """
    truth = signs_of(pieces, label) > 0
    weights = np.where(truth, 0.5 / max(truth.sum(), 1), 0.5 / max((~truth).sum(), 1))
    order = np.argsort(-scores, kind="stable")
    kept = np.cumsum(weights[order])
    right = np.cumsum((weights * truth)[order])
    precision = {}
    for share in KEPT_SHARES:
        last = min(int(np.searchsorted(kept, share)), len(order) - 1)
        precision[f"{share:g}"] = round(float(right[last] / kept[last]), 4)
    others = np.sort(scores[~truth])
    sources = np.array([piece.source for piece in pieces])
    by_source = {}
    for source in sorted(set(sources.tolist())):
        own = sources == source
        # Texts of this source against all of the other side.
        chosen = own | (~truth if truth[own].all() else truth)
        by_source[source] = {
            "texts": int(own.sum()),
            "auc": area(truth[chosen], scores[chosen]),
            "median_score": round(float(np.median(scores[own])), 4),
        }
    return {
        "texts": {"wanted": int(truth.sum()), "others": int((~truth).sum())},
        "auc": area(truth, scores),
        "precision_at_kept_share": precision,
        "min_score_that_keeps_share_of_others": {
            f"{share:g}": round(float(np.quantile(others, 1 - share)), 4) for share in KEPT_SHARES if len(others)
        },
        "by_source": by_source,
    }


def count_texts(pieces: Sequence[Piece]) -> dict[str, dict[str, int]]:
    """Texts by label and source."""
    counts = Counter((label, piece.source) for piece in pieces for label in piece.labels)
    found: dict[str, dict[str, int]] = {}
    for (label, source), count in sorted(counts.items()):
        found.setdefault(label, {})[source] = count
    return found


def card_text(card: Mapping[str, Any]) -> str:
    """The model card in Markdown."""
    binary = card["exclusive"]
    told = " and ".join(card["labels"]) if binary else f"{len(card['labels'])} labels"
    lines = [
        f"# A classifier of {told}\n",
        f"`{card['file']}`, {card['bytes']:,} bytes, form: {card['form']}. Trained by textmill "
        f"{card['versions']['textmill']}; `card.json` has every setting and number.\n",
        f"{card['about']}\n" if card["about"] else "",
        "## Learnt from\n",
        "| label | source | texts learnt from | texts held out |\n|---|---|--:|--:|",
    ]
    for label in sorted({*card["texts_learnt"], *card["texts_held_out"]}):
        learnt, held = card["texts_learnt"].get(label, {}), card["texts_held_out"].get(label, {})
        lines += [
            f"| {label} | {source} | {learnt.get(source, 0):,} | {held.get(source, 0):,} |"
            for source in sorted({*learnt, *held})
        ]
    if card["measured"]:
        lines.append(_split(card))
    for label in card["measured"] or card["features"]:
        lines += _of_label(label, card["measured"].get(label), card["features"].get(label, {}))
    lines += ["## Use it\n", "```yaml", *_recipe(card, binary), "```\n"]
    return "\n".join(line for line in lines if line)


def _split(card: Mapping[str, Any]) -> str:
    groups = card["groups"]
    kinds = sorted(set(card["kept_together"].values()))
    shares = (
        " Texts kept together by `document` share their sources with what was learnt." if "document" in kinds else ""
    )
    return (
        f"\nWhat is measured below is of {groups['held_out']:,} groups ({', '.join(kinds)}), none of which was learnt "
        f"from; {groups['learnt']:,} were. Long texts are in pieces.{shares}\n"
    )


def _of_label(
    label: str, measured: Mapping[str, Any] | None, words: Mapping[str, Sequence[Sequence[Any]]]
) -> Iterator[str]:
    yield f"## {label}\n"
    if measured is None:
        yield "Nothing was held out, so nothing was measured.\n"
    else:
        texts, precision = measured["texts"], measured["precision_at_kept_share"]
        thresholds = measured["min_score_that_keeps_share_of_others"]
        auc = "not to be had" if measured["auc"] is None else f"{measured['auc']:.4f}"
        yield f"AUC {auc} on {texts['wanted']:,} texts with the label and {texts['others']:,} without.\n"
        yield _row(["kept of all, both sides weighing the same", *(f"{float(share):.0%}" for share in precision)])
        yield _row(["---", *("--:" for _ in precision)])
        yield _row(["precision", *(f"{found:.3f}" for found in precision.values())])
        yield _row(["score that keeps this share of the others", *(f"{found:.3f}" for found in thresholds.values())])
        yield "\n" + _row(["source", "texts", "AUC against the other side", "median score"])
        yield _row(["---", "--:", "--:", "--:"])
        for source, found in measured["by_source"].items():
            cells = (source, f"{found['texts']:,}", found["auc"], found["median_score"])
            yield _row(["" if cell is None else str(cell) for cell in cells])
    for side, shown in words.items():
        told = ", ".join(f"`{_visible(word)}` {weight:+.2f}" for word, weight in shown[:SHOWN])
        yield f"\nWhat speaks {side} it most: {told}"
    yield "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _visible(word: str) -> str:
    return word.replace("\n", "\u21b5").replace("`", "\u02cb")


def _recipe(card: Mapping[str, Any], binary: bool) -> list[str]:
    if not binary:
        return ["- fasttext_classifier:", f"    model: {card['file']}", f"    labels: [{', '.join(card['labels'])}]"]
    label, (_, other) = card["labels"][0], card["labels"]
    step = ["- fasttext_classifier:", f"    model: {card['file']}", f"    label: {label}"]
    measured = card["measured"].get(label)
    if measured is None:
        return [*step, f"    min_score: 0.5  # more {label} than {other}"]
    tenth = measured["min_score_that_keeps_share_of_others"]["0.1"]
    return [*step, f"    min_score: {tenth}  # keeps a tenth of the texts that are {other}"]
