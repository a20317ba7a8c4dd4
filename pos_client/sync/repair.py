"""Healing a till whose rows differ from the server's: only what differs is fetched.

Each side adds up its own rows and never takes the other's sum over. Where the sums differ, 256
buckets are compared, then the rows of the buckets that differ, and those rows are fetched.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

import msgspec

from domain.digests import LARGEST_DIGEST, add_digests, bucket_of, bucket_sums
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    LARGEST_BUCKETS_REQUEST,
    DigestsRequest,
    FeedPage,
    FeedRow,
    RowDigest,
    RowsRequest,
)
from pos_client.storage import feed_check
from pos_client.storage.aggregates import take_feed
from pos_client.storage.feed_check import FIRST, Key
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state, write_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.laying import as_far_as_here, check_page
from pos_client.sync.transport import Transport

T = TypeVar("T")
_log = logging.getLogger(__name__)

# Rows whose digests are made anew after each exchange, under a millisecond: in a day or less a
# busy till has read all of its rows again.
RENEWED_AN_EXCHANGE: Final = 200
ROWS_A_SLICE: Final = 1_000
_ROWS_A_REQUEST: Final = 250
_MOST_PASSED_OVER: Final = 256
# A version above all others: such a row goes, whatever version damage gave it.
_ABOVE_ALL: Final = (1 << 63) - 1


class Repairs:
    """Belongs to a session: not for two threads at once."""

    def __init__(self, storage: StorageThread, transport: Transport) -> None:
        self._storage = storage
        self._transport = transport
        self._renewed_up_to = FIRST
        self._repaired = 0
        self._fruitless = 0
        self._to_pass_over = 0

    def check(self, page: FeedPage, stopping: Callable[[], bool]) -> None:
        """Compare with the last page of a pull, and heal what differs.

        Raises:
            TillfoldError: the exchange broke off; the next one compares again.
        """
        self._renewed_up_to = self._renew(self._renewed_up_to, RENEWED_AN_EXCHANGE) or FIRST
        if not page.sums or self._is_equal(page):
            self._fruitless = self._to_pass_over = 0
            return
        if self._to_pass_over:
            self._to_pass_over -= 1
            return
        after: Key | None = FIRST
        while after is not None and not stopping():
            after = self._renew(after, ROWS_A_SLICE)
        if not stopping() and not self._is_equal(page):
            self._heal(page, stopping)
            self._look_less_often()

    def _look_less_often(self) -> None:
        """A difference without a differing row is the server's: it must not cost every exchange."""
        if self._repaired:
            self._fruitless = 0
            return
        self._to_pass_over = min(2**self._fruitless, _MOST_PASSED_OVER)
        self._fruitless += 1

    def _renew(self, after: Key, limit: int) -> Key | None:
        return self._storage.run(partial(_renew, after=after, limit=limit))

    def _is_equal(self, page: FeedPage) -> bool:
        theirs = add_digests(*(part.sum for part in page.sums))
        return self._storage.run(_own_sum) == theirs

    def _heal(self, page: FeedPage, stopping: Callable[[], bool]) -> None:
        theirs = self._transport.digests(DigestsRequest()).sums
        own = bucket_sums(self._own_digests())
        if len(theirs) != len(own):
            raise TillfoldError(ErrorCode.SERVER_GARBLED)
        buckets = [place for place, both in enumerate(zip(own, theirs, strict=True)) if _two(both)]
        self._repaired = 0
        for some in _in_parts(buckets, LARGEST_BUCKETS_REQUEST):
            if stopping():
                return
            self._heal_buckets(some, page)
        if self._repaired:
            _log.warning("rows repaired", extra={"rows": self._repaired, "buckets": len(buckets)})

    def _heal_buckets(self, buckets: Sequence[int], page: FeedPage) -> None:
        told = self._transport.digests(DigestsRequest(buckets=tuple(buckets)))
        missing, extra = differing(self._own_digests(), frozenset(buckets), told.rows)
        gone = [FeedRow(kind, row_id, _ABOVE_ALL, None) for kind, row_id in extra]
        for some_gone in _in_parts(gone, ROWS_A_SLICE):
            self._lay(some_gone, page, wrong=len(some_gone))
        for some in _in_parts(missing, _ROWS_A_REQUEST):
            epoch = self._storage.run(lambda store: store.head.epoch)
            answer = self._transport.rows(RowsRequest(keys=tuple(some), epoch=epoch))
            check_page(answer, cursor=0)
            if answer.history != page.history:
                raise TillfoldError(ErrorCode.SERVER_GARBLED)
            # Rows of a later version have only changed since the pull.
            wrong = sum(1 for row in answer.rows if row.version <= page.next_cursor)
            self._lay(answer.rows, answer, wrong=wrong)

    def _lay(self, rows: Sequence[FeedRow], page: FeedPage, *, wrong: int) -> None:
        is_first = self._repaired == 0 < wrong
        self._storage.run(partial(_lay, rows=rows, page=page, wrong=wrong, is_first=is_first))
        self._repaired += wrong

    def _own_digests(self) -> Iterator[tuple[str, str, int]]:
        after = FIRST
        while rows := self._storage.run(partial(_own_digests, after=after)):
            yield from rows
            after = (rows[-1][0], rows[-1][1])


def differing(
    own: Iterable[tuple[str, str, int]], buckets: frozenset[int], told: Iterable[RowDigest]
) -> tuple[list[Key], list[Key]]:
    """Keys to fetch, and keys that the server does not have, among the rows of these buckets."""
    theirs = {(row.kind, row.id): row.digest for row in told}
    extra = []
    for kind, row_id, digest in own:
        if bucket_of(kind, row_id) not in buckets:
            continue
        key = (kind, row_id)
        if key not in theirs:
            extra.append(key)
        elif theirs[key] == digest:
            del theirs[key]
    return sorted(theirs), extra


def _two(both: tuple[int, int]) -> bool:
    own, theirs = both
    if not 0 <= theirs <= LARGEST_DIGEST:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)
    return own != theirs


def _in_parts(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _renew(store: Store, after: Key, limit: int) -> Key | None:
    with store.write() as writing:
        return feed_check.renew_digests(writing.connection, after, limit)


def _own_sum(store: Store) -> int:
    with store.read() as connection:
        return feed_check.own_sum(connection)


def _own_digests(store: Store, after: Key) -> list[tuple[str, str, int]]:
    with store.read() as connection:
        return feed_check.own_digests(connection, after, ROWS_A_SLICE)


def _lay(
    store: Store, rows: Sequence[FeedRow], page: FeedPage, *, wrong: int, is_first: bool
) -> None:
    page = as_far_as_here(store, page)
    with store.write() as writing:
        writing.changed |= take_feed(
            writing.connection,
            rows,
            epoch=page.acknowledged_epoch,
            acknowledged=page.acknowledged,
            complete=False,
        )
        state = read_sync_state(writing.connection)
        noted = msgspec.structs.replace(
            state,
            repairs=state.repairs + is_first,
            repaired_rows=state.repaired_rows + wrong,
        )
        write_sync_state(writing.connection, noted)
