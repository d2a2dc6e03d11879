"""The example corpus is small, and made by its script to the byte."""

import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from .conftest import CORPUS, ROOT, checksums


def make(folder: Path) -> Path:
    subprocess.run([sys.executable, str(ROOT / "examples" / "make_corpus.py"), str(folder)], check=True)
    return folder


def unpacked(path: Path) -> bytes | dict[str, bytes]:
    """Content without compression, whose bytes differ between versions of zlib."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".epub":
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return path.read_bytes()


def test_the_script_makes_the_committed_corpus(tmp_path: Path) -> None:
    made = make(tmp_path / "corpus")
    names = checksums(made)
    assert names == checksums(make(tmp_path / "again"))
    assert names.keys() == checksums(CORPUS).keys()
    for name in names:
        assert unpacked(made / name) == unpacked(CORPUS / name), name
    assert sum((CORPUS / name).stat().st_size for name in names) < 1_000_000


def test_the_novel_is_a_well_formed_epub() -> None:
    with zipfile.ZipFile(CORPUS / "novel.epub") as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == (
            "mimetype",
            zipfile.ZIP_STORED,
            b"application/epub+zip",
        )
        package = ElementTree.fromstring(archive.read("book/package.opf"))
        items = {item.get("id"): item.get("href") for item in package.iterfind(".//{*}item")}
        spine = [items[reference.get("idref")] for reference in package.iterfind(".//{*}itemref")]
        assert len(spine) == len(items) == 5
        for name in spine:
            assert ElementTree.fromstring(archive.read(f"book/{name}")).find(".//{*}h2") is not None
