"""A whole database as rows, the same for SQLite and PostgreSQL: one moves into the other by it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, column, insert, inspect, select, table

from sync_server.database.tables import job, metadata

ROWS_AT_ONCE: Final = 1_000
# Who runs which job is of the running servers, not of the books.
_LEFT_OUT: Final = frozenset({job.name})

Row = tuple[Any, ...]


def dumped_tables() -> list[Table]:
    """The tables in an order in which rows find those that they refer to."""
    return [one for one in metadata.sorted_tables if one.name not in _LEFT_OUT]


def rows_of(connection: Connection, one: Table) -> Iterator[Sequence[Row]]:
    """The rows by their key, in parts, and never all of them in memory."""
    wanted = select(one).order_by(*one.primary_key)
    in_parts = {"yield_per": ROWS_AT_ONCE}
    with connection.execute(wanted, execution_options=in_parts) as rows:
        for part in rows.partitions():
            yield [tuple(row) for row in part]


def columns_now(connection: Connection, name: str) -> list[str]:
    """The columns of a table as the database has them; none where it has no such table."""
    found = inspect(connection)
    return [one["name"] for one in found.get_columns(name)] if found.has_table(name) else []


def table_count(connection: Connection) -> int:
    return len(inspect(connection).get_table_names())


def load_rows(
    connection: Connection, name: str, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Put rows into a table of the revision that they were dumped at."""
    target = table(name, *(column(one) for one in columns))
    values = [dict(zip(columns, row, strict=True)) for row in rows]
    connection.execute(insert(target), values)
