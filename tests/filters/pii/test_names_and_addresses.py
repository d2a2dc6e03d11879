"""What is looked for only where the recipe asks: street addresses by rules, names of people by a model."""

import json
from pathlib import Path

import pytest

from textmill import Recipe, ScrubPII
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.pii import names
from textmill.filters.pii.addresses import find_addresses


def scrub(text: str, kind: str = "web", **parameters: object) -> str:
    return str(ScrubPII(**parameters).clean(make_batch([text], kind=kind))[0][0].as_py())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met at 1289 N Maple Ridge Ave, Apt 4B, Duluth, MN 55806 on Monday", "We met at <> on Monday"),
        ("Write to P.O. Box 4471 or 17 Elm Street.", "Write to <> or <>."),
        ("lives at 12a Priory Gardens, Bristol BS8 4TH now", "lives at <> now"),
        ("Praxis, Lindenstraße 14 b, 10969 Berlin, zweiter Stock", "Praxis, <>, zweiter Stock"),
        ("Adresse: Am Kornmarkt 3, 60311 Frankfurt am Main", "Adresse: <>"),
        ("in der Schillerstr. 9 wohnt", "in der <> wohnt"),
        ("au 14 bis, rue de la République, 69002 Lyon.", "au <>."),
        ("habite 8 allée des Tilleuls depuis", "habite <> depuis"),
    ],
)
def test_street_addresses(text: str, expected: str) -> None:
    assert scrub(text, address_tag="<>") == expected
    assert scrub(text) == text
    assert scrub(text, kind="code", address_tag="<>") == text


@pytest.mark.parametrize(
    "text",
    [
        "In 1984 the old Road was closed; 12 people took the Way of St James.",
        "Section 4 Drive letters, 3 Court cases",
        "die Straße 14 Tage gesperrt, Weg 3",
        "la rue 14 fois, 3 avenues, 20 places",
        "12 Angry Men, 101 Dalmatians, 7 Hills",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert find_addresses(text) == []


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token classifier that knows four words: its logits are a table, looked up by token."""
    onnx = pytest.importorskip("onnx", reason="needs onnx to write a model")
    pytest.importorskip("onnxruntime", reason="needs textmill[names]")
    import numpy as np
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    folder = tmp_path_factory.mktemp("classifier")
    words = ["[UNK]", "[CLS]", "[SEP]", "Jürgen", "Klein", "Anna", "Berlin"]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    labels = ["O", "B-PER", "I-PER", "B-LOC"]
    table = np.zeros((len(words), len(labels)), dtype=np.float32)
    table[[0, 1, 2, 3, 4, 5, 6], [0, 3, 3, 1, 2, 1, 3]] = 1
    helper, kinds = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"])],
        "classifier",
        [
            helper.make_tensor_value_info("input_ids", kinds.INT64, [1, None]),
            helper.make_tensor_value_info("attention_mask", kinds.INT64, [1, None]),
        ],
        [helper.make_tensor_value_info("logits", kinds.FLOAT, None)],
        [onnx.numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    (folder / "config.json").write_text(json.dumps({"id2label": {str(n): label for n, label in enumerate(labels)}}))
    return folder


def test_names_by_an_onnx_model(classifier: Path) -> None:
    text = "é Jürgen Klein rief Anna Jürgen an, in Berlin.\nKlein Jürgen@mail.org"
    assert scrub(text, names_model=str(classifier)) == "é <NAME> rief <NAME> <NAME> an, in Berlin.\n<NAME> <EMAIL>"
    assert scrub(text, kind="code", names_model=str(classifier)).startswith("é Jürgen Klein")
    assert scrub(text, names_model=str(classifier), name_tag=None).startswith("é Jürgen Klein")
    assert scrub("Anna", names_model=str(classifier), mask=("name",)) == "****"


def test_long_texts_are_read_in_windows(classifier: Path) -> None:
    find = names.load_names(str(classifier))
    text = " ".join(["Jürgen Klein", "x", "Anna"] * 900)
    spans = find(text)
    assert [text[start:end] for start, end in spans] == ["Jürgen Klein", "Anna"] * 900
    assert find("") == []


def test_a_recipe_counts_names_and_knows_the_files(classifier: Path) -> None:
    step = ScrubPII(names_model=str(classifier))
    assert set(step.model_files) == {"config.json", "model.onnx", "tokenizer.json"}
    made = Recipe("r", [step]).clean("Jürgen Klein und Anna")
    assert (made.text, made.measurements["pii.names"]) == ("<NAME> und <NAME>", 2)
    assert Recipe("r", [ScrubPII()]).clean("Anna").measurements.get("pii.names") is None


def test_names_by_a_spacy_pipeline(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="needs spaCy")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns(
        [{"label": "PERSON", "pattern": "Anna Klein"}, {"label": "GPE", "pattern": "Berlin"}]
    )
    pipeline.to_disk(tmp_path / "people")
    assert scrub("é Anna Klein, Berlin", names_model=str(tmp_path / "people")) == "é <NAME>, Berlin"


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"neither a folder with model\.onnx"):
        ScrubPII(names_model=str(tmp_path)).setup()
    with pytest.raises(RecipeError, match=r"neither a folder with model\.onnx"):
        ScrubPII(names_model="no_such_package_of_names").setup()
