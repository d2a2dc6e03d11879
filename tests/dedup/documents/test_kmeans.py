"""Centres of vectors, against exact whole numbers."""

import numpy as np
import pytest

from textmill.dedup.documents.kmeans import BLOCK_ROWS, LARGEST, find_centres, nearest, products, squares


def vectors(rows: int, width: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-LARGEST, LARGEST + 1, (rows, width)).astype(np.int8)


@pytest.mark.parametrize(("width", "dtype"), [(3, np.float32), (1040, np.float32), (1041, np.float64)])
def test_products_are_exact_in_the_narrowest_floats_that_hold_them(width: int, dtype: type) -> None:
    left, right = vectors(5, width), vectors(4, width, 2)
    left[0], right[0] = LARGEST, LARGEST
    found = products(left, right)
    assert found.dtype == dtype
    assert found.tolist() == (left.astype(np.int64) @ right.astype(np.int64).T).tolist()
    assert squares(left).tolist() == np.diag(left.astype(np.int64) @ left.astype(np.int64).T).tolist()


def test_the_nearest_has_the_greatest_cosine_and_of_equals_the_first() -> None:
    centres = np.array([[100, 0], [3, 3], [1, 1], [0, 0], [0, -1]], dtype=np.int8)
    given = np.array([[9, 1], [1, 1], [-1, -9], [0, 0], [127, 127]], dtype=np.int8)
    assert nearest(given, centres).tolist() == [0, 1, 4, 0, 1]
    many = vectors(BLOCK_ROWS + 3, 4)
    alone = [int(nearest(many[row : row + 1], centres.repeat(2, axis=1))[0]) for row in (0, BLOCK_ROWS, BLOCK_ROWS + 2)]
    found = nearest(many, centres.repeat(2, axis=1))
    assert [int(found[row]) for row in (0, BLOCK_ROWS, BLOCK_ROWS + 2)] == alone


def test_centres_are_the_directions_of_what_lies_around_them() -> None:
    sample = np.array([[10, 0], [0, 10], [10, 0], [100, 1], [0, 3], [-1, 90]], dtype=np.int8)
    found = find_centres(sample, 2)
    assert found.dtype == np.int8
    # Each counts as a vector of length 1, however long it is, and the greatest number of a centre is 127.
    assert found.tolist() == [[127, 0], [0, 127]]
    assert find_centres(sample[[0, 0, 1]], 5).tolist() == [[127, 0], [0, 127]]  # no more than differ
    short_beside_long = np.array([[1, 0], [0, -100], [1, 1], [-1, -100]], dtype=np.int8)
    assert find_centres(short_beside_long, 2).tolist() == [[127, 53], [-1, -127]]


def test_a_centre_that_nothing_is_near_to_stays() -> None:
    sample = np.array([[0, 0], [5, 5], [0, 0]], dtype=np.int8)
    assert find_centres(sample, 2).tolist() == [[0, 0], [127, 127]]
