"""What differs of two texts is marked, briefly, and nothing of it is HTML."""

import re
import time

from textmill.pipeline.output.differences import mark_differences


def test_words_of_one_text_alone_are_marked() -> None:
    assert mark_differences("one two  three", "one 2 three\nfour") == (
        "one <del>two</del> <ins>2</ins> three <ins>four</ins>"
    )


def test_equal_texts_say_so() -> None:
    assert mark_differences("the same", "the  same") == "the same <small>(no word differs)</small>"
    assert mark_differences("", "") == " <small>(no word differs)</small>"


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert mark_differences("今日は良い天気", "今日は悪い天気") == "今日は <del>良</del> <ins>悪</ins> い天気"


def test_a_difference_far_into_the_texts_is_found() -> None:
    words = " ".join(f"w{index}" for index in range(5_000))
    marked = mark_differences(f"{words} gone {words}", f"{words} {words}")
    assert "(… 4,988 alike)" in marked
    assert "<del>gone</del>" in marked
    assert "more words, not compared" in marked
    assert len(marked) < 2_000


def test_markup_in_texts_stays_text() -> None:
    marked = mark_differences("<b>a</b> <script>", "</del><ins> <script>")
    assert set(re.findall(r"<[^>]*>", marked)) == {"<del>", "</del>", "<ins>", "</ins>"}
    assert "&lt;script&gt;" in marked


def test_texts_of_one_word_take_no_time_and_no_room() -> None:
    started = time.process_time()
    assert len(mark_differences("x" * 20_000, "y" * 20_000)) < 1_000
    mark_differences("a " * 10_000 + "b", "b " + "a " * 10_000)
    mark_differences("a b b a " * 5_000, "b a a b " * 5_000)
    assert time.process_time() - started < 2
