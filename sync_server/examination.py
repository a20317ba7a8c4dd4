"""`doctor` before there is a context: key, disk, reach and revision; then the database itself."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from typing import Final

import sqlcipher3.dbapi2
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import ErrorCode, TillfoldError
from sync_server.authentication.keys import read_key_file
from sync_server.bootstrap import open_database, system_time_ms
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.connection import Database
from sync_server.database.schema import at_head, current_revision, is_empty, is_newer
from sync_server.settings import ServerSettings
from sync_server.use_cases.context import Context
from sync_server.use_cases.diagnosis import Finding, Level, Patience, diagnose

_DISK_LOW_BYTES: Final = 1 << 30


def examine(settings: ServerSettings, patience: Patience) -> list[Finding]:
    """What is to be said about this server; as much of it as can be seen."""
    if not settings.on_postgresql and not settings.database_path.exists():
        return [*_machine_findings(settings), _finding("tables_missing")]
    try:
        database = open_database(settings)
    except TillfoldError as error:
        if error.code is not ErrorCode.SQLITE_UNSAFE:
            raise
        return [_finding("sqlite_unsafe", version=sqlcipher3.dbapi2.sqlite_version)]
    with contextlib.closing(database):
        found = [*_machine_findings(settings), *_table_findings(database)]
        if all(finding.level is not Level.FAULT for finding in found):
            keys = read_key_file(settings.key_path)
            context = Context(
                database=database, keys=keys, now_ms=system_time_ms, entropy=secrets.token_bytes
            )
            found += diagnose(context, patience)
        return found


def _finding(kind: str, level: Level = Level.FAULT, **values: str | int) -> Finding:
    return Finding(level=level, kind=kind, values=values)


def _machine_findings(settings: ServerSettings) -> Iterator[Finding]:
    try:
        read_key_file(settings.key_path)
    except TillfoldError as error:
        yield _finding("key_unfit", where=str(error.values.get("where", "")))
    else:
        yield _finding("key", Level.FINE, file=str(settings.key_path))
    if not settings.on_postgresql:
        yield _finding("sqlite", Level.FINE, version=sqlcipher3.dbapi2.sqlite_version)
        folder = settings.database_path.parent
        free = shutil.disk_usage(folder).free if folder.exists() else _DISK_LOW_BYTES
        if free < _DISK_LOW_BYTES:
            yield _finding("disk_low", mebibytes=free >> 20)


def _table_findings(database: Database) -> Iterator[Finding]:
    try:
        revision = database.read(current_revision, brand=ALL_BRANDS)
        if database.read(is_empty, brand=ALL_BRANDS):
            yield _finding("tables_missing")
        elif database.read(at_head, brand=ALL_BRANDS):
            yield _finding("tables", Level.FINE, revision=revision)
        else:
            newer = database.read(is_newer, brand=ALL_BRANDS)
            yield _finding("tables_newer" if newer else "tables_behind", revision=revision)
    except SQLAlchemyError:
        yield _finding("database_away")
