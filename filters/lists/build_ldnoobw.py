"""Write ``ldnoobw.json``: ``python -m textmill.filters.lists.build_ldnoobw PACKAGE``.

``PACKAGE`` is the unpacked npm package ``naughty-words``, which carries the LDNOOBW lists of 28 languages, each as
``<language>.json``. Lists and entries are written as they are, in the order of the languages' codes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
SOURCE = "https://github.com/LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the package's lists and write them as one file beside this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="folder of the unpacked package naughty-words")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "ldnoobw.json")
    options = parser.parse_args(arguments)
    package = json.loads((options.package / "package.json").read_text(encoding="utf-8"))
    lists = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in options.package.glob("*.json")}
    content = {
        "title": "List of Dirty, Naughty, Obscene, and Otherwise Bad Words (LDNOOBW)",
        "copyright": "2012–2020 Shutterstock, Inc., and contributors",
        "source": SOURCE,
        "package": f"{package['name']} {package['version']} (npm)",
        "licence": LICENCE,
        "changes": "none: all lists in one file",
        "lists": {language: lists[language] for language in sorted(lists) if isinstance(lists[language], list)},
    }
    options.output.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
