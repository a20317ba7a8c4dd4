"""A till asks what changed since its cursor, and compares what it holds."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.digests import bucket_of, bucket_sums
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.protocol import (
    LARGEST_PAGE_ROWS,
    DigestsAnswer,
    DigestsRequest,
    FeedPage,
    FeedRow,
    RowDigest,
    RowsRequest,
    ScopeSum,
)
from sync_server.database.allowances import till_number
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import Brand, feed_heads, find_brand
from sync_server.database.epochs import at_or_before
from sync_server.database.feed_rows import (
    Reader,
    next_rows,
    reader_digests,
    reader_of,
    rows_at,
)
from sync_server.database.feed_sums import read_sums
from sync_server.database.terminals import Terminal, find_till
from sync_server.use_cases.context import Context
from sync_server.use_cases.shared_pages import Asked, Shared

_LARGEST_CURSOR: Final = 1 << 53


def read_feed(
    context: Context,
    till: Terminal,
    *,
    cursor: int,
    limit: int,
    epoch: int = 0,
    began: int = 0,
) -> FeedPage:
    """The next page above `cursor`. Rows, head and acknowledgement are of one snapshot.

    Each row has a version of its own, so a page may end behind any row. The last page ends at the
    head, and so also passes the rows over that are not for this till. `began` is the head that
    the till was told when its first sync began.

    Raises:
        TillfoldError: `request_malformed` for a cursor or limit out of range; `must_refetch`
            where tombstones that the till has not seen are purged.
    """
    if not (0 <= cursor < _LARGEST_CURSOR and 0 <= began < _LARGEST_CURSOR and limit >= 1):
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="cursor, limit")
    most = min(limit, LARGEST_PAGE_ROWS)

    def work(connection: Connection) -> FeedPage:
        brand = _brand(connection, till)
        if cursor and max(cursor, began) < brand.feed_horizon:
            raise TillfoldError(ErrorCode.MUST_REFETCH)
        asked = Asked(brand=brand, store_id=till.store_id, cursor=cursor, began=began, limit=most)
        shared = context.pages.get(asked, lambda: _read(connection, asked))
        page = page_of(context, connection, brand, till, shared.rows, epoch=epoch)
        if shared.following is None:
            return msgspec.structs.replace(page, sums=shared.sums)
        return msgspec.structs.replace(page, next_cursor=shared.following, more=True)

    return context.database.read(work, brand=till.brand_id)


def _read(connection: Connection, asked: Asked) -> Shared:
    reader = reader_of(asked.brand, asked.store_id)
    rows, following = next_rows(
        connection, reader, cursor=asked.cursor, began=asked.began, limit=asked.limit
    )
    sums = _sums(connection, reader) if following is None else ()
    return Shared(rows=rows, following=following, sums=sums)


def page_of(
    context: Context,
    connection: Connection,
    brand: Brand,
    till: Terminal,
    rows: Sequence[FeedRow],
    *,
    epoch: int,
) -> FeedPage:
    """An answer with rows that leads to the head.

    What is acknowledged is said of the epoch in which the till writes; of its newest one for 0.
    Where the server lacks that epoch it is said of the one before.
    """
    held = find_till(connection, till.terminal_id)
    assert held is not None
    at = at_or_before(connection, held, epoch)
    return FeedPage(
        history=brand.history,
        rows=tuple(rows),
        next_cursor=brand.version,
        head=brand.version,
        more=False,
        acknowledged_epoch=at.epoch,
        acknowledged=at.head_number,
        server_time_ms=context.now_ms(),
        rights=till_number(connection, till.brand_id, till.terminal_id),
    )


def read_digests(context: Context, till: Terminal, request: DigestsRequest) -> DigestsAnswer:
    """What the till ought to hold: the sums of all buckets, or the rows of some.

    Walks through all of the till's rows, so it is for tills whose sum differs.
    """

    def work(connection: Connection) -> DigestsAnswer:
        brand = _brand(connection, till)
        rows = reader_digests(connection, reader_of(brand, till.store_id))
        if not request.buckets:
            sums = tuple(bucket_sums(rows))
            return DigestsAnswer(history=brand.history, head=brand.version, sums=sums)
        wanted = frozenset(request.buckets)
        found = tuple(
            RowDigest(kind, row_id, digest)
            for kind, row_id, digest in rows
            if bucket_of(kind, row_id) in wanted
        )
        return DigestsAnswer(history=brand.history, head=brand.version, rows=found)

    return context.database.read(work, brand=till.brand_id)


def read_rows(context: Context, till: Terminal, request: RowsRequest) -> FeedPage:
    """Rows by key, those that are this till's."""

    def work(connection: Connection) -> FeedPage:
        brand = _brand(connection, till)
        rows = rows_at(connection, reader_of(brand, till.store_id), request.keys)
        return page_of(context, connection, brand, till, rows, epoch=request.epoch)

    return context.database.read(work, brand=till.brand_id)


def _brand(connection: Connection, till: Terminal) -> Brand:
    brand = find_brand(connection, till.brand_id)
    assert brand is not None
    return brand


def _sums(connection: Connection, reader: Reader) -> tuple[ScopeSum, ...]:
    sums = read_sums(connection, reader.brand_id, reader.places.values())
    return tuple(ScopeSum(name, sums[place]) for name, place in reader.places.items())


def read_heads(context: Context, brand_ids: Collection[BrandId]) -> dict[BrandId, int]:
    """The newest version of each brand's feed."""
    return context.database.read(
        lambda connection: feed_heads(connection, brand_ids), brand=ALL_BRANDS
    )
