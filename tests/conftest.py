"""What several test modules share."""

import signal
import unicodedata
from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(__file__).parents[2] / "shared" / "data"


# A shell has what it starts in the background ignore interrupts, and the commands that tests start and interrupt would
# inherit that from the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The first example of a test may compile a kernel, which takes seconds.
settings.register_profile("textmill", deadline=None)
settings.load_profile("textmill")


@pytest.fixture(scope="session")
def characters() -> list[str]:
    """Every character that Unicode knows, and two of each block of 128 that it does not know or leaves to others."""
    found = []
    for code in range(0x110000):
        category = unicodedata.category(chr(code))
        if category not in ("Cn", "Co", "Cs") or (category != "Cs" and code % 61 == 0):
            found.append(chr(code))
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("the development data (shared/data beside the checkout) is not here")
    return DATA
