"""What documents of office programs have in common: numbers of lists."""

import pytest

from textmill.pipeline.input.readers.books.text_blocks import numeral


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("lowerLetter", ["0", "a", "d", "z", "aa", "iiiiiiiii", "uuuuuuuuu", "vvvvvvvvv"]),
        ("A", ["0", "A", "D", "Z", "AA", "IIIIIIIII", "UUUUUUUUU", "VVVVVVVVV"]),
        ("i", ["0", "i", "iv", "xxvi", "xxvii", "ccxvii", "mmmcmxcix", "4000"]),
        ("upperRoman", ["0", "I", "IV", "XXVI", "XXVII", "CCXVII", "MMMCMXCIX", "4000"]),
        ("decimal", ["0", "1", "4", "26", "27", "217", "3999", "4000"]),
    ],
)
def test_numbers_of_lists_by_their_style(style: str, shown: list[str]) -> None:
    assert [numeral(number, style) for number in (0, 1, 4, 26, 27, 217, 3999, 4000)] == shown
