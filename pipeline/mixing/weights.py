"""Published mixtures by name: what share of the tokens that a model was trained on came from which source."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import RecipeError, nearest

TABLES: Mapping[str, Mapping[str, float]] = {
    # Touvron et al. 2023, "LLaMA: Open and Efficient Foundation Language Models", table 1.
    "llama": {
        "commoncrawl": 67.0,
        "c4": 15.0,
        "github": 4.5,
        "wikipedia": 4.5,
        "books": 4.5,
        "arxiv": 2.5,
        "stackexchange": 2.0,
    },
    # Brown et al. 2020, "Language Models are Few-Shot Learners", table 2.2; as printed they add up to 101.
    "gpt3": {"commoncrawl": 60, "webtext2": 22, "books1": 8, "books2": 8, "wikipedia": 3},
    # RedPajama-Data-1T, its data card: tokens in billions.
    "redpajama": {
        "commoncrawl": 878,
        "c4": 175,
        "github": 59,
        "arxiv": 28,
        "books": 26,
        "wikipedia": 24,
        "stackexchange": 20,
    },
}


def weights_of(table: str, sources: Mapping[str, object]) -> dict[str, float]:
    """The weights of a table for these sources, which bear its names; those that are not there are left out.

    Raises:
        RecipeError: for an unknown table, or a source that it does not have.
    """
    if table not in TABLES:
        raise RecipeError(f"unknown weights {table!r}; tables are {', '.join(TABLES)}{nearest(table, TABLES)}")
    known = TABLES[table]
    for name in sources:
        if name not in known:
            raise RecipeError(
                f"the weights {table!r} have no source {name!r}{nearest(name, known)}; its sources are "
                f"{', '.join(known)}: name yours so, or write the weights out"
            )
    return {name: float(known[name]) for name in sources}
