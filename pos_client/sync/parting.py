"""Where this till's journal and the server's part: a disk image was restored, or a till cloned."""

import logging
from functools import partial

import msgspec

from domain.entries import GENESIS
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    HASH_BYTES,
    EpochGrant,
    EpochRequest,
    FeedPage,
    SignedGrant,
    grant_text,
)
from domain.signatures import Verifier
from pos_client.storage.epochs import JournalPlace, told_hashes, written_again
from pos_client.storage.store import Store
from pos_client.storage.sync_state import (
    SyncState,
    read_sync_state,
    received_up_to,
    write_sync_state,
)
from pos_client.storage.taking_back import take_back, tell_taken_back, tells_of_taking_back
from pos_client.storage.thread import StorageThread
from pos_client.sync.signed import read_signed
from pos_client.sync.transport import Transport

_log = logging.getLogger(__name__)


class Partings:
    """Settles with the server what each of the two holds of this till's journal."""

    def __init__(self, storage: StorageThread, transport: Transport, verifier: Verifier) -> None:
        self._storage = storage
        self._transport = transport
        self._verifier = verifier

    def go_on(self, epoch: int) -> JournalPlace:
        """After `journal_forked`: go on in the epoch that the server grants.

        Answers up to where both agree. What stands behind it here was written again in that
        epoch, in one transaction; what the server holds behind it is another branch.

        Raises:
            TillfoldError: `signature_wrong` or `server_garbled` for a grant that is not to be
                believed.
        """
        request = self._storage.run(partial(_told, epoch=epoch))
        grant = self._checked(self._transport.epoch(request), request)
        if grant.epoch != epoch:
            _log.warning("journal forked", extra={"epoch": grant.epoch, "after": grant.agreed})
            self._storage.run(partial(_begin_epoch, grant=grant))
        return grant.from_epoch, grant.agreed

    def take_back_lost(self, page: FeedPage) -> None:
        """Where the server holds more of this till's journal than it has itself, fetch it.

        Raises:
            TillfoldError: `journal_forked` where it does not follow what is here.
        """
        lost = self._storage.run(partial(_lost, page=page))
        if lost is None:
            return
        epoch, number = first = lost
        held = number + 1
        worth = False
        while number < held:
            part = self._transport.journal(epoch=epoch, after=number)
            if not part.entries:
                raise TillfoldError(ErrorCode.SERVER_GARBLED)
            head = self._storage.run(partial(take_back, entries=part.entries))
            number, held = head.number, part.held
            worth |= not all(tells_of_taking_back(one) for one in part.entries)
        _log.warning("journal taken back", extra={"first": first[1] + 1, "up_to": number})
        told = partial(tell_taken_back, epoch=epoch, first=first[1] + 1, up_to=number, worth=worth)
        self._storage.run(told)

    def _checked(self, signed: SignedGrant, request: EpochRequest) -> EpochGrant:
        grant = read_signed(self._verifier, signed, grant_text, EpochGrant)
        last = request.first + len(request.hashes) // HASH_BYTES - 1
        asked = (request.epoch, request.hashes[-HASH_BYTES:])
        if (grant.from_epoch, grant.asked) != asked or not 0 <= grant.agreed <= last:
            raise TillfoldError(ErrorCode.SERVER_GARBLED)
        at = (grant.agreed - request.first) * HASH_BYTES
        own = request.hashes[at : at + HASH_BYTES] if at >= 0 else GENESIS
        if own != grant.agreed_hash:
            raise TillfoldError(ErrorCode.SERVER_GARBLED)
        return grant


def lost_commits(before: SyncState, page: FeedPage) -> bool:
    """Whether the server no longer has what it had acknowledged: a fail-over took it.

    Its feed may then give the same numbers to other rows, so it counts as another history.
    """
    acknowledged = (before.acknowledged_epoch, before.acknowledged)
    had = max(acknowledged, received_up_to(before) or acknowledged)
    has = (page.acknowledged_epoch, page.acknowledged)
    return has < had or page.head < before.cursor


def _told(store: Store, epoch: int) -> EpochRequest:
    with store.read() as connection:
        return told_hashes(connection, epoch)


def _begin_epoch(store: Store, grant: EpochGrant) -> None:
    identity = store.identity
    if (grant.brand, grant.terminal) != (identity.brand, identity.terminal):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)
    with store.write() as writing:
        again = written_again(writing.connection, grant, identity=identity, signer=store.signer)
        store.add(writing, again)
        # The last receipt may be for an entry that is in another branch now.
        state = read_sync_state(writing.connection)
        write_sync_state(writing.connection, msgspec.structs.replace(state, receipt=b""))


def _lost(store: Store, page: FeedPage) -> JournalPlace | None:
    """The end of this till's journal, where the server's goes on beyond it in the same epoch."""
    head = store.head
    if page.acknowledged_epoch != head.epoch or page.acknowledged <= head.number:
        return None
    return head.epoch, head.number
