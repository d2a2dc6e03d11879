"""Subtitles: what is said, without numbers, times and markup."""

from pathlib import Path

import pytest

from .reading import read_bytes


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> there.\n- Who?\n\n2\n"
         "00:00:03,000 --> 00:00:04,000\nMe.\n",
         "Hello there.\n- Who?\nMe."),
        ("b.srt", "\ufeff1\r\n0:00:01.000-->0:00:02.500 X1:1\r\n{\\an8}One\r\n2\r\n"
         "00:00:03,0 --> 00:00:04,0\r\n\r\nTwo\r\n\r\n1984\r\n",
         "One\nTwo\n1984"),
        ("c.vtt", "WEBVTT - A title\nKind: captions\n\nNOTE a\nnote\n\n"
         "STYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.000 align:start\n"
         "<v Ann>Tea &amp; <00:01.500><c.red>milk</c></v>\n\n"
         "00:02.000 --> 00:03.000\nTea & milk\nand more\n\nNOTE end\n",
         "Tea & milk\nand more"),
        ("d", "WEBVTT\n\n00:01.000 --> 00:02.000\nx", "x"),
        ("e.txt", "1\n00:00:01,000 --> 00:00:02,500\nx", "x"),
        ("g.sbv", "0:00:01.000,0:00:02.500\nHello\nthere.\n\n0:00:03.000,0:00:04.000\nMe, 0:00:03.000,0:00:04.000\n",
         "Hello\nthere.\nMe, 0:00:03.000,0:00:04.000"),
        ("h.ass", "[Script Info]\nTitle: no\n\n[V4+ Styles]\nFormat: Name, Font\nStyle: no,no\n\n[Events]\n"
         "Format: Layer, Start, End, Style, Text\nComment: 0,0:00:01.00,0:00:02.00,Default,no\n"
         "Dialogue: 0,0:00:01.00,0:00:02.00,Default,{\\i1}Well,{\\i0} you\\Nthere.\n"
         "Dialogue: 1,0:00:01.00,0:00:02.00,Default,Well, you\\Nthere.\n"
         "Dialogue: 0,0:00:03.00,0:00:04.00,Default,{\\p1}m 0 0 l 9 9{\\p0}\nDialogue: 0,short\n",
         "Well, you\nthere."),
        ("j.sub", "{10}{20}Hello|there.\n{30}{40}{y:i}Me.\n{50}{60}Me.\n", "Hello\nthere.\nMe."),
        ("m.sub", "\n {1}{2}Hello\n\n\n{3}{4}there.\n", "Hello\nthere."),
        ("k.sbv", "0:00:01.000,0:00:02.500\nHello[br]there.\n", "Hello\nthere."),
        ("l.ssa", " [Script Info]\n [Events]\n Format: Start, Text\n Dialogue: 0:00:01.00,One, two.\n", "One, two."),
        ("i", "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,a,b,0,0,0,,One, two.\n", "One, two."),
        ("f.srt", "1\n00:00:01,000 --> 00:00:02,500\n\n", ""),
    ],
)  # fmt: skip
def test_subtitles(tmp_path: Path, name: str, content: str, text: str) -> None:
    (row,) = read_bytes(tmp_path, name, content).rows
    assert (row["text"], row["kind"]) == (text, "other")


def test_subtitles_in_old_charsets_and_without_times(tmp_path: Path) -> None:
    cue = "1\n00:00:01,000 --> 00:00:02,000\nМельник мелет муку, а река течёт мимо мельницы.\n"
    (row,) = read_bytes(tmp_path, "a.srt", cue.encode("cp1251")).rows
    assert row["text"] == "Мельник мелет муку, а река течёт мимо мельницы."
    assert read_bytes(tmp_path, "a.srt", "no times").errors == [(0, "corrupt")]
    assert read_bytes(tmp_path, "b.srt", b"PK\x05\x06 --> \x00").errors[0][0] == 0


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("00:01,0 --> 00:02,0\na", "a"), ("1:00:01.000 --> 1:00:02.000\na", "a"), ("00:01 --> 00:02\na", None),
        ("123:00:01,000 -->123:00:02,000 x\na", "a"), ("x 00:01,0 --> 00:02,0\na", None),
        ("00:01,0 --> 00:02,0\na\n2\n00:02,0 --> 00:03,0\nb", "a\nb"),
        ("00:01,0 --> 00:02,0\na\nten\n00:02,0 --> 00:03,0\nb", "a\nten\nb"),
        ("00:01,0 --> 00:02,0\na\n\nb\n\n2\n00:02,0 --> 00:03,0\nc\n\n3", "a\nb\nc\n3"),
        ("00:01,0 --> 00:02,0\na\n\n\n2\n00:02,0 --> 00:03,0\nc", "a\nc"),
        ("00:01,0 --> 00:02,0\na\n\nNOTE x\ny\n\n00:02,0 --> 00:03,0\nc\n\nSTYLE\nz\n\nREGION\nz\n\nNOTEBOOK", "a\nc"),
        ("00:01,0 --> 00:02,0\na\n\nNOTEBOOK\n", "a\nNOTEBOOK"), ("00:01,0 --> 00:02,0\na\n\nWEBVTT", "a"),
        ("00:01,0 --> 00:02,0\na\na\nb\na", "a\nb\na"), ("00:01,0 --> 00:02,0\n<i></i>\n&lt;b&gt; c", "<b> c"),
        ("00:01,0 --> 00:02,0\n{\\an8}{\\i1}a{x} <00:01.5>b</v> 1 < 2", "a{x} b 1 < 2"),
        ("before\n\n00:01,0 --> 00:02,0\na", "a"),
    ],
)  # fmt: skip
def test_what_is_said_in_subtitles(tmp_path: Path, content: str, text: str | None) -> None:
    found = read_bytes(tmp_path, "a.srt", content)
    if text is None:
        (bad,) = found.quarantined
        detail = "named as subtitles, but no line holds times such as 00:00:01,000 --> 00:00:02,000"
        assert (bad.source, bad.position, bad.error, bad.detail) == ("in/a.srt", 0, "corrupt", detail)
        assert bad.first_bytes == content.encode()[:256]
    else:
        assert (found.texts, found.rows[0]["kind"], found.rows[0]["metadata"]) == ([text], "other", None)


def test_subtitles_that_are_too_long_or_in_a_given_charset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cue = "00:01,0 --> 00:02,0\né"
    assert read_bytes(tmp_path, "a.srt", cue.encode("cp1251", "replace"), encoding="cp1251").texts == ["?"]
    assert read_bytes(tmp_path, "a.srt", cue.encode("mac-roman"), encoding="mac-roman").texts == ["é"]
    size = len(cue.encode())
    monkeypatch.setattr("textmill.pipeline.input.readers.dumps.subtitles.LARGEST_BYTES", size)
    assert read_bytes(tmp_path, "a.srt", cue).texts == ["é"]
    (bad,) = read_bytes(tmp_path, "a.srt", f"{cue}x").quarantined
    detail = f"subtitles of {size + 1} bytes; a long film has a hundredth of them"
    assert (bad.source, bad.position, bad.error, bad.detail) == ("in/a.srt", 0, "too_large", detail)
