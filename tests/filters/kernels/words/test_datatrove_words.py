"""Words as spaCy's English tokenizer splits them: fixed cases that it was asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.words import splitting
from textmill.filters.kernels.words.boundaries import DATATROVE
from textmill.filters.kernels.words.datatrove_table import exceptions
from textmill.filters.kernels.words.uax29_words import new_words

from .slow_words import hash_of, kernel_words

SPLIT = {
    "Hello, world!": "Hello , world !",
    "(don't)": "( do n't )",
    "He'll can't won’t cannot": "He 'll ca n't wo n’t can not",
    "Mr. Smith vs. Jones, e.g., Inc.": "Mr. Smith vs. Jones , e.g. , Inc.",
    "U.S. U.S.A. end.": "U.S. U.S.A. end .",
    "well-known state-of-the-art": "well - known state - of - the - art",
    "wait...what ... and…so": "wait ... what ... and … so",
    "http://www.example.com/a-b?c=d, example.org/x.": "http://www.example.com/a-b?c=d , example.org/x .",
    "user.name@mail-host.example.com": "user.name@mail-host.example.com",
    "and/or either/or input/output": "and/or either / or input / output",
    "10km 5% $3.50 10-20 3+4 1,000 10:30": "10 km 5 % $ 3.50 10 - 20 3 + 4 1,000 10:30",
    "10am 12p.m. John's James' ’s": "10 am 12 p.m. John 's James ' ’s",
    "a=b key:value <tag> [1] {x}": "a = b key : value < tag > [ 1 ] { x }",
    "end.Start lower.lower A.B": "end . Start lower.lower A.B",
    "!!! ?! --- -- -": "! ! ! ? ! --- -- -",
    "foo--bar 1--2 snake_case _x_": "foo -- bar 1 - -2 snake_case _ x _",
    "“quoted” ‘single’ «g»": "“ quoted ” ‘ single ’ « g »",
    "C++ C# +5 +a": "C++ C # +5 + a",
    "日本。 naïve,café": "日本 。 naïve , café",
    "I'm Im its it's let's": "I 'm I m its it 's let 's",
    "©2020 5°C.": "© 2020 5 ° C .",
    "": "",
}


@pytest.mark.parametrize(("text", "words"), SPLIT.items())
def test_words_are_those_of_spacy(text: str, words: str) -> None:
    expected = words.split()
    assert [word[0] for word in kernel_words(text, DATATROVE)] == [hash_of(word) for word in expected]
    assert [word[1] for word in kernel_words(text, DATATROVE)] == [len(word) for word in expected]


def test_contractions_and_abbreviations() -> None:
    pieces = exceptions()
    assert len(pieces) == 1340
    assert pieces["shouldn't've"] == ("should", "n't", "'ve")
    assert pieces["11am"] == ("11", "am")
    assert pieces["Ph.D."] == ("Ph.D.",)
    assert "its" not in pieces
    assert all("".join(parts) == word for word, parts in pieces.items())


@given(st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("ab1.,-'’/:@ ()$%+\"!…"), max_size=40))
@settings(max_examples=500)
def test_words_hold_everything_but_white_space(text: str) -> None:
    words = kernel_words(text, DATATROVE)
    assert sum(word[1] for word in words) == len("".join(text.split()))
    assert sum(word[4] for word in words) == len(text.split())


@pytest.mark.parametrize("piece", ["!", "(", ".", "-", "a-", "a.b@", "'", "…", ":/", "://", "=", "1+", "é,", "a--"])
def test_a_million_marks_take_one_scan(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000].encode()
    if piece[0] == "é":
        text = piece.encode() * 300_000
    data = np.frombuffer(text, dtype=np.uint8)
    words = new_words(len(data))
    count = splitting.SPLITTERS[DATATROVE](data, 0, len(data), splitting.load(DATATROVE), words)
    assert 0 < count <= len(text)
