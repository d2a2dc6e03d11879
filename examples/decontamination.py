"""Keep evaluation questions out of training data: ``python examples/decontamination.py [SET.jsonl …]``.

Without arguments a small set of two questions is written first. Each sample page is then held against the sets, by the
13-grams of GPT-3 and by how much of a question it holds in one piece.
"""

import json
import sys
import tempfile
from pathlib import Path

from textmill import Decontaminate, Recipe

QUESTIONS = [
    "A baker sells three dozen rolls in the morning and half as many in the afternoon. How many rolls does she sell?",
    "Which of the moons of Jupiter that Galileo saw in 1610 is the largest, and how did he first describe it?",
]
PAGES = {
    "a forum post": f"Please help me with my homework! {QUESTIONS[0].upper()} Thanks in advance.",
    "an essay": "Galileo saw four moons of Jupiter in 1610 and described them as stars that had wandered off.",
}


def main(paths: list[str]) -> None:
    """Print the verdict on every page."""
    with tempfile.TemporaryDirectory() as folder:
        if not paths:
            questions = Path(folder, "questions.jsonl")
            questions.write_text("".join(json.dumps({"question": text}) + "\n" for text in QUESTIONS))
            paths = [str(questions)]
        recipe = Recipe("clean of tests", [Decontaminate(sets=tuple(paths))])
        for name, text in PAGES.items():
            cleaned = recipe.clean(text)
            share = cleaned.measurements["decontaminate.longest_overlap_ratio"]
            item = cleaned.measurements.get("decontaminate.item", "nothing")
            print(f"{name}: {cleaned.verdict}; holds {share:.0%} of {item}")


if __name__ == "__main__":
    main(sys.argv[1:])
