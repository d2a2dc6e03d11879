"""Words of dictionaries against a slow twin over all of Unicode, and against ICU's own where node has it."""

import json
import shutil
import subprocess
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.unicode.unicode_table import load
from textmill.filters.kernels.words import dictionaries
from textmill.filters.kernels.words.boundaries import DICTIONARY, UAX29
from textmill.filters.kernels.words.dictionary_words import (
    HAN_KANA,
    KATAKANA,
    LONGEST_KATAKANA,
    NO_RUN,
    UNKNOWN_CHARACTER,
    UNKNOWN_LETTER,
    USUAL_KATAKANA,
    asks_a_dictionary,
    script_of,
)

from .slow_words import kernel_words, slow_words
from .test_words import ANY_TEXT, TRICKY, described

SCRIPTS = st.text(
    st.sampled_from(
        "กขคงดนมรวสอาะำเแโไใ่้ิีัๆฯ๑กາລວພສີ່ແກေမြန်စာကခငျွားံ့္កខគងនសាិីុំះ្ាจีน東京都市大学生の日本語をカタナー々、。 a1\u200b"
    ),
    max_size=40,
)


@cache
def costs() -> dict[str, int]:
    lines, values = dictionaries.read()
    return dict(zip(bytes(lines).decode().split("\n"), values.tolist(), strict=False))


def is_katakana(unit: str) -> bool:
    return ("\u30a1" <= unit[0] <= "\u30fe" and unit[0] != "・") or "\uff66" <= unit[0] <= "\uff9f"


def parted(units: list[str], script: int) -> list[str]:
    """The cheapest way from each unit to the end, the longest first word of equal ones."""
    unknown = UNKNOWN_CHARACTER if script == HAN_KANA else UNKNOWN_LETTER
    best = [0] * (len(units) + 1)
    step = [0] * len(units)
    for at in reversed(range(len(units))):
        ways = [(best[at + 1] + unknown, 0)]
        ways += [
            (best[stop] + costs()[word], stop - at)
            for stop in range(at + 1, len(units) + 1)
            if (word := "".join(units[at:stop])) in costs()
        ]
        if script == HAN_KANA and is_katakana(units[at]) and (at == 0 or not is_katakana(units[at - 1])):
            length = next((n for n, unit in enumerate(units[at:]) if not is_katakana(unit)), len(units) - at)
            if length < LONGEST_KATAKANA:
                one = UNKNOWN_CHARACTER + 1
                cost = one if length == 1 else KATAKANA if length <= USUAL_KATAKANA else 2 * KATAKANA
                ways.append((best[at + length] + cost, length))
        best[at] = min(cost for cost, _ in ways)
        step[at] = max(length for cost, length in ways if cost == best[at])
    words: list[str] = []
    at = 0
    while at < len(units):
        stop = at + max(step[at], 1)
        while step[at] == 0 and script != HAN_KANA and stop < len(units) and step[stop] == 0:
            stop += 1
        words.append("".join(units[at:stop]))
        at = stop
    return words


def script_at(unit: str) -> int:
    table, code = load(), ord(unit[0])
    return int(script_of.function(code, int(table.properties[(int(table.index[code >> 7]) << 7) | (code & 127)])))


def slow_dictionary_words(text: str) -> list[str]:
    text = text.replace("\u200b", " ")
    words: list[str] = []
    run: list[str] = []
    before, behind = NO_RUN, 0
    for unit in slow_words(text, UAX29):
        start = text.index(unit, behind)
        script = script_at(unit)
        if script != before or start > behind:
            words += parted(run, before)
            run = []
        behind = start + len(unit)
        before = script
        if script != NO_RUN:
            run.append(unit)
        else:
            words.append(unit)
    return words + parted(run, before)


