"""What a tokenizer is made of: published patterns and special tokens, and what does not fit together."""

import pytest
import regex

from textmill.errors import InputError
from textmill.pipeline.training.tokenizer_options import BYTE_TOKENS, PATTERNS, SPACE, TokenizerOptions


def test_patterns_cut_as_those_that_were_published() -> None:
    text = "I'LL pay HTTPServer 12345 times,\n  please//\n"
    cut = {name: regex.findall(pattern, text) for name, pattern in PATTERNS.items()}
    assert cut["gpt2"] == [
        *("I", "'", "LL", " pay", " HTTPServer", " 12345", " times", ",", "\n ", " please", "//", "\n")
    ]
    assert (
        cut["cl100k"]
        == cut["llama3"]
        == [*("I", "'LL", " pay", " HTTPServer", " ", "123", "45", " times", ",\n", " ", " please", "//\n")]
    )
    assert cut["o200k"] == [*("I'LL", " pay", " HTTPServer", " ", "123", "45", " times", ",\n", " ", " please", "//\n")]


def test_special_tokens_of_each_kind_come_before_further_ones() -> None:
    def special(**given: str) -> tuple[str, ...]:
        return TokenizerOptions(**given, special=("<pad>",)).all_special  # type: ignore[arg-type]

    assert special() == ("<|endoftext|>", "<pad>")
    assert special(bytes="fallback") == special(model="unigram") == ("<unk>", "<s>", "</s>", "<pad>")
    assert special(model="wordpiece") == ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<pad>")


def test_bytes_and_spaces_are_written_as_sentencepiece_does() -> None:
    assert (BYTE_TOKENS[0], BYTE_TOKENS[10], BYTE_TOKENS[255], len(BYTE_TOKENS)) == ("<0x00>", "<0x0A>", "<0xFF>", 256)
    assert SPACE == "\u2581"


def test_a_vocabulary_has_room_for_bytes_and_special_tokens() -> None:
    assert TokenizerOptions(vocabulary_size=257).vocabulary_size == 257
    with pytest.raises(InputError, match="a vocabulary of 256 is too small; bytes and special tokens take 257"):
        TokenizerOptions(vocabulary_size=256)
    assert TokenizerOptions(model="wordpiece", vocabulary_size=261).vocabulary_size == 261
    with pytest.raises(InputError, match="take 261"):
        TokenizerOptions(model="wordpiece", vocabulary_size=260)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"model": "word"}, "no model 'word'; there are bpe, unigram, wordpiece"),
        ({"bytes": "none"}, "no bytes 'none'; there are level, fallback"),
        ({"digits": "twos"}, "no digits 'twos'; there are pattern, apart, threes"),
        ({"special": ("<|endoftext|>",)}, "named twice"),
        ({"special": ("a", "a")}, "named twice"),
        ({"pattern": "("}, r"no name \(gpt2, cl100k, llama3, o200k\) and no valid regular expression"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        TokenizerOptions(**given)  # type: ignore[arg-type]


def test_a_pattern_counts_only_where_text_is_cut_by_it() -> None:
    assert TokenizerOptions(bytes="fallback", pattern="(").pattern == "("
    assert TokenizerOptions(model="unigram", pattern="(").pattern == "("


def test_what_is_taken_unless_said() -> None:
    options = TokenizerOptions()
    assert (options.model, options.bytes, options.pattern, options.digits) == ("bpe", "level", "o200k", "pattern")
    assert (options.vocabulary_size, options.special, options.minimum_count) == (32_000, (), 2)
