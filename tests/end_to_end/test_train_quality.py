"""``textmill train quality``: as good as fastText trained by hand on the same split, the same bytes twice, labels."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from textmill import FastTextClassifier, Recipe
from textmill.errors import InputError
from textmill.filters.base.batch import make_batch
from textmill.pipeline.commands.train_quality import QualityOrder, train_quality_folder
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.classifier_report import area
from textmill.pipeline.training.labelled import cut_pieces

STDLIB = Path(sysconfig.get_paths()["stdlib"])
NUMPY = Path(np.__file__).parent
FEWEST_CHARS = 400


def docstrings(path: Path) -> str:
    """What a module says of itself and of what it holds; nothing for what is no Python of this version."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return ""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = (ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, kinds))
    return "\n\n".join(text for text in found if text)


def write_docstrings(root: Path, pattern: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in sorted(root.glob(pattern)):
        text = docstrings(path)
        if len(text) >= FEWEST_CHARS:
            (folder / f"{path.parent.name}-{path.stem}.txt").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of texts that come with Python and numpy: what their modules say of themselves."""
    folder = tmp_path_factory.mktemp("corpus")
    write_docstrings(STDLIB, "*.py", folder / "python")
    write_docstrings(STDLIB, "[a-m]*/*.py", folder / "packages")
    write_docstrings(NUMPY, "**/*.py", folder / "numpy")
    return folder


def order(corpus: Path, output: Path, **given: Any) -> QualityOrder:
    sides = {"positive": [str(corpus / "python"), str(corpus / "packages")], "negative": [str(corpus / "numpy")]}
    return QualityOrder(**{"output": output, "reading": InputOptions(), "megabytes": 4.0, **sides, **given})


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model of each form."""
    folder = tmp_path_factory.mktemp("trained")
    for form in ("fasttext", "linear"):
        train_quality_folder(order(corpus, folder / form, form=form), quiet=True)
    return {form: folder / form for form in ("fasttext", "linear")}


def pieces_of(corpus: Path, folder: Path) -> list[tuple[str, bool, bool]]:
    """Texts of a split as texts.parquet tells it: text, whether wanted, whether held out."""
    found = []
    for row in pq.read_table(folder / "texts.parquet").to_pylist():
        pieces = dict(cut_pieces(row["doc_id"], (corpus / row["origin"]).read_text(encoding="utf-8")))
        found.append((" ".join(pieces[row["piece"]].split()), row["labels"] == ["hq"], row["held_out"]))
    return found


def by_hand(lines: list[tuple[str, bool, bool]], path: Path, **settings: Any) -> float:
    """The AUC of a fastText model that is not quantised, as one would train it without textmill."""
    import fasttext_new

    learnt = [f"__label__{'hq' if wanted else 'cc'} {text}\n" for text, wanted, held_out in lines if not held_out]
    path.write_text("".join(learnt), encoding="utf-8")
    model = fasttext_new.train_supervised(str(path), thread=1, verbose=0, seed=0, **settings)
    scores, truth = [], []
    for text, wanted, held_out in lines:
        if held_out:
            labels, probabilities = model.predict(text, k=2)
            scores.append(probabilities[labels.index("__label__hq")])
            truth.append(wanted)
    found = area(np.array(truth), np.array(scores))
    assert found is not None
    return found


@pytest.mark.parametrize("form", ["fasttext", "linear"])
def test_as_good_as_fasttext_trained_by_hand_on_the_same_split(
    corpus: Path, trained: dict[str, Path], tmp_path: Path, form: str
) -> None:
    card = json.loads((trained[form] / "card.json").read_text(encoding="utf-8"))
    ours = card["measured"]["hq"]["auc"]
    lines = pieces_of(corpus, trained[form])
    hand = [
        by_hand(lines, tmp_path / "plain.txt", dim=50, wordNgrams=2, bucket=200_000),
        by_hand(lines, tmp_path / "long.txt", dim=50, wordNgrams=2, bucket=200_000, lr=0.5, epoch=20),
    ]
    assert ours > max(hand) - 0.01
    assert max(hand) > 0.9


@pytest.mark.parametrize("form", ["fasttext", "linear"])
def test_the_same_texts_give_the_same_bytes(corpus: Path, trained: dict[str, Path], tmp_path: Path, form: str) -> None:
    """In another process, from sources named in another order."""
    command = ["train", "quality", "--form", form, "--megabytes", "4", "--negative", str(corpus / "numpy")]
    for name in ("packages", "python"):
        command += ["--positive", str(corpus / name)]
    code = f"import sys; sys.argv = {['textmill', *command, '-o', str(tmp_path / 'again'), '-q']}; "
    code += "from textmill.pipeline.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    names = sorted(path.name for path in trained[form].iterdir())
    assert names == sorted(
        ["README.md", "card.json", "texts.parquet", "model.ftz" if form == "fasttext" else "model.bin"]
    )
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (trained[form] / name).read_bytes(), name
    assert ran.stdout == (tmp_path / "again" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["fasttext", "linear"])
def test_the_card_says_what_was_learnt_and_how_well(corpus: Path, trained: dict[str, Path], form: str) -> None:
    card = json.loads((trained[form] / "card.json").read_text(encoding="utf-8"))
    table = pq.read_table(trained[form] / "texts.parquet").to_pylist()
    assert (trained[form] / card["file"]).stat().st_size == card["bytes"] < 2_000_000
    held = {row["origin"] for row in table if row["held_out"]}
    assert not held & {row["origin"] for row in table if not row["held_out"]}
    assert card["kept_together"] == {"numpy": "file", "packages": "file", "python": "file"}
    measured = card["measured"]["hq"]
    assert measured["texts"]["wanted"] + measured["texts"]["others"] == sum(row["held_out"] for row in table)
    assert 0.1 < measured["texts"]["others"] / sum(row["labels"] == ["cc"] for row in table) < 0.4
    precision = [measured["precision_at_kept_share"][share] for share in ("0.1", "0.5")]
    assert 0.8 < precision[1] <= precision[0] <= 1
    # A threshold of the card keeps the share of the others that it promises.
    scores = np.array([row["score.hq"] for row in table if row["held_out"] and row["labels"] == ["cc"]])
    tenth = measured["min_score_that_keeps_share_of_others"]["0.1"]
    assert np.mean(scores >= tenth) == pytest.approx(0.1, abs=0.02)
    wanted, others = ({word for word, _ in card["features"]["hq"][side]} for side in ("for", "against"))
    assert {"array", "ndarray"} & others
    assert not wanted & others
    told = (trained[form] / "README.md").read_text(encoding="utf-8")
    assert f"AUC {measured['auc']:.4f}" in told
    assert f"min_score: {tenth}" in told
    # The step scores as the card was measured.
    one = next(row for row in table if row["held_out"])
    text = dict(cut_pieces(one["doc_id"], (corpus / one["origin"]).read_text(encoding="utf-8")))[one["piece"]]
    step = FastTextClassifier(model=str(trained[form] / card["file"]), label="hq")
    assert step.measure(make_batch([text]))["fasttext_classifier.score"].to_pylist() == [one["score.hq"]]


def test_whole_sources_are_left_out_and_recipes_clean(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for path in sorted((corpus / "numpy").iterdir())[::9]:
        (tmp_path / "more" / path.name).write_text(path.read_text(encoding="utf-8")[:-1], encoding="utf-8")
    given = order(
        corpus,
        tmp_path / "out",
        negative=[str(corpus / "numpy"), str(tmp_path / "more")],
        leave_out=["packages", "more"],
        split_by="label",
        held_out=0.0,
        form="linear",
        recipe=Recipe.load("gopher", {"gopher_quality.min_words": 100}),
    )
    card = train_quality_folder(given, quiet=True)
    assert set(card["texts_held_out"]["hq"]) == {"packages"}
    assert set(card["texts_held_out"]["cc"]) == {"more"}
    assert set(card["texts_learnt"]["hq"]) == {"python"}
    assert card["recipe"] == "gopher"
    assert card["removed_by_recipe"] > 10
    assert card["measured"]["hq"]["auc"] > 0.9


def test_records_that_say_their_labels_themselves(corpus: Path, tmp_path: Path) -> None:
    """Topic and form of each text; a model of several labels, each a column in a recipe."""
    with (tmp_path / "texts.jsonl").open("w", encoding="utf-8") as file:
        for name, topic in (("python", "general"), ("numpy", "numbers")):
            for path in sorted((corpus / name).iterdir()):
                text = path.read_text(encoding="utf-8")
                has_examples = ["examples"] if ">>>" in text else ["prose", "plain text"]
                file.write(json.dumps({"text": text, "topic": topic, "form": has_examples}) + "\n")
    for form in ("linear", "fasttext"):
        given = {"labelled": [str(tmp_path / "texts.jsonl")], "label_fields": ["topic", "form"], "form": form}
        card = train_quality_folder(order(corpus, tmp_path / form, positive=(), negative=(), **given), quiet=True)
        labels = ["form.examples", "form.plain_text", "form.prose", "topic.general", "topic.numbers"]
        assert card["labels"] == labels
        assert card["kept_together"] == {"texts.jsonl": "document"}
        assert all(card["measured"][label]["auc"] > 0.8 for label in labels)
        assert card["bytes"] < 2_100_000
        step = FastTextClassifier(model=str(tmp_path / form / card["file"]), labels=("topic.general", "topic.numbers"))
        arrays = "Return the sum of array elements over a given axis of an ndarray, with dtype float64 and shape (n,)."
        files = "Open a file and return a stream. Sockets, threads and processes raise OSError where the system fails."
        measured = step.measure(make_batch([arrays, files]))
        assert measured["fasttext_classifier.label"].to_pylist() == ["topic.numbers", "topic.general"]


def test_what_cannot_be_learnt_is_told(corpus: Path, tmp_path: Path) -> None:
    both = [str(corpus / "python")]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"positive": ()}, "give --positive and --negative"),
        ({"labelled": both}, "give --positive and --negative"),
        ({"labelled": both, "label_fields": ["topic"]}, "give either"),
        ({"positive": (), "negative": (), "labelled": both, "label_fields": ["topic"]}, "no text is left to learn"),
        ({"form": "forest"}, "no form 'forest'; forms are fasttext, linear"),
        ({"split_by": "colour"}, "cannot split by 'colour'"),
        ({"held_out": 1.0}, "--held-out must be"),
        ({"cost": 0.0}, "--cost must be above 0"),
        ({"leave_out": ["nothing"]}, "no source 'nothing' to leave out; sources are numpy, packages, python"),
        ({"leave_out": ["numpy"]}, "nothing to learn from for cc"),
        ({"split_by": "label"}, "nothing to measure with for"),
        ({"negative": [str(corpus / "python")]}, "would both be called"),
        ({"output": corpus}, "is there already"),
        ({"megabytes": 1e-6}, "no text is left to learn hq from"),
    ]
    for given, message in cases:
        with pytest.raises(InputError, match=message):
            train_quality_folder(order(corpus, given.pop("output", tmp_path / "new"), **given), quiet=True)
    assert not (tmp_path / "new").exists()
