"""Proving a till's books: chains, signatures, both journals, the receipt, what is shown."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from domain.entries import GENESIS, SignedEntry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.fold import fold
from domain.fold.aggregates import AggregateKey, AggregateKind, decode_aggregate, encode_aggregate
from domain.protocol import Receipt, SignedReceipt, receipt_text
from domain.signatures import Verifier
from pos_client.storage.aggregates import entries_waiting_on
from pos_client.storage.comparison import all_rows
from pos_client.storage.epochs import begun_by
from pos_client.storage.identity import encode_identity
from pos_client.storage.journal import SealedEntry, opened, read_hash
from pos_client.storage.second_journal import Position, decode_record, encode_record
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import aggregate, journal, overlay, pending, superseded

_MOST_FINDINGS: Final = 1_000


class Problem(StrEnum):
    DATABASE = "database"
    GAP = "gap"
    HASH = "hash"
    SIGNATURE = "signature"
    CHAIN = "chain"
    EPOCH = "epoch"
    FACT = "fact"
    SECOND_JOURNAL = "second_journal"
    RECEIPT = "receipt"
    SHOWN = "shown"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not hold: what, and where (epoch/number, or an aggregate)."""

    problem: Problem
    where: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """`superseded` entries were written again in a later epoch and count nowhere."""

    epochs: int
    entries: int
    superseded: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings


def verify_and_renew(store: Store, notice: ErrorCode | None) -> Verification:
    """Go through all; a second journal that differs from a sound database is written anew.

    A start looks at its last records only. `notice` is what opening the till told: then it has
    just been written anew. The old file is kept under another name.
    """
    done = verify(store)
    found = {finding.problem for finding in done.findings}
    if found == {Problem.SECOND_JOURNAL}:
        store.renew_second_journal(store)
    elif notice is not None:
        renewed = Finding(problem=Problem.SECOND_JOURNAL, where="0")
        return msgspec.structs.replace(done, findings=[renewed, *done.findings])
    return done


def verify(store: Store) -> Verification:
    """Go through all that this till holds; nothing is changed."""
    with store.read() as connection:
        findings = [
            *_database(connection),
            *_journal(store, connection),
            *_second_journal(store, connection),
            *_receipt(store, connection),
            *_shown(connection),
        ]
        epochs = connection.execute(select(journal.c.epoch).distinct()).all()
        entries = sum(len(rows) for rows in all_rows(connection))
        left = connection.execute(select(superseded.c.number)).all()
    return Verification(
        epochs=len(epochs),
        entries=entries,
        superseded=len(left),
        findings=findings[:_MOST_FINDINGS],
    )


def _database(connection: Connection) -> Iterator[Finding]:
    said = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    if said != "ok":
        yield Finding(problem=Problem.DATABASE, where="")


def _journal(store: Store, connection: Connection) -> Iterator[Finding]:
    verifier = Verifier(store.signer.public_key)
    epoch, number, previous = 0, 0, GENESIS
    for rows in all_rows(connection):
        for row in rows:
            if row.epoch != epoch:
                epoch, number, previous = row.epoch, 0, GENESIS
            number += 1
            where = f"{row.epoch}/{row.number}"
            if row.number != number:
                yield Finding(problem=Problem.GAP, where=where)
                number = row.number
            hash_ = hash_entry(row.content)
            if row.hash != hash_:
                yield Finding(problem=Problem.HASH, where=where)
            if not verifier.accepts(row.content, row.signature):
                yield Finding(problem=Problem.SIGNATURE, where=where)
            yield from _entry(store, connection, row, previous)
            previous = hash_


def _entry(store: Store, connection: Connection, row: Any, previous: bytes) -> Iterator[Finding]:  # noqa: ANN401
    where = f"{row.epoch}/{row.number}"
    try:
        one = opened(SignedEntry(row.content, row.signature))
    except TillfoldError:
        yield Finding(problem=Problem.FACT, where=where)
        return
    identity, entry = store.identity, one.entry
    own = (identity.brand, identity.terminal, row.epoch, row.number, previous)
    if (entry.brand, entry.terminal, entry.epoch, entry.number, entry.prev_hash) != own:
        yield Finding(problem=Problem.CHAIN, where=where)
    if not _goes_on(connection, one):
        yield Finding(problem=Problem.EPOCH, where=where)


