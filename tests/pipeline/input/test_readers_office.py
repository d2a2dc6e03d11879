"""Word documents, OpenDocument texts and FictionBooks."""

# ruff: noqa: E501 - markup in one line shows where there is no white space

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from textmill.pipeline.input.inputs import InputFile, InputOptions
from textmill.pipeline.input.readers import read_split
from textmill.pipeline.input.splits import cut_splits

from .reading import read_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="urn:mc"'


def zipped(files: dict[str, str | bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return sink.getvalue()


def word(body: str, **parts: str) -> bytes:
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
    }
    for name, content in parts.items():
        files[f"word/{name}.xml"] = content
    files["docProps/core.xml"] = (
        '<cp:coreProperties xmlns:dc="d"><dc:title>Mill</dc:title><dc:creator>A. Writer</dc:creator></cp:coreProperties>'
    )
    return zipped(files)


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def open_document(body: str, styles: str = "", **files: str) -> bytes:
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:svg="s">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "meta.xml": '<m xmlns:dc="d"><dc:title>Mill</dc:title><dc:language>en-GB</dc:language></m>',
            **files,
        }
    )


def read_one(folder: Path, name: str, content: bytes) -> tuple[str, dict[str, Any]]:
    path = folder / name
    path.write_bytes(content)
    found = read_file(path)
    assert found.quarantined == []
    (row,) = found.rows
    return row["text"], json.loads(row["metadata"] or "{}")


NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:styleId="ListBullet"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>
</w:style></w:styles>"""


def test_lists_of_word(tmp_path: Path) -> None:
    def item(text: str, level: int) -> str:
        return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    body = paragraph("Head", '<w:pStyle w:val="Heading1"/>') + item("three", 0) + item("a", 1) + item("b", 1)
    body += item("four", 0) + item("again", 1) + paragraph("Text") + paragraph("dot", '<w:pStyle w:val="ListBullet"/>')
    text, metadata = read_one(tmp_path, "a.docx", word(body, numbering=NUMBERING, styles=STYLES))
    assert text == "Head\n\n3. three\n  a. a\n  b. b\n4. four\n  a. again\n\nText\n\n• dot"
    assert metadata == {"title": "Mill", "author": "A. Writer"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:ins><w:r><w:t>yes</w:t></w:r></w:ins></w:p>", "yes"),
        ("<w:p><w:moveFrom><w:r><w:t>no</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>yes</w:t></w:r></w:moveTo></w:p>", "yes"),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:t>yes</w:t></w:r></w:p>", "yes"),
        ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>yes</w:t></w:r></w:p>', "yes"),
        ("<w:p><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>", "link"),
        (
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
            "</mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
            "</mc:AlternateContent></w:r><w:r><w:t>around</w:t></w:r></w:p>",
            "box\n\naround",
        ),
        (
            f"<w:tbl><w:tr><w:tc>{paragraph('a')}{paragraph('b')}</w:tc><w:tc>{paragraph('c')}</w:tc></w:tr>"
            f"<w:tr><w:tc>{paragraph('d')}</w:tc><w:tc><w:tbl><w:tr><w:tc>{paragraph('e')}</w:tc><w:tc>{paragraph('f')}"
            f"</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>{paragraph('after')}",
            "a b\tc\nd\te f\n\nafter",
        ),
        (paragraph("Mill ..... 3", '<w:pStyle w:val="TOC1"/>') + paragraph("text"), "text"),
    ],
)  # fmt: skip
def test_text_of_word(tmp_path: Path, body: str, expected: str) -> None:
    assert read_one(tmp_path, "a.docx", word(body))[0] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph("D", '<w:framePr w:dropCap="drop"/>') + paragraph("rop cap."), "Drop cap."),
        (paragraph("The", '<w:framePr w:dropCap="margin"/>') + paragraph(" mill."), "The mill."),
        (paragraph("A", '<w:framePr w:dropCap="none"/>') + paragraph("b"), "A\n\nb"),
        (paragraph("a") + paragraph("D", '<w:framePr w:dropCap="drop"/>'), "a\n\nD"),
        (2 * paragraph("D", '<w:framePr w:dropCap="drop"/>') + paragraph("a"), "DD\n\na"),
    ],
)
def test_large_initials_of_word_belong_to_their_words(tmp_path: Path, body: str, expected: str) -> None:
    assert read_one(tmp_path, "a.docx", word(body))[0] == expected


def test_notes_of_word_stand_at_the_end(tmp_path: Path) -> None:
    body = '<w:p><w:r><w:t>One</w:t><w:footnoteReference w:id="5"/><w:t> two</w:t><w:endnoteReference w:id="1"/></w:r></w:p>'
    foot = f'<w:footnotes {W}><w:footnote w:id="0">{paragraph("no")}</w:footnote><w:footnote w:id="5">{paragraph("foot")}</w:footnote></w:footnotes>'
    end = f'<w:endnotes {W}><w:endnote w:id="1">{paragraph("end")}{paragraph("more")}</w:endnote></w:endnotes>'
    text, _ = read_one(tmp_path, "a.docx", word(body, footnotes=foot, endnotes=end))
    assert text == "One[1] two[2]\n\n[1] foot\n[2] end more"


def test_a_word_document_that_breaks_off_keeps_its_beginning(tmp_path: Path) -> None:
    content = zipped({"word/document.xml": f"<w:document {W}><w:body>{paragraph('kept')}<w:p><w:r>"})
    text, metadata = read_one(tmp_path, "a.docx", content)
    assert text == "kept"
    assert metadata["lost_items"]["word/document.xml"].startswith("breaks off: ")


def test_open_document(tmp_path: Path) -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/>'
        '<text:list-level-style-bullet text:level="2"/></text:list-style>'
    )
    body = (
        "<text:tracked-changes><text:deletion><text:p>no</text:p></text:deletion></text:tracked-changes>"
        '<text:h>The  \n Mill</text:h><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>a note</text:p></text:note-body>"
        "</text:note><office:annotation><text:p>no</text:p></office:annotation>.</text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>in</text:p>'
        "</text:list-item></text:list></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell>"
        "<text:p>y</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>box</text:p></draw:text-box><svg:desc>no</svg:desc></draw:frame>end"
        "</text:p><text:table-of-content><text:index-body><text:p>no</text:p></text:index-body></text:table-of-content>"
    )
    text, metadata = read_one(tmp_path, "a.odt", open_document(body, styles))
    assert text == (
        "The Mill\n\na  b\tc\nd[1].\n\n1. one\n  • in\n2. two\n\nx\ty\n\nbox\n\nend\n\n[1] a note"
    )  # fmt: skip
    assert metadata == {"title": "Mill", "language": "en-GB"}


NUMBERED = '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/></text:list-style>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:p>a<text:s/>b</text:p>", "a b"),
        ('<text:p>a<text:s text:c="many"/>b</text:p>', "a b"),
        ('<text:p>a<text:s text:c="3000"/>b</text:p>', "a" + " " * 100 + "b"),
        (
            "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby>字</text:p>",
            "漢字",
        ),
        (
            '<text:list text:style-name="L1"><text:list-item><text:p>a<text:s/><text:span>b</text:span></text:p>'
            "<text:p>c</text:p></text:list-item><text:list-item><text:p>d</text:p></text:list-item></text:list>",
            "1. a b\n  c\n2. d",
        ),
        ("<text:list-item><text:p>in no list</text:p></text:list-item>", "in no list"),
        ("<text:p>a</text:p><text:user-index><text:p>no</text:p></text:user-index><text:p>b</text:p>", "a\n\nb"),
    ],
)
def test_text_of_open_documents(tmp_path: Path, body: str, text: str) -> None:
    assert read_one(tmp_path, "a.odt", open_document(body, NUMBERED))[0] == text


FICTION = """<?xml version="1.0" encoding="windows-1251"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info><author><first-name>Иван</first-name>
<last-name>Петров</last-name></author><book-title>Мельница</book-title><lang>ru</lang></title-info>
<document-info><program-used>no</program-used></document-info></description>
<body><title><p>Глава</p></title><section><p>Смотритель <emphasis>гавани</emphasis> вёл
книгу<a type="note">[1]</a>.</p><empty-line/><poem><stanza><v>Раз</v><v>Два</v></stanza><stanza><v>Три</v></stanza></poem>
<table><tr><th>а</th><th>б</th></tr><tr><td>в</td><td>г</td></tr></table></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>Заметка.</p></section></body>
<binary id="a.png">AAAA</binary></FictionBook>"""


@pytest.mark.parametrize("charset", ["windows-1251", "utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["a.fb2", "a.xml", "a"])
def test_fiction_book(tmp_path: Path, charset: str, name: str) -> None:
    if charset == "utf-16" and name != "a.fb2":
        return  # told by its name alone
    text, metadata = read_one(tmp_path, name, FICTION.replace("windows-1251", charset).encode(charset))
    assert text == (
        "Глава\n\nСмотритель гавани вёл книгу[1].\n\nРаз\nДва\n\nТри\n\nа\tб\nв\tг\n\n1\n\nЗаметка."
    )  # fmt: skip
    assert metadata == {"author": "Иван Петров", "title": "Мельница", "language": "ru"}


def test_signs_that_open_no_tag_cost_nothing(tmp_path: Path) -> None:
    book = "<FictionBook><body><p>a & b < c &lt; d <- e</p><p>f</p></body></FictionBook>"
    assert read_one(tmp_path, "a.fb2", book.encode())[0] == "a & b < c < d <- e\n\nf"
    commented = "<FictionBook><body><!-- a < b --><p>c</p></body></FictionBook>"
    assert read_one(tmp_path, "a.fb2", commented.encode())[0] == "c"


def test_a_zipped_fiction_book(tmp_path: Path) -> None:
    (tmp_path / "a.fb2.zip").write_bytes(zipped({"a.fb2": FICTION.encode("cp1251")}))
    path, options = tmp_path / "a.fb2.zip", InputOptions()
    (split,) = cut_splits([InputFile(str(path), "in", path.stat().st_size)], options)
    (read,) = read_split(split, options)
    (row,) = read.batch.to_pylist()
    assert (row["source"], row["kind"], json.loads(row["metadata"])["title"]) == ("in/a.fb2", "book", "Мельница")


def bomb(name: str) -> bytes:
    return zipped({name: b"<w:document><w:body>" + b" " * 30_000_000})


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.docx", bomb("word/document.xml"), "too_large"),
        ("a.odt", bomb("content.xml"), "too_large"),
        ("a.docx", zipped({"word/document.xml": f"{ENTITIES}<x>&b;</x>"}), "unsupported"),
        ("a.odt", zipped({"content.xml": f"{ENTITIES}<x>&b;</x>"}), "unsupported"),
        ("a.fb2", f"{ENTITIES}<FictionBook>&b;</FictionBook>".encode(), "unsupported"),
        ("a.fb2", b"<FictionBook><!--" + b"-" * 9000 + b"--><x " + b"a", "corrupt"),
        ("a.docx", word("<w:p>" * 100_000), "extraction_failed"),
        ("a.odt", open_document("<text:p>" * 100_000), "extraction_failed"),
        ("a.fb2", b"<FictionBook><body>" + b"<section>" * 100_000, "extraction_failed"),
        ("a.docx", b"PK\x03\x04 cut", "corrupt"),
        ("a.docx", zipped({"a.txt": "x"}), "corrupt"),
        ("a.odt", zipped({"META-INF/manifest.xml": "<m><e:encryption-data/></m>", "content.xml": "?"}), "unsupported"),
        ("a.xlsx", zipped({"xl/workbook.xml": "<x/>"}), "unsupported"),
        ("slides", zipped({"ppt/presentation.xml": "<x/>"}), "unsupported"),
        ("a.docx", zipped({"[Content_Types].xml": "<x/>", "filler": b"x", "xl/workbook.bin": b"x"}), "unsupported"),
        ("a", zipped({"[Content_Types].xml": "<x/>", "visio/document.xml": "<VisioDocument/>"}), "unsupported"),
        ("a.mobi", b"Title".ljust(60, b"\0") + b"BOOKMOBI" + b"\0" * 200, "unsupported"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_row(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    (tmp_path / name).write_bytes(content)
    started = time.process_time()
    found = read_file(tmp_path / name, max_document_bytes=5_000_000)
    assert (found.rows, found.errors) == ([], [(0, error)])
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"Hello \b world\b0 .\par Next\line line", "Hello world.\n\nNext\nline"),
        (r"caf\'e9 \u1078?\u-3913 ? \{x\} a\~b", "café ж\uf0b7 {x} a\xa0b"),
        (r"{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial CYR;}}{\f1 \'cc\'e8\'f0} and \'e9", "Мир and é"),
        (r"{\fonttbl{\f2\fcharset128 MS Mincho;}}\f2 \'93\'fa\'96\'7b", "日本"),
        (r"{\info{\title no}}{\*\generator no;}{\stylesheet{\s1 no;}}{\header no\par}yes", "yes"),
        (r"{\deleted no}{\v no}kept{\revised  in}", "kept in"),
        (r"One{\super\chftn}{\footnote\pard {\super\chftn} A note.\par} two.\par", "One[1] two.\n\n[1] A note."),
        (r"\trowd\intbl a\cell b\cell\row\trowd\intbl c\cell d\cell\row\pard after\par", "a\tb\nc\td\n\nafter"),
        (r'{\field{\*\fldinst HYPERLINK "http://no"}{\fldrslt link}}', "link"),
        (r"{\shppict{\pict\pngblip 89504e47}}text", "text"),
        (r"{\pict\bin4 }}}}}text", "text"),
        (r"{\shp{\*\shpinst{\sp{\sn fFlipH}{\sv 0}}{\shptxt box\par}}}text", "box\n\ntext"),
        (r"text}\'80 and then \'81", "text"),
        (r"a\par}\b b", "a\n\nb"),
        ("one\ntwo \\\nthree", "onetwo\n\nthree"),
    ],
)
def test_rich_text(tmp_path: Path, body: str, expected: str) -> None:
    for name in ("a.rtf", "download"):
        assert read_one(tmp_path, name, rf"{{\rtf1\ansi\ansicpg1252 {body}}}".encode())[0] == expected


def test_rich_text_that_breaks_off(tmp_path: Path) -> None:
    text, metadata = read_one(tmp_path, "a.rtf", rb"{\rtf1 kept\par {\b and")
    assert (text, metadata["lost_items"]) == ("kept\n\nand", {"rtf": "breaks off within 2 groups"})
    (tmp_path / "b.rtf").write_bytes(b"{\\rtf1 " + b"{" * 5_000_000)
    assert read_file(tmp_path / "b.rtf").errors == [(0, "corrupt")]


def test_documents_within_a_word_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(word(paragraph("Mine.") + '<w:altChunk r:id="a" xmlns:r="r"/><w:altChunk/>' + paragraph("Too.")))
    (row,) = read_file(path).rows
    assert row["text"] == "Mine.\n\nToo."
    assert json.loads(row["metadata"])["lost_items"] == {"altChunk": "documents within it that are not read: 2"}


@pytest.mark.parametrize(
    ("name", "files", "detail"),
    [
        ("a.xlsb", {"a": "x"}, "a spreadsheet"),
        ("a.potm", {"a": "x"}, "slides"),
        ("a.vsdx", {"a": "x"}, "a drawing or a formula"),
        ("a", {"mimetype": "application/vnd.oasis.opendocument.graphics"}, "a drawing or a formula"),
        ("a", {"mimetype": "application/vnd.sun.xml.calc"}, "a spreadsheet"),
        (
            "a.zip",
            {"mimetype": "application/vnd.adobe.indesign-idml-package", "META-INF/container.xml": "x"},
            "InDesign",
        ),
        ("a.oxps", {"a": "x"}, "an XPS document"),
        ("a", {"[Content_Types].xml": "x", "FixedDocSeq.fdseq": "x"}, "an XPS document"),
        ("a.pages", {"index.xml": "x"}, "iWork"),
        ("a", {"Index/Document.iwa": "x"}, "iWork"),
    ],
)
def test_documents_that_are_not_read_are_told(
    tmp_path: Path, name: str, files: dict[str, str | bytes], detail: str
) -> None:
    path = tmp_path / name
    path.write_bytes(zipped(files))
    (row,) = read_file(path).quarantined
    assert row.error == "unsupported"
    assert detail in row.detail


@pytest.mark.parametrize(
    ("name", "content", "detail"),
    [
        ("a.xml", '<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?><w:wordDocument/>', "one XML file"),
        ("a", "<?xml version='1.0'?><!-- x --><?mso-application progid='Excel.Sheet'?><Workbook/>", "a spreadsheet"),
        ("a.fodp", '<?xml version="1.0"?>\n<office:document xmlns:office="o"/>', "slides"),
    ],
)
def test_documents_in_one_xml_file_are_told(tmp_path: Path, name: str, content: str, detail: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    (row,) = read_file(path).quarantined
    assert row.error == "unsupported"
    assert detail in row.detail


def test_a_flat_open_document_without_its_pictures(tmp_path: Path) -> None:
    body = "<text:p>One<draw:image><office:binary-data>iVBORw0KGgo=</office:binary-data></draw:image> two.</text:p>"
    content = f'<office:document xmlns:office="o" xmlns:text="t" xmlns:draw="d">{body}</office:document>'
    assert read_one(tmp_path, "a.fodt", content.encode())[0] == "One two."


def test_a_text_of_openoffice_1(tmp_path: Path) -> None:
    body = (
        "<text:p>One<text:footnote><text:footnote-citation>1</text:footnote-citation><text:footnote-body>"
        "<text:p>A note.</text:p></text:footnote-body></text:footnote><text:tab-stop/>two.</text:p>"
        "<text:unordered-list><text:list-item><text:p>Item</text:p></text:list-item></text:unordered-list>"
    )
    content = zipped({"mimetype": "application/vnd.sun.xml.writer", "content.xml": f'<o xmlns:text="t">{body}</o>'})
    for name in ("a.sxw", "download"):
        assert read_one(tmp_path, name, content)[0] == "One[1]\ttwo.\n\n• Item\n\n[1] A note."
