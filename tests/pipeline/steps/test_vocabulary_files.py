"""Vocabularies of Hugging Face and sentencepiece: text stays text, and none is lost silently."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from textmill.errors import RecipeError
from textmill.pipeline.recipes.recipe_file import load_recipe
from textmill.pipeline.steps.tokenizing import UNKNOWN_SHARE, Tokenize

LETTERS = ["▁", "a", "b", "s", "<", ">", "/", "x", "0", "4", "1", "ab", "▁a", "▁ab", "p", "d"]
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]


def ids(step: Tokenize, *texts: str) -> list[list[int]]:
    found: list[list[int]] = step.encode(pa.array(texts, pa.large_string())).to_pylist()
    return found


def written(folder: Path, model: dict[str, Any], **others: Any) -> str:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({"version": "1.0", "added_tokens": [], "model": model, **others}))
    return str(path)


def added(*tokens: tuple[int, str]) -> list[dict[str, Any]]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return [{"id": number, "content": token, "special": True, **flags} for number, token in tokens]


def unigram(folder: Path, *, with_bytes: bool, letters: list[str] = LETTERS) -> str:
    names = [f"<0x{value:02X}>" for value in range(256)] if with_bytes else []
    vocabulary = [[piece, 0.0] for piece in [*SPECIAL, *names]] + [[piece, -2.0 - len(piece) / 8] for piece in letters]
    model = {"type": "Unigram", "unk_id": 0, "byte_fallback": with_bytes, "vocab": vocabulary}
    cut = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return written(folder, model, pre_tokenizer=cut, added_tokens=added(*enumerate(SPECIAL)))


@pytest.mark.parametrize("with_bytes", [False, True])
def test_a_unigram_vocabulary_finds_no_special_token_in_text(with_bytes: bool, tmp_path: Path) -> None:
    step = Tokenize(unigram(tmp_path, with_bytes=with_bytes))
    number = {piece: index + (260 if with_bytes else 4) for index, piece in enumerate(LETTERS)}
    found = ids(step, "ab </s>", "<pad>", "<0x41>", "a <s>b")
    assert found[0] == [number["▁ab"], number["▁"], *(number[letter] for letter in "</s>")]
    assert found[1] == [number["▁"], *(number[letter] for letter in "<"), *(number[c] for c in "pad"), number[">"]]
    spelled = [*(number[c] for c in "<0x4"), number["1"], number[">"]]
    assert found[2] == [number["▁"], *spelled]
    assert not any({1, 2, 3} & set(one) for one in found)


def test_characters_beyond_a_unigram_vocabulary_become_bytes_or_one_unknown(tmp_path: Path) -> None:
    (tmp_path / "bytes").mkdir()
    with_bytes = Tokenize(unigram(tmp_path / "bytes", with_bytes=True))
    euro = [4 + byte for byte in "€".encode()]
    assert ids(with_bytes, "</s>€a")[0][-4:] == [*euro, 260 + LETTERS.index("a")]
    assert ids(with_bytes, "</s>€é€a€")[0][-12:] == [
        *(*euro, *(4 + byte for byte in "é".encode()), *euro),
        *(260 + LETTERS.index("a"), *euro),
    ]
    without = Tokenize(unigram(tmp_path, with_bytes=False))
    found = without.encode(pa.array(["</s>€€a", "ab"], pa.large_string()))
    assert found.to_pylist()[0].count(0) == 1
    assert without.unknown_share(found).to_pylist() == [1 / len(found.to_pylist()[0]), 0.0]
    assert list(without.measurements) == [UNKNOWN_SHARE]
    assert not Tokenize("cl100k").measurements


def test_a_unigram_piece_needs_none_that_it_begins_with(tmp_path: Path) -> None:
    step = Tokenize(unigram(tmp_path, with_bytes=True, letters=["▁", *LETTERS, "xyzx"]))  # neither xy nor xyz
    last = 260 + 1 + len(LETTERS)
    assert ids(step, "</s>xyzx")[0][-1] == last


@pytest.mark.parametrize("kind", ["WordLevel", "WordPiece"])
def test_words_that_spell_a_special_token_are_words(kind: str, tmp_path: Path) -> None:
    vocabulary = {"[UNK]": 0, "[PAD]": 1, "a": 2, "[": 3, "]": 4, "##P": 5, "##A": 6, "##D": 7, "##]": 8}
    model: dict[str, Any] = {"type": kind, "unk_token": "[UNK]", "vocab": vocabulary}
    if kind == "WordPiece":
        model |= {"continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
    path = written(
        tmp_path, model, pre_tokenizer={"type": "WhitespaceSplit"}, added_tokens=added((0, "[UNK]"), (1, "[PAD]"))
    )
    expected = [2, 3, 5, 6, 7, 8, 2] if kind == "WordPiece" else [2, 0, 2]
    assert ids(Tokenize(path), "a [PAD] a", "zzz") == [expected, [0]]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"type": "Unigram", "unk_id": None, "vocab": [["a", -1.0]]}, "unk_id"),
        ({"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"a": 0}}, "unk_token"),
        ({"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"a": 0}}, "unk_token"),
        ({"type": "BPE", "unk_token": None, "vocab": {"a": 0}, "merges": []}, "unk_token"),
        ({"type": "BPE", "byte_fallback": True, "vocab": {"a": 0, "<0x41>": 1}, "merges": []}, "256 bytes"),
    ],
)
def test_vocabularies_that_lose_characters_are_refused(model: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=message):
        Tokenize(written(tmp_path, model))


def test_the_size_is_the_largest_id_plus_one(tmp_path: Path) -> None:
    model = {"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 7}}
    step = Tokenize(written(tmp_path, model, added_tokens=added((11, "<end>"))))
    assert step.identity()["vocabulary_size"] == 12


def test_a_model_of_sentencepiece_gives_its_ids(tmp_path: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the mill turns </s> <s>", "the wind in the mill <0x41>"] * 40),
        model_writer=model, vocab_size=320, byte_fallback=True, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    (tmp_path / "mill.model").write_bytes(model.getvalue())
    oracle = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    texts = ["the mill </s> turns", "<0x41>", "", "日本 wind"]
    step = Tokenize(str(tmp_path / "mill.model"))
    assert ids(step, *texts) == [oracle.encode(text) for text in texts]
    assert oracle.piece_to_id("</s>") not in ids(step, texts[0])[0]
    assert step.identity()["vocabulary_size"] == oracle.get_piece_size()
    (tmp_path / "broken.model").write_bytes(b"no model")
    with pytest.raises(RecipeError, match="not a model of sentencepiece"):
        Tokenize(str(tmp_path / "broken.model"))


def test_a_tokenizer_lies_beside_its_recipe(tmp_path: Path) -> None:
    unigram(tmp_path, with_bytes=True)
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps:\n  - tokenize: {tokenizer: tokenizer.json}\n")
    (step,) = load_recipe(str(recipe)).steps
    assert isinstance(step, Tokenize)
    assert Path(step.tokenizer) == tmp_path / "tokenizer.json"
