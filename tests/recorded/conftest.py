"""The same databases as the server's tests have."""

import pytest

from pos_client.sync import schedule
from tests.sync_server.conftest import clock, own_logging, postgresql, settings

__all__ = ["clock", "own_logging", "postgresql", "settings"]


@pytest.fixture(autouse=True)
def quick_second_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(schedule, "LONGEST_PAUSE_S", 0.2)
