"""Opening the database and running work in transactions on it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.sqlite_versions import check_sqlite_version
from sync_server.database.brand_wall import enter_brand

T = TypeVar("T")

_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 10000",
    "mmap_size = 0",
    "cache_size = -32768",
    "journal_size_limit = 67108864",
)
_BEGIN: Final = "sqlite_begin"

_ATTEMPTS: Final = 3
_LONGEST_WAIT_SECONDS: Final = 30
# PostgreSQL: serialisation failure and deadlock; the transaction is gone and may be run again.
_WORTH_A_RETRY: Final = frozenset({"40001", "40P01"})
_POSTGRESQL_OPTIONS: Final = (
    "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c statement_timeout=60s"
)


class Database:
    """Transactions on one engine. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_postgresql = engine.dialect.name == "postgresql"
        # SQLite has one writer; waiting here is fair, waiting inside SQLite is a poll.
        self._writing = threading.Lock()
        if self.on_postgresql:
            self._writer: Engine = engine
            self._reader: Engine = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            self._writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
            self._reader = engine

    def write(self, work: Callable[[Connection], T], *, brand: BrandId) -> T:
        """Run `work` in one transaction and commit it; nothing of it stays where it raises.

        `work` sees and writes rows of `brand` alone (PostgreSQL itself holds it to that); with
        `ALL_BRANDS` those of all. It is run again, a few times at most, where PostgreSQL asks
        for that.
        """
        if self.on_postgresql:
            return self._write_with_retries(work, brand)
        if not self._writing.acquire(timeout=_LONGEST_WAIT_SECONDS):
            raise TillfoldError(ErrorCode.SERVER_FAILED)
        try:
            return self._run(self._writer, work, brand)
        finally:
            self._writing.release()

    def _write_with_retries(self, work: Callable[[Connection], T], brand: BrandId) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._run(self._writer, work, brand)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _WORTH_A_RETRY:
                    raise
        return self._run(self._writer, work, brand)

    def read(self, work: Callable[[Connection], T], *, brand: BrandId) -> T:
        """Run `work` on one snapshot: all that it reads is from the same moment.

        `brand` is as for `write`.
        """
        return self._run(self._reader, work, brand)

    def _run(self, engine: Engine, work: Callable[[Connection], T], brand: BrandId) -> T:
        with engine.begin() as connection:
            if self.on_postgresql:
                enter_brand(connection, brand)
            return work(connection)

    def close(self) -> None:
        self.engine.dispose()


def open_sqlite(path: Path, *, connections: int) -> Database:
    """The database in a file; the file is made where it is missing, its tables are not.

    Raises:
        TillfoldError: `sqlite_unsafe`.
    """
    check_sqlite_version(sqlcipher3.dbapi2.sqlite_version_info)
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlcipher3.dbapi2,
        connect_args={"check_same_thread": False, "timeout": 10},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_LONGEST_WAIT_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Transactions are begun by `_begin_sqlite`, not by the driver's guess.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def open_postgresql(address: str, *, connections: int) -> Database:
    """The database at a `postgresql://` address.

    Raises:
        TillfoldError: `settings_malformed` where the address cannot be read.
    """
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where="database") from error
    engine = create_engine(
        url,
        connect_args={"connect_timeout": 10, "options": _POSTGRESQL_OPTIONS},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_LONGEST_WAIT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    return Database(engine)
