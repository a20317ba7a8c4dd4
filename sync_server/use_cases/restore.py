"""`restore(...)`: a backup into an empty database, as the beginning of a new history.

What was taken in after the backup is gone here and still with the tills: a new history makes each
of them take the state from the beginning and offer again what the server lacks.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from sync_server.authentication.keys import make_key_file, read_key_file
from sync_server.database import schema
from sync_server.database.brand_wall import ALL_BRANDS, raise_walls
from sync_server.database.brands import begin_history, list_brands
from sync_server.database.connection import Database
from sync_server.database.dump import columns_now, load_rows, table_count
from sync_server.use_cases import backup_files as files
from sync_server.use_cases.backup_files import Manifest, TableFile


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """`histories` are the new ones, by brand."""

    manifest: Manifest
    revision: str
    histories: dict[str, str]


def restore(
    database: Database, folder: Path, *, key_path: Path, new_identifier: Callable[[], str]
) -> Restored:
    """Fill an empty database from a backup of this release or an earlier one.

    Raises:
        TillfoldError: `backup_damaged` with the file; `database_not_empty`; `database_newer` for a
            backup of a later release; `settings_malformed` where the server's key is missing or
            another one. Nothing is changed then.
    """
    manifest = files.read_manifest(folder)
    _check_key(manifest, folder, key_path)

    def work(connection: Connection) -> Restored:
        if table_count(connection):
            raise TillfoldError(ErrorCode.DATABASE_NOT_EMPTY)
        schema.upgrade(connection, manifest.revision)
        for table in manifest.tables:
            _load(connection, folder, table)
        schema.upgrade(connection)
        raise_walls(connection)
        return Restored(
            manifest=manifest,
            revision=schema.current_revision(connection),
            histories={
                brand.brand_id: begin_history(connection, brand.brand_id, new_identifier())
                for brand in list_brands(connection)
            },
        )

    restored = database.write(work, brand=ALL_BRANDS)
    if manifest.with_key and not key_path.exists():
        make_key_file(key_path, bytes.fromhex((folder / files.KEY).read_text(encoding="ascii")))
    return restored


def _check_key(manifest: Manifest, folder: Path, key_path: Path) -> None:
    """Tills trust one key: the receipts of another one would be refused by all of them."""
    source = key_path
    if manifest.with_key and not key_path.exists():
        source = folder / files.KEY
    if read_key_file(source).signer.public_key.hex() != manifest.public_key:
        where = f"key_file {source}: not the key of this backup"
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=where)


def _load(connection: Connection, folder: Path, table: TableFile) -> None:
    if not set(table.columns) <= set(columns_now(connection, table.name)):
        raise TillfoldError(ErrorCode.BACKUP_DAMAGED, where=table.name)
    rows = 0
    for part in files.read_table(folder, table.name):
        if part:
            load_rows(connection, table.name, table.columns, part)
        rows += len(part)
    if rows != table.rows:
        raise TillfoldError(ErrorCode.BACKUP_DAMAGED, where=table.name)
