"""Reading entries back from the second journal, and comparing it with the database."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Row, select, tuple_

from domain.entries import GENESIS, SignedEntry
from domain.errors import ErrorCode, TillfoldError
from domain.signatures import Verifier
from pos_client.storage.epochs import begun_by
from pos_client.storage.identity import Identity, encode_identity
from pos_client.storage.journal import Head, SealedEntry, opened
from pos_client.storage.second_journal import (
    MAGIC,
    Position,
    SecondJournal,
    decode_record,
    encode_record,
)
from pos_client.storage.tables import journal

_ENTRIES_A_TRANSACTION: Final = 500
# One write may hold a whole import; a crash takes at most the last write.
_ENTRIES_COMPARED: Final = 64

Placed = tuple[SealedEntry, Position]


def read_entries(
    second: SecondJournal, start: Position, *, head: Head, verifier: Verifier
) -> Iterator[Placed]:
    """Entries behind `start` with where each ends; they are signed and follow `head`.

    One that begins an epoch follows any other: it says itself what it goes on from.

    Raises:
        TillfoldError: `journal_damaged` at the first record that is not the next entry.
    """
    epoch, number, hash_ = head.epoch, head.number, head.hash
    for record in second.read_from(start):
        signed = decode_record(record)
        if not verifier.accepts(signed.content, signed.signature):
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
        sealed = opened(signed)
        place = (sealed.entry.epoch, sealed.entry.number, sealed.entry.prev_hash)
        begins = begun_by(sealed) is not None and sealed.entry.prev_hash == GENESIS
        if not begins and place != (epoch, number + 1, hash_):
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
        epoch, number, hash_ = sealed.entry.epoch, sealed.entry.number, sealed.hash
        yield sealed, second.position


def in_portions(entries: Iterator[Placed]) -> Iterator[list[Placed]]:
    """As many as one transaction takes; those before a bad record come before its error."""
    portion: list[Placed] = []
    try:
        for item in entries:
            portion.append(item)
            if len(portion) == _ENTRIES_A_TRANSACTION:
                yield portion
                portion = []
    except TillfoldError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


def last_agreed(
    connection: Connection, second: SecondJournal, identity: Identity
) -> tuple[Position | None, list[bytes]]:
    """Where the second journal last agrees with the database, and the records it lacks.

    Looks at the last entries only: more than a crash can have taken means damage (None).
    """
    own = encode_identity(identity)
    first = second.end_of_identity(own)
    rows = connection.execute(
        journal.select()
        .order_by(journal.c.epoch.desc(), journal.c.number.desc())
        .limit(_ENTRIES_COMPARED + 1)
    ).all()
    behind: list[bytes] = []
    for row, before in zip_longest(rows, rows[1:]):
        start = first if before is None else _end_of(before)
        payload = encode_record(SignedEntry(row.content, row.signature))
        if second.holds(start, payload):
            return _end_of(row), behind
        behind.insert(0, payload)
    whole = len(rows) <= _ENTRIES_COMPARED
    identity_held = second.holds(Position(len(MAGIC), 0), own)
    return (first if whole and identity_held else None), behind


def all_rows(connection: Connection) -> Iterator[Sequence[Any]]:
    """The journal from its beginning, as many entries at a time as one write takes."""
    names = ("epoch", "number", "content", "signature", "hash")
    columns = [journal.c[name] for name in names]
    after = (0, 0)
    while rows := connection.execute(
        select(*columns)
        .where(tuple_(journal.c.epoch, journal.c.number) > after)
        .order_by(journal.c.epoch, journal.c.number)
        .limit(_ENTRIES_A_TRANSACTION)
    ).all():
        yield rows
        after = (rows[-1].epoch, rows[-1].number)


def _end_of(row: Row[Any]) -> Position:
    return Position(row.second_size_bytes, row.second_records)
