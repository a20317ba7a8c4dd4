"""What needs root is left out elsewhere, with the reason."""

import pytest

from tests.faults.disks import why_not


@pytest.fixture
def own_disks() -> None:
    """Skips the test where this process cannot mount disks of its own."""
    if why_not():
        pytest.skip(why_not())
