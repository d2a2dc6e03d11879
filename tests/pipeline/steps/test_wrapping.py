"""Special tokens around documents, and code turned round for filling in the middle."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import quicktok
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.pipeline.steps.tokenizing import Tokenize
from textmill.pipeline.steps.wrapping import cut_for_fim, joined, wrap

from ..conftest import IN_PROCESS

END = 100257
FIM = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=5),
    st.lists(st.integers(10, 19), max_size=2),
    st.lists(st.integers(20, 29), max_size=2),
)
def test_wrapping_is_joining_lists(texts: list[list[int]], before: list[int], behind: list[int]) -> None:
    ids, offsets = wrap(*joined([np.array(text, np.uint32) for text in texts]), before, behind)
    expected = [before + text + behind for text in texts]
    assert [ids[a:b].tolist() for a, b in itertools.pairwise(offsets)] == expected


def test_bos_and_eos_stand_at_the_ends_by_name_or_id() -> None:
    batch = make_batch(["The mill.", ""])
    bare = Tokenize("cl100k").encode(batch["text"]).to_pylist()
    ids, measured = Tokenize("cl100k", bos=7, eos="<|endoftext|>").encode_documents(batch)
    assert ids.to_pylist() == [[7, *one, END] for one in bare]
    assert not measured


def test_what_a_tokenizer_json_adds_itself(tmp_path: Path) -> None:
    tokenizer = Tokenizer(
        models.WordLevel({"[UNK]": 0, "the": 1, "mill": 2, "[CLS]": 3, "[SEP]": 4}, unk_token="[UNK]")
    )
    tokenizer.add_special_tokens(["[CLS]", "[SEP]"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 3), ("[SEP]", 4)]
    )
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    batch = make_batch(["the mill", "[CLS] the"])
    ids, _ = Tokenize(str(path), add_special=True).encode_documents(batch)
    bare = Tokenize(str(path)).encode(batch["text"]).to_pylist()
    assert ids.to_pylist() == [[3, *one, 4] for one in bare]
    assert ids[0].as_py() == tokenizer.encode("the mill").ids


def test_code_is_turned_round_and_nothing_is_lost() -> None:
    texts = [f"def f{number}(x):\n    return x + {number}  # Größe" for number in range(400)]
    batch = make_batch(texts, kind="code")
    step = Tokenize("cl100k", fim_rate=0.5, fim_tokens=FIM, eos="<|endoftext|>")
    ids, measured = step.encode_documents(batch)
    orders = measured["tokenize.fim"].to_pylist()
    assert 0.4 < sum(order is not None for order in orders) / len(texts) < 0.6
    assert 0.35 < sum(order == "psm" for order in orders) / sum(order is not None for order in orders) < 0.65
    for text, row, order in zip(texts, ids.to_pylist(), orders, strict=True):
        assert row[-1] == END
        whole = _decode(row[:-1])
        if order is None:
            assert whole == text
        elif order == "psm":
            before, rest = whole.removeprefix(FIM[0]).split(FIM[2])
            behind, middle = rest.split(FIM[1])
            assert before + middle + behind == text
        else:
            behind, rest = whole.removeprefix(FIM[0] + FIM[2]).split(FIM[1])
            assert rest + behind == text
    again, _ = step.encode_documents(batch.slice(100, 50))
    assert again.to_pylist() == ids.to_pylist()[100:150]
    web, measured = step.encode_documents(make_batch(texts, kind="web"))
    assert measured["tokenize.fim"].null_count == len(texts)
    assert len(web) == len(texts)


def _decode(ids: list[int]) -> str:
    names = {100258: FIM[0], 100259: FIM[1], 100260: FIM[2]}
    fast = quicktok.get_encoding("cl100k_base")
    parts = [names[one].encode() if one in names else fast.decode_single_token_bytes(one) for one in ids]
    return b"".join(parts).decode()


@given(st.text(max_size=40))
def test_a_cut_text_is_its_three_parts(text: str) -> None:
    cut = cut_for_fim("id", text, 1.0)
    assert cut is not None
    assert cut.prefix + cut.middle + cut.suffix == text
    assert cut_for_fim("id", text, 0.0) is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(RecipeError, match="no special token '</s>'"):
        Tokenize("cl100k", eos="</s>")
    with pytest.raises(RecipeError, match="no special token '<fim_prefix>'"):
        Tokenize("cl100k", fim_rate=0.5)
    with pytest.raises(RecipeError, match="between 0 and 1"):
        Tokenize("cl100k", fim_rate=2, fim_tokens=FIM)
    with pytest.raises(RecipeError, match="three"):
        Tokenize("cl100k", fim_rate=0.5, fim_tokens=FIM[:2])
    with pytest.raises(RecipeError, match="add_special is for"):
        Tokenize("cl100k", add_special=True)


def test_a_run_counts_them_and_the_ledger_says_what_was_turned(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def mill(x):\n    return x + 1\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The mill stands by the river.\n", encoding="utf-8")
    recipe = tmp_path / "r.yaml"
    step = {"tokenizer": "cl100k", "eos": "<|endoftext|>", "fim_rate": 1.0, "fim_tokens": list(FIM)}
    recipe.write_text(json.dumps({"name": "r", "steps": [{"tokenize": step}]}), encoding="utf-8")
    Recipe.load(str(recipe)).run(
        [str(tmp_path / "a.py"), str(tmp_path / "b.txt")], output=str(tmp_path / "out"), runner=IN_PROCESS
    )
    rows = duckdb.sql(
        f"SELECT source, tokens, \"tokenize.fim\" FROM '{tmp_path}/out/ledger/*.parquet' ORDER BY 1"
    ).fetchall()
    assert rows[0][2] in ("psm", "spm")
    assert rows[1][1:] == (
        len(Tokenize().encode(pa.array(["The mill stands by the river.\n"], pa.large_string()))[0]) + 1,
        None,
    )
