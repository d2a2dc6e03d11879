"""What ``textmill train perplexity`` does: samples, learns, measures, and writes a folder that says how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...filters.models.ngram_model import write_model
from ...version import __version__
from ..input.inputs import InputOptions
from ..training.perplexity import PERCENTILES, PerplexityOptions, TrainedModel, train_model
from ..training.sample import Sample, draw_sample
from ..training.sources import parse_sources
from .learnt_folder import check_new, teller, whole_folder, write_text

SALT = "perplexity"
MODEL = "model.lm"


@dataclass(frozen=True, kw_only=True)
class PerplexityOrder:
    """What is asked of ``textmill train perplexity`` besides the model itself."""

    sources: Sequence[str]
    output: Path
    weights: Sequence[str] = ()
    temperature: float = 1.0
    megabytes: float = 100.0
    by_language: bool = False
    least_megabytes: float = 0.1
    """Languages with less text get no model of their own."""
    reading: InputOptions


def train_perplexity_folder(
    order: PerplexityOrder, options: PerplexityOptions, *, quiet: bool = False
) -> dict[str, Any]:
    """Write ``model.lm``, or ``LANGUAGE.lm`` for each language, ``report.json`` and a card.

    The folder comes to be whole or not at all. The same texts and options give the same bytes.

    Returns:
        What ``report.json`` holds.

    Raises:
        InputError: for a folder that holds something, missing sources, or too little text.
    """
    check_new(order.output)
    if order.megabytes <= 0 or order.temperature < 0:
        raise InputError("--megabytes must be above 0, and --temperature not below")
    tell = teller(quiet=quiet)
    sources = parse_sources(order.sources, order.weights)
    sample = draw_sample(sources, order.megabytes, order.reading, salt=SALT, temperature=order.temperature, tell=tell)
    if sample.lost:
        tell("left out what cannot be read: " + ", ".join(f"{count} {error}" for error, count in sample.lost.items()))
    parts = _parts(sample, order)
    with whole_folder(order.output) as folder:
        models: dict[str, TrainedModel] = {}
        for file, texts in parts.items():
            tell(f"learning {file} from {_size(texts) / 1e6:,.1f} MB in {len(texts):,} texts")
            models[file] = train_model(texts, options)
            facts = {"held_out": models[file].measured, "textmill": __version__}
            write_model(folder / file, models[file].learnt, models[file].reading, facts)
        report = _report(options, sample, models, order)
        write_text(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        write_text(folder / "README.md", _card(options, sample, models))
    return report


def _parts(sample: Sample, order: PerplexityOrder) -> dict[str, pa.Table]:
    """The texts of each model, by the name of its file."""
    if not order.by_language:
        return {MODEL: sample.texts}
    languages = sorted(set(sample.texts["language"].to_pylist()) - {"und"})
    parts = {f"{one}.lm": sample.texts.filter(pc.equal(sample.texts["language"], one)) for one in languages}
    found = {name: texts for name, texts in parts.items() if _size(texts) >= order.least_megabytes * 1e6}
    if not found:
        raise InputError(
            f"no language has {order.least_megabytes} MB of text; leave --by-language out, or give more text"
        )
    return found


def _size(texts: pa.Table) -> int:
    return pc.sum(pc.binary_length(texts["text"])).as_py() or 0


def _report(
    options: PerplexityOptions, sample: Sample, models: Mapping[str, TrainedModel], order: PerplexityOrder
) -> dict[str, Any]:
    by_source: dict[str, dict[str, int]] = {}
    for (source, language), size in sample.drawn.items():
        if size:
            by_source.setdefault(source, {})[language] = size
    return {
        "options": asdict(options) | {"prune": list(options.prune)},
        "sample": {
            "megabytes_wanted": order.megabytes,
            "temperature": order.temperature,
            "documents": len(sample.texts),
            "documents_available": sample.documents,
            "sha256_of_ids": sample.sha256_of_ids,
            "bytes": by_source,
            "unreadable": dict(sample.lost),
        },
        "models": {name: model.facts() for name, model in models.items()},
        "versions": {"textmill": __version__},
    }


def _card(options: PerplexityOptions, sample: Sample, models: Mapping[str, TrainedModel]) -> str:
    pruned = ", ".join(
        f"{'longer' if at == len(options.prune) else at}: {one}" for at, one in enumerate(options.prune, 1)
    )
    sizes: dict[str, int] = {}
    for (source, _), size in sample.drawn.items():
        sizes[source] = sizes.get(source, 0) + size
    drawn = "".join(f"| {source} | {size / 1e6:,.2f} |\n" for source, size in sizes.items())
    rows = "".join(
        f"| {name} | {model.bytes / 1e6:,.1f} | {model.learnt.tokens:,} | {sum(model.learnt.kept):,} | "
        + (
            f"{model.measured['perplexity']:,.1f} | {model.measured['unknown_ratio']:.1%} | "
            + " | ".join(f"{model.measured['percentiles'][str(one)]:,.0f}" for one in PERCENTILES)
            if "perplexity" in model.measured
            else " | ".join("" for _ in range(2 + len(PERCENTILES)))
        )
        + " |\n"
        for name, model in models.items()
    )
    head = "".join(f" {one} % |" for one in PERCENTILES)
    model = "{language}.lm" if MODEL not in models else MODEL
    return (
        f"# A language model over n-grams of up to {options.order} words\n\n"
        f"Interpolated Kneser-Ney with modified discounts, as KenLM estimates it. Words: {options.words}"
        f"{', written as CCNet does' if options.fold else ''}. Left out are n-grams of one, two and more words that "
        f"are not seen more often than this: {pruned}. Trained by textmill {__version__}; `report.json` has every "
        "setting and number.\n\n"
        f"    steps:\n      - perplexity: {{model: PATH/{model}, maximum: …}}\n\n"
        f"## Learnt from\n\n{len(sample.texts):,} of {sample.documents:,} texts.\n\n"
        f"| source | MB |\n|---|---|\n{drawn}\n"
        "## Measured on texts that were held out\n\nPerplexity of all words, share of words not seen, and percentiles "
        "of the texts' perplexities, among which bounds may be chosen.\n\n"
        f"| model | MB | words | n-grams | perplexity | unknown |{head}\n"
        f"|---|---|---|---|---|---|{'---|' * len(PERCENTILES)}\n{rows}"
    )
