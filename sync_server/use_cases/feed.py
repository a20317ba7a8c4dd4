"""A till asks what changed since its cursor."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.protocol import LARGEST_PAGE_ROWS, FeedPage
from sync_server.database.aggregates import changed_rows
from sync_server.database.allowances import till_number
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import feed_heads, find_brand
from sync_server.database.epochs import at_or_before
from sync_server.database.terminals import Terminal, find_till
from sync_server.use_cases.context import Context

_LARGEST_CURSOR: Final = 1 << 53


def read_feed(
    context: Context, till: Terminal, *, cursor: int, limit: int, epoch: int = 0
) -> FeedPage:
    """The next page above `cursor`. Rows, head and acknowledgement are of one snapshot.

    What is acknowledged is said of the epoch in which the till writes; of its newest one for 0.
    Where the server lacks that epoch it is said of the one before.

    Each row has a version of its own, so a page may end behind any row. The last page ends at the
    head, and so also passes the rows over that are not for this till.

    Raises:
        TillfoldError: `request_malformed` for a cursor or limit out of range.
    """
    if not 0 <= cursor < _LARGEST_CURSOR or limit < 1:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="cursor, limit")
    now_ms = context.now_ms()
    most = min(limit, LARGEST_PAGE_ROWS)

    def work(connection: Connection) -> FeedPage:
        brand = find_brand(connection, till.brand_id)
        held = find_till(connection, till.terminal_id)
        assert brand is not None
        assert held is not None
        at = at_or_before(connection, held, epoch)
        rows, more = changed_rows(
            connection, till.brand_id, till.store_id, cursor=cursor, limit=most
        )
        return FeedPage(
            history=brand.history,
            rows=tuple(rows),
            next_cursor=rows[-1].version if more else brand.version,
            head=brand.version,
            more=more,
            acknowledged_epoch=at.epoch,
            acknowledged=at.head_number,
            server_time_ms=now_ms,
            rights=till_number(connection, till.brand_id, till.terminal_id),
        )

    return context.database.read(work, brand=till.brand_id)


def read_heads(context: Context, brand_ids: Collection[BrandId]) -> dict[BrandId, int]:
    """The newest version of each brand's feed."""
    return context.database.read(
        lambda connection: feed_heads(connection, brand_ids), brand=ALL_BRANDS
    )
