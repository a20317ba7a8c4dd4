"""The independent word on what the state must be: every entry folded once, in the server's order.

It reads the journals alone, knows no versions, batches, overlays or cursors, and keeps nothing.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from domain.entries import decode_entry
from domain.errors import TillfoldError
from domain.facts import Fact, SaleClosed, decode_fact
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey, encode_aggregate
from domain.fold.ledger import ledger_lines
from domain.identifiers import HEAD_OFFICE
from domain.refunds.facts import RefundMade
from sync_server.database.tables import aggregate, entry, quarantine
from tests.simulation.truth import Deed, Place, deed_of

Bodies = dict[AggregateKey, bytes]
Money = Counter[str]


def folded_in_server_order(connection: Any) -> Bodies:  # noqa: ANN401 - a connection
    """What the aggregates must be, encoded."""
    set_aside = {
        (row.terminal_id, row.epoch, row.number, row.hash)
        for row in connection.execute(select(quarantine))
    }
    state: dict[AggregateKey, Aggregate] = {}
    rows = connection.execute(
        select(entry).order_by(entry.c.version, entry.c.terminal_id, entry.c.epoch, entry.c.number)
    )
    for row in rows:
        if (row.terminal_id, row.epoch, row.number, row.hash) in set_aside:
            continue
        held = decode_entry(row.content)
        fact = decode_fact(held.kind, held.schema, held.body)
        for key in touched(fact):
            state[key] = fold(key, state.get(key), held, fact)
    return {key: encode_aggregate(value) for key, value in state.items()}


def held_by_server(connection: Any) -> Bodies:  # noqa: ANN401 - a connection
    rows = connection.execute(select(aggregate.c.kind, aggregate.c.id, aggregate.c.body))
    return {AggregateKey(row.kind, row.id): bytes(row.body) for row in rows}


def places(connection: Any) -> set[Place]:  # noqa: ANN401 - a connection
    """Which entries the server holds."""
    rows = connection.execute(select(entry.c.terminal_id, entry.c.epoch, entry.c.number))
    return {(row[0], row[1], row[2]) for row in rows}


def deeds(connection: Any) -> Counter[Deed]:  # noqa: ANN401 - a connection
    """What the server holds of what happened at tills, and how often."""
    rows = connection.execute(select(entry.c.content).where(entry.c.terminal_id != HEAD_OFFICE))
    return Counter(deed_of(row.content) for row in rows)


def readable(content: bytes) -> Fact | None:
    """The fact of an entry; None for one of a later release."""
    held = decode_entry(content)
    try:
        return decode_fact(held.kind, held.schema, held.body)
    except TillfoldError:
        return None


def takings(facts: Iterable[Fact]) -> Money:
    """Money in by tender: sales less refunds."""
    sums: Money = Counter()
    for fact in facts:
        if isinstance(fact, SaleClosed):
            for tender in fact.sale.tenders:
                sums[tender.kind.value] += tender.amount_fen
        if isinstance(fact, RefundMade):
            for back in fact.refund.tenders:
                sums[back.kind.value] -= back.amount_fen
    return sums


def points(facts: Iterable[Fact]) -> Counter[str]:
    """Points by member, line by line."""
    sums: Counter[str] = Counter()
    for fact in facts:
        for line in ledger_lines(fact):
            sums[line.member_id] += line.points
    return sums
