"""What ``textmill compare`` prints, to the letter; that what it says is true is tested end to end."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from textmill.errors import InputError
from textmill.pipeline.commands.compare import (
    ComparisonOrder,
    _as_dict,
    _domains,
    _lines,
    compare_runs,
    verdict_of,
)
from textmill.pipeline.comparing.kept import Kept, Overlap, Reason, Shares, Side, Spread
from textmill.pipeline.comparing.proxy import Difference, Proxy, ProxyOptions
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.output.manifest import write_manifest
from textmill.pipeline.training.sources import Source

from ..output.made_up_run import write

OVERLAP = Overlap(
    both=60, only_first=1500, only_second=30, bytes_both=2500, bytes_only_first=999, bytes_only_second=0, texts_both=7
)
EXAMPLE = {"doc_id": "0123456789abcdef", "source": "s", "value": "3", "threshold": "4", "text": " a\n b " + "c" * 200}


def reason(number: int, rule: str = "r", step: str = "s", threshold: str | None = "4") -> Reason:
    return Reason(
        step=step, rule=rule, documents=1000 + number, bytes=2000, examples=({**EXAMPLE, "threshold": threshold},)
    )


def spread(name: str, distance: float) -> Spread:
    values = (0.0, 0.5, 1.0, 1000.0, 12345.0)
    return Spread(name=name, distance=distance, percentiles=(values, values[::-1]), low=0, high=1, counts=((1,), (2,)))


KEPT = Kept(
    sides=(
        Side(folder="one", recipe="r1", read=2000, kept=500, bytes=1500, tokens=1234, tokenizer="cl100k"),
        Side(folder="two", recipe="r2", read=10, kept=0, bytes=20, tokens=None, tokenizer=None),
    ),
    overlap=OVERLAP,
    only=((reason(0), reason(1, "not read", "", None), reason(2, "")), ()),
    spreads=(spread("letters", 0.125), spread("words", 0.0)),
    shares=(Shares(name="kind", rows=(("web", 1, 2),)),),
)
DIFFERENCE = Difference(
    domain="all", texts=3, bytes=4, first=2.0, second=1.5, value=0.5, low=0.25, high=0.75, sure=0.9995
)
FOR_FIRST = Difference(
    domain="longer name", texts=3, bytes=4, first=1.5, second=2.0, value=-0.5, low=-0.75, high=-0.25, sure=0.995
)
UNDECIDED = replace(DIFFERENCE, domain="x", value=0.0, low=-0.25, high=0.125, sure=0.5)
PROXY = Proxy(
    tokens=200_000,
    samples=8,
    order=4,
    tokenizer="cl100k",
    left_out=0,
    overall=DIFFERENCE,
    domains=(FOR_FIRST, UNDECIDED),
)


def test_one_sentence_says_which_is_better() -> None:
    assert verdict_of(KEPT, None) == "3.8 % of the documents that either has kept are in both"
    assert verdict_of(KEPT, PROXY) == (
        "B (two) is better: 1.5000 bits for each byte against 2.0000, 25.0% fewer; sure to more than 99.9 %"
    )
    assert verdict_of(KEPT, replace(PROXY, overall=replace(FOR_FIRST, sure=0.999))) == (
        "A (one) is better: 1.5000 bits for each byte against 2.0000, 25.0% fewer; sure to 99.9 %"
    )
    assert verdict_of(KEPT, replace(PROXY, overall=UNDECIDED)) == (
        "Neither can be told to be better: the difference is +0.0000 bits for each byte, and at most 0.2500 with 99% "
        "certainty"
    )


def test_what_is_printed_of_the_runs() -> None:
    wide = "c" * 96
    assert list(_lines(KEPT, None, "It is so.")) == [
        "It is so.",
        "",
        "A  one (r1): 500 of 2,000 documents (25.0 %), 1.5 kB of text, 1,234 tokens (cl100k)",
        "B  two (r2): 0 of 10 documents (0.0 %), 20 bytes of text",
        "",
        "in both            60 documents      2.5 kB   7 equal texts",
        "only in A       1,500 documents   999 bytes",
        "only in B          30 documents     0 bytes",
        "",
        "only in A: why not in B",
        "  s.r: 1,000 documents, 2.0 kB",
        f"    0123456789ab (3 against 4)  a b {wide}",
        "  not read by B: 1,001 documents, 2.0 kB",
        f"    0123456789ab  a b {wide}",
        "  s: 1,002 documents, 2.0 kB",
        f"    0123456789ab (3 against 4)  a b {wide}",
        "",
        "kept documents, percentiles 5, 25, 50, 75, 95; where both differ most first",
        "  letters  (12.5% lie elsewhere)",
        "    A           0         0.5           1       1,000      12,345",
        "    B      12,345       1,000           1         0.5           0",
    ]


def test_what_is_printed_of_the_models() -> None:
    lines = list(_lines(replace(KEPT, only=((), ()), spreads=()), PROXY, "It is so."))[8:]
    assert lines == [
        "",
        "bits for each byte of held-out text, by n-gram models of 8 samples of 200,000 tokens (cl100k) from each; "
        "fewer are better",
        "                      A         B     A - B      99% interval      sure",
        "  all            2.0000    1.5000   +0.5000   +0.2500 … +0.7500    more than 99.9 %, B is better",
        "  longer name    1.5000    2.0000   -0.5000   -0.7500 … -0.2500    99.5 %, A is better",
        "  x              2.0000    1.5000   +0.0000   -0.2500 … +0.1250    50.0 %, cannot be told",
    ]
    few = list(_lines(replace(KEPT, only=((), ()), spreads=()), replace(PROXY, tokens=199_999, left_out=1500), "So."))
    assert few[-2:] == [
        "  1,500 held-out texts stand in one of the runs and were left out",
        "  these samples are small; from more text another verdict may come",
    ]


def test_eight_reasons_and_measurements_are_printed() -> None:
    reasons = tuple(replace(reason(number), examples=()) for number in range(1009))
    spreads = tuple(spread(f"m{number}", 0.5) for number in range(9))
    lines = list(_lines(replace(KEPT, only=((), reasons), spreads=spreads), None, "So."))[9:]
    assert lines[:9] == ["only in B: why not in A", *(f"  s.r: {1000 + n:,} documents, 2.0 kB" for n in range(8))]
    assert lines[9:12] == ["  and 1,001 more rules", "", lines[11]]
    assert [line.split()[0] for line in lines[12::3]] == [f"m{number}" for number in range(8)]
    eight = list(_lines(replace(KEPT, only=((), reasons[:8]), spreads=()), None, "So."))
    assert eight[-1] == "  s.r: 1,007 documents, 2.0 kB"


def test_json_holds_everything() -> None:
    told = _as_dict(KEPT, PROXY, "It is so.")
    assert told == {
        "verdict": "It is so.",
        "better": "B",
        "runs": {"A": asdict(KEPT.sides[0]), "B": asdict(KEPT.sides[1])},
        "overlap": asdict(OVERLAP),
        "only": {"A": [asdict(one) for one in KEPT.only[0]], "B": []},
        "distributions": [asdict(one) for one in KEPT.spreads],
        "shares": [asdict(one) for one in KEPT.shares],
        "proxy": {**asdict(PROXY), "sure_from": 0.99, "little": False},
    }
    undecided = _as_dict(KEPT, replace(PROXY, overall=UNDECIDED, tokens=199_999), "")
    assert (undecided["better"], undecided["proxy"]["little"]) == (None, True)
    assert _as_dict(KEPT, replace(PROXY, overall=FOR_FIRST), "")["better"] == "A"
    assert {_as_dict(KEPT, None, "")[name] for name in ("better", "proxy")} == {None}


def test_folders_of_held_out_text_are_domains(tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("z.txt", "c.txt", ".c"):
        (tmp_path / name).write_text("x")
    assert _domains(str(tmp_path)) == [Source(name, str(tmp_path / name)) for name in ("a", "b", "c.txt", "z.txt")]
    assert _domains(str(tmp_path / "a")) == [Source("a", str(tmp_path / "a"))]
    assert _domains(str(tmp_path / "z.txt")) == [Source("z.txt", str(tmp_path / "z.txt"))]
    assert _domains("s3://bucket/held/") == [Source("held", "s3://bucket/held/")]


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> ComparisonOrder:
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    for folder in folders:
        write_manifest(str(folder), {**write(folder), "quarantine": []})
    first, second = map(str, folders)
    return ComparisonOrder(first=first, second=second, options=ProxyOptions(), reading=InputOptions())


def test_runs_are_compared_on_paper_and_on_a_page(
    order: ComparisonOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    lines = list(compare_runs(replace(order, html=page)))
    assert lines[0] == "100.0 % of the documents that either has kept are in both"
    assert lines[5] == "in both             5 documents   514 bytes   5 equal texts"
    assert capsys.readouterr() == ("", f"textmill: comparing the ledgers\ntextmill: wrote {page}\n")
    assert f"<h1>{lines[0]}</h1>" in page.read_text("utf-8")
    (told,) = compare_runs(order, quiet=True, as_json=True)
    assert json.loads(told)["verdict"] == lines[0]
    assert "\\u" not in told
    assert capsys.readouterr().err == ""


def test_a_page_needs_a_folder(order: ComparisonOrder, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(compare_runs(replace(order, html=tmp_path / "none" / "a.html")))
    assert str(caught.value) == f"there is no folder {tmp_path}/none for a.html; make it first"
