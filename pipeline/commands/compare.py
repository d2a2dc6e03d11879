"""What ``textmill compare`` does and prints: two finished runs beside each other, and from which more is learnt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..comparing.kept import NOT_READ, PERCENTILES, Kept, Reason, compare_kept
from ..comparing.page import page_of
from ..comparing.proxy import LITTLE_TOKENS, SURE, Difference, Proxy, ProxyOptions, ask
from ..files.storage import local_path
from ..input.inputs import InputOptions
from ..output.charts import number, share, size
from ..output.manifest import read_manifest
from ..training.sources import Source
from .learnt_folder import teller

MOST_REASONS = 8
MOST_SPREADS = 8
MOST_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class ComparisonOrder:
    """What is asked of ``textmill compare``."""

    first: str
    second: str
    held_out: str | None = None
    html: Path | None = None
    options: ProxyOptions
    reading: InputOptions


def compare_runs(order: ComparisonOrder, *, quiet: bool = False, as_json: bool = False) -> Iterator[str]:
    """Compare two finished runs; yields what is to be printed.

    Raises:
        InputError: for folders that are no finished runs, and too little text.
    """
    tell = teller(quiet=quiet)
    folders = order.first, order.second
    manifests = read_manifest(order.first), read_manifest(order.second)
    if order.html is not None and not order.html.parent.is_dir():
        raise InputError(f"there is no folder {order.html.parent} for {order.html.name}; make it first")
    domains = _domains(order.held_out) if order.held_out is not None else []
    tell("comparing the ledgers")
    kept = compare_kept(folders, manifests)
    proxy = None
    if domains:
        runs = Source("A", order.first), Source("B", order.second)
        proxy = ask(runs, domains, order.options, order.reading, tell=tell)
    verdict = verdict_of(kept, proxy)
    if order.html is not None:
        order.html.write_text(page_of(kept, proxy, verdict), encoding="utf-8", newline="\n")
        tell(f"wrote {order.html}")
    if as_json:
        yield json.dumps(_as_dict(kept, proxy, verdict), ensure_ascii=False)
    else:
        yield from _lines(kept, proxy, verdict)


def _domains(folder: str) -> list[Source]:
    """Each folder in a local folder is a domain, and the files beside them are one; anything else is one as a whole."""
    local = local_path(folder)
    if local is None or not Path(local).is_dir():
        return [Source(folder.rstrip("/").rpartition("/")[2], folder)]
    inside = sorted(path for path in Path(local).iterdir() if not path.name.startswith("."))
    folders = [Source(path.name, str(path)) for path in inside if path.is_dir()]
    files = [Source(path.name, str(path)) for path in inside if path.is_file()]
    if not folders:
        return [Source(Path(local).name, str(local))]
    return [*folders, *files]


def verdict_of(kept: Kept, proxy: Proxy | None) -> str:
    """One sentence: which is better, and how sure that is."""
    if proxy is None:
        overlap = kept.overlap
        whole = overlap.both + overlap.only_first + overlap.only_second
        return f"{share(overlap.both, whole)} of the documents that either has kept are in both"
    one = proxy.overall
    if one.better is None:
        reach = max(abs(one.low), abs(one.high))
        return (
            f"Neither can be told to be better: the difference is {one.value:+.4f} bits for each byte, and at most "
            f"{reach:.4f} with {SURE:.0%} certainty"
        )
    name = "AB"[one.better]
    better, worse = sorted((one.first, one.second))
    return (
        f"{name} ({kept.sides[one.better].folder}) is better: {better:.4f} bits for each byte against {worse:.4f}, "
        f"{1 - better / worse:.1%} fewer; sure to {one.certainty}"
    )


def _as_dict(kept: Kept, proxy: Proxy | None, verdict: str) -> dict[str, Any]:
    better = None if proxy is None or proxy.overall.better is None else "AB"[proxy.overall.better]
    return {
        "verdict": verdict,
        "better": better,
        "runs": {name: asdict(side) for name, side in zip("AB", kept.sides, strict=True)},
        "overlap": asdict(kept.overlap),
        "only": {name: [asdict(one) for one in reasons] for name, reasons in zip("AB", kept.only, strict=True)},
        "distributions": [asdict(one) for one in kept.spreads],
        "shares": [asdict(one) for one in kept.shares],
        "proxy": None if proxy is None else _proxy_dict(proxy),
    }


def _proxy_dict(proxy: Proxy) -> dict[str, Any]:
    told: Mapping[str, Any] = asdict(proxy)
    return {**told, "sure_from": SURE, "little": proxy.tokens < LITTLE_TOKENS}


def _lines(kept: Kept, proxy: Proxy | None, verdict: str) -> Iterator[str]:
    yield verdict
    yield ""
    for name, side in zip("AB", kept.sides, strict=True):
        tokens = f", {side.tokens:,} tokens ({side.tokenizer})" if side.tokens is not None else ""
        yield (
            f"{name}  {side.folder} ({side.recipe}): {side.kept:,} of {side.read:,} documents "
            f"({share(side.kept, side.read)}), {size(side.bytes)} of text{tokens}"
        )
    both = kept.overlap
    yield ""
    yield f"in both    {both.both:>10,} documents  {size(both.bytes_both):>10}   {both.texts_both:,} equal texts"
    yield f"only in A  {both.only_first:>10,} documents  {size(both.bytes_only_first):>10}"
    yield f"only in B  {both.only_second:>10,} documents  {size(both.bytes_only_second):>10}"
    if proxy is not None:
        yield ""
        yield from _proxy_lines(proxy)
    for has, has_not, reasons in (("A", "B", kept.only[0]), ("B", "A", kept.only[1])):
        yield from _reason_lines(has, has_not, reasons)
    differing = [spread for spread in kept.spreads if spread.distance > 0]
    if differing:
        yield ""
        yield "kept documents, percentiles 5, 25, 50, 75, 95; where both differ most first"
        for spread in differing[:MOST_SPREADS]:
            yield f"  {spread.name}  ({spread.distance:.1%} lie elsewhere)"
            for name, values in zip("AB", spread.percentiles, strict=True):
                yield f"    {name}  " + "  ".join(f"{number(one):>10}" for one in values[: len(PERCENTILES)])


def _proxy_lines(proxy: Proxy) -> Iterator[str]:
    yield (
        f"bits for each byte of held-out text, by n-gram models of {proxy.samples} samples of {proxy.tokens:,} tokens "
        f"({proxy.tokenizer}) from each; fewer are better"
    )
    wide = max(len(one.domain) for one in (proxy.overall, *proxy.domains))
    yield f"  {'':<{wide}}  {'A':>8}  {'B':>8}  {'A - B':>8}  {f'{SURE:.0%} interval':^20}  sure"
    for one in (proxy.overall, *proxy.domains):
        yield f"  {one.domain:<{wide}}  {_numbers(one)}"
    if proxy.left_out:
        yield f"  {proxy.left_out:,} held-out texts stand in one of the runs and were left out"
    if proxy.tokens < LITTLE_TOKENS:
        yield "  these samples are small; from more text another verdict may come"


def _numbers(one: Difference) -> str:
    better = "cannot be told" if one.better is None else f"{'AB'[one.better]} is better"
    interval = f"{one.low:+.4f} … {one.high:+.4f}"
    return f"{one.first:8.4f}  {one.second:8.4f}  {one.value:+8.4f}  {interval:^20}  {one.certainty}, {better}"


def _reason_lines(has: str, has_not: str, reasons: Sequence[Reason]) -> Iterator[str]:
    if not reasons:
        return
    yield ""
    yield f"only in {has}: why not in {has_not}"
    for one in reasons[:MOST_REASONS]:
        why = f"not read by {has_not}" if one.rule == NOT_READ else f"{one.step}.{one.rule}".rstrip(".")
        yield f"  {why}: {one.documents:,} documents, {size(one.bytes)}"
        for example in one.examples:
            text = " ".join(example["text"].split())[:MOST_CHARS]
            value = f" ({example['value']} against {example['threshold']})" if example["threshold"] else ""
            yield f"    {example['doc_id'][:12]}{value}  {text}"
    if len(reasons) > MOST_REASONS:
        yield f"  and {len(reasons) - MOST_REASONS:,} more rules"
