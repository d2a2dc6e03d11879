"""The candidate kernel never hides what the expressions find in the whole text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.pii.candidates import find_candidates
from textmill.filters.pii.find import Finder, Window

FINDERS = (Finder(), Finder(keep_private=False, regions=("DE",)))
PIECES = [
    "a", "f", "z", "X", "0", "1", "5", "9", "12", "255", "@", ".", "-", "_", "+", "%", ":", "::", "/", "(", ")",
    " ", "  ", "\n", "\t", "é", "电话", "x", " ext. ", "=",
    ",", "#", "$", "git@", "a.b@c.de", "foo@bar.com", "86.231.85.193",
    "2001:4860:4860::8888", "2a00:1450:4001:81b:0:0:0:200e", "415-555-2671", "(415) 555-2671", "+44 20 7946 0958",
    "004930901820", "4716424521511864", "4716 4245 2151 1864", "call ", "office", "tel", "v",
    "2023-01-15", "1-", "001-",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


def by_windows(documents: list[str], finder: Finder) -> list[list[tuple[int, int, str]]]:
    found = find_candidates(text_buffers(make_batch(documents)["text"])).tolist()
    return [
        finder.spans(text.encode(), [Window(*window[1:]) for window in found if window[0] == row])
        for row, text in enumerate(documents)
    ]


def whole(documents: list[str], finder: Finder) -> list[list[tuple[int, int, str]]]:
    return [finder.spans(text.encode(), [Window(0, len(text.encode()), 2047)]) for text in documents]


@settings(max_examples=1500, deadline=None)
@given(st.lists(texts, max_size=4))
@example(["tel::415-555-2671", "12:415-555-2671", "1a@b.cc", "a" * 70 + ".b" * 40 + "@c.de", "(+44) 20 7946 0958"])
@example(["86.231.85.193", "1", "." * 9, "a::86.231.85.193", "2001:4860:4860::8888", "@", "a@" + "b." * 300 + "com"])
@example(["415-555-2671 ext. 415-555-2671", "415-555-2671 x1415-555-2671", "x@y.com@z.org", "icon@2x.png@b.de"])
def test_windows_find_what_the_whole_text_gives(documents: list[str]) -> None:
    for finder in FINDERS:
        assert by_windows(documents, finder) == whole(documents, finder)


def test_real_texts(shared_data) -> None:
    documents = [path.read_text(errors="replace") for path in sorted((shared_data / "web/articles").rglob("*.*"))]
    documents += [(shared_data / "pii/presidio_generated_large.json").read_text()]
    expected = whole(documents, FINDERS[0])
    assert by_windows(documents, FINDERS[0]) == expected
    assert sum(map(len, expected)) > 300


def test_more_windows_than_room() -> None:
    documents = ["a@b.com " * 3000, "1234567 x " * 3000]
    assert len(find_candidates(text_buffers(make_batch(documents)["text"]))) == 6000


def test_plain_prose_has_no_candidates() -> None:
    documents = ["It was 1984, at 10:30. The 3 of us (all friends) paid 12.50 each; see page 7/8 - or not.", ""]
    assert len(find_candidates(text_buffers(make_batch(documents)["text"]))) == 0
