"""Driver and workers of a local run speak by sockets in a folder of their own: no port is opened for others."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from textmill.pipeline.run.driver_process import LONGEST_SOCKET_FOLDER, make_socket_folder

RUN = """
import sys
from textmill import ExactDedup, Recipe, where
from textmill.pipeline.files import storage

def look(text):
    import os
    from pathlib import Path
    from textmill.pipeline.run.local_driver import DRIVER_VARIABLE
    processes = [os.environ[DRIVER_VARIABLE], str(os.getpid())]
    links = []
    for process in processes:
        for entry in os.listdir(f"/proc/{process}/fd"):
            try:
                links.append(os.readlink(f"/proc/{process}/fd/{entry}"))
            except FileNotFoundError:  # closed since
                pass
    inodes = {link[8:-1] for link in links if link.startswith("socket:")}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    tcp = sum(row[9] in inodes for row in rows)
    bound = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()[1:]]
    paths = {row[7].rpartition("/")[0] for row in bound if row[6] in inodes and len(row) > 7}
    modes = [oct(os.stat(path).st_mode & 0o777) for path in paths if path.startswith(os.environ["TMPDIR"])]
    return f"{tcp} {modes}"

manifest = Recipe("look", [where(look, measurement="seen", returns="str", allowed=["0 ['0o700']"]), ExactDedup()]).run(
    sys.argv[1], output=sys.argv[2], workers=2)
print(manifest["totals"]["kept"], manifest["totals"]["removed"])
"""


@pytest.mark.skipif(not Path("/proc/net/unix").exists(), reason="needs /proc")
def test_a_run_with_workers_opens_no_port_and_leaves_no_socket(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    folder = Path(tempfile.mkdtemp(prefix="s"))  # of a short name: sockets in a folder of a long one go elsewhere
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"Words of document {name}.")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "in"), str(tmp_path / "out")],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("2 0\n", "")
    assert list(folder.iterdir()) == []
    folder.rmdir()


def test_the_path_of_a_socket_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("long" * 25)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    folder = make_socket_folder()
    assert len(str(folder)) <= LONGEST_SOCKET_FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    assert list(deep.iterdir()) == []
