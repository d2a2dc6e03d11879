"""Perplexity of documents and lines, by models of ours and KenLM's."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill import Perplexity, PerplexityLines, Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.ccnet import CCNetNormalize
from textmill.filters.kernels.models.kneser_ney import learn
from textmill.filters.kernels.models.numbered_words import Corpus
from textmill.filters.models import kenlm_model
from textmill.filters.models.ngram_model import Reading, write_model
from textmill.filters.models.perplexity_models import MODEL_LANGUAGES

KERNELS = Path(__file__).parent / "kernels" / "models"
FABLES = (KERNELS / "fables.txt").read_text(encoding="utf-8")
LMPLZ = str(KERNELS / "fables.arpa")
PROSE = {
    "en": "The council decided yesterday that the old bridge over the river will be repaired before the winter.",
    "de": "Der Rat hat gestern beschlossen, dass die alte Brücke über den Fluss vor dem Winter erneuert wird.",
    "es": "El consejo decidió ayer que el viejo puente sobre el río será reparado antes del invierno.",
    "fr": "Le conseil a décidé hier que le vieux pont sur la rivière sera réparé avant l'hiver.",
    "it": "Il consiglio ha deciso ieri che il vecchio ponte sul fiume sarà riparato prima dell'inverno.",
    "pt": "O conselho decidiu ontem que a velha ponte sobre o rio será reparada antes do inverno.",
    "ru": "Если файл уже открыт в другой программе, то его нельзя сохранить с тем же именем.",
    "ja": "昨日、議会は川にかかる古い橋を冬の前に修理することを決めました。",
    "zh": "市议会昨天决定，在冬天到来之前修好河上的旧桥。",
}


def values(step: Perplexity, texts: Sequence[str], language: str | None = None) -> list[float | None]:
    return taken(step, texts, language)["perplexity.value"].to_pylist()


def taken(step: Perplexity, texts: Sequence[str], language: str | None = None) -> Any:
    batch = make_batch(list(texts))
    if language is not None:
        batch = batch.append_column("language.label", pa.array([language] * len(texts), pa.string()))
    return step.measure(batch)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The fables as a model of ours, as lmplz was asked for it."""
    path = tmp_path_factory.mktemp("model") / "fables.lm"
    corpus = Corpus()
    corpus.add(Reading().sentences(pa.array([FABLES], pa.large_string())))
    write_model(path, learn(corpus, 4, prune=(0, 0, 1)), Reading(), {})
    return str(path)


def pages() -> list[str]:
    """Clean ones, word salads, spam, other languages and noise."""
    draw = random.Random(1)
    lines, words = FABLES.splitlines(), FABLES.split()
    clean = ["\n".join(draw.sample(lines, 8)) for _ in range(25)]
    salad = ["\n".join(" ".join(draw.choices(words, k=9)) for _ in range(8)) for _ in range(25)]
    spam = [" ".join(draw.choices(["buy", "now", "cheap", "the", "best", "of", "deal", "a"], k=60)) for _ in range(25)]
    noise = ["\n".join("".join(draw.choices("abcdefgh 0123", k=50)) for _ in range(6)) for _ in range(10)]
    return [*clean, *salad, *spam, *PROSE.values(), *noise, *(f"{a}\n{b}" for a, b in zip(clean, salad, strict=True))]


def test_documents_are_ordered_as_kenlm_orders_them(ours: str) -> None:
    kenlm = pytest.importorskip("kenlm")
    model = kenlm.Model(LMPLZ)
    texts = pages()
    theirs = []
    for text in texts:
        lines = [line for line in text.split("\n") if line.split()]
        tokens = sum(len(line.split()) + 1 for line in lines)
        theirs.append(10.0 ** (-sum(map(model.score, lines)) / tokens))
    by_words = [value for value in values(Perplexity(model=ours), texts) if value is not None]
    ranks = [np.argsort(np.argsort(one)) for one in (by_words, theirs)]
    # Chinese and Japanese are parted into words here, where KenLM sees one word that it does not know.
    assert np.corrcoef(*ranks)[0, 1] > 0.99
    by_kenlm = values(Perplexity(model=LMPLZ), texts)
    assert by_kenlm == pytest.approx(theirs, rel=1e-3)


