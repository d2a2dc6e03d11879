"""C4's bad words: who is removed, who is spared, and in which language."""

from pathlib import Path

import pyarrow as pa
import pytest

from textmill.errors import RecipeError
from textmill.filters.bad_words import BadWords
from textmill.filters.base.batch import make_batch


def removed(texts: list[str], labels: list[str | None] | None = None, **parameters: object) -> list[bool]:
    batch = make_batch(texts)
    if labels is not None:
        batch = batch.append_column("language.label", pa.array(labels, pa.string()))
    judge = BadWords(**parameters)  # type: ignore[arg-type]
    found = judge.measure(batch)
    fails = [rule.fails(found[rule.measurement]) for rule in judge.rules]
    return [any(column[row] for column in fails) for row in range(len(texts))]


def test_whole_words_of_the_language() -> None:
    texts = ["Hardcore PORN.", "The assassin in class.", "An ass.", "", "Das ist Scheiße", "性爱 和", "性别 平等"]
    assert removed(texts) == [True, False, True, False, False, True, False]
    labels = ["en", "en", "en", None, "de", "zh", "zh"]
    assert removed(texts, labels) == [True, False, True, False, True, True, False]
    assert removed(["KURVA!", "kurva"], ["cs", "cs"]) == [True, True]
    assert removed(["putang ina mo"], ["tl"]) == [True]
    assert removed(["QI'yaH jatlh"], language="tlh") == [True]


def test_a_language_without_a_list_passes_unmeasured() -> None:
    batch = make_batch(["porn ass"]).append_column("language.label", pa.array(["sw"]))
    found = BadWords().measure(batch)
    assert found["bad_words.count"].to_pylist() == [None]
    assert removed(["porn ass"], ["sw"]) == [False]
    assert removed(["porn ass"], ["sw"], language="en") == [True]


def test_the_fraction_is_drawn_by_id() -> None:
    texts = ["some porn here"] * 4000
    spared = [not gone for gone in removed(texts, keep_fraction=0.25)]
    assert 900 < sum(spared) < 1100
    assert spared == [not gone for gone in removed(texts, keep_fraction=0.25)]
    more = [not gone for gone in removed(texts, keep_fraction=0.5)]
    assert all(later for first, later in zip(spared, more, strict=True) if first)
    assert spared != [not gone for gone in removed(texts, keep_fraction=0.25, salt="other")]
    assert all(removed(texts))
    assert not any(removed(texts, keep_fraction=1.0))
    assert not any(removed(texts, keep_fraction=None))


def test_lists_from_a_folder_take_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("# remarks\nBastos\n", encoding="utf-8")
    (tmp_path / "pt-BR.txt").write_text("feio\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("porn\n", encoding="utf-8")
    texts = ["Ang bastos mo.", "muito feio", "some porn"]
    assert removed(texts, ["fil", "pt-BR", "en"], lists=str(tmp_path)) == [True, True, False]
    assert set(BadWords(lists=str(tmp_path)).model_files) == {"fil", "pt-BR.txt"}
    assert BadWords(lists=tmp_path) == BadWords(lists=str(tmp_path))  # type: ignore[arg-type]  # as a user may write it
    assert set(BadWords().model_files) == {"ldnoobw.json"}
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "xx").write_bytes(b"\xff\n")
    with pytest.raises(RecipeError, match="cannot read the word list"):
        BadWords(lists=str(tmp_path / "broken")).setup()
    with pytest.raises(RecipeError, match="no word lists"):
        BadWords(lists=str(tmp_path / "none"))


@pytest.mark.parametrize(("parameters", "said"), [({"keep_fraction": 1.5}, "0 and 1"), ({"language": "sw"}, "sw.*tlh")])
def test_wrong_parameters_are_refused(parameters: dict[str, object], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        BadWords(**parameters)  # type: ignore[arg-type]
