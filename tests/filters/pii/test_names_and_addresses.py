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
    words = ["[UNK]", "[CLS]", "[SEP]", "Jürgen", "Klein", "Anna", "Berlin", "Madonna", "Pelé"]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    labels = ["O", "B-PER", "I-PER", "B-LOC", "S-PER", "U-PER"]
    table = np.zeros((len(words), len(labels)), dtype=np.float32)
    table[range(len(words)), [0, 3, 3, 1, 2, 1, 3, 4, 5]] = 1
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
    assert scrub("Anna Madonna Pelé Klein", names_model=str(classifier)) == "<NAME> <NAME> <NAME>"


def test_blanks_around_a_name_stay() -> None:
    """Tokens of some tokenizers hold the blank before a word."""
    text = "by  Anna  Klein \n and"
    assert names._joined(text, [(2, 8), (8, 16)], [1, 1], [False, True], [False, False]) == [(4, 15)]
    assert names._joined(text, [(3, 8), (9, 16)], [1, 1], [False, True], [False, True]) == [(4, 8), (10, 15)]
    assert names._joined(text, [(2, 4), (15, 17)], [1, 1], [False, True], [False, True]) == []


def test_long_texts_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "LONGEST_CHARS", 8)
    assert list(names._pieces("aa\nbbb\nccccccccccc\nd")) == [
        (0, "aa\nbbb\n"),
        (7, "cccc"),
        (11, "ccccccc\n"),
        (19, "d"),
    ]
    assert list(names._pieces("")) == []


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


STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR "
    "PA RI SC SD TN TX UT VA VT WA WI WV WY"
)
STREETS = (
    "Street St Avenue Ave Road Rd Boulevard Blvd Drive Dr Lane Ln Court Ct Place Pl Way Circle Cir Terrace Ter Parkway "
    "Pkwy Highway Hwy Square Sq Trail Trl Loop Plaza Alley Close Crescent Gardens Grove Hill Mews Row Walk Rise "
    "Green Wharf"
)
UNITS = "Apt Apartment Suite Ste Unit Floor Fl Room Rm Flat Bldg"


def found_in(text: str) -> list[str]:
    return [text[start:end] for start, end in find_addresses(text)]


def test_addresses_reach_over_state_and_number() -> None:
    for state in STATES.split():
        assert found_in(f"At 12 Oak Street, Salem, {state} 97301-1234 now") == [
            f"12 Oak Street, Salem, {state} 97301-1234"
        ]
    for state in ("XX", "DF", "OO", "WX"):
        assert found_in(f"At 12 Oak Street, Salem, {state} 97301 now") == ["12 Oak Street"]
    for street in STREETS.split():
        assert found_in(f"At 12-14 N. Oak {street} NE now") == [f"12-14 N. Oak {street} NE"]
    for unit in UNITS.split():
        assert found_in(f"At 12 5th Street, {unit} 4B now") == [f"12 5th Street, {unit} 4B"]
    assert found_in("At 12 Oak St., #4 now") == ["12 Oak St., #4"]
    assert found_in("At 12 Oak Road, Bury St. Edmunds, Suffolk IP33 1AA now") == [
        "12 Oak Road, Bury St. Edmunds, Suffolk IP33 1AA"
    ]
    assert found_in("P.O. Box 12, po box 13") == ["P.O. Box 12", "po box 13"]
    for text in (
        "At 12 Oak Street is",
        "At 12 Oak Street crossed",
        "x12 Oak Street",
        "12 oak Street",
        "12 Oak Streets",
    ):
        assert found_in(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((f"{name} 14 b, 10969 Bad Berka", True) for name in ("Lindenstraße", "Lindenstrasse", "Lindenstr.")),
        *(
            (f"{name} 14", True)
            for name in ("Lindenallee", "Lindengasse", "Bonner Straße", "Am Alten Allee", "Bonner Str.")
        ),
        *((f"{name} 14, D-10969 Bad Berka", True) for name in ("Lindenweg", "Lindenplatz", "Lindenring", "Lindendamm")),
        *((f"{name} 14, 10969 Berlin", True) for name in ("Lindenufer", "Alter Weg", "Alter Platz", "Alter Ring")),
        *((f"{name} 14, 10969 Berlin", True) for name in ("Alter Damm", "Alter Ufer", "Am Wall", "An der Burg")),
        *(
            (f"{name} 14, 10969 Berlin", True)
            for name in ("Auf dem Wall", "Im Wall", "In der Au", "Zum Wall", "Zur Au")
        ),
        *((f"{name} 14", False) for name in ("Lindenweg", "Alter Weg", "Im Wall", "lindenstraße")),
        *((f"3 {name} de la Paix", True) for name in ("rue", "Avenue", "av.", "boulevard", "bd", "place", "chemin")),
        *((f"3 {name} du Lac", True) for name in ("allée", "impasse", "quai", "cours", "route", "passage", "square")),
        ("3 ter, faubourg de l'Orme", True),
        ("3 quater rue d’Orme-Vert, 75001 Paris sur Seine", True),
        ("3 bis rue des Lilas le Grand", True),
        ("3 rue de paix", False),
    ],
)
def test_addresses_of_germany_and_france(text: str, found: bool) -> None:
    assert found_in(f"({text})") == ([text] if found else [])


