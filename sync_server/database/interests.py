"""Which members a store's tills get, where they do not get all of them."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from domain.identifiers import BrandId, MemberId, StoreId
from sync_server.database.statements import in_parts, insert_all, is_one_of
from sync_server.database.tables import aggregate, interest

Pair = tuple[StoreId, MemberId]


class Interest(msgspec.Struct, frozen=True):
    """`since` is the feed's version at which the member became interesting to the store."""

    brand_id: str
    store_id: StoreId
    member_id: MemberId
    since: int


def interests_in(connection: Connection, brand_id: BrandId, member_ids: Iterable[str]) -> set[Pair]:
    """Which stores hold which of these members."""
    found: set[Pair] = set()
    for part in in_parts(sorted(set(member_ids))):
        rows = connection.execute(
            select(interest.c.store_id, interest.c.member_id).where(
                interest.c.brand_id == brand_id,
                is_one_of(connection, interest.c.member_id, part),
            )
        )
        found |= {(StoreId(row.store_id), MemberId(row.member_id)) for row in rows}
    return found


def add(connection: Connection, rows: Sequence[Interest]) -> None:
    insert_all(connection, interest, rows)


def interests_after(
    connection: Connection, brand_id: BrandId, store_id: StoreId, *, cursor: int, limit: int
) -> list[Interest]:
    """Members that became interesting to the store above `cursor`, in that order."""
    rows = connection.execute(
        select(interest)
        .where(
            interest.c.brand_id == brand_id,
            interest.c.store_id == store_id,
            interest.c.since > cursor,
        )
        .order_by(interest.c.since)
        .limit(limit)
    )
    return [Interest(**row) for row in rows.mappings()]


def drop_interests(connection: Connection, brand_id: BrandId) -> None:
    connection.execute(delete(interest).where(interest.c.brand_id == brand_id))


def stores_with_interest(connection: Connection, brand_id: BrandId) -> list[StoreId]:
    rows = connection.execute(
        select(interest.c.store_id).where(interest.c.brand_id == brand_id).distinct()
    )
    return [StoreId(row.store_id) for row in rows]


def owned_digests(
    connection: Connection, brand_id: BrandId, member_ids: Iterable[str]
) -> dict[str, int]:
    """By member, what the digests of all her rows add up to; not yet cut to their range."""
    sums: dict[str, int] = {}
    for part in in_parts(sorted(set(member_ids))):
        rows = connection.execute(
            select(aggregate.c.owner, aggregate.c.digest).where(
                aggregate.c.brand_id == brand_id,
                aggregate.c.owner != "",
                is_one_of(connection, aggregate.c.owner, part),
            )
        )
        for row in rows:
            sums[row.owner] = sums.get(row.owner, 0) + row.digest
    return sums
