"""Mailboxes and messages: where messages begin, which parts are text, and in which charset."""

import base64
import gzip
import json
import random
from pathlib import Path

import pytest

from textmill.filters.base.batch import document_id
from textmill.pipeline.input.formats import detect_format

from .reading import read_bytes

HEAD = "From: A <a@b.example>\nSubject: Note\nDate: Mon, 5 Jan 2026 10:00:00 +0000\n"


def message(text: str, kind: str = "text/plain", more: str = "") -> str:
    return f"{HEAD}Content-Type: {kind}\n{more}\n{text}\n"


def multipart(kind: str, *parts: str) -> str:
    return (
        f'{HEAD}Content-Type: multipart/{kind}; boundary="=b="\n\n'
        + "".join(f"--=b=\n{part}\n" for part in parts)
        + "--=b=--\n"
    )


def read_message(folder: Path, content: str | bytes) -> tuple[str, dict[str, object]]:
    (row,) = read_bytes(folder, "a.eml", content).rows
    assert row["kind"] == "other"
    return row["text"], json.loads(row["metadata"])


def test_messages_of_a_mailbox(tmp_path: Path) -> None:
    first = message("The first.\n\nFrom the beginning it was so.\n>From here too.\n>>From there.")
    second = message("The second.").replace("Note", "=?iso-8859-1?q?M=FChle?= =?utf-8?b?w7w=?=")
    content = f"From a@b Mon Jan  5 10:00:00 2026\n{first}\nFrom MAILER-DAEMON Mon Jan  5 2026\n{second}\n"
    found = read_bytes(tmp_path, "in.mbox", content)
    assert found.texts == ["The first.\n\nFrom the beginning it was so.\nFrom here too.\n>From there.", "The second."]
    assert [json.loads(row["metadata"])["subject"] for row in found.rows] == ["Note", "Mühleü"]
    assert read_bytes(tmp_path, "in.mbox", content.replace("\n", "\r\n")).texts == found.texts
    assert read_bytes(tmp_path, "in.mbox.gz", gzip.compress(content.encode())).rows[1]["text"] == "The second."
    assert read_bytes(tmp_path, "Inbox", content).texts == found.texts


def test_the_text_of_a_message(tmp_path: Path) -> None:
    page = "<html><body><p>Some <b>bold</b> words.</p><p>More.</p></body></html>"
    assert read_message(tmp_path, message(page, "text/html"))[0] == "Some bold words.\n\nMore."
    both = multipart("alternative", "Content-Type: text/html\n\n<p>HTML</p>", "Content-Type: text/plain\n\nPlain")
    assert read_message(tmp_path, both)[0] == "Plain"
    only = multipart("alternative", "Content-Type: text/plain\n\n \n", "Content-Type: text/html\n\n<p>HTML</p>")
    assert read_message(tmp_path, only)[0] == "HTML"
    forwarded = multipart("mixed", "\nSee below.", "Content-Type: message/rfc822\n\n" + message("Inner text."))
    assert read_message(tmp_path, forwarded)[0] == "See below.\n\nNote\n\nInner text."


def test_a_multipart_without_a_boundary_is_its_text(tmp_path: Path) -> None:
    assert read_message(tmp_path, message("What was written.", "multipart/mixed"))[0] == "What was written."


def test_a_multipart_with_another_boundary_than_its_header_says(tmp_path: Path) -> None:
    page = base64.encodebytes("<p>Das Mühlrad dreht sich.</p>".encode()).decode()
    content = (
        "From: a@example.org\nContent-Type: multipart/alternative; boundary=one\n\n----=_two\n"
        f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{page}\n----=_two--\n"
    )
    assert read_bytes(tmp_path, "a.eml", content).texts == ["Das Mühlrad dreht sich."]


def test_messages_without_an_empty_line_between_them(tmp_path: Path) -> None:
    envelope = "From a@b Mon Jan  5 10:00:00 2026\n"
    content = "".join(envelope + message(text)[:-1] + "\n" for text in ("One.", "From here\non.", "Three."))
    assert read_bytes(tmp_path, "a.mbox", content).texts == ["One.", "From here\non.", "Three."]


