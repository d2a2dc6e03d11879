"""Names and messages as a terminal may be shown them."""

from __future__ import annotations

import pytest

from textmill.pipeline.commands.printable import printable, tell


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("in/Wörter 字.txt", "in/Wörter 字.txt"),
        ("a\x1b[31mb\n\t", "a\\x1b[31mb\\n\\t"),
        ("نمی\u200cخواهم \N{MAN}\u200d\N{ROCKET}", "نمی\u200cخواهم \N{MAN}\u200d\N{ROCKET}"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("a\udc80b\udcff", "a\udc80b\udcff"),
        ("a\udc7fb\udd00", "a\\udc7fb\\udd00"),
        ("", ""),
    ],
)
def test_control_characters_are_written_out(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_a_message_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tell(ValueError("one\x07\ntwo"))
    assert capsys.readouterr() == ("", "one\\x07\ntwo\n")
