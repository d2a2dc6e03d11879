"""Books: licences cut, wrapped lines and hyphens joined, page numbers gone; nothing else touched."""

# ruff: noqa: E501 - wordings in one line

import textwrap
import time
from typing import Any

import pyarrow as pa
import pytest

from textmill import Books
from textmill.filters.base.batch import make_batch

PROSE = (
    "The harbour master kept a small ledger of every boat that came in before the storm, and he read it aloud to us. "
    "Nobody remembered who had planted the pear tree behind the school, but it gave fruit in every second summer."
)
BODY = f"CHAPTER I\n\n{PROSE}\n\n{PROSE}"


def clean(text: str, **options: Any) -> tuple[str, dict[str, int]]:
    step = Books(**options)
    column, found = step.clean(make_batch([text]))
    assert column.type == pa.large_string()
    return column[0].as_py(), {name.removeprefix("books."): values[0].as_py() for name, values in found.items()}


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("*** START OF THE PROJECT GUTENBERG EBOOK THE MILL ***", "*** END OF THE PROJECT GUTENBERG EBOOK THE MILL ***"),
        ("***START OF THE PROJECT GUTENBERG EBOOK THE MILL***", "***END OF THE PROJECT GUTENBERG EBOOK THE MILL***"),
        ("*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***", "*** END OF THIS PROJECT GUTENBERG EBOOK THE MILL ***"),
        ("*** START OF THE PROJECT GUTENBERG EBOOK A LONG\nTITLE OF TWO LINES ***", "End of the Project Gutenberg EBook of The Mill, by A. Writer"),
        ("* * * START OF THE PROJECT GUTENBERG EBOOK THE MILL * * *", "End of Project Gutenberg's The Mill, by A. Writer"),
        ("*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*", "End of the Project Gutenberg Etext of The Mill"),
        ("*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*", "The End of the Project Gutenberg Etext The Mill"),
        ("*** START OF THE PROJECT GUTENBERG EBOOK DIE MÜHLE ***", "Ende dieses Projekt Gutenberg E-book Die Mühle"),
        ("*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nProduced by A. B., and the Online Distributed\nProofreading Team at https://www.pgdp.net", "*** END OF THE PROJECT GUTENBERG EBOOK X ***"),
        ("START OF THE PROJECT GUTENBERG EBOOK THE MILL", "END OF THE PROJECT GUTENBERG EBOOK THE MILL"),
    ],
)  # fmt: skip
def test_licences(head: str, tail: str) -> None:
    text = f"\ufeffThe Project Gutenberg eBook of The Mill\n\nFor the use of anyone.\n\n{head}\n\n\n{BODY}\n\n\n{tail}\n\nFull license, money, donations.\n"
    found, counts = clean(text)
    assert found == BODY
    assert counts["licence_chars_cut"] == len(text) - len(BODY)


def test_two_books_in_a_file_are_both_kept() -> None:
    one = "*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\nFirst.\n\n*** END OF THE PROJECT GUTENBERG EBOOK A ***\n\nLicense.\n\n"
    assert clean(one + one.replace("First", "Second"))[0] == "First.\n\n\nSecond."


def test_transcribers_notes() -> None:
    notes = "Transcriber's Notes:\n\nSpelling was kept."
    text = f"Transcriber’s note: Pages were out of order.\n\n{BODY}"
    marked = f"*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\n{text}\n\n*** END OF THE PROJECT GUTENBERG EBOOK A ***"
    assert clean(marked)[0] == BODY
    assert clean("A line [Transcriber's Note: sic] of it.")[0] == "A line  of it."
    long = "\n\n".join([BODY] * 10)
    assert clean(f"{long}\n\n{notes}")[0] == long


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One.",
        BODY,
        "He read Project Gutenberg's books to the end of the day.\n\nStart of the story.",
        "12\n\n7\n\n1999",
        "Produced by Nobody and the Online Distributed Proofreading Team.\n\nThe story begins.",
        "Line\r\nline",
        "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\nRough winds do shake the darling buds of May,\nAnd summer’s lease hath all too short a date;\n"
        * 5,
        "\n".join(f"Entry number {i}    {i * 17}    north of the long wall of the mill" for i in range(30)),
        "\n".join(f"{i}. An item of a list that is about as long as the line of a book is" for i in range(30)),
        "def f(x):\n    return x\n" * 20,
    ],
)
def test_what_is_no_matter_of_it_stays(text: str) -> None:
    assert clean(text) == (text, {"licence_chars_cut": 0, "page_lines_cut": 0, "lines_joined": 0, "hyphens_joined": 0})


