"""Opening the till's database: SQLCipher through SQLAlchemy, one connection on one thread."""

from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from domain.errors import ErrorCode, TillfoldError
from domain.sqlite_versions import check_sqlite_version

# Keeps a small till's whole database in memory; SQLCipher decrypts each page that is not there.
_CACHE_KIB: Final = 64 * 1024

_FULL: Final = 13
_NOT_A_DATABASE: Final = 26
_DAMAGED: Final = frozenset({11, _NOT_A_DATABASE})
_DISK_FAULTS: Final = frozenset({8, 10, 14})  # read-only, I/O error, cannot open


def open_engine(path: Path, key: bytes) -> Engine:
    """An engine with one connection, for the storage thread alone. Nothing is read yet.

    Raises:
        TillfoldError: `sqlite_unsafe`.
    """
    check_sqlite_version(sqlcipher3.dbapi2.sqlite_version_info)
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlcipher3.dbapi2,
        poolclass=StaticPool,
        connect_args={"timeout": 5},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver has no types
        # Transactions are ours to begin (IMMEDIATE, in `Store`), not the driver's.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (
            "cipher_log_level = NONE",  # damage is reported by us, in words
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "mmap_size = 0",
            f"cache_size = -{_CACHE_KIB}",
            "journal_size_limit = 67108864",
            "temp_store = MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def storage_error(error: Exception) -> TillfoldError | None:
    """What a driver's error means to a person; None where it is a fault of ours."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == _FULL:
        return TillfoldError(ErrorCode.DISK_FULL)
    if primary in _DISK_FAULTS:
        return TillfoldError(ErrorCode.DISK_FAILED)
    if primary in _DAMAGED:
        return TillfoldError(ErrorCode.DATABASE_DAMAGED)
    return None
