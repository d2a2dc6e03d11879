"""EPUB: a book as one document in reading order."""

import io
import json
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from textmill.filters.base.batch import document_id

from .reading import Found, read_file

CONTAINER = """<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def package(spine: str, manifest: str) -> str:
    return f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Mill</dc:title><dc:creator>A. Writer</dc:creator>
<dc:creator>B.
Writer</dc:creator><dc:creator/><dc:language>en</dc:language><dc:rights>Public domain</dc:rights></metadata>
<manifest>{manifest}</manifest><spine>{spine}</spine></package>"""


def item(name: str, properties: str = "") -> str:
    extra = f' properties="{properties}"' if properties else ""
    return f'<item id="{name}" href="text/{name}%20page.xhtml" media-type="application/xhtml+xml"{extra}/>'


def chapter(body: str, attributes: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head>'
        f"<body {attributes}>{body}</body></html>"
    )


def encryption(name: str) -> str:
    return f"""<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="http://example/any"/>
<enc:CipherData><enc:CipherReference URI="{name}"/></enc:CipherData></enc:EncryptedData></encryption>"""


def book(**changes: str | None) -> bytes:
    files: dict[str, str | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": package(
            '<itemref idref="nav"/><itemref idref="title"/><itemref idref="two"/><itemref idref="one"/>'
            '<itemref idref="notes" linear="no"/>',
            item("nav", "nav") + item("title") + item("one") + item("two") + item("notes"),
        ),
        "OEBPS/text/nav page.xhtml": chapter("<nav>Contents</nav>"),
        "OEBPS/text/title page.xhtml": chapter("<h1>The Mill</h1>", 'epub:type="frontmatter titlepage"'),
        "OEBPS/text/one page.xhtml": chapter("<h2>One</h2><p>First paragraph.</p><p>Second <i>paragraph</i>.</p>"),
        "OEBPS/text/two page.xhtml": chapter("<h2>Two</h2><p>Er sagte: „Grüß Gott“.</p>"),
        "OEBPS/text/notes page.xhtml": chapter("<p>A note.</p>"),
    }
    files |= changes
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return sink.getvalue()


def read_book(folder: Path, content: bytes, **options: int) -> Found:
    path = folder / "a.epub"
    path.write_bytes(content)
    return read_file(path, **options)


def test_chapters_in_reading_order(tmp_path: Path) -> None:
    (row,) = read_book(tmp_path, book()).rows
    paragraphs = [line for line in row["text"].splitlines() if line]
    assert paragraphs == ["Two", "Er sagte: „Grüß Gott“.", "One", "First paragraph.", "Second paragraph."]
    assert row["kind"] == "book"
    assert json.loads(row["metadata"]) == {
        "author": "A. Writer; B. Writer",
        "language": "en",
        "rights": "Public domain",
        "title": "The Mill",
    }
    assert row["doc_id"] == document_id("in", 0)
    assert row["text"].startswith("Two\n")
    assert "“.\n\nOne\n" in row["text"]  # an empty line between two chapters


def test_what_is_missing_from_a_book_is_told(tmp_path: Path) -> None:
    def told(**changes: str | None) -> str:
        (row,) = read_book(tmp_path, book(**changes), max_document_bytes=10_000).quarantined
        return row.detail

    nothing = {f"OEBPS/text/{name} page.xhtml": None for name in ("one", "two", "title")}
    assert told(**nothing).startswith("the book has no OEBPS/text/title page.xhtml; ")
    gone = dict.fromkeys(("META-INF/container.xml", "OEBPS/content.opf", "OEBPS/text/nav page.xhtml"))
    gone["OEBPS/text/notes page.xhtml"] = None
    assert "the archive has no XHTML documents" in told(**nothing, **gone)
    long = told(**{"OEBPS/text/one page.xhtml": chapter("x" * 50_000)})
    assert long == "unpacked, the book is longer than the limit of 50000 bytes"
    locked = encryption("OEBPS/text/one%20page.xhtml")
    assert told(**{"META-INF/encryption.xml": locked}).endswith("encrypted (DRM): OEBPS/text/one page.xhtml")


def test_a_damaged_container_costs_no_book(tmp_path: Path) -> None:
    content = bytearray(book())
    entry = content.rindex(b"META-INF/container.xml") - 46  # in the table of contents
    content[entry + 16] ^= 1  # of the checksum
    (row,) = read_book(tmp_path, bytes(content)).rows
    assert row["text"] == read_book(tmp_path, book()).rows[0]["text"]
    assert list(json.loads(row["metadata"])["lost_items"]) == ["META-INF/container.xml"]