def _goes_on(connection: Connection, one: SealedEntry) -> bool:
    """Whether the place from which an epoch goes on holds what it says."""
    begun = begun_by(one)
    if begun is None:
        return True
    held = read_hash(connection, epoch=begun.from_epoch, number=begun.after)
    return (held or GENESIS) == begun.after_hash


def _second_journal(store: Store, connection: Connection) -> Iterator[Finding]:
    """It holds the same entries in the same order; old branches may stand between them."""
    left = set(connection.scalars(select(superseded.c.hash)))
    wanted = (
        (f"{row.epoch}/{row.number}", encode_record(SignedEntry(row.content, row.signature)))
        for rows in all_rows(connection)
        for row in rows
    )
    expected = next(wanted, None)
    where = "0"
    try:
        records = store.second_journal.read_from(Position(0, 0))
        if next(records, b"") != encode_identity(store.identity):
            yield Finding(problem=Problem.SECOND_JOURNAL, where=where)
        for record in records:
            if expected is not None and record == expected[1]:
                where, expected = expected[0], next(wanted, None)
            elif hash_entry(decode_record(record).content) not in left:
                yield Finding(problem=Problem.SECOND_JOURNAL, where=where)
                return
    except TillfoldError:
        yield Finding(problem=Problem.SECOND_JOURNAL, where=where)
        return
    if expected is not None:
        yield Finding(problem=Problem.SECOND_JOURNAL, where=expected[0])


def _receipt(store: Store, connection: Connection) -> Iterator[Finding]:
    """The server's last signed word on this journal."""
    content = read_sync_state(connection).receipt
    if not content:
        return
    where = "receipt"
    try:
        signed = msgspec.msgpack.decode(content, type=SignedReceipt)
        receipt = msgspec.msgpack.decode(signed.content, type=Receipt)
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield Finding(problem=Problem.RECEIPT, where=where)
        return
    verifier = Verifier(store.identity.server_public_key)
    signed_for_us = (
        verifier.accepts(receipt_text(signed.content), signed.signature)
        and receipt.terminal == store.identity.terminal
    )
    held = read_hash(connection, epoch=receipt.epoch, number=receipt.number)
    if not signed_for_us or held != receipt.hash:
        where = f"{receipt.epoch}/{receipt.number}"
        yield Finding(problem=Problem.RECEIPT, where=where)


def _shown(connection: Connection) -> Iterator[Finding]:
    """What is shown is what the feed brought with the waiting entries folded on top."""
    keys = {
        AggregateKey(AggregateKind(row.kind), row.id)
        for table in (overlay, pending)
        for row in connection.execute(select(table.c.kind, table.c.id).distinct())
    }
    for key in sorted(keys):
        at = (overlay.c.kind == key.kind, overlay.c.id == key.id)
        shown = connection.scalar(select(overlay.c.body).where(*at))
        try:
            holds = shown == _folded(connection, key)
        except (TillfoldError, msgspec.DecodeError, UnicodeDecodeError):
            holds = False
        if not holds:
            yield Finding(problem=Problem.SHOWN, where=f"{key.kind}:{key.id}")


def _folded(connection: Connection, key: AggregateKey) -> bytes | None:
    at = (aggregate.c.kind == key.kind, aggregate.c.id == key.id)
    fed = connection.scalar(select(aggregate.c.body).where(*at))
    value = None if fed is None else decode_aggregate(key.kind, fed)
    waiting = entries_waiting_on(connection, key)
    for entry, fact in waiting:
        value = fold(key, value, entry, fact)
    return encode_aggregate(value) if value is not None and waiting else None
