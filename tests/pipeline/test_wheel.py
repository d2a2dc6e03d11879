"""The wheel that a cluster's workers get holds everything: code, models, tables and recipes."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("filters", "dedup", "pipeline")
TEXT = "The harbour was quiet when the first boats came in, and the men on the quay had little to say. " * 3

CLEAN = """
import sys
import textmill
assert textmill.__file__.startswith(sys.argv[1]), textmill.__file__
for name in ("default", "fineweb"):
    textmill.Recipe.load(name)
print(textmill.Recipe("language", [textmill.Language()]).clean(sys.argv[2]).measurements["language.label"])
"""


def test_the_wheel_runs_without_the_checkout(tmp_path: Path) -> None:
    tree, site = tmp_path / "tree", tmp_path / "site"
    tree.mkdir()
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file() and not file.name.startswith("."):
            shutil.copy(file, tree)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-index"]
    build = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(tmp_path), str(tree)]
    subprocess.run(build, check=True, timeout=120, cwd=tmp_path)
    (wheel,) = tmp_path.glob("textmill-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    patterns = ("**/*.py", "filters/models/*", "filters/lists/*", "filters/kernels/**/*.bin", "pipeline/recipes/*.yaml")
    wanted = {path.relative_to(tree) for pattern in patterns for path in tree.glob(pattern) if path.is_file()}
    packed = {path.relative_to(site / "textmill") for path in (site / "textmill").rglob("*") if path.is_file()}
    assert {path for path in wanted if path.parts[0] in FOLDERS} <= packed
    command = [sys.executable, "-c", CLEAN, str(site), TEXT]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=tmp_path, env=environment)
    assert (done.returncode, done.stdout) == (0, "en\n"), done.stderr
