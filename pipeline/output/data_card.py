"""The data card of an output folder: a README.md as dataset hubs show it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..files.storage import join, write_atomically
from ..files.tables import open_tables
from .charts import share, size
from .judged import count_judged
from .manifest import holds_sample
from .replaced import Replaced, count_replaced

DATA_CARD = "README.md"
LEAST_LANGUAGE_SHARE = 0.01
"""Languages with fewer of the kept documents are left out of the card's head; short texts are often mistaken."""

_SIZES = (
    *((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M")),
    *((10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B")),
    (10**12, "100B<n<1T"),
)


def write_data_card(folder: str, manifest: Mapping[str, Any]) -> str:
    """Write ``README.md`` into a finished output folder and return its path."""
    path = join(folder, DATA_CARD)
    with write_atomically(path) as sink:
        sink.write(("\n".join(_card(manifest, *_counted(folder, manifest), _judged(folder, manifest))) + "\n").encode())
    return path


def _counted(folder: str, manifest: Mapping[str, Any]) -> tuple[list[tuple[str, int]], list[Replaced]]:
    """Languages of the kept documents, most frequent first, and what of them was replaced."""
    with open_tables(folder, manifest, ["shards", "ledger"]) as tables:
        replaced = count_replaced(tables)
        if "language" not in {row[0] for row in tables.execute("DESCRIBE shards").fetchall()}:
            return [], replaced
        query = "SELECT language, count(*) FROM shards WHERE language IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        return [(str(name), int(count)) for name, count in tables.execute(query).fetchall()], replaced


def _judged(folder: str, manifest: Mapping[str, Any]) -> list[tuple[str, int]]:
    """How the kept documents were judged for toxicity, most frequent first; nothing without such a step."""
    with open_tables(folder, manifest, ["ledger"]) as tables:
        found = [(how, kept) for how, _, kept, _ in count_judged(tables) if kept]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _card(
    manifest: Mapping[str, Any],
    languages: list[tuple[str, int]],
    replaced: list[Replaced],
    judged: list[tuple[str, int]],
) -> Iterator[str]:
    totals, name = manifest["totals"], " ".join(manifest["recipe"]["name"].split())
    frequent = [label for label, count in languages if count >= LEAST_LANGUAGE_SHARE * totals["kept"]]
    yield "---"
    yield f"pretty_name: {json.dumps(name, ensure_ascii=False)}"
    yield "# license: the texts keep the rights of their authors; name a licence before you publish"
    codes = [label for label in frequent if re.fullmatch("[a-z]{2,3}", label)]
    if codes:
        yield "language:"
        yield from (f"- {json.dumps(code)}" for code in codes)
    yield "size_categories:"
    yield f"- {_size_category(totals['kept'])}"
    yield "task_categories:\n- text-generation"
    yield f'configs:\n- config_name: default\n  data_files: "{shard_glob(manifest)}"'
    yield "---\n"
    yield f"# {_plain(name)}\n"
    yield f"{describe(manifest)}\n"
    if languages:
        listed = ", ".join(f"{label} {share(count, totals['kept'])}" for label, count in languages[:20])
        yield f"Languages: {listed}.\n"
    if judged:
        told = ", ".join(f"{how} {share(count, totals['kept'])}" for how, count in judged)
        yield f"Toxicity judged: {told}.\n"
    if replaced:
        listed = ", ".join(f"{one.replacements:,} {_plain(one.kind)} in {one.documents:,}" for one in replaced)
        yield f"Personal data replaced, by kind and number of documents: {listed}.\n"
    yield from (f"**Note** – {_plain(row['notice'])}\n" for row in manifest.get("notices", ()))
    yield from _loading(manifest)
    yield from _funnel(manifest)
    yield from _recipe(manifest)


def describe(manifest: Mapping[str, Any]) -> str:
    """What the output is, in two sentences."""
    totals, name = manifest["totals"], manifest["recipe"]["name"]
    return (
        f"{totals['kept']:,} documents{_copies(manifest)}, "
        f"{size(totals['bytes_written'])} of text{_tokens(manifest)}, in "
        f"{_count(len(manifest['shards']), 'Parquet shard')}. Made with textmill {manifest['textmill']} by the recipe "
        f"`{_plain(name)}` (sha256 `{manifest['recipe']['sha256'][:16]}…`) from {totals['read']:,} documents in "
        f"{_count(len(manifest['inputs']), 'input file')}."
    )


def _copies(manifest: Mapping[str, Any]) -> str:
    if "copies" not in manifest["totals"]:
        return ""
    tokens = f" of {manifest['totals']['tokens_of_copies']:,} tokens" if manifest["tokenizer"] else ""
    return f" and {manifest['totals']['copies']:,} copies{tokens} (column `repeats`)"


def _tokens(manifest: Mapping[str, Any]) -> str:
    if not manifest["tokenizer"]:
        return ""
    return f", {manifest['totals']['tokens']:,} tokens ({_plain(manifest['tokenizer']['name'])})"


def shard_glob(manifest: Mapping[str, Any]) -> str:
    """Which files are the shards, as a glob in the output folder."""
    return "shards/**/*.parquet" if manifest["recipe"].get("partition") else "shards/*.parquet"


def _loading(manifest: Mapping[str, Any]) -> Iterator[str]:
    yield f"""## Load it

```python
import pyarrow.dataset as ds
documents = ds.dataset("shards", format="parquet").to_table()

import duckdb
duckdb.sql("SELECT source, count(*) FROM '{shard_glob(manifest)}' GROUP BY source")

from datasets import load_dataset
documents = load_dataset("parquet", data_files="{shard_glob(manifest)}", split="train")
```

From elsewhere the path of this folder, or the name of its repository on a hub, is enough: `load_dataset("FOLDER")`.
"""
    keys = manifest["recipe"].get("partition", ())
    if keys:
        listed = "/".join(f"{_plain(key)}=…" for key in keys)
        yield f"Shards lie in folders `shards/{listed}/`; they have {' and '.join(map(_plain, keys))} as columns too.\n"
    yield _BESIDE
    if manifest["removed"]:
        what = "A sample of the removed documents" if holds_sample(manifest) else "Every removed document"
        is_quoted = manifest.get("options", {}).get("samples") != 0
        quoted, published = (", and quoted in `report.html`,", "neither") if is_quoted else ("", "none of it")
        yield (
            f"{what} is in `removed/`{quoted} with its text as it was when a rule removed it: personal data and "
            f"secrets in it were perhaps not replaced. `textmill push` publishes {published} unless told to.\n"
        )


_BESIDE = """Why each document was kept or removed stands in `ledger/`, what could not be read in `quarantine/`,
checksums and versions in `manifest.json`; `report.html` shows it all. `textmill verify .` checks that nothing is
missing or changed.
"""


def _funnel(manifest: Mapping[str, Any]) -> Iterator[str]:
    totals = manifest["totals"]
    yield "## What was removed\n"
    yield "| step | rule | documents | of all read |"
    yield "|---|---|--:|--:|"
    for row in manifest["funnel"]:
        if row["documents"]:
            cells = (
                _cell(row["step"]),
                _cell(row["rule"]),
                f"{row['documents']:,}",
                share(row["documents"], totals["read"]),
            )
            yield f"| {' | '.join(cells)} |"
    for label, key in (("could not be read", "quarantined"), ("**kept**", "kept")):
        yield f"| {label} | | {totals[key]:,} | {share(totals[key], totals['read'])} |"
    yield ""


def _recipe(manifest: Mapping[str, Any]) -> Iterator[str]:
    yield "## Recipe\n\nEvery step with all its parameters, in order:\n\n```json"
    for step in manifest["recipe"]["steps"]:
        yield json.dumps(step, ensure_ascii=False, sort_keys=True)
    yield "```"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size_category(documents: int) -> str:
    return next((label for limit, label in _SIZES if documents < limit), "n>1T")


def _plain(text: str) -> str:
    """Text that no Markdown or HTML reader takes for anything else."""
    return " ".join(text.split()).replace("`", "'").replace("<", "&lt;")


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")
