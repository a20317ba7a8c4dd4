"""One exchange with the server: push what waits, pull what changed. Each stage can be repeated."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from domain.entries import SignedEntry
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    FeedPage,
    FeedRow,
    Outcome,
    PushAnswer,
    PushRequest,
    Receipt,
    SignedReceipt,
    receipt_text,
)
from domain.signatures import Verifier
from pos_client.storage.aggregates import forget_fed, take_feed
from pos_client.storage.journal import read_entries_after
from pos_client.storage.store import Store
from pos_client.storage.sync_state import (
    SyncState,
    encode_receipt,
    note_quarantined,
    read_sync_state,
    write_sync_state,
)
from pos_client.storage.thread import StorageThread
from pos_client.sync.transport import RefusedByServerError, Transport

_log = logging.getLogger(__name__)

PUSH_ENTRIES: Final = 500
PULL_ROWS: Final = 2_000
# Rows laid down in one go on the storage thread: a sale never waits longer than this takes.
ROWS_A_TRANSACTION: Final = 250

Progress = Callable[[int, int], None]


class Session:
    """Pushes and pulls for one till. `receipts` of the server are checked with its key."""

    def __init__(self, storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
        self._storage = storage
        self._transport = transport
        self._verifier = verifier

    def run(self, on_progress: Progress, stopping: Callable[[], bool]) -> None:
        """Push until nothing waits, then pull until nothing is new.

        Raises:
            TillfoldError: the exchange broke off; everything up to there is kept.
        """
        self._push_all(stopping)
        self._pull_all(on_progress, stopping)

    def _push_all(self, stopping: Callable[[], bool]) -> None:
        state = self._storage.run(_sync_state)
        after = self._pushed_up_to(state)
        while not stopping():
            epoch, entries = self._storage.run(partial(_waiting, number=after))
            if not entries:
                return
            after = self._push(epoch, entries)

    def _push(self, epoch: int, entries: list[SignedEntry]) -> int:
        """Send one batch; answers the number up to which the server now holds the journal."""
        try:
            answer = self._transport.push(PushRequest(epoch=epoch, entries=tuple(entries)))
        except RefusedByServerError as refused:
            if refused.code is ErrorCode.JOURNAL_GAP and refused.expected is not None:
                return refused.expected - 1
            raise
        receipt = self._checked(answer.receipt)
        self._storage.run(partial(_keep_answer, answer=answer, epoch=epoch, receipt=receipt))
        return receipt.number

    def _pushed_up_to(self, state: SyncState) -> int:
        """What the server's last receipt says; it may lead what the feed has acknowledged."""
        if not state.receipt:
            return state.acknowledged
        signed = msgspec.msgpack.decode(state.receipt, type=SignedReceipt)
        receipt = msgspec.msgpack.decode(signed.content, type=Receipt)
        epoch = self._storage.run(_epoch)
        same = receipt.epoch == epoch and receipt.history == (state.history or receipt.history)
        return receipt.number if same else 0

    def _checked(self, receipt: SignedReceipt) -> Receipt:
        if not self._verifier.accepts(receipt_text(receipt.content), receipt.signature):
            raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
        return msgspec.msgpack.decode(receipt.content, type=Receipt)

    def _pull_all(self, on_progress: Progress, stopping: Callable[[], bool]) -> None:
        state = self._storage.run(_sync_state)
        received = 0
        while not stopping():
            page = self._transport.feed(cursor=state.cursor, limit=PULL_ROWS)
            if state.history and page.history != state.history:
                _log.warning("another feed history; starting from zero")
                state = self._storage.run(partial(_begin_history, page=page))
                continue
            state = self._take_page(page)
            received += len(page.rows)
            if received > ROWS_A_TRANSACTION:
                on_progress(received, received + max(0, page.head - page.next_cursor))
            if not page.more:
                return

    def _take_page(self, page: FeedPage) -> SyncState:
        """Lay a page down in small pieces; the last one moves the cursor."""
        rows, pieces = page.rows, max(1, -(-len(page.rows) // ROWS_A_TRANSACTION))
        for piece in range(pieces - 1):
            some = rows[piece * ROWS_A_TRANSACTION : (piece + 1) * ROWS_A_TRANSACTION]
            self._storage.run(partial(_lay_rows, rows=some, page=page))
        rest = rows[(pieces - 1) * ROWS_A_TRANSACTION :]
        return self._storage.run(partial(_finish_page, rows=rest, page=page))


def _epoch(store: Store) -> int:
    return store.head.epoch


def _sync_state(store: Store) -> SyncState:
    with store.read() as connection:
        return read_sync_state(connection)


def _waiting(store: Store, number: int) -> tuple[int, list[SignedEntry]]:
    epoch = store.head.epoch
    with store.read() as connection:
        return epoch, read_entries_after(connection, epoch=epoch, number=number, limit=PUSH_ENTRIES)


def _keep_answer(store: Store, answer: PushAnswer, epoch: int, receipt: Receipt) -> None:
    store.trusted_time.set_from_server(receipt.server_time_ms)
    with store.write() as writing:
        state = read_sync_state(writing.connection)
        write_sync_state(
            writing.connection,
            msgspec.structs.replace(
                state,
                receipt=encode_receipt(answer.receipt),
                last_contact_ms=receipt.server_time_ms,
            ),
        )
        for verdict in answer.verdicts:
            if verdict.outcome is Outcome.QUARANTINED:
                note_quarantined(
                    writing.connection, epoch=epoch, number=verdict.number, error=verdict.error
                )


def _lay_rows(store: Store, rows: tuple[FeedRow, ...], page: FeedPage) -> None:
    with store.write() as writing:
        writing.changed |= take_feed(
            writing.connection,
            rows,
            epoch=page.acknowledged_epoch,
            acknowledged=page.acknowledged,
            complete=False,
        )


def _finish_page(store: Store, rows: tuple[FeedRow, ...], page: FeedPage) -> SyncState:
    store.trusted_time.set_from_server(page.server_time_ms)
    with store.write() as writing:
        before = read_sync_state(writing.connection)
        writing.changed |= take_feed(
            writing.connection,
            rows,
            epoch=page.acknowledged_epoch,
            acknowledged=page.acknowledged,
            complete=not page.more,
        )
        after = SyncState(
            history=page.history,
            cursor=page.next_cursor,
            acknowledged_epoch=before.acknowledged_epoch if page.more else page.acknowledged_epoch,
            acknowledged=before.acknowledged if page.more else page.acknowledged,
            receipt=before.receipt,
            last_contact_ms=page.server_time_ms,
        )
        write_sync_state(writing.connection, after)
    return after


def _begin_history(store: Store, page: FeedPage) -> SyncState:
    """A restored server: its state is taken from zero, and what it lacks is offered again."""
    state = SyncState(history=page.history, last_contact_ms=page.server_time_ms)
    with store.write() as writing:
        forget_fed(
            writing.connection, epoch=page.acknowledged_epoch, acknowledged=page.acknowledged
        )
        write_sync_state(writing.connection, state)
    return state
