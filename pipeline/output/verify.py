"""Check a finished output folder against its manifest: every file, every document, every number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...dedup.base.step import CLUSTER_SIZE
from ...dedup.documents.rehydrate import REPEATS
from ..files.ledger import INDEX_PREFIX, KEPT, QUARANTINED, REMOVED, VERDICTS
from ..files.listing import list_files
from ..files.storage import exists, join, open_read, sha256
from ..files.tables import open_tables
from ..job.job import WORK_FOLDER
from .manifest import FILE_FOLDERS, check_accounting, read_manifest, without_lost_sample
from .selections import check_selections

if TYPE_CHECKING:
    import duckdb

_EXAMPLES = 3


def verify(folder: str) -> list[str]:
    """Say what is wrong with an output folder; nothing when all is well.

    Every file must have the checksum and rows that the manifest gives, and the folders of data must hold no others;
    files beside them (a licence, notes) are the user's own, and a sample of removed documents may have been taken away
    as a whole. Then the account is drawn up anew from the ledger, and the
    documents of the shards must be exactly those that the ledger calls kept. Memory stays bounded: DuckDB spills.

    Raises:
        InputError: when the folder has no manifest.
    """
    manifest = read_manifest(folder)
    manifest = without_lost_sample(folder, manifest)
    problems = [*check_accounting(manifest), *_check_files(folder, manifest)]
    if problems:  # counting in files that are missing or damaged would only say the same in other words
        return problems
    present = [name for name in FILE_FOLDERS if manifest[name]]
    if "ledger" not in present or "shards" not in present:
        return [f"{join(folder, 'manifest.json')} lists no ledger or no shards"]
    with open_tables(folder, manifest, present) as tables:
        return [
            *_check_account(tables, manifest),
            *_check_documents(tables, has_copies="copies" in manifest["totals"]),
            *_check_clusters(tables),
            *check_selections(tables, manifest),
            *(_check_tokens(tables) if manifest["tokenizer"] else ()),
            *(_check_removed(tables) if "removed" in present else ()),
        ]


def _check_files(folder: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    listed = {f"{name}/{file['name']}": file for name in FILE_FOLDERS for file in manifest[name]}
    prefix = folder.rstrip("/") + "/"
    if exists(join(folder, WORK_FOLDER)):
        yield f"{WORK_FOLDER} is left: the run was interrupted; finish it by the same command with --resume"
    for path in list_files(folder):
        inside = path[len(prefix) :] if path.startswith(prefix) else path
        if inside.startswith(tuple(f"{name}/" for name in FILE_FOLDERS)) and inside not in listed:
            yield f"{inside} is not in the manifest"
    for inside, file in listed.items():
        path = join(folder, inside)
        if not exists(path):
            yield f"{inside} is missing"
            continue
        found = sha256(path)
        if found != file["sha256"]:
            yield f"{inside} has sha256 {found}, but the manifest says {file['sha256']}: it was changed or damaged"
            continue
        try:
            with open_read(path) as source:
                rows = pq.read_metadata(source).num_rows
        except pa.ArrowInvalid as error:
            yield f"{inside} is not a Parquet file: {error}"
            continue
        if rows != file["rows"]:
            yield f"{inside} has {rows:,} rows, but the manifest says {file['rows']:,}"


def _check_account(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Count verdicts, removals, bytes and tokens in the ledger and compare them with the manifest."""
    counted: dict[str, dict[str, int]] = {row["source"]: {} for row in manifest["inputs"]}
    for source, verdict, rows in tables.execute("SELECT source, verdict, count(*) FROM ledger GROUP BY ALL").fetchall():
        counted.setdefault(source, {})[verdict] = rows
    said = {
        row["source"]: {verdict: row[verdict] for verdict in VERDICTS if row[verdict]} for row in manifest["inputs"]
    }
    for source in sorted(counted):
        if counted[source] != said.get(source):
            expected = _describe(said.get(source, {}))
            yield f"ledger: of {source} it has {_describe(counted[source])}, but the manifest says {expected}"
    query = "SELECT step, rule, count(*), sum(bytes)::BIGINT FROM ledger WHERE verdict = 'removed' GROUP BY ALL"
    removals = {(step or "", rule or ""): (rows, size) for step, rule, rows, size in tables.execute(query).fetchall()}
    funnel = {(row["step"], row["rule"]): (row["documents"], row["bytes"]) for row in manifest["funnel"]}
    for step, rule in sorted(removals | funnel):
        found, wanted = removals.get((step, rule), (0, 0)), funnel.get((step, rule), (0, 0))
        if found != wanted:
            yield (
                f"ledger: {step}.{rule} removed {found[0]:,} documents of {found[1]:,} bytes, "
                f"but the manifest says {wanted[0]:,} of {wanted[1]:,}"
            )
    query = (
        f"SELECT coalesce(sum(bytes) FILTER (verdict = '{KEPT}'), 0)::BIGINT, coalesce(sum(tokens), 0)::BIGINT, "
        f"count(*) FILTER ((verdict = '{KEPT}') <> (step IS NULL)) FROM ledger"
    )
    kept_bytes, tokens, contradictory = _row(tables, query)
    for name, found_total in (("bytes_kept", kept_bytes), ("tokens", tokens)):
        if found_total != manifest["totals"][name]:
            yield f"ledger: {name} add up to {found_total:,}, but the manifest says {manifest['totals'][name]:,}"
    if contradictory:
        yield f"ledger: {contradictory:,} rows are kept although a step removed them, or removed without a step"


