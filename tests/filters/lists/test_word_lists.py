"""Counting listed words, against `regex`."""

import hashlib
import json
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.lists import build_ldnoobw, word_lists
from textmill.filters.lists.word_lists import (
    WITHOUT_SPACES,
    count_flagged,
    entries,
    list_files,
    list_for,
    listed_languages,
    word_trie,
)
from textmill.filters.models.loading import shipped_file

MC4 = "ar cs da de en eo es fa fi fil fr fr-CA-u-sd-caqc hi hu it ja kab ko nl no pl pt ru sv th tlh tr zh"


def count(text: str, language: str) -> tuple[int, int]:
    buffers = text_buffers(make_batch(["before ", text, " after"])["text"])
    return count_flagged(buffers.data, int(buffers.offsets[1]), int(buffers.offsets[2]), word_trie(language))


def twin(text: str, language: str) -> tuple[int, int]:
    words = regex.compile(r"[一-鿿]|[0-9A-Za-z_À-ÿЀ-ӿ]+")
    listed = "|".join(regex.escape(entry) for entry in sorted(entries(language), key=len, reverse=True))
    edge = "" if language in WITHOUT_SPACES else "[0-9A-Za-z_À-ÿЀ-ӿ]"
    before, after = (f"(?<!(?<={edge})(?={edge}))", f"(?!(?<={edge})(?={edge}))") if edge else ("", "")
    pattern = regex.compile(f"{before}(?:{listed}){after}", regex.IGNORECASE)
    flagged = sum(len(words.findall(match)) for match in pattern.findall(text))
    return flagged, len(words.findall(text))


@pytest.mark.parametrize("language", ["en", "zh", "fr", "ru", "cs"])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_twin(language: str, data: st.DataObject) -> None:
    listed = st.sampled_from(entries(language)).filter(lambda entry: regex.fullmatch(r"[ -~一-鿿à-ÿЀ-ӿ]+", entry))
    filler = st.sampled_from([" ", "a", "s", " the ", "-", ".", "\n", "_", "1", "，", "我", "é", " class ", "X", "“"])
    shouted = listed.map(str.upper).filter(lambda entry: regex.fullmatch(r"[ -~一-鿿À-ÞЀ-ӿ]+", entry))
    text = "".join(data.draw(st.lists(st.one_of(listed, shouted, listed.map(str.title), filler), max_size=20)))
    assert count(text, language) == twin(text, language)


def test_every_list_is_found_in_itself() -> None:
    for language in listed_languages():
        assert entries(language)
        for entry in entries(language):
            flagged, words = count(entry, language)
            assert flagged == words > 0, (language, entry)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", (0, 0)),
        ("a class in Scunthorpe, assessing passages", "en", (0, 6)),
        ("An ASS is an Ass.", "en", (2, 5)),
        ("double penetration twice: double  penetration", "en", (2, 5)),
        ("Блядь, БЛЯДЬ, бЛЯдь", "ru", (3, 3)),
        ("ŠULIN, šulin", "cs", (2, 2)),
        ("พูดเหี้ยๆ", "th", (1, 1)),  # within a text without spaces
        ("씨발 씨발은", "ko", (1, 2)),  # a whole word; not with a particle behind it
        ("你好，世界", "zh", (0, 4)),
        ("性", "zh", (0, 1)),
        ("13. 13点", "zh", (2, 3)),
    ],
)
def test_cases(text: str, language: str, expected: tuple[int, int]) -> None:
    assert count(text, language) == expected


def test_mc4s_languages_have_a_list_and_labels_lead_to_it() -> None:
    assert " ".join(listed_languages()) == MC4
    assert [list_for(label) for label in ("en", "tl", "nb", "nn", "sw", "")] == ["en", "fil", "no", "no", None, None]


def test_the_lists_are_made_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"name": "naughty-words", "version": "9"}))
    (tmp_path / "xx.json").write_text(json.dumps(["ß", "b"]))
    (tmp_path / "de.json").write_text(json.dumps(["ä"]))
    build_ldnoobw.main([str(tmp_path), "--output", str(tmp_path / "out")])
    made, ours = (
        json.loads(path.read_text("utf-8")) for path in (tmp_path / "out", shipped_file("lists/ldnoobw.json"))
    )
    assert made["lists"] == {"de": ["ä"], "xx": ["ß", "b"]}
    assert made["package"] == "naughty-words 9 (npm)"
    assert {key: ours[key] for key in ("source", "licence")} == {key: made[key] for key in ("source", "licence")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = {
        "en": "Mill\n# mill wheel\n  Flour \n\n13.\nmill\na",
        "pt.txt": "\ufeffmoinho\n",
        "zh-Hant": "磨\n磨坊\n",
    }
    for name, text in (
        content | {"ja": "sm\nグロ\n女の子\n粉\n小麦", "zh": "性\n面粉\n磨\n", "README.md": "x"}
    ).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "de").mkdir()
    return tmp_path


