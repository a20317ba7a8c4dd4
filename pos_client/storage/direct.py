"""Statements on the path of a sale, straight on the driver.

Building and compiling them in SQLAlchemy takes several times what the disk takes to make the sale
durable (measured: 3.3 ms against 0.5 ms), so the few statements that every sale runs stand here as
text. Everything else goes through SQLAlchemy.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection

Value: TypeAlias = str | int | bytes


def fetch(connection: Connection, sql: str, values: Sequence[Value] = ()) -> list[Any]:
    """All rows of a query, as tuples."""
    rows: list[Any] = _driver(connection).execute(sql, values).fetchall()
    return rows


def run(connection: Connection, sql: str, values: Sequence[Value] = ()) -> None:
    _driver(connection).execute(sql, values)


def run_many(connection: Connection, sql: str, rows: Iterable[Sequence[Value]]) -> None:
    _driver(connection).executemany(sql, rows)


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - the driver ships no types
    return connection.connection.driver_connection
