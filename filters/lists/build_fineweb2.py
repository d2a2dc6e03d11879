"""Write ``fineweb2.json.gz``: ``python -m textmill.filters.lists.build_fineweb2 LANGUAGES``.

``LANGUAGES`` is a JSON file (plain or gzip) with the configurations of FineWeb2 by language and script: the YAML files
in ``configs`` of https://github.com/huggingface/fineweb-2 (Apache-2.0), each as an object under its name.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

SOURCE = "https://github.com/huggingface/fineweb-2, configs/*.yml"
LICENCE = "Apache-2.0"
COLUMNS = (
    "min_score",
    "max_duplicate_line_ratio",
    *(f"max_top_{size}_gram_ratio" for size in (2, 3, 4)),
    *(f"max_duplicate_{size}_gram_ratio" for size in (5, 6, 7, 8, 9, 10)),
    "min_line_punctuation_ratio",
    "max_newline_ratio",
    "min_mean_word_length",
    "max_mean_word_length",
    "min_alpha_words_ratio",
)


def row_of(settings: dict[str, object]) -> list[object]:
    """Thresholds in the order of the columns, then the stop words."""
    by_size = {f"top_{size}": bound for size, bound in settings["top_n_grams"]}  # type: ignore[attr-defined]
    by_size |= {f"duplicate_{size}": bound for size, bound in settings["dup_n_grams"]}  # type: ignore[attr-defined]
    return [
        settings["language_score"],
        settings["dup_line_frac"],
        *(by_size[f"top_{size}"] for size in (2, 3, 4)),
        *(by_size[f"duplicate_{size}"] for size in (5, 6, 7, 8, 9, 10)),
        settings["line_punct_thr"],
        settings["new_line_ratio"],
        settings["min_avg_word_length"],
        settings["max_avg_word_length"],
        settings["max_non_alpha_words_ratio"],  # in spite of its name the fewest words with a letter
        "\n".join(settings["stopwords"]),  # type: ignore[arg-type]
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the configurations and write them as one table beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", type=Path, help="JSON file with all configurations")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "fineweb2.json.gz")
    options = parser.parse_args(arguments)
    content = options.languages.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    configurations = json.loads(content)
    table = {
        "source": SOURCE,
        "licence": LICENCE,
        "columns": COLUMNS,
        "rows": {name: row_of(configurations[name]) for name in sorted(configurations)},
    }
    written = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    options.output.write_bytes(gzip.compress(written, 9, mtime=0))
    print(f"{len(configurations):,} languages, {options.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
