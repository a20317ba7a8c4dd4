"""The books of a till, counted from its journal and its shown state, for comparing."""

from typing import Any

from domain.entries import decode_entry
from domain.facts import SaleClosed, decode_fact
from domain.fold.aggregates import AggregateKind, Member
from domain.members.facts import MemberEnrolled
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.storage.aggregates import load_kind
from pos_client.storage.store import Store
from pos_client.storage.tables import journal


def till_books(machinery: TillMachinery) -> dict[str, Any]:
    """Own entries and sales by tender from the journal; members and points as shown."""
    return machinery.storage.run(_books)


def _books(store: Store) -> dict[str, Any]:
    with store.read() as connection:
        rows = connection.execute(journal.select().order_by(journal.c.number)).all()
        members = [
            value
            for value in load_kind(connection, AggregateKind.MEMBER).values()
            if isinstance(value, Member)
        ]
    entries = [decode_entry(row.content) for row in rows]
    facts = [decode_fact(entry.kind, entry.schema, entry.body) for entry in entries]
    sales = [fact.sale for fact in facts if isinstance(fact, SaleClosed)]
    tenders: dict[str, int] = {}
    for sale in sales:
        for tender in sale.tenders:
            tenders[tender.kind] = tenders.get(tender.kind, 0) + tender.amount_fen
    return {
        "terminal": store.identity.terminal,
        "label": store.identity.label,
        "entries": len(entries),
        "head": store.head.number,
        "enrolled": sum(isinstance(fact, MemberEnrolled) for fact in facts),
        "sales": len(sales),
        "total_fen": sum(sale.total_fen for sale in sales),
        "tenders_fen": tenders,
        "members": len(members),
        "points": sum(member.points for member in members),
    }
