"""What sales moved: points ledger lines, sales and their tenders, one row each, for the books."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, select

from domain.identifiers import BrandId, MemberId
from sync_server.database.statements import insert_all
from sync_server.database.tables import ledger_line, sale, tender


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    terminal_id: str
    epoch: int
    number: int
    position: int
    member_id: str
    points: int
    reason: str
    sale_id: str
    store_id: str
    stamp: int


class SaleRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    terminal_id: str
    epoch: int
    number: int
    sale_id: str
    store_id: str
    business_day: str
    total_fen: int


class TenderRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    terminal_id: str
    epoch: int
    number: int
    position: int
    kind: str
    amount_fen: int


class SaleRows(msgspec.Struct, frozen=True, kw_only=True):
    ledger_lines: Sequence[LedgerRow] = ()
    sales: Sequence[SaleRow] = ()
    tenders: Sequence[TenderRow] = ()


def add(connection: Connection, rows: SaleRows) -> None:
    insert_all(connection, ledger_line, rows.ledger_lines)
    insert_all(connection, sale, rows.sales)
    insert_all(connection, tender, rows.tenders)


def ledger_of(
    connection: Connection, brand_id: BrandId, member_ids: Sequence[MemberId], *, limit: int
) -> list[LedgerRow]:
    """The newest lines of a member under all its ids, newest first."""
    rows = connection.execute(
        select(ledger_line)
        .where(ledger_line.c.brand_id == brand_id, ledger_line.c.member_id.in_(member_ids))
        .order_by(
            ledger_line.c.stamp.desc(),
            ledger_line.c.terminal_id,
            ledger_line.c.number.desc(),
            ledger_line.c.position,
        )
        .limit(limit)
    )
    return [LedgerRow(**row) for row in rows.mappings()]


def points_total(connection: Connection, brand_id: BrandId) -> int:
    """The sum of all ledger lines of the brand."""
    found = connection.execute(
        select(func.sum(ledger_line.c.points)).where(ledger_line.c.brand_id == brand_id)
    )
    return int(found.scalar_one() or 0)


def points_by_member(connection: Connection, brand_id: BrandId) -> dict[str, int]:
    rows = connection.execute(
        select(ledger_line.c.member_id, func.sum(ledger_line.c.points).label("points"))
        .where(ledger_line.c.brand_id == brand_id)
        .group_by(ledger_line.c.member_id)
    )
    return {row.member_id: int(row.points) for row in rows}


def sales_by_terminal(connection: Connection, brand_id: BrandId) -> dict[str, tuple[int, int]]:
    """Number of sales and their total in fen, by terminal."""
    rows = connection.execute(
        select(
            sale.c.terminal_id,
            func.count().label("sales"),
            func.sum(sale.c.total_fen).label("total_fen"),
        )
        .where(sale.c.brand_id == brand_id)
        .group_by(sale.c.terminal_id)
    )
    return {row.terminal_id: (row.sales, int(row.total_fen)) for row in rows}


def tenders_by_terminal(connection: Connection, brand_id: BrandId) -> dict[str, dict[str, int]]:
    """Amount in fen by terminal and kind of tender."""
    rows = connection.execute(
        select(
            tender.c.terminal_id,
            tender.c.kind,
            func.sum(tender.c.amount_fen).label("amount_fen"),
        )
        .where(tender.c.brand_id == brand_id)
        .group_by(tender.c.terminal_id, tender.c.kind)
    )
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        totals.setdefault(row.terminal_id, {})[row.kind] = int(row.amount_fen)
    return totals