def test_attachments_are_named(tmp_path: Path) -> None:
    image = (
        'Content-Type: image/png; name="a.png"\nContent-Transfer-Encoding: base64\n\n'
        + base64.b64encode(b"\x89PNG").decode()
    )
    notes = "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\nnot the message"
    text, metadata = read_message(
        tmp_path, multipart("mixed", "\nThe text.", image, notes, "Content-Type: text/calendar\n\nx")
    )
    assert text == "The text."
    assert metadata == {
        "subject": "Note", "from": "A <a@b.example>", "date": "Mon, 5 Jan 2026 10:00:00 +0000",
        "attachments": ["a.png", "ü.txt", "text/calendar"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "utf-8"), ("koi8-r", "koi8-r"), ("iso-2022-jp", "iso-2022-jp"), ("gb2312", "gb18030"),
     ("us-ascii", "utf-8"),
     ("hz-gb-2312", "hz"), ("unknown", "utf-8"), ("iso-8859-1", "utf-8")],
)  # fmt: skip
def test_charsets(tmp_path: Path, charset: str, encoding: str) -> None:
    text = {"koi8-r": "Мельник мелет муку, и река течёт мимо.", "iso-2022-jp": "水車小屋の主人は粉をひく。"}.get(
        encoding, "磨坊主磨面粉,河水流过。" if encoding in ("gb18030", "hz") else "Der Müller mahlt Mehl – für alle."
    )
    body = base64.encodebytes(text.encode(encoding)).decode()
    kind = f'text/plain; charset="{charset}"'
    assert read_message(tmp_path, message(body, kind, "Content-Transfer-Encoding: base64\n"))[0] == text
    assert read_message(tmp_path, message("", kind).encode() + text.encode(encoding))[0] == text


def test_flowed_lines_are_joined_and_quotes_kept(tmp_path: Path) -> None:
    flowed = message("One \nline.\n> quoted \n> words\n> more\nTwo\n-- \nA", "text/plain; format=flowed")
    assert read_message(tmp_path, flowed)[0] == "One line.\n> quoted words\n> more\nTwo\n--\nA"
    assert read_message(tmp_path, message("> quoted \n> words"))[0] == "> quoted \n> words"


def test_what_cannot_be_read_costs_that_message(tmp_path: Path) -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(1500))
    content = "\n".join(
        f"From x\n{part}"
        for part in (message("a"), HEAD + deep, message("x" * 9000), message("b"), message("<b>" * 3000, "text/html"))
    )
    found = read_bytes(tmp_path, "a.mbox", content, max_document_bytes=200_000)
    assert found.texts == ["a", "x" * 9000, "b", ""]
    assert [error for _, error in found.errors] == ["corrupt"]
    found = read_bytes(tmp_path, "a.mbox", content.replace(deep, ""), max_document_bytes=1000)
    assert [row["text"] for row in found.rows] == ["a", "", "b"]
    assert [error for _, error in found.errors] == ["too_large", "too_large"]
    headers = f"{HEAD}Content-Type: text/plain{'; a=b' * 3000}\n\nx"
    assert read_bytes(tmp_path, "a.eml", headers).errors == [(0, "extraction_failed")]


def test_damaged_mailboxes_lose_nothing_in_silence(tmp_path: Path) -> None:
    generator = random.Random(4)
    whole = "".join(
        f"From x\n{multipart('mixed', f'{chr(10)}Text {i}.', 'Content-Type: image/png' + chr(10))}\n" for i in range(6)
    )
    for _ in range(100):
        content = bytearray(whole.encode())
        for _ in range(generator.randint(1, 8)):
            content[generator.randrange(7, len(content))] = generator.randrange(256)
        found = read_bytes(tmp_path, "a.mbox", bytes(content))
        assert 3 <= len(found.rows) + len(found.quarantined) <= 6


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("1", HEAD + "\nx", "mail"),
        ("1234.V801I:2,S", HEAD + "\nx", "mail"),
        ("inbox", f"From a Mon Jan  5 10:00:00 2026\n{HEAD}\nx", "mail"),
        ("a.txt", HEAD + "\nx", "text"),
        ("README", "From the start: it was so.\nSubject: none", "prose"),
        ("a.eml", "x", "mail"),
    ],
)
def test_what_looks_like_mail(tmp_path: Path, name: str, content: str, expected: str) -> None:
    (tmp_path / name).write_text(content)
    assert detect_format(str(tmp_path / name)).name == expected


def test_a_message_of_too_many_lines_is_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.dumps.message.MOST_LINES", 500)
    content = "From x@y Mon Jan  1 00:00:00 2020\n" * 600 + "\nFrom x@y\n" + message("b")
    found = read_bytes(tmp_path, "a.mbox", content)
    assert (found.texts, [error for _, error in found.errors]) == (["b"], ["too_large"])
    assert found.quarantined[0].first_bytes.startswith(b"From x@y")


