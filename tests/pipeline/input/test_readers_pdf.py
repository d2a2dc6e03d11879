"""PDF files: columns, paragraphs, running heads, and what has no text."""

# ruff: noqa: E501 - a PDF in one line

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from textmill.pipeline.input.readers.books import pdf as pdf_reader

from .reading import Found, read_file

pytest.importorskip("pypdfium2", reason="PDF files need the extra: pip install textmill[pdf]")

Text = tuple[float, float, float, str]
"""Left, base line, size, text."""
PROSE = (
    "The harbour master kept a small ledger of every boat that came in before the storm, and he read it aloud to us. "
    "Nobody remembered who had planted the pear tree behind the school, but it gave fruit in every second summer."
)


def pdf(pages: list[list[Text]], extra: str = "", trailer: str = "") -> bytes:
    """A PDF as small as can be."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{4 + 2 * i} 0 R' for i in range(len(pages)))}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for i, texts in enumerate(pages):
        stream = (
            "".join(f"BT /F {size} Tf {left} {base} Td ({text}) Tj ET\n" for left, base, size, text in texts) + extra
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * i} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"trailer<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def lines(text: str, left: float = 60, top: float = 760, width: int = 80) -> list[Text]:
    return [(left, top - 12 * i, 10, line) for i, line in enumerate(textwrap.wrap(text, width))]


def read_pdf(folder: Path, content: bytes, name: str = "a.pdf", **options: int) -> Found:
    (folder / name).write_bytes(content)
    return read_file(folder / name, **options)


def text_of(folder: Path, pages: list[list[Text]]) -> str:
    (row,) = read_pdf(folder, pdf(pages)).rows
    assert isinstance(row["text"], str)
    return row["text"]


def test_lines_are_joined_to_paragraphs(tmp_path: Path) -> None:
    first = ["The harbour master kept a small led-", "ger of every boat that came in", "before the storm."]
    page: list[Text] = [(60, 700 - 14 * i, 12, line) for i, line in enumerate(first)]
    page += [(60, 640, 12, "Nobody remembered it, well-known"), (60, 626, 12, "as it was.")]
    assert text_of(tmp_path, [page]) == (
        "The harbour master kept a small ledger of every boat that came in before the storm.\n\n"
        "Nobody remembered it, well-known as it was."
    )


@pytest.mark.parametrize("interleaved", [False, True])
def test_columns_come_one_after_the_other(tmp_path: Path, *, interleaved: bool) -> None:
    left, right = lines(f"Left. {PROSE}", 60, width=40), lines(f"Right. {PROSE}", 310, width=40)
    page = left + right
    if interleaved:
        page = [line for pair in zip(left, right, strict=True) for line in pair]
    text = text_of(tmp_path, [[(60, 790, 14, "A heading over the two columns of this page"), *page]])
    assert " ".join(text.split()) == f"A heading over the two columns of this page Left. {PROSE} Right. {PROSE}"


def test_rows_of_tables_stay_rows(tmp_path: Path) -> None:
    cells = [("Name", "Boats", "Year"), ("Mary", "12", "1899"), ("John", "7", "1901"), ("Anne", "31", "1904")]
    page: list[Text] = [
        (60 + 150 * j, 700 - 14 * i, 10, cell) for i, row in enumerate(cells) for j, cell in enumerate(row)
    ]
    assert text_of(tmp_path, [page]) == "\n".join("\t".join(row) for row in cells)


@pytest.mark.parametrize(("left", "text"), [(94, "Name Boats"), (106, "Name\tBoats")])
def test_a_gap_as_wide_as_a_line_is_high_parts_cells(tmp_path: Path, left: int, text: str) -> None:
    assert text_of(tmp_path, [[(60, 700, 10, "Name"), (left, 700, 10, "Boats")]]) == text


def test_running_heads_and_page_numbers_go(tmp_path: Path) -> None:
    pages = [
        [(60, 810, 9, "The Mill Review"), *lines(f"Page {name} begins. {PROSE}"), (290, 20, 9, str(number))]
        for number, name in enumerate(("one", "two", "three", "four"), 9)
    ]
    (row,) = read_pdf(tmp_path, pdf(pages)).rows
    assert "Mill Review" not in row["text"]
    assert not any(str(number) in row["text"] for number in range(9, 13))
    assert [row["text"].count(f"Page {name} begins. The harbour") for name in ("one", "two", "three", "four")] == [
        1
    ] * 4
    assert json.loads(row["metadata"]) == {"pages": 4, "running_lines_cut": 8}


def test_the_same_text_on_every_page_is_no_running_head(tmp_path: Path) -> None:
    assert text_of(tmp_path, [lines(PROSE)] * 4).count("harbour master") == 4


def test_lines_that_are_all_there_is_are_no_running_heads(tmp_path: Path) -> None:
    tickets = [[(60, 740, 10, f"Ticket {number}: good for one day on the lake.")] for number in range(1, 6)]
    text = text_of(tmp_path, tickets)
    assert [line for line in text.split("\n") if line] == [
        f"Ticket {number}: good for one day on the lake." for number in range(1, 6)
    ]


def test_a_sentence_goes_on_over_the_page(tmp_path: Path) -> None:
    pages = [lines("The boat that came in before the"), lines("storm was hers.")]
    assert text_of(tmp_path, pages) == "The boat that came in before the storm was hers."


def test_pages_without_text_are_told(tmp_path: Path) -> None:
    found = read_pdf(tmp_path, pdf([[], []], "0 0 100 100 re f"))
    assert (found.rows, found.errors) == ([], [(0, "no_text_layer")])
    (row,) = read_pdf(tmp_path, pdf([[], lines(PROSE)])).rows
    assert json.loads(row["metadata"]) == {"pages": 2, "pages_without_text": 1}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"%PDF-1.4 x", "corrupt"),
        (pdf([lines(PROSE)], trailer="/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(" + "x" * 32 + ")/U(" + "y" * 32 + ")>>/ID[(a)(a)]"), "unsupported"),
        (pdf([lines(PROSE)]).replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]"), "corrupt"),
        (pdf([[(60, 700 - 20 * line, 10, "x" * 10_000) for line in range(30)]]), "too_large"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_row(tmp_path: Path, content: bytes, error: str) -> None:
    found = read_pdf(tmp_path, content, max_document_bytes=99_000 if error == "too_large" else 10_000_000)
    assert (found.rows, found.errors) == ([], [(0, error)])


def test_a_book_of_many_pages_is_given_more_time(tmp_path: Path) -> None:
    (row,) = read_pdf(tmp_path, pdf([lines(PROSE)] * 120)).rows
    assert json.loads(row["metadata"])["pages"] == 120


def test_limits_that_a_cluster_has_set_stay() -> None:
    command = 'ulimit -v 600000; ulimit -t 14; exec "$0" -P "$1" 1000000 700000000'
    arguments = ["bash", "-c", command, sys.executable, str(Path(pdf_reader.__file__).with_name("pdf_pages.py"))]
    done = subprocess.run(arguments, input=pdf([lines(PROSE)] * 60), capture_output=True, check=True)
    assert json.loads(done.stdout)["count"] == 60


def test_a_hostile_file_is_bounded(tmp_path: Path) -> None:
    started = time.monotonic()
    found = read_pdf(tmp_path, pdf([[(60, 700, 10, "x")]], "q 1 0 0 1 0 0 cm (y) Tj " * 200_000))
    assert len(found.rows) + len(found.quarantined) == 1
    assert time.monotonic() - started < 60


def test_memory_that_does_not_suffice_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.books.pdf.MEMORY_BYTES", 1)
    found = read_pdf(tmp_path, pdf([lines(PROSE)]))
    assert (found.rows, found.errors) == ([], [(0, "extraction_failed")])
    assert found.quarantined[0].detail.startswith("PDFium ended with code ")


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.books.pdf.find_spec", lambda _: None)
    (row,) = read_pdf(tmp_path, pdf([lines(PROSE)])).quarantined
    assert (row.error, row.detail) == ("unsupported", 'PDF files need: pip install "textmill[pdf]"')


def test_a_pdf_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    assert len(read_pdf(tmp_path, b"\n\n" + pdf([lines(PROSE)]), "download").rows) == 1
    assert "%PDF-1.4" in read_pdf(tmp_path, b"A file that begins with %PDF-1.4 is a PDF.", "a.txt").texts[0]
