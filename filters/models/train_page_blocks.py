"""Train the trees that tell main content from the rest of a page, and write ``filters/kernels/html/blocks.bin``.

Needs CatBoost. Run by hand, with the folder that holds ``articles``, ``snippets`` and crawls (``*.warc.gz``), a folder
that holds one for each of the documentation packages, unpacked (python3.11-doc, debian-handbook, postgresql-doc-15),
and that of the Go module ``github.com/markusmobius/go-trafilatura@v1.12.2`` (``go mod download`` says where it is)::

    python -m textmill.filters.models.train_page_blocks DATA/web DOCUMENTATION MODULE [--cross-validate]

The second trees correct what the first say of a block by what they say of the blocks around it, so they are trained on
what first trees say that never saw a page of the same site.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

import numpy as np

from ..kernels.html.context import COLUMNS
from ..kernels.html.features import COUNT, PLAIN
from ..kernels.html.scoring import LEAVES, LEVELS, TREES, Trees, pack_trees, squeezed
from .labelled_pages import (
    DOUBTFUL,
    Floats,
    Labelled,
    articles,
    crawls,
    documentation,
    made_up,
    more_snippets,
    one_line,
    snippets,
    with_context,
    words,
)
from .page_labels import hand_text

FOLDS = 5
COMMON: dict[str, Any] = {
    "loss_function": "CrossEntropy",
    "depth": LEVELS,
    "rsm": 0.35,
    "random_seed": 1,
    "border_count": 64,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.7,
    "boosting_type": "Plain",
    "score_function": "L2",
    "leaf_estimation_iterations": 2,
    "thread_count": 2,
    "allow_writing_files": False,
    "verbose": False,
}
FIRST = COMMON | {"iterations": 180, "learning_rate": 0.12, "l2_leaf_reg": 8}
SECOND = COMMON | {"iterations": 120, "learning_rate": 0.06, "l2_leaf_reg": 20}
SECOND_COLUMNS = [*range(len(PLAIN)), *range(COUNT, COLUMNS)]
"""What the second trees look at."""
Odds: TypeAlias = dict[int, Floats]
"""By page, the logarithms of odds of its blocks."""


def fit(settings: dict[str, Any], pages: list[Labelled], rows: list[Any], odds: list[Floats] | None = None) -> Any:
    """Fit trees to pages whose blocks are measured by rows; they add to the odds, where these are given."""
    from catboost import CatBoost, Pool

    weights = np.concatenate([page.weights for page in pages])
    used = weights > 0
    labels = np.clip(np.concatenate([page.labels for page in pages]), 0, 1)
    baseline = None if odds is None else np.concatenate(odds)[used]
    model = CatBoost(settings)
    model.fit(Pool(np.concatenate(rows)[used], labels[used], weight=weights[used], baseline=baseline))
    return model


def predict(model: Any, rows: Any) -> Floats:
    """What trees add to the logarithms of odds."""
    if not len(rows):
        return np.zeros(0)
    found: Floats = model.predict(rows, prediction_type="RawFormulaVal")
    return found


class Stages:
    """Both kinds of trees, trained on some of the folds; what first trees say of folds is kept for the second."""

    def __init__(self, pages: list[Labelled]) -> None:
        self.pages = pages
        self.folds = [int(hashlib.md5(page.site.encode()).hexdigest(), 16) % FOLDS for page in pages]
        self._said: dict[frozenset[int], Odds] = {}

    def first(self, left_out: frozenset[int]) -> Any:
        """First trees that saw no page of some folds."""
        kept = [page for page, fold in zip(self.pages, self.folds, strict=True) if fold not in left_out]
        return fit(FIRST, kept, [page.features for page in kept])

    def said(self, left_out: frozenset[int]) -> Odds:
        """What first trees that saw no page of some folds say of these."""
        if left_out not in self._said:
            model = self.first(left_out)
            chosen = [at for at, fold in enumerate(self.folds) if fold in left_out]
            self._said[left_out] = {at: predict(model, self.pages[at].features) for at in chosen}
            print(f"first trees without folds {sorted(left_out)}", flush=True)
        return self._said[left_out]

    def second(self, left_out: frozenset[int]) -> Any:
        """Second trees, trained on what first trees say of pages of sites that they did not see."""
        chosen = [at for at, fold in enumerate(self.folds) if fold not in left_out]
        odds = [self.said(left_out | {self.folds[at]})[at] for at in chosen]
        rows = [self.rows(at, its) for at, its in zip(chosen, odds, strict=True)]
        return fit(SECOND, [self.pages[at] for at in chosen], rows, odds)

    def rows(self, at: int, odds: Floats) -> Any:
        """What the second trees look at of a page."""
        return with_context(self.pages[at], odds)[:, SECOND_COLUMNS]


def export(first: Any, second: Any) -> Trees:
    """First and second trees as the kernel has them."""
    features: list[int] = []
    limits: list[float] = []
    leaves: list[float] = []
    for model, columns in ((first, range(COUNT)), (second, SECOND_COLUMNS)):
        with tempfile.TemporaryDirectory() as folder:
            model.save_model(f"{folder}/model.json", format="json")
            saved = json.loads(Path(folder, "model.json").read_text(encoding="utf-8"))
        scale, (bias, *_) = saved["scale_and_bias"]
        column = {it["feature_index"]: it["flat_feature_index"] for it in saved["features_info"]["float_features"]}
        begin = len(leaves)
        for tree in saved["oblivious_trees"]:
            missing = LEVELS - len(tree["splits"])
            features += [columns[column[split["float_feature_index"]]] for split in tree["splits"]] + [0] * missing
            limits += [split["border"] for split in tree["splits"]] + [np.inf] * missing
            values = [value * scale for value in tree["leaf_values"]]
            leaves += values + [0.0] * (LEAVES - len(values))
        leaves[begin : begin + LEAVES] = [value + bias for value in leaves[begin : begin + LEAVES]]
    count = int(first.tree_count_)
    return Trees(np.array(features, dtype=np.int32), np.array(limits, np.float32), np.array(leaves, np.float32), count)


def unseen_scores(stages: Stages) -> list[Floats]:
    """By page the scores of its blocks by trees that never saw a page of its site."""
    scores: dict[int, Floats] = {}
    for fold in range(FOLDS):
        left_out = frozenset([fold])
        model = stages.second(left_out)
        for at, odds in stages.said(left_out).items():
            both = odds + predict(model, stages.rows(at, odds))
            scores[at] = np.array([squeezed(one) for one in both])
    return [scores[at] for at in range(len(stages.pages))]


def print_scores(name: str, pages: list[Labelled], scores: list[Floats]) -> None:
    """Print how well the blocks that are chosen by their scores agree with what is known of the pages."""
    hand = [hand_text(page.texts, page.hand) if page.hand is not None else None for page in pages]
    for least in (0.42, 0.5, 0.58, 0.65, 0.7):
        kept = [
            "\n".join(text for text, score in zip(page.texts, its, strict=True) if score > least)
            for page, its in zip(pages, scores, strict=True)
        ]
        f1, of_whole, by_hand = [], [], []
        right = wrong = wanted = 0
        for page, text, known in zip(pages, kept, hand, strict=True):
            if page.gold is not None:
                found, gold = Counter(text.split()), Counter(page.gold.split())
                f1.append(2 * (found & gold).total() / max((found + gold).total(), 1))
                of_whole += f1[-1:] if page.name not in DOUBTFUL else []
            if known is not None and known.main:
                by_hand.append(known.f1(text))
            line = one_line(text)
            right += sum(snippet in line for snippet in page.wanted)
            wrong += sum(snippet in line for snippet in page.unwanted)
            wanted += len(page.wanted)
        measures = {"F1": f1, "of whole gold": of_whole, "by hand": by_hand}
        said = [f"{measure} {fmean(values):.4f}" for measure, values in measures.items() if values]
        if wanted:
            said.append(f"of snippets {2 * right / (right + wrong + wanted):.4f}")
        print(f"{name}, from {least}: {', '.join(said)}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("documentation", type=Path)
    parser.add_argument("module", type=Path)
    parser.add_argument("--cross-validate", action="store_true")
    given = parser.parse_args()
    pages = list(articles(given.data / "articles"))
    paragraphs = [
        text for page in pages for text, value in zip(page.texts, page.labels, strict=True)
        if value == 1 and 8 <= len(words(text)) <= 120
    ]  # fmt: skip
    kinds = {
        "news": pages,
        "snippets": [*snippets(given.data / "snippets")],
        "more snippets": [*more_snippets(given.module)],
    }
    pages = [page for kind in kinds.values() for page in kind]
    pages += [*crawls(sorted(given.data.glob("*.warc.gz"))), *documentation(given.documentation), *made_up(paragraphs)]
    stages = Stages(pages)
    if given.cross_validate:
        scores = iter(unseen_scores(stages))
        for name, kind in kinds.items():
            print_scores(name, kind, [next(scores) for _ in kind])
        return
    content = pack_trees(export(stages.first(frozenset()), stages.second(frozenset())))
    TREES.write_bytes(content)
    print(f"{len(pages)} pages; {TREES.name}, {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
