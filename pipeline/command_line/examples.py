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
    "verify": ("textmill verify out", "textmill verify s3://bucket/out --json"),
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
    "kernels build": ("textmill kernels build", "textmill kernels build -o kernels/"),
    "train tokenizer": (
        "textmill train tokenizer bpe out -o tokenizer --vocabulary-size 32000",
        "textmill train tokenizer unigram web=out books=shelf/ -o tokenizer --weight web=3 --weight books=1",
        "textmill train tokenizer bpe out -o tokenizer --pattern llama3 --digits apart --special '<|user|>'",
    ),
    "train quality": (
        "textmill train quality --positive books=shelf/ --negative crawl=out/ -o model",
        "textmill train quality --positive good.jsonl --negative bad.jsonl --form linear --split-by site -o model",
        "textmill train quality --labelled web=pages.jsonl --label-field topic -o topics",
    ),
    "train perplexity": (
        "textmill train perplexity wikipedia/ -o model",
        "textmill train perplexity out --by-language --fold --megabytes 500 -o models",
    ),
    "train importance": (
        "textmill train importance --target books/ --raw out -o model",
        "textmill train importance --target a=good/ --target b=more/ --weight a=2 --weight b=1 --raw out -o model",
    ),
}


def epilog(command: str) -> str | None:
    """The examples of a command, as click takes them; ``\\b`` keeps its lines as they are."""
    lines = EXAMPLES.get(command)
    return None if lines is None else "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
