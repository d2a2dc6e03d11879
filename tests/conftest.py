"""What several test modules share."""

import signal
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
def shared_data() -> Path:
    """The folder of development data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("the development data (shared/data beside the checkout) is not here")
    return DATA
