"""The report and the data card say what the manifest and the ledger say, and nothing that could run or leak."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from textmill import PIIQuality, Recipe, ScrubPII
from textmill.pipeline.files.ledger import ledger_schema, write_table
from textmill.pipeline.files.tables import open_tables
from textmill.pipeline.output import histograms
from textmill.pipeline.output.charts import Histogram, count, escape, histogram_svg, named, number, share, size
from textmill.pipeline.output.data_card import write_data_card
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.replaced import count_replaced
from textmill.pipeline.output.report import write_report

from ..conftest import IN_PROCESS

VOID = {"meta", "br", "input"}


class Page(HTMLParser):
    """Collects tags and text, and refuses tags that are not closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(source.replace("<wbr>", ""))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith(("on", "src", "href")) for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += f"{data} "


@pytest.fixture
def page(output: Path) -> Page:
    return Page(Path(write_report(str(output), read_manifest(str(output)))).read_text())


def test_the_report_tells_what_happened(page: Page) -> None:
    text = re.sub(r"\s+", " ", page.text)
    assert "3 of 6 documents kept" in text
    assert "where 1 16.7 % 5 bytes 5.2 % 2 4 91 bytes" in text
    assert "minimum passes when letters ≥ 10 1 16.7 % 5 bytes 5.2 % 2" in text
    assert "exact_dedup 1 16.7 % 23 bytes 24.0 % 7 3 68 bytes" in text
    assert "in/a.jsonl 6 3 50.0 % 96 bytes 68 bytes 70.8 % 22" in text
    assert "web 5 3 60.0 % 96 bytes 68 bytes 70.8 % 22" in text
    assert "invalid_json 1" in text
    assert "5.0 against 10" in text
    assert "same as " in text
    assert "short" in text


def test_the_report_is_one_page_without_scripts(page: Page) -> None:
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert {"svg", "style", "table"} <= page.tags
    assert "small <recipe>" in page.text


def test_report_and_card_are_the_same_every_time(
    output: Path, tmp_path: Path, make_output: Callable[..., dict[str, Any]]
) -> None:
    again = tmp_path / "again"
    made, before = make_output(again), read_manifest(str(output))
    assert made.pop("timing") is not None
    assert before.pop("timing") is not None
    assert made == before
    for write in (write_report, write_data_card):
        written = [Path(write(str(folder), read_manifest(str(folder)))).read_bytes() for folder in (output, again)]
        assert written[0] == written[1]
        assert str(tmp_path).encode() not in written[0]


@pytest.mark.parametrize("options", [{"tokenize": False}, {"keep_all": False}, {"tokenize": False, "keep_all": False}])
def test_runs_without_tokens_or_documents_have_a_report_and_a_card(
    tmp_path: Path, make_output: Callable[..., dict[str, Any]], options: dict[str, bool]
) -> None:
    manifest = make_output(tmp_path / "out", **options)
    page = Page(Path(write_report(str(tmp_path / "out"), manifest)).read_text())
    card = Path(write_data_card(str(tmp_path / "out"), manifest)).read_text()
    kept = manifest["totals"]["kept"]
    assert f"{kept} of 6 documents kept" in page.text
    assert f"{kept} documents, " in card
    assert ("tokens of kept documents" in page.text) == (options.get("tokenize", True) and kept > 0)
    assert ("(cl100k)" in card) == options.get("tokenize", True)


def test_what_toxicity_did_not_judge_is_told(tmp_path: Path, make_output: Callable[..., dict[str, Any]]) -> None:
    folder = str(tmp_path / "output")
    manifest = make_output(tmp_path / "output", judged=["score", None, "not judged", "words", "score"])
    shown = re.sub(r"\s+", " ", Page(Path(write_report(folder, manifest)).read_text()).text)
    assert "toxicity judged read kept by a model 2 2 100.0 %" in shown
    assert "by a word list alone 1 0 0.0 %" in shown
    assert "not judged 1 1 100.0 %" in shown
    assert "not measured 1 0 0.0 %" in shown
    card = Path(write_data_card(folder, manifest)).read_text()
    assert "Toxicity judged: by a model 66.7 %, not judged 33.3 %.\n" in card


def test_without_a_toxicity_step_nothing_is_said_of_it(output: Path) -> None:
    manifest = read_manifest(str(output))
    assert "toxicity" not in Path(write_report(str(output), manifest)).read_text()
    assert "Toxicity" not in Path(write_data_card(str(output), manifest)).read_text()


def test_text_from_the_web_stays_text() -> None:
    assert escape("<script>\x00 a\n\tb & \u202ec") == "&lt;script&gt; a b &amp; c"


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "0"), (1234567.0, "1,234,567"), (0.123456, "0.1235"), (1e20, "1e+20"), (float("inf"), "inf")],
)
def test_numbers_read_well(value: float, told: str) -> None:
    assert number(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (9_999_999, "9,999,999"),
        (12_345_678, "12.35 million"),
        (10**9, "1 billion"),
        (15 * 10**12, "15 trillion"),
    ],
)
def test_counts_read_well(value: int, told: str) -> None:
    assert count(value) == told


def test_names_are_broken_where_their_parts_end() -> None:
    assert named("gopher_quality.min_words") == "gopher_<wbr>quality.<wbr>min_<wbr>words"
    assert named("a/<b>--c") == "a/<wbr>&lt;b&gt;--<wbr>c"


