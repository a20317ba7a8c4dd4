"""What a till must show at every step: the feed's rows with its own waiting entries on top."""

from typing import Any

from sqlalchemy import select, tuple_

from domain.entries import decode_entry
from domain.facts import decode_fact
from domain.fold import fold, touched
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    decode_aggregate,
    encode_aggregate,
)
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import aggregate, journal, overlay, pending
from sync_server.database.tables import entry
from tests.simulation.reached import Violation
from tests.simulation.server import SimulatedServer
from tests.simulation.tills import SimulatedTill

Waiting = dict[AggregateKey, list[Any]]


def check_laid_over(till: SimulatedTill, server: SimulatedServer) -> None:
    """Fold once more, from the tables alone, what the till has laid over the feed's rows.

    Raises:
        Violation: it shows something else, or no longer counts on what no server has.
    """
    store = till.store
    assert store is not None
    with store.read() as connection:
        waiting = _waiting(connection)
        unsure = _behind_acknowledged(connection)
        if not waiting and not unsure:
            return
        shown = {
            AggregateKey(AggregateKind(row.kind), row.id): bytes(row.body)
            for row in connection.execute(select(overlay))
        }
        expected = {key: _folded(connection, key, rows) for key, rows in waiting.items()}
    for key in sorted(shown.keys() | expected.keys()):
        if shown.get(key) != expected.get(key):
            raise Violation(f"{till.name} does not show {key.kind} {key.id} as it must be")
    _check_unheld(till, server, unsure, waiting)


def _waiting(connection: Any) -> Waiting:  # noqa: ANN401 - a connection
    """Entries by what they wait on, oldest first."""
    joined = pending.join(
        journal,
        (pending.c.epoch == journal.c.epoch) & (pending.c.number == journal.c.number),
    )
    rows = connection.execute(
        select(pending.c.kind, pending.c.id, journal.c.hash, journal.c.content)
        .select_from(joined)
        .order_by(journal.c.epoch, journal.c.number)
    )
    waiting: Waiting = {}
    for row in rows:
        waiting.setdefault(AggregateKey(AggregateKind(row.kind), row.id), []).append(row)
    return waiting


def _behind_acknowledged(connection: Any) -> list[Any]:  # noqa: ANN401 - a connection
    state = read_sync_state(connection)
    # Of a history before, the rows stay until they are replaced: they hold what it had taken in.
    kept = (state.kept_epoch, state.kept) if state.refetching else (0, 0)
    last = max((state.acknowledged_epoch, state.acknowledged), kept)
    behind = tuple_(journal.c.epoch, journal.c.number) > last
    return list(connection.execute(select(journal.c.hash, journal.c.content).where(behind)))


def _folded(connection: Any, key: AggregateKey, rows: list[Any]) -> bytes:  # noqa: ANN401
    query = select(aggregate.c.body).where(aggregate.c.kind == key.kind, aggregate.c.id == key.id)
    body = connection.scalar(query)
    state = None if body is None else decode_aggregate(key.kind, bytes(body))
    for row in rows:
        held = decode_entry(row.content)
        state = fold(key, state, held, decode_fact(held.kind, held.schema, held.body))
    assert state is not None
    return encode_aggregate(state)


def _check_unheld(
    till: SimulatedTill, server: SimulatedServer, unsure: list[Any], waiting: Waiting
) -> None:
    """What the server does not hold, its rows cannot show: the till itself must count on it."""
    if not unsure:
        return
    hashes = [row.hash for row in unsure]
    held = server.read(
        lambda connection: set(
            connection.execute(select(entry.c.hash).where(entry.c.hash.in_(hashes))).scalars()
        )
    )
    for row in unsure:
        if row.hash in held:
            continue
        one = decode_entry(row.content)
        for key in touched(decode_fact(one.kind, one.schema, one.body)):
            if all(other.hash != row.hash for other in waiting.get(key, ())):
                raise Violation(f"{till.name}: entry {one.number} waits on {key.kind} no more")
