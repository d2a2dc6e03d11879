"""``textmill compare``: two finished runs beside each other, on a terminal, as JSON and as a page."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
FABLE = (
    "the fox said to crow that her voice was best of all and cheese fell while lion slept in wood with a mouse who "
    "ran over hill until winter came"
)
WORDS = FABLE.split()


def prose(seed: int, words: int = 80) -> str:
    """Words of which each leads to few others."""
    draw = random.Random(seed)
    at, text = draw.randrange(len(WORDS)), []
    for _ in range(words):
        text.append(WORDS[at])
        at = (at * 3 + draw.choice((1, 1, 1, 5))) % len(WORDS)
    return " ".join(text).capitalize() + " and that is the end of it."


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, textmill: Run) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    draw = random.Random(1)
    texts = [prose(seed) for seed in range(700)]
    texts += [" ".join("".join(draw.choices("bcdfgh", k=5)) for _ in range(60)) for _ in range(400)]
    draw.shuffle(texts)
    (folder / "crawl").mkdir()
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (folder / "crawl" / "texts.jsonl").write_text(lines, encoding="utf-8")
    for name in ("books", "news"):
        (folder / "held" / name).mkdir(parents=True)
        for number in range(25):
            text = prose(5000 + number + 100 * len(name))
            (folder / "held" / name / f"{number}.txt").write_text(text, encoding="utf-8")
    measured = "gopher_quality: {min_words: 2, max_words: null, min_stop_words: %s}"
    for name, least in (("raw", 0), ("filtered", 2)):
        recipe = f"name: {name}\nsteps:\n  - {measured % least}\n  - tokenize\n"
        (folder / f"{name}.yaml").write_text(recipe, encoding="utf-8")
        command = ("run", folder / f"{name}.yaml", folder / "crawl", "--output", folder / name, "--workers", 1)
        ran = textmill(*command, "--quiet")
        assert ran.returncode == 0, ran.stderr
    return folder


def test_a_filtered_run_is_better_than_a_raw_one(textmill: Run, runs: Path, tmp_path: Path) -> None:
    command = ["compare", str(runs / "raw"), str(runs / "filtered"), "--held-out", str(runs / "held")]
    ran = textmill(*command, "--samples", "4", "--json", "--html", str(tmp_path / "page.html"))
    assert ran.returncode == 0, ran.stderr
    assert "wrote" in ran.stderr
    told = json.loads(ran.stdout)
    assert told["better"] == "B"
    assert told["verdict"].startswith("B (filtered) is better:")
    proxy = told["proxy"]
    assert proxy["overall"]["sure"] > proxy["sure_from"] == 0.99
    assert [one["domain"] for one in proxy["domains"]] == ["books", "news"]
    assert proxy["little"]
    overlap = told["overlap"]
    assert (overlap["both"], overlap["only_first"], overlap["only_second"]) == (700, 400, 0)
    assert overlap["texts_both"] == 700
    (reason,) = told["only"]["A"]
    assert (reason["step"], reason["rule"], reason["documents"]) == ("gopher_quality", "min_stop_words", 400)
    assert len(reason["examples"]) == 3
    assert all(set(one["text"]) <= set("bcdfgh ") for one in reason["examples"])
    assert told["only"]["B"] == []
    spreads = {one["name"]: one for one in told["distributions"]}
    assert spreads["gopher.stop_words"]["distance"] == pytest.approx(400 / 1100, abs=0.01)
    assert sum(spreads["bytes"]["counts"][0]) == 1100
    assert told["runs"]["A"]["tokens"] > told["runs"]["B"]["tokens"] > 0

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "B (filtered) is better" in page
    assert "gopher_quality.min_stop_words" in page
    assert "<script" not in page
    assert "http" not in page
    open_tags: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta", "br"):
                open_tags.append(tag)

        def handle_startendtag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
            assert tag in ("rect", "line")

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Balanced().feed(page)
    assert open_tags == []


def test_a_run_is_as_good_as_itself(textmill: Run, runs: Path) -> None:
    same = str(runs / "filtered")
    ran = textmill("compare", same, same, "--held-out", str(runs / "held"), "--samples", "3", "--quiet")
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert ran.stdout.startswith("Neither can be told to be better")
    assert "cannot be told" in ran.stdout
    assert "only in A: why" not in ran.stdout
    assert "lie elsewhere" not in ran.stdout


def test_a_run_that_has_kept_nothing(textmill: Run, runs: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing.yaml").write_text("name: nothing\nsteps:\n  - gopher_quality: {min_words: 9000}\n")
    out = tmp_path / "out"
    command = ("run", tmp_path / "nothing.yaml", runs / "crawl", "--output", out, "--workers", 1)
    done = textmill(*command, "--quiet")
    assert done.returncode == 0, done.stderr
    ran = textmill("compare", str(out), str(runs / "filtered"), "-q", "--html", str(tmp_path / "page.html"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "gopher_quality.min_words: 700 documents" in ran.stdout
    assert "Nothing: whatever A has kept" in (tmp_path / "page.html").read_text(encoding="utf-8")
    asked = textmill("compare", str(out), str(runs / "filtered"), "-q", "--held-out", str(runs / "held"))
    assert asked.returncode == 2
    assert "has kept no document" in asked.stderr


def test_without_held_out_texts_only_the_ledgers_speak(textmill: Run, runs: Path) -> None:
    ran = textmill("compare", str(runs / "filtered"), str(runs / "raw"), "-q")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("63.6 % of the documents that either has kept are in both")
    assert "only in B: why not in A" in ran.stdout
    assert "gopher_quality.min_stop_words: 400 documents" in ran.stdout
    assert "bits for each byte" not in ran.stdout


def test_mistakes_are_told_in_one_line(textmill: Run, runs: Path, tmp_path: Path) -> None:
    raw = str(runs / "raw")
    cases = {
        (raw, str(tmp_path)): "manifest",
        (raw, raw, "--held-out", str(tmp_path / "missing")): "missing",
        (raw, raw, "--held-out", str(runs / "held"), "--samples", "1"): "--samples 1 is below 2",
        (raw, raw, "--html", str(tmp_path / "no" / "page.html")): "there is no folder",
        (raw, raw, "--held-out", str(runs / "crawl")): "are in the runs",
    }
    for arguments, message in cases.items():
        ran = textmill("compare", *arguments, "--quiet")
        assert ran.returncode == 2, arguments
        assert message in ran.stderr
        assert ran.stderr.count("\n") == 1
