"""Epochs of the till's own journal: leaving a branch, writing it again, taking a lost end back.

A new epoch begins with `EpochBegun`. What stood behind the entry from which it goes on leaves the
journal for the table `superseded`, with all its effects; its facts follow in the new epoch. That
is done by whoever writes such an entry: the exchange with the server, and a rebuild alike.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, tuple_

from domain.entries import GENESIS, Entry, SignedEntry, encode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, encode_fact
from domain.fold.aggregates import AggregateKey
from domain.identifiers import StaffId
from domain.journals import EpochBegun
from domain.protocol import LARGEST_HASHES, EpochGrant, EpochRequest
from domain.signatures import Signer
from pos_client.storage.aggregates import stop_waiting_after
from pos_client.storage.identity import Identity
from pos_client.storage.journal import SealedEntry, opened, read_hash
from pos_client.storage.tables import journal, quarantined, superseded

NOBODY: Final = StaffId("")
# A place in the journal: its epoch and the number of an entry.
JournalPlace = tuple[int, int]


def runs_by_epoch(sealed: Sequence[SealedEntry]) -> Iterator[tuple[int, int]]:
    """Where runs of entries begin and end; each but the first begins an epoch."""
    begins = [place for place, one in enumerate(sealed) if place and begun_by(one) is not None]
    yield from pairwise([0, *begins, len(sealed)])


def begun_by(sealed: SealedEntry) -> EpochBegun | None:
    """The fact, where the entry begins an epoch."""
    is_first = sealed.entry.number == 1
    return sealed.fact if is_first and isinstance(sealed.fact, EpochBegun) else None


def leave_branch(connection: Connection, begun: EpochBegun) -> frozenset[AggregateKey]:
    """Move what stands behind the place from which `begun` goes on out of the journal.

    Raises:
        TillfoldError: `journal_damaged` where another entry stands at that place.
    """
    place = (begun.from_epoch, begun.after)
    held = read_hash(connection, epoch=begun.from_epoch, number=begun.after)
    if (held or GENESIS) != begun.after_hash:
        raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
    columns = ("epoch", "number", "hash", "content", "signature")
    behind = tuple_(journal.c.epoch, journal.c.number) > place
    left = select(*(journal.c[name] for name in columns)).where(behind)
    connection.execute(insert(superseded).prefix_with("OR IGNORE").from_select(columns, left))
    changed = stop_waiting_after(connection, place)
    connection.execute(delete(journal).where(behind))
    connection.execute(
        delete(quarantined).where(tuple_(quarantined.c.epoch, quarantined.c.number) > place)
    )
    return changed


def told_hashes(connection: Connection, epoch: int) -> EpochRequest:
    """The hashes of the last entries of an epoch, for the server to compare.

    Raises:
        TillfoldError: `journal_forked` where there is none.
    """
    last = connection.scalar(select(func.max(journal.c.number)).where(journal.c.epoch == epoch))
    if not last:
        raise TillfoldError(ErrorCode.JOURNAL_FORKED)
    first = max(1, last - LARGEST_HASHES + 1)
    hashes = connection.scalars(
        select(journal.c.hash)
        .where(journal.c.epoch == epoch, journal.c.number >= first)
        .order_by(journal.c.number)
    )
    return EpochRequest(epoch=epoch, first=first, hashes=b"".join(hashes))


def written_again(
    connection: Connection, grant: EpochGrant, *, identity: Identity, signer: Signer
) -> list[SealedEntry]:
    """What stands behind the place on which till and server agree, as entries of a new epoch.

    The same branch gives the same bytes whenever it is written again, so it never counts twice.

    Raises:
        TillfoldError: `server_garbled` where the grant does not fit this journal.
    """
    place = (grant.from_epoch, grant.agreed)
    held = read_hash(connection, epoch=grant.from_epoch, number=grant.agreed)
    rows = connection.execute(
        select(journal.c.content, journal.c.hash)
        .where(tuple_(journal.c.epoch, journal.c.number) > place)
        .order_by(journal.c.epoch, journal.c.number)
    ).all()
    if (held or GENESIS) != grant.agreed_hash or not rows or grant.epoch <= grant.from_epoch:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)
    entries = [opened(SignedEntry(row.content, b"")) for row in rows]
    kept = [one for one in entries if begun_by(one) is None]
    begun = EpochBegun(
        terminal=identity.terminal,
        from_epoch=grant.from_epoch,
        after=grant.agreed,
        after_hash=grant.agreed_hash,
        branch=rows[0].hash,
    )
    kind, schema, body = encode_fact(begun)
    first = msgspec.structs.replace(
        entries[0].entry, actor=NOBODY, approver=None, kind=kind, schema=schema, body=body
    )
    again = [(first, begun), *((one.entry, one.fact) for one in kept)]
    sealed: list[SealedEntry] = []
    previous = GENESIS
    for number, (entry, fact) in enumerate(again, start=1):
        new = msgspec.structs.replace(entry, epoch=grant.epoch, number=number, prev_hash=previous)
        sealed.append(_sealed(new, signer, fact=fact))
        previous = sealed[-1].hash
    return sealed


def _sealed(entry: Entry, signer: Signer, *, fact: Fact) -> SealedEntry:
    content = encode_entry(entry)
    signed = SignedEntry(content, signer.sign(content))
    return SealedEntry(entry=entry, fact=fact, signed=signed, hash=hash_entry(content))
