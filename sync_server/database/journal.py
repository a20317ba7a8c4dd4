"""The journals as they were sent, and what was set aside from them."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from domain.entries import SignedEntry
from domain.identifiers import BrandId, TerminalId
from sync_server.database.statements import insert_all, insert_new
from sync_server.database.tables import entry, quarantine
from sync_server.database.terminals import Terminal

_READ_AT_ONCE: Final = 500
_MOST_UNDER_A_NUMBER: Final = 100
# Each push asks this: built once.
_HASHES: Final = select(entry.c.number, entry.c.hash).where(
    entry.c.brand_id == bindparam("of_brand"),
    entry.c.terminal_id == bindparam("of_id"),
    entry.c.epoch == bindparam("of_epoch"),
    entry.c.number.between(bindparam("first"), bindparam("last")),
)


class StoredEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`version` is the head of the brand's feed once the entry was folded."""

    brand_id: str
    terminal_id: str
    epoch: int
    number: int
    content: bytes
    signature: bytes
    hash: bytes
    received_ms: int
    version: int


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    terminal_id: str
    epoch: int
    number: int
    hash: bytes
    error: str
    content: bytes
    signature: bytes
    received_ms: int


def add_entries(connection: Connection, entries: Sequence[StoredEntry]) -> None:
    insert_all(connection, entry, entries)


def set_aside(connection: Connection, entries: Sequence[SetAside]) -> None:
    """Keep entries that cannot be folded; one that is kept already stays as it is."""
    insert_new(connection, quarantine, entries)


def hashes(connection: Connection, journal: Terminal, first: int, last: int) -> dict[int, bytes]:
    """Number and hash of the held entries from `first` to `last`."""
    rows = connection.execute(
        _HASHES,
        {
            "of_brand": journal.brand_id,
            "of_id": journal.terminal_id,
            "of_epoch": journal.epoch,
            "first": first,
            "last": last,
        },
    )
    return {row.number: row.hash for row in rows}


def number_of(connection: Connection, journal: Terminal, content_hash: bytes) -> int | None:
    """The number of a held entry by its hash. Reads the journal through: for rare questions."""
    number: int | None = connection.execute(
        select(func.min(entry.c.number)).where(
            entry.c.brand_id == journal.brand_id,
            entry.c.terminal_id == journal.terminal_id,
            entry.c.epoch == journal.epoch,
            entry.c.hash == content_hash,
        )
    ).scalar_one()
    return number


def find_entry(
    connection: Connection, brand_id: BrandId, terminal_id: str, *, epoch: int, number: int
) -> StoredEntry | None:
    """One entry by its place; None where it is not held, or not yet."""
    rows = connection.execute(
        select(entry).where(
            entry.c.brand_id == brand_id,
            entry.c.terminal_id == terminal_id,
            entry.c.epoch == epoch,
            entry.c.number == number,
        )
    )
    row = rows.mappings().one_or_none()
    return StoredEntry(**row) if row else None


def read_journal(connection: Connection, journal: Terminal) -> Iterator[StoredEntry]:
    """All entries of a journal in the epoch at which it stands, in their order."""
    wanted = select(entry).where(*_in_epoch(journal)).order_by(entry.c.number)
    in_parts = {"yield_per": _READ_AT_ONCE}
    with connection.execute(wanted, execution_options=in_parts) as rows:
        for row in rows.mappings():
            yield StoredEntry(**row)


def read_page(
    connection: Connection, journal: Terminal, *, after: int, limit: int
) -> list[SignedEntry]:
    """Entries of a journal in its epoch behind number `after`, as they were sent."""
    rows = connection.execute(
        select(entry.c.content, entry.c.signature)
        .where(*_in_epoch(journal), entry.c.number > after)
        .order_by(entry.c.number)
        .limit(limit)
    )
    return [SignedEntry(row.content, row.signature) for row in rows]


def hash_at(
    connection: Connection, brand_id: BrandId, terminal_id: TerminalId, *, epoch: int, number: int
) -> bytes | None:
    found: bytes | None = connection.execute(
        select(entry.c.hash).where(
            entry.c.brand_id == brand_id,
            entry.c.terminal_id == terminal_id,
            entry.c.epoch == epoch,
            entry.c.number == number,
        )
    ).scalar_one_or_none()
    return found


def content_of(connection: Connection, journal: Terminal, number: int) -> bytes | None:
    found: bytes | None = connection.execute(
        select(entry.c.content).where(*_in_epoch(journal), entry.c.number == number)
    ).scalar_one_or_none()
    return found


def contents_set_aside(
    connection: Connection, brand_id: BrandId, terminal_id: TerminalId, *, epoch: int, number: int
) -> list[bytes]:
    """What was set aside under a number: the other branch of a fork, or what nobody can fold."""
    rows = connection.execute(
        select(quarantine.c.content)
        .where(
            quarantine.c.brand_id == brand_id,
            quarantine.c.terminal_id == terminal_id,
            quarantine.c.epoch == epoch,
            quarantine.c.number == number,
        )
        .order_by(quarantine.c.received_ms, quarantine.c.hash)
        .limit(_MOST_UNDER_A_NUMBER)
    )
    return list(rows.scalars())


def is_set_aside(connection: Connection, journal: Terminal, number: int, hash_: bytes) -> bool:
    found = connection.execute(
        select(func.count())
        .select_from(quarantine)
        .where(
            quarantine.c.brand_id == journal.brand_id,
            quarantine.c.terminal_id == journal.terminal_id,
            quarantine.c.epoch == journal.epoch,
            quarantine.c.number == number,
            quarantine.c.hash == hash_,
        )
    )
    return bool(found.scalar_one())


def _in_epoch(journal: Terminal) -> tuple[ColumnElement[bool], ...]:
    return (
        entry.c.brand_id == journal.brand_id,
        entry.c.terminal_id == journal.terminal_id,
        entry.c.epoch == journal.epoch,
    )


def quarantine_errors(connection: Connection, journal: Terminal) -> dict[tuple[int, bytes], str]:
    """(number, hash) of what was set aside of a journal in its epoch, with the reason."""
    rows = connection.execute(
        select(quarantine.c.number, quarantine.c.hash, quarantine.c.error).where(
            quarantine.c.brand_id == journal.brand_id,
            quarantine.c.terminal_id == journal.terminal_id,
            quarantine.c.epoch == journal.epoch,
        )
    )
    return {(row.number, row.hash): row.error for row in rows}


def count_entries(connection: Connection, brand_id: BrandId) -> int:
    found = connection.execute(
        select(func.count()).select_from(entry).where(entry.c.brand_id == brand_id)
    )
    return int(found.scalar_one())


def count_quarantined(connection: Connection, brand_id: BrandId) -> int:
    found = connection.execute(
        select(func.count()).select_from(quarantine).where(quarantine.c.brand_id == brand_id)
    )
    return int(found.scalar_one())


def quarantined_by_terminal(connection: Connection, brand_id: BrandId) -> dict[str, int]:
    rows = connection.execute(
        select(quarantine.c.terminal_id, func.count().label("entries"))
        .where(quarantine.c.brand_id == brand_id)
        .group_by(quarantine.c.terminal_id)
    )
    return {row.terminal_id: row.entries for row in rows}