@pytest.mark.parametrize(
    "label",
    [
        *("PER", "B-PER", "I-PERS", "person", "L-PERSON", "NAME", "FIRST_NAME", "FIRSTNAME", "MIDDLE_NAME", "LASTNAME"),
        *("GIVENNAME", "GIVENNAME1", "B-GIVENNAME2", "SURNAME", "NR"),
    ],
)
def test_what_models_call_people(label: str) -> None:
    assert names._is_person(label)
    assert not names._is_person(label + "X")
    assert not names._is_person("X" + label if label[1:2] != "-" else "B-X" + label[2:])


LABELS = ["O", "B-PER", "I-PER", "S-PER", "U-PER", "B-LOC"]


@pytest.mark.parametrize(
    ("text", "pieces", "labels", "found"),
    [
        ("Anna Klein", ["Anna", "Klein"], [1, 2], ["Anna Klein"]),
        ("Anna Klein", ["Anna", "Klein"], [1, 1], ["Anna", "Klein"]),
        ("Anna Klein", ["Anna", "Klein"], [1, 3], ["Anna", "Klein"]),
        ("Anna Klein", ["Anna", "Klein"], [1, 4], ["Anna", "Klein"]),
        ("Anna Klein", ["Anna", "Klein"], [2, 2], ["Anna Klein"]),
        ("Anna Klein", ["An", "na", "Klein"], [1, 1, 2], ["Anna Klein"]),  # two pieces of a word
        ("Anna\nKlein", ["Anna", "Klein"], [1, 2], ["Anna", "Klein"]),
        ("Anna, Klein", ["Anna", "Klein"], [1, 2], ["Anna", "Klein"]),
        ("Anna Klein", ["Anna", "Klein"], [1, 5], ["Anna"]),
        ("Anna Klein", [" ", "Klein"], [1, 0], []),
        ("x Anna  y", [" Anna  ", "y"], [1, 0], ["Anna"]),
        ("Anna", ["", "Anna"], [1, 0], []),
    ],
)
def test_pieces_are_joined_to_names(text: str, pieces: list[str], labels: list[int], found: list[str]) -> None:
    offsets, at = [], 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        offsets.append((start, at))
    is_name = [label.endswith("PER") for label in LABELS]
    starts = [label.startswith(("B-", "S-", "U-")) for label in LABELS]
    assert [text[a:b] for a, b in names._joined(text, offsets, labels, is_name, starts)] == found