def test_a_book_may_unpack_to_exactly_the_limit(tmp_path: Path) -> None:
    content = book(**{"OEBPS/text/one page.xhtml": chapter("<b></b>" * 5000)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = (
            "META-INF/container.xml",
            "OEBPS/content.opf",
            *(f"OEBPS/text/{n} page.xhtml" for n in ("title", "one", "two")),
        )
        size = sum(archive.getinfo(name).file_size for name in read)
    limit = -(-size // 5)
    assert len(read_book(tmp_path, content, max_document_bytes=limit).rows) == 1
    assert read_book(tmp_path, content, max_document_bytes=limit - 1).errors == [(0, "too_large")]


def test_what_is_no_chapter_is_left_out(tmp_path: Path) -> None:
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("style", "one", "picture", "missing", "empty", "two"))
    manifest = (
        '<item id="style" href="a.css" media-type="text/css"/>'
        '<item id="picture" href="a.svg" media-type="image/svg+xml"/>'
        '<item id="one" href="../one.html" media-type="text/html"/>' + item("empty") + item("two", "svg scripted")
    )
    changes = {
        "OEBPS/content.opf": package(spine, manifest),
        "one.html": chapter('<p>Chapter <img src="x.png" alt="a picture"/>one.</p>'),
        "OEBPS/text/empty page.xhtml": chapter("  "),
        "OEBPS/a.css": "p { color: red }",
        "OEBPS/a.svg": "<svg/>",
    }
    (row,) = read_book(tmp_path, book(**changes)).rows
    assert list(json.loads(row["metadata"])["lost_items"]) == ["missing"]
    assert row["text"].split("\n\n", 1)[0] == "Chapter one."
    assert [line for line in row["text"].splitlines() if line] == ["Chapter one.", "Two", "Er sagte: „Grüß Gott“."]
    assert "\n\n\n" not in row["text"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"META-INF/encryption.xml": encryption("OEBPS/text/one%20page.xhtml")}, "unsupported"),
        ({"OEBPS/content.opf": '<!DOCTYPE x [<!ENTITY a "aaaa">]><package>&a;</package>'}, "unsupported"),
        ({"OEBPS/text/one page.xhtml": chapter("x" * 2_000_000)}, "too_large"),
    ],
)
def test_books_that_cannot_be_read(tmp_path: Path, changes: dict[str, str | None], error: str) -> None:
    found = read_book(tmp_path, book(**changes), max_document_bytes=200_000)
    assert (found.rows, found.errors) == ([], [(0, error)])


def metadata_of(folder: Path, **changes: str | None) -> dict[str, Any]:
    (row,) = read_book(folder, book(**changes)).rows
    assert "First paragraph." in row["text"]
    found: dict[str, Any] = json.loads(row["metadata"])
    return found


OPF = "OEBPS/content.opf"
PACKAGE = package('<itemref idref="two"/><itemref idref="one"/>', item("one") + item("two"))


@pytest.mark.parametrize(
    ("opf", "told"),
    [
        (PACKAGE.replace("The Mill", "Mill & Sons"), {"title": "Mill & Sons"}),
        (PACKAGE.replace("The Mill", "Caf&eacute; &nosuch; &lt;&#x41;"), {"title": "Café &nosuch; <A"}),
        ("\n \ufeff" + PACKAGE, {"title": "The Mill"}),
        (PACKAGE.replace("http://www.idpf.org/2007/opf", "http://openebook.org/namespaces/oeb-package/1.0/"), {}),
        (PACKAGE.replace("<dc:creator>", '<dc:creator opf:role="aut">'), {"author": "A. Writer; B. Writer"}),
        (PACKAGE.replace("page.xhtml", "page.xhtml#start"), {}),
        (PACKAGE.replace("page.xhtml", "PAGE.XHTML"), {}),
        (PACKAGE.replace("application/xhtml+xml", "text/x-oeb1-document"), {}),
        (PACKAGE[: PACKAGE.index("<spine>")], {"reading_order": "manifest"}),
        (package("", item("one") + item("two")), {"reading_order": "manifest"}),
        ('<?xml version="1.0"?><!DOCTYPE package PUBLIC "x" "oeb.dtd">' + PACKAGE.partition("?>")[2], {}),
    ],
)
def test_packages_as_people_write_them(tmp_path: Path, opf: str, told: dict[str, str]) -> None:
    found = metadata_of(tmp_path, **{OPF: opf})
    assert {name: found[name] for name in told} == told
    assert ("lost_items" in found) == ("</package>" not in opf)


