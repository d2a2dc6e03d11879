"""LanguageLines: notices and footers in another language go, short lines go with their neighbours."""

from itertools import product

import pyarrow as pa
import pytest

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.language import default_model
from textmill.filters.language_lines import LEANING, RIGHT, UNSURE, WRONG, LanguageLines, with_neighbours

NOTICE = "We use cookies to give you the best possible experience on our website and to show ads."
BUTTONS = "Accept all\nReject\nManage my settings"
GERMAN = [
    "Der Stadtrat hat gestern beschlossen, die alte Brücke über den Fluss im kommenden Jahr zu erneuern.",
    "Die Kosten belaufen sich nach Angaben der Verwaltung auf rund zwölf Millionen Euro.",
    "Während der Arbeiten bleibt die Straße für den Verkehr gesperrt, sagte die Bürgermeisterin.",
]
FOOTER = "All rights reserved. Read our terms of service and our privacy policy before you use this site."


def cut(text: str, **parameters: object) -> str:
    return LanguageLines(**parameters).clean(make_batch([text]))[0][0].as_py()  # type: ignore[arg-type]


def test_a_notice_with_buttons_and_a_footer_go() -> None:
    text = "\n".join([NOTICE, BUTTONS, "", *GERMAN, "", FOOTER, "© 2024 Example Ltd."])
    column, taken = LanguageLines().clean(make_batch([text]))
    assert column[0].as_py() == "\n".join(GERMAN)
    assert taken["language_lines.cut"].to_pylist() == [6]
    gone = [NOTICE, *BUTTONS.split("\n"), FOOTER, "© 2024 Example Ltd."]
    assert taken["language_lines.cut_bytes"].to_pylist() == [sum(len(line.encode()) for line in gone)]
    assert taken["language_lines.language"].to_pylist() == ["en"]


def test_a_notice_in_the_middle_leaves_one_blank_line() -> None:
    text = "\n".join([GERMAN[0], "", NOTICE, "", *GERMAN[1:]])
    assert cut(text) == "\n".join([GERMAN[0], "", *GERMAN[1:]])


def test_short_lines_stay_beside_lines_that_stay() -> None:
    text = "\n".join(["Die neue Brücke", NOTICE, GERMAN[0], "Open Air Festival", *GERMAN[1:], "Foto: dpa"])
    assert cut(text) == text.replace(NOTICE + "\n", "")


@pytest.mark.parametrize(
    ("own", "foreign"),
    [
        ("Міська рада вчора ухвалила рішення відновити старий міст через річку наступного року.", NOTICE),
        ("市议会昨天决定明年修复横跨河流的旧桥，市政府表示费用约为一千二百万欧元。", NOTICE),
        (NOTICE, "Мы используем файлы cookie, чтобы сделать наш сайт удобнее для вас и показывать рекламу."),
        ("Baraza la jiji liliamua jana kukarabati daraja la zamani juu ya mto mwaka ujao.", FOOTER),
    ],
)
def test_other_languages(own: str, foreign: str) -> None:
    assert cut("\n".join([own] * 4 + [foreign])) == "\n".join([own] * 4)


def test_related_languages_stay() -> None:
    croatian = "Gradsko vijeće jučer je odlučilo da se stari most preko rijeke obnovi tijekom sljedeće godine."
    serbian = "Gradsko veće je juče odlučilo da se stari most preko reke obnovi tokom sledeće godine."
    text = f"{croatian}\n{serbian}\n{croatian}"
    assert cut(text) == text
    assert cut(text, keep=("sh",)) == text


def test_named_languages_decide_whatever_the_document_is_in() -> None:
    text = "\n".join([NOTICE, FOOTER, GERMAN[0]])
    assert cut(text, keep=("de", "fr")) == GERMAN[0]
    assert cut(text, keep=("en",)) == f"{NOTICE}\n{FOOTER}"
    result = Recipe("r", [LanguageLines(keep="fr")]).clean(text)
    assert result.removed_by == "language_lines.empty"


def test_nothing_is_cut_where_the_language_is_not_known() -> None:
    for text in ("", "\n\n", "12 34\n56 78\n" * 9, "???"):
        assert cut(text) == text


def test_lines_that_stay_are_as_they_were() -> None:
    text = "\n".join(["", *GERMAN, "", ""])
    assert cut(text) == text


def test_a_label_of_an_earlier_step_counts() -> None:
    batch = make_batch(["\n".join([GERMAN[0], NOTICE, FOOTER])])
    labelled = batch.append_column("language.label", pa.array(["de"]))
    assert LanguageLines().clean(labelled)[0].to_pylist() == [GERMAN[0]]


def test_a_model_by_path_judges_alone() -> None:
    text = "\n".join([GERMAN[0], NOTICE, *GERMAN[1:]])
    assert cut(text, model=str(default_model())) == "\n".join(GERMAN)


def test_who_stands_beside_whom() -> None:
    for verdicts in product((UNSURE, LEANING, RIGHT, WRONG), repeat=5):
        goes = with_neighbours(verdicts)
        for at, verdict in enumerate(verdicts):
            before = next((v for v in reversed(verdicts[:at]) if v in (RIGHT, WRONG)), None)
            after = next((v for v in verdicts[at + 1 :] if v in (RIGHT, WRONG)), None)
            if verdict in (RIGHT, WRONG):
                expected = verdict == WRONG
            elif None in (before, after):
                expected = WRONG in (before, after) and verdict != LEANING
            else:
                expected = before == after == WRONG
            assert goes[at] == expected, (verdicts, at)


def test_contradictions_are_refused() -> None:
    for parameters in ({"keep": ("xyz",)}, {"min_score": 2.0}, {"keep": ()}, {"min_bytes": 0}, {"model": "/no/file"}):
        with pytest.raises(RecipeError, match="language_lines"):
            LanguageLines(**parameters)  # type: ignore[arg-type]
