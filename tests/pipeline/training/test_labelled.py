"""Labelled texts: cut into pieces, and parted so that nothing that is measured has been learnt from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textmill import Recipe
from textmill.errors import InputError
from textmill.filters.models.linear_model import default_model
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.labelled import (
    MOST_PIECES,
    PIECE_CHARS,
    WHOLE_CHARS,
    Piece,
    cut_pieces,
    gather,
    part,
    signs_of,
)
from textmill.pipeline.training.sample import budgets
from textmill.pipeline.training.sources import Source, parse_sources

from ..conftest import IN_PROCESS


def piece(number: int, source: str, label: str, *, file: str = "a.jsonl", url: str | None = None) -> Piece:
    return Piece(f"{source}{number}", 0, f"text {number}", source, f"{source}/{file}", url, (label,))


def test_short_texts_stay_whole_and_long_ones_are_cut_at_paragraphs() -> None:
    assert list(cut_pieces("x", "short")) == [(0, "short")]
    assert list(cut_pieces("x", " \n")) == []
    paragraph = "word " * 200 + "end."
    text = "\n\n".join(paragraph for _ in range(15))
    pieces = list(cut_pieces("x", text))
    assert "".join(one for _, one in pieces) == text
    assert all(PIECE_CHARS // 2 <= len(one) <= PIECE_CHARS for _, one in pieces[:-1])
    assert all(one.endswith("end.") for _, one in pieces)
    many = list(cut_pieces("x", "letters" * 20_000))
    assert len(many) == MOST_PIECES
    assert [number for number, _ in many] == sorted(number for number, _ in many)
    assert many != list(cut_pieces("y", "letters" * 20_000))


def test_a_text_is_whole_up_to_ten_thousand_characters_and_then_cut_at_every_five_thousand() -> None:
    assert (WHOLE_CHARS, PIECE_CHARS, MOST_PIECES) == (10_000, 5000, 16)
    assert [len(one) for _, one in cut_pieces("x", "a" * 10_000)] == [10_000]
    assert [len(one) for _, one in cut_pieces("x", "a" * 10_001)] == [5000, 5000, 1]
    assert [len(one) for _, one in cut_pieces("x", "a" * 80_000)] == [5000] * 16
    early = "a" * 2499 + " " + "a" * 9000  # a blank in the first half of a piece is no place to cut
    assert [len(one) for _, one in cut_pieces("x", early)] == [5000, 5000, 1500]
    late = "a" * 2500 + " " + "a" * 3000 + "\n" + "a" * 6000
    assert [len(one) for _, one in cut_pieces("x", late)] == [2500, 3001, 5000, 1001]
    assert [number for number, _ in cut_pieces("x", "a" * 5000 + " " * 5000 + "b")] == [0, 2]  # none is blank


def test_half_of_the_texts_with_urls_and_five_folders_or_files_are_enough() -> None:
    def kept_together(files: list[str], urls: int = 0) -> str:
        pieces = [
            piece(number, "good", "hq", file=file, url=f"https://{number}.example.org/" if number < urls else None)
            for number, file in enumerate(files)
        ]
        return part(pieces, 0.2, "auto").by["good"]

    assert kept_together([f"{number}.txt" for number in range(5)]) == "file"
    assert kept_together([f"{number % 4}.txt" for number in range(40)]) == "document"
    assert kept_together([f"{number}/a.txt" for number in range(5)]) == "folder"
    assert kept_together([f"{number % 4}/{number}.txt" for number in range(20)]) == "file"
    assert kept_together(["a.txt"] * 10, urls=5) == "site"
    assert kept_together(["a.txt"] * 11, urls=5) == "document"
    assert kept_together(["a.txt"] * 10, urls=4) == "document"


def test_signs_tell_the_pieces_with_a_label() -> None:
    pieces = [piece(0, "a", "hq"), piece(1, "a", "cc"), piece(2, "a", "hq")]
    assert signs_of(pieces, "hq").tolist() == [1.0, -1.0, 1.0]


def test_sites_stay_together_even_where_both_sides_have_them() -> None:
    sites = [f"https://site{number}.example.org/page" for number in range(40)]
    pieces = [
        piece(number, source, label, url=sites[number % 40] + str(number))
        for source, label in (("good", "hq"), ("bad", "cc"))
        for number in range(400)
    ]
    parted = part(pieces, 0.2, "auto")
    assert parted.by == {"bad": "site", "good": "site"}
    held = {str(one.url).split("/")[2] for one in parted.held_out}
    assert not held & {str(one.url).split("/")[2] for one in parted.learnt}
    assert parted.groups == (40 - len(held), len(held))
    assert 6 <= len(held) <= 10
    again = part(pieces[::-1], 0.2, "auto")
    assert {one.doc_id for one in again.held_out} == {one.doc_id for one in parted.held_out}


def test_folders_files_and_documents_where_there_are_no_sites() -> None:
    def kinds(files: list[str]) -> str:
        pieces = [piece(number, "good", "hq", file=file) for number, file in enumerate(files)]
        pieces += [piece(number, "bad", "cc") for number in range(50)]
        return dict(part(pieces, 0.2, "auto").by)["good"]

    assert kinds([f"{number % 7}/{number}.txt" for number in range(70)]) == "folder"
    assert kinds([f"{number}.txt" for number in range(70)]) == "file"
    assert kinds([f"{number % 3}.jsonl" for number in range(70)]) == "document"


def test_one_large_source_is_not_held_out_where_small_ones_do() -> None:
    pieces = [piece(number, "good", "hq", file=f"{max(0, number - 80)}.txt") for number in range(100)]
    pieces += [piece(number, "bad", "cc", file=f"{number}.txt") for number in range(100)]
    held = part(pieces, 0.1, "file").held_out
    assert not any(one.origin == "good/0.txt" for one in held)
    assert 8 <= sum(one.labels == ("hq",) for one in held) <= 20


def test_nothing_to_learn_from_or_to_measure_with_is_refused() -> None:
    pieces = [piece(number, source, label) for source, label in (("a", "hq"), ("b", "cc")) for number in range(10)]
    with pytest.raises(InputError, match="nothing to learn from for cc"):
        part(pieces, 0.0, "auto", ["b"])
    with pytest.raises(InputError, match="nothing to measure with for"):
        part(pieces, 0.2, "label")
    assert part(pieces, 0.0, "label").held_out == []


def test_finished_runs_are_sources_with_their_urls(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with (tmp_path / "pages" / "crawl.jsonl").open("w", encoding="utf-8") as file:
        for number in range(60):
            text = f"Page {number} tells of the mill, of its {number} wheels, and of the river that turns them all."
            file.write(
                json.dumps({"text": text, "url": f"https://s{number % 9}.example/{number}", "topic": "mills"}) + "\n"
            )
    Recipe("none", []).run([str(tmp_path / "pages")], output=str(tmp_path / "run"), runner=IN_PROCESS)
    run, pages = parse_sources([str(tmp_path / "run"), str(tmp_path / "pages")])[::-1]
    assert run.is_run
    assert not pages.is_run
    from_run = gather({"hq": [run]}, (), 1.0, InputOptions(), None, lambda _: None)
    from_files = gather({"hq": [pages]}, ["topic"], 1.0, InputOptions(), None, lambda _: None)
    assert {one.url for one in from_run.pieces} == {one.url for one in from_files.pieces}
    assert {one.origin for one in from_run.pieces} == {one.origin for one in from_files.pieces} == {"pages/crawl.jsonl"}
    assert {one.labels for one in from_files.pieces} == {("mills",)}
    with pytest.raises(InputError, match=r"no text is left to learn cc from: 60 documents.*60 repeat others"):
        gather({"hq": [run], "cc": [pages]}, (), 1.0, InputOptions(), None, lambda _: None)


def test_small_sources_are_heard_beside_large_ones() -> None:
    sources = [Source("large", "unused"), Source("small", "unused")]
    available = {("large", "en"): 1_000_000, ("small", "en"): 10_000}
    by_root = budgets(sources, available, 55_000, 1.0, 0.5)
    assert by_root[("small", "en")] == pytest.approx(5_000)
    assert budgets(sources, available, 500_000, 1.0, 0.5)[("small", "en")] == pytest.approx(10_000)
    assert budgets(sources, available, 101_000, 1.0)[("small", "en")] == pytest.approx(1_000)


def test_the_card_of_the_shipped_model_is_its_own() -> None:
    import hashlib

    content = default_model().read_bytes()
    card = json.loads(default_model().with_suffix(".json").read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert json.loads(content.partition(b"\n")[0])["about"] == card["about"]
    models = (Path(__file__).parents[3] / "MODELS.md").read_text(encoding="utf-8")
    assert card["sha256"] in models
    assert f"{card['bytes']:,} bytes" in models
    assert all(f"`{source}`" in models for label in ("hq", "cc") for source in card["texts_learnt"][label])


def corpus(path: Path, records: list[dict[str, object]]) -> Source:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    (source,) = parse_sources([f"{path.stem}={path}"])
    return source


def test_a_recipe_cleans_and_removes_and_what_repeats_is_left_out(tmp_path: Path) -> None:
    from textmill import GopherQuality, NormalizeUnicode

    good = corpus(
        tmp_path / "good.jsonl",
        [{"text": text, "url": "http://a.org/"} for text in ("The mill\u200b is here", "The mill is here", "no")],
    )
    bad = corpus(tmp_path / "bad.jsonl", [{"text": "Buy cheap pills now"}, {"text": "Buy cheap loans now"}])
    rules = GopherQuality(
        **dict.fromkeys(("min_stop_words", "min_mean_word_length", "min_alpha_words_ratio")), min_words=3
    )
    told: list[str] = []
    recipe = Recipe("r", [NormalizeUnicode(), rules])
    found = gather({"hq": [good], "cc": [bad]}, (), 1.0, InputOptions(), recipe, told.append)
    assert sorted((one.text, one.labels, one.source, one.origin, one.url, one.number) for one in found.pieces) == [
        ("Buy cheap loans now", ("cc",), "bad", "bad", None, 0),
        ("Buy cheap pills now", ("cc",), "bad", "bad", None, 0),
        ("The mill is here", ("hq",), "good", "good", "http://a.org/", 0),
    ]
    assert (found.removed, found.repeated) == (1, 1)
    assert {side: sample.documents for side, sample in found.samples.items()} == {"hq": 3, "cc": 2}
    assert told == ["measuring good", "reading good", "measuring bad", "reading bad"]
    few = [corpus(tmp_path / f"{name}.jsonl", [{"text": f"no {name}"}]) for name in ("few", "less")]
    with pytest.raises(InputError) as caught:
        gather({"hq": few}, (), 1.0, InputOptions(), recipe, told.append)
    assert str(caught.value) == (
        "no text is left to learn hq from: 2 documents in few, less, of which the recipe removed 2 and 0 repeat "
        "others; draw more with --megabytes, or give other sources"
    )


def test_each_side_has_its_part_of_the_megabytes_and_a_text_counts_for_as_much_as_is_used_of_it(tmp_path: Path) -> None:
    lines = [{"text": f"{number:04} " + "x" * 95} for number in range(400)]
    sides = {side: [corpus(tmp_path / f"{side}.jsonl", lines[at::2])] for at, side in enumerate(("hq", "cc"))}
    found = gather(sides, (), 0.02, InputOptions(), None, lambda _: None)
    assert {side: len(sample.texts) for side, sample in found.samples.items()} == {"hq": 100, "cc": 100}
    assert "metadata" not in found.samples["hq"].texts.column_names
    text = "This is line {} of the text that tells of the mill number {}. "
    texts = ["".join(text.format(line, number) for line in range(3000)) for number in range(4)]
    long = corpus(tmp_path / "long.jsonl", [{"text": one} for one in texts])
    found = gather({"hq": [long]}, (), 0.17, InputOptions(), None, lambda _: None)
    assert len(found.samples["hq"].texts) == 2  # 80,000 of each are used
    assert len(found.pieces) == 32


def test_records_say_their_labels_themselves(tmp_path: Path) -> None:
    given = [{"a": "x y"}, {"a": [" z", "x y", 1]}, {"b": "q"}, {"a": None}, {}]
    source = corpus(tmp_path / "all.jsonl", [{"text": f"text {number}", **one} for number, one in enumerate(given)])

    def labels(*fields: str) -> list[tuple[str, ...]]:
        found = gather({"labelled": [source]}, fields, 1.0, InputOptions(), None, lambda _: None)
        return [one.labels for one in sorted(found.pieces, key=lambda one: one.text)]

    assert labels("a") == [("x_y",), ("1", "x_y", "z")]
    assert labels("a", "b") == [("a.x_y",), ("a.1", "a.x_y", "a.z"), ("b.q",)]
