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
