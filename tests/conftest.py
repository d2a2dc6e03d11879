"""What several test modules share."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("the development data (shared/data beside the checkout) is not here")
    return DATA
