"""Make the texts of the default model of quality: ``python -m textmill.pipeline.training.default_quality ROOT -o DIR``.

``ROOT`` is where the packages that MODELS.md lists were unpacked. Writes ``DIR/positive/NAME.jsonl`` and
``DIR/negative/NAME.jsonl``, one file for each source, and prints the command that trains the model of them. The same
packages give the same bytes.
"""

from __future__ import annotations

import argparse
import gettext
import gzip
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import xxhash

from ..input.inputs import InputOptions
from .junk import KINDS, SPOILT, babble, make
from .sources import Source

DOC = "usr/share/doc"
MOST_BYTES = 3_000_000
"""Of each source at most so much is written, documents chosen by a hash."""
FEWEST_CHARS, FEWEST_WORDS_OF_A_LINE = 200, 6
"""Shorter texts, and those of shorter lines on average, which are lists, are no examples of good ones."""
PASSAGE_CHARS = 4000
OF_A_KIND = 700
SPOILT_OF_A_SOURCE = 60

READ: Mapping[str, str] = {
    "anarchism": f"{DOC}/anarchism/html/*.html",
    "apache": f"{DOC}/apache2-doc/manual/en/**/*.html",
    "cpp-annotations": f"{DOC}/c++-annotations/html/*.html",
    "copyright-does-not-exist": f"{DOC}/cfi-en/html/*.htm",
    "debian-faq": f"{DOC}/debian/FAQ/*.en.html",
    "debian-handbook": f"{DOC}/debian-handbook/html/en-US/*.html",
    "debian-reference": "usr/share/debian-reference/*.en.html",
    "developers-reference": "usr/share/developers-reference/*.html",
    "gimp": "usr/share/gimp/2.0/help/en/*.html",
    "libreoffice": "usr/share/libreoffice/help/en-US/text/**/*.html",
    "moby-dick": "npm/datasets-moby-dick/package/data/*.txt",
    "postgresql": f"{DOC}/postgresql-doc-15/html/*.html",
    "python-guides": f"{DOC}/python3.11/html/[fhtw]*[swl]/*.html",
    "state-of-the-union": "npm/datasets-sotu/package/data/*.txt",
    "wikipedia": "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2",
}
"""What is read as a run reads it, by its name."""
CHANGELOGS = (
    "anarchism", "apache2-doc", "c++-annotations-html", "cfi-en", "debian-faq", "debian-handbook",
    "debian-reference-en", "developers-reference", "dict-devil", "dict-elements", "dict-foldoc", "dict-jargon",
    "libreoffice-help-en-us", "postgresql-doc-15", "python3.11-doc", "r-cran-janeaustenr",
)  # fmt: skip
INDEXES = {
    "python-index": f"{DOC}/python3.11/html/genindex*.html",
    "postgresql-index": f"{DOC}/postgresql-doc-15/html/bookindex.html",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    good: dict[str, list[str]] = {}
    for name, pattern in READ.items():
        good[name] = list(_read(name, options.root, pattern, "main"))
    good |= {name: list(find(options.root)) for name, find in OTHERS.items()}
    for name, texts in good.items():
        good[name] = _chosen(name, [text for text in texts if is_prose(text)])
        _write(options.output / "positive" / f"{name}.jsonl", good[name])
    bad: dict[str, list[str]] = {kind: list(make(kind, OF_A_KIND)) for kind in KINDS}
    bad["around-pages"] = [text for name in ("gimp", "postgresql", "apache") for text in _around(name, options.root)]
    bad |= {name: list(_read(name, options.root, pattern, "all")) for name, pattern in INDEXES.items()}
    bad["interfaces"] = list(_interfaces(options.root))
    bad["changelogs"] = list(_changelogs(options.root))
    for kind, spoil in SPOILT.items():
        bad[kind] = [
            spoil(text, f"{name} {number}")
            for name, texts in good.items()
            for number, text in enumerate(_passages(kind, texts))
        ]
    bad["babble"] = [
        babble(texts[number::SPOILT_OF_A_SOURCE][:20], f"{name} {number}", 300)
        for name, texts in good.items()
        for number in range(0, min(SPOILT_OF_A_SOURCE, len(texts)), 3)
    ]
    for name, texts in bad.items():
        _write(options.output / "negative" / f"{name}.jsonl", _chosen(name, texts))
    print(f"wrote {options.output}; train with")
    print(f"textmill train quality --form linear --held-out 0 -o MODEL {' '.join(_sources(options.output))}")


def _sources(folder: Path) -> Iterator[str]:
    for side in ("positive", "negative"):
        yield from (f"--{side} {path.stem}={path}" for path in sorted((folder / side).glob("*.jsonl")))


def _write(path: Path, texts: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One in three loses its lines, as texts often have, so that lines alone do not decide.
    written = (" ".join(text.split()) if _hash(f"lines {text}") % 3 == 0 else text for text in texts)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in written)


def _chosen(name: str, texts: Sequence[str]) -> list[str]:
    """As many texts as are wanted of a source, in the order of their hashes."""
    found: list[str] = []
    size = 0
    for text in sorted({text for text in texts if text.strip()}, key=lambda text: (_hash(f"{name} {text}"), text)):
        size += len(text.encode())
        if size > MOST_BYTES and found:
            break
        found.append(text)
    return found


def is_prose(text: str) -> bool:
    """Whether a text is long enough, and no list."""
    lines = [line for line in text.split("\n") if line.strip()]
    return len(text) >= FEWEST_CHARS and len(text.split()) >= FEWEST_WORDS_OF_A_LINE * len(lines)


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text)


