"""``--kind``: which documents are taken for what."""

from pathlib import Path

import pytest

from textmill.errors import InputError
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.kinds import parse_kinds


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("crawl/a", "crawl/b", "books"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.txt").write_text("x")
    return tmp_path


def test_one_kind_for_all(corpus: Path) -> None:
    assert parse_kinds(["web"], [str(corpus / "crawl")]) == ("web", ())
    assert parse_kinds([], [str(corpus / "crawl")]) == (None, ())


@pytest.mark.parametrize("given", ["crawl", "crawl/", "{corpus}/crawl", "{corpus}/crawl/"])
def test_an_input_by_its_label_or_path(corpus: Path, given: str) -> None:
    inputs = [str(corpus / "crawl"), str(corpus / "books")]
    assert parse_kinds([f"web={given.format(corpus=corpus)}"], inputs) == (None, (("crawl", "web"),))


def test_labels_paths_below_and_globs(corpus: Path) -> None:
    inputs = [f"mine={corpus / 'crawl'}", f"{corpus}/books/*.txt"]
    given = [f"code={corpus}/crawl/a", "book=*/x.txt", f"other={corpus}/books/*.txt", "web=mine"]
    expected = (("mine/a", "code"), ("*/x.txt", "book"), ("books", "other"), ("mine", "web"))
    assert parse_kinds(given, inputs) == (None, expected)


def test_the_first_that_fits_counts_and_the_kind_of_all_comes_last() -> None:
    options = InputOptions(kind="other", kinds=(("crawl/a", "code"), ("*.epub", "book"), ("crawl", "web")))
    sources = ("crawl/a/x.epub", "crawl/b.epub", "crawl/b", "crawl", "crawler/b", "crawl/ab")
    assert [options.kind_of(source) for source in sources] == ["code", "book", "web", "web", "other", "web"]
    assert InputOptions().kind_of("crawl") is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["poem"], "unknown kind 'poem' in --kind poem; kinds are"),
        (["web=craw"], "--kind names 'craw', which is no part of the inputs: crawl"),
        (["web", "book"], "documents cannot all be web and book; say of which input, as in web=crawl"),
    ],
)
def test_what_cannot_be_meant_is_refused(corpus: Path, given: list[str], told: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_kinds(given, [str(corpus / "crawl")])
    assert told in str(refused.value)


def test_options_refuse_unknown_kinds() -> None:
    with pytest.raises(InputError, match="no kind 'poem'"):
        InputOptions(kinds=(("crawl", "poem"),))