@pytest.mark.parametrize("count", [0, 1, 510, 511, 900, 956, 957, 2000])
def test_windows_overlap_and_each_token_is_told_once(count: int) -> None:
    asked: list[int] = []

    def classify(ids: list[int]) -> list[int]:
        asked.append(len(ids))
        return [number * 10 + len(asked) for number in ids]

    told = names._in_windows(list(range(count)), classify)
    assert [one // 10 for one in told] == list(range(count))
    assert max(asked, default=0) <= 510
    starts = range(0, max(count - 64, 1), 446)
    assert len(asked) == (len(starts) if count else 0)
    # What stands in the first half of an overlap is told by the window before.
    assert [one % 10 for one in told] == [max(1, min(len(asked), (at - 32) // 446 + 1)) for at in range(count)]


def test_long_texts_go_to_spacy_in_pieces_cut_at_line_ends() -> None:
    def cut(text: str) -> list[int]:
        pieces = [*names._pieces(text)]
        assert "".join(piece for _, piece in pieces) == text
        assert [start for start, _ in pieces] == [
            sum(len(piece) for _, piece in pieces[:at]) for at in range(len(pieces))
        ]
        return [len(piece) for _, piece in pieces]

    assert cut("") == []
    assert cut("x" * 200_000) == [200_000]
    assert cut("x" * 200_001) == [100_000, 100_001]
    assert cut("x" * 150_000 + "\n" + "x" * 100_000) == [150_001, 100_000]
    assert cut("x" * 50_000 + "\n" + "x" * 170_000) == [100_000, 120_001]


def test_spacy_keeps_places_of_later_pieces(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="needs spaCy")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Anna Klein"}])
    pipeline.add_pipe("sentencizer", name="senter")
    pipeline.to_disk(tmp_path / "people")
    find = names.load_names(str(tmp_path / "people"))
    text = "Anna Klein\n" + "x " * 60_000 + "\n" + "y " * 60_000 + "Anna Klein\n"
    assert [text[start:end] for start, end in find(text)] == ["Anna Klein"] * 2


def test_labels_of_a_model(classifier: Path, tmp_path: Path) -> None:
    assert names._labels(classifier) == ["O", "B-PER", "I-PER", "B-LOC", "S-PER", "U-PER"]
    (tmp_path / "labels.json").write_text('["Ö", 1]', encoding="utf-8")
    assert names._labels(tmp_path) == ["Ö", "1"]
    (tmp_path / "labels.json").unlink()
    (tmp_path / "config.json").write_text('{"id2label": {"0": "O", "2": "PER"}}', encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        names._labels(tmp_path)
    wanted = f"names_model: {tmp_path} needs labels.json (a list), or config.json with id2label: '1'"
    assert str(caught.value) == wanted


def test_places_in_characters_as_those_in_bytes() -> None:
    text = "é漢a😀b"
    assert names.as_bytes(text, [(0, 1), (1, 3), (3, 5)]) == [(0, 2), (2, 6), (6, 11)]
    assert names.as_bytes(text, [(4, 5)]) == [(10, 11)]
    assert names.as_bytes(text, []) == []


def test_files_of_a_model_are_named_below_its_folder(tmp_path: Path) -> None:
    (tmp_path / "ner").mkdir()
    for name in ("ner/model", "meta.json"):
        (tmp_path / name).write_text("x")
    files = names.model_files(str(tmp_path))
    assert list(files.items()) == [("meta.json", tmp_path / "meta.json"), ("ner/model", tmp_path / "ner" / "model")]
    assert names.model_files("no_such_package") == {}
    for step in (ScrubPII(), ScrubPII(names_model=str(tmp_path), name_tag=None)):
        assert step.model_files == {}
        step.setup()
    assert ScrubPII(names_model=str(tmp_path)).model_files == files


def test_names_and_addresses_of_several_documents(classifier: Path) -> None:
    step = ScrubPII(names_model=str(classifier), address_tag="<A>", fake=("name",), fake_key="k")
    batch = make_batch(["Anna, 17 Elm Street, a@b.org", "", "none", "17 Elm Street"])
    cleaned, measured = step.clean(batch)
    texts = cleaned.to_pylist()
    assert texts[0].endswith(", <A>, <EMAIL>")
    assert (len(texts[0].split(",")[0]), texts[1:]) == (4, ["", "none", "<A>"])
    assert measured["pii.names"].to_pylist() == [1, 0, 0, 0]
    assert measured["pii.addresses"].to_pylist() == [1, 0, 0, 1]
    assert list(step.find(batch)) == [0, 3]
