"""Labelled texts for classifiers: drawn, cleaned by a recipe, cut into pieces, and parted by where they come from."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import xxhash

from ...errors import InputError
from ...filters.base.batch import BATCH_SCHEMA
from ..input.inputs import InputOptions
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from ..texts.cleaning import TextCleaner
from .sample import Sample, draw_sample
from .sources import SCHEMA, Source

SPLITS = ("auto", "label", "site", "folder", "file", "document")

SALT = "quality"
SOURCE_TEMPERATURE = 0.5
"""Large sources are drawn from less than by their size, so that small ones are heard as well."""
WHOLE_CHARS, PIECE_CHARS, MOST_PIECES = 10_000, 5_000, 16
"""A longer text is cut into pieces of about so many characters, of which so many are taken, chosen by a hash."""
FEWEST_GROUPS = 5
BATCH_DOCUMENTS = 1000


@dataclass(frozen=True)
class Piece:
    """A text to learn from, or to measure with: a document, or a part of a long one."""

    doc_id: str
    number: int
    text: str
    source: str
    """The label of what it was drawn from."""
    origin: str
    url: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Parted:
    """Pieces to learn from and to measure with, none of whose sources is in both parts."""

    learnt: list[Piece]
    held_out: list[Piece]
    by: Mapping[str, str]
    """Of each source, what was kept together: label, site, folder, file or document."""
    groups: tuple[int, int]
    """How many of these were learnt from and held out."""


@dataclass(frozen=True)
class Gathered:
    """All pieces in the order of their hashes, and where they come from."""

    pieces: list[Piece]
    samples: Mapping[str, Sample]
    """By label, or one called ``labelled``."""
    removed: int
    """Documents that the recipe removed."""
    repeated: int
    """Pieces that had stood before, word for word."""


def gather(
    sides: Mapping[str, Sequence[Source]],
    fields: Sequence[str],
    megabytes: float,
    reading: InputOptions,
    recipe: RecipeDefinition | None,
    tell: Callable[[str], None],
) -> Gathered:
    """Draw as much of each side, clean it, and cut it into pieces.

    Args:
        sides: Sources by the label that their texts have; with ``fields`` one, whose texts say their labels themselves.
        fields: Fields of the texts' records that hold a label or a list of them.
        megabytes: How much text to draw from all sides together.
        reading: How to read what is no finished run.
        recipe: What cleans the texts; those that it removes are left out.
        tell: Takes what is being done.

    Raises:
        InputError: when a side has no text, or none is left.
    """
    samples: dict[str, Sample] = {}
    pieces: dict[int, Piece] = {}
    cleaner = None if recipe is None else TextCleaner(recipe)
    removed = repeated = 0
    for side, sources in sides.items():
        sample = draw_sample(
            sources,
            megabytes / len(sides),
            reading,
            salt=SALT,
            source_temperature=SOURCE_TEMPERATURE,
            most_bytes=PIECE_CHARS * MOST_PIECES,
            columns=[name for name in SCHEMA.names if fields or name != "metadata"],
            tell=tell,
        )
        samples[side] = sample
        for batch in sample.texts.to_batches(max_chunksize=BATCH_DOCUMENTS):
            texts, kept = _cleaned(batch, cleaner)
            removed += batch.num_rows - sum(kept)
            columns = (batch[name].to_pylist() for name in ("doc_id", "source", "origin", "url"))
            labels = _labels(batch, fields) if fields else [(side,)] * batch.num_rows
            for is_kept, text, (doc_id, source, origin, url), own in zip(
                kept, texts, zip(*columns, strict=True), labels, strict=True
            ):
                for number, piece in cut_pieces(doc_id, text) if is_kept and own else ():
                    found = Piece(doc_id, number, piece, source, origin, url, own)
                    repeated += pieces.setdefault(xxhash.xxh3_64_intdigest(piece), found) is not found
        if not any(side in piece.labels or fields for piece in pieces.values()):
            raise InputError(
                f"no text is left to learn {side} from: {sample.documents:,} documents in "
                f"{', '.join(source.label for source in sources)}, of which the recipe removed "
                f"{removed:,} and {repeated:,} repeat others; draw more with --megabytes, or give other sources"
            )
    ordered = sorted(pieces.values(), key=lambda piece: (_hash(piece.doc_id, str(piece.number)), piece.doc_id))
    return Gathered(ordered, samples, removed, repeated)


def _cleaned(batch: pa.RecordBatch, cleaner: TextCleaner | None) -> tuple[list[str], list[bool]]:
    """The texts as the recipe leaves them, and which it keeps."""
    if cleaner is None:
        return batch["text"].to_pylist(), [True] * batch.num_rows
    given = {"metadata": pa.nulls(batch.num_rows, pa.string()), "source": batch["origin"]}
    columns = [given.get(field.name, batch[field.name] if field.name not in given else None) for field in BATCH_SCHEMA]
    documents = Documents.read(pa.RecordBatch.from_arrays(columns, schema=BATCH_SCHEMA))
    cleaner.measure(documents)
    return documents.batch["text"].to_pylist(), documents.kept.tolist()


def _labels(batch: pa.RecordBatch, fields: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What each record says of itself, as ``value``, or ``field.value`` where several fields are asked for."""
    for metadata in batch["metadata"].to_pylist():
        record = json.loads(metadata) if metadata else {}
        found = []
        for field in fields:
            value = record.get(field)
            values = value if isinstance(value, list) else [] if value is None else [value]
            prefix = f"{field}." if len(fields) > 1 else ""
            found += [prefix + re.sub(r"\s+", "_", str(one).strip()) for one in values]
        yield tuple(sorted(set(found)))


