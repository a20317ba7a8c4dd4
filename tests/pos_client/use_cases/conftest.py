import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_client.settings import PrinterSettings
from tests.builders.facts import enrolled, sale
from tests.builders.till import Till, configured, staffed


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


@pytest.fixture
def printing_till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """Its printer is switched off: the address answers nobody."""
    made = Till(
        tmp_path_factory.mktemp("printing"), printer=PrinterSettings(host="127.0.0.1", port=9)
    )
    try:
        made.begin(
            [*staffed(), *configured(), enrolled(), sale("old", member="member-1", earned=700)]
        )
        yield made
    finally:
        made.close()
