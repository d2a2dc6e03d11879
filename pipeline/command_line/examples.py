"""What stands at the end of each command's ``--help``."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "run": (
        "textmill run fineweb crawl/ -o out",
        "textmill run default web=crawl/ books/*.epub -o out --kind book=books --workers 8",
        "textmill run mine.yaml 's3://bucket/crawl/*.warc.gz' -o s3://bucket/out --set gopher_quality.min_words=30",
        "textmill run fineweb crawl/ -o out --columns 'gopher.*,license' --partition language",
        "textmill run fineweb gs://b/crawl -o gs://b/out --runner dataflow -- --project=P --region=R",
    ),
    "clean": (
        "textmill clean page.html",
        "cat notes.txt | textmill clean - --recipe gopher --quiet",
        "textmill clean crawl/ books/ --output-dir clean --format markdown",
        "textmill clean *.warc.gz -o clean.jsonl --recipe fineweb",
    ),
    "explain": (
        "textmill explain page.html --recipe fineweb",
        "textmill explain page.html --html > why.html",
        "textmill explain out --document 1f0c8e2d --input crawl/",
    ),
    "recipes": ("textmill recipes", "textmill recipes fineweb"),
    "init": ("textmill init", "textmill init mine.yaml --from fineweb"),
    "retune": (
        "textmill retune out --set gopher_quality.min_words=30",
        "textmill retune out --set fineweb_quality.max_short_line_ratio=none --write mine.yaml",
    ),
    "verify": ("textmill verify out",),
    "mix": ("textmill mix mix.yaml -o mixed",),
    "export": ("textmill export mixed --format megatron -o trained/data",),
    "stats": ("textmill stats out", "textmill stats crawl/ --top 30 --html crawl.html"),
    "view": ("textmill view out", "textmill view out --json"),
    "push": ("textmill push out --repo me/clean-pages --private",),
    "estimate": ("textmill estimate fineweb crawl/",),
    "compare": (
        "textmill compare out-a out-b",
        "textmill compare out-a out-b --held-out held-out/ --html compared.html",
    ),
}


def epilog(command: str) -> str | None:
    """The examples of a command, as click takes them; ``\\b`` keeps its lines as they are."""
    lines = EXAMPLES.get(command)
    return None if lines is None else "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
