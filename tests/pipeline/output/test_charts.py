"""Numbers as people read them, and bars, tables and histograms as HTML and SVG."""

import re
from xml.etree import ElementTree

import pytest

from textmill.pipeline.output.charts import (
    Histogram,
    count,
    escape,
    histogram_svg,
    named,
    number,
    share,
    size,
    stacked_bar,
    table,
)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (9_999_999, "9,999,999"),
        (10_000_000, "10 million"),
        (12_345_678, "12.35 million"),
        (1_000_000_000, "1 billion"),
        (2_345_600_000_000, "2.346 trillion"),
    ],
)
def test_counts(value: int, told: str) -> None:
    assert count(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3.0, "3"),
        (-1234567.0, "-1,234,567"),
        (0.123456, "0.1235"),
        (12345.6, "1.235e+04"),
        (1e15, "1e+15"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers(value: float, told: str) -> None:
    assert number(value) == told


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "0 %"),
        (0, 5, "0.0 %"),
        (1, 3, "33.3 %"),
        (5, 5, "100.0 %"),
        (1, 10_000, "<0.1 %"),
        (1, 1000, "0.1 %"),
    ],
)
def test_shares(part: float, whole: float, told: str) -> None:
    assert share(part, whole) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**9, "5.0 GB"),
        (7 * 10**12, "7.0 TB"),
        (7 * 10**15, "7000.0 TB"),
    ],
)
def test_sizes(value: int, told: str) -> None:
    assert size(value) == told


def test_text_is_no_markup() -> None:
    assert escape('a\x00b\n  <b>"c" & d</b>') == "a b &lt;b&gt;&quot;c&quot; &amp; d&lt;/b&gt;"
    assert named("gopher.max_words/a-b") == "gopher.<wbr>max_<wbr>words/<wbr>a-<wbr>b"
    assert named("__init__") == "__<wbr>init__"


def test_a_bar_is_as_wide_as_its_parts() -> None:
    assert re.findall(r'"(\w+)" style="width:([\d.]+)%', stacked_bar(1, 2, 8)) == [
        ("kept", "12.500"),
        ("removed", "25.000"),
    ]
    assert re.findall(r'span class="(\w+)"', stacked_bar(0, 2, 8)) == ["removed"]
    assert stacked_bar(0, 0, 0) == '<div class="stack"></div>'


def test_columns_of_tables_are_aligned_by_what_they_hold() -> None:
    (head, body) = ElementTree.fromstring(table(("a", "b", "c"), [("1", "2", "3"), ("4", "5", "6")], (1,), (2,)))[0]
    assert [(cell.get("class"), cell.text) for cell in head[0]] == [("text", "a"), ("number", "b"), ("bar", "c")]
    assert [[(cell.get("class"), cell.text) for cell in row] for row in body] == [
        [("text", "1"), ("number", "2"), ("bar", "3")],
        [("text", "4"), ("number", "5"), ("bar", "6")],
    ]


def drawn(histogram: Histogram) -> ElementTree.Element:
    return ElementTree.fromstring(histogram_svg(histogram, "words & more"))


def test_bars_of_a_histogram_stand_where_their_values_are() -> None:
    svg = drawn(Histogram(0, 40, [4, 0, 16, 1], minimum=10, maximum=30))
    assert (svg.get("viewBox"), svg.get("aria-label")) == ("0 0 320 128", "words & more")
    bars = svg.findall("rect")
    assert [(bar.get("class"), bar.get("x"), bar.get("width"), bar[0].text) for bar in bars] == [
        ("fail", "0.50", "79.00", "4"),
        ("pass", "160.50", "79.00", "16"),
        ("fail", "240.50", "79.00", "1"),
    ]
    # As high as the root of their share, and all on one base.
    assert [(bar.get("height"), bar.get("y")) for bar in bars] == [
        ("50.00", "58.00"),
        ("100.00", "8.00"),
        ("25.00", "83.00"),
    ]
    bounds = [line for line in svg.findall("line") if line.get("class") == "bound"]
    assert [(line.get("x1"), line.get("x2"), line.get("y1"), line.get("y2")) for line in bounds] == [
        ("80.00", "80.00", "0", "108"),
        ("240.00", "240.00", "0", "108"),
    ]
    assert [(text.get("x"), text.text) for text in svg.findall("text")] == [("0", "0"), ("320", "40")]


def test_ends_of_a_histogram_tell_what_they_hold() -> None:
    svg = drawn(Histogram(0.5, 3.5, [0, 1, 1_000_000], whole=True, beyond=True))
    assert [text.text for text in svg.findall("text")] == ["≤ 1", "≥ 3"]
    assert [bar.get("height") for bar in svg.findall("rect")] == ["1.00", "100.00"]
    assert svg.findall("rect")[1][0].text == "1,000,000"
    assert [line.get("class") for line in drawn(Histogram(0, 1, [1], minimum=-1, maximum=2)).findall("line")] == [
        "axis"
    ]
    assert drawn(Histogram(0, 1, [0, 0])).findall("rect") == []
    assert drawn(Histogram(0, 1, [1] * 640)).findall("rect")[0].get("width") == "0.50"
