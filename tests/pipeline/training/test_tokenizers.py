"""Trained tokenizers: as the libraries make them by hand, the same in every process, exact in both directions."""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from textmill.errors import InputError
from textmill.pipeline.steps.tokenizing import Tokenize
from textmill.pipeline.training.tokenizer_options import CL100K, TokenizerOptions
from textmill.pipeline.training.tokenizers import Trained, _lines, train_tokenizer

TEXTS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[3] / "docs").glob("*.md"))
]  # fmt: skip
TEXTS += [
    "Die Mühle steht am Fluss; 1234567 Säcke.\n\n\tÜber 98765.",
    "磨坊在河边。磨坊主人打开闸门。",
    "水車小屋は川のそばにあります。",
]
KINDS = {
    "level": TokenizerOptions(vocabulary_size=1500, pattern="cl100k"),
    "fallback": TokenizerOptions(vocabulary_size=1500, bytes="fallback", digits="apart"),
    "unigram": TokenizerOptions(model="unigram", vocabulary_size=1500),
    "wordpiece": TokenizerOptions(model="wordpiece", vocabulary_size=1500, digits="threes"),
}


@functools.cache
def trained(kind: str) -> Trained:
    return train_tokenizer(lambda: TEXTS, KINDS[kind])


def digest(made: Trained) -> str:
    return hashlib.sha256(made.tokenizer_json.encode() + (made.model or b"")).hexdigest()


def test_bpe_over_bytes_is_what_the_library_makes_by_hand() -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(CL100K), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1500,
        min_frequency=2,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    assert json.loads(tokenizer.to_str()) == json.loads(trained("level").tokenizer_json)


