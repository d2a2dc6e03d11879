"""Dumps of wikis: which pages are articles, what their wikitext says, and what damage costs."""

import bz2
import gzip
import json
import random
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from textmill.filters.base.batch import document_id

from .reading import read_bytes, read_file

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
  <siteinfo><sitename>Wiki der Mühlen</sitename><dbname>muehlwiki</dbname>
    <base>https://mill.example/wiki/Hauptseite</base>
    <namespaces><namespace key="-2" case="first-letter">Medium</namespace><namespace key="0" case="first-letter" />
      <namespace key="6" case="first-letter">Datei</namespace>
      <namespace key="14" case="first-letter">Kategorie</namespace>
    </namespaces></siteinfo>
"""


def page(title: str, text: str, number: int = 1, namespace: int = 0, more: str = "", model: str = "wikitext") -> str:
    return (
        f"<page>\n<title>{escape(title)}</title><ns>{namespace}</ns><id>{number}</id>{more}\n"
        f"<revision><id>{number}00</id>"
        f"<timestamp>2026-01-0{number % 9 + 1}T00:00:00Z</timestamp><contributor><username>x</username><id>7</id>"
        f"</contributor><model>{model}</model><format>text/x-wiki</format>"
        f'<text bytes="1" xml:space="preserve">{escape(text)}</text></revision>\n</page>\n'
    )


def dump(*pages: str) -> str:
    return HEAD + "".join(pages) + "</mediawiki>\n"


def test_an_article(tmp_path: Path) -> None:
    text = (
        "'''Mills''' grind [[corn|grain]].<ref>A book.</ref>\n\n[[Datei:Mill.jpg|thumb|A mill]]\n[[Kategorie:Mills|M]]"
    )
    (row,) = read_bytes(tmp_path, "dump.xml", dump(page("Old mills", text))).rows
    assert row["text"] == "Mills grind grain."
    assert (row["kind"], row["url"]) == ("web", "https://mill.example/wiki/Old_mills")
    assert json.loads(row["metadata"]) == {
        "title": "Old mills",
        "page_id": 1,
        "revision_id": 100,
        "timestamp": "2026-01-02T00:00:00Z",
        "site": "muehlwiki",
        "language": "de",
        "namespace": 0,
        "categories": ["Mills"],
    }


def test_what_is_no_article_is_skipped_and_told(tmp_path: Path) -> None:
    stub = "<page><title>S</title><ns>0</ns><id>9</id><revision><id>1</id><text bytes='4' id='7' /></revision></page>"
    gone = stub.replace("bytes='4' id='7'", "deleted='deleted'")
    found = read_bytes(
        tmp_path,
        "dump.xml",
        dump(
            page("Talk:A", "talk", namespace=1),
            page("Template:B", "template", namespace=10),
            page("C", "#REDIRECT [[D]]", more='<redirect title="D" />'),
            page("E", "#WEITERLEITUNG [[F]]"),
            page("G.js", "x", model="javascript"),
            stub,
            gone,
            page("H", "Kept."),
        ),
    )
    assert found.texts == ["Kept."]
    assert found.skipped == {
        "MediaWiki namespace 1": 1,
        "MediaWiki namespace 10": 1,
        "MediaWiki redirect": 2,
        "MediaWiki content model javascript": 1,
        "MediaWiki stub, whose text is in another dump": 1,
        "MediaWiki text deleted": 1,
    }


PAGES = [page(f"Page {number}", f"Text {number} of many. " * 30, number) for number in range(300)]


@pytest.mark.parametrize("streams", [1, 30])
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
def test_cutting_changes_nothing(tmp_path: Path, suffix: str, streams: int) -> None:
    compress = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}[suffix]
    step = len(PAGES) // streams
    pieces = [HEAD, *("".join(PAGES[start : start + step]) for start in range(0, len(PAGES), step)), "</mediawiki>"]
    if streams == 1:
        pieces = ["".join(pieces)]
    path = tmp_path / f"dump.xml{suffix}"
    path.write_bytes(b"".join(compress(piece.encode()) for piece in pieces))
    whole = read_file(path)
    assert len(whole.rows) == len(PAGES)
    assert not whole.quarantined
    cut = read_file(path, max(path.stat().st_size // 5, 500))
    assert cut.splits > 3
    assert cut.rows == whole.rows


def test_other_namespaces_where_they_are_asked_for(tmp_path: Path) -> None:
    content = dump(page("A", "a"), page("Help:B", "b", namespace=12), page("Talk:A", "c", namespace=1))
    found = read_bytes(tmp_path, "dump.xml", content, wiki_namespaces=(0, 12))
    assert (found.texts, found.skipped) == (["a", "b"], {"MediaWiki namespace 1": 1})


def test_of_all_revisions_the_last_is_read(tmp_path: Path) -> None:
    first, last = page("A", "old " * 3000), page("A", "new")
    revision = last[last.index("<revision>") : last.index("</page>")]
    content = dump(first.replace("</page>", revision + "</page>"), page("B", "b"))
    assert read_bytes(tmp_path, "dump.xml", content).texts == ["new", "b"]
    assert read_bytes(tmp_path, "dump.xml", content, max_document_bytes=9000).texts == ["new", "b"]


def test_a_broken_page_costs_that_page(tmp_path: Path) -> None:
    whole = page("B", "whole")
    bad = {
        "nested": page("A", "x").replace("<revision>", "<a>" * 60 + "<revision>"),
        "unbalanced": page("A", "x").replace("</text>", "</txt>"),
        "unended": page("A", "x").replace("</page>", ""),
        "entity": page("A", "ENTITY").replace("ENTITY", "&bomb;"),
        "doctype": page("A", "x").replace("<page>", '<page><!DOCTYPE a [<!ENTITY b "bb">]>'),
    }
    for name, content in bad.items():
        found = read_bytes(tmp_path, f"{name}.xml", dump(page("C", "before"), content, whole))
        assert found.texts == ["before", "whole"], name
        assert [error for _, error in found.errors] == ["corrupt"], name
    found = read_bytes(tmp_path, "long.xml", dump(page("A", "x" * 3000), whole), max_document_bytes=2000)
    assert (found.texts, found.errors) == (["whole"], [(len(HEAD.encode()), "too_large")])
    found = read_bytes(tmp_path, "cut.xml", dump(page("C", "before"), page("A", "x" * 3000))[:-200])
    assert (found.texts, [error for _, error in found.errors]) == (["before"], ["truncated"])


def test_a_flood_of_broken_pages_is_counted(tmp_path: Path) -> None:
    content = HEAD + "<page>" * 450_000 + page("A", "kept")
    whole = read_bytes(tmp_path, "dump.xml", content)
    assert whole.texts == ["kept"]
    assert len(whole.quarantined) == 303
    assert [error for _, error in whole.errors].count("no_documents") == 3
    cut = read_bytes(tmp_path, "dump.xml", content, 1_100_000)
    assert (cut.splits, cut.texts, cut.errors) == (2, whole.texts, whole.errors)


def test_bytes_that_xml_may_not_hold_are_replaced(tmp_path: Path) -> None:
    content = dump(page("A", "one BAD two")).encode().replace(b"BAD", b"\xff \x01 \x00")
    assert read_bytes(tmp_path, "dump.xml", content).texts == ["one \ufffd \ufffd \ufffd two"]


def test_damage_in_a_stream_costs_that_stream(tmp_path: Path) -> None:
    random.seed(5)
    words = ["".join(random.choices("abcdefgh", k=9)) for _ in range(20_000)]
    pages = [page(f"P{number}", " ".join(words[number * 100 : number * 100 + 100]), number) for number in range(200)]
    streams = [bytearray(bz2.compress("".join(pages[start : start + 50]).encode())) for start in range(0, 200, 50)]
    streams[1][len(streams[1]) // 2 :] = bytes(len(streams[1]) // 2)
    found = read_bytes(tmp_path, "dump.xml.bz2", bz2.compress(HEAD.encode()) + b"".join(streams))
    assert [error for _, error in found.errors] == ["corrupt"]
    assert len(found.rows) == 150


def test_streams_of_a_multistream_dump_are_apart(tmp_path: Path) -> None:
    streams = [bz2.compress("".join(PAGES[start : start + 3]).encode()) for start in range(0, 30, 3)]
    head = bz2.compress(HEAD.encode())
    whole = read_bytes(tmp_path, "a.xml.bz2", head + b"".join(streams))
    positions = len(head), len(head) + len(streams[0])
    assert [row["doc_id"] for row in whole.rows[:4]] == [
        document_id("in/a.xml.bz2", (offset << 20) + number)
        for offset, number in [(positions[0], 0), (positions[0], 1), (positions[0], 2), (positions[1], 0)]
    ]
    padded = read_bytes(tmp_path, "b.xml.bz2", head + bytes(100) + b"".join(streams) + bytes(99), 500)
    assert (padded.texts, padded.errors) == (whole.texts, [])
    junk = read_bytes(tmp_path, "c.xml.bz2", head + streams[0] + b"junk" + b"".join(streams[1:]), 500)
    assert (junk.texts, junk.errors) == (whole.texts, [(positions[1] << 20, "corrupt")])
    cut = read_bytes(tmp_path, "d.xml.bz2", (head + b"".join(streams))[:-100], 500)
    assert (cut.texts, [error for _, error in cut.errors]) == (whole.texts[:-3], ["truncated"])
