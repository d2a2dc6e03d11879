"""Standard input, pipes and devices are copied to where they can be looked at; files stay where they are."""

import io
import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from textmill.errors import InputError
from textmill.pipeline.input.standard_input import as_file


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    for given in (str(tmp_path / "a.txt"), str(tmp_path), str(tmp_path / "missing"), "s3://bucket/a.txt"):
        with as_file(given) as path:
            assert path == given


@pytest.mark.parametrize("given", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_standard_input_is_a_file_of_that_name_for_a_while(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"A text.\xff"), isatty=lambda: False))
    with as_file(given) as path:
        assert Path(path).name == "stdin"
        assert Path(path).read_bytes() == b"A text.\xff"
    assert not Path(path).exists()
    assert not Path(path).parent.exists()


def test_a_terminal_is_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(), isatty=lambda: True))
    with pytest.raises(InputError, match="standard input is a terminal; name a file"), as_file("-"):
        pass


def test_pipes_and_devices_keep_their_names(tmp_path: Path) -> None:
    pipe = tmp_path / "page.html"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"<p>A page.</p>",))
    writer.start()
    with as_file(str(pipe)) as path:
        assert (Path(path).name, Path(path).read_bytes()) == ("page.html", b"<p>A page.</p>")
    writer.join()
    with as_file("/dev/null") as path:
        assert (Path(path).name, Path(path).read_bytes()) == ("null", b"")
