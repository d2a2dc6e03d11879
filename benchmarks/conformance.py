"""Verdicts of the Gopher, C4 and FineWeb rules beside datatrove's and Dolma's, rule by rule, as a page of Markdown.

``python benchmarks/conformance.py DOCUMENTS.jsonl [FOLDER …] --datatrove-python PEER/bin/python --dolma-python
PEER/bin/python --output docs/conformance.md``. Only English documents count (lid.176, score at least 0.65). Each peer
runs in a process of its own, each of its rules alone with all others off; datatrove as installed, with spaCy's words.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textmill import C4Lines, C4Quality, FineWebQuality, GopherQuality, GopherRepetition, Language
from textmill.filters.base.batch import make_batch, replace_text
from textmill.filters.base.step import Filter

Verdicts = dict[str, npt.NDArray[np.bool_]]
"""By rule, whether each document breaks it."""

HERE = Path(__file__).parent
PEERS = ("datatrove", "dolma")
FORM = C4Lines(end_punctuation=False, min_words_per_line=3, count_citations=True)
"""C4's lines in FineWeb's form."""

WHY_DEFAULT = {
    "min_alpha_words_ratio": "marks are words of their own in spaCy's tokens, and have no letter",
    "min_words": "a word is what white space separates, not a token",
    "max_mean_word_length": "marks stay on their word",
    "min_mean_word_length": "marks stay on their word",
    "min_stop_words": "the peer wants small letters only, and takes stop words off their marks",
    "top": "the peer lets an n-gram that occurs once be the most frequent",
    "duplicate_line": "the peer compares blank lines too",
    "duplicate_paragraph": "the peer compares blank paragraphs too",
    "gram": "words are split otherwise",
    "min_sentences": "initials and abbreviations end no sentence in spaCy",
}
WHY_DEFAULT_DOLMA = {
    "mean_word_length": "Dolma takes the median",
    "hash_ratio": "Dolma counts words with # or …, not the signs, and takes both together",
    "ellipsis_ratio": "Dolma has one rule for both symbols",
    "bullet_lines": "Dolma's bullets are * and -, without white space before them",
    "ellipsis_lines": "Dolma takes … for an ellipsis, not ...",
    "min_stop_words": "Dolma counts every occurrence, in small letters only",
    "min_words": "Dolma counts words of marks only",
    "duplicate_line": "Dolma counts the first occurrence too, and divides by other characters",
    "top": "Dolma divides by characters that are no white space, and lets an n-gram occur once",
    "duplicate_": "Dolma counts all occurrences, which overlap, among all n-grams",
    "max_curly_brackets": "Dolma looks for { only",
}


def english(paths: Sequence[Path], limit: int) -> list[str]:
    """Texts of JSON lines and of folders of text files, those in English, evenly chosen, each once."""
    texts: list[str] = []
    for path in paths:
        if path.is_dir():
            texts += [one.read_text(encoding="utf-8", errors="replace") for one in sorted(path.iterdir())]
            continue
        with path.open(encoding="utf-8") as lines:
            every = [json.loads(line)["text"] for line in lines]
        texts += every[:: max(1, len(every) // limit)]
    texts = list(dict.fromkeys(texts))
    judge = Language(keep=("en",))
    measured = judge.measure(make_batch(texts))
    fails = np.any([rule.fails(measured[rule.measurement]) for rule in judge.rules], axis=0)
    return [text for text, other in zip(texts, fails, strict=True) if not other and text]


def broken(judge: Filter, texts: Sequence[str]) -> Verdicts:
    """Our verdicts by rule."""
    batch = make_batch(texts)
    if isinstance(judge, C4Quality) and judge.min_sentences is not None:
        batch = replace_text(batch, FORM.clean(batch)[0])
    measured = judge.measure(batch)
    found = {f"{judge.name}.{rule.name}": rule.fails(measured[rule.measurement]) for rule in judge.rules}
    if isinstance(judge, GopherQuality):  # the peers have one rule for both
        symbols = [f"gopher_quality.{name}" for name in ("max_hash_ratio", "max_ellipsis_ratio")]
        found["gopher_quality.hash_or_ellipsis_ratio"] = found[symbols[0]] | found[symbols[1]]
    return found


def ours(peer: str) -> dict[str, Sequence[Filter]]:
    """Filters by what the table calls them: as they are by default, and as the peer has them."""
    lines = 0.30 if peer == "dolma" else 0.20  # Dolma's own bound
    plain: list[Filter] = [GopherQuality(), GopherRepetition(max_duplicate_line_chars_ratio=lines)]
    if peer == "dolma":
        whole = C4Quality(min_sentences=None)  # the tags are of the whole document
        switched = [replace(judge, words=peer) for judge in plain]  # type: ignore[call-arg]
        return {"default": [*plain, whole], "switch": [*switched, whole]}
    plain.append(FineWebQuality())
    switched = [replace(judge, words=peer) for judge in plain]  # type: ignore[call-arg]
    five = C4Quality(min_sentences=5)
    return {"default": [*plain, five], "switch": [*switched, five]}


def run_peer(name: str, python: str, texts: Sequence[str]) -> Mapping[str, list[bool | None]]:
    """What the peer says of each document, by our name of the rule; None where it fails with an error."""
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "texts.json"), Path(folder, "result.json")
        given.write_text(json.dumps(texts), encoding="utf-8")
        script = HERE / "peers" / f"rules_of_{name}.py"
        subprocess.run(
            [python, "-W", "ignore", str(script), str(given), str(result)], check=True, stdout=subprocess.DEVNULL
        )
        found: dict[str, list[bool | None]] = json.loads(result.read_text(encoding="utf-8"))
        return found


def why(rule: str, causes: Mapping[str, str]) -> str:
    """The cause of the first key that is part of the rule."""
    return next((cause for part, cause in causes.items() if part in rule), "words are split otherwise")


def table(peer: str, python: str, texts: Sequence[str]) -> Iterable[str]:
    """Lines of Markdown: one for each rule, then the kept documents."""
    theirs = run_peer(peer, python, texts)
    mine: dict[str, Verdicts] = {}
    for form, judges in ours(peer).items():
        mine[form] = {}
        for judge in judges:
            mine[form] |= broken(judge, texts)
    yield f'| rule | broken for {peer} | equal by default | equal with `words="{peer}"` | why the default differs |'
    yield "| --- | ---: | ---: | ---: | --- |"
    left: Counter[tuple[str, str]] = Counter()
    for rule, verdicts in theirs.items():
        peer_fails = np.array([verdict is None or verdict for verdict in verdicts])
        equal = {form: np.mean(mine[form][rule] == peer_fails) for form in mine}
        causes = WHY_DEFAULT_DOLMA if peer == "dolma" else WHY_DEFAULT
        cause = why(rule, causes) if equal["default"] < 1 else ""
        yield f"| {rule} | {peer_fails.sum()} | {equal['default']:.1%} | {equal['switch']:.1%} | {cause} |"
        for number in np.flatnonzero(mine["switch"][rule] != peer_fails):
            stricter = "ours only" if mine["switch"][rule][number] else f"{peer} only"
            left[(rule, "an error of the peer" if verdicts[number] is None else stricter)] += 1
    yield ""
    for name in dict.fromkeys(rule.split(".")[0] for rule in theirs):
        rules = [rule for rule in theirs if rule.startswith(f"{name}.")]
        kept = {form: int(np.sum(~np.any([mine[form][rule] for rule in rules], axis=0))) for form in mine}
        fails = np.any([[verdict is None or verdict for verdict in theirs[rule]] for rule in rules], axis=0)
        equal = np.mean(np.any([mine["switch"][rule] for rule in rules], axis=0) == fails)
        yield (
            f"- `{name}`, all its rules: of {len(texts)} documents {peer} keeps {int(np.sum(~fails))}, ours "
            f"{kept['default']} by default and {kept['switch']} with the switch (equal verdicts {equal:.1%})."
        )
    yield ""
    if left:
        yield f"What is left with the switch: {left.total()} verdicts of {len(texts) * len(theirs)}."
        yield ""
        for (rule, who), count in left.most_common():
            yield f"- {rule}: {count} broken for {who}. {LEFT[peer].get(rule.split('.')[1], LEFT[peer][''])}"
    else:
        yield "With the switch no verdict differs."


LEFT: dict[str, dict[str, str]] = {
    "datatrove": {
        "min_sentences": "Sentences: initials and abbreviations (`W.`, `Mr.`) are one token of spaCy's and end none.",
        "max_curly_brackets": "datatrove looks for `{` only.",
        "": (
            "Tokens: spaCy joins pieces of one word again that make an emoticon, such as `):` in code, and the value "
            "lies at the threshold."
        ),
    },
    "dolma": {
        "": "The value lies at the threshold.",
        "max_curly_brackets": "Dolma looks for `{` only.",
    },
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, nargs="+", help="JSON lines with a field 'text', or folders of texts")
    parser.add_argument("--datatrove-python", required=True, help="Python of an environment with datatrove and spaCy")
    parser.add_argument("--dolma-python", required=True, help="Python of an environment with dolma")
    parser.add_argument("--limit", type=int, default=600, help="documents to take of each file")
    parser.add_argument("--output", type=Path, help="where the page goes; otherwise it is printed")
    given = parser.parse_args()
    texts = english(given.documents, given.limit)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    page = [(HERE / "conformance_head.md").read_text(encoding="utf-8").rstrip()]
    page.append(f"\nMeasured on {len(texts)} English documents, {megabytes:.1f} MB.")
    for peer in PEERS:
        page += [f"\n## {peer}\n", *table(peer, getattr(given, f"{peer}_python"), texts)]
    page += ["\n## What a word is decides\n", *words_matter(texts)]
    text = "\n".join(page) + "\n"
    if given.output:
        given.output.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


def words_matter(texts: Sequence[str]) -> Iterable[str]:
    """How many documents Gopher's quality rules keep, by what counts as a word."""
    yield "Gopher's quality rules, the same thresholds, the same documents:\n"
    for words in ("whitespace", "uax29", "datatrove", "dolma"):
        verdicts = broken(GopherQuality(words=words), texts)  # type: ignore[arg-type]
        kept = int(np.sum(~np.any(list(verdicts.values()), axis=0)))
        by_letters = int(np.sum(verdicts["gopher_quality.min_alpha_words_ratio"]))
        yield f'- `words="{words}"` keeps {kept} of {len(texts)}; {by_letters} have too few words with a letter.'


if __name__ == "__main__":
    sys.exit(main())
