"""Every server test runs on SQLite and on PostgreSQL."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from sync_server.__main__ import main
from sync_server.settings import ServerSettings
from tests.builders.postgresql import PostgresqlServer, postgresql_server
from tests.builders.sync_server import Clock, RunningServer, running_server, sqlite_settings
from tests.sync_server.commands import Ran, Run


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


@pytest.fixture
def run(
    settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs one command in this process, in English."""
    monkeypatch.setenv("TILLFOLD_SERVER_DATABASE", settings.database)
    monkeypatch.setenv("TILLFOLD_SERVER_KEY_FILE", str(settings.key_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def chain(run: Run) -> Run:
    """The same, with a brand and a store."""
    assert run("create-brand", "示范", "--id", "demo").code == 0
    assert run("create-store", "A", "一店").code == 0
    return run
