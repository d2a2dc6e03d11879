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
from textmill.pipeline.training.tokenizers import Trained, train_tokenizer

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


@pytest.mark.parametrize("kind", KINDS)
def test_another_process_makes_the_same_bytes(kind: str) -> None:
    here = str(Path(__file__).parent)
    program = (
        f"import sys; sys.path.insert(0, {here!r}); import test_tokenizers as t; print(t.digest(t.trained({kind!r})))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == digest(trained(kind))


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
