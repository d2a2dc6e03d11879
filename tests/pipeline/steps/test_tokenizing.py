"""Token ids against tiktoken and tokenizers themselves."""

import base64
import gzip
import hashlib
import pickle
import random
import subprocess
import sys
import unicodedata
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill import InputError, RecipeError
from textmill.filters.base.batch import make_batch
from textmill.pipeline.steps import tokenizing
from textmill.pipeline.steps.encoders import LONG_SPACE, Tiktoken
from textmill.pipeline.steps.tokenizing import BUILT_IN, PATTERNS, Tokenize

PUBLISHED_SHA256 = {
    "cl100k": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
SPECIAL = "<|endoftext|>"


def published(name: str) -> bytes:
    """The published vocabulary file, from another package than the one under test."""
    path = distribution("bpe-openai").locate_file(f"bpe_openai/data/{name}_base.tiktoken.gz")
    return gzip.decompress(Path(str(path)).read_bytes())


@pytest.fixture(scope="session")
def oracles() -> dict[str, tiktoken.Encoding]:
    import tiktoken_ext.openai_public as definitions

    built = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in BUILT_IN:
            pairs = (line.split() for line in published(name).splitlines())
            ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
            patch.setattr(definitions, "load_tiktoken_bpe", lambda *_, ranks=ranks, **__: ranks)
            built[name] = tiktoken.Encoding(**getattr(definitions, f"{name}_base")())
    return built


def ids(step: Tokenize, texts: list[str]) -> list[list[int]]:
    encoded = step.encode(pa.array(texts, pa.large_string()))
    assert encoded.type == pa.list_(pa.int32())
    result: list[list[int]] = encoded.to_pylist()
    return result


def bpe_json(folder: Path) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=[SPECIAL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["the text and the end of the text"] * 20, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{SPECIAL} $0", special_tokens=[(SPECIAL, 0)])
    tokenizer.enable_truncation(5)
    tokenizer.enable_padding(length=9)
    path = folder / "tokenizer.json"
    tokenizer.save(str(path))
    return path


@pytest.mark.parametrize("name", BUILT_IN)
def test_patterns_are_tiktokens(name: str, oracles: dict[str, tiktoken.Encoding]) -> None:
    import tiktoken_ext.openai_public as definitions

    assert PATTERNS[name] == oracles[name]._pat_str
    assert PATTERNS["gpt2"] == definitions.r50k_pat_str


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize(
    "text",
    [
        "",
        SPECIAL,
        f"a{SPECIAL} b<|fim_prefix|><|endofprompt|>",
        "\x00 \x00\x00",
        "it's IT'S we'LL we'ſ",
        "  \n \r\n\t  x  ",
        "1234567 ١٢٣٤٥ ２３４５",
        "\ufeff\u200b\u2028\u2029\x85\xa0\u3000a\x1c\x1d b",
        "नमस्ते ทดสอบ 日本語 한국어 😀👩‍👩‍👧 e\u0301",
        "\U0010ffff\ufffe\ue000",
    ],
)
def test_equals_tiktoken(name: str, text: str, oracles: dict[str, tiktoken.Encoding]) -> None:
    assert ids(Tokenize(name), ["x", text, "", text]) == [
        oracles[name].encode_ordinary(one) for one in ("x", text, "", text)
    ]


@pytest.mark.parametrize("name", BUILT_IN)
def test_equals_tiktoken_on_every_character(
    name: str, oracles: dict[str, tiktoken.Encoding], characters: list[str]
) -> None:
    shapes = ("a{0}b", " {0}", "{0}\n", "1{0}2", "!{0}!", "A{0}{0}B", "'{0}")
    texts = [
        " ".join(
            shape.format(character)
            for character in characters[start : start + 100]
            for shape in shapes[start // 100 % 2 :: 2]
        )
        for start in range(0, len(characters), 100)
    ]
    wrong = [
        index
        for index, found in enumerate(ids(Tokenize(name), texts))
        if found != oracles[name].encode_ordinary(texts[index])
    ]
    assert wrong == []


def test_letters_of_the_newest_unicode_are_letters(oracles: dict[str, tiktoken.Encoding]) -> None:
    """Each alone, as one that is known sends its text by another way; before an apostrophe it can be seen."""
    texts = [f"{chr(code)}'s" for code in range(0x33500) if unicodedata.category(chr(code)) == "Cn"]
    found, oracle = ids(Tokenize(), texts), oracles["cl100k"]
    assert [text for text, one in zip(texts, found, strict=True) if one != oracle.encode_ordinary(text)] == []


@settings(max_examples=200, deadline=None)
@given(
    texts=st.lists(
        st.text()
        | st.lists(st.sampled_from([SPECIAL, "the", " of", "'s", "\r\n", "  ", "ſ", "\U000323b0", "é", "中"])).map(
            "".join
        ),
        max_size=5,
    ),
    name=st.sampled_from(BUILT_IN),
)
def test_equals_tiktoken_on_any_text(texts: list[str], name: str, oracles: dict[str, tiktoken.Encoding]) -> None:
    assert ids(Tokenize(name), texts) == [oracles[name].encode_ordinary(text) for text in texts]


@pytest.mark.parametrize("name", BUILT_IN)
def test_equals_tiktoken_on_75_languages(name: str, oracles: dict[str, tiktoken.Encoding], shared_data: Path) -> None:
    texts = [path.read_text() for path in sorted((shared_data / "language").glob("*.txt"))]
    assert len(texts) > 70
    assert ids(Tokenize(name), texts) == [oracles[name].encode_ordinary(text) for text in texts]


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("character", [" ", "\n", "a", "/", "é", "中", "😀", "\x00", "ab", " \n", "\u0301"])
def test_equals_tiktoken_on_long_runs(name: str, character: str, oracles: dict[str, tiktoken.Encoding]) -> None:
    text = character * 30_000
    assert ids(Tokenize(name), [text, text + "\U000323b0"]) == [
        oracles[name].encode_ordinary(one) for one in (text, text + "\U000323b0")
    ]


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("behind", ["", "\U000323b0"])
def test_white_space_that_crashes_tiktoken(name: str, behind: str) -> None:
    text = " " * 1_500_000 + behind
    (found,) = ids(Tokenize(name), [text])
    assert tiktoken_decode(name, found) == text.encode()


def tiktoken_decode(name: str, found: list[int]) -> bytes:
    tokens = [base64.b64decode(line.split()[0]) for line in published(name).splitlines()]
    return b"".join(tokens[one] for one in found)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_the_way_round_a_crash_gives_the_same_ids(name: str) -> None:
    vocabulary = published("cl100k").splitlines()
    ranks = {base64.b64decode(line.split()[0]): int(line.split()[1]) for line in vocabulary}
    ours = Tiktoken(name, PATTERNS[name], ranks)
    rng = random.Random(1)
    alphabet = [
        *" \n\t'sS1aAé中!/",
        "\x1c",
        "\x85",
        "\u3000",
        "\u0301",
        "ſ",
        *(chr(rng.randrange(0xD800)) for _ in range(300)),
    ]
    for _ in range(300):
        text = "".join(rng.choices(alphabet, k=40))
        assert ours._encode_pieces(text).tolist() == ours.encode(text).tolist()
    long = "a" + " " * LONG_SPACE + "b"
    assert ours.encode(long).tolist() == ours._encoding.encode_ordinary(long)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_tiktoken_file_gives_the_ids_of_its_vocabulary(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(published(name))
    step = Tokenize(str(path), pattern=name)
    texts = ["Hello wörld's", "", SPECIAL, "日本語 12345"]
    assert ids(step, texts) == ids(Tokenize(name), texts)
    assert step.identity()["sha256"] == PUBLISHED_SHA256[name]
    assert step.identity()["name"] == "mine.tiktoken"


def test_a_tokenizer_json_is_text_only_whole_and_unpadded(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    path = bpe_json(tmp_path)
    text = f"the {SPECIAL} text, much longer than five tokens"
    step = Tokenize(str(path))
    found = ids(step, [text, "", "the"])
    plain = Tokenizer.from_file(str(path))
    plain.no_truncation()
    plain.no_padding()
    special = plain.token_to_id(SPECIAL)
    assert special in plain.encode(text).ids
    assert all(special not in one for one in found)
    assert plain.decode(found[0], skip_special_tokens=False).replace("Ġ", " ").replace(" ", "") == text.replace(" ", "")
    assert found[1] == []
    assert found[2] == plain.encode("the", add_special_tokens=False).ids
    assert step.identity() == {
        "name": "tokenizer.json",
        "vocabulary_size": plain.get_vocab_size(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "libraries": {"tokenizers": step.identity()["libraries"]["tokenizers"]},
    }


def test_forks_and_threads_stay_quiet(tmp_path: Path) -> None:
    """A fork behind the first use makes the library warn on stderr once it has started threads."""
    bpe_json(tmp_path)
    code = (
        "import os, sys, pyarrow as pa\nfrom textmill.pipeline.steps.tokenizing import Tokenize\n"
        "step = Tokenize(sys.argv[1])\ntext = pa.array(['the text'] * 50, pa.large_string())\nstep.encode(text)\n"
        "child = os.fork()\nos.write(1, b'%d,' % len(step.encode(text)))\n"
        "sys.exit(0 if not child else os.waitpid(child, 0)[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "tokenizer.json")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "50,50,", "")


@pytest.mark.parametrize("name", BUILT_IN)
def test_identity_names_the_published_vocabulary(name: str) -> None:
    identity = Tokenize(name).identity()
    assert identity["sha256"] == PUBLISHED_SHA256[name]
    assert identity["name"] == name
    assert set(identity["libraries"]) == {"quicktok-v1", "tiktoken"}
    assert identity["vocabulary_size"] >= {"cl100k": 100_277, "o200k": 200_019}[name]


def test_steps_pickle_without_their_vocabulary() -> None:
    step = Tokenize("cl100k")
    step.setup()
    packed = pickle.dumps(step)
    assert len(packed) < 500
    assert pickle.loads(packed) == step
    assert Tokenize() == step


def test_all_but_the_vocabulary_is_given_by_name() -> None:
    with pytest.raises(RecipeError, match="tokenize takes its parameters by name"):
        Tokenize("cl100k", "<|endoftext|>")  # type: ignore[misc]


def test_an_empty_batch_and_a_sliced_one() -> None:
    step = Tokenize()
    assert step.encode(pa.array([], pa.large_string())).to_pylist() == []
    sliced = pa.array(["zero", "one", "two"], pa.large_string())[1:2]
    assert step.encode(sliced).to_pylist() == ids(step, ["one"])


@pytest.mark.parametrize(
    ("arguments", "content", "message"),
    [
        ({"tokenizer": "cl100"}, None, "cl100k, o200k"),
        ({"tokenizer": "missing.json"}, None, "no file 'missing.json'"),
        ({"tokenizer": "cl100k", "pattern": "gpt2"}, None, "pattern is for .tiktoken files"),
        ({"tokenizer": "it.json"}, b"{}", "no 'model'"),
        ({"tokenizer": "it.json"}, b"model", "not JSON"),
        ({"tokenizer": "it.tiktoken"}, b"what is this\n", "not a .tiktoken file"),
        ({"tokenizer": "it.tiktoken"}, b"YQ== 0\n", "255 of the 256 single bytes"),
    ],
)
def test_wrong_tokenizers_are_refused_at_once(
    arguments: dict[str, Any], content: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(arguments["tokenizer"]).write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        Tokenize(**arguments)


def test_a_pattern_that_does_not_compile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(published("cl100k"))
    with pytest.raises(RecipeError, match="not a valid regular expression"):
        Tokenize(str(path), pattern="(")


MESSAGES: list[tuple[dict[str, Any], bytes | None, str]] = [
    ({"fim_tokens": (1, 2)}, None, "fim_tokens are three: those before prefix, middle and suffix"),
    (
        {"add_special": True},
        None,
        "add_special is for a tokenizer.json, which says what it adds; name bos and eos",
    ),
    (
        {"tokenizer": "it.json", "add_special": True, "bos": 1},
        b"{}",
        "add_special puts the tokenizer's own tokens at the ends; leave bos and eos out",
    ),
    (
        {"tokenizer": "it.json", "add_special": True, "eos": 1},
        b"{}",
        "add_special puts the tokenizer's own tokens at the ends; leave bos and eos out",
    ),
    ({"pattern": "gpt2"}, None, "pattern is for .tiktoken files, but the tokenizer is 'cl100k'"),
    (
        {"tokenizer": "p50k"},
        None,
        "unknown tokenizer 'p50k'; use cl100k, o200k, or the path of a tokenizer.json, .model or .tiktoken file",
    ),
    *(
        ({"tokenizer": f"no.{kind}"}, None, f"no file 'no.{kind}'; the built-in tokenizers are cl100k, o200k")
        for kind in ("json", "model", "tiktoken")
    ),
    ({"bos": "<s>"}, None, "cl100k has no special token '<s>'; name another, or give an id"),
    (
        {"tokenizer": "o200k", "fim_rate": 0.5},
        None,
        "o200k has no special token '<fim_prefix>'; name another, or give an id",
    ),
    ({"tokenizer": "it.json"}, b'{"model": 3}', "it.json is not a Hugging Face tokenizer.json: it has no 'model'"),
    ({"tokenizer": "it.json"}, b"[]", "it.json is not a Hugging Face tokenizer.json: it has no 'model'"),
    (
        {"tokenizer": "it.json"},
        b'{"model": {"type": "Unigram", "vocab": {}}}',
        "it.json is not a Hugging Face tokenizer.json: its model has no vocabulary",
    ),
    (
        {"tokenizer": "it.json"},
        b'{"model": {"vocab": []}}',
        "it.json is not a Hugging Face tokenizer.json: its model has no vocabulary",
    ),
    (
        {"tokenizer": "it.json"},
        b'{"model": {"vocab": {"a": 0}}}',
        "it.json: the BPE vocabulary has no token for unknown characters (unk_token) and not all 256 bytes, so it "
        "cannot encode every text: name unk_token in the file, or train it with byte_fallback or byte-level pieces",
    ),
    (
        {"tokenizer": "it.tiktoken"},
        b"YQ== 0\n\nYg== 1\n",
        "it.tiktoken lacks 254 of the 256 single bytes, so not every text has tokens",
    ),
]


@pytest.mark.parametrize(("arguments", "content", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_what_does_not_fit_is_told_in_full(
    arguments: dict[str, Any], content: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(arguments["tokenizer"]).write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        Tokenize(**arguments)
    assert str(caught.value) == f"tokenize: {message}"


@pytest.mark.parametrize("rate", [1.5, -0.1, "half"])
def test_a_rate_is_a_fraction(rate: Any) -> None:
    with pytest.raises(RecipeError, match=r"^tokenize\.fim_rate"):
        Tokenize(fim_rate=rate, fim_tokens=(1, 2, 3))


def test_special_tokens_of_what_is_built_in_have_their_published_ids() -> None:
    wanted = {
        "cl100k": {
            "endoftext": 100257,
            "fim_prefix": 100258,
            "fim_middle": 100259,
            "fim_suffix": 100260,
            "endofprompt": 100276,
        },
        "o200k": {"endoftext": 199999, "endofprompt": 200018},
    }
    for tokenizer, tokens in wanted.items():
        for name, number in tokens.items():
            ids, _ = Tokenize(tokenizer, eos=f"<|{name}|>").encode_documents(make_batch([""]))
            assert ids.to_pylist() == [[number]]
    for number in (0, 7):
        ids, measured = Tokenize("cl100k", bos=number, fim_rate=0).encode_documents(make_batch(["", ""]))
        assert (ids.to_pylist(), measured) == ([[number]] * 2, {})
    Tokenize(fim_rate=0)
    Tokenize(fim_rate=1, fim_tokens=(1, 2, 3))


def test_a_batch_has_no_more_ids_than_a_list_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    text = pa.array(["one two three", "four"], pa.large_string())
    monkeypatch.setattr(tokenizing, "_MOST_IDS", 4)
    assert Tokenize().encode(text).type == pa.list_(pa.int32())
    monkeypatch.setattr(tokenizing, "_MOST_IDS", 3)
    with pytest.raises(InputError) as caught:
        Tokenize().encode(text)
    assert str(caught.value) == "a batch has 4 tokens, more than a list column can hold; cut the document"


def test_a_vocabulary_of_ones_own_says_what_it_is(tmp_path: Path) -> None:
    lines = [b"%s %d" % (base64.b64encode(bytes([value])), value) for value in range(256)]
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(b"\n".join([*lines, b"", b"%s 300" % base64.b64encode(b"ab"), b""]))
    step = Tokenize(str(path), pattern="[a-z]+|.")
    assert ids(step, ["abcab!", ""]) == [[300, 99, 300, 33], []]
    identity = step.identity()
    assert identity.pop("libraries").keys() == {"tiktoken"}
    assert identity == {
        **{"name": "mine.tiktoken", "pattern": "[a-z]+|.", "vocabulary_size": 301},
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert Tokenize(str(path), pattern="gpt2").identity()["pattern"] == PATTERNS["gpt2"]
    assert Tokenize(str(path)).identity()["pattern"] == PATTERNS["cl100k"]
    assert (dict(step.measurements), Tokenize(str(path), fim_rate=0.5, fim_tokens=(1, 2, 3)).measurements) == (
        {},
        {"tokenize.fim": pa.string()},
    )
    with pytest.raises(RecipeError, match="has no special token 'ab'"):
        Tokenize(str(path), eos="ab")
