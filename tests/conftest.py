"""What several test modules share."""

from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(__file__).parents[2] / "shared" / "data"


# The first example of a test may compile a kernel, which takes seconds.
settings.register_profile("textmill", deadline=None)
settings.load_profile("textmill")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("the development data (shared/data beside the checkout) is not here")
    return DATA