def cut_pieces(doc_id: str, text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces with their numbers; a long one at ends of paragraphs or words."""
    if not text.strip():
        return
    if len(text) <= WHOLE_CHARS:
        yield 0, text
        return
    found, start = [], 0
    while start < len(text):
        end = start + PIECE_CHARS
        if end < len(text):
            cuts = (text.rfind(mark, start + PIECE_CHARS // 2, end) for mark in ("\n\n", "\n", " "))
            end = next((cut for cut in cuts if cut > 0), end)
        found.append(text[start:end])
        start = end
    chosen = sorted(range(len(found)), key=lambda number: _hash(doc_id, f"piece {number}"))[:MOST_PIECES]
    yield from ((number, found[number]) for number in sorted(chosen) if found[number].strip())


def part(pieces: Sequence[Piece], share: float, by: str, left_out: Sequence[str] = ()) -> Parted:
    """Hold some sources out, so that what is measured is how a model does on sources that it has not seen.

    Groups are held out in the order of a hash of their names until each label has its share, or nearly so: a group
    that would hold out twice as much of a label is passed over.

    Args:
        pieces: All of them.
        share: How much of each label to hold out.
        by: What is kept together. ``auto``: sites where texts have URLs, else folders or files where there are at least
            five, else documents.
        left_out: Labels of sources that are held out whole.

    Raises:
        InputError: when a label would be learnt, or measured, with nothing.
    """
    kinds = {source: _kind(source, pieces, by) for source in {piece.source for piece in pieces}}
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(_group(piece, kinds[piece.source]), []).append(piece)
    totals = Counter(label for piece in pieces for label in piece.labels)
    held: Counter[str] = Counter()
    chosen: set[str] = set()

    def hold(name: str) -> None:
        chosen.add(name)
        held.update(label for piece in groups[name] for label in piece.labels)

    for name, members in groups.items():
        if any(piece.source in left_out for piece in members):
            hold(name)
    for name in sorted(groups, key=lambda name: (_hash(name, "held out"), name)):
        more = Counter(label for piece in groups[name] for label in piece.labels)
        is_needed = any(held[label] < share * totals[label] for label in more)
        fits = all(held[label] + count <= 2 * share * totals[label] for label, count in more.items())
        if name not in chosen and is_needed and fits:
            hold(name)
    learnt = [piece for name, members in groups.items() if name not in chosen for piece in members]
    held_out = [piece for name in groups if name in chosen for piece in groups[name]]
    counted = Counter(label for piece in learnt for label in piece.labels)
    for label in totals:
        if not counted[label] or (share > 0 and not held[label]):
            what = "learn from" if not counted[label] else "measure with"
            raise InputError(
                f"there is nothing to {what} for {label}: its {totals[label]:,} texts are of too few sources; give "
                "more of them, --held-out another share, or --split-by document"
            )
    order = {id(piece): number for number, piece in enumerate(pieces)}
    return Parted(
        sorted(learnt, key=lambda piece: order[id(piece)]),
        sorted(held_out, key=lambda piece: order[id(piece)]),
        dict(sorted(kinds.items())),
        (len(groups) - len(chosen), len(chosen)),
    )


def _kind(source: str, pieces: Sequence[Piece], by: str) -> str:
    """What of a source is kept together."""
    if by != "auto":
        return by
    own = [piece for piece in pieces if piece.source == source]
    if 2 * sum(_site(piece) is not None for piece in own) >= len(own):
        return "site"
    folders = {_folder(piece) for piece in own if piece.origin.count("/") > 1}
    if len(folders) >= FEWEST_GROUPS:
        return "folder"
    return "file" if len({piece.origin for piece in own}) >= FEWEST_GROUPS else "document"


def _group(piece: Piece, kind: str) -> str:
    """The name of what a piece belongs to; a site is the same in every source."""
    if kind == "site":
        site = _site(piece)
        return f"site {site}" if site is not None else f"file {piece.origin}"
    named = {"label": piece.source, "folder": _folder(piece), "file": piece.origin, "document": piece.doc_id}
    return f"{kind} {named[kind]}"


def _site(piece: Piece) -> str | None:
    try:
        return urlsplit(piece.url or "").hostname
    except ValueError:
        return None


def _folder(piece: Piece) -> str:
    """The first folder below the source, or the file where it stands in none."""
    return "/".join(piece.origin.split("/")[:2])


def _hash(name: str, salt: str) -> int:
    return xxhash.xxh3_64_intdigest(f"{SALT}\x00{salt}\x00{name}")


def signs_of(pieces: Sequence[Piece], label: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 for pieces with a label and -1 for the others, shape (n,)."""
    return np.array([1.0 if label in piece.labels else -1.0 for piece in pieces])
