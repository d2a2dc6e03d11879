"""MinHash signatures and band keys from shingle hashes: the kernels behind :class:`~textmill.dedup.MinHashDedup`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ...filters.kernels.machine.buffers import Int64s, UInt32Matrix, UInt64Matrix
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s

Scheme: TypeAlias = Literal["affine32", "legacy"]
UInt32s: TypeAlias = npt.NDArray[np.uint32]

_CHUNK = 2048  # hashes; 8 KB stay in the first cache while every permutation passes over them


class Permutations(NamedTuple):
    """Multipliers and summands of the permutations, each of shape (permutations,)."""

    multipliers: npt.NDArray[Any]
    summands: npt.NDArray[Any]


@lru_cache(maxsize=16)
def permutations(count: int, seed: int, scheme: Scheme) -> Permutations:
    """Parameters as datasketch draws them, without importing it (and SciPy with it); tests hold them equal.

    Its "affine32" scheme draws odd multipliers and any summands of 32 bits, all of the ones before all of the others;
    "legacy" draws them in turns, below the prime 2**61 - 1 and the multipliers not 0.
    """
    drawn = np.random.RandomState(seed)  # as datasketch does
    if scheme == "legacy":
        lowest = np.tile(np.array([1, 0], dtype=np.uint64), count)
        pairs = np.array([drawn.randint(low, (1 << 61) - 1, dtype=np.uint64) for low in lowest], dtype=np.uint64)
        return Permutations(np.ascontiguousarray(pairs[0::2]), np.ascontiguousarray(pairs[1::2]))
    multipliers = drawn.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return Permutations(multipliers, drawn.randint(0, 1 << 32, count, dtype=np.uint32))


def minhash(offsets: Int64s, hashes: UInt32s, *, count: int, seed: int, scheme: Scheme) -> UInt32s:
    """Signatures of n sets of 32-bit hashes, the values of ``datasketch.MinHash``.

    Args:
        offsets: Shape (n + 1,); set i is ``hashes[offsets[i]:offsets[i + 1]]``. Repeated hashes change nothing.
        hashes: Any 32-bit hashes of the members.
        count: Permutations, hence values in a signature.
        seed: Seed of datasketch's permutations.
        scheme: datasketch's permutation scheme.

    Returns:
        Shape (n, count); datasketch stores the 32-bit values of its "legacy" scheme as uint64. An empty set has the
        greatest value throughout.
    """
    multipliers, summands = permutations(count, seed, scheme)
    signatures = np.full((len(offsets) - 1, count), 0xFFFFFFFF, dtype=np.uint32)
    if scheme == "legacy":
        _legacy(offsets, hashes, multipliers, summands, signatures)
    else:
        _affine32(offsets, hashes, multipliers, summands, np.empty(_CHUNK, dtype=np.uint32), signatures)
    return signatures


@kernel
def _affine32(
    offsets: Int64s,
    hashes: UInt32s,
    multipliers: UInt32s,
    summands: UInt32s,
    mixed: UInt32s,
    signatures: UInt32Matrix,
) -> None:
    """Apply ``a * fmix32(h) + b mod 2**32``; each permutation runs along the hashes, which the compiler vectorises."""
    for document in range(len(offsets) - 1):
        for begin in range(offsets[document], offsets[document + 1], _CHUNK):
            size = min(_CHUNK, offsets[document + 1] - begin)
            for index in range(size):
                value = hashes[begin + index]
                value = np.uint32(value ^ (value >> np.uint32(16)))
                value = np.uint32(value * np.uint32(0x85EBCA6B))
                value = np.uint32(value ^ (value >> np.uint32(13)))
                value = np.uint32(value * np.uint32(0xC2B2AE35))
                mixed[index] = np.uint32(value ^ (value >> np.uint32(16)))
            for column in range(len(multipliers)):
                multiplier, summand = multipliers[column], summands[column]
                smallest = signatures[document, column]
                for index in range(size):
                    smallest = min(smallest, np.uint32(multiplier * mixed[index] + summand))
                signatures[document, column] = smallest


@kernel
def _legacy(
    offsets: Int64s, hashes: UInt32s, multipliers: UInt64s, summands: UInt64s, signatures: UInt32Matrix
) -> None:
    """Apply ``(a * h + b mod 2**64) mod (2**61 - 1)`` and keep the low 32 bits.

    With x = q * 2**61 + r the remainder is r + q, less the prime once if it reaches it; and taking 2**61 - 1 away is
    adding 1 in the low bits. So no division and no branch is left, and the compiler vectorises the loop.
    """
    prime = np.uint64((1 << 61) - 1)
    shift, one = np.uint64(61), np.uint64(1)
    for document in range(len(offsets) - 1):
        for begin in range(offsets[document], offsets[document + 1], _CHUNK):
            # A slice counted from zero: an index that might be negative would keep the loop from being vectorised.
            chunk = hashes[begin : min(begin + _CHUNK, offsets[document + 1])]
            for column in range(len(multipliers)):
                multiplier, summand = multipliers[column], summands[column]
                smallest = signatures[document, column]
                for index in range(len(chunk)):
                    product = multiplier * np.uint64(chunk[index]) + summand
                    folded = (product & prime) + (product >> shift)
                    smallest = min(smallest, np.uint32(folded + ((folded + one) >> shift)))
                signatures[document, column] = smallest


def band_keys(signatures: UInt32s, identities: UInt64s, bands: int, rows: int) -> UInt64s:
    """Hash each band's number and values to a 64-bit key, shape (n, bands).

    A document of a single shingle adds the shingle's 64-bit hash: two such documents agree in all bands as soon as
    their 32-bit hashes do, which among a million short documents happens a hundred times by chance.

    Args:
        signatures: Shape (n, at least ``bands * rows``); band j takes the values from ``j * rows``.
        identities: Shape (n,), 0 where a document has several shingles.
        bands: Keys of a document.
        rows: Values in a band.
    """
    keys = np.empty((len(signatures), bands), dtype=np.uint64)
    _hash_bands(signatures, identities, rows, keys)
    return keys


@kernel
def _hash_bands(signatures: UInt32Matrix, identities: UInt64s, rows: int, keys: UInt64Matrix) -> None:
    for document in range(len(signatures)):
        for band in range(keys.shape[1]):
            key = identities[document] + np.uint64(band + 1) * np.uint64(0x9E3779B97F4A7C15)
            for column in range(band * rows, (band + 1) * rows):
                key = (key ^ np.uint64(signatures[document, column])) * np.uint64(0xBF58476D1CE4E5B9)
                key ^= key >> np.uint64(29)
            key *= np.uint64(0x94D049BB133111EB)
            keys[document, band] = key ^ (key >> np.uint64(32))
