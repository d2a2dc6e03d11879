"""The documents of a finished run: its ledger in memory, its texts where they lie."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from ...errors import InputError, RecipeError
from ...filters.base.batch import BATCH_SCHEMA
from ..commands.recut import recut
from ..commands.retune import (
    Retuning,
    check_columns,
    recorded_recipe,
    recorded_recipes,
    recorded_text,
    summed_up,
    sums_of,
)
from ..files.ledger import KEPT
from ..files.tables import name_of, open_tables, text
from ..output.manifest import holds_sample, read_manifest, without_lost_sample
from ..passes.samples import LONGEST_CHARS
from ..recipes.definition import RecipeDefinition
from ..recipes.recipe_writer import recipe_yaml
from ..recipes.settings import Settings
from ..steps.plan import LANGUAGE_LABEL
from ..texts.changes import Pieces
from ..texts.shown import as_html
from ..texts.tracing import Trace, trace
from .held import HeldLedger, can_be_held
from .loading import SHORT, load
from .question import LABELS, Question, one_line
from .thresholds import check_moved, thresholds_of

Facts: TypeAlias = dict[str, Any]
"""What is written as JSON."""

TEXTS = ("shards", "removed")
SECONDS = 10.0
"""A question that takes longer is stopped."""
LISTED = ("doc_id", "source", "kind", "verdict", "step", "rule", "bytes")
MOST_VALUES = 500
NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "BOOLEAN", "UBIGINT", "UINTEGER")


class Documents:
    """The ledger of a run in memory, where nothing else can be read from, and its texts by their id.

    Raises:
        InputError: when the folder holds no finished run with a ledger.
    """

    def __init__(self, folder: str, *, code: bool = False) -> None:
        self.folder = folder
        self.manifest = without_lost_sample(folder, read_manifest(folder))
        if not self.manifest.get("ledger"):
            raise InputError(f"{folder} has no ledger, so there is nothing to look at; name the output folder of a run")
        self.code = code
        self.cannot_tune = ""
        try:
            self._written = recorded_text(folder, self.manifest)
            self.recipe = recorded_recipes(folder, self.manifest, {}, code=code)[0]
        except (InputError, RecipeError) as error:
            self.cannot_tune = str(error)
        self._opened = ExitStack()
        try:
            self._ledger = self._opened.enter_context(open_tables(folder, self.manifest, ["ledger"]))
            load(self._ledger, self._steps())
            self._texts = [name for name in TEXTS if self.manifest.get(name)]
            self._files = self._opened.enter_context(open_tables(folder, self.manifest, self._texts))
            self.columns: dict[str, str] = dict(
                self._ledger.execute(
                    "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'ledger'"
                ).fetchall()
            )
            self.numbers = [name for name, kind in self.columns.items() if kind in NUMBERS]
            self.labels = {name: name for name in LABELS if name in self.columns}
            if LANGUAGE_LABEL in self.columns:
                self.labels["language"] = LANGUAGE_LABEL
            if not self.cannot_tune:
                try:
                    check_columns(self._ledger, folder, self.recipe)
                except InputError as error:
                    self.cannot_tune = str(error)
            self._held = self._hold()
            self.thresholds = [] if self.cannot_tune else list(thresholds_of(self.recipe.plan))
            self._facts = self._count()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of files and memory."""
        self._opened.close()

    def _steps(self) -> list[str]:
        return [] if self.cannot_tune else [planned.id for planned in self.recipe.plan.steps]

    @contextmanager
    def _asking(self, *, writes: bool = False, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for one question, which is stopped when it takes too long."""
        with self._ledger.cursor() as connection:
            if not writes:
                connection.execute("BEGIN TRANSACTION READ ONLY")
            timer = threading.Timer(seconds, connection.interrupt)
            timer.start()
            try:
                yield connection
            except duckdb.InterruptException as error:
                raise InputError(f"stopped after {seconds:g} s: ask for less") from error
            except duckdb.Error as error:
                raise InputError(one_line(error)) from error
            finally:
                timer.cancel()

    def facts(self) -> Facts:
        """What there is to choose from."""
        return self._facts

    def _count(self) -> Facts:
        with self._asking() as connection:
            verdicts = connection.execute("SELECT verdict, count(*) FROM ledger GROUP BY 1 ORDER BY 1").fetchall()
            values = {label: _values(connection, column) for label, column in self.labels.items()}
            for one in self.thresholds:
                column = f"CAST({name_of(one['column'])} AS DOUBLE)"
                ends = connection.execute(
                    f"SELECT quantile_cont({column}, [0.01, 0.99]) FROM ledger WHERE isfinite({column})"
                ).fetchone()
                low, high = (ends[0] if ends is not None else None) or (one["value"], one["value"])
                one["low"], one["high"] = min(low, one["value"]), max(high, one["value"])
        return {
            "folder": self.folder,
            "verdicts": dict(verdicts),
            "values": values,
            "numbers": self.numbers,
            "columns": list(self.columns),
            "thresholds": self.thresholds,
            "cannot_tune": self.cannot_tune,
            "texts": self._texts,
        }

    def ask(self, question: Question) -> Facts:
        """How many documents there are, and some of them."""
        for column in (*(one.column for one in question.ranges), *([question.sort] if question.sort else [])):
            self._check_column(column)
        for label in question.labels:
            if label not in self.labels:
                raise InputError(f"the ledger tells no {label}")
        condition = question.condition(self.labels)
        listed = [name_of(name) for name in LISTED]
        if LANGUAGE_LABEL in self.columns:
            listed.append(f"{name_of(LANGUAGE_LABEL)} AS language")
        order = "rowid"
        if question.sort:
            column = name_of(question.sort)
            listed.append(f"CAST({column} AS VARCHAR) AS sorted_by")
            order = f"{column} {'DESC' if question.descending else 'ASC'} NULLS LAST, rowid"
        with self._asking() as connection:
            counted = connection.execute(
                f"SELECT count(*), count(*) FILTER (verdict = 'kept') FROM held WHERE {condition}"
            ).fetchone()
            total, kept = counted if counted is not None else (0, 0)
            # Which rows, before their other columns are looked at: sorting takes along no more than a number.
            chosen = connection.execute(
                f"SELECT rowid FROM held WHERE {condition} ORDER BY {order} "
                f"LIMIT {question.limit:d} OFFSET {question.offset:d}"
            ).fetchall()
            these = ", ".join(str(row[0]) for row in chosen) or "-1"
            rows = connection.execute(f"SELECT {', '.join(listed)} FROM held WHERE rowid IN ({these}) ORDER BY {order}")
            names = [column[0] for column in rows.description or ()]
            found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        return {"count": total, "kept": kept, "offset": question.offset, "rows": found}

    def _check_column(self, name: str) -> None:
        if name not in self.columns:
            raise InputError(f"the ledger has no column {name!r}")

    def document(self, doc_id: str) -> Facts:
        """Everything that the ledger says of a document, and its text with evidence, where it is at hand."""
        with self._asking() as connection:
            asked = connection.execute(f"SELECT * FROM ledger WHERE doc_id = {text(doc_id)} LIMIT 1")
            names = [column[0] for column in asked.description or ()]
            row = asked.fetchone()
        if row is None:
            raise InputError(f"the ledger has no document {doc_id!r}")
        said = dict(zip(names, row, strict=True))
        shown, note = self._shown(doc_id, _verdict(said))
        return {"ledger": {name: _plain(value) for name, value in said.items()}, "html": shown, "note": note}

    def _shown(self, doc_id: str, verdict: str) -> tuple[str, str]:
        batch = self._batch(doc_id)
        if batch is None:
            return "", "Its text is not at hand: --keep-removed keeps those of removed documents."
        note = "The text as it was written, behind the edits of the run."
        if len(batch["text"][0].as_py()) == LONGEST_CHARS and verdict != KEPT and holds_sample(self.manifest):
            note = f"The first {LONGEST_CHARS:,} characters of the text, behind the edits of the run."
        if not self.cannot_tune:
            try:
                return as_html(verdict, trace(self.recipe, batch, None)), note
            except Exception as error:  # steps of others, functions that are only named, models that have gone
                note = f"{note} The rules cannot be held against it here: {one_line(error) or type(error).__name__}"
        return as_html(verdict, Trace((), (), Pieces(batch["text"][0].as_py()))), note

    def _batch(self, doc_id: str) -> pa.RecordBatch | None:
        wanted = ", ".join(name_of(name) for name in BATCH_SCHEMA.names)
        with self._files.cursor() as connection:
            for name in self._texts:
                found: pa.Table = connection.sql(
                    f"SELECT {wanted} FROM {name} WHERE doc_id = {text(doc_id)} LIMIT 1"
                ).to_arrow_table()
                if found.num_rows:
                    return found.cast(BATCH_SCHEMA).combine_chunks().to_batches()[0]
        return None

    @contextmanager
    def _judging(self, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose ledger has numbers for ids."""
        with self._asking(writes=True, seconds=seconds) as connection:
            replaced = ", ".join(f"{short} AS {name}" for name, short in SHORT.items())
            others = ", ".join(SHORT.values())
            connection.execute(f"CREATE TEMP VIEW ledger AS SELECT * EXCLUDE ({others}) REPLACE ({replaced}) FROM held")
            yield connection

    def _hold(self) -> HeldLedger | None:
        if self.cannot_tune or not can_be_held(self.recipe.plan):
            return None
        with self._judging(seconds=threading.TIMEOUT_MAX) as connection:
            held = HeldLedger(connection, self.recipe.plan)
            held.sums(connection, self.recipe.plan)  # so that the first threshold moved finds all in place
            return held

    def retuned(self, settings: Settings) -> Retuning:
        """What ``textmill retune`` says of these thresholds."""
        new = self._retuned_recipe(settings)
        with self._judging() as connection:
            if self._held is not None:
                return summed_up(*self._held.sums(connection, new.plan), settings)
            places = recut(connection, self.recipe.plan, new.plan)
            return summed_up(sums_of(connection), places, settings)

    def recipe_file(self, settings: Settings, name: str) -> str:
        """The recipe with these thresholds, as ``textmill retune --write`` writes it."""
        recipe = self._retuned_recipe(settings)
        told = ", ".join(f"{key}={'none' if value is None else value}" for key, value in settings.items())
        return recipe_yaml(recipe, name=name, description=f"{recipe.name} with {told or 'nothing changed'}")

    def _retuned_recipe(self, settings: Settings) -> RecipeDefinition:
        if self.cannot_tune:
            raise InputError(self.cannot_tune)
        check_moved(settings, {one["key"] for one in self.thresholds})
        return recorded_recipe(self._written, settings, code=self.code)


def _values(connection: duckdb.DuckDBPyConnection, column: str) -> Sequence[str]:
    column = f"CAST({name_of(column)} AS VARCHAR)"
    query = f"SELECT {column} FROM ledger WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    return [row[0] for row in connection.execute(f"{query} LIMIT {MOST_VALUES}").fetchall()]


def _verdict(said: Mapping[str, Any]) -> str:
    if said["step"] is None:
        return str(said["verdict"])
    return f"{said['verdict']} by {said['step']}.{said['rule']}: {said['value']} against {said['threshold']}"


def _plain(value: object) -> object:
    """A value as JSON can hold it; NaN and what is no number or text as text."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return value if isinstance(value, float) and value - value == 0 else str(value)
