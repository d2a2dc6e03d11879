"""The texts of the default model of quality: from a small root of packages, what each becomes."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import io
import json
import struct
import zlib
from pathlib import Path

import pytest
import xxhash

from textmill.pipeline.training import default_quality
from textmill.pipeline.training.default_quality import is_prose, main
from textmill.pipeline.training.junk import KINDS, SPOILT

PROSE = (
    "The miller of {} rose early, because the river was high. He opened the gate and let the water in. "
    "The wheel turned slowly at first, then faster, and the stones began to sing. Nobody came before noon, and the "
    "flour lay white on the floor until his daughter swept it up in the evening."
)
DOC = "usr/share/doc"
PAGES = {
    "anarchism": f"{DOC}/anarchism/html/a.html",
    "apache": f"{DOC}/apache2-doc/manual/en/mod/core.html",
    "cpp-annotations": f"{DOC}/c++-annotations/html/a.html",
    "copyright-does-not-exist": f"{DOC}/cfi-en/html/a.htm",
    "debian-faq": f"{DOC}/debian/FAQ/a.en.html",
    "debian-handbook": f"{DOC}/debian-handbook/html/en-US/a.html",
    "debian-reference": "usr/share/debian-reference/a.en.html",
    "developers-reference": "usr/share/developers-reference/a.html",
    "gimp": "usr/share/gimp/2.0/help/en/a.html",
    "libreoffice": "usr/share/libreoffice/help/en-US/text/swriter/a.html",
    "postgresql": f"{DOC}/postgresql-doc-15/html/a.html",
    "python-guides": f"{DOC}/python3.11/html/howto-ws/a.html",
}
"""A page of each source of pages."""
TEXTS = {
    "moby-dick": "npm/datasets-moby-dick/package/data/1.txt",
    "state-of-the-union": "npm/datasets-sotu/package/data/1.txt",
}
WIKIPEDIA = "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
MENU = "<nav><ul><li>Home</li><li>Manual</li><li>Search here</li><li>Imprint</li></ul></nav>"


def prose(of: str) -> str:
    return PROSE.format(of)


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def catalogue(texts: dict[str, str]) -> bytes:
    """Translations as ``msgfmt`` writes them."""
    keys = sorted(texts)
    ids, strings = b"", b""
    places = []
    for key in keys:
        places.append((len(ids), len(key.encode()), len(strings), len(texts[key].encode())))
        ids += key.encode() + b"\0"
        strings += texts[key].encode() + b"\0"
    front = 28 + 16 * len(keys)
    table = [(size, front + start) for start, size, _, _ in places]
    table += [(size, front + len(ids) + start) for _, _, start, size in places]
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    return head + b"".join(struct.pack("<2I", *one) for one in table) + ids + strings


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    for name, path in PAGES.items():
        body = f"<h1>Of {name}</h1><p>{prose(name)}</p><p>{prose('the other side')}</p>"
        write(root / path, f"<html><head><title>{name}</title></head><body>{MENU}<main>{body}</main></body></html>")
    entries = "".join(f"<li>entry {number}, page {number * 7}</li>" for number in range(40))
    for path in default_quality.INDEXES.values():
        write(root / path.replace("*", "-A"), f"<html><body>{MENU}<main><ul>{entries}</ul></main></body></html>")
    for name, path in TEXTS.items():
        write(root / path, prose(name))
    write(root / "npm/datasets-sotu/package/data/2.txt", "Too short.")
    page = f"<page><title>Mill</title><ns>0</ns><id>1</id><revision><text>{prose('wikipedia')}</text></revision></page>"
    write(root / WIKIPEDIA, bz2.compress(f"<mediawiki>{page}</mediawiki>".encode()))
    for name in ("foldoc", "devil", "jargon"):
        first, second = prose(name).split(" He ")
        entry = f"mill\n   {first}\n   He {{{second}}}\n\t\n   The end of {name}.\nshort\n"
        content = f"00-database-info\n   {prose('nobody')}\n{entry}".encode() + b"  \xff\n"
        write(root / f"usr/share/dictd/{name}.dict.dz", gzip.compress(content))
    write(
        root / "usr/share/dictd/elements.dict.dz",
        gzip.compress(f"iron\nIron.\n\nIt is a metal.\n  {prose('elements')}\n\nzinc\nShort.\n".encode()),
    )
    strings = ["a size of 200 or more is none" + "x" * 171, *prose("austen").split(". "), "déjà"]
    content = b"".join(
        b"\x00" + mark + level + b"\x09" + struct.pack(">i", len(one.encode())) + one.encode()
        for one, mark, level in zip(
            strings, [b"\x04", b"\x04", b"\x00"] * 3, [b"\x00", b"\x04", b"\x08"] * 3, strict=False
        )
    )
    write(root / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb", b"head x\x9cno x\x9c" + zlib.compress(content, 6))
    write(
        root / "usr/share/stellarium/skycultures/maori/description.en.utf8",
        f"<h2>Sky</h2>\n  <p class='x'>{prose('sky')}</p>\n  <i>Seen</i>\n  by all".encode() + b"\xff",
    )
    write(
        root / "usr/share/locale/de/LC_MESSAGES/app.mo",
        catalogue(
            {
                "": "Content-Type: text/plain; charset=UTF-8\n",
                "menu\x04Open": "Öffnen",
                "Close": "Schließen",
                "file\0files": "Datei\0Dateien",
            }
        ),
    )
    write(
        root / "usr/share/locale/de/LC_MESSAGES/big.mo",
        catalogue({f"Button {number:02}": "Knopf" for number in range(51)}),
    )
    line = "  * New release of the mill.\n"
    write(root / DOC / "debian-faq" / "changelog.Debian.gz", gzip.compress((line * 400).encode() + b"\xff"))
    write(root / DOC / "r-cran-janeaustenr" / "changelog.gz", gzip.compress(b"a line without an end"))
    return root


@pytest.fixture(scope="module")
def written(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The texts of each file that is written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default_quality, "OF_A_KIND", 4)
        folder = tmp_path_factory.mktemp("texts")
        with contextlib.redirect_stdout(io.StringIO()) as told:
            main([str(root), "-o", str(folder)])
        paths = [path for side in ("positive", "negative") for path in sorted((folder / side).iterdir())]
        sources = " ".join(f"--{path.parent.name} {path.stem}={path}" for path in paths)
        command = f"textmill train quality --form linear --held-out 0 -o MODEL {sources}"
        assert told.getvalue() == f"wrote {folder}; train with\n{command}\n"
    return {
        f"{path.parent.name}/{path.stem}": [
            json.loads(line)["text"] for line in path.read_bytes().decode().splitlines()
        ]
        for path in sorted(folder.glob("*/*.jsonl"))
    }


def joined(texts: list[str]) -> list[str]:
    """Texts without their lines, which one in three has lost."""
    return sorted(" ".join(text.split()) for text in texts)


DICTIONARIES = {"computing-dictionary": "foldoc", "devils-dictionary": "devil", "jargon": "jargon"}


def test_every_source_has_a_file(written: dict[str, list[str]]) -> None:
    good = [*PAGES, *TEXTS, "wikipedia", "austen", "elements", "sky", *DICTIONARIES]
    bad = [*KINDS, "around-pages", *default_quality.INDEXES, "interfaces", "changelogs", *SPOILT, "babble"]
    assert set(written) == {f"positive/{name}" for name in good} | {f"negative/{name}" for name in bad}
    assert {name: len(written[f"negative/{name}"]) for name in KINDS} == dict.fromkeys(KINDS, 4)


def test_good_texts_are_the_main_content(written: dict[str, list[str]]) -> None:
    for name in PAGES:
        assert joined(written[f"positive/{name}"]) == [f"Of {name} {prose(name)} {prose('the other side')}"]
    for name in (*TEXTS, "wikipedia"):
        (text,) = joined(written[f"positive/{name}"])
        assert text.removeprefix("Mill ") == prose(name)


def test_good_texts_of_other_files(written: dict[str, list[str]]) -> None:
    for name, short in DICTIONARIES.items():
        assert joined(written[f"positive/{name}"]) == [f"mill {prose(short)} The end of {short}."]
    assert joined(written["positive/elements"]) == [f"iron Iron. It is a metal. {prose('elements')}"]
    assert joined(written["positive/austen"]) == [" ".join([*prose("austen").split(". "), "déjà"])]
    assert joined(written["positive/sky"]) == [f"Sky {prose('sky')} Seen by all\ufffd"]


def test_bad_texts_of_files(written: dict[str, list[str]]) -> None:
    menu = "• Home • Manual • Search here • Imprint"
    for name in default_quality.INDEXES:
        entries = [f"• entry {number}, page {number * 7}" for number in range(40)]
        assert joined(written[f"negative/{name}"]) == [" ".join([menu, *entries])]
    assert joined(written["negative/around-pages"])[0] == menu
    buttons = [f"Button {number:02}" for number in range(51)]
    assert joined(written["negative/interfaces"]) == [" ".join(buttons[:50]), "Button 50", "Close Open file"]
    line = "* New release of the mill."
    changes = joined(written["negative/changelogs"])
    assert changes == sorted([" ".join([line] * 143), " ".join([*[line] * 114, "\ufffd"]), "a line without an end"])


def test_good_texts_are_spoilt(written: dict[str, list[str]]) -> None:
    good = sum(len(texts) for name, texts in written.items() if name.startswith("positive/"))
    assert {len(written[f"negative/{kind}"]) for kind in SPOILT} == {good}
    assert len(written["negative/babble"]) == good
    assert {len(text.split()) for text in written["negative/babble"]} == {300}
    salads = [sorted(text.split()) for text in written["negative/salad"]]
    assert sorted(prose("moby-dick").split()) in salads


def test_of_a_large_source_three_megabytes_are_taken_by_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (default_quality.MOST_BYTES, default_quality.OF_A_KIND) == (3_000_000, 700)
    monkeypatch.setattr(default_quality, "MOST_BYTES", 5)
    texts = ["aé", "bc", "de", "bc", " ", "f"]
    by_hash = sorted({*texts} - {" "}, key=lambda text: xxhash.xxh3_64_intdigest(f"mill {text}"))
    fitting = next(n for n in range(5) if len("".join(by_hash[: n + 1]).encode()) > 5)
    assert default_quality._chosen("mill", texts) == by_hash[:fitting]
    assert default_quality._chosen("mill", ["longer than that"]) == ["longer than that"]


def test_the_same_packages_give_the_same_texts(written: dict[str, list[str]]) -> None:
    everything = json.dumps(written, sort_keys=True).encode()
    assert hashlib.sha256(everything).hexdigest()[:16] == "4042beaa6ed45596"


def test_prose_has_two_hundred_characters_and_six_words_a_line() -> None:
    assert is_prose("word " * 40)
    assert not is_prose(("word " * 40)[:-1])
    assert is_prose("\n".join(["six words that stand in lines"] * 8) + "\n\n")
    assert not is_prose("\n".join([*["six words that stand in lines"] * 8, "but five in this one"]))
