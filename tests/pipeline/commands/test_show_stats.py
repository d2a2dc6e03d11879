"""What ``textmill stats`` prints, to the letter; that it counts right is in ``test_stats.py``."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import pytest

from textmill.pipeline.commands.show_stats import show_stats, stats_page
from textmill.pipeline.commands.stats import Group, Stats
from textmill.pipeline.output.charts import STYLE

from ..output.tables_of import plain_rows

RUN = Stats(
    documents=2000,
    quarantined=3000,
    bytes=123_456,
    tokens=4000,
    kept=1500,
    is_run=True,
    groups={
        "source": [Group("a<b>", 1500, 100_000, 4000, 1500), Group("wörter", 500, 23_456, 0, 0)],
        "kind": [],
        "domain": [Group("example.org", 1, 10, 0, 1)],
    },
    others={"source": 1200, "kind": 0, "domain": 0},
    lengths={"50%": 1234, "mean": 5, "longest": 99_999},
    histogram={1: 1, 512: 600, 2048: 300},
    ngrams={1: [("the", 2000), ("w" * 61, 1)], 2: [("of the", 1500), ("in a", 900)], 3: []},
    sampled_bytes=4321,
)


def test_a_run_in_tables(capsys: pytest.CaptureFixture[str]) -> None:
    show_stats(RUN, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "2,000 documents, 123.5 kB of text; 1,500 kept, 4,000 tokens; 3,000 cannot be read",
        "",
        "  source  documents   share      text     kept  tokens",
        "  a<b>        1,500  75.0 %  100.0 kB  100.0 %   4,000",
        "  wörter        500  25.0 %   23.5 kB    0.0 %       0",
        "  and 1,200 more; --top shows more",
        "",
        "  domain       documents   share      text     kept  tokens",
        "  example.org          1  <0.1 %  10 bytes  100.0 %       0",
        "",
        "bytes of a document",
        "  50%       1,234",
        "  mean          5",
        "  longest  99,999",
        "  up to 1 bytes      1  █",
        "  up to 512 bytes  600  ██████████████████████████████",
        "  up to 2.0 kB     300  ███████████████",
        "",
        "most frequent in 4.3 kB of text",
        "  words                                                                pairs          triples",
        f"  {'the':60}  2,000  of the  1,500",
        f"  {'w' * 58} …      1  in a      900",
    ]


def test_an_input_has_no_columns_of_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    show_stats(
        Stats(documents=1, bytes=1, kept=1, groups={"kind": [Group("web", 1, 1, 0, 1)]}, others={"kind": 0}),
        as_json=False,
    )
    assert capsys.readouterr().out.splitlines() == [
        "1 documents, 1 bytes of text",
        "",
        "  kind  documents    share     text",
        "  web           1  100.0 %  1 bytes",
    ]


def test_json_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    show_stats(RUN, as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == json.loads(json.dumps(asdict(RUN)))
    assert "wörter" in line


def test_a_page() -> None:
    page = stats_page(RUN, "my <run>")
    assert page.count(STYLE) == 1
    assert "<title>my &lt;run&gt;</title>" in page
    headline = "2,000 documents, 123.5 kB of text; 1,500 kept, 4,000 tokens; 3,000 cannot be read"
    assert f"<h1>my &lt;run&gt;</h1><p>{headline}</p><h2>" in page
    assert re.findall("<h2>(.*?)</h2>", page) == ["By source", "By domain", "Lengths", "Words", "Pairs of words"]
    assert plain_rows(page) == [
        ["source", "documents", "text", "kept", "tokens", ""],
        ["a<b&gt;", "1,500", "100.0 kB", "1,500", "4,000", ""],
        ["wörter", "500", "23.5 kB", "0", "0", ""],
        ["domain", "documents", "text", "kept", "tokens", ""],
        ["example.org", "1", "10 bytes", "1", "0", ""],
        ["bytes of a document", "documents", ""],
        ["up to 1 bytes", "1", ""],
        ["up to 512 bytes", "600", ""],
        ["up to 2.0 kB", "300", ""],
        ["", "times", ""],
        ["the", "2,000", ""],
        ["w" * 61, "1", ""],
        ["", "times", ""],
        ["of the", "1,500", ""],
        ["in a", "900", ""],
    ]
    assert re.findall('<span class="(.*?)" style="width:(.*?)%">', page) == [
        *(("kept", "100.000"), ("removed", "33.333"), ("kept", "100.000")),
        *(("kept", "0.167"), ("kept", "100.000"), ("kept", "50.000")),
        *(("kept", "100.000"), ("kept", "0.050"), ("kept", "100.000"), ("kept", "60.000")),
    ]
    classes = [re.findall('class="(.*?)"', row) for row in re.findall("<tr>(.*?)</tr>", page)]
    assert classes[0] == ["text", "number", "number", "number", "number", "bar"]
    assert classes[5] == classes[9] == ["text", "number", "bar"]
    assert plain_rows(stats_page(Stats(groups={"kind": [Group("web", 1, 1, 0, 1)]}), "t")) == [
        ["kind", "documents", "text", ""],
        ["web", "1", "1 bytes", ""],
    ]
