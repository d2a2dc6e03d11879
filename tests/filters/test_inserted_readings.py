"""RemoveReadings: readings all through a text go, single ones stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import Recipe, RecipeError, RemoveReadings
from textmill.filters.base.batch import make_batch

PINYIN = (
    "為什么語(yǔ)言如此重要?系統(tǒng)地學(xué)習(xí)語(yǔ)言,會(huì)讓人發(fā)現(xiàn)世界。"
    "他們開(kāi)發(fā)新的算法,并將徹底改變?nèi)藗?。"
)
PINYIN_CLEAN = "為什么語言如此重要?系統地學習語言,會讓人發現世界。他們開發新的算法,并將徹底改變?nèi)藗?。"


def clean(*texts: str) -> tuple[list[str], list[int]]:
    column, measured = RemoveReadings().clean(make_batch(texts))
    column.validate(full=True)
    return column.to_pylist(), measured["readings.removed"].to_pylist()


@pytest.mark.parametrize(
    ("text", "expected", "count"),
    [
        (PINYIN, PINYIN_CLEAN, 10),
        (
            "我们(wǒ men)今天(jīn tiān)去学校(xué xiào)学习（xué xí）中文(zhōng wén)。" * 2,
            "我们今天去学校学习中文。" * 2,
            10,
        ),
        ("語(ㄩˇ)言(ㄧㄢˊ)是(ㄕˋ)人(ㄖㄣˊ)類(ㄌㄟˋ)的(ㄉㄜ˙)工(ㄍㄨㄥ)具(ㄐㄩˋ)。", "語言是人類的工具。", 8),
        ("香(hoeng1)港(gong2)人(jan4)講(gong2)廣(gwong2)東(dung1)話(waa6)最(zeoi3)多", "香港人講廣東話最多", 8),
        (
            "今日(きょう)は学校(がっこう)で漢字(かんじ)を勉強(べんきょう)した。先生(せんせい)が黒板(こくばん)に文字(もじ)を書(か)いた。",
            "今日は学校で漢字を勉強した。先生が黒板に文字を書いた。",
            8,
        ),
        (
            "その日｜下人《げにん》は羅生門《らしょうもん》の下で雨を待っていた。" * 4,
            "その日下人は羅生門の下で雨を待っていた。" * 4,
            8,
        ),
    ],
    ids=["pinyin", "words", "bopomofo", "jyutping", "furigana", "aozora"],
)
def test_readings_throughout_go(text: str, expected: str, count: int) -> None:
    assert clean(text) == ([expected], [count])


@pytest.mark.parametrize(
    "text",
    [
        "北京(Běijīng)和上海(Shànghǎi)、天津(Tiānjīn)、重庆(Chóngqìng)是直辖市。" * 3,
        "作家の夏目漱石（なつめそうせき）は東京で生まれ、小説や随筆を数多く書き、明治の文学を代表する人物とされる。"
        * 9,
        "「行」可讀(xíng)，也可讀(háng)；「長」讀(cháng)或(zhǎng)；「樂」讀(yuè)或(lè)；「重」讀(zhòng)或(chóng)。",
        "函数(sin)和(cos)，参数(x)，变量(a)，方法(get)，类(list)，表(map)，值(int)，串(str)都可以。",
        "自然语言处理(nlp)领域，大语言模型(llm)发展，卷积网络(cnn)以及循环网络(rnn)的研究" * 3,
        "語(yǔ)言(yán)很重要。",
        "English (and a few brackets), español (también aquí), café (très bon)." * 5,
        "",
    ],
    ids=["names", "a-single-name", "about-readings", "code", "abbreviations", "two", "latin", "empty"],
)
def test_what_is_prose_stays(text: str) -> None:
    assert clean(text) == ([text], [0])


def test_other_documents_of_a_batch_stay_as_they_are() -> None:
    assert clean("a", PINYIN, "語(yǔ)", "") == (["a", PINYIN_CLEAN, "語(yǔ)", ""], [0, 10, 0, 0])


def test_parameters() -> None:
    assert Recipe("r", [RemoveReadings(min_readings=1)]).clean("語(yǔ)言").text == "語言"
    sparse = "語(yǔ)言" + "字" * 100
    assert Recipe("r", [RemoveReadings(min_readings=1)]).clean(sparse).text == sparse
    assert (
        Recipe("r", [RemoveReadings(min_readings=1, max_han_per_reading=200)]).clean(sparse).text == "語言" + "字" * 100
    )
    with pytest.raises(RecipeError, match="min_readings=0 is below 1"):
        RemoveReadings(min_readings=0)


PAIRS = st.sampled_from(
    ["語(yǔ)", "言(yán)", "漢字(かんじ)", "字", "(a)", "B(xiàn)", "か", " ", "。", "｜人《ひと》", "人(ㄖㄣˊ)", "("]
)


@given(st.lists(st.lists(PAIRS, max_size=60).map("".join), max_size=4))
def test_only_brackets_go_and_nothing_is_left_to_cut(texts: list[str]) -> None:
    once, _ = clean(*texts)
    again, counts = clean(*once)
    for before, after in zip(texts, once, strict=True):
        rest = iter(before)
        assert all(character in rest for character in after)
    for one, count in zip(again, counts, strict=True):
        assert count == 0 or one
