"""Asking the server for one member that this till does not hold, while somebody waits for it."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import FeedPage, MemberQuestion
from pos_client.storage.aggregates import take_feed
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.laying import as_far_as_here, check_page
from pos_client.sync.parting import lost_commits
from pos_client.sync.refetching import lacks_own
from pos_client.sync.transport import Timeouts, Transport

LONGEST_S: Final = 1.5
LOOK_UP_TIMEOUTS: Final = Timeouts(connect_s=1.0, answer_s=LONGEST_S)


class MemberLookUp:
    """May be asked from several threads: each question has a connection of its own."""

    def __init__(self, storage: StorageThread, make_transport: Callable[[], Transport]) -> None:
        self._storage = storage
        self._make_transport = make_transport

    def find(self, question: MemberQuestion) -> bool:
        """Fetch the person that is meant; whether there is one. She then stays here.

        Raises:
            TillfoldError: `server_unreachable` also where there is no answer within LONGEST_S;
                `too_many_requests` …
        """
        epoch = self._storage.run(_epoch)
        page = self._ask(msgspec.structs.replace(question, epoch=epoch))
        check_page(page, cursor=0)
        self._storage.run(partial(_lay, page=page))
        return bool(page.rows)

    def _ask(self, question: MemberQuestion) -> FeedPage:
        with self._make_transport() as transport:
            # Timeouts are for each step of a request; a person waits for all of them together.
            limit = threading.Timer(LONGEST_S, transport.interrupt)
            limit.daemon = True
            limit.start()
            try:
                return transport.member(question)
            finally:
                limit.cancel()


def _epoch(store: Store) -> int:
    return store.head.epoch


def _lay(store: Store, page: FeedPage) -> None:
    """The cursor stays: the feed brings these rows once more.

    Raises:
        TillfoldError: `server_failed` where the server has another history by now, or does not
            have again what this till gave it before; the next exchange sees to both.
    """
    with store.write() as writing:
        state = read_sync_state(writing.connection)
        other = state.history not in {"", page.history}
        if other or lost_commits(state, page) or lacks_own(store, state, page):
            raise TillfoldError(ErrorCode.SERVER_FAILED)
        page = as_far_as_here(store, page)
        writing.changed |= take_feed(
            writing.connection,
            page.rows,
            epoch=page.acknowledged_epoch,
            acknowledged=page.acknowledged,
            complete=False,
        )
