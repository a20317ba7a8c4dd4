"""The books: what the server holds of each terminal, and whether all of it adds up."""

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Member
from domain.identifiers import BrandId
from sync_server.database import aggregates, journal, sales
from sync_server.database.brands import Brand, feed_head, find_brand
from sync_server.database.cases import count_open
from sync_server.database.terminals import list_terminals
from sync_server.use_cases.context import Context

_MOST_TERMINALS = 10_000


class TerminalBooks(msgspec.Struct, frozen=True, kw_only=True):
    """One terminal's journal in figures. `tenders_fen` has an amount for each kind of tender."""

    terminal_id: str
    store_id: str
    label: str
    epoch: int
    head_number: int
    head_hash: str
    quarantined: int
    sales: int
    total_fen: int
    tenders_fen: dict[str, int]


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """`members` counts phones, `enrolments` every time one was enrolled."""

    brand_id: str
    feed_head: int
    terminals: list[TerminalBooks]
    members: int
    enrolments: int
    points_total: int
    open_cases: int


def read_books(context: Context, brand_id: BrandId) -> Books:
    """All figures from one snapshot.

    Raises:
        TillfoldError: `not_found`.
    """

    def work(connection: Connection) -> Books:
        brand = find_brand(connection, brand_id)
        if brand is None:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        return _books(connection, brand)

    return context.database.read(work, brand=brand_id)


def _books(connection: Connection, brand: Brand) -> Books:
    brand_id = brand.brand_id
    return Books(
        brand_id=brand_id,
        feed_head=feed_head(connection, brand_id),
        terminals=_terminals(connection, brand_id),
        members=aggregates.count_kind(connection, brand_id, AggregateKind.PHONE),
        enrolments=aggregates.count_kind(connection, brand_id, AggregateKind.MEMBER),
        points_total=sales.points_total(connection, brand_id),
        open_cases=count_open(connection, brand_id),
    )


def _terminals(connection: Connection, brand_id: BrandId) -> list[TerminalBooks]:
    sold = sales.sales_by_terminal(connection, brand_id)
    tenders = sales.tenders_by_terminal(connection, brand_id)
    quarantined = journal.quarantined_by_terminal(connection, brand_id)
    return [
        TerminalBooks(
            terminal_id=terminal.terminal_id,
            store_id=terminal.store_id,
            label=terminal.label,
            epoch=terminal.epoch,
            head_number=terminal.head_number,
            head_hash=terminal.head_hash.hex(),
            quarantined=quarantined.get(terminal.terminal_id, 0),
            sales=sold.get(terminal.terminal_id, (0, 0))[0],
            total_fen=sold.get(terminal.terminal_id, (0, 0))[1],
            tenders_fen=tenders.get(terminal.terminal_id, {}),
        )
        for terminal in list_terminals(connection, brand_id, limit=_MOST_TERMINALS)
    ]


def points_balances(connection: Connection, brand_id: BrandId) -> dict[str, int]:
    """Each member's balance as the fold keeps it."""
    balances: dict[str, int] = {}
    after = ""
    while found := aggregates.list_kind(
        connection, brand_id, AggregateKind.MEMBER, after=after, limit=1_000
    ):
        members = [member for member in found if isinstance(member, Member)]
        balances.update({member.member_id: member.points for member in members})
        after = members[-1].member_id
    return balances
