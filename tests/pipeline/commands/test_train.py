"""The folder of a learnt tokenizer: its report and card, to the letter, and which texts it is measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill.errors import InputError
from textmill.pipeline.commands.train import (
    TokenizerOrder,
    _card,
    _checked,
    _libraries,
    _report,
    train_tokenizer_folder,
)
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.sample import Sample
from textmill.pipeline.training.sources import Source
from textmill.pipeline.training.tokenizer_options import TokenizerOptions
from textmill.pipeline.training.tokenizer_report import Measured, comparison_table
from textmill.version import __version__

SAMPLE = Sample(
    texts=pa.table({"doc_id": ["a", "b"], "text": ["x", "y"]}),
    drawn={("books", "en"): 3_000_000, ("books", "de"): 1_000_000, ("crawl", "en"): 4_000_000, ("crawl", "fr"): 0},
    available={("books", "en"): 9, ("none", "en"): 0},
    documents=1234,
    lost={"invalid_json": 2},
)
OURS = Measured("this one", 1500, bytes=2_000_000, tokens=500_000, used=np.array([True, False]), texts=1200)
OTHER = Measured("cl100k", 100_000, bytes=2_000_000, tokens=400_000, used=np.array([True]))
ORDER = TokenizerOrder(sources=["x"], output=Path("out"), megabytes=8.0, temperature=0.5, reading=InputOptions())


def test_the_report_has_every_setting_and_number() -> None:
    options = TokenizerOptions(special=("<a>",))
    assert _report(options, SAMPLE, [OURS, OTHER], ORDER) == {
        "options": asdict(options) | {"special": ["<|endoftext|>", "<a>"]},
        "sample": {
            "megabytes_wanted": 8.0,
            "temperature": 0.5,
            "documents": 2,
            "documents_available": 1234,
            "sha256_of_ids": SAMPLE.sha256_of_ids,
            "bytes": {"books": {"en": 3_000_000, "de": 1_000_000}, "crawl": {"en": 4_000_000}},
            "bytes_available": {"books": {"en": 9}},
            "unreadable": {"invalid_json": 2},
        },
        "measured": [OURS.as_dict(), OTHER.as_dict()],
        "texts_measured": 1200,
        "texts_not_exact": 0,
        "versions": {"textmill": __version__, "tokenizers": version("tokenizers")},
    }
    assert _libraries(TokenizerOptions(model="unigram")).keys() == {"tokenizers", "sentencepiece"}


def test_the_card_is_written_line_by_line() -> None:
    assert _card(TokenizerOptions(special=("<a>",), digits="threes"), SAMPLE, [OURS, OTHER]) == (
        "# A tokenizer of 1,500 entries\n\n"
        "BPE, bytes: level, pieces by o200k, digits: threes. Special tokens: `<|endoftext|>`, `<a>`. "
        f"Trained by textmill {__version__}; `report.json` has every setting and number.\n\n"
        "## Learnt from\n\n2 of 1,234 texts, 8.00 MB.\n\n"
        "| source | MB | share | languages |\n|---|---|---|---|\n"
        "| books | 4.00 | 50.0% | 2 |\n| crawl | 4.00 | 50.0% | 1 |\n\n"
        "## Measured on 1,200 texts, 2.00 MB\n\nAll 1,200 texts come back byte for byte when their ids are decoded.\n\n"
        f"{comparison_table([OURS, OTHER])}\n"
        "Bytes of UTF-8 for one token; more is better. Most of these texts may have been learnt from.\n"
    )


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (TokenizerOptions(bytes="fallback"), "BPE, bytes: fallback, digits: pattern. "),
        (TokenizerOptions(model="unigram", digits="apart"), "Unigram with byte fallback, digits: apart. "),
        (TokenizerOptions(model="wordpiece"), "WordPiece, digits: pattern. "),
        (TokenizerOptions(pattern="gpt2"), "BPE, bytes: level, pieces by gpt2, digits: pattern. "),
    ],
)
def test_the_card_names_the_kind_and_what_is_not_exact(options: TokenizerOptions, kind: str) -> None:
    lossy = Measured("this one", 9, bytes=1, tokens=1, texts=1200, not_exact=1100)
    card = _card(options, SAMPLE, [lossy])
    assert card.split("\n")[2].startswith(kind)
    assert "1,100 of 1,200 texts do not come back as they were when their ids are decoded." in card


class Listed(Source):
    """A source in memory."""

    def read(self, reading: InputOptions) -> Iterator[pa.RecordBatch]:  # type: ignore[override]
        for size in (400_000, 600_000, 5):
            yield pa.record_batch({"text": pa.array(["x" * size]), "name": pa.array([self.label])})


@pytest.mark.parametrize(
    ("megabytes", "batches"), [(2.0, "aabb"), (2.000004, "aaabbb"), (1.0, "aabb"), (0.8, "ab"), (0, "")]
)
def test_texts_of_equal_size_of_each_source_are_measured(megabytes: float, batches: str) -> None:
    order = TokenizerOrder(sources=[], output=Path("out"), check_megabytes=megabytes, reading=InputOptions())
    found = list(_checked([Listed("a", ""), Listed("b", "")], order))
    assert "".join(one["name"][0].as_py() for one in found) == batches


@pytest.mark.parametrize("given", [{"megabytes": 0.0}, {"megabytes": -1.0}, {"temperature": -0.5}])
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, given: dict[str, Any]) -> None:
    order = TokenizerOrder(sources=["x"], output=tmp_path / "out", reading=InputOptions(), **given)
    with pytest.raises(InputError) as caught:
        train_tokenizer_folder(order, TokenizerOptions())
    assert str(caught.value) == "--megabytes must be above 0, and --temperature not below"
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("")
    with pytest.raises(InputError, match="is there already"):
        train_tokenizer_folder(order, TokenizerOptions())


def test_a_tokenizer_is_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"The miller {number} looks at the river, für sich." for number in range(40)]
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (tmp_path / "in.jsonl").write_text(f"{rows}{{broken\n")
    out = tmp_path / "new" / "out"
    order = TokenizerOrder(
        sources=[f"books={tmp_path}/in.jsonl"], output=out, compare=(), temperature=0.0, reading=InputOptions()
    )
    report = train_tokenizer_folder(order, TokenizerOptions(vocabulary_size=280))
    size = sum(len(text.encode()) for text in texts)
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "textmill: left out what cannot be read: 1 invalid_json",
        f"textmill: learning from {size / 1e6:,.1f} MB in 40 texts",
        "textmill: measuring it beside nothing",
    ]
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "report.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    written = (out / "report.json").read_text("utf-8")
    assert (json.loads(written), written[-2:], written[:4]) == (report, "}\n", '{\n "')
    assert report["texts_measured"] == 40
    assert [one["name"] for one in report["measured"]] == ["this one"]
    assert (out / "README.md").read_text("utf-8").startswith("# A tokenizer of 280 entries\n")
    config = (out / "tokenizer_config.json").read_text("utf-8")
    assert config.endswith("}\n")
    train_tokenizer_folder(
        TokenizerOrder(**{**vars(order), "output": tmp_path / "again"}),
        TokenizerOptions(vocabulary_size=280),
        quiet=True,
    )
    assert capsys.readouterr().err == ""
    assert all((tmp_path / "again" / path.name).read_bytes() == path.read_bytes() for path in out.iterdir())
