"""``stats`` counts what a run or an input holds, compared with counting by hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from textmill import Language, Recipe, Tokenize, where
from textmill.errors import InputError
from textmill.pipeline.commands.show_stats import show_stats, stats_page
from textmill.pipeline.commands.stats import count, refuse_several
from textmill.pipeline.input.inputs import InputOptions

from ..conftest import IN_PROCESS

ENGLISH = "The miller looks at the river every morning, and the river looks at the miller. "
GERMAN = "Der Müller schaut jeden Morgen auf den Fluss, und der Fluss schaut auf den Müller. "
PAGES = [(f"https://www.example.org/{number}", ENGLISH * (number + 1)) for number in range(6)]
PAGES += [(f"https://user@beispiel.de:8080/{number}?a", GERMAN * 3) for number in range(3)]
PAGES += [("", "短い文。" * 20)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    rows = [json.dumps({"text": text, "url": url} if url else {"text": text}) for url, text in PAGES]
    (folder / "a.jsonl").write_text("\n".join([*rows, "{broken"]) + "\n")
    (folder / "note.txt").write_text("A note. <b>")
    return folder


def test_an_input_is_counted(corpus: Path) -> None:
    stats = count([str(corpus)], InputOptions(), top=2)
    texts = [text for _, text in PAGES] + ["A note. <b>"]
    assert (stats.documents, stats.kept, stats.quarantined, stats.is_run) == (11, 11, 1, False)
    assert stats.bytes == sum(len(text.encode()) for text in texts) == stats.sampled_bytes
    domains = [(group.name, group.documents) for group in stats.groups["domain"]]
    assert domains == [("example.org", 6), ("beispiel.de", 3)]
    assert [(group.name, group.documents) for group in stats.groups["source"]] == [("crawl", 11)]
    languages = {group.name: group.documents for group in stats.groups["language"]}
    assert languages == {"en": languages["en"], "de": 3}
    assert stats.others["language"] >= 1
    assert stats.lengths["longest"] == max(len(text.encode()) for text in texts)
    assert stats.lengths["50%"] == sorted(len(text.encode()) for text in texts)[5]
    expected = Counter(2 ** max(0, (len(text.encode()) - 1).bit_length()) for text in texts)
    assert stats.histogram == dict(sorted(expected.items()))
    assert stats.ngrams[1][0] == ("the", 21 * 4)
    assert stats.ngrams[2][0] == ("at the", 42)


def test_a_run_is_counted_with_what_was_kept(corpus: Path, tmp_path: Path) -> None:
    recipe = Recipe("r", [Language(min_score=None), where(len, minimum=100), Tokenize("cl100k")])
    manifest = recipe.run(str(corpus), output=str(tmp_path / "out"), runner=IN_PROCESS)
    stats = count([str(tmp_path / "out")], InputOptions(), top=5)
    totals = manifest["totals"]
    assert (stats.documents, stats.kept, stats.tokens, stats.is_run) == (11, totals["kept"], totals["tokens"], True)
    assert stats.sampled_bytes == totals["bytes_kept"]
    (source,) = stats.groups["source"]
    assert (source.kept, source.tokens, source.bytes) == (totals["kept"], totals["tokens"], totals["bytes_read"])
    assert {group.name for group in stats.groups["domain"]} == {"example.org", "beispiel.de"}


def test_a_run_without_a_document_has_no_lengths(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    Recipe("r", [where(len, minimum=1)]).run(
        str(tmp_path / "empty.jsonl"), output=str(tmp_path / "out"), runner=IN_PROCESS
    )
    stats = count([str(tmp_path / "out")], InputOptions(), top=5)
    assert (stats.documents, stats.lengths, stats.histogram) == (0, {}, {})
    assert stats_page(stats, "empty").startswith("<!doctype html>")


def test_tables_json_and_a_page(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stats = count([str(corpus)], InputOptions(), top=1)
    show_stats(stats, as_json=False)
    told = capsys.readouterr().out
    assert "11 documents, " in told
    assert "; 1 cannot be read" in told
    assert "  and 1 more; --top shows more" in told
    show_stats(stats, as_json=True)
    assert json.loads(capsys.readouterr().out)["groups"]["domain"][0]["name"] == "example.org"
    page = stats_page(stats, "<crawl>")
    assert "&lt;crawl&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("https://www.example.org", "")


def test_two_runs_are_not_one(corpus: Path, tmp_path: Path) -> None:
    Recipe("r", [where(len, minimum=100)]).run(str(corpus), output=str(tmp_path / "out"), runner=IN_PROCESS)
    with pytest.raises(InputError, match="is a finished run; give it alone"):
        refuse_several([str(corpus), str(tmp_path / "out")])