def test_bounds_unknown_words_and_empty_texts(ours: str) -> None:
    step = Perplexity(model=ours, minimum=2, maximum=200)
    found = taken(step, ["the fox saw the grapes", "zzz", "", " \n "])
    assert found["perplexity.tokens"].to_pylist() == [6, 2, 0, 0]
    assert found["perplexity.unknown_ratio"].to_pylist() == [0.0, 0.5, None, None]
    assert found["perplexity.value"].to_pylist()[2:] == [None, None]
    assert found["perplexity.model"].to_pylist() == ["fables.lm"] * 4
    low, high = (rule.fails(found["perplexity.value"]).tolist() for rule in step.rules)
    value = found["perplexity.value"].to_pylist()
    assert (low, high) == ([value[0] < 2, False, False, False], [False, value[1] > 200, False, False])
    verdict = Recipe("r", [Perplexity(model=ours, maximum=50)]).clean("zzz yyy xxx")
    assert verdict.text is None


def test_lines_outside_the_bounds_are_cut(ours: str) -> None:
    junk = "buy cheap watches pills online casino poker loans now"
    text = f"\nthe fox saw the grapes and the fox said the grapes are sour\n{junk}\n\nthe lion let the mouse go\nshort"
    step = PerplexityLines(model=ours, maximum=100)
    cleaned, told = step.clean(make_batch([text, "nothing to cut", ""]))
    assert cleaned.to_pylist() == [text.replace(junk + "\n", "").strip("\n"), "nothing to cut", ""]
    assert told["perplexity_lines.cut"].to_pylist() == [1, 0, 0]
    assert told["perplexity_lines.cut_bytes"].to_pylist() == [len(junk), 0, 0]
    assert told["perplexity_lines.judged"].to_pylist() == [2, 0, 0]
    everything, _ = PerplexityLines(model=ours, minimum=1000, min_tokens=2).clean(make_batch(["the fox\nthe crow"]))
    assert everything.to_pylist() == [""]


def test_evidence_is_the_lines_farthest_out(ours: str) -> None:
    text = "the fox said the grapes are sour\nzz yy xx ww\n\nthe lion let the mouse go"
    step = Perplexity(model=ours, maximum=60, minimum=1)
    assert [one.line for one in step.evidence(make_batch([text]), "maximum")] == [2]
    assert 2 not in [one.line for one in step.evidence(make_batch([text]), "minimum")]
    assert list(step.evidence(make_batch([""]), "maximum")) == []


def test_models_by_language(ours: str, tmp_path: Path) -> None:
    for language in ("en", "de"):
        (tmp_path / f"my-{language}.lm").write_bytes(Path(ours).read_bytes())
    step = Perplexity(model=f"{tmp_path}/my-{{language}}.lm")
    assert sorted(step.model_files) == ["my-de.lm", "my-en.lm"]
    batch = make_batch(["the fox"] * 3).append_column("language.label", pa.array(["de", "fr", "en"]))
    found = step.measure(batch)
    assert found["perplexity.model"].to_pylist() == ["my-de.lm", None, "my-en.lm"]
    assert found["perplexity.tokens"].to_pylist() == [3, None, 3]
    assert found["perplexity.value"].to_pylist()[1] is None
    with pytest.raises(RecipeError, match="no model file"):
        Perplexity(model=f"{tmp_path}/other-{{language}}.lm")
    with pytest.raises(RecipeError, match="once in the last part"):
        Perplexity(model=f"{tmp_path}/{{language}}/a.lm")


