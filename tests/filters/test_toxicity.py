"""Toxicity: scores, routing by language, and the shipped models against their record."""

import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.models import toxicity_sources, train_toxicity
from textmill.filters.models.toxicity_model import load_model
from textmill.filters.models.toxicity_windows import WINDOW_BYTES, cut_windows
from textmill.filters.toxicity import Toxicity

ABUSE = "shut up you stupid bitch, you are a worthless piece of shit"
POLITE = "The committee will meet on Tuesday to discuss the annual report and the budget of the library."
ABUSE_ZH = "这些黑人都是垃圾，滚出去，真恶心"
POLITE_ZH = "委员会将于星期二开会，讨论图书馆的年度报告和预算。"


def measure(*texts: str, labels: list[str | None] | None = None) -> dict[str, list[object]]:
    batch = make_batch(texts)
    if labels is not None:
        batch = batch.append_column("language.label", pa.array(labels, pa.string()))
    measured = Toxicity().measure(batch)
    assert {name: column.type for name, column in measured.items()} == Toxicity.measurements
    return {name.removeprefix("toxicity."): column.to_pylist() for name, column in measured.items()}


def windows_of(*texts: str) -> list[list[str]]:
    windows = cut_windows(text_buffers(make_batch(texts)["text"]))
    result, first = [], 0
    for document in range(len(texts)):
        behind = first + int(windows.of_document[document])
        result.append(windows.texts(np.arange(first, behind)))
        first = behind
    assert first == len(windows.ends)
    return result


def test_tells_abuse_from_politeness() -> None:
    scores = measure(ABUSE, POLITE, ABUSE_ZH, POLITE_ZH)["score"]
    assert scores[0] > 0.8 > 0.2 > scores[1]
    assert scores[2] > 0.8 > 0.5 > scores[3]


def test_texts_without_words_score_zero() -> None:
    assert measure("", " \n", "!!! ...", "@name")["score"] == [0.0] * 4
    assert measure("", "!!!")["flagged_words_ratio"] == [0.0, 0.0]


def test_language_decides_model_and_list() -> None:
    french = "Le comité se réunira mardi pour discuter le rapport annuel de la bibliothèque à Genève."
    japanese = "委員会は火曜日に会議を開き、図書館の年次報告について話し合います。"
    by_script = measure(POLITE, POLITE_ZH, french, japanese, "Комитет соберётся во вторник.")
    assert [score is None for score in by_script["score"]] == [False, False, True, True, True]
    labelled = measure(POLITE, POLITE, POLITE_ZH, POLITE, POLITE, labels=["fr", "sw", "yue", None, "und"])
    assert [score is None for score in labelled["score"]] == [True, True, False, False, False]
    assert labelled["flagged_words"] == [0, None, 0, 0, 0]


def test_one_bad_paragraph_decides_over_a_comment_but_not_over_a_book() -> None:
    page = (POLITE + "\n") * 50
    comment, book, tirade = measure(f"{ABUSE}\n", ABUSE + "\n" + page * 20, (ABUSE + ".\n") * 500)["score"]
    assert comment > 0.8
    assert book < 0.3
    assert tirade > 0.8


@pytest.mark.parametrize(
    "disguised",
    [
        "you are a stup1d b1tch",
        "you are an i d i o t",
        "ｆｕｃｋ ｙｏｕ",
        "what the f**king sh!t you a$$hole",
        "fuuuuuck you",
    ],
)
def test_disguised_words_are_found(disguised: str) -> None:
    assert measure(disguised)["score"][0] > 0.8


IDENTITIES = (
    "gay lesbian bisexual transgender queer homosexual heterosexual black white African Asian Arab Latino "
    "Hispanic Mexican Jewish Muslim Christian Catholic Hindu Buddhist Sikh atheist immigrant refugee Roma "
    "female male elderly young deaf blind disabled autistic Turkish Polish Russian German Palestinian "
    "Israeli Irish Nigerian Somali Pakistani feminist poor homeless Chinese Japanese Indian "
)


