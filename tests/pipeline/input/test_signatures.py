"""What dumps, mail and papers are recognised by: at the fewest marks that do, and one short of them."""

import pytest

from textmill.pipeline.input.signatures import BYTE_ORDER_MARK, looks_like_paper, recognise, unread

MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: x\n\nHello.\n"


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"<mediawiki xmlns='x'>", "dump.xml", "mediawiki"),
        (b"<?xml version='1.0'?>\n<!-- from\nhere -->\n<mediawiki>", "dump", "mediawiki"),
        (b"<mediawikis>", "dump.xml", None),
        (b'<?xml version="1.0"?>\n<posts>\n  <row Id="1"/>', "Posts.XML", "stackexchange"),
        (b"<Comments></Comments>", "a.xml", "stackexchange"),
        (b"<posts><row ", "a.txt", None),
        (b"<posts><post ", "a.xml", None),
        (b"{}", "A.IPYNB", "notebook"),
        (b' {"cells": [{"cell_type": "code"}], "metadata": {}}', "a", "notebook"),
        (b'{"cells": [{"cell_type": "code"}]}', "a", None),
        (b'{"cells": [], "metadata": {}}', "a", None),
        (b'[{"cells": [{"cell_type": "code"}], "metadata": {}}]', "a", None),
        (b'{"subreddit": "a", "link_id": "b", "gilded":0}', "a.jsonl", "reddit"),
        (b'{"subreddit": "a", "link_id": "b"}', "a.jsonl", None),
        (b'{"subreddit": "a", "link_id": "b"}\n{"gilded": 1}', "a.jsonl", None),  # it is the first line that tells
        (b'{"permalink": "a", "link_id": "b", "gilded": 0}', "a.jsonl", None),
        (b'{"subreddit": "a", "link_id": "b", "gilded": 0, "text": "c"}', "a.jsonl", None),
        (b'{"created_utc": 1}', "RC_2015-01.zst", "reddit"),
        (b'{"created_utc": 1}', "all_rs_2015-01", "reddit"),
        (b'{"id": 1}', "RC_2015-01", None),
        (b'[{"created_utc": 1}]', "RC_2015-01", None),
        (b"", "A.EML", "mail"),
        (b"", "a.mbox", "mail"),
        (b"", "saved.mhtml", "mail"),
        (MAIL, "1", "mail"),
        (MAIL, "1.", "mail"),
        (MAIL, "1700000000.4711", "mail"),
        (MAIL, "17.host.example:2,S", "mail"),
        (MAIL, "a.log", None),
        (MAIL.replace(b"Subject", b"FROM"), "1", None),  # two fields, one of them twice
        (MAIL.replace(b"Subject: x\n", b""), "1", None),
        (b"To: a\nDate: b\r\n\r\nSubject: c\n", "1", None),  # behind the header
        (b"Hello.\n" + MAIL, "1", None),
        (b"From a@example.org Mon\nX-Mailer: y\n", "inbox", "mail"),
        (b"From someone, at 10:15\nSubject: y\n", "inbox", "mail"),
        (b"From here on:\nSubject: y\n", "inbox", None),
        (b"From a@example.org Mon\nFoo: y\nBar: z\n", "inbox", None),
        (b"From a@example.org Mon\nno field\nSubject: y\n", "inbox", None),
        (b"From ann at example.org  Thu Jan  1 00:00:00 2015\nFrom: ann\nSubject: y\n", "2015-January.TXT", "mail"),
        (b"From here to 10:15\nSubject matter\n", "a.txt", None),
        (MAIL, "a.txt", None),
        (b"", "a.SRT", "subtitles"),
        (b"WEBVTT\n", "a", "subtitles"),
        (b"\n1\r\n00:00:01,000 --> 00:00:02,000\r\nHi.", "a", "subtitles"),
        (b"a\n00:00:01,000 --> 00:00:02,000\nHi.", "a", None),
        (b"", "a.TeX", "latex"),
        (b"% a paper\n  \\documentclass{article}", "0704.0001", "latex"),
        (b"\\documentstyle{article}", "paper", "latex"),
        (b"% \\documentclass{article}", "paper", None),
        (b"\\documentclass{article}", "paper.doc", None),
    ],
)
def test_by_first_bytes_or_name(head: bytes, name: str, expected: str | None) -> None:
    assert recognise(head, name) == expected
    assert recognise(BYTE_ORDER_MARK + head, name) == expected


