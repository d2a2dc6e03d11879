"""A learnt folder is there when it is whole, and never takes the place of something."""

from pathlib import Path

import pytest

from textmill.errors import InputError
from textmill.pipeline.commands.learnt_folder import bytes_by_source, check_new, teller, whole_folder, write_text


def test_it_appears_when_it_is_whole(tmp_path: Path) -> None:
    output = tmp_path / "new" / "model"
    with whole_folder(output) as folder:
        write_text(folder / "card.md", "é\n")
        assert not output.exists()
    assert (output / "card.md").read_bytes() == "é\n".encode()
    assert [path.name for path in output.parent.iterdir()] == ["model"]


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    def fails() -> None:
        with whole_folder(tmp_path / "model") as folder:
            write_text(folder / "card.md", "half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_and_a_full_one_refused(tmp_path: Path) -> None:
    check_new(tmp_path / "none")
    (tmp_path / "model").mkdir()
    check_new(tmp_path / "model")
    with whole_folder(tmp_path / "model") as folder:
        write_text(folder / "a", "a")
    for taken in (tmp_path / "model", tmp_path / "model" / "a"):
        with pytest.raises(InputError, match="is there already; give --output a new name"):
            check_new(taken)


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    teller(quiet=True)("no")
    teller(quiet=False)("yes")
    assert capsys.readouterr() == ("", "textmill: yes\n")


def test_bytes_of_all_languages_of_a_source_add_up() -> None:
    assert bytes_by_source({("a", "en"): 1, ("b", "en"): 4, ("a", "de"): 2}) == {"a": 3, "b": 4}


def test_what_is_being_written_lies_beside_under_another_name(tmp_path: Path) -> None:
    output = tmp_path / "a" / "b" / "model"
    with whole_folder(output) as folder:
        assert list(folder.iterdir()) == []
        (inside,) = output.parent.iterdir()
        assert inside.name.startswith(".model.")
        assert folder.parent == inside
    assert list(output.iterdir()) == []
    with whole_folder(output) as folder:  # an empty one is replaced
        write_text(folder / "a", "x\ny\n")
    assert [path.name for path in output.iterdir()] == ["a"]


def test_messages_are_made_printable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    teller(quiet=False)("a\x1bb")
    assert capsys.readouterr().err == "textmill: a\\x1bb\n"
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError) as caught:
        check_new(file)
    assert str(caught.value) == f"{file} is there already; give --output a new name, or remove it"
    assert bytes_by_source({}) == {}
