"""Taking back from the server what this till has lost of its own journal."""

from collections.abc import Sequence

import msgspec

from domain.entries import SignedEntry
from domain.errors import ErrorCode, TillfoldError
from domain.journals import JournalTakenBack
from domain.signatures import Verifier
from pos_client.storage.epochs import NOBODY, begun_by
from pos_client.storage.journal import Head, SealedEntry, opened
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state, write_sync_state


def take_back(store: Store, entries: Sequence[SignedEntry]) -> Head:
    """Write entries that the server holds behind this till's head; answers the head after them.

    Each must be signed by this till and follow the one before: the server cannot invent one. The
    rows of the feed hold their effects, so they are folded nowhere.

    Raises:
        TillfoldError: `journal_forked` where they do not follow, as when this till has sold
            meanwhile; nothing is written then.
    """
    sealed = _followers(store, entries)
    with store.write() as writing:
        store.add_acknowledged(writing, sealed)
    return store.head


def tells_of_taking_back(signed: SignedEntry) -> bool:
    return isinstance(opened(signed).fact, JournalTakenBack)


def tell_taken_back(store: Store, *, epoch: int, first: int, up_to: int, worth: bool) -> None:
    """Write down that a lost end was taken back: a person should know. It need not be pushed.

    Only where that is `worth` a word: two tills with one key would else tell each other for ever
    that they took back what the other one had told.
    """
    terminal = store.identity.terminal
    fact = JournalTakenBack(terminal=terminal, epoch=epoch, first=first, up_to=up_to)
    with store.write() as writing:
        if worth:
            store.record(writing, [fact], NOBODY)
        state = msgspec.structs.replace(
            read_sync_state(writing.connection),
            acknowledged_epoch=epoch,
            acknowledged=up_to,
            receipt=b"",
        )
        write_sync_state(writing.connection, state)


def _followers(store: Store, entries: Sequence[SignedEntry]) -> list[SealedEntry]:
    verifier = Verifier(store.signer.public_key)
    head, identity = store.head, store.identity
    number, previous = head.number, head.hash
    sealed = []
    for signed in entries:
        one = opened(signed)
        entry = one.entry
        place = (entry.brand, entry.terminal, entry.epoch, entry.number, entry.prev_hash)
        own = (identity.brand, identity.terminal, head.epoch, number + 1, previous)
        begins = begun_by(one) is not None and number > 0
        if place != own or begins or not verifier.accepts(signed.content, signed.signature):
            raise TillfoldError(ErrorCode.JOURNAL_FORKED)
        number, previous = entry.number, one.hash
        sealed.append(one)
    return sealed
