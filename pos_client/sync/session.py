"""One exchange with the server: push what waits, pull what changed. Each stage can be repeated."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    LARGEST_PAGE_ROWS,
    FeedPage,
)
from domain.signatures import Verifier
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.codes import refresh_codes
from pos_client.sync.laying import began_after, check_page, lay_page
from pos_client.sync.parting import lost_commits
from pos_client.sync.pushing import Pushing
from pos_client.sync.refetching import LeavingOut, begin_again, begin_history
from pos_client.sync.repair import Repairs
from pos_client.sync.rights import exchange_rights
from pos_client.sync.transport import RefusedByServerError, Transport

_log = logging.getLogger(__name__)

# The first page; each further one of a long pull is twice as long where the line is quick.
PULL_ROWS: Final = 2_500
_QUICK_PAGE_S: Final = 1.0
# From so many rows on somebody is told how far it has come.
_PROGRESS_ROWS: Final = 250

# A server that is restored twice while we talk to it has to wait for the next exchange.
_HISTORIES_A_RUN: Final = 2

Progress = Callable[[int, int], None]


class Session:
    """Pushes and pulls for one till. `receipts` of the server are checked with its key."""

    def __init__(self, storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
        self._storage = storage
        self._transport = transport
        self._verifier = verifier
        self._repairs = Repairs(storage, transport)
        self._leaving_out = LeavingOut(storage)
        self._pushing = Pushing(storage, transport, verifier)
        # What the last page said of this till's rights.
        self._told = 0

    def run(self, on_progress: Progress, stopping: Callable[[], bool]) -> None:
        """Push until nothing waits, then pull until nothing is new.

        Raises:
            TillfoldError: the exchange broke off; everything up to there is kept.
        """
        for _ in range(_HISTORIES_A_RUN):
            self._pushing.run(stopping)
            if self._pull_all(on_progress, stopping):
                exchange_rights(self._storage, self._transport, self._verifier, told=self._told)
                refresh_codes(self._storage, self._transport, self._verifier)
                return
        raise TillfoldError(ErrorCode.SERVER_GARBLED)

    def interrupt(self) -> None:
        """Break off the request under way. From any thread."""
        self._transport.interrupt()

    def close(self) -> None:
        self._transport.close()

    def _pull_all(self, on_progress: Progress, stopping: Callable[[], bool]) -> bool:
        """Answers false where another history began: then what it lacks is to be pushed first."""
        state = self._storage.run(_sync_state)
        try:
            return self._pull_from(state, on_progress, stopping)
        except RefusedByServerError as refused:
            if refused.code is not ErrorCode.MUST_REFETCH:
                raise
        _log.warning("the feed no longer reaches back that far; fetching all anew")
        return self._pull_from(self._storage.run(begin_again), on_progress, stopping)

    def _pull_from(
        self, state: SyncState, on_progress: Progress, stopping: Callable[[], bool]
    ) -> bool:
        received = 0
        for page in self._pages(state, stopping):
            if state.history and (page.history != state.history or lost_commits(state, page)):
                _log.warning("another feed history; starting from zero")
                self._storage.run(partial(begin_history, page=page))
                return False
            self._told = page.rights
            state = self._take_page(page, stopping)
            received += len(page.rows)
            if received > _PROGRESS_ROWS:
                on_progress(received, received + max(0, page.head - page.next_cursor))
            if not page.more:
                self._repairs.check(page, stopping)
                self._pushing.partings.take_back_lost(page)
        return True

    def _pages(self, state: SyncState, stopping: Callable[[], bool]) -> Iterator[FeedPage]:
        """Page after page; the next one is fetched while the one before is laid down."""
        if stopping():
            return
        page, limit = self._fetch(state.cursor, PULL_ROWS, began=state.began)
        began = began_after(state, page)
        with ThreadPoolExecutor(1, thread_name_prefix="feed") as ahead:
            while page.more:
                coming = ahead.submit(self._fetch, page.next_cursor, limit, began=began)
                yield page
                page, limit = coming.result()
                if stopping():
                    return
        yield page

    def _fetch(self, cursor: int, limit: int, *, began: int) -> tuple[FeedPage, int]:
        """A page, and how many rows the next one may have."""
        start_s = time.monotonic()
        epoch = self._storage.run(_epoch)
        page = self._transport.feed(cursor=cursor, limit=limit, began=began, epoch=epoch)
        check_page(page, cursor)
        is_quick = time.monotonic() - start_s < _QUICK_PAGE_S
        return page, min(2 * limit, LARGEST_PAGE_ROWS) if is_quick else PULL_ROWS

    def _take_page(self, page: FeedPage, stopping: Callable[[], bool]) -> SyncState:
        """Lay a page down. With the last one goes what a feed that was begun anew left over."""
        if page.more or not self._storage.run(_sync_state).refetching:
            return self._lay(page)
        state = self._lay(page, moves=False)
        if not self._leaving_out.run(page, stopping):
            return state
        # A row once more: whoever watches is told that it is through.
        return self._lay(msgspec.structs.replace(page, rows=page.rows[-1:]))

    def _lay(self, page: FeedPage, *, moves: bool = True) -> SyncState:
        """With a pause whenever somebody else wants the storage."""
        laid, state, is_wanted = 0, None, self._storage.is_wanted
        while state is None:
            laid, state = self._storage.run(
                partial(lay_page, page=page, start=laid, is_wanted=is_wanted, moves=moves)
            )
        return state


def _epoch(store: Store) -> int:
    return store.head.epoch


def _sync_state(store: Store) -> SyncState:
    with store.read() as connection:
        return read_sync_state(connection)