def test_the_first_format_that_fits_is_taken() -> None:
    assert recognise(b"<mediawiki>", "a.tex") == "mediawiki"
    assert recognise(b"WEBVTT", "a.eml") == "mail"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.tex"], True),
        (["a.LTX", "figures/", "figures/b.PDF", "Makefile", "README", "LICENSE"], True),
        (["a.tex", "b.py"], False),
        (["a.tex", "INSTALL"], False),
        (["a.tex", "anc/b.py", "anc/deep/INSTALL", "00README.XXX", ".hidden.py"], True),
        (["a.tex", "src/anc"], False),  # a file of this name
        (["a.pdf", "README"], False),
        (["anc/a.tex", "b.pdf"], False),
        ([], False),
    ],
)
def test_an_archive_is_a_paper_by_its_names(names: list[str], expected: bool) -> None:
    assert looks_like_paper(names) == expected


@pytest.mark.parametrize(
    ("head", "name", "what"),
    [
        (b"Rar!\x1a\x07\x01\x00", "a", "RAR"),
        (b"LZIP\x01\x14", "a.lz", "lzip"),
        (b"\x1f\x9d\x90", "a.Z", "compress"),
        (b"\xff\x06\x00\x00sNaPpY", "a.sz", "Snappy"),
        (b"\x8b\x02\x80" + bytes(range(200)), "a.jsonl.br", "Brotli"),
        (b"%!PS-Adobe-3.0", "a.txt", "PostScript"),
        (b"Obj\x01\x04", "a", "Avro"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a", "WebP"),
        (b"\x00\x00\x00\x20ftypisom", "a", "video"),
        (b"\x80\x04\x95\x0b", "a", "pickled"),
        (b"AT&TFORM\x00\x00\x01\x00DJVU", "a", "DjVu"),
    ],
)
def test_formats_that_are_not_read_are_named(head: bytes, name: str, what: str) -> None:
    assert what in (unread(head, name) or "")


@pytest.mark.parametrize(
    "head",
    [
        *(b"MZ is a code", b"ORCHARDS bear", b"ID3 tags", b"RIFF and RAFF", b"Rar! it said", b"Object", b"", b"OTTO"),
        *(b"ORC\nwars", b"ORC\r\nwars", b"GIF89a is old", b"OggS", b"fLaC", b"xar! he said", b"wOFF", b"%!PS is"),
    ],
)
def test_text_that_begins_like_another_format_is_none(head: bytes) -> None:
    assert unread(head, "a.br") is None


UNREAD = {
    "a PNG image": [b"\x89PNG\x01"], "a JPEG image": [b"\xff\xd8\xff\xe0\x00"], "a GIF image": [b"GIF89a\x01",
        b"GIF87a\x00"],
    "a TIFF image": [b"II*\x00", b"MM\x00*"], "a WebP image": [b"RIFF\x01\x02\x03\x04WEBP"],
    "sound or video": [
        b"RIFF\x01\n\x03\x04WAVE", b"RIFF\x01\x02\x03\x04AVI ", b"OggS\x00", b"fLaC\x00", b"ID3\x02", b"ID3\x04",
        b"\xff\xfb\x00", b"\xff\xf3\x00", b"\xff\xf2\x00", b"\x1aE\xdf\xa3", b"\x00\x00\x00\x20ftyp",
    ],
    "a DjVu document": [b"AT&TFORM\x00\x00\x00\x01DJV"],
    "a program": [b"\x7fELF", b"MZ\x90\x00", b"MZ\x00\x08", b"\xca\xfe\xba\xbe\x00", b"\xcf\xfa\xed\xfe\x00",
        b"\x00asm"],
    "compiled Python": [b"\xa7\r\r\n\x00\x00\x00\x00", b"\xa7\r\r\n\x03\x00\x00\x00"],
    "an old Office document, or an encrypted one": [b"\xd0\xcf\x11\xe0\x00"],
    "an SQLite database": [b"SQLite format 3\x00"],
    "PostScript; convert it to PDF first": [b"%!PS-Adobe", b"%!PS\r", b"%!PS\n", b"\xc5\xd0\xd3\xc6\x00"],
    "a RAR archive; unpack it first": [b"Rar!\x1a\x07"],
    "an archive that is not read; unpack it first": [
        b"MSCF\x00", b"ISc(\x00", b"MSWIM\x00", b"xar!\x00", b"\xed\xab\xee\xdb\x00", b"!<arch>\n",
    ],
    "compressed by lzip; unpack it first": [b"LZIP\x00", b"LZIP\x01"],
    "compressed by compress (.Z); unpack it first": [b"\x1f\x9d", b"\x1f\xa0"],
    "compressed by lzop; unpack it first": [b"\x89LZO\x00"],
    "compressed by Snappy; unpack it first": [b"\xff\x06\x00\x00sNaPpY"],
    "an Avro file; convert it to Parquet first": [b"Obj\x01"],
    "an ORC file; convert it to Parquet first": [b"ORC\x00", b"ORC\x1f"],
    "arrays or pickled objects; convert them to Parquet first": [
        b"\x89HDF\r\n\x1a", b"\x93NUMPY\x01", b"\x80\x02\x80\x01", b"\x80\x05\xff\x01",
    ],
    "a help file or book of Microsoft": [b"ITSF\x03", b"ITOLITLS\x01"], "a binary property list": [b"bplist00\x01"],
    "a CBOR file; convert it to JSON lines first": [b"\xd9\xd9\xf7\xbf\x01"],
    "a font": [b"wOFF\x00", b"wOF2\x00", b"\x00\x01\x00\x00\x00", b"OTTO\x00", b"ttcf\x00"],
}  # fmt: skip


@pytest.mark.parametrize(("what", "heads"), UNREAD.items())
def test_what_formats_that_are_not_read_are_called(what: str, heads: list[bytes]) -> None:
    for head in heads:
        assert unread(head, "a") == what, head
        assert unread(b"\x01" + head, "a") is None, head  # only at the beginning


@pytest.mark.parametrize(
    ("head", "name", "what"),
    [
        (bytes(range(64)), "a.BR", "compressed by Brotli; unpack it first"),
        (bytes(range(64)), "a.orc", "an ORC file; convert it to Parquet first"),
        (bytes(range(64)), "a.jsonl", None),
        (b"text \x01" + b"and more " * 9, "a.br", None),
        (b"ORC\x20\x01", "a", None), (b"LZIP\x02", "a", None), (b"\x80\x06\x80\x01", "a", None),
        (b"ID3\x05", "a", None),
        (b"MZ\x90\x09", "a", None),
    ],
)  # fmt: skip
def test_what_is_told_by_names_and_what_by_none(head: bytes, name: str, what: str | None) -> None:
    assert unread(head, name) == what


REDDIT = """subreddit_id created_utc link_id parent_id selftext is_self num_comments author_flair_text permalink
stickied
gilded retrieved_on controversiality over_18 num_crossposts"""


@pytest.mark.parametrize("field", REDDIT.split())
def test_every_field_of_reddit_counts(field: str) -> None:
    other = "gilded" if field != "gilded" else "link_id"
    line = f'{{"subreddit": "a", "{other}": 0, "{field}" : 1}}'.encode()
    assert recognise(line, "a.jsonl") == "reddit"
    assert recognise(line.replace(f'"{field}"'.encode(), b'"more"'), "a.jsonl") is None
    assert recognise(f'{{"{field}": 1}}'.encode(), "RS_2020-02") == "reddit"


HEADERS = """return-path received message-id delivered-to mime-version from to subject date reply-to in-reply-to
references
content-type content-transfer-encoding list-id newsgroups path x-mailer"""


@pytest.mark.parametrize("header", HEADERS.split())
def test_every_header_of_mail_counts(header: str) -> None:
    others = [name for name in ("From", "To", "Date") if name.lower() != header][:2]
    head = "".join(f"{name}: x\n" for name in (*others, header.title())).encode()
    assert recognise(head + b"\nHello.", "1") == "mail"
    assert recognise(head.replace(f"{header.title()}:".encode(), b"Else:"), "1") is None


@pytest.mark.parametrize(
    ("suffixes", "format_"),
    [
        (".mbox .mbx .eml .emlx .mht .mhtml .MBX", "mail"), (".srt .vtt .sbv .ass .ssa .VTT", "subtitles"),
        (".tex .ltx .latex .LTX", "latex"),
        (".ipynb", "notebook"),
    ],
)  # fmt: skip
def test_names_that_tell(suffixes: str, format_: str) -> None:
    for suffix in suffixes.split():
        assert recognise(b"", f"a{suffix}") == format_
        assert recognise(b"", f"a{suffix}y") is None


TABLES = "posts comments users badges votes tags posthistory postlinks"


@pytest.mark.parametrize("table", TABLES.split())
def test_every_table_of_stackexchange(table: str) -> None:
    assert recognise(f"<{table}>\n<row ".encode(), "a.xml") == "stackexchange"
    assert recognise(f"<{table}s>\n<row ".encode(), "a.xml") is None


BESIDE = """ltx latex bbl bib bst cls sty clo cfg def fd ist bbx cbx lbx dtx ins aux log out toc lof lot blg nav snm
fls synctex
eps epsf epsi ps pdf png jpg jpeg gif svg bmp tif tiff tikz pgf pdf_tex pdf_t pstex pstex_t eps_tex mp mps asy xbb bb
fig
dat csv txt md json xmpdata glo gls acn acr idx ind otf ttf pfb tfm map enc fmt xxx yaml yml"""


def test_what_may_lie_beside_a_paper() -> None:
    assert looks_like_paper(["a.tex", *(f"b.{suffix}" for suffix in BESIDE.split())])
    assert looks_like_paper(["a.tex", "MAKEFILE", "readme", "License"])
    for suffix in ("py", "c", "html", "docx", "zip", "texx"):
        assert not looks_like_paper(["a.tex", f"b.{suffix}"])
