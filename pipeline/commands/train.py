"""What ``textmill train`` does: samples, trains, measures, and writes a folder that says how it came about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...version import __version__
from ..input.inputs import InputOptions
from ..training.sample import Sample, draw_sample
from ..training.sources import Source, parse_sources
from ..training.tokenizer_options import TokenizerOptions
from ..training.tokenizer_report import Measured, comparison_table, measure
from ..training.tokenizers import Trained, train_tokenizer
from .learnt_folder import check_new, teller, whole_folder, write_text

SALT = "tokenizer"


@dataclass(frozen=True, kw_only=True)
class TokenizerOrder:
    """What is asked of ``textmill train tokenizer`` besides the tokenizer itself."""

    sources: Sequence[str]
    output: Path
    weights: Sequence[str] = ()
    temperature: float = 1.0
    megabytes: float = 100.0
    check_megabytes: float = 500.0
    compare: Sequence[str] = ("cl100k", "o200k")
    reading: InputOptions


def train_tokenizer_folder(order: TokenizerOrder, options: TokenizerOptions, *, quiet: bool = False) -> dict[str, Any]:
    """Write ``tokenizer.json``, ``tokenizer_config.json``, ``tokenizer.model`` (Unigram), ``report.json`` and a card.

    The folder comes to be whole or not at all. The same sources, options and library versions give the same bytes.

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
    texts = sample.texts["text"]
    tell(f"learning from {sum(sample.drawn.values()) / 1e6:,.1f} MB in {len(texts):,} texts")
    trained = train_tokenizer(lambda: _texts(texts), options)
    with whole_folder(order.output) as folder:
        _write(folder, trained)
        tell(f"measuring it beside {', '.join(order.compare) or 'nothing'}")
        measured = measure(_checked(sources, order), folder / "tokenizer.json", order.compare)
        report = _report(options, sample, measured, order)
        write_text(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        write_text(folder / "README.md", _card(options, sample, measured))
    return report


def _texts(texts: pa.ChunkedArray) -> Iterator[str]:
    for chunk in texts.chunks:
        for one in chunk:
            yield one.as_py()


def _checked(sources: Sequence[Source], order: TokenizerOrder) -> Iterator[pa.RecordBatch]:
    """Texts from the beginning of each source, of equal size together, as many as are to be looked at."""
    for source in sources:
        left = order.check_megabytes * 1e6 / len(sources)
        for batch in source.read(order.reading):
            if left <= 0:
                break
            yield batch
            left -= pc.sum(pc.binary_length(batch["text"])).as_py()


def _write(folder: Path, trained: Trained) -> None:
    write_text(folder / "tokenizer.json", trained.tokenizer_json)
    write_text(folder / "tokenizer_config.json", json.dumps(trained.config, ensure_ascii=False, indent=1) + "\n")
    if trained.model is not None:
        (folder / "tokenizer.model").write_bytes(trained.model)


def _report(
    options: TokenizerOptions, sample: Sample, measured: Sequence[Measured], order: TokenizerOrder
) -> dict[str, Any]:
    ours = measured[0]
    return {
        "options": asdict(options) | {"special": list(options.all_special)},
        "sample": {
            "megabytes_wanted": order.megabytes,
            "temperature": order.temperature,
            "documents": len(sample.texts),
            "documents_available": sample.documents,
            "sha256_of_ids": sample.sha256_of_ids,
            "bytes": _nested(sample.drawn),
            "bytes_available": _nested(sample.available),
            "unreadable": dict(sample.lost),
        },
        "measured": [one.as_dict() for one in measured],
        "texts_measured": ours.texts,
        "texts_not_exact": ours.not_exact,
        "versions": {"textmill": __version__, **_libraries(options)},
    }


def _libraries(options: TokenizerOptions) -> dict[str, str]:
    names = ("tokenizers", "sentencepiece") if options.model == "unigram" else ("tokenizers",)
    return {name: version(name) for name in names}


def _nested(strata: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (source, language), size in strata.items():
        if size:
            found.setdefault(source, {})[language] = size
    return found


def _card(options: TokenizerOptions, sample: Sample, measured: Sequence[Measured]) -> str:
    ours = measured[0]
    drawn = _nested(sample.drawn)
    total = sum(sample.drawn.values())
    rows = "".join(
        f"| {source} | {sum(sizes.values()) / 1e6:,.2f} | {sum(sizes.values()) / total:.1%} | {len(sizes)} |\n"
        for source, sizes in drawn.items()
    )
    exact = (
        f"All {ours.texts:,} texts come back byte for byte when their ids are decoded."
        if not ours.not_exact
        else f"{ours.not_exact:,} of {ours.texts:,} texts do not come back as they were when their ids are decoded."
    )
    kind = {"bpe": f"BPE, bytes: {options.bytes}", "unigram": "Unigram with byte fallback", "wordpiece": "WordPiece"}
    cut = f", pieces by {options.pattern}" if options.model == "bpe" and options.bytes == "level" else ""
    return (
        f"# A tokenizer of {ours.vocabulary_size:,} entries\n\n"
        f"{kind[options.model]}{cut}, digits: {options.digits}. Special tokens: "
        f"{', '.join(f'`{one}`' for one in options.all_special)}. Trained by textmill {__version__}; `report.json` has "
        "every setting and number.\n\n"
        f"## Learnt from\n\n{len(sample.texts):,} of {sample.documents:,} texts, {total / 1e6:,.2f} MB.\n\n"
        f"| source | MB | share | languages |\n|---|---|---|---|\n{rows}\n"
        f"## Measured on {ours.texts:,} texts, {ours.bytes / 1e6:,.2f} MB\n\n{exact}\n\n{comparison_table(measured)}\n"
        "Bytes of UTF-8 for one token; more is better. Most of these texts may have been learnt from.\n"
    )
