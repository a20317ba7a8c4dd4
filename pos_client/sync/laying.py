"""Laying a page of the feed down: as much in one transaction as nobody has to wait for.

A commit encrypts and writes each page of the database that its rows touched, and the rows of a
first sync touch most of them again and again: 300,000 rows in transactions of 250 took ten times
what they take in transactions of 20,000. So a page is one transaction, unless somebody else wants
the storage meanwhile: then what was laid is committed, and the rest comes after them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey
from domain.protocol import FeedPage
from pos_client.storage.aggregates import take_feed
from pos_client.storage.fed_rows import WriteRows, summed_at_once, write_rows
from pos_client.storage.store import Store, Writing
from pos_client.storage.sync_state import SyncState, read_sync_state, write_sync_state

# After so many rows it is looked whether somebody waits: a hundredth of a second, unless own
# entries wait on each of them.
ROWS_AT_ONCE: Final = 500
# So many are worth that a trigger is taken away for them and put back.
_MANY_ROWS: Final = 2_000
_LARGEST_NUMBER: Final = 1 << 53
_LARGEST_TIME_MS: Final = 1 << 47


def lay_page(
    store: Store,
    *,
    page: FeedPage,
    start: int,
    is_wanted: Callable[[], bool],
    moves: bool = True,
) -> tuple[int, SyncState | None]:
    """Lay rows of a page down from number `start` on; answers where to go on.

    The cursor `moves` with the last row, and then the new state is answered too. Rows that are
    laid twice, after a crash in between, are as if they were laid once.
    """
    page = as_far_as_here(store, page)
    changed: set[AggregateKey] = set()
    with (
        store.write() as writing,
        _writer(writing.connection, len(page.rows) - start) as write,
    ):
        while True:
            end = min(start + ROWS_AT_ONCE, len(page.rows))
            is_last = end == len(page.rows)
            changed |= take_feed(
                writing.connection,
                page.rows[start:end],
                epoch=page.acknowledged_epoch,
                acknowledged=page.acknowledged,
                complete=is_last and moves and not page.more,
                write=write,
            )
            start = end
            if is_last or is_wanted():
                writing.changed |= changed
                return start, _end(store, writing, page, moves=moves) if is_last else None


def _end(store: Store, writing: Writing, page: FeedPage, *, moves: bool) -> SyncState:
    if moves:
        return _move_cursor(store, writing, page)
    return read_sync_state(writing.connection)


def _writer(connection: Connection, rows: int) -> AbstractContextManager[WriteRows]:
    return summed_at_once(connection) if rows >= _MANY_ROWS else nullcontext(write_rows)


def as_far_as_here(store: Store, page: FeedPage) -> FeedPage:
    """The page with no more acknowledged than this till has written in its epoch.

    A till that lost the end of its journal may be writing other entries under those numbers.
    """
    if page.acknowledged_epoch != store.head.epoch:
        return page
    acknowledged = min(page.acknowledged, store.head.number)
    return msgspec.structs.replace(page, acknowledged=acknowledged)


def check_page(page: FeedPage, cursor: int) -> None:
    """Raises TillfoldError `server_garbled` for numbers that no server of ours sends."""
    numbers = (page.next_cursor, page.head, page.acknowledged_epoch, page.acknowledged)
    in_range = all(0 <= number < _LARGEST_NUMBER for number in numbers) and all(
        0 <= row.version < _LARGEST_NUMBER for row in page.rows
    )
    moves = page.next_cursor > cursor or not page.more
    if not in_range or not moves or not 0 <= page.server_time_ms < _LARGEST_TIME_MS:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)


def began_after(before: SyncState, page: FeedPage) -> int:
    """The feed's head when the first sync began: that of its first page."""
    return before.began if before.cursor else page.head


def _move_cursor(store: Store, writing: Writing, page: FeedPage) -> SyncState:
    store.trusted_time.set_from_server(page.server_time_ms)
    before = read_sync_state(writing.connection)
    after = msgspec.structs.replace(
        before,
        history=page.history,
        cursor=page.next_cursor,
        acknowledged_epoch=before.acknowledged_epoch if page.more else page.acknowledged_epoch,
        acknowledged=before.acknowledged if page.more else page.acknowledged,
        last_contact_ms=page.server_time_ms,
        began=began_after(before, page),
        refetching=before.refetching and page.more,
    )
    write_sync_state(writing.connection, after)
    return after
