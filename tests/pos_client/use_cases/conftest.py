import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.till import Till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """A staffed till of its own, with a menu and rules."""
    made = Till(tmp_path)
    try:
        made.begin()
        yield made
    finally:
        made.close()
    names = ("storage", "sync", "live", "printing", "second-journal")
    assert not [each.name for each in threading.enumerate() if each.name.startswith(names)]
