"""Classes of lines, which of them go, and the texts without them, each against a slow twin in plain Python."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.lines.page_lines import (
    BARS,
    CLOSERS,
    MOST_BARS,
    LineClass,
    Phrase,
    judge_lines,
    marks,
)
from textmill.filters.kernels.lines.page_runs import Cut, choose_lines, room, write_lines
from textmill.filters.kernels.lines.phrase_trie import build_trie, letters, new_words
from textmill.filters.kernels.machine.buffers import TextBuffers, room_for_text
from textmill.filters.kernels.unicode.unicode_table import Property, fold, load

PHRASES = {
    "Read more": Phrase.LINE,
    "News": Phrase.WEAK,
    "评论": Phrase.WEAK | Phrase.COUNTED,
    "views": Phrase.COUNTED,
    "by": Phrase.BESIDE,
    "go to": Phrase.BEGINS,
    "中心": Phrase.ENDS,
    "we use cookies": Phrase.NOTICE,
    "see also": Phrase.MARKER,
    "relatées": Phrase.MARKER,
    "casino": Phrase.SPAM,
    "casino bonus": Phrase.SPAM,
    "无码": Phrase.SPAM,
    "アダルト": Phrase.SPAM,
}
PROPERTIES = load().of_all_points()
S = LineClass


def words_of(line: str) -> tuple[list[tuple[str, bool]], list[bool]]:
    """Folded words with whether they are Han or kana, and whether a number stands before each and behind the last."""
    table = load()
    words: list[tuple[str, bool]] = []
    after_number = [False]
    in_word = False
    for character in line:
        properties = int(PROPERTIES[ord(character)])
        if properties & Property.HAN_KANA:
            words.append((character, True))
            after_number.append(False)
            in_word = False
        elif properties & (Property.ALPHA | Property.MARK):
            folded = fold.function(table.fold_index, table.fold_distance, ord(character))
            if not in_word:
                words.append(("", False))
                after_number.append(False)
                in_word = True
            words[-1] = (words[-1][0] + (chr(folded) if folded else ""), False)
        else:
            in_word = False
            if properties & Property.DIGIT:
                after_number[-1] = True
    return words, after_number


KNOWN = {tuple(word for word, _ in words_of(phrase)[0]): flags for phrase, flags in PHRASES.items()}


def is_terminal(character: str) -> bool:
    return bool(int(PROPERTIES[ord(character)]) & Property.TERMINAL)


def ends(line: str) -> bool:
    line = line.rstrip("".join(CLOSERS))
    return bool(line) and is_terminal(line[-1]) and line[-1] != "…" and not line.endswith("..")


def is_code(line: str) -> bool:
    return any(mark in line for mark in ("{", "}", "[", "]", "<", "=", "$", "\\", "()")) or line.count(">") > 1


def is_image(line: str) -> bool:
    name, dot, suffix = line.rpartition(".")
    return (
        suffix.lower() in ("jpg", "png", "gif", "bmp", "jpeg", "webp")
        and len((name + dot).encode()) > 4
        and sum(character in "0123456789" for character in line) >= 6
        and not any(character <= " " or character in "/:" for character in line)
    )


def size_of(words: list[tuple[str, bool]]) -> int:
    return sum(1 if is_han else 2 for _, is_han in words)


def judge(line: str) -> LineClass:
    line = line.lstrip(" \t").rstrip(" \t\r")
    if not line:
        return S.BLANK
    ended = ends(line)
    if ended and len(line.encode()) > 600:
        return S.TEXT
    words, after_number = words_of(line)
    bars: list[int] = []
    numbers = terminals = 0
    for at, character in enumerate(line):
        properties = int(PROPERTIES[ord(character)])
        is_digit = properties & Property.DIGIT and not properties & Property.HAN_KANA
        numbers += bool(is_digit) and not (at and int(PROPERTIES[ord(line[at - 1])]) & Property.DIGIT)
        if is_terminal(character) and not (character == "." and line[at + 1 : at + 2] > " "):
            terminals += 1
        elif character in BARS and (before := len(words_of(line[:at])[0])):
            bars.append(before)
    count = len(words)
    if count == 0:
        return S.NUMBER if numbers else S.SHORT
    if bars and bars[-1] == count:
        bars.pop()
    letters_bytes = sum(
        len(character.encode())
        for character in line
        if int(PROPERTIES[ord(character)]) & (Property.ALPHA | Property.MARK)
        and not int(PROPERTIES[ord(character)]) & Property.HAN_KANA
    )
    han = sum(is_han for _, is_han in words)
    size = han + max(2 * (count - han), letters_bytes // 6)
    if not han and is_image(line):
        return S.IMAGE
    plain = tuple(word for word, _ in words)
    whole = KNOWN.get(plain, 0)
    if whole & Phrase.LINE:
        return S.NAVIGATION
    if whole & Phrase.MARKER:
        return S.MARKER
    notices = counted = spam = spam_size = beside_size = counted_size = covered = 0
    last_is_counted = False
    for at in range(count):
        found = {after: KNOWN.get(plain[at:after], 0) for after in range(at + 1, count + 1)}
        notices += sum(bool(flags & Phrase.NOTICE) for flags in found.values())
        spam_end = max((after for after, flags in found.items() if flags & Phrase.SPAM), default=0)
        counts = [
            after
            for after, flags in found.items()
            if flags & Phrase.COUNTED and (after_number[at] or after_number[after])
        ]
        beside = [after for after, flags in found.items() if flags & Phrase.BESIDE]
        if spam_end > covered:
            spam += 1
            spam_size += size_of(words[max(at, covered) : spam_end])
            covered = spam_end
        if counts:
            counted += 1
            counted_size += size_of(words[at : counts[-1]])
            last_is_counted = counts[-1] == count
        elif beside:
            beside_size += size_of(words[at : beside[-1]])
    begins = any(KNOWN.get(plain[:after], 0) & Phrase.BEGINS for after in range(1, count + 1))
    ends_so = any(KNOWN.get(plain[at:], 0) & Phrase.ENDS for at in range(count))
    if notices and (size <= 60 or (notices > 1 and size <= 250)):
        return S.NOTICE
    if counted and not ended:
        others = size_of(words) - counted_size - beside_size
        if others <= 0 or (last_is_counted and numbers >= 3 and others <= 8):
            return S.COUNTER
    if spam > 1 and 20 * spam_size >= 7 * size_of(words) and (terminals == 0 or spam > 2):
        return S.SPAM
    if len(bars) > 1 and not ended:
        edges = [0, *bars, count]
        parts = [plain[first:last] for first, last in itertools.pairwise(edges)]
        hits = sum(bool(KNOWN.get(part, 0) & (Phrase.LINE | Phrase.WEAK | Phrase.COUNTED)) for part in parts)
        if hits > 1 and 2 * hits >= len(parts):
            return S.NAVIGATION
        is_plain = terminals == 0 and numbers == 0 and line[0] != "|" and not is_code(line)
        if len(bars) > 3 and is_plain and size <= 12 * len(parts):
            return S.KEYWORDS
    if whole & (Phrase.WEAK | Phrase.COUNTED) and numbers < 2 and not is_code(line):
        return S.WEAK
    if ended:
        return S.TEXT if size >= 12 else S.ENDED
    if size <= 10 and (begins or ends_so) and line[-1] not in ",:;，：；、":
        return S.WEAK
    if spam and 5 * spam_size >= 3 * size_of(words):
        return S.WEAK
    points_on = line[-1] in "»›" or (line[-1] == ">" and words[0][1])
    if size <= 40 and points_on and not is_code(line):
        return S.WEAK
    return S.OPEN if size >= 40 else S.TITLE if size >= 10 else S.SHORT


def buffers(texts: list[str]) -> TextBuffers:
    encoded = [text.encode() for text in texts]
    return TextBuffers(
        np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        np.frombuffer(b"".join(encoded) or b" ", dtype=np.uint8),
    )


def judged(texts: list[str]) -> tuple[list[list[LineClass]], list[list[int]]]:
    offsets, data = buffers(texts)
    starts, classes, _, _ = room(sum(text.count("\n") for text in texts) + len(texts))
    first = np.zeros(len(texts) + 1, dtype=np.int64)
    bars_at = np.empty(MOST_BARS + 1, dtype=np.int64)
    judge_lines(offsets, data, letters(), build_trie(PHRASES), marks(), new_words(), bars_at, starts, classes, first)
    spans = list(itertools.pairwise(first))
    return (
        [[S(one) for one in classes[begin:end].tolist()] for begin, end in spans],
        [(starts[begin:end] - offsets[row]).tolist() for row, (begin, end) in enumerate(spans)],
    )


def lines_of(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


PIECES = st.sampled_from(
    [
        *PHRASES,
        " ",
        " ",
        "\n",
        "\t",
        "|",
        "·",
        ". ",
        "。",
        "…",
        "...",
        "12",
        "３",
        " > ",
        "»",
        "a",
        "é",
        "é",
        "字",
        "か",
        "ー",
        "»",
        "”",
        "{",
        "<b>",
        "()",
        "word ",
        "mill.",
        "/",
        "- ",
        "، ",
        "คน",
        "한국",
        "IMG_123456.jpg",
        "x" * 90,
        "水" * 30,
        "Casino",
    ]
)
TEXTS = st.lists(st.lists(st.one_of(PIECES, PIECES, st.text(max_size=3)), max_size=24).map("".join), max_size=4)


@settings(max_examples=400)
@given(TEXTS)
def test_classes_of_lines(texts: list[str]) -> None:
    classes, starts = judged(texts)
    assert classes == [[judge(line) for line in lines_of(text)] for text in texts]
    for text, found in zip(texts, starts, strict=True):
        lengths = [len(line.encode()) + 1 for line in lines_of(text)]
        assert found == [sum(lengths[:number]) for number in range(len(lengths))]


CLASSES = st.sampled_from(list(LineClass))


@settings(max_examples=200)
@given(st.lists(st.lists(CLASSES, max_size=30), max_size=4))
def test_texts_lose_the_lines_that_are_chosen_and_no_others(documents: list[list[LineClass]]) -> None:
    """What holds for any classes: sure ones go, prose outside of teasers stays, and what is written is what is kept."""
    first = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    _, classes, cuts, order = room(int(first[-1]))
    classes[:] = [one for document in documents for one in document]
    counts = np.zeros((len(documents), 5), dtype=np.int64)
    choose_lines(first, classes, cuts, order, counts)
    texts = []
    for row, document in enumerate(documents):
        chosen = cuts[first[row] : first[row + 1]].tolist()
        for line, cut in zip(document, chosen, strict=True):
            assert cut != Cut.KEPT or line <= LineClass.MARKER
            assert line not in (S.TEXT, S.OPEN, S.TITLE, S.ENDED) or cut in (Cut.KEPT, Cut.TEASER)
            assert (line == S.BLANK) or cut != Cut.BLANK
        if not any(line >= S.KEYWORDS for line in document):
            assert not any(chosen)
        assert counts[row].tolist() == [chosen.count(cut) for cut in list(Cut)[Cut.SPAM :]]
        texts.append("".join(f"line {number}é\n" if line else "\n" for number, line in enumerate(document)))
    offsets, data = buffers(texts)
    starts = np.array(
        [
            offsets[row] + sum(len(line.encode()) + 1 for line in text.split("\n")[:at])
            for row, text in enumerate(texts)
            for at in range(len(documents[row]))
        ],
        dtype=np.int64,
    )
    written = room_for_text(offsets)
    write_lines(offsets, data, first, starts, cuts, *written)
    for row, text in enumerate(texts):
        chosen = cuts[first[row] : first[row + 1]].tolist()
        kept = "".join(line + "\n" for line, cut in zip(text.split("\n"), chosen, strict=False) if cut == Cut.KEPT)
        if chosen and chosen[-1] != Cut.KEPT:
            kept = kept.rstrip("\n ")
        found = written.data[written.offsets[row] : written.offsets[row + 1]].tobytes().decode()
        assert found == kept


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([S.WEAK], "."),
        ([S.WEAK, S.WEAK], "xx"),
        ([S.NUMBER, S.WEAK, S.SHORT, S.WEAK, S.TEXT, S.WEAK], "xxxx.."),
        ([S.TEXT, S.SHORT, S.SHORT, S.SHORT, S.WEAK, S.SHORT, S.SHORT, S.SHORT, S.WEAK, S.TEXT], ".........."),
        ([S.TEXT, S.NAVIGATION, S.TEXT], ".x."),
        ([S.KEYWORDS, S.TEXT], "x."),
        ([S.KEYWORDS, S.KEYWORDS, S.TEXT], "..."),
        ([S.TEXT, S.KEYWORDS, S.TEXT], "..."),
        ([S.TEXT, S.MARKER, S.TITLE, S.TITLE], ".xxx"),
        ([S.MARKER, S.TITLE, S.TITLE], "..."),
        ([S.TEXT, S.MARKER, S.TEXT, S.TEXT, S.TEXT, S.TEXT], "......"),
        ([S.TEXT, S.MARKER, S.TITLE, S.COUNTER, S.TEXT, S.TEXT, S.TEXT, S.TEXT], ".xxx...."),
        ([S.TEXT, S.MARKER, S.TITLE, S.TEXT], "...."),
        ([S.TEXT, *[S.TITLE, S.COUNTER] * 3], ".xxxxxx"),
        ([S.TEXT, *[S.TITLE, S.OPEN, S.COUNTER] * 3, S.TITLE], ".xxxxxxxxxx"),
        ([S.TEXT, *[S.TEXT, S.COUNTER] * 3], "..x.x.x"),
        ([S.TEXT, *[S.TITLE, S.COUNTER] * 2], "..x.x"),
    ],
)
def test_lines_that_go_by_what_stands_around_them(classes: list[LineClass], expected: str) -> None:
    _, given_classes, cuts, order = room(len(classes))
    given_classes[:] = classes
    choose_lines(
        np.array([0, len(classes)], dtype=np.int64), given_classes, cuts, order, np.zeros((1, 5), dtype=np.int64)
    )
    assert "".join("x" if cut else "." for cut in cuts.tolist()) == expected