DATED = "From a@b Mon Jan  5 10:00:00 2026\n"


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        ("From x\nA: b\n\ntext\n\nFrom y\nC: d\n\nmore\n", {0: "text", 19: "more"}),
        ("From x\nA: b\n\ntext\nFrom y\nC: d\n", {0: "text\nFrom y\nC: d"}),  # no empty line and no date
        (f"From x\nA: b\n\ntext\n{DATED}C: d\n\n", {0: "text", 18: ""}),
        (f"{DATED}>From x\nA: b\n\ntext", {0: "text"}),
        ("From x\n\nnot a message\n", None),
        ("From x\nA: b\n\nFrom here it\ngoes on\n", {0: "From here it\ngoes on"}),
        ("From x\nA: b\n\nFrom here it\n\ngoes on\n", {0: "From here it\n\ngoes on"}),
        ("From x\nA: b\n\nFrom here", {0: "From here"}),
        ("From x\nA: b\n\n\n\nFrom y\nFrom z\nB: c\n", {0: "From y\nFrom z\nB: c"}),
        (f"From x\nA: b\n\nFrom y\n{DATED}B: c\n\nd", {0: "From y", 20: "d"}),
        ("From x\nA: b\n\nt\n\n\nFrom y\n>From z\nB: c", {0: "t\n\n\nFrom y\nFrom z\nB: c"}),
        (f"From x\nA: b\n\nt\n\n{DATED}>From z\nB: c\n\nu", {0: "t", 16: "u"}),
        (f"From x\nA: b\n\nt\n\n{DATED}is no line before a header", {0: f"t\n\n{DATED}is no line before a header"}),
        ("From x\r\nA: b\r\n\r\nt\r\n\r\nFrom y\r\nB: c\r\n\r\nu", {0: "t", 21: "u"}),
    ],
)
def test_where_messages_begin(tmp_path: Path, content: str, messages: dict[int, str] | None) -> None:
    found = read_bytes(tmp_path, "a.mbox", content)
    if messages is None:
        assert (found.rows, found.errors) == ([], [(0, "corrupt")])
        return
    assert found.texts == list(messages.values())
    assert [row["doc_id"] for row in found.rows] == [document_id("in/a.mbox", position) for position in messages]


def test_what_is_told_of_a_message_that_cannot_be_read(tmp_path: Path) -> None:
    long = "From x\nA: b\n\n" + "y" * 30 + "\n" + "z" * 30 + "\n\n"  # of a message, 5 times of a text
    found = read_bytes(
        tmp_path, "a.mbox", f"{long}From q\nB: c\n\nkept\n\nFrom r\nC: d\n\n" + "v" * 300, max_document_bytes=12
    )
    assert [(bad.source, bad.position, bad.error, bad.detail, bad.first_bytes) for bad in found.quarantined] == [
        ("in/a.mbox", 0, "too_large", "a message of 69 bytes; the limit is 60", b"A: b\n\n" + b"y" * 30),
        ("in/a.mbox", len(long) + 19, "too_large", "a message of 306 bytes; the limit is 60", b"C: d\n"),
    ]
    assert found.texts == ["kept"]
    (bad,) = read_bytes(tmp_path, "b.eml", "\n" + "x" * 300).quarantined
    assert (bad.source, bad.position, bad.error, bad.detail, bad.first_bytes) == (
        *("in/b.eml", 0, "corrupt", "no header field where a message should begin"),
        b"\n" + b"x" * 255,
    )


def test_a_mailbox_that_breaks_off_keeps_what_is_whole(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(50_000).hex()
    content = gzip.compress(f"From x\nA: b\n\none\n\nFrom y\nC: d\n\n{noise}\n".encode(), mtime=0)
    found = read_bytes(tmp_path, "a.mbox.gz", content[:20_000])
    (bad,) = found.quarantined
    assert (bad.error, bad.first_bytes) == ("truncated", b"")
    assert (found.texts, bad.position) == (["one"], 31)


@pytest.mark.parametrize(("end", "length"), [("From here", 78), ("From here\nz", 80), ("", 68), ("z", 70)])
def test_how_long_a_message_is(tmp_path: Path, end: str, length: int) -> None:
    (bad,) = read_bytes(tmp_path, "a.mbox", f"From x\nA: b\n\n{'y' * 60}\n\n{end}", max_document_bytes=12).quarantined
    assert bad.detail == f"a message of {length} bytes; the limit is 60"


def test_a_message_of_apple_mail_without_its_property_list(tmp_path: Path) -> None:
    message = b"From: a@example.org\nSubject: mill\n\nGrind.\n"
    content = b'%d      \n%s<?xml version="1.0"?>\n<plist><dict/></plist>\n' % (len(message), message)
    (row,) = read_bytes(tmp_path, "1.emlx", content).rows
    assert row["text"] == "Grind."
    assert json.loads(row["metadata"])["subject"] == "mill"


@pytest.mark.parametrize("count", [5, 44, 900])
def test_a_wrong_count_of_apple_mail_loses_nothing(tmp_path: Path, count: int) -> None:
    content = b"%d\nFrom: a@example.org\nSubject: mill\n\nGrind all of it.\n" % count
    assert read_bytes(tmp_path, "1.emlx", content).texts == ["Grind all of it."]


def test_a_message_that_is_passed_on_in_base64(tmp_path: Path) -> None:
    inner = base64.encodebytes(b"Subject: inner\n\nGrind.\n").decode()
    content = (
        "From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nLook:\n--x\n"
        f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n--x--\n"
    )
    assert read_bytes(tmp_path, "a.eml", content).texts == ["Look:\n\ninner\n\nGrind."]


def test_a_file_of_one_message_that_is_too_long_is_told(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, "a.eml", message("y" * 600), max_document_bytes=100)
    assert (found.texts, found.errors) == ([], [(0, "too_large")])
