"""Brands, their stores, and the counter that orders a brand's feed."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from domain.identifiers import BrandId, StoreId
from sync_server.database.statements import in_parts, insert_new, is_one_of
from sync_server.database.tables import brand, store

# Each request of a till asks this: built once, it takes a third of the time.
_BRAND: Final = select(brand).where(brand.c.brand_id == bindparam("of_id"))
_HEAD: Final = select(brand.c.version).where(brand.c.brand_id == bindparam("of_id"))
_RESERVE: Final = (
    update(brand)
    .where(brand.c.brand_id == bindparam("of_id"))
    .values(version=brand.c.version + bindparam("more"))
    .returning(brand.c.version)
)


class MemberFeed(StrEnum):
    """Which members tills get. `preparing`: still all, while it is noted whom each store knows."""

    ALL = "all"
    PREPARING = "preparing"
    INTEREST = "interest"


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    name: str
    version: int
    history: str
    created_ms: int
    feed_horizon: int = 0
    member_feed: str = MemberFeed.ALL


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """`time_zone` is a name of the IANA time zone database."""

    brand_id: BrandId
    store_id: StoreId
    name: str
    time_zone: str


def list_brands(connection: Connection) -> list[Brand]:
    rows = connection.execute(select(brand).order_by(brand.c.brand_id))
    return [Brand(**row) for row in rows.mappings()]


def find_brand(connection: Connection, brand_id: BrandId) -> Brand | None:
    row = connection.execute(_BRAND, {"of_id": brand_id}).mappings().one_or_none()
    return Brand(**row) if row else None


def feed_head(connection: Connection, brand_id: BrandId) -> int:
    """The brand's newest version; 0 for a brand that is not there."""
    return connection.execute(_HEAD, {"of_id": brand_id}).scalar_one_or_none() or 0


def feed_heads(connection: Connection, brand_ids: Collection[BrandId]) -> dict[BrandId, int]:
    """The newest version of each of these brands, those that are there."""
    heads: dict[BrandId, int] = {}
    for part in in_parts(sorted(brand_ids)):
        rows = connection.execute(
            select(brand.c.brand_id, brand.c.version).where(
                is_one_of(connection, brand.c.brand_id, part)
            )
        )
        heads.update({row.brand_id: row.version for row in rows})
    return heads


def reserve_versions(connection: Connection, brand_id: BrandId, count: int) -> int:
    """Take the next `count` versions and return the last of them.

    From here to the commit every other writer of the brand waits. So versions become visible in
    their order and none is skipped: a reader that has seen the head has seen all below it.
    """
    taken = connection.execute(_RESERVE, {"of_id": brand_id, "more": count})
    return int(taken.scalar_one())


def change_brand(connection: Connection, brand_id: BrandId, **changes: object) -> None:
    connection.execute(update(brand).where(brand.c.brand_id == brand_id).values(**changes))


def add_brand(connection: Connection, new: Brand) -> None:
    connection.execute(brand.insert(), msgspec.structs.asdict(new))


def begin_history(connection: Connection, brand_id: BrandId, history: str) -> str:
    """Give the feed a new name, so that every till reads it from the beginning."""
    connection.execute(update(brand).where(brand.c.brand_id == brand_id).values(history=history))
    return history


def list_stores(
    connection: Connection, brand_id: BrandId, *, after: str = "", limit: int = 1_000
) -> list[Store]:
    rows = connection.execute(
        select(store)
        .where(store.c.brand_id == brand_id, store.c.store_id > after)
        .order_by(store.c.store_id)
        .limit(limit)
    )
    return [Store(**row) for row in rows.mappings()]


def find_store(connection: Connection, brand_id: BrandId, store_id: StoreId) -> Store | None:
    rows = connection.execute(
        select(store).where(store.c.brand_id == brand_id, store.c.store_id == store_id)
    )
    row = rows.mappings().one_or_none()
    return Store(**row) if row else None


def add_store(connection: Connection, new: Store) -> None:
    insert_new(connection, store, [new])
