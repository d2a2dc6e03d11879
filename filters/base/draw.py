"""A lot drawn for each document by its id, in place of a random number: the same in every run, order and worker."""

from __future__ import annotations

import xxhash


def draw(doc_id: str, salt: str) -> float:
    """A number above 0 and up to 1, uniform over documents; another salt gives independent ones.

    52 bits of an xxh3 hash, so that adding 1 is exact and no draw is 0: a fraction of 0 keeps nothing.
    """
    return ((xxhash.xxh3_64_intdigest(f"{salt}\x00{doc_id}") >> 12) + 1) / 2**52
