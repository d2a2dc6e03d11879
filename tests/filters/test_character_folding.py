"""FoldCharacters and ConvertChinese."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import ConvertChinese, FoldCharacters, RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.chinese_conversion import _converter


def fold(*texts: str, **parameters: bool) -> tuple[list[str], list[tuple[int, int]]]:
    column, measured = FoldCharacters(**parameters).clean(make_batch(texts))
    column.validate(full=True)
    return column.to_pylist(), [*zip(*(one.to_pylist() for one in measured.values()), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected", "counts"),
    [
        ("ＡＢＣ１２３，ｘｙｚ！", "ABC123，xyz！", (9, 0)),
        ("p\u0430yp\u0430l and M\u043escow", "paypal and Moscow", (0, 2)),
        ("M\u043e\u0441\u043a\u0432\u0430", "\u041c\u043e\u0441\u043a\u0432\u0430", (0, 1)),
        ("\u0391pple ＯＫ", "Apple OK", (2, 1)),
        ("5 μm, Δx, USB-кабель, XVIII века, п. 2a", "5 μm, Δx, USB-кабель, XVIII века, п. 2a", (0, 0)),
        ("Москва, Αθήνα, Paris。", "Москва, Αθήνα, Paris。", (0, 0)),
        ("", "", (0, 0)),
    ],
)
def test_folding(text: str, expected: str, counts: tuple[int, int]) -> None:
    assert fold("x", text) == (["x", expected], [(0, 0), counts])
    assert fold(text, full_width=False, homoglyphs=False) == ([text], [(0, 0)])


@given(st.text(st.sampled_from("aoxPμдлАоΑΒ １Ｚ！。")))
def test_folding_twice_is_folding_once(text: str) -> None:
    (once,), _ = fold(text)
    assert len(once) == len(text)
    assert fold(once) == ([once], [(0, 0)])


def convert(*texts: str, to: str) -> tuple[list[str], list[bool]]:
    column, measured = ConvertChinese(to=to).clean(make_batch(texts))  # type: ignore[arg-type]
    column.validate(full=True)
    return column.to_pylist(), measured["chinese.is_converted"].to_pylist()


def test_chinese_is_converted_and_nothing_else() -> None:
    pytest.importorskip("opencc")
    texts = ["漢語和頭髮、發展", "英語の漢字を読む", "English", "", "汉字"]
    assert convert(*texts, to="simplified") == (
        ["汉语和头发、发展", *texts[1:]],
        [True, False, False, False, False],
    )
    assert convert("头发与发展，软件", to="traditional")[0] == ["頭髮與發展，軟件"]
    assert convert("软件", to="taiwan")[0] == ["軟體"]
    assert convert("里面", to="hong_kong")[0] == ["裏面"]


def test_what_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecipeError, match="to is 'english'; choose one of simplified, traditional, taiwan, hong_kong"):
        ConvertChinese(to="english")  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "opencc", None)
    _converter.cache_clear()
    with pytest.raises(RecipeError, match=r'pip install "textmill\[chinese\]"'):
        ConvertChinese().setup()
