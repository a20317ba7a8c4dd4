"""The rows of the books that a batch of entries brings: ledger lines, sales, tenders."""

from collections.abc import Sequence

from domain.entries import Entry
from domain.facts import Fact, SaleClosed
from domain.fold.ledger import ledger_lines
from domain.orders import Sale
from sync_server.database.sales import LedgerRow, SaleRow, SaleRows, TenderRow
from sync_server.database.terminals import Terminal
from sync_server.use_cases.inspection import Arrival


def booked(held: Terminal, arrivals: Sequence[Arrival]) -> SaleRows:
    sold = [
        (arrival.entry, arrival.fact.sale)
        for arrival in arrivals
        if arrival.entry is not None and isinstance(arrival.fact, SaleClosed)
    ]
    return SaleRows(
        ledger_lines=[
            row
            for arrival in arrivals
            if arrival.entry is not None and arrival.fact is not None
            for row in _ledger_rows(held, arrival.entry, arrival.fact)
        ],
        sales=[_sale_row(held, entry, sale) for entry, sale in sold],
        tenders=[row for entry, sale in sold for row in _tender_rows(held, entry, sale)],
    )


def _ledger_rows(held: Terminal, entry: Entry, fact: Fact) -> list[LedgerRow]:
    return [
        LedgerRow(
            brand_id=held.brand_id,
            terminal_id=held.terminal_id,
            epoch=entry.epoch,
            number=entry.number,
            position=line.position,
            member_id=line.member_id,
            points=line.points,
            reason=line.reason.value,
            sale_id=line.sale_id,
            store_id=held.store_id,
            stamp=entry.stamp,
        )
        for line in ledger_lines(fact)
    ]


def _sale_row(held: Terminal, entry: Entry, sale: Sale) -> SaleRow:
    return SaleRow(
        brand_id=held.brand_id,
        terminal_id=held.terminal_id,
        epoch=entry.epoch,
        number=entry.number,
        sale_id=sale.sale_id,
        store_id=held.store_id,
        # PostgreSQL's texts cannot hold a NUL; the journal keeps what was sent.
        business_day=sale.business_day.replace("\0", ""),
        total_fen=sale.total_fen,
    )


def _tender_rows(held: Terminal, entry: Entry, sale: Sale) -> list[TenderRow]:
    return [
        TenderRow(
            brand_id=held.brand_id,
            terminal_id=held.terminal_id,
            epoch=entry.epoch,
            number=entry.number,
            position=position,
            kind=tender.kind.value,
            amount_fen=tender.amount_fen,
        )
        for position, tender in enumerate(sale.tenders, start=1)
    ]
