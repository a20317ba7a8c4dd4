"""`back_up(context, target)`: everything the database holds, as of one moment, into a folder."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import list_brands
from sync_server.database.dump import dumped_tables, rows_of
from sync_server.database.jobs import note_done
from sync_server.database.journal import count_entries
from sync_server.database.schema import current_revision
from sync_server.database.terminals import count_terminals
from sync_server.use_cases import backup_files as files
from sync_server.use_cases.backup_files import BrandHead, Manifest, TableFile, TableWriter
from sync_server.use_cases.context import Context

# Under this name the database notes when it was last backed up.
BACKUP: Final = "backup"


def back_up(context: Context, target: Path, *, release: str, key_file: Path | None) -> Manifest:
    """A backup in a new folder; with `key_file` the server's key too.

    The server goes on meanwhile: all is read in one transaction, from one snapshot.

    Raises:
        TillfoldError: `already_exists` where something has that name, `file_unwritable`,
            `disk_full`.
    """
    try:
        partial = files.begin(target)
    except OSError as error:
        raise TillfoldError(ErrorCode.FILE_UNWRITABLE) from error
    try:
        manifest = context.database.read(
            lambda connection: _dump(
                context, connection, partial, release=release, with_key=key_file is not None
            ),
            brand=ALL_BRANDS,
        )
        if key_file is not None:
            files.copy_key(key_file, partial)
        files.finish(partial, target, manifest)
    except OSError as error:
        raise TillfoldError(ErrorCode.FILE_UNWRITABLE) from error
    else:
        context.database.write(lambda c: note_done(c, BACKUP), brand=ALL_BRANDS)
    finally:
        # Its name is gone where all went well.
        files.give_up(partial)
    return manifest


def _dump(
    context: Context, connection: Connection, folder: Path, *, release: str, with_key: bool
) -> Manifest:
    return Manifest(
        format=files.FORMAT,
        release=release,
        revision=current_revision(connection),
        made_ms=context.now_ms(),
        database="postgresql" if context.database.on_postgresql else "sqlite",
        public_key=context.keys.signer.public_key.hex(),
        with_key=with_key,
        brands=tuple(_heads(connection)),
        tables=tuple(_tables(connection, folder)),
    )


def _heads(connection: Connection) -> list[BrandHead]:
    return [
        BrandHead(
            brand_id=brand.brand_id,
            name=brand.name,
            history=brand.history,
            version=brand.version,
            journals=count_terminals(connection, brand.brand_id),
            entries=count_entries(connection, brand.brand_id),
        )
        for brand in list_brands(connection)
    ]


def _tables(connection: Connection, folder: Path) -> list[TableFile]:
    found = []
    for table in dumped_tables():
        writer = TableWriter(folder, table.name)
        for part in rows_of(connection, table):
            writer.write(part)
        writer.close()
        found.append(
            TableFile(
                name=str(table.name),
                columns=tuple(map(str, table.columns.keys())),
                rows=writer.rows,
                sha256=files.sha256_of(folder, table.name),
            )
        )
    return found
