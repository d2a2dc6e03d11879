"""Precision, recall and speed of ScrubPII: ``python benchmarks/pii.py presidio_generated_large.json [TEXT FILES]``.

The gold texts are cut in two: those at even positions were looked at while tuning, those at odd ones only counted. A
gold span counts as found when a finding of its kind overlaps it. Text files given behind are for the speed.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.find import Finder, Window

KINDS = {
    **{"EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip", "CREDIT_CARD": "card", "PHONE_NUMBER": "phone"},
    **{"IBAN_CODE": "iban", "US_SSN": "ssn"},
}
# What datatrove 0.10 runs over every text: an expression for e-mail, one for IPv4 (written anew here, no validation).
NAIVE = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
    r"|(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
)


def evaluate(items: list[dict[str, Any]], *, show: bool = False) -> None:
    finder = Finder(keep_private=False)
    hit, gold_count, found_count, false = Counter[str](), Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    missed: list[str] = []
    for item in items:
        text = item["full_text"]
        data = text.encode()
        found = finder.spans(data, [Window(0, len(data), 2047)])
        gold = [
            (len(text[: s["start_position"]].encode()), len(text[: s["end_position"]].encode()), s["entity_type"])
            for s in item["spans"]
        ]
        for start, end, kind in gold:
            if kind in KINDS:
                gold_count[KINDS[kind]] += 1
                if any(f.kind == KINDS[kind] and f.start < end and start < f.end for f in found):
                    hit[KINDS[kind]] += 1
                elif show:
                    missed.append(f"missed {kind}: {data[max(0, start - 30) : end + 10].decode(errors='ignore')!r}")
        for f in found:
            found_count[f.kind] += 1
            over = [kind for start, end, kind in gold if f.start < end and start < f.end]
            if not any(KINDS.get(kind) == f.kind for kind in over):
                false[f.kind, over[0] if over else "nothing"] += 1
                if show:
                    missed.append(f"false {f.kind} {over}: {data[max(0, f.start - 30) : f.end + 10]!r}")
    for kind in KINDS.values():
        wrong = sum(n for (k, _), n in false.items() if k == kind)
        precision = 1 - wrong / max(found_count[kind], 1)
        reasons = "".join(f"; {n} on {why}" for (k, why), n in sorted(false.items()) if k == kind)
        print(
            f"  {kind:<6} precision {precision:.3f} ({found_count[kind]} found{reasons})"
            f"  recall {hit[kind] / max(gold_count[kind], 1):.3f} of {gold_count[kind]}"
        )
    print("\n".join(missed))


def speed(name: str, action: Callable[[], object], size_bytes: int) -> None:
    action()
    times = []
    for _ in range(3):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    print(f"  {name:<52}{size_bytes / min(times) / 1e6:8.1f} MB/s of CPU time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--show-misses", action="store_true", help="of the tuning half")
    options = parser.parse_args()
    items = json.loads(options.gold.read_text(encoding="utf-8"))
    print("tuning half")
    evaluate(items[::2], show=options.show_misses)
    print("reporting half")
    evaluate(items[1::2])
    documents = [path.read_text(encoding="utf-8", errors="replace") for path in options.texts]
    if documents:
        for kind in ("web", "code"):
            _, measured = ScrubPII().clean(make_batch(documents, kind=kind))
            counts = {name: sum(filter(None, column.to_pylist())) for name, column in measured.items()}
            print(f"found in the text files, taken for {kind}: { ({n: c for n, c in counts.items() if c}) }")
    for name, texts in (("gold texts", [i["full_text"] for i in items]), ("text files", documents)):
        if texts:
            batch, size, step = make_batch(texts), sum(len(t.encode()) for t in texts), ScrubPII()
            print(f"speed on {len(texts)} {name}, {size / 1e6:.1f} MB")
            speed("textmill ScrubPII (all kinds)", lambda step=step, batch=batch: step.clean(batch), size)
            speed(
                "one expression over the text (e-mail and IPv4 only)",
                lambda texts=texts: [NAIVE.sub("x", text) for text in texts],
                size,
            )


if __name__ == "__main__":
    main()