def test_lists_of_a_folder_are_files_named_after_languages(folder: Path) -> None:
    assert listed_languages(str(folder)) == ("en", "ja", "pt", "zh", "zh-Hant")
    assert list_files(str(folder)) == {name: folder / name for name in ("en", "ja", "pt.txt", "zh", "zh-Hant")}
    assert [list_for(label, str(folder)) for label in ("en", "pt", "de", "README")] == ["en", "pt", None, None]
    assert list(list_files()) == ["ldnoobw.json"]
    (folder / "no").write_text("x")
    (folder / "fil").write_text("x")
    listed_languages.cache_clear()
    word_lists._paths.cache_clear()
    list_for.cache_clear()
    assert [list_for(label, str(folder)) for label in ("nn", "nb", "no", "tl", "fil")] == [*["no"] * 3, *["fil"] * 2]


def test_entries_are_lines_in_lower_case_each_once(folder: Path) -> None:
    found = {language: entries(language, str(folder)) for language in listed_languages(str(folder))}
    assert found == {
        "en": ("mill", "flour", "a"),
        "ja": ("小麦",),
        "pt": ("moinho",),
        "zh": ("面粉",),
        "zh-Hant": ("磨", "磨坊"),
    }
    assert not set(entries("ja")) & {"sm", "グロ", "女の子"}
    assert "性" not in entries("zh")
    assert {language: min(map(len, entries(language))) for language in ("ja", "th", "zh", "en")} == {
        "ja": 2, "th": 2, "zh": 2, "en": 2
    }  # fmt: skip


def test_lists_that_cannot_be_read_are_told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty")
    for path in (empty, empty / "nothing", folder / "en"):
        with pytest.raises(RecipeError) as told:
            listed_languages(str(path))
        assert str(told.value) == (f"there are no word lists in {path}; give a folder of files named en, de, pt.txt …")
    (folder / "en").write_bytes(b"caf\xe9\n")
    with pytest.raises(RecipeError, match=rf"cannot read the word list {folder}/en: 'utf-8' codec can't decode"):
        entries("en", str(folder))


@pytest.mark.parametrize(
    ("text", "whole_words", "expected"),
    [
        ("面粉和面粉", False, (4, 5)),
        ("Flour, FLOUR and flour-mill; floury", False, (4, 6)),
        ("flour mills a", False, (2, 3)),
        ("a_flour flour_", False, (0, 2)),
    ],
)
def test_lists_of_a_folder_are_counted(folder: Path, text: str, whole_words: bool, expected: tuple[int, int]) -> None:
    trie = word_trie("zh" if "面" in text else "en", str(folder), whole_words=whole_words)
    data = text_buffers(make_batch([text])["text"]).data
    assert count_flagged(data, 0, len(text.encode()), trie) == expected
    assert (trie.needs_boundaries, trie.katakana_whole) == ("面" not in text, False)


def test_only_whole_words_of_katakana_where_that_is_asked_for() -> None:
    told = [(word_trie(code, whole_words=whole)[3:]) for code in ("ja", "zh", "en") for whole in (False, True)]
    assert told == [(False, False), (False, True), (False, False), (False, False), (True, False), (True, False)]
    assert not word_trie("ja").is_harmless.any()
    assert word_trie("ja", whole_words=True).is_harmless.any()


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("ıx\nit", {"IX": 1, "IT": 0, "ıx": 1, "it": 1, "It": 0}),  # the first letter of a list has the capital of both
        ("ß", {"ß": 1, "SS": 0, "ẞ": 0}),
        ("ǆ", {"ǆ": 1, "Ǆ": 1}),
    ],
)
def test_a_character_counts_in_both_cases(tmp_path: Path, content: str, texts: dict[str, int]) -> None:
    (tmp_path / "xx").write_text(content, encoding="utf-8")
    trie = word_trie("xx", str(tmp_path))
    found = {}
    for text in texts:
        data = text_buffers(make_batch([text])["text"]).data
        found[text] = count_flagged(data, 0, len(text.encode()), trie)[0]
    assert found == texts


def test_models_md_tells_the_checksum() -> None:
    told = (Path(__file__).parents[3] / "MODELS.md").read_text("utf-8")
    assert hashlib.sha256(shipped_file("lists/ldnoobw.json").read_bytes()).hexdigest() in told


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("我们的主干你也能用", "zh", 0),  # not 干你
        ("他是你妈妈的朋友", "zh", 0),
        ("成人教育和成年人的处女作", "zh", 0),
        ("操你妈", "zh", 3),
        ("弯曲刚度矩阵", "zh", 0),
        ("カントリー・ロード、デブリ、フックス", "ja", 0),  # not カント, デブ, フック
        ("セックスについて", "ja", 1),
        ("斜めになめらかに", "ja", 0),
        ("씨발 놈", "ko", 1),
        ("시발점", "ko", 0),
        ("유모차를 밀고 자위대 기사를 읽었다", "ko", 0),  # a pram, and Japan's forces
        ("ตระกูลนี้อยู่ห่างไกลและกู้เงินซื้อห่าน", "th", 0),  # not กู, ห่า
        ("สัดส่วนของหีบและกระดองเต่า", "th", 0),
        ("ไอ้เหี้ย มึง", "th", 1),
    ],
)
def test_whole_words(text: str, language: str, expected: int) -> None:
    data = text.encode()
    array = text_buffers(make_batch([text])["text"]).data
    found = count_flagged(array, 0, len(data), word_trie(language, whole_words=True))[0]
    assert found >= 1 if expected else found == 0
