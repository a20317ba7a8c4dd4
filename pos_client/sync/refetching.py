"""The feed once more from its beginning: a restored server, or a till that was away too long.

The rows that the till holds stay until they are replaced, so a cashier goes on with members, menu
and prices as they were. At the end those go that did not come again.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from domain.protocol import FeedPage
from pos_client.storage.aggregates import drop_rows, generation_of
from pos_client.storage.feed_check import FIRST, Key, left_over
from pos_client.storage.member_index import forget_absent
from pos_client.storage.store import Store
from pos_client.storage.sync_state import (
    SyncState,
    read_sync_state,
    received_up_to,
    write_sync_state,
)
from pos_client.storage.thread import StorageThread
from pos_client.sync.laying import as_far_as_here

# In one transaction, as somebody may want to sell: 2 ms to look at them, 20 ms where all go.
ROWS_A_SLICE: Final = 1_000
TERMS_A_SLICE: Final = 2_000


def begin_again(store: Store) -> SyncState:
    """The same history from its beginning."""
    with store.write() as writing:
        state = read_sync_state(writing.connection)
        after = msgspec.structs.replace(_next_generation(state), cursor=0, began=0)
        write_sync_state(writing.connection, after)
    return after


def begin_history(store: Store, page: FeedPage) -> SyncState:
    """A restored server: what it lacks is offered again, and then its state taken from zero.

    Nothing waits anew on the rows that are here, as they hold it. The rows that come hold it too:
    they are fetched when it was offered.
    """
    with store.write() as writing:
        before = read_sync_state(writing.connection)
        state = msgspec.structs.replace(
            _next_generation(before),
            history=page.history,
            cursor=0,
            began=0,
            acknowledged_epoch=page.acknowledged_epoch,
            acknowledged=page.acknowledged,
            receipt=b"",
            last_contact_ms=page.server_time_ms,
        )
        write_sync_state(writing.connection, state)
    return state


def lacks_own(store: Store, state: SyncState, page: FeedPage) -> bool:
    """Whether its rows lack entries of this till that do not wait on what they would replace."""
    kept = min((state.kept_epoch, state.kept), (store.head.epoch, store.head.number))
    return state.refetching and (page.acknowledged_epoch, page.acknowledged) < kept


def _next_generation(before: SyncState) -> SyncState:
    acknowledged = (before.acknowledged_epoch, before.acknowledged)
    kept = (before.kept_epoch, before.kept) if before.refetching else (0, 0)
    kept_epoch, kept_number = max(kept, acknowledged, received_up_to(before) or acknowledged)
    return msgspec.structs.replace(
        before,
        generation=before.generation + 1,
        refetching=True,
        kept_epoch=kept_epoch,
        kept=kept_number,
    )


class LeavingOut:
    """What did not come again goes, some rows at a time. It counts as no repair."""

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage

    def run(self, page: FeedPage, stopping: Callable[[], bool]) -> bool:
        """`page` is the last one, and laid. Whether all is done; it may be done again."""
        return self._walk(partial(leave_rows_out, page=page), stopping) and self._walk(
            _leave_terms_out, stopping
        )

    def _walk(self, step: Callable[[Store, Key], Key | None], stopping: Callable[[], bool]) -> bool:
        after: Key | None = FIRST
        while after is not None:
            if stopping():
                return False
            after = self._storage.run(partial(_at, step=step, after=after))
        return True


def _at(store: Store, step: Callable[[Store, Key], Key | None], after: Key) -> Key | None:
    return step(store, after)


def leave_rows_out(
    store: Store, after: Key, page: FeedPage, limit: int = ROWS_A_SLICE
) -> Key | None:
    """Look at the next rows, and drop those of earlier generations; answers where to go on."""
    page = as_far_as_here(store, page)
    with store.write() as writing:
        connection = writing.connection
        before = generation_of(connection)
        rows, following = left_over(connection, after, limit, before=before)
        writing.changed |= drop_rows(
            connection, rows, epoch=page.acknowledged_epoch, acknowledged=page.acknowledged
        )
    return following


def _leave_terms_out(store: Store, after: Key) -> Key | None:
    with store.write() as writing:
        return forget_absent(writing.connection, after, TERMS_A_SLICE)