def _read(name: str, root: Path, pattern: str, extraction: str) -> Iterator[str]:
    source = Source(name, str(root / pattern))
    reading = InputOptions(extraction="all" if extraction == "all" else "main")
    for batch in source.read(reading):
        yield from batch["text"].to_pylist()


def _around(name: str, root: Path) -> Iterator[str]:
    """What stands on pages besides their main content."""
    wanted = set(_read(name, root, READ[name], "main"))
    lines = {line.strip() for text in wanted for line in text.split("\n")}
    for text in _read(name, root, READ[name], "all"):
        left = [line for line in text.split("\n") if line.strip() and line.strip() not in lines]
        if len(left) > 3:
            yield "\n".join(left)


def _interfaces(root: Path) -> Iterator[str]:
    """Menus, buttons and messages of programs, fifty at a time."""
    for path in sorted((root / "usr/share/locale/de/LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            catalog: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # its texts
        texts = sorted({(key[0] if isinstance(key, tuple) else str(key)).rpartition("\x04")[2] for key in catalog})
        for start in range(0, len(texts), 50):
            yield "\n".join(text for text in texts[start : start + 50] if text)


def _changelogs(root: Path) -> Iterator[str]:
    for path in (path for name in CHANGELOGS for path in sorted((root / DOC / name).glob("changelog*.gz"))):
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        yield from islice(_cut(text), 40)


def _cut(text: str) -> Iterator[str]:
    """A text in passages, cut at line ends."""
    held: list[str] = []
    for line in text.split("\n"):
        held.append(line)
        if sum(map(len, held)) > PASSAGE_CHARS:
            yield "\n".join(held)
            held = []
    yield "\n".join(held)


def _passages(kind: str, texts: Sequence[str]) -> Iterator[str]:
    """Passages of a source to be spoilt."""
    chosen = sorted(texts, key=lambda text: (_hash(f"{kind} {text}"), text))[:SPOILT_OF_A_SOURCE]
    for text in chosen:
        passages = list(islice(_cut(text), 20))
        yield passages[_hash(f"{kind} passage {text}") % len(passages)]


def _dictionary(name: str) -> Callable[[Path], Iterator[str]]:
    def entries(root: Path) -> Iterator[str]:
        """Entries of a dictionary of dictd, one text each, with the lines of a paragraph joined."""
        text = gzip.decompress((root / f"usr/share/dictd/{name}.dict.dz").read_bytes()).decode("utf-8", "replace")
        for entry in re.split(r"\n\n(?=[a-z]+\n)" if name == "elements" else r"\n(?=\S)", text):
            if len(entry) >= FEWEST_CHARS and not entry.startswith("00-database"):
                yield (
                    re.sub(r"\n\s*\n", "\n\n", re.sub(r"(?<!\n)\n[ \t]+(?!\n)", " ", entry))
                    .replace("{", "")
                    .replace("}", "")
                )

    return entries


def _novels(root: Path) -> Iterator[str]:
    """Jane Austen's novels, as R keeps them: compressed objects, whose strings are marked as UTF-8 or ASCII."""
    data = (root / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb").read_bytes()
    at = 0
    while (at := data.find(b"x\x9c", at)) >= 0:
        try:
            content = zlib.decompressobj().decompress(data[at:])
        except zlib.error:
            at += 1
            continue
        at += 2
        lines = []
        for match in re.finditer(rb"\x00[\x04\x00][\x00\x04\x08][\x09]", content):
            (size,) = struct.unpack(">i", content[match.end() : match.end() + 4] or b"\xff" * 4)
            if 0 <= size < 200:
                lines.append(content[match.end() + 4 : match.end() + 4 + size].decode("utf-8", "replace"))
        yield from _cut("\n".join(lines))


def _sky(root: Path) -> Iterator[str]:
    """What peoples saw in the sky."""
    for path in sorted((root / "usr/share/stellarium/skycultures").glob("*/description.en.utf8")):
        text = re.sub(r"<(?:p|h\d|li|br)[^>]*>", "\n\n", path.read_text(encoding="utf-8", errors="replace"))
        yield from _cut(re.sub(r"[ \t]*\n[ \t]*(?=\S)", "\n", re.sub(r"<[^>]+>", "", text)).strip())


OTHERS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    "austen": _novels,
    "computing-dictionary": _dictionary("foldoc"),
    "devils-dictionary": _dictionary("devil"),
    "elements": _dictionary("elements"),
    "jargon": _dictionary("jargon"),
    "sky": _sky,
}


if __name__ == "__main__":
    main()