def test_ccnets_pair(tmp_path: Path) -> None:
    """Its published steps: the whole text normalised, without line feeds, then pieces, then KenLM, to one decimal."""
    kenlm, sentencepiece = pytest.importorskip("kenlm"), pytest.importorskip("sentencepiece")
    (tmp_path / "fables.txt").write_text(FABLES, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(tmp_path / "fables.txt"), model_prefix=str(tmp_path / "en.sp"), vocab_size=80, minloglevel=2
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "en.sp.model"))
    from .kernels.models.slow_kneser_ney import learn_slowly

    lines = [pieces.encode(line, out_type=str) for line in FABLES.splitlines()]
    (tmp_path / "en.arpa").write_text(learn_slowly(lines, 3, (0,)).arpa(), encoding="utf-8")
    model = kenlm.Model(str(tmp_path / "en.arpa"))
    texts = ["The Fox saw 12 grapes…\nand the Crow sang", "A “lion” slept.\n\n", "Größe"]
    expected = []
    for text in texts:
        normal = CCNetNormalize(form="perplexity").clean(make_batch([text.replace("\n", "")]))[0][0].as_py()
        joined = " ".join(pieces.encode(normal, out_type=str))
        expected.append(round(10.0 ** (-model.score(joined) / (len(joined.split()) + 1)), 1))
    step = Perplexity(model=f"{tmp_path}/{{language}}.arpa", pieces=f"{tmp_path}/{{language}}.sp.model")
    assert sorted(step.model_files) == ["en.arpa", "en.sp.model"]
    assert [round(value or 0, 1) for value in values(step, texts, "en")] == expected
    lines_step = PerplexityLines(
        model=str(tmp_path / "en.arpa"), pieces=str(tmp_path / "en.sp.model"), maximum=1.5, min_tokens=2
    )
    assert lines_step.clean(make_batch(["A fox\nzz\n\nqq"]))[1]["perplexity_lines.cut"].to_pylist() == [3]


def test_mistakes_are_told(ours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text").write_text("no model")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"model": str(tmp_path / "missing")}, "no model file"),
        ({"model": str(tmp_path / "text")}, "is no language model"),
        ({"model": ours, "pieces": str(tmp_path / "text")}, "leave pieces and fold out"),
        ({"model": ours, "fold": True}, "leave pieces and fold out"),
        ({"pieces": str(tmp_path / "text")}, "are for a KenLM model"),
        ({"model": "{language}.arpa", "pieces": "a.model"}, "into both"),
        ({"minimum": 0.5}, "minimum=0.5 is below 1"),
        ({"minimum": 5, "maximum": 4}, "minimum"),
    ]
    for given, message in cases:
        with pytest.raises(RecipeError, match=message):
            Perplexity(**given)
    with pytest.raises(RecipeError, match="give minimum or maximum"):
        PerplexityLines()
    with pytest.raises(RecipeError, match="min_tokens=1"):
        PerplexityLines(maximum=10, min_tokens=1)
    if importlib.util.find_spec("kenlm") is not None:
        (tmp_path / "bad.arpa").write_text("\\data\\\nngram 1=1\n")
        with pytest.raises(RecipeError, match="cannot load the language model"):
            values(Perplexity(model=str(tmp_path / "bad.arpa")), ["a text"])
    monkeypatch.setattr(kenlm_model.sys, "modules", {})
    monkeypatch.setattr(kenlm_model.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecipeError, match=r"needs the package kenlm; install it: pip install 'textmill\[kenlm\]'"):
        Perplexity(model=LMPLZ)


@pytest.mark.parametrize("language", MODEL_LANGUAGES)
def test_shipped_models_tell_prose_from_noise(language: str) -> None:
    prose = PROSE[language]
    parts = list(prose) if language in ("ja", "zh") else prose.split()
    space = "" if language in ("ja", "zh") else " "
    shuffled = "\n".join(space.join(random.Random(seed).sample(parts, len(parts))) for seed in range(30))
    other = PROSE["ru" if language != "ru" else "en"]
    noise = "qxzv wkjq zzvx qqkp 8fj2 xk3w vvqj wzxk jqvz kkzx"
    found = values(Perplexity(), [prose, shuffled, other, noise], language)
    assert all(value is not None for value in found)
    clean, salad, foreign, junk = (value or 0.0 for value in found)
    assert clean < salad
    assert 5 * clean < foreign
    assert 5 * clean < junk


def test_languages_without_a_model_pass() -> None:
    found = taken(Perplexity(maximum=2), [PROSE["en"]], "tlh")
    assert {name: column.to_pylist() for name, column in found.items()} == {name: [None] for name in found}
    by_script = taken(Perplexity(), [PROSE["en"], PROSE["zh"]])
    assert by_script["perplexity.model"].to_pylist() == ["en", "zh"]