def test_another_process_makes_the_same_bytes() -> None:
    here = str(Path(__file__).parent)
    program = (
        f"import sys; sys.path.insert(0, {here!r}); import test_tokenizers as t; "
        "print(*(t.digest(t.trained(kind)) for kind in t.KINDS))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [digest(trained(kind)) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_vocabulary_is_as_large_as_asked_for_and_special_tokens_come_first(kind: str) -> None:
    tokenizer = Tokenizer.from_str(trained(kind).tokenizer_json)
    assert tokenizer.get_vocab_size() == 1500
    special = KINDS[kind].all_special
    assert [tokenizer.token_to_id(token) for token in special] == list(range(len(special)))


@pytest.mark.parametrize("kind", ["level", "fallback", "unigram"])
@given(text=st.text())
def test_every_text_comes_back(kind: str, text: str) -> None:
    tokenizer = Tokenizer.from_str(trained(kind).tokenizer_json)
    text = text.replace("\N{LOWER ONE EIGHTH BLOCK}", "") if kind != "level" else text
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    if kind == "unigram":
        text = text.replace("\0", "")  # sentencepiece and its format end strings there
    assert tokenizer.decode(ids, skip_special_tokens=False).replace("\0", "") == text.replace("\0", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_recipe_takes_it_and_text_stays_text(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(trained(kind).tokenizer_json, encoding="utf-8")
    special = KINDS[kind].all_special
    ids = Tokenize(str(path)).encode(pa.array([f"a {' '.join(special)} <0x41> b"], pa.large_string()))
    unknown = {special.index(token) for token in special if token in ("<unk>", "[UNK]")}
    found = set(ids.values.to_pylist())
    assert found.isdisjoint(set(range(len(special))) - unknown)
    if kind == "fallback":
        byte_a = Tokenizer.from_str(trained(kind).tokenizer_json).token_to_id("<0x41>")
        assert byte_a not in found


def test_digits_apart_and_in_threes() -> None:
    for digits, longest in (("apart", 1), ("threes", 3)):
        options = TokenizerOptions(vocabulary_size=2000, pattern="gpt2", digits=digits, minimum_count=1)
        made = Tokenizer.from_str(train_tokenizer(lambda: ["1234567 " * 50, *TEXTS], options).tokenizer_json)
        pieces = made.encode("1234567", add_special_tokens=False).tokens
        assert max(map(len, pieces)) == longest


def test_unigram_gives_the_ids_of_its_sentencepiece_model() -> None:
    from sentencepiece import SentencePieceProcessor

    made = trained("unigram")
    processor = SentencePieceProcessor(model_proto=made.model)
    tokenizer = Tokenizer.from_str(made.tokenizer_json)
    for line in "\n".join(TEXTS).splitlines():
        mine, theirs = tokenizer.encode(line, add_special_tokens=False).ids, processor.encode(line)
        if mine != theirs:  # sums of scores in 32 bits: two ways that are equally good
            assert sum(map(processor.get_score, mine)) == pytest.approx(sum(map(processor.get_score, theirs)), rel=1e-5)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="no model 'bbpe'; there are bpe, unigram, wordpiece"):
        TokenizerOptions(model="bbpe")
    with pytest.raises(InputError, match="too small"):
        TokenizerOptions(vocabulary_size=100)
    with pytest.raises(InputError, match="named twice"):
        TokenizerOptions(special=("<|endoftext|>",))
    with pytest.raises(InputError, match="no valid regular expression"):
        TokenizerOptions(pattern="(")
    with pytest.raises(InputError, match="more text"):
        train_tokenizer(lambda: ["a few words"], TokenizerOptions(model="unigram", vocabulary_size=5000))


def added(*tokens: str) -> list[dict[str, object]]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return [{"id": number, "content": token, "special": True, **flags} for number, token in enumerate(tokens)]


COMMON = {"version": "1.0", "truncation": None, "padding": None, "post_processor": None}
SPACES = {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}
FROM_BYTES = {"type": "Sequence", "decoders": [SPACES, {"type": "ByteFallback"}, {"type": "Fuse"}]}
FALLBACK = {
    **COMMON,
    "added_tokens": added("<unk>", "<s>", "</s>"),
    "normalizer": None,
    "pre_tokenizer": {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Digits", "individual_digits": True},
            {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True},
        ],
    },
    "decoder": FROM_BYTES,
    "model": {
        **{"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None},
        **{"end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False},
    },
}
UNIGRAM = {
    **COMMON,
    "added_tokens": added("<unk>", "<s>", "</s>"),
    "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    "pre_tokenizer": None,
    "decoder": FROM_BYTES,
    "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": True},
}
WORDPIECE = {
    **COMMON,
    "added_tokens": added("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    "normalizer": {
        **{"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True},
        **{"strip_accents": False, "lowercase": False},
    },
    "pre_tokenizer": {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r"\p{N}{1,3}"}, "behavior": "Isolated", "invert": False},
            {"type": "BertPreTokenizer"},
        ],
    },
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "model": {
        **{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##"},
        "max_input_chars_per_word": 100,
    },
}
ENDS = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
BERT = dict(
    zip(
        ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"),
        ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("kind", "file", "config"),
    [("fallback", FALLBACK, ENDS), ("unigram", UNIGRAM, ENDS), ("wordpiece", WORDPIECE, BERT), ("level", None, None)],
)
def test_the_files_say_how_text_is_read(kind: str, file: dict[str, object] | None, config: dict[str, str]) -> None:
    made = trained(kind)
    assert (made.model is None) == (kind != "unigram")
    config = config or {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
    assert made.config == {
        **{"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False},
        **config,
    }
    described = json.loads(made.tokenizer_json)
    assert made.tokenizer_json == json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    described["model"].pop("vocab")
    described["model"].pop("merges", None)
    assert described == (file or described)


def test_special_tokens_of_ones_own_are_named_in_the_configuration() -> None:
    for kind in ("bpe", "unigram", "wordpiece"):
        options = TokenizerOptions(model=kind, vocabulary_size=800, special=("<pad>", "<x>"))
        made = train_tokenizer(lambda: TEXTS, options)
        assert made.config["additional_special_tokens"] == ["<pad>", "<x>"]
        tokens = [one["content"] for one in json.loads(made.tokenizer_json)["added_tokens"]]
        assert tokens == [*options.all_special]
        assert len([name for name in made.config if name.endswith("_token")]) == {"bpe": 2, "unigram": 3}.get(kind, 5)


def test_a_quarter_of_what_is_left_are_the_commonest_characters() -> None:
    letters = "".join(chr(0x4E00 + number) for number in range(400))
    texts = [letters[:number] + " " for number in range(1, 401)]  # the first is the commonest
    for options, special in (
        (TokenizerOptions(bytes="fallback", vocabulary_size=459, minimum_count=10_000), 259),
        (TokenizerOptions(model="wordpiece", vocabulary_size=405, minimum_count=10_000), 5),
    ):
        made = train_tokenizer(lambda: texts, options)
        vocabulary = sorted(json.loads(made.tokenizer_json)["model"]["vocab"].items(), key=lambda one: one[1])
        most = (options.vocabulary_size - special) // 4
        found = {token.removeprefix("##") for token, _ in vocabulary[special:]}
        assert found - {"\u2581"} == {*letters[:most]}
        whole = [token for token, _ in vocabulary[special:] if not token.startswith("##")]
        assert whole == sorted(whole)


def test_pairs_are_taken_from_a_count_on() -> None:
    texts = ["xy " * 3] * 3 + ["pq " * 3] * 2
    for options in ({"bytes": "fallback"}, {"model": "wordpiece"}, {"bytes": "level"}):
        for least, taken in ((7, True), (9, True), (10, False)):
            made = train_tokenizer(lambda: texts, TokenizerOptions(vocabulary_size=400, minimum_count=least, **options))
            tokens = {token.removeprefix("##") for token in Tokenizer.from_str(made.tokenizer_json).get_vocab()}
            assert any("xy" in token or "yx" in token for token in tokens) == taken
            assert not any("pq" in token or "qp" in token for token in tokens)


def test_long_lines_are_cut_between_characters_for_sentencepiece() -> None:
    text = "é" * 3000 + "\n\nshort\r\n" + "x" * 4097 + "\n" + "y" * 4096
    assert [*_lines([text, "other"])] == ["é" * 2048, "é" * 952, "short", "x" * 4096, "x", "y" * 4096, "other"]
