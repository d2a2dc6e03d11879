"""Why was this document removed as a duplicate: the document kept in its place, and how the two differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...dedup.base.step import CLUSTER_SIZE
from ...errors import InputError
from ...filters.base.batch import document_id
from ..files.ledger import INDEX_PREFIX, QUARANTINED
from ..files.tables import open_tables
from ..input.inputs import InputOptions, find_inputs
from ..input.readers import read_split
from ..input.splits import cut_splits
from ..output.manifest import holds_sample, read_manifest, without_lost_sample
from ..passes.samples import LONGEST_CHARS
from .printable import printable

if TYPE_CHECKING:
    import duckdb

_TEXT_FOLDERS = ("shards", "removed")
_LEDGER = "doc_id, source, verdict, step, rule, value, threshold, kept_instead, similarity, cluster"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the ledger of a finished run says of a document, and for a duplicate how it differs from its survivor."""

    doc_id: str
    account: Mapping[str, Any]
    """The document's row of the ledger, without measurements."""
    survivor: Mapping[str, Any] | None = None
    """The row of the document kept instead."""
    diff: tuple[str, ...] = ()
    """From the survivor's text to the document's, line by line as ``diff -u`` writes it."""
    unknown: str | None = None
    """Why there is no diff: whose text is nowhere, and what to do about it."""


def judged(folder: str, doc_id: str, inputs: Sequence[str] = (), options: InputOptions | None = None) -> Judged:
    """Look a document of a finished run up; the beginning of its id is enough, as long as it is the only one.

    Texts are taken from the shards and from ``removed/`` (all of a run with ``--keep-removed``, else a sample, of long
    texts the beginning); those that are in neither are read again from the inputs, as far as these are given.

    Args:
        folder: The output folder of the run.
        doc_id: Id of the document.
        inputs: The run's inputs, with the same labels.
        options: How the run read them.

    Raises:
        InputError: when no or several documents have such an id.
    """
    manifest = without_lost_sample(folder, read_manifest(folder))
    present = [name for name in ("ledger", "quarantine", *_TEXT_FOLDERS) if manifest[name]]
    # Of a sample a longer text has only its beginning, which cannot be compared.
    written = {"shards": "true", "removed": f"length(text) < {LONGEST_CHARS}" if holds_sample(manifest) else "true"}
    with open_tables(folder, manifest, present) as tables:
        account = _account(tables, folder, doc_id)
        if account["verdict"] == QUARANTINED and "quarantine" in present:
            account["detail"] = _detail(tables, account)
        # What an earlier run has seen has no text here to be compared with.
        if account["kept_instead"] is None or account["kept_instead"].startswith(INDEX_PREFIX):
            return Judged(doc_id=account["doc_id"], account=account)
        survivor = _account(tables, folder, account["kept_instead"])
        texts: dict[str, str] = {}
        for row in (survivor, account):
            text = _written_text(tables, {name: written[name] for name in present if name in written}, row["doc_id"])
            if text is None:
                text = _text_of_input(row, inputs, options or InputOptions())
            if text is None:
                unknown = (
                    f"the text of {row['doc_id']} ({printable(row['source'])}) is not in {folder}; name the run's "
                    "inputs with --input, or run with --keep-removed"
                )
                return Judged(doc_id=account["doc_id"], account=account, survivor=survivor, unknown=unknown)
            texts[row["doc_id"]] = text
    lines = difflib.unified_diff(
        texts[survivor["doc_id"]].splitlines(),
        texts[account["doc_id"]].splitlines(),
        fromfile=f"kept     {survivor['doc_id']} {printable(survivor['source'])}",
        tofile=f"removed  {account['doc_id']} {printable(account['source'])}",
        lineterm="",
        n=1,
    )
    return Judged(doc_id=account["doc_id"], account=account, survivor=survivor, diff=tuple(lines))


def describe(found: Judged) -> Iterator[str]:
    """Lines to print."""
    account = found.account
    yield f"{account['doc_id']}  {printable(account['source'])}"
    if account["verdict"] == "kept":
        stands_for = account[CLUSTER_SIZE] or 1
        yield "kept" if stands_for == 1 else f"kept: stands for {stands_for:,} documents, itself among them"
        return
    reason = f"{account['verdict']} by {account['step']}.{account['rule']}"
    if account["value"] is not None:
        reason += f": {account['value']} against {account['threshold']}"
    elif account.get("detail"):
        reason += f": {printable(account['detail'])}"
    yield reason
    if found.survivor is None:
        if account["kept_instead"] is not None:
            yield f"kept instead: {account['kept_instead']}"
        return
    alike = f", similarity {account['similarity']:.3f}" if account["similarity"] is not None else ""
    fate = "" if found.survivor["verdict"] == "kept" else f" (itself removed later by {found.survivor['step']})"
    yield f"kept instead: {account['kept_instead']}{alike}{fate}"
    yield f"cluster: {account['cluster']}"
    if found.unknown is not None:
        yield f"how they differ is not known: {found.unknown}"
    else:
        yield from found.diff or ("the texts are equal line by line",)


def _account(tables: duckdb.DuckDBPyConnection, folder: str, doc_id: str) -> dict[str, Any]:
    known = {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}
    size = CLUSTER_SIZE if CLUSTER_SIZE in known else f"NULL AS {CLUSTER_SIZE}"
    query = f"SELECT {_LEDGER}, {size} FROM ledger WHERE starts_with(doc_id, ?) ORDER BY doc_id LIMIT 2"
    rows = tables.execute(query, [doc_id]).fetchall()
    if not rows or not doc_id:
        raise InputError(f"{folder} has no document {doc_id!r} in its ledger")
    if len(rows) > 1:
        raise InputError(f"several documents of {folder} have ids that begin with {doc_id!r}; give more of it")
    return dict(zip([*_LEDGER.split(", "), CLUSTER_SIZE], rows[0], strict=True))


def _detail(tables: duckdb.DuckDBPyConnection, account: Mapping[str, Any]) -> str | None:
    """What is wrong with a document that could not be read."""
    query = "SELECT position, detail FROM quarantine WHERE source = ?"
    for position, detail in tables.execute(query, [account["source"]]).fetchall():
        if document_id(account["source"], position) == account["doc_id"]:
            return str(detail)
    return None


def _written_text(tables: duckdb.DuckDBPyConnection, present: Mapping[str, str], doc_id: str) -> str | None:
    for name, condition in present.items():
        found = tables.execute(f"SELECT text FROM {name} WHERE doc_id = ? AND {condition}", [doc_id]).fetchone()
        if found is not None:
            return str(found[0])
    return None


def _text_of_input(row: Mapping[str, Any], inputs: Sequence[str], options: InputOptions) -> str | None:
    """Read the document's file again; its text is then as it was before any step."""
    files = [file for file in find_inputs(inputs) if file.source == row["source"]] if inputs else []
    for split in cut_splits(files, options):
        for part in read_split(split, options):
            for index, doc_id in enumerate(part.batch["doc_id"].to_pylist()):
                if doc_id == row["doc_id"]:
                    return str(part.batch["text"][index].as_py())
    return None
