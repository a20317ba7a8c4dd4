"""What a worker does about rights from time to time; each may run at any time, and again."""

from functools import partial
from typing import Final

from sqlalchemy import Connection

from domain.allowances.subjects import Subject
from domain.identifiers import BrandId
from sync_server.database import allowances, spending
from sync_server.database.allowances import HoldRow, HoldState
from sync_server.database.spending import SubjectRow
from sync_server.use_cases.context import Context
from sync_server.use_cases.granting import grant, lapse
from sync_server.use_cases.spendable import book_of

AT_ONCE: Final = 200
# A member who was not seen for so long asks for an allowance by coming.
ACTIVE_MS: Final = 60 * 24 * 3_600_000


def lapse_due(context: Context, brand_id: BrandId) -> int:
    """Take back what has been over for the days of grace; how many allowances and holds.

    A spend that comes after all is booked, never refused.
    """
    database = context.database
    book = database.read(lambda connection: book_of(connection, brand_id), brand=brand_id)
    before_ms = context.now_ms() - book.spending.grace_ms
    count = 0
    while True:
        over, holds = database.read(
            lambda connection: (
                allowances.over_before(connection, brand_id, before_ms, AT_ONCE),
                allowances.holds_over_before(connection, brand_id, before_ms, AT_ONCE),
            ),
            brand=brand_id,
        )
        for each in over:
            database.write(partial(_lapse, each), brand=brand_id)
        for hold in holds:
            database.write(partial(_run_out, hold), brand=brand_id)
        count += len(over) + len(holds)
        if not over and not holds:
            return count


def _lapse(found: allowances.AllowanceRow, connection: Connection) -> None:
    lapse(connection, found)


def _run_out(found: HoldRow, connection: Connection) -> None:
    row = spending.lock(connection, found.brand_id, [found.row])[found.row]
    held = allowances.holds_of(connection, found.brand_id, found.terminal_id, [found.operation_id])
    for hold in held:
        if hold.subject == found.subject and hold.state is HoldState.HELD:
            allowances.settle_hold(connection, hold, HoldState.LAPSED)
            spending.change(connection, row, held=-hold.amount)


def grant_due(context: Context, brand_id: BrandId) -> int:
    """Give home stores what they may have of their active members; how many were looked at."""
    since_ms = context.now_ms() - ACTIVE_MS
    count, after = 0, None
    while True:
        rows = context.database.read(partial(_active, brand_id, since_ms, after), brand=brand_id)
        for row in rows:
            context.database.write(partial(_grant, context, row), brand=brand_id)
        count += len(rows)
        if len(rows) < AT_ONCE:
            return count
        after = rows[-1].subject


def _active(
    brand_id: BrandId, since_ms: int, after: Subject | None, connection: Connection
) -> list[SubjectRow]:
    return spending.active_since(connection, brand_id, since_ms, after=after, limit=AT_ONCE)


def _grant(context: Context, row: SubjectRow, connection: Connection) -> None:
    grant(context, connection, row.brand_id, row.subject, asker=None)
