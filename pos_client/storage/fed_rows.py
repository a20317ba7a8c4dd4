"""Rows of the feed: read, and written into `aggregate`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import Connection

from domain.digests import LARGEST_DIGEST, add_digests, row_digest
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, decode_aggregate
from domain.protocol import FeedRow
from pos_client.storage.direct import changes, fetch, run, run_many
from pos_client.storage.member_index import said_card, said_name

Written = tuple[str, str, int, bytes, int, int, str | None, str | None]

_ADD: Final = """INSERT INTO aggregate (kind, id, version, body, digest, generation, name, card)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT: Final = f"""{_ADD}
    ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body,
        digest = excluded.digest, generation = excluded.generation, name = excluded.name,
        card = excluded.card"""
# A row that came back under the same or a later version stays; versions of an earlier generation
# may be those of another history.
_TAKE_AWAY: Final = """DELETE FROM aggregate WHERE kind = ? AND id = ?
    AND (version < ? OR generation < ?)"""
_IS_THERE: Final = "SELECT 1 FROM aggregate WHERE kind = ? AND id = ?"
_ADD_TO_SUM: Final = f"UPDATE feed_sum SET sum = (sum + ?) & {LARGEST_DIGEST}"  # noqa: S608 - our text
_SUMMING: Final = """SELECT sql FROM sqlite_master
    WHERE type = 'trigger' AND name = 'aggregate_added'"""
_STOP_SUMMING: Final = "DROP TRIGGER aggregate_added"
_KNOWN_KINDS: Final = {kind.value: kind for kind in AggregateKind}


class FedRows(msgspec.Struct, frozen=True, kw_only=True):
    """What rows hold (`values`, `gone`: of the kinds that this release knows), and as written."""

    values: dict[AggregateKey, Aggregate]
    gone: frozenset[AggregateKey]
    present: list[Written]
    taken: list[tuple[str, str, int, int]]

    @property
    def names(self) -> Iterator[str | None]:
        return (row[-2] for row in self.present)


WriteRows = Callable[[Connection, FedRows], None]


def open_rows(rows: Sequence[FeedRow], generation: int) -> FedRows:
    """Read rows of a `sync_state` generation.

    Those of a kind that a later release knows are kept for it, unread.

    Raises:
        TillfoldError: `server_garbled` where a row holds no such aggregate.
    """
    values: dict[AggregateKey, Aggregate] = {}
    present: list[Written] = []
    for row in rows:
        body, name, card = row.body, None, None
        if body is None:
            continue
        kind = _KNOWN_KINDS.get(row.kind)
        if kind is not None:
            value = values[AggregateKey(kind, row.id)] = _opened(kind, body)
            name, card = said_name(value), said_card(value)
        digest = row_digest(row.kind, row.id, version=row.version, body=body)
        present.append((row.kind, row.id, row.version, body, digest, generation, name, card))
    taken = [(row.kind, row.id, row.version, generation) for row in rows if row.body is None]
    gone = [AggregateKey(_KNOWN_KINDS[kind], i) for kind, i, *_ in taken if kind in _KNOWN_KINDS]
    return FedRows(
        values=values, gone=frozenset(gone) - values.keys(), present=present, taken=taken
    )


def write_rows(connection: Connection, fed: FedRows) -> None:
    run_many(connection, _PUT, fed.present)
    run_many(connection, _TAKE_AWAY, fed.taken)


@contextmanager
def summed_at_once(connection: Connection) -> Iterator[WriteRows]:
    """Within an open transaction: rows that are new here are added to the sum a slice at a time.

    The trigger that adds each of them costs a first sync as much as a third of its rows. It is gone
    for this transaction alone: a crash, or an error, brings it back with everything else.
    """
    ((trigger,),) = fetch(connection, _SUMMING)
    run(connection, _STOP_SUMMING)
    yield _write_and_sum
    run(connection, trigger)


def _write_and_sum(connection: Connection, fed: FedRows) -> None:
    before = changes(connection)
    try:
        run_many(connection, _ADD, fed.present)
        new = fed.present
    except sqlcipher3.dbapi2.IntegrityError:
        # One is here already; those in front of it are written.
        added = changes(connection) - before
        others = fed.present[added:]
        first = {row[:2]: row for row in reversed(others)}
        absent = [row for key, row in first.items() if not fetch(connection, _IS_THERE, key)]
        new = [*fed.present[:added], *absent]
        # What changes is summed by a trigger of its own.
        run_many(connection, _PUT, others)
    run(connection, _ADD_TO_SUM, (add_digests(*(row[4] for row in new)),))
    run_many(connection, _TAKE_AWAY, fed.taken)


def _opened(kind: AggregateKind, body: bytes) -> Aggregate:
    try:
        return decode_aggregate(kind, body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error
