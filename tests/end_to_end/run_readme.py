"""Run the shell commands of the README's first section one after the other, and insist that they succeed quietly.

With ``--first`` only the first of them, which installs textmill and runs a recipe; with ``--second`` the rest.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def shell_blocks(markdown: str, heading: str) -> list[str]:
    """The ```sh blocks of one section."""
    section = re.split(r"^## ", markdown, flags=re.MULTILINE)
    (wanted,) = [part for part in section if part.startswith(heading)]
    return re.findall(r"^```sh\n(.*?)^```", wanted, flags=re.MULTILINE | re.DOTALL)


def main() -> int:
    """Run the blocks; returns 1 when one fails or warns."""
    blocks = shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"), "Start")
    chosen = {"--first": blocks[:1], "--second": blocks[1:]}
    for block in chosen[sys.argv[1]] if sys.argv[1:] else blocks:
        print(f"$ {block.strip()}", flush=True)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, capture_output=True, text=True)
        print(done.stdout + done.stderr, flush=True)
        if done.returncode != 0:
            print(f"the command ended with code {done.returncode}")
            return 1
        if re.search(r"\bwarning\b", done.stdout + done.stderr, flags=re.IGNORECASE):
            print("the command printed a warning")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
