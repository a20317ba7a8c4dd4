"""Which entry published which version, and how far the sales of each journal were priced again."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, select, tuple_

from domain.identifiers import BrandId
from sync_server.database.journal import StoredEntry
from sync_server.database.statements import insert_new, upsert
from sync_server.database.tables import entry, price_check, published_version

# Versions of one name that are looked at, the newest first: a name is not meant to come twice.
_MOST_OF_A_NAME: Final = 3


class Publishes(StrEnum):
    MENU = "menu"
    RULES = "rules"


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    kind: str
    version: str
    terminal_id: str
    epoch: int
    number: int


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The last entry of a journal that was looked at."""

    brand_id: str
    terminal_id: str
    epoch: int
    number: int


def note_versions(connection: Connection, rows: Sequence[VersionRow]) -> None:
    insert_new(connection, published_version, rows)


def entries_of_version(
    connection: Connection, brand_id: BrandId, kind: Publishes, version: str
) -> list[bytes]:
    """The entries that published a version of this name."""
    rows = connection.execute(
        select(entry.c.content)
        .join(
            published_version,
            (entry.c.brand_id == published_version.c.brand_id)
            & (entry.c.terminal_id == published_version.c.terminal_id)
            & (entry.c.epoch == published_version.c.epoch)
            & (entry.c.number == published_version.c.number),
        )
        .where(
            published_version.c.brand_id == brand_id,
            published_version.c.kind == kind.value,
            published_version.c.version == version,
        )
        .order_by(entry.c.received_ms.desc())
        .limit(_MOST_OF_A_NAME)
    )
    return [row.content for row in rows]


def reached(connection: Connection, brand_id: BrandId, terminal_id: str) -> Reached:
    """How far a journal was looked at; before its first entry where it never was."""
    rows = connection.execute(
        select(price_check).where(
            price_check.c.brand_id == brand_id, price_check.c.terminal_id == terminal_id
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return Reached(brand_id=brand_id, terminal_id=terminal_id, epoch=0, number=0)
    return Reached(**row)


def note_reached(connection: Connection, now: Reached) -> None:
    upsert(connection, price_check, [now])


def entries_after(connection: Connection, behind: Reached, *, limit: int) -> list[StoredEntry]:
    """The entries of a journal behind one place, oldest first."""
    rows = connection.execute(
        select(entry)
        .where(
            entry.c.brand_id == behind.brand_id,
            entry.c.terminal_id == behind.terminal_id,
            tuple_(entry.c.epoch, entry.c.number) > (behind.epoch, behind.number),
        )
        .order_by(entry.c.epoch, entry.c.number)
        .limit(limit)
    )
    return [StoredEntry(**row) for row in rows.mappings()]