def test_shares_and_sizes_read_well() -> None:
    assert [share(1, 3), share(1, 10_000), share(0, 5), share(0, 0)] == ["33.3 %", "<0.1 %", "0.0 %", "0 %"]
    assert [size(999), size(1_500), size(2_000_000_000_000)] == ["999 bytes", "1.5 kB", "2.0 TB"]


def test_bars_beyond_a_threshold_have_the_colour_of_removal() -> None:
    drawn = histogram_svg(Histogram(0.0, 4.0, [5, 0, 1, 2], minimum=1.0, maximum=3.0), "it")
    assert re.findall('class="(pass|fail)"', drawn) == ["fail", "pass", "fail"]
    assert drawn.count('class="bound"') == 2
    assert histogram_svg(Histogram(0.0, 1.0, [0]), "none").count("<rect") == 0


def histogram_of(values: list[float | None], folder: Path, **bounds: float) -> Histogram | None:
    schema = ledger_schema({'odd "name"': pa.float64()})
    columns = {
        "doc_id": [f"{index * 7919 % 65536:04x}" for index in range(len(values))],
        "source": ["a"] * len(values),
        "verdict": ["kept"] * len(values),
        "bytes": [1] * len(values),
        'odd "name"': values,
    }
    arrays = [pa.array(columns.get(field.name, [None] * len(values)), field.type) for field in schema]
    facts = write_table(
        str(folder / "ledger" / "a.parquet"), [pa.RecordBatch.from_arrays(arrays, schema=schema)], schema
    )
    with open_tables(str(folder), {"ledger": [{"name": facts.name}]}, ["ledger"]) as tables:
        thresholds = bounds.get("minimum"), bounds.get("maximum")
        return histograms.count_histograms(tables, {'odd "name"': thresholds}, len(values)).get('odd "name"')


def test_whole_numbers_get_a_bar_each(tmp_path: Path) -> None:
    found = histogram_of([1, 2, 2, 5, None], tmp_path, minimum=0)
    assert found == Histogram(-0.5, 5.5, [0, 1, 2, 0, 0, 1], 0, None, whole=True)


def test_fractions_get_even_bins_and_ends_hold_the_rest(tmp_path: Path) -> None:
    values = [index / 1000 for index in range(1000)] + [50.5]
    found = histogram_of(values, tmp_path, maximum=0.5)
    assert found is not None
    assert sum(found.counts) == 1001
    assert len(found.counts) == histograms.BINS
    assert found.beyond
    assert found.high < 1


@pytest.mark.parametrize("value", [0.25, 3.0, 0.0])
def test_a_single_value_is_drawn(value: float, tmp_path: Path) -> None:
    found = histogram_of([value] * 3, tmp_path)
    assert found is not None
    assert sum(found.counts) == 3
    assert found.low < value < found.high


def test_nothing_measured_is_not_drawn(tmp_path: Path) -> None:
    assert histogram_of([None, None], tmp_path) is None


def test_a_large_ledger_is_sampled_by_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histograms, "SAMPLED_DOCUMENTS", 1_000)
    found = histogram_of([float(index % 10) for index in range(10_000)], tmp_path)
    assert found is not None
    assert 800 < sum(found.counts) < 1_200


def test_the_data_card_has_a_head_that_hubs_read(output: Path) -> None:
    card = Path(write_data_card(str(output), read_manifest(str(output)))).read_text()
    _, head, body = card.split("---\n", 2)
    assert yaml.safe_load(head) == {
        "pretty_name": "small <recipe>",
        "size_categories": ["n<1K"],
        "task_categories": ["text-generation"],
        "configs": [{"config_name": "default", "data_files": "shards/*.parquet"}],
    }
    assert "3 documents, 68 bytes of text" in body
    assert "| where | minimum | 1 | 16.7 % |" in body
    assert "| exact_dedup | duplicate | 1 | 16.7 % |" in body
    assert '{"tokenize": {"add_special": false, ' in body
    assert '"pattern": null, "tokenizer": "cl100k"}}' in body


def test_the_cards_loading_lines_work(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    card = Path(write_data_card(str(output), read_manifest(str(output)))).read_text()
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    plain = tmp_path / "plain"
    output.rename(plain)
    monkeypatch.chdir(plain)
    names: dict[str, Any] = {}
    exec(code, names)
    assert len(names["documents"]) == 3


def test_what_was_replaced_is_told_by_kind(tmp_path: Path) -> None:
    """Only of kept documents; kinds that were not found are not listed."""
    texts = ["a@b.com and c@d.org, 86.231.85.193", "write to e@f.net", "nothing", "x@y.org " * 9]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    out = tmp_path / "out"
    Recipe("r", [ScrubPII(), PIIQuality()]).run([str(tmp_path / "in.jsonl")], output=str(out), runner=IN_PROCESS)
    manifest = read_manifest(str(out))
    with open_tables(str(out), manifest, ["ledger"]) as tables:
        assert count_replaced(tables) == [("email", "<EMAIL>", 2, 3), ("ip", "<IP_ADDRESS>", 1, 1)]
    page = re.sub(r"\s+", " ", Page(Path(write_report(str(out), manifest)).read_text()).text)
    assert "replaced" in page
    assert "email <EMAIL> 2 3 ip <IP_ADDRESS> 1 1" in page
    card = Path(write_data_card(str(out), manifest)).read_text()
    assert "number of documents: 3 email in 2, 1 ip in 1." in card