@given(SCRIPTS | ANY_TEXT | TRICKY)
@settings(max_examples=600)
@example("ประเทศไทย")
@example("エピ、カタカナのタイトル")
@example("ก่ํ" * 30)
@example("ア" * 25)
@example("aา\u200bก")
def test_kernel_parts_as_the_slow_twin(text: str) -> None:
    expected = slow_dictionary_words(text)
    lengths = [(found[0], found[1]) for found in kernel_words(text, DICTIONARY)]
    assert lengths == [(found[0], found[1]) for found in described(text.replace("\u200b", " "), expected)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ประเทศไทยมีประชากรมาก", ["ประเทศไทย", "มี", "ประชากร", "มาก"]),
        ("ປະເທດລາວ", ["ປະເທດ", "ລາວ"]),
        ("ភាសាខ្មែរ", ["ភាសាខ្មែរ"]),
        ("မြန်မာနိုင်ငံ", ["မြန်မာနိုင်ငံ"]),
        ("我们在北京大学学习", ["我们", "在", "北京", "大学", "学习"]),
        ("東京に住んでいます。", ["東京", "に", "住", "んで", "い", "ます", "。"]),
        ("Hello, it's 3.14 สวัสดี!", ["Hello", ",", "it's", "3.14", "สวัสดี", "!"]),
        ("", []),
    ],
)
def test_words_of_the_dictionaries(text: str, words: list[str]) -> None:
    assert kernel_words(text, DICTIONARY) == described(text, words)


def test_no_character_of_a_dictionary_is_overlooked() -> None:
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and script_at(chr(code)) != NO_RUN:
            data = np.frombuffer(f"a{chr(code)}".encode(), dtype=np.uint8)
            assert asks_a_dictionary.function(data, 0, len(data)), hex(code)


def test_texts_without_such_scripts_are_split_by_uax29() -> None:
    for text in ("It's 3.14 à la carte — «Привет», мир!", "שלום עולם", "한국어 문장입니다.", "हिन्दी में"):
        assert kernel_words(text, DICTIONARY) == kernel_words(text, UAX29)


SENTENCES = {
    "th": "รัฐบาลประกาศแผนพัฒนาระบบขนส่งมวลชนในเมืองใหญ่ เพื่อลดปัญหาการจราจรและมลพิษทางอากาศ "
    "นักเรียนเดินทางไปโรงเรียนทุกวันด้วยรถไฟฟ้า",
    "lo": "ລັດຖະບານໄດ້ປະກາດແຜນພັດທະນາໃໝ່ ເພື່ອປັບປຸງຊີວິດການເປັນຢູ່ຂອງປະຊາຊົນໃນປະເທດ",
    "km": "រដ្ឋាភិបាលបានប្រកាសផែនការអភិវឌ្ឍន៍ថ្មី ដើម្បីកែលម្អជីវភាពរស់នៅរបស់ប្រជាជន",
    "my": "အစိုးရက ဖွံ့ဖြိုးရေး စီမံကိန်းသစ်ကို ကြေညာခဲ့သည်။ ကျောင်းသားများသည် နေ့စဉ် ကျောင်းသို့ သွားကြသည်။",
    "zh": "政府公布了新的城市交通发展计划，以减少空气污染和交通拥堵。学生们每天乘坐地铁去学校。",
    "ja": "政府は新しい都市交通計画を発表した。学生たちは毎日電車で学校へ通っています。コンピューターも使う。",
}


@pytest.mark.skipif(shutil.which("node") is None, reason="node, whose Intl.Segmenter is ICU's word breaker, is missing")
@pytest.mark.parametrize(
    ("language", "least"), [("th", 0.9), ("lo", 0.9), ("km", 0.9), ("my", 0.9), ("zh", 0.97), ("ja", 0.97)]
)
def test_words_are_mostly_those_of_icu(language: str, least: float) -> None:
    script = (
        "const s = new Intl.Segmenter(process.argv[1], {granularity: 'word'});"
        "console.log(JSON.stringify([...s.segment(process.argv[2])].map(x => x.segment)))"
    )
    text = SENTENCES[language]
    answer = subprocess.run(["node", "-e", script, language, text], capture_output=True, text=True, check=True).stdout
    theirs, ours = set(), set()
    position = 0
    for segment in json.loads(answer):
        if segment.strip():
            theirs.add((position, position + len(segment)))
        position += len(segment)
    position = 0
    for _, length, *_ in kernel_words(text, DICTIONARY):
        while text[position].isspace():
            position += 1
        ours.add((position, position + length))
        position += length
    assert 2 * len(ours & theirs) / (len(ours) + len(theirs)) >= least
