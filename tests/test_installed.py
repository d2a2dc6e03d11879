"""The package as users have it, from a wheel and from an editable install: it runs, and type checkers can read it."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("filters", "dedup", "pipeline")
TEXT = "The harbour was quiet when the first boats came in, and the men on the quay had little to say. " * 3
NO_NETWORK = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-index"]

CLEAN = """
import sys
import textmill
assert textmill.__file__.startswith(sys.argv[1]), textmill.__file__
for name in ("default", "fineweb"):
    textmill.Recipe.load(name)
print(textmill.Recipe("language", [textmill.Language()]).clean(sys.argv[2]).measurements["language.label"])
"""

TYPED = """
from collections.abc import Iterator

import textmill
from textmill import Cleaned, ExactDedup, GopherQuality, InputOptions, Recipe, RecipeError, Tokenize, where
from textmill.filters import Filter

recipe = Recipe("mine", [GopherQuality(min_words=2), where(len, maximum=100), ExactDedup(), Tokenize("cl100k")])
text: str | None = recipe.clean("Some text.").text
several: Iterator[Cleaned] = recipe.clean_many(["Some text."], workers=1)
spans: list[tuple[int, int]] = [(edit.start, edit.end) for one in several for edit in one.edits]
loaded: Recipe = textmill.Recipe.load("default")
error: type[Exception] = RecipeError
reading: InputOptions = textmill.InputOptions(kind="web")
rules: Filter = GopherQuality()
version: str = textmill.__version__
"""

WRONG = """
from textmill import Recipe
from textmill import Nonsense

number: int = Recipe("mine", []).clean("Some text.").text
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what packages are built from, since building writes into it."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file() and not file.name.startswith("."):
            shutil.copy(file, tree)
    return tree


@pytest.fixture(scope="module", params=["wheel", "editable"])
def python(request: pytest.FixtureRequest, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the package in it, and beside it the libraries of this one."""
    folder = tmp_path_factory.mktemp(request.param)
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "libraries.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    what = ["--editable", str(tree)] if request.param == "editable" else [str(tree)]
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--ignore-installed",
        *NO_NETWORK,
        *what,
    ]
    subprocess.run(install, check=True, timeout=240, cwd=folder)
    return python


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = python.parents[1]
    command = [str(python), "-E", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, cwd=folder, check=False)


def test_it_runs(python: Path, tree: Path) -> None:
    home = tree if any(python.parents[1].glob("lib/*/site-packages/__editable__*")) else python.parents[1]
    done = run(python, "-c", CLEAN, str(home), TEXT)
    assert (done.returncode, done.stdout) == (0, "en\n"), done.stderr


def test_it_is_a_command_as_a_module_too(python: Path) -> None:
    done = run(python, "-m", "textmill", "--version")
    assert (done.returncode, done.stdout.partition(" ")[0]) == (0, "textmill"), done.stderr
    wrong = run(python, "-m", "textmill", "verify", "nothing")
    assert (wrong.returncode, wrong.stdout) == (2, ""), wrong.stderr
    assert wrong.stderr.startswith("textmill: nothing has no manifest.json")


def test_it_holds_everything(python: Path, tree: Path) -> None:
    patterns = ("**/*.py", "filters/models/*", "filters/lists/*", "filters/kernels/**/*.bin", "pipeline/recipes/*.yaml")
    found = {path.relative_to(tree) for pattern in patterns for path in tree.glob(pattern) if path.is_file()}
    wanted = {path for path in found if path.parts[0] in FOLDERS}
    home = Path(run(python, "-c", "import textmill; print(textmill.__path__[0])").stdout.strip())
    assert wanted
    assert [path for path in sorted(wanted) if not (home / path).is_file()] == []


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_read_it(python: Path, checker: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    if checker == "pyright":
        pytest.importorskip("pyright")
    folder = python.parents[1]
    (folder / "typed.py").write_text(TYPED)
    (folder / "wrong.py").write_text(WRONG)
    cache = tmp_path_factory.getbasetemp() / "mypy"  # what is known of libraries serves both installations
    given = ["--strict", "--cache-dir", str(cache)] if checker == "mypy" else ["--pythonpath", str(python)]
    done = run(python, "-m", checker, *given, "typed.py", "wrong.py")
    assert done.returncode == 1
    assert "typed.py" not in done.stdout, done.stdout + done.stderr
    assert all(name in done.stdout for name in ("Nonsense", '"str | None"')), done.stdout
