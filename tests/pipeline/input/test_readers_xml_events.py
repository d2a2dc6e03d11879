"""XML as people write it: small faults are mended, what could fill the memory is refused."""

from collections.abc import Mapping

import pytest

from textmill.pipeline.input.readers.books.xml_events import DEEPEST, read_xml
from textmill.pipeline.input.readers.books.zipped import BookError


class Seen:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.attributes: list[Mapping[str, str]] = []
        self.ended: list[str] = []
        self.pieces: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.names.append(name)
        self.attributes.append(attributes)

    def end(self, name: str) -> None:
        self.ended.append(name)

    def text(self, data: str) -> None:
        self.pieces.append(data)


def text_of(content: str | bytes) -> str:
    seen = Seen()
    assert read_xml(content if isinstance(content, bytes) else content.encode(), seen) is None
    assert sorted(seen.names) == sorted(seen.ended)
    return "".join(seen.pieces)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<a>b</a>", "b"),
        ("\ufeff \n<?xml version='1.0'?><!-- c --><?d?>\n<a>b</a>", "b"),
        ("<!DOCTYPE html PUBLIC 'x' 'y'><a>b</a>", "b"),
        ("<!DOCTYPE a [<!ELEMENT a ANY>]><a>b</a>", "b"),
        ("<a>b\x00c\x0bd\ufffee</a>", "b\ufffdc\ufffdd\ufffde"),
        ("<a>b & c &d; &amp; &AMP &eacute;&lt;&LT;&AMP;</a>", "b & c &d; & &AMP é<<&"),
        ("<a>b&", None),
        ("<a>&#65;&#x42;&#9;&#0;&#xD800;&#x110000;&#xFFFE;&#xFFFD;</a>", "AB\t\ufffd\ufffd\ufffd\ufffd\ufffd"),
        ("<a>&#x1f;&#x20;&#xD7FF;&#xE000;&#x10000;&#x10FFFF;</a>", "\ufffd \ud7ff\ue000\U00010000\U0010ffff"),
        ("<a>1 < 2 <- 3 <b>c</b></a>", "1 < 2 <- 3 c"),
        ("<a><![CDATA[1 < 2]]></a>", "1 < 2"),
        ("<x:a y:b='c'>d</x:a>", "d"),
        ("<?xml version='1.0' encoding='koi8-r'?><a>мельница</a>".encode("koi8-r"), "мельница"),
        ("<a>мельница у реки</a>".encode().replace("у".encode(), b"\xff"), "мельница \ufffd реки"),
    ],
)
def test_small_faults_are_mended(content: str | bytes, text: str | None) -> None:
    if text is None:
        assert read_xml(content.encode() if isinstance(content, str) else content, Seen()) is not None
    else:
        assert text_of(content) == text


def test_names_come_without_their_prefix() -> None:
    seen = Seen()
    read_xml(b"<w:p w:rsid='1' id='2'><r/></w:p>", seen)
    assert (seen.names, seen.attributes, seen.ended) == (["p", "r"], [{"rsid": "1", "id": "2"}, {}], ["r", "p"])


def test_a_document_that_breaks_off_keeps_its_beginning_and_tells_where() -> None:
    seen = Seen()
    told = read_xml(b"<a>b<c>d</e>f</a>", seen)
    assert told == "mismatched tag: line 1, column 10"
    assert (seen.names, "".join(seen.pieces)) == (["a", "c"], "bd")


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!doctype a [<!entity b 'c'>]><a>&b;</a>",
        "<?xml version='1.0'?> <!DOCTYPE a [<!ENTITY % b 'c'> <a>",
    ],
)
def test_entities_of_its_own_are_refused(content: str) -> None:
    with pytest.raises(BookError, match="declares XML entities") as refused:
        read_xml(content.encode(), Seen())
    assert refused.value.error == "unsupported"


def test_elements_nested_too_deep_are_refused() -> None:
    assert text_of("<a>" * DEEPEST + "b" + "</a>" * DEEPEST) == "b"
    assert text_of("<a>" + "<b>c</b>" * 2 * DEEPEST + "</a>") == "c" * 2 * DEEPEST
    with pytest.raises(BookError, match="nested more than 500 deep") as refused:
        read_xml(b"<a>" * (DEEPEST + 1), Seen())
    assert refused.value.error == "extraction_failed"