def test_nobody_is_thrown_out_for_who_they_are() -> None:
    harmless = [
        "We baked a cake with our {g} neighbours and sang until midnight.",
        "About a third of the {g} pupils walk to school.",
        "The surgeon removed a tumour from the breast of a {g} patient.",
        "The judge awarded damages to the {g} driver who had been insulted.",
        "Police arrested two men after the attack on a {g} shopkeeper.",
    ]
    clean = [text.format(g=word) for text in harmless for word in IDENTITIES.split()]
    clean.append("Lesbian, gay, bisexual and transgender people deserve equal rights")
    abusive = [
        text.format(g=word) for text in ("shut your mouth you fucking {g} whore",) for word in IDENTITIES.split()
    ]
    assert len(IDENTITIES.split()) == 50
    assert np.mean(np.array(measure(*clean)["score"]) > 0.8) <= 0.01
    assert np.mean(np.array(measure(*abusive)["score"]) > 0.8) >= 0.98


def test_birds_and_towns_are_no_abuse() -> None:
    texts = [
        "Blue tits, great tits and red-footed boobies were counted in spring.",
        "The train to Scunthorpe stops at Penistone.",
        "Nipple pain during breast feeding has many causes.",
    ]
    assert max(measure(*texts)["score"]) < 0.8


def test_what_is_not_judged_says_so() -> None:
    judged = measure("Mangwanani, makadii?", "Bonjour", POLITE, labels=["sn", "fr", "en"])
    assert judged["judged"] == ["not judged", "words", "score"]
    assert judged["score"][:2] == [None, None]


def test_a_model_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b'{"ngrams": [2, 3, 5, 19], "words": 1}\nshort')
    with pytest.raises(RecipeError, match=r"cannot load the toxicity model .*other\.bin"):
        load_model(str(tmp_path / "other.bin"))


def test_unseen_talk_pages_are_ranked(shared_data: Path) -> None:
    examples = list(toxicity_sources.read_wikipedia(shared_data))
    found = train_toxicity.quality(load_model(str(Toxicity().model_files["toxicity.en.bin"])), examples)
    assert found["auc"] > 0.95
    assert found["above_0.8"]["false_positive_rate"] < 0.01


def test_one_listed_word_never_removes_a_long_document() -> None:
    step = Toxicity()
    spam = "putain de salope, connard, encore une salope"
    texts = [
        POLITE * 3 + " shit",
        spam,
        "Ce film porno est un scandale.",
        "The anus, the penis and the vagina are organs.",
    ]
    batch = make_batch(texts).append_column("language.label", pa.array(["en", "fr", "fr", "en"]))
    measured = step.measure(batch)
    failed = [rule.fails(measured[rule.measurement]).tolist() for rule in step.rules]
    assert [rule.name for rule in step.rules] == ["max_score", "max_flagged_words_ratio"]
    assert failed == [[False] * 4, [False, True, False, False]]
    assert measured["toxicity.flagged_words"].to_pylist()[3] == 0  # words of medicine


def test_lines_that_drive_a_rule_are_shown() -> None:
    quoted = f"{POLITE} The word shit was found in twelve old books of the library."
    lines = ["you stupid idiot, you worthless moron", POLITE, quoted, "you stupid idiot"]
    document = make_batch(["\n".join(lines)])
    shown = {
        rule: [(one.line, one.text) for one in Toxicity().evidence(document, rule)]
        for rule in ("max_score", "max_flagged_words_ratio")
    }
    assert shown == {"max_score": [(1, lines[0]), (4, lines[3])], "max_flagged_words_ratio": [(3, quoted)]}
    (highest,) = Toxicity().evidence(make_batch([f"{POLITE}\n{quoted}"]), "max_score")
    assert highest.line == 2  # where no line is too bad by itself


def test_rules_and_parameters() -> None:
    assert Toxicity(max_score=None, max_flagged_words_ratio=None).rules == ()
    with pytest.raises(RecipeError, match="max_score=80 is not between 0 and 1"):
        Toxicity(max_score=80)
    with pytest.raises(RecipeError, match=r"max_score=1\.5 is not between 0 and 1"):
        Toxicity(max_score=1.5)
    step = Toxicity(max_score=0.5)
    step.setup()
    assert pickle.loads(pickle.dumps(step)) == step
    assert len(pickle.dumps(step)) < 1000