def test_wrapped_lines_are_joined() -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, 65) for paragraph in [PROSE, f"{PROSE} {PROSE}", PROSE])
    verse = "    Shall I compare thee\n    To a day of summer?"
    found, counts = clean(f"CHAPTER I\n\n{wrapped}\n\n{verse}\n\n{wrapped}")
    expected = f"{PROSE}\n\n{PROSE} {PROSE}\n\n{PROSE}"
    assert found == f"CHAPTER I\n\n{expected}\n\n{verse}\n\n{expected}"
    assert counts["lines_joined"] == 2 * (wrapped.count("\n") - 4)


def hyphenated(text: str, width: int) -> str:
    """Wrap a text as printers do, within words."""
    lines = []
    while len(text) > width:
        head, rest = text[:width], text[width:]
        inside = head[-2:].isalpha() and rest[:2].isalpha() and rest[:2].islower()
        if not inside and " " in head:
            cut = head.rindex(" ") + 1
            head, rest = text[:cut], text[cut:]
        lines.append(head.rstrip() + ("-" if inside else ""))
        text = rest.lstrip()
    return "\n".join([*lines, text])


def test_words_parted_by_hyphens() -> None:
    wrapped = hyphenated(f"{PROSE} {PROSE} {PROSE}", 60)
    parted = wrapped.count("-\n")
    assert parted >= 2
    found, counts = clean(wrapped)
    assert found == f"{PROSE} {PROSE} {PROSE}"
    assert counts["hyphens_joined"] == parted


def test_compounds_keep_their_hyphens() -> None:
    text = textwrap.fill(f"{PROSE} {PROSE}", 60, break_on_hyphens=False)
    line = "It is a well-known and rather old time-table that the mill-\nowner kept, and it said that the ferry would come at noon."
    found, counts = clean("\n\n".join([text] * 12 + [line]))
    assert "the mill-owner kept" in found
    assert counts["hyphens_joined"] == 0


def test_page_numbers_and_running_heads() -> None:
    pages = [f"THE MILL\n\nPage {name} tells of the harbour.\n\n- {i} -\n" for i, name in enumerate("abcdef", 11)]
    found, counts = clean("\f".join(pages))
    assert found.strip().split("\n\n") == [f"Page {name} tells of the harbour." for name in "abcdef"]
    assert counts["page_lines_cut"] == 12
    numbered = "".join(f"He went over the hill and\n\n{i}\n\nfurther to the sea.\n\n" for i in range(30, 38))
    assert "and\nfurther to the sea." in clean(numbered)[0]
    assert clean("The [Pg 1] mill [Pg 2] is [Pg 3] old [Pg 4] and [Pg 5] slow.")[0] == "The mill is old and slow."


@pytest.mark.parametrize(
    "text",
    [
        "*" * 200_000,
        " " * 200_000,
        "* " * 200_000,
        "\n" * 200_000,
        "[ transcriber" * 20_000,
        "12\n" * 50_000,
        "- " * 100_000 + "x",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    clean(f"Project Gutenberg\n{text}")
    assert time.process_time() - started < 5


def test_switches() -> None:
    text = "*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\nHello."
    assert clean(text, cut_licences=False)[0] == text
    wrapped = textwrap.fill(f"{PROSE} {PROSE}", 60)
    assert clean(wrapped, join_lines=False)[0] == wrapped
    assert clean("a\fb", cut_page_numbers=False)[0] == "a\fb"
