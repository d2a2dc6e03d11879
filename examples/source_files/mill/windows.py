"""When can a boat leave?"""

from collections.abc import Iterable, Iterator

from .tables import Height


def open_hours(heights: Iterable[Height], draught_cm: int, margin_cm: int = 30) -> Iterator[range]:
    """Yield runs of hours in which the water is deep enough for a boat of this draught."""
    begun = None
    last = None
    for height in heights:
        deep = height.centimetres >= draught_cm + margin_cm
        if deep and begun is None:
            begun = height.hour
        if not deep and begun is not None:
            yield range(begun, height.hour)
            begun = None
        last = height.hour
    if begun is not None and last is not None:
        yield range(begun, last + 1)
