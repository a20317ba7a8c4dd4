"""Rows that the tills of a store, or of all, no longer get; kept until a horizon passes them."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, literal, select

from domain.identifiers import BrandId, StoreId
from domain.protocol import FeedRow
from sync_server.database.feed_sums import EVERYWHERE
from sync_server.database.statements import in_parts, is_one_of, upsert
from sync_server.database.tables import aggregate, tombstone

# Each pull asks this.
_AFTER: Final = (
    select(tombstone.c.kind, tombstone.c.id, tombstone.c.version)
    .where(
        tombstone.c.brand_id == bindparam("of_brand"),
        tombstone.c.place.in_((literal(EVERYWHERE), bindparam("of_store"))),
        tombstone.c.version > bindparam("after"),
    )
    .order_by(tombstone.c.version)
    .limit(bindparam("most"))
)


class Tombstone(msgspec.Struct, frozen=True):
    """`place` is a store, or empty for all. The row of this `version` is the last that goes."""

    brand_id: str
    place: str
    kind: str
    id: str
    version: int
    made_ms: int


def add_tombstones(connection: Connection, rows: Sequence[Tombstone]) -> None:
    upsert(connection, tombstone, rows)


def take_back(
    connection: Connection, brand_id: BrandId, store_id: str, member_ids: Iterable[str]
) -> None:
    """The store gets these members' rows again: what said that they are gone goes."""
    for part in in_parts(sorted(member_ids)):
        owned = select(aggregate.c.id).where(
            aggregate.c.brand_id == brand_id,
            aggregate.c.owner != "",
            is_one_of(connection, aggregate.c.owner, part),
        )
        ids = {row.id for row in connection.execute(owned)}
        for some in in_parts(sorted(ids)):
            connection.execute(
                delete(tombstone).where(
                    tombstone.c.brand_id == brand_id,
                    tombstone.c.place == store_id,
                    is_one_of(connection, tombstone.c.id, some),
                )
            )


def tombstones_after(
    connection: Connection, brand_id: BrandId, store_id: StoreId, *, cursor: int, limit: int
) -> list[FeedRow]:
    """At most `limit`, by version."""
    asked = {"of_brand": brand_id, "of_store": store_id, "after": cursor, "most": limit}
    rows = connection.execute(_AFTER, asked)
    return [FeedRow(row.kind, row.id, row.version, None) for row in rows]


def purge(connection: Connection, brand_id: BrandId, *, before_ms: int) -> tuple[int, int]:
    """Take old tombstones away; their number and the highest version among them, 0 for none."""
    old = (tombstone.c.brand_id == brand_id, tombstone.c.made_ms < before_ms)
    count, highest = connection.execute(
        select(func.count(), func.max(tombstone.c.version)).where(*old)
    ).one()
    connection.execute(delete(tombstone).where(*old))
    return int(count), int(highest or 0)