def test_a_book_without_package_is_read_by_the_names_of_its_documents(tmp_path: Path) -> None:
    for changes in (
        {OPF: None},
        {OPF: "<package/>"},
        {"META-INF/container.xml": None, OPF: None},
    ):
        assert metadata_of(tmp_path, **changes)["reading_order"] == "names"
    for container in (None, "<container/>", "<contai"):  # the package is found without what names it
        assert "lost_items" in metadata_of(tmp_path, **{"META-INF/container.xml": container})


def test_a_book_keeps_what_can_be_read_of_it(tmp_path: Path) -> None:
    lost = metadata_of(tmp_path, **{"OEBPS/text/two page.xhtml": None})
    assert lost["lost_items"] == {"OEBPS/text/two page.xhtml": "the book has no OEBPS/text/two page.xhtml"}
    sink = io.BytesIO(book())
    with zipfile.ZipFile(sink) as archive:
        info = archive.getinfo("OEBPS/text/two page.xhtml")
    damaged = bytearray(sink.getvalue())
    at = damaged.rindex(info.CRC.to_bytes(4, "little"))
    damaged[at] ^= 1
    (row,) = read_book(tmp_path, bytes(damaged)).rows
    assert "First paragraph." in row["text"]
    assert "Bad CRC-32" in json.loads(row["metadata"])["lost_items"]["OEBPS/text/two page.xhtml"]
    huge = book(**{"OEBPS/text/two page.xhtml": chapter("x" * 20_000_001)})
    (row,) = read_book(tmp_path, huge).rows
    assert "First paragraph." in row["text"]
    assert json.loads(row["metadata"])["lost_items_count"] == 1


@pytest.mark.parametrize(
    "body",
    [
        '<nav epub:type="toc"><ol><li>Out</li></ol></nav><p>In.</p>',
        '<section epub:type="titlepage"><h1>Out</h1></section><section epub:type="chapter"><p>In.</p></section>',
        '<section class="pg-boilerplate pgheader"><div>Out</div></section><p>In.</p>',
        '<p>I<span epub:type="pagebreak" title="12">12</span>n<span role="doc-pagebreak" id="p"/>.</p>',
        "<!-- <section epub:type='titlepage'> --><p>In.</p>",
    ],
)
def test_only_apparatus_is_cut(tmp_path: Path, body: str) -> None:
    (row,) = read_book(tmp_path, book(**{"OEBPS/text/one page.xhtml": chapter(body)})).rows
    assert row["text"].endswith("“.\n\nIn.")


def test_an_index_within_a_chapter_stays(tmp_path: Path) -> None:
    body = '<section epub:type="chapter"><p>In.</p><section epub:type="index"><p>Mill, 12</p></section></section>'
    (row,) = read_book(tmp_path, book(**{"OEBPS/text/one page.xhtml": chapter(body)})).rows
    assert row["text"].endswith("In.\n\nMill, 12")


@pytest.mark.parametrize("head", ["<title/>", '<script src="a.js"/>', '<style type="text/css"/>'])
def test_elements_that_close_themselves_empty_no_chapter(tmp_path: Path, head: str) -> None:
    page = chapter("<p>In.</p>").replace("<title>x</title>", head)
    (row,) = read_book(tmp_path, book(**{"OEBPS/text/one page.xhtml": page})).rows
    assert row["text"].endswith("In.")


@pytest.mark.parametrize("body", ["<b>" * 300_000, '<section epub:type="toc">' * 100_000, "<div " + "a=1 " * 400_000])
def test_no_markup_takes_long(tmp_path: Path, body: str) -> None:
    content = book(**{"OEBPS/text/one page.xhtml": chapter(body)})
    started = time.process_time()
    (row,) = read_book(tmp_path, content).rows
    assert "Grüß Gott" in row["text"]
    assert time.process_time() - started < 10


def test_obfuscated_fonts_are_no_encryption(tmp_path: Path) -> None:
    fonts = encryption("OEBPS/fonts/mill.otf")
    assert len(read_book(tmp_path, book(**{"META-INF/encryption.xml": fonts})).rows) == 1


def test_damaged_books_give_one_record(tmp_path: Path) -> None:
    whole, generator = book(), random.Random(11)
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(generator.randint(1, 6)):
            content[generator.randrange(len(content))] = generator.randrange(256)
        if generator.random() < 0.3:
            del content[generator.randrange(len(content)) :]
        found = read_book(tmp_path, bytes(content))
        assert len(found.rows) + len(found.quarantined) == 1


def test_a_real_book(shared_data: Path) -> None:
    (row,) = read_file(shared_data / "books" / "pride-and-prejudice.epub").rows
    assert json.loads(row["metadata"])["title"] == "Pride and Prejudice"
    assert row["text"].lstrip().startswith("I\n")
    assert "It is a truth universally acknowledged" in row["text"][:200]
    assert "Standard Ebooks" not in row["text"]
    assert 110_000 < len(row["text"].split()) < 130_000


