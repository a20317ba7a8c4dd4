"""Handing the till's journal in: epoch after epoch, from where the server stands."""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.entries import SignedEntry, decode_entry
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    LARGEST_PUSH_BYTES,
    Outcome,
    PushAnswer,
    PushRequest,
    Receipt,
    receipt_text,
)
from domain.signatures import Verifier
from pos_client.storage.epochs import JournalPlace
from pos_client.storage.journal import read_hash, read_next_entries
from pos_client.storage.store import Store
from pos_client.storage.sync_state import (
    encode_receipt,
    note_quarantined,
    read_sync_state,
    received_up_to,
    write_sync_state,
)
from pos_client.storage.thread import StorageThread
from pos_client.sync.parting import Partings
from pos_client.sync.signed import read_signed
from pos_client.sync.transport import RefusedByServerError, Transport

PUSH_ENTRIES: Final = 500
# Half of what the server takes in one request.
PUSH_BYTES: Final = LARGEST_PUSH_BYTES // 2

# As often as a server may lack entries or hold another branch in one run: a server that was
# restored while this till was cloned takes three.
_TROUBLES_A_RUN: Final = 6
_LARGEST_NUMBER: Final = 1 << 53
_LARGEST_TIME_MS: Final = 1 << 47


class Pushing:
    """Pushes for one till. Receipts of the server are checked with its key."""

    def __init__(self, storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
        self._storage = storage
        self._transport = transport
        self._verifier = verifier
        self.partings = Partings(storage, transport, verifier)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Push until nothing waits.

        Raises:
            TillfoldError: the exchange broke off; everything up to there is kept.
        """
        after, troubles = self._storage.run(_pushed_up_to), 0
        while not stopping():
            epoch, entries = self._storage.run(partial(_waiting, after=after))
            if not entries:
                return
            try:
                after = self._push(epoch, entries, after)
            except RefusedByServerError as refused:
                troubles += 1
                if troubles > _TROUBLES_A_RUN:
                    raise
                after = self._settle(refused, after, epoch)

    def _push(self, epoch: int, entries: list[SignedEntry], after: JournalPlace) -> JournalPlace:
        """Send one batch; answers the place up to which the server now holds the journal."""
        answer = self._transport.push(PushRequest(epoch=epoch, entries=tuple(entries)))
        receipt = read_signed(self._verifier, answer.receipt, receipt_text, Receipt)
        least = max(after, (epoch, 0))
        if not least < (epoch, receipt.number) or receipt.number >= _LARGEST_NUMBER:
            raise TillfoldError(ErrorCode.SERVER_GARBLED)
        last = decode_entry(entries[-1].content).number
        self._storage.run(partial(_keep_answer, answer=answer, epoch=epoch, receipt=receipt))
        return epoch, min(receipt.number, last)

    def _settle(
        self, refused: RefusedByServerError, after: JournalPlace, epoch: int
    ) -> JournalPlace:
        """After which place to go on: the server lacks entries, or holds another branch.

        Raises:
            RefusedByServerError: it is neither, or sending again would not help.
        """
        named = refused.values.get("epoch", epoch)
        at = named if isinstance(named, int) else epoch
        if refused.code is ErrorCode.JOURNAL_FORKED:
            return self.partings.go_on(at)
        expected = refused.expected or 0
        place = (at, expected - 1)
        if refused.code is not ErrorCode.JOURNAL_GAP or expected < 1 or place >= after:
            raise refused
        return place


def _pushed_up_to(store: Store) -> JournalPlace:
    """What the server's last receipt says; it may lead what the feed has acknowledged."""
    with store.read() as connection:
        state = read_sync_state(connection)
    acknowledged = (state.acknowledged_epoch, state.acknowledged)
    return received_up_to(state) or acknowledged


def _waiting(store: Store, after: JournalPlace) -> tuple[int, list[SignedEntry]]:
    with store.read() as connection:
        epoch, entries = read_next_entries(
            connection, epoch=after[0], number=after[1], limit=PUSH_ENTRIES
        )
    ends = accumulate(len(entry.content) + len(entry.signature) for entry in entries)
    fitting = sum(1 for end in ends if end <= PUSH_BYTES)
    return epoch, entries[: max(1, fitting)]


def _keep_answer(store: Store, answer: PushAnswer, epoch: int, receipt: Receipt) -> None:
    with store.write() as writing:
        is_here = _check_receipt(store, writing.connection, receipt, epoch=epoch)
        state = read_sync_state(writing.connection)
        after = msgspec.structs.replace(
            state,
            receipt=encode_receipt(answer.receipt) if is_here else b"",
            last_contact_ms=receipt.server_time_ms,
        )
        write_sync_state(writing.connection, after)
        for verdict in answer.verdicts:
            if verdict.outcome is Outcome.QUARANTINED:
                note_quarantined(
                    writing.connection, epoch=epoch, number=verdict.number, error=verdict.error
                )


def _check_receipt(store: Store, connection: Connection, receipt: Receipt, *, epoch: int) -> bool:
    """Check that it is for this till's journal, as it stands here.

    Answers false where it goes beyond what is here: this till has lost the end of its journal,
    and will take it back once the feed says the same. Or it is for an epoch that the till has left:
    there the server may hold another branch, which may be the longer one.

    Raises:
        TillfoldError: `signature_wrong` for another till's receipt, `journal_forked` where the
            server holds something else under this number.
    """
    identity = store.identity
    addressee = (receipt.brand, receipt.terminal, receipt.epoch)
    if addressee != (identity.brand, identity.terminal, epoch):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    if not 0 <= receipt.server_time_ms < _LARGEST_TIME_MS:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)
    own = read_hash(connection, epoch=epoch, number=receipt.number)
    head = store.head
    is_left = epoch < head.epoch
    beyond = own is None and (is_left or receipt.number > head.number)
    if own != receipt.hash and not beyond:
        raise TillfoldError(ErrorCode.JOURNAL_FORKED)
    store.trusted_time.set_from_server(receipt.server_time_ms)
    return not beyond
