"""F1 by kind, false replacements and speed of ScrubPII beside peers, on the same texts in one run.

    python benchmarks/pii.py DATA/pii/presidio_generated_large.json [TEXT FILES] [--presidio-python PYTHON …]

Labelled texts are Presidio's generated ones (those at odd positions; the others may be looked at while rules are
mended) and those of ``pii_texts.py``, whose held half is counted. A finding counts where it overlaps a labelled span
of its kind; of the made-up texts also how many have exactly its ends. References, tables and logs without anything
personal give the false replacements for each 500 KB. Peers are run by Pythons of their own environments; Presidio is
told that all texts are English, it has no other way. Text files given behind are for the speed, and what is found in
them is listed by kind, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from pii_texts import LANGUAGES, Labelled, nothing, phones, values

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII

HERE = Path(__file__).parent
PRESIDIO = {
    **{"EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip", "CREDIT_CARD": "card", "PHONE_NUMBER": "phone"},
    **{"IBAN_CODE": "iban", "US_SSN": "ssn"},
}
KINDS = ("email", "card", "iban", "ip", "ssn", "secret", "phone")
Found: TypeAlias = list[list[tuple[int, int, str]]]


def ours(texts: Sequence[str], languages: Sequence[str] | None = None) -> tuple[Found, float]:
    """What is found, in characters, and CPU seconds of ``clean``."""
    batch, step = make_batch(texts), ScrubPII(keep_private_ips=False)
    if languages is not None:
        batch = batch.append_column("language.label", pa.array(languages, pa.string()))
    spans = step.find(batch)
    begun = time.process_time()
    step.clean(batch)
    seconds = time.process_time() - begun
    found: Found = [[] for _ in texts]
    for row, listed in spans.items():
        data = texts[row].encode()
        found[row] = [(len(data[: s.start].decode()), len(data[: s.end].decode()), s.kind) for s in listed]
    return found, seconds


def peer(name: str, python: str, texts: Sequence[str], *more: str) -> tuple[Found, float]:
    """The same of a peer, by its Python."""
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "texts.json"), Path(folder, "result.json")
        given.write_text(json.dumps(texts), encoding="utf-8")
        script = HERE / "peers" / f"pii_of_{name}.py"
        command = [python, "-W", "ignore", str(script), str(given), str(result), *more]
        subprocess.run(command, check=True, stdout=sys.stderr)
        answer = json.loads(result.read_text(encoding="utf-8"))
        return [[tuple(span) for span in spans] for spans in answer["spans"]], answer["seconds"]


def f1(labelled: Sequence[Labelled], found: Found, kind: str, *, exactly: bool = False) -> float | None:
    """F1 of one kind; None where neither is any."""
    hit = missed = false = 0
    for text, spans in zip(labelled, found, strict=True):
        gold = [span for span in text.spans if span[2] == kind]
        own = [span for span in spans if span[2] == kind]
        if exactly:
            hits = sum(span in own for span in gold)
            wrong = sum(span not in gold for span in own)
        else:
            hits = sum(any(a < e and s < b for a, b, _ in own) for s, e, _ in gold)
            wrong = sum(not any(a < e and s < b for s, e, _ in gold) for a, b, _ in own)
        hit, missed, false = hit + hits, missed + len(gold) - hits, false + wrong
    return 2 * hit / (2 * hit + missed + false) if hit + missed + false else None


def line(name: str, numbers: Sequence[float | None], note: str = "") -> None:
    print(f"  {name:<24}" + "".join("      -" if n is None else f"{n:7.3f}" for n in numbers) + f"  {note}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--presidio-python", help="Python of an environment with presidio-analyzer and a spaCy model")
    parser.add_argument("--presidio-model", default="en_core_web_sm", help="name of that model")
    parser.add_argument("--datatrove-python")
    parser.add_argument("--dolma-python")
    parser.add_argument("--tuning", action="store_true", help="show what is wrong in the tuning halves instead")
    options = parser.parse_args()
    half = "tuning" if options.tuning else "held"
    items = json.loads(options.gold.read_text(encoding="utf-8"))[0 if options.tuning else 1 :: 2]
    gold = [
        Labelled(
            item["full_text"],
            "en",
            "",
            [
                (span["start_position"], span["end_position"], PRESIDIO[span["entity_type"]])
                for span in item["spans"]
                if span["entity_type"] in PRESIDIO
            ],
        )
        for item in items
    ]
    sets = {
        "Presidio's texts": gold,
        "made-up values": list(values(half, 100)),
        "made-up phones": list(phones(half, 60)),
    }
    empty = list(nothing(half, 300))
    size = sum(len(text.text.encode()) for text in empty)
    everything = [text for texts in sets.values() for text in texts] + empty
    texts = [text.text for text in everything]
    answers = {
        "textmill": ours(texts, [text.language for text in everything]),
        "textmill, no language": ours(texts),
    }
    for name, python, more in (
        ("presidio", options.presidio_python, (options.presidio_model,)),
        ("datatrove", options.datatrove_python, ()),
        ("dolma", options.dolma_python, ()),
    ):
        if python:
            answers[name] = peer(name, python, texts, *more)
    start = 0
    for title, labelled in sets.items():
        slices = {name: found[start : start + len(labelled)] for name, (found, _) in answers.items()}
        start += len(labelled)
        if title == "made-up phones":
            continue
        print(f"{title}, {len(labelled)}: F1\n  {'':<24}" + "".join(f"{kind:>7}" for kind in KINDS))
        for name, found in slices.items():
            line(name, [f1(labelled, found, kind) for kind in KINDS])
        if title == "made-up values":
            line("textmill, exact ends", [f1(labelled, slices["textmill"], kind, exactly=True) for kind in KINDS])
    labelled = sets["made-up phones"]
    print(f"made-up phones, {len(labelled)}: F1 by country\n  {'':<24}" + "".join(f"{c:>7}" for c in LANGUAGES))
    for name, found in slices.items():
        exact = name.startswith("textmill")
        for exactly in (False, True) if exact else (False,):
            numbers = []
            for country in LANGUAGES:
                rows = [row for row, text in enumerate(labelled) if text.country == country]
                own = [found[row] for row in rows]
                numbers.append(f1([labelled[row] for row in rows], own, "phone", exactly=exactly))
            line(name, numbers, "exact ends" if exactly else "")
    print(
        f"false replacements for each 500 KB of {size / 1e6:.1f} MB with nothing personal; MB/s of CPU time, all texts"
    )
    whole = sum(len(text.encode()) for text in texts) / 1e6
    for name, (found, seconds) in answers.items():
        wrong = sum(map(len, found[-len(empty) :]))
        print(f"  {name:<24}{wrong / size * 500_000:9.1f}{whole / seconds:9.2f}")
    if options.tuning:
        for text, spans in zip(everything, answers["textmill"][0], strict=True):
            if sorted(text.spans) != sorted(spans):
                print(f"{text.text!r}\n    expected {text.spans}, found {spans}")
    documents = [path.read_text(encoding="utf-8", errors="replace") for path in options.texts]
    if documents:
        megabytes = sum(len(text.encode()) for text in documents) / 1e6
        print(f"{len(documents)} text files, {megabytes:.1f} MB")
        for name, (found, seconds) in {
            "textmill": ours(documents),
            **(
                {"datatrove": peer("datatrove", options.datatrove_python, documents)}
                if options.datatrove_python
                else {}
            ),
            **({"dolma": peer("dolma", options.dolma_python, documents)} if options.dolma_python else {}),
        }.items():
            counts = dict(Counter(kind for spans in found for _, _, kind in spans))
            print(f"  {name:<24}{megabytes / seconds:8.1f} MB/s of CPU time; found {counts}")


if __name__ == "__main__":
    main()
