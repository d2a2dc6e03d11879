"""``stats`` counts what a run or an input holds, compared with counting by hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from textmill import Language, Recipe, Tokenize, where
from textmill.errors import InputError
from textmill.pipeline.commands.show_stats import show_stats, stats_page
from textmill.pipeline.commands.stats import Group, Stats, _count_words, count, refuse_several
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.output.manifest import write_manifest

from ..conftest import IN_PROCESS
from ..output.made_up_run import KEPT, ledger_rows, write

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


def test_a_made_up_run_is_counted_to_the_document(tmp_path: Path) -> None:
    write_manifest(str(tmp_path), {**write(tmp_path), "quarantine": []})
    stats = count([str(tmp_path)], InputOptions(), top=2)
    kept = [len(text.encode()) for *_, text in KEPT]
    assert (stats.documents, stats.kept, stats.tokens, stats.quarantined, stats.is_run) == (32, 5, 342, 3, True)
    assert stats.sampled_bytes == sum(kept)
    sizes: Counter[str] = Counter()
    for row in ledger_rows():
        for name in (row.get("kind"), row.get("language.label"), "corn"):
            sizes[str(name)] += row["bytes"]
    assert stats.groups == {
        "source": [Group("corn", 32, stats.bytes, 342, 5)],
        "kind": [Group("web", 24, sizes["web"], 320, 2), Group("code", 5, sizes["code"], 1, 1)],
        "language": [Group("en", 22, sizes["en"], 320, 2), Group("xx", 2, sizes["xx"], 0, 0)],
        "domain": [Group("mill.example", 2, kept[0] + kept[1], 320, 2), Group("fluss.example", 1, kept[3], 9, 1)],
    }
    assert stats.bytes == sizes["corn"]
    assert stats.others == {"source": 0, "kind": 1, "language": 3, "domain": 0}
    assert list(stats.lengths) == ["1%", "5%", "25%", "50%", "75%", "95%", "99%", "mean", "longest"]
    assert (stats.lengths["mean"], stats.lengths["1%"]) == (round(stats.bytes / 32), 0)
    assert stats.histogram[1] == 1
    assert sum(stats.histogram.values()) == 32
    assert {name: len(found) for name, found in stats.ngrams.items()} == {1: 2, 2: 2, 3: 2}


def test_words_are_counted_without_case_and_by_character_where_there_are_no_spaces() -> None:
    stats = Stats()
    _count_words(
        iter(["It's IT\u2019S it's 42 b\u0301", "\u65e5\u672c \u30ab\u30bf\u30ab\u30ca \u3072\u3089"]), stats, 3
    )
    assert stats.ngrams[1] == [("it's", 2), ("42", 1), ("b\u0301", 1)]
    assert stats.ngrams[2] == [("42 b\u0301", 1), ("it's 42", 1), ("it's it\u2019s", 1)]
    assert stats.ngrams[3][0] == ("it's 42 b\u0301", 1)
    whole = Stats()
    _count_words(iter(["\u65e5\u672c \u30ab\u30bf\u30ab\u30ca \u3072\u3089"]), whole, 9)
    assert [word for word, _ in whole.ngrams[1]] == ["\u3072\u3089", "\u30ab\u30bf\u30ab\u30ca", "\u65e5", "\u672c"]
    assert whole.sampled_bytes == 26


def test_lengths_fall_into_powers_of_two(tmp_path: Path) -> None:
    sizes = [1, 2, 3, 4, 5, 8, 9, 1024, 1025]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": "x" * size}) + "\n" for size in sizes))
    stats = count([str(tmp_path / "in.jsonl")], InputOptions(), top=1)
    assert stats.histogram == {1: 1, 2: 1, 4: 2, 8: 2, 16: 1, 1024: 1, 2048: 1}
    assert (stats.lengths["50%"], stats.lengths["longest"], stats.lengths["mean"]) == (5, 1025, 231)
    assert (stats.groups["domain"], stats.others["domain"]) == ([], 0)
    refuse_several([str(tmp_path), str(tmp_path)])
