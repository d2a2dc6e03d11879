"""Lines of pages put together to text, from lines as a PDF has them."""

import pytest

from textmill.pipeline.input.readers.books.pdf_layout import Line, Page, join_lines, lay_out

FULL = 400.0
HEIGHT = 842.0


def line(text: str, bottom: float, left: float = 60, width: float = FULL, height: float = 10) -> Line:
    return Line(text, left, bottom, left + width, bottom + height)


def text_of(*pages: list[Line]) -> str:
    return lay_out([Page(lines, HEIGHT) for lines in pages])[0]


PARAGRAPH = ["The keeper wrote down", "every boat that came", "before the storm rose", "over the old harbour"]


def paragraph(top: float, left: float = 60, step: float = 12) -> list[Line]:
    return [line(text, top - step * number, left) for number, text in enumerate(PARAGRAPH)]


JOINED = " ".join(PARAGRAPH)


def test_lines_of_a_paragraph_are_joined() -> None:
    assert text_of(paragraph(700)) == JOINED


@pytest.mark.parametrize(
    ("next_line", "begins"),
    [
        (line("And so it went on", 652), False),  # as far below as the others
        (line("And so it went on", 640), True),  # twice as far
        (line("And so it went on", 652, height=14), True),  # in larger letters
        (line("and so it went on", 652, height=14), False),  # which go on with the sentence
        (line("And so it went on", 652, height=13), False),  # hardly larger
        (line("And so it went on", 652, left=80), False),  # indented, but no sentence has ended
        (line("and so it went on", 664 - 90), True),  # far below
        (line("and so it went on", 664 - 102), False),  # so far that it is the next column
        (line("2. And so it went on", 652), True),
        (line("• And so it went on", 652), True),
    ],
)
def test_where_a_paragraph_begins(next_line: Line, begins: bool) -> None:
    between = "\n\n" if begins else " "
    assert text_of([*paragraph(700), next_line]) == f"{JOINED}{between}{next_line.text}"


@pytest.mark.parametrize(
    ("last", "left", "begins"),
    [
        (line("It was over.", 652), 60, False),  # a sentence may end where the line does
        (line("It was over.", 652), 80, True),
        (line("It was over.", 652, width=200), 60, True),
        (line("It was over, she", 652, width=200), 60, True),  # of a poem, or an address
        (line("It was over, she", 652, width=300), 60, False),
    ],
)
def test_where_a_paragraph_ends(last: Line, left: float, begins: bool) -> None:
    between = "\n\n" if begins else " "
    found = text_of([*paragraph(700), last, line("Then came spring.", 640, left)])
    assert found == f"{JOINED} {last.text}{between}Then came spring."


@pytest.mark.parametrize(
    ("last", "joined"),
    [
        ("The Franco-", "The Franco- Prussian"),
        ("The Franco\u00ad", "The FrancoPrussian"),
        ("In the end,", "In the end, Prussian"),
        ("In the end", "In the end\n\nPrussian"),
        ("It ended.", "It ended.\n\nPrussian"),
    ],
)
def test_what_goes_on_in_the_next_column(last: str, joined: str) -> None:
    assert text_of([line(last, 100, width=100), line("Prussian", 700, 300)]) == joined


def test_cells_of_a_row_stand_in_one_line() -> None:
    rows = [
        [line(f"{name}{number}", 700 - 14 * number, 60 + 150 * at, 40) for at, name in enumerate("ab")]
        for number in range(3)
    ]
    assert text_of([cell for row in rows for cell in row]) == "a0\tb0\na1\tb1\na2\tb2"


def test_a_column_whose_paragraphs_are_indented_is_one() -> None:
    left = [line(f"the left column, line {number}", 700 - 12 * number, 60, 200) for number in range(8)]
    right = [
        line(f"the right column, line {number}", 700 - 12 * number, 318 if number % 2 else 310, 200)
        for number in range(8)
    ]
    found = text_of([one for pair in zip(left, right, strict=True) for one in pair])
    assert found.split() == " ".join(one.text for one in [*left, *right]).split()


def test_heads_that_stand_apart_are_cut_from_pages_and_tight_lines_are_text() -> None:
    def pages(*heads: tuple[str, float]) -> list[list[Line]]:
        return [
            [*(line(text, bottom, width=100) for text, bottom in heads), *paragraph(700 - 24 * one)] for one in range(3)
        ]

    apart = [Page(lines, HEIGHT) for lines in pages(("The Mill", 800), ("Review", 793))]
    text, cut = lay_out(apart)
    assert cut == 6
    assert "Mill" not in text
    assert "Review" not in text
    assert text.count(JOINED) == 3
    tight = [Page(lines, HEIGHT) for lines in pages(("The Mill", 800), ("Review", 793), ("of the year", 786))]
    text, cut = lay_out(tight)
    assert (cut, text.count("The Mill"), text.count("of the year")) == (0, 3, 3)


@pytest.mark.parametrize(
    ("number", "cut"), [("7", 3), ("- 7 -", 3), ("Page 7 of 12", 3), ("vii", 3), ("Seite 7", 3), ("7 mills", 0)]
)
def test_page_numbers_are_cut_also_without_a_gap(number: str, cut: int) -> None:
    pages = [
        Page([*paragraph(500), line(number.replace("7", str(one)), 452, width=30)], 2000 - 100 * one)
        for one in range(3)
    ]
    pages = [Page(page.lines, HEIGHT * 2) for page in pages]
    text, found = lay_out(pages)
    assert found == cut
    assert ("mills" in text) == (cut == 0)


def test_numbers_that_stand_above_one_page_and_below_another_are_text() -> None:
    pages = [[line("7", 800, width=20), *paragraph(700)], [*paragraph(700), line("8", 20, width=20)], paragraph(700)]
    text, cut = lay_out([Page(lines, HEIGHT) for lines in pages])
    assert (cut, text.count("7"), text.count("8")) == (0, 1, 1)


@pytest.mark.parametrize(
    ("last", "following", "joined"),
    [
        ("a led-", "ger", "a ledger"),
        ("a led\u2010", "ger", "a ledger"),
        ("a led\u00ad", "Ger", "a ledGer"),
        ("the Franco-", "Prussian war", "the Franco- Prussian war"),
        ("1939-", "and on", "1939- and on"),
        ("-", "a", "- a"),
        ("one ", "two", "one two"),
        ("漢", "字", "漢字"),
        ("漢", "a", "漢 a"),
    ],
)
def test_two_lines_become_one(last: str, following: str, joined: str) -> None:
    assert "".join(join_lines(last, following)) == joined