def _check_documents(tables: duckdb.DuckDBPyConnection, *, has_copies: bool) -> Iterator[str]:
    """The shards hold every kept document as often as they should and nothing else; a duplicate's survivor is known."""
    if has_copies:
        rows = (
            f'SELECT doc_id, count(*) AS rows, any_value("{REPEATS}") AS wanted FROM shards JOIN ledger USING (doc_id)'
        )
        query = f"SELECT doc_id FROM ({rows} GROUP BY 1) WHERE rows <> coalesce(wanted, 1)"
        yield from _listed(tables, query, f"shards: {{}} doc_ids stand there more or less often than {REPEATS} says")
    for name in ("ledger", *([] if has_copies else ["shards"])):
        query = f"SELECT doc_id FROM {name} GROUP BY doc_id HAVING count(*) > 1"
        yield from _listed(tables, query, f"{name}: {{}} doc_ids stand there more than once")
    kept = f"(SELECT doc_id FROM ledger WHERE verdict = '{KEPT}')"
    missing = f"SELECT doc_id FROM {kept} ANTI JOIN shards USING (doc_id)"
    yield from _listed(tables, missing, "shards: {} documents that the ledger calls kept are missing")
    extra = f"SELECT doc_id FROM shards ANTI JOIN {kept} USING (doc_id)"
    yield from _listed(tables, extra, "shards: {} documents are not kept according to the ledger")
    survivors = f"(SELECT doc_id AS kept_instead FROM ledger WHERE verdict <> '{QUARANTINED}')"
    named = f"(SELECT doc_id, kept_instead FROM ledger WHERE NOT starts_with(kept_instead, '{INDEX_PREFIX}'))"
    lost = (
        f"SELECT doc_id FROM {named} ANTI JOIN {survivors} USING (kept_instead) "
        "UNION ALL SELECT doc_id FROM ledger WHERE kept_instead = doc_id"
    )
    yield from _listed(tables, lost, "ledger: {} duplicates name a document kept instead that is not there")
    clusterless = (
        "SELECT doc_id FROM (SELECT doc_id, cluster FROM ledger WHERE cluster IS NOT NULL "
        f"OR NOT starts_with(kept_instead, '{INDEX_PREFIX}')) "
        f"ANTI JOIN (SELECT doc_id AS cluster FROM ledger WHERE verdict <> '{QUARANTINED}') USING (cluster)"
    )
    yield from _listed(
        tables, clusterless, "ledger: {} duplicates belong to a cluster whose first document is not there"
    )


def _check_clusters(tables: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Each document stands for itself and for what those stood for that were removed in its favour."""
    if not all(CLUSTER_SIZE in _columns(tables, name) for name in ("ledger", "shards")):
        return
    wrong = (
        "SELECT doc_id FROM ledger LEFT JOIN (SELECT kept_instead AS doc_id, sum(cluster_size) AS others FROM ledger "
        "WHERE kept_instead IS NOT NULL GROUP BY 1) USING (doc_id) "
        "WHERE cluster_size <> 1 + coalesce(others, 0) OR (cluster_size IS NULL AND others IS NOT NULL)"
    )
    yield from _listed(tables, wrong, "ledger: {} documents have another cluster_size than duplicates were removed")
    differ = (
        "SELECT doc_id FROM shards s JOIN ledger l USING (doc_id) WHERE s.cluster_size <> coalesce(l.cluster_size, 1)"
    )
    yield from _listed(tables, differ, "shards: {} documents have another cluster_size than the ledger")


def _columns(tables: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    return {str(row[0]) for row in tables.execute(f"DESCRIBE {name}").fetchall()}


def _check_tokens(tables: duckdb.DuckDBPyConnection) -> Iterator[str]:
    wrong = "SELECT doc_id FROM shards WHERE token_count IS DISTINCT FROM len(input_ids)"
    yield from _listed(tables, wrong, "shards: {} documents have another token_count than input_ids")
    differ = "SELECT doc_id FROM shards JOIN ledger USING (doc_id) WHERE token_count IS DISTINCT FROM tokens"
    yield from _listed(tables, differ, "shards: {} documents have another token_count than the ledger")


def _check_removed(tables: duckdb.DuckDBPyConnection) -> Iterator[str]:
    gone = f"(SELECT doc_id FROM ledger WHERE verdict = '{REMOVED}')"
    differ = f"SELECT doc_id FROM removed ANTI JOIN {gone} USING (doc_id)"
    yield from _listed(tables, differ, "removed: {} documents are not removed according to the ledger")


def _listed(tables: duckdb.DuckDBPyConnection, query: str, message: str) -> Iterator[str]:
    """One problem with the number of documents a query finds and a few of their ids, or none."""
    count, examples = _row(tables, f"SELECT count(*), min(doc_id, {_EXAMPLES}) FROM ({query})")
    if count:
        yield f"{message.format(f'{count:,}')}: {', '.join(examples)}{' …' if count > len(examples) else ''}"


def _row(tables: duckdb.DuckDBPyConnection, query: str) -> Sequence[Any]:
    row = tables.execute(query).fetchone()
    return row if row is not None else ()


def _describe(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in sorted(counts)) or "no documents"