def test_chapters_whose_letters_are_taken_apart_or_that_are_named_from_the_root(tmp_path: Path) -> None:
    named = (
        '<item id="a" href="cafe%CC%81.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="OEBPS/b.xhtml" media-type="application/xhtml+xml"/>'
    )
    changes: dict[str, str | None] = {
        "OEBPS/content.opf": package('<itemref idref="a"/><itemref idref="b"/>', named),
        "OEBPS/caf\u00e9.xhtml": chapter("<p>One.</p>"),
        "OEBPS/b.xhtml": chapter("<p>Two.</p>"),
    }
    (row,) = read_book(tmp_path, book(**changes)).rows
    assert (row["text"], "lost_items" in row["metadata"]) == ("One.\n\nTwo.", False)


def test_a_chapter_of_no_text_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(book(**{"OEBPS/text/one page.xhtml": None}))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("OEBPS/text/one page.xhtml", random.Random(5).randbytes(4000))
    (row,) = read_book(tmp_path, path.read_bytes()).rows
    assert row["text"].startswith("Two")
    assert list(json.loads(row["metadata"])["lost_items"]) == ["OEBPS/text/one page.xhtml"]


def spelt(folder: Path, href: str, stored: str) -> str:
    """Text of a book whose one chapter is called so in the manifest, and so in the archive."""
    opf = package('<itemref idref="A"/>', f'<item id="a" href="{href}" media-type="application/xhtml+xml"/>')
    only = {f"OEBPS/text/{name} page.xhtml": None for name in ("nav", "title", "one", "two", "notes")}
    (row,) = read_book(folder, book(**only, **{OPF: opf, stored: chapter("<p>Words of it.</p>")})).rows
    assert "lost_items" not in json.loads(row["metadata"])
    return str(row["text"])


@pytest.mark.parametrize(
    ("href", "stored"),
    [
        ("../../text/a.xhtml", "text/a.xhtml"),
        ("a%20b.xhtml", "OEBPS/a%20b.xhtml"),
        ("caf%C3%A9.xhtml", "OEBPS/caf%c3%a9.xhtml"),
        ("café.xhtml", "OEBPS/cafe\u0301.xhtml"),
    ],
)
def test_chapters_are_found_however_their_names_are_written(tmp_path: Path, href: str, stored: str) -> None:
    assert spelt(tmp_path, href, stored) == "Words of it."


def test_names_in_utf_8_that_do_not_say_so_are_found(tmp_path: Path) -> None:
    opf = package('<itemref idref="one"/>', item("one").replace("one%20page", "on%C3%A9page"))
    content = book(**{OPF: opf, "OEBPS/text/onXXpage.xhtml": chapter("<p>Words of it.</p>")})
    (row,) = read_book(tmp_path, content.replace(b"onXXpage", "onépage".encode())).rows
    assert row["text"] == "Words of it."


def test_what_stands_in_for_a_chapter_that_readers_cannot_show_is_read(tmp_path: Path) -> None:
    manifest = (
        item("two")
        + '<item id="p" href="a.pdf" media-type="application/pdf" fallback="q"/>'
        + '<item id="q" href="a.svg" media-type="image/svg+xml" fallback="one"/>'
        + item("one")
        + '<item id="alone" href="b.pdf" media-type="application/pdf"/>'
        + '<item id="drawn" href="b.svg" media-type="image/svg+xml"/>'
        + '<item id="x" href="c.pdf" media-type="application/pdf" fallback="y"/>'
        + '<item id="y" href="d.pdf" media-type="application/pdf" fallback="x"/>'
    )
    references = "".join(f'<itemref idref="{name}"/>' for name in ("two", "p", "alone", "drawn", "x"))
    (row,) = read_book(tmp_path, book(**{OPF: package(references, manifest)})).rows
    assert row["text"].split("\n\n")[2:] == ["One", "First paragraph.", "Second paragraph."]
    told = "application/pdf is not read"
    assert json.loads(row["metadata"])["lost_items"] == {"b.pdf": told, "c.pdf": told}


def test_entities_that_a_chapter_declares_stand_for_their_text(tmp_path: Path) -> None:
    declared = "<!DOCTYPE html [\n<!ENTITY mill 'the mill'> <!ENTITY many \"&mill;&mill;\">\n]>"
    changed = chapter("<p>At &mill; &amp; &many;.</p>").replace("<html", f"{declared}<html", 1)
    (row,) = read_book(tmp_path, book(**{"OEBPS/text/one page.xhtml": changed})).rows
    assert row["text"].endswith("\n\nAt the mill & &many;.")
    assert "]>" not in row["text"]
