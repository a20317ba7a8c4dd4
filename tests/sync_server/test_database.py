"""The database itself: its schema, its settings, and versions that are not safe."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from domain.errors import ErrorCode, TillfoldError
from sync_server.bootstrap import build_context, migrate_database, open_database, refuse_unready
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.connection import Database, open_sqlite
from sync_server.database.tables import metadata
from sync_server.settings import ServerSettings
from tests.builders.sync_server import BRAND, Clock, prepare


def test_the_migrations_make_the_tables_that_the_code_knows(settings: ServerSettings) -> None:
    migrate_database(settings)
    database = open_database(settings)

    def work(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    try:
        assert database.read(work, brand=ALL_BRANDS) == []
    finally:
        database.close()


def test_migrating_again_changes_nothing(settings: ServerSettings, clock: Clock) -> None:
    prepare(settings, clock).database.close()
    first = migrate_database(settings)
    assert first
    assert migrate_database(settings) == first


def test_a_database_of_a_later_release_is_refused(settings: ServerSettings, clock: Clock) -> None:
    context = prepare(settings, clock)
    try:
        context.database.write(
            lambda connection: connection.execute(
                text("UPDATE alembic_version SET version_num='9'")
            ),
            brand=ALL_BRANDS,
        )
        for attempt in (lambda: migrate_database(settings), lambda: refuse_unready(context, "")):
            with pytest.raises(TillfoldError) as refused:
                attempt()
            assert refused.value.code is ErrorCode.DATABASE_NEWER
    finally:
        context.database.close()


def test_sqlite_is_opened_for_money(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "server.db", connections=2)
    try:
        assert [_pragma(database, name) for name in ("journal_mode", "synchronous")] == ["wal", 2]
        assert [_pragma(database, name) for name in ("foreign_keys", "mmap_size")] == [1, 0]
    finally:
        database.close()


def _pragma(database: Database, name: str) -> object:
    return database.read(
        lambda c: c.exec_driver_sql(f"PRAGMA {name}").scalar_one(), brand=ALL_BRANDS
    )


def test_what_fails_in_a_transaction_leaves_nothing(settings: ServerSettings, clock: Clock) -> None:
    context = prepare(settings, clock)

    def work(connection: Connection) -> None:
        connection.execute(text("UPDATE brand SET version = 99"))
        raise TillfoldError(ErrorCode.NOT_FOUND)

    def version(connection: Connection) -> object:
        return connection.execute(text("SELECT version FROM brand")).scalar_one()

    try:
        before = context.database.read(version, brand=BRAND)
        with pytest.raises(TillfoldError):
            context.database.write(work, brand=BRAND)
        assert context.database.read(version, brand=BRAND) == before
    finally:
        context.database.close()


def test_a_key_that_others_can_read_is_refused(settings: ServerSettings, clock: Clock) -> None:
    prepare(settings, clock).database.close()
    settings.key_path.chmod(0o644)
    with pytest.raises(TillfoldError) as refused:
        build_context(settings)
    assert refused.value.code is ErrorCode.SETTINGS_MALFORMED
    settings.key_path.chmod(0o600)
    settings.key_path.write_text("00", encoding="ascii")
    with pytest.raises(TillfoldError, match="settings_malformed"):
        build_context(settings)
