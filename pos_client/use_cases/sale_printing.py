"""What a closed sale puts into the spool: its receipt and the tickets of the kitchen."""

from datetime import date

import msgspec
from sqlalchemy import Connection

from domain.facts import SaleClosed
from domain.fold import ONLY_ONE
from domain.fold.aggregates import AggregateKind, Menu
from domain.identifiers import ItemId, StaffId
from domain.orders import Sale
from domain.wording import Wording
from hardware.receipt import encode_document
from pos_client.storage import spool
from pos_client.storage.aggregates import load_one
from pos_client.storage.journal import SealedEntry
from pos_client.storage.spool import JobKind, NewJob
from pos_client.storage.store import Store
from pos_client.use_cases.cards import receipt_code
from pos_client.use_cases.documents.kitchen_ticket import kitchen_ticket
from pos_client.use_cases.documents.label import labels
from pos_client.use_cases.documents.parts import Paper
from pos_client.use_cases.documents.sale_receipt import GuestOnReceipt, sale_receipt
from pos_client.use_cases.guests import points_balance
from pos_client.use_cases.kitchen_routing import RoutedTicket, tickets_of
from pos_client.use_cases.label_routing import RoutedLabels, labels_of
from pos_client.use_cases.members import is_elsewhere, joined_member
from pos_client.use_cases.routing import NO_PRINTING, Routing
from pos_client.use_cases.sign_in import name_of


class Printing(msgspec.Struct, frozen=True, kw_only=True):
    """How a till prints: who prints what, in which language, and the shop's own lines.

    `member_code`: a member's receipt holds a code that the counter knows her by.
    """

    routing: Routing = NO_PRINTING
    wording: Wording
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    member_code: bool = False


class SoldBy(msgspec.Struct, frozen=True, kw_only=True):
    """What of a sale does not stand in it; `balance` as `balance_after` says."""

    seller: StaffId
    balance: int | None


def print_sale(
    store: Store, connection: Connection, sale: Sale, printing: Printing, sold: SoldBy
) -> None:
    """Queue everything of a sale that was recorded in this transaction."""
    now_ms = store.trusted_time.now_ms()
    paper = Paper(
        identity=store.identity,
        wording=printing.wording,
        now_ms=now_ms,
        head=printing.head,
        foot=printing.foot,
    )
    if printing.routing.receipts:
        _queue_receipt(connection, sale, paper, printing, sold.balance)
    routing, categories = printing.routing, _Categories(connection)
    if routing.stations or routing.default_station:
        waiter = name_of(connection, sold.seller)
        for routed in tickets_of(sale, routing, categories.of, waiter=waiter):
            _queue_ticket(connection, sale, routed, paper, routing)
    for routed_labels in labels_of(sale, routing, categories.of):
        _queue_labels(connection, sale, routed_labels, paper, routing)


def print_recovered(
    store: Store, connection: Connection, entry: SealedEntry, printing: Printing
) -> None:
    """Queue what a sale still owes that only the second journal had."""
    if isinstance(entry.fact, SaleClosed):
        sale = entry.fact.sale
        sold = SoldBy(seller=entry.entry.actor, balance=balance_after(connection, sale))
        print_sale(store, connection, sale, printing, sold)


def balance_after(connection: Connection, sale: Sale) -> int | None:
    """The member's points after a recorded sale; None without a member whose points are known."""
    if sale.member_id is None:
        return None
    member = joined_member(connection, sale.member_id)
    if is_elsewhere(member):
        return None
    return points_balance(member, date.fromisoformat(sale.business_day))


def _queue_receipt(
    connection: Connection, sale: Sale, paper: Paper, printing: Printing, balance: int | None
) -> None:
    guest = None
    if sale.member_id is not None and balance is not None:
        code = receipt_code(sale.member_id) if printing.member_code else ""
        guest = GuestOnReceipt(points_balance=balance, code=code)
    job = NewJob(
        document_id=sale.sale_id,
        kind=JobKind.RECEIPT,
        title=sale.receipt_number,
        printer=printing.routing.receipts,
        document=encode_document(sale_receipt(sale, paper, guest)),
    )
    spool.queue(connection, job, now_ms=paper.now_ms)


def _queue_ticket(
    connection: Connection, sale: Sale, routed: RoutedTicket, paper: Paper, routing: Routing
) -> None:
    job = NewJob(
        document_id=f"{sale.sale_id}/{routed.key}",
        kind=JobKind.KITCHEN,
        title=routed.ticket.number,
        printer=routed.printer,
        document=encode_document(kitchen_ticket(routed.ticket, paper)),
        expires_ms=paper.now_ms + routing.fresh_ms,
    )
    spool.queue(connection, job, now_ms=paper.now_ms)


def _queue_labels(
    connection: Connection, sale: Sale, routed: RoutedLabels, paper: Paper, routing: Routing
) -> None:
    job = NewJob(
        document_id=f"{sale.sale_id}/{routed.key}",
        kind=JobKind.LABEL,
        title=routed.number,
        printer=routed.printer,
        document=encode_document(labels(routed.labels, paper)),
        expires_ms=paper.now_ms + routing.fresh_ms,
    )
    spool.queue(connection, job, now_ms=paper.now_ms)


class _Categories:
    """Of the dishes on the menu, which is read only if a set meal was sold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[ItemId, str] | None = None

    def of(self, item_id: ItemId) -> str:
        if self._known is None:
            menu = load_one(self._connection, AggregateKind.MENU, ONLY_ONE)
            items = menu.items if isinstance(menu, Menu) else ()
            self._known = {item.item_id: item.category for item in items}
        return self._known.get(item_id, "")
