"""Bulk statements for both databases, past SQLAlchemy's handling of each single row.

Rows are structs whose fields are named as the table's columns. SQLite takes them one by one in one
prepared statement; PostgreSQL takes all of them in one statement, a column an array.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Final, TypeVar

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    any_,
    bindparam,
    literal,
)

T = TypeVar("T")

# Far below SQLite's 32,766 values in one statement.
KEYS_AT_ONCE: Final = 500


def upsert(connection: Connection, table: Table, rows: Sequence[msgspec.Struct]) -> None:
    """Insert rows; where the key is there already, replace the other columns."""
    _insert(connection, table, rows, _on_conflict_replace(table))


def insert_new(connection: Connection, table: Table, rows: Sequence[msgspec.Struct]) -> None:
    """Insert rows; one whose key is there already changes nothing."""
    _insert(connection, table, rows, "ON CONFLICT DO NOTHING")


def insert_all(connection: Connection, table: Table, rows: Sequence[msgspec.Struct]) -> None:
    _insert(connection, table, rows, "")


def in_parts(values: Sequence[T], size: int = KEYS_AT_ONCE) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def is_one_of(
    connection: Connection, column: Column[str], values: Sequence[str]
) -> ColumnElement[bool]:
    """Whether a column holds one of at most KEYS_AT_ONCE values; one array on PostgreSQL."""
    if is_postgresql(connection):
        return column == any_(literal(list(values), ARRAY(Text)))
    return column.in_(values)


def named(column: Column[str], name: str, *, on_postgresql: bool) -> ColumnElement[bool]:
    """As `is_one_of`, for a statement that is built once: the values come under a name."""
    if on_postgresql:
        return column == any_(bindparam(name, type_=ARRAY(Text)))
    return column.in_(bindparam(name, expanding=True))


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _insert(
    connection: Connection, table: Table, rows: Sequence[msgspec.Struct], on_conflict: str
) -> None:
    if not rows:
        return
    values = list(map(attrgetter(*_names(table)), rows))
    if is_postgresql(connection):
        columns = tuple(list(column) for column in zip(*values, strict=True))
        connection.exec_driver_sql(_from_arrays(table, on_conflict), columns)
    else:
        connection.exec_driver_sql(_from_rows(table, on_conflict), values)


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@cache
def _on_conflict_replace(table: Table) -> str:
    keys = [column.name for column in table.primary_key]
    others = ", ".join(f"{name} = excluded.{name}" for name in _names(table) if name not in keys)
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {others}"


@cache
def _from_rows(table: Table, on_conflict: str) -> str:
    places = ", ".join("?" for _ in _names(table))
    return f"INSERT INTO {table.name} ({_list(table)}) VALUES ({places}) {on_conflict}"  # noqa: S608 - our own names


@cache
def _from_arrays(table: Table, on_conflict: str) -> str:
    arrays = ", ".join(f"%b::{_array_type(column)}" for column in table.columns)
    rows = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - our own names
    return f"INSERT INTO {table.name} ({_list(table)}) {rows} {on_conflict}"


def _list(table: Table) -> str:
    return ", ".join(_names(table))


def _array_type(column: Column[object]) -> str:
    if isinstance(column.type, BigInteger):
        return "bigint[]"
    return "bytea[]" if isinstance(column.type, LargeBinary) else "text[]"