def test_slices_and_no_documents() -> None:
    batch = make_batch([ABUSE, POLITE, ABUSE_ZH])
    whole = Toxicity().measure(batch)["toxicity.score"]
    assert Toxicity().measure(batch.slice(1))["toxicity.score"].equals(whole.slice(1))
    assert len(Toxicity().measure(batch.slice(0, 0))["toxicity.score"]) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, don’t DON'T @foo_1 http://x.y/z?q “you”", ["hello dont dont you "]),
        ("你好，世界 café", ["你 好 世 界 café"]),
        ("httpd is not https://a", ["httpd is not "]),
        ("", []),
        ("@", []),
        ("You are stup1d, a$$ and b@stard, sh!t!", ["you are stupid ass and bastard shit "]),
        ("f**k that, cooool", ["fk that cool"]),
        ("You I D I O T, s.t.u.p.i.d man", ["you idiot stupid man"]),
        ("I am a b c", ["i am a b c"]),
        ("mp3, h264, 2020s and 3 of 4 a 5", ["mp3 h264 2020s and 3 of 4 a 5"]),
        ("Ｙｏｕ　ｉｄｉｏｔ！", ["you idiot "]),  # full-width
    ],
)
def test_normalising(text: str, expected: list[str]) -> None:
    assert windows_of(text) == [expected]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text() | st.text(alphabet="ab '@h:/tp.，你かé’😀𠀀").map(lambda text: text * 40), max_size=4))
def test_windows_are_whole_characters_and_independent(texts: list[str]) -> None:
    together = windows_of(*texts)
    assert together == [windows_of(text)[0] for text in texts]
    for parts in together:
        assert all(len(part.encode()) >= WINDOW_BYTES for part in parts[:-1])
        assert all("\n" not in part and "  " not in part and not part.startswith(" ") for part in parts)


def test_windows_of_long_text() -> None:
    parts = windows_of("word " * 2000)[0]
    assert "".join(parts).split() == ["word"] * 2000
    assert all(WINDOW_BYTES <= len(part) <= WINDOW_BYTES + 5 for part in parts[:-1])


def test_shipped_models_are_the_recorded_ones() -> None:
    files = Toxicity().model_files
    record = json.loads((next(iter(files.values())).parent / "toxicity.json").read_text())
    for language, entry in record["models"].items():
        path = files[f"toxicity.{language}.bin"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        assert path.stat().st_size == entry["bytes"] < 1_000_000
        assert entry["clean_held_out"]["above_0.8"] <= 0.005


def test_clean_news_passes(shared_data: Path) -> None:
    texts = [path.read_text(errors="replace") for path in sorted((shared_data / "web/articles/text").glob("*"))]
    step = Toxicity()
    measured = step.measure(make_batch(texts))
    failed = np.zeros(len(texts), dtype=bool)
    for rule in step.rules:
        failed |= rule.fails(measured[rule.measurement])
    assert len(texts) > 100
    assert failed.mean() <= 0.005


def test_training_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {language: ngrams._replace(bits=10) for language, ngrams in train_toxicity.NGRAMS.items()}
    monkeypatch.setattr(train_toxicity, "NGRAMS", small)
    data, negatives = tmp_path / "data", tmp_path / "negatives"
    (data / "toxicity").mkdir(parents=True)
    (data / "pii").mkdir()
    negatives.mkdir()
    words = [f"word{i}" for i in range(40)]
    rows = [f"{i},{'0' if i % 2 else '2'},{' '.join(words[i % 7 : i % 7 + 9])} {i}" for i in range(400)]
    (data / "toxicity/davidson.csv").write_text("n,class,tweet\n" + "\n".join(rows))
    (data / "toxicity/vicomtech.csv").write_text("label,text\nhate,you fool\nnoHate,thank you\n")
    (data / "toxicity/wikipedia_fuzzed.csv").write_text("comment,toxic\nyou fool,True\nthank you,False\n")
    for part, first in (("train", 0x4E00), ("dev", 0x5E00)):
        lines = "\n".join(f"{i % 2},{'坏' if i % 2 else '好'}{chr(first + i)}" for i in range(200))
        (data / f"toxicity/cold_zh_{part}.csv").write_text("label,TEXT\n" + lines, encoding="utf-8-sig")
    (data / "pii/presidio_generated_large.json").write_text('[{"full_text": "My name is Ann."}]')
    html = "".join(f"<p>The history of the town number {i} is told to children and to guests.</p>" for i in range(60))
    chinese = "".join(f"<p>{'这座城市的历史' * 8}{chr(0x4E00 + i)}。</p>" for i in range(60))
    (negatives / "page.html").write_text(html + chinese)
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        where = ["--data", str(data), "--negatives", str(negatives), "--output", str(folder)]
        train_toxicity.main([*where, "--without-packages"])
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]
    assert list(written[0]) == ["toxicity.en.bin", "toxicity.json", "toxicity.zh.bin"]
