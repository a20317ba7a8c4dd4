"""The till's own journal: facts are sealed, chained, signed and kept for ever."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select, tuple_

from domain.entries import (
    GENESIS,
    LARGEST_ENTRY_BYTES,
    Entry,
    SignedEntry,
    decode_entry,
    encode_entry,
    hash_entry,
)
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, decode_fact, encode_fact
from domain.identifiers import StaffId
from domain.signatures import Signer
from domain.stamps import ZERO, Stamp, tick
from pos_client.storage.direct import fetch, run_many
from pos_client.storage.identity import Identity
from pos_client.storage.second_journal import Position
from pos_client.storage.tables import journal

_ADD_ENTRY: Final = """INSERT INTO journal
    (epoch, number, content, signature, hash, second_size_bytes, second_records)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_FOLLOWING_EPOCH: Final = "SELECT min(epoch) FROM journal WHERE (epoch, number) > (?, ?)"
_ENTRIES_AFTER: Final = """SELECT content, signature FROM journal
    WHERE epoch = ? AND number > ? ORDER BY number LIMIT ?"""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the journal: number 0 and GENESIS before the first entry of an epoch."""

    epoch: int
    number: int = 0
    hash: bytes = GENESIS
    stamp: Stamp = ZERO


class SealedEntry(msgspec.Struct, frozen=True, kw_only=True):
    entry: Entry
    fact: Fact
    signed: SignedEntry
    hash: bytes


def seal(
    facts: Sequence[Fact],
    *,
    head: Head,
    identity: Identity,
    signer: Signer,
    actor: StaffId,
    trusted_now_ms: int,
) -> list[SealedEntry]:
    """Put facts into the envelopes that follow `head`, chain and sign them.

    Raises:
        TillfoldError: `fact_malformed`, `entry_malformed`; `order_too_large` where it would be too
            long. Such an entry would be set aside by the server, and no rebuild could get past it:
            it is not made.
    """
    sealed = []
    number, hash_, stamp = head.number, head.hash, head.stamp
    for fact in facts:
        kind, schema, body = encode_fact(fact)
        number, stamp = number + 1, tick(stamp, trusted_now_ms)
        entry = Entry(
            brand=identity.brand,
            store=identity.store,
            terminal=identity.terminal,
            epoch=head.epoch,
            number=number,
            stamp=stamp,
            actor=actor,
            approver=None,
            kind=kind,
            schema=schema,
            body=body,
            prev_hash=hash_,
        )
        content = encode_entry(entry)
        # Of all that a till writes only a sale of very many lines and options grows so long.
        if len(content) > LARGEST_ENTRY_BYTES:
            raise TillfoldError(ErrorCode.ORDER_TOO_LARGE)
        decode_fact(kind, schema, body)
        decode_entry(content)
        hash_ = hash_entry(content)
        signed = SignedEntry(content, signer.sign(content))
        sealed.append(SealedEntry(entry=entry, fact=fact, signed=signed, hash=hash_))
    return sealed


def opened(signed: SignedEntry) -> SealedEntry:
    """An entry and its fact, read from their bytes; nothing is checked.

    Raises:
        TillfoldError: `entry_malformed`, `fact_unknown`, `fact_malformed`.
    """
    entry = decode_entry(signed.content)
    fact = decode_fact(entry.kind, entry.schema, entry.body)
    return SealedEntry(entry=entry, fact=fact, signed=signed, hash=hash_entry(signed.content))


def write_entries(
    connection: Connection, sealed: Sequence[SealedEntry], ends: Sequence[Position]
) -> None:
    """Write entries with where the second journal ends after each."""
    run_many(
        connection,
        _ADD_ENTRY,
        [
            (
                item.entry.epoch,
                item.entry.number,
                item.signed.content,
                item.signed.signature,
                item.hash,
                end.size_bytes,
                end.records,
            )
            for item, end in zip(sealed, ends, strict=True)
        ],
    )


def read_head(connection: Connection, epoch: int) -> Head:
    """The last entry; `epoch` is the till's where there is none yet."""
    row = connection.execute(
        select(journal).order_by(journal.c.epoch.desc(), journal.c.number.desc()).limit(1)
    ).first()
    if row is None:
        return Head(epoch=epoch)
    stamp = decode_entry(row.content).stamp
    return Head(epoch=row.epoch, number=row.number, hash=row.hash, stamp=stamp)


def read_next_entries(
    connection: Connection, *, epoch: int, number: int, limit: int
) -> tuple[int, list[SignedEntry]]:
    """The entries behind a place, oldest first; all of one epoch, which comes first."""
    following = fetch(connection, _FOLLOWING_EPOCH, (epoch, number))[0][0]
    if following is None:
        return epoch, []
    after = number if following == epoch else 0
    entries = read_entries_after(connection, epoch=following, number=after, limit=limit)
    return following, entries


def read_entries_after(
    connection: Connection, *, epoch: int, number: int, limit: int
) -> list[SignedEntry]:
    """Entries of one epoch behind `number`, oldest first."""
    rows = fetch(connection, _ENTRIES_AFTER, (epoch, number, limit))
    return [SignedEntry(content, signature) for content, signature in rows]


def read_hash(connection: Connection, *, epoch: int, number: int) -> bytes | None:
    """The hash of one entry; None where there is none."""
    return connection.scalar(
        select(journal.c.hash).where(journal.c.epoch == epoch, journal.c.number == number)
    )


def count_entries_after(connection: Connection, *, epoch: int, number: int) -> int:
    count = connection.scalar(
        select(func.count())
        .select_from(journal)
        .where(tuple_(journal.c.epoch, journal.c.number) > (epoch, number))
    )
    return count or 0


def has_gap(connection: Connection) -> bool:
    """Whether numbers are missing in the middle: a commit was dropped without a word."""
    rows = connection.execute(
        select(func.count(), func.max(journal.c.number)).group_by(journal.c.epoch)
    )
    return any(count != last for count, last in rows)
