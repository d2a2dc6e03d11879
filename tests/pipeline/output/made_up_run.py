"""A run that never was: files and manifest of an output folder in which everything occurs that reports tell of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from textmill.pipeline.files.ledger import ledger_schema
from textmill.pipeline.passes.rows import REMOVED_SCHEMA

MEASUREMENTS = {
    "language.label": pa.string(),
    "letters": pa.float64(),
    "long_words.share": pa.float64(),
    "language.score": pa.float64(),
    "toxicity.judged": pa.string(),
    "scrub_pii.email": pa.int64(),
}
FUNNEL: list[dict[str, Any]] = [
    {"step": "read", "rule": "empty"},
    {"step": "language", "rule": "keep", "measurement": "language.label", "allowed": ["en", "fr"]},
    {"step": "language", "rule": "min_score", "measurement": "language.score", "minimum": 0.65},
    {"step": "short", "rule": "minimum", "measurement": "letters", "minimum": 40},
    {"step": "short", "rule": "maximum", "measurement": "letters", "maximum": 500},
    {"step": "long_words", "rule": "share", "measurement": "long_words.share", "maximum": 0.25},
    {"step": "normalize_unicode", "rule": "empty"},
    {"step": "own", "rule": "between", "measurement": "letters", "minimum_in": "own.least", "maximum_in": "own.most"},
    {"step": "toxicity", "rule": "allowed", "measurement": "toxic", "allowed": [False]},
    {"step": "select", "rule": "keep_fraction", "measurement": "letters", "selects": "the highest 0.5 <of all>"},
    {"step": "exact_dedup", "rule": "duplicate"},
    {"step": "minhash_dedup", "rule": "seen"},
    {"step": "minhash_dedup", "rule": "duplicate"},
]

STORY = "The miller of the old mill by the river ground corn for all the villages around it, and for none of them well"
KEPT: list[tuple[Any, ...]] = [
    # source, kind, language, letters, share of long words, judged, e-mails, tokens, url, text
    ("corn/a.jsonl", "web", "en", 340, 0.125, "score", 2, 300, "https://www.Mill.example/a", f"{STORY}. " * 3),
    ("corn/a.jsonl", "web", "en", 110, 0.5, "words", 0, 20, "http://mill.example:80/b?c", STORY),
    ("corn/b <1>.jsonl", "book", "fr", 55, None, "words", None, 12, None, "Le meunier moud le grain des villages."),
    ("corn/b <1>.jsonl", "book", "de", 64, 0.25, None, 1, 9, "ftp://u@fluss.example/x", "Am Fluss: eine M\u00fchle."),
    ("corn/c.jsonl", "code", None, 12, 0.0, "not judged", 0, 1, "nowhere", "x = <b>1</b>"),
]  # fmt: skip
GONE: list[tuple[Any, ...]] = [
    # source, kind, language, letters, share, step, rule, value, threshold, kept, similarity, text
    *(
        ("corn/a.jsonl", "web", "en", n, n / 64, "short", "minimum", f"{n}.0", "40", None, None, f"{'w' * n} <i>{n}")
        for n in range(26, 40)
    ),
    ("corn/a.jsonl", "web", "xx", 60, 0.25, "language", "keep", "xx", "en or fr", None, None, "Qua qua qua. " * 31),
    ("corn/b <1>.jsonl", "book", "xx", 61, 0.0, "language", "keep", None, "en or fr", None, None, "Brekekekex. " * 9),
    ("corn/c.jsonl", "code", None, 900, 0.75, "short", "maximum", "900.0", "500", None, None, "a long one " * 80),
    ("corn/c.jsonl", "code", None, 70, 0.3, "long_words", "share", "0.3", "0.25", None, None, "Donaudampfschiff ahoi"),
    ("corn/c.jsonl", "code", None, 71, 0.5, "own", "between", "71", "50", None, None, "Between two others."),
    ("corn/c.jsonl", "code", None, 72, 0.5, "toxicity", "allowed", "inf", "0.5", None, None, "Nothing nice."),
    ("corn/d.jsonl", "web", "en", 73, 0.1, "select", "keep_fraction", "73.0", "80.0", None, None, "Not good enough."),
    ("corn/d.jsonl", "web", "en", 74, 0.1, "exact_dedup", "duplicate", None, None, 1, None, STORY),
    ("corn/d.jsonl", "web", "en", 75, 0.1, "exact_dedup", "duplicate", None, None, 1, 1.0, STORY),
    (
        "corn/d.jsonl",
        "web",
        "en",
        76,
        0.1,
        "minhash_dedup",
        "duplicate",
        None,
        None,
        0,
        0.75,
        f"{STORY}. " * 3 + "he said",
    ),
    ("corn/d.jsonl", "web", "en", 77, 0.1, "minhash_dedup", "duplicate", None, None, 0, 0.875, STORY + " and not"),
    ("corn/d.jsonl", "web", "en", 78, 0.1, "minhash_dedup", "seen", "9 of 14", None, "index:old", 0.8, "Seen before."),
    ("corn/d.jsonl", "web", "", 0, None, "read", "empty", "0", "1", None, None, ""),
]
UNREADABLE = [("corn/a.jsonl", "invalid_json"), ("corn/d.jsonl", "too_long"), ("corn/d.jsonl", "too_long")]


def doc_id(number: int) -> str:
    return f"{(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"


def ledger_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for source, kind, language, letters, long_words, judged, emails, tokens, _, text in KEPT:
        row = {"source": source, "kind": kind, "language.label": language, "letters": float(letters), "tokens": tokens}
        row |= {"long_words.share": long_words, "toxicity.judged": judged, "scrub_pii.email": emails}
        row["language.score"] = 0.5 if language else None
        rows.append({**row, "verdict": "kept", "bytes": len(text.encode())})
    for source, kind, language, letters, long_words, step, rule, value, threshold, kept, similarity, text in GONE:
        row = {"source": source, "kind": kind, "language.label": language, "letters": float(letters)}
        row |= {"long_words.share": long_words, "step": step, "rule": rule, "value": value, "threshold": threshold}
        row |= {"similarity": similarity, "kept_instead": doc_id(kept) if isinstance(kept, int) else kept}
        row["cluster"] = row["kept_instead"] if isinstance(kept, int) else None
        rows.append({**row, "verdict": "removed", "bytes": len(text.encode())})
    for source, error in UNREADABLE:
        rows.append({"source": source, "verdict": "quarantined", "step": "read", "rule": error, "bytes": 0})
    return [{"doc_id": doc_id(number), **row} for number, row in enumerate(rows)]


def write(folder: Path, **changed: Any) -> dict[str, Any]:
    """Write the tables, and return the manifest with these sections put in the place of its own."""
    ledger = ledger_rows()
    languages = pa.field("language", pa.string())
    names = ("doc_id", "text", "source", "kind", "url")
    kept_schema = pa.schema([*(pa.field(name, pa.string()) for name in names), languages])
    kept = [
        {"doc_id": doc_id(n), "source": one[0], "kind": one[1], "language": one[2], "url": one[8], "text": one[9]}
        for n, one in enumerate(KEPT)
    ]
    removed = [{**row, "text": one[11]} for row, one in zip(ledger[len(KEPT) :], GONE, strict=False)]
    tables = {
        "ledger": pa.Table.from_pylist(ledger, ledger_schema(MEASUREMENTS)),
        "shards": pa.Table.from_pylist(kept, kept_schema),
        "removed": pa.Table.from_pylist(removed, REMOVED_SCHEMA),
    }
    manifest = {name: [{"name": "part-0.parquet", "rows": found.num_rows}] for name, found in tables.items()}
    for name, found in tables.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(found, folder / name / "part-0.parquet")
    return {**manifest, **described(ledger), **changed}


def described(ledger: list[dict[str, Any]]) -> dict[str, Any]:
    """All of the manifest but the files."""
    verdicts = Counter(row["verdict"] for row in ledger)
    of_input = Counter((row["source"], row["verdict"]) for row in ledger)
    of_rule = Counter((row["step"], row["rule"]) for row in ledger if row["verdict"] == "removed")
    sources = [*sorted({source for source, _ in of_input}), "corn/empty.jsonl"]
    selection = {
        **{"step": "select", "measurement": "letters", "order": "highest", "selects": "the highest 0.5 <of all>"},
        "groups": [
            {
                "group": ["fr", None],
                "documents": 3,
                "buckets": [{"bucket": None, "documents": 2, "stays": True, "last": 0.125},
                            {"bucket": None, "documents": 1, "stays": False}],
            },
            {
                "group": ["en", "web"],
                "documents": 9,
                "buckets": [{"bucket": "head", "documents": 4, "stays": True, "last": "inf"},
                            {"bucket": "tail", "documents": 5, "stays": False, "last": None}],
            },
        ],
    }  # fmt: skip
    return {
        "textmill": "1.2.3",
        "recipe": {
            "name": "made <up>  run",
            "sha256": "0123456789abcdef" * 4,
            "steps": [{"short": {"minimum": 40, "maximum": 500}}, {"own": {"w\u00f6rter": "<x>"}}],
        },
        "tokenizer": {"name": "c<l>100k", "sha256": "tt"},
        "models": [{"name": "lid.176.ftz", "sha256": "mm"}],
        "versions": {"python": "3.11"},
        "options": {"keep_removed": True},
        "inputs": [
            {"source": name, "read": sum(found for (source, _), found in of_input.items() if source == name)}
            for name in sources
        ],
        "funnel": [{**row, "documents": of_rule[row["step"], row["rule"]]} for row in FUNNEL],
        "selections": [selection],
        "skipped": [{"reason": "request <r>", "records": 1200}],
        "quarantine_errors": [{"error": "invalid_json", "documents": 1}, {"error": "too_long", "documents": 2}],
        "totals": {
            **{"read": len(ledger), **verdicts, "tokens": 342, "copies": 1234, "tokens_of_copies": 56789},
            **{"bytes_read": sum(row["bytes"] for row in ledger), "bytes_written": 1500},
            "bytes_kept": sum(row["bytes"] for row in ledger if row["verdict"] == "kept"),
        },
        "notices": [{"step": "short", "notice": "judged by <nobody>\n`at` all"}],
    }
