"""Every server test runs on SQLite and on PostgreSQL."""

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from sync_server.settings import ServerSettings
from tests.builders.postgresql import PostgresqlServer, postgresql_server
from tests.builders.sync_server import Clock, RunningServer, running_server, sqlite_settings


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with postgresql_server() as server:
        yield server


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> ServerSettings:
    """Settings that name an empty database of the test's own."""
    found = sqlite_settings(tmp_path)
    if request.param == "sqlite":
        return found
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return msgspec.structs.replace(
        found, database=server.empty_database(), key_file=str(tmp_path / "server.key")
    )


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test's program does to logging ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(settings: ServerSettings, clock: Clock) -> Iterator[RunningServer]:
    with running_server(settings, clock) as running:
        yield running
