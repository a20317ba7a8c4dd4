"""Which SQLite is trusted, and which database this release opens."""

import pytest
import sqlcipher3.dbapi2
from alembic.config import Config
from alembic.script import ScriptDirectory

from domain.errors import ErrorCode, TillfoldError
from domain.sqlite_versions import check_sqlite_version
from pos_client.storage import schema
from pos_client.storage.tables import metadata
from tests.builders.till import TillFiles


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 50, 7), (3, 44, 6), (3, 50, 8), (3, 53, 0)])
def test_a_mended_sqlite_is_trusted(version: tuple[int, int, int]) -> None:
    check_sqlite_version(version)


@pytest.mark.parametrize(
    "version",
    [(3, 51, 2), (3, 52, 0), (3, 50, 6), (3, 44, 5), (3, 45, 9), (3, 49, 2), (3, 7, 0), (3, 46, 7)],
)
def test_a_sqlite_that_can_corrupt_its_log_is_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(TillfoldError) as caught:
        check_sqlite_version(version)
    assert caught.value.code is ErrorCode.SQLITE_UNSAFE
    assert caught.value.values == {"version": ".".join(map(str, version))}


def test_the_sqlite_in_use_is_trusted() -> None:
    check_sqlite_version(sqlcipher3.dbapi2.sqlite_version_info)


def test_an_unsafe_sqlite_opens_nothing(files: TillFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    with files.created():
        pass
    monkeypatch.setattr(sqlcipher3.dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(TillfoldError) as caught:
        files.opener.open()
    assert caught.value.code is ErrorCode.SQLITE_UNSAFE


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "migrations/pos_client")
    return ScriptDirectory.from_config(config)


def test_the_program_knows_every_migration_and_the_newest() -> None:
    script = _script()
    assert script.get_heads() == [schema.HEAD_REVISION]
    assert {revision.revision for revision in script.walk_revisions()} == schema.KNOWN_REVISIONS


def test_migrations_make_the_tables_that_the_code_names(files: TillFiles) -> None:
    with files.created() as store, store.read() as connection:
        for table in metadata.sorted_tables:
            made = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
            assert [row.name for row in made] == [column.name for column in table.columns]
            assert {row.name for row in made if row.pk} == {
                column.name for column in table.primary_key.columns
            }
            assert {row.name for row in made if row.notnull or row.pk} == {
                column.name for column in table.columns if not column.nullable
            }
        every = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).scalars()
        assert set(every) == {*metadata.tables, "alembic_version"}


def test_indexes_are_those_that_the_code_names(files: TillFiles) -> None:
    named = {index.name for table in metadata.sorted_tables for index in table.indexes}
    with files.created() as store, store.read() as connection:
        made = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).scalars()
        assert set(made) == named


def test_a_database_of_a_later_release_is_refused_untouched(files: TillFiles) -> None:
    with files.created() as store, store.write() as writing:
        writing.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = files.place.database.read_bytes()
    with pytest.raises(TillfoldError) as caught:
        files.opener.open()
    assert caught.value.code is ErrorCode.DATABASE_NEWER
    assert files.place.database.read_bytes() == before


def test_the_till_writes_through_the_disk_before_it_says_so(files: TillFiles) -> None:
    with files.created() as store, store.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        }
    # SQLCipher answers mmap_size with nothing at all: it has none.
    assert settings["journal_mode"] == "wal"
    assert settings["synchronous"] in {2, "2"}
    assert settings["foreign_keys"] in {1, "1"}
    assert settings["mmap_size"] in {None, 0, "0"}
