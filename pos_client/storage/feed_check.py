"""What the feed brought, as digests and as their sum, for comparing it with the server's.

The sum itself is kept by the database (triggers on `aggregate`). Digests are what a row was when
it was written; `renew_digests` reads rows again, a few at a time, so that damage to a row becomes
a difference of the sum.
"""

from typing import Final

from sqlalchemy import Connection

from domain.digests import row_digest
from pos_client.storage.direct import fetch, run_many

Key = tuple[str, str]
FIRST: Final[Key] = ("", "")

_SUM: Final = "SELECT sum FROM feed_sum"
_ROWS_AFTER: Final = """SELECT kind, id, version, body, digest FROM aggregate
    WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?"""
_DIGESTS_AFTER: Final = """SELECT kind, id, digest FROM aggregate
    WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?"""
_GENERATIONS_AFTER: Final = """SELECT kind, id, generation FROM aggregate
    WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?"""
_RENEW: Final = "UPDATE aggregate SET digest = ? WHERE kind = ? AND id = ?"


def own_sum(connection: Connection) -> int:
    return int(fetch(connection, _SUM)[0][0])


def own_digests(connection: Connection, after: Key, limit: int) -> list[tuple[str, str, int]]:
    """The next rows behind a key, as (kind, id, digest)."""
    return fetch(connection, _DIGESTS_AFTER, (*after, limit))


def renew_digests(connection: Connection, after: Key, limit: int) -> Key | None:
    """Read the next rows again and put right those digests that do not fit them.

    Answers behind which key to go on; None: that was the last row.
    """
    rows = fetch(connection, _ROWS_AFTER, (*after, limit))
    wrong = [
        (fresh, kind, row_id)
        for kind, row_id, version, body, digest in rows
        if (fresh := row_digest(kind, row_id, version=version, body=body)) != digest
    ]
    run_many(connection, _RENEW, wrong)
    return (rows[-1][0], rows[-1][1]) if len(rows) == limit else None


def left_over(
    connection: Connection, after: Key, limit: int, *, before: int
) -> tuple[list[Key], Key | None]:
    """Look at the next rows; those of generations before one, and behind which key to go on."""
    rows = fetch(connection, _GENERATIONS_AFTER, (*after, limit))
    old = [(kind, row_id) for kind, row_id, generation in rows if generation < before]
    return old, (rows[-1][0], rows[-1][1]) if len(rows) == limit else None
