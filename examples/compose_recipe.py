"""Compose a recipe from scratch and look at what it does: ``python examples/compose_recipe.py``.

Written like a notebook: every ``# %%`` begins a cell, and editors that know the mark run them one by one. It takes a
few seconds and writes only to a temporary folder.
"""

# %% Functions of ours: one for a text, one for a whole Arrow batch with all its columns
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from textmill import (
    C4Lines,
    C4Quality,
    ExactDedup,
    GopherQuality,
    GopherRepetition,
    Language,
    Recipe,
    any_of,
    only_if,
    per_language,
    where,
)
from textmill.pipeline.commands.retune import retune


def exclamation_ratio(text: str) -> float:
    """Exclamation marks for each character."""
    return text.count("!") / max(len(text), 1)


def url_depth(batch: pa.RecordBatch) -> pa.Array:
    """Slashes in the path of the URL; null, and so never too many, without one."""
    return pc.subtract(pc.count_substring(batch["url"], "/"), 2)


# %% The recipe: steps in the order in which they act
recipe = Recipe(
    "mine",
    [
        Language(min_score=0.4),
        where(url_depth, maximum=6, returns="int"),
        only_if(
            C4Lines(end_punctuation=False, min_words_per_line=3),
            # A page passes as prose, or as a page of at least five sentences.
            any_of(GopherQuality(min_words=300), C4Quality(min_sentences=5, max_curly_brackets=None)),
            kind="web",
        ),
        # Chinese and Japanese have words of one or two characters, and no spaces between them.
        per_language(GopherRepetition(), {"zh+ja": {"max_top_2_gram_ratio": 0.25}}),
        where(exclamation_ratio, maximum=0.02),
        ExactDedup(),
    ],
)
print("steps:", ", ".join(planned.id for planned in recipe.plan.steps))

# %% One text: its verdict, and everything that was measured
for text in ("Buy it now!!! Buy it now!!!", "The old bridge was built by the people of the town. It still stands."):
    found = recipe.clean(text, kind="other")
    print(f"\n{text!r}\n  {found.verdict}")
    for name, value in found.measurements.items():
        if name in ("language.label", "exclamation_ratio", "gopher.top_2_gram_ratio"):
            print(f"  {name} = {value if isinstance(value, str) else round(value, 4)}")

# %% The example corpus: what each rule removed
corpus = Path(__file__).parent / "corpus"
output = tempfile.TemporaryDirectory()
folder = str(Path(output.name) / "out")
manifest = recipe.run(str(corpus), output=folder)
totals = manifest["totals"]
print(f"\n{totals['read']} documents read, {totals['kept']} kept, {totals['removed']} removed")
for row in manifest["funnel"]:
    if row["documents"]:
        print(f"  {row['step']}.{row['rule']}: {row['documents']}")

# %% The ledger: verdicts and measurements of every document, for any question
ledger = f"read_parquet('{folder}/ledger/*.parquet')"
query = f"""
    SELECT kind, count(*), count(*) FILTER (verdict = 'kept'), round(median("gopher.words"))::INT
    FROM {ledger} WHERE verdict <> 'quarantined' GROUP BY kind ORDER BY kind
"""
print("\nkind, documents, kept, median words")
for line in duckdb.sql(query).fetchall():
    print(" ", *line)

# %% Other thresholds, without reading a text again
settings = {"any_of.gopher_quality.min_words": 100, "any_of.c4_quality.min_sentences": 30}
change = retune(folder, settings)
print(f"\nwith {settings}:")
print(
    f"  {change.gained.documents} documents gained, {change.lost.documents} lost, {change.cannot_know} cannot be known"
)
output.cleanup()
