"""Names of people, found by a model that the user gives: an ONNX token classifier, or a spaCy pipeline."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError
from ..models.onnx_model import load_onnx

PEOPLE = frozenset(
    {"PER", "PERS", "PERSON", "NAME", "FIRSTNAME", "MIDDLENAME", "LASTNAME", "GIVENNAME", "SURNAME", "NR"}
)
"""What models call a person's name, without ``B-`` and ``I-`` and in capitals without underscores."""
MOST_TOKENS = 510
OVERLAP_TOKENS = 64
"""So many tokens of a long text are read again with those behind them; what stands in their first half is told by the
window before."""
LONGEST_CHARS = 200_000
"""spaCy gets a long text in pieces of so many characters, cut at line ends."""

NameFinder: TypeAlias = Callable[[str], list[tuple[int, int]]]
"""Start and end of each name in a text, in characters, in order."""


def model_files(model: str) -> Mapping[str, Path]:
    """The files of a model in a folder, by name; none of an installed package."""
    folder = Path(model)
    if not folder.is_dir():
        return {}
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


@functools.cache
def load_names(model: str) -> NameFinder:
    """Load a model once in this process.

    Args:
        model: A folder with ``model.onnx``, ``tokenizer.json`` and ``labels.json`` (a list) or ``config.json`` (its
            ``id2label``); or a folder of spaCy (``meta.json``); or the name of an installed spaCy package.

    Raises:
        RecipeError: when there is no such model, or what runs it is not installed.
    """
    folder = Path(model)
    if (folder / "model.onnx").is_file():
        return _onnx(folder)
    if (folder / "meta.json").is_file() or (not folder.exists() and model.isidentifier() and find_spec(model)):
        return _spacy(model)
    raise RecipeError(
        f"names_model: {model!r} is neither a folder with model.onnx and tokenizer.json, nor one of spaCy with "
        "meta.json, nor an installed spaCy package"
    )


def _onnx(folder: Path) -> NameFinder:
    model = load_onnx(str(folder), "names_model", "names")
    labels = _labels(folder)
    is_name = [_is_person(label) for label in labels]
    starts = [label.upper().startswith(("B-", "S-", "U-")) for label in labels]

    def best(outputs: Mapping[str, npt.NDArray[np.floating[Any]]], _: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        return np.asarray(next(iter(outputs.values())))

    def classify(ids: list[int]) -> list[int]:
        (logits,) = model.run([ids], best)
        found = np.asarray(logits).argmax(axis=-1)[len(model.head) : len(model.head) + len(ids)]
        return [int(number) for number in found]

    def find(text: str) -> list[tuple[int, int]]:
        encoded = model.tokenizer.encode(text, add_special_tokens=False)
        return _joined(text, encoded.offsets, _in_windows(encoded.ids, classify), is_name, starts)

    return find


def _labels(folder: Path) -> list[str]:
    listed, config = folder / "labels.json", folder / "config.json"
    try:
        if listed.is_file():
            return [str(label) for label in json.loads(listed.read_text(encoding="utf-8"))]
        named: dict[str, str] = json.loads(config.read_text(encoding="utf-8"))["id2label"]
        return [named[str(number)] for number in range(len(named))]
    except (OSError, ValueError, KeyError) as error:
        raise RecipeError(
            f"names_model: {folder} needs labels.json (a list), or config.json with id2label: {error}"
        ) from error


def _is_person(label: str) -> bool:
    """Whether a label is one of people; ``B-PER`` and ``PER`` are the same."""
    name = label.upper().split("-", 1)[-1] if label[1:2] == "-" else label.upper()
    return name.replace("_", "").rstrip("0123456789") in PEOPLE


def _in_windows(ids: list[int], classify: Callable[[list[int]], list[int]]) -> list[int]:
    """Labels of any number of tokens by a model that reads so many at once."""
    labels: list[int] = []
    for start in range(0, len(ids), MOST_TOKENS - OVERLAP_TOKENS):
        found = classify(ids[start : start + MOST_TOKENS])
        told = OVERLAP_TOKENS // 2 if start else 0
        labels[start + told :] = found[told:]
        if start + MOST_TOKENS >= len(ids):
            break
    return labels


def _joined(
    text: str,
    offsets: Sequence[tuple[int, int]],
    labels: Sequence[int],
    is_name: Sequence[bool],
    starts: Sequence[bool],
) -> list[tuple[int, int]]:
    """Pieces of one name as one, up to the ends of their words."""
    found: list[tuple[int, int]] = []
    for (start, end), label in zip(offsets, labels, strict=True):
        if not is_name[label] or start == end:
            continue
        near = bool(found) and not text[found[-1][1] : start].strip() and "\n" not in text[found[-1][1] : start]
        if near and (found[-1][1] == start or not starts[label]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [_trimmed(text, start, end) for start, end in found if text[start:end].strip()]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _spacy(model: str) -> NameFinder:
    try:
        import spacy
    except ImportError as error:
        raise RecipeError("names_model needs spaCy for this model: pip install spacy") from error
    try:
        pipeline = spacy.load(model)
    except Exception as error:
        raise RecipeError(f"names_model: spaCy cannot load {model}: {error}") from error
    unneeded = ("parser", "lemmatizer", "attribute_ruler", "morphologizer", "tagger", "senter")
    pipeline.select_pipes(disable=[name for name in unneeded if name in pipeline.pipe_names])
    pipeline.max_length = 2 * LONGEST_CHARS

    def find(text: str) -> list[tuple[int, int]]:
        return [
            (base + entity.start_char, base + entity.end_char)
            for base, piece in _pieces(text)
            for entity in pipeline(piece).ents
            if _is_person(entity.label_)
        ]

    return find


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = start + LONGEST_CHARS
        if end < len(text):
            end = max(text.rfind("\n", start, end) + 1, start + LONGEST_CHARS // 2)
        yield start, text[start:end]
        start = end


def as_bytes(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Positions in characters as those in UTF-8."""
    places: list[tuple[int, int]] = []
    at, counted = 0, 0
    for start, end in spans:
        counted += len(text[at:start].encode())
        length = len(text[start:end].encode())
        places.append((counted, counted + length))
        at, counted = end, counted + length
    return places
