"""Elements of large XML files are found in any pieces, each with its place, and a broken one costs no other."""

import gzip
import io
import random
from typing import IO
from xml.parsers import expat

import pytest

from textmill.pipeline.input.compression import decompress
from textmill.pipeline.input.decompressors import DecompressionError
from textmill.pipeline.input.readers.dumps.elements import MOST_LEVELS, Element, Elements, nodes


class Pieces(io.BytesIO):
    """A stream of which so many bytes come at once."""

    def __init__(self, content: bytes, count: int) -> None:
        super().__init__(content)
        self.count = count

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(self.count)


PAGES = b"<wiki lang='en'>\n  <page><t>one</t></page><pages/><page a='b'>two</page >\n<page>three</page></wiki>"


@pytest.mark.parametrize("count", [1, 7, 64, 1000])
@pytest.mark.parametrize("begin", [0, 500])
def test_elements_are_found_in_any_pieces_with_their_places(count: int, begin: int) -> None:
    wanted = [b"<page><t>one</t></page>", b"<page a='b'>two</page >", b"<page>three</page>"]
    found = list(Elements("page", 1000).find(Pieces(PAGES, count), begin))
    assert found == [Element(begin + PAGES.index(one), one) for one in wanted]


@pytest.mark.parametrize("count", [1, 1000])
def test_elements_of_attributes_alone_end_before_the_next(count: int) -> None:
    content = b"<rows>\n<row Id='1'/>\n  <row Id='2' />\n</rows>"
    found = list(Elements("row", 1000, empty=True).find(Pieces(content, count)))
    assert [(one.offset, one.content.strip(), one.error) for one in found] == [
        (content.index(b"<row Id='1'"), b"<row Id='1'/>", ""),
        (content.index(b"<row Id='2'"), b"<row Id='2' />", ""),
    ]
    (last,) = Elements("row", 1000, empty=True).find(Pieces(b"<row Id='3'/>\n", count))
    assert (last.content.strip(), last.error) == (b"<row Id='3'/>", "")
    (cut,) = Elements("row", 1000, empty=True).find(Pieces(b"<row Id='3", count))
    assert (cut.offset, cut.error) == (0, "truncated")


@pytest.mark.parametrize("count", [1, 1000])
def test_an_element_without_an_end_costs_no_other(count: int) -> None:
    content = b"<page>one<page>two</page>" + b"<page>" + b"x" * 100 + b"</page><page>three</page><page>fo"
    found = list(Elements("page", 50).find(Pieces(content, count)))
    assert [(one.offset, one.error) for one in found] == [
        (0, "corrupt"),
        (9, ""),
        (25, "too_large"),
        (content.index(b"<page>three"), ""),
        (content.index(b"<page>fo"), "truncated"),
    ]
    assert found[0].content == b"<page>one"
    assert found[2].content.startswith(b"<page>xxx")


@pytest.mark.parametrize("count", [10, 1000])
def test_of_a_long_history_the_last_version_is_kept_and_places_stay(count: int) -> None:
    versions = b"".join(b"<rev>version %d</rev>" % number for number in range(9))
    content = b"<page><t>a</t>" + versions + b"</page><page>next</page>"
    found = list(Elements("page", 60, keep_last="rev").find(Pieces(content, count)))
    assert [(one.offset, one.content) for one in found] == [
        (0, b"<page><t>a</t><rev>version 8</rev></page>"),
        (content.index(b"<page>next"), b"<page>next</page>"),
    ]


def bytes_before_damage(stream: IO[bytes]) -> int:
    came = 0
    try:
        while piece := stream.read1(1000):  # type: ignore[attr-defined]
            came += len(piece)
    except DecompressionError:
        return came
    return -1


@pytest.mark.parametrize("tag", [b"<page>", b"<pale>"])
def test_damage_of_the_compressed_file_is_told_where_it_is(tag: bytes) -> None:
    noise = random.Random(3).randbytes(5000).hex().encode()
    packed = bytearray(gzip.compress(tag + noise, mtime=0))
    packed[-8] ^= 1  # of the checksum
    content = bytes(packed) + gzip.compress(b"<page>whole</page>", mtime=0)
    came = bytes_before_damage(decompress(io.BytesIO(content), "gz"))
    first, second = Elements("page", 20_000).find(decompress(io.BytesIO(content), "gz"))
    assert (first.offset, first.error) == (0 if tag == b"<page>" else came, "corrupt")
    assert (second.content, second.error) == (b"<page>whole</page>", "")
    assert second.offset > came


def test_nodes_have_their_path_and_the_text_that_stands_directly_in_them() -> None:
    found = nodes(b"<page><t>A &amp; b</t><rev id='1'>c<ip/>d</rev><rev/></page>")
    assert [(one.path, one.attributes, one.text) for one in found] == [
        ("page", {}, ""),
        ("page/t", {}, "A & b"),
        ("page/rev", {"id": "1"}, "cd"),
        ("page/rev/ip", {}, ""),
        ("page/rev", {}, ""),
    ]


def test_bytes_that_no_xml_may_hold_are_replaced_and_what_is_not_well_formed_is_refused() -> None:
    assert nodes(b"<a>b\x01c\xffd</a>")[0].text == "b\ufffdc\ufffdd"
    for broken in (b"<a>b</c>", b"<a>" * (MOST_LEVELS + 1) + b"</a>" * (MOST_LEVELS + 1)):
        with pytest.raises(expat.ExpatError):
            nodes(broken)
    assert len(nodes(b"<a>" * MOST_LEVELS + b"</a>" * MOST_LEVELS)) == MOST_LEVELS
